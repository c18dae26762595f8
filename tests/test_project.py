"""What surrounds the book: versions, citation, licences, forms, workflow."""

import re
import subprocess
import sys

import pytest
import yaml
from support import ROOT, each, once

from tools import catalogue
from tools.release import versions


def load(name):
    return yaml.safe_load((ROOT / name).read_text("utf-8"))


# --- versions, changelog, citation ---------------------------------------------------


def test_all_places_name_the_same_version():
    assert len(set(versions().values())) == 1, versions()


KINDS = {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}


@once
def test_changelog_keeps_its_form():
    lines = (ROOT / "CHANGELOG.md").read_text("utf-8").splitlines()
    if lines[0] != "# Changelog":
        yield "CHANGELOG.md starts with '# Changelog'"
    titles = [line for line in lines if line.startswith("## ")]
    release = re.compile(r"## \[\d+\.\d+\.\d+\] - \d{4}-\d\d-\d\d")
    for i, title in enumerate(titles):
        if not release.fullmatch(title) and (i, title) != (0, "## [Unreleased]"):
            yield f"CHANGELOG.md: {title!r} should be '## [1.2.3] - 2026-01-31'"
    for line in lines:
        if line.startswith("### ") and line.removeprefix("### ") not in KINDS:
            yield f"CHANGELOG.md: {line!r} is none of {sorted(KINDS)}"


SCHEMAS = {
    "CITATION.cff": "citation-file-format",
    ".github/ISSUE_TEMPLATE/config.yml": "github-issue-config",
    ".github/workflows/book.yml": "github-workflows",
} | {
    path.relative_to(ROOT).as_posix(): "github-issue-forms"
    for path in (ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml")
    if path.stem != "config"
}


@pytest.mark.parametrize("name", SCHEMAS)
def test_file_follows_the_schema_of_its_format(name):
    tool = [sys.executable, "-m", "check_jsonschema"]
    schema = ["--builtin-schema", f"vendor.{SCHEMAS[name]}"]
    done = subprocess.run([*tool, *schema, ROOT / name], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


@once
def test_citation_speaks_of_this_book():
    citation = load("CITATION.cff")
    for entry in (citation, citation["preferred-citation"]):
        if entry["title"] != load("_config.yml")["title"]:
            yield f"CITATION.cff: {entry['title']!r} is not the title of the book"
    if str(citation["preferred-citation"]["year"]) != load("_config.yml")["copyright"]:
        yield "CITATION.cff: the year is not that of _config.yml"


# --- licences ------------------------------------------------------------------------


@once
def test_licence_file_says_what_each_part_is_under():
    text = (ROOT / "LICENSE").read_text("utf-8")
    for needed in ("CC BY 4.0", "MIT License", "licence.md", "datasets/licences/"):
        if needed not in text:
            yield f"LICENSE does not name {needed}"


# --- forms and workflow --------------------------------------------------------------


@each([name for name, schema in SCHEMAS.items() if schema == "github-issue-forms"])
def test_issue_form_has_what_no_schema_says(name):
    """GitHub refuses two elements of one name, and an option 'none'."""
    form = load(name)
    asked = [element for element in form["body"] if element["type"] != "markdown"]
    for key in ("id", "label"):
        values = [{**element, **element["attributes"]}.get(key) for element in asked]
        if len(values) != len(set(values)):
            yield f"{name}: two elements have the same {key}"
    for element in asked:
        options = [str(option) for option in element["attributes"].get("options", [])]
        if len(options) != len(set(options)) or "none" in options:
            yield f"{name}: an option stands twice, or is 'none': {options}"


def test_actions_of_the_workflow_are_pinned():
    text = (ROOT / ".github" / "workflows" / "book.yml").read_text("utf-8")
    used = re.findall(r"(?m)^\s*- (?:uses: |.*\n\s*uses: )(\S+)", text)
    assert used and all(re.fullmatch(r"[\w/-]+@[0-9a-f]{40}", u) for u in used), used
    assert ".ci/run" in text and "make test-all" in text and "schedule:" in text


def test_the_workflow_publishes_the_branch_of_the_settings():
    branch = load("_config.yml")["repository"]["branch"]
    text = (ROOT / ".github" / "workflows" / "book.yml").read_text("utf-8")
    # YAML takes the key `on` for true.
    assert yaml.safe_load(text)[True]["push"]["branches"] == [branch]
    assert set(re.findall(r"refs/heads/([\w/-]+)", text)) == {branch}


# --- what the instructions for contributors name -------------------------------------


@once
def test_contributing_names_what_exists():
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    makefile = (ROOT / "Makefile").read_text("utf-8")
    rules = re.findall(r"(?m)^([a-z][a-z -]*):", makefile)
    targets = {target for rule in rules for target in rule.split()}
    for target in sorted(set(re.findall(r"(?m)(?:`|^)make ([a-z-]+)", text))):
        if target not in targets:
            yield f"CONTRIBUTING.md: there is no `make {target}`"
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text)
    names = re.findall(r"`((?:tools|tests|datasets|binder|\.github)/[\w./-]+)`", text)
    for name in dict.fromkeys([*links, *names]):
        if "NAME" not in name and not (ROOT / name).exists():
            yield f"CONTRIBUTING.md names {name}, which does not exist"


@pytest.mark.parametrize("name", ["postBuild", "start"])
def test_scripts_of_binder_can_be_run(name):
    assert (ROOT / "binder" / name).stat().st_mode & 0o111 == 0o111


@once
def test_binder_gets_the_pinned_versions():
    pins: dict = {}
    for file in ("requirements.txt", "binder/requirements.txt"):
        for line in (ROOT / file).read_text("utf-8").splitlines():
            # A marker says where a pin holds; it may differ with what asks for it.
            name, _, version = line.partition(";")[0].strip().partition("==")
            pins.setdefault(name, {}).setdefault(file, set()).add(version)
    for name, found in pins.items():
        binder = found.get("binder/requirements.txt")
        if binder and not binder & found.get("requirements.txt", binder):
            yield f"binder/requirements.txt has another {name}: run `make lock`"


@once
def test_binder_has_the_python_that_the_lock_is_for():
    runtime = (ROOT / "binder" / "runtime.txt").read_text("utf-8").strip()
    makefile = (ROOT / "Makefile").read_text("utf-8")
    for version in re.findall(r"--python-version (\S+)", makefile):
        if runtime != f"python-{version}":
            yield f"binder/runtime.txt says {runtime}, `make lock` {version}"


def test_every_chapter_stands_in_the_part_of_the_outline():
    planned = catalogue.outline()
    titles = {page.short_title: page.number for page in catalogue.chapters()}
    for _, documents in catalogue.parts():
        part = documents[0].rsplit("/", 1)[-1]
        if part in planned:
            found = [n for t, n in titles.items() if t in planned[part].values()]
            stems = [d.rsplit("/", 1)[-1] for d in documents[1:]]
            assert [str(int(stem[:2])) for stem in stems] == found
