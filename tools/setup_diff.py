"""Set up git in this checkout so that it shows changes of notebooks cell by cell.

nbdime gets an environment of its own, .venv-diff, and is entered in .git only: nobody
who merely reads or builds the book installs it, and no other checkout is changed.
``--undo`` takes the entries out again.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
NBDIME = "nbdime==4.0.4"
ENVIRONMENT = ROOT / ".venv-diff"
DRIVER = "notebook"
ATTRIBUTE = f"*.ipynb diff={DRIVER}"
# Identifiers follow from the content, numbers of runs from the order: both say nothing.
OPTIONS = "--ignore-id --ignore-details"


def git(*arguments: str, check: bool = True) -> str:
    """Return what git prints."""
    command = ["git", *arguments]
    done = subprocess.run(
        command, cwd=ROOT, check=check, stdout=subprocess.PIPE, text=True
    )
    return done.stdout.strip()


def set_attribute(wanted: bool) -> None:
    """Enter the attribute in .git/info/attributes, or take it out."""
    path = ROOT / git("rev-parse", "--git-path", "info/attributes")
    lines = path.read_text("utf-8").splitlines() if path.exists() else []
    lines = [line for line in lines if line != ATTRIBUTE] + [ATTRIBUTE] * wanted
    path.parent.mkdir(exist_ok=True)
    path.write_text("".join(f"{line}\n" for line in lines), "utf-8")


def main() -> None:
    """Install nbdime and enter it in git, or undo that."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--undo", action="store_true")
    if parser.parse_args().undo:
        set_attribute(False)
        git("config", "--remove-section", f"diff.{DRIVER}", check=False)
        shutil.rmtree(ENVIRONMENT, ignore_errors=True)
        print("git shows notebooks as plain text again.")
        return
    subprocess.run([sys.executable, "-m", "venv", str(ENVIRONMENT)], check=True)
    install = [str(ENVIRONMENT / "bin" / "python"), "-m", "pip", "install", "--quiet"]
    subprocess.run([*install, NBDIME], check=True)
    program = ENVIRONMENT / "bin" / "git-nbdiffdriver"
    git("config", f"diff.{DRIVER}.command", f'"{program}" diff {OPTIONS}')
    set_attribute(True)
    print(
        "`git diff` and `git log -p --ext-diff` now show notebooks cell by cell.\n"
        "With figures side by side, in the browser: .venv-diff/bin/nbdiff-web"
    )


if __name__ == "__main__":
    main()
