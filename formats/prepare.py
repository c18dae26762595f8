"""Prepare the book's sources for the PDF and the EPUB, which cannot fold anything.

A page of the web folds its solutions; a page of paper cannot. So the copy that is
written here has every solution, and the answers of every self-check, in a last section
of its chapter, with links there and back. Claims and tables of data, which notebooks
store as HTML, become directives, and so do the parts of the table of contents.
"""

from __future__ import annotations

import copy
import json
import re
import shutil
from pathlib import Path
from typing import Any

from _ext import downloads
from tools import catalogue
from tools.catalogue import Cell, Page

TARGET = catalogue.ROOT / "_build" / "formats" / "source"
# What only a web page can use: cards that are links.
CARDS = re.compile(r"(?ms)^(:{3,})\{grid\}.*?^\1\s*$\n?")

RawCell = dict[str, Any]


def directive(name: str, argument: str, content: str) -> str:
    """Write a directive, with a fence longer than any in its content."""
    longest = max(map(len, re.findall(r"^\s*(:{3,})", content, re.M)), default=2)
    fence = ":" * (longest + 1)
    return f"{fence}{{{name}}} {argument}\n{content.strip()}\n{fence}\n"


def verbatim_directive(name: str, content: str) -> dict[str, Any]:
    """Return an output: a directive whose content is data, not Markdown."""
    longest = max(map(len, re.findall(r"`{3,}", content)), default=2)
    fence = "`" * (longest + 1)
    return {"text/markdown": f"{fence}{{{name}}}\n{content.strip()}\n{fence}\n"}


def markdown(source: str) -> RawCell:
    """Return a new Markdown cell."""
    return {"cell_type": "markdown", "metadata": {}, "source": source}


def unfold(text: str) -> str:
    """Write folded blocks as open ones under a small heading."""
    return catalogue.DETAILS.sub(lambda block: "\n" + opened(block), text)


def opened(block: re.Match[str]) -> str:
    """Write a folded block as an open one under a small heading."""
    return directive("fold", block["title"].strip(), block["text"])


