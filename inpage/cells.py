"""Run the cells of a page one by one and return what each shows.

A small stand-in for IPython, in the engine or natively: the last expression is shown,
``await`` may stand outside of functions, and packages are not installed. It offers what
notebooks import of IPython: `display`, `HTML`, `Markdown`, and inline figures.

A cell that needs what a browser lacks asks a *guard* first, a name that the page sets
by looking at ``sys.platform``. When a guard is false and a cell that asks it shows
nothing, the cell was skipped, and the page keeps its stored output. Skipped, too, is a
cell that stops at a library which the engine lacks, or at a name which only a skipped
cell would have set.
"""

from __future__ import annotations

import ast
import contextlib
import errno
import functools
import html
import inspect
import io
import json
import linecache
import os
import re
import sys
import time
import traceback
import types
from collections.abc import Callable, Iterator
from typing import Any

MAGIC = re.compile(r"(?m)^(\s*)[%!].*$")
# What the book uses somewhere and the engine lacks.
LACKING = re.compile(
    r"\b(?:pyarrow|duckdb|dask|distributed|mlflow|sqlalchemy|alembic|fastapi|uvicorn"
    r"|httpx|onnx|onnxruntime|skl2onnx|prometheus_client)\b"
)
SKIPPED = "SKIPPED"  # the name under which pages keep what they say of a skipped cell


