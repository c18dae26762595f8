"""Measure the table of assumptions of question 2: ``python -m tools.fraud_worlds``.

It runs the page's own simulation, taken from its cells, in six more worlds for each
changed assumption, stores what each policy costs in each world (``fraud_worlds.csv``),
and prints the rows that stand in the page. It takes about twenty minutes; ``--print``
only prints what is stored. Tests compare the page with the file, and the file with
the simulation as it is now.
"""

from __future__ import annotations

import argparse
import contextlib
import io
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.tree import DecisionTreeClassifier

import mlsd
from tools import catalogue

PAGE = catalogue.Page(catalogue.ROOT, "case_studies/q02_card_fraud")
TABLE = catalogue.ROOT / "tools" / "fraud_worlds.csv"
WORLDS = range(40, 46)  # the page has other ones
SILENT = (  # the page's cheapest
    "decline, never retrain",
    "decline, forget nothing",
    "- no stop below $30",
    "- sure: stop the card",
    "- sure: stop, report",
    "- the same, any amount",
)
ASKING = ("decline, ask", "hold, ask", "decline, ask, never retrain")
Fit = Callable[[Any, Any], Any]
OF_QUESTIONS = {"capacity", "question", "answers", "deceived"}
FORGETS = "decline, retrain weekly"
POLICIES = (*SILENT, *ASKING, FORGETS)
HEADER = (
    "| changed | best silent | decline, ask | saved | hold, ask | ask, frozen | "
    "leftovers | frauds in 1,000 |"
)


def simulation() -> dict[str, Any]:
    """Return what the page's cells define, up to the cell with the policies."""
    names: dict[str, Any] = {"mlsd": mlsd}
    for cell in PAGE.code:
        if "setup" not in cell.tags and "plt." not in cell.source:
            with contextlib.redirect_stdout(io.StringIO()):
                exec(compile(cell.source, str(cell), "exec"), names)
        if "POLICIES = {" in cell.source:
            return names
    raise ValueError(f"{PAGE.name} has no cell with POLICIES")


def weighted(model: Any, X: Any, y: Any, stands_for: int = 20) -> Any:
    """Fit a model; a genuine payment stands for those of which it was drawn."""
    return model.fit(X, y, sample_weight=np.where(y, 1, stands_for))


def one_in_four(X: Any, y: Any) -> Any:
    """Fit the page's tree, if one genuine payment in four is drawn for training."""
    tree = DecisionTreeClassifier(max_depth=7, min_samples_leaf=20, random_state=0)
    return weighted(tree, X, y, 4)


def forest(X: Any, y: Any) -> Any:
    """Fit a random forest."""
    model = RandomForestClassifier(
        15, max_depth=8, min_samples_leaf=10, max_features=4, random_state=0
    )
    return weighted(model, X, y)


# What differs: the world, the policies, the model.
ASSUMPTIONS: dict[str, tuple[dict[str, Any], dict[str, Any], Fit | None]] = {
    "nothing": ({}, {}, None),
    "30 % of payments at bad terminals are fraud": ({"at_terminal": 0.3}, {}, None),
    "fraudsters adapt on day 100": ({"adapts": 100}, {}, None),
    "a quarter": ({"volume": 0.25}, {}, None),
    "a tenth": ({"volume": 0.1}, {}, None),
    "chargebacks after 30 days": ({}, {"delay": 30}, None),
    "10 questions a day": ({}, {"capacity": 10}, None),
    "a question costs $10": ({}, {"question": 10.0}, None),
    "half of the asked answer": ({}, {"answers": 0.5}, None),
    "40 % of frauds are confirmed": ({}, {"deceived": 0.4}, None),
    "a wrong card stop costs nothing": ({}, {"wrong_stop": 0.0}, None),
    "a wrong card stop costs $20": ({}, {"wrong_stop": 20.0}, None),
    "a wrong card stop costs $140": ({}, {"wrong_stop": 140.0}, None),
    "random forest": ({}, {}, forest),
    "one genuine payment in four trains": ({"share": 0.25}, {}, one_in_four),
    "the same, a wrong card stop costs $20": (
        {"share": 0.25},
        {"wrong_stop": 20.0},
        one_in_four,
    ),
}


