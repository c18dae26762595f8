"""Every notebook is complete, repeats, reads well everywhere, and has its parts.

nbval runs the notebooks and compares what they print. It accepts a notebook without
stored outputs, any picture in place of another, and cells that were run in a strange
order. These tests close such holes. They read the files and run nothing.

Most tests yield their problems, one line each: the notebook, the cell, what to do.
"""

import ast
import base64
import functools
import io
import itertools
import json
import re
import statistics
import sys

import nbformat
from PIL import Image
from support import CONFIG, NOTEBOOKS, ROOT, book, each

sys.path.insert(0, str(ROOT / "tools"))
from execute import normalise  # noqa: E402  (a script, not a package)

CHAPTERS = [path for path in NOTEBOOKS if path.parent.name == "chapters"]
ADDRESS = CONFIG["repository"]["url"]


class Cell:
    """One cell of a notebook; as text, it says where it stands."""

    def __init__(self, path, position, raw):
        self.path, self.position, self.raw = path, position, raw
        self.source, self.metadata = raw["source"], raw["metadata"]
        self.is_code = raw["cell_type"] == "code"
        self.tags = self.metadata.get("tags", [])
        self.outputs = raw.get("outputs", [])

    def __str__(self):
        first_line = next(iter(self.source.splitlines()), "")
        return f"{name(self.path)}, cell {self.position} ({first_line[:40]!r})"

    @functools.cached_property
    def tree(self):
        """The syntax tree, with `pass` where a magic or a shell command stands."""
        return ast.parse(re.sub(r"(?m)^(\s*)[%!].*$", r"\1pass", self.source))

    @property
    def figures(self):
        """The bytes of its figures."""
        data = (output.get("data", {}).get("image/png") for output in self.outputs)
        return [base64.b64decode(d) for d in data if d]

    @property
    def claims(self):
        """The claims in its stored outputs."""
        metadata = (output.get("metadata", {}) for output in self.outputs)
        return [m["mlsd_claim"] for m in metadata if "mlsd_claim" in m]


@functools.cache
def read(path):
    return nbformat.read(path, as_version=4)


def name(path):
    return path.relative_to(ROOT).as_posix()


def run_it(path):
    return f"run: python tools/execute.py {name(path)}"


def cells(path):
    return [Cell(path, i, raw) for i, raw in enumerate(read(path).cells)]


def code(path):
    return [cell for cell in cells(path) if cell.is_code]


def markdown(path):
    return [cell for cell in cells(path) if not cell.is_code]


def all_cells():
    return itertools.chain.from_iterable(map(cells, NOTEBOOKS))


def test_there_are_chapters():
    assert CHAPTERS


# --- the file ------------------------------------------------------------------------


@each(NOTEBOOKS)
def test_file_is_valid_and_holds_nothing_of_the_machine(path):
    notebook = read(path)
    nbformat.validate(notebook)
    empty = nbformat.v4.new_notebook()
    normalise(empty)
    if notebook.metadata != empty.metadata:
        yield f"{name(path)}: metadata of a machine or an editor; {run_it(path)}"
    if (notebook.nbformat, notebook.nbformat_minor) != (4, 5):
        yield f"{name(path)}: not in format 4.5; {run_it(path)}"


@each(NOTEBOOKS)
def test_cells_have_unique_identifiers_and_no_time_stamps(path):
    seen = {}
    traces = {"execution", "collapsed", "scrolled", "lines_to_next_cell"}
    # nbformat gives a cell with a known identifier another one when it reads the file.
    raw = json.loads(path.read_text("utf-8"))["cells"]
    for cell, identifier in zip(cells(path), [c.get("id") for c in raw], strict=True):
        if identifier in seen:
            yield f"{cell}: same identifier as {seen[identifier]}; {run_it(path)}"
        seen[identifier] = cell
        for key in sorted(traces & set(cell.metadata)):
            yield f"{cell}: metadata {key!r} changes with every run; {run_it(path)}"


MACHINE_PATH = re.compile(
    r"(?<![\w.)\]}:/-])/(?:home|Users|root|tmp|private|var|opt|usr|etc|mnt|work|content)/"
    r"|file://|\b[A-Z]:\\|(?<![\w/])~/|site-packages"
)


