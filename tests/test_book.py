"""The built book is whole: its pages, links, claims, pictures, buttons and weight.

The tests read the files in _build/html. What only a browser can see, such as a request
that a script makes, is in test_browser.py.
"""

import functools
import gzip
import json
import re
import statistics
from urllib.parse import quote, unquote, urlsplit

import pytest
from sphinx.search.en import SearchEnglish
from support import (
    CONFIG,
    DOCUMENTS,
    HTML,
    NOTEBOOKS,
    PAGES,
    ROOT,
    each,
    is_foreign,
    local,
    once,
    page,
    soup,
    source,
    words,
)

from mlsd import Claim
from tools import catalogue

FROM_NOTEBOOKS = [d for d, page in PAGES.items() if page.is_notebook]
MADE_BY_SPHINX = ["genindex", "search", "404"]
EVERY_PAGE = DOCUMENTS + MADE_BY_SPHINX


pytestmark = pytest.mark.usefixtures("built")


# --- pages ---------------------------------------------------------------------------


@once
def test_pages_are_those_of_the_table_of_contents():
    found = {
        p.relative_to(HTML).with_suffix("").as_posix() for p in HTML.rglob("*.html")
    }
    apart = ("_static/", "slides/")  # parts of pages; lecture slides
    found = {name for name in found if not name.startswith(apart)}
    for name in sorted(found - set(EVERY_PAGE)):
        yield f"{name}.html is not in _toc.yml: run `make clean`, or add it"
    for name in sorted({d for d in DOCUMENTS if DOCUMENTS.count(d) > 1}):
        yield f"{name} stands in _toc.yml more than once"


@once
def test_every_notebook_and_datasheet_is_in_the_table_of_contents():
    pages = [*NOTEBOOKS, *ROOT.glob("chapters/*.md"), *ROOT.glob("datasets/*.md")]
    known = {source(document) for document in DOCUMENTS}
    for path in pages:
        if path not in known:
            yield f"add {path.relative_to(ROOT)} to _toc.yml; no reader can find it"


@each(EVERY_PAGE)
def test_page_has_a_language_a_title_and_one_first_heading(document):
    html = soup(page(document))
    if html.html.get("lang") != "en":
        yield f"{document}: no language"
    if not html.title or CONFIG["title"] not in html.title.text:
        yield f"{document}: its title does not name the book"
    # The theme repeats the first heading for the printed page.
    headings = html.select("main h1:not(#jb-print-docs-body h1)")
    if len(headings) != 1:
        yield f"{document}: {len(headings)} headings of the first level"


# --- links ---------------------------------------------------------------------------


@functools.cache
def anchors(path):
    """All places on a page that a link can point to."""
    found = soup(path).select("[id], a[name]")
    return {tag.get("id") or tag.get("name") for tag in found}


@each(EVERY_PAGE)
def test_links_inside_the_book_lead_somewhere(document):
    path = page(document)
    for tag in soup(path).select("a[href], area[href], link[href], form[action]"):
        address = tag.get("href", tag.get("action"))
        if is_foreign(address) or address.startswith("data:"):
            continue
        target, fragment = local(path, address), unquote(urlsplit(address).fragment)
        if not target.is_relative_to(HTML) or not target.is_file():
            yield f"{document}: links to {address}, which does not exist"
        elif fragment and target.suffix == ".html" and fragment not in anchors(target):
            yield f"{document}: links to {address}, which has no such place"


@each(EVERY_PAGE)
def test_links_to_the_world_are_safe(document):
    for tag in soup(page(document)).select("a[href]"):
        address = tag["href"]
        if is_foreign(address) and not address.startswith(("https://", "mailto:")):
            yield f"{document}: links to {address}; use https"


@each(DOCUMENTS)
def test_no_two_places_have_the_same_anchor(document):
    found = [tag["id"] for tag in soup(page(document)).select("article [id]")]
    for anchor in sorted({a for a in found if found.count(a) > 1}):
        yield f"{document}: {found.count(anchor)} elements have the id {anchor!r}"


# --- claims --------------------------------------------------------------------------


def claims(document):
    """The claims in the stored outputs of a notebook, without those of exercises."""
    return [Claim(**claim) for claim in PAGES[document].claims]


def shown(claim):
    """The cells of a claim's row, as the Claims page should show them."""
    sentence = claim.sentence.replace("’", "'")
    rival = claim.rival_in_words.replace("’", "'")
    return (claim.identifier, sentence, claim.value, claim.bound, rival)


def claims_table():
    """The rows of the Claims page."""
    return soup(page("claims")).select("table.claims-table tbody tr")


