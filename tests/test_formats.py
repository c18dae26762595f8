"""The PDF, the EPUB and the zip hold the same book as its pages, and work.

They are made by `make site`, or one by one by `make pdf`, `make epub` and `make zip`.
A format that is missing or older than the sources is not checked here; where CI is set,
that is a failure.
"""

import functools
import json
import os
import posixpath
import re
import shutil
import subprocess
import zipfile
from urllib.parse import unquote, urlsplit

import pytest
from bs4 import BeautifulSoup
from docutils import nodes
from pypdf import PdfReader
from support import HTML, in_page, is_foreign, not_got, page, report, soup

from _ext import downloads
from formats import build, paper, prepare
from mlsd._claims import Claim
from tools import catalogue, release
from tools.catalogue import ROOT

pytestmark = pytest.mark.usefixtures("built")
DOCUMENTS = catalogue.documents()
PRESENT = downloads.present(ROOT)


def made(kind):
    """Return the file of a format, or end the test with one sentence."""
    if kind not in PRESENT:
        end = pytest.fail if "CI" in os.environ else pytest.skip
        end(f"not checked here: the {downloads.FORMATS[kind][0]} (make {kind})")
    return PRESENT[kind]


# --- what the pages have -------------------------------------------------------------


def words(text):
    """The words of a text, with straight quotation marks."""
    straight = text.replace("’", "'").replace("“", '"').replace("”", '"')
    return " ".join(straight.rstrip("#").split())


def title(document):
    """The first heading of a page; the front page has another one in a file."""
    if document == DOCUMENTS[0]:
        return "About this book"
    return words(soup(page(document)).select_one("article h1").get_text())


def count(document, selector):
    """How often something stands on a page."""
    return len(soup(page(document)).select(f"article {selector}"))


@functools.cache
def claims():
    """The texts of the boxes of all claims, by their anchors."""
    boxes = (soup(page(d)).select("article .mlsd-claim[id]") for d in DOCUMENTS)
    return {box["id"]: text_of(box) for some in boxes for box in some}


def text_of(box):
    """The words of a box."""
    return words(box.get_text(" "))


def all_solutions_are_among(titles):
    """Whether there is a title for each solution that the notebooks fold."""
    cells = (cell for notebook in catalogue.notebooks() for cell in notebook.code)
    n_solutions = sum("solution" in cell.tags for cell in cells)
    return sum(text.startswith("Solution ") for text in titles) >= n_solutions


# --- PDF -----------------------------------------------------------------------------


@functools.cache
def pdf():
    return PdfReader(made("pdf"))


@functools.cache
def pdf_text(number):
    """The text on a page of the PDF, counted from 0; nothing after the last."""
    sheets = pdf().pages
    return (
        " ".join(sheets[number].extract_text().split()) if number < len(sheets) else ""
    )


def outline(entries, depth=0):
    """The titles in the outline, with their depths."""
    for entry in entries:
        if isinstance(entry, list):
            yield from outline(entry, depth + 1)
        else:
            yield depth, words(entry.title)


def test_the_outline_of_the_pdf_is_the_table_of_contents():
    chapters = [text for depth, text in outline(pdf().outline) if depth == 1]
    assert chapters == [title(document) for document in DOCUMENTS]


def test_the_pdf_has_all_figures():
    found = 0
    for sheet in pdf().pages:
        objects = sheet["/Resources"].get("/XObject", {})
        found += sum(objects[name]["/Subtype"] == "/Image" for name in objects)
    assert found == sum(count(document, "img") for document in DOCUMENTS)


def test_the_pdf_has_a_box_for_each_claim():
    places = pdf().named_destinations
    found = [name for name in places if name.startswith("claim-")]
    assert sorted(found) == sorted(claims())
    for name in found:
        number = pdf().get_destination_page_number(places[name])
        # A box that does not fit goes to the next page, and its place with it.
        text = " ".join(pdf_text(n) for n in (number, number + 1))
        label = name.removeprefix("claim-").replace("-", ".")
        assert f"Claim {label}" in text, f"no box at {name}"


def test_the_pdf_has_all_solutions_at_the_ends_of_the_chapters():
    assert all_solutions_are_among(text for _, text in outline(pdf().outline))


