"""Run everything that guards the book, and stop at the first step that fails.

``make test`` checks the book with the pinned libraries. ``make test-landing``, which a
change must pass before it lands, adds the formats, Colab's versions, the teaching tools
and Binder's environment. ``make test-all`` leaves nothing out. At the end stand the
seconds of every step, and one line for each thing that this run did not check.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from dataclasses import dataclass

from tools.catalogue import ROOT

THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
LEVELS = ("test", "landing", "all")
LIMIT = 30 * 60  # seconds for a step; one that takes longer hangs
TEACHING = os.environ.get("MLSD_TEACH", str(ROOT / ".venv-teach"))


@dataclass(frozen=True)
class Step:
    """One step: what it checks, and its command on each level that runs it.

    A level without a command of its own takes that of the level before it.
    """

    what: str
    commands: dict[str, str]
    alone: str  # the command by which a person runs this step

    def command(self, level: str) -> str | None:
        """Return the command on this level; None if the level leaves the step out."""
        passed = LEVELS[: LEVELS.index(level) + 1]
        known = [self.commands[name] for name in passed if name in self.commands]
        return known[-1] if known else None


STEPS = (
    Step(
        "the pages, and the book as PDF, EPUB and zip",
        {"test": "-m tools.build_book --if-changed",
         "landing": "-m formats.build site"},
        "make site",
    ),
    Step("form of the code", {"test": "-m ruff check ."}, "ruff check ."),
    Step("layout of the code", {"test": "-m ruff format --check ."}, "ruff format ."),
    Step("types", {"test": "-m mypy"}, "mypy"),
    Step(
        "data, package, notebooks, pages, formats",
        {
            "test": "-m pytest tests -n 2 --dist loadfile",
            "all": "-m pytest tests -n 2 --dist loadfile --full",
        },
        "pytest tests",
    ),
    Step(
        "every notebook again, as stored, and its exercises",
        {"test": "-m tools.run_notebooks", "all": "-m tools.run_notebooks --fresh"},
        "python -m tools.run_notebooks",
    ),
    Step(
        "claims in Colab's versions, the oldest supported",
        {"landing": "-m tools.check_claims oldest",
         "all": "-m tools.check_claims oldest --full"},
        "make test-oldest",
    ),
    Step(
        "assignments without answers, a graded class",
        {"landing": "-m pytest tests/teaching",
         "all": "-m pytest tests/teaching --full"},
        "make test-teaching",
    ),
    Step(
        "notebooks in Binder's environment, in a browser",
        {"landing": "-m tools.check_binder", "all": "-m tools.check_binder --all"},
        "make test-binder",
    ),
    Step(
        "claims with the newest releases, on every Python found",
        {"all": "-m tools.check_claims latest"},
        "make test-latest",
    ),
)  # fmt: skip


def run(command: str) -> tuple[int, float]:
    """Run a step; return its exit code and its seconds."""
    environment = {**os.environ, **dict.fromkeys(THREADS, "1")}
    if "tests/teaching" in command:
        environment["MLSD_TEACH"] = TEACHING
    start = time.perf_counter()
    step = [sys.executable, *command.split()]
    try:
        code = subprocess.run(step, cwd=ROOT, env=environment, timeout=LIMIT).returncode
    except subprocess.TimeoutExpired:
        print(f"Stopped after {LIMIT} s: something in this step hangs.", flush=True)
        code = 1
    return code, time.perf_counter() - start


def main() -> None:
    """Run the steps of a level one after the other, and print the table of times."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("level", nargs="?", default="test", choices=LEVELS)
    level = parser.parse_args().level
    times: list[tuple[str, float]] = []
    failed = ""
    for step in STEPS:
        command = step.command(level)
        if command is None:
            continue
        print(f"\n=== {step.what}", flush=True)
        code, seconds = run(command)
        times.append((step.what, seconds))
        if code:
            failed = f"This step failed: {step.what} ({step.alone})"
            break
    print(f"\n{'step':<64}{'seconds':>8}")
    for what, seconds in [*times, ("total", sum(s for _, s in times))]:
        print(f"{what:<64}{seconds:>8.0f}")
    left = [s for s in STEPS if level != "all" and s.command(level) is None]
    for step in left:
        print(f"Not checked here: {step.what}. Run: {step.alone}")
    if level != "all":
        print("Not checked here: what a step leaves to a full run. Run: make test-all")
    sys.exit(failed or 0)


if __name__ == "__main__":
    main()
