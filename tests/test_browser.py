"""The pages work in a browser: offline, on a phone, in the light and in the dark.

The book is served from this machine. Chromium may talk to nothing else, so that a page
that needs another host fails here as it would for a reader on a plane.
"""

import gzip

import pytest
from playwright.sync_api import Error
from support import (
    DISTORTED,
    DOCUMENTS,
    HTML,
    NOTEBOOKS,
    TOO_WIDE,
    page,
    report,
    soup,
    source,
)

pytestmark = pytest.mark.usefixtures("built")

EVERY_PAGE = [*DOCUMENTS, "genindex", "search", "404"]
FROM_NOTEBOOKS = [d for d in DOCUMENTS if source(d) in NOTEBOOKS]
THEMES = ["light", "dark"]
SCREENS = {  # in CSS pixels
    "phone": (390, 844),
    "tablet": (820, 1180),
    "laptop": (1280, 900),
}


@pytest.fixture(scope="module")
def window(browser):
    """A window that is used for all pages, so that it fetches shared files once."""
    context = browser.new_context(color_scheme="light")
    yield context
    context.close()


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
    tab.on("requestfailed", lambda r: problems.append(f"does not get {r.url}"))
    return problems


# Texts with less contrast to what is behind them than 4.5, the minimum of WCAG 2.
# Elements of one kind look alike, so one of each kind is measured.
LOW_CONTRAST = """() => {
    const numbers = color => color.match(/[\\d.]+/g).map(Number);
    const luminance = rgb => rgb.slice(0, 3)
        .map(v => v / 255)
        .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
        .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
    const behind = e => {
        if (!e) return [255, 255, 255];
        const [r, g, b, a = 1] = numbers(getComputedStyle(e).backgroundColor);
        if (a === 1) return [r, g, b];
        const below = behind(e.parentElement);
        return [r, g, b].map((v, i) => v * a + below[i] * (1 - a));
    };
    const kinds = new Map();
    const texts = 'p, li, h1, h2, h3, h4, a, th, td, dt, dd, code, pre, summary, '
        + 'strong, figcaption, pre span, .mlsd-claim';
    for (const e of document.querySelectorAll(`article :is(${texts})`)) {
        if (!e.textContent.trim() || e.closest('.headerlink, .sd-card')) continue;
        const box = e.closest('tr, .mlsd-claim, blockquote, .highlight, .cell_output');
        const row = box?.matches('tr') ? box.rowIndex % 2 : '';
        const kind = [e.tagName, e.className, box?.className, row].join(' ');
        if (!kinds.has(kind) && e.checkVisibility()) kinds.set(kind, e);
    }
    return [...kinds].flatMap(([kind, e]) => {
        const colors = [numbers(getComputedStyle(e).color), behind(e)];
        const [low, high] = colors.map(luminance).sort((a, b) => a - b);
        const ratio = (high + 0.05) / (low + 0.05);
        return ratio < 4.5 ? [kind + ': ' + ratio.toFixed(2)] : [];
    });
}"""


def problems_of_layout(tab):
    """What is wrong with the page in a tab, on each screen and in each theme."""
    # Colours would otherwise take a quarter of a second to change.
    tab.add_style_tag(content="* { transition: none !important; }")
    for theme in THEMES:
        tab.evaluate(f"document.documentElement.dataset.theme = '{theme}'")
        for screen, (width, height) in SCREENS.items():
            tab.set_viewport_size({"width": width, "height": height})
            if wide := tab.evaluate(TOO_WIDE):
                yield f"is wider than a {screen} ({theme}): {wide}"
            for picture in tab.evaluate(DISTORTED):
                yield f"distorts a picture on a {screen} ({theme}): {picture}"
        for text in tab.evaluate(LOW_CONTRAST):
            yield f"has texts of too little contrast ({theme}): {text}"


def problems_of_contents(tab):
    """What is wrong with the mathematics, pictures and icons of the page in a tab."""
    if tab.locator("article .math").count():
        try:
            tab.wait_for_selector("article mjx-container")
        except Error:
            yield "does not typeset its mathematics"
        if tab.locator("article :is(mjx-merror, [data-mjx-error])").count():
            yield "has an error in its mathematics"
    broken = "all => all.filter(i => !i.naturalWidth).map(i => i.src)"
    for picture in tab.eval_on_selector_all("img", broken):
        yield f"does not show {picture}"
    # Where the script knows no icon, it leaves the <i> or draws a flashing mark.
    missing = "all => all.map(i => i.outerHTML.slice(0, 80))"
    unknown = "i[class*=fa-], svg.svg-inline--fa:has(animate)"
    for icon in tab.eval_on_selector_all(unknown, missing):
        yield f"does not draw the icon {icon}"