@each(NOTEBOOKS)
def test_no_absolute_path(path):
    for cell in cells(path):
        texts = [cell.source]
        for output in cell.outputs:
            texts += [output.get("text", ""), "".join(output.get("traceback", ""))]
            data = output.get("data", {}).items()
            texts += [str(text) for kind, text in data if not kind.startswith("image/")]
        for text in texts:
            if found := MACHINE_PATH.search(re.sub(r"\bhttps?://\S+", "", text)):
                yield f"{cell}: a path of one machine, {found[0]!r}"


# --- the stored outputs --------------------------------------------------------------


@each(NOTEBOOKS)
def test_was_run_from_the_top_in_a_fresh_kernel(path):
    for expected, cell in enumerate(code(path), start=1):
        count = cell.raw["execution_count"]
        if count != expected:
            yield f"{cell}: is number [{count}], not [{expected}]; {run_it(path)}"
        if any(o.get("execution_count", count) != count for o in cell.outputs):
            yield f"{cell}: its output comes from another run; {run_it(path)}"


@each(NOTEBOOKS)
def test_no_errors_and_no_warnings(path):
    for cell in code(path):
        for output in cell.outputs:
            if output["output_type"] == "error":
                yield f"{cell}: raised {output['ename']}: {output['evalue'][:100]}"
            if output.get("name") == "stderr":
                yield f"{cell}: remove the cause of: {output['text'][:100]!r}"


def run_with_cell(tree):
    """The nodes that run with the cell: not those in the bodies of functions."""
    queue = [tree]
    while queue:
        node = queue.pop(0)
        yield node
        if not isinstance(node, ast.FunctionDef | ast.Lambda | ast.ClassDef):
            queue += ast.iter_child_nodes(node)


def calls(tree, function):
    """The calls of a function, known by its last name, that run with the cell."""
    for node in run_with_cell(tree):
        if isinstance(node, ast.Call):
            called = getattr(node.func, "attr", getattr(node.func, "id", None))
            if called == function:
                yield node


# The usual last steps of a table that a cell displays.
TABLE_METHODS = {"round", "head", "tail", "to_frame", "describe", "rename", "format"}


def ends_with_value(cell):
    """Whether the last line of a cell is certainly a value, which Jupyter shows."""
    last = cell.tree.body[-1] if cell.tree.body else None
    if not isinstance(last, ast.Expr) or isinstance(last.value, ast.Constant):
        return False
    if isinstance(last.value, ast.Call):
        return getattr(last.value.func, "attr", None) in TABLE_METHODS
    return True


@each(NOTEBOOKS)
def test_what_a_cell_prints_or_shows_is_stored(path):
    for cell in code(path):
        kinds = {output["output_type"] for output in cell.outputs}
        prints = [c for c in calls(cell.tree, "print") if not c.keywords]
        if prints and "stream" not in kinds:
            yield f"{cell}: prints, but stores no text; {run_it(path)}"
        if ends_with_value(cell) and "execute_result" not in kinds:
            yield f"{cell}: ends with a value, but stores none; {run_it(path)}"
        if any(calls(cell.tree, "display")) and "display_data" not in kinds:
            yield f"{cell}: displays, but stores nothing; {run_it(path)}"
        shows = len(list(calls(cell.tree, "show")))
        if shows != len(cell.figures) or shows > 1:
            yield (
                f"{cell}: calls plt.show() {shows} times and stores "
                f"{len(cell.figures)} figures; it should be one each, or none"
            )


def claims_to_keep(cell):
    """The calls of claim(), without those that a `try` expects to break."""
    tried = [
        node.body for node in run_with_cell(cell.tree) if isinstance(node, ast.Try)
    ]
    broken = {
        c for body in tried for statement in body for c in calls(statement, "claim")
    }
    return [call for call in calls(cell.tree, "claim") if call not in broken]


@each(NOTEBOOKS)
def test_every_claim_is_stored_as_it_is_stated(path):
    for cell in code(path):
        if "check" in cell.tags:
            continue
        loops = any(
            isinstance(n, ast.For | ast.While) for n in run_with_cell(cell.tree)
        )
        stated = claims_to_keep(cell)
        n_stored = len(cell.claims)
        if n_stored < len(stated) or (n_stored > len(stated) and not loops):
            yield f"{cell}: {len(stated)} claims, {n_stored} stored; {run_it(path)}"
        stored = {
            text for c in cell.claims for text in (c["identifier"], c["sentence"])
        }
        for argument in itertools.chain.from_iterable(c.args[:2] for c in stated):
            text = getattr(argument, "value", None)
            if isinstance(text, str) and text not in stored:
                yield f"{cell}: no stored claim says {text!r}; {run_it(path)}"