def world_of(page: dict[str, Any], changed: str, seed: int) -> Any:
    """Return a world under an assumption; the last one is kept."""
    of_world, kept = ASSUMPTIONS[changed][0], page.setdefault("kept world", {})
    if (key := (seed, str(of_world))) not in kept:
        kept.clear()
        kept[key] = page["make_world"](seed, **of_world)
    return kept[key]


def daily_cost(page: dict[str, Any], changed: str, policy: str, seed: int) -> float:
    """Return the dollars a day of one policy in one world, by the page's simulation."""
    _, of_policy, fit = ASSUMPTIONS[changed]
    if policy not in ASKING:  # what a question does changes nothing here
        of_policy = {k: v for k, v in of_policy.items() if k not in OF_QUESTIONS}
    chosen = page["replace"](page["POLICIES"][policy], **of_policy)
    price = 0.0
    if policy not in ASKING:  # nor does it look at the price: multiplied afterwards
        price, chosen = chosen.wrong_stop, page["replace"](chosen, wrong_stop=0.0)
    key = (policy, seed, str(ASSUMPTIONS[changed][0]), str(chosen), fit)
    known = page.setdefault("known costs", {})
    if key not in known:
        world = world_of(page, changed, seed)
        log = page["simulate"](world, chosen, fit or page["fit"])
        counts = world.day >= page["JUDGED"]
        wrong = log.wrong[counts].sum() / (page["N_DAYS"] - page["JUDGED"])
        known[key] = float(page["daily_cost"](world, log)), float(wrong)
    cost, wrong = known[key]
    return cost + price * wrong


def frauds(page: dict[str, Any], changed: str, seed: int) -> float:
    """Return the frauds in 1,000 payments of a world, if no card is ever stopped."""
    world = world_of(page, changed, seed)
    return 1000 * float((world.large | world.skimmed | world.stolen).mean())


def measure(page: dict[str, Any]) -> None:
    """Store what each policy costs in each world, and how much fraud there is."""
    found = []
    for changed in ASSUMPTIONS:
        for seed in WORLDS:
            one = {"changed": changed, "world": seed}
            one["frauds in 1,000"] = round(frauds(page, changed, seed), 3)
            for policy in POLICIES:
                one[policy] = round(daily_cost(page, changed, policy, seed), 3)
            found.append(one)
        print(f"measured: {changed}", flush=True)
        pd.DataFrame(found).to_csv(TABLE, index=False, lineterminator="\n")


def row(costs: pd.DataFrame) -> list[str]:
    """Return the numbers of one row of the table, from what each world costs."""
    silent = costs[list(SILENT)]
    best = str(silent.mean().idxmin())
    saved = mlsd.mean_of_repeats(
        (silent.min(axis=1) - costs[ASKING[0]]).to_numpy(), 0.9
    )
    extra = mlsd.mean_of_repeats((costs[FORGETS] - costs[SILENT[0]]).to_numpy(), 0.9)
    ask, hold, frozen = (f"{costs[policy].mean():.0f}" for policy in ASKING)
    cheapest = f"{silent[best].mean():.0f}"
    return [
        f"{best.strip('- ')} {cheapest}",
        ask,
        saved.text(0),
        hold,
        frozen,
        extra.text(0),
        f"{costs['frauds in 1,000'].mean():.1f}",
    ]


def main() -> None:
    """Measure and store, or only print, the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--print", action="store_true", help="print what is stored")
    if not parser.parse_args().print:
        measure(simulation())
    print(HEADER)
    print("| --- " * HEADER.count(" | ") + "| --- |")
    for name, costs in pd.read_csv(TABLE).groupby("changed", sort=False):
        print("|", " | ".join([str(name), *row(costs)]), "|")


if __name__ == "__main__":
    main()
