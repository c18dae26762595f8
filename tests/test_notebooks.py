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

import nbformat
from PIL import Image
from support import ROOT, each, once

import mlsd
from mlsd import Claim
from teaching.wrong import wrong_answers
from tools import catalogue
from tools.catalogue import DETAILS, LINK, items
from tools.execute import normalise

NOTEBOOKS = catalogue.notebooks()
CHAPTERS = catalogue.chapters()
OBJECTIVES = "What you will be able to do"
ADDRESS = catalogue.config()["repository"]["url"]


def run_it(page):
    return f"run: python -m tools.execute {page.name}"


def all_cells():
    return itertools.chain.from_iterable(page.cells for page in NOTEBOOKS)


def test_there_are_chapters():
    assert CHAPTERS


# --- the file ------------------------------------------------------------------------


@each(NOTEBOOKS)
def test_file_is_valid_and_holds_nothing_of_the_machine(page):
    notebook = nbformat.read(page.path, as_version=4)
    nbformat.validate(notebook)
    empty = nbformat.v4.new_notebook()
    normalise(empty)
    if notebook.metadata != empty.metadata:
        yield f"{page.name}: metadata of a machine or an editor; {run_it(page)}"
    if (notebook.nbformat, notebook.nbformat_minor) != (4, 5):
        yield f"{page.name}: not in format 4.5; {run_it(page)}"


@each(NOTEBOOKS)
def test_cells_have_unique_identifiers_and_no_time_stamps(page):
    seen: dict = {}
    traces = {"execution", "collapsed", "scrolled", "lines_to_next_cell"}
    # nbformat gives a cell with a known identifier another one when it reads the file.
    raw = json.loads(page.text)["cells"]
    for cell, identifier in zip(page.cells, [c.get("id") for c in raw], strict=True):
        if identifier in seen:
            yield f"{cell}: same identifier as {seen[identifier]}; {run_it(page)}"
        seen[identifier] = cell
        for key in sorted(traces & set(cell.metadata)):
            yield f"{cell}: metadata {key!r} changes with every run; {run_it(page)}"


MACHINE_PATH = re.compile(
    r"(?<![\w.)\]}:/-])/(?:home|Users|root|tmp|private|var|opt|usr|etc|mnt|work|content)/"
    r"|file://|\b[A-Z]:\\|(?<![\w/])~/|site-packages"
)


@each(NOTEBOOKS)
def test_no_absolute_path(page):
    for cell in page.cells:
        texts = [cell.source]
        for output in cell.outputs:
            texts += [output.get("text", ""), "".join(output.get("traceback", ""))]
            data = output.get("data", {}).items()
            texts += [str(text) for kind, text in data if not kind.startswith("image/")]
        for text in texts:
            if found := MACHINE_PATH.search(re.sub(r"\bhttps?://\S+", "", text)):
                yield f"{cell}: a page of one machine, {found[0]!r}"


# --- the stored outputs --------------------------------------------------------------


@each(NOTEBOOKS)
def test_was_run_from_the_top_in_a_fresh_kernel(page):
    for expected, cell in enumerate(page.code, start=1):
        count = cell.raw["execution_count"]
        if count != expected:
            yield f"{cell}: is number [{count}], not [{expected}]; {run_it(page)}"
        if any(o.get("execution_count", count) != count for o in cell.outputs):
            yield f"{cell}: its output comes from another run; {run_it(page)}"


@each(NOTEBOOKS)
def test_no_errors_and_no_warnings(page):
    for cell in page.code:
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
def test_what_a_cell_prints_or_shows_is_stored(page):
    for cell in page.code:
        kinds = {output["output_type"] for output in cell.outputs}
        prints = [c for c in calls(cell.tree, "print") if not c.keywords]
        if prints and "stream" not in kinds:
            yield f"{cell}: prints, but stores no text; {run_it(page)}"
        if ends_with_value(cell) and "execute_result" not in kinds:
            yield f"{cell}: ends with a value, but stores none; {run_it(page)}"
        if any(calls(cell.tree, "display")) and "display_data" not in kinds:
            yield f"{cell}: displays, but stores nothing; {run_it(page)}"
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
def test_every_claim_is_stored_as_it_is_stated(page):
    for cell in page.code:
        if "check" in cell.tags:
            continue
        loops = any(
            isinstance(n, ast.For | ast.While) for n in run_with_cell(cell.tree)
        )
        stated = claims_to_keep(cell)
        n_stored = len(cell.claims)
        if n_stored < len(stated) or (n_stored > len(stated) and not loops):
            yield f"{cell}: {len(stated)} claims, {n_stored} stored; {run_it(page)}"
        stored = {
            text for c in cell.claims for text in (c["identifier"], c["sentence"])
        }
        for argument in itertools.chain.from_iterable(c.args[:2] for c in stated):
            text = getattr(argument, "value", None)
            if isinstance(text, str) and text not in stored:
                yield f"{cell}: no stored claim says {text!r}; {run_it(page)}"