@each(NOTEBOOKS)
def test_stored_claims_keep_their_bounds_and_are_shown(path):
    for cell in code(path):
        for output in cell.outputs:
            claim = output.get("metadata", {}).get("mlsd_claim")
            if claim is None:
                continue
            value, rounding = claim["measured"], 0.5 * 10.0 ** -claim["digits"]
            low, high = claim["at_least"], claim["at_most"]
            if low is not None and not value >= low - rounding:
                yield f"{cell}: stores {value}, less than its bound {low}"
            if high is not None and not value <= high + rounding:
                yield f"{cell}: stores {value}, more than its bound {high}"
            shown = f"{value:,.{claim['digits']}f} {claim['unit']}".strip()
            text, box = output["data"]["text/plain"], output["data"]["text/html"]
            anchor = f'id="claim-{claim["identifier"].replace(".", "-")}"'
            if f"{claim['sentence']} (measured: {shown};" not in text:
                yield f"{cell}: the text does not say what the metadata say"
            if anchor not in box or f"<strong>{shown}</strong>" not in box:
                yield f"{cell}: the box does not show what the metadata say"


# --- figures -------------------------------------------------------------------------

FIGURE_TEXT = re.compile(r"<Figure size (\d+)x(\d+) with \d+ Axes>")


def problems_of_figure(output):
    """What is wrong with a stored figure, compared with those of the book's style.

    The style draws on white, at two pixels per point, about as large as the text of
    the output says. A picture from elsewhere is hardly ever all of that.
    """
    with Image.open(io.BytesIO(base64.b64decode(output["data"]["image/png"]))) as image:
        image.load()
    if image.mode != "P":
        yield "the figure is stored without a palette"
    if image.width < 600:
        yield f"the figure is only {image.width} pixels wide, 600 are needed"
    colours = image.convert("RGB").getcolors(image.width * image.height)
    shares = {colour: n / (image.width * image.height) for n, colour in colours}
    if len(colours) < 8 or max(shares.values()) > 0.99:
        yield "the figure is blank"
    elif shares.get((255, 255, 255), 0) < 0.1:
        yield "the figure is not drawn on white"
    drawn = FIGURE_TEXT.fullmatch(output["data"].get("text/plain", ""))
    if drawn is None:
        yield "the figure is not one of matplotlib"
        return
    shown = output["metadata"].get("image/png", {})
    sides = zip(("width", "height"), drawn.groups(), image.size, strict=True)
    for side, size, pixels in sides:
        if abs(shown.get(side, 0) - pixels / 2) > 1:
            yield f"the {side} of the figure is not the one in its metadata"
        elif not 0.75 < pixels / 2 / int(size) < 1.25:
            yield f"the {side} of the figure is far from that in {drawn[0]}"


@each(NOTEBOOKS)
def test_figures_are_what_the_style_draws(path):
    for cell in code(path):
        for output in cell.outputs:
            if "image/png" in output.get("data", {}):
                for problem in problems_of_figure(output):
                    yield f"{cell}: {problem}; {run_it(path)}"


@book
def test_no_figure_stands_in_two_places():
    seen = {}
    for cell in all_cells():
        for figure in cell.figures:
            if figure in seen:
                yield f"{cell}: same figure as {seen[figure]}"
            seen[figure] = cell


@each(NOTEBOOKS)
def test_figures_are_light(path):
    total = sum(len(figure) for cell in code(path) for figure in cell.figures)
    if total >= 400_000:
        yield f"{name(path)}: {total:,} bytes of figures; draw fewer points"


def alternative_text(cell):
    return cell.metadata.get("mystnb", {}).get("image", {}).get("alt", "")


@each(NOTEBOOKS)
def test_figures_have_alternative_text(path):
    for cell in code(path):
        alt = alternative_text(cell)
        if alt and not cell.figures:
            yield f"{cell}: has alternative text, but no figure"
        if not cell.figures:
            continue
        if not 60 <= len(alt) <= 400:
            yield (
                f"{cell}: say in the metadata mystnb.image.alt what the figure shows, "
                f"in 60 to 400 characters; there are {len(alt)}"
            )
        elif len(alt.split()) < 10 or re.search(
            r"\.(png|svg|jpe?g)\b|[\da-f]{16}", alt
        ):
            yield f"{cell}: the alternative text is no sentence: {alt!r}"


