"""Check what a reader gets from Binder, without Binder.

Binder builds its image with repo2docker. This tool asks repo2docker for its plan, makes
the same Python environment in .venv-binder, from the versions that repo2docker froze
and from the folder binder/, starts JupyterLab in it, opens notebooks in a browser, runs
all their cells from the menu, and looks at the claims.

What it cannot check: the system below Python, which is Ubuntu with conda's Python on
Binder, and Binder itself.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Error, sync_playwright
from playwright.sync_api import Page as Tab

from tools import catalogue
from tools.catalogue import ROOT, Page
from tools.check_claims import find_python, installed, interpreter, libraries

# A tool of this check alone, so that no reader and no test installs it.
REPO2DOCKER = "jupyter-repo2docker==2026.4.0"
PLANNER = ROOT / ".venv-repo2docker"
ENVIRONMENT = ROOT / ".venv-binder"
# What conda calls otherwise than pip.
OTHER_NAMES = {"python-fastjsonschema": "fastjsonschema", "brotli-python": "brotli"}
# What repo2docker's environment.yml asks for, under pip's names.
SERVER = (
    "ipywidgets",
    "jupyter-offlinenotebook",
    "jupyter-resource-usage",
    "jupyter-server",
    "jupyterhub",
    "jupyterlab",
    "notebook",
)
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
OFFLINE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
SECONDS = 300


def run(*command: str | Path, folder: Path = ROOT, **environment: str) -> str:
    """Run a command and return what it printed; stop with it if it fails."""
    done = subprocess.run(
        [str(part) for part in command],
        cwd=folder,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if done.returncode:
        print(done.stdout[-4000:])
        sys.exit(f"This failed: {' '.join(map(str, command[:6]))}")
    return done.stdout


def copy_of_repository(folder: Path) -> Path:
    """Copy what git tracks, as Binder clones it, with the changes not yet committed."""
    for name in run("git", "ls-files", "-z").split("\0"):
        if name and (ROOT / name).is_file():
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target)
    return folder


def plan(repository: Path) -> str:
    """Return the Dockerfile that repo2docker would build, without building it."""
    tool = PLANNER / "bin" / "jupyter-repo2docker"
    name, version = REPO2DOCKER.split("==")
    if not tool.exists() or installed(PLANNER).get(name) != version:
        shutil.rmtree(PLANNER, ignore_errors=True)
        run(sys.executable, "-m", "venv", PLANNER)
        run(interpreter(PLANNER), "-m", "pip", "install", "--quiet", REPO2DOCKER)
    return run(tool, "--no-build", "--debug", ".", folder=repository)


def problems_of(dockerfile: str) -> Iterator[str]:
    """Yield what the plan lacks of what binder/ means."""
    steps = {
        "binder/requirements.txt": r'^RUN .*/pip install .*"binder/requirements.txt"',
        "binder/postBuild": r"^RUN ./binder/postBuild$",
        "binder/start": r'^ENV R2D_ENTRYPOINT="\$\{REPO_DIR\}/binder/start"$',
    }
    for file, step in steps.items():
        if not re.search(step, dockerfile, re.M):
            yield f"repo2docker does not use {file}"
    copied = dockerfile.rfind("COPY --chown=0:0 src/ ${REPO_DIR}/")
    if not 0 < copied < dockerfile.find("RUN ./binder/postBuild"):
        yield "repo2docker runs binder/postBuild before the repository is there"


def frozen(dockerfile: str) -> tuple[str, list[str]]:
    """Return the plan's Python version and what repo2docker itself installs."""
    # A name in the plan has "-2d" for "-" and "-2e" for ".".
    plain = re.sub(r"-([0-9a-f]{2})", lambda code: chr(int(code[1], 16)), dockerfile)
    lock = re.search(r"environment\.py-(\d+\.\d+)-linux-64\.lock", plain)
    if lock is None:
        sys.exit("repo2docker's plan names no frozen environment.")
    path = libraries(PLANNER) / "repo2docker" / "buildpacks" / "conda" / lock[0]
    packages = re.findall(
        r"/([^/]+)-([^-/]+)-[^-/]+\.(?:conda|tar\.bz2)", path.read_text()
    )
    # Releases of conda that are no Python package, such as tzdata 2025b, do no harm:
    # a constraint that nothing asks for is ignored.
    skip = {"tzdata", "python", "openssl"}
    return lock[1], [
        f"{OTHER_NAMES.get(name, name)}=={version}"
        for name, version in packages
        if name not in skip
        and not name.startswith("_")
        and re.fullmatch(r"[\d.]+(post\d+)?", version)
    ]


