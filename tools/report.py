"""Report where notebooks leave the book's norms of style: ``make report``.

Norms help a reader, but none of them is a promise, so a page may have its reasons. One
line for each finding, below a table of sizes: words and code cells before the
exercises, lines of code, minutes to read, claims and those that name a rival.
"""

from __future__ import annotations

import re
import statistics
from collections.abc import Iterator

from tools import catalogue
from tools.catalogue import Page, items

WORDS_A_MINUTE, LINES_A_MINUTE = 200, 20
# What design asks of chapters and of case studies: words, code cells, claims.
SIZES = {
    "chapter": ((2_500, 3_200), (0, 24), (5, 7)),
    "case study": ((2_200, 2_600), (18, 22), (4, 5)),
}
SECTIONS = (
    "What you will be able to do",
    "Field story",
    "Checklist",
    "Exercises",
    "Self-check",
    "Further reading",
)
CASE_SECTIONS = (
    "A plan for 45 minutes",
    "The answer in two minutes",
    "Clarify and scope",
    "Goal, metric and cost",
    "Data and labels",
    "Baseline",
    "The experiment that decides",
    "Validation and errors",
    "Serving",
    "Rollout, monitoring and failure",
    "What an interviewer asks next",
    "Score sheet",
    "Field story",
    "The design document",
    "Further reading",
)


def size(page: Page) -> tuple[int, int, int]:
    """Return words, code cells and lines of code before the exercises."""
    words = cells = lines = 0
    for cell in page.cells:
        if re.search(r"(?m)^## Exercises", cell.source) and not cell.is_code:
            words += len(cell.source.split("## Exercises")[0].split())
            break
        if cell.is_code:
            cells += 1
            lines += len(cell.lines)
        else:
            words += len(cell.source.split())
    return words, cells, lines


def minutes(words: int, lines: int) -> float:
    """Return the time to read a page."""
    return words / WORDS_A_MINUTE + lines / LINES_A_MINUTE


def outside(what: str, value: int, low: int, high: int) -> Iterator[str]:
    """Yield a finding if a count lies outside its norm."""
    if not low <= value <= high:
        yield f"{value} {what}; the norm is {low} to {high}"


def findings(page: Page) -> Iterator[str]:
    """Yield where a notebook leaves the norms."""
    words, cells, _ = size(page)
    norms = SIZES["chapter" if page.is_chapter else "case study"]
    counts = {"words": words, "code cells": cells, "claims": len(page.claims)}
    for (what, value), (low, high) in zip(counts.items(), norms, strict=True):
        yield from outside(what, value, low, high)
    titles = [text for level, text in page.headings if level == 2]
    short = ["Field story" if t.startswith("Field story") else t for t in titles]
    wanted = SECTIONS if page.is_chapter else CASE_SECTIONS
    present = [t for i, t in enumerate(short) if t in wanted and t not in short[:i]]
    if present != list(wanted):
        yield f"sections {present}; the norm is {list(wanted)}"
    if page.is_chapter:
        yield from outside("objectives", len(page.objectives), 4, 6)
        asked = len(items(page.section("Checklist")))
        yield from outside("items in the checklist", asked, 8, 12)
        yield from outside("exercises", len(page.exercises), 3, 5)
        read = len(items(page.section("Further reading")))
        yield from outside("works of further reading", read, 4, 6)
        coding = sum(bool(exercise.code) for exercise in page.exercises)
        yield from outside("coding exercises", coding, 2, 4)
    else:
        asked = len(re.findall(r"(?m)^### .+\?$", page.prose))
        yield from outside("follow-up questions", asked, 4, 8)
    yield from code_findings(page)


def code_findings(page: Page) -> Iterator[str]:
    """Yield long cells and pictures with too short or too long a text."""
    sizes = [len(cell.lines) for cell in page.code]
    if (median := statistics.median(sizes or [0])) > 16:
        yield f"the median cell has {median:g} lines; the norm is at most 16"
    for cell in page.code:
        if len(cell.lines) > 25:
            yield f"cell {cell.position} has {len(cell.lines)} lines; at most 25"
        alt = cell.metadata.get("mystnb", {}).get("image", {}).get("alt", "")
        if cell.figures and not 60 <= len(alt) <= 400:
            yield (
                f"the text of the figure in cell {cell.position} has {len(alt)} "
                "characters; the norm is 60 to 400"
            )
        only_draws = cell.figures and cell.lines[-1:] == ["plt.show()"]
        only_claims = cell.claims and not cell.printed and len(cell.lines) < 12
        if (only_draws or only_claims) and "hide-input" not in cell.tags:
            yield f"cell {cell.position} only draws or claims: fold it (hide-input)"


def main() -> None:
    """Print the table of sizes, then the findings."""
    print(
        f"{'notebook':<32}{'words':>7}{'cells':>7}{'lines':>7}{'min':>6}{'claims':>8}"
    )
    for page in catalogue.notebooks():
        words, cells, lines = size(page)
        rivals = sum(bool(claim.get("rival")) for claim in page.claims)
        row = f"{page.stem:<32}{words:>7,}{cells:>7}{lines:>7}"
        row += f"{minutes(words, lines):>6.0f}"
        print(f"{row}{len(page.claims):>5}/{rivals}")
    print()
    for page in catalogue.notebooks():
        for finding in findings(page):
            print(f"{page.name}: {finding}")


if __name__ == "__main__":
    main()
