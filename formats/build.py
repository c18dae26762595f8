"""Build the book as files (``pdf``, ``epub``, ``zip``), or all of them with its pages.

The PDF and the EPUB are made by Sphinx from one prepared copy of the sources, which it
reads once (see prepare.py); the zip is made from the built pages. What comes out
depends on the sources alone: no file has the time of its making.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import time
import zipfile
from pathlib import Path

from _ext.downloads import FOLDER, FORMATS, digest, file_of, note, publish, with_links
from formats.prepare import prepare
from inpage import build as engine
from tools import build_book
from tools.catalogue import ROOT

TARGET = ROOT / "_build" / "formats"
HTML = ROOT / "_build" / "html"
EPOCH = "1767225600"  # 1 January 2026: the year of the copyright
INSTALL = "apt-get install --no-install-recommends $(grep -v '^#' formats/packages.txt)"
TOO_WIDE = 5.0  # points that a line may stand out of its margin
# Files of the pages that only a web server or a builder needs, and the other formats.
LEFT_OUT = {".buildinfo", ".nojekyll", "objects.inv", ".doctrees", FOLDER}
# Styles that are no part of an EPUB, or that readers cannot parse.
WEB_STYLES = re.compile(r"(?m)^ *<link [^>]*_static/(?:mystnb|sphinx-design)[^>]*/>\n?")


def run(command: list[str], folder: Path) -> tuple[int, str]:
    """Run a program so that its results repeat; return its end and what it says."""
    fixed = {"SOURCE_DATE_EPOCH": EPOCH, "FORCE_SOURCE_DATE": "1"}
    done = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, **fixed, "PYTHONPATH": str(ROOT), "BOOK_ROOT": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    return done.returncode, done.stdout


class Paper:
    """The prepared sources, and what Sphinx has read of them."""

    def __init__(self) -> None:
        self.source = prepare()
        self.read = TARGET / "doctrees"
        shutil.rmtree(self.read, ignore_errors=True)

    def build(self, builder: str) -> Path:
        """Run one of Sphinx's builders with warnings as errors; return its folder."""
        target = TARGET / builder
        shutil.rmtree(target, ignore_errors=True)
        command = [sys.executable, "-m", "sphinx", "-b", builder, "-W", "-n", "-q"]
        command += ["--keep-going", "-d", str(self.read), "-c", str(ROOT / "formats")]
        failed, said = run([*command, str(self.source), str(target)], ROOT)
        if failed:
            sys.exit(f"{said}\nThe {builder} was not built: see the warnings above.")
        return target


def faults_of_log(log: str) -> list[str]:
    """Return what TeX reports that a reader would see."""
    found = re.findall(r"Missing character: .*", log)
    found += re.findall(
        r"LaTeX Warning: (?:Reference|Hyper reference) .*undefined.*", log
    )
    for line in re.findall(r"Overfull \\hbox \(.*", log):
        width = re.search(r"\((.*?)pt", line)
        if width and float(width[1]) > TOO_WIDE:
            found.append(line)
    return sorted(set(found))


def build_pdf(paper: Paper) -> None:
    """Build the PDF by LaTeX."""
    if not all(map(shutil.which, ("latexmk", "xelatex", "rsvg-convert"))):
        sys.exit(f"The PDF needs LaTeX. On Debian, run: {INSTALL}")
    folder = paper.build("latex")
    command = ["latexmk", "-xelatex", "-interaction=nonstopmode", "-halt-on-error"]
    failed, said = run([*command, "book.tex"], folder)
    if failed:
        sys.exit(f"{said[-4000:]}\nLaTeX stopped: see above.")
    log = (folder / "book.log").read_text("utf-8", errors="replace")
    if faults := faults_of_log(log.replace("\n", " \n")):
        print("\n".join(faults))
        sys.exit("The PDF has letters missing, or lines out of the margin: see above.")
    shutil.copy(folder / "book.pdf", file_of(ROOT, "pdf"))


