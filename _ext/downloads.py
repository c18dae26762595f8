"""The book as files: a PDF, an EPUB and a zip of its pages, linked when they exist.

They are made by ``make pdf``, ``make epub`` and ``make zip``, and noted with a digest
of the sources that they were made from. The front page links to those that are still
true: after a change, a plain ``make book`` links to none until they are made again.
"""

from __future__ import annotations

import json
import re
import shutil
from html import escape
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from tools import catalogue

FOLDER = "downloads"  # beside the first page
FORMATS = {
    "pdf": ("PDF", "for paper"),
    "epub": ("EPUB", "for readers of electronic books"),
    "zip": ("ZIP", "these pages, to be opened without a network"),
}
# What decides how pages and files look, beside the pages of the table of contents.
INGREDIENTS = (
    *("_toc.yml", "_config.yml", "references.bib", "questions.md", "chapters/*.yml"),
    *("datasets/registry.json", "datasets/recipes/*.py", "datasets/licences/*"),
    *("formats/*.*", "_ext/**/*.*", "_static/**/*.*", "mlsd/*.*", "inpage/*.*"),
    *("tools/catalogue.py", "tools/build_book.py"),
    *("pyproject.toml", "requirements.txt"),
)
PICTURES = {".png", ".svg", ".jpg"}
# The place on the first page, which is empty until the files are there.
PLACE = re.compile(rf'(?s)(<div class="[^"]*\b{FOLDER}\b[^"]*">).*?(</div>)')


def file_of(root: Path, kind: str) -> Path:
    """Return where the file of a format is, or would be."""
    name = "-".join(catalogue.config(root)["title"].lower().split())
    return root / "_build" / "formats" / f"{name}.{kind}"


def _notes(root: Path) -> Path:
    return root / "_build" / "formats" / "made_from.json"


def notes(root: Path) -> dict[str, str]:
    """Return the digest of the sources that each format was made from."""
    path = _notes(root)
    found: dict[str, str] = json.loads(path.read_text("utf-8")) if path.exists() else {}
    return found


def note(root: Path, kind: str, made_from: str) -> None:
    """Remember the digest of the sources from which a format, or ``html``, was made."""
    _notes(root).parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps({**notes(root), kind: made_from}, indent=1)
    _notes(root).write_text(text, "utf-8")


def sources(root: Path) -> list[Path]:
    """Return everything that the formats are made from."""
    pages = [page.path for page in catalogue.pages(root) if page.exists]
    found = {*pages, *(p for pattern in INGREDIENTS for p in root.glob(pattern))}
    for folder in {page.parent for page in pages} - {root}:
        found |= {path for path in folder.iterdir() if path.suffix in PICTURES}
    return sorted(p for p in found if p.is_file() and "__pycache__" not in p.parts)


def digest(root: Path) -> str:
    """Return a fingerprint of everything that the formats are made from."""
    return catalogue.fingerprint(root, sources(root))


def present(root: Path) -> dict[str, Path]:
    """Return the formats that were made from the sources as they are."""
    made, now = notes(root), digest(root)
    paths = {kind: file_of(root, kind) for kind in FORMATS if made.get(kind) == now}
    return {kind: path for kind, path in paths.items() if path.is_file()}


def with_links(page: str, paths: dict[str, Path]) -> str:
    """Return the first page with links to these files, and to no others."""
    links = "; ".join(
        f'<a class="reference external" href="{FOLDER}/{escape(path.name)}">'
        f"{FORMATS[kind][0]}</a>, {FORMATS[kind][1]} "
        f"({path.stat().st_size / 1e6:.1f} MB)"
        for kind, path in paths.items()
    )
    text = f"\n<p>The book as a file: {links}.</p>\n" if links else "\n"
    return PLACE.sub(lambda place: place[1] + text + place[2], page)


def publish(root: Path, html: Path) -> None:
    """Put the files beside the built pages and link them; remove what is out of date.

    A zip holds pages, so it can be made only after them, and its link written last.
    """
    shutil.rmtree(html / FOLDER, ignore_errors=True)
    paths = present(root)
    for path in paths.values():
        (html / FOLDER).mkdir(exist_ok=True)
        shutil.copy(path, html / FOLDER)
    index = html / "index.html"
    index.write_text(with_links(index.read_text("utf-8"), paths), "utf-8")


class Downloads(SphinxDirective):
    """The place of the links to the book as files; there is none in those files."""

    def run(self) -> list[nodes.Node]:
        """Return an empty container, or nothing."""
        if self.env.app.builder.name != "html":
            return []
        return [nodes.container("", classes=[FOLDER])]


def publish_present(app: Sphinx, error: Exception | None) -> None:
    """Link the files that are there already."""
    if error is None and app.builder.name == "html":
        publish(Path(app.srcdir), Path(app.outdir))


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx what this module adds."""
    app.add_directive("downloads", Downloads)
    app.connect("build-finished", publish_present)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
