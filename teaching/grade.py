"""Grade a folder of submissions: ``make grade``.

Each student has a folder with the notebooks handed in. What the student wrote is put
into the released notebook, by the identifiers of the cells, so that a cell which was
deleted or changed by mistake costs no more than itself. Then nbgrader runs and grades
it, in a process of its own with bounds on time, memory and output. Whatever happens
to one submission, the others are graded, and each gets one clear line.

Submissions are other people's code. See *Teaching with this book* for how to run this
where it can do no harm.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import copy
import csv
import html
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from nbgrader.api import Gradebook, MissingEntry

from teaching.assignment import environment

MOST_MEGABYTES = 20
SECONDS = int(os.environ.get("MLSD_SUBMISSION_SECONDS", "900"))
ARCHIVES = (".zip", ".gz", ".tar", ".7z", ".rar")
NOT_WRITTEN = "Write your solution here."
ANSI = re.compile(r"\x1b\[[0-9;]*m")


@dataclass
class Result:
    """What became of one notebook of one student."""

    student: str
    assignment: str
    points: float = 0.0
    possible: float = 0.0
    waiting: float = 0.0
    seconds: float = 0.0
    problems: list[str] = field(default_factory=list)
    exercises: list[tuple[str, float | None, float, str]] = field(default_factory=list)


class UnusableError(Exception):
    """The submission cannot be graded at all; the message says why."""


def grade_id(cell: nbformat.NotebookNode) -> str:
    """Return nbgrader's identifier of a cell, or an empty string."""
    known = cell.get("metadata", {}).get("nbgrader", {})
    return str(known.get("grade_id", "")) if isinstance(known, dict) else ""


def is_answer(cell: nbformat.NotebookNode) -> bool:
    """Whether a student writes into this cell."""
    return bool(cell.metadata.get("nbgrader", {}).get("solution"))


def read(path: Path) -> nbformat.NotebookNode:
    """Read a submitted notebook.

    Raises
    ------
    UnusableError
        If it is missing, too large, or no notebook.
    """
    if not path.is_file():
        raise UnusableError(f"{path.name} was not handed in.")
    size = path.stat().st_size / 1e6
    if size > MOST_MEGABYTES:
        raise UnusableError(
            f"{path.name} has {size:,.0f} MB, more than {MOST_MEGABYTES}: clear its "
            "outputs and hand it in again."
        )
    try:
        content = json.loads(path.read_text("utf-8"))
        notebook = nbformat.reads(json.dumps(content), as_version=4)
        for cell in notebook.cells:
            cell.source, cell.metadata  # noqa: B018  (every cell has both)
    except (ValueError, AttributeError, KeyError, TypeError, RecursionError):
        raise UnusableError(f"{path.name} is not a notebook.") from None
    except Exception as problem:  # nbformat has errors of its own
        raise UnusableError(f"{path.name} is not a notebook: {problem}.") from None
    return notebook