def mebibytes(folder: Path) -> float:
    """Return the size of all files in a folder."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return sum(path.lstat().st_size for path in files) / 2**20


def build(repository: Path, version: str, constraints: list[str]) -> None:
    """Make the environment of the image, step by step, and say how large it is."""
    python = find_python(version)
    if python is None:
        sys.exit(
            f"There is no Python {version} here, which binder/runtime.txt asks for."
        )
    shutil.rmtree(ENVIRONMENT, ignore_errors=True)
    run(python, "-m", "venv", ENVIRONMENT)
    pip = (interpreter(ENVIRONMENT), "-m", "pip", "install", "--quiet")
    frozen_file = repository.parent / "frozen.txt"
    frozen_file.write_text("\n".join(constraints), "utf-8")
    run(*pip, "--constraint", frozen_file, *SERVER)
    server, before = mebibytes(libraries(ENVIRONMENT)), installed(ENVIRONMENT)
    run(*pip, "-r", "binder/requirements.txt", folder=repository)
    libraries_size = mebibytes(libraries(ENVIRONMENT)) - server
    path = f"{ENVIRONMENT / 'bin'}{os.pathsep}{os.environ['PATH']}"
    size = mebibytes(libraries(ENVIRONMENT))
    run(repository / "binder" / "postBuild", folder=repository, PATH=path)
    package = mebibytes(libraries(ENVIRONMENT)) - size
    run(interpreter(ENVIRONMENT), "-m", "pip", "check")
    print(
        f"Python {version}: {server:.0f} MiB of repo2docker's own packages, "
        f"{libraries_size:.0f} MiB of libraries, {package:.0f} MiB of this book's "
        "package with its data"
    )
    after = installed(ENVIRONMENT)
    moved = [f"{k} {v} to {after[k]}" for k, v in before.items() if after[k] != v]
    print(f"binder/requirements.txt moved {', '.join(moved) or 'nothing'}")


@contextmanager
def jupyter(repository: Path) -> Iterator[str]:
    """Serve JupyterLab as the image would, and give its address with a token."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    token = secrets.token_hex(16)
    # JupyterLab remembers there what was open.
    home = Path(tempfile.mkdtemp(dir=repository.parent))
    log = (repository.parent / "server.log").open("w+")
    command = [repository / "binder" / "start", ENVIRONMENT / "bin" / "jupyter", "lab"]
    options = ["--no-browser", "--ip=127.0.0.1", f"--port={port}", "--allow-root"]
    keep = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "OMP"))}
    process = subprocess.Popen(
        [*map(str, command), *options, f"--IdentityProvider.token={token}"],
        cwd=repository,
        env={
            **keep,
            "PATH": f"{ENVIRONMENT / 'bin'}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(home),
            "JUPYTER_PATH": "",
        },
        stdout=log,
        stderr=subprocess.STDOUT,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(120):
            try:
                urllib.request.urlopen(f"{address}/api", timeout=5)
                break
            except (urllib.error.URLError, OSError):
                time.sleep(0.5)
        else:
            log.seek(0)
            print(log.read()[-4000:])
            sys.exit("JupyterLab did not answer within a minute.")
        yield f"{address}/lab/tree/{{}}?token={token}"
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        log.close()


def claims_in(path: Path) -> tuple[list[str], list[str]]:
    """Return the stored claims of a notebook file, and the errors in its outputs."""
    cells = json.loads(path.read_text("utf-8"))["cells"]
    outputs = [output for cell in cells for output in cell.get("outputs", [])]
    metadata = [output.get("metadata", {}) for output in outputs]
    errors = [o["evalue"] for o in outputs if o["output_type"] == "error"]
    key = catalogue.CLAIM
    return [m[key]["identifier"] for m in metadata if key in m], errors


def choose(tab: Tab, menu: str, entry: str) -> None:
    """Choose an entry of JupyterLab's menu."""
    tab.locator(".lm-MenuBar-itemLabel", has_text=re.compile(f"^{menu}$")).click()
    tab.locator(".lm-Menu-itemLabel", has_text=re.compile(f"^{entry}$")).click()


def visible_colour(tab: Tab, identifier: str) -> str | None:
    """Scroll through a notebook to a claim's box; return the colour of its edge."""
    box = tab.locator(f"#claim-{identifier.replace('.', '-')}")
    scroll = """by => {
        const panel = document.querySelector('.jp-WindowedPanel-outer');
        panel.scrollTop += by;
        return panel.scrollTop + panel.clientHeight >= panel.scrollHeight - 1;
    }"""
    # The page holds only the cells near the screen, and a busy machine draws them late.
    for patience in (50, 200, 800):
        tab.evaluate(scroll, -1e7)
        at_end = False
        while True:
            tab.wait_for_timeout(patience)
            if box.count() and box.first.is_visible():
                colour = "box => getComputedStyle(box).borderLeftColor"
                return str(box.first.evaluate(colour))
            if at_end:
                break
            at_end = tab.evaluate(scroll, 400)
    return None


def problem_in_browser(tab: Tab, address: str, path: Path) -> str | None:
    """Run a notebook as a reader would; say what went wrong, if something did."""
    expected, _ = claims_in(path)
    tab.goto(address)
    tab.wait_for_selector(".jp-Notebook .jp-Cell", timeout=60_000)
    kernel = "document.querySelector('#jp-main-statusbar').innerText"
    tab.wait_for_function(f"{kernel}.includes('| Idle')", timeout=60_000)
    # Without this, what stands on the page could be the stored outputs.
    choose(tab, "Edit", "Clear Outputs of All Cells")
    if tab.locator(".mlsd-claim").count():
        return "the menu did not clear the outputs"
    choose(tab, "Run", "Run All Cells")
    try:
        # The share of the cells that have run, in percent.
        done = "document.querySelector('.jp-Statusbar-ProgressCircle').ariaValueNow"
        tab.wait_for_function(f"{done} < 100", timeout=60_000)
        tab.wait_for_function(f"{done} >= 100", timeout=SECONDS * 1000)
    except Error:
        return f"the notebook did not finish within {SECONDS} seconds"
    colour = visible_colour(tab, expected[-1])
    if colour is None:
        tab.keyboard.press("Control+s")
        tab.wait_for_timeout(3000)
        errors = claims_in(path)[1] or "none stored"
        return f"the box of claim {expected[-1]} does not appear; errors: {errors}"
    if colour != "rgb(0, 158, 115)":
        return f"the box of claim {expected[-1]} is not green but {colour}"
    tab.keyboard.press("Control+s")
    for _ in range(60):
        found, errors = claims_in(path)
        if found == expected and not errors:
            return None
        tab.wait_for_timeout(250)
    return f"claims {found} instead of {expected}; errors: {errors or 'none'}"


def check(repository: Path, notebooks: list[str]) -> int:
    """Run notebooks in the browser and return the number that failed."""
    program = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if program is None:
        sys.exit("There is no Chromium: install the package chromium of your system.")
    failed = 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox", "--disable-gpu", OFFLINE]
        )
        for name in notebooks:
            start = time.perf_counter()
            # Each gets a server and a browser that know of no other, as on Binder.
            with (
                jupyter(repository) as address,
                browser.new_context(viewport={"width": 1280, "height": 900}) as context,
            ):
                address = address.format(name)
                try:
                    tab = context.new_page()
                    problem = problem_in_browser(tab, address, repository / name)
                except Error as error:
                    problem = f"the page does not work: {str(error)[:500]}"
            seconds = time.perf_counter() - start
            n_claims = len(claims_in(repository / name)[0])
            good = f"{n_claims} claims hold, the last one is a green box on the page"
            print(f"{name:<48}{seconds:>6.1f} s   {problem or good}", flush=True)
            failed += problem is not None
        browser.close()
    return failed


