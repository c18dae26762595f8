"""What the test modules share: where things are, and how problems are reported."""

import functools
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
import yaml
from bs4 import BeautifulSoup

ROOT = Path(__file__).resolve().parents[1]
HTML = ROOT / "_build" / "html"
CONFIG = yaml.safe_load((ROOT / "_config.yml").read_text("utf-8"))
NOTEBOOKS = [
    path
    for folder in ("chapters", "case_studies")
    for path in sorted((ROOT / folder).glob("*.ipynb"))
]

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
    names = [value.stem if isinstance(value, Path) else value for value in values]

    def decorate(problems_of):
        @pytest.mark.parametrize("value", values, ids=names)
        def test(value):
            report(problems_of(value))

        return test

    return decorate


# --- the built book ------------------------------------------------------------------


def documents():
    """Return the names of all pages in the table of contents, in its order."""

    def walk(node):
        if "file" in node or "root" in node:
            yield node.get("file", node.get("root")).removesuffix(".md")
        for key in ("parts", "chapters", "sections"):
            for child in node.get(key, ()):
                yield from walk(child)

    return list(walk(yaml.safe_load((ROOT / "_toc.yml").read_text("utf-8"))))


DOCUMENTS = documents()


def source(document):
    """Return the file from which a page is made."""
    paths = [ROOT / f"{document}{suffix}" for suffix in (".ipynb", ".md")]
    return next((path for path in paths if path.is_file()), None)


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
