"""Check every claim with other libraries than the pinned ones, as a reader would.

``oldest`` installs the lower bounds of pyproject.toml, for real, on Python 3.13 where
it is present, together with the other versions that Colab ships. ``latest`` installs
the newest releases on every supported Python that is present.

Each notebook is copied to an empty folder of its own and gets an environment that has
the libraries, but not the package: its setup cell must install that, from this
checkout's last commit, and must leave the libraries as they are. A notebook that needs
more installs it by its next cell; with ``--full`` it runs once more with its needs
present in their oldest tested versions. The notebooks run in a shuffled order. Outputs
are not compared: the claims must hold.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tools import catalogue
from tools.catalogue import ROOT, Page

VERSIONS = ("3.11", "3.12", "3.13", "3.14")
# What Colab has besides the lower bounds: its old notebook side, and two libraries
# that others depend on. A reader's notebook runs on these.
COLAB = (
    "ipython==7.34.0",
    "ipykernel==6.17.1",
    "jupyter-client==7.4.9",
    "scipy==1.16.3",
    "protobuf==5.29.6",
)
KERNEL = "reader"
INSTALL = re.compile(r"(%pip install -q git\+)[^\s\\\"]+")
EXECUTE = """
import sys, nbformat
from nbclient import NotebookClient
notebook = nbformat.read(sys.argv[1], as_version=4)
NotebookClient(notebook, timeout=300, kernel_name=sys.argv[2]).execute()
outputs = [o for c in notebook.cells for o in c.get("outputs", [])]
print(sum("mlsd_claim" in o.get("metadata", {}) for o in outputs))
"""


@dataclass
class Run:
    """What one notebook did in an environment of its own."""

    title: str
    passed: bool
    seconds: float
    claims: str
    added: list[str]
    changed: list[str]
    error: str


def find_python(version: str) -> str | None:
    """Return an interpreter of this version: on the path, or installed by pyenv."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    candidates = [shutil.which(f"python{version}"), sys.executable]
    candidates += sorted(map(str, pyenv.glob(f"{version}.*/bin/python")))
    for candidate in filter(None, candidates):
        code = "import sys; print('%d.%d' % sys.version_info[:2])"
        done = subprocess.run([candidate, "-c", code], capture_output=True, text=True)
        if done.stdout.strip() == version:
            return candidate
    return None