def links_of_pdf():
    """The links of the PDF: the page that they stand on, and their action."""
    for number, sheet in enumerate(pdf().pages, start=1):
        for reference in sheet.get("/Annots", []):
            link = reference.get_object()
            if link["/Subtype"] == "/Link":
                yield number, link.get("/A", link)


def test_links_in_the_pdf_lead_somewhere():
    places, inside, problems = pdf().named_destinations, 0, []
    for number, action in links_of_pdf():
        if "/URI" in action:
            if not str(action["/URI"]).startswith(("https://", "mailto:")):
                problems.append(f"page {number}: links to {action['/URI']}")
            continue
        target = action.get("/D", action.get("/Dest"))
        inside += 1
        if isinstance(target, str) and target not in places:
            problems.append(f"page {number}: links to {target}, which does not exist")
        elif target is None:
            problems.append(f"page {number}: has a link to nowhere")
    if inside < 100:
        problems.append(f"there are only {inside} links inside the PDF")
    report(problems)


def test_the_pdf_has_no_empty_page_and_embeds_its_fonts():
    problems = []
    for number, sheet in enumerate(pdf().pages, start=1):
        if len(pdf_text(number - 1).split()) < 8:
            problems.append(f"page {number} is empty")
        for name, font in sheet["/Resources"].get("/Font", {}).items():
            base = font.get("/DescendantFonts", [font])[0].get_object()
            description = base.get("/FontDescriptor", {})
            if not any(key.startswith("/FontFile") for key in description):
                problems.append(f"page {number}: the font {name} is not embedded")
    report(problems)


# --- EPUB ----------------------------------------------------------------------------


@functools.cache
def epub():
    """The files of the EPUB by name."""
    with zipfile.ZipFile(made("epub")) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@functools.cache
def chapter(document):
    """The parsed page of a document in the EPUB."""
    return BeautifulSoup(epub()[f"{document}.xhtml"], "html.parser")


