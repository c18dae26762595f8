exec(open("/tmp/c10/b/code.py").read())
C["run"] = '''STEPS = {
    "clean": lambda flights: flights.dropna(subset=["arr_delay"]),
    "weather": lambda weather: weather,
    "join": join,
    "label": lambda rows: (rows["arr_delay"] > 15).to_numpy(),
    "split": lambda rows: (rows["month"] <= 8, rows["month"] > 8),
    "columns": FEATURES,
    "fit": fit,
    "serve": serve,
    "seed": 0,
}


def run(raw, **replaced):
    """Train and test; a bug or a change replaces a step."""
    steps = STEPS | replaced
    weather = steps["weather"](raw["weather"])
    rows = steps["join"](steps["clean"](raw["flights"]), weather, raw["planes"])
    y, (past, later) = steps["label"](rows), steps["split"](rows)
    learned = learn_encoding(rows[past], steps["columns"])
    x = encode(rows[past], learned)
    model = steps["fit"](x, y[past], steps["seed"])
    p = model.predict_proba(encode(rows[later], learned))[:, 1]
    return steps, weather, rows, rows[past], rows[later], learned, x, y, model, p'''
C["run"] = C["run"].replace('''    return steps, weather, rows, rows[past], rows[later], learned, x, y, model, p''','''    return dict(steps=steps, weather=weather, rows=rows, train=rows[past], x=x,
        y=y[past], test=rows[later], y_test=y[later], p=p, learned=learned, model=model)''')
C["run"] = C["run"].replace('''    p = model.predict_proba(encode(rows[later], learned))[:, 1]
    return dict(steps=steps, weather=weather, rows=rows, train=rows[past], x=x,
        y=y[past], test=rows[later], y_test=y[later], p=p, learned=learned, model=model)''','''    p = model.predict_proba(encode(rows[later], learned))[:, 1]
    tested = {"test": rows[later], "y_test": y[later], "p": p, "weather": weather}
    made = {"steps": steps, "rows": rows, "learned": learned, "model": model}
    return made | tested | {"train": rows[past], "x": x, "y": y[past]}''').replace('''STEPS = {
    "clean": lambda flights: flights.dropna(subset=["arr_delay"]),
    "weather": lambda weather: weather,
    "join": join,
    "label": lambda rows: (rows["arr_delay"] > 15).to_numpy(),
    "split": lambda rows: (rows["month"] <= 8, rows["month"] > 8),
    "columns": FEATURES,
    "fit": fit,
    "serve": serve,
    "seed": 0,
}
''','''STEPS = {"join": join, "columns": FEATURES, "fit": fit, "serve": serve, "seed": 0}
STEPS |= {
    "clean": lambda flights: flights.dropna(subset=["arr_delay"]),
    "weather": lambda weather: weather,
    "label": lambda rows: (rows["arr_delay"] > 15).to_numpy(),
    "split": lambda rows: (rows["month"] <= 8, rows["month"] > 8),
}
''')
C["helpers"] = '''from sklearn.linear_model import LogisticRegression


def every_100th(rows):
    return (rows["month"] <= 8) & (rows.index % 100 == 0), rows["month"] > 8


def raw_scale(learned):
    return learned | {"mean": 0 * learned["mean"], "sd": 0 * learned["sd"] + 1}


def late_rate_as_distance(*tables):
    rows = join(*tables)
    keys = [rows[c] for c in ("origin", "dest", "carrier", "hour")]
    rate = (rows["arr_delay"] > 15).groupby(keys).transform("mean")
    return rows.assign(distance=rate)


def numbered_anew(requests, learned, model):
    codes = {c: {v: i for i, v in enumerate(requests[c].unique())} for c in NAMES}
    return serve(requests, learned | {"codes": codes}, model)


def linear(x, y, seed):
    return LogisticRegression(max_iter=300).fit(x, y)'''
