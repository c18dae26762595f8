"""Build the book as a file (``pdf``, ``epub``, ``zip``), or all and the ``site``.

The PDF and the EPUB are made by Sphinx from a prepared copy of the sources (see
prepare_formats.py), the zip from the built pages. What comes out depends on the
sources alone: no file has the time of its making.
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

from prepare_formats import ROOT, prepare

sys.path.insert(0, str(ROOT / "_ext"))
from downloads import FOLDER, file_of, note  # noqa: E402

FORMATS = ROOT / "_build" / "formats"
HTML = ROOT / "_build" / "html"
EPOCH = 1767225600  # 1 January 2026: the year of the copyright
PACKAGES = (
    "texlive-xetex texlive-latex-recommended texlive-latex-extra "
    "texlive-fonts-recommended texlive-plain-generic tex-gyre fonts-texgyre "
    "fonts-texgyre-math fonts-dejavu latexmk librsvg2-bin"
)
TOO_WIDE = 5.0  # points that a line may stand out of its margin
# Files of the pages that only a web server or a builder needs.
LEFT_OUT = {".buildinfo", ".nojekyll", "objects.inv", ".doctrees"}


def environment() -> dict[str, str]:
    """Return the variables that make builds repeat."""
    fixed = {"SOURCE_DATE_EPOCH": str(EPOCH), "FORCE_SOURCE_DATE": "1"}
    return {**os.environ, **fixed, "BOOK_ROOT": str(ROOT)}


def run_sphinx(builder: str, source: Path) -> Path:
    """Run one of Sphinx's builders with warnings as errors; return its folder."""
    target = FORMATS / builder
    shutil.rmtree(target, ignore_errors=True)
    command = [sys.executable, "-m", "sphinx", "-b", builder, "-W", "-n", "-E", "-q"]
    command += ["--keep-going", "-d", str(FORMATS / f"doctrees-{builder}")]
    done = subprocess.run(
        [*command, str(source), str(target)],
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if done.returncode:
        print(done.stdout)
        sys.exit(f"The {builder} was not built: see the warnings above.")
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


def build_pdf() -> Path:
    """Build the PDF by LaTeX."""
    if not all(map(shutil.which, ("latexmk", "xelatex", "rsvg-convert"))):
        sys.exit(f"The PDF needs LaTeX. On Debian, install: {PACKAGES}")
    folder = run_sphinx("latex", prepare())
    command = ["latexmk", "-xelatex", "-interaction=nonstopmode", "-halt-on-error"]
    done = subprocess.run(
        [*command, "book.tex"],
        cwd=folder,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    if done.returncode:
        print(done.stdout[-4000:])
        sys.exit("LaTeX stopped: see above.")
    log = (
        (folder / "book.log").read_text("utf-8", errors="replace").replace("\n", " \n")
    )
    if faults := faults_of_log(log):
        print("\n".join(faults))
        sys.exit("The PDF has letters missing, or lines out of the margin: see above.")
    return Path(shutil.copy(folder / "book.pdf", file_of(ROOT, "pdf")))


def write_zip(path: Path, files: dict[str, bytes], first: str = "") -> None:
    """Write a zip whose bytes follow from its contents alone."""
    with zipfile.ZipFile(path, "w") as archive:
        for name in sorted(files, key=lambda n: (n != first, n)):
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.external_attr = 0o644 << 16
            entry.create_system = 3
            kind = zipfile.ZIP_STORED if name == first else zipfile.ZIP_DEFLATED
            archive.writestr(entry, files[name], kind, 9)


def build_epub() -> Path:
    """Build the EPUB, and correct in it what Sphinx leaves undone."""
    folder = run_sphinx("epub", prepare())
    with zipfile.ZipFile(folder / "book.epub") as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    path = file_of(ROOT, "epub")
    write_zip(path, corrected(files), first="mimetype")
    return path


# Styles that are no part of an EPUB, or that readers cannot parse.
WEB_STYLES = re.compile(r"(?m)^ *<link [^>]*_static/(?:mystnb|sphinx-design)[^>]*/>\n?")


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


def build_zip() -> Path:
    """Pack the built pages so that they work from a folder, without a server."""
    if not (HTML / "index.html").is_file():
        sys.exit("The pages are not built: run `make book` first.")
    path = file_of(ROOT, "zip")
    path.parent.mkdir(parents=True, exist_ok=True)
    files = {}
    for file in HTML.rglob("*"):
        name = file.relative_to(HTML).as_posix()
        parts = set(name.split("/"))
        if file.is_file() and not parts & (LEFT_OUT | {FOLDER}):
            files[f"{path.stem}/{name}"] = offline(name, file.read_bytes())
    write_zip(path, files)
    return path


def offline(name: str, content: bytes) -> bytes:
    """Return a file of the pages as it works without a server."""
    if name == "index.html":  # the zip is one of the downloads
        block = rb'(?s)<div class="[^"]*\b%s\b[^"]*">.*?</div>\n?' % FOLDER.encode()
        return re.sub(block, b"", content)
    if name == "_static/documentation_options.js":
        # A summary would be read from the page itself, which browsers forbid here.
        return content.replace(
            b"SHOW_SEARCH_SUMMARY: true", b"SHOW_SEARCH_SUMMARY: false"
        )
    return content


def build(kind: str) -> None:
    """Build one format and say what came out."""
    start = time.perf_counter()
    FORMATS.mkdir(parents=True, exist_ok=True)
    path = {"pdf": build_pdf, "epub": build_epub, "zip": build_zip}[kind]()
    note(ROOT, kind)
    seconds, size = time.perf_counter() - start, path.stat().st_size / 1e6
    print(f"Built in {seconds:.0f} s, {size:.1f} MB: {path.as_uri()}", flush=True)


def build_book() -> None:
    """Build the pages."""
    tool = [sys.executable, str(ROOT / "tools" / "build_book.py")]
    if subprocess.run(tool).returncode:
        sys.exit(1)


def main() -> None:
    """Build what is named; the site is all formats, and pages that link to them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kind", choices=["pdf", "epub", "zip", "site"])
    kind = parser.parse_args().kind
    if kind != "site":
        build(kind)
        return
    build("pdf")
    build("epub")
    build_book()
    build("zip")
    build_book()  # once more, now with links to all three


if __name__ == "__main__":
    main()
