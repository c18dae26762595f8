"""A class of ten is graded as expected, whatever it hands in."""

import pytest
from conftest import CELL_SECONDS, PAGE, grade

from tools import catalogue
from tools.catalogue import ROOT


def row(graded, student, page=PAGE):
    return next(r for r in graded[1] if r["student"] == student and r["page"] == page)


def points(graded, student, page=PAGE):
    """Points of each group of checks; None where a person is to decide."""
    return {
        r["checks"]: float(r["points"]) if r["points"] else None
        for r in graded[2]
        if r["student"] == student and r["page"] == page
    }


def message(graded, student, checks):
    return next(
        r["message"]
        for r in graded[2]
        if r["student"] == student and r["checks"] == checks
    )


FULL = {"ex-8-1-check": 4, "ex-8-1-hidden": 3, "ex-8-2-check": 4, "ex-8-2-hidden": 2}
FIRST, SECOND = list(FULL)[:2], list(FULL)[2:]


def test_every_student_has_a_row(graded):
    students = [r["student"] for r in graded[1] if r["page"] == PAGE]
    assert students == "ada ben cleo dev eve fay gus hal ivy jon kim".split()
    assert {r["page"] for r in graded[1]} == {PAGE}


def all_points(found):
    reached = float(found["points"]) + float(found["waiting"])
    assert reached == float(found["possible"]) > 0
    assert found["remarks"] == ""


def test_right_answers_get_all_points(graded):
    all_points(row(graded, "ada"))


def test_right_answers_to_every_chapter_get_all_points(tmp_path, full):
    """The checks themselves are run by ``tools.run_notebooks``; this is nbgrader's."""
    chapters = [page.stem for page in catalogue.chapters()]
    result = grade(tmp_path, chapters, ROOT, students=["ada"])
    for chapter in chapters:
        all_points(row(result, "ada", chapter))


def test_an_open_answer_waits_for_a_person(graded):
    assert row(graded, "ada")["waiting"] == "10"
    assert points(graded, "ada")["ex-8-3-open"] is None
    assert {r["possible"] for r in graded[1] if r["page"] == PAGE} == {"23"}
    assert row(graded, "ben")["waiting"] == "0"


def test_partial_work_gets_part_of_the_points(graded):
    assert row(graded, "ben")["points"] == "6"
    assert message(graded, "ben", "ex-8-1-check") == "not answered"


def test_starting_points_get_nothing(graded):
    assert row(graded, "cleo")["points"] == "0"
    assert row(graded, "cleo")["remarks"] == ""


def test_wrong_answers_get_the_message_of_the_check(graded):
    found = points(graded, "dev")
    assert found["ex-8-1-check"] == 0 and found["ex-8-2-check"] == 0
    assert "a share lies" in message(graded, "dev", "ex-8-1-check")
    assert "the mean of 1 and 6" in message(graded, "dev", "ex-8-2-check")


@pytest.mark.parametrize(
    ("student", "lost", "remark"),
    [
        ("eve", FIRST, "The kernel died"),
        ("fay", SECOND, f"ran longer than {CELL_SECONDS} s"),
        ("gus", SECOND, "answer cell of exercise 8.2 is missing"),
        ("hal", SECOND, ""),
        ("jon", [], "were changed, and put back"),
    ],
    ids=["crash", "endless loop", "deleted cells", "a gigabyte", "changed checks"],
)
def test_a_broken_submission_loses_only_what_is_broken(graded, student, lost, remark):
    found = points(graded, student)
    for checks, value in FULL.items():
        assert found[checks] == (0 if checks in lost else value), checks
    assert remark in row(graded, student)["remarks"]


def test_deleted_checks_are_run_all_the_same(graded):
    assert "checks of exercise 8.1 were deleted" in row(graded, "gus")["remarks"]
    assert points(graded, "gus")["ex-8-1-check"] == 4


def test_a_gigabyte_is_stopped(graded):
    assert "more than 1 MB" in message(graded, "hal", "ex-8-2-check")
    course = graded[0]
    written = [p for p in course.rglob("*") if p.is_file()]
    assert max(p.stat().st_size for p in written) < 5_000_000


def test_what_is_no_notebook_is_said_to_be_none(graded):
    found = row(graded, "ivy")
    assert found["points"] == "0" and found["remarks"].endswith("is not a notebook.")


def test_what_was_not_handed_in_is_said(graded):
    found = row(graded, "kim")
    assert found["points"] == "0" and found["remarks"].endswith("was not handed in.")


def test_remarks_are_one_line_of_plain_words(graded):
    for found in graded[1]:
        assert "\n" not in found["remarks"] and "Traceback" not in found["remarks"]


def test_every_student_gets_feedback_without_the_hidden_checks(graded):
    course = graded[0]
    for found in graded[1]:
        folder = course / "feedback" / found["student"] / found["page"]
        page = (folder / f"{found['page']}.html").read_text("utf-8")
        assert "BEGIN HIDDEN" not in page
        assert "no die of ours shows a seven" not in page
    dev = course / "feedback" / "dev" / PAGE / f"{PAGE}.html"
    assert "the mean of 1 and 6 is 3.5" in dev.read_text("utf-8")