@book
def test_no_two_figures_share_their_alternative_text():
    seen = {}
    for cell in all_cells():
        alt = alternative_text(cell)
        if alt and alt in seen:
            yield f"{cell}: same alternative text as {seen[alt]}"
        seen[alt] = cell


# --- the source ----------------------------------------------------------------------


def prose(cell):
    """The text of a Markdown cell, with a zero byte for each piece of code."""
    text = re.sub(r"(?ms)^(```+|~~~+).*?^\1\s*$", "\0", cell.source)
    return re.sub(r"(?s)(?<!`)(`+)(?!`).+?(?<!`)\1(?!`)", "\0", text)


NOT_PLAIN = {
    r"(?m)^\s*```+\{": "a directive",
    r"(?m)^\s*:::": "a fence of colons",
    r"(?m)^\([\w-]+\)=\s*$": "a target",
    r"(?i)<img\b": "an <img>; draw the figure in a cell, with its text",
    r"(?m)^\s*[-*] \[[ xX]\]": "a task list; use a plain list",
}


@each(NOTEBOOKS)
def test_markdown_is_plain(path):
    for cell in markdown(path):
        if cell.raw["cell_type"] != "markdown":
            yield f"{cell}: is a {cell.raw['cell_type']} cell"
        for pattern, what in NOT_PLAIN.items():
            if re.search(pattern, cell.source):
                yield f"{cell}: not every renderer understands {what}"
        if role := re.search(r"\{[A-Za-z][\w:.+-]*\}(?=\0)", prose(cell)):
            yield f"{cell}: not every renderer understands the role {role[0]}"


@each(NOTEBOOKS)
def test_details_are_folded_and_let_markdown_through(path):
    for cell in markdown(path):
        text = prose(cell)
        n_details = len(re.findall(r"<details\b", text))
        if text.count("<details>") != n_details:
            yield f"{cell}: write <details> without attributes, so that it is folded"
        if text.count("</details>") != n_details:
            yield f"{cell}: <details> without </details>"
        if len(re.findall(r"<summary>.+?</summary>\s*\n\n", text)) != n_details:
            yield f"{cell}: <details> needs a <summary> and an empty line after it"


def lines_of_code(cell):
    return sum(bool(line.strip()) for line in cell.source.splitlines())


@each(NOTEBOOKS)
def test_code_is_short(path):
    for cell in code(path):
        if not 0 < lines_of_code(cell) <= 25:
            yield f"{cell}: {lines_of_code(cell)} lines; one idea per cell, at most 25"
        for line in cell.source.splitlines():
            # The address of the repository may be long.
            if len(line) > 88 and not line.lstrip().startswith("%pip"):
                yield f"{cell}: longer than 88 columns: {line.strip()}"
    median = statistics.median(map(lines_of_code, code(path)))
    if median > 16:
        yield f"{name(path)}: the median cell has {median} lines, at most 16; split"


@each(NOTEBOOKS)
def test_code_hides_nothing(path):
    for cell in code(path):
        for line in cell.source.splitlines():
            magic = re.match(r"\s*(%+\w*|!)", line)
            may_install = {"setup", "setup-extra"} & set(cell.tags)
            if magic and not (magic[1] == "%pip" and may_install):
                yield f"{cell}: only cells tagged setup may do this: {line.strip()}"
            if line.rstrip().endswith(";"):
                yield f"{cell}: remove the ';' and end with plt.show(): {line.strip()}"
        for filters in ("filterwarnings", "simplefilter", "catch_warnings"):
            if filters in cell.source:
                yield f"{cell}: remove the cause of the warning, not {filters}"


SETUP = f"""\
try:
    import mlsd
except ModuleNotFoundError:  # on Colab: install the book's package, data included
    %pip install -q git+{ADDRESS}
    import mlsd

mlsd.set_style()"""


@each(NOTEBOOKS)
def test_setup_cell(path):
    first, *others = code(path)
    if first.tags != ["setup"]:
        yield f"{first}: the first code cell sets up, and has the tag setup alone"
    differences = itertools.zip_longest(SETUP.splitlines(), first.source.splitlines())
    for expected, found in differences:
        if expected != found:
            yield f"{first}: write {expected!r} instead of {found!r}"
    for cell in others:
        if "setup" in cell.tags:
            yield f"{cell}: a second setup cell; tag it setup-extra"
        if "setup-extra" in cell.tags and cell.position > first.position + 2:
            yield f"{cell}: belongs right after the setup cell"


