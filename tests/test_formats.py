"""The PDF, the EPUB and the zip hold the same book as its pages, and work.

They are made by `make site`, or one by one by `make pdf`, `make epub` and `make zip`.
Where they are missing or older than the sources, these tests are skipped; where CI is
set, they fail.
"""

import functools
import json
import os
import posixpath
import re
import shutil
import subprocess
import sys
import zipfile
from urllib.parse import unquote, urlsplit

import pytest
from bs4 import BeautifulSoup
from pypdf import PdfReader
from support import (
    DISTORTED,
    DOCUMENTS,
    HTML,
    NOTEBOOKS,
    ROOT,
    TOO_WIDE,
    book,
    is_foreign,
    page,
    report,
    soup,
    source,
)

sys.path[:0] = [str(ROOT / "_ext"), str(ROOT / "tools")]
import build_formats  # noqa: E402
import downloads  # noqa: E402
import prepare_formats  # noqa: E402

pytestmark = pytest.mark.usefixtures("built")
PRESENT = downloads.present(ROOT)


def made(kind):
    """Return the file of a format, or end the test with one sentence."""
    if kind not in PRESENT:
        end = pytest.fail if "CI" in os.environ else pytest.skip
        end(f"The {kind} of these sources is not built: run `make site`.")
    return PRESENT[kind]


# --- what the pages have -------------------------------------------------------------


def words(text):
    """The words of a text, with straight quotation marks."""
    straight = text.replace("’", "'").replace("“", '"').replace("”", '"')
    return " ".join(straight.rstrip("#").split())


def title(document):
    """The first heading of a page; the front page has another one in a file."""
    if document == prepare_formats.FRONT_PAGE:
        return "About this book"
    return words(soup(page(document)).select_one("article h1").get_text())


def count(document, selector):
    """How often something stands on a page."""
    return len(soup(page(document)).select(f"article {selector}"))


def claims():
    """The anchors of the boxes of all claims."""
    boxes = (soup(page(d)).select("article .mlsd-claim[id]") for d in DOCUMENTS)
    return sorted(box["id"] for page_boxes in boxes for box in page_boxes)


def solutions():
    """How many solutions the notebooks fold."""
    cells = (json.loads(path.read_text("utf-8"))["cells"] for path in NOTEBOOKS)
    return sum(
        "solution" in cell["metadata"].get("tags", [])
        for some in cells
        for cell in some
    )


# --- PDF -----------------------------------------------------------------------------


@functools.cache
def pdf():
    return PdfReader(made("pdf"))


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
    assert sorted(found) == claims()
    for name in found:
        number = pdf().get_destination_page_number(places[name])
        # A box that does not fit goes to the next page, and its place with it.
        text = "".join(p.extract_text() for p in pdf().pages[number : number + 2])
        label = name.removeprefix("claim-").replace("-", ".")
        assert f"Claim {label}" in " ".join(text.split()), f"no box at {name}"


def test_the_pdf_has_all_solutions_at_the_ends_of_the_chapters():
    titles = [text for _, text in outline(pdf().outline)]
    assert sum(text.startswith("Solution ") for text in titles) >= solutions()


def links_of_pdf():
    """The links of the PDF: the page that they stand on, and their action."""
    for number, sheet in enumerate(pdf().pages, start=1):
        for reference in sheet.get("/Annots", []):
            link = reference.get_object()
            if link["/Subtype"] == "/Link":
                yield number, link.get("/A", link)


@book
def test_links_in_the_pdf_lead_somewhere():
    places = pdf().named_destinations
    inside = 0
    for number, action in links_of_pdf():
        if "/URI" in action:
            if not str(action["/URI"]).startswith(("https://", "mailto:")):
                yield f"page {number}: links to {action['/URI']}"
            continue
        target = action.get("/D", action.get("/Dest"))
        inside += 1
        if isinstance(target, str) and target not in places:
            yield f"page {number}: links to {target}, which does not exist"
        elif target is None:
            yield f"page {number}: has a link to nowhere"
    if inside < 100:
        yield f"there are only {inside} links inside the PDF"


