"""The built book and a browser, which several test modules need."""

import os
import shutil

import pytest
from playwright.sync_api import sync_playwright
from support import problem_of_build

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
