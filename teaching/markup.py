"""Turn a page of the book into nbgrader's source version.

The chapters are the only place where exercises are kept. Their cells say in their tags
which part they play; from these this module makes the notebook that
``nbgrader generate_assignment`` expects, with its usual markers. It does not need
nbgrader itself, so that tests can use it where that is not installed.
"""

from __future__ import annotations

import ast
import re
import textwrap
from typing import Any

import nbformat
from nbformat.v4 import new_markdown_cell

from tools import catalogue
from tools.catalogue import DETAILS, ROOT, Page

BEGIN_SOLUTION, END_SOLUTION = "### BEGIN SOLUTION", "### END SOLUTION"
BEGIN_HIDDEN, END_HIDDEN = "### BEGIN HIDDEN TESTS", "### END HIDDEN TESTS"
HIDDEN = "# Further checks stand here when your work is graded."
RELATIVE = re.compile(r"\]\((?!https?://|#|mailto:)([^)\s]+)\)")
SCORE_SHEET = "Score sheet"
HEADER_OF_CASE = """\
# Assignment: {title}

{exercises}

Write your design into the cells below, one for each line of the score sheet, in your
own words. A page in all is enough: a decision, what it costs to be wrong, and the
measurement that would change your mind. Add code cells where they help.
"""
HEADER = """\
# Assignment: {title}

{exercises}

Write in the cells that follow the headings of the exercises, and nowhere else: other
cells of the book are put back as they were before your work is graded. You may add
cells of your own. Before you hand in, restart the kernel and run all cells: a check
that passes prints so. Further checks, which you do not see, are run afterwards; they
ask for nothing that the exercise does not say.
"""


def tags(cell: nbformat.NotebookNode) -> set[str]:
    """Return the tags of a cell."""
    return set(cell.metadata.get("tags", []))


def nbgrader(grade_id: str, **values: Any) -> dict[str, Any]:
    """Return nbgrader's metadata for a cell, complete."""
    base = {"grade": False, "solution": False, "locked": True, "task": False}
    return {**base, "schema_version": 3, "grade_id": grade_id, **values}


def merge(starter: str, solution: str) -> str:
    """Put the solution into the starting point, between nbgrader's markers.

    Imports and functions that only the solution has go inside its last function's
    body, so that the student's cell keeps the form of the starting point.
    """
    lines = starter.splitlines()
    place = next(i for i, text in enumerate(lines) if "NotImplementedError" in text)
    indent = " " * (len(lines[place]) - len(lines[place].lstrip()))
    names = {n.name for n in ast.parse(starter).body if isinstance(n, ast.FunctionDef)}
    before, body = [], ""
    for node in ast.parse(solution).body:
        text = ast.get_source_segment(solution, node) or ""
        if isinstance(node, ast.FunctionDef) and node.name in names:
            first = node.body[1] if ast.get_docstring(node) else node.body[0]
            rows = solution.splitlines()[first.lineno - 1 : node.end_lineno]
            body = textwrap.dedent("\n".join(rows))
        else:
            before.append(text)
    inside = textwrap.indent("\n".join([*before, body]), indent)
    region = [indent + BEGIN_SOLUTION, inside, indent + END_SOLUTION]
    return "\n".join([*lines[:place], *region, *lines[place + 1 :]])


def is_hint(summary: str) -> bool:
    """Whether a folded block, known by its summary, only helps."""
    return summary.strip().lower().startswith("hint")


def for_students(text: str, folder: str, address: str) -> str:
    """Return Markdown without answers, its links leading to the repository."""
    branch = catalogue.config()["repository"]["branch"]

    def absolute(link: re.Match[str]) -> str:
        path = (ROOT / folder / link[1].split("#")[0]).resolve()
        inside = path.relative_to(ROOT).as_posix() if path.exists() else ""
        return f"]({address}/blob/{branch}/{inside})" if inside else link[0]

    kept = DETAILS.sub(lambda d: d[0] if is_hint(d["title"]) else "", text)
    return RELATIVE.sub(absolute, kept).strip()


def answer_cell(grade_id: str, points: int, answer: str) -> nbformat.NotebookNode:
    """Return a cell to write an answer in, which a person grades."""
    cell = new_markdown_cell(answer)
    cell.metadata["nbgrader"] = nbgrader(
        grade_id, grade=True, solution=True, locked=False, points=points
    )
    return cell


def table(rows: list[tuple[str, str, int]]) -> str:
    """Return the list of exercises with their points, as Markdown."""
    head = ["| exercise | graded by | points |", "| --- | --- | ---: |"]
    body = [f"| {title} | {by} | {points} |" for title, by, points in rows]
    return "\n".join([*head, *body])