def write_zip(path: Path, files: dict[str, bytes], first: str = "") -> None:
    """Write a zip whose bytes follow from its contents alone."""
    with zipfile.ZipFile(path, "w") as archive:
        for name in sorted(files, key=lambda n: (n != first, n)):
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.external_attr = 0o644 << 16
            entry.create_system = 3
            kind = zipfile.ZIP_STORED if name == first else zipfile.ZIP_DEFLATED
            archive.writestr(entry, files[name], kind, 9)


def build_epub(paper: Paper) -> None:
    """Build the EPUB, and correct in it what Sphinx leaves undone."""
    folder = paper.build("epub")
    with zipfile.ZipFile(folder / "book.epub") as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    write_zip(file_of(ROOT, "epub"), corrected(files), first="mimetype")


def corrected(files: dict[str, bytes]) -> dict[str, bytes]:
    """Return the files of an EPUB with what the standard asks for."""
    unused = "_static/sphinx-design"
    found = {n: content for n, content in files.items() if not n.startswith(unused)}
    for name, content in files.items():
        if name.endswith(".xhtml") and name != "nav.xhtml":
            text = WEB_STYLES.sub("", content.decode())
            language = '<html lang="en" xml:lang="en" '
            found[name] = text.replace("<html ", language, 1).encode()
    package = files["content.opf"].decode()
    identifier = re.search(r"<dc:identifier[^>]*>([^<]*)<", package)
    if identifier is None:
        sys.exit("The EPUB has no identifier.")
    contents = files["toc.ncx"].decode()
    uid = rf'\g<1>"{identifier[1]}"'
    found["toc.ncx"] = re.sub(
        r'(name="dtb:uid" content=)"[^"]*"', uid, contents
    ).encode()

    def declare(item: re.Match[str]) -> str:
        if item[1] not in found:
            return ""
        if b"<math" not in found[item[1]] or not item[1].endswith(".xhtml"):
            return item[0]
        return item[0].replace(" />", ' properties="mathml" />')

    package = re.sub(r'<item id="[^"]*" href="([^"]*)"[^>]*/>', declare, package)
    return {**found, "content.opf": package.encode()}


def build_zip() -> None:
    """Pack the built pages so that they work from a folder, without a server."""
    path = file_of(ROOT, "zip")
    files = {}
    for file in HTML.rglob("*"):
        name = file.relative_to(HTML)
        if file.is_file() and not LEFT_OUT & set(name.parts):
            files[f"{path.stem}/{name.as_posix()}"] = offline(name.as_posix(), file)
    write_zip(path, files)


def offline(name: str, path: Path) -> bytes:
    """Return a file of the pages as it works without a server."""
    content = path.read_bytes()
    if name == "index.html":  # The formats are not in the zip, which is one of them.
        return with_links(content.decode(), {}).encode()
    if name == "_static/documentation_options.js":
        # A summary would be read from the page itself, which browsers forbid here.
        return content.replace(
            b"SHOW_SEARCH_SUMMARY: true", b"SHOW_SEARCH_SUMMARY: false"
        )
    return content


def build(kinds: list[str]) -> None:
    """Build formats, the PDF and the EPUB from one reading, and say what came out."""
    TARGET.mkdir(parents=True, exist_ok=True)
    made_from = digest(ROOT)
    paper = Paper() if {"pdf", "epub"} & set(kinds) else None
    for kind in kinds:
        start, path = time.perf_counter(), file_of(ROOT, kind)
        if kind == "pdf" and paper:
            build_pdf(paper)
        elif kind == "epub" and paper:
            build_epub(paper)
        else:
            build_zip()
        note(ROOT, kind, made_from)
        seconds, size = time.perf_counter() - start, path.stat().st_size / 1e6
        print(f"Built in {seconds:.0f} s, {size:.1f} MB: {path.as_uri()}", flush=True)


def main() -> None:
    """Build what is named; the site is all formats, and pages that link to them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kinds", nargs="+", choices=[*FORMATS, "site"])
    kinds = set(parser.parse_args().kinds)
    if "site" in kinds:
        kinds = set(FORMATS)
        engine.ready()  # the pages take it over when they are built
    build([kind for kind in ("pdf", "epub") if kind in kinds])
    if "zip" in kinds:  # made of the pages, which link to it when it is there
        build_book.build()
        build(["zip"])
        publish(ROOT, HTML)


if __name__ == "__main__":
    main()
