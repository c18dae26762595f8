"""Measure four engines on 1, 10 and 100 times the flights: ``make scale``.

Each engine runs the pipeline of chapter 10 in a process of its own: drop flights that
never arrived, join the weather, find the previous flight of the same aircraft, count by
month and carrier. The result stands in ``tools/scale.csv`` and in the chapter.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import psutil

import mlsd

TABLE = Path(__file__).with_suffix(".csv")
SIZES = (1, 10, 100)
MEMORY_LIMIT = 12.0  # GB of the process tree, at which a run is stopped
TIME_LIMIT = 1_200  # seconds after which a run is stopped
DISK_PER_COPY, MINUTES_PER_COPY = 0.1, 0.1  # GB with spill files; all four engines

FLIGHT = ["carrier", "flight", "tailnum", "dest", "minute"]
PLACE_AND_HOUR = ["year", "month", "day", "hour", "origin"]
AIRCRAFT = ["year", "tailnum"]
ORDER = ["month", "day", "hour", "minute", "flight"]  # the last one breaks ties
GROUP = ["year", "month", "carrier"]


def write(folder: Path, copies: int) -> int:
    """Write the flights of both years, `copies` times with shifted years, by month."""
    rows = 0
    for year in (2013, 2023):
        flights = mlsd.load(f"flights_{year}", [*PLACE_AND_HOUR, *FLIGHT, "arr_delay"])
        weather = mlsd.load(f"weather_{year}", [*PLACE_AND_HOUR, "wind_speed"])
        weather = weather.drop_duplicates(PLACE_AND_HOUR)
        for copy in range(copies):
            for month in range(1, 13):
                for name, table in (("flights", flights), ("weather", weather)):
                    part = table[table["month"] == month]
                    part = part.assign(year=year + 20 * copy)
                    file = f"{name}-{year + 20 * copy:04}-{month:02}.parquet"
                    part.to_parquet(folder / file, index=False, compression="zstd")
                    rows += len(part) if name == "flights" else 0
    return rows


# --- the pipeline, four times --------------------------------------------------------


def joined(flights: pd.DataFrame, weather: pd.DataFrame) -> pd.DataFrame:
    """Return the flights that arrived, with the wind, in the order of the timetable."""
    arrived = flights[flights["arr_delay"].notna()]
    return arrived.merge(weather, on=PLACE_AND_HOUR, how="left").sort_values(ORDER)


def counted(rows: pd.DataFrame) -> pd.DataFrame:
    """Count flights, late ones, windy ones, and sum the previous delays, by group."""
    table = pd.DataFrame(
        {
            "flights": 1,
            "late": rows["arr_delay"] > 15,
            "windy": rows["wind_speed"] > 20,
            "before": rows["before"].fillna(0),
        }
    )
    return table.astype("int64").groupby([rows[key] for key in GROUP]).sum()


def whole(folder: Path) -> pd.DataFrame:
    """All files in one table of pandas."""
    flights = pd.concat(map(pd.read_parquet, sorted(folder.glob("flights-*"))))
    weather = pd.concat(map(pd.read_parquet, sorted(folder.glob("weather-*"))))
    rows = joined(flights, weather)
    rows["before"] = rows.groupby(AIRCRAFT)["arr_delay"].shift()
    return counted(rows)


def by_file(folder: Path) -> pd.DataFrame:
    """One file after the other; the last flight of each aircraft is carried over."""
    parts = []
    last = pd.DataFrame(columns=[*AIRCRAFT, "carried"])
    for path in sorted(folder.glob("flights-*")):
        weather = pd.read_parquet(
            path.with_name(path.name.replace("flights", "weather"))
        )
        rows = joined(pd.read_parquet(path), weather)
        rows["before"] = rows.groupby(AIRCRAFT)["arr_delay"].shift()
        rows = rows.merge(last, on=AIRCRAFT, how="left") if len(last) else rows
        if len(last):
            rows["before"] = rows["before"].fillna(rows["carried"])
        parts.append(counted(rows))
        year = rows["year"].iloc[0]
        now = rows[[*AIRCRAFT, "arr_delay"]].rename(columns={"arr_delay": "carried"})
        last = pd.concat([last[last["year"] == year], now]) if len(last) else now
        last = last.drop_duplicates(AIRCRAFT, keep="last")
    return pd.concat(parts)


SQL = """
WITH joined AS (
    SELECT f.*, w.wind_speed
    FROM '{folder}/flights-*.parquet' f
    LEFT JOIN '{folder}/weather-*.parquet' w USING (year, month, day, hour, origin)
    WHERE f.arr_delay IS NOT NULL
), chained AS (
    SELECT *, lag(arr_delay) OVER (
        PARTITION BY year, tailnum ORDER BY month, day, hour, minute, flight
    ) AS before
    FROM joined
)
SELECT year, month, carrier, count(*) AS flights,
    count(*) FILTER (arr_delay > 15) AS late,
    count(*) FILTER (wind_speed > 20) AS windy,
    CAST(sum(coalesce(before, 0)) AS BIGINT) AS before
