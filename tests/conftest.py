"""The built book, which several test modules need, and a browser to open it in."""

import functools
import http.server
import os
import shutil

import pytest
from playwright.sync_api import sync_playwright
from support import HTML, NOT_CHECKED, problem_of_build, serving

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]


def pytest_addoption(parser):
    only = "test this page only, as in chapters/07_validation; may be said again"
    parser.addoption("--page", action="append", help=only)
    parser.addoption("--full", action="store_true", help="leave nothing out")


def pytest_configure(config):
    """Hand the options on to the modules, which choose their pages when imported."""
    if pages := config.getoption("--page"):
        os.environ["MLSD_PAGE"] = " ".join(pages)
    if config.getoption("--full"):
        os.environ["MLSD_FULL"] = "1"


def pytest_terminal_summary(terminalreporter, config):
    """Say in a line for each thing what this run did not check."""
    reports = terminalreporter.getreports("skipped")
    reasons = {str(r.longrepr[2]) for r in reports if isinstance(r.longrepr, tuple)}
    skipped = {r.removeprefix("Skipped: ") for r in reasons if "not checked" in r}
    for text in sorted(NOT_CHECKED):
        skipped.add(f"not checked here: {text}. Run: make test-all")
    for text in sorted(skipped):
        terminalreporter.write_line(text)


@pytest.fixture
def full():
    """Skip a test that only a full run has time for."""
    if "MLSD_FULL" not in os.environ:
        pytest.skip("not checked here: right answers graded by nbgrader, chapter by "
                    "chapter. Run: make test-all")  # fmt: skip


@pytest.fixture(scope="session")
def reported():
    """The problems that a test has failed with already."""
    return set()


@pytest.fixture
def built(reported):
    """Fail with one clear sentence unless the book is built; then skip the others."""
    problem = problem_of_build()
    if problem in reported:
        pytest.skip("the book is not built")
    if problem:
        reported.add(problem)
        pytest.fail(problem, pytrace=False)


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    """Serves the book and says nothing."""

    def log_message(self, *_):
        pass


@pytest.fixture(scope="session")
def address():
    """The address of the book on this machine."""
    with serving(functools.partial(QuietHandler, directory=str(HTML))) as found:
        yield found


@pytest.fixture(scope="session")
def browser():
    names = ("chromium", "chromium-browser", "google-chrome")
    program = next(filter(None, map(shutil.which, names)), None)
    if program is None:
        end = pytest.fail if "CI" in os.environ else pytest.skip
        end("There is no Chromium: install the package chromium of your system.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield browser
        browser.close()