def functions(source: str) -> set[str]:
    """Return the names of the functions that a cell defines; none if it has errors."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return set(re.findall(r"(?m)^def (\w+)", source))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def put_in_place(
    release: nbformat.NotebookNode, submitted: nbformat.NotebookNode
) -> tuple[nbformat.NotebookNode, list[str]]:
    """Return the release with the student's answers and own cells; and what was odd.

    An answer is found by its identifier or, where a program has dropped the metadata,
    by the function that it defines. The student's own cells keep their places.
    """
    odd: list[str] = []
    ours = {grade_id(cell): cell for cell in release.cells if grade_id(cell)}
    texts = {cell.source for cell in release.cells}
    found: dict[str, str] = {}
    own: dict[str, list[nbformat.NotebookNode]] = {}
    wanted = {
        name: gid
        for gid, cell in ours.items()
        if cell.cell_type == "code" and cell.metadata.nbgrader.solution
        for name in functions(cell.source)
    }
    last = "book-header"
    for cell in submitted.cells:
        gid = grade_id(cell)
        if gid in found:
            gid = ""  # a copy of a cell: the student's own
        if gid not in ours:
            names = functions(cell.source) & wanted.keys()
            known = {wanted[n] for n in names} - found.keys()
            by_id = {grade_id(c) for c in submitted.cells}
            gid = next((g for g in sorted(known) if g not in by_id), "")
        if gid:
            found[gid], last = cell.source, gid
        elif cell.cell_type == "code" and cell.source.strip() not in texts:
            mine = nbformat.v4.new_code_cell(cell.source)
            own.setdefault(last, []).append(mine)
    cells = []
    for cell in release.cells:
        gid = grade_id(cell)
        if gid and cell.metadata.nbgrader.solution:
            if gid in found:
                cell.source = found[gid]
            else:
                odd.append(f"The answer cell of {label(gid)} is missing.")
        elif gid in found and cell.cell_type == "code" and found[gid] != cell.source:
            if "-check" in gid or "-hidden" in gid:
                odd.append(f"The checks of {label(gid)} were changed, and put back.")
        elif gid.endswith("-check") and gid not in found:
            odd.append(f"The checks of {label(gid)} were deleted, and put back.")
        cells += [cell, *own.pop(gid, [])] if gid else [cell]
    release.cells = cells
    return release, list(dict.fromkeys(odd))


def label(gid: str) -> str:
    """Return the name of an exercise as the book writes it."""
    if found := re.match(r"ex-(\d+)-(\d+)", gid):
        return f"exercise {found[1]}.{found[2]}"
    return gid.split("-", 1)[-1].replace("-", " ")


def run_bounded(command: list[str], course: Path, seconds: int) -> str | None:
    """Run a command with a time limit; return what went wrong, in one line."""
    process = subprocess.Popen(
        command,
        cwd=course,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,
    )
    try:
        output, _ = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        with contextlib.suppress(ProcessLookupError):  # it ended just now
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        return f"Grading was stopped after {seconds} s."
    if process.returncode:
        lines = [line for line in ANSI.sub("", output).splitlines() if line.strip()]
        return f"nbgrader could not grade it: {lines[-1][:300] if lines else 'no word'}"
    return None


def name_of(folder: Path) -> str:
    """Return a student's name as nbgrader allows it."""
    return re.sub(r"[^\w.@-]", "_", folder.name)


def enrol(course: Path, folders: list[Path]) -> None:
    """Enter all students into the grade book, before several are graded at a time."""
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}", "mlsd") as book:
        for folder in folders:
            book.update_or_create_student(name_of(folder))


def grade_one(course: Path, folder: Path, assignment: str) -> Result:
    """Grade one notebook of one student."""
    student = name_of(folder)
    result, start = Result(student, assignment), time.perf_counter()
    release = nbformat.read(
        course / "release" / assignment / f"{assignment}.ipynb", as_version=4
    )
    graded = [c for c in release.cells if c.metadata.get("nbgrader", {}).get("grade")]
    for cell in graded:
        value = float(cell.metadata.nbgrader.points)
        result.possible += value
    place = course / "submitted" / student / assignment
    for stage in ("submitted", "autograded", "feedback"):
        shutil.rmtree(course / stage / student / assignment, ignore_errors=True)
    try:
        answers = [grade_id(c) for c in release.cells if is_answer(c)]
        path = choose(folder, assignment, answers)
        submitted = read(path)
        notebook, result.problems = put_in_place(copy.deepcopy(release), submitted)
        if not path.name.startswith(assignment):
            result.problems.append(f"{path.name} was taken for this page.")
        place.mkdir(parents=True)
        nbformat.write(notebook, place / f"{assignment}.ipynb")
        tool = [sys.executable, "-m", "nbgrader"]
        which = [assignment, "--student", student, "--force"]
        for _ in range(2):  # once more, should the grade book have been in use
            problem = run_bounded([*tool, "autograde", *which], course, SECONDS)
            if problem is None or "stopped" in problem:
                break
        if problem:
            raise UnusableError(problem)
        read_points(course, result, graded)
        problem = run_bounded([*tool, "generate_feedback", *which], course, 120)
        if problem:
            result.problems.append(f"There is no feedback page: {problem}")
    except UnusableError as problem:
        result.points = 0.0
        result.problems = [str(problem)]
        result.exercises = [
            (grade_id(c), 0.0, float(c.metadata.nbgrader.points), str(problem))
            for c in graded
        ]
        write_note(course, result)
    result.seconds = time.perf_counter() - start
    return result