@pytest.mark.parametrize("document", EVERY_PAGE)
def test_page(window, address, document):
    tab = window.new_page()
    tab.set_default_timeout(15_000)
    problems = watch(tab, address)
    tab.set_viewport_size({"width": 390, "height": 844})
    tab.goto(f"{address}/{document}.html", wait_until="load")
    # A case study starts closed; what is inside must be in order, too.
    closed = tab.locator(".practice-toggle[aria-expanded=false]")
    closed.evaluate_all("buttons => buttons.forEach(button => button.click())")
    problems += problems_of_contents(tab)
    problems += problems_of_layout(tab)
    tab.close()
    report(f"{document}: {problem}" for problem in dict.fromkeys(problems))


@pytest.mark.parametrize("theme", THEMES)
def test_the_theme_that_a_reader_chose_stays(browser, address, theme):
    with browser.new_context(color_scheme=THEMES[theme == "light"]) as context:
        context.add_init_script(
            f"localStorage.setItem('mode', '{theme}');"
            f"localStorage.setItem('theme', '{theme}');"
        )
        tab = context.new_page()
        tab.goto(f"{address}/index.html")
        assert tab.evaluate("document.documentElement.dataset.theme") == theme


@pytest.mark.parametrize("document", FROM_NOTEBOOKS)
def test_solutions_are_folded_until_the_reader_opens_them(window, address, document):
    tab = window.new_page()
    tab.goto(f"{address}/{document}.html", wait_until="domcontentloaded")
    solutions = tab.locator(".tag_solution")
    for i in range(solutions.count()):
        code = solutions.nth(i).locator("pre").first
        assert not code.is_visible(), f"{document}: solution {i + 1} is not folded"
        solutions.nth(i).locator("summary").click()
        assert code.is_visible(), f"{document}: solution {i + 1} does not open"
    tab.close()


@pytest.mark.parametrize(
    ("selector", "home"),
    [
        ("claims table.claims-table td:nth-child(2)", "claims.html"),
        ("glossary dl.glossary dt", "glossary.html"),
        (f"{FROM_NOTEBOOKS[0]} #checklist li", f"{FROM_NOTEBOOKS[0]}.html"),
    ],
    ids=["claim", "term", "checklist"],
)
def test_search_finds(window, address, selector, home):
    document, _, selector = selector.partition(" ")
    text = soup(page(document)).select_one(selector).get_text().strip("#\n ")
    tab = window.new_page()
    tab.goto(f"{address}/search.html")
    tab.fill("article input[name=q], main input[name=q]", text)
    tab.keyboard.press("Enter")
    tab.wait_for_selector("#search-results li a")
    links = "all => all.map(a => a.href)"
    found = tab.eval_on_selector_all("#search-results li a", links)
    tab.close()
    assert any(home in link for link in found), f"{text!r} leads to {found}"


def test_weight_of_a_first_visit_with_all_that_scripts_and_styles_fetch(
    browser, address
):
    def has_mathematics(document):
        return bool(soup(page(document)).select("article .math"))

    def size(document):
        return page(document).stat().st_size

    document = max(FROM_NOTEBOOKS, key=lambda d: (has_mathematics(d), size(d)))
    with browser.new_context(viewport={"width": 390, "height": 844}) as context:
        tab = context.new_page()
        responses = []
        tab.on("response", lambda response: responses.append(response))
        tab.goto(f"{address}/{document}.html", wait_until="networkidle")
        weights = {}
        for response in responses:
            name, body = response.url.removeprefix(address), response.body()
            compressed = gzip.compress(body, compresslevel=6)
            weights[name] = min(len(body), len(compressed)) / 1024
    largest = sorted(weights.items(), key=lambda item: -item[1])[:5]
    total = sum(weights.values())
    assert total <= 1024, f"{document}: {total:.0f} KiB; the largest: {largest}"


# --- the practice view of a case study -----------------------------------------------

CASES = [d for d in FROM_NOTEBOOKS if d.startswith("case_studies/")]


@pytest.mark.parametrize("document", CASES)
def test_a_case_study_opens_section_by_section_by_keyboard(browser, address, document):
    context = browser.new_context()
    tab = context.new_page()
    problems = watch(tab, address)
    tab.goto(f"{address}/{document}.html")
    toggles = tab.locator(".practice-toggle")
    bodies = tab.locator(".practice-body")
    assert toggles.count() == bodies.count() >= 12
    assert tab.locator(".practice-body:visible").count() == 0
    assert tab.locator("#a-plan-for-45-minutes table").is_visible()

    toggles.first.focus()
    tab.keyboard.press("Enter")
    assert bodies.first.is_visible()
    assert toggles.first.get_attribute("aria-expanded") == "true"
    tab.keyboard.press("Space")
    assert not bodies.first.is_visible()
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.className") in (
        "headerlink",
        "practice-toggle",
    )

    tab.locator(".practice-all").click()
    assert tab.locator(".practice-body:visible").count() == bodies.count()
    tab.reload()  # the choice is remembered
    assert tab.locator(".practice-body:visible").count() == bodies.count()
    report(problems)
    context.close()


@pytest.mark.parametrize("document", CASES)
def test_a_link_opens_the_section_it_leads_to(browser, address, document):
    context = browser.new_context()
    tab = context.new_page()
    tab.goto(f"{address}/{document}.html#the-design-document")
    assert tab.locator("#the-design-document .practice-body").is_visible()
    assert tab.locator(".practice-body:visible").count() == 1
    context.close()


