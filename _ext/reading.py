"""The reading room, the works for each step, the map of topics, and measured numbers.

All follow from the files in ``reading/`` and from the notebooks. In a browser the
reading room can be filtered (``_static/room.js``); without, it is a plain list.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxRole

from _ext.book import Generated, link_to, root_of, table_of
from tools import catalogue, reading
from tools.catalogue import Page
from tools.reading import Entry

ROOM = "reading/room"
STEPS = {
    "framing": "Framing",
    "first evidence": "First evidence",
    "improving": "Improving",
    "running": "Running",
}
SEEN = {"part": ", a part of it", "abstract": ", its abstract", "whole": ""}
CHAPTER = re.compile(r"\b([Cc]hapter) (\d+)\b")


def slug(text: str) -> str:
    """Return a name for a class."""
    return nodes.make_id(text)


def outside(text: str, address: str) -> nodes.reference:
    """Return a link to another site."""
    return nodes.reference("", text, refuri=address)


class FromFile(Generated):
    """Text that follows from a file of the folder ``reading``."""

    def load(self, name: str) -> list[Entry]:
        """Return its entries; when the file changes, the page is made anew."""
        path = self.root / reading.FOLDER / f"{name}.yml"
        self.env.note_dependency(str(path))
        return reading.load(name, self.root)

    def chapters(self) -> dict[str, Page]:
        """Return the chapters that exist by their numbers."""
        found = self.reading(catalogue.notebooks(self.root))
        return {page.number: page for page in found}

    def with_links(self, text: str) -> list[nodes.Node]:
        """Return a text in which "chapter 7" is a link."""
        pages, done = self.chapters(), 0
        found: list[nodes.Node] = []
        text = re.sub(r"\s+", " ", text)
        for match in CHAPTER.finditer(text):
            if page := pages.get(match[2]):
                found += [nodes.Text(text[done : match.start()])]
                found += [link_to(page, match[0])]
                done = match.end()
        return [*found, nodes.Text(text[done:])]

    def numbers(self, entry: Entry) -> list[nodes.Node]:
        """Return "chapters 3, 8; question 9" with links."""
        pages = self.chapters()
        found: list[nodes.Node] = []
        for kind, prefix in (("chapters", ""), ("questions", "q")):
            if numbers := entry.get(kind):
                name = kind if len(numbers) > 1 else kind.removesuffix("s")
                found += [nodes.Text(f"{'; ' if found else ''}{name} ")]
                for i, number in enumerate(numbers):
                    key = f"q{number:02d}" if prefix else str(number)
                    page = pages.get(key, Page(self.root, "questions"))
                    found += [nodes.Text(", ")] if i else []
                    found += [link_to(page, str(number))]
        return found


class ReadingRoom(FromFile):
    """The documented systems, industry by industry, the newest first."""

    def run(self) -> list[nodes.Node]:
        """Return a section for each industry, and in it one for each system."""
        entries = self.load("systems")
        found: list[nodes.Node] = [nodes.paragraph("", self.counted(entries))]
        for industry in sorted({entry["industry"] for entry in entries}):
            title = industry[0].upper() + industry[1:]
            section = nodes.section("", nodes.title("", title), ids=[slug(industry)])
            section["classes"] += ["room-industry"]
            section += [self.one(e) for e in entries if e["industry"] == industry]
            found.append(section)
        return found

    def counted(self, entries: list[Entry]) -> str:
        """Say how many systems there are, and of which kinds."""
        kinds = [entry["kind"] for entry in entries]
        names = sorted(set(kinds), key=lambda kind: (-kinds.count(kind), kind))
        parts = ", ".join(f"{kind} {kinds.count(kind)}" for kind in names)
        return f"{len(entries)} systems, by kind of source: {parts}."

    def one(self, entry: Entry) -> nodes.section:
        """Return the section of a system."""
        section = nodes.section("", nodes.title("", entry["title"]), ids=[entry["id"]])
        section["classes"] += ["system", f"industry-{slug(entry['industry'])}"]
        section["classes"] += [f"kind-{slug(entry['kind'])}"]
        section["classes"] += [f"about-chapter-{n}" for n in entry["chapters"]]
        section["classes"] += [f"about-question-{n}" for n in entry["questions"]]
        start = f"{entry['who']}, {entry['year']}, {entry['kind']}. For "
        line = nodes.paragraph("", start, classes=["system-line"])
        line += [*self.numbers(entry), nodes.Text(".")]
        section += line
        section += nodes.paragraph("", "", *self.with_links(entry["text"].strip()))
        if "later" in entry:
            later = " ".join(entry["later"].split()) + " "
            link = outside("(source)", entry["later_url"])
            lead = nodes.strong("", "Since then: ")
            section += nodes.paragraph("", "", lead, nodes.Text(later), link)
        source = nodes.paragraph("", "Source: ", classes=["system-line"])
        source += outside(entry["source"], entry["url"])
        source += nodes.Text(f"{SEEN[entry['seen']]}, looked up {entry['looked_up']}.")
        section += source
        return section


class Works(FromFile):
    """What to read for each step of a design."""

    def run(self) -> list[nodes.Node]:
        """Return a section for each step, with a list of works."""
        entries = self.load("works")
        found: list[nodes.Node] = []
        for step, title in STEPS.items():
            section = nodes.section("", nodes.title("", title), ids=[slug(step)])
            rows = nodes.bullet_list()
            for entry in entries:
                if entry["step"] == step:
                    rows += nodes.list_item("", self.one(entry))
            section += rows
            found.append(section)
        return found

    def one(self, entry: Entry) -> nodes.paragraph:
        """Return the paragraph of a work."""
        start = f"{entry['author']}, "
        title = outside(entry["title"], entry["url"])
        why = " ".join(entry["why"].split())
        line = nodes.paragraph("", "", nodes.Text(start), title)
        line += nodes.Text(f" ({entry['year']}). {why} ")
        if "today" in entry:
            line += nodes.emphasis("", "Today: ")
            line += [*self.with_works(entry["today"]), nodes.Text(" ")]
        line += nodes.Text("For ")
        line += [*self.numbers({"chapters": entry["chapters"]}), nodes.Text(".")]
        return line

    def with_works(self, text: str) -> list[nodes.Node]:
        """Return a text in which chapters, and works named by their ids, are links."""
        known = {entry["id"]: entry for entry in self.load("works")}
        found: list[nodes.Node] = []
        for part in re.split(f"({'|'.join(map(re.escape, known))})", text):
            if entry := known.get(part):
                author = re.split(r",| and | \(", entry["author"])[0]
                found.append(outside(f"{author} ({entry['year']})", entry["url"]))
            else:
                found += self.with_links(part)
        return found


class Topics(FromFile):
    """Every topic of the two source books, and where this book treats it."""

    def run(self) -> list[nodes.Node]:
        """Return a section for each part of a book, with a table of its topics."""
        books: dict[str, nodes.section] = {}
        for part in self.load("topics"):
            ids = [slug(f"{part['book']} {part['part']}")]
            section = nodes.section("", nodes.title("", part["part"]), ids=ids)
            rows = [
                [nodes.Text(entry["topic"]), self.places(entry["at"])]
                for entry in part["topics"]
            ]
            section += table_of(("topic", "here"), (45, 55), rows)
            book = part["book"]
            if book not in books:
                title = nodes.title("", book)
                books[book] = nodes.section("", title, ids=[slug(book)])
            books[book] += section
        return list(books.values())

    def places(self, at: Iterable[str]) -> nodes.Node:
        """Return links to places of the book."""
        found = nodes.inline()
        for i, place in enumerate(at):
            page, heading = reading.target(place, self.root)
            found += [nodes.Text("; ")] if i else []
            found += self.place(page, heading)
        return found

    def place(self, page: Page, heading: str) -> nodes.Node:
        """Return a link to a section where a builder has such links."""
        known = page.is_chapter or page.is_case
        number = page.number.removeprefix("q").lstrip("0") if known else ""
        name = f"{'question ' if page.is_case else ''}{number}" if known else page.title
        text = f"{name}, {heading[0].lower()}{heading[1:]}" if heading else name
        builder = self.env.app.builder
        if not heading or builder.format != "html":
            return link_to(page, text)
        address = builder.get_relative_uri(self.env.docname, page.document)
        return outside(text, f"{address}#{slug(heading)}")


class Cases(FromFile):
    """The twelve cases of the booklet: where each is told, and what continues it."""

    def run(self) -> list[nodes.Node]:
        """Return a table with a row for each."""
        rows = []
        for entry in sorted(self.load("systems"), key=lambda e: (e["year"], e["id"])):
            if entry.get("booklet"):
                text = f"{entry['who']}: {entry['title']}"
                link = self.entry(entry["id"], text)
                rows.append([link, nodes.inline("", "", *self.numbers(entry))])
        return [table_of(("case", "continued in"), (60, 40), rows)]

    def entry(self, name: str, text: str) -> nodes.Node:
        """Return a link to an entry of the reading room."""
        builder = self.env.app.builder
        if builder.format != "html":
            return link_to(Page(self.root, ROOM), text)
        address = builder.get_relative_uri(self.env.docname, ROOM)
        return outside(text, f"{address}#{name}")


class MeasuredRole(SphinxRole):
    """``{measured}`7.1```: what a claim measured, with a link to its box."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Return the value in the words of the claim."""
        for page in catalogue.notebooks(root_of(self.env)):
            for claim in page.claims:
                if claim["identifier"] == self.text:
                    self.env.note_dependency(str(page.path))
                    return [self.linked(page, self.text)], []
        message = self.inliner.reporter.warning(f"There is no claim {self.text!r}.")
        return [], [message]

    def linked(self, page: Page, identifier: str) -> nodes.Node:
        """Return the value as a link."""
        from mlsd import Claim

        raw = next(c for c in page.claims if c["identifier"] == identifier)
        text, builder = Claim(**raw).value, self.env.app.builder
        if builder.format != "html":
            return link_to(page, text)
        address = builder.get_relative_uri(self.env.docname, page.document)
        anchor = f"claim-{identifier.replace('.', '-')}"
        return outside(text, f"{address}#{anchor}")


