"""A page is added by its own files: everything that names pages then names it.

A copy of the project, emptied of its notebooks so that every number is free, gets a
chapter, a case study and a data set, by just the files that ``CONTRIBUTING.md`` names;
then each is looked for wherever a reader or an instructor would look.
"""

import pytest
from bs4 import BeautifulSoup
from small_book import CASE, CHAPTER, run, small_book

CHAPTER_PAGE = CHAPTER.replace(".ipynb", ".html")
CASE_PAGE = CASE.replace(".ipynb", ".html")
TITLE = "Dice that remember nothing"


@pytest.fixture(scope="session")
def added(tmp_path_factory):
    """The copy, with its pages built."""
    copy = small_book(tmp_path_factory.mktemp("added") / "book")
    done = run(copy, "-m", "tools.build_book")
    assert done.returncode == 0, done.stdout[-3000:]
    return copy


def page(added, name):
    html = (added / "_build" / "html" / f"{name}.html").read_text("utf-8")
    return BeautifulSoup(html, "html.parser")


def links(html, address):
    return [
        a.get_text() for a in html.select("article a[href]") if address in a["href"]
    ]


@pytest.mark.parametrize(
    ("where", "address"),
    [
        ("chapters/part_2_first_evidence", "08_dice.html"),
        ("questions", CHAPTER_PAGE),
        ("questions", CASE_PAGE),
        ("teaching", CHAPTER_PAGE),
        ("claims", f"{CHAPTER_PAGE}#claim-8-1"),
        ("claims", f"{CASE_PAGE}#claim-q01-1"),
        ("datasets/index", "dice.html"),
        ("licence", "datasets/dice.html"),
        (CASE_PAGE.removesuffix(".html"), "q01_dice-design-document.md"),
    ],
)
def test_the_page_is_linked(added, where, address):
    assert links(page(added, where), address), f"{where} does not link to {address}"


@pytest.mark.parametrize("name", [CHAPTER_PAGE, CASE_PAGE, "datasets/dice.html"])
def test_the_page_is_in_the_contents_beside_every_page(added, name):
    sidebar = page(added, "index").select(".bd-sidebar-primary a[href]")
    assert [a for a in sidebar if a["href"] == name]


@pytest.mark.parametrize("where", ["teaching", "chapters/part_2_first_evidence"])
def test_the_chapter_is_no_longer_coming(added, where):
    text = " ".join(page(added, where).select_one("article").get_text().split())
    assert f"{TITLE} (coming)" not in text and TITLE in text
    assert "Baselines that earn their keep" not in text


def test_objectives_and_numbers_follow(added):
    assert "Refuse a bet that rests on memory." in page(added, "teaching").get_text()
    table = page(added, "datasets/index").select_one("table").get_text(" ")
    assert "dice 600 2" in " ".join(table.split())
    assert "8.1" in page(added, "claims").get_text()


def test_slides_exist_for_it(added):
    names = [p.name for p in (added / "_build" / "html" / "slides").glob("*.html")]
    assert any("08_dice" in name for name in names), names


@pytest.mark.parametrize(
    ("command", "lines"),
    [
        (
            "print(*(p.name for p in c.notebooks()), *c.registry(), sep='\\n')",
            [CHAPTER, CASE, "dice"],
        ),
        ("print(*(r.name for r in c.recipes()), sep='\\n')", ["dice.py"]),
        ("print(c.find('8').name, c.find('q01').name, sep='\\n')", [CHAPTER, CASE]),
    ],
    ids=["pages and data", "recipes of make data", "names of make check"],
)
def test_tools_know_it(added, command, lines):
    done = run(added, "-c", f"from tools import catalogue as c; {command}")
    assert set(lines) <= set(done.stdout.split("\n")), done.stdout


def test_it_is_prepared_for_paper(added):
    done = run(added, "-m", "formats.prepare")
    assert done.returncode == 0, done.stdout
    folder = added / "_build" / "formats" / "source"
    assert (folder / CHAPTER).is_file() and (folder / CASE).is_file()
    chapter = (folder / CHAPTER).read_text("utf-8")
    assert "## Solutions" in chapter and "secret_of_the_solution" in chapter


@pytest.mark.parametrize("name", ["8", "q01"])
def test_it_is_assigned_without_its_answers(added, name):
    code = f"""
import nbformat
from teaching import markup
from tools import catalogue
print(nbformat.writes(markup.source_version(catalogue.find({name!r}))))
"""
    done = run(added, "-c", code)
    assert done.returncode == 0, done.stdout
    assert "Assignment: " in done.stdout and "Dice forget at once" not in done.stdout