@each(NOTEBOOKS)
def test_links_to_files(path):
    for cell in markdown(path):
        for target in re.findall(r"\]\(\s*<?([^)\s>]+)", prose(cell)):
            file = target.partition("#")[0]
            if re.match(r"[a-z]+:", target):
                if not target.startswith(("https://", "mailto:")):
                    yield f"{cell}: link with https://, not {target}"
            elif file and (file.startswith("/") or not (path.parent / file).is_file()):
                yield f"{cell}: links to {target}, which does not exist"


# --- claims --------------------------------------------------------------------------


def claims_of(path):
    """The identifiers of the claims of a notebook, without those of exercises."""
    counted = (cell for cell in code(path) if "check" not in cell.tags)
    return [claim["identifier"] for cell in counted for claim in cell.claims]


@each(NOTEBOOKS)
def test_claims_are_numbered_like_the_notebook(path):
    number, found = path.stem.split("_")[0].lstrip("0"), claims_of(path)
    expected = [f"{number}.{n}" for n in range(1, len(found) + 1)]
    if found != expected:
        yield f"{name(path)}: number the claims {expected}, not {found}"
    if path in CHAPTERS and len(found) < 4:
        yield f"{name(path)}: {len(found)} claims; a chapter makes at least four"


@book
def test_no_two_claims_share_their_identifier():
    found = [claim for path in NOTEBOOKS for claim in claims_of(path)]
    for claim in sorted({c for c in found if found.count(c) > 1}):
        yield f"claim {claim} is made {found.count(claim)} times in the book"


# --- the parts of a chapter ----------------------------------------------------------

SECTIONS = [
    "What you will be able to do",
    "Field story",
    "Checklist",
    "Exercises",
    "Further reading",
]


def headings(path):
    """The headings of a notebook: pairs of level and text."""
    text = "\n".join(prose(cell) + "\n" for cell in markdown(path))
    return [(len(m[1]), m[2].strip()) for m in re.finditer(r"(?m)^(#+) (.+)$", text)]


def section(path, title):
    """The Markdown of the section with this title; empty if there is none."""
    text = "\n\n".join(cell.source for cell in markdown(path))
    found = re.search(rf"(?ms)^## {re.escape(title)}\s*?$(.*?)(?=^## |\Z)", text)
    return found[1] if found else ""


def items(text):
    """The items of a list, each on one line."""
    return re.findall(r"(?m)^[-*] (.+)$", re.sub(r"\n[ \t]+(?=\S)", " ", text))


@each(CHAPTERS)
def test_title(path):
    titles = [text for level, text in headings(path) if level == 1]
    start = f"{int(path.stem.split('_')[0])}. "
    if len(titles) != 1 or not titles[0].startswith(start):
        yield f"{name(path)}: needs one title '# {start}…', has {titles}"
    if not cells(path)[0].source.startswith("# "):
        yield f"{name(path)}: the title comes first"


@each(NOTEBOOKS)
def test_headings_skip_no_level(path):
    for (before, _), (level, text) in itertools.pairwise(headings(path)):
        if level > before + 1:
            yield f"{name(path)}: heading {text!r} skips a level"


@each(CHAPTERS)
def test_chapter_has_its_sections(path):
    titles = [text for level, text in headings(path) if level == 2]
    # There may be several field stories, each with a title of its own.
    short = ["Field story" if t.startswith("Field story") else t for t in titles]
    found = [title for title, _ in itertools.groupby(short) if title in SECTIONS]
    if found != SECTIONS:
        yield f"{name(path)}: needs the sections {SECTIONS} in this order, has {titles}"


@each(CHAPTERS)
def test_objectives_and_checklist(path):
    objectives = section(path, SECTIONS[0])
    if not 4 <= len(items(objectives)) <= 6:
        yield f"{name(path)}: {len(items(objectives))} objectives; needs four to six"
    if not re.search(r"(?m)^\*Time to read: .+ Time to run: .+\*$", objectives):
        yield f"{name(path)}: needs a line '*Time to read: … Time to run: …*'"
    n_questions = len(items(section(path, "Checklist")))
    if not 8 <= n_questions <= 12:
        yield f"{name(path)}: {n_questions} items in the checklist; needs 8 to 12"


# --- references ----------------------------------------------------------------------