def heading(cells: list[nbformat.NotebookNode], position: int, number: str) -> str:
    """Return the title of an exercise, looking back from one of its cells."""
    for cell in reversed(cells[: position + 1]):
        if found := re.search(rf"(?m)^### Exercise {number}: (.+)$", cell.source):
            return f"{number} {found[1]}"
    raise ValueError(f"Exercise {number} has no heading.")


def assignment_of_chapter(
    cells: list[nbformat.NotebookNode], folder: str, address: str
) -> tuple[list[nbformat.NotebookNode], list[tuple[str, str, int]]]:
    """Return the cells of the source version of a chapter, and its exercises."""
    made: list[nbformat.NotebookNode] = []
    rows: list[tuple[str, str, int]] = []
    points: dict[str, list[Any]] = {}
    for position, cell in enumerate(cells):
        kind, known = tags(cell), cell.metadata.get("nbgrader", {})
        if kind & {"solution", "self-check"}:
            continue
        if cell.cell_type == "markdown" and not known:
            cell.source = for_students(cell.source, folder, address)
            if cell.source:
                made.append(cell)
            continue
        if "starter" in kind:
            cell.source = merge(cell.source, cells[position + 1].source)
        elif "hidden-check" in kind:
            region = [HIDDEN, BEGIN_HIDDEN, cell.source, END_HIDDEN]
            cell.source = "\n".join(region)
            cell.metadata.pop("jupyter", None)
        elif known.get("task"):
            answer = cells[position + 1].source
            grade_id, value = known["grade_id"], known["points"]
            cell.source = for_students(cell.source, folder, address)
            cell.metadata["nbgrader"] = nbgrader(f"{grade_id}-question")
            made += [cell, answer_cell(grade_id, value, answer)]
            number = grade_id.removeprefix("ex-").removesuffix("-open")
            title = heading(cells, position, number.replace("-", "."))
            rows.append((title, "a person", value))
            continue
        elif not known:
            cell.metadata["nbgrader"] = nbgrader(f"book-{cell.id}")
        if kind & {"check", "hidden-check"}:
            number = ".".join(known["grade_id"].split("-")[1:3])
            title = heading(cells, position, number)
            points.setdefault(title, [len(rows), 0])[1] += known["points"]
            if len(rows) == points[title][0]:
                rows.append((title, "checks", 0))
            rows[points[title][0]] = (title, "checks", points[title][1])
        made.append(cell)
    return made, rows


def assignment_of_case(
    cells: list[nbformat.NotebookNode], folder: str, address: str, stem: str
) -> tuple[list[nbformat.NotebookNode], list[tuple[str, str, int]]]:
    """Return question, plan and data of a case study, and a cell for each criterion."""
    made: list[nbformat.NotebookNode] = []
    for cell in cells[:2]:
        cell.source = for_students(cell.source, folder, address)
        made.append(cell)
    made[-1].source = made[-1].source.split("\nHow to use this page")[0]
    setup = [cell for cell in cells if tags(cell) & {"setup", "setup-extra"}]
    place = next(i for i, c in enumerate(cells) if "## Data and labels" in c.source)
    while cells[place + 1].cell_type == "code":  # imports and data
        setup.append(cells[place := place + 1])
    for cell in setup:
        cell.metadata["nbgrader"] = nbgrader(f"book-{cell.id}")
    made += setup
    text = next(c.source for c in cells if f"## {SCORE_SHEET}" in c.source)
    section = text.split(f"## {SCORE_SHEET}", 1)[1].split("\n## ", 1)[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    header, _, *criteria = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in lines
    ]
    rows = []
    number = stem.split("_")[0]
    for title, weight, *levels in criteria:
        grade_id = f"{number}-{re.sub(r'[^a-z]+', '-', title.lower()).strip('-')}"
        pairs = zip(header[2:], levels, strict=True)
        scheme = "\n".join(f"{level}: {what}." for level, what in pairs)
        made.append(new_markdown_cell(f"## {title.capitalize()}"))
        made.append(answer_cell(grade_id, int(weight), scheme))
        rows.append((title, "a person", int(weight)))
    return made, rows


def source_version(page: Page) -> nbformat.NotebookNode:
    """Return nbgrader's source version of a chapter or a case study."""
    notebook = nbformat.read(page.path, as_version=4)
    address, folder = catalogue.config()["repository"]["url"], page.path.parent.name
    if page.is_chapter:
        cells, rows = assignment_of_chapter(notebook.cells, folder, address)
    else:
        cells, rows = assignment_of_case(notebook.cells, folder, address, page.stem)
    form = HEADER if page.is_chapter else HEADER_OF_CASE
    header = new_markdown_cell(form.format(title=page.title, exercises=table(rows)))
    header.metadata["nbgrader"] = nbgrader("book-header")
    header.id, taken = "header", {"header"}
    for n, cell in enumerate(cells):
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
        if cell.id in taken or cell.cell_type == "markdown":
            cell.id = f"text-{n}"
        taken.add(cell.id)
    notebook.cells = [header, *cells]
    return notebook