@each(NOTEBOOKS)
def test_stored_claims_keep_their_bounds_and_are_shown(page):
    for cell in page.code:
        for output in cell.outputs:
            claim = output.get("metadata", {}).get(catalogue.CLAIM)
            if claim is None:
                continue
            stored = Claim(**claim)
            data, _ = stored._repr_mimebundle_()
            if {kind: output["data"].get(kind) for kind in data} != data:
                yield f"{cell}: the box does not say what the metadata say"
            rounding = 0.5 * 10.0 ** -claim["digits"]
            low, high = claim["at_least"], claim["at_most"]
            if low is not None and not claim["measured"] >= low - rounding:
                yield f"{cell}: stores {stored.value}, must be {stored.bound}"
            if high is not None and not claim["measured"] <= high + rounding:
                yield f"{cell}: stores {stored.value}, must be {stored.bound}"


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
def test_figures_are_what_the_style_draws(page):
    for cell in page.code:
        for output in cell.outputs:
            if "image/png" in output.get("data", {}):
                for problem in problems_of_figure(output):
                    yield f"{cell}: {problem}; {run_it(page)}"


@once
def test_no_figure_stands_in_two_places():
    seen: dict = {}
    for cell in all_cells():
        for figure in cell.figures:
            if figure in seen:
                yield f"{cell}: same figure as {seen[figure]}"
            seen[figure] = cell


@each(NOTEBOOKS)
def test_figures_are_light(page):
    total = sum(len(figure) for cell in page.code for figure in cell.figures)
    if total >= 400_000:
        yield f"{page.name}: {total:,} bytes of figures; draw fewer points"


def alternative_text(cell):
    return cell.metadata.get("mystnb", {}).get("image", {}).get("alt", "")


@each(NOTEBOOKS)
def test_figures_have_alternative_text(page):
    for cell in page.code:
        alt = alternative_text(cell)
        if alt and not cell.figures:
            yield f"{cell}: has alternative text, but no figure"
        if cell.figures and len(alt.split()) < 8:
            yield f"{cell}: say in the metadata mystnb.image.alt what the figure shows"
        if re.search(r"\.(png|svg|jpe?g)\b|[\da-f]{16}", alt):
            yield f"{cell}: the alternative text is no sentence: {alt!r}"


@once
def test_no_two_figures_share_their_alternative_text():
    seen: dict = {}
    for cell in all_cells():
        alt = alternative_text(cell)
        if alt and alt in seen:
            yield f"{cell}: same alternative text as {seen[alt]}"
        seen[alt] = cell


# --- the source ----------------------------------------------------------------------

NOT_PLAIN = {
    r"(?m)^\s*```+\{": "a directive",
    r"(?m)^\s*:::": "a fence of colons",
    r"(?m)^\([\w-]+\)=\s*$": "a target",
    r"(?i)<img\b": "an <img>; draw the figure in a cell, with its text",
    r"(?m)^\s*[-*] \[[ xX]\]": "a task list; use a plain list",
}


@each(NOTEBOOKS)
def test_markdown_is_plain(page):
    for cell in page.markdown:
        if cell.raw["cell_type"] != "markdown":
            yield f"{cell}: is a {cell.raw['cell_type']} cell"
        for pattern, what in NOT_PLAIN.items():
            if re.search(pattern, cell.source):
                yield f"{cell}: not every renderer understands {what}"
        if role := re.search(r"\{[A-Za-z][\w:.+-]*\}(?=\0)", cell.prose):
            yield f"{cell}: not every renderer understands the role {role[0]}"


