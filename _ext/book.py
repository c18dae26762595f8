"""What this book adds to Sphinx: its claims, its first figure, and light pages.

The claims and the figure are taken from the stored outputs of the notebooks when the
book is built, so neither can disagree with its chapter. The theme sends all 2,000 icons
of its font with every page, half of a first visit; the book sends those that it uses.
"""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.addnodes import only
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

CLAIM = "mlsd_claim"
FRONT_PAGE_TAG = "front-page"
DOCUMENT_TAG = "design-document"
# What is printed as it stands.
VERBATIM = (nodes.FixedTextElement, nodes.literal, nodes.math, nodes.raw)
# One icon in the theme's script: name:[width,height,[other names],"code","path"]
ICON = re.compile(
    r"""(?:"([\w-]+)"|([A-Za-z_$][\w$]*)):\[\d+,\d+,(\[[^\]]*\]),"[0-9a-f]+","""
    r"""(?:"[^"]*"|\["[^"]*","[^"]*"\])\],?"""
)


def notebooks(source: Path) -> list[Path]:
    """Return the book's notebooks, in the order of their names."""
    folders = ("chapters", "case_studies")
    return [p for folder in folders for p in sorted((source / folder).glob("*.ipynb"))]


def cells(path: Path) -> list[dict[str, Any]]:
    """Return the cells of a notebook file."""
    content: dict[str, Any] = json.loads(path.read_text("utf-8"))
    found: list[dict[str, Any]] = content["cells"]
    return found


def claims_of(path: Path) -> list[dict[str, Any]]:
    """Return the claims in the stored outputs, except those of exercises."""
    return [
        output["metadata"][CLAIM]
        for cell in cells(path)
        if "check" not in cell["metadata"].get("tags", [])
        for output in cell.get("outputs", [])
        if CLAIM in output.get("metadata", {})
    ]


def number(value: float, claim: dict[str, Any]) -> str:
    """Format a value of a claim as the claim's box does."""
    return f"{value:,.{claim['digits']}f} {claim['unit']}".strip()


def bound(claim: dict[str, Any]) -> str:
    """Say the bound in words."""
    low, high = claim["at_least"], claim["at_most"]
    if low is None:
        return f"at most {number(high, claim)}"
    if high is None:
        return f"at least {number(low, claim)}"
    return f"{low:,.{claim['digits']}f} to {number(high, claim)}"


class ClaimsTable(SphinxDirective):
    """A table of all claims in one notebook's stored outputs, or in all of them."""

    has_content = False

    def run(self) -> list[nodes.Node]:
        """Return one table with a row for each claim."""
        source = Path(self.env.srcdir)
        rows = []
        for path in notebooks(source):
            name = path.relative_to(source).with_suffix("").as_posix()
            if name not in self.env.found_docs:
                continue
            self.env.note_dependency(str(path))
            rows += [(name, claim) for claim in claims_of(path)]
        header = ("Claim", "What the book says", "Measured", "Must be")
        group = nodes.tgroup(cols=len(header))
        group += [nodes.colspec(colwidth=width) for width in (8, 56, 18, 18)]
        group += nodes.thead("", self.row([nodes.Text(text) for text in header]))
        body = nodes.tbody()
        for name, claim in rows:
            body += self.row(
                [
                    self.link(name, claim["identifier"]),
                    nodes.Text(claim["sentence"]),
                    nodes.Text(number(claim["measured"], claim)),
                    nodes.Text(bound(claim)),
                ]
            )
        group += body
        return [nodes.table("", group, classes=["claims-table"])]

    def row(self, contents: list[nodes.Node]) -> nodes.row:
        """Return a table row with one paragraph in each cell."""
        entries = (nodes.entry("", nodes.paragraph("", "", c)) for c in contents)
        return nodes.row("", *entries)

    def link(self, document: str, identifier: str) -> nodes.Node:
        """Return a link to the claim's box; other formats get its number."""
        builder = self.env.app.builder
        if builder.format != "html":
            return nodes.Text(identifier)
        page = builder.get_relative_uri(self.env.docname, document)
        anchor = f"claim-{identifier.replace('.', '-')}"
        return nodes.reference("", identifier, refuri=f"{page}#{anchor}")


class ObjectivesList(SphinxDirective):
    """The learning objectives of all chapters, taken from the chapters."""

    has_content = False

    def run(self) -> list[nodes.Node]:
        """Return a definition list: chapter, then its objectives."""
        source, found = Path(self.env.srcdir), nodes.definition_list()
        for path in sorted((source / "chapters").glob("*.ipynb")):
            self.env.note_dependency(str(path))
            texts = [
                "".join(cell["source"])
                for cell in cells(path)
                if cell["cell_type"] == "markdown"
            ]
            title = texts[0].splitlines()[0].removeprefix("# ")
            part = next(t for t in texts if t.startswith("## What you will be able"))
            rows = re.findall(r"(?m)^- (.+)$", part)
            points = nodes.bullet_list()
            for row in rows:
                plain = nodes.paragraph("", "", nodes.Text(row.replace("`", "")))
                points += nodes.list_item("", plain)
            found += nodes.definition_list_item(
                "", nodes.term("", title), nodes.definition("", points)
            )
        return [found]


def extract_front_page_figure(app: Sphinx) -> None:
    """Write the figure of the cell tagged ``front-page`` to _generated/front.png."""
    source = Path(app.srcdir)
    for path in notebooks(source):
        for cell in cells(path):
            if FRONT_PAGE_TAG not in cell["metadata"].get("tags", []):
                continue
            figures = [o["data"]["image/png"] for o in cell["outputs"] if "data" in o]
            target = source / "_generated" / "front.png"
            target.parent.mkdir(exist_ok=True)
            target.write_bytes(base64.b64decode("".join(figures[0])))
            return
    raise RuntimeError(f"No notebook cell is tagged {FRONT_PAGE_TAG!r}.")


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
    source = Path(app.srcdir)
    for path in notebooks(source):
        for cell in cells(path):
            if DOCUMENT_TAG not in cell["metadata"].get("tags", []):
                continue
            outputs = (output.get("data", {}) for output in cell["outputs"])
            texts = [
                data["text/markdown"] for data in outputs if "text/markdown" in data
            ]
            folder = Path(app.outdir) / path.parent.relative_to(source)
            if folder.exists():
                document = "".join("".join(text) for text in texts)
                (folder / document_name(path.stem)).write_text(document, "utf-8")


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
    app.add_directive("claims-table", ClaimsTable)
    app.add_directive("objectives-list", ObjectivesList)
    app.connect("builder-inited", extract_front_page_figure)
    app.connect("doctree-read", link_design_document)
    app.connect("doctree-read", keep_percent_signs)
    app.connect("build-finished", write_design_documents)
    app.connect("build-finished", keep_used_icons)
    # Before a reader has chosen a mode, the theme would report an error.
    app.add_js_file(None, body='document.documentElement.dataset.mode ||= "auto";')
    return {"parallel_read_safe": True, "parallel_write_safe": True}
