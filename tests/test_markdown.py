"""Notebooks show no raw markup where nobody knows MyST: in JupyterLab, GitHub, Colab.

Every Markdown cell, and every output that is Markdown, is rendered as GitHub and
Jupyter render it: CommonMark with tables and strikethrough. What then still looks like
markup to a reader is a problem.
"""

import re

import pytest
from bs4 import BeautifulSoup
from markdown_it import MarkdownIt
from support import each

from tools import catalogue

RENDERER = MarkdownIt("commonmark").enable(["table", "strikethrough"])

# Mathematics, which all three typeset themselves. A price is no mathematics.
MATHEMATICS = re.compile(
    r"(?s)\$\$.+?\$\$|(?<![\\$\w])\$(?![\s$]).+?(?<![\s\\])\$(?!\w)"
)

# What a reader would see of markup that was not understood.
LEFT_OVER = {
    r"\{[A-Za-z][\w:.+-]*\}\s*\0": "a role",
    r"(?m)^\s*:{3,}": "a fence of colons",
    r"(?m)^\s*\([\w-]+\)=\s*$": "a target",
    r"\{\{.*?\}\}": "a substitution",
    r"(?m)^\s*\+\+\+": "a block break",
    r"(?m)^\s*%\s": "a comment of MyST",
    r"(?m)^:\s+\S": "a definition list",
    r"\[\^[\w-]+\]": "a footnote",
    r"\{[#.][\w -]+\}": "an attribute",
    r"\]\(|\]\[|\[\]": "a link that does not close",
    r"\*\*|__|~~": "emphasis that does not close",
    r"(?m)^\s*\|.*\|\s*$": "a table that is none",
    r"(?m)^\s*#{1,6}[\sA-Z]": "a heading that is none",
    r"</?\w+[^<>]*>": "a tag shown as text",
    r"\\(begin|end)\{": "mathematics outside of dollars",
    r"`": "code that does not close",
}
DIRECTIVE = re.compile(r"^\{[\w:.-]+\}")
# What all three renderers let through; GitHub removes styles and scripts.
HARMLESS_TAGS = {
    *("a", "blockquote", "br", "code", "del", "details", "em", "h1", "h2", "h3", "h4"),
    *("hr", "li", "ol", "p", "pre", "s", "strong", "sub", "summary", "sup", "table"),
    *("tbody", "td", "th", "thead", "tr", "ul"),
}


def problems_of(text):
    """What of a Markdown text a plain renderer would show raw, or not at all."""
    for formula in MATHEMATICS.findall(text):
        if not formula.isascii() and "`" not in formula:
            yield f"a formula with a sign that the EPUB cannot show: {formula!r}"
    # The renderer would take a backslash or a star in a formula for Markdown.
    html = BeautifulSoup(RENDERER.render(MATHEMATICS.sub("\1", text)), "html.parser")
    for token in RENDERER.parse(text):
        if token.type == "fence" and DIRECTIVE.match(token.info.strip()):
            yield f"a directive: {token.info.strip()!r}"
    for comment in html.find_all(string=lambda s: type(s).__name__ == "Comment"):
        yield f"a comment: {comment.strip()[:60]!r}"
    for tag in sorted({tag.name for tag in html.find_all()} - HARMLESS_TAGS):
        yield f"the tag <{tag}>, which not every renderer lets through"
    for link in html.find_all("a"):
        if not link.get_text(strip=True):
            yield f"a link without a text, to {link.get('href')}"
        if re.match(r"[{#]|[\w-]+$", link.get("href") or "#"):
            yield f"a link that only Sphinx resolves: {link.get('href')!r}"
    for piece in html.find_all(["code", "pre"]):
        piece.replace_with("\0")
    seen = html.get_text()
    for pattern, what in LEFT_OVER.items():
        if found := re.search(pattern, seen):
            shown = seen[max(0, found.start() - 20) : found.end() + 20]
            yield f"{what}: {shown!r}"


@each(catalogue.notebooks())
def test_no_raw_markup_without_myst(page):
    for cell in page.cells:
        for text in [] if cell.is_code else [cell.source], cell.markdown_outputs():
            for problem in problems_of("".join(text)):
                yield f"{cell}: a plain renderer shows {problem}"


@pytest.mark.parametrize(
    "text",
    [
        "See {ref}`the split <split>`.",
        "As {doc}`chapter 7` says",
        "{cite:t}`kohavi2009` says",
        ":::{note}\nRead this.\n:::",
        "```{note}\nRead this.\n```",
        "(split)=\n## Splits",
        "[](validation)",
        "[the split](split)",
        "[the split](#split)",
        "Made with {{ version }}.",
        "+++",
        "% a note to ourselves",
        "Term\n: its meaning",
        "A fact.[^1]\n\n[^1]: Its source.",
        "A word{.wide}",
        "# Splits {#split}",
        "| a | b |\n| 1 | 2 |",
        "| a | b |\n| --- |\n| 1 | 2 |",
        "**bold without an end",
        "#Splits",
        "<div class='note'>text</div>",
        "<!-- to do -->",
        "\\begin{align} a \\end{align}",
        "an `open piece of code",
        "With $w=½$",
        "a [link]( https://example.org",
        "<details>\n<summary>More</summary>\n**bold**\n</details>",
    ],
)
def test_raw_markup_is_noticed(text):
    assert list(problems_of(text)), text


@pytest.mark.parametrize(
    "text",
    [
        "# A title\n\nSome *stress*, **more**, `code {ref}`, [a link](a.ipynb).",
        "It costs $5 or $6 a minute, and $x_i * y_i * z$ is $a < b$.",
        "| a | b |\n| --- | ---: |\n| 1 | `x` |",
        "> **Field story.** Words.\n\n- item\n  - item\n\n1. first\n",
        "<details>\n<summary>A strong answer</summary>\n\n- **bold**\n\n</details>",
        "```python\nx = {'a': 1}  # [^1] {{ }}\n```",
        "$$\n\\begin{aligned} a &= b \\end{aligned}\n$$",
    ],
)
def test_plain_markdown_is_let_through(text):
    assert list(problems_of(text)) == []
