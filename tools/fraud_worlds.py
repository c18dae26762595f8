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
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier

import mlsd
from tools import catalogue

PAGE = catalogue.Page(catalogue.ROOT, "case_studies/q02_card_fraud")
WORLDS = range(40, 46)  # the page has other ones
SILENT = ("decline, never retrain", "decline, forget nothing", "- unless half call")
ASKING = ("ask, retrain weekly", "ask, never retrain")
Fit = Callable[[Any, Any], Any]
FORGETS = "decline, retrain weekly"
HEADER = (
    "| changed | best silent | ask, retrain | saved | ask, never | "
    "retraining on leftovers |"
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


def boosting(X: Any, y: Any) -> Any:
    """Fit gradient boosting."""
    model = HistGradientBoostingClassifier(
        max_iter=30, max_leaf_nodes=8, early_stopping=False, random_state=0
    )
    return weighted(model, X, y)


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
    "half as much fraud": ({"volume": 0.5}, {}, None),
    "chargebacks after 30 days": ({}, {"delay": 30}, None),
    "10 questions a day": ({}, {"capacity": 10}, None),
    "friction $30": ({}, {"friction": 30.0}, None),
    "a question costs $10": ({}, {"question": 10.0}, None),
    "half of the asked answer": ({}, {"answers": 0.5}, None),
    "20 % of frauds are confirmed": ({}, {"deceived": 0.2}, None),
    "boosting": ({}, {}, boosting),
    "random forest": ({}, {}, forest),
}


def row(name: str, page: dict[str, Any]) -> str:
    """Return one row of the table."""
    of_world, of_policy, fit = ASSUMPTIONS[name]
    costs: dict[str, list[float]] = {
        policy: [] for policy in (*SILENT, *ASKING, FORGETS)
    }
    for seed in WORLDS:
        world = page["make_world"](seed, **of_world)
        for policy, found in costs.items():
            changed = page["replace"](page["POLICIES"][policy], **of_policy)
            log = page["simulate"](world, changed, fit or page["fit"])
            found.append(page["daily_cost"](world, log))
    silent = np.array([costs[policy] for policy in SILENT])
    best = silent.mean(axis=1).argmin()
    saved = mlsd.mean_of_repeats(silent.min(axis=0) - np.array(costs[ASKING[0]]), 0.9)
    ask, frozen = (np.mean(costs[policy]) for policy in ASKING)
    extra = np.array(costs[FORGETS]) - np.array(costs[SILENT[0]])
    harm = mlsd.mean_of_repeats(extra, 0.9).text(0)
    cheapest = f"{SILENT[best].strip('- ')} {silent.mean(axis=1)[best]:.0f}"
    return (
        f"| {name} | {cheapest} | {ask:.0f} | {saved.text(0)} | {frozen:.0f} | {harm} |"
    )


def main() -> None:
    """Print the table."""
    page = simulation()
    print(HEADER)
    print("| --- | ---: | ---: | ---: | ---: | ---: |")
    for name in ASSUMPTIONS:
        print(row(name, page), flush=True)


if __name__ == "__main__":
    main()
