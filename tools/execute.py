"""Run notebooks from a fresh kernel and store their outputs, ready to commit.

``python -m tools.execute chapters/07_validation.ipynb`` runs one, ``7`` does too;
without arguments it runs them all. Nothing that changes from run to run is stored:
no time stamps, no versions of the machine, no random cell identifiers. Figures are
stored as PNG with a palette of 128 colours: the same picture at a third of the size.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import io
import sys
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from PIL import Image

from tools import catalogue


def normalise(notebook: nbformat.NotebookNode) -> None:
    """Give cells identifiers that follow from their content; drop the rest."""
    seen: set[str] = set()
    for cell in notebook.cells:
        text, n = cell.source, 0
        while (name := hashlib.sha256(f"{text}{n}".encode()).hexdigest()[:8]) in seen:
            n += 1
        seen.add(name)
        cell.id = name
        for key in ("execution", "lines_to_next_cell", "collapsed", "scrolled"):
            cell.metadata.pop(key, None)
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    notebook.metadata = nbformat.from_dict(
        {
            "kernelspec": {
                "display_name": "Python 3",
                "language": "python",
                "name": "python3",
            },
            "language_info": {"name": "python"},
        }
    )


def merge_streams(notebook: nbformat.NotebookNode) -> None:
    """Join neighbouring pieces of printed text, whose borders depend on timing."""
    for cell in notebook.cells:
        merged: list[nbformat.NotebookNode] = []
        for output in cell.get("outputs", []):
            if (
                merged
                and output.output_type == "stream"
                and merged[-1].output_type == "stream"
                and merged[-1].name == output.name
            ):
                merged[-1].text += output.text
            else:
                merged.append(output)
        if cell.cell_type == "code":
            cell.outputs = merged


def shrink_figures(notebook: nbformat.NotebookNode) -> None:
    """Store every PNG with a palette of 128 colours."""
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            if "image/png" not in data:
                continue
            with Image.open(io.BytesIO(base64.b64decode(data["image/png"]))) as image:
                small = io.BytesIO()
                image.convert("RGB").quantize(128).save(small, "PNG", optimize=True)
            data["image/png"] = base64.b64encode(small.getvalue()).decode() + "\n"


def execute(path: Path, timeout: int = 300) -> float:
    """Execute one notebook in place and return its wall time in seconds."""
    notebook = nbformat.read(path, as_version=4)
    start = time.perf_counter()
    NotebookClient(
        notebook,
        timeout=timeout,
        kernel_name="python3",
        record_timing=False,
        resources={"metadata": {"path": str(path.parent)}},
    ).execute()
    seconds = time.perf_counter() - start
    merge_streams(notebook)
    shrink_figures(notebook)
    normalise(notebook)
    nbformat.write(notebook, path)
    return seconds


def main() -> None:
    """Execute the notebooks named on the command line, or all of them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("notebooks", nargs="*", help="paths, names or numbers")
    try:
        names = parser.parse_args().notebooks
        pages = [catalogue.find(name) for name in names] or catalogue.notebooks()
    except catalogue.UnknownPageError as problem:
        sys.exit(str(problem))
    for page in pages:
        print(f"{page.name}: {execute(page.path):.1f} s", flush=True)


if __name__ == "__main__":
    main()
