"""The pages work in a browser, for everybody: on a phone, in the dark, by keyboard.

The book is served from this machine. Chromium may talk to nothing else, so that a page
that needs another host fails here as it would for a reader on a plane. Each page is
opened once on a phone and once on a laptop, and all checks are done there, one after
the other. What they ask the page is in `in_page.js`. axe-core comes with a pinned
package and is put into the page; it sees what is open, so everything is opened first.
"""

import functools
import gzip
import io
import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import axe_playwright_python
import pytest
from playwright.sync_api import Error
from pypdf import PdfReader
from support import (
    FULL,
    HTML,
    in_page,
    not_checked,
    not_got,
    page,
    report,
    selected,
    soup,
)

from tools import catalogue, reading

pytestmark = pytest.mark.usefixtures("built")

MADE_BY_SPHINX = ["genindex", "search", "404"]
PAGES = [*catalogue.documents(), *MADE_BY_SPHINX]
CHAPTER, CASE = catalogue.chapters()[0].document, catalogue.cases()[0].document
SLIDES = [
    p for p in catalogue.notebooks() if any("slide" in c.metadata for c in p.cells)
]
THEMES = ["light", "dark"]
SCREENS = {  # in CSS pixels
    "phone": (390, 844),
    "tablet": (820, 1180),
    "laptop": (1280, 800),
    "A4 without its margins": (670, 990),
}
FRAMES = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
# Transitions would otherwise take a quarter of a second.
STILL = "* { transition: none !important; animation: none !important; }"


@pytest.fixture(scope="session")
def window(browser):
    """A window that is used for all pages, so that it fetches shared files once."""
    with browser.new_context(color_scheme="light") as context:
        context.set_default_timeout(15_000)
        yield context


@pytest.fixture
def tab(window):
    """A new tab of a laptop, and nothing remembered from the pages before."""
    tab = window.new_page()
    tab.add_init_script(
        "if (!window.name) { localStorage.clear(); window.name = 'known'; }"
    )
    show(tab, "laptop")
    yield tab
    tab.close()


def show(tab, screen="laptop", theme="light"):
    """Give a tab the size of a screen and a theme."""
    width, height = SCREENS[screen]
    tab.set_viewport_size({"width": width, "height": height})
    tab.emulate_media(media="print" if "A4" in screen else "screen", color_scheme=theme)
    tab.evaluate(f"document.documentElement.dataset.theme = '{theme}'")


def settle(tab):
    """Wait until the theme has looked what scrolls, 0.3 s after the last change."""
    tab.wait_for_timeout(400)


def watch(tab, address):
    """Return a list that gets a line for everything that goes wrong in a tab."""
    problems = []

    def on_request(request):
        if not request.url.startswith((address, "data:", "blob:")):
            problems.append(f"asks another host: {request.url}")

    def on_response(response):
        if response.status >= 400:
            problems.append(f"gets {response.status} for {response.url}")

    def on_console(message):
        if message.type in ("error", "warning"):
            problems.append(f"{message.type} in the console: {message.text}")

    tab.on("request", on_request)
    tab.on("response", on_response)
    tab.on("console", on_console)
    tab.on("pageerror", lambda error: problems.append(f"error in a script: {error}"))
    tab.on("requestfailed", lambda request: problems.extend(not_got(request)))
    return problems


# --- checks of a page that is open; each yields what is wrong with it ----------------


@functools.cache
def weight(path):
    """Return the KiB of a file as a server sends it, compressed if that helps."""
    body = path.read_bytes()
    return min(len(body), len(gzip.compress(body, compresslevel=6))) / 1024


def weight_of_a_first_visit(tab, document):
    addresses = {urlsplit(url).path for url in tab.evaluate(in_page("fetched"))}
    weights = {name: weight(HTML / name[1:]) for name in addresses}
    if sum(weights.values()) > 1024:
        largest = sorted(weights.items(), key=lambda item: -item[1])[:5]
        yield f"weighs {sum(weights.values()):.0f} KiB; the largest: {largest}"


