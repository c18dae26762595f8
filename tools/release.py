"""Make everything that a release of the book consists of, and say what is left to do.

From a clean checkout: the versions are compared, all formats are built, all tests run
on them, and the files that were tested are collected in dist/ with their checksums.
Nothing leaves this machine: tagging, uploading and publishing are for a person to
decide. ``--dry-run`` checks what can be checked in a moment, and names the rest.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import yaml

from _ext import downloads
from tools.catalogue import ROOT

DIST = ROOT / "dist"
# First what ships, then its tests: where a format is missing, they would leave it out.
STEPS = ("site", "test-all")


def versions(root: Path = ROOT) -> dict[str, str]:
    """Return the version that each place names."""

    def text(name: str) -> str:
        return (root / name).read_text("utf-8")

    def found(pattern: str, name: str) -> str:
        match = re.search(pattern, text(name), re.M)
        return next(filter(None, match.groups())) if match else "none"

    citation = yaml.safe_load(text("CITATION.cff"))
    # The first section is a release, or says which one it will become.
    changelog = (
        r"^This will be version ([\d.]+\d)|^## \[(\d[\d.]+)\] - \d{4}-\d\d-\d\d$"
    )
    return {
        "pyproject.toml": tomllib.loads(text("pyproject.toml"))["project"]["version"],
        "mlsd/__init__.py": found(r'^__version__ = "(.+)"', "mlsd/__init__.py"),
        "CITATION.cff": str(citation["version"]),
        "CITATION.cff, preferred-citation": str(
            citation["preferred-citation"]["version"]
        ),
        "CHANGELOG.md": found(changelog, "CHANGELOG.md"),
    }


def git(*arguments: str) -> str:
    """Return what git prints."""
    command = ["git", *arguments]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def has_target(target: str) -> bool:
    """Whether the Makefile can make this."""
    command = ["make", "--dry-run", target]
    return subprocess.run(command, cwd=ROOT, capture_output=True).returncode == 0


def problems(version: str) -> list[str]:
    """Return what stands in the way of a release."""
    found = []
    if changed := git("status", "--porcelain"):
        found.append(f"The work tree is not clean; commit or remove:\n{changed}")
    named = versions()
    if len(set(named.values())) > 1:
        places = "\n".join(f"  {place}: {named[place]}" for place in named)
        found.append(f"The places that name the version do not agree:\n{places}")
    if f"v{version}" in git("tag", "--list").split():
        found.append(f"There is a tag v{version} already: raise the version.")
    changelog = (ROOT / "CHANGELOG.md").read_text("utf-8")
    if f"## [{version}] - " not in changelog:
        found.append(
            f"CHANGELOG.md has no section '## [{version}] - year-month-day': give "
            "the section Unreleased this title, without its first line."
        )
    missing = [target for target in STEPS if not has_target(target)]
    if missing:
        found.append(f"The Makefile cannot make: {', '.join(missing)}")
    return found


def make(target: str) -> None:
    """Run a target of the Makefile, or stop."""
    print(f"\n=== make {target}", flush=True)
    start = time.perf_counter()
    # With CI set, a test that cannot run fails.
    environment = {**os.environ, "CI": "true"}
    if subprocess.run(["make", target], cwd=ROOT, env=environment).returncode:
        sys.exit(f"`make {target}` failed: there is no release.")
    print(f"=== make {target} took {time.perf_counter() - start:.0f} s", flush=True)


def built() -> dict[str, str]:
    """Return the formats that were made from these sources, with their checksums."""
    paths = downloads.present(ROOT)
    return {kind: checksum(path) for kind, path in paths.items()}


def checksum(path: Path) -> str:
    """Return the SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def build_and_test() -> None:
    """Build all formats from nothing, and run all tests on them."""
    for folder in ("_build", "_generated"):
        shutil.rmtree(ROOT / folder, ignore_errors=True)
    make(STEPS[0])
    before = built()
    if missing := downloads.FORMATS.keys() - before:
        sys.exit(f"`make {STEPS[0]}` did not make: {', '.join(sorted(missing))}.")
    make(STEPS[1])
    if built() != before:
        sys.exit("The tests changed a format, so what would ship is not tested.")
    if changed := git("status", "--porcelain"):
        sys.exit(f"The tests or builds changed tracked files:\n{changed}")


def collect(version: str) -> None:
    """Fill dist/ with the formats, the source, the package and the checksums."""
    shutil.rmtree(DIST, ignore_errors=True)
    DIST.mkdir()
    name = f"{downloads.file_of(ROOT, 'pdf').stem}-{version}"
    for kind, path in downloads.present(ROOT).items():
        shutil.copy(path, DIST / f"{name}.{kind}")
    source = DIST / f"{name}-source.tar.gz"
    git(
        "archive",
        "--format=tar.gz",
        f"--prefix={name}/",
        "-o",
        str(source),
        "HEAD",
    )
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps"]
    subprocess.run([*pip, "--wheel-dir", str(DIST), str(ROOT)], check=True)
    lines = []
    for path in sorted(DIST.iterdir()):
        lines.append(f"{checksum(path)}  {path.name}\n")
        print(f"{path.stat().st_size / 2**20:8.1f} MiB  {path.name}")
    (DIST / "SHA256SUMS").write_text("".join(lines), "utf-8")


def next_steps(version: str) -> str:
    """Say what a person must do now."""
    return f"""
What is left, and only you can do:

1. Look at dist/: open the PDF and the EPUB, unpack the zip and open index.html.
2. Tag what was tested, {git("rev-parse", "--short", "HEAD")}, and push the tag:
       git tag --annotate v{version} --message "Version {version}"
       git push origin v{version}
3. Make a release of the tag on the page of the repository. Take its text from
   CHANGELOG.md and upload all files of dist/, SHA256SUMS too.
4. For a DOI: if Zenodo watches the repository, it archives the release by itself.
   Otherwise upload the source archive and the PDF there; it reads CITATION.cff.
   Then add the DOI to CITATION.cff, under `doi:`, with the next commit.
5. Publish _build/html, if the workflow .github/workflows/book.yml does not do it.
6. Raise the version in the four files, and open a section Unreleased in
   CHANGELOG.md that starts with "This will be version ...".
"""


def main() -> None:
    """Check, build, test, collect; or, with --dry-run, only check."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dry-run", action="store_true", help="build nothing")
    dry = parser.parse_args().dry_run
    version = versions()["pyproject.toml"]
    print(f"Version {version}, commit {git('rev-parse', '--short', 'HEAD')}")
    found = problems(version)
    for problem in found:
        print(f"- {problem}")
    if dry:
        print("Would run: " + ", then ".join(f"make {t}" for t in STEPS))
        print(f"Would fill {DIST.name}/ and write SHA256SUMS.")
        print(next_steps(version))
    if found:
        sys.exit("There can be no release until the above is put right.")
    if dry:
        return
    build_and_test()
    collect(version)
    print(next_steps(version))


if __name__ == "__main__":
    main()
