"""A course, made and graded once, for all tests of teaching.

These tests need nbgrader, which lives in an environment of its own:
``make test-teaching`` makes it and runs them.
"""

import csv
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "teaching")]

CHAPTERS = ["05_losses_metrics_money", "07_validation", "15_serving"]
GRADED_IN_FULL = CHAPTERS[0]
CELL_SECONDS = 60


def pytest_collection_modifyitems(items):
    if "MLSD_TEACH" not in os.environ:
        why = pytest.mark.skip(reason="run by `make test-teaching`, which has nbgrader")
        for item in items:
            if Path(__file__).parent in item.path.parents:
                item.add_marker(why)


def run(script, *arguments, **variables):
    """Run one of the teaching programs in nbgrader's environment; return its words."""
    python = str(Path(os.environ["MLSD_TEACH"]).absolute() / "bin" / "python")
    done = subprocess.run(
        [python, str(ROOT / "teaching" / script), *map(str, arguments)],
        env={**os.environ, **variables},
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
    import markup

    folder = tmp_path_factory.mktemp("assigned")
    code, said = run("assignment.py", "--course", folder, *markup.pages())
    assert code == 0, said
    return folder


@pytest.fixture(scope="session")
def graded(tmp_path_factory):
    """A course of three chapters and its graded class: folder, tables, words.

    The class hands in one chapter in full, with every kind of broken submission; in
    the others, one student has everything right.
    """
    folder = tmp_path_factory.mktemp("graded")
    course, submissions = folder / "course", folder / "submissions"
    for script, names in (("assignment.py", CHAPTERS), ("sample_class.py", [])):
        extra = () if names else ("--submissions", submissions)
        code, said = run(script, "--course", course, *extra, *names)
        assert code == 0, said
    for student in sorted(submissions.iterdir()):
        for chapter in CHAPTERS:
            path = student / f"{chapter}.ipynb"
            if student.name != "ada" and chapter != GRADED_IN_FULL:
                path.unlink(missing_ok=True)
    code, said = run(
        "grade.py",
        "--course",
        course,
        "--submissions",
        submissions,
        MLSD_CELL_SECONDS=str(CELL_SECONDS),
    )
    assert code == 0, said
    return course, rows(course / "grades.csv"), rows(course / "checks.csv"), said
