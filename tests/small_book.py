"""A small book for tests: this project with one chapter, one case study, one data set.

The files in ``tests/fixture`` are what somebody would add, no more. `add_pages` puts
them into a copy of the project; `small_book` also takes the real notebooks out, so that
faults can be planted, and whole books built and graded, in seconds.
"""

import re
import shutil
import subprocess
import sys
from pathlib import Path

from tools import catalogue

ROOT = Path(__file__).resolve().parents[1]
FIXTURE = ROOT / "tests" / "fixture"
CHAPTER = "chapters/08_dice.ipynb"
CASE = "case_studies/q01_dice.ipynb"
LEFT_OUT = shutil.ignore_patterns(
    ".git", ".venv*", "_build", "_generated", ".cache", "__pycache__", ".*_cache",
    "*.egg-info", "dist", "course", "submissions", "fixture",
)  # fmt: skip


def run(folder, *command, **environment):
    """Run a module or a program in a copy, with the copy's own packages."""
    import os

    return subprocess.run(
        [sys.executable, *map(str, command)],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder), **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def copy_of_project(folder):
    """Copy the checkout, without what is made from it."""
    return Path(shutil.copytree(ROOT, folder, ignore=LEFT_OUT))


def add_pages(copy):
    """Add the three pages by the files that their authors would touch."""
    for path in FIXTURE.rglob("*"):
        if path.is_file() and "__pycache__" not in path.parts:
            target = copy / path.relative_to(FIXTURE)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, target)
    toc = copy / "_toc.yml"
    text = toc.read_text("utf-8")
    for after, name in (
        ("chapters/part_2_first_evidence", CHAPTER),
        ("questions", CASE),
        ("datasets/index", "datasets/dice"),
    ):
        line = f"      - file: {after}\n"
        assert text.count(line) == 1, f"_toc.yml has not one line {line!r}"
        text = text.replace(
            line, f"{line}      - file: {name.removesuffix('.ipynb')}\n"
        )
    toc.write_text(text, "utf-8")
    done = run(copy, "-m", "tools.data", "dice")
    assert done.returncode == 0, done.stdout


def small_book(folder):
    """Return a copy of the project whose only notebooks are those of the fixture."""
    copy = copy_of_project(folder)
    text = (copy / "_toc.yml").read_text("utf-8")
    for page in catalogue.notebooks(ROOT):
        text = re.sub(rf"(?m)^ *- file: {page.document}\n", "", text)
        (copy / page.name).unlink()
        (copy / "teaching" / "wrong" / f"{page.stem}.py").unlink(missing_ok=True)
        for plain in copy.glob("*.md"):  # what led to it leads to the fixture's
            linked = plain.read_text("utf-8")
            kept = linked.replace(page.document, CHAPTER.removesuffix(".ipynb"))
            plain.write_text(kept, "utf-8")
    # The reading room and the map lead to real chapters; whatever led there goes on.
    for page in [p for p in catalogue.pages(ROOT) if p.document.startswith("reading/")]:
        text = re.sub(rf"(?m)^ *- file: {page.document}\n", "", text)
        (copy / page.name).unlink()
        for plain in copy.glob("*.md"):
            linked = plain.read_text("utf-8")
            plain.write_text(linked.replace(page.name, "how_to.md"), "utf-8")
    text = re.sub(r"(?m)^ *- caption: .*\n *chapters:\n(?= *- caption)", "", text)
    (copy / "_toc.yml").write_text(text, "utf-8")
    add_pages(copy)
    return copy
