"""Read a column file: a data set as `mlsd.load` finds it where pyarrow is missing.

A column file is a gzip of four bytes (the length of the header), the header as JSON,
and the columns one after the other, the first bytes of all values first: what is alike
then stands together, which compresses well. Missing integers and codes are the smallest
number of their type. A column that follows from another, as the minute does from the
time, is stored as one number for each case. `ParquetFile` has what `mlsd.load` asks of
pyarrow's class.
"""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from typing import Any, BinaryIO

import numpy as np
import pandas as pd

LENGTH = 4  # bytes in front of the header, little end first


@dataclass(frozen=True)
class Field:
    """A column's name, and its type as the registry names it."""

    name: str
    type: str


class ParquetFile:
    """A table in a column file, read column by column when it is asked for."""

    def __init__(self, file: BinaryIO) -> None:
        self._raw = gzip.decompress(file.read())
        start = LENGTH + int.from_bytes(self._raw[:LENGTH], "little")
        head = json.loads(self._raw[LENGTH:start])
        self._rows: int = head["rows"]
        self._columns: dict[str, dict[str, Any]] = {}
        for column in head["columns"]:
            self._columns[column["name"]] = {**column, "start": start}
            if "of" not in column:
                start += self._rows * np.dtype(column["store"]).itemsize
        self._selected = list(self._columns)

    @property
    def schema_arrow(self) -> list[Field]:
        """The columns of the file."""
        return [Field(name, c["type"]) for name, c in self._columns.items()]

    def read(self, columns: list[str] | None) -> ParquetFile:
        """Choose columns; all of them if there is no list."""
        self._selected = list(self._columns) if columns is None else columns
        return self

    def to_pandas(self) -> pd.DataFrame:
        """Return the chosen columns as a data frame."""
        chosen = dict.fromkeys(self._selected)
        return pd.DataFrame({name: self._values(name) for name in chosen})

    def _values(self, name: str) -> Any:
        return as_pandas(self._stored(name), self._columns[name])

    def _stored(self, name: str) -> Any:
        column = self._columns[name]
        kind = np.dtype(column["store"])
        if "of" in column:
            _, rows = cases(self._stored(column["of"]))
            return np.array(column["cases"], kind)[rows]
        size = self._rows * kind.itemsize
        shuffled = np.frombuffer(self._raw, np.uint8, size, column["start"])
        plain = shuffled.reshape(kind.itemsize, self._rows).T
        return np.ascontiguousarray(plain).view(kind).ravel()


def cases(key: Any) -> tuple[Any, Any]:
    """Return where each number stands first, and which of them stands in each row."""
    _, first, rows = np.unique(key, return_index=True, return_inverse=True)
    return first, rows


def as_pandas(values: Any, column: dict[str, Any]) -> Any:
    """Return stored numbers as pandas has them after reading parquet."""
    kind = column["type"]
    if kind == "string":
        words = np.array([*column["words"], None], dtype=object)
        return pd.array(words[values], dtype="str")
    if kind == "timestamp[ms]":
        return values.astype("datetime64[ms]")
    if kind == "bool":
        return values.astype(bool)
    if kind == "double" and "decimals" not in column:
        return values.astype("float64")
    missing = values == np.iinfo(values.dtype).min
    if kind != "double" and not column["missing"]:
        return values.astype("int64")
    numbers = values.astype("float64") / 10 ** column.get("decimals", 0)
    numbers[missing] = np.nan
    return numbers
