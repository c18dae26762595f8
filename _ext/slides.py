"""Lecture slides, made from a chapter's own cells.

A cell that appears on a slide says so in its metadata, under ``slide``: ``text`` is
what the slide says in a line or two of Markdown, ``show`` adds the cell's ``table``,
``list`` or ``code``, and ``join`` puts its output on the slide before. Everything else
is taken from the chapter: the headings, the figures, tables and claims as stored. The
prose becomes the lecturer's notes. The slides are written beside the built book and
need nothing else: reveal.js comes with them. (nbconvert and sphinx-revealjs would put
the whole of a cell on its slide, prose and code.)
"""

from __future__ import annotations

import html
import re
import shutil
from importlib.util import find_spec
from pathlib import Path

from docutils import nodes
from markdown_it import MarkdownIt
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from _ext.book import root_of
from tools import catalogue
from tools.catalogue import Cell, Page

MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable("table")
REVEAL = ("dist/reveal.js", "dist/reveal.css", "plugin/notes/notes.js")
LINK = re.compile(r"\[([^\]]*)\]\((?!https?:)[^)]*\)")
PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}: slides</title>
<link rel="icon" href="../_static/favicon.svg">
<link rel="stylesheet" href="reveal/reveal.css">
<link rel="stylesheet" href="../_static/slides.css">
</head>
<body>
<div class="reveal"><div class="slides">
{slides}
</div></div>
<script src="reveal/reveal.js"></script>
<script src="reveal/notes.js"></script>
<script>
Reveal.initialize({{
  hash: true, slideNumber: "c/t", controlsTutorial: false, transition: "none",
  width: 1120, height: 700, margin: 0.03, center: false, plugins: [RevealNotes],
}});
</script>
</body>
</html>
"""


def has_slides(page: Page) -> bool:
    """Whether any cell of a notebook appears on a slide."""
    return any("slide" in cell.metadata for cell in page.cells)


def rendered(text: str) -> str:
    """Return Markdown as HTML, without links that lead into the book."""
    return str(MARKDOWN.render(LINK.sub(r"\1", text)))


def outputs(cell: Cell) -> str:
    """Return the stored outputs of a cell as HTML."""
    parts = []
    alt = html.escape(cell.metadata.get("mystnb", {}).get("image", {}).get("alt", ""))
    for output in cell.outputs:
        data = output.get("data", {})
        if "image/png" in data:
            picture = data["image/png"].replace("\n", "")
            parts.append(f'<img src="data:image/png;base64,{picture}" alt="{alt}">')
        elif "text/html" in data:
            parts.append(re.sub(r' id="[^"]*"', "", data["text/html"]))
        else:
            text = output.get("text", data.get("text/plain", ""))
            parts.append(f"<pre>{html.escape(text.rstrip())}</pre>")
    return "\n".join(parts)


def shown(cell: Cell, what: str | None) -> str:
    """Return the part of a cell's source that its slide shows."""
    if what is None:
        return ""
    if what == "code":
        return f"<pre class='code'>{html.escape(cell.source)}</pre>"
    start = r"\|" if what == "table" else r"- "
    rows = [row for row in cell.source.splitlines() if re.match(start, row)]
    return f"<div class='{what}'>{rendered(chr(10).join(rows))}</div>"


def slides_of(page: Page) -> tuple[str, list[str]]:
    """Return the title of a chapter and its slides as HTML sections."""
    title, heading, notes = "", "", ""
    slides: list[dict[str, str]] = []
    for cell in page.cells:
        wish = cell.metadata.get("slide")
        if not cell.is_code:
            for level, text in re.findall(r"(?m)^(##?) (.+)$", cell.source):
                heading, title = text, title or (text if level == "#" else "")
            notes += rendered(re.sub(r"(?m)^#+ .+$", "", cell.source))
        if wish is None:
            continue
        body = rendered(wish.get("text", "")) + shown(cell, wish.get("show"))
        body += outputs(cell)
        if wish.get("join") and slides:
            slides[-1]["body"] += body
        else:
            slides.append({"heading": heading, "body": body, "notes": ""})
        slides[-1]["notes"] += notes
        notes = ""
    made = []
    for n, slide in enumerate(slides):
        level = "h2" if n else "h1"
        made.append(
            f"<section>\n<{level}>{html.escape(slide['heading'])}</{level}>\n"
            f"{slide['body']}\n<aside class='notes'>{slide['notes']}</aside>\n"
            "</section>"
        )
    return title, made


def write_slides(app: Sphinx, error: Exception | None) -> None:
    """Write the slides of every chapter that has some, with reveal.js beside them."""
    if error is not None or app.builder.name != "html":
        return
    target = Path(app.outdir) / "slides"
    shutil.rmtree(target, ignore_errors=True)
    package = find_spec("sphinx_revealjs")
    if package is None or package.origin is None:
        raise RuntimeError(
            "The package sphinx-revealjs, which brings reveal.js, is gone."
        )
    static = Path(package.origin).parent / "_static" / "revealjs"
    (target / "reveal").mkdir(parents=True, exist_ok=True)
    for name in REVEAL:
        shutil.copy(static / name, target / "reveal")
    for page in filter(has_slides, catalogue.notebooks(root_of(app.env))):
        title, slides = slides_of(page)
        text = PAGE.format(title=html.escape(title), slides="\n".join(slides))
        (target / f"{page.stem}.html").write_text(text, "utf-8")


class SlidesList(SphinxDirective):
    """A list of links to the slides of all chapters that have some."""

    has_content = False

    def run(self) -> list[nodes.Node]:
        """Return the list; other formats than HTML get the titles."""
        found = nodes.bullet_list()
        up = "../" * self.env.docname.count("/")
        for page in filter(has_slides, catalogue.notebooks(root_of(self.env))):
            self.env.note_dependency(str(page.path))
            title, slides = slides_of(page)
            text = nodes.Text(title)
            link: nodes.Node = text
            if self.env.app.builder.name == "html":
                address = f"{up}slides/{page.stem}.html"
                link = nodes.reference("", "", text, refuri=address)
            words = nodes.Text(f", {len(slides)} slides")
            found += nodes.list_item("", nodes.paragraph("", "", link, words))
        return [found]


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx what this module adds."""
    app.add_directive("slides-list", SlidesList)
    app.connect("build-finished", write_slides)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