C["planned"] = '''import itertools

dice, clock = np.random.default_rng(0), itertools.count(100)  # a new seed each time
gaps, swap = dict.fromkeys(WEATHER, 0.0), {"temp": "humid", "humid": "temp"}
PLANNED = {
    "labels shuffled": {"fit": lambda x, y, s: fit(x, dice.permutation(y), s)},
    "labels inverted": {"fit": lambda x, y, s: fit(x, ~y, s)},
    "departure delay as feature": {"columns": [*FEATURES, "dep_delay"]},
    "serving does not scale": {"serve": lambda r, k, m: serve(r, raw_scale(k), m)},
    "serving fills gaps with 0": {"serve": lambda r, *a: serve(r.fillna(gaps), *a)},
    "serving swaps columns": {"serve": lambda r, *a: serve(r.rename(columns=swap), *a)},
    "test rows in training": {"split": lambda r: (r["month"] > 0, r["month"] > 8)},
    "inner join loses rows": {"join": lambda f, w, p: join(f.merge(p), w, p)},
    "too much regularised": {"fit": lambda *a: fit(*a, min_samples_leaf=2000)},
    "1 % of the rows": {"split": every_100th},
    "no seed": {"fit": lambda x, y, s: fit(x, y, next(clock))},
}'''
C["unplanned2"] = '''UNPLANNED = {
    "weather five hours off": {"weather": lambda w: w.assign(hour=(w["hour"] + 5) % 24)},
    "labels one row off": {"fit": lambda x, y, s: fit(x, np.roll(y, 1), s)},
    "cancelled counts as on time": {"clean": lambda f: f.fillna({"arr_delay": 0})},
    "label from the departure": {"label": lambda r: (r["dep_delay"] > 15).to_numpy()},
    "classes balanced": {"fit": lambda *a: fit(*a, class_weight="balanced")},
    "serving numbers names anew": {"serve": numbered_anew},
    "serving in Celsius": {
        "serve": lambda r, *a: serve(r.assign(temp=(r["temp"] - 32) / 1.8), *a)
    },
    "distance holds a late rate": {"join": late_rate_as_distance},
}
LEGITIMATE = {
    "another seed": {"seed": 1},
    "slower, more trees": {"fit": lambda *a: fit(*a, max_iter=24, learning_rate=0.2)},
    "one more feature": {"columns": [*FEATURES, "minute"]},
    "without January": {"split": lambda r: (r["month"].between(2, 8), r["month"] > 8)},
    "columns in another order": {"columns": FEATURES[::-1]},
    "a linear model": {"fit": linear},
}
GROUPS = {"planned": PLANNED, "unplanned": UNPLANNED, "legitimate": LEGITIMATE}'''
C["tests"] = '''from sklearn.metrics import log_loss, roc_auc_score


def battery(r, arrived, floor):
    """Which tests fire on a run: True is an alarm."""
    steps, few, p_few, auc = r["steps"], r["test"][:300], r["p"][:300], "y_test"
    auc = roc_auc_score(r["y_test"], r["p"])
    part = slice(None, None, max(1, len(r["x"]) // 300))  # some 300 training rows
    x, y = r["x"][part], r["y"][part]
    twice = [steps["fit"](x, y, steps["seed"]).predict_proba(x)[:, 1] for _ in "ab"]
    wet = encode(few.assign(precip=0.2, visib=2.0), r["learned"])
    served = steps["serve"](few, r["learned"], r["model"])
    return {
        "smoke": not ((r["p"] >= 0) & (r["p"] <= 1)).all(),
        "floor": auc < floor,
        "ceiling": auc > 0.8,
        "rows": len(r["rows"]) != arrived or len(r["train"]) < arrived / 2,
        "parity": not np.allclose(served, p_few, atol=1e-6),
        "split": r["train"]["month"].max() >= r["test"]["month"].min(),
        "names": not set(steps["columns"]) <= {*FEATURES, "minute"},
        "repeat": not np.allclose(*twice, atol=1e-6),
        "rain": r["model"].predict_proba(wet)[:, 1].mean() <= p_few.mean(),
        "mean": not 0.5 < r["p"].mean() / r["y"].mean() < 1.5,
        "by heart": roc_auc_score(y, twice[0]) < 0.75,
    }'''.replace(', auc = r["steps"], r["test"][:300], r["p"][:300], "y_test"',' = r["steps"], r["test"][:300], r["p"][:300]').replace('few, p_few =','few, p_few =')
