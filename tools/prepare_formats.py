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
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "_build" / "formats" / "source"
COPIED = ("_config.yml", "references.bib", "_static")
FRONT_PAGE = "index"

Cell = dict[str, Any]

DETAILS = re.compile(
    r"(?ms)^<details[^>]*>\s*<summary>(?P<title>.*?)</summary>(?P<text>.*?)</details>"
)
HEADING = re.compile(r"^(#{1,6})[ \t]+(.+?)\s*$")
FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})")
# What only a web page can use: cards that are links, and the list of downloads.
CARDS = re.compile(r"(?ms)^(:{3,})\{grid\}.*?^\1\s*$\n?")
DOWNLOADS = re.compile(r"(?ms)^(`{3,}|:{3,})\{downloads\}.*?^\1\s*$\n?")


def text_of(value: str | list[str]) -> str:
    """Return a notebook's text, which may be stored line by line."""
    return value if isinstance(value, str) else "".join(value)


def directive(name: str, argument: str, content: str) -> str:
    """Write a directive, with a fence longer than any in its content."""
    longest = max(map(len, re.findall(r"^\s*(:{3,})", content, re.M)), default=2)
    fence = ":" * (longest + 1)
    return f"{fence}{{{name}}} {argument}\n{content.strip()}\n{fence}\n"


def verbatim_directive(name: str, content: str) -> str:
    """Write a directive whose content is data, not Markdown."""
    longest = max(map(len, re.findall(r"`{3,}", content)), default=2)
    fence = "`" * (longest + 1)
    return f"{fence}{{{name}}}\n{content.strip()}\n{fence}\n"


def markdown(source: str) -> Cell:
    """Return a new Markdown cell."""
    return {"cell_type": "markdown", "metadata": {}, "source": source}


def tags(cell: Cell) -> list[str]:
    """Return the tags of a cell."""
    found: list[str] = cell["metadata"].get("tags", [])
    return found


def unfold(text: str) -> str:
    """Write folded blocks as open ones under a small heading."""

    def opened(block: re.Match[str]) -> str:
        return "\n" + directive("fold", block["title"].strip(), block["text"])

    return DETAILS.sub(opened, text)


