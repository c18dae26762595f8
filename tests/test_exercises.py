"""Every solution passes all its checks; starting points and planted mistakes fail.

Each chapter is run once, in a kernel of its own; then its exercises are tried with
every answer, each time followed by the checks that a student sees and those she does
not.
"""

import os
import re
from concurrent.futures import ThreadPoolExecutor

import nbformat
import pytest
from nbclient import NotebookClient
from support import NOTEBOOKS

from teaching.wrong import wrong_answers

CHAPTERS = [path for path in NOTEBOOKS if path.parent.name == "chapters"]
WRONG = {k: v for path in CHAPTERS for k, v in wrong_answers(path.stem).items()}


def exercises(path):
    """The four cells of each coding exercise of a chapter, by its identifier."""
    cells = nbformat.read(path, as_version=4).cells
    return {
        cell.metadata.nbgrader.grade_id: [c.source for c in cells[i : i + 4]]
        for i, cell in enumerate(cells)
        if "starter" in cell.metadata.get("tags", [])
    }


EXERCISES = {gid: path for path in CHAPTERS for gid in exercises(path)}


def answers(grade_id, starter, solution):
    """Every answer that is tried: its name, its code, and the message it must get."""
    yield "starting point", starter, "NotImplementedError: Exercise"
    for wrong in WRONG.get(grade_id, []):
        yield wrong.mistake, wrong.code, wrong.message
    yield "solution", solution, None


def said(client, code):
    """Run code in the kernel of a chapter; return its error in one line, or None."""
    cell = nbformat.v4.new_code_cell(code)
    client.execute_cell(cell, 0)
    for output in cell.outputs:
        if output.output_type == "error":
            return f"{output.ename}: {output.evalue}"
    return None


def try_all(path):
    """What the checks of a chapter say to every answer, by exercise and answer."""
    notebook, results = nbformat.read(path, as_version=4), {}
    client = NotebookClient(
        notebook, timeout=180, allow_errors=True, kernel_name="python3"
    )
    parts = exercises(path)
    with client.setup_kernel():
        for i, cell in enumerate(notebook.cells):
            client.execute_cell(cell, i)
        for grade_id, (starter, solution, *checks) in parts.items():
            for name, code, _ in answers(grade_id, starter, solution):
                errors = [said(client, part) for part in (code, *checks)]
                results[grade_id, name] = errors
    return results


@pytest.fixture(scope="session")
def results():
    """What the checks of all chapters say to every answer."""
    with ThreadPoolExecutor(min(2, os.cpu_count() or 1)) as pool:
        found = {}
        for of_chapter in pool.map(try_all, CHAPTERS):
            found.update(of_chapter)
    return found


def cases():
    for grade_id, path in EXERCISES.items():
        starter, solution, *_ = exercises(path)[grade_id]
        for name, _, message in answers(grade_id, starter, solution):
            yield pytest.param(grade_id, name, message, id=f"{grade_id}: {name}")


def test_every_exercise_has_planted_mistakes():
    few = [g for g in EXERCISES if len(WRONG.get(g, [])) < 3]
    unknown = sorted(WRONG.keys() - EXERCISES.keys())
    assert not few, f"Fewer than three planted mistakes: {few}"
    assert not unknown, f"Planted mistakes for exercises that do not exist: {unknown}"


@pytest.mark.parametrize(("grade_id", "name", "message"), list(cases()))
def test_answer(results, grade_id, name, message):
    defined, *checks = results[grade_id, name]
    assert defined is None, f"the answer itself does not run: {defined}"
    errors = [error for error in checks if error]
    if message is None:
        assert not errors, f"the published solution fails: {errors}"
    else:
        assert errors, "no check notices the mistake"
        assert re.search(message, errors[0]), f"the message does not help: {errors[0]}"
