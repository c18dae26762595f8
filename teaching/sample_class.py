"""Hand in for a class of eleven that was made up: ``make sample``.

Good, partial and wrong work, and every kind of broken submission, so that an
instructor sees what grading does before real work arrives, and the tests do too.
"""

from __future__ import annotations

import argparse
import copy
import re
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import nbformat

from teaching import markup
from teaching.wrong import Wrong, wrong_answers
from tools import catalogue

LOOP = """
    while True:
        try:
            while True:
                pass
        except KeyboardInterrupt:
            pass
"""
Notebook = nbformat.NotebookNode


def solutions(page: Path) -> dict[str, str]:
    """Return the starting points of a chapter, completed by its solutions."""
    cells, markers = nbformat.read(page, as_version=4).cells, "### (BEGIN|END) SOLUTION"
    return {
        cell.metadata.nbgrader.grade_id: re.sub(
            rf"(?m)^ *{markers}\n?", "", markup.merge(cell.source, cells[i + 1].source)
        )
        for i, cell in enumerate(cells)
        if "starter" in markup.tags(cell)
    }


class Student:
    """One made-up student at work on a released notebook."""

    def __init__(
        self, release: Notebook, right: dict[str, str], wrong: dict[str, list[Wrong]]
    ) -> None:
        self.notebook = copy.deepcopy(release)
        self.right, self.wrong = right, wrong
        self.starters = [self.cell(gid).source for gid in right]

    def cell(self, grade_id: str) -> Notebook:
        """Return a cell by its identifier."""
        return next(
            c
            for c in self.notebook.cells
            if c.metadata.get("nbgrader", {}).get("grade_id") == grade_id
        )

    def answer(self, *numbers: int) -> None:
        """Answer some exercises rightly, counted from zero; all without numbers."""
        ids = list(self.right)
        for gid in [ids[n] for n in numbers] if numbers else ids:
            self.cell(gid).source = self.right[gid]

    def write(self, number: int, source: str) -> None:
        """Put any code into the cell of an exercise."""
        self.cell(list(self.right)[number]).source = source

    def starter(self, number: int, body: str) -> str:
        """Return an exercise's starting point with another body."""
        lines = self.starters[number].splitlines()
        kept = [line for line in lines if "NotImplementedError" not in line]
        return "\n".join(kept) + "\n" + body

    def delete(self, grade_id: str) -> None:
        """Delete a cell."""
        self.notebook.cells.remove(self.cell(grade_id))


def ada(s: Student) -> None:
    """Solve everything and answer the open question."""
    s.answer()
    s.notebook.cells[-2].source = "Costs first: a missing loaf loses its margin."


def ben(s: Student) -> None:
    """Solve the second exercise only."""
    s.answer(1)


def cleo(s: Student) -> None:
    """Hand in the starting points as they are."""


def dev(s: Student) -> None:
    """Give wrong answers that run."""
    for n, gid in enumerate(s.right):
        s.write(n, s.wrong[gid][0].code)


def eve(s: Student) -> None:
    """Kill the kernel in the first exercise; solve the others."""
    s.answer()
    s.write(0, s.starter(0, "    import os\n\n    os._exit(1)\n"))


def fay(s: Student) -> None:
    """Run forever in the second exercise, and ignore interrupts."""
    s.answer()
    s.write(1, s.starter(1, LOOP))


def gus(s: Student) -> None:
    """Delete the checks of the first exercise, the answer of the second."""
    s.answer()
    first, second = list(s.right)[:2]
    s.delete(f"{first}-check")
    s.delete(second)


def hal(s: Student) -> None:
    """Print a gigabyte in the second exercise."""
    s.answer()
    s.write(
        1, s.starter(1, "    for _ in range(1_000_000):\n        print('x' * 999)\n")
    )


def jon(s: Student) -> None:
    """Solve everything, lose the metadata, and rewrite the checks."""
    s.answer()
    for cell in s.notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade") and cell.cell_type == "code":
            cell.source = "print('all checks passed')"
        else:
            cell.metadata = nbformat.from_dict({})


CLASS: dict[str, Callable[[Student], None]] = {
    f.__name__: f for f in (ada, ben, cleo, dev, eve, fay, gus, hal, jon)
}


def main() -> None:
    """Write the submissions of the sample class."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--course", type=Path, default=Path("course"))
    parser.add_argument("--submissions", type=Path, default=Path("submissions"))
    options = parser.parse_args()
    found = sorted(options.course.glob("release/*/*.ipynb"))
    chapters = [path for path in found if not path.stem.startswith("q")]
    if not chapters:
        sys.exit('No chapter was assigned: run make assignment CHAPTERS="5" first.')
    for path in chapters:
        release = nbformat.read(path, as_version=4)
        right = solutions(catalogue.find(path.stem).path)
        for name, work in CLASS.items():
            student = Student(release, right, wrong_answers(path.stem))
            work(student)
            folder = options.submissions / name
            folder.mkdir(parents=True, exist_ok=True)
            nbformat.write(student.notebook, folder / path.name)
        folder = options.submissions / "ivy"  # who hands in something else
        folder.mkdir(parents=True, exist_ok=True)
        (folder / path.name).write_text("Dear teacher, my notebook is attached.\n")
    (options.submissions / "kim").mkdir(exist_ok=True)  # who hands in nothing
    shutil.rmtree(options.course / "submitted", ignore_errors=True)
    print(f"Eleven made-up students handed in: {options.submissions}")


if __name__ == "__main__":
    main()