FROM chained GROUP BY ALL
"""


def in_duckdb(folder: Path) -> pd.DataFrame:
    """One query; at most 2 GB, and what does not fit goes to the disk."""
    spill = folder / "spill"
    settings: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": "2GB",
        "threads": 2,
        "temp_directory": str(spill),
    }
    with duckdb.connect(config=settings) as connection:
        answer = connection.execute(SQL.format(folder=folder))
        names = [column[0] for column in answer.description or []]
        table = pd.DataFrame(answer.fetchall(), columns=names)
    return table.set_index(GROUP)


def chained(rows: pd.DataFrame) -> pd.DataFrame:
    """Find the previous flight where all flights of an aircraft are together."""
    rows = rows.sort_values(ORDER)
    return rows.assign(before=rows.groupby(AIRCRAFT)["arr_delay"].shift())


def in_dask(folder: Path) -> pd.DataFrame:
    """Two worker processes of 2 GB; flights travel to the worker of their aircraft."""
    import dask
    import dask.dataframe as dd
    from dask.distributed import Client, LocalCluster

    def one(path: str) -> pd.DataFrame:
        weather = pd.read_parquet(path.replace("flights-", "weather-"))
        rows = joined(pd.read_parquet(path), weather)
        return rows[[*GROUP, "tailnum", *ORDER[1:], "arr_delay", "wind_speed"]]

    files = [str(path) for path in sorted(folder.glob("flights-*"))]
    settings = {
        "temporary_directory": str(folder / "spill"),
        "logging.distributed": "error",
    }
    with (
        dask.config.set(settings),
        LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            memory_limit="2GB",
            dashboard_address="127.0.0.1:0",
            host="127.0.0.1",
        ) as cluster,
        Client(cluster),
    ):
        rows = dd.from_map(one, files, meta=one(files[0]).iloc[:0])
        together = rows.shuffle("tailnum", npartitions=max(4, len(files) // 24))
        parts = together.map_partitions(chained).map_partitions(
            lambda part: counted(part).reset_index()
        )
        table = parts.compute()
    return table.groupby(GROUP).sum()


ENGINES: dict[str, Callable[[Path], pd.DataFrame]] = {
    "pandas, whole table": whole,
    "pandas, file by file": by_file,
    "DuckDB, 2 GB limit": in_duckdb,
    "Dask, two workers of 2 GB": in_dask,
}


def checksum(table: pd.DataFrame) -> str:
    """Return a digest of all cells of a result, whatever the order of its rows."""
    flat = table.reset_index().sort_values(GROUP)
    flat = flat[[*GROUP, "flights", "late", "windy", "before"]]
    return hashlib.sha256(flat.to_csv(index=False).encode()).hexdigest()[:12]


# --- measuring -----------------------------------------------------------------------


def resident(process: psutil.Process) -> float:
    """Return the resident memory of a process and all its children, in GB."""
    total = 0
    try:
        for one in [process, *process.children(recursive=True)]:
            total += one.memory_info().rss
    except psutil.NoSuchProcess:
        pass
    return total / 1e9


def cpu_of_children() -> float:
    """Return the CPU seconds of all children that have ended, and of theirs."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def stop(process: subprocess.Popen[str]) -> None:
    """End a process and its children, which share its process group."""
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def measure(engine: str, folder: Path) -> dict[str, Any]:
    """Run one engine in a process of its own: seconds, peak memory, digest."""
    command = [sys.executable, "-m", "tools.scale", "--child", engine, str(folder)]
    start, peak, ended = time.perf_counter(), 0.0, "finished"
    spilled, free = 0, shutil.disk_usage(folder).free
    cpu = cpu_of_children()
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env={**os.environ, "DASK_LOGGING__DISTRIBUTED": "error"},
    ) as process:
        while process.poll() is None:
            peak = max(peak, resident(psutil.Process(process.pid)))
            spilled = max(spilled, free - shutil.disk_usage(folder).free)
            if peak > MEMORY_LIMIT:
                ended = f"stopped at {MEMORY_LIMIT:.0f} GB"
            elif time.perf_counter() - start > TIME_LIMIT:
                ended = f"stopped after {TIME_LIMIT} s"
            if ended != "finished":
                stop(process)
            time.sleep(0.02)
        said = process.stdout.read().split() if process.stdout else []
    if process.returncode and ended == "finished":
        ended = "failed"
    seconds = float(said[0]) if ended == "finished" else time.perf_counter() - start
    digest = said[1] if ended == "finished" else ""
    return {
        "seconds": seconds,
        "cpu_seconds": cpu_of_children() - cpu,
        "peak_gb": peak,
        "spilled_gb": spilled / 1e9,
        "ended": ended,
        "digest": digest,
    }


def child(engine: str, folder: Path) -> None:
    """Run one engine; print seconds, with the import of Dask only, and the digest."""
    start = time.perf_counter()
    table = ENGINES[engine](folder)
    print(f"{time.perf_counter() - start:.2f} {checksum(table)}")


