"""The reading room, the works, the map: their files, their pages, their addresses."""

import copy
import re
import shutil
import subprocess
import sys
from http.server import BaseHTTPRequestHandler

import pytest
import yaml
from support import HTML, ROOT, once, page, serving, soup, words

from tools import catalogue, reading

SYSTEMS = reading.load("systems")
WORKS = reading.load("works")
TOPICS = reading.load("topics")


@once
def test_files_are_in_order():
    yield from reading.problems()


def test_there_are_forty_systems_and_the_twelve_of_the_booklet():
    assert len(SYSTEMS) >= 40
    assert sum(bool(entry.get("booklet")) for entry in SYSTEMS) == 12
    assert len({entry["kind"] for entry in SYSTEMS}) >= 5
    assert all(reading.about(SYSTEMS, "chapters", n) for n in range(1, 17))


def test_every_topic_of_both_books_has_a_place():
    books = {part["book"]: part for part in TOPICS}
    assert len(books) == 2
    assert all(entry["at"] for part in TOPICS for entry in part["topics"])
    places = [place for p in TOPICS for entry in p["topics"] for place in entry["at"]]
    placed = {place.split("#")[0] for place in places}
    assert {chapter.number for chapter in catalogue.chapters()} <= placed


# --- a mistake in an entry is said in one line ---------------------------------------

MISTAKES = {
    "year": (lambda e: e.pop("year"), "'year' is a required property"),
    "kind": (lambda e: e.update(kind="rumour"), "kind: 'rumour' is not one of"),
    "chapter": (lambda e: e.update(chapters=[17]), "chapters: 17 is greater than"),
    "address": (lambda e: e.update(url="www.example.org"), "url: 'www.example.org'"),
    "words": (lambda e: e.update(text="word " * 101), "text has 101 words; 60 to 100"),
    "later": (lambda e: e.pop("later_url"), "'later_url' is a dependency of 'later'"),
    "number": (
        lambda e: e.update(text="word " * 60 + "Chapter 7 finds 0.98765 there."),
        "0.98765 does not stand in chapter 7",
    ),
    "misspelt": (lambda e: e.update(yaer=2020), "'yaer' was unexpected"),
}

# An entry of which it is known what became of it
RAW = yaml.safe_load((ROOT / "reading" / "systems.yml").read_text("utf-8"))
WHICH = next(i for i, entry in enumerate(RAW) if "later" in entry)


@pytest.fixture
def copied(tmp_path):
    """A checkout with just the files that the check reads, and a way to change one."""
    for name in ("reading", "chapters", "_toc.yml"):
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, tmp_path / name)
        else:
            shutil.copy(source, tmp_path / name)
    file = tmp_path / "reading" / "systems.yml"
    entries = yaml.safe_load(file.read_text("utf-8"))
    topics = tmp_path / "reading" / "topics.yml"
    topics.write_text("[]\n", "utf-8")

    def change(mistake):
        changed = copy.deepcopy(entries)
        mistake(changed[WHICH])
        file.write_text(yaml.safe_dump(changed, allow_unicode=True), "utf-8")
        return entries[WHICH]["id"], list(reading.problems(tmp_path))

    return change


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_said_in_one_line(name, copied):
    mistake, said = MISTAKES[name]
    identifier, problems = copied(mistake)
    assert len(problems) == 1
    assert problems[0].startswith(f"reading/systems.yml, {identifier}:")
    assert said in problems[0]
    assert "\n" not in problems[0]


def test_an_entry_that_stands_twice_is_found(copied):
    other = SYSTEMS[0]
    _, problems = copied(lambda e: e.update(id=other["id"]))
    assert problems == [p for p in problems if p.endswith("stands twice")] != []


def test_a_file_that_is_not_yaml_is_said_in_one_line(tmp_path):
    shutil.copytree(ROOT / "reading", tmp_path / "reading")
    shutil.copytree(ROOT / "chapters", tmp_path / "chapters")
    shutil.copy(ROOT / "_toc.yml", tmp_path)
    (tmp_path / "reading" / "works.yml").write_text("- id: [\n", "utf-8")
    (tmp_path / "reading" / "topics.yml").write_text("[]\n", "utf-8")
    problems = list(reading.problems(tmp_path))
    assert len(problems) == 1
    assert problems[0].startswith("reading/works.yml is not YAML: ")
    assert "\n" not in problems[0]


def test_a_place_that_does_not_exist_is_named():
    with pytest.raises(ValueError, match="there is no page 'q99'"):
        reading.target("q99")
    with pytest.raises(ValueError, match="has no heading 'Nothing'"):
        reading.target("7#Nothing")