def requirements(oldest: bool) -> tuple[list[str], list[str]]:
    """Return what a notebook finds installed, and what only some of them need."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"].values()
    groups = project["dependencies"], [need for group in extras for need in group]
    if oldest:
        core, needs = ([r.replace(">=", "==") for r in group] for group in groups)
        return [*core, *COLAB], needs
    core, needs = (
        [r if "<" in r else r.split(">=")[0] for r in group] for group in groups
    )
    return [*core, "ipykernel"], needs


def interpreter(folder: Path) -> str:
    """Return the Python of an environment."""
    return str(folder / "bin" / "python")


def libraries(folder: Path) -> Path:
    """Return the folder in which an environment keeps what is installed in it."""
    return next(folder.glob("lib/python*/site-packages"))


def make_environment(folder: Path, python: str, wanted: list[str]) -> None:
    """Make a virtual environment with these libraries."""
    shutil.rmtree(folder, ignore_errors=True)
    subprocess.run([python, "-m", "venv", str(folder)], check=True)
    install = [interpreter(folder), "-m", "pip", "install", "--quiet"]
    subprocess.run([*install, *wanted], check=True)


def make_layer(folder: Path, python: str, below: list[Path]) -> None:
    """Make an environment that sees others below it, and changes only itself."""
    subprocess.run([python, "-m", "venv", "--without-pip", str(folder)], check=True)
    lines = [f"{libraries(environment)}\n" for environment in below]
    (libraries(folder) / "below.pth").write_text("".join(lines), "utf-8")
    kernel = folder / "share" / "jupyter" / "kernels" / KERNEL
    kernel.mkdir(parents=True)
    start = ["-m", "ipykernel_launcher", "-f", "{connection_file}"]
    content = {"argv": [interpreter(folder), *start], "display_name": "Reader"}
    (kernel / "kernel.json").write_text(json.dumps(content), "utf-8")


def installed(folder: Path) -> dict[str, str]:
    """Return name and version of everything that one environment itself holds."""
    code = (
        "import json, sys; from importlib.metadata import distributions as found; "
        "print(json.dumps({d.name: d.version for d in found(path=[sys.argv[1]])}))"
    )
    command = [interpreter(folder), "-c", code, str(libraries(folder))]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return {k.lower().replace("_", "-"): v for k, v in json.loads(done.stdout).items()}


def names(needs: list[str]) -> set[str]:
    """Return the names of required libraries, without their versions."""
    return {re.split("[<>=!~]", need)[0] for need in needs}


def run_alone(page: Page, python: str, below: list[Path], title: str) -> Run:
    """Execute a copy of one notebook in an empty folder and a fresh environment."""
    known = {name for environment in below for name in installed(environment)}
    start = time.perf_counter()
    with tempfile.TemporaryDirectory() as scratch:
        folder, environment = Path(scratch, "empty"), Path(scratch, "environment")
        folder.mkdir()
        make_layer(environment, python, below)
        text, n = INSTALL.subn(rf"\g<1>{ROOT.as_uri()}", page.text)
        (folder / page.path.name).write_text(text, "utf-8")
        keep = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
        jupyter = {"JUPYTER_PATH": str(environment / "share" / "jupyter")}
        done = subprocess.run(
            [sys.executable, "-c", EXECUTE, page.path.name, KERNEL],
            cwd=folder,
            env={**keep, **jupyter},
            capture_output=True,
            text=True,
        )
        seconds = time.perf_counter() - start
        new = installed(environment)
    error = done.stderr if done.returncode else ""
    if n != 1 or "mlsd" not in new:
        error += f"\nThe setup cell of {page.stem} did not install the package."
    may_change = names(page.needs)
    changed = sorted(f"{k} to {v}" for k, v in new.items() if k in known)
    if wrong := sorted(new.keys() & known - may_change):
        error += f"\nThe notebook changed what was installed: {', '.join(wrong)}."
    added = sorted(f"{k} {v}" for k, v in new.items() if k not in {*known, "mlsd"})
    if added and not may_change:
        error += f"\nInstalling the package added {', '.join(added)}."
    return Run(title, not error, seconds, done.stdout.strip(), added, changed, error)


def check(
    title: str, python: str, core: Path, needs: Path | None, pages: list[Page]
) -> int:
    """Run notebooks on one Python and return the number that failed."""
    versions = installed(core)
    known = ("pandas", "numpy", "scikit-learn", "matplotlib", "pyarrow", "ipython")
    print(f"\n{title}: " + ", ".join(f"{n} {versions[n]}" for n in known), flush=True)
    tasks = [(page, [core], page.stem) for page in pages]
    if needs:
        more = [page for page in pages if page.needs]
        tasks += [(page, [needs, core], f"{page.stem}, needs there") for page in more]
    random.Random(0).shuffle(tasks)
    failed = 0
    with ThreadPoolExecutor(2) as pool:
        for run in pool.map(lambda task: run_alone(task[0], python, *task[1:]), tasks):
            verdict = f"{run.claims} claims hold" if run.passed else "FAILED"
            print(f"{run.title:<42}{run.seconds:>7.1f} s   {verdict}", flush=True)
            if run.added or run.changed:
                done = ", ".join([*run.added, *(f"changed {c}" for c in run.changed)])
                print(f"    its second cell installed {done}", flush=True)
            if not run.passed:
                print(run.error[-4000:], flush=True)
            failed += not run.passed
    return failed


def main() -> None:
    """Check with the oldest or the latest libraries."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("which", choices=["oldest", "latest"])
    parser.add_argument("notebooks", nargs="*", help="paths, names or numbers")
    parser.add_argument("--full", action="store_true", help="also with needs present")
    options = parser.parse_args()
    try:
        chosen = [catalogue.find(name) for name in options.notebooks]
    except catalogue.UnknownPageError as problem:
        sys.exit(str(problem))
    oldest, pages = options.which == "oldest", chosen or catalogue.notebooks()
    found = {v: python for v in VERSIONS if (python := find_python(v))}
    if oldest:
        version = "3.13" if "3.13" in found else f"3.{sys.version_info[1]}"
        found = {version: found[version]}
    failed = 0
    for version, python in found.items():
        name = f".venv-{options.which}-{version}"
        core, needs = ROOT / name, ROOT / f"{name}-needs"
        base, extra = requirements(oldest)
        make_environment(core, python, base)
        shutil.rmtree(needs, ignore_errors=True)
        if options.full:
            make_layer(needs, python, [core])
            install = [interpreter(needs), "-m", "pip", "install", "--quiet"]
            subprocess.run([*install, *extra], check=True)
        layer = needs if options.full else None
        failed += check(f"Python {version}", python, core, layer, pages)
    sys.exit(bool(failed))


if __name__ == "__main__":
    main()
