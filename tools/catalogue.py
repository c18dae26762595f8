"""The catalogue: the one place that knows the pages of the book and what is in them.

Builder, grader, tools and tests ask here which notebooks there are, in which order and
under which numbers, and what their cells hold: tags, claims, figures, exercises,
anchors, works cited, data loaded, and what they need beyond the base installation.
All of it is read from ``_toc.yml``, the notebooks, ``chapters/outline.yml``,
``questions.md`` and ``datasets/registry.json``; nothing is listed here.
"""

from __future__ import annotations

import ast
import base64
import functools
import hashlib
import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(os.environ.get("BOOK_ROOT", Path(__file__).resolve().parents[1]))

CLAIM = "mlsd_claim"
# A folded block of Markdown, however it is written; group 1 is its summary.
DETAILS = re.compile(
    r"<details\b[^>]*>\s*<summary\b[^>]*>(?P<title>.*?)</summary>"
    r"(?P<text>.*?)</details\s*>[ \t]*\n*",
    re.DOTALL | re.IGNORECASE,
)
FENCED = re.compile(r"(?ms)^(```+|~~~+).*?^\1\s*$")
INLINE_CODE = re.compile(r"(?s)(?<!`)(`+)(?!`).+?(?<!`)\1(?!`)")
HEADING = re.compile(r"(?m)^(#+) (.+)$")
LINK = re.compile(r"\]\(\s*<?([^)\s>]+)")
EXERCISE = re.compile(r"### Exercise (\d+\.\d+): .")


class UnknownPageError(ValueError):
    """No page of the book, or more than one, has this name."""


@functools.cache
def _json(path: Path, _changed: float) -> Any:
    return json.loads(path.read_text("utf-8"))


@functools.cache
def _yaml(path: Path, _changed: int) -> Any:
    return yaml.safe_load(path.read_text("utf-8"))


def _toc(root: Path) -> dict[str, Any]:
    path = root / "_toc.yml"
    content: dict[str, Any] = _yaml(path, path.stat().st_mtime_ns)
    return content


def _text(value: str | list[str]) -> str:
    return value if isinstance(value, str) else "".join(value)


def _joined(output: dict[str, Any]) -> dict[str, Any]:
    """Return an output whose texts are in one piece; files hold lists of lines."""
    made = dict(output)
    if "text" in output:
        made["text"] = _text(output["text"])
    if "data" in output:
        data = output["data"].items()
        made["data"] = {
            kind: value if kind.endswith("json") else _text(value)
            for kind, value in data
        }
    return made


class Cell:
    """One cell of a notebook; as text, it says where it stands.

    Attributes
    ----------
    position
        Counted from 0.
    source, metadata, tags, outputs, is_code
        What the file holds; lists of lines are joined.
    """

    def __init__(self, page: Page, position: int, raw: dict[str, Any]) -> None:
        self.page, self.position, self.raw = page, position, raw
        self.source = _text(raw["source"])
        self.metadata: dict[str, Any] = raw["metadata"]
        self.tags: list[str] = self.metadata.get("tags", [])
        self.outputs = [_joined(output) for output in raw.get("outputs", [])]
        self.is_code = raw["cell_type"] == "code"

    def __str__(self) -> str:
        first_line = next(iter(self.source.splitlines()), "")
        return f"{self.page.name}, cell {self.position} ({first_line[:40]!r})"

    @functools.cached_property
    def tree(self) -> ast.Module:
        """The syntax tree, with `pass` where a magic or a shell command stands."""
        return ast.parse(re.sub(r"(?m)^(\s*)[%!].*$", r"\1pass", self.source))

    @property
    def prose(self) -> str:
        """The text of a Markdown cell, with a zero byte for each piece of code."""
        return INLINE_CODE.sub("\0", FENCED.sub("\0", self.source))

    @property
    def lines(self) -> list[str]:
        """The lines of code that are neither empty nor only a comment."""
        rows = (row.strip() for row in self.source.splitlines())
        return [row for row in rows if row and not row.startswith("#")]

    @property
    def figures(self) -> list[bytes]:
        """The PNG files among its outputs."""
        data = (output.get("data", {}).get("image/png") for output in self.outputs)
        return [base64.b64decode(d) for d in data if d]

    @property
    def claims(self) -> list[dict[str, Any]]:
        """The claims in its stored outputs."""
        metadata = (output.get("metadata", {}) for output in self.outputs)
        return [m[CLAIM] for m in metadata if CLAIM in m]

    @property
    def printed(self) -> str:
        """The text that it prints."""
        return "".join(o["text"] for o in self.outputs if o["output_type"] == "stream")

    @property
    def grade_id(self) -> str:
        """Return nbgrader's identifier, or an empty string."""
        return str(self.metadata.get("nbgrader", {}).get("grade_id", ""))

    def markdown_outputs(self) -> list[str]:
        """Return the Markdown among its outputs."""
        data = (output.get("data", {}) for output in self.outputs)
        return [d["text/markdown"] for d in data if "text/markdown" in d]