def point_to_room(app: Sphinx, doctree: nodes.document) -> None:
    """Say below a field story how many systems of the reading room are about it."""
    root, document = root_of(app.env), app.env.docname
    page = Page(root, document)
    if ROOM not in catalogue.documents(root) or not (page.is_chapter or page.is_case):
        return
    kind = "chapters" if page.is_chapter else "questions"
    number = int(page.number.removeprefix("q"))
    path = root / reading.FOLDER / "systems.yml"
    app.env.note_dependency(str(path))
    count = len(reading.about(reading.load("systems", root), kind, number))
    if not count:
        return
    for section in doctree.findall(nodes.section):
        if not section["ids"][0].startswith("field-story"):
            continue
        what = f"{kind.removesuffix('s')} {number}"
        text = f"{count} documented system{'s' if count > 1 else ''} for {what}"
        link = link_to(Page(root, ROOM), text)
        if app.builder.name == "html":
            address = app.builder.get_relative_uri(document, ROOM)
            link = outside(text, f"{address}?{what.replace(' ', '=')}")
        section += nodes.paragraph(
            "", "", nodes.Text("In the reading room: "), link, nodes.Text(".")
        )
        return


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx what this module adds."""
    app.add_directive("reading-room", ReadingRoom)
    app.add_directive("works", Works)
    app.add_directive("topics", Topics)
    app.add_directive("booklet-cases", Cases)
    app.add_role("measured", MeasuredRole())
    app.connect("doctree-read", point_to_room)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