# --- the built pages -----------------------------------------------------------------


def plain(text):
    """Return a text without quotation marks, which Sphinx curls."""
    return re.sub("[\"'“”‘’]", "", " ".join(text.split()))


@once
def test_reading_room_shows_every_system():
    shown = soup(page("reading/room"))
    for entry in SYSTEMS:
        section = shown.select_one(f"section.system#{entry['id']}")
        if section is None:
            yield f"{entry['id']} is not on the page"
            continue
        text, links = plain(words(section)), [a["href"] for a in section.select("a")]
        for field in ("title", "who", "source", "text", "looked_up"):
            if plain(entry[field]) not in text:
                yield f"{entry['id']}: its {field} is not on the page"
        if entry["url"] not in links:
            yield f"{entry['id']}: no link to its source"
        if not section.select("a.reference.internal"):
            yield f"{entry['id']}: no link to a chapter"


@once
def test_works_are_all_on_their_page():
    shown = soup(page("reading/works"))
    links = {a["href"] for a in shown.select("article a")}
    for entry in WORKS:
        if entry["url"] not in links:
            yield f"{entry['id']} is not on the page"


@once
def test_places_of_the_map_exist_in_the_built_book():
    folder = HTML / "reading"
    for link in soup(page("reading/map")).select("article td a"):
        file, _, anchor = link["href"].partition("#")
        if file.startswith("http"):
            continue
        target = (folder / file).resolve()
        if not target.is_file():
            yield f"{link['href']}: there is no such page"
        elif anchor and f'id="{anchor}"' not in target.read_text("utf-8"):
            yield f"{link['href']}: there is no such place on the page"


@once
def test_field_stories_lead_to_the_reading_room():
    for found in catalogue.chapters():
        count = len(reading.about(SYSTEMS, "chapters", int(found.number)))
        link = soup(page(found.document)).select_one('a[href*="reading/room.html?"]')
        if link is None or not words(link).startswith(f"{count} documented system"):
            yield f"{found.document}: no line on its {count} systems"


@once
def test_numbers_of_the_interview_sheet_are_those_of_the_claims():
    from mlsd import Claim

    shown = soup(page("reading/interview"))
    values = {
        f"claim-{claim['identifier'].replace('.', '-')}": Claim(**claim).value
        for notebook in catalogue.notebooks()
        for claim in notebook.claims
    }
    links = shown.select('article td a[href*="#claim-"]')
    if len(links) < 10:
        yield f"only {len(links)} numbers"
    for link in links:
        if values.get(anchor := link["href"].partition("#")[2]) != words(link):
            yield f"{anchor}: {words(link)}"


@once
def test_every_question_leads_on():
    rows = {}
    for row in soup(page("questions")).select("tr"):
        if cells := row.select("td, th"):
            rows[words(cells[0])] = row
    for number in catalogue.questions():
        if number not in rows or not rows[number].select("a"):
            yield f"question {number}: no link to a chapter or an answer"


# --- addresses -----------------------------------------------------------------------


@pytest.fixture
def server():
    """A server on this machine: /here is there, everything else is not."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200 if self.path == "/here" else 404)
            self.end_headers()

        def log_message(self, *_):
            pass

    with serving(Handler) as found:
        yield found


def test_links_are_reported_and_never_fail(server, monkeypatch):
    named = {f"{server}/here": "one", f"{server}/gone": "two"}
    monkeypatch.setattr(reading, "addresses", lambda root: named)
    assert reading.report_links() == [
        f"404  two  {server}/gone",
        "1 of 2 addresses answer.",
    ]


def test_without_a_network_nothing_was_checked(monkeypatch):
    monkeypatch.setattr(reading, "addresses", lambda root: {"http://127.0.0.1:9": "a"})
    lines = reading.report_links()
    assert len(lines) == 1
    assert "is there a network?" in lines[0]


def test_no_test_and_no_build_looks_at_an_address():
    callers = [
        path.relative_to(ROOT).as_posix()
        for folder in ("_ext", "formats", "tools", "mlsd")
        for path in (ROOT / folder).rglob("*.py")
        if re.search(r"\breport_links\(|\burlopen\(", path.read_text("utf-8"))
    ]
    # The other one asks a server on this machine.
    assert callers == ["tools/check_binder.py", "tools/reading.py"]


def test_check_says_that_all_is_well():
    command = [sys.executable, "-m", "tools.reading"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("The reading room is in order: ")
