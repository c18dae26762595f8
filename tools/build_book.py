"""Build the book with warnings as errors, and say where its first page is."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

from _ext import downloads, runnable
from tools.catalogue import ROOT

HTML = ROOT / "_build" / "html"


def build() -> None:
    """Run jupyter-book; stop with its messages if it fails."""
    tool = Path(sys.executable).with_name("jupyter-book")
    made_from = downloads.digest(ROOT)
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
    downloads.note(ROOT, "html", made_from)
    seconds = time.perf_counter() - start
    print(f"Built in {seconds:.0f} s: {(HTML / 'index.html').as_uri()}", flush=True)


def main() -> None:
    """Build the pages; or, if those of these very sources are there, leave them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--if-changed", action="store_true", help="unless they were built already"
    )
    wanted = parser.parse_args().if_changed
    built = downloads.notes(ROOT).get("html") == downloads.digest(ROOT)
    if wanted and built and (HTML / "index.html").is_file():
        downloads.publish(ROOT, HTML)
        runnable.publish(ROOT, HTML)
        print(f"Built already: {(HTML / 'index.html').as_uri()}", flush=True)
    else:
        build()


if __name__ == "__main__":
    main()