C["loop"] = '''def live(raw, weather):
    """The requests of September and October, when no delay is known, and the truth."""
    later = raw["flights"].query("month > 8 and arr_delay.notna()")
    asked = later.assign(dep_delay=np.nan).merge(weather, on=PLACE_AND_HOUR, how="left")
    return asked, (later["arr_delay"] > 15).to_numpy()


rows = []
for year, sample in itertools.product((2013, 2023), (0, 1)):
    raw, clean, golden = read(year, sample), None, None
    past = raw["flights"].query("month <= 8 and arr_delay.notna()")
    by_hour = (past["arr_delay"] > 15).groupby(past["hour"]).mean()
    for kind, group in {"clean": {"clean": {}}, **GROUPS}.items():
        for name, change in group.items():
            r = run(raw, **change)
            asked, late = live(raw, r["weather"])
            floor = roc_auc_score(late, asked["hour"].map(by_hour).fillna(0))
            p = r["steps"]["serve"](asked, r["learned"], r["model"]).clip(0.001, 0.999)
            clean, golden = (log_loss(late, p), p) if clean is None else (clean, golden)
            moved = np.abs(p - golden)[:300]
            alarms = battery(r, raw["flights"]["arr_delay"].notna().sum(), floor)
            alarms |= {"snapshot": moved.max() > 0.01, "harm": log_loss(late, p) - clean}
            rows.append({"kind": kind, "name": name, "year": year, "sample": sample})
            rows[-1] |= alarms | {"moved": moved.mean()}
fired = pd.DataFrame(rows).set_index(["kind", "name", "year", "sample"])'''
C["table"] = '''FOUR = ["floor", "ceiling", "rows", "parity"]
BATTERY = [*list(alarms)[:11]]
sets = pd.DataFrame({"smoke": fired["smoke"], "snapshot": fired["snapshot"]})
sets.insert(1, "four contracts", fired[FOUR].any(axis=1))
sets.insert(2, "battery", fired[BATTERY].any(axis=1))
caught = sets.groupby(["kind", "year", "sample"]).sum()
print(caught.loc[list(GROUPS)].to_string())'''
C["table"] = '''FOUR = ["floor", "ceiling", "rows", "parity"]
BATTERY = list(alarms)[: list(alarms).index("snapshot")]
sets = pd.DataFrame(
    {
        "smoke": fired["smoke"],
        "four contracts": fired[FOUR].any(axis=1),
        "battery": fired[BATTERY].any(axis=1),
        "snapshot": fired["snapshot"],
    }
)
caught = sets.groupby(["kind", "year", "sample"]).sum()
assert not caught.loc["clean"].any(axis=None)  # the clean pipeline raises no alarm
print("of 11, 8 and 6: how many raised an alarm")
print(caught.loc[list(GROUPS)].to_string())
moved = fired.groupby(["kind", "name"])["moved"].mean()
largest = moved["legitimate"].max()
below = (moved["unplanned"] < largest).sum()
print(f"the legitimate change that moved predictions most: by {largest:.3f};")
print(f"of 8 unplanned bugs {below} moved them less")'''
C["figure"] = C["figure"].replace("ORDER_OF_TESTS = [*BATTERY, \"snapshot\"]\n","columns = [*BATTERY, \"snapshot\"]\n").replace("ORDER_OF_TESTS","columns").replace('''TITLES = {
    "planned": "bugs that the tests were designed for",
    "unplanned": "bugs that they were not designed for",
    "legitimate": "legitimate changes",
}
for ax, (kind, title) in zip(axes, TITLES.items(), strict=True):''','''TITLES = ["bugs that the tests were designed for", "bugs that they were not designed for"]
for ax, kind, title in zip(axes, GROUPS, [*TITLES, "legitimate changes"], strict=True):''')
C["claims1"] = '''mlsd.claim(
    "10.1",
    "A smoke test finds none of 19 bugs (the best of four samples).",
    caught["smoke"].groupby(["year", "sample"]).sum().max(),
    at_most=0,
    digits=0,
    unit="bugs",
    rival=("the four contracts, in their worst sample,", both_kinds["four contracts"].min()),
)'''
C["claims1"] = '''bugs = caught.loc["planned"] + caught.loc["unplanned"]
mlsd.claim(
    "10.1",
    "A smoke test finds none of 19 bugs (the best of four samples of the rows).",
    bugs["smoke"].max(),
    at_most=0,
    digits=0,
    unit="bugs",
    rival=("four contracts, in their worst sample,", bugs["four contracts"].min()),
)
mlsd.claim(
    "10.2",
    "Of bugs that it was not designed for, a battery of eleven tests misses at least "
    "one in eight (the best of four samples).",
    caught.loc["unplanned", "battery"].max() / len(UNPLANNED),
    at_most=7 / 8,
    digits=2,
    rival=(
        "the share of those it was designed for",
        caught.loc["planned", "battery"].min() / len(PLANNED),
    ),
)'''
C["claims1b"] = '''mlsd.claim(
    "10.3",
    "A snapshot of predictions raises an alarm at most legitimate changes (the best "
    "of four samples).",
    caught.loc["legitimate", "snapshot"].min(),
    at_least=4,
    digits=0,
    unit="of 6",
    rival=("the battery, in its worst sample,", caught.loc["legitimate", "battery"].max()),
)'''
C["hours"] = '''REVIEW, SHIPPED = 1, 40  # hours: for a second reader; for a bug that went live
catches, alarms_at = (sets.loc[kind].mean() for kind in ("unplanned", "legitimate"))
for policy, share in (("never check", 0.0), ("review every change", 1.0)):
    catches[policy] = alarms_at[policy] = share


def hours(policy, bugs):
    """Hours for 100 changes of which `bugs` are wrong."""
    missed = bugs * (1 - catches[policy]) * SHIPPED
    reviews = bugs * catches[policy] + (100 - bugs) * alarms_at[policy]
    return missed + reviews * REVIEW


print("hours for 100 changes, of which 1, 2, 5 or 10 are bugs")
for policy in catches.index:
    costs = [hours(policy, bugs) for bugs in (1, 2, 5, 10)]
    print(f"{policy:20}" + "".join(f"{cost:6.0f}" for cost in costs))
for kind, policy in {"nothing": "never check", "constant": "review every change"}.items():
    mlsd.gate(kind, hours(policy, 2) - hours("battery", 2), at_least=1, unit="hours")'''
