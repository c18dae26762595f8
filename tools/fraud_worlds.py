"""Print the table of assumptions of question 2: ``python -m tools.fraud_worlds``.

It runs the page's own simulation, taken from its cells, in six more worlds for each
changed assumption, and prints the Markdown table that stands in the page. It takes
about ten minutes.
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable
from typing import Any

import numpy as np
from sklearn.ensemble import RandomForestClassifier

import mlsd
from tools import catalogue

PAGE = catalogue.Page(catalogue.ROOT, "case_studies/q02_card_fraud")
WORLDS = range(40, 46)  # the page has other ones
SILENT = (  # the cheap ones of the page
    "decline, never retrain",
    "decline, forget nothing",
    "- unless half call",
    "- calls, forget nothing",
    "- no stop below $30",
)
ASKING = ("decline, ask", "hold, ask", "decline, ask, never retrain")
Fit = Callable[[Any, Any], Any]
OF_QUESTIONS = {"capacity", "question", "answers", "deceived"}
FORGETS = "decline, retrain weekly"
HEADER = (
    "| changed | best silent | decline, ask | saved | hold, ask | never retrain | "
    "leftovers |"
)


def simulation() -> dict[str, Any]:
    """Return what the page's cells define, up to the cell with the policies."""
    names: dict[str, Any] = {"mlsd": mlsd}
    for cell in PAGE.code:
        if {"setup", "hide-input"}.isdisjoint(cell.tags):
            with contextlib.redirect_stdout(io.StringIO()):
                exec(compile(cell.source, str(cell), "exec"), names)
        if "POLICIES = {" in cell.source:
            return names
    raise ValueError(f"{PAGE.name} has no cell with POLICIES")


def weighted(model: Any, X: Any, y: Any) -> Any:
    """Fit a model with the weights of the page: one genuine payment in twenty."""
    return model.fit(X, y, sample_weight=np.where(y, 1, 20))


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
    "a quarter, and 40 % are confirmed": ({"volume": 0.25}, {"deceived": 0.4}, None),
    "fraudsters adapt on day 100": ({"adapts": 100}, {}, None),
    "half the episodes of fraud": ({"volume": 0.5}, {}, None),
    "a quarter": ({"volume": 0.25}, {}, None),
    "a tenth": ({"volume": 0.1}, {}, None),
    "chargebacks after 30 days": ({}, {"delay": 30}, None),
    "10 questions a day": ({}, {"capacity": 10}, None),
    "a question costs $10": ({}, {"question": 10.0}, None),
    "half of the asked answer": ({}, {"answers": 0.5}, None),
    "40 % of frauds are confirmed": ({}, {"deceived": 0.4}, None),
    "random forest": ({}, {}, forest),
}


def daily_costs(
    page: dict[str, Any],
    name: str,
    of_world: dict[str, Any],
    of_policy: dict[str, Any],
    fit: Fit | None,
    known: dict[Any, list[float]] = {},  # noqa: B006, runs done before
) -> list[float]:
    """Return the dollars a day of one policy in each world."""
    if name not in ASKING:  # what a question does changes nothing here
        of_policy = {k: v for k, v in of_policy.items() if k not in OF_QUESTIONS}
    policy = page["replace"](page["POLICIES"][name], **of_policy)
    key = (policy, tuple(of_world.items()), fit)
    if key not in known:
        known[key] = []
        for seed in WORLDS:
            world = page["make_world"](seed, **of_world)
            log = page["simulate"](world, policy, fit or page["fit"])
            known[key].append(page["daily_cost"](world, log))
    return known[key]


def row(name: str, page: dict[str, Any]) -> str:
    """Return one row of the table."""
    of_world, of_policy, fit = ASSUMPTIONS[name]
    costs = {
        policy: daily_costs(page, policy, of_world, of_policy, fit)
        for policy in (*SILENT, *ASKING, FORGETS)
    }
    silent = np.array([costs[policy] for policy in SILENT])
    best = silent.mean(axis=1).argmin()
    saved = mlsd.mean_of_repeats(silent.min(axis=0) - np.array(costs[ASKING[0]]), 0.9)
    ask, hold, frozen = (np.mean(costs[policy]) for policy in ASKING)
    extra = np.array(costs[FORGETS]) - np.array(costs[SILENT[0]])
    harm = mlsd.mean_of_repeats(extra, 0.9).text(0)
    cheapest = f"{SILENT[best].strip('- ')} {silent.mean(axis=1)[best]:.0f}"
    return (
        f"| {name} | {cheapest} | {ask:.0f} | {saved.text(0)} | {hold:.0f} "
        f"| {frozen:.0f} | {harm} |"
    )


def rate(page: dict[str, Any], **of_world: Any) -> float:
    """Return the frauds in 1,000 payments, if no card is ever stopped."""
    found = []
    for seed in WORLDS:
        world = page["make_world"](seed, **of_world)
        found.append((world.large | world.skimmed | world.stolen).mean())
    return 1000 * float(np.mean(found))


def main() -> None:
    """Print the table."""
    page = simulation()
    print(HEADER)
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    for name in ASSUMPTIONS:
        print(row(name, page), flush=True)
    for volume in (1, 0.5, 0.25, 0.1):
        print(f"episodes x {volume}: {rate(page, volume=volume):.1f} frauds in 1,000")


if __name__ == "__main__":
    main()