def test_epubcheck_finds_no_error():
    path, program = made("epub"), shutil.which("epubcheck")
    if program is None:
        end = pytest.fail if "CI" in os.environ else pytest.skip
        end("not checked here: the EPUB by epubcheck (install it, then make epub)")
    # Debian's program is an archive of Java that not every kernel can start.
    start = ["java", "-jar"] if zipfile.is_zipfile(program) else []
    command = [*start, program, "--failonwarnings", str(path)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_epub_has_every_page_in_its_order():
    package = epub()["content.opf"].decode()
    files = dict(re.findall(r'<item id="([^"]*)" href="([^"]*)"', package))
    spine = [files[i] for i in re.findall(r'<itemref idref="([^"]*)"', package)]
    found = [name.removesuffix(".xhtml") for name in spine]
    assert [name for name in found if name in DOCUMENTS] == DOCUMENTS
    for document in DOCUMENTS:
        assert words(chapter(document).h1.get_text()) == title(document)


def test_the_epub_has_all_claims_in_the_words_of_the_pages():
    boxes = [box for d in DOCUMENTS for box in chapter(d).select(".book-claim")]
    assert {box["id"]: text_of(box) for box in boxes} == claims()


def test_the_epub_has_all_figures_and_formulas():
    problems = []
    for document in DOCUMENTS:
        figures = chapter(document).select("img")
        if len(figures) != count(document, "img"):
            problems.append(f"{document}: {len(figures)} figures")
        for figure in figures:
            folder = posixpath.dirname(f"{document}.xhtml")
            name = posixpath.normpath(posixpath.join(folder, figure["src"]))
            if name not in epub() or len(figure.get("alt", "").split()) < 8:
                problems.append(f"{document}: {figure}")
        if len(chapter(document).select("math")) != count(document, ".math"):
            problems.append(f"{document}: other formulas than on the page")
    report(problems)


def test_the_pages_of_the_epub_fit_a_narrow_reader(browser, tmp_path):
    with zipfile.ZipFile(made("epub")) as archive:
        archive.extractall(tmp_path)
    problems = []
    with browser.new_context(viewport={"width": 390, "height": 700}) as context:
        tab = context.new_page()
        for document in DOCUMENTS:
            tab.goto((tmp_path / f"{document}.xhtml").as_uri(), wait_until="load")
            if wide := tab.evaluate(in_page("tooWide")):
                problems.append(f"{document} is too wide: {wide}")
            for picture in tab.evaluate(in_page("distorted")):
                problems.append(f"{document} distorts a picture: {picture}")
    report(problems)


def test_the_epub_has_all_solutions_at_the_ends_of_the_chapters():
    headings = (h.get_text() for d in DOCUMENTS for h in chapter(d).select("h3"))
    assert all_solutions_are_among(headings)


def test_links_in_the_epub_lead_somewhere_and_nothing_is_fetched():
    names = [name for name in epub() if name.endswith(".xhtml")]
    pages = {name: BeautifulSoup(epub()[name], "html.parser") for name in names}
    problems = []
    for name, content in pages.items():
        for tag in content.select("[src], link[href], script, iframe"):
            address = tag.get("src", tag.get("href", ""))
            if tag.name in ("script", "iframe") or is_foreign(address):
                problems.append(f"{name}: has {tag}")
        for tag in content.select("a[href]"):
            if is_foreign(tag["href"]):
                continue
            parts = urlsplit(tag["href"])
            folder = posixpath.dirname(name)
            target = posixpath.normpath(posixpath.join(folder, unquote(parts.path)))
            target = target if parts.path else name
            if target not in epub():
                problems.append(f"{name}: {tag['href']} does not exist")
            elif parts.fragment and not pages[target].find(id=unquote(parts.fragment)):
                problems.append(f"{name}: there is no place {tag['href']}")
    report(problems)


# --- zip -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory):
    """The folder of the pages, as a reader unpacks it."""
    path, folder = made("zip"), tmp_path_factory.mktemp("zip")
    with zipfile.ZipFile(path) as archive:
        archive.extractall(folder)
    return folder / path.stem


def test_the_zip_has_every_file_of_the_pages(unpacked):
    def names(folder):
        files = (p.relative_to(folder) for p in folder.rglob("*") if p.is_file())
        return {str(p) for p in files if not build.LEFT_OUT & set(p.parts)}

    assert names(unpacked) == names(HTML)
    for document in DOCUMENTS:
        ours, zipped = soup(page(document)), soup(unpacked / f"{document}.html")
        for selector in ("article img", "article .mlsd-claim"):
            assert zipped.select(selector) == ours.select(selector), document
    assert f"{downloads.FOLDER}/" not in (unpacked / "index.html").read_text("utf-8")


def test_the_zip_repeats(tmp_path):
    path = made("zip")
    with zipfile.ZipFile(path) as archive:
        entries = archive.infolist()
        files = {entry.filename: archive.read(entry) for entry in entries}
    names = [entry.filename for entry in entries]
    assert names == sorted(names)
    assert {entry.date_time for entry in entries} == {(1980, 1, 1, 0, 0, 0)}
    build.write_zip(tmp_path / "again.zip", files)
    assert (tmp_path / "again.zip").read_bytes() == path.read_bytes()


def test_the_unpacked_pages_ask_no_host(unpacked, browser):
    problems = []
    with browser.new_context() as context:
        tab = context.new_page()

        def on_request(request):
            if not request.url.startswith(("file:", "data:", "blob:")):
                problems.append(f"{tab.url}: asks {request.url}")

        def on_message(message):
            if message.type == "error":
                problems.append(f"{tab.url}: {message.text}")

        tab.on("request", on_request)
        tab.on("requestfailed", lambda request: problems.extend(not_got(request)))
        tab.on("pageerror", lambda error: problems.append(f"{tab.url}: {error}"))
        tab.on("console", on_message)
        for document in DOCUMENTS:
            tab.goto((unpacked / f"{document}.html").as_uri(), wait_until="load")
            if tab.locator("article .math").count():
                # In a case study it waits behind a heading that opens.
                tab.wait_for_selector("article mjx-container", state="attached")
    report(problems)


def test_the_search_of_the_unpacked_pages_works(unpacked, browser):
    text = soup(page("glossary")).select_one("dl.glossary dt").get_text().strip("#\n ")
    with browser.new_context() as context:
        tab = context.new_page()
        problems = []
        tab.on("pageerror", lambda error: problems.append(str(error)))
        tab.goto((unpacked / "search.html").as_uri())
        tab.fill("article input[name=q], main input[name=q]", text)
        tab.keyboard.press("Enter")
        tab.wait_for_selector("#search-results li a")
        links = "all => all.map(a => a.href)"
        found = tab.eval_on_selector_all("#search-results li a", links)
        home = next(link for link in found if "glossary.html" in link)
        tab.goto(home)
        assert "Glossary" in tab.title()
    report(problems)


# --- links to the files --------------------------------------------------------------


def test_the_front_page_links_to_the_files_that_exist():
    links = soup(HTML / "index.html").select(f".{downloads.FOLDER} a")
    for link in links:
        assert (HTML / link["href"]).is_file(), link["href"]
    if "CI" in os.environ:
        assert len(links) == len(downloads.FORMATS), "run `make site`"


# --- the sources for paper -----------------------------------------------------------

SELF_CHECK = """## Self-check

1. Which split comes nearest to deployment?

   - a) a random one
   - b) a forward one

<details><summary>Answers</summary>

1. **b.** because the future comes later.

</details>
"""
EXERCISE = """### Exercise 1.1: add

Add.

<details><summary>Hint</summary>

Plus.

</details>
"""


def prepared(tmp_path, *cells):
    """Return the cells of a prepared notebook."""
    path = tmp_path / "chapter.ipynb"
    path.write_text(json.dumps({"cells": cells, "metadata": {}}), "utf-8")
    return json.loads(prepare.prepared(catalogue.Page(tmp_path, path.stem)))["cells"]


def cell(kind, text, *tags, outputs=()):
    found = {"cell_type": kind, "source": text, "metadata": {"tags": list(tags)}}
    return {**found, "outputs": list(outputs)} if kind == "code" else found


def test_answers_and_solutions_go_to_the_end(tmp_path):
    cells = prepared(
        tmp_path,
        cell("markdown", EXERCISE),
        cell("code", "def add(): ...", "starter"),
        cell("code", "def add(): return 2", "solution", "hide-cell"),
        cell("markdown", SELF_CHECK, "self-check"),
        cell("markdown", "## Further reading"),
    )
    text = "\n".join(cell["source"] for cell in cells)
    assert "<details" not in text and "<summary" not in text
    order = ["Plus.", "b) a forward one", "## Further reading", "## Solutions"]
    order += ["### Solution 1.1: add", "return 2", "### Answers to the self-check"]
    order += ["**b.** because"]
    places = [text.index(part) for part in order]
    assert places == sorted(places)
    assert all("hide-cell" not in c["metadata"].get("tags", []) for c in cells)
    for label in re.findall(r"\{place-of\} (\S+)", text):
        assert text.count(f"({label})=") == 1, f"{label} leads nowhere"


def test_html_outputs_become_directives(tmp_path):
    table = "<table><thead><tr><th></th><th>a</th></tr></thead></table>"
    claim = {"identifier": "1.1"}
    cells = prepared(
        tmp_path,
        cell(
            "code",
            "x",
            outputs=[
                {"data": {"text/html": table, "text/plain": "a"}},
                {
                    "data": {"text/html": "<div>", "text/plain": "Claim"},
                    "metadata": {"mlsd_claim": claim},
                },
            ],
        ),
    )
    frame, box = (output["data"] for output in cells[0]["outputs"])
    assert frame["text/markdown"] == f"```{{frame}}\n{table}\n```\n"
    assert box == {"text/markdown": '```{claim-box}\n{"identifier": "1.1"}\n```\n'}


def test_boxes_of_claims_have_the_words_of_the_pages():
    claim = Claim("1.1", "So it is.", 2.5, 1.0, 3.0, "min", 1, ("a coin", 4.0))
    page_text = BeautifulSoup(claim._html(), "html.parser").get_text(" ")
    box = paper.claim_box(claim)
    text = f"{box['title']} {' '.join(t.astext() for t in box.findall(nodes.Text))}"
    assert words(text) == words(page_text)
    assert "A coin would give 4.0 min and break it." in text


def test_every_page_of_the_table_of_contents_is_prepared(tmp_path):
    folder = prepare.prepare(ROOT, tmp_path / "source")
    assert all((folder / p.name).is_file() for p in catalogue.pages())
    listed = "\n".join(path.read_text("utf-8") for path in folder.glob("part-*.md"))
    assert all(document in listed.splitlines() for document in DOCUMENTS)


# --- what formats are made from ------------------------------------------------------

INGREDIENTS = (
    *("_toc.yml", "_config.yml", "references.bib", "questions.md", "pyproject.toml"),
    *("requirements.txt", "chapters/outline.yml", "datasets/registry.json"),
    *("datasets/recipes/common.py", "datasets/licences/udhr.txt", "tools/catalogue.py"),
    *("formats/conf.py", "formats/preamble.tex", "formats/book.css", "_ext/book.py"),
    *("_ext/templates/404.html", "_static/custom.css", "mlsd/__init__.py"),
    *("mlsd/_claims.py", "_ext/templates/new.html", "chapters/new.svg"),
)


def test_a_change_of_every_kind_makes_formats_out_of_date(tmp_path):
    for path in downloads.sources(ROOT):
        copied = tmp_path / path.relative_to(ROOT)
        copied.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, copied)
    before = downloads.digest(tmp_path)
    assert before == downloads.digest(ROOT)
    for name in (*INGREDIENTS, *(p.name for p in catalogue.pages())):
        with (tmp_path / name).open("a") as file:
            file.write("\n")
        after = downloads.digest(tmp_path)
        assert after != before, f"{name} does not count"
        before = after


