"""The notebooks for students: complete, runnable, and without any answer."""

import json
import re

import nbformat
import pytest
from conftest import run

from teaching import markup
from tools import catalogue
from tools.catalogue import DETAILS

PAGES = [page.stem for page in catalogue.notebooks()]
CHAPTERS = [page.stem for page in catalogue.chapters()]
CASES = [page.stem for page in catalogue.cases()]
MARKERS = (
    "BEGIN SOLUTION",
    "END SOLUTION",
    "BEGIN HIDDEN",
    "END HIDDEN",
    "<summary>Answer",
    "What a strong answer",
)


def original(page):
    return nbformat.read(catalogue.find(page).path, as_version=4)


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
        for details in DETAILS.finditer(text):
            if not markup.is_hint(details["title"]):
                secret |= lines(details[0])
        shown.add(DETAILS.sub("", text))
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


@pytest.mark.parametrize("page", CHAPTERS)
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
            heads = re.findall(r"(?m)^(?:def|class) \w+\b", cell.source)
            assert heads and all(head in mine for head in heads)


@pytest.mark.parametrize("page", CASES)
def test_a_case_study_asks_for_every_criterion(assigned, page):
    notebook, _ = released(assigned, page)
    answers = [
        c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("solution")
    ]
    assert answers
    assert all(c.source == "*Write your answer here.*" for c in answers)
    assert "A plan for 45 minutes" in notebook.cells[2].source


@pytest.mark.parametrize("page", PAGES)
def test_the_first_cell_installs_what_is_needed(assigned, page):
    notebook, text = released(assigned, page)
    setup = [c for c in notebook.cells if "setup" in c.metadata.get("tags", [])]
    assert setup and "%pip install" in setup[0].source
    assert "](../" not in text, "a link leads out of a notebook that stands alone"


@pytest.mark.parametrize(
    "block",
    [
        "<details><summary>Answer</summary>\n\nSECRET\n\n</details>",
        "<details>\n<summary>Answer</summary>\n\nSECRET\n\n</details>",
        '<details id="a">\n<summary id="b">Answer</summary>\n\nSECRET\n\n</details >',
        "<DETAILS>\n\n<SUMMARY>Answer</SUMMARY>\n\nSECRET\n\n</DETAILS>",
    ],
    ids=["one line", "two lines", "attributes", "capitals"],
)
def test_an_answer_is_taken_out_however_it_is_folded(block):
    text = markup.for_students(f"Before.\n\n{block}\n\nAfter.", "chapters", "")
    assert "SECRET" not in text and "Before." in text and "After." in text
    hint = block.replace("Answer", "Hint")
    assert "SECRET" in markup.for_students(hint, "chapters", "")


def test_an_unknown_page_is_named(tmp_path):
    code, words = run("assignment", "--course", tmp_path / "c", "17")
    assert code != 0
    assert "There is no page '17'" in words and "07_validation" in words
    assert "Traceback" not in words


def test_nothing_to_grade_is_words(tmp_path):
    code, words = run("grade", "--course", tmp_path, "--submissions", tmp_path)
    assert code != 0 and "make assignment" in words and "Traceback" not in words
