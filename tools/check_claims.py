"""Check every claim with other libraries than the pinned ones, as a reader would.

``oldest`` installs the lower bounds of pyproject.toml, for real, on Python 3.13 where
it is present: about what Colab ships. ``latest`` installs the newest releases on every
supported Python that is present. In both, the package is installed from this
repository's address, as the setup cell does it, and must leave the libraries as they
are. Each notebook is copied to an empty folder of its own, and they run in a shuffled
order. Outputs are not compared: the claims must hold.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VERSIONS = ("3.11", "3.12", "3.13", "3.14")
RUNNERS = ("ipykernel", "nbclient")
EXECUTE = """
import sys, nbformat
from nbclient import NotebookClient
notebook = nbformat.read(sys.argv[1], as_version=4)
NotebookClient(notebook, timeout=300, kernel_name="python3").execute()
outputs = [o for c in notebook.cells for o in c.get("outputs", [])]
print(sum("mlsd_claim" in o.get("metadata", {}) for o in outputs))
"""


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


def requirements(oldest: bool) -> list[str]:
    """Return the package's dependencies: pinned to lower bounds, or unbounded."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = project["dependencies"] + project["optional-dependencies"]["serving"]
    if oldest:
        return [r.replace(">=", "==") for r in wanted]
    return [r if "<" in r else r.split(">=")[0] for r in wanted]


def make_environment(folder: Path, python: str, wanted: list[str]) -> str:
    """Make a virtual environment and return its interpreter."""
    shutil.rmtree(folder, ignore_errors=True)
    subprocess.run([python, "-m", "venv", str(folder)], check=True)
    interpreter = str(folder / "bin" / "python")
    install = [interpreter, "-m", "pip", "install", "--quiet"]
    subprocess.run([*install, *wanted, *RUNNERS], check=True)
    before = installed(interpreter)
    subprocess.run([*install, f"git+{ROOT.as_uri()}"], check=True)
    after = installed(interpreter)
    changed = {name for name in before if before[name] != after.get(name)}
    new = set(after) - set(before) - {"mlsd"}
    if changed or new:
        sys.exit(f"Installing the package changed or added {sorted(changed | new)}.")
    return interpreter


def installed(interpreter: str) -> dict[str, str]:
    """Return name and version of everything in an environment."""
    command = [interpreter, "-m", "pip", "list", "--format=json"]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return {row["name"]: row["version"] for row in json.loads(done.stdout)}


def run_alone(interpreter: str, path: Path) -> tuple[Path, bool, float, str]:
    """Execute a copy of one notebook in an empty folder."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    start = time.perf_counter()
    with tempfile.TemporaryDirectory() as empty:
        shutil.copy(path, empty)
        done = subprocess.run(
            [interpreter, "-c", EXECUTE, path.name],
            cwd=empty,
            env=environment,
            capture_output=True,
            text=True,
        )
    output = done.stdout.strip() if done.returncode == 0 else done.stderr
    return path, done.returncode == 0, time.perf_counter() - start, output


def check(title: str, interpreter: str) -> int:
    """Run all notebooks in one environment and return the number that failed."""
    versions = installed(interpreter)
    names = ("pandas", "numpy", "scikit-learn", "matplotlib", "pyarrow")
    print(f"\n{title}: " + ", ".join(f"{n} {versions[n]}" for n in names), flush=True)
    paths = [*ROOT.glob("chapters/*.ipynb"), *ROOT.glob("case_studies/*.ipynb")]
    random.Random(0).shuffle(paths)
    failed = 0
    with ThreadPoolExecutor(2) as pool:
        runs = pool.map(lambda path: run_alone(interpreter, path), paths)
        for path, passed, seconds, output in runs:
            verdict = f"{output} claims hold" if passed else f"FAILED\n{output[-4000:]}"
            print(f"{path.stem:<32}{seconds:>7.1f} s   {verdict}", flush=True)
            failed += not passed
    return failed


def main() -> None:
    """Check with the oldest or the latest libraries."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("which", choices=["oldest", "latest"])
    oldest = parser.parse_args().which == "oldest"
    found = {v: python for v in VERSIONS if (python := find_python(v))}
    if oldest:
        version = "3.13" if "3.13" in found else f"3.{sys.version_info[1]}"
        found = {version: found[version]}
    failed = 0
    for version, python in found.items():
        name = f".venv-{'oldest' if oldest else 'latest'}-{version}"
        environment = make_environment(ROOT / name, python, requirements(oldest))
        failed += check(f"Python {version}", environment)
    sys.exit(bool(failed))


if __name__ == "__main__":
    main()
