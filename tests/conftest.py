"""The built book, which several test modules need, and a browser to open it in."""

import functools
import http.server
import os
import shutil
import threading

import pytest
from playwright.sync_api import sync_playwright
from support import HTML, problem_of_build

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]


@pytest.fixture(scope="session")
def said():
    """The problems that a test has failed with already."""
    return set()


@pytest.fixture
def built(said):
    """Fail with one clear sentence unless the book is built; then skip the others."""
    problem = problem_of_build()
    if problem in said:
        pytest.skip("the book is not built")
    if problem:
        said.add(problem)
        pytest.fail(problem, pytrace=False)


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    """Serves the book and says nothing."""

    def log_message(self, *_):
        pass


@pytest.fixture(scope="session")
def address():
    """The address of the book on this machine."""
    handler = functools.partial(QuietHandler, directory=str(HTML))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


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
