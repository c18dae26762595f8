"""The book as files: a PDF, an EPUB and a zip of its pages, linked when they exist.

They are made by ``make pdf``, ``make epub`` and ``make zip``, and noted with a digest
of the sources that they were made from. The front page links to those that are still
true: after a change, a plain ``make book`` links to none until they are made again.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

import yaml
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

FOLDER = "downloads"  # beside the first page
FORMATS = {
    "pdf": ("PDF", "for paper"),
    "epub": ("EPUB", "for readers of electronic books"),
    "zip": ("ZIP", "these pages, to be opened without a network"),
}


def file_of(root: Path, kind: str) -> Path:
    """Return where the file of a format is, or would be."""
    title = yaml.safe_load((root / "_config.yml").read_text("utf-8"))["title"]
    name = "-".join(title.lower().split())
    return root / "_build" / "formats" / f"{name}.{kind}"


def notes(root: Path) -> dict[str, str]:
    """Return the digest of the sources that each format was made from."""
    path = root / "_build" / "formats" / "made_from.json"
    found: dict[str, str] = json.loads(path.read_text("utf-8")) if path.exists() else {}
    return found


def note(root: Path, kind: str) -> None:
    """Remember from which sources a format was made."""
    path = root / "_build" / "formats" / "made_from.json"
    path.write_text(json.dumps({**notes(root), kind: digest(root)}, indent=1), "utf-8")


def digest(root: Path) -> str:
    """Return a fingerprint of everything that the formats are made from."""
    toc = yaml.safe_load((root / "_toc.yml").read_text("utf-8"))

    def walk(node: dict[str, Any]) -> list[str]:
        found = [node[key] for key in ("root", "file") if key in node]
        for key in ("parts", "chapters", "sections"):
            found += [name for child in node.get(key, ()) for name in walk(child)]
        return found

    names = [name.removesuffix(".md") for name in walk(toc)]
    paths = [root / f"{name}{end}" for name in names for end in (".md", ".ipynb")]
    paths += [root / name for name in ("_toc.yml", "_config.yml", "references.bib")]
    paths += [*root.glob("formats/*.*"), *root.glob("_static/*.*")]
    paths += [*root.glob("_ext/*.py"), *root.glob("tools/*_formats.py")]
    total = hashlib.sha256()
    for path in sorted(path for path in paths if path.is_file()):
        content = path.read_bytes()
        total.update(f"{path.relative_to(root)} {len(content)}\n".encode() + content)
    return total.hexdigest()


def present(root: Path) -> dict[str, Path]:
    """Return the formats that were made from the sources as they are."""
    made, now = notes(root), digest(root)
    paths = {kind: file_of(root, kind) for kind in FORMATS if made.get(kind) == now}
    return {kind: path for kind, path in paths.items() if path.is_file()}


def size(path: Path) -> str:
    """Say the size of a file in words."""
    return f"{path.stat().st_size / 1e6:.1f} MB"


class Downloads(SphinxDirective):
    """Links to the book as files, if they have been made."""

    def run(self) -> list[nodes.Node]:
        """Return a paragraph of links, or nothing."""
        if self.env.app.builder.name != "html":
            return []
        paths = present(Path(self.env.srcdir))
        if not paths:
            return []
        paragraph = nodes.paragraph("", "The book as a file: ")
        for i, (kind, path) in enumerate(paths.items()):
            name, purpose = FORMATS[kind]
            address = f"{FOLDER}/{path.name}"
            paragraph += nodes.Text("; " if i else "")
            paragraph += nodes.reference("", name, refuri=address)
            paragraph += nodes.Text(f", {purpose} ({size(path)})")
        paragraph += nodes.Text(".")
        return [nodes.container("", paragraph, classes=[FOLDER])]


def copy_files(app: Sphinx, error: Exception | None) -> None:
    """Put the files beside the pages, and remove those that are out of date."""
    if error is not None or app.builder.name != "html":
        return
    folder = Path(app.outdir) / FOLDER
    shutil.rmtree(folder, ignore_errors=True)
    paths = present(Path(app.srcdir))
    if paths:
        folder.mkdir()
    for path in paths.values():
        shutil.copy(path, folder)


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx what this module adds."""
    app.add_directive("downloads", Downloads)
    app.connect("build-finished", copy_files)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
