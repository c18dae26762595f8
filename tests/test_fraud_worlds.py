"""The table of assumptions of question 2: page, stored worlds and simulation agree."""

import os
import re

import numpy as np
import pandas as pd
import pytest

from tools import fraud_worlds
from tools.fraud_worlds import ASSUMPTIONS, POLICIES, WORLDS

STORED = pd.read_csv(fraud_worlds.TABLE)
NUMBER = re.compile(r"[-−]?\d+(?:\.\d+)?")
FULL = bool(os.environ.get("MLSD_FULL"))
# One policy and world for each changed assumption; in full, three of them.
SPOTS = [
    (changed, POLICIES[(i + k) % len(POLICIES)], WORLDS[(i + 2 * k) % len(WORLDS)])
    for i, changed in enumerate(ASSUMPTIONS)
    for k in range(3 if FULL else 1)
    if FULL or i % 3 == 0
]


def numbers(text):
    return [float(found.replace("−", "-")) for found in NUMBER.findall(text)]


def rows_of_the_page():
    cells = fraud_worlds.PAGE.cells
    text = next(c.source for c in cells if "python -m tools.fraud_worlds" in c.source)
    lines = [line.strip("| ") for line in text.splitlines() if line.startswith("|")]
    return [re.split(r"\s*\|\s*", line) for line in lines[2:]]


def test_the_page_shows_what_is_stored():
    shown = rows_of_the_page()
    assert len(shown) == len(ASSUMPTIONS)
    left = {changed: costs for changed, costs in STORED.groupby("changed", sort=False)}
    for line in shown:
        found = [
            changed
            for changed, costs in left.items()
            if [numbers(cell) for cell in line[1:]]
            == [numbers(cell) for cell in fraud_worlds.row(costs)[:5]]
        ]
        assert found, f"no stored row has the numbers of: {' | '.join(line)}"
        del left[found[0]]


def test_the_design_document_names_stored_numbers():
    code = next(
        c.source for c in fraud_worlds.PAGE.cells if '"stored table"' in c.source
    )
    named = re.findall(r"E\((-?\d+), (-?\d+), (-?\d+)\), .*\"stored table\"", code)
    assert len(named) == code.count("stored table") == 4
    *rows, extremes = [[int(number) for number in found] for found in named]
    groups = STORED.groupby("changed", sort=False)
    saved = [numbers(fraud_worlds.row(costs)[2]) for _, costs in groups]
    assert all(row in saved for row in rows)
    assert extremes[1:] == [min(row[0] for row in saved), max(row[0] for row in saved)]


def test_prose_names_what_leftovers_cost_in_all_rows():
    groups = STORED.groupby("changed", sort=False)
    extra = [numbers(fraud_worlds.row(costs)[5]) for _, costs in groups]
    mean, low, _ = zip(*extra, strict=True)
    said = "by {:.0f} to {:.0f}, lower ends {:.0f} to {:.0f}"
    said = said.format(min(mean), max(mean), min(low), max(low))
    assert any(said in cell.source for cell in fraud_worlds.PAGE.cells), said


def test_every_assumption_has_its_worlds():
    assert list(STORED["changed"].unique()) == list(ASSUMPTIONS)
    assert (STORED.groupby("changed")["world"].nunique() == len(WORLDS)).all()


@pytest.fixture(scope="module")
def page():
    return fraud_worlds.simulation()


@pytest.mark.parametrize(("changed", "policy", "seed"), SPOTS)
def test_the_simulation_still_gives_it(page, changed, policy, seed):
    row = STORED.query("changed == @changed and world == @seed")
    now = fraud_worlds.daily_cost(page, changed, policy, seed)
    again = "run `python -m tools.fraud_worlds` and renew the page's table"
    assert np.isclose(row[policy].item(), now, atol=0.001), again
