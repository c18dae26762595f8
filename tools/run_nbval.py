"""Re-run every notebook and compare its outputs with the stored ones (nbval, strict).

Notebooks run two at a time, each in its own process. Wall time and peak memory of
each are printed and held to the budgets. A notebook that was too slow is tried once
more alone, since the first time it shared the machine.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[1]
SECONDS = 60.0
MEBIBYTES = 1024.0
CELL_TIMEOUT = 180  # seconds


@dataclass
class Run:
    """What one notebook did."""

    name: str
    passed: bool
    seconds: float
    mebibytes: float
    output: str

    @property
    def within_budget(self) -> bool:
        """Whether time and memory are within the budgets."""
        return self.seconds <= SECONDS and self.mebibytes <= MEBIBYTES


def memory_of_children(process: psutil.Process) -> float:
    """Return the resident memory of the kernel and its children, in MiB."""
    total = 0
    for child in process.children(recursive=True):
        try:
            total += child.memory_info().rss
        except psutil.NoSuchProcess:
            continue
    return total / 2**20


def run(path: Path) -> Run:
    """Run nbval over one notebook, in a process of its own."""
    command = [sys.executable, "-m", "pytest", "--nbval", "--nbval-current-env"]
    command += [f"--nbval-cell-timeout={CELL_TIMEOUT}", "-p", "no:cacheprovider"]
    start = time.perf_counter()
    process = subprocess.Popen(
        [*command, "-q", "--tb=short", str(path)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    watched, peak = psutil.Process(process.pid), 0.0
    with ThreadPoolExecutor(1) as reader:
        output = reader.submit(process.communicate)
        while process.poll() is None:
            peak = max(peak, memory_of_children(watched))
            time.sleep(0.1)
        text = output.result()[0]
    seconds = time.perf_counter() - start
    return Run(path.stem, process.returncode == 0, seconds, peak, text)


def main() -> None:
    """Run the notebooks named on the command line, or all of them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("notebooks", nargs="*", type=Path)
    paths = parser.parse_args().notebooks or [
        *sorted(ROOT.glob("chapters/*.ipynb")),
        *sorted(ROOT.glob("case_studies/*.ipynb")),
    ]
    with ThreadPoolExecutor(min(2, os.cpu_count() or 1)) as pool:
        runs = list(pool.map(run, paths))
    for i, path in enumerate(paths):
        if runs[i].passed and runs[i].seconds > SECONDS:
            runs[i] = run(path)
    print(f"{'notebook':<32}{'seconds':>9}{'MiB':>8}   outputs")
    for r in runs:
        verdict = "as stored" if r.passed else "DIFFER"
        budget = "" if r.within_budget else "   OVER BUDGET"
        print(f"{r.name:<32}{r.seconds:>9.1f}{r.mebibytes:>8.0f}   {verdict}{budget}")
    failed = [r for r in runs if not (r.passed and r.within_budget)]
    for r in failed:
        print(f"\n--- {r.name}\n{r.output[-6000:]}")
    print(f"{len(runs) - len(failed)} passed, {len(failed)} failed")
    sys.exit(bool(failed))


if __name__ == "__main__":
    main()
