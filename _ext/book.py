"""What this book adds to Sphinx: its claims, its first figure, and light pages.

The claims and the figure are taken from the stored outputs of the notebooks when the
book is built, so neither can disagree with its chapter. The theme sends all 2,000 icons
of its font with every page, half of a first visit; the book sends those that it uses.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from docutils import nodes
from sphinx.addnodes import only, pending_xref
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util.docutils import SphinxDirective, SphinxRole

from mlsd import Claim
from tools import catalogue
from tools.catalogue import Cell, Page

FRONT_PAGE_TAG = "front-page"
DOCUMENT_TAG = "design-document"
# What is printed as it stands.
VERBATIM = (nodes.FixedTextElement, nodes.literal, nodes.math, nodes.raw)
# One icon in the theme's script: name:[width,height,[other names],"code","path"]
ICON = re.compile(
    r"""(?:"([\w-]+)"|([A-Za-z_$][\w$]*)):\[\d+,\d+,(\[[^\]]*\]),"[0-9a-f]+","""
    r"""(?:"[^"]*"|\["[^"]*","[^"]*"\])\],?"""
)


def root_of(env: BuildEnvironment) -> Path:
    """Return the checkout, also where Sphinx builds from a prepared copy of it."""
    return Path(os.environ.get("BOOK_ROOT", env.srcdir))


def link_to(page: Page, text: str, *, anchor: str = "") -> nodes.Node:
    """Return a link to a page of the book, for every kind of builder."""
    if not page.exists:
        return nodes.Text(text)
    target = f"/{page.document}"
    return pending_xref(
        "", nodes.inline("", text), refdomain="std", reftype="doc", reftarget=target,
        refexplicit=True, refwarn=True,
    )  # fmt: skip


def table_of(
    header: Sequence[str], widths: Sequence[int], rows: Iterable[Sequence[nodes.Node]]
) -> nodes.table:
    """Return a table whose cells hold one paragraph each."""

    def row(contents: Iterable[nodes.Node]) -> nodes.row:
        cells = (nodes.entry("", nodes.paragraph("", "", c)) for c in contents)
        return nodes.row("", *cells)

    group = nodes.tgroup(cols=len(header))
    group += [nodes.colspec(colwidth=width) for width in widths]
    group += nodes.thead("", row(nodes.Text(text) for text in header))
    group += nodes.tbody("", *map(row, rows))
    return nodes.table("", group)


class Generated(SphinxDirective):
    """Text that follows from the catalogue; its pages are noted as dependencies."""

    has_content = False

    @property
    def root(self) -> Path:
        """The checkout."""
        return root_of(self.env)

    def reading(self, pages: Iterable[Page]) -> list[Page]:
        """Return the pages; when one changes, this one is made anew."""
        found = list(pages)
        for page in found:
            self.env.note_dependency(str(page.path))
        return found


class ClaimsTable(Generated):
    """A table of the claims in all notebooks' stored outputs."""

    header = ("Claim", "What the book says", "Measured", "Must be", "The rival")
    widths = (7, 46, 15, 15, 17)

    def run(self) -> list[nodes.Node]:
        """Return a sentence that counts the claims, and a row for each."""
        pages = self.reading(catalogue.notebooks(self.root))
        found = [(page, Claim(**claim)) for page in pages for claim in page.claims]
        rivals = sum(claim.rival is not None for _, claim in found)
        text = (
            f"{len(found)} claims, of which {rivals} name a rival: what the wrong "
            "method, a lazy policy or luck would give in the same place. The bound "
            "refutes it."
        )
        rows = [
            [
                self.link(page, claim.identifier),
                nodes.Text(claim.sentence),
                nodes.Text(claim.value),
                nodes.Text(claim.bound),
                nodes.Text(claim.rival_in_words),
            ]
            for page, claim in found
        ]
        table = table_of(self.header, self.widths, rows)
        table["classes"] += ["claims-table"]
        return [nodes.paragraph("", text), table]

    def link(self, page: Page, identifier: str) -> nodes.Node:
        """Return a link to the claim's box; other formats get its number."""
        builder = self.env.app.builder
        if builder.format != "html":
            return nodes.Text(identifier)
        target = builder.get_relative_uri(self.env.docname, page.document)
        anchor = f"claim-{identifier.replace('.', '-')}"
        return nodes.reference("", identifier, refuri=f"{target}#{anchor}")


class ObjectivesList(Generated):
    """The learning objectives of all chapters, taken from the chapters."""

    def run(self) -> list[nodes.Node]:
        """Return a definition list: chapter, then its objectives."""
        found = nodes.definition_list()
        for page in self.reading(catalogue.chapters(self.root)):
            points = nodes.bullet_list()
            for row in page.objectives:
                plain = nodes.paragraph("", row.replace("`", ""))
                points += nodes.list_item("", plain)
            title = nodes.term("", "", link_to(page, page.title))
            found += nodes.definition_list_item("", title, nodes.definition("", points))
        return [found]


