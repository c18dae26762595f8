"""What the PDF and the EPUB add to Sphinx: boxes, tables of data, links to solutions.

The prepared sources (see prepare.py) use the directives that are defined
here. HTML that is left over has no form on paper: it is reported as a warning, which
stops the build.
"""

from __future__ import annotations

import json
import subprocess
from typing import Any

from bs4 import BeautifulSoup
from docutils import nodes
from docutils.parsers.rst import directives
from docutils.utils.math import latex2mathml
from sphinx.addnodes import pending_xref, tabular_col_spec
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms.images import ImageConverter
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from mlsd._claims import Claim

LOGGER = logging.getLogger(__name__)
CODE_COLUMNS = 88
OUTPUT_SIZE = 9.2  # points, before the scale of the font
SHORT_BLOCK = 9  # lines that are kept on one page
TABLE_SIZE = 9.2  # points
TABLE_COLUMNS = 98  # letters of that size in a line
FRAME_COLUMNS = 115  # letters in a row of a table of data
LONG_TABLE = 12  # rows; a longer one may break across pages


class box(nodes.General, nodes.Element):
    """Something with a frame and a title: a claim or a block that was folded."""


class page_number(nodes.Inline, nodes.Element):
    """The number of the page of another place in the same document; PDF only."""


def visit_box_latex(self: Any, node: nodes.Element) -> None:
    """Open the environment of the box, with a target for links."""
    if anchor := node.get("anchor"):
        self.body.append(rf"\hypertarget{{{anchor}}}{{}}")
        self.body.append(self.hypertarget(anchor))
    argument = node.get("size") or self.encode(node.get("title", ""))
    self.body.append(f"\n\\begin{{book{node['kind']}}}{{{argument}}}%\n")


def depart_box_latex(self: Any, node: nodes.Element) -> None:
    """Close the environment of the box."""
    self.body.append(f"\n\\end{{book{node['kind']}}}\n\n")


def visit_box_html(self: Any, node: nodes.Element) -> None:
    """Open a division with the title of the box."""
    anchor = node.get("anchor")
    extra = {"ids": [anchor]} if anchor else {}
    self.body.append(self.starttag(node, "div", CLASS=f"book-{node['kind']}", **extra))
    if title := node.get("title"):
        self.body.append(f'<p class="book-title">{self.encode(title)}</p>')


def depart_box_html(self: Any, node: nodes.Element) -> None:
    """Close the division."""
    self.body.append("</div>\n")


def visit_page_number_latex(self: Any, node: nodes.Element) -> None:
    """Write the number of the page where the target is."""
    target = f"{self.curfilestack[-1]}:{node['target']}"
    self.body.append(rf" (page~\pageref{{{self.idescape(target)}}})")
    raise nodes.SkipNode


def skip(self: Any, node: nodes.Element) -> None:
    """Show nothing."""
    raise nodes.SkipNode


def reference(label: str, text: str, document: str) -> pending_xref:
    """Return a link to a label."""
    inner = nodes.inline("", text, classes=["std", "std-ref"])
    return pending_xref(
        "",
        inner,
        refdomain="std",
        reftype="ref",
        reftarget=label,
        refexplicit=True,
        refdoc=document,
        refwarn=True,
    )


def anchor_of(identifier: str) -> str:
    """Return the name of the place of a claim; the HTML has the same."""
    return f"claim-{identifier.replace('.', '-')}"


def claim_box(claim: Claim) -> box:
    """Return the box of a claim, in the words of its page."""
    title = f"Claim {claim.identifier}"
    found = box(kind="claim", anchor=anchor_of(claim.identifier), title=title)
    rival = claim.against and f" {claim.against[0].upper()}{claim.against[1:]}."
    measured = nodes.paragraph("", "Measured: ")
    measured += nodes.strong("", claim.value)
    measured += nodes.Text(f"; it must be {claim.bound}.{rival}")
    found += [nodes.paragraph("", claim.sentence), measured]
    return found


class ClaimBox(SphinxDirective):
    """The box of a claim; its content is what the notebook stored about it."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        """Return the box, and register it as a target."""
        found = claim_box(Claim(**json.loads("\n".join(self.content))))
        place = (self.env.docname, found["anchor"])
        self.env.domaindata["std"]["anonlabels"].setdefault(found["anchor"], place)
        return [found]


def link_claims(app: Sphinx, doctree: nodes.document) -> None:
    """Let tables of claims, which may break across pages, link to the claims' boxes."""
    for table in doctree.findall(nodes.table):
        if "claims-table" not in table["classes"]:
            continue
        table["classes"].append("longtable")
        for row in [r for b in table.findall(nodes.tbody) for r in b.children]:
            entry = next(iter(row.findall(nodes.entry)))
            identifier = entry.astext()
            link = reference(anchor_of(identifier), identifier, app.env.docname)
            entry.clear()
            entry += nodes.paragraph("", "", link)