@once
def test_claims_page_lists_exactly_the_stored_claims():
    expected = [shown(claim) for d in FROM_NOTEBOOKS for claim in claims(d)]
    found = [tuple(words(cell) for cell in row.select("td")) for row in claims_table()]
    for row in expected:
        if row not in found:
            yield f"missing on the Claims page: {row}"
    for row in found:
        if row not in expected:
            yield f"on the Claims page, but in no notebook: {row}"
    if sorted(found) == sorted(expected) and found != expected:
        yield "the claims do not stand in the order of the book"


@once
def test_claims_page_links_to_the_boxes():
    homes = {c.identifier: d for d in FROM_NOTEBOOKS for c in claims(d)}
    for row in claims_table():
        identifier, sentence = (words(cell) for cell in row.select("td")[:2])
        anchor = f"claim-{identifier.replace('.', '-')}"
        address = row.a["href"] if row.a else None
        if address != f"{homes.get(identifier)}.html#{anchor}":
            yield f"claim {identifier} links to {address}"
            continue
        box = soup(page(homes[identifier])).find(id=anchor)
        if box is None or sentence not in words(box):
            yield f"claim {identifier}: its box does not say {sentence!r}"


# --- pictures ------------------------------------------------------------------------


@each(EVERY_PAGE)
def test_pictures_exist_and_have_alternative_text(document):
    path = page(document)
    for image in soup(path).select("img"):
        alt, address = image.get("alt", ""), image["src"]
        if not is_foreign(address) and not local(path, address).is_file():
            yield f"{document}: the picture {address} does not exist"
        # The theme names its logos in a few words; a figure needs a sentence.
        is_figure = image.find_parent("article") is not None
        if not alt.strip() or (is_figure and len(alt.split()) < 8):
            yield f"{document}: say what {address} shows, not {alt!r}"
        if re.search(r"[\da-f]{16}|\.(png|svg|jpe?g)$|^_images", alt):
            yield f"{document}: {alt!r} is the name of a file"


@each(FROM_NOTEBOOKS)
def test_figures_of_a_notebook_are_on_its_page(document):
    stored = [
        cell.metadata.get("mystnb", {}).get("image", {}).get("alt")
        for cell in PAGES[document].code
        for _ in cell.figures
    ]
    found = [image["alt"] for image in soup(page(document)).select(".cell_output img")]
    if found != stored:
        yield f"{document}: the notebook has {stored}, the page has {found}"


# --- nothing from elsewhere ----------------------------------------------------------

# What a browser fetches by itself; links that a reader may follow are not in it.
FETCHED = {
    "img": ["src", "srcset"],
    "script": ["src"],
    "iframe": ["src"],
    "source": ["src", "srcset"],
    "video": ["src", "poster"],
    "audio": ["src"],
    "track": ["src"],
    "embed": ["src"],
    "object": ["data"],
    "input": ["src"],
    "image": ["href", "xlink:href"],
    "use": ["href", "xlink:href"],
    "base": ["href"],
    "link": ["href"],
}
ONLY_NAMED = {"index", "search", "next", "prev", "canonical", "author", "license", "up"}
STYLE_ADDRESS = re.compile(
    r"@import\s+[\"']([^\"']+)|url\(\s*(?:\"([^\"]*)\"|'([^']*)'|([^)\"'\s]*))"
)


def fetched(path):
    """The addresses that a browser fetches when it opens a page."""
    for name, attributes in FETCHED.items():
        for tag in soup(path).find_all(name):
            if name == "link" and set(tag.get("rel", [])) <= ONLY_NAMED:
                continue
            for attribute in attributes:
                value = tag.get(attribute, "")
                parts = value.split(",") if attribute == "srcset" else [value]
                yield from (part.split()[0] for part in parts if part.strip())
    for tag in soup(path).select("style"):
        yield from style_addresses(tag.get_text())
    for tag in soup(path).select("[style]"):
        yield from style_addresses(tag["style"])


def style_addresses(text):
    """The addresses in a style sheet, without those in its comments."""
    text = re.sub(r"(?s)/\*.*?\*/", "", text)
    for groups in STYLE_ADDRESS.findall(text):
        yield "".join(groups)


@each(EVERY_PAGE)
def test_page_fetches_nothing_from_another_host(document):
    for address in fetched(page(document)):
        if is_foreign(address):
            yield f"{document}: fetches {address}"
    for script in soup(page(document)).select("script:not([src])"):
        for address in re.findall(r"[\"'`](?:https?:)?//[^\"'`]+", script.get_text()):
            yield f"{document}: a script in the page names {address}"
    for tag in soup(page(document)).select("meta[http-equiv=refresh]"):
        yield f"{document}: sends the reader on: {tag}"


@once
def test_style_sheets_fetch_nothing_from_another_host():
    for path in sorted(HTML.rglob("*.css")):
        for address in style_addresses(path.read_text("utf-8")):
            if is_foreign(address):
                yield f"{path.relative_to(HTML)}: fetches {address}"


