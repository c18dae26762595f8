"""The reading room: documented systems, works for each step, and the map of topics.

``python -m tools.reading`` checks its files and says in one line each what is wrong;
``python -m tools.reading links`` (``make links``) looks at every address when a network
is there. It reports what does not answer, and never fails for it.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from tools import catalogue
from tools.catalogue import ROOT, Page

FOLDER = "reading"
FEWEST, MOST = 60, 100  # words on a system
LONGEST = {"later": 40, "why": 40, "today": 40}  # words
SECONDS = 20.0

SENTENCES = re.compile(r"(?<=[.?!])\s+")
CHAPTERS = re.compile(r"[Cc]hapters? (\d+)(?: and (\d+))?")
NUMBER = re.compile(r"(?<![\w.])\d[\d,]*(?:\.\d+)?(?<!,)")

Entry = dict[str, Any]


def load(name: str, root: Path = ROOT) -> list[Entry]:
    """Return the entries of ``systems`` or ``works``, the newest first, or ``topics``.

    Entries are dictionaries as ``reading/schema.json`` describes them.
    """
    path = root / FOLDER / f"{name}.yml"
    content = yaml.load(path.read_text("utf-8"), Loader=yaml.CSafeLoader)
    found: list[Entry] = content or []
    if name == "topics":
        return found
    return sorted(found, key=lambda entry: (-int(entry["year"]), entry["id"]))


def about(entries: list[Entry], kind: str, number: int) -> list[Entry]:
    """Return the entries on a chapter or a question."""
    return [entry for entry in entries if number in entry.get(kind, ())]


def target(place: str, root: Path = ROOT) -> tuple[Page, str]:
    """Return the page and the heading of a place such as ``7#Who wins?``.

    ``7`` is chapter 7, ``q18`` a case study, another name a page of the book.

    Raises
    ------
    ValueError
        If there is no such page, or no such heading on it.
    """
    name, _, heading = place.partition("#")
    page = next(
        (p for p in catalogue.pages(root) if name in (p.number, p.document)), None
    )
    if page is None:
        raise ValueError(f"there is no page {name!r}")
    if heading and heading not in (title for _, title in page.headings):
        raise ValueError(f"{page.name} has no heading {heading!r}")
    return page, heading


def problems(root: Path = ROOT) -> Iterator[str]:
    """Say in one line each what is wrong with the files."""
    from jsonschema import Draft202012Validator

    schema = json.loads((root / FOLDER / "schema.json").read_text("utf-8"))
    for name in ("systems", "works"):
        path = f"{FOLDER}/{name}.yml"
        try:
            content = yaml.safe_load((root / path).read_text("utf-8")) or []
        except yaml.YAMLError as problem:
            yield f"{path} is not YAML: {' '.join(str(problem).split())}"
            continue
        where = [
            f"{path}, {entry.get('id', i + 1)}" if isinstance(entry, dict) else path
            for i, entry in enumerate(content)
        ]
        wrong = False
        for error in Draft202012Validator(schema).iter_errors({name: content}):
            wrong, steps = True, list(error.absolute_path)
            at = where[int(steps[1])] if len(steps) > 1 else path
            field = f" {steps[2]}:" if len(steps) > 2 else ""
            yield f"{at}:{field} {error.message}"
        if not wrong:
            yield from _problems_of_text(content, where)
            yield from _repeated(content, where)
            yield from _numbers(content, where, root)
    for part in load("topics", root):
        for entry in part["topics"]:
            for place in entry["at"]:
                try:
                    target(place, root)
                except ValueError as problem:
                    yield f"{FOLDER}/topics.yml, {entry['topic']}: {problem}"


def _problems_of_text(content: list[Entry], where: list[str]) -> Iterator[str]:
    for entry, at in zip(content, where, strict=True):
        words = len(entry.get("text", "").split())
        if "text" in entry and not FEWEST <= words <= MOST:
            yield f"{at}: text has {words} words; {FEWEST} to {MOST} are asked for"
        for field, most in LONGEST.items():
            if (words := len(entry.get(field, "").split())) > most:
                yield f"{at}: {field} has {words} words; at most {most} are allowed"


def _repeated(content: list[Entry], where: list[str]) -> Iterator[str]:
    for field in ("id", "url"):
        seen: set[str] = set()
        for entry, at in zip(content, where, strict=True):
            if entry[field] in seen:
                yield f"{at}: {field} {entry[field]} stands twice"
            seen.add(entry[field])


def _numbers(content: list[Entry], where: list[str], root: Path) -> Iterator[str]:
    """Compare what a sentence says of a chapter with the chapter, number by number."""
    pages = {page.number: page for page in catalogue.chapters(root)}

    @cache
    def numbers(chapter: str) -> set[str]:
        texts = (
            text
            for cell in pages[chapter].cells
            for text in (cell.source, cell.printed, *cell.markdown_outputs())
        )
        return {number for text in texts for number in NUMBER.findall(text)}

    for entry, at in zip(content, where, strict=True):
        for sentence in SENTENCES.split(entry.get("text", "")):
            named = {n for found in CHAPTERS.findall(sentence) for n in found if n}
            there = {number for n in named & pages.keys() for number in numbers(n)}
            for number in NUMBER.findall(CHAPTERS.sub("", sentence)):
                if named and number not in there:
                    which = " or ".join(sorted(named, key=int))
                    yield f"{at}: {number} does not stand in chapter {which}"


def addresses(root: Path = ROOT) -> dict[str, str]:
    """Return every address of the reading room with the entry that names it."""
    return {
        entry[field]: entry["id"]
        for name in ("systems", "works")
        for entry in load(name, root)
        for field in ("url", "later_url")
        if field in entry
    }


def look(address: str) -> str:
    """Return how a server answers: ``200``, another status, or why it did not."""
    agent = {"User-Agent": "Mozilla/5.0 (compatible; link check of a book)"}
    request = urllib.request.Request(address, headers=agent)
    try:
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:
            return str(answer.status)
    except urllib.error.HTTPError as problem:
        return str(problem.code)
    except (OSError, ValueError) as problem:
        return re.sub(r"^<urlopen error (.*)>$", r"\1", str(problem)) or "no answer"


def report_links(root: Path = ROOT) -> list[str]:
    """Look at every address, and return the lines of a report."""
    named = addresses(root)
    with ThreadPoolExecutor(8) as pool:
        answers = dict(zip(named, pool.map(look, named), strict=True))
    odd = {address: said for address, said in answers.items() if said != "200"}
    reached = sum(said.isdigit() for said in answers.values())
    if named and not reached:
        return ["No address could be reached: is there a network? Nothing was checked."]
    lines = [f"{said}  {named[a]}  {a}" for a, said in sorted(odd.items())]
    return [*lines, f"{len(named) - len(odd)} of {len(named)} addresses answer."]


def main() -> None:
    """Check the files, or look at the addresses."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", nargs="?", choices=["check", "links"], default="check")
    if parser.parse_args().what == "links":
        print("\n".join(report_links()))
        return
    if found := list(problems()):
        sys.exit("\n".join(found))
    counts = " and ".join(f"{len(load(name))} {name}" for name in ("systems", "works"))
    print(f"The reading room is in order: {counts}.")


if __name__ == "__main__":
    main()