def choose(folder: Path, assignment: str, answers: list[str]) -> Path:
    """Return the notebook that is meant: by its name, or by the answers it holds."""
    exact = folder / f"{assignment}.ipynb"
    files = [path for path in sorted(folder.iterdir()) if path.is_file()]
    alike = [path for path in files if path.name.startswith(assignment)]
    if exact in files:
        return exact
    if alike:
        return alike[-1]
    for path in files:
        if path.suffix in ARCHIVES:
            raise UnusableError(f"{path.name} is an archive: unpack it first.")
        if path.stat().st_size < MOST_MEGABYTES * 1e6:
            text = path.read_text("utf-8", errors="replace")
            if any(f'"{gid}"' in text for gid in answers):
                return path
    return exact


def read_points(
    course: Path, result: Result, graded: list[nbformat.NotebookNode]
) -> None:
    """Read points and messages from what nbgrader ran."""
    path = course / "autograded" / result.student / result.assignment
    notebook = nbformat.read(path / f"{result.assignment}.ipynb", as_version=4)
    by_id = {grade_id(cell): cell for cell in notebook.cells}
    blamed = set()
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if output.get("ename") == "NotGraded" and output.evalue not in blamed:
                blamed.add(output.evalue)
                gid = grade_id(cell)
                where = label(gid) if gid.startswith("ex-") else "another cell"
                result.problems.append(f"In {where}: {output.evalue}")
    for ours in graded:
        gid, value = grade_id(ours), float(ours.metadata.nbgrader.points)
        cell = by_id.get(gid)
        if ours.metadata.nbgrader.solution:
            same = cell is not None and cell.source.strip() == ours.source.strip()
            given = 0.0 if same else given_by_hand(course, result, gid)
            result.waiting += value if given is None else 0
            result.points += given or 0
            note = "waits for a person" if given is None else "marked by a person"
            note = "no answer" if same else note
            result.exercises.append((gid, given, value, note))
            continue
        errors = [] if cell is None else error_lines(cell)
        points = 0.0 if cell is None or errors else value
        result.points += points
        note = errors[0] if errors else "passed" if cell is not None else "missing"
        result.exercises.append((gid, points, value, note))


def given_by_hand(course: Path, result: Result, gid: str) -> float | None:
    """Return the points that a person gave in nbgrader's Formgrader, if any."""
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}", "mlsd") as book:
        try:
            grade = book.find_grade(
                gid, result.assignment, result.assignment, result.student
            )
        except MissingEntry:
            return None
        return None if grade.manual_score is None else float(grade.manual_score)


def error_lines(cell: nbformat.NotebookNode) -> list[str]:
    """Return the errors of a cell, each in one line."""
    lines = []
    for output in cell.get("outputs", []):
        if output.output_type == "error":
            text = f"{output.ename}: {output.evalue}".replace("\n", " ")
            if NOT_WRITTEN in text:
                text = "not answered"
            lines.append(text.removeprefix("NotGraded: ")[:300])
    return lines


def write_note(course: Path, result: Result) -> None:
    """Write a feedback page for a submission that could not be graded."""
    folder = course / "feedback" / result.student / result.assignment
    folder.mkdir(parents=True, exist_ok=True)
    reason = html.escape(" ".join(result.problems))
    page = (
        f"<!doctype html><meta charset='utf-8'><title>Feedback</title><p>{reason}</p>"
    )
    (folder / f"{result.assignment}.html").write_text(page, "utf-8")


MARKS = ["student", "page", "points", "possible", "waiting", "remarks"]
CHECKS = ["student", "page", "checks", "points", "possible", "message"]


def write_table(path: Path, columns: list[str], rows: list[dict[str, str]]) -> None:
    """Write rows to a table; rows of other students and pages in it are kept."""
    mine = {(row["student"], row["page"]) for row in rows}
    if path.is_file():
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                if (row.get("student", ""), row.get("page", "")) not in mine:
                    rows.append({c: row.get(c) or "" for c in columns})
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns)
        writer.writeheader()
        writer.writerows(sorted(rows, key=lambda row: (row["student"], row["page"])))


def write_tables(course: Path, results: list[Result]) -> Path:
    """Write a row for each notebook, one for each group of checks, one a student."""
    marks, checks = [], []
    for r in results:
        numbers = [f"{n:g}" for n in (r.points, r.possible, r.waiting)]
        row = [r.student, r.assignment, *numbers, " ".join(r.problems).strip()]
        marks.append(dict(zip(MARKS, row, strict=True)))
        for gid, points, possible, note in r.exercises:
            got = "" if points is None else f"{points:g}"
            row = [r.student, r.assignment, gid, got, f"{possible:g}", note]
            checks.append(dict(zip(CHECKS, row, strict=True)))
    write_table(course / "grades.csv", MARKS, marks)
    write_table(course / "checks.csv", CHECKS, checks)
    return course / "grades.csv"


