"""Case studies have one form: a practice sheet, an answer in sections, a document."""

import json
import re

import pytest
from support import HTML, NOTEBOOKS, ROOT, each, soup

CASES = [path for path in NOTEBOOKS if path.parent.name == "case_studies"]
PLAN = "A plan for 45 minutes"
SECTIONS = [
    PLAN,
    "Clarify and scope",
    "Goal, metric and cost",
    "Data and labels",
    "Baseline",
    "The experiment that decides",
    "Validation and errors",
    "Serving",
    "Monitoring and failure",
    "What an interviewer asks next",
    "Rubric",
    "The design document",
    "Further reading",
]
PARTS_OF_DOCUMENT = [
    "goal",
    "antigoal|not goals",
    "assumption",
    "range",
    "metric",
    "data",
    "risk",
    "fallback",
    "cost of mistakes",
    "open questions",
    "kill criterion",
]


def cells(path):
    return json.loads(path.read_text("utf-8"))["cells"]


def text_of(cell):
    return "".join(cell["source"])


def headings(path, level):
    """The headings of one level, outside code."""
    prose = "\n".join(text_of(c) for c in cells(path) if c["cell_type"] == "markdown")
    prose = re.sub(r"```.*?```", "", prose, flags=re.S)
    return re.findall(rf"^{'#' * level} (.+)$", prose, re.M)


def design_document(path):
    """The stored Markdown of the cell that makes the design document."""
    made = [
        "".join(output["data"]["text/markdown"])
        for cell in cells(path)
        if "design-document" in cell["metadata"].get("tags", [])
        for output in cell["outputs"]
        if "text/markdown" in output.get("data", {})
    ]
    return made[0] if len(made) == 1 else ""


@each(CASES)
def test_sections_and_their_order(path):
    found = [h for h in headings(path, 2) if not h.startswith("Field story")]
    if found != SECTIONS:
        yield f"{path.name}: the sections are {found}"
    if not any(h.startswith("Field story") for h in headings(path, 2)):
        yield f"{path.name}: there is no section 'Field story: ...'"
    number = int(path.name[1:3])
    if not re.match(rf"Question {number}: ", headings(path, 1)[0]):
        yield f"{path.name}: the title does not start with 'Question {number}: '"


@each(CASES)
def test_the_practice_sheet_gives_nothing_away(path):
    before = cells(path)
    end = next(i for i, c in enumerate(before) if f"## {SECTIONS[1]}" in text_of(c))
    for cell in before[:end]:
        if cell["cell_type"] == "code":
            yield f"{path.name}: there is code on the practice sheet"


@each(CASES)
def test_at_least_three_claims(path):
    claims = sum(
        "mlsd_claim" in output.get("metadata", {})
        for cell in cells(path)
        for output in cell.get("outputs", [])
    )
    if claims < 3:
        yield f"{path.name}: {claims} claims, at least 3 are needed"


@each(CASES)
def test_the_interviewer_and_the_rubric(path):
    prose = "\n".join(text_of(c) for c in cells(path) if c["cell_type"] == "markdown")
    asked = prose.split("## What an interviewer asks next")[1].split("\n## ")[0]
    if len(re.findall(r"^### .+\?$", asked, re.M)) < 4:
        yield f"{path.name}: fewer than four follow-up questions"
    rubric = prose.split("## Rubric")[1].split("\n## ")[0]
    header = next((row for row in rubric.splitlines() if row.startswith("|")), "")
    if not all(word in header for word in ("weak", "good", "excellent")):
        yield f"{path.name}: the rubric's columns are {header}"


@each(CASES)
def test_the_design_document_is_complete(path):
    document = design_document(path)
    if not document:
        yield f"{path.name}: no single cell makes the design document"
    for part in PARTS_OF_DOCUMENT:
        if not re.search(part, document, re.I):
            yield f"{path.name}: the design document does not speak of {part!r}"
    if re.search(r"\bnan\b|\binf\b|\{\w", document):
        yield f"{path.name}: a value is missing in the design document"
    if re.search(r"^#{1,2} ", document, re.M):
        yield f"{path.name}: headings in the design document start at level 3"


@pytest.mark.usefixtures("built")
@each(CASES)
def test_the_design_document_can_be_downloaded(path):
    name = f"{path.stem}-design-document.md"
    copy = HTML / "case_studies" / name
    if not copy.is_file() or copy.read_text("utf-8") != design_document(path):
        yield f"{path.name}: {name} is not the stored document"
    page = soup(HTML / "case_studies" / f"{path.stem}.html")
    if not page.find("a", href=name):
        yield f"{path.name}: the page has no link to {name}"


def test_every_question_is_stated_once_and_every_answer_linked():
    page = (ROOT / "questions.md").read_text("utf-8")
    numbers = [int(n) for n in re.findall(r"^\| (\d+) \|", page, re.M)]
    assert sorted(numbers) == list(range(1, 28))
    linked = re.findall(r"\(case_studies/([\w.]+)\)", page)
    assert sorted(linked) == sorted(path.name for path in CASES)
