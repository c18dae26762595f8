"""Check one page as the whole run would: ``make check NB=7``.

Its outputs, claims and exercises, its form and citations, its built page on the screens
of a phone and a laptop; at the end stands the address of the page. ``NB=reading``
checks the files of the reading room, and their pages.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time

from tools import catalogue
from tools.catalogue import ROOT

PAGE_TESTS = "tests/test_notebooks.py tests/test_markdown.py tests/test_case_studies.py"
READING = [f"reading/{name}" for name in ("room", "works", "map", "interview")]
BUILT_TESTS = "tests/test_book.py tests/test_browser.py"


def main() -> None:
    """Run the steps; stop at the first that fails."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("notebook", help="path, name or number of a notebook")
    name = parser.parse_args().notebook
    if name.split("/")[0] == "reading":
        documents, steps = READING, ["-m tools.reading"]
    else:
        try:
            page = catalogue.find(name)
        except catalogue.UnknownPageError as problem:
            sys.exit(str(problem))
        documents = [page.document]
        steps = [
            f"-m ruff check {page.name}",
            f"-m ruff format --check {page.name}",
            f"-m tools.run_notebooks {page.stem}",
        ]
    chosen = " ".join(f"--page {document}" for document in documents)
    steps += [
        "-m tools.build_book --if-changed",
        f"-m pytest -q {PAGE_TESTS} {BUILT_TESTS} {chosen}",
    ]
    for step in steps:
        start = time.perf_counter()
        print(f"\n=== {step.removeprefix('-m ')}", flush=True)
        done = subprocess.run(
            [sys.executable, *step.split()],
            cwd=ROOT,
            env={**os.environ, "OMP_NUM_THREADS": "1"},
        )
        if done.returncode:
            sys.exit(f"This step failed: {step.removeprefix('-m ')}")
        print(f"{time.perf_counter() - start:.0f} s", flush=True)
    print(f"\n{(ROOT / '_build' / 'html' / f'{documents[0]}.html').as_uri()}")


if __name__ == "__main__":
    main()
