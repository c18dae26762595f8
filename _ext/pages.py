"""What every page says about itself, and what makes it usable by everybody.

A description and a preview for links to the page, the page's address, a site map, a
page for addresses that do not exist, the buttons that report a mistake, and repairs of
what the theme and docutils leave out for screen readers. The address of the published
book is one setting, ``html: baseurl:`` in _config.yml. While it is empty, nothing is
written that would need it.

Ours, where a library does less: sphinxext-opengraph would cut a description within a
word, and write a page's address without that of the book; sphinx-notfound-page must be
told the folder of the book, and finds nothing where it is not published yet.
"""

from __future__ import annotations

import re
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import matplotlib
from docutils import nodes
from jinja2 import Environment, FileSystemLoader
from PIL import Image, ImageDraw, ImageFont
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.errors import ConfigError

from _ext.book import front_page_text
from tools import catalogue

WEB = {"html", "dirhtml"}  # not an EPUB, which is made of pages, too
TEMPLATES = Path(__file__).parent / "templates"
PREVIEW = "_static/preview.png"
PREVIEW_SIZE = (1200, 630)
LONGEST_DESCRIPTION = 200  # characters; search engines cut there
SHORTEST_DESCRIPTION = 60
MADE_BY_SPHINX = {
    "genindex": "All terms of the book in alphabetical order, with links.",
    "search": "Search the chapters, claims, terms and checklists of the book.",
}
TABLE = re.compile(r"(?s)<table\b.*?</table>")
FIRST_CELL = re.compile(r"(?s)(<tr\b[^>]*>\s*)<td\b([^>]*)>(.*?)</td>")
PAGE_ADDRESS = re.compile(r'<meta property="og:url"[^>]*>\n')
HEADER_CELL = re.compile(r"(?s)<th\b(?!ead)([^>]*)>(.*?)</th>")


# --- the address of the published book -----------------------------------------------


def with_slash(baseurl: str | None) -> str:
    """Return the address of the published book with a slash at its end, or nothing."""
    address = (baseurl or "").strip()
    if not address:
        return ""
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.query:
        raise ConfigError(f"html: baseurl: is no address of a site: {address}")
    return address.rstrip("/") + "/"


def set_address(app: Sphinx, config: Config) -> None:
    """Give the one address to all who write it, and find our templates."""
    config.templates_path = [*config.templates_path, str(TEMPLATES)]
    config.html_baseurl = config.ogp_site_url = baseurl = with_slash(
        config.html_baseurl
    )
    config.ogp_type = "article"
    config.ogp_site_name = config.html_title or config.project
    config.ogp_social_cards = {"enable": False}
    config.ogp_enable_meta_description = False
    if not baseurl:
        config.ogp_custom_meta_tags = ['<meta name="twitter:card" content="summary" />']
        return
    width, height = PREVIEW_SIZE
    config.ogp_image = baseurl + PREVIEW
    config.ogp_image_alt = front_page_text(catalogue.ROOT)
    config.ogp_custom_meta_tags = [
        '<meta name="twitter:card" content="summary_large_image" />',
        f'<meta property="og:image:width" content="{width}" />',
        f'<meta property="og:image:height" content="{height}" />',
    ]
    app.setup_extension("sphinx_sitemap")
    config.sitemap_url_scheme = "{link}"
    config.sitemap_excludes = [f"{page}.html" for page in MADE_BY_SPHINX]


# --- descriptions --------------------------------------------------------------------


def shortened(text: str) -> str:
    """Cut a text after a sentence if that leaves enough of it, else after a word."""
    text = " ".join(text.split())
    if len(text) <= LONGEST_DESCRIPTION:
        return text
    start = text[: LONGEST_DESCRIPTION + 1]
    ends = [m.end() for m in re.finditer(r"[.?!][”’\"')]*(?=\s)", start)]
    if ends and ends[-1] >= SHORTEST_DESCRIPTION:
        return text[: ends[-1]]
    return start[: LONGEST_DESCRIPTION - 1].rsplit(" ", 1)[0].rstrip(",;:–-") + " …"


def description(doctree: nodes.document, metadata: dict[str, Any]) -> str:
    """Return the page's field ``description``, or else how its text begins."""
    if given := str(metadata.get("description", "")).strip():
        return given
    text = ""
    for paragraph in doctree.findall(nodes.paragraph):
        if not isinstance(paragraph.parent, nodes.section | nodes.document):
            continue
        text = f"{text} {paragraph.astext()}"
        # A first paragraph of a few words says too little.
        if len(text) >= SHORTEST_DESCRIPTION:
            break
    return shortened(text)