# --- buttons -------------------------------------------------------------------------

REPOSITORY = CONFIG["repository"]["url"]
BRANCH = CONFIG["repository"]["branch"]


def title_of(document):
    """The first heading of a page, without the mark that links to it."""
    return soup(page(document)).select_one("article h1").find(string=True).strip()


def buttons(document):
    """The addresses of the buttons above the text."""
    links = soup(page(document)).select(".article-header-buttons a[href]")
    return [link["href"] for link in links if is_foreign(link["href"])]


@each(DOCUMENTS)
def test_buttons_lead_to_this_page_in_the_repository(document):
    folder = CONFIG["repository"].get("path_to_book") or ""
    path = f"{folder}/{source(document).relative_to(ROOT)}".strip("/")
    expected = [
        REPOSITORY,
        f"{REPOSITORY}/edit/{BRANCH}/{path}",
        f"{REPOSITORY}/issues/new?template=erratum.yml"
        f"&title={quote(f'Mistake on “{title_of(document)}”')}&page={document}.html",
    ]
    if document in FROM_NOTEBOOKS:
        owner_and_name = urlsplit(REPOSITORY).path.strip("/")
        launch = CONFIG["launch_buttons"]
        expected += [
            f"{launch['binderhub_url']}/v2/gh/{owner_and_name}/{BRANCH}"
            f"?urlpath=lab/tree/{path}",
            f"{launch['colab_url']}/github/{owner_and_name}/blob/{BRANCH}/{path}",
        ]
    found = buttons(document)
    for address in expected:
        if address not in found:
            yield f"{document}: no button leads to {address}"
    for address in found:
        if address not in expected:
            yield f"{document}: a button leads to {address}"


@each(DOCUMENTS)
def test_actions_below_the_text_are_those_of_the_buttons(document):
    links = soup(page(document)).select("article .page-actions a")
    found = {link.get_text(): link["href"] for link in links}
    expected = ["Report a mistake on this page"]
    if document in FROM_NOTEBOOKS:
        launch = ["Run it in Binder", "Run it in Colab", "Download the notebook"]
        expected = launch + expected
        path = local(page(document), found.get("Download the notebook", ""))
        if path.read_bytes() != source(document).read_bytes():
            yield f"{document}: {path.name} is not the notebook of this page"
    if list(found) != expected:
        yield f"{document}: offers {list(found)}"
    for text, address in found.items():
        if is_foreign(address) and address not in buttons(document):
            yield f"{document}: {text!r} leads to {address}, which no button does"


@each(DOCUMENTS)
def test_no_line_ends_between_a_number_and_its_percent_sign(document):
    for part in soup(page(document)).select("article :is(p, li, td, dd)"):
        if part.select_one("code, .math, p, li"):
            continue  # printed as it stands, or looked at part by part
        if parted := re.search(r"\S* ?\d %", part.get_text()):
            yield f"{document}: '{parted[0]}' has an ordinary space"


@each(DOCUMENTS)
def test_page_leads_onward(document):
    ways = soup(page(document)).select(".prev-next-area a[href]")
    at_an_end = document in (DOCUMENTS[0], DOCUMENTS[-1])
    if len(ways) < (1 if at_an_end else 2):
        yield f"{document}: no link to the next page, or none to the last one"


@each(DOCUMENTS)
def test_commands_name_this_repository(document):
    text = soup(page(document)).find("article").get_text()
    for address in re.findall(r"(?:git\+|git clone )(https?://[\w./-]+)", text):
        if address.removesuffix(".git") != REPOSITORY:
            yield f"{document}: says {address}, not {REPOSITORY}: run `make address`"


# --- weight, as it travels -----------------------------------------------------------

KIB = 1024
ALREADY_COMPRESSED = {".png", ".jpg", ".jpeg", ".webp", ".woff", ".woff2", ".gif"}


@functools.cache
def weight(path):
    """The bytes of a file as an ordinary web server sends it."""
    content = path.read_bytes()
    if path.suffix in ALREADY_COMPRESSED:
        return len(content)
    return len(gzip.compress(content, compresslevel=6))


def files(document):
    """The files that the HTML of a page makes a browser fetch, with the page itself."""
    found = {page(document)}
    queue = [local(page(document), a) for a in fetched(page(document))]
    while queue:
        path = queue.pop()
        # Fonts are fetched when a letter needs them: test_browser.py counts those.
        if path in found or not path.is_file() or path.suffix in {".woff2", ".ttf"}:
            continue
        found.add(path)
        if path.suffix == ".css":
            addresses = style_addresses(path.read_text("utf-8"))
            queue += [local(path, a) for a in addresses if not is_foreign(a)]
    return found