def outputs_for_paper(outputs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Replace the HTML among outputs by directives, or drop it."""
    found = copy.deepcopy(outputs)
    for output in found:
        data = output.get("data", {})
        html = text_of(data.pop("text/html", ""))
        claim = output.get("metadata", {}).get("mlsd_claim")
        if claim:
            text = json.dumps(claim, ensure_ascii=False)
            output["data"] = {"text/markdown": verbatim_directive("claim-box", text)}
        elif "<table" in html and "image/png" not in data:
            output["data"] = {"text/markdown": verbatim_directive("frame", html)}
        elif "image/png" in data:
            data.pop("image/svg+xml", None)
    return found


@dataclass
class Chapter:
    """The cells of a chapter, and what moves to its end."""

    stem: str
    cells: list[Cell] = field(default_factory=list)
    solutions: list[Cell] = field(default_factory=list)
    heading: str = ""
    moved: list[str] = field(default_factory=list)

    def label(self, title: str) -> str:
        """Return a name for a place, unique in the book."""
        words = re.sub(r"[^a-z0-9]+", "-", f"{self.stem} {title}".lower())
        return words.strip("-")

    def send(self, title: str, text: str, cells: list[Cell]) -> str:
        """Move cells to the end, under this title, and return a link to them."""
        there, back = self.label(f"end {title}"), self.label(f"place {title}")
        link = directive("place-of", there, text)
        if title not in self.moved:
            self.moved.append(title)
            home = directive("place-of", back, "Back")
            self.solutions.append(markdown(f"({there})=\n### {title}\n\n{home}"))
            link = f"({back})=\n{link}"
        self.solutions += cells
        return link

    def solution_title(self) -> str:
        """Return the heading of the exercise as that of its solution."""
        if self.heading.startswith("Exercise "):
            return self.heading.replace("Exercise", "Solution", 1)
        return f"Solution: {self.heading}"

    def add_markdown(self, cell: Cell) -> None:
        """Add a Markdown cell; answers in it go to the end."""
        text = text_of(cell["source"])
        pieces, position = [], 0
        for block in DETAILS.finditer(text):
            before = text[position : block.start()]
            self.read_headings(before)
            pieces += [before, self.place(cell, block)]
            position = block.end()
        self.read_headings(text[position:])
        pieces.append(text[position:])
        self.cells.append({**cell, "source": "".join(pieces)})

    def place(self, cell: Cell, block: re.Match[str]) -> str:
        """Return what stands where a folded block was."""
        title, content = block["title"].strip(), block["text"]
        if "self-check" in tags(cell) and title.lower().startswith("answer"):
            sentence = "The answers are at the end of this chapter"
            content = content.strip() + "\n"
            return "\n" + self.send(
                "Answers to the self-check", sentence, [markdown(content)]
            )
        is_answer = title.lower() != "hint" and "xercise" in self.heading
        if is_answer:
            opened = [markdown(directive("fold", title, content))]
            sentence = f"{title}: see the end of this chapter"
            return "\n" + self.send(self.solution_title(), sentence, opened)
        return "\n" + directive("fold", title, content)

    def read_headings(self, text: str) -> None:
        """Remember the last heading, for the title of the next solution."""
        fence = ""
        for line in text.splitlines():
            mark = FENCE.match(line)
            if mark and not fence:
                fence = mark[1]
            elif mark and line.strip().startswith(fence):
                fence = ""
            elif not fence and (heading := HEADING.match(line)):
                self.heading = heading[2]

    def add_code(self, cell: Cell) -> None:
        """Add a code cell; a solution goes to the end."""
        outputs = outputs_for_paper(cell.get("outputs", []))
        # Nothing is folded, and the link to a design document's file is the web's.
        dropped = {"hide-cell", "hide-input", "hide-output", "design-document"}
        kept = [tag for tag in tags(cell) if tag not in dropped]
        metadata = {**cell["metadata"], "tags": kept}
        shown = {**cell, "outputs": outputs, "metadata": metadata}
        if "solution" not in kept:
            self.cells.append(shown)
            return
        sentence = "The solution is at the end of this chapter"
        link = self.send(self.solution_title(), sentence, [shown])
        self.cells.append(markdown(link))

    def all_cells(self) -> list[Cell]:
        """Return the cells of the chapter, the solutions last."""
        if not self.solutions:
            return self.cells
        return [*self.cells, markdown("## Solutions"), *self.solutions]


def prepare_notebook(path: Path) -> str:
    """Return a notebook as it goes into the PDF and the EPUB."""
    notebook = json.loads(path.read_text("utf-8"))
    chapter = Chapter(path.stem)
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            chapter.add_code(cell)
        elif cell["cell_type"] == "markdown":
            chapter.add_markdown(cell)
    notebook["cells"] = chapter.all_cells()
    for i, cell in enumerate(notebook["cells"]):
        cell["id"] = f"cell-{i}"
    return json.dumps(notebook, ensure_ascii=False)


def prepare_markdown(text: str, document: str) -> str:
    """Return a page of Markdown as it goes into the PDF and the EPUB."""
    text = DOWNLOADS.sub("", CARDS.sub("", text))
    if document == FRONT_PAGE:  # the title of the book stands on its title page
        text = re.sub(r"^# .*", "# About this book", text, count=1)
    return unfold(text)


def documents_of(node: dict[str, Any]) -> list[str]:
    """Return the names of all pages below an entry of the table of contents."""
    found = [node["file"].removesuffix(".md")] if "file" in node else []
    for key in ("chapters", "sections"):
        for child in node.get(key, ()):
            found += documents_of(child)
    return found


def contents(root: Path) -> list[tuple[str, list[str]]]:
    """Return the parts of the book and the pages of each, the front page first."""
    toc = yaml.safe_load((root / "_toc.yml").read_text("utf-8"))
    parts = [(part["caption"], documents_of(part)) for part in toc["parts"]]
    (first, pages), *others = parts
    return [(first, [toc["root"], *pages]), *others]


def toctree(names: list[str]) -> str:
    """Write a table of contents for Sphinx."""
    return "```{toctree}\n:maxdepth: 2\n\n" + "\n".join(names) + "\n```\n"


def prepare(root: Path = ROOT, target: Path = TARGET) -> Path:
    """Write the prepared copy of the sources and return its folder."""
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    for name in COPIED:
        if (root / name).is_dir():
            shutil.copytree(root / name, target / name)
        else:
            shutil.copy(root / name, target / name)
    for name in ("conf.py", "preamble.tex", "book.css"):
        shutil.copy(ROOT / "formats" / name, target / name)
    title = yaml.safe_load((root / "_config.yml").read_text("utf-8"))["title"]
    part_names = []
    for number, (caption, pages) in enumerate(contents(root)):
        part_names.append(f"part-{number}")
        page = f"# {caption}\n\n{toctree(pages)}"
        (target / f"part-{number}.md").write_text(page, "utf-8")
        for document in pages:
            copy_document(root, target, document)
    book = f"# {title}\n\n{toctree(part_names)}"
    (target / "book.md").write_text(book, "utf-8")
    return target


def copy_document(root: Path, target: Path, document: str) -> None:
    """Write the prepared copy of one page, and copy the pictures beside it."""
    notebook, page = root / f"{document}.ipynb", root / f"{document}.md"
    path = notebook if notebook.is_file() else page
    copied = target / path.relative_to(root)
    copied.parent.mkdir(parents=True, exist_ok=True)
    if path == notebook:
        copied.write_text(prepare_notebook(path), "utf-8")
    else:
        copied.write_text(prepare_markdown(path.read_text("utf-8"), document), "utf-8")
    if path.parent != root:
        for picture in path.parent.iterdir():
            if picture.suffix in {".png", ".svg", ".jpg"}:
                shutil.copy(picture, copied.parent)
