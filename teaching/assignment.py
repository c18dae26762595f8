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

import markup
import nbformat

TEACHING = Path(__file__).resolve().parent


def nbgrader(course: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run an nbgrader command in the folder of the course."""
    command = [sys.executable, "-m", "nbgrader", *arguments]
    return subprocess.run(
        command, cwd=course, env=environment(), capture_output=True, text=True
    )


def environment() -> dict[str, str]:
    """Return an environment in which nbgrader finds the programs beside it."""
    programs = str(Path(sys.executable).parent)
    return {**os.environ, "PATH": os.pathsep.join([programs, os.environ["PATH"]])}


def prepare(course: Path) -> None:
    """Write nbgrader's settings into the folder of the course."""
    course.mkdir(parents=True, exist_ok=True)
    settings = (TEACHING / "nbgrader_config.py").read_text("utf-8")
    settings = settings.replace("{teaching}", str(TEACHING))
    (course / "nbgrader_config.py").write_text(settings, "utf-8")


def make(course: Path, page: Path) -> Path:
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
        chosen = list(dict.fromkeys(markup.find_page(name) for name in names))
    except markup.UnknownPageError as problem:
        sys.exit(str(problem))
    if not chosen:
        known = ", ".join(markup.pages())
        sys.exit(
            f'Name the pages: make assignment CHAPTERS="7 q18". There are: {known}.'
        )
    prepare(options.course)
    for page in chosen:
        release = make(options.course.resolve(), page)
        print(f"For the students: {os.path.relpath(release)}")


if __name__ == "__main__":
    main()