@each(NOTEBOOKS)
def test_details_can_be_recognised_and_let_markdown_through(page):
    """Folded blocks must be recognised: what is not would reach students and paper."""
    for cell in page.markdown:
        text = cell.prose
        n_details = len(re.findall(r"(?i)<details\b", text))
        found = list(DETAILS.finditer(text))
        if (
            len(found) != n_details
            or len(re.findall("(?i)</details", text)) != n_details
        ):
            yield f"{cell}: write <details><summary>…</summary>…</details>, not nested"
        for block in found:
            if re.search(r"<details\b[^>]*\bopen\b", block[0]):
                yield f"{cell}: <details open> is not folded"
            if not re.match(r"[ \t]*\n[ \t]*\n", block["text"]):
                yield f"{cell}: an empty line belongs after </summary>"


@each(NOTEBOOKS)
def test_code_fits_the_page(page):
    """A reader of a narrow page or of the PDF would see broken lines."""
    for cell in page.code:
        if not cell.source.strip():
            yield f"{cell}: is empty"
        for line in cell.source.splitlines():
            # The address of the repository may be long.
            if len(line) > 88 and not line.lstrip().startswith("%pip"):
                yield f"{cell}: longer than 88 columns: {line.strip()}"


@each(NOTEBOOKS)
def test_code_hides_nothing(page):
    for cell in page.code:
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
def test_setup_cell(page):
    first, *others = page.code
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
def test_links_to_files(page):
    for cell in page.markdown:
        for target in LINK.findall(cell.prose):
            file = target.partition("#")[0]
            if re.match(r"[a-z]+:", target):
                if not target.startswith(("https://", "mailto:")):
                    yield f"{cell}: link with https://, not {target}"
            elif file.startswith("/") or not (page.path.parent / file).exists():
                yield f"{cell}: links to {target}, which does not exist"


# --- claims --------------------------------------------------------------------------


@each(NOTEBOOKS)
def test_claims_are_numbered_like_the_notebook(page):
    found = [claim["identifier"] for claim in page.claims]
    expected = [f"{page.number}.{n}" for n in range(1, len(found) + 1)]
    if found != expected:
        yield f"{page.name}: number the claims {expected}, not {found}"


@once
def test_no_two_claims_share_their_identifier():
    found = [claim["identifier"] for page in NOTEBOOKS for claim in page.claims]
    for claim in sorted({c for c in found if found.count(c) > 1}):
        yield f"claim {claim} is made {found.count(claim)} times in the book"


@each(NOTEBOOKS)
def test_half_of_the_claims_name_a_rival(page):
    """The book promises that its claims tell right from wrong."""
    rivals = [claim["identifier"] for claim in page.claims if claim.get("rival")]
    if not page.claims:
        yield f"{page.name}: makes no claim"
    elif 2 * len(rivals) < len(page.claims):
        yield f"{page.name}: {len(rivals)} of {len(page.claims)} claims name a rival"


@each(NOTEBOOKS)
def test_a_recommended_policy_passes_its_gates(page):
    passed = {
        kind
        for cell in page.code
        for kind, words in mlsd.GATES.items()
        if f"Gate passed, {words}:" in cell.printed
    }
    needed = set(mlsd.GATES) if page.is_case else set()
    if passed:
        needed |= {"nothing", "constant"}
    for kind in sorted(needed - passed):
        yield f"{page.name}: no cell prints mlsd.gate({kind!r}, …)"
    for cell in page.code:
        stated = sum(1 for _ in calls(cell.tree, "gate"))
        if stated > cell.printed.count("Gate passed, "):
            yield f"{cell}: its gates are not stored; {run_it(page)}"


# --- the parts that tools and readers rely on ----------------------------------------


@each(NOTEBOOKS)
def test_title(page):
    """The syllabi, the part pages and the list of questions show it."""
    titles = [text for level, text in page.headings if level == 1]
    start = (
        f"{page.number}. " if page.is_chapter else f"Question {int(page.number[1:])}: "
    )
    if len(titles) != 1 or not titles[0].startswith(start):
        yield f"{page.name}: needs one title '# {start}…', has {titles}"
    if not page.cells[0].source.startswith("# "):
        yield f"{page.name}: the title comes first"