def title_of(app: Sphinx, page: str, context: dict[str, Any]) -> str:
    """Return the title of a page as plain text."""
    if page in app.env.titles:
        return app.env.titles[page].astext()
    return {"genindex": "Index", "search": "Search"}.get(page, context.get("title", ""))


def describe(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: Any
) -> None:
    """Say in the head of a page what it is about, before the other tags are made."""
    if doctree is None:
        text = MADE_BY_SPHINX.get(page, "")
    else:
        text = description(doctree, app.env.metadata.get(page, {}))
        context["meta"] = {"og:description": escape(text), **(context["meta"] or {})}
        if page == app.config.root_doc:
            context["meta"]["og:type"] = "website"
    if text:
        tag = f'<meta name="description" content="{escape(text)}" />\n'
        context["metatags"] = context.get("metatags", "") + tag


# --- repairs for screen readers ------------------------------------------------------


def is_empty(cell: str) -> bool:
    """Whether nothing can be read in a cell."""
    return not re.sub(r"<[^>]*>|\s|&nbsp;", "", cell)


def with_scopes(table: str) -> str:
    """Say of every header cell what it heads; an empty one is no header."""
    head, closing, body = table.partition("</thead>")
    if not closing:
        head, body = "", table

    def mark(scope: str, part: str) -> str:
        def cell(found: re.Match[str]) -> str:
            attributes, text = found.groups()
            if is_empty(text):
                return f"<td{attributes}>{text}</td>"
            if "scope=" in attributes:
                return found[0]
            return f'<th{attributes} scope="{scope}">{text}</th>'

        return HEADER_CELL.sub(cell, part)

    corner = HEADER_CELL.search(head)
    if corner and is_empty(corner[2]):
        # Its first column names the rows.
        body = FIRST_CELL.sub(r"\1<th\2>\3</th>", body)
    return mark("col", head) + closing + mark("row", body)


def repaired(body: str) -> str:
    """Repair a page's text where docutils leaves something out for screen readers."""
    body = TABLE.sub(lambda table: with_scopes(table[0]), body)
    # This name would hide what is written on the button: which solution, show or hide.
    body = body.replace('<summary aria-label="Toggle hidden content">', "<summary>")
    # The role of an entry is no longer part of ARIA, and a list needs items.
    return body.replace('role="doc-biblioentry"', 'role="listitem"')


def without_unused_mathematics(files: list[Any], body: str) -> list[Any]:
    """Leave out MathJax, a quarter of a megabyte, where no formula is on the page.

    Sphinx asks the page's own text only on most pages, but not on the first one.
    """
    if 'class="math' in body:
        return files
    return [f for f in files if "mathjax" not in str(getattr(f, "filename", f) or "")]


# --- buttons -------------------------------------------------------------------------


def report_address(repository: str, page: str, title: str) -> str:
    """Return the address of a new issue that names the page already."""
    address = f"{repository}/issues/new?template=erratum.yml"
    return f"{address}&title={quote(f'Mistake on “{title}”')}&page={quote(page)}"


def repository_of(context: dict[str, Any]) -> str:
    """Return the address of the repository, as the theme's buttons have it."""
    if "github_url" not in context:
        return ""
    parts = (context[f"github_{key}"] for key in ("url", "user", "repo"))
    return "/".join(parts)


