"""What pages say about themselves to search engines, messengers and lost readers."""

import functools
import http.server
import re
import threading
from xml.etree import ElementTree

import pytest
from PIL import Image
from sphinx.application import Sphinx
from sphinx.errors import ConfigError
from support import CONFIG, DOCUMENTS, HTML, ROOT, book, each, page, soup

from _ext.pages import repaired, shortened, with_slash

BASEURL = with_slash(CONFIG["html"].get("baseurl"))


def content(html, **attributes):
    """The content of the one meta tag with these attributes."""
    found = html.find_all("meta", attrs=attributes)
    return found[0]["content"] if len(found) == 1 else None


# --- the built book ------------------------------------------------------------------


@pytest.mark.usefixtures("built")
def test_preview_has_the_size_that_messengers_want():
    path = HTML / "_static" / "preview.png"
    assert path.stat().st_size < 150_000
    with Image.open(path) as image:
        assert image.size == (1200, 630)
        assert len(image.convert("RGB").getcolors(2**24)) > 20, "it is empty"


def problems_of_tags(path, name, baseurl):
    """What is wrong with the tags of a page for a book at this address."""
    html = soup(path)
    text = content(html, name="description")
    if not text:
        yield "no description, or two: add a field `description:` at its top"
    elif not 40 <= len(text) <= 210:
        yield f"its description has {len(text)} characters"
    if content(html, property="og:description") != text:
        yield "two different descriptions"
    heading = html.select_one("article h1").find(string=True).strip()
    if content(html, property="og:title") != heading:
        yield f"og:title is {content(html, property='og:title')}, not {heading}"
    image = content(html, property="og:image")
    canonical = [link["href"] for link in html.select("link[rel=canonical]")]
    if baseurl:
        if image != f"{baseurl}_static/preview.png":
            yield f"og:image is {image}"
        if canonical != [f"{baseurl}{name}.html"]:
            yield f"the canonical address is {canonical}"
        if content(html, property="og:url") != f"{baseurl}{name}.html":
            yield "og:url is not the canonical address"
    elif image or canonical or content(html, property="og:url"):
        yield "names an address, though none is set"


@pytest.mark.usefixtures("built")
@each(DOCUMENTS)
def test_page_describes_itself(document):
    for problem in problems_of_tags(page(document), document, BASEURL):
        yield f"{document}: {problem}"


@pytest.mark.usefixtures("built")
@book
def test_no_two_pages_have_the_same_description():
    texts = {d: content(soup(page(d)), name="description") for d in DOCUMENTS}
    for document, text in texts.items():
        if text and list(texts.values()).count(text) > 1:
            yield f"{document}: another page has the same description"


def locations(path):
    """The addresses in a site map."""
    root = ElementTree.parse(path).getroot()
    return [e.text for e in root.iter() if e.tag.endswith("}loc")]


@pytest.mark.usefixtures("built")
def test_site_map_lists_the_book_where_its_address_is_known():
    path = HTML / "sitemap.xml"
    robots = (HTML / "robots.txt").read_text("utf-8")
    assert path.is_file() == ("Sitemap:" in robots) == bool(BASEURL)
    if BASEURL:
        assert locations(path) == [f"{BASEURL}{d}.html" for d in DOCUMENTS]


# --- a small book with and without an address ----------------------------------------

GIVEN = "Given by hand, and taken as it is given here."
FIRST = "# A book\n\nThe first page says in one sentence what all of it is about.\n"
SECOND = f"---\ndescription: {GIVEN}\n---\n# Two\n\nText.\n"
CONF = """
extensions = ["myst_parser", "_ext.pages"]
project = html_title = "A book"
html_baseurl = "{baseurl}"
html_theme = "basic"
html_theme_options = {{"nosidebar": True}}
"""


@pytest.fixture
def small_book(tmp_path, monkeypatch):
    """Build a book of two pages; return where it is."""
    monkeypatch.setenv("BOOK_ROOT", str(ROOT))

    def build(baseurl):
        index = FIRST + "\n```{toctree}\npart/two\n```\n"
        (tmp_path / "part").mkdir(exist_ok=True)
        (tmp_path / "index.md").write_text(index, "utf-8")
        (tmp_path / "part" / "two.md").write_text(SECOND, "utf-8")
        (tmp_path / "conf.py").write_text(CONF.format(baseurl=baseurl), "utf-8")
        out = tmp_path / "out"
        app = Sphinx(
            tmp_path,
            tmp_path,
            out,
            tmp_path / "tree",
            "html",
            freshenv=True,
            status=None,
        )
        app.build(force_all=True)
        soup.cache_clear()
        return out

    return build


