"""Build the book with warnings as errors, and say where its first page is."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def build() -> None:
    """Run jupyter-book; stop with its messages if it fails."""
    tool = Path(sys.executable).with_name("jupyter-book")
    command = [str(tool), "build", str(ROOT)]
    start = time.perf_counter()
    done = subprocess.run(
        [*command, "--all", "-W", "-n", "--keep-going"],
        # What the book adds to Sphinx is that of this checkout, whatever is installed.
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if done.returncode:
        print(done.stdout)
        sys.exit("The book was not built: see the warnings above.")
    page = ROOT / "_build" / "html" / "index.html"
    print(f"Built in {time.perf_counter() - start:.0f} s: {page.as_uri()}", flush=True)


if __name__ == "__main__":
    build()