def fetches_only_what_it_shows(tab, document):
    fetched = tab.evaluate(in_page("fetched"))
    # Icons are drawn by the theme's script; their fonts would be 270 KB more. Only the
    # mark of a note or a warning needs one of them.
    fonts = [url for url in fetched if "fontawesome/webfonts" in url]
    if tab.locator("article .admonition:not(.hide)").count():
        fonts = [url for url in fonts if "solid" not in url]
    runnable = catalogue.Page(catalogue.ROOT, document).is_notebook
    if fonts and (runnable or document == "index"):
        yield f"fetches fonts of icons: {fonts}"
    drawn = tab.locator(".article-header-buttons svg.svg-inline--fa").count()
    if runnable and drawn < 5:
        yield f"draws {drawn} icons"
    mathematics = any("mathjax" in url for url in fetched)
    if mathematics != bool(tab.locator("article .math").count()):
        yield "fetches what draws mathematics, or has mathematics, but not both"


def shows_its_contents(tab, document):
    if tab.locator("article .math").count():  # perhaps in a section that is closed
        tab.wait_for_selector("article mjx-container", state="attached")
    yield from tab.evaluate(in_page("contents"))


def structure(tab, document):
    yield from tab.evaluate(in_page("structure"))


def practice_opens_section_by_section(tab, document):
    toggles, bodies = tab.locator(".practice-toggle"), tab.locator(".practice-body")
    if not catalogue.Page(catalogue.ROOT, document).is_case and not toggles.count():
        return
    shown = tab.locator(".practice-body:visible")
    expect = {
        "at least 12 sections fold": toggles.count() == bodies.count() >= 12,
        "all are closed at first": shown.count() == 0,
        "the plan is open": tab.locator("#a-plan-for-45-minutes table").is_visible(),
    }
    toggles.first.focus()
    tab.keyboard.press("Enter")
    expect["Enter opens"] = bodies.first.is_visible()
    expect["it says so"] = toggles.first.get_attribute("aria-expanded") == "true"
    tab.keyboard.press("Space")
    expect["Space closes"] = not bodies.first.is_visible()
    tab.keyboard.press("Tab")
    after = tab.evaluate("document.activeElement.className")
    expect["Tab goes on to the next"] = after in ("headerlink", "practice-toggle")
    tab.locator(".practice-all").click()
    expect["a button opens all"] = shown.count() == bodies.count()
    tab.reload()
    expect["the choice is remembered"] = shown.count() == bodies.count()
    tab.locator(".practice-all").click()
    expect["the button closes all"] = shown.count() == 0
    yield from (
        f"practice: not so: {what}" for what, is_so in expect.items() if not is_so
    )


def a_link_opens_the_section_it_leads_to(tab, document):
    if tab.locator(".practice-body").count():
        if not tab.locator("#the-design-document .practice-body").is_visible():
            yield "a link to the design document does not open it"
        if (shown := tab.locator(".practice-body:visible").count()) != 1:
            yield f"a link to the design document opens {shown} sections"


def paper_shows_everything_and_nothing_else(tab, document):
    if document in MADE_BY_SPHINX:
        return
    show(tab, "laptop", "dark")
    settle(tab)
    opened = tab.locator("article details[open]").count()
    tab.evaluate("dispatchEvent(new Event('beforeprint'))")
    theme = "document.documentElement.dataset.theme"
    if tab.evaluate(theme) != "light":
        yield "is not light on paper"
    show(tab, "A4 without its margins")
    tab.evaluate(FRAMES)  # only then the theme hears of the new colours, and follows
    yield from tab.evaluate(in_page("problemsOnPaper"))
    tab.evaluate("dispatchEvent(new Event('afterprint'))")
    if tab.evaluate(theme) != "dark":
        yield "is not dark again after printing"
    if tab.locator("article details[open]").count() != opened:
        yield "has other folds open after printing"
    show(tab, "phone")


def solutions_are_folded_until_the_reader_opens_them(tab, document):
    solutions = tab.locator(".tag_solution")
    for i in range(solutions.count()):
        code = solutions.nth(i).locator("pre").first
        summary = solutions.nth(i).locator("summary")
        if code.is_visible():
            yield f"solution {i + 1} is not folded"
        summary.click()
        if not code.is_visible():
            yield f"solution {i + 1} does not open"
        summary.focus()
        tab.keyboard.press("Enter")
        if code.is_visible():
            yield f"solution {i + 1} does not close by keyboard"
        tab.keyboard.press("Enter")
        if not code.is_visible():
            yield f"solution {i + 1} does not open by keyboard"