def one_for_each_need(pages: list[Page]) -> list[Page]:
    """Return the first notebook of each distinct set of needs."""
    first: dict[tuple[str, ...], Page] = {}
    for page in pages:
        first.setdefault(tuple(sorted(page.needs)), page)
    return list(first.values())


def main() -> None:
    """Check one notebook for each set of needs, those that are named, or all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("notebooks", nargs="*", help="paths, names or numbers")
    parser.add_argument("--all", action="store_true", help="run every notebook")
    parser.add_argument(
        "--keep", action="store_true", help="do not build .venv-binder anew"
    )
    options = parser.parse_args()
    pages = catalogue.notebooks()
    try:
        chosen = [catalogue.find(name) for name in options.notebooks]
    except catalogue.UnknownPageError as problem:
        sys.exit(str(problem))
    if not chosen:
        chosen = pages if options.all else one_for_each_need(pages)
    names = [page.name for page in chosen]
    with tempfile.TemporaryDirectory() as scratch:
        repository = copy_of_repository(Path(scratch, "book"))
        dockerfile = plan(repository)
        if problems := list(problems_of(dockerfile)):
            sys.exit("\n".join(problems))
        if not (options.keep and ENVIRONMENT.exists()):
            build(repository, *frozen(dockerfile))
        sys.exit(bool(check(repository, names)))


if __name__ == "__main__":
    main()
