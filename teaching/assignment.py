"""Make the student versions of chapters and case studies: ``make assignment``.

For each page it writes nbgrader's source version, with solutions and hidden checks,
and has nbgrader make the release version, which goes to the students.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat

from teaching import markup
from tools import catalogue
from tools.catalogue import ROOT, Page


def nbgrader(course: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run an nbgrader command in the folder of the course."""
    command = [sys.executable, "-m", "nbgrader", *arguments]
    return subprocess.run(
        command, cwd=course, env=environment(), capture_output=True, text=True
    )


def environment() -> dict[str, str]:
    """Return an environment in which nbgrader finds the programs beside it."""
    programs = str(Path(sys.executable).parent)
    path = os.pathsep.join([programs, os.environ["PATH"]])
    return {**os.environ, "PATH": path, "PYTHONPATH": str(ROOT)}


def prepare(course: Path) -> None:
    """Write nbgrader's settings into the folder of the course."""
    course.mkdir(parents=True, exist_ok=True)
    shutil.copy(ROOT / "teaching" / "nbgrader_config.py", course)


def make(course: Path, page: Page) -> Path:
    """Make source and release of one page; return the file for the students."""
    name = page.stem
    source = course / "source" / name
    shutil.rmtree(source, ignore_errors=True)
    source.mkdir(parents=True)
    nbformat.write(markup.source_version(page), source / f"{name}.ipynb")
    done = nbgrader(course, "generate_assignment", name, "--force")
    release = course / "release" / name / f"{name}.ipynb"
    if done.returncode or not release.is_file():
        sys.exit(f"nbgrader could not make {name}:\n{done.stdout}{done.stderr}")
    return release


def main() -> None:
    """Make the assignments named on the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pages", nargs="*", help="names or numbers: 7, 15, q18")
    parser.add_argument("--course", type=Path, default=Path("course"))
    options = parser.parse_args()
    try:
        names = " ".join(options.pages).replace(",", " ").split()
        found = [catalogue.find(name) for name in names]
    except catalogue.UnknownPageError as problem:
        sys.exit(str(problem))
    chosen = {page.stem: page for page in found}.values()
    if not chosen:
        known = ", ".join(page.stem for page in catalogue.notebooks())
        sys.exit(
            f'Name the pages: make assignment CHAPTERS="7 q18". There are: {known}.'
        )
    prepare(options.course)
    for page in chosen:
        release = make(options.course.resolve(), page)
        print(f"For the students: {os.path.relpath(release)}")


if __name__ == "__main__":
    main()