def the_self_check_says_what_is_right_and_why(tab, document):
    groups = tab.locator("#self-check [role=radiogroup]")
    if groups.count() != tab.locator("#self-check > ol > li").count():
        yield f"self-check: {groups.count()} questions can be answered"
    for i in range(groups.count()):
        group, said = groups.nth(i), []
        # The answers below name the letters.
        letters = [text[:2] for text in group.locator("label").all_inner_texts()]
        if letters != ["a)", "b)", "c)"]:
            yield f"self-check: question {i + 1} offers {letters}"
        for letter in "abc":
            group.locator(f"input[value={letter}]").focus()
            tab.keyboard.press("Space")
            said.append(group.locator("[role=status]").inner_text())
        right = [text for text in said if text.startswith("Right. ")]
        if len(right) != 1 or said.count("Not quite. Try again.") != 2:
            yield f"self-check: question {i + 1} says {said}"
        elif len(right[0]) <= 60:
            yield f"self-check: question {i + 1} does not say why: {right[0]}"


def contents_on_a_phone_close_when_a_section_is_chosen(tab, document):
    button = tab.locator("button.secondary-toggle:visible")
    if button.count():
        button.first.click()
        contents = tab.locator("dialog[open]")
        sections = contents.locator("a[href^='#']:visible")
        sections.nth(min(3, sections.count() - 1)).click()
        contents.wait_for(state="hidden", timeout=5_000)


def the_search_is_in_sight(tab, document):
    if document == "404":
        return
    buttons = tab.locator(".search-button__button:visible").all()
    heights = [button.bounding_box()["y"] for button in buttons]
    if not any(0 <= y < 780 for y in heights):
        yield f"shows no search: its buttons are at {heights}"


def open_everything(tab, document):
    """Not a check: what follows must be in order in folded parts, too."""
    tab.evaluate(in_page("openEverything"))
    settle(tab)
    return ()


def layout(tab, document):
    for theme in THEMES:
        for screen in ("tablet", "laptop", "phone"):
            show(tab, screen, theme)
            if wide := tab.evaluate(in_page("tooWide")):
                yield f"is wider than a {screen} ({theme}): {wide}"
            for picture in tab.evaluate(in_page("distorted")):
                yield f"distorts a picture on a {screen} ({theme}): {picture}"
        for text in tab.evaluate(in_page("lowContrast")):
            yield f"has a text of too little contrast ({theme}): {text}"
    show(tab, "phone")


def every_stop_of_the_keyboard_is_visible(tab, document):
    if not FULL and document not in (CHAPTER, CASE, "datasets/flights"):
        return
    settle(tab)
    tab.evaluate(in_page("startAtTheTop"))
    tab.evaluate(in_page("watchStops"))
    for _ in range(60):
        for _ in range(10):
            tab.keyboard.press("Tab")
        if tab.evaluate(in_page("atTheEnd")):
            break
    yield from tab.evaluate(in_page("problemsOfStops"))


# --- axe-core ------------------------------------------------------------------------

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text("utf-8")
COLORS = ["color-contrast", "link-in-text-block"]
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
EVERY_RULE = {"rules": {rule: {"enabled": True} for rule in MORE_RULES}}
STRUCTURE = {"rules": EVERY_RULE["rules"] | dict.fromkeys(COLORS, {"enabled": False})}
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


def axe(tab, screen, theme, options, *, marked=False, exceptions=False):
    """Yield what axe-core finds, but for what the theme does."""
    found = tab.evaluate(in_page("axeFindings"), [options, marked])
    for rule, target, html in found:
        known = [p for r, p, _ in OF_THE_THEME if r == rule and re.match(p, html)]
        if not known:
            yield f"({theme}, {screen}): {rule}: {target}"
    if "rules" in options and exceptions:  # what is gone must leave the list
        for rule, pattern, _ in OF_THE_THEME:
            if not any(r == rule and re.match(pattern, html) for r, _, html in found):
                yield f"({screen}): no longer found: {rule} at {pattern}"


