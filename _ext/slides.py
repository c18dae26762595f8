"""Lecture slides, made from a chapter's own cells.

A cell that appears on a slide says so in its metadata, under ``slide``: ``text`` is
what the slide says in a line or two of Markdown, ``show`` adds the cell's ``table``,
``list`` or ``code``, and ``join`` puts its output on the slide before. Everything else
is taken from the chapter: the headings, the figures, tables and claims as stored. The
prose becomes the lecturer's notes. The slides are written beside the built book and
need nothing else: reveal.js comes with them.
"""

from __future__ import annotations

import base64
import html
import json
import re
import shutil
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from docutils import nodes
from markdown_it import MarkdownIt
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

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


def cells_of(path: Path) -> list[dict[str, Any]]:
    """Return the cells of a notebook file, each with its source in one piece."""
    cells: list[dict[str, Any]] = json.loads(path.read_text("utf-8"))["cells"]
    return [{**cell, "source": "".join(cell["source"])} for cell in cells]


def has_slides(path: Path) -> bool:
    """Whether any cell of a notebook appears on a slide."""
    return any("slide" in cell["metadata"] for cell in cells_of(path))


def rendered(text: str) -> str:
    """Return Markdown as HTML, without links that lead into the book."""
    return str(MARKDOWN.render(LINK.sub(r"\1", text)))


def outputs(cell: dict[str, Any]) -> str:
    """Return the stored outputs of a cell as HTML."""
    parts = []
    alt = cell["metadata"].get("mystnb", {}).get("image", {}).get("alt", "")
    for output in cell.get("outputs", []):
        data = output.get("data", {})
        if "image/png" in data:
            picture = "".join(data["image/png"]).replace("\n", "")
            base64.b64decode(picture, validate=True)
            text = html.escape(alt, quote=True)
            parts.append(f'<img src="data:image/png;base64,{picture}" alt="{text}">')
        elif "text/html" in data:
            claim = re.sub(r' id="[^"]*"', "", "".join(data["text/html"]))
            parts.append(claim)
        else:
            text = "".join(output.get("text", data.get("text/plain", "")))
            parts.append(f"<pre>{html.escape(text.rstrip())}</pre>")
    return "\n".join(parts)


def shown(cell: dict[str, Any], what: str | None) -> str:
    """Return the part of a cell's source that its slide shows."""
    if what is None:
        return ""
    if what == "code":
        return f"<pre class='code'>{html.escape(cell['source'])}</pre>"
    start = r"\|" if what == "table" else r"- "
    rows = [row for row in cell["source"].splitlines() if re.match(start, row)]
    return f"<div class='{what}'>{rendered(chr(10).join(rows))}</div>"


def slides_of(path: Path) -> tuple[str, list[str]]:
    """Return the title of a chapter and its slides as HTML sections."""
    title, heading, notes = "", "", ""
    slides: list[dict[str, str]] = []
    for cell in cells_of(path):
        wish = cell["metadata"].get("slide")
        if cell["cell_type"] == "markdown":
            for level, text in re.findall(r"(?m)^(##?) (.+)$", cell["source"]):
                heading, title = text, title or (text if level == "#" else "")
            notes += rendered(re.sub(r"(?m)^#+ .+$", "", cell["source"]))
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
    source, target = Path(app.srcdir), Path(app.outdir) / "slides"
    chapters = [
        p for p in sorted((source / "chapters").glob("*.ipynb")) if has_slides(p)
    ]
    package = find_spec("sphinx_revealjs")
    if package is None or package.origin is None:
        raise RuntimeError(
            "The package sphinx-revealjs, which brings reveal.js, is gone."
        )
    static = Path(package.origin).parent / "_static" / "revealjs"
    (target / "reveal").mkdir(parents=True, exist_ok=True)
    for name in REVEAL:
        shutil.copy(static / name, target / "reveal")
    for path in chapters:
        title, slides = slides_of(path)
        page = PAGE.format(title=html.escape(title), slides="\n".join(slides))
        (target / f"{path.stem}.html").write_text(page, "utf-8")


class SlidesList(SphinxDirective):
    """A list of links to the slides of all chapters that have some."""

    has_content = False

    def run(self) -> list[nodes.Node]:
        """Return the list; other formats than HTML get the titles."""
        found = nodes.bullet_list()
        up = "../" * self.env.docname.count("/")
        for path in sorted((Path(self.env.srcdir) / "chapters").glob("*.ipynb")):
            self.env.note_dependency(str(path))
            if not has_slides(path):
                continue
            title, slides = slides_of(path)
            text = nodes.Text(title)
            link: nodes.Node = text
            if self.env.app.builder.name == "html":
                address = f"{up}slides/{path.stem}.html"
                link = nodes.reference("", "", text, refuri=address)
            words = nodes.Text(f", {len(slides)} slides")
            found += nodes.list_item("", nodes.paragraph("", "", link, words))
        return [found]


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx what this module adds."""
    app.add_directive("slides-list", SlidesList)
    app.connect("build-finished", write_slides)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
