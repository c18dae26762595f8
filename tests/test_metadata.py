"""What pages say about themselves to search engines, messengers and lost readers."""

import functools
import http.server
import re
import subprocess
import sys
from xml.etree import ElementTree

import pytest
from PIL import Image
from sphinx.errors import ConfigError
from support import CONFIG, DOCUMENTS, HTML, ROOT, once, page, serving, soup

from _ext.pages import repaired, shortened, with_slash

BASEURL = with_slash(CONFIG["html"].get("baseurl"))


def tags_of(path):
    """What a page says about itself, by the names of its tags."""
    html = soup(path)
    tags = html.select("head meta[name], head meta[property]")
    found = [(tag.get("name") or tag["property"], tag["content"]) for tag in tags]
    found += [("canonical", a["href"]) for a in html.select("link[rel=canonical]")]
    ours = re.compile("description|canonical|og:|twitter:")
    found = [(name, text) for name, text in found if ours.match(name)]
    assert len(found) == len(dict(found)), f"{path.name}: a tag stands twice"
    return dict(found)


def problems_of_address(tags, name, baseurl):
    """What is wrong with the addresses on a page of a book that stands there."""
    expected = {
        "canonical": f"{baseurl}{name}.html",
        "og:url": f"{baseurl}{name}.html",
        "og:image": f"{baseurl}_static/preview.png",
    }
    for key, address in expected.items():
        if tags.get(key) != (address if baseurl else None):
            yield f"{name}: {key} is {tags.get(key)}"


def locations(path):
    """The addresses in a site map."""
    root = ElementTree.parse(path).getroot()
    return sorted(e.text or "" for e in root.iter() if e.tag.endswith("}loc"))


# --- the built book ------------------------------------------------------------------


@pytest.mark.usefixtures("built")
def test_preview_has_the_size_that_messengers_want():
    path = HTML / "_static" / "preview.png"
    assert path.stat().st_size < 150_000
    with Image.open(path) as image:
        assert image.size == (1200, 630)
        assert len(image.convert("RGB").getcolors(2**24)) > 20, "it is empty"


@pytest.mark.usefixtures("built")
@once
def test_pages_describe_themselves():
    seen: dict[str, str] = {}
    for document in DOCUMENTS:
        tags = tags_of(page(document))
        text = tags.get("description", "")
        if not 40 <= len(text) <= 210:
            yield f"{document}: write a field `description:` at its top, not {text!r}"
        if (other := seen.setdefault(text, document)) != document:
            yield f"{document}: has the same description as {other}"
        if tags.get("og:description") != text:
            yield f"{document}: has two different descriptions"
        heading = soup(page(document)).select_one("article h1").find(string=True)
        if tags.get("og:title") != heading.strip():
            yield f"{document}: og:title is {tags.get('og:title')}, not {heading}"
        yield from problems_of_address(tags, document, BASEURL)


@pytest.mark.usefixtures("built")
def test_site_map_lists_the_book_where_its_address_is_known():
    path = HTML / "sitemap.xml"
    assert path.is_file() == bool(BASEURL)
    if BASEURL:
        assert locations(path) == sorted(f"{BASEURL}{d}.html" for d in DOCUMENTS)


# --- a small book with and without an address ----------------------------------------

GIVEN = 'Given by hand: "a < b & c", and taken as it is given here.'
FIRST = "# A & B\n\nThe first page says in one sentence what all of it is about.\n"
SECOND = f"---\ndescription: '{GIVEN}'\n---\n# Two\n\nText.\n"
CONF = """
extensions = ["myst_parser", "_ext.pages"]
project = html_title = "A book"
html_baseurl = "{baseurl}"
html_theme = "basic"
html_theme_options = {{"nosidebar": True}}
"""


@pytest.fixture
def small_book(tmp_path):
    """Build a book of two pages; return where it is."""

    def build(baseurl):
        index = FIRST + "\n```{toctree}\npart/two\n```\n"
        (tmp_path / "part").mkdir(exist_ok=True)
        (tmp_path / "index.md").write_text(index, "utf-8")
        (tmp_path / "part" / "two.md").write_text(SECOND, "utf-8")
        (tmp_path / "conf.py").write_text(CONF.format(baseurl=baseurl), "utf-8")
        out, tree = tmp_path / "out", str(tmp_path / "tree")
        # In a process of its own: the site map's extension forks one, and what that
        # holds open of a browser's pipes keeps the browser's driver from ending.
        command = [sys.executable, "-m", "sphinx", "-q", "-E", "-a", "-d", tree]
        subprocess.run([*command, tmp_path, out], cwd=ROOT, check=True)
        soup.cache_clear()
        return out

    return build


def check_small_book(out, baseurl):
    for name in ("index", "part/two"):
        assert not list(
            problems_of_address(tags_of(out / f"{name}.html"), name, baseurl)
        )
    first, second = tags_of(out / "index.html"), tags_of(out / "part" / "two.html")
    assert first["og:title"] == "A & B" and first["og:type"] == "website"
    assert first["description"].startswith("The first page says")
    assert second["description"] == second["og:description"] == GIVEN
    assert second["og:site_name"] == "A book" and second["og:type"] == "article"
    assert tags_of(out / "search.html")["description"].startswith("Search the")
    robots = (out / "robots.txt").read_text("utf-8")
    assert (f"Sitemap: {baseurl}sitemap.xml" in robots) == bool(baseurl)


def test_one_setting_gives_every_page_its_address(small_book):
    address = "https://example.org/shelf/book/"
    for given in (address, address.rstrip("/")):
        out = small_book(given)
        check_small_book(out, address)
        expected = [f"{address}index.html", f"{address}part/two.html"]
        assert locations(out / "sitemap.xml") == expected
        assert soup(out / "404.html").base["href"] == "/shelf/book/"
        card = tags_of(out / "index.html")["twitter:card"]
        assert card == "summary_large_image"


def test_without_the_setting_no_page_names_a_host(small_book):
    out = small_book("https://example.org/")
    assert (out / "sitemap.xml").exists()
    out = small_book("")
    check_small_book(out, "")
    assert not (out / "sitemap.xml").exists(), "one of an earlier build is left"
    for path in out.rglob("*.html"):
        assert "example.org" not in path.read_text("utf-8")


@pytest.mark.parametrize("address", ["example.org/book", "ftp://a.org", "https://"])
def test_an_address_that_is_none_is_refused(address):
    with pytest.raises(ConfigError, match="baseurl"):
        with_slash(address)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One.  \n Two.", "One. Two."),
        ("A" * 70 + ". " + "b " * 90, "A" * 70 + "."),
        ("word " * 60, ("word " * 39).strip() + " …"),
    ],
)
def test_a_long_text_is_cut_after_a_sentence_or_a_word(text, expected):
    assert shortened(text) == expected


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
    with serving(functools.partial(Published, directory=str(HTML))) as found:
        yield f"{found}{Published.folder}"


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