def axe_finds_nothing(tab, document, screen):
    tab.mouse.move(0, 0)  # away from what shows a hint
    tab.evaluate(AXE)
    if FULL:
        for theme in THEMES:
            show(tab, screen, theme)
            settle(tab)
            yield from axe(tab, screen, theme, EVERY_RULE)
        return
    for theme in THEMES:
        show(tab, screen, theme)
        tab.evaluate(in_page("markLooks"))
    tab.evaluate(in_page("dropUnmarkedWords"))
    show(tab, screen)
    settle(tab)
    known = screen == "laptop" and document not in MADE_BY_SPHINX
    yield from axe(tab, screen, "light", STRUCTURE, exceptions=known)
    if screen == "laptop":
        for theme in THEMES:
            show(tab, screen, theme)
            yield from axe(tab, screen, theme, {"runOnly": COLORS}, marked=True)


if not FULL:
    not_checked(
        "axe-core on each page: the contrast of each word (one of each look is "
        "measured) and on phones, the other rules in the dark"
    )
    not_checked("that every stop of the keyboard is visible, on more than three pages")

VISITS: dict[str, list[Callable]] = {
    "phone": [
        practice_opens_section_by_section,
        shows_its_contents,
        weight_of_a_first_visit,
        structure,
        paper_shows_everything_and_nothing_else,
        solutions_are_folded_until_the_reader_opens_them,
        the_self_check_says_what_is_right_and_why,
        contents_on_a_phone_close_when_a_section_is_chosen,
        open_everything,
        layout,
        functools.partial(axe_finds_nothing, screen="phone"),
    ],
    "laptop": [
        the_search_is_in_sight,
        a_link_opens_the_section_it_leads_to,
        fetches_only_what_it_shows,
        open_everything,
        every_stop_of_the_keyboard_is_visible,
        functools.partial(axe_finds_nothing, screen="laptop"),
    ],
}


def problems_of_visit(tab, address, document, screen):
    """Yield all that is wrong with a page on one screen."""
    seen = watch(tab, address)
    show(tab, screen)
    place = "#the-design-document" if screen == "laptop" else ""
    tab.goto(f"{address}/{document}.html{place}")
    tab.add_style_tag(content=STILL)
    settle(tab)
    for check in VISITS[screen]:
        try:
            yield from check(tab, document) or ()
        except Error as error:
            name = getattr(check, "__name__", "axe")
            yield f"{name}: {error.message.splitlines()[0]}"
    yield from seen


@pytest.mark.parametrize("screen", VISITS)
@pytest.mark.parametrize("document", selected(PAGES))
def test_page(tab, address, document, screen):
    problems = problems_of_visit(tab, address, document, screen)
    report(f"{document}, {screen}: {problem}" for problem in dict.fromkeys(problems))


# --- what one page shows for all -----------------------------------------------------


def go(tab, address, document):
    tab.goto(f"{address}/{document}.html")


@pytest.mark.parametrize("theme", THEMES)
def test_the_theme_that_a_reader_chose_stays(browser, address, theme):
    with browser.new_context(color_scheme=THEMES[theme == "light"]) as context:
        context.add_init_script(
            f"localStorage.setItem('mode', '{theme}');"
            f"localStorage.setItem('theme', '{theme}');"
        )
        tab = context.new_page()
        go(tab, address, "index")
        assert tab.evaluate("document.documentElement.dataset.theme") == theme


@pytest.mark.parametrize(
    ("selector", "home"),
    [
        ("claims table.claims-table td:nth-child(2)", "claims.html"),
        ("glossary dl.glossary dt", "glossary.html"),
        (f"{CHAPTER} #checklist li", f"{CHAPTER}.html"),
    ],
    ids=["claim", "term", "checklist"],
)
def test_search_finds(tab, address, selector, home):
    document, _, selector = selector.partition(" ")
    text = soup(page(document)).select_one(selector).get_text().strip("#\n ")
    go(tab, address, "search")
    tab.fill("article input[name=q], main input[name=q]", text)
    tab.keyboard.press("Enter")
    tab.wait_for_selector("#search-results li a")
    links = "all => all.map(a => a.href)"
    addresses = tab.eval_on_selector_all("#search-results li a", links)
    assert any(home in link for link in addresses), f"{text!r} leads to {addresses}"


