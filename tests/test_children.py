"""What a notebook starts ends with it, however the notebook ends.

Each notebook that starts a process of its own is run; as soon as that process is there,
kernel and runner are killed, so that no line of them can tidy up.
"""

import os
import subprocess
import sys
import time
import uuid

import nbformat
import psutil
import pytest

from tools import catalogue

MARK = "MLSD_TEST_RUN"  # inherited by all that a run starts, and by nothing else
PATIENCE = 300  # seconds until a notebook has started its process
RUN = """
import sys, nbclient, nbformat
nbclient.NotebookClient(nbformat.read(sys.argv[1], 4), timeout=300).execute()
"""
STARTERS = [
    page
    for page in catalogue.notebooks()
    if any(cell.is_code and "Popen(" in cell.source for cell in page.cells)
]


def family(mark):
    """Return the processes that carry the mark: the notebook's and its children's."""
    found = []
    for process in psutil.process_iter():
        try:
            alive = process.status() != psutil.STATUS_ZOMBIE
            if alive and process.environ().get(MARK) == mark:
                found.append(process)
        except (psutil.AccessDenied, psutil.NoSuchProcess):
            continue
    return found


def started_by_kernel(processes):
    """Return the kernel, and the processes among these that it started."""
    kernels = []
    for process in processes:
        try:
            if "ipykernel_launcher" in process.cmdline():
                kernels.append(process)
        except psutil.NoSuchProcess:
            continue
    if not kernels:
        return None, []
    try:
        return kernels[0], kernels[0].children(recursive=True)
    except psutil.NoSuchProcess:
        return None, []


def left_behind(notebook):
    """Kill a notebook once it has started a process; return what lives on."""
    mark = uuid.uuid4().hex
    runner = subprocess.Popen(
        [sys.executable, "-c", RUN, str(notebook)],
        cwd=notebook.parent,
        env={**os.environ, MARK: mark},
        stderr=subprocess.DEVNULL,
    )
    try:
        until = time.monotonic() + PATIENCE
        kernel, children = started_by_kernel(family(mark))
        while not children:
            assert runner.poll() is None, f"{notebook.name} ended before it was killed"
            assert time.monotonic() < until, f"{notebook.name} started no process"
            time.sleep(0.2)
            kernel, children = started_by_kernel(family(mark))
        time.sleep(0.5)  # half-way into its own start
        kernel.kill()
        runner.kill()
        runner.wait()
        until = time.monotonic() + 20
        while (alive := family(mark)) and time.monotonic() < until:
            time.sleep(0.2)
        return [" ".join(process.cmdline()) for process in alive]
    finally:
        for process in family(mark):
            process.kill()
        runner.wait()


@pytest.mark.parametrize("page", STARTERS, ids=lambda page: page.name)
def test_killed_notebook_leaves_nothing_running(page):
    assert left_behind(page.path) == []


def test_a_process_that_does_not_watch_is_found(tmp_path):
    """The check itself: it must see a child that outlives its notebook."""
    code = "import subprocess, sys, time\n"
    code += "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(90)'])\n"
    code += "time.sleep(90)"
    cells = [nbformat.v4.new_code_cell(code)]
    path = tmp_path / "careless.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    (alive,) = left_behind(path)
    assert "time.sleep(90)" in alive


def test_there_are_notebooks_that_start_a_process():
    assert STARTERS