C["searchtable"] = '''def gain(when, usual, name):
    """How far the loss is below the usual model's, one value for each window."""
    return loss[when, usual] - loss[when, name]


print("log loss below the default's: promised; delivered (90 % over days)")
for year, part in judged.groupby("year"):
    for name in ("small", "search", "small, 4 x rows"):
        promise = gain("promised", "default", name)[loss["year"] == year].mean()
        over_days = mlsd.paired_difference(
            part["default"], part[name], part["date"], level=0.9
        )
        print(f"{year} {name:17}{promise:6.3f}; {over_days.text(3)}")
over_windows = {
    "search against small": gain("delivered", "small", "search"),
    "search against 4 x rows": gain("delivered", "small, 4 x rows", "search"),
    "promised, not delivered": gain("promised", "small", "search")
    - gain("delivered", "small", "search"),
}
print("mean over eight windows (90 % over windows)")
for name, gains in over_windows.items():
    over_windows[name] = mlsd.mean_of_repeats(gains, 0.9)
    print(f"{name:25}{over_windows[name].text(3)}")'''
C["searchloop"] = '''rows, judged = [], []
for year in (2013, 2023):
    for past, choose, judge in windows(load_year(year)):
        train = past[:N_ROWS]
        trials = [trained(train, settings) for settings in SEARCH]
        models = {
            "default": trained(train, {}),
            "small": trained(train, SMALL),
            "small, 4 x rows": trained(past[: 4 * N_ROWS], SMALL),
            "search": min(trials, key=lambda m: losses(m, choose).mean()),
        }
        row = {("year", ""): year}
        for when, part in (("promised", choose), ("delivered", judge)):
            by_row = {name: losses(model, part) for name, model in models.items()}
            row |= {(when, name): values.mean() for name, values in by_row.items()}
        rows.append(row)
        dates = (100 * judge["month"] + judge["day"]).to_numpy()
        judged.append(pd.DataFrame({"year": year, "date": dates} | by_row))
loss, judged = pd.DataFrame(rows), pd.concat(judged)
loss.columns = pd.MultiIndex.from_tuples(loss.columns)'''
C["searchclaim"] = '''mlsd.claim(
    "10.4",
    "A search of six trials gains no more than an untuned model on four times the "
    "rows (mean of eight windows, upper end of the 90 % interval).",
    over_windows["search against 4 x rows"].high,
    at_most=0.01,
    unit="log loss",
    rival=("the untuned model on the same rows", over_windows["search against small"].value),
)'''
C["frames"] = '''ORDER = ["month", "day", "hour", "minute", "flight"]  # the last one breaks ties
AIRCRAFT, GROUP = ["year", "tailnum"], ["year", "month", "carrier"]


def joined(path):
    """One month's flights that arrived, with the wind."""
    flights = pd.read_parquet(path).dropna(subset=["arr_delay"])
    weather = pd.read_parquet(str(path).replace("flights-", "weather-"))
    keys = ["year", "month", "day", "hour", "origin"]
    rows = flights.merge(weather, on=keys, how="left")
    return rows[["year", *ORDER, "carrier", "tailnum", "arr_delay", "wind_speed"]]


def chained(rows):
    """Add the delay of the aircraft's flight before this one."""
    rows = rows.sort_values(["year", *ORDER])
    return rows.assign(before=rows.groupby(AIRCRAFT)["arr_delay"].shift())


def counted(rows):
    """Late flights, windy ones, the delays before, and all flights, by group."""
    late, windy = rows["arr_delay"] > 15, rows["wind_speed"] > 20
    table = {"late": late, "windy": windy, "before": rows["before"].fillna(0)}
    table = pd.DataFrame(table).assign(flights=1).astype("int64")
    return table.groupby([rows[name] for name in GROUP]).sum()'''