class PartContents(Generated):
    """The chapters of the part on whose page it stands, also those still to come."""

    def run(self) -> list[nodes.Node]:
        """Return a list: a chapter's title, then the objectives that it starts with."""
        part = self.env.docname.rsplit("/", 1)[-1]
        written = {p.number: p for p in self.reading(catalogue.chapters(self.root))}
        found = nodes.bullet_list()
        for number, title in catalogue.outline(self.root).get(part, {}).items():
            text = f"{number}. {title}"
            if page := written.get(number):
                line = nodes.paragraph("", "", link_to(page, text))
                if page.objectives:
                    first = page.objectives[0].replace("`", "")
                    line += nodes.Text(f": {first[0].lower()}{first[1:]}")
            else:
                line = nodes.paragraph("", f"{text} (coming)")
            found += nodes.list_item("", line)
        return [found] if found.children else []


def size_of(path: Path) -> str:
    """Say the size of a file in words."""
    size = path.stat().st_size
    return f"{size / 1e6:.2f} MB" if size >= 1e6 else f"{size / 1e3:,.0f} kB"


class DataTable(Generated):
    """The data sets of the registry, with their sizes and datasheets."""

    def run(self) -> list[nodes.Node]:
        """Return a table with a row for each data set."""
        folder = self.root / "datasets"
        self.env.note_dependency(str(folder / "registry.json"))
        rows = []
        for name, entry in catalogue.registry(self.root).items():
            sheet = Page(self.root, f"datasets/{entry['datasheet']}")
            numbers = f"{entry['rows']:,}", f"{len(entry['columns'])}"
            texts = [*numbers, size_of(folder / entry["file"]), entry["licence"]]
            cells = [nodes.Text(text) for text in texts]
            link = link_to(sheet, entry["datasheet"])
            rows.append([nodes.literal("", name), *cells, link])
        header = ("name", "rows", "columns", "file", "licence of the package")
        return [table_of((*header, "datasheet"), (20, 10, 9, 9, 24, 18), rows)]


class LicenceTable(Generated):
    """The source and the licence of every data set."""

    def run(self) -> list[nodes.Node]:
        """Return a table with a row for each data set."""
        self.env.note_dependency(str(self.root / "datasets" / "registry.json"))
        rows = []
        for name, entry in catalogue.registry(self.root).items():
            sheet = Page(self.root, f"datasets/{entry['datasheet']}")
            cells = [nodes.Text(entry["source"]), nodes.Text(entry["licence"])]
            rows.append([link_to(sheet, name), *cells])
        return [table_of(("data set", "source", "licence"), (25, 45, 30), rows)]


class StoredFigure(Generated):
    """The figure of the cell with a tag: its stored output, its text, its chapter."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return the figure and, in its caption, a link to where it is made."""
        page, cell = cell_with_figure(self.root, self.arguments[0])
        self.reading([page])
        target = Path(self.env.srcdir) / "_generated" / f"{self.arguments[0]}.png"
        target.parent.mkdir(exist_ok=True)
        target.write_bytes(cell.figures[0])
        image = nodes.image(uri=f"/_generated/{target.name}", width="100%")
        image["alt"] = cell.metadata["mystnb"]["image"]["alt"]
        image["classes"] += ["figure-on-white"]
        caption = nodes.caption()
        text = cell.metadata.get("front_page", {}).get("caption", "")
        caption += nodes.Text(f"{text} From ".lstrip())
        caption += [link_to(page, f"chapter {page.number}"), nodes.Text(".")]
        return [nodes.figure("", image, caption, classes=["front-figure"])]


def cell_with_figure(root: Path, tag: str) -> tuple[Page, Cell]:
    """Return the cell with this tag and a figure, and its notebook."""
    for page in catalogue.notebooks(root):
        for cell in page.code:
            if tag in cell.tags and cell.figures:
                return page, cell
    raise RuntimeError(f"No notebook cell with a figure is tagged {tag!r}.")


def front_page_text(root: Path) -> str:
    """Return what the figure of the front page shows, in words."""
    _, cell = cell_with_figure(root, FRONT_PAGE_TAG)
    text: str = cell.metadata["mystnb"]["image"]["alt"]
    return text


class ChapterRole(SphinxRole):
    """``{chapter}`7``: number and title of a chapter, linked, or named as coming."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Return the link, or the words."""
        root, number = root_of(self.env), self.text.strip()
        titles = {
            n: t for part in catalogue.outline(root).values() for n, t in part.items()
        }
        if number not in titles:
            message = self.inliner.reporter.warning(f"There is no chapter {number!r}.")
            return [], [message]
        text = f"{number} {titles[number]}"
        for page in catalogue.chapters(root):
            if page.number == number:
                self.env.note_dependency(str(page.path))
                return [nodes.strong("", "", link_to(page, text))], []
        return [nodes.Text(f"{text} (coming)")], []