@pytest.mark.parametrize("document", CASES)
def test_without_scripts_everything_is_open(browser, address, document):
    context = browser.new_context(java_script_enabled=False)
    tab = context.new_page()
    tab.goto(f"{address}/{document}.html")
    criterion = tab.locator("#the-design-document strong", has_text="Kill criterion")
    assert criterion.is_visible()
    context.close()


CHAPTERS = [d for d in FROM_NOTEBOOKS if d.startswith("chapters/")]


@pytest.mark.parametrize("document", CHAPTERS)
def test_the_self_check_says_what_is_right_and_why(browser, address, document):
    context = browser.new_context()
    tab = context.new_page()
    problems = watch(tab, address)
    tab.goto(f"{address}/{document}.html")
    groups = tab.locator("#self-check [role=radiogroup]")
    assert groups.count() == 5
    # The answers below name the letters.
    letters = [text[:2] for text in groups.locator("label").all_inner_texts()]
    assert letters == ["a)", "b)", "c)"] * 5
    for i in range(5):
        group, said = groups.nth(i), []
        for option in ("a", "b", "c"):
            group.locator(f"input[value={option}]").focus()
            tab.keyboard.press("Space")
            said.append(group.locator("[role=status]").inner_text())
        right = [text for text in said if text.startswith("Right. ")]
        assert len(right) == 1, f"question {i + 1} says {said}"
        assert len(right[0]) > 60, f"question {i + 1} does not say why"
        assert said.count("Not quite. Try again.") == 2
    context.close()
    report(problems)


def test_the_contents_on_a_phone_close_when_a_section_is_chosen(browser, address):
    with browser.new_context(viewport=dict(width=390, height=844)) as context:
        tab = context.new_page()
        tab.goto(f"{address}/{CHAPTERS[0]}.html")
        tab.locator("button.secondary-toggle").first.click()
        contents = tab.locator("dialog[open]")
        contents.locator("a[href^='#']").nth(3).click()
        contents.wait_for(state="hidden", timeout=5_000)


def test_the_search_is_in_sight_on_the_first_page_of_a_visit(browser, address):
    for document in (CHAPTERS[-1], DOCUMENTS[-1]):
        with browser.new_context(viewport=dict(width=1280, height=800)) as context:
            tab = context.new_page()
            tab.goto(f"{address}/{document}.html")
            tab.wait_for_timeout(300)  # The theme scrolls the list of pages.
            buttons = tab.locator(".search-button__button:visible").all()
            heights = [button.bounding_box()["y"] for button in buttons]
            assert any(0 <= y < 780 for y in heights), f"{document}: at {heights}"


SLIDES = sorted((HTML / "slides").glob("*.html"))


def test_there_are_slides():
    assert "07_validation" in [path.stem for path in SLIDES]


@pytest.mark.parametrize("path", SLIDES, ids=[path.stem for path in SLIDES])
def test_slides_fit_their_screen_and_ask_no_other_host(browser, address, path):
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    tab = context.new_page()
    problems = watch(tab, address)
    tab.goto(f"{address}/slides/{path.name}")
    tab.wait_for_function("window.Reveal && Reveal.isReady()")
    n_slides = tab.evaluate("Reveal.getTotalSlides()")
    assert 10 <= n_slides <= 40
    for i in range(n_slides):
        tab.evaluate(f"Reveal.slide({i})")
        height = tab.evaluate("document.querySelector('section.present').scrollHeight")
        if height > 700:
            problems.append(f"slide {i + 1} is {height} high, more than 700")
        for n in range(tab.locator("section.present img").count()):
            if not tab.locator("section.present img").nth(n).get_attribute("alt"):
                problems.append(f"slide {i + 1} has a picture without a text")
    context.close()
    report(problems)


@pytest.mark.parametrize("document", ["index", *FROM_NOTEBOOKS])
def test_a_page_fetches_only_what_it_shows(browser, address, document):
    with browser.new_context(viewport={"width": 1280, "height": 900}) as context:
        tab = context.new_page()
        asked = []
        tab.on("request", lambda request: asked.append(request.url))
        tab.goto(f"{address}/{document}.html", wait_until="networkidle")
        # Icons are drawn by the theme's script; their fonts would be 270 KB more. Only
        # the mark of a note or a warning needs one of them.
        fonts = [url for url in asked if "fontawesome/webfonts" in url]
        if tab.locator("article .admonition:not(.hide)").count():
            fonts = [url for url in fonts if "solid" not in url]
        mathematics = [url for url in asked if "mathjax" in url]
        drawn = tab.locator(".article-header-buttons svg.svg-inline--fa").count()
    assert not fonts, f"{document} fetches fonts of icons"
    assert drawn >= 5, f"{document} draws {drawn} icons"
    shows = bool(soup(page(document)).select("article .math"))
    assert bool(mathematics) == shows, f"{document}: mathematics"
