"""Run pages in a browser and say what came out: ``python -m inpage.measure 7 q18``.

For each page: the seconds to start Python and to run the page, the processor's seconds
for the same cells in the browser and natively, the memory of the module, and which
cells show another text than the stored one. ``--write`` keeps the figures in
``measured.json``, from which a page's bar says what running it costs.
"""

from __future__ import annotations

import argparse
import functools
import http.server
import json
import os
import resource
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tools import catalogue
from tools.catalogue import ROOT, Page

HTML = ROOT / "_build" / "html"
MEASURED = ROOT / "inpage" / "measured.json"
LIMIT = 900_000  # milliseconds for a page
BAR = ".inpage-bar"
# What each cell shows, without what says where it is from.
SHOWN = """() => [...document.querySelectorAll("article div.cell:has(.cell_input pre)")]
  .map((cell) => {
    const output = cell.querySelector(".cell_output");
    const copy = output?.cloneNode(true);
    copy?.querySelectorAll("style, .copybtn").forEach((part) => part.remove());
    return {
      text: (copy?.textContent ?? "").replace(/\\s+/g, " ").trim(),
      figures: copy?.querySelectorAll("img").length ?? 0,
      claims: [...(copy?.querySelectorAll(".mlsd-claim") ?? [])].map((c) => c.id),
      broken: copy?.querySelectorAll(".inpage-broken").length ?? 0,
      state: cell.dataset.inpage ?? "stored",
      varies: cell.classList.contains("tag_nbval-ignore-output"),
    };
  })"""


def squeezed(text: str) -> str:
    """Return a text without its spaces, which depend on how HTML is written."""
    return "".join(text.split())


@dataclass
class Outcome:
    """What a run of a page in a browser gave."""

    result: str
    says: str
    boot: float = 0.0
    seconds: float = 0.0
    memory: int = 0
    stored: list[dict[str, Any]] = field(default_factory=list)
    shown: list[dict[str, Any]] = field(default_factory=list)

    def different(self) -> list[int]:
        """Return the cells, from 1, whose text or number of figures is another one."""
        pairs = zip(self.stored, self.shown, strict=True)
        return [
            i
            for i, (old, new) in enumerate(pairs, 1)
            if not old["varies"] and new["state"] not in ("skipped", "part")
            if (squeezed(old["text"]), old["figures"])
            != (squeezed(new["text"]), new["figures"])
        ]

    def states(self, name: str) -> list[int]:
        """Return the cells, from 1, that are in a state."""
        return [i for i, cell in enumerate(self.shown, 1) if cell["state"] == name]

    def lost_claims(self) -> list[str]:
        """Return the claims that were stored and that the run did not show."""
        known = {c for cell in self.shown for c in cell["claims"]}
        return [c for cell in self.stored for c in cell["claims"] if c not in known]


def chromium(playwright: Any) -> Any:
    """Return a browser."""
    arguments = ["--no-sandbox", "--disable-gpu"]
    program = shutil.which("chromium")
    return playwright.chromium.launch(executable_path=program, args=arguments)


def wait_for_end(tab: Any) -> Outcome:
    """Wait until the run of a page ends; return what it says and shows."""
    tab.wait_for_selector(f"{BAR}[data-result]", timeout=LIMIT)
    data = tab.locator(BAR).evaluate("bar => ({...bar.dataset})")
    says = tab.locator(f"{BAR} [role=status]").inner_text()
    return Outcome(
        data["result"],
        says,
        float(data.get("boot") or "nan"),
        float(data["seconds"]),
        int(float(data.get("memory") or 0)),
        shown=tab.evaluate(SHOWN),
    )


def run_page(tab: Any, address: str, document: str) -> Outcome:
    """Open a page and run all of it."""
    tab.goto(f"{address}/{document}.html")
    stored = tab.evaluate(SHOWN)
    tab.get_by_role("button", name="Run this page").click()
    outcome = wait_for_end(tab)
    outcome.stored = stored
    return outcome


# --- measuring -----------------------------------------------------------------------


