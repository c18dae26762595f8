"""A plugin for pytest: after nbval has run a chapter, try answers to its exercises.

The kernel of the chapter is still there, so nothing is run twice. Every solution must
pass all its checks; the starting point and each planted mistake (``teaching/wrong``)
must fail with the message that was meant for it. Used by ``tools.run_notebooks``:
``pytest --nbval -p tools.answers chapters/07_validation.ipynb``.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from teaching.wrong import wrong_answers
from tools import catalogue

SECONDS = 180


class AnswerFailed(AssertionError):
    """The checks of an exercise did not say what they should to an answer."""


class Tried(NamedTuple):
    """An answer, the checks behind it, and what the first that objects should say."""

    name: str
    code: str
    checks: list[str]
    message: str | None


class Answer(pytest.Item):
    """One answer to one exercise, tried in the kernel of its chapter."""

    def __init__(self, *, tried: Tried, **options: Any) -> None:
        super().__init__(**options)
        self.tried = tried

    def error_of(self, code: str) -> str | None:
        """Run code in the kernel of the chapter; return its error in one line."""
        errors: list[str] = []

        def look(message: dict[str, Any]) -> None:
            if message["msg_type"] == "error":
                content = message["content"]
                errors.append(f"{content['ename']}: {content['evalue']}")

        client = self.parent.kernel.kc  # type: ignore[union-attr]
        client.execute_interactive(code, timeout=SECONDS, output_hook=look)
        return errors[0] if errors else None

    def runtest(self) -> None:
        """Run the answer and its checks up to the first that objects; judge it."""
        if defined := self.error_of(self.tried.code):
            raise AnswerFailed(f"the answer itself does not run: {defined}")
        error = next(filter(None, map(self.error_of, self.tried.checks)), None)
        if self.tried.message is None:
            if error:
                raise AnswerFailed(f"the published solution fails: {error}")
        elif error is None:
            raise AnswerFailed("no check notices the mistake")
        elif not re.search(self.tried.message, error):
            raise AnswerFailed(f"the message does not help: {error}")

    def repr_failure(self, excinfo: Any, style: Any = None) -> str:
        """Say in one line what is wrong."""
        return f"{self.name}: {excinfo.value}"

    def reportinfo(self) -> tuple[Path, None, str]:
        """Name the answer."""
        return self.path, None, self.name


def answers(page: catalogue.Page) -> Iterator[Tried]:
    """Yield each answer that is tried on the exercises of a chapter."""
    wrong = wrong_answers(page.stem)
    for exercise in page.exercises:
        if len(exercise.code) != 4:
            continue
        starter, solution, *checks = [cell.source for cell in exercise.code]
        name = f"exercise {exercise.number}"
        unsolved = "NotImplementedError: Exercise"
        yield Tried(f"{name}, starting point", starter, checks, unsolved)
        for mistake in wrong.get(exercise.grade_id, []):
            title = f"{name}, {mistake.mistake}"
            yield Tried(title, mistake.code, checks, mistake.message)
        yield Tried(f"{name}, solution", solution, checks, None)


class EndOfNotebook(pytest.Item):
    """Notes when the notebook itself was done, for the budget of its time."""

    def runtest(self) -> None:
        """Write the time into the file that the environment names."""
        if path := os.environ.get("MLSD_END_OF_NOTEBOOK"):
            Path(path).write_text(str(time.monotonic()), "utf-8")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Add the answers behind the cells of each chapter."""
    added: list[pytest.Item] = []
    for parent in dict.fromkeys(item.parent for item in items):
        if not isinstance(parent, pytest.File) or parent.path.suffix != ".ipynb":
            continue
        path = parent.path
        added.append(EndOfNotebook.from_parent(parent, name="end of the notebook"))
        document = path.relative_to(catalogue.ROOT).with_suffix("").as_posix()
        for tried in answers(catalogue.Page(catalogue.ROOT, document)):
            added.append(Answer.from_parent(parent, name=tried.name, tried=tried))
    items += added


def pytest_sessionfinish(exitstatus: int) -> None:
    """Write pytest's verdict into the file that the environment names."""
    if path := os.environ.get("MLSD_VERDICT"):
        Path(path).write_text(str(int(exitstatus)), "utf-8")