def students(place: Path) -> list[Path]:
    """Return the folders of the students; stop if they cannot be told apart."""
    entries = [p for p in sorted(place.iterdir()) if p.name[0] not in "._"]
    folders = [p for p in entries if p.is_dir()]
    loose = ", ".join(p.name for p in entries if p.is_file())
    if loose:
        print(f"Not in a student's folder, so not graded: {loose}.")
    if not folders:
        sys.exit(
            f"There is no student's folder in {place}: put each student's notebooks "
            "into a folder with the student's name. Nothing was changed."
        )
    names: dict[str, str] = {}
    for folder in folders:
        other = names.setdefault(name_of(folder), folder.name)
        if other != folder.name:
            sys.exit(f"{other!r} and {folder.name!r} would be one student: rename one.")
        if folder.name != name_of(folder):
            print(f"{folder.name!r} is called {name_of(folder)} in the tables.")
    return folders


def renew(course: Path, assigned: list[str]) -> None:
    """Write tables and feedback again, with the points that people have given."""
    results, said = [], {}
    if (course / "grades.csv").is_file():
        with (course / "grades.csv").open(encoding="utf-8", newline="") as file:
            said = {
                (r["student"], r["page"]): r["remarks"] for r in csv.DictReader(file)
            }
    for name in assigned:
        release = nbformat.read(
            course / "release" / name / f"{name}.ipynb", as_version=4
        )
        graded = [
            c for c in release.cells if c.metadata.get("nbgrader", {}).get("grade")
        ]
        for path in sorted(course.glob(f"autograded/*/{name}/{name}.ipynb")):
            result = Result(path.parent.parent.name, name)
            result.possible = sum(float(c.metadata.nbgrader.points) for c in graded)
            read_points(course, result, graded)
            which = [name, "--student", result.student, "--force"]
            tool = [sys.executable, "-m", "nbgrader", "generate_feedback"]
            result.problems = [said.get((result.student, name), "")]
            if problem := run_bounded([*tool, *which], course, 120):
                result.problems.append(f"There is no feedback page: {problem}")
            results.append(result)
    print(
        f"Renewed: {write_tables(course, results)} and {len(results)} feedback pages."
    )


def main() -> None:
    """Grade all submissions of all assignments that were released."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--course", type=Path, default=Path("course"))
    parser.add_argument("--submissions", type=Path, default=Path("submissions"))
    parser.add_argument(
        "--marks", action="store_true", help="run nothing: renew tables and feedback"
    )
    parser.add_argument("--jobs", type=int, default=min(2, os.cpu_count() or 1))
    options = parser.parse_args()
    course, place = options.course.resolve(), options.submissions.resolve()
    os.environ["PATH"] = environment()["PATH"]
    assigned = sorted(p.parent.name for p in course.glob("release/*/*.ipynb"))
    if not assigned:
        sys.exit('Nothing was assigned: run make assignment CHAPTERS="7" first.')
    if options.marks:
        renew(course, assigned)
        return
    if not place.is_dir():
        sys.exit(
            f"There is no folder {options.submissions}: put each student's notebooks "
            f"into {options.submissions}/NAME/, or make a sample with make sample."
        )
    folders = students(place)
    work = [(course, folder, name) for folder in folders for name in assigned]
    enrol(course, folders)
    results = []
    with ThreadPoolExecutor(options.jobs) as pool:
        for r in pool.map(lambda job: grade_one(*job), work):
            remarks = f"   {' '.join(r.problems)}" if r.problems else ""
            page = f"{r.student:<14}{r.assignment:<26}"
            waiting = f", {r.waiting:g} waiting" if r.waiting else ""
            score = f"{r.points:>5g} of {r.possible:g}{waiting}{r.seconds:>8.0f} s"
            print(page + score + remarks, flush=True)
            results.append(r)
    table = write_tables(course, results)
    print(f"\nPoints: {table}, each check: checks.csv, feedback: feedback/ beside it.")


if __name__ == "__main__":
    main()