def test_the_pdf_has_no_empty_page_and_embeds_its_fonts():
    problems = []
    for number, sheet in enumerate(pdf().pages, start=1):
        if len(sheet.extract_text().split()) < 8:
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
        end("There is no epubcheck: install the package epubcheck of your system.")
    # Debian's program is an archive of Java that not every kernel can start.
    start = ["java", "-jar"] if zipfile.is_zipfile(program) else []
    command = [*start, program, "--failonwarnings", str(path)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_epub_has_every_page_in_its_order():
    made("epub")
    package = epub()["content.opf"].decode()
    files = dict(re.findall(r'<item id="([^"]*)" href="([^"]*)"', package))
    spine = [files[i] for i in re.findall(r'<itemref idref="([^"]*)"', package)]
    found = [name.removesuffix(".xhtml") for name in spine]
    assert [name for name in found if name in DOCUMENTS] == DOCUMENTS
    for document in DOCUMENTS:
        assert words(chapter(document).h1.get_text()) == title(document)


@book
def test_the_epub_has_all_figures_formulas_and_claims():
    made("epub")
    boxes = [box["id"] for d in DOCUMENTS for box in chapter(d).select(".book-claim")]
    if sorted(boxes) != claims():
        yield f"the claims are {boxes}"
    for document in DOCUMENTS:
        figures = chapter(document).select("img")
        if len(figures) != count(document, "img"):
            yield f"{document}: {len(figures)} figures"
        for figure in figures:
            folder = posixpath.dirname(f"{document}.xhtml")
            name = posixpath.normpath(posixpath.join(folder, figure["src"]))
            if name not in epub() or len(figure.get("alt", "").split()) < 8:
                yield f"{document}: {figure}"
        if len(chapter(document).select("math")) != count(document, ".math"):
            yield f"{document}: other formulas than on the page"


def test_the_pages_of_the_epub_fit_a_narrow_reader(browser, tmp_path):
    with zipfile.ZipFile(made("epub")) as archive:
        archive.extractall(tmp_path)
    problems = []
    with browser.new_context(viewport={"width": 390, "height": 700}) as context:
        tab = context.new_page()
        for document in DOCUMENTS:
            tab.goto((tmp_path / f"{document}.xhtml").as_uri(), wait_until="load")
            if wide := tab.evaluate(TOO_WIDE):
                problems.append(f"{document} is too wide: {wide}")
            for picture in tab.evaluate(DISTORTED):
                problems.append(f"{document} distorts a picture: {picture}")
    report(problems)


def test_the_epub_has_all_solutions_at_the_ends_of_the_chapters():
    made("epub")
    headings = [h.get_text() for d in DOCUMENTS for h in chapter(d).select("h3")]
    assert sum(text.startswith("Solution ") for text in headings) >= solutions()


@book
def test_links_in_the_epub_lead_somewhere_and_nothing_is_fetched():
    made("epub")
    names = [name for name in epub() if name.endswith(".xhtml")]
    pages = {name: BeautifulSoup(epub()[name], "html.parser") for name in names}
    for name, content in pages.items():
        for tag in content.select("[src], link[href], script, iframe"):
            address = tag.get("src", tag.get("href", ""))
            if tag.name in ("script", "iframe") or is_foreign(address):
                yield f"{name}: has {tag}"
        for tag in content.select("a[href]"):
            if is_foreign(tag["href"]):
                continue
            parts = urlsplit(tag["href"])
            folder = posixpath.dirname(name)
            target = posixpath.normpath(posixpath.join(folder, unquote(parts.path)))
            target = target if parts.path else name
            if target not in epub():
                yield f"{name}: links to {tag['href']}, which does not exist"
            elif parts.fragment and not pages[target].find(id=unquote(parts.fragment)):
                yield f"{name}: links to {tag['href']}, which has no such place"


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
        left_out = build_formats.LEFT_OUT | {downloads.FOLDER}
        return {str(p) for p in files if not left_out & set(p.parts)}

    assert names(unpacked) == names(HTML)
    for document in DOCUMENTS:
        content = (unpacked / f"{document}.html").read_text("utf-8")
        for selector in ("article img", "article .mlsd-claim"):
            found = BeautifulSoup(content, "html.parser").select(selector)
            assert len(found) == len(soup(page(document)).select(selector)), document
    assert f"{downloads.FOLDER}/" not in (unpacked / "index.html").read_text("utf-8")


def test_the_zip_repeats(tmp_path):
    path = made("zip")
    with zipfile.ZipFile(path) as archive:
        entries = archive.infolist()
        files = {entry.filename: archive.read(entry) for entry in entries}
    names = [entry.filename for entry in entries]
    assert names == sorted(names)
    assert {entry.date_time for entry in entries} == {(1980, 1, 1, 0, 0, 0)}
    build_formats.write_zip(tmp_path / "again.zip", files)
    assert (tmp_path / "again.zip").read_bytes() == path.read_bytes()


def test_the_unpacked_pages_ask_no_host(unpacked, browser):
    problems = []
    with browser.new_context() as context:
        tab = context.new_page()

        def on_request(request):
            if not request.url.startswith(("file:", "data:", "blob:")):
                problems.append(f"{tab.url}: asks {request.url}")

        tab.on("request", on_request)
        tab.on("requestfailed", lambda r: problems.append(f"does not get {r.url}"))
        tab.on("pageerror", lambda error: problems.append(f"{tab.url}: {error}"))
        tab.on(
            "console",
            lambda m: m.type == "error" and problems.append(f"{tab.url}: {m.text}"),
        )
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
    """Return the sources of the cells of a prepared notebook."""
    path = tmp_path / "chapter.ipynb"
    path.write_text(json.dumps({"cells": cells, "metadata": {}}), "utf-8")
    notebook = json.loads(prepare_formats.prepare_notebook(path))
    return ["".join(cell["source"]) for cell in notebook["cells"]], notebook["cells"]


def cell(kind, text, *tags, outputs=()):
    found = {"cell_type": kind, "source": text, "metadata": {"tags": list(tags)}}
    return {**found, "outputs": list(outputs)} if kind == "code" else found


def test_answers_and_solutions_go_to_the_end(tmp_path):
    sources, cells = prepared(
        tmp_path,
        cell("markdown", EXERCISE),
        cell("code", "def add(): ...", "starter"),
        cell("code", "def add(): return 2", "solution", "hide-cell"),
        cell("markdown", SELF_CHECK, "self-check"),
        cell("markdown", "## Further reading"),
    )
    text = "\n".join(sources)
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
    _, cells = prepared(
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


def test_only_files_of_these_sources_are_linked(tmp_path):
    (tmp_path / "_build" / "formats").mkdir(parents=True)
    for name in ("_config.yml", "_toc.yml"):
        shutil.copy(ROOT / name, tmp_path)
    downloads.file_of(tmp_path, "pdf").write_bytes(b"a book")
    assert downloads.present(tmp_path) == {}
    downloads.note(tmp_path, "pdf")
    assert list(downloads.present(tmp_path)) == ["pdf"]
    (tmp_path / "index.md").write_text("# Changed", "utf-8")
    assert downloads.present(tmp_path) == {}


def test_every_page_of_the_table_of_contents_is_prepared():
    parts = prepare_formats.contents(ROOT)
    assert [name for _, names in parts for name in names] == DOCUMENTS
    assert all(source(name) is not None for name in DOCUMENTS)
