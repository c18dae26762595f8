"""Rebuild the table of daily closes of four shares, 2000 to 2013.

They come from the PyPI package bokeh_sampledata 2026.1, whose inventory of licences
calls them public domain and says that this was checked at the publisher, Quandl WIKI.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyarrow as pa

from datasets.recipes.common import CACHE, Source, Table, to_arrow

BOKEH = Source(
    "PyPI",
    "bokeh_sampledata",
    "2026.1",
    "f40331a40ca30c64a1c1471835aad9006b61b0d9731a3f649ee8cbbf48d3822f",
    "Public domain",
    "bokeh_sampledata-2026.1.dist-info/licenses/licenses/README.md",
)

TYPES = {
    "date": pa.timestamp("ms"),
    "AAPL": pa.float64(),
    "GOOG": pa.float64(),
    "IBM": pa.float64(),
    "MSFT": pa.float64(),
}


def build(cache: Path = CACHE) -> dict[str, Table]:
    """Return the one table: a row for each day, a column for each share.

    FB, with 196 days, is left out.
    """
    path = BOKEH.fetch(cache) / "bokeh_sampledata" / "_data" / "stocks.csv.gz"
    table = pd.read_csv(path, usecols=["Ticker", "Date", "Adj Close"])
    closes = table.pivot(index="Date", columns="Ticker", values="Adj Close")
    closes = closes.drop(columns="FB").reset_index(names="date")
    closes["date"] = pd.to_datetime(closes["date"])
    return {"share_prices": Table(to_arrow(closes, TYPES), (BOKEH,))}