def check_small_book(out, baseurl):
    for name in ("index", "part/two"):
        path = out / f"{name}.html"
        html = soup(path)
        image = content(html, property="og:image")
        canonical = [link["href"] for link in html.select("link[rel=canonical]")]
        assert (image is not None) == bool(baseurl)
        assert canonical == ([f"{baseurl}{name}.html"] if baseurl else [])
        assert content(html, property="og:url") == (canonical or [None])[0]
    assert content(soup(out / "index.html"), name="description").startswith("The first")
    given = content(soup(out / "part" / "two.html"), name="description")
    assert given == GIVEN


def test_one_setting_gives_every_page_its_address(small_book):
    address = "https://example.org/shelf/book/"
    for given in (address, address.rstrip("/")):
        out = small_book(given)
        check_small_book(out, address)
        expected = [f"{address}index.html", f"{address}part/two.html"]
        assert locations(out / "sitemap.xml") == expected
        assert f"Sitemap: {address}sitemap.xml" in (out / "robots.txt").read_text()
        assert soup(out / "404.html").base["href"] == "/shelf/book/"


def test_without_the_setting_no_page_names_a_host(small_book):
    out = small_book("https://example.org/")
    assert (out / "sitemap.xml").exists()
    out = small_book("")
    check_small_book(out, "")
    assert not (out / "sitemap.xml").exists(), "one of an earlier build is left"
    assert "Sitemap" not in (out / "robots.txt").read_text()
    for path in out.rglob("*.html"):
        assert "example.org" not in path.read_text("utf-8")


@pytest.mark.parametrize("address", ["example.org/book", "ftp://a.org", "https://"])
def test_an_address_that_is_none_is_refused(address):
    with pytest.raises(ConfigError, match="baseurl"):
        with_slash(address)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Short.", "Short."),
        ("One.  \n Two.", "One. Two."),
        ("A" * 70 + ". " + "b " * 90, "A" * 70 + "."),
        ("word " * 60, ("word " * 39).strip() + " …"),
    ],
)
def test_a_long_text_is_cut_after_a_sentence_or_a_word(text, expected):
    assert shortened(text) == expected
    assert len(shortened(text)) <= 201


def test_header_cells_say_what_they_head():
    table = (
        "<table><thead><tr><th></th><th>a</th></tr></thead>"
        "<tbody><tr><td>x</td><td>1</td></tr></tbody></table>"
    )
    assert repaired(table) == (
        '<table><thead><tr><td></td><th scope="col">a</th></tr></thead>'
        '<tbody><tr><th scope="row">x</th><td>1</td></tr></tbody></table>'
    )
    frame = '<table class="dataframe"><thead><tr><th></th><th>n</th></tr></thead>'
    frame += "<tbody><tr><th>0</th><td>2</td></tr></tbody></table>"
    assert re.findall(r"<th\b[^>]*>", repaired(frame)) == [
        '<th scope="col">',
        '<th scope="row">',
    ]


# --- the page for wrong addresses ----------------------------------------------------


class Published(http.server.SimpleHTTPRequestHandler):
    """Serves the book below a folder and 404.html for everything else, as hosts do."""

    folder = "/shelf/book/"

    def translate_path(self, path):
        inside = path.startswith(self.folder)
        path = "/" + path.removeprefix(self.folder) if inside else "/no such file"
        return super().translate_path(path)

    def send_error(self, code, message=None, explain=None):
        body = (HTML / "404.html").read_bytes()
        self.send_response(code, message)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture
def published():
    handler = functools.partial(Published, directory=str(HTML))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}{Published.folder}"
        server.shutdown()


@pytest.mark.usefixtures("built")
@pytest.mark.parametrize("wrong", ["x.html", "chapters/x.html", "a/b/c/d", "404.html"])
def test_links_on_the_page_for_wrong_addresses_work_at_any_depth(
    browser, published, wrong
):
    with browser.new_context() as context:
        tab = context.new_page()
        tab.goto(published + wrong, wait_until="networkidle")
        last = tab.locator("ul a").last
        assert last.evaluate("e => e.href") == f"{published}{DOCUMENTS[-1]}.html"
        with tab.expect_navigation(wait_until="domcontentloaded") as navigation:
            last.click()
        assert navigation.value.ok
        tab.go_back(wait_until="networkidle")
        tab.fill("input[name=q]", "calibration")
        tab.keyboard.press("Enter")
        tab.wait_for_selector("#search-results li a")


@pytest.mark.usefixtures("built")
def test_the_page_for_wrong_addresses_works_from_a_folder(browser):
    with browser.new_context() as context:
        tab = context.new_page()
        tab.goto((HTML / "404.html").as_uri(), wait_until="networkidle")
        last = tab.locator("ul a").last.evaluate("e => e.href")
        assert last == page(DOCUMENTS[-1]).as_uri()
        assert len(tab.locator("ul a").all()) == len(DOCUMENTS)