def outputs_for_paper(outputs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Replace the HTML among outputs by directives, or drop it."""
    found = copy.deepcopy(outputs)
    for output in found:
        data = output.get("data", {})
        html = "".join(data.pop("text/html", ""))
        if claim := output.get("metadata", {}).get(catalogue.CLAIM):
            text = json.dumps(claim, ensure_ascii=False)
            output["data"] = verbatim_directive("claim-box", text)
        elif "<table" in html and "image/png" not in data:
            output["data"] = verbatim_directive("frame", html)
        elif "image/png" in data:
            data.pop("image/svg+xml", None)
    return found


class Chapter:
    """The cells of a notebook as they go on paper, and what moves to its end."""

    def __init__(self, page: Page) -> None:
        self.stem, self.heading = page.stem, ""
        self.kept: list[RawCell] = []
        self.solutions: list[RawCell] = []
        self.moved: set[str] = set()
        for cell in page.cells:
            (self.add_code if cell.is_code else self.add_markdown)(cell)

    def label(self, title: str) -> str:
        """Return a name for a place, unique in the book."""
        words = re.sub(r"[^a-z0-9]+", "-", f"{self.stem} {title}".lower())
        return words.strip("-")

    def send(self, title: str, text: str, cell: RawCell) -> str:
        """Move a cell to the end, under this title, and return a link to it."""
        there, back = self.label(f"end {title}"), self.label(f"place {title}")
        link = directive("place-of", there, text)
        if title not in self.moved:
            self.moved.add(title)
            home = directive("place-of", back, "Back")
            self.solutions.append(markdown(f"({there})=\n### {title}\n\n{home}"))
            link = f"({back})=\n{link}"
        self.solutions.append(cell)
        return link

    def solution_title(self) -> str:
        """Return the heading of the exercise as that of its solution."""
        if self.heading.startswith("Exercise "):
            return self.heading.replace("Exercise", "Solution", 1)
        return f"Solution: {self.heading}"

    def add_markdown(self, cell: Cell) -> None:
        """Add a Markdown cell; answers in it go to the end."""
        text, pieces, position = cell.source, [], 0
        for block in catalogue.DETAILS.finditer(text):
            before = text[position : block.start()]
            self.read_headings(before)
            pieces += [before, "\n" + self.place(cell, block)]
            position = block.end()
        self.read_headings(text[position:])
        pieces.append(text[position:])
        self.kept.append({**cell.raw, "source": "".join(pieces)})

    def place(self, cell: Cell, block: re.Match[str]) -> str:
        """Return what stands where a folded block was."""
        title = block["title"].strip()
        if "self-check" in cell.tags and title.lower().startswith("answer"):
            answers = markdown(block["text"].strip() + "\n")
            sentence = "The answers are at the end of this chapter"
            return self.send("Answers to the self-check", sentence, answers)
        if title.lower() != "hint" and "xercise" in self.heading:
            sentence = f"{title}: see the end of this chapter"
            return self.send(self.solution_title(), sentence, markdown(opened(block)))
        return opened(block)

    def read_headings(self, text: str) -> None:
        """Remember the last heading, for the title of the next solution."""
        for heading in catalogue.HEADING.finditer(catalogue.FENCED.sub("", text)):
            self.heading = heading[2].strip()

    def add_code(self, cell: Cell) -> None:
        """Add a code cell; a solution goes to the end."""
        # Nothing is folded, and the link to a design document's file is the web's.
        dropped = {"hide-cell", "hide-input", "hide-output", "design-document"}
        metadata = {
            **cell.metadata,
            "tags": [tag for tag in cell.tags if tag not in dropped],
        }
        outputs = outputs_for_paper(cell.outputs)
        shown = {**cell.raw, "outputs": outputs, "metadata": metadata}
        if "solution" in cell.tags:
            sentence = "The solution is at the end of this chapter"
            shown = markdown(self.send(self.solution_title(), sentence, shown))
        self.kept.append(shown)

    @property
    def cells(self) -> list[RawCell]:
        """All cells, the solutions last."""
        found = list(self.kept)
        if self.solutions:
            found += [markdown("## Solutions"), *self.solutions]
        return [{**cell, "id": f"cell-{i}"} for i, cell in enumerate(found)]


def prepared(page: Page) -> str:
    """Return a page as it goes into the PDF and the EPUB."""
    if page.is_notebook:
        notebook = json.loads(page.text) | {"cells": Chapter(page).cells}
        return json.dumps(notebook, ensure_ascii=False)
    text = CARDS.sub("", page.text)
    if page.document == "index":  # the title of the book stands on its title page
        text = re.sub(r"^# .*", "# About this book", text, count=1)
    return unfold(text)


def toctree(title: str, names: list[str]) -> str:
    """Write a page that is a table of contents for Sphinx."""
    rows = "\n".join(names)
    return f"# {title}\n\n```{{toctree}}\n:maxdepth: 2\n\n{rows}\n```\n"


def prepare(root: Path = catalogue.ROOT, target: Path = TARGET) -> Path:
    """Write the prepared copy of the sources and return its folder."""
    shutil.rmtree(target, ignore_errors=True)
    pages, parts = catalogue.pages(root), catalogue.parts(root)
    texts = {page.name: prepared(page) for page in pages}
    parts[0][1].insert(0, pages[0].document)
    names = [f"part-{number}" for number in range(len(parts))]
    for name, (caption, documents) in zip(names, parts, strict=True):
        texts[f"{name}.md"] = toctree(caption, documents)
    texts["book.md"] = toctree(catalogue.config(root)["title"], names)
    # Everything else as it is. What is not in the digest is not there to be read.
    for path in downloads.sources(root):
        copied = target / path.relative_to(root)
        copied.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, copied)
    for name, text in texts.items():
        (target / name).write_text(text, "utf-8")
    return target


if __name__ == "__main__":
    prepare()
