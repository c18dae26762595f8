"""What the test modules share: where things are, and how problems are reported."""

import contextlib
import functools
import os
import threading
from http.server import ThreadingHTTPServer
from urllib.parse import unquote, urlsplit

import pytest
from bs4 import BeautifulSoup

from tools import catalogue
from tools.catalogue import ROOT

HTML = ROOT / "_build" / "html"
CONFIG = catalogue.config()
PAGES = {page.document: page for page in catalogue.pages()}
DOCUMENTS = list(PAGES)
NOTEBOOKS = [page.path for page in PAGES.values() if page.is_notebook]

# --- a server ------------------------------------------------------------------------


@contextlib.contextmanager
def serving(handler):
    """Serve on this machine, by a handler of requests, and hand out the address."""
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


# --- problems ------------------------------------------------------------------------


def report(problems):
    """Fail with one line for each problem, and nothing else."""
    found = list(problems)
    if found:
        pytest.fail("\n".join(found), pytrace=False)


def once(problems_of_all):
    """Make a test of a function that yields the problems of the whole book."""

    def test():
        report(problems_of_all())

    return test


def each(values):
    """Make a test of a function that yields the problems of one of these values."""
    values = selected(values)
    names = [getattr(value, "stem", value) for value in values]

    def decorate(problems_of):
        @pytest.mark.parametrize("value", values, ids=names)
        def test(value):
            report(problems_of(value))

        return test

    return decorate


# --- the built book ------------------------------------------------------------------


def source(document):
    """Return the file from which a page is made; None if there is none."""
    made_from = PAGES.get(document)
    return made_from.path if made_from and made_from.exists else None


def page(document):
    """Return the built page of a document."""
    return HTML / f"{document}.html"


@functools.cache
def problem_of_build():
    """Say in one sentence why the built book cannot be tested, if it cannot."""
    for document in DOCUMENTS:
        original = source(document)
        if original is None:
            return f"_toc.yml names {document}, which does not exist."
        name = original.relative_to(ROOT)
        copy = HTML / "_sources" / name
        if not page(document).is_file() or not copy.is_file():
            return f"The book is not built, or without {name}: run `make book` first."
        if copy.read_bytes() != original.read_bytes():
            return f"{name} is newer than the built book: run `make book` first."
    return None


@functools.cache
def soup(path):
    """Return the parsed HTML of a built page."""
    return BeautifulSoup(path.read_text("utf-8"), "html.parser")


def words(tag):
    """The text of an element; Sphinx curls apostrophes, boxes have straight ones."""
    return " ".join(tag.get_text().split()).replace("’", "'")


def is_foreign(address):
    """Whether an address names a host; data of the page itself do not."""
    parts = urlsplit(address.strip())
    return bool(parts.netloc) or parts.scheme not in ("", "data")


def local(path, address):
    """Return the file that an address on a page means."""
    file = unquote(urlsplit(address).path)
    return (path.parent / file).resolve() if file else path


# --- the browser ---------------------------------------------------------------------

FULL = "MLSD_FULL" in os.environ
NOT_CHECKED: set[str] = set()


def not_checked(what):
    """Note what a run leaves out; the end of the run says so."""
    NOT_CHECKED.add(what)


def selected(documents):
    """Return the pages that ``--page`` leaves, all of them without it."""
    wanted = os.environ.get("MLSD_PAGE", "").split()
    if not wanted:
        return list(documents)
    return [d for d in documents if getattr(d, "document", d) in wanted]


IN_PAGE = (ROOT / "tests" / "in_page.js").read_text("utf-8")


def in_page(function):
    """Return a script that calls one of the functions in in_page.js."""
    return f"argument => {{ {IN_PAGE}\nreturn {function}(...(argument ?? [])); }}"


def not_got(request):
    """Yield what a page asked for in vain; what its end cut short does not count."""
    if request.failure != "net::ERR_ABORTED":
        yield f"does not get {request.url}"
