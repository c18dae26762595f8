"""Make column files of the data sets, each proven equal to its parquet file."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

import mlsd
from inpage.columns import LENGTH, ParquetFile, cases

DECIMALS = range(5)  # measured values have a few; then they are stored as integers


def smallest(values: Any) -> Any:
    """Return integers in the narrowest type that leaves its smallest number free."""
    for kind in ("int8", "int16", "int32", "int64"):
        limits = np.iinfo(kind)
        if values.min() > limits.min and values.max() <= limits.max:
            return values.astype(kind)
    raise ValueError("These integers leave no number for what is missing.")


def with_missing(values: Any, missing: Any) -> Any:
    """Return integers of the narrowest type, its smallest number for what is missing.

    What stands in `values` where something is missing must be harmless, such as 0.
    """
    stored = smallest(values)
    stored[missing] = np.iinfo(stored.dtype).min
    return stored


def decimals_of(values: Any) -> int | None:
    """Return how many decimals all values have; None if one has more."""
    for decimals in DECIMALS:
        whole = np.rint(values * 10**decimals)
        negative_zero = (whole == 0) & np.signbit(values)
        if np.abs(whole).max() < 2**31 and not negative_zero.any():
            if np.array_equal(whole / 10**decimals, values):
                return decimals
    return None


def stored(column: pa.ChunkedArray, head: dict[str, Any]) -> Any:
    """Return the numbers that stand for a column; note in its header what they mean."""
    kind, missing = head["type"], column.is_null().to_numpy()
    if kind == "string":
        codes, words = pd.factorize(column.to_pandas(), sort=True)
        head["words"] = list(words)
        return codes.astype("int16" if len(words) < 2**15 else "int32")
    if kind == "timestamp[ms]":
        return column.to_numpy().astype("datetime64[ms]").astype("int64")
    if kind == "bool":
        return column.to_numpy().astype("int8")
    if kind == "double":
        values = column.to_numpy()
        missing, known = np.isnan(values), values[~np.isnan(values)]
        decimals = decimals_of(known)
        if decimals is None:
            return values
        head["decimals"] = decimals
        values = np.rint(np.where(missing, 0, values) * 10**decimals)
        return with_missing(values.astype("int64"), missing)
    head["missing"] = bool(missing.any())
    return with_missing(column.fill_null(0).to_numpy().astype("int64"), missing)


def follows(values: Any, known: dict[str, Any], head: dict[str, Any]) -> bool:
    """Whether a column of integers follows from another; note in its header how."""
    for key, (first, rows) in known.items():
        short = len(first) * 20 < len(values)
        if short and np.array_equal(values[first][rows], values):
            head.update(of=key, cases=values[first].tolist())
            return True
    return False


def write(content: bytes) -> bytes:
    """Return a parquet file's table as a column file; its bytes follow from those."""
    table = pq.ParquetFile(io.BytesIO(content)).read()
    heads, bodies = [], []
    known: dict[str, Any] = {}  # the cases of earlier columns
    for field in table.schema:
        head: dict[str, Any] = {"name": field.name, "type": str(field.type)}
        values = np.ascontiguousarray(stored(table[field.name], head))
        head["store"] = values.dtype.str
        heads.append(head)
        if values.dtype.kind == "i":
            if follows(values, known, head):
                continue
            known[field.name] = cases(values)
        as_bytes = values.view(np.uint8).reshape(len(values), values.dtype.itemsize)
        bodies.append(as_bytes.T.tobytes())
    text = json.dumps({"rows": table.num_rows, "columns": heads}).encode()
    raw = len(text).to_bytes(LENGTH, "little") + text + b"".join(bodies)
    return gzip.compress(raw, 9, mtime=0)


def proven(name: str, path: Path) -> bytes:
    """Return the column file of a data set, after comparing it with `mlsd.load`."""
    content = write(path.read_bytes())
    table = ParquetFile(io.BytesIO(content)).read(None).to_pandas()
    whole = [c for c in table if pd.api.types.is_integer_dtype(table[c])]
    table = table.astype(dict.fromkeys(whole, "int64"))
    pd.testing.assert_frame_equal(table, mlsd.load(name), check_exact=True)
    return content


def all_tables(folder: Path) -> tuple[dict[str, bytes], dict[str, Any]]:
    """Return the column files by name, and the registry that names them."""
    registry = json.loads((folder / "registry.json").read_text("utf-8"))
    files = {}
    for name, entry in registry.items():
        content = proven(name, folder / entry["file"])
        entry["file"] = f"files/{name}.columns"
        entry["sha256"] = hashlib.sha256(content).hexdigest()
        files[name] = content
    return files, registry
