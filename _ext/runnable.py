"""Pages that run where they are read: what Sphinx adds to them.

Every page that is a notebook gets a mark in its head. It is empty until the engine is
there (see ``inpage``): then it holds what the page's bar has to say before anything is
loaded (``_static/inpage.js``). So a page never asks for what the site may not have. The
scripts that run a page are modules, ``.mjs``, since every ``.js`` is put on every page.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from html import escape
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

from tools import catalogue
from tools.catalogue import Page

FOLDER = "inpage"  # beside the first page
MANIFEST = "manifest.json"
# What decides what is in the engine, beside the pinned files.
INGREDIENTS = (
    *("inpage/build.py", "inpage/slim.py", "inpage/tables.py", "inpage/c*.py"),
    *("mlsd/*.*", "datasets/registry.json"),
)
MARK = re.compile(r'<meta name="inpage" content="[^"]*" />')


def engine(root: Path) -> Path:
    """Return the folder into which the engine is built."""
    return root / "_build" / FOLDER


def digest(root: Path) -> str:
    """Return a fingerprint of everything of ours that the engine is made from."""
    found = {path for pattern in INGREDIENTS for path in root.glob(pattern)}
    return catalogue.fingerprint(root, sorted(p for p in found if p.is_file()))


def manifest(root: Path) -> dict[str, Any] | None:
    """Return the list of the engine's files; None if there is none, or an old one."""
    path = engine(root) / MANIFEST
    if not path.is_file():
        return None
    found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return found if found["made_from"] == digest(root) else None


def measured(root: Path) -> dict[str, dict[str, Any]]:
    """Return what was measured of each page when it ran in a browser."""
    found: dict[str, dict[str, Any]] = json.loads(
        (root / "inpage" / "measured.json").read_text("utf-8")
    )
    return found


def mark(page: Page, files: dict[str, Any]) -> str:
    """Return the mark of a page: what its bar says, and what it will fetch."""
    data = {name: files["data"][name] for name in page.loads}
    facts = {
        "document": page.document,
        "engine": sum(part["bytes"] for part in files["parts"].values()),
        "data": {name: entry["bytes"] for name, entry in data.items()},
        **measured(page.root).get(page.document, {}),
    }
    return f'<meta name="inpage" content="{escape(json.dumps(facts))}" />'


def publish(root: Path, html: Path) -> None:
    """Put the engine beside the built pages, and fill their marks; or empty them."""
    files = manifest(root)
    shutil.rmtree(html / FOLDER, ignore_errors=True)
    if files is not None and html.is_dir():
        shutil.copytree(engine(root), html / FOLDER, copy_function=_linked)
    for page in catalogue.notebooks(root):
        path = html / f"{page.document}.html"
        if path.is_file():
            text = mark(page, files) if files else '<meta name="inpage" content="" />'
            old = path.read_text("utf-8")
            new = MARK.sub(text.replace("\\", r"\\"), old)
            if new != old:
                path.write_text(new, "utf-8")


def _linked(source: str, target: str) -> None:
    """Take a file over without a second copy of it, where that is possible."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy(source, target)


def add_mark(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: Any
) -> None:
    """Put an empty mark into the head of a notebook's page."""
    if app.builder.name != "html" or doctree is None:
        return
    if Page(catalogue.ROOT, page).is_notebook:
        text = '<meta name="inpage" content="" />\n'
        context["metatags"] = context.get("metatags", "") + text


def publish_present(app: Sphinx, error: Exception | None) -> None:
    """Publish the engine if it is there already."""
    if error is None and app.builder.name == "html":
        publish(Path(app.srcdir), Path(app.outdir))


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx what this module adds."""
    app.connect("html-page-context", add_mark)
    app.connect("build-finished", publish_present)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