@each(NOTEBOOKS)
def test_headings_skip_no_level(page):
    for (before, _), (level, text) in itertools.pairwise(page.headings):
        if level > before + 1:
            yield f"{page.name}: heading {text!r} skips a level"


@each(CHAPTERS)
def test_chapter_has_objectives_checklist_and_exercises(page):
    """The page for teachers and the review tools take them from there."""
    if not page.objectives:
        yield f"{page.name}: needs a list under '## What you will be able to do'"
    if not re.search(
        r"(?m)^\*Time to read: .+ Time to run: .+\*$", page.section(OBJECTIVES)
    ):
        yield f"{page.name}: needs a line '*Time to read: … Time to run: …*'"
    if not items(page.section("Checklist")):
        yield f"{page.name}: needs a list under '## Checklist'"
    number, found = page.number, [e.number for e in page.exercises]
    expected = [f"{number}.{n}" for n in range(1, len(found) + 1)]
    if found != expected or not found:
        yield (
            f"{page.name}: needs headings '### Exercise {number}.n: …' below "
            f"'## Exercises', has {found}"
        )


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


@each(NOTEBOOKS)
def test_cited_works_stand_in_the_bibliography(page):
    reading = items(page.section("Further reading"))
    cited = [link for link in page.works if PROCEEDINGS.search(link)]
    cited += [links(item)[0] for item in reading if links(item)]
    for item in reading:
        if page.is_chapter and not links(item):
            yield f"{page.name}: no link to the work: {item}"
    for link in dict.fromkeys(cited):
        if work(link) not in bibliography():
            yield f"{page.name}: add to references.bib, with its DOI or URL: {link}"


# --- exercises -----------------------------------------------------------------------

# What nbgrader's own editor writes for each kind of cell.
NBGRADER = {
    "starter": {"grade": False, "locked": False, "solution": True, "task": False},
    "check": {"grade": True, "locked": True, "solution": False, "task": False},
    "hidden": {"grade": True, "locked": True, "solution": False, "task": False},
    "open": {"grade": False, "locked": True, "solution": False, "task": True},
}


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


def defined(cell):
    return {
        n.name for n in cell.tree.body if isinstance(n, ast.FunctionDef | ast.ClassDef)
    }


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
def test_coding_exercises(page):
    for exercise in page.exercises:
        tags = [cell.tags for cell in exercise.code]
        if tags and tags != FOUR_CELLS:
            yield (
                f"{page.name}: exercise {exercise.number} needs four code cells, "
                f"tagged {FOUR_CELLS}, but has {tags}"
            )
        elif tags:
            yield from problems_of_exercise(exercise.number, *exercise.code)


@each(CHAPTERS)
def test_coding_exercises_have_planted_mistakes(page):
    coding = {e.grade_id for e in page.exercises if e.code}
    planted = wrong_answers(page.stem)
    for grade_id in sorted(coding):
        if len(planted.get(grade_id, [])) < 3:
            yield f"{page.name}: plant three mistakes for {grade_id} in teaching/wrong"
    for grade_id in sorted(planted.keys() - coding):
        yield f"teaching/wrong/{page.stem}.py: there is no exercise {grade_id}"


@each(CHAPTERS)
def test_last_exercise_is_an_open_question(page):
    for exercise in page.exercises[-1:]:
        task, answer = (*exercise.cells, None)[:2]
        yield from problems_of_nbgrader(task, "open", f"{exercise.grade_id}-open")
        if answer is None or answer.is_code or not DETAILS.search(answer.source):
            yield f"{task}: the next cell says in <details> what a strong answer has"


@once
def test_graded_cells_are_known_and_unique():
    seen: dict = {}
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
def test_self_check_has_five_questions_and_their_answers(page):
    found = [cell for cell in page.markdown if "self-check" in cell.tags]
    if len(found) != 1:
        yield f"{page.name}: needs one cell that is tagged self-check"
    for cell in found:
        if not cell.source.startswith("## Self-check\n"):
            yield f"{cell}: needs the heading '## Self-check'"
        yield from problems_of_self_check(cell)
