"""Answers that are wrong on purpose, one for each mistake that an exercise is to catch.

Each has a name, the code of the answer, and a piece of the message that a student must
get. The tests put every one of them in place of the solution and run the checks; the
sample class hands some of them in. A chapter's are in the file of the chapter's name.
"""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import NamedTuple


class Wrong(NamedTuple):
    """A wrong answer: the mistake, the code, and what the checks should say."""

    mistake: str
    code: str
    message: str


def wrong_answers(stem: str) -> dict[str, list[Wrong]]:
    """Return the wrong answers to a chapter's exercises, by nbgrader's identifier."""
    path = Path(__file__).with_name(f"{stem}.py")
    return dict(runpy.run_path(str(path))["WRONG"]) if path.is_file() else {}
