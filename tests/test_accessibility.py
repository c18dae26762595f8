"""Everybody can read the pages: axe-core, the keyboard, headings, tables, print.

axe-core comes with a pinned package and is put into the page by the test. It sees what
is open, so everything is opened first.
"""

import collections
import re
from pathlib import Path

import axe_playwright_python
import pytest
from support import DOCUMENTS, NOTEBOOKS, book, each, page, report, soup, source

pytestmark = pytest.mark.usefixtures("built")

EVERY_PAGE = [*DOCUMENTS, "genindex", "search", "404"]
FROM_NOTEBOOKS = [d for d in DOCUMENTS if source(d) in NOTEBOOKS]
CHAPTER = next(d for d in FROM_NOTEBOOKS if d.startswith("chapters/"))
CASE = next(d for d in FROM_NOTEBOOKS if d.startswith("case_studies/"))
WIDTHS = {"phone": 390, "laptop": 1280}

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text("utf-8")
# Beyond the rules that are on by themselves: the size of what fingers hit, and rules
# that axe-core calls experimental, because they can be wrong.
MORE_RULES = [
    "focus-order-semantics",
    "label-content-name-mismatch",
    "p-as-heading",
    "table-fake-caption",
    "target-size",
    "td-has-header",
]
RUN = """options => axe.run(document, {resultTypes: ['violations'], ...options})
    .then(result => result.violations.flatMap(violation => violation.nodes.map(node =>
        [violation.id, node.target.flat().join(' '), node.html.slice(0, 160)])))"""
STRUCTURE = {
    "rules": {rule: {"enabled": True} for rule in MORE_RULES}
    | {"color-contrast": {"enabled": False}}
}
COLORS = {"runOnly": ["color-contrast", "link-in-text-block"]}
# Contrast takes most of the time, and most of it in code, where words of one kind look
# alike: one word of each kind is left as it is, the others lose their mark.
KEEP_ONE_WORD_OF_EACH_COLOR = """() => {
    const known = new Set();
    for (const word of document.querySelectorAll('.highlight pre span')) {
        const kind = !!word.closest('details') + ' ' + word.className;
        if (known.has(kind)) word.replaceWith(...word.childNodes);
        known.add(kind);
    }
}"""
RUNS = [
    ("light", "phone", STRUCTURE),
    ("light", "laptop", STRUCTURE),
    ("light", "laptop", COLORS),
    ("dark", "laptop", COLORS),
]

# What the theme does, and we leave: rule, pattern of the element, reason.
OF_THE_THEME = [
    (
        "label-content-name-mismatch",
        r'^<button class="[^"]*theme-switch-button',
        "It shows an icon only; the rule takes the icon's hidden title for a text.",
    ),
    (
        "label-content-name-mismatch",
        r'^<button class="[^"]*search-button-field',
        "It is called Search and shows Search; the rule adds the keys shown beside it.",
    ),
]
seen: collections.Counter = collections.Counter()

OPEN_EVERYTHING = """() => {
    document.querySelectorAll('.practice-toggle[aria-expanded=false]')
        .forEach(button => button.click());
    document.querySelectorAll('details').forEach(details => details.open = true);
}"""
STILL = "* { transition: none !important; animation: none !important; }"


@pytest.fixture(scope="module")
def window(browser):
    """A window that is used for all pages, so that it fetches shared files once."""
    context = browser.new_context(color_scheme="light")
    yield context
    context.close()