C["sql"] = '''SQL = """
WITH chained AS (
    SELECT year, month, carrier, arr_delay, wind_speed,
        lag(arr_delay) OVER (PARTITION BY year, tailnum ORDER BY {order}) AS before
    FROM '{folder}/flights-{year}-*.parquet'
    LEFT JOIN '{folder}/weather-{year}-*.parquet'
        USING (year, month, day, hour, origin)
    WHERE arr_delay IS NOT NULL
)
SELECT year, month, carrier, count(CASE WHEN arr_delay > 15 THEN 1 END) AS late,
    count(CASE WHEN wind_speed > 20 THEN 1 END) AS windy,
    CAST(sum(coalesce(before, 0)) AS BIGINT) AS before, count(*) AS flights
FROM chained GROUP BY ALL
"""


def in_duckdb(year, order):
    import duckdb

    with duckdb.connect(config={"threads": 2, "memory_limit": "1GB"}) as engine:
        answer = engine.execute(SQL.format(folder=folder, year=year, order=order))
        names = [column[0] for column in answer.description]
        return pd.DataFrame(answer.fetchall(), columns=names).set_index(GROUP)'''
C["months"] = '''import tempfile
from pathlib import Path

import pyarrow as pa

holder = tempfile.TemporaryDirectory()
folder = Path(holder.name)
KEPT = [*PLACE_AND_HOUR, "carrier", "flight", "tailnum", "dest", "minute", "arr_delay"]


def write_months(name, table):
    """Write one file for each month, as the tables would arrive."""
    for month, part in table.groupby("month"):
        file = folder / f"{name}-{year}-{month:02}.parquet"
        part.to_parquet(file, index=False, compression="zstd")


for year in (2013, 2023):
    write_months("flights", mlsd.load(f"flights_{year}", KEPT))
    weather = mlsd.load(f"weather_{year}", [*PLACE_AND_HOUR, "wind_speed"])
    write_months("weather", weather.drop_duplicates(PLACE_AND_HOUR))
pa.default_memory_pool().release_unused()  # the engines will need the memory
files = sorted(folder.glob("flights-*"))
print(f"{len(files)} files, {sum(f.stat().st_size for f in files) / 1e6:.0f} MB")'''
C["months"] = C["months"].replace('''print(f"{len(files)} files, {sum(f.stat().st_size for f in files) / 1e6:.0f} MB")''','''print(f"{len(files)} files of flights, one for each month")''')
C["dask"] = '''CLUSTER = """
import os, signal, sys, threading
from pathlib import Path

def split(path):  # a month, torn into four; all flights of an aircraft in one piece
    from steps import joined
    rows = joined(path)
    piece = rows["tailnum"].str[-1].map(ord) % 4
    return [rows[piece == n] for n in range(4)]

def chain(n, *months):  # one piece of every month
    from steps import chained, counted, pd
    return counted(chained(pd.concat(month[n] for month in months)))

def add(*parts):
    from steps import GROUP, pd
    return pd.concat(parts).groupby(GROUP).sum().reset_index().to_json(orient="split")

def stop_with_notebook():  # whatever ends the notebook also closes our input
    sys.stdin.read()
    os._exit(0)
"""'''
C["dask2"] = '''CLUSTER += """
def main(folder, files):
    from dask.distributed import Client, LocalCluster, wait
    one = {"threads_per_worker": 1, "memory_limit": 0}
    here = {"host": "127.0.0.1", "dashboard_address": "127.0.0.1:0"}
    with LocalCluster(2, **one, **here) as cluster, Client(cluster) as client:
        months = client.map(split, [str(p) for p in sorted(folder.glob(files))])
        wait(months)
        victim = min(client.scheduler_info()["workers"])
        holders = client.who_has(months).values()
        lost = sum(set(workers) == {victim} for workers in holders)
        os.kill(client.run(os.getpid)[victim], signal.SIGKILL)
        pieces = [client.submit(chain, n, *months) for n in range(4)]
        answer = client.submit(add, *pieces).result()
    (folder / "answer.json").write_text(answer)
    print(len(months), lost)

if __name__ == "__main__":
    threading.Thread(target=stop_with_notebook, daemon=True).start()
    main(Path(sys.argv[1]), sys.argv[2])
"""'''
C["engines"] = '''import inspect
import json
import subprocess


def start(script, *arguments):
    """Start a script in a process of its own."""
    pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    command = [sys.executable, script, *map(str, arguments)]
    return subprocess.Popen(command, cwd=folder, text=True, **pipes)


def finish(child):
    """What a child says until it ends; its input stays open so long."""
    said = child.stdout.read()
    _, errors = child.communicate()
    if child.returncode:
        raise RuntimeError(f"A child process failed: {errors[-500:]}")
    return said.split()


def in_dask(year):
    lines = ["import pandas as pd", f"ORDER = {ORDER}"]
    lines += [f"AIRCRAFT, GROUP = {AIRCRAFT}, {GROUP}"]
    lines += [inspect.getsource(step) for step in (joined, chained, counted)]
    (folder / "steps.py").write_text("\\n".join(lines))
    (folder / "cluster.py").write_text(CLUSTER)
    total, lost = map(int, finish(start("cluster.py", folder, f"flights-{year}-*")))
    some = "some" if 0 < lost < total else lost
    print(f"{year}: a worker was killed that alone held {some} of {total} months")
    answer = json.loads((folder / "answer.json").read_text())
    return pd.DataFrame(answer["data"], columns=answer["columns"]).set_index(GROUP)'''