def test_ticks_of_a_checklist_stay_until_they_are_cleared(tab, address):
    go(tab, address, "checklists")
    boxes, bar = tab.locator("ul.checklist input"), tab.locator(".checklist-bar")
    assert boxes.count() == tab.locator("ul.checklist > li").count() > 100
    boxes.nth(1).focus()
    tab.keyboard.press("Space")
    tab.locator("ul.checklist label").nth(4).click()
    tab.reload()
    assert bar.inner_text().startswith(f"2 of {boxes.count()} ticked.")
    assert [boxes.nth(k).is_checked() for k in range(6)] == [
        k in (1, 4) for k in range(6)
    ]
    bar.locator("button").click()
    tab.reload()
    assert bar.inner_text().startswith("0 of")
    assert bar.locator("button").is_disabled()


def test_reading_room_is_filtered_by_what_the_address_asks(tab, address):
    systems = tab.locator("section.system")
    go(tab, address, "reading/room")
    everything = systems.count()
    assert everything == len(reading.load("systems"))
    tab.goto(f"{tab.url}?chapter=14")
    count = len(reading.about(reading.load("systems"), "chapters", 14))
    status = tab.locator(".room-bar [role=status]")
    assert status.inner_text() == f"{count} of {everything} systems."
    assert systems.locator("visible=true").count() == count
    tab.select_option(".room-bar select[name=kind]", "paper")
    shown = systems.locator("visible=true")
    both = [e for e in reading.load("systems") if e["kind"] == "paper"]
    assert shown.count() == len(reading.about(both, "chapters", 14)) > 0
    assert tab.url.endswith("?chapter=14&kind=paper")
    tab.get_by_role("button", name="Show all").click()
    tab.wait_for_function("location.search === ''")
    assert systems.locator("visible=true").count() == everything
    tab.goto(f"{tab.url}?chapter=99&industry=nonsense")
    assert systems.locator("visible=true").count() == everything


def test_sheet_for_the_interview_is_one_page(tab, address):
    go(tab, address, "reading/interview")
    tab.emulate_media(media="print")
    for paper in ("A4", "Letter"):
        pages = PdfReader(io.BytesIO(tab.pdf(format=paper))).pages
        assert len(pages) == 1, f"{paper}, overleaf: {pages[1].extract_text()}"


@pytest.mark.parametrize("keys", ["Control+k", "Meta+k"])
def test_search_opens_by_keyboard_and_closes_again(tab, address, keys):
    if keys.startswith("Meta"):
        tab.add_init_script(
            "Object.defineProperty(navigator, 'platform', {get: () => 'MacIntel'})"
        )
    go(tab, address, CHAPTER)
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


def test_the_first_stop_skips_to_the_text(tab, address):
    go(tab, address, CHAPTER)
    tab.keyboard.press("Tab")
    link = tab.locator("#pst-skip-link a")
    assert link.evaluate("e => e === document.activeElement")
    assert link.is_visible()
    tab.keyboard.press("Enter")
    tab.keyboard.press("Tab")
    assert tab.evaluate("!!document.activeElement.closest('main')")


@pytest.mark.parametrize("document", selected(p.document for p in catalogue.cases()))
def test_without_scripts_everything_is_open(browser, address, document):
    with browser.new_context(java_script_enabled=False) as context:
        tab = context.new_page()
        go(tab, address, document)
        criterion = tab.locator(
            "#the-design-document strong", has_text="Kill criterion"
        )
        assert criterion.is_visible()


def test_there_are_slides():
    assert SLIDES


@pytest.mark.parametrize("stem", [chapter.stem for chapter in selected(SLIDES)])
def test_slides_fit_their_screen_and_ask_no_other_host(tab, address, stem):
    problems = watch(tab, address)
    go(tab, address, f"slides/{stem}")
    tab.wait_for_function("window.Reveal && Reveal.isReady()")
    for i in range(tab.evaluate("Reveal.getTotalSlides()")):
        tab.evaluate(f"Reveal.slide({i})")
        height = tab.evaluate("document.querySelector('section.present').scrollHeight")
        if height > 700:
            problems.append(f"slide {i + 1} is {height} high, more than 700")
        if tab.locator(
            "section.present img:not([alt]), section.present img[alt='']"
        ).count():
            problems.append(f"slide {i + 1} has a picture without a text")
    report(f"{stem}: {problem}" for problem in problems)
