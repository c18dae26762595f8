"""Load the book's data sets, and refuse files that are not what they should be."""

from __future__ import annotations

import difflib
import hashlib
import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

try:
    import pyarrow.parquet as pq
except ImportError:  # where a page runs in a browser, the tables are column files
    from inpage import columns as pq

_PACKAGE = Path(__file__).resolve().parent


class DataError(Exception):
    """A data set that is unknown, missing, altered or not as its datasheet says."""


def _folder() -> Path:
    """Return the folder of ``registry.json``: in an installed package, or beside it."""
    installed = _PACKAGE / "datasets"
    return installed if installed.exists() else _PACKAGE.parent / "datasets"


def _registry() -> dict[str, dict[str, Any]]:
    path = _folder() / "registry.json"
    try:
        entries: dict[str, dict[str, Any]] = json.loads(path.read_text("utf-8"))
    except (FileNotFoundError, ValueError) as error:
        missing = isinstance(error, FileNotFoundError)
        raise DataError(
            "The list of data sets, datasets/registry.json, is "
            f"{'missing' if missing else 'not readable JSON'}: "
            "restore it from the repository, or install the package again."
        ) from None
    return entries


def datasets() -> list[str]:
    """Return the names that `load` knows, sorted."""
    return sorted(_registry())


def load(name: str, columns: Sequence[str] | None = None) -> pd.DataFrame:
    """Return one data set as a data frame, verified against the registry.

    Parameters
    ----------
    name
        One of `datasets()`, for example ``"flights_2013"``. The page of that name
        in the book's data section is its datasheet: units, types, known defects.
    columns
        The columns to read, in this order; all of them if omitted.

    Returns
    -------
    pandas.DataFrame
        One row per record, in the order of the file. Integers come as int64, however
        narrow the file stores them, because narrow arithmetic wraps around silently;
        integer columns with missing values come as float64 with NaN.

    Raises
    ------
    DataError
        If the name or a column is unknown, the file is missing, its content was
        altered or cut short, its columns differ from the registry's, or the registry
        itself is missing or damaged.
    """
    if isinstance(columns, str):
        raise DataError(
            f"The columns of {name!r} must be a list of names: write [{columns!r}]."
        )
    selected = None if columns is None else list(columns)
    registry = _registry()
    if name not in registry:
        near = difflib.get_close_matches(name, registry, n=1, cutoff=0.4)
        hint = (
            f"Did you mean {near[0]!r}?" if near else f"Known: {', '.join(registry)}."
        )
        raise DataError(f"There is no data set {name!r}. {hint}")
    entry = registry[name]
    path = _folder() / entry["file"]
    restore = (
        f"restore it with `git checkout -- datasets/{entry['file']}`, "
        "or install the package again."
    )
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise DataError(
            f"The file of {name!r}, datasets/{entry['file']}, is missing: {restore}"
        ) from None
    if hashlib.sha256(content).hexdigest() != entry["sha256"]:
        raise DataError(
            f"The file of {name!r}, datasets/{entry['file']}, was altered or cut short "
            f"({len(content):,} bytes, wrong checksum): {restore}"
        )
    table = pq.ParquetFile(io.BytesIO(content))
    found = {field.name: str(field.type) for field in table.schema_arrow}
    if found != entry["columns"]:
        wanted = entry["columns"]
        differing = [c for c in {**wanted, **found} if wanted.get(c) != found.get(c)]
        raise DataError(
            f"The columns of {name!r} differ from its datasheet in "
            f"{', '.join(differing)}: rebuild the file with its recipe in "
            "datasets/recipes, or correct the registry and the datasheet together."
        )
    unknown = [c for c in selected or [] if c not in found]
    if unknown:
        raise DataError(
            f"{name!r} has no column {', '.join(map(repr, unknown))}. "
            f"Its columns: {', '.join(found)}."
        )
    frame: pd.DataFrame = table.read(selected).to_pandas()
    narrow = [c for c in frame if pd.api.types.is_integer_dtype(frame[c])]
    frame = frame.astype(dict.fromkeys(narrow, "int64"))
    return frame if selected is None else frame[selected]
