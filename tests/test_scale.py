"""The script that measures the engines of chapter 10, and its stored table."""

import csv

import pytest

import mlsd
from tools import catalogue, scale

STORED = scale.read_table(scale.TABLE)
FAST = [engine for engine in scale.ENGINES if not engine.startswith("Dask")]


@pytest.fixture
def three_days(tmp_path, monkeypatch):
    """A folder with the first days of each month, twice: files, but few rows."""
    load = mlsd.load
    part = lambda name, columns: load(name, columns).query("day <= 3")  # noqa: E731
    monkeypatch.setattr(scale.mlsd, "load", part)
    rows = scale.write(tmp_path, copies=2)
    assert len(list(tmp_path.glob("flights-*.parquet"))) == 2 * 2 * 12
    return tmp_path, rows


def test_engines_agree(three_days):
    folder, rows = three_days
    tables = [scale.ENGINES[engine](folder) for engine in FAST]
    assert len({scale.checksum(table) for table in tables}) == 1
    assert 0.9 * rows < tables[0]["flights"].sum() < rows
    loose = tables[0].assign(flights=tables[0]["flights"] + 1)
    assert scale.checksum(loose) != scale.checksum(tables[0])


def test_a_run_in_a_process_of_its_own(three_days):
    """The cluster included: its workers start, answer, and are gone."""
    folder, _ = three_days
    found = [
        scale.measure(engine, folder) for engine in scale.ENGINES if engine != FAST[0]
    ]
    assert {one["ended"] for one in found} == {"finished"}
    assert len({one["digest"] for one in found}) == 1
    assert all(one["peak_gb"] > 0.05 for one in found)


def test_a_run_that_needs_too_much_is_stopped(three_days, monkeypatch):
    monkeypatch.setattr(scale, "MEMORY_LIMIT", 0.05)
    one = scale.measure(FAST[0], three_days[0])
    assert one["ended"].startswith("stopped at") and not one["digest"]


def test_refuses_before_it_begins():
    assert scale.refusal([1, 10], disk=50, memory=20) == ""
    assert "GB of free disk" in scale.refusal([100], disk=2, memory=20)
    assert "GB of free memory" in scale.refusal([1], disk=50, memory=4)


def test_what_was_measured_is_kept(tmp_path):
    path = tmp_path / "table.csv"
    assert scale.read_table(path) == []
    scale.write_table(STORED, path)
    assert path.read_bytes() == scale.TABLE.read_bytes()
    assert not path.with_suffix(".half").exists()


def test_stored_table_is_complete_and_agrees():
    with scale.TABLE.open(encoding="utf-8") as file:
        assert next(csv.reader(file)) == scale.NAMES
    runs = {(int(one["size"]), one["engine"]) for one in STORED}
    assert runs == {(size, engine) for size in scale.SIZES for engine in scale.ENGINES}
    for size in scale.SIZES:
        of_size = [one for one in STORED if one["size"] == str(size)]
        assert len({one["digest"] for one in of_size} - {""}) == 1
        assert all(
            bool(one["digest"]) == (one["ended"] == "finished") for one in of_size
        )


def test_chapter_shows_the_stored_table():
    page = catalogue.find("10")
    assert scale.markdown(STORED) in "\n\n".join(cell.source for cell in page.cells)