@pytest.mark.parametrize("document", EVERY_PAGE)
def test_axe_finds_nothing(window, address, document):
    tab = window.new_page()
    tab.goto(f"{address}/{document}.html", wait_until="load")
    tab.add_style_tag(content=STILL)
    tab.evaluate(OPEN_EVERYTHING)
    tab.evaluate(AXE)
    problems = []
    for theme, screen, options in RUNS:
        if options is COLORS:
            tab.evaluate(KEEP_ONE_WORD_OF_EACH_COLOR)
        tab.set_viewport_size({"width": WIDTHS[screen], "height": 900})
        tab.emulate_media(color_scheme=theme)
        tab.evaluate(f"document.documentElement.dataset.theme = '{theme}'")
        tab.wait_for_timeout(400)  # the theme looks 0.3 s later what scrolls
        for rule, target, html in tab.evaluate(RUN, options):
            for i, (known, pattern, _) in enumerate(OF_THE_THEME):
                if rule == known and re.match(pattern, html):
                    seen[i] += 1
                    break
            else:
                problems.append(f"{document} ({theme}, {screen}): {rule}: {target}")
    tab.close()
    report(dict.fromkeys(problems))


def test_what_the_theme_does_wrong_still_occurs():
    """A listed finding that is gone must leave the list."""
    if not seen:
        pytest.skip("test_axe_finds_nothing did not run before")
    report(
        f"no longer found: {rule} at {pattern}: take it out of OF_THE_THEME"
        for i, (rule, pattern, _) in enumerate(OF_THE_THEME)
        if not seen[i]
    )


# --- structure -----------------------------------------------------------------------


@each(EVERY_PAGE)
def test_headings_stand_in_order(document):
    # The theme repeats the first heading for print, and our print style hides it again.
    headings = soup(page(document)).select("main :is(h1, h2, h3, h4, h5, h6)")
    headings = [h for h in headings if not h.find_parent(id="jb-print-docs-body")]
    headings = [
        h for h in headings if h.find_parent("div", class_="bd-sidebar") is None
    ]
    level = 0
    for heading in headings:
        found = int(heading.name[1])
        if found > level + 1:
            yield f"{document}: {heading.get_text()!r} is {heading.name} after h{level}"
        level = found


@each(DOCUMENTS)
def test_tables_have_header_cells(document):
    for i, table in enumerate(soup(page(document)).select("article table"), 1):
        headers = table.select("th")
        if not headers:
            yield f"{document}: table {i} has no header cell"
        for cell in headers:
            if cell.get("scope") not in ("col", "row"):
                yield f"{document}: table {i}: {cell} says not what it heads"
            if not cell.get_text().strip():
                yield f"{document}: table {i}: a header cell is empty"


@book
def test_folds_are_named_by_what_is_written_on_them():
    for document in DOCUMENTS:
        for summary in soup(page(document)).select("article summary[aria-label]"):
            yield f"{document}: {summary['aria-label']!r} hides the written name"


# --- the keyboard --------------------------------------------------------------------

# Stops of the Tab key at which a reader would not see where the keyboard is.
UNSEEN = """() => {
    const e = document.activeElement, style = getComputedStyle(e);
    const seen = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0
        || style.boxShadow !== 'none';
    return [e.tagName, e.id, e.className, seen, !!e.closest('footer')];
}"""


@pytest.mark.parametrize("document", [CHAPTER, CASE, "datasets/flights"])
def test_every_stop_of_the_keyboard_is_visible(browser, address, document):
    with browser.new_context(viewport={"width": 390, "height": 900}) as context:
        tab = context.new_page()
        tab.goto(f"{address}/{document}.html", wait_until="load")
        tab.wait_for_timeout(400)
        tab.evaluate(OPEN_EVERYTHING)
        tab.wait_for_timeout(400)
        problems, scrolling, stops = {}, 0, 0
        for _ in range(600):
            tab.keyboard.press("Tab")
            name, identifier, kind, visible, at_the_end = tab.evaluate(UNSEEN)
            if name == "BODY":
                break
            stops += 1
            scrolling += name == "PRE" or "scrollable" in kind
            if not visible:
                problems[f"{name}#{identifier}.{kind}"] = None
            if at_the_end:
                break
        assert stops > 20
        assert scrolling, "nothing that scrolls can be reached"
        report(f"{document}: no visible focus: {problem}" for problem in problems)


