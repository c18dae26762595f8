"""Lecture slides, made by nbconvert from the cells that a chapter marks for them.

A cell is marked with JupyterLab's own *slide type* (slide, sub-slide, fragment, notes;
``-`` joins the slide before). Of Markdown a slide shows the text, of code the outputs.
A cell can also say in its metadata, under ``slide``, what its slide shows instead:
``text`` is a line or two of Markdown, ``show`` adds the cell's ``table``, ``list`` or
``code``, and ``join`` is another word for ``-``. Headings are those of the chapter.
Prose that is not marked becomes the lecturer's notes, where nbconvert alone would put
it on the slide. The slides stand beside the built book and need nothing else.
"""

from __future__ import annotations

import functools
import html
import re
import shutil
from pathlib import Path
from typing import Any

import sphinx_revealjs  # type: ignore[import-untyped]
from docutils import nodes
from nbconvert.exporters import SlidesExporter
from nbformat import NotebookNode, from_dict
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from _ext.book import root_of
from tools import catalogue
from tools.catalogue import HEADING, Cell, Page

TEMPLATE = Path(__file__).parent / "templates" / "slides.html.j2"
REVEAL = ("dist/reveal.js", "dist/reveal.css", "plugin/notes/notes.js")
STARTS = ("slide", "subslide")
INTO_THE_BOOK = re.compile(r"\[([^\]]*)\]\((?!https?:)[^)]*\)")
LINES = {"table": r"(?m)^\|.*$", "list": r"(?m)^- .*$"}


def slide_type(cell: Cell) -> str:
    """Return how a cell appears in a lecture: empty if it is not marked for it."""
    wish = cell.metadata.get("slide")
    implied = "" if wish is None else "-" if wish.get("join") else "slide"
    return str(cell.metadata.get("slideshow", {}).get("slide_type", implied))


def slides_in(page: Page) -> int:
    """Return how many slides a notebook has."""
    return sum(slide_type(cell) in STARTS for cell in page.cells)


def prose(cell: Cell) -> str:
    """Return the text of a Markdown cell, without its headings."""
    return "" if cell.is_code else HEADING.sub("", cell.source).strip()


def shown(cell: Cell) -> str:
    """Return what the slide of a cell says above its outputs, as Markdown."""
    wish = cell.metadata.get("slide")
    if wish is None:
        return prose(cell)
    text, what = str(wish.get("text", "")), wish.get("show")
    if what == "code":
        text += f"\n\n```python\n{cell.source}\n```"
    elif what:
        rows = "\n".join(re.findall(LINES[what], cell.source))
        text += f'\n\n<div class="{what}">\n\n{rows}\n\n</div>'
    return text


def part(kind: str, text: str) -> dict[str, Any]:
    """Return a Markdown cell for nbconvert, without links that lead into the book."""
    metadata = {"slideshow": {"slide_type": kind}}
    text = INTO_THE_BOOK.sub(r"\1", text)
    return {"cell_type": "markdown", "metadata": metadata, "source": text}


def lecture(page: Page) -> NotebookNode:
    """Return a notebook of what the slides show, each one with its notes."""
    cells: list[dict[str, Any]] = []
    heading, said, unsaid = "", [""], [""]
    for cell in page.cells:
        kind = slide_type(cell)
        if not cell.is_code:
            found = [t for n, t in HEADING.findall(cell.source) if len(n) < 3]
            heading = [heading, *found][-1]
        if kind in ("", "notes") or "slide" in cell.metadata:
            unsaid.append(prose(cell))
        if kind in ("", "skip"):
            continue
        text = shown(cell)
        if kind in STARTS:
            level = "h2" if cells else "h1"
            if cells:
                cells.append(part("notes", "\n\n".join(said)))
                said = []
            text = f"<{level}>{html.escape(heading)}</{level}>\n\n{text}"
        if kind != "notes":
            cells.append(part(kind, text))
        if cell.outputs and kind != "notes":
            cells.append({**cell.raw, "source": "", "outputs": cell.outputs})
            cells[-1]["metadata"] = {"mystnb": cell.metadata.get("mystnb", {})}
        said, unsaid = said + unsaid, []
    cells.append(part("notes", "\n\n".join(said)))
    formulas = any("$" in cell["source"] for cell in cells)
    metadata = {"title": page.title, "formulas": formulas}
    content = {"nbformat": 4, "nbformat_minor": 4, "metadata": metadata, "cells": cells}
    return from_dict(content)


@functools.cache
def exporter() -> SlidesExporter:
    """Return nbconvert's exporter, with our template."""
    return SlidesExporter(
        template_file=str(TEMPLATE),
        exclude_input=True,
        exclude_input_prompt=True,
        exclude_output_prompt=True,
        exclude_anchor_links=True,
    )


def write_slides(app: Sphinx, error: Exception | None) -> None:
    """Write the slides of every notebook that has some, with reveal.js beside them."""
    if error is not None or app.builder.name != "html":
        return
    target = Path(app.outdir) / "slides"
    shutil.rmtree(target, ignore_errors=True)
    (target / "reveal").mkdir(parents=True)
    static = Path(str(sphinx_revealjs.__file__)).parent / "_static" / "revealjs"
    for name in REVEAL:
        shutil.copy(static / name, target / "reveal")
    for page in filter(slides_in, catalogue.notebooks(root_of(app.env))):
        text, _ = exporter().from_notebook_node(lecture(page))
        (target / f"{page.stem}.html").write_text(text, "utf-8")


class SlidesList(SphinxDirective):
    """A list of links to the slides of all notebooks that have some."""

    has_content = False

    def run(self) -> list[nodes.Node]:
        """Return the list; other formats than HTML get the titles."""
        found = nodes.bullet_list()
        up = "../" * self.env.docname.count("/")
        for page in catalogue.notebooks(root_of(self.env)):
            self.env.note_dependency(str(page.path))
            if not (count := slides_in(page)):
                continue
            link: nodes.Node = nodes.Text(page.title)
            if self.env.app.builder.name == "html":
                address = f"{up}slides/{page.stem}.html"
                link = nodes.reference("", page.title, refuri=address)
            words = nodes.Text(f", {count} slides")
            found += nodes.list_item("", nodes.paragraph("", "", link, words))
        return [found]


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx what this module adds."""
    app.add_directive("slides-list", SlidesList)
    app.connect("build-finished", write_slides)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