PROCEEDINGS = re.compile(
    r"//(dx\.|www\.)?(doi\.org|arxiv\.org|jmlr\.org|aclanthology\.org|usenix\.org)/"
    r"|//proceedings\.|//papers\.n(eur)?ips\.cc|//openreview\.net"
)


def links(text):
    return re.findall(r"\]\(\s*<?(https?://[^)\s>]+)", text)


def work(link):
    """One name for one work, whichever of its addresses is used."""
    link = re.sub(r"^https?://(www\.|dx\.)?", "", link.lower()).rstrip("/")
    link = re.sub(r"^doi\.org/10\.48550/arxiv\.", "arxiv.org/abs/", link)
    return re.sub(r"^arxiv\.org/(?:abs|pdf)/(\d+\.\d+).*$", r"arxiv.org/abs/\1", link)


@functools.cache
def bibliography():
    text = (ROOT / "references.bib").read_text("utf-8")
    fields = re.findall(r"(?mi)^\s*(doi|url|eprint)\s*=\s*[{\"](.+?)[}\"]", text)
    before = {"doi": "doi.org/", "eprint": "arxiv.org/abs/", "url": ""}
    return {work(before[field.lower()] + value) for field, value in fields}


@each(CHAPTERS)
def test_further_reading(path):
    found = items(section(path, "Further reading"))
    if not 4 <= len(found) <= 6:
        yield f"{name(path)}: {len(found)} items of further reading; needs four to six"
    for item in found:
        if not links(item):
            yield f"{name(path)}: no link to the work: {item}"


@each(NOTEBOOKS)
def test_cited_works_stand_in_the_bibliography(path):
    text = "\n".join(cell.source for cell in markdown(path))
    cited = [link for link in links(text) if PROCEEDINGS.search(link)]
    reading = items(section(path, "Further reading"))
    cited += [links(item)[0] for item in reading if links(item)]
    for link in dict.fromkeys(cited):
        if work(link) not in bibliography():
            yield f"{name(path)}: add to references.bib, with its DOI or URL: {link}"


# --- exercises -----------------------------------------------------------------------

# What nbgrader's own editor writes for each kind of cell.
NBGRADER = {
    "starter": {"grade": False, "locked": False, "solution": True, "task": False},
    "check": {"grade": True, "locked": True, "solution": False, "task": False},
    "hidden": {"grade": True, "locked": True, "solution": False, "task": False},
    "open": {"grade": False, "locked": True, "solution": False, "task": True},
}


def exercises(path):
    """The exercises of a chapter: pairs of number and cells."""
    found, inside = [], False
    for cell in cells(path):
        headings = () if cell.is_code else re.findall(r"(?m)^###? .+$", cell.source)
        for heading in headings:
            number = re.match(r"### Exercise (\d+\.\d+): .", heading)
            if heading.startswith("## "):
                inside = heading.strip() == "## Exercises"
            elif inside and number:
                found.append((number[1], []))
            elif inside:
                found.append((heading, []))
        if inside and found:
            found[-1][1].append(cell)
    return found


def problems_of_nbgrader(cell, kind, grade_id):
    """What is wrong with the metadata of a cell of an exercise."""
    expected = {**NBGRADER[kind], "schema_version": 3, "grade_id": grade_id}
    found = dict(cell.metadata.get("nbgrader", {}))
    points = found.pop("points", 0)
    for key in sorted(expected.keys() | found.keys()):
        if found.get(key) != expected.get(key):
            value, wrong = expected.get(key), found.get(key)
            yield f"{cell}: in the metadata nbgrader, {key} is {value!r}, not {wrong!r}"
    if (points > 0) != (kind != "starter"):
        yield f"{cell}: {points} points; checks and open questions have some"


@each(CHAPTERS)
def test_exercises_are_numbered(path):
    number, found = int(path.stem.split("_")[0]), [n for n, _ in exercises(path)]
    expected = [f"{number}.{n}" for n in range(1, len(found) + 1)]
    if found != expected or not 3 <= len(found) <= 5:
        yield (
            f"{name(path)}: needs three to five headings "
            f"'### Exercise {number}.n: …', has {found}"
        )


def defined(cell):
    return {n.name for n in cell.tree.body if isinstance(n, ast.FunctionDef)}