@dataclass(frozen=True)
class Exercise:
    """An exercise of a chapter: its number, as in ``7.2``, and its cells."""

    number: str
    cells: tuple[Cell, ...]

    @property
    def code(self) -> list[Cell]:
        """The code cells: starting point, solution, checks, further checks."""
        return [cell for cell in self.cells if cell.is_code]

    @property
    def grade_id(self) -> str:
        """The identifier under which it is graded."""
        return f"ex-{self.number.replace('.', '-')}"


class Page:
    """A page of the book: a notebook or a plain page, known by its document name."""

    def __init__(self, root: Path, document: str) -> None:
        self.root, self.document = root, document
        notebook = root / f"{document}.ipynb"
        self.path = notebook if notebook.is_file() else root / f"{document}.md"

    def __repr__(self) -> str:
        return f"Page({self.document!r})"

    @property
    def exists(self) -> bool:
        """Whether the file is there."""
        return self.path.is_file()

    @property
    def name(self) -> str:
        """The path from the top of the checkout."""
        return self.path.relative_to(self.root).as_posix()

    @property
    def stem(self) -> str:
        """The name without folder and ending, as in ``07_validation``."""
        return self.path.stem

    @property
    def is_notebook(self) -> bool:
        """Whether the page can be run."""
        return self.path.suffix == ".ipynb"

    @property
    def is_chapter(self) -> bool:
        """Whether it is a chapter's notebook."""
        return self.is_notebook and self.document.startswith("chapters/")

    @property
    def is_case(self) -> bool:
        """Whether it is a case study."""
        return self.is_notebook and self.document.startswith("case_studies/")

    @property
    def number(self) -> str:
        """The number in the file's name: ``7`` of a chapter, ``q18`` of a question."""
        return self.stem.split("_")[0].lstrip("0")

    @property
    def text(self) -> str:
        """The file as text."""
        return self.path.read_text("utf-8")

    @property
    def cells(self) -> list[Cell]:
        """The cells of a notebook; none of a plain page."""
        if not self.is_notebook:
            return []
        content = _json(self.path, self.path.stat().st_mtime)
        return [Cell(self, i, raw) for i, raw in enumerate(content["cells"])]

    @property
    def code(self) -> list[Cell]:
        """The code cells."""
        return [cell for cell in self.cells if cell.is_code]

    @property
    def markdown(self) -> list[Cell]:
        """The cells that are no code."""
        return [cell for cell in self.cells if not cell.is_code]

    @property
    def prose(self) -> str:
        """All Markdown, with a zero byte for each piece of code."""
        if self.is_notebook:
            return "\n\n".join(cell.prose for cell in self.markdown) + "\n"
        return INLINE_CODE.sub("\0", FENCED.sub("\0", self.text))

    @property
    def headings(self) -> list[tuple[int, str]]:
        """The headings: pairs of level and text."""
        return [(len(m[1]), m[2].strip()) for m in HEADING.finditer(self.prose)]

    @property
    def title(self) -> str:
        """The first heading, with a chapter's number."""
        return next((text for level, text in self.headings if level == 1), self.stem)

    @property
    def short_title(self) -> str:
        """The title without a number."""
        return re.sub(r"^(\d+\.|Question \d+:) ", "", self.title)

    @property
    def lead(self) -> str:
        """The first sentence of the first paragraph, without its marks."""
        body = self.prose.partition("\n\n")[2].strip()
        sentence = re.split(r"(?<=[.?!])\s", " ".join(body.split("\n\n")[0].split()))[0]
        return re.sub(r"[*`\"]|\[([^\]]*)\]\([^)]*\)", r"\1", sentence)

    def section(self, title: str) -> str:
        """Return the Markdown below a heading of level 2; empty if there is none."""
        text = "\n\n".join(cell.source for cell in self.markdown)
        found = re.search(rf"(?ms)^## {re.escape(title)}\s*?$(.*?)(?=^## |\Z)", text)
        return found[1] if found else ""

    @property
    def objectives(self) -> list[str]:
        """What a reader of a chapter will be able to do."""
        return items(self.section("What you will be able to do"))

    @property
    def claims(self) -> list[dict[str, Any]]:
        """The claims in the stored outputs, without those of exercises."""
        return [
            c for cell in self.code if "check" not in cell.tags for c in cell.claims
        ]

    @property
    def exercises(self) -> list[Exercise]:
        """The exercises of a chapter, in their order."""
        found: list[tuple[str, list[Cell]]] = []
        inside = False
        for cell in self.cells:
            titles = [] if cell.is_code else re.findall(r"(?m)^###? .+$", cell.source)
            for title in titles:
                if title.startswith("## "):
                    inside = title.strip() == "## Exercises"
                elif inside:
                    number = EXERCISE.match(title)
                    found.append((number[1] if number else title, []))
            if inside and found:
                found[-1][1].append(cell)
        return [Exercise(number, tuple(cells)) for number, cells in found]

    @property
    def works(self) -> list[str]:
        """The addresses outside the book that its text links to, in order."""
        text = self.prose if not self.is_notebook else "\n".join(
            cell.source for cell in self.markdown
        )  # fmt: skip
        return [link for link in LINK.findall(text) if re.match("https?://", link)]

    @property
    def loads(self) -> list[str]:
        """The data sets that a notebook names."""
        source = "\n".join(cell.source for cell in self.code)
        names = set(re.findall(r"[\"'](\w+)[\"']", source))
        stems = re.findall(r"load\(f[\"'](\w+)\{", source)
        known = registry(self.root)
        return [n for n in known if n in names or any(n.startswith(s) for s in stems)]

    @property
    def needs(self) -> list[str]:
        """What a notebook needs beyond the base, as its second setup cell names it."""
        extra = (c.source for c in self.code if "setup-extra" in c.tags)
        lines = re.findall(r"%pip install -q (.*)", "\n".join(extra))
        return [word.strip("\"'") for word in " ".join(lines).split()]

    def digest(self) -> str:
        """Return a fingerprint of all that decides what running it gives.

        It covers the notebook, the package `mlsd`, the data that it loads, and the
        pinned requirements.
        """
        paths = [self.path, self.root / "requirements.txt"]
        paths += sorted((self.root / "mlsd").glob("*.*"))
        known = registry(self.root)
        paths += [self.root / "datasets" / known[n]["file"] for n in self.loads]
        return fingerprint(self.root, paths)


