"""Re-run every notebook and compare its outputs with the stored ones (nbval, strict).

Behind its cells, in the same kernel, stand the exercises: see ``tools.answers``.
Notebooks run two at a time, each in its own process. Wall time and peak memory of each
are printed and held to the budgets. A notebook that was too slow is tried once more
alone, since the first time it shared the machine. One that passed before is not run
again while it, `mlsd`, its data, its planted mistakes and the pinned requirements are
the same bytes; ``--fresh`` runs it all the same.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

from tools import catalogue
from tools.catalogue import ROOT, Page

SECONDS = 60.0
MEBIBYTES = 1024.0
CELL_TIMEOUT = 180  # seconds
PASSED = ROOT / ".cache" / "passed"


@dataclass
class Run:
    """What one notebook did."""

    name: str
    passed: bool
    seconds: float
    mebibytes: float
    output: str
    repeated: bool = False

    @property
    def within_budget(self) -> bool:
        """Whether time and memory are within the budgets."""
        return self.seconds <= SECONDS and self.mebibytes <= MEBIBYTES


def memory_of_children(process: psutil.Process) -> float:
    """Return the resident memory of a process's descendants, in MiB.

    Any of them, and the process itself, may end while it is looked at: then what is
    gone counts as nothing.
    """
    total = 0
    try:
        children = process.children(recursive=True)
    except psutil.NoSuchProcess:
        return 0.0
    for child in children:
        try:
            total += child.memory_info().rss
        except psutil.NoSuchProcess:
            continue
    return total / 2**20


def digest(page: Page) -> str:
    """Return a fingerprint of all that decides whether a notebook passes."""
    paths = [ROOT / "teaching" / "wrong" / f"{page.stem}.py"]
    paths += [ROOT / "tools" / name for name in ("answers.py", "run_notebooks.py")]
    tools = catalogue.fingerprint(ROOT, [path for path in paths if path.is_file()])
    return f"{page.digest()} {tools} {sys.version}"


def remembered(page: Page) -> Run | None:
    """Return how a notebook passed before, if nothing has changed since."""
    try:
        stored = json.loads((PASSED / f"{page.stem}.json").read_text("utf-8"))
        return Run(**stored["run"]) if stored["digest"] == digest(page) else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def remember(page: Page, run: Run) -> None:
    """Store that a notebook passed, and on which bytes."""
    PASSED.mkdir(parents=True, exist_ok=True)
    content = {"digest": digest(page), "run": {**asdict(run), "repeated": True}}
    (PASSED / f"{page.stem}.json").write_text(json.dumps(content), "utf-8")


def run(page: Page) -> Run:
    """Run nbval over one notebook, in a process of its own."""
    command = [sys.executable, "-m", "pytest", "--nbval", "--nbval-current-env"]
    command += [f"--nbval-cell-timeout={CELL_TIMEOUT}", "-p", "no:cacheprovider"]
    command += ["-p", "tools.answers", "-q", "--tb=short", str(page.path)]
    with tempfile.TemporaryDirectory() as scratch:
        end = Path(scratch, "end")
        start = time.time()
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, "MLSD_END_OF_NOTEBOOK": str(end)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        try:
            watched, peak = psutil.Process(process.pid), 0.0
        except psutil.NoSuchProcess:
            watched, peak = None, 0.0
        with ThreadPoolExecutor(1) as reader:
            output = reader.submit(process.communicate)
            while process.poll() is None:
                peak = max(peak, memory_of_children(watched) if watched else 0.0)
                time.sleep(0.1)
            text = output.result()[0]
        stop = float(end.read_text("utf-8")) if end.is_file() else time.time()
    return Run(page.stem, process.returncode == 0, stop - start, peak, text)


def check(page: Page, fresh: bool = False) -> Run:
    """Run one notebook, unless it passed before on the same bytes."""
    before = None if fresh else remembered(page)
    done = before or run(page)
    if done.passed and done.within_budget:
        remember(page, done)
    return done


def main() -> None:
    """Run the notebooks named on the command line, or all of them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("notebooks", nargs="*", help="paths, names or numbers")
    parser.add_argument("--fresh", action="store_true", help="run every notebook")
    options = parser.parse_args()
    try:
        pages = [catalogue.find(name) for name in options.notebooks]
    except catalogue.UnknownPageError as problem:
        sys.exit(str(problem))
    pages = pages or catalogue.notebooks()
    with ThreadPoolExecutor(min(2, os.cpu_count() or 1)) as pool:
        runs = list(pool.map(lambda page: check(page, options.fresh), pages))
    for i, page in enumerate(pages):
        if runs[i].passed and runs[i].seconds > SECONDS:
            runs[i] = check(page, fresh=True)
    print(f"{'notebook':<32}{'seconds':>9}{'MiB':>8}   outputs and exercises")
    for r in runs:
        verdict = "as stored" if r.passed else "DIFFER"
        verdict += " (passed before, on the same bytes)" if r.repeated else ""
        budget = "" if r.within_budget else "   OVER BUDGET"
        print(f"{r.name:<32}{r.seconds:>9.1f}{r.mebibytes:>8.0f}   {verdict}{budget}")
    failed = [r for r in runs if not (r.passed and r.within_budget)]
    for r in failed:
        text = r.output
        cut = text if len(text) < 8000 else f"{text[:4000]}\n…\n{text[-4000:]}"
        print(f"\n--- {r.name}\n{cut}")
    print(f"{len(runs) - len(failed)} passed, {len(failed)} failed")
    sys.exit(bool(failed))


if __name__ == "__main__":
    main()
