"""Re-run every notebook and compare its outputs with the stored ones (nbval, strict).

Behind its cells, in the same kernel, stand the exercises: see ``tools.answers``.
Notebooks run two at a time, each in its own process. Wall time and peak memory of each
are printed and held to the budgets. A notebook over a budget is tried once more
alone, since the first time it shared the machine. One that passed before is not run
again while it, `mlsd`, its data, its planted mistakes and the pinned requirements are
the same bytes; ``--fresh`` runs it all the same. The last lines say why a page failed.
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
    ended: int = 0
    repeated: bool = False

    @property
    def within_budget(self) -> bool:
        """Whether time and memory are within the budgets."""
        return self.seconds <= SECONDS and self.mebibytes <= MEBIBYTES

    @property
    def trouble(self) -> list[str]:
        """What kept it from passing, and what else should be known."""
        found = []
        if not self.passed:
            found.append("its outputs, or answers to its exercises, are not as stored")
        if self.seconds > SECONDS:
            found.append(f"it took {self.seconds:.1f} s of {SECONDS:.0f}")
        if self.mebibytes > MEBIBYTES:
            found.append(f"it held {self.mebibytes:.0f} MiB of {MEBIBYTES:.0f}")
        if self.passed and self.ended:
            found.append(f"all passed, then its process ended with {self.ended}")
        return found


def memory_of_children(process: psutil.Process, shared: bool = True) -> float:
    """Return the memory of a process's descendants, in MiB.

    If `shared`, what they share counts for each. If not, it counts once, where the
    system tells it (Linux: PSS), which takes time. Any of them, and the process itself,
    may end while it is looked at: then it counts as nothing.
    """
    total = 0
    try:
        children = process.children(recursive=True)
    except psutil.NoSuchProcess:
        return 0.0
    for child in children:
        try:
            memory = child.memory_info() if shared else child.memory_full_info()
            total += getattr(memory, "pss", memory.rss)
        except psutil.Error:
            continue
    return total / 2**20


def memory(process: psutil.Process) -> float:
    """Return the memory of a process's descendants, exactly if it is too much."""
    held = memory_of_children(process)
    return held if held <= MEBIBYTES else memory_of_children(process, shared=False)


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
        end, verdict = Path(scratch, "end"), Path(scratch, "verdict")
        start = time.monotonic()
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={
                **os.environ,
                "MLSD_END_OF_NOTEBOOK": str(end),
                "MLSD_VERDICT": str(verdict),
            },
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
                peak = max(peak, memory(watched) if watched else 0.0)
                time.sleep(0.1)
            text = output.result()[0]
        stop = float(end.read_text("utf-8")) if end.is_file() else time.monotonic()
        # pytest's own verdict: a library that dies while its process ends has none.
        passed = verdict.is_file() and verdict.read_text("utf-8") == "0"
    return Run(page.stem, passed, stop - start, peak, text, process.returncode)


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
        if runs[i].passed and not runs[i].within_budget:
            runs[i] = check(page, fresh=True)
    failed = [r for r in runs if not (r.passed and r.within_budget)]
    for r in failed:
        text = r.output
        cut = text if len(text) < 8000 else f"{text[:4000]}\n…\n{text[-4000:]}"
        print(f"--- {r.name}\n{cut}\n")
    print(f"{'notebook':<32}{'seconds':>9}{'MiB':>8}   outputs and exercises")
    for r in runs:
        verdict = "as stored" if r.passed else "DIFFER"
        verdict += " (passed before, on the same bytes)" if r.repeated else ""
        budget = "" if r.within_budget else "   OVER BUDGET"
        print(f"{r.name:<32}{r.seconds:>9.1f}{r.mebibytes:>8.0f}   {verdict}{budget}")
    for r in runs:
        for trouble in r.trouble:
            print(f"{r.name}: {trouble}")
    print(f"{len(runs) - len(failed)} passed, {len(failed)} failed")
    sys.exit(bool(failed))


if __name__ == "__main__":
    main()
