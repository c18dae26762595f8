"""The checklists of all chapters on one page, and as one Markdown file.

Both follow from the chapters. In a browser each question can be ticked; the ticks stay
in that browser (``_static/checklists.js``). On paper there is a box to tick by hand.
"""

from __future__ import annotations

from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx

from _ext.book import Generated, link_to, root_of
from tools import catalogue
from tools.catalogue import Page

FILE = "checklists-to-paste.md"  # beside the page that holds the directive


def questions(page: Page) -> list[str]:
    """Return the questions of a chapter's checklist, as its Markdown has them."""
    return catalogue.items(page.section("Checklist"))


def as_markdown(root: Path) -> str:
    """Return all checklists as lists of tasks, to be pasted into an issue."""
    parts = [f"# {catalogue.config(root)['title']}: checklists\n"]
    for page in catalogue.chapters(root):
        rows = "".join(f"- [ ] {row}\n" for row in questions(page))
        parts.append(f"## {page.title}\n\n{rows}")
    return "\n".join(parts)


class Checklists(Generated):
    """The questions of all chapters, each chapter with a link."""

    def run(self) -> list[nodes.Node]:
        """Return a title and a list for each chapter; in HTML a link to the file."""
        found: list[nodes.Node] = []
        for page in self.reading(catalogue.chapters(self.root)):
            rows = nodes.bullet_list(classes=["checklist"])
            for row in questions(page):
                text = row.replace("`", "").replace("*", "")
                rows += nodes.list_item("", nodes.paragraph("", text))
            section = nodes.section(ids=[f"chapter-{page.number}"])
            section += nodes.title("", page.title)
            where = link_to(page, f"Chapter {page.number}")
            section += nodes.paragraph("", "", where, nodes.Text(" asks:"))
            section += rows
            found.append(section)
        if self.env.app.builder.name != "html":
            return found
        file = nodes.reference("", "Download all questions as Markdown", refuri=FILE)
        return [nodes.paragraph("", "", file), *found]


def write_file(app: Sphinx, error: Exception | None) -> None:
    """Write the Markdown file where the page looks for it."""
    if error is None and app.builder.name == "html":
        text = as_markdown(root_of(app.env))
        (Path(app.outdir) / FILE).write_text(text, "utf-8")


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx what this module adds."""
    app.add_directive("checklists", Checklists)
    app.connect("build-finished", write_file)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
