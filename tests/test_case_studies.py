"""Case studies have what their page, their practice sheet and their document need."""

import re

import pytest
from support import HTML, each, once, soup

from tools import catalogue

CASES = catalogue.cases()
PLAN, ANSWER, SHEET = (
    "A plan for 45 minutes",
    "The answer in two minutes",
    "Score sheet",
)


def design_document(page):
    """The stored Markdown of the cell that makes the design document."""
    made = [
        text
        for cell in page.code
        if "design-document" in cell.tags
        for text in cell.markdown_outputs()
    ]
    return made[0] if len(made) == 1 else ""


@each(CASES)
def test_the_practice_sheet_comes_first_and_gives_nothing_away(page):
    """What stands above the answer is all that the page shows at first."""
    titles = [text for level, text in page.headings if level == 2]
    if titles[:2] != [PLAN, ANSWER]:
        yield f"{page.name}: starts with the sections {titles[:2]}, not as it should"
        return
    for cell in page.cells:
        if f"## {ANSWER}" in cell.source:
            break
        if cell.is_code:
            yield f"{cell}: there is code on the practice sheet"


@each(CASES)
def test_the_score_sheet_has_weights_and_a_line_for_hire(page):
    """The student version is made of it."""
    text = page.section(SHEET)
    rows = [
        [cell.strip() for cell in row.strip("|").split("|")]
        for row in text.splitlines()
        if row.startswith("|")
    ]
    if not rows or rows[0] != ["criterion", "weight", "weak", "good", "excellent"]:
        yield f"{page.name}: the columns of the score sheet are {rows[:1]}"
        return
    weights = [row[1] for row in rows[2:]]
    if not all(w.isdecimal() for w in weights) or sum(map(int, weights)) != 100:
        yield f"{page.name}: the weights {weights} do not add up to 100"
    if not re.search(r"(?i)hire[^.|]*\d+|\d+ points[^.|]*hire", text):
        yield f"{page.name}: no line says from how many points one would hire"
    if not any("## Data and labels" in cell.source for cell in page.markdown):
        yield f"{page.name}: the student version takes its data from 'Data and labels'"


@each(CASES)
def test_the_design_document_is_whole(page):
    """It is downloaded, and read alone."""
    document = design_document(page)
    if not document:
        yield f"{page.name}: no single cell makes the design document"
    for part in ("**Decision.**", "**Kill criterion.**", "| range |"):
        if part not in document:
            yield f"{page.name}: the design document has no {part!r}"
    if re.search(r"\bnan\b|\binf\b|\{\w", document):
        yield f"{page.name}: a value is missing in the design document"
    if re.search(r"^#{1,2} ", document, re.M):
        yield f"{page.name}: headings in the design document start at level 3"


@pytest.mark.usefixtures("built")
@each(CASES)
def test_the_design_document_can_be_downloaded(page):
    name = f"{page.stem}-design-document.md"
    copy = HTML / "case_studies" / name
    if not copy.is_file() or copy.read_text("utf-8") != design_document(page):
        yield f"{page.name}: {name} is not the stored document"
    if not soup(HTML / f"{page.document}.html").find("a", href=name):
        yield f"{page.name}: the page has no link to {name}"


@once
def test_every_question_is_stated_once():
    numbers = sorted(map(int, catalogue.questions()))
    if numbers != list(range(1, 28)):
        yield f"questions.md states the questions {numbers}"
    for page in CASES:
        if page.number[1:].lstrip("0") not in catalogue.questions():
            yield f"{page.name}: there is no question {page.number}"
