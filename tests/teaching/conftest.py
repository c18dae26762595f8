"""A course, made and graded once, for all tests of teaching.

These tests need nbgrader, which lives in an environment of its own:
``make test-teaching`` makes it and runs them.
"""

import csv
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from small_book import CHAPTER, small_book

from tools import catalogue
from tools.catalogue import ROOT

PAGE = Path(CHAPTER).stem
CELL_SECONDS = 20


def pytest_collection_modifyitems(items):
    if "MLSD_TEACH" not in os.environ:
        why = pytest.mark.skip(reason="run by `make test-teaching`, which has nbgrader")
        for item in items:
            if Path(__file__).parent in item.path.parents:
                item.add_marker(why)


def run(module, *arguments, book=ROOT, **variables):
    """Run a teaching program in nbgrader's environment; return its code and words."""
    python = str(Path(os.environ["MLSD_TEACH"]).absolute() / "bin" / "python")
    done = subprocess.run(
        [python, "-m", f"teaching.{module}", *map(str, arguments)],
        cwd=book,
        env={**os.environ, "PYTHONPATH": str(book), **variables},
        capture_output=True,
        text=True,
    )
    return done.returncode, done.stdout + done.stderr


def rows(path):
    """The rows of a table."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="session")
def assigned(tmp_path_factory):
    """The folder of a course in which every page of the book was assigned."""
    folder = tmp_path_factory.mktemp("assigned")
    names = [page.stem for page in catalogue.notebooks()]
    code, words = run("assignment", "--course", folder, *names)
    assert code == 0, words
    return folder


def grade(folder, chapters, book, students=None):
    """Assign chapters, let the sample class hand in, grade: course, tables, words."""
    course, submissions = folder / "course", folder / "submissions"
    places = ("--course", course, "--submissions", submissions)
    for module, arguments in (
        ("assignment", ("--course", course, *chapters)),
        ("sample_class", places),
    ):
        code, words = run(module, *arguments, book=book)
        assert code == 0, words
    for student in submissions.iterdir():
        if students and student.name not in students:
            shutil.rmtree(student)
    seconds = str(CELL_SECONDS)
    code, words = run("grade", *places, book=book, MLSD_CELL_SECONDS=seconds)
    assert code == 0, words
    return course, rows(course / "grades.csv"), rows(course / "checks.csv"), words


@pytest.fixture(scope="session")
def graded(tmp_path_factory):
    """The class of the small book, with every kind of broken submission."""
    folder = tmp_path_factory.mktemp("graded")
    return grade(folder, [PAGE], small_book(folder / "book"))