def fingerprint(root: Path, paths: list[Path]) -> str:
    """Return one checksum of the names and the contents of files."""
    total = hashlib.sha256()
    for path in paths:
        content = path.read_bytes()
        total.update(f"{path.relative_to(root)} {len(content)}\n".encode() + content)
    return total.hexdigest()


def items(text: str) -> list[str]:
    """Return the items of a Markdown list, each on one line."""
    return re.findall(r"(?m)^[-*] (.+)$", re.sub(r"\n[ \t]+(?=\S)", " ", text))


def registry(root: Path = ROOT) -> dict[str, dict[str, Any]]:
    """Return the registry of data sets."""
    path = root / "datasets" / "registry.json"
    entries: dict[str, dict[str, Any]] = _json(path, path.stat().st_mtime)
    return entries


def config(root: Path = ROOT) -> dict[str, Any]:
    """Return the book's settings."""
    content: dict[str, Any] = yaml.safe_load((root / "_config.yml").read_text("utf-8"))
    return content


def _documents(node: dict[str, Any]) -> Iterator[str]:
    if "file" in node:
        yield node["file"].removesuffix(".md").removesuffix(".ipynb")
    for key in ("chapters", "sections"):
        for child in node.get(key, ()):
            yield from _documents(child)


def parts(root: Path = ROOT) -> list[tuple[str, list[str]]]:
    """Return the parts of the table of contents with their documents, in order."""
    toc = _toc(root)
    return [(part["caption"], list(_documents(part))) for part in toc["parts"]]