def test_the_first_stop_skips_to_the_text(browser, address):
    with browser.new_context() as context:
        tab = context.new_page()
        tab.goto(f"{address}/{CHAPTER}.html")
        tab.keyboard.press("Tab")
        link = tab.locator("#pst-skip-link a")
        assert link.evaluate("e => e === document.activeElement")
        assert link.is_visible()
        tab.keyboard.press("Enter")
        tab.keyboard.press("Tab")
        assert tab.evaluate("!!document.activeElement.closest('main')")


def test_a_solution_opens_by_keyboard(browser, address):
    with browser.new_context() as context:
        tab = context.new_page()
        tab.goto(f"{address}/{CHAPTER}.html")
        solution = tab.locator(".tag_solution").first
        solution.locator("summary").focus()
        tab.keyboard.press("Enter")
        assert solution.locator("pre").first.is_visible()
        tab.keyboard.press("Enter")
        assert not solution.locator("pre").first.is_visible()


@pytest.mark.parametrize("keys", ["Control+k", "Meta+k"])
def test_search_opens_by_keyboard_and_closes_again(browser, address, keys):
    with browser.new_context() as context:
        tab = context.new_page()
        if keys.startswith("Meta"):
            tab.add_init_script(
                "Object.defineProperty(navigator, 'platform', {get: () => 'MacIntel'})"
            )
        tab.goto(f"{address}/{CHAPTER}.html", wait_until="load")
        dialog = tab.locator("dialog#pst-search-dialog")
        assert not dialog.is_visible()
        tab.keyboard.press(keys)
        assert dialog.is_visible()
        tab.keyboard.type("calibration")
        tab.keyboard.press("Escape")
        assert not dialog.is_visible()
        tab.keyboard.press(keys)
        tab.locator("#pst-search-dialog input[type=search]").fill("calibration")
        tab.keyboard.press("Enter")
        tab.wait_for_selector("#search-results li a")


# --- print ---------------------------------------------------------------------------

CUT_ON_PAPER = """() => [...document.querySelectorAll('article :is(pre, table, img)')]
    .filter(e => e.checkVisibility())
    .filter(e => e.getBoundingClientRect().right > innerWidth + 1
        || e.scrollWidth > e.clientWidth + 1)
    .map(e => e.outerHTML.slice(0, 100))"""


@pytest.mark.parametrize("document", FROM_NOTEBOOKS + ["datasets/flights", "claims"])
def test_paper_shows_everything_and_nothing_else(browser, address, document):
    # A4 without its margins, in CSS pixels.
    with browser.new_context(
        viewport={"width": 670, "height": 990}, color_scheme="dark"
    ) as context:
        tab = context.new_page()
        tab.goto(f"{address}/{document}.html", wait_until="load")
        tab.evaluate("window.dispatchEvent(new Event('beforeprint'))")
        tab.emulate_media(media="print", color_scheme="dark")
        assert tab.evaluate("document.documentElement.dataset.theme") == "light"
        others = tab.locator(
            ".bd-sidebar-primary, .bd-sidebar-secondary, .bd-header-article, .copybtn, "
            ".prev-next-area, .page-actions, .practice-bar, .headerlink"
        )
        assert not any(other.is_visible() for other in others.all())
        hidden = (
            "all => all.filter(e => !e.checkVisibility({contentVisibilityAuto: true}))"
        )
        closed = tab.locator("article :is(pre, table, img, details > p)")
        assert closed.evaluate_all(f"all => ({hidden})(all).length") == 0
        cut = tab.evaluate(CUT_ON_PAPER)
        tab.evaluate("window.dispatchEvent(new Event('afterprint'))")
        assert tab.evaluate("document.documentElement.dataset.theme") == "dark"
        assert tab.locator("article details[open]").count() == 0
    report(f"{document}: cut on paper: {html}" for html in cut)