a,b=C["engines"].split("\n\n\ndef in_dask")
C["plumbing"]=a
C["engines"]="def in_dask"+b
C["compare"] = '''TIES_BROKEN = ", ".join(ORDER)
TIES_OPEN = ", ".join(ORDER[:-1])
answers = {2013: {}, 2023: {}}
if CAN_RUN:
    answers[2013]["Dask, a worker killed"] = in_dask(2013)
    for year in answers:
        answers[year]["DuckDB"] = in_duckdb(year, TIES_BROKEN)
        answers[year]["DuckDB, ties open"] = in_duckdb(year, TIES_OPEN)
else:
    print(SKIPPED)
for year, of_year in answers.items():
    paths = sorted(folder.glob(f"flights-{year}-*"))
    truth = whole(paths).sort_index()
    of_year["pandas, file by file"] = file_by_file(paths)
    of_year["the same, nothing carried"] = file_by_file(paths, carry=False)
    print(f"{year}: cells of {truth.size} that differ from pandas, whole year")
    for name, answer in of_year.items():
        same = answer.sort_index()[truth.columns].to_numpy() == truth.to_numpy()
        of_year[name] = int((~same).sum())
        print(f"      {name:28}{of_year[name]:5}")'''
C["engineclaim"] = '''exact = ("Dask, a worker killed", "DuckDB", "pandas, file by file")
carried = [y["the same, nothing carried"] for y in answers.values()]
mlsd.claim(
    "10.5",
    "Every engine gives the same answer, cell by cell, though a worker was killed.",
    max(n for y in answers.values() for name, n in y.items() if name in exact),
    at_most=0,
    digits=0,
    unit="cells",
    rival=("a loop over files that carries nothing over", min(carried)),
)'''
C["job"] = '''JOB = """
import os, sys, threading, time
from pathlib import Path
import joblib, pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier

def stop_with_notebook():  # whatever ends the notebook also closes our input
    sys.stdin.read()
    os._exit(0)

def step(path, make):
    if not path.exists():
        joblib.dump(make(), path.with_suffix(".half"))
        os.replace(path.with_suffix(".half"), path)  # whole, or not there at all
        print("made", path.name, flush=True)
    return joblib.load(path)

def ten_more_trees(model, rows):
    settings = {"warm_start": True, "early_stopping": False, "max_leaf_nodes": 8}
    model = model or HistGradientBoostingClassifier(max_iter=0, **settings)
    model.set_params(max_iter=model.max_iter + 10)
    return model.fit(rows[["hour", "day"]].to_numpy(float), rows["arr_delay"] > 15)
"""'''
C["job2"] = '''JOB += """
def nightly(flights, out, die_in=None):
    out.mkdir(exist_ok=True)
    model = None
    for path in sorted(flights.glob("flights-2013-*"))[:4]:
        month = path.stem[-2:]
        read = lambda: pd.read_parquet(path).dropna(subset=["arr_delay"])
        rows = step(out / f"rows-{month}", read)
        whole = len(rows) if month != die_in else len(rows) // 2
        rows[:whole].to_csv(out / "appended.csv", mode="a", columns=["day"], header=0)
        if month == die_in:
            (out / f"model-{month}.half").write_bytes(b"half a model")
            print("dying", flush=True)
            time.sleep(600)
        model = step(out / f"model-{month}", lambda: ten_more_trees(model, rows))

threading.Thread(target=stop_with_notebook, daemon=True).start()
flights = Path(sys.argv[1])
nightly(flights, flights / "out", *sys.argv[2:])
if not sys.argv[2:]:
    nightly(flights, flights / "undisturbed")
"""'''
C["kill"] = '''import joblib

if CAN_RUN:
    (folder / "job.py").write_text(JOB)
    night = start("job.py", folder, "03")
    first = list(itertools.takewhile(lambda line: "dying" not in line, night.stdout))
    night.kill()
    night.communicate()
    again = finish(start("job.py", folder))[1::2]
    out, undisturbed = folder / "out", folder / "undisturbed"
    kept, wanted = (
        sum(len(joblib.load(file)) for file in where.glob("rows-*"))
        for where in (out, undisturbed)
    )
    with (out / "appended.csv").open() as table:
        appended = sum(1 for line in table)
    model, other = (joblib.load(where / "model-04") for where in (out, undisturbed))
    x = np.array(list(itertools.product(range(24), range(1, 32))), float)
    apart = np.abs(model.predict_proba(x) - other.predict_proba(x)).max()
    print(f"first night: {len(first)} steps made; killed in the middle of {again[0]}")
    print(f"second night: {again.index('rows-01')} steps made; rows {kept:,} of {wanted:,}")
    print(f"predictions differ from an undisturbed night's by {apart:.0f}")
    print(f"rows in the table that was appended to: {appended:,}")
else:
    print(SKIPPED)'''
