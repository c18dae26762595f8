"""What decides whether a notebook passed, and what is said when it did not."""

import subprocess
import sys
from typing import Any

import psutil
import pytest

from tools import run_notebooks
from tools.run_notebooks import MEBIBYTES, SECONDS, Run


def done(**changes):
    ordinary = {"passed": True, "seconds": 1.0, "mebibytes": 1.0, "output": ""}
    return Run("07_validation", **{**ordinary, **changes})


@pytest.mark.parametrize(
    ("changes", "within", "trouble"),
    [
        ({}, True, []),
        ({"passed": False}, True, ["not as stored"]),
        ({"seconds": SECONDS + 1}, False, ["61.0 s of 60"]),
        ({"mebibytes": MEBIBYTES + 1}, False, ["1025 MiB of 1024"]),
        ({"ended": -11}, True, ["then its process ended with -11"]),
        ({"passed": False, "ended": 1}, True, ["not as stored"]),
    ],
)
def test_a_page_that_fails_says_why(changes, within, trouble):
    run = done(**changes)
    assert run.within_budget == within
    assert len(run.trouble) == len(trouble)
    for said, expected in zip(run.trouble, trouble, strict=True):
        assert expected in said


def test_a_page_over_a_budget_is_tried_once_more_alone(monkeypatch, capsys):
    asked = []

    def check(page, fresh=False):
        asked.append((page.stem, fresh))
        return done(mebibytes=1.0 if fresh else MEBIBYTES + 1)

    monkeypatch.setattr(run_notebooks, "check", check)
    monkeypatch.setattr("sys.argv", ["run_notebooks", "7"])
    with pytest.raises(SystemExit) as end:
        run_notebooks.main()
    assert asked == [("07_validation", False), ("07_validation", True)]
    assert end.value.code == 0
    assert "1 passed, 0 failed" in capsys.readouterr().out


def test_the_last_lines_say_what_failed(monkeypatch, capsys):
    monkeypatch.setattr(run_notebooks, "check", lambda *_, **__: done(passed=False))
    monkeypatch.setattr("sys.argv", ["run_notebooks", "7"])
    with pytest.raises(SystemExit) as end:
        run_notebooks.main()
    last = capsys.readouterr().out.splitlines()[-2:]
    assert end.value.code == 1
    assert last[0].startswith("07_validation: its outputs")
    assert last[1] == "0 passed, 1 failed"


@pytest.mark.skipif(sys.platform != "linux", reason="the system does not tell")
def test_what_processes_share_counts_once():
    """A process with 200 MiB and the one that it forked: half of them for each."""
    program = "import os; x = b'1' * 200_000_000; os.fork(); print('.', flush=True)"
    command = [sys.executable, "-c", program + "; input()"]
    pipes: dict[str, Any] = dict.fromkeys(("stdin", "stdout"), subprocess.PIPE)
    with subprocess.Popen(command, **pipes) as parent:
        for _ in range(2):
            parent.stdout.readline()
        process = psutil.Process(parent.pid)
        alone = run_notebooks.memory_of_children(process)
        held = run_notebooks.memory_of_children(process, shared=False)
        parent.communicate(b"\n\n")
    assert 90 < held < 150 < alone
