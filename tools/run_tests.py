"""Run everything that guards the book, and stop at the first step that fails."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
STEPS = (
    "tools/build_book.py",
    "-m ruff check .",
    "-m ruff format --check .",
    "-m mypy",
    "-m pytest tests",
    "tools/run_nbval.py",
)


def main() -> None:
    """Run the steps one after the other."""
    environment = {**os.environ, **dict.fromkeys(THREADS, "1")}
    for step in STEPS:
        print(f"\n=== {step.removeprefix('-m ')}", flush=True)
        done = subprocess.run(
            [sys.executable, *step.split()], cwd=ROOT, env=environment
        )
        if done.returncode:
            sys.exit(f"This step failed: {step.removeprefix('-m ')}")


if __name__ == "__main__":
    main()
