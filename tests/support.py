"""What the test modules share: where things are, and how problems are reported."""

import functools
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

# --- problems ------------------------------------------------------------------------


def report(problems):
    """Fail with one line for each problem, and nothing else."""
    found = list(problems)
    if found:
        pytest.fail("\n".join(found), pytrace=False)


def book(problems_of_book):
    """Make a test of a function that yields the problems of the whole book."""

    def test():
        report(problems_of_book())

    return test


def each(values):
    """Make a test of a function that yields the problems of one of these values."""
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


def is_foreign(address):
    """Whether an address names a host; data of the page itself do not."""
    parts = urlsplit(address.strip())
    return bool(parts.netloc) or parts.scheme not in ("", "data")


def local(path, address):
    """Return the file that an address on a page means."""
    file = unquote(urlsplit(address).path)
    return (path.parent / file).resolve() if file else path


# What makes a page wider than the screen; null if it is not.
TOO_WIDE = """() => {
    const html = document.documentElement;
    if (html.scrollWidth <= innerWidth + 1) return null;
    const free = e => {
        const style = getComputedStyle(e);
        return e === document.body || (style.overflowX === 'visible'
            && style.position !== 'fixed' && free(e.parentElement));
    };
    const wide = [...document.body.querySelectorAll('*')].filter(e =>
        e.getBoundingClientRect().right > innerWidth + 1 && free(e.parentElement));
    return html.scrollWidth + ' pixels: ' + wide.at(-1)?.outerHTML.slice(0, 120);
}"""

# Pictures of the text whose height over width, as shown, is not that of their file.
DISTORTED = """() => [...document.images].flatMap(image => {
    if (!image.closest('article, section')) return [];
    const style = getComputedStyle(image), length = name => parseFloat(style[name]);
    const width = image.clientWidth - length('paddingLeft') - length('paddingRight');
    const height = image.clientHeight - length('paddingTop') - length('paddingBottom');
    const shown = height / width;
    const drawn = image.naturalHeight / image.naturalWidth;
    return Math.abs(shown / drawn - 1) > 0.01 ? [image.src + ' ' + shown] : [];
})"""