C["killclaim"] = '''if CAN_RUN:
    mlsd.claim(
        "10.7",
        "After a kill and a restart no row is missing and none is there twice.",
        abs(kept - wanted),
        at_most=0,
        digits=0,
        unit="rows",
        rival=("a job that appends to a table", abs(appended - wanted)),
    )'''
C["mlflow"] = '''import hashlib
import logging
import os

os.environ |= {"MLFLOW_DISABLE_TELEMETRY": "true", "DO_NOT_TRACK": "true"}
if CAN_RUN:
    import mlflow
    import mlflow.sklearn
    from mlflow.telemetry import get_telemetry_client

    logging.getLogger("mlflow").setLevel(logging.ERROR)
    print("a client that would report home:", get_telemetry_client())
    inputs = [file.read_bytes() for file in files[:4]]  # January to April 2013
    data = hashlib.sha256(b"".join(inputs)).hexdigest()
    code = hashlib.sha256(JOB.encode()).hexdigest()
    may = pd.read_parquet(files[4]).dropna(subset=["arr_delay"])
    asked, late = may[["hour", "day"]].to_numpy(float), may["arr_delay"] > 15
    auc = roc_auc_score(late, model.predict_proba(asked)[:, 1])
    mlflow.set_tracking_uri(f"sqlite:///{folder}/runs.db")
    mlflow.create_experiment("late", artifact_location=(folder / "store").as_uri())
    mlflow.set_experiment("late")'''