def test_only_files_of_these_sources_are_linked(tmp_path):
    for name in ("_config.yml", "_toc.yml"):
        shutil.copy(ROOT / name, tmp_path)
    downloads.note(tmp_path, "pdf", downloads.digest(tmp_path))
    assert downloads.present(tmp_path) == {}
    downloads.file_of(tmp_path, "pdf").write_bytes(b"a book")
    assert list(downloads.present(tmp_path)) == ["pdf"]
    html, index = tmp_path / "html", tmp_path / "html" / "index.html"
    html.mkdir()
    index.write_text('<div class="downloads container">\n</div>\n<div>A</div>', "utf-8")
    bare = index.read_text("utf-8")
    for _ in range(2):  # again and again
        downloads.publish(tmp_path, html)
        links = BeautifulSoup(index.read_text("utf-8"), "html.parser").select("a")
        assert [link.get_text() for link in links] == ["PDF"]
        assert len(list((html / downloads.FOLDER).iterdir())) == 1
    (tmp_path / "index.md").write_text("# Changed", "utf-8")
    downloads.publish(tmp_path, html)
    assert index.read_text("utf-8") == bare and not (html / downloads.FOLDER).exists()


# --- a release -----------------------------------------------------------------------


@pytest.fixture
def steps(tmp_path, monkeypatch):
    """What a release does, in its order; nothing of it is done."""
    done: list[str] = []
    monkeypatch.setattr(release, "ROOT", tmp_path)
    monkeypatch.setattr(release, "problems", lambda version: [])
    monkeypatch.setattr(release, "git", lambda *arguments: "")
    monkeypatch.setattr(release, "make", done.append)
    monkeypatch.setattr(release, "collect", lambda version: done.append("collect"))
    monkeypatch.setattr(release, "built", lambda: dict.fromkeys(downloads.FORMATS, "a"))
    monkeypatch.setattr("sys.argv", ["release"])
    (tmp_path / "_build").mkdir()
    return done


def test_a_release_tests_the_formats_that_it_ships(steps, tmp_path):
    release.main()
    assert steps == ["site", "test-all", "collect"]
    assert not (tmp_path / "_build").exists()  # nothing is left of an earlier build


def test_a_dry_run_does_nothing(steps, tmp_path, monkeypatch):
    monkeypatch.setattr("sys.argv", ["release", "--dry-run"])
    release.main()
    assert steps == [] and (tmp_path / "_build").exists()


@pytest.mark.parametrize(
    ("built", "sentence"),
    [
        (lambda steps: {"pdf": "a", "epub": "a"}, "did not make: zip"),
        (lambda steps: dict.fromkeys(downloads.FORMATS, steps[-1]), "changed a format"),
    ],
)
def test_nothing_untested_ships(steps, monkeypatch, built, sentence):
    monkeypatch.setattr(release, "built", lambda: built(steps))
    with pytest.raises(SystemExit, match=sentence):
        release.main()
    assert "collect" not in steps