def needs(sizes: list[int]) -> tuple[float, float, float]:
    """Return what a run needs: GB of disk, GB of memory, minutes."""
    copies = sum(sizes)
    return max(sizes) * DISK_PER_COPY, MEMORY_LIMIT + 1, 1 + copies * MINUTES_PER_COPY


def refusal(sizes: list[int], disk: float, memory: float) -> str:
    """Say in one sentence what is missing; nothing if all is there (in GB)."""
    needed_disk, needed_memory, _ = needs(sizes)
    for what, needed, free in (
        ("free disk in the temporary folder", needed_disk, disk),
        ("free memory", needed_memory, memory),
    ):
        if free < needed:
            return (
                f"Sizes {', '.join(map(str, sizes))} need {needed:.1f} GB of {what}, "
                f"and there are {free:.1f}: free some, or choose smaller --sizes."
            )
    return ""


NAMES = ["size", "rows", "engine", "seconds", "cpu_seconds", "peak_gb", "spilled_gb"]
NAMES += ["load", "ended", "digest"]


def read_table(path: Path) -> list[dict[str, str]]:
    """Return what was measured so far; nothing if there is no table."""
    if not path.exists():
        return []
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def write_table(found: list[dict[str, str]], path: Path) -> None:
    """Write the table whole or not at all."""
    half = path.with_suffix(".half")
    with half.open("w", newline="", encoding="utf-8") as file:
        table = csv.DictWriter(file, NAMES, lineterminator="\n")
        table.writeheader()
        table.writerows(found)
    os.replace(half, path)


def markdown(found: list[dict[str, str]]) -> str:
    """Return the table of chapter 10: an engine in each row, a size in each column."""
    sizes = sorted({int(one["size"]) for one in found})
    cells = {(one["engine"], int(one["size"])): one for one in found}
    lines = ["| engine | " + " | ".join(f"{size} x" for size in sizes) + " |"]
    lines += ["| --- " * (1 + len(sizes)) + "|"]
    for engine in ENGINES:
        row = [engine]
        for size in sizes:
            one = cells.get((engine, size))
            ended = one["ended"] if one else "not run"
            if one and ended == "finished":
                ended = f"{float(one['seconds']):.0f} s" if size > 1 else ""
                ended = ended or f"{one['seconds']} s"
                ended += f", {one['peak_gb']} GB"
            row.append(ended)
        lines.append("| " + " | ".join(row) + " |")
    return "\n".join(lines)


def rounded(one: dict[str, Any]) -> dict[str, str]:
    """Return a row as text: seconds to a tenth, memory to a hundredth of a GB."""
    digits = {"peak_gb": 2, "size": 0, "rows": 0}
    return {
        name: f"{value:.{digits.get(name, 1)}f}"
        if not isinstance(value, str)
        else value
        for name, value in one.items()
    }


def main() -> None:
    """Measure all engines on all sizes, and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", nargs="+", type=int, default=list(SIZES))
    parser.add_argument("--output", type=Path, default=TABLE)
    parser.add_argument("--resume", action="store_true", help="keep what was measured")
    parser.add_argument("--child", nargs=2, metavar=("ENGINE", "FOLDER"))
    options = parser.parse_args()
    if options.child:
        child(options.child[0], Path(options.child[1]))
        return
    disk, memory, minutes = needs(options.sizes)
    print(f"This needs {disk:.1f} GB of disk, {memory:.0f} GB of memory", end=" ")
    print(f"and about {minutes:.0f} minutes on two cores that are free.", flush=True)
    free = shutil.disk_usage(tempfile.gettempdir()).free / 1e9
    available = psutil.virtual_memory().available / 1e9
    if sentence := refusal(options.sizes, free, available):
        sys.exit(sentence)
    found = read_table(options.output) if options.resume else []
    for size in options.sizes:
        done = {one["engine"] for one in found if one["size"] == str(size)}
        if done == set(ENGINES):
            continue
        with tempfile.TemporaryDirectory() as name:
            rows = write(Path(name), size)
            for engine in [engine for engine in ENGINES if engine not in done]:
                row = {"size": size, "rows": rows, "engine": engine}
                row["load"] = os.getloadavg()[0]
                one = rounded(row | measure(engine, Path(name)))
                shutil.rmtree(Path(name) / "spill", ignore_errors=True)
                found.append(one)
                write_table(found, options.output)
                print(f"{size:4}x {engine:26}{one['seconds']:>8} s", end="")
                print(f"{one['cpu_seconds']:>8} s of CPU{one['peak_gb']:>7} GB", end="")
                print(f"  {one['ended']}, load before {one['load']}", flush=True)
    for size in options.sizes:
        digests = {one["digest"] for one in found if one["size"] == str(size)} - {""}
        if len(digests) != 1:
            sys.exit(f"At {size}x the engines do not agree: do not use the table.")
    print(f"Written: {options.output}. The table of chapter 10 is now:")
    print(markdown(found))


if __name__ == "__main__":
    main()