def documents(root: Path = ROOT) -> list[str]:
    """Return the names of all pages in the table of contents, the first page first."""
    toc = _toc(root)
    return [toc["root"], *(name for _, names in parts(root) for name in names)]


def pages(root: Path = ROOT) -> list[Page]:
    """Return all pages in the table of contents."""
    return [Page(root, document) for document in documents(root)]


def notebooks(root: Path = ROOT) -> list[Page]:
    """Return the pages that can be run, in the order of the book."""
    return [page for page in pages(root) if page.is_notebook]


def chapters(root: Path = ROOT) -> list[Page]:
    """Return the chapters that exist."""
    return [page for page in pages(root) if page.is_chapter]


def cases(root: Path = ROOT) -> list[Page]:
    """Return the case studies that exist."""
    return [page for page in pages(root) if page.is_case]


def outline(root: Path = ROOT) -> dict[str, dict[str, str]]:
    """Return the titles of all chapters, part by part, also of those still to come."""
    text = (root / "chapters" / "outline.yml").read_text("utf-8")
    titles = {page.number: page.short_title for page in chapters(root)}
    planned: dict[str, dict[int, str]] = yaml.safe_load(text)
    found = {
        part: {str(n): titles.pop(str(n), title) for n, title in numbers.items()}
        for part, numbers in planned.items()
    }
    # A chapter beyond the outline stands in the last part.
    found[next(reversed(found))] |= titles
    return found


def questions(root: Path = ROOT) -> dict[str, str]:
    """Return the design questions by number, as ``questions.md`` words them."""
    text = (root / "questions.md").read_text("utf-8")
    return dict(re.findall(r"(?m)^\| (\d+) \| (.+?) \|", text))


def find(name: str, root: Path = ROOT) -> Page:
    """Return the notebook with this path, name or number.

    ``chapters/07_validation.ipynb``, ``07_validation``, ``7`` and ``q18`` all do.

    Raises
    ------
    UnknownPageError
        If there is none; the message lists those that there are.
    """
    known = notebooks(root)
    stem = Path(name).stem
    found = [p for p in known if stem in (p.stem, p.number)]
    if len(found) != 1:
        names = ", ".join(page.stem for page in known)
        raise UnknownPageError(f"There is no page {name!r}. Choose from: {names}.")
    return found[0]


def needs(root: Path = ROOT) -> list[str]:
    """Return what notebooks need beyond the base, each requirement once."""
    return sorted({need for page in notebooks(root) for need in page.needs})


def recipes(root: Path = ROOT) -> list[Path]:
    """Return the recipes of the data sets."""
    folder = root / "datasets" / "recipes"
    return [
        p for p in sorted(folder.glob("*.py")) if p.stem not in ("common", "__init__")
    ]
