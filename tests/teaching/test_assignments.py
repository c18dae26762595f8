"""The notebooks for students: complete, runnable, and without any answer."""

import json
import re

import markup
import nbformat
import pytest
from conftest import run

PAGES = list(markup.pages())
MARKERS = (
    "BEGIN SOLUTION",
    "END SOLUTION",
    "BEGIN HIDDEN",
    "END HIDDEN",
    "<summary>Answer",
    "What a strong answer",
)


def original(page):
    return nbformat.read(markup.pages()[page], as_version=4)


def released(course, page):
    path = course / "release" / page / f"{page}.ipynb"
    return nbformat.read(path, as_version=4), path.read_text("utf-8")


def lines(text):
    """Lines that are long enough to give something away."""
    stripped = (line.strip() for line in text.splitlines())
    return {line for line in stripped if len(line) > 12 and not line.startswith("#")}


def secrets(page):
    """Lines that stand in answers of a page, and nowhere else in it."""
    secret, shown = set(), set()
    for cell in original(page).cells:
        tags = set(cell.metadata.get("tags", []))
        text = cell.source
        if tags & {"solution", "hidden-check", "self-check"}:
            secret |= lines(text)
            continue
        for details in markup.DETAILS.finditer(text):
            if not details[1].startswith("Hint"):
                secret |= lines(details[0])
        shown.add(markup.DETAILS.sub("", text))
    return {line for line in secret if not any(line in text for text in shown)}


@pytest.mark.parametrize("page", PAGES)
def test_no_answer_is_left(assigned, page):
    notebook, text = released(assigned, page)
    assert not [marker for marker in MARKERS if marker in text]
    everything = "\n".join(cell.source for cell in notebook.cells)
    left = [line for line in secrets(page) if line in everything]
    assert not left, f"{page} gives away: {left[:5]}"
    hidden = [json.dumps(line)[1:-1] for line in secrets(page)]
    assert not [line for line in hidden if line in text], "something is in metadata"
    assert not [c for c in notebook.cells if c.get("outputs")], "outputs are left"


@pytest.mark.parametrize("page", [p for p in PAGES if not p.startswith("q")])
def test_every_exercise_is_there(assigned, page):
    notebook, _ = released(assigned, page)
    found = {
        c.metadata.nbgrader.grade_id: c
        for c in notebook.cells
        if "nbgrader" in c.metadata
    }
    for cell in original(page).cells:
        known = cell.metadata.get("nbgrader")
        if known:
            assert known.grade_id in found, f"{known.grade_id} is missing"
        if known and "check" in cell.metadata.get("tags", []):
            assert found[known.grade_id].source == cell.source
            assert found[known.grade_id].metadata.nbgrader.points == known.points
        if "starter" in cell.metadata.get("tags", []):
            mine = found[known.grade_id].source
            assert "raise NotImplementedError(" in mine
            names = re.findall(r"(?m)^def (\w+)\(.*\):", cell.source)
            assert names and all(f"def {name}(" in mine for name in names)


@pytest.mark.parametrize("page", [p for p in PAGES if p.startswith("q")])
def test_a_case_study_asks_for_every_criterion(assigned, page):
    notebook, _ = released(assigned, page)
    answers = [
        c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("solution")
    ]
    assert len(answers) >= 6
    assert all(c.source == "*Write your answer here.*" for c in answers)
    assert "A plan for 45 minutes" in notebook.cells[2].source


@pytest.mark.parametrize("page", PAGES)
def test_the_first_cell_installs_what_is_needed(assigned, page):
    notebook, text = released(assigned, page)
    setup = [c for c in notebook.cells if "setup" in c.metadata.get("tags", [])]
    assert setup and "%pip install" in setup[0].source
    assert "](../" not in text, "a link leads out of a notebook that stands alone"


def test_an_unknown_page_is_named(tmp_path):
    code, said = run("assignment.py", "--course", tmp_path / "c", "8")
    assert code != 0
    assert "There is no page '8'" in said and "07_validation" in said
    assert "Traceback" not in said


def test_nothing_to_grade_is_said(tmp_path):
    code, said = run("grade.py", "--course", tmp_path, "--submissions", tmp_path)
    assert code != 0 and "make assignment" in said and "Traceback" not in said