def problems_of_exercise(number, starter, solution, check, hidden):
    """What is wrong with the four cells of a coding exercise."""
    grade_id = f"ex-{number.replace('.', '-')}"
    yield from problems_of_nbgrader(starter, "starter", grade_id)
    yield from problems_of_nbgrader(check, "check", f"{grade_id}-check")
    yield from problems_of_nbgrader(hidden, "hidden", f"{grade_id}-hidden")
    if hidden.position != starter.position + 3:
        yield f"{starter}: starter, solution and checks stand one after the other"
    for cell in solution, hidden:
        if not cell.metadata.get("jupyter", {}).get("source_hidden"):
            yield f"{cell}: needs the metadata jupyter.source_hidden, which folds it"
    if f'raise NotImplementedError("Exercise {number}: ' not in starter.source:
        yield f"{starter}: needs raise NotImplementedError('Exercise {number}: …')"
    if not defined(starter) or not defined(starter) <= defined(solution):
        yield f"{solution}: defines {defined(solution)}, not {defined(starter)}"
    for cell in check, hidden:
        asserts = [n.msg for n in ast.walk(cell.tree) if isinstance(n, ast.Assert)]
        n_checks = len(asserts) + cell.source.count("raise AssertionError(")
        if n_checks < 2 or not all(asserts):
            yield f"{cell}: needs two or more checks, each with a message that helps"


FOUR_CELLS = [
    ["starter"],
    ["solution", "hide-cell"],
    ["check"],
    ["hidden-check", "remove-cell"],
]


@each(CHAPTERS)
def test_coding_exercises(path):
    coding = [(n, [c for c in group if c.is_code]) for n, group in exercises(path)]
    coding = [(number, found) for number, found in coding if found]
    if len(coding) < 2:
        yield f"{name(path)}: {len(coding)} exercises have code; needs at least two"
    for number, found in coding:
        tags = [cell.tags for cell in found]
        if tags != FOUR_CELLS:
            yield (
                f"{name(path)}: exercise {number} needs four code cells, tagged "
                f"{FOUR_CELLS}, but has {tags}"
            )
        else:
            yield from problems_of_exercise(number, *found)


@each(CHAPTERS)
def test_last_exercise_is_an_open_question(path):
    for number, group in exercises(path)[-1:]:
        task, answer = (*group, None)[:2]
        grade_id = f"ex-{number.replace('.', '-')}-open"
        yield from problems_of_nbgrader(task, "open", grade_id)
        if answer is None or answer.is_code or "<details>" not in answer.source:
            yield f"{task}: the next cell says in <details> what a strong answer has"


@book
def test_graded_cells_are_known_and_unique():
    seen = {}
    for cell in all_cells():
        grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
        if "nbgrader" not in cell.metadata:
            continue
        if cell.is_code and not {"starter", "check", "hidden-check"} & set(cell.tags):
            yield f"{cell}: metadata nbgrader, but no tag that names its part"
        if grade_id in seen:
            yield f"{cell}: its grade_id {grade_id!r} is also in {seen[grade_id]}"
        seen[grade_id] = cell


# --- self-check ----------------------------------------------------------------------

QUESTION = re.compile(r"(?m)^(\d)\. (\S.*)\n\n((?:   - [a-c]\) \S.*\n){3})")
ANSWER = re.compile(r"(?m)^(\d)\. \*\*([a-c])\.\*\* (\S.*)$")


def problems_of_self_check(cell):
    """What is wrong with a cell of five questions and their answers."""
    questions, _, answers = cell.source.partition("<details><summary>Answers</summary>")
    asked, answered = QUESTION.findall(questions), ANSWER.findall(answers)
    for what, found in (("questions", asked), ("answers", answered)):
        if [number for number, *_ in found] != list("12345"):
            yield f"{cell}: needs five {what} in the form that teaching.md shows"
    for number, text, options in asked:
        if re.findall(r"- ([a-c])\)", options) != list("abc"):
            yield f"{cell}: question {number} needs the options a), b) and c)"
        if not text.endswith("?"):
            yield f"{cell}: question {number} does not end with a question mark"
    if len({letter for _, letter, _ in answered}) < 3:
        yield f"{cell}: the right answers should not all be the same letter"


@each(CHAPTERS)
def test_self_check_has_five_questions_and_their_answers(path):
    found = [cell for cell in markdown(path) if "self-check" in cell.tags]
    if len(found) != 1:
        yield f"{name(path)}: needs one cell that is tagged self-check"
    for cell in found:
        if not cell.source.startswith("## Self-check\n"):
            yield f"{cell}: needs the heading '## Self-check'"
        yield from problems_of_self_check(cell)