def bundle(shown: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return an object's representations by type, and what they say of themselves."""
    if hasattr(shown, "_repr_mimebundle_"):
        made = shown._repr_mimebundle_()
        data, metadata = made if isinstance(made, tuple) else (made, {})
        return dict(data), dict(metadata)
    data = {}
    for kind in ("html", "markdown"):
        make = getattr(shown, f"_repr_{kind}_", None)
        if make is not None and (text := make()) is not None:
            data[f"text/{kind}"] = text
    data["text/plain"] = repr(shown)
    return data, {}


class Stream(io.TextIOBase):
    """What a cell prints: neighbours become one output."""

    def __init__(self, name: str) -> None:
        self.name = name

    def writable(self) -> bool:
        """Yes."""
        return True

    def write(self, text: str) -> int:
        """Append to the output before, if that is of the same stream."""
        outputs = NOTEBOOK.outputs
        if outputs and outputs[-1].get("name") == self.name:
            outputs[-1]["text"] += text
        elif text:
            outputs.append({"output_type": "stream", "name": self.name, "text": text})
        return len(text)


class Markdown:
    """Text that is shown as Markdown."""

    def __init__(self, data: str) -> None:
        self.data = data

    def _repr_markdown_(self) -> str:
        return self.data


class HTML:
    """Text that is shown as HTML."""

    def __init__(self, data: str) -> None:
        self.data = data

    def _repr_html_(self) -> str:
        return self.data


def display(*objects: Any, **_: Any) -> None:
    """Show objects, one after the other."""
    for shown in objects:
        NOTEBOOK.show(shown, "display_data")


# --- errors --------------------------------------------------------------------------


def broken_claim(error: BaseException) -> str:
    """Return a red box for a claim that does not hold; nothing for other errors."""
    if type(error).__name__ not in ("ClaimBroken", "ClaimTooWeak"):
        return ""
    frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
    found = frames[-1].f_locals.get("exact")  # in `mlsd.claim`, which raised it
    if found is None:
        return ""
    says = [html.escape(t) for t in (found.sentence, found.value, found.bound)]
    verdict = "is broken" if not found.holds else "proves nothing"
    rival = html.escape(found.rival_in_words)
    return (
        f'<div class="mlsd-claim inpage-broken"><strong>Claim {found.identifier} '
        f"{verdict}.</strong> {says[0]}<br>Measured: <strong>{says[1]}</strong>; it "
        f"must be {says[2]}.{f' The rival, {rival}.' if rival else ''}</div>"
    )


def error_output(error: BaseException) -> dict[str, Any]:
    """Return an error as an output: its place in the cells, not in the libraries."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if frame.filename.startswith("<cell ")]
    line = ours[-1].lineno if ours else None
    if isinstance(error, SyntaxError):
        line = error.lineno
    places = [
        f"{frame.filename.strip('<>')}, line {frame.lineno}, in {frame.name}\n"
        f"    {frame.line}"
        for frame in ours
    ]
    says = "".join(traceback.format_exception_only(error)).rstrip()
    return {
        "output_type": "error",
        "ename": type(error).__name__,
        "evalue": str(error),
        "traceback": [*places, says],
        "line": line,
        "html": broken_claim(error),
    }


# --- cells ---------------------------------------------------------------------------


def guards_of(tree: ast.Module) -> set[str]:
    """Return the names that a cell sets by looking at ``sys.platform``."""
    found: set[str] = set()
    for statement in tree.body:
        if isinstance(statement, ast.Assign) and "sys.platform" in ast.unparse(
            statement.value
        ):
            names = (target for target in statement.targets)
            found |= {name.id for name in names if isinstance(name, ast.Name)}
    return found


def names_set(tree: ast.Module) -> set[str]:
    """Return the names that a cell would set."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.alias):
            found.add((node.asname or node.name).split(".")[0])
    return found


def needs_more(error: BaseException) -> bool:
    """Whether a cell stopped at something that no browser, or not this engine, has."""
    if isinstance(error, ImportError):
        return bool(LACKING.search(f"{error.name} {error}"))
    if isinstance(error, OSError):
        return error.errno in (errno.ENOSYS, errno.ENOTSUP)
    return isinstance(error, RuntimeError) and "start new thread" in str(error)


def names_in(tree: ast.Module) -> set[str]:
    """Return the names that a cell reads."""
    return {
        node.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
    }


def wait_for(running: Any) -> Any:
    """Return what a coroutine returns that has nothing to wait for."""
    try:
        running.send(None)
    except StopIteration as done:
        return done.value
    running.close()
    raise RuntimeError("A page that runs in a browser cannot wait for anything.")


@contextlib.contextmanager
def printing() -> Iterator[None]:
    """Collect what is printed, and what is warned of."""
    before = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = Stream("stdout"), Stream("stderr")
    try:
        yield
    finally:
        sys.stdout, sys.stderr = before


class Notebook:
    """The names that the cells of one page share, and the outputs of the last cell."""

    def __init__(self) -> None:
        self.names: dict[str, Any] = {"__name__": "__main__", "display": display}
        self.outputs: list[dict[str, Any]] = []
        self.guards: set[str] = set()
        self.lost: set[str] = set()  # names that skipped cells would have set

    def show(self, shown: Any, kind: str) -> None:
        """Append an object to the outputs."""
        data, metadata = bundle(shown)
        output = {"output_type": kind, "data": data, "metadata": metadata}
        self.outputs.append(output)

    def run(self, number: int, source: str) -> dict[str, Any]:
        """Run a cell; return its outputs, its seconds and whether it was skipped."""
        self.outputs, start = [], time.perf_counter()
        name = f"<cell {number}>"
        source = MAGIC.sub(r"\1pass", source)
        lines = source.splitlines(keepends=True)
        linecache.cache[name] = len(source), None, lines, name
        skipped, failed = "", False
        sets: set[str] = set()
        with printing():
            try:
                tree = ast.parse(source, name)
                sets = names_set(tree)
                asks = {g for g in self.guards & names_in(tree) if not self.names[g]}
                self.execute(tree, name, silent=source.rstrip().endswith(";"))
                self.guards |= guards_of(tree)
                skipped = self.skipped() if asks else ""
                self.lost -= sets
            except BaseException as error:  # whatever a reader's cell raises is shown
                missing = isinstance(error, NameError) and error.name in self.lost
                if missing or needs_more(error):
                    skipped = "all"
                    self.lost |= sets - set(self.names)
                else:
                    failed = True
                    self.outputs.append(error_output(error))
        seconds = time.perf_counter() - start
        return {
            "outputs": self.outputs,
            "seconds": seconds,
            "failed": failed,
            "skipped": skipped,
        }

    def execute(self, tree: ast.Module, name: str, *, silent: bool) -> None:
        """Run statements; show the last one if it is an expression, and all figures."""
        last: ast.Expression | None = None
        if tree.body and isinstance(tree.body[-1], ast.Expr) and not silent:
            last = ast.Expression(tree.body.pop().value)  # type: ignore[attr-defined]
        steps: list[tuple[ast.Module | ast.Expression, str]] = [(tree, "exec")]
        for step, mode in [*steps, *([(last, "eval")] if last else [])]:
            code = compile(step, name, mode, flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
            value = eval(code, self.names)
            if code.co_flags & inspect.CO_COROUTINE:
                value = wait_for(value)
            if mode == "eval" and value is not None:
                self.show(value, "execute_result")
        if "matplotlib.pyplot" in sys.modules:
            from inpage import canvas

            canvas.show()

    def skipped(self) -> str:
        """Say whether all or a part of a cell was skipped whose guard is false."""
        says = str(self.names.get(SKIPPED, ""))
        for output in self.outputs:
            text = output.get("text", "")
            if not text.replace(says, "").strip() and "data" not in output:
                continue
            return "part"
        return "all"


def narrowed(function: Callable[..., Any], place: int, name: str) -> Any:
    """Return a function that takes 64-bit counts where numpy insists on 32 bits."""
    import numpy as np

    @functools.wraps(function)
    def made(*given: Any, **named: Any) -> Any:
        values = given[place] if len(given) > place else named.get(name)
        if getattr(values, "dtype", None) == np.int64:
            values = np.asarray(values).astype(np.intp)
            if len(given) > place:
                given = *given[:place], values, *given[place + 1 :]
            else:
                named[name] = values
        return function(*given, **named)

    return made


def install() -> None:
    """Offer what notebooks import of IPython, and draw figures for the page."""
    import numpy as np

    if np.intp != np.int64:  # as in the engine, whose memory has 32-bit addresses
        np.repeat = narrowed(np.repeat, 1, "repeats")
        np.bincount = narrowed(np.bincount, 0, "x")
    os.environ["MPLBACKEND"] = "module://inpage.canvas"  # before matplotlib looks
    from inpage import canvas

    def module(name: str, **names: Any) -> types.ModuleType:
        made = types.ModuleType(name)
        made.__dict__.update(names)
        sys.modules[name] = made
        return made

    def set_formats(*formats: str, **_: Any) -> None:
        canvas.sharpness["pixels"] = 2 if "retina" in formats else 1

    events = types.SimpleNamespace(register=lambda *_: None)
    shell = types.SimpleNamespace(events=events, user_ns=NOTEBOOK.names)
    shown = module("IPython.display", display=display, Markdown=Markdown, HTML=HTML)
    module(
        "IPython",
        display=shown,
        get_ipython=lambda: shell,
        version_info=(9, 0),
        __version__="9.0",
    )
    inline = "matplotlib_inline.backend_inline"
    offered = module(inline, set_matplotlib_formats=set_formats)
    module("matplotlib_inline", backend_inline=offered)


NOTEBOOK = Notebook()


def answer(folder: str) -> None:
    """Run the cell that stands in a folder's ``in.json``; write ``out.json`` there."""
    with open(f"{folder}/in.json", encoding="utf-8") as file:
        cell = json.load(file)
    result = NOTEBOOK.run(cell["number"], cell["source"])
    with open(f"{folder}/out.json", "w", encoding="utf-8") as file:
        json.dump(result, file)