def descendants(process: int) -> Iterator[int]:
    """Yield the processes that a process has started, directly or not."""
    parents: dict[int, list[int]] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        parents.setdefault(int(fields[1]), []).append(int(folder.name))
    due = [process]
    while due:
        children = parents.get(due.pop(), [])
        due += children
        yield from children


def processor_seconds() -> float:
    """Return the processor's seconds of all processes that this one has started."""
    total = 0
    for process in descendants(os.getpid()):
        try:
            stat = Path(f"/proc/{process}/stat").read_text()
        except OSError:
            continue
        total += sum(map(int, stat.rsplit(")", 1)[1].split()[11:13]))
    return total / os.sysconf("SC_CLK_TCK")


NATIVELY = """
import json, sys
from inpage import cells
cells.install()
for number, source in enumerate(json.load(sys.stdin), 1):
    if cells.NOTEBOOK.run(number, source)["failed"]:
        sys.exit(str(cells.NOTEBOOK.outputs[-1]))
"""


def natively(page: Page) -> float:
    """Return the processor's seconds of the same cells without a browser."""
    visible = [c.source for c in page.code if "remove-cell" not in c.tags]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-c", NATIVELY]
    text = json.dumps(visible)
    subprocess.run(command, cwd=ROOT, input=text, text=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves the book and says nothing."""

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@contextmanager
def served() -> Iterator[str]:
    """Serve the built book on this machine; yield its address."""
    handler = functools.partial(Quiet, directory=str(HTML))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def measure(browser: Any, address: str, page: Page, *, native: bool) -> dict[str, Any]:
    """Run a page in a browser of its own; return its figures, and print them."""
    with browser.new_context() as context:
        tab, before = context.new_page(), processor_seconds()
        outcome = run_page(tab, address, page.document)
        used = processor_seconds() - before
    different = outcome.different()
    figures: dict[str, Any] = {
        "seconds": round(used),
        "memory": round(outcome.memory / 1e6),
        "differs": bool(different),
    }
    said = {
        "result": outcome.result,
        "boot": round(outcome.boot, 1),
        "wall": round(outcome.seconds),
        "native": round(natively(page)) if native else None,
        "same": len(outcome.shown) - len(different),
        "different": different,
        "skipped": outcome.states("skipped") + outcome.states("part"),
        "lost claims": outcome.lost_claims(),
    }
    print(page.document, {**figures, **said}, flush=True)
    if outcome.result != "done":
        failed = [c["text"] for c in outcome.shown if c["state"] == "failed"]
        print(outcome.says, *failed)
    for i in different:
        old, new = outcome.stored[i - 1]["text"], outcome.shown[i - 1]["text"]
        start = max(0, len(os.path.commonprefix([old, new])) - 40)
        print(f"  cell {i}: {old[start : start + 80]!r}")
        print(f"      now {new[start : start + 80]!r}", flush=True)
    return figures if outcome.result == "done" else {}


def main() -> None:
    """Measure the pages named, or all of them."""
    from playwright.sync_api import sync_playwright

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pages", nargs="*", help="as in 7 or q18")
    parser.add_argument("--write", action="store_true", help="keep the figures")
    parser.add_argument("--native", action="store_true", help="run natively, too")
    options = parser.parse_args()
    pages = [catalogue.find(n) for n in options.pages] or catalogue.notebooks()
    with served() as address, sync_playwright() as playwright:
        for page in pages:
            start = time.perf_counter()
            browser = chromium(playwright)
            figures = measure(browser, address, page, native=options.native)
            browser.close()
            if options.write and figures:
                kept = json.loads(MEASURED.read_text("utf-8"))
                kept = dict(sorted({**kept, page.document: figures}.items()))
                rows = (f" {json.dumps(k)}: {json.dumps(v)}" for k, v in kept.items())
                MEASURED.write_text("{\n" + ",\n".join(rows) + "\n}\n", "utf-8")
            print(f"  {time.perf_counter() - start:.0f} s", flush=True)


if __name__ == "__main__":
    main()