def all_buttons(buttons: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the theme's buttons, also those inside of groups."""
    inner = [all_buttons(button.get("buttons", [])) for button in buttons]
    return [*buttons, *(button for group in inner for button in group)]


def set_buttons(app: Sphinx, page: str, context: dict[str, Any], doctree: Any) -> None:
    """Make the theme's issue button ours, and repeat the buttons below the text."""
    repository = repository_of(context)
    buttons = all_buttons(context.get("header_buttons", []))
    links = []
    for button in buttons:
        address = escape(button.get("url", ""))
        if button.get("text") in ("Binder", "Colab"):
            links.append(f'<a href="{address}">Run it in {button["text"]}</a>')
        elif button.get("text") == ".ipynb":
            links.append(f'<a href="{address}" download>Download the notebook</a>')
    if repository:
        report = report_address(
            repository,
            app.builder.get_target_uri(page),
            title_of(app, page, context),
        )
        for button in buttons:
            if button.get("label") == "source-issues-button":
                button |= {
                    "url": report,
                    "text": "Report a mistake",
                    "tooltip": "Report a mistake on this page",
                }
        links.append(f'<a href="{escape(report)}">Report a mistake on this page</a>')
    if doctree is not None and links:
        items = "".join(f"<li>{link}</li>" for link in links)
        context["body"] += f'<ul class="page-actions d-print-none">{items}</ul>'


def finish_page(
    app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: Any
) -> None:
    """Complete what is handed to the template of a page."""
    if app.builder.name not in WEB:
        return
    if "body" in context:
        context["body"] = repaired(context["body"])
        context["script_files"] = without_unused_mathematics(
            context["script_files"], context["body"]
        )
    if page == app.config.root_doc:
        context["docstitle"] = ""  # The page has the title of the book: once is enough.
    if not app.config.html_baseurl:
        context["metatags"] = PAGE_ADDRESS.sub("", context.get("metatags", ""))
    set_buttons(app, page, context, doctree)


# --- files beside the pages ----------------------------------------------------------


def documents(app: Sphinx) -> list[str]:
    """Return all pages in the order of the book."""
    env, root = app.env, app.config.root_doc
    found: list[str] = []

    def walk(document: str) -> None:
        if document not in found:
            found.append(document)
            for child in env.toctree_includes.get(document, []):
                walk(child)

    walk(root)
    return [d for d in found if d in env.found_docs]


def robots(baseurl: str) -> str:
    """Return what crawlers may read: everything."""
    text = "User-agent: *\nAllow: /\n"
    return f"{text}Sitemap: {baseurl}sitemap.xml\n" if baseurl else text


def preview(figure: Path, title: str) -> Image.Image:
    """Return the picture that stands for a link to the book: its title and a figure."""
    width, height = PREVIEW_SIZE
    fonts = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    image = Image.new("RGB", PREVIEW_SIZE, "white")
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, width, 118), fill="#0b3c5d")
    size = 60
    while True:  # as large as fits
        font = ImageFont.truetype(str(fonts / "DejaVuSans-Bold.ttf"), size)
        if draw.textlength(title, font) <= width - 80:
            break
        size -= 1
    draw.text((width / 2, 59), title, font=font, fill="white", anchor="mm")
    with Image.open(figure) as source:
        drawn = source.convert("RGB")
    scale = min((width - 80) / drawn.width, (height - 118 - 40) / drawn.height)
    drawn = drawn.resize(
        (round(drawn.width * scale), round(drawn.height * scale)),
        Image.Resampling.LANCZOS,
    )
    top = 118 + (height - 118 - drawn.height) // 2
    image.paste(drawn, ((width - drawn.width) // 2, top))
    return image.quantize(128)


def write_beside(app: Sphinx, error: Exception | None) -> None:
    """Write the preview, the page for wrong addresses, the site map and robots.txt."""
    if error is not None or app.builder.name not in WEB:
        return
    out, baseurl = Path(app.outdir), app.config.html_baseurl
    book = app.config.html_title or app.config.project
    pages = [(app.builder.get_target_uri(d), d) for d in documents(app)]
    figure = Path(app.srcdir) / "_generated" / "front-page.png"
    if figure.is_file():
        (out / PREVIEW).parent.mkdir(exist_ok=True)
        preview(figure, book).save(out / PREVIEW, optimize=True)
    repository = repository_of(app.config.html_context)
    missing = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True
    ).get_template("404.html")
    text = missing.render(
        book=book,
        root=urlsplit(baseurl).path,
        pages=[(address, app.env.titles[d].astext()) for address, d in pages],
        report=report_address(repository, "404.html", "Page not found")
        if repository
        else "",
    )
    (out / "404.html").write_text(text, "utf-8")
    (out / "robots.txt").write_text(robots(baseurl), "utf-8")
    if not baseurl:  # A site map of an earlier build would name another host.
        (out / "sitemap.xml").unlink(missing_ok=True)


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx what this module adds."""
    app.setup_extension("sphinxext.opengraph")
    app.connect("config-inited", set_address)
    app.connect("html-page-context", describe, priority=400)
    # After the theme, which adds its buttons at 501.
    app.connect("html-page-context", finish_page, priority=900)
    # Before the icons are counted: a page may use one.
    app.connect("build-finished", write_beside, priority=400)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
