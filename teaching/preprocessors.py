"""What the book adds to nbgrader: patient execution, feedback without the checks."""

from __future__ import annotations

import copy
import os
from queue import Empty
from typing import Any

from jupyter_core.utils import ensure_async, run_sync
from nbclient import NotebookClient
from nbclient.exceptions import DeadKernelError
from nbformat.notebooknode import NotebookNode
from nbformat.v4 import new_output
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Integer

HIDDEN = "# Further checks stand here when your work is graded."
STOPPED = "NotGraded"
OUTPUTS = ("stream", "display_data", "execute_result")
# Runs in the kernel before the submission: it bounds output, memory and files.
GUARD = """
def _mlsd_guard(megabytes, mebibytes):
    import sys
    from IPython import get_ipython

    try:
        import resource

        limit = mebibytes * 2**20
        resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
        resource.setrlimit(resource.RLIMIT_FSIZE, (2**30, 2**30))
    except (ImportError, ValueError, OSError):
        pass  # this system has no such limits
    written = [0]

    def limited(write):
        def write_some(text, *arguments, **options):
            written[0] += len(text)
            if written[0] > megabytes * 1_000_000:
                raise RuntimeError(
                    f"This cell printed more than {{megabytes}} MB and was stopped."
                )
            return write(text, *arguments, **options)

        write_some.is_limited = True
        return write_some

    def start_again(*_):  # in each cell, since IPython puts its own function there
        written[0] = 0
        for stream in (sys.stdout, sys.stderr):
            if not hasattr(stream.write, "is_limited"):
                stream.write = limited(stream.write)

    def ask_exit(*_):
        raise RuntimeError("This cell tried to end the kernel.")

    shell = get_ipython()
    shell.events.register("pre_run_cell", start_again)
    shell.ask_exit = ask_exit


_mlsd_guard({megabytes}, {mebibytes})
del _mlsd_guard
"""


class CarefulClient(NotebookClient):
    """A client that notices time-outs, and drops output beyond a limit."""

    most_bytes = 5_000_000
    received = 0
    timed_out = False

    def process_message(self, msg: dict[str, Any], cell: NotebookNode, i: int) -> Any:
        """Count what arrives for a cell, and keep no more than the limit."""
        content = msg.get("content", {})
        data = content.get("data") or {"text": content.get("text", "")}
        self.received += sum(len(str(value)) for value in data.values())
        kind = msg["header"]["msg_type"]
        if self.received > self.most_bytes and kind in OUTPUTS:
            return None
        return super().process_message(msg, cell, i)

    async def _async_handle_timeout(self, *arguments: Any) -> Any:
        self.timed_out = True
        return await super()._async_handle_timeout(*arguments)

    async def _answers(self, message: str, seconds: int) -> bool:
        """Whether the kernel answers this message in time."""
        assert self.kc is not None
        for _ in range(seconds):
            try:
                reply = await ensure_async(self.kc.shell_channel.get_msg(timeout=1))
            except Empty:
                continue
            if reply["parent_header"].get("msg_id") == message:
                return True
        return False

    answers = run_sync(_answers)