class ChaptersRole(SphinxRole):
    """``{chapters}`3, 5``: numbers of chapters, linked where the chapter exists."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Return the numbers, separated by commas."""
        written = {p.number: p for p in catalogue.chapters(root_of(self.env))}
        found: list[nodes.Node] = []
        for number in self.text.split(","):
            name = number.strip()
            page = written.get(name)
            found.append(nodes.Text(", ") if found else nodes.Text(""))
            found.append(link_to(page, name) if page else nodes.Text(name))
        return found, []


class AnswerRole(SphinxRole):
    """``{answer}`18``: a link to the case study of a question, or nothing."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Return the link."""
        number = f"q{int(self.text):02d}"
        for page in catalogue.cases(root_of(self.env)):
            if page.number == number:
                return [link_to(page, "case study")], []
        return [], []


def document_name(notebook: str) -> str:
    """Return the name under which a case study's design document is downloaded."""
    return f"{notebook}-design-document.md"


def link_design_document(app: Sphinx, doctree: nodes.document) -> None:
    """Put a link for downloading below the cell that makes the design document."""
    for cell in list(doctree.findall(nodes.container)):
        if f"tag_{DOCUMENT_TAG}" not in cell["classes"]:
            continue
        notebook = app.env.docname.rsplit("/", 1)[-1]
        text = "Download this document as Markdown"
        link = nodes.reference("", text, refuri=document_name(notebook))
        paragraph = nodes.paragraph("", "", link, classes=["design-document-link"])
        cell.parent.insert(
            cell.parent.index(cell) + 1, only("", paragraph, expr="html")
        )


def name_solutions(app: Sphinx, doctree: nodes.document) -> None:
    """Say of a folded solution that it is one; other folded cells are code."""
    for cell in doctree.findall(nodes.container):
        if "tag_solution" in cell["classes"] and "hide_mode" in cell:
            cell["prompt_show"] = "Show the solution"
            cell["prompt_hide"] = "Hide the solution"


def keep_percent_signs(app: Sphinx, doctree: nodes.document) -> None:
    """Let no line end between a number and its percent sign."""
    for text in list(doctree.findall(nodes.Text)):
        element = text.parent
        if " %" not in text or isinstance(element, VERBATIM):
            continue
        kept = re.sub(r"(?<=\d) (?=%)", "\N{NO-BREAK SPACE}", text)
        if kept != text:
            element.replace(text, nodes.Text(kept))


def write_design_documents(app: Sphinx, error: Exception | None) -> None:
    """Write every design document beside the page of its case study."""
    if error is not None or app.builder.name != "html":
        return
    for page in catalogue.cases(root_of(app.env)):
        texts = [
            text
            for cell in page.code
            if DOCUMENT_TAG in cell.tags
            for text in cell.markdown_outputs()
        ]
        target = Path(app.outdir) / f"{page.document}-design-document.md"
        if texts and target.parent.exists():
            target.write_text("".join(texts), "utf-8")


def keep_used_icons(app: Sphinx, error: Exception | None) -> None:
    """Remove from the theme's script all icons that no page and no script uses."""
    if error is not None or app.builder.name != "html":
        return
    html = Path(app.outdir)
    script = html / "_static" / "scripts" / "fontawesome.js"
    users = [*html.rglob("*.html"), *(html / "_static").glob("*.js")]
    users += [p for p in script.parent.glob("*.js") if p != script]
    used: set[str] = set()
    for path in users:
        used.update(re.findall(r"\bfa-([a-z][\w-]*)", path.read_text("utf-8")))

    def keep(icon: re.Match[str]) -> str:
        names = {icon[1] or icon[2], *re.findall(r'"([^"]+)"', icon[3])}
        return icon[0] if names & used else ""

    text = ICON.sub(keep, script.read_text("utf-8"))
    if len(text) > 200_000 or not ICON.search(text):
        raise RuntimeError(
            f"{script.name} has another form than keep_used_icons knows."
        )
    script.write_text(text, "utf-8")


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx what this module adds."""
    directives = {
        "claims-table": ClaimsTable,
        "objectives-list": ObjectivesList,
        "part-contents": PartContents,
        "data-table": DataTable,
        "licence-table": LicenceTable,
        "stored-figure": StoredFigure,
    }
    for name, directive in directives.items():
        app.add_directive(name, directive)
    app.add_role("chapter", ChapterRole())
    app.add_role("chapters", ChaptersRole())
    app.add_role("answer", AnswerRole())
    app.connect("doctree-read", link_design_document)
    app.connect("doctree-read", name_solutions)
    app.connect("doctree-read", keep_percent_signs)
    app.connect("build-finished", write_design_documents)
    app.connect("build-finished", keep_used_icons)
    # Before a reader has chosen a mode, the theme would report an error.
    app.add_js_file(None, body='document.documentElement.dataset.mode ||= "auto";')
    return {"parallel_read_safe": True, "parallel_write_safe": True}