class Fold(SphinxDirective):
    """A block that a web page folds, open and under a small heading."""

    has_content = True
    required_arguments = 1
    final_argument_whitespace = True

    def run(self) -> list[nodes.Node]:
        """Return the block."""
        found = box(kind="fold", title=self.arguments[0])
        self.state.nested_parse(self.content, self.content_offset, found)
        return [found]


class PlaceOf(SphinxDirective):
    """A link to another place in this chapter, with its page."""

    has_content = True
    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return a paragraph with the link."""
        label = self.arguments[0]
        link = reference(label, " ".join(self.content), self.env.docname)
        number = page_number(target=nodes.make_id(label))
        return [
            nodes.paragraph(
                "", "", nodes.emphasis("", "", link, number, nodes.Text("."))
            )
        ]


class Frame(SphinxDirective):
    """A table of data, given as the HTML that pandas makes of it."""

    has_content = True
    option_spec = {"class": directives.class_option}

    def run(self) -> list[nodes.Node]:
        """Return a table or several, if it has too many columns for a page."""
        html = BeautifulSoup("\n".join(self.content), "html.parser")
        rows = [self.texts(row) for row in html.select("table tr")]
        n_columns = max(map(len, rows))
        rows = [row + [""] * (n_columns - len(row)) for row in rows]
        n_head = len(html.select("table thead tr")) or 1
        last = html.select("table tr")[-1]
        n_index = len(last.find_all("th")) if n_head < len(rows) else 0
        return [self.table(rows, n_head, some) for some in self.groups(rows, n_index)]

    def groups(self, rows: list[list[str]], n_index: int) -> list[list[int]]:
        """Return which columns stand side by side; each table repeats the index."""
        widths = [max(map(len, column)) + 3 for column in zip(*rows, strict=True)]
        index = list(range(n_index))
        found, room = [list(index)], FRAME_COLUMNS
        for i, width in enumerate(widths[n_index:], start=n_index):
            if len(found[-1]) > n_index and room < width:
                found.append(list(index))
                room = FRAME_COLUMNS
            room -= width
            found[-1].append(i)
        return found

    def table(
        self, rows: list[list[str]], n_head: int, columns: list[int]
    ) -> nodes.table:
        """Return a table of some of the columns."""
        group = nodes.tgroup(cols=len(columns))
        group += [nodes.colspec(colwidth=1) for _ in columns]
        lines = [self.row([row[i] for i in columns]) for row in rows]
        group += nodes.thead("", *lines[:n_head])
        group += nodes.tbody("", *lines[n_head:])
        return nodes.table("", group, classes=["frame"])

    def texts(self, row: Any) -> list[str]:
        """Return the texts of a row; a cell over several columns is the first."""
        found = []
        for cell in row.select("th, td"):
            span = int(cell.get("colspan", 1))
            found += [cell.get_text().strip()] + [""] * (span - 1)
        return found

    def row(self, texts: list[str]) -> nodes.row:
        """Return a row of a table."""
        entries = (nodes.entry("", nodes.paragraph("", text)) for text in texts)
        return nodes.row("", *entries)


def lay_out(app: Sphinx, doctree: nodes.document, document: str) -> None:
    """Make code, printed text and tables fit the pages of the PDF."""
    if app.builder.name != "latex":
        return
    for table in list(doctree.findall(nodes.table)):
        fit_table(table)
    for block in list(doctree.findall(nodes.literal_block)):
        lines = block.astext().splitlines()
        room = nodes.raw("", rf"\Needspace{{{rows_kept(lines)}\baselineskip}}")
        room["format"] = "latex"
        block.parent.insert(block.parent.index(block), room)
    for cell in doctree.findall(nodes.container):
        if "cell_output" not in cell["classes"]:
            continue
        for block in list(cell.findall(nodes.literal_block)):
            longest = max(map(len, block.astext().splitlines()), default=0)
            size = min(OUTPUT_SIZE, OUTPUT_SIZE * (CODE_COLUMNS + 2) / max(longest, 1))
            wrapped = box(kind="output", size=f"{max(size, 5.0):.2f}")
            block.replace_self(wrapped)
            wrapped += block


def rows_kept(lines: list[str]) -> int:
    """Return how many lines of a block must fit on the page where it begins."""
    return len(lines) if len(lines) <= SHORT_BLOCK else SHORT_BLOCK // 2


def fit_table(table: nodes.table) -> None:
    """Give columns widths that follow from their texts, and break a long table."""
    rows = [list(row.findall(nodes.entry)) for row in table.findall(nodes.row)]
    n_columns = len(list(table.findall(nodes.colspec)))
    if any(len(row) != n_columns for row in rows):
        return
    columns = list(zip(*rows, strict=True))
    padding = 1.6 * n_columns
    words = [max(map(widest_word, column)) for column in columns]
    lines = [max(map(text_width, column)) for column in columns]
    lines = [max(pair) for pair in zip(words, lines, strict=True)]
    size, room = TABLE_SIZE, TABLE_COLUMNS - padding
    if sum(words) > room:
        size, room = size * room / sum(words), sum(words)
    if sum(lines) > room:
        weights = [
            (line - word) ** 0.6 for line, word in zip(lines, words, strict=True)
        ]
        spare = (room - sum(words)) / (sum(weights) or 1)
        lines = [w + spare * x for w, x in zip(words, weights, strict=True)]
    specs = []
    for column, width in zip(columns, lines, strict=True):
        right = all("text-right" in cell["classes"] for cell in column)
        side = "raggedleft" if right else "raggedright"
        part = rf"\X{{{round(10 * width)}}}{{{round(10 * room)}}}"
        specs.append(rf">{{\{side}\arraybackslash}}{part}")
    table["classes"] = [c for c in table["classes"] if c != "colwidths-given"]
    if (
        len(rows) > LONG_TABLE
        or sum(map(text_width, table.findall(nodes.entry))) > 1500
    ):
        table["classes"].append("longtable")
    small = box(kind="small", size=f"{size:.1f}")
    table.replace_self(small)
    small += tabular_col_spec(spec="".join(specs))
    small += table


def text_width(entry: nodes.Element) -> float:
    """Return the width of a text in average letters; those of code are wider."""
    code = sum(len(literal.astext()) for literal in entry.findall(nodes.literal))
    return len(entry.astext()) + 0.3 * code + 1


def widest_word(entry: nodes.Element) -> float:
    """Return the width of the longest word of a cell."""
    widths = [len(w) * 1.08 for w in entry.astext().split()]
    for literal in entry.findall(nodes.literal):
        widths += [1.3 * len(word) for word in literal.astext().split()]
    return max(widths, default=0) + 1


def refuse_html(app: Sphinx, doctree: nodes.document) -> None:
    """Report HTML in the sources, which would get lost."""
    for node in doctree.findall(nodes.raw):
        text = node.astext().strip()
        if "html" in node.get("format", "") and not text.startswith("<!--"):
            LOGGER.warning("HTML has no form in PDF and EPUB: %s", text, location=node)


class VectorPictures(ImageConverter):
    """Turns SVG into PDF for LaTeX, with the program rsvg-convert."""

    conversion_rules = [("image/svg+xml", "application/pdf")]

    def is_available(self) -> bool:
        """Say yes: the failing conversion says what is missing."""
        return True

    def convert(self, _from: str, _to: str) -> bool:
        """Convert one file."""
        command = ["rsvg-convert", "--format=pdf", "--output", str(_to), str(_from)]
        return subprocess.run(command, check=True).returncode == 0


def inline_mathml(self: Any, node: nodes.Element) -> None:
    """Write a formula inside a line as MathML."""
    self.body.append(mathml(node.astext(), block=False))
    raise nodes.SkipNode


def block_mathml(self: Any, node: nodes.Element) -> None:
    """Write a formula on a line of its own as MathML."""
    formula = mathml(node.astext(), block=True)
    self.body.append(f'<div class="math">{formula}</div>')
    raise nodes.SkipNode


def mathml(tex: str, *, block: bool) -> str:
    """Translate a formula from TeX, with the translator of docutils."""
    return str(latex2mathml.tex2mathml(tex.strip(), as_block=block))


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx what this module adds."""
    app.add_node(
        box,
        latex=(visit_box_latex, depart_box_latex),
        html=(visit_box_html, depart_box_html),
    )
    app.add_node(page_number, latex=(visit_page_number_latex, None), html=(skip, None))
    app.add_directive("claim-box", ClaimBox)
    app.add_directive("fold", Fold)
    app.add_directive("place-of", PlaceOf)
    app.add_directive("frame", Frame)
    app.add_html_math_renderer("mathml", (inline_mathml, None), (block_mathml, None))
    app.add_post_transform(VectorPictures)
    app.connect("doctree-read", link_claims)
    app.connect("doctree-read", refuse_html)
    app.connect("doctree-resolved", lay_out)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