class PatientExecute(NbGraderPreprocessor):
    """Run a submission so that one bad cell costs that cell only.

    A cell that runs too long is interrupted. If the kernel dies or does not answer,
    the notebook is run again from the top without the cell that was to blame.
    """

    cell_seconds = Integer(
        int(os.environ.get("MLSD_CELL_SECONDS", "60")),
        help="time after which a cell is stopped",
    ).tag(config=True)
    output_megabytes = Integer(1, help="printed text a cell may make").tag(config=True)
    memory_mebibytes = Integer(4096, help="memory of the kernel").tag(config=True)
    attempts = Integer(6, help="how often the kernel may die").tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        """Run the notebook and return it with its outputs."""
        broken: dict[int, str] = {}
        for _ in range(self.attempts):
            attempt = copy.deepcopy(nb)
            blamed = self.run(attempt, broken, resources)
            if blamed is None:
                break
            broken.update(blamed)
        else:
            reason = "Not run, since the kernel died again and again."
            attempt = copy.deepcopy(nb)
            self.run(attempt, dict.fromkeys(range(len(nb.cells)), reason), resources)
        for cell in attempt.cells:
            if cell.cell_type == "code" and "nbgrader" in cell.metadata:
                # nbgrader takes any warning of a check for a failure.
                cell.outputs = [o for o in cell.outputs if o.get("name") != "stderr"]
        return attempt, resources

    def run(
        self, nb: NotebookNode, broken: dict[int, str], resources: Any
    ) -> dict[int, str] | None:
        """Run once; if the kernel is lost, return the cell to blame and why."""
        client = CarefulClient(
            nb,
            timeout_func=self.seconds_for,
            allow_errors=True,
            record_timing=False,
            raise_on_iopub_timeout=False,
            interrupt_on_timeout=True,
            error_on_timeout={"ename": STOPPED, "evalue": "", "traceback": []},
            kernel_name="python3",
            shutdown_kernel="immediate",
            resources={"metadata": resources.get("metadata", {})},
        )
        with client.setup_kernel():
            guard = GUARD.format(
                megabytes=self.output_megabytes, mebibytes=self.memory_mebibytes
            )
            assert client.kc is not None
            client.answers(client.kc.execute(guard, silent=True), 60)
            for i, cell in enumerate(nb.cells):
                if cell.cell_type != "code":
                    continue
                if i in broken:
                    cell.outputs = [self.error(broken[i])]
                    continue
                client.received, client.timed_out = 0, False
                try:
                    client.execute_cell(cell, i)
                except DeadKernelError:
                    return self.blame(nb, i, "The kernel died in this cell.")
                if client.timed_out:
                    cell.outputs = [self.error(self.too_long)]
                    if not client.answers(client.kc.kernel_info(), 10):
                        return self.blame(nb, i, self.too_long)
                elif client.received > client.most_bytes:
                    cell.outputs = [self.error("This cell made too much output.")]
        return None

    def seconds_for(self, cell: NotebookNode) -> int:
        """Return the time that a cell may take; the book's own cells are trusted."""
        grade_id = cell.metadata.get("nbgrader", {}).get("grade_id", "")
        return 600 if grade_id.startswith("book-") else self.cell_seconds

    @property
    def too_long(self) -> str:
        """Say that a cell was stopped."""
        return f"This cell ran longer than {self.cell_seconds} s and was stopped."

    def error(self, reason: str) -> NotebookNode:
        """Return an error as the output of a cell that was not run to its end."""
        return new_output("error", ename=STOPPED, evalue=reason, traceback=[reason])

    def blame(self, nb: NotebookNode, i: int, reason: str) -> dict[int, str]:
        """Blame a cell, and with a visible check its further checks as well."""
        blamed = {i: reason}
        grade_id = nb.cells[i].metadata.get("nbgrader", {}).get("grade_id", "")
        if grade_id.endswith("-check"):
            further = grade_id.removesuffix("-check") + "-hidden"
            for j, cell in enumerate(nb.cells):
                if cell.metadata.get("nbgrader", {}).get("grade_id") == further:
                    blamed[j] = "Not run, since the checks above did not end."
        return blamed


class ExercisesOnly(NbGraderPreprocessor):
    """Leave the exercises, the student's own cells, and the messages of the checks."""

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        """Return the notebook without the book's cells and without hidden checks."""
        kept = []
        for cell in nb.cells:
            known = cell.metadata.get("nbgrader", {})
            grade_id = known.get("grade_id", "")
            of_book = grade_id.startswith("book-") and grade_id != "book-header"
            text = cell.cell_type == "markdown" and "### Exercise" not in cell.source
            if of_book or (text and not known):
                continue
            if grade_id.endswith("-hidden"):
                cell.source = HIDDEN
            if cell.cell_type == "code" and known.get("grade"):
                for output in cell.outputs:
                    if output.output_type == "error":
                        output.traceback = [f"{output.ename}: {output.evalue}"]
            kept.append(cell)
        nb.cells = kept
        return nb, resources