def own_weight(document):
    """The weight of a page and of its figures, without what all pages share."""
    shared = HTML / "_static"
    return sum(weight(f) for f in files(document) if not f.is_relative_to(shared))


@each(EVERY_PAGE)
def test_weight_of_a_page_and_its_figures(document):
    own = own_weight(document) / KIB
    if own > 400:
        yield f"{document}: {own:.0f} KiB compressed; at most 400"


@once
def test_weight_of_a_typical_page():
    typical = statistics.median(map(own_weight, DOCUMENTS)) / KIB
    if typical > 150:
        yield f"the median page has {typical:.0f} KiB compressed; at most 150"


@each(DOCUMENTS)
def test_weight_of_a_first_visit(document):
    total = sum(map(weight, files(document))) / KIB
    if total > 1024:
        largest = sorted(files(document), key=weight, reverse=True)[:5]
        parts = [f"{f.relative_to(HTML)} {weight(f) / KIB:.0f}" for f in largest]
        yield f"{document}: {total:.0f} KiB, at most 1024; the largest: {parts}"


# --- exercises -----------------------------------------------------------------------


@each(FROM_NOTEBOOKS)
def test_what_is_tagged_is_folded_and_nothing_else(document):
    code, html = PAGES[document].code, soup(page(document))
    for tag, summary in (("solution", "Show the solution"), ("hide-input", "Show ")):
        wanted = sum(tag in cell.tags for cell in code)
        blocks = html.select(f"div.cell.tag_{tag}")
        if len(blocks) != wanted:
            yield f"{document}: {wanted} cells tagged {tag}, {len(blocks)} on the page"
        for block in blocks:
            title = block.select_one("details.hide > summary")
            if title is None or summary not in words(title):
                yield f"{document}: not folded under {summary!r}: {words(block)[:60]}"
    for folded in html.select("details.hide"):
        if not folded.find_parent("div", class_=["tag_solution", "tag_hide-input"]):
            yield f"{document}: this is folded, but not tagged: {words(folded)[:60]}"
    for opened in html.select("article details[open]"):
        yield f"{document}: this is not folded: {words(opened)[:60]}"


# --- search --------------------------------------------------------------------------


@functools.cache
def index():
    text = (HTML / "searchindex.js").read_text("utf-8")
    return json.loads(text[len("Search.setIndex(") : -1])


def not_found(text, document):
    """The words of a text with which the search does not find a page."""
    language, known = SearchEnglish({}), index()
    number = known["docnames"].index(document)
    for word in language.split(text):
        if not language.word_filter(word.lower()):
            continue
        pages = []
        for form in (language.stem(word), word.lower()):
            for terms in (known["terms"], known["titleterms"]):
                entry = terms.get(form, [])
                pages += entry if isinstance(entry, list) else [entry]
        if number not in pages:
            yield word


@once
def test_search_finds_claims():
    for document in FROM_NOTEBOOKS:
        for claim in claims(document):
            missing = list(not_found(claim.sentence, "claims"))
            if missing:
                yield f"claim {claim.identifier}: the search knows no {missing}"


@once
def test_search_finds_terms_of_the_glossary():
    terms = soup(page("glossary")).select("dl.glossary dt")
    if not terms:
        yield "the glossary has no terms"
    for term in terms:
        text = term.find(string=True, recursive=False)
        if missing := list(not_found(text, "glossary")):
            yield f"glossary, {text!r}: the search knows no {missing}"


def asked_by(document):
    """Return the questions of a chapter's checklist, as its own page shows them."""
    return [words(item) for item in soup(page(document)).select("#checklist li")]


def test_checklists_page_has_the_questions_of_all_chapters():
    shown_there = soup(page("checklists"))
    file = (HTML / "checklists-to-paste.md").read_text("utf-8")
    assert 'href="checklists-to-paste.md"' in str(shown_there)
    for chapter in catalogue.chapters():
        section = shown_there.select_one(f"#chapter-{chapter.number}")
        items = [words(item) for item in section.select("ul.checklist > li")]
        assert items == asked_by(chapter.document)
        assert section.select_one("a.reference.internal")
        assert f"## {chapter.title}" in file
    rows = re.findall("(?m)^- \\[ \\] ", file)
    assert len(rows) == len(shown_there.select("ul.checklist > li"))


@each([d for d in FROM_NOTEBOOKS if d.startswith("chapters/")])
def test_search_finds_the_checklist(document):
    questions = soup(page(document)).select("section#checklist li")
    if not questions:
        yield f"{document}: its checklist is not on its page"
    for question in map(words, questions):
        if missing := list(not_found(question, document)):
            yield f"{document}: the search knows no {missing} of {question!r}"