C["mlflow2"] = '''if CAN_RUN:
    with mlflow.start_run(run_name="nightly") as nightly:
        mlflow.log_params({"months": "1-4", "trees": 40, "leaves": 8})
        mlflow.set_tags({"data": data[:12], "code": code[:12]})
        mlflow.log_metric("auc_may", auc)
        how = {"serialization_format": "cloudpickle", "pip_requirements": []}
        logged = mlflow.sklearn.log_model(model, name="model", **how)
    store = mlflow.MlflowClient()
    store.create_registered_model("late")
    run_id = nightly.info.run_id
    version = store.create_model_version("late", logged.model_uri, run_id).version
    store.set_registered_model_alias("late", "champion", version)

    champion = mlflow.sklearn.load_model("models:/late@champion")
    same = np.array_equal(champion.predict_proba(asked), model.predict_proba(asked))
    made_by = store.get_model_version_by_alias("late", "champion").run_id
    record = store.get_run(made_by).data
    print(f"fetched by alias; the same answers to {len(asked):,} requests: {same}")
    print("parameters:", dict(sorted(record.params.items())))
    print(f"metric: {record.metrics['auc_may']:.3f} AUC in May;", end=" ")
    print("data", record.tags["data"], "code", record.tags["code"])'''
C["box"] = '''half = np.float16(0)
for _ in range(100_000):
    half += np.float16(1e-4)
print(f"100,000 x 0.0001, summed in 16 bits: {half:.2f}")
waits = np.random.default_rng(0).lognormal(0, 0.25, (10_000, 64))
slowest = waits.max(axis=1).mean() / waits.mean()
print(f"64 workers that wait for the slowest: {slowest:.1f} x the mean step")
for delay in (0, 4, 16):
    weight = [1.0] * (delay + 1)  # descend weight² / 2 with gradients of old weights
    for _ in range(100):
        weight.append(weight[-1] - 0.3 * weight[-1 - delay])
    print(f"gradients {delay:2} steps old: |weight| after 100 is {abs(weight[-1]):.0e}")
rows, batch = 250_000, 128
steps_small, steps_large = rows // batch, rows // (128 * batch)
print(f"one pass: {steps_small:,} steps of {batch}; {steps_large} of {128 * batch:,}")
adapters = 32 * 4 * 2 * 4_096 * 16  # layers, matrices, two thin ones, width, rank
print(f"7 bn weights at 16 bytes: {7 * 16} GB; {adapters / 1e6:.1f} m at 16 bytes, ", end="")
print(f"the rest at half a byte: {7 * 0.5 + adapters * 16 / 1e9:.1f} GB")'''
