# cells of code, by name
C = {}
C["setup"] = '''try:
    import mlsd
except ModuleNotFoundError:  # on Colab: install the book's package, data included
    %pip install -q git+https://github.com/mlsd-by-experiment/book
    import mlsd

mlsd.set_style()'''
C["extra"] = '''import importlib.util
import sys

CAN_RUN = sys.platform not in {"emscripten", "wasi"}
SKIPPED = "Skipped: a browser has no processes and no engines."
wanted = ("duckdb", "mlflow", "sqlalchemy", "alembic", "distributed")
if CAN_RUN and None in [importlib.util.find_spec(name) for name in wanted]:
    %pip install -q duckdb mlflow-skinny sqlalchemy alembic "dask[dataframe,distributed]"'''
C["read"] = '''import numpy as np
import pandas as pd

NAMES = ["carrier", "origin", "dest"]
WEATHER = ["temp", "humid", "wind_speed", "precip", "visib", "pressure"]
FEATURES = [*NAMES, "hour", "distance", *WEATHER]
PLACE_AND_HOUR = ["year", "month", "day", "hour", "origin"]
COLUMNS = [*PLACE_AND_HOUR, "carrier", "dest", "tailnum", "distance", "minute"]


def read(year, seed):
    """3 % of the flights from January to October, in order, with two other tables."""
    flights = mlsd.load(f"flights_{year}", [*COLUMNS, "arr_delay", "dep_delay"])
    part = flights[flights["month"] <= 10].sample(frac=0.03, random_state=seed)
    part = part.sort_index().sort_values(["month", "day", "hour"], kind="stable")
    weather = mlsd.load(f"weather_{year}", [*PLACE_AND_HOUR, *WEATHER])
    return {
        "flights": part.reset_index(drop=True),
        "weather": weather.drop_duplicates(PLACE_AND_HOUR),
        "planes": mlsd.load(f"planes_{year}", ["tailnum"]),
    }'''
C["steps"] = '''from sklearn.ensemble import HistGradientBoostingClassifier


def join(flights, weather, planes):  # the planes are not used, so far
    return flights.merge(weather, on=PLACE_AND_HOUR, how="left")


def learn_encoding(train, columns):
    """What training must hand to serving: numbers for names, medians, scales."""
    values = train[[c for c in columns if c not in NAMES]]
    known = {c: sorted(train[c].unique()) for c in NAMES}
    codes = {c: {v: i for i, v in enumerate(known[c])} for c in NAMES}
    spread = {"median": values.median(), "mean": values.mean(), "sd": values.std()}
    return {"columns": columns, "codes": codes, **spread}


def encode(rows, learned):
    """The training side: data frame in, matrix out."""
    table = rows[learned["columns"]].copy()
    for name in NAMES:
        table[name] = table[name].map(learned["codes"][name]).fillna(-1)
    numbers = list(learned["median"].index)
    filled = table[numbers].fillna(learned["median"])
    table[numbers] = (filled - learned["mean"]) / learned["sd"]
    return table.to_numpy(float)'''
C["steps2"] = '''def fit(x, y, seed, **settings):
    settings = {"max_iter": 12, "learning_rate": 0.4, "max_leaf_nodes": 8} | settings
    settings |= {"max_features": 0.5, "early_stopping": False, "random_state": seed}
    return HistGradientBoostingClassifier(**settings).fit(x, y)


def serve(requests, learned, model):
    """The serving side, written by another team, without data frames."""
    matrix = []
    for name in learned["columns"]:
        if name in NAMES:
            matrix.append([learned["codes"][name].get(v, -1) for v in requests[name]])
        else:
            value = requests[name].to_numpy(float)
            value = np.where(np.isnan(value), learned["median"][name], value)
            matrix.append((value - learned["mean"][name]) / learned["sd"][name])
    return model.predict_proba(np.column_stack(matrix))[:, 1]'''
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
    """Train, test, and answer requests; a bug or a change replaces a step."""
    steps = STEPS | replaced
    weather = steps["weather"](raw["weather"])
    rows = steps["join"](steps["clean"](raw["flights"]), weather, raw["planes"])
    y, (past, later) = steps["label"](rows), steps["split"](rows)
    learned = learn_encoding(rows[past], steps["columns"])
    x = encode(rows[past], learned)
    model = steps["fit"](x, y[past], steps["seed"])
    p = model.predict_proba(encode(rows[later], learned))[:, 1]
    return {
        "steps": steps, "rows": rows, "train": rows[past], "test": rows[later],
        "x": x, "y": y[past], "y_test": y[later], "p": p,
        "learned": learned, "model": model, "weather": weather,
    }  # fmt: skip'''
C["planned"] = '''import itertools

dice, clock = np.random.default_rng(0), itertools.count(100)  # no two seeds the same
every_100th = lambda r: ((r["month"] <= 8) & (r.index % 100 == 0), r["month"] > 8)  # noqa: E731
unscaled = {}

PLANNED = {}'''
C["planned"] = '''import itertools

dice, clock = np.random.default_rng(0), itertools.count(100)  # a new seed each time
gaps, swap = dict.fromkeys(WEATHER, 0.0), {"temp": "humid", "humid": "temp"}


def raw_scale(learned):
    return learned | {"mean": 0 * learned["mean"], "sd": 0 * learned["sd"] + 1}


def every_100th(rows):
    return (rows["month"] <= 8) & (rows.index % 100 == 0), rows["month"] > 8


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
C["unplanned"] = '''from sklearn.linear_model import LogisticRegression


def five_hours_off(weather):
    return weather.assign(hour=(weather["hour"] + 5) % 24)


def late_rate_as_distance(*tables):
    rows = join(*tables)
    keys = [rows[c] for c in ("origin", "dest", "carrier", "hour")]
    rate = (rows["arr_delay"] > 15).groupby(keys).transform("mean")
    return rows.assign(distance=rate)


def numbered_anew(requests, learned, model):
    codes = {c: {v: i for i, v in enumerate(requests[c].unique())} for c in NAMES}
    return serve(requests, learned | {"codes": codes}, model)


def in_celsius(requests, *rest):
    return serve(requests.assign(temp=(requests["temp"] - 32) / 1.8), *rest)


def linear(x, y, seed):
    return LogisticRegression(max_iter=300).fit(x, y)'''
C["unplanned2"] = '''UNPLANNED = {
    "weather five hours off": {"weather": five_hours_off},
    "labels one row off": {"fit": lambda x, y, s: fit(x, np.roll(y, 1), s)},
    "cancelled counts as on time": {"clean": lambda f: f.fillna({"arr_delay": 0})},
    "label from the departure": {"label": lambda r: (r["dep_delay"] > 15).to_numpy()},
    "classes balanced": {"fit": lambda *a: fit(*a, class_weight="balanced")},
    "serving numbers names anew": {"serve": numbered_anew},
    "serving in Celsius": {"serve": in_celsius},
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

ALLOWED = {*FEATURES, "minute"}


def battery(raw, r):
    """Which tests fire: True is an alarm."""
    arrived = raw["flights"]["arr_delay"].notna().sum()
    auc = roc_auc_score(r["y_test"], r["p"])
    steps, few, p_few = r["steps"], r["test"][:300], r["p"][:300]
    part = slice(None, None, max(1, len(r["x"]) // 300))  # some 300 training rows
    x, y = r["x"][part], r["y"][part]
    twice = [steps["fit"](x, y, steps["seed"]).predict_proba(x)[:, 1] for _ in "ab"]
    wet = encode(few.assign(precip=0.2, visib=2.0), r["learned"])
    served = steps["serve"](few, r["learned"], r["model"])
    return {
        "smoke": not ((r["p"] >= 0) & (r["p"] <= 1)).all(),
        "floor": auc < r["floor"],
        "ceiling": auc > 0.8,
        "rows": len(r["rows"]) != arrived or len(r["train"]) < arrived / 2,
        "parity": not np.allclose(served, p_few, atol=1e-6),
        "split": r["train"]["month"].max() >= r["test"]["month"].min(),
        "names": not set(steps["columns"]) <= ALLOWED,
        "repeat": not np.allclose(*twice, atol=1e-6),
        "rain": r["model"].predict_proba(wet)[:, 1].mean() <= p_few.mean(),
        "mean": not 0.5 < r["p"].mean() / r["y"].mean() < 1.5,
        "by heart": roc_auc_score(y, twice[0]) < 0.75,
    }'''
C["loop"] = '''def requests(raw, weather):
    """The flights of September and October as the app asks: no delay is known."""
    later = raw["flights"].query("month > 8 and arr_delay.notna()")
    asked = later.assign(dep_delay=np.nan).merge(weather, on=PLACE_AND_HOUR, how="left")
    return asked, (later["arr_delay"] > 15).to_numpy()


rows = []
for year, seed in itertools.product((2013, 2023), (0, 1)):
    raw, golden = read(year, seed), None
    past = raw["flights"].query("month <= 8 and arr_delay.notna()")
    by_hour = (past["arr_delay"] > 15).groupby(past["hour"]).mean()
    for kind, group in {"clean": {"clean": {}}, **GROUPS}.items():
        if kind == "planned" and seed == 1:
            continue  # these are caught by construction: once a year is enough
        for name, change in group.items():
            r = run(raw, **change)
            asked, late = requests(raw, r["weather"])
            r["floor"] = roc_auc_score(late, asked["hour"].map(by_hour).fillna(0))
            p = r["steps"]["serve"](asked, r["learned"], r["model"])
            loss = log_loss(late, p.clip(0.001, 0.999))
            golden = p[:300] if golden is None else golden
            clean = loss if kind == "clean" else clean
            moved = np.abs(p[:300] - golden)
            found = battery(raw, r) | {"snapshot": moved.max() > 0.01}
            rows.append((kind, name, year, loss - clean, moved.mean(), *found.values()))
columns = ["kind", "name", "year", "harm", "moved", *found]
fired = pd.DataFrame(rows, columns=columns).set_index(["kind", "name", "year"])'''
C["table"] = '''FOUR = ["floor", "ceiling", "rows", "parity"]
BATTERY = [c for c in found if c != "snapshot"]
sets = pd.DataFrame(
    {
        "smoke": fired["smoke"],
        "four contracts": fired[FOUR].any(axis=1),
        "battery": fired[BATTERY].any(axis=1),
        "snapshot": fired["snapshot"],
    }
)
caught = sets.groupby(["kind", "year"]).sum() / 2  # two samples of each year
print("caught, or alarmed, on average over two samples of the rows")
print(caught.loc[["clean", *GROUPS]].to_string())'''
C["windows"] = '''N_ROWS = 2_500


def load_year(year):
    """20 % of the flights that arrived, with weather; names become numbers."""
    flights = mlsd.load(f"flights_{year}", [*COLUMNS, "arr_delay"])
    flights = flights.dropna(subset=["arr_delay"]).sample(frac=0.2, random_state=0)
    weather = mlsd.load(f"weather_{year}", [*PLACE_AND_HOUR, *WEATHER])
    rows = join(flights, weather.drop_duplicates(PLACE_AND_HOUR), None)
    for name in NAMES:
        rows[name] = rows[name].astype("category").cat.codes
    return rows


def windows(rows):
    """Four dates a year: the past, two months to choose by, two to be judged by."""
    for month in (5, 7, 9, 11):
        past = rows[rows["month"] < month - 2].sample(frac=1, random_state=month)
        choose = rows[rows["month"].isin([month - 2, month - 1])].iloc[::2]
        judge = rows[rows["month"].isin([month, month + 1])].iloc[::2]
        yield past, choose, judge'''
C["search"] = '''draw = np.random.default_rng(10)
SEARCH = [
    {
        "max_iter": int(draw.integers(20, 81)),
        "learning_rate": float(np.exp(draw.uniform(np.log(0.03), np.log(0.3)))),
        "max_leaf_nodes": int(draw.integers(4, 17)),
        "min_samples_leaf": int(draw.integers(5, 200)),
        "max_features": float(draw.uniform(0.3, 1)),
    }
    for _ in range(6)
]
SMALL = {"max_iter": 40}  # fewer trees than the default's 100, nothing else


def trained(train, settings):
    settings = {"random_state": 0, "early_stopping": False} | settings
    model = HistGradientBoostingClassifier(**settings)
    return model.fit(train[FEATURES].to_numpy(float), train["arr_delay"] > 15)


def losses(model, part):
    """The log loss of each row."""
    p = model.predict_proba(part[FEATURES].to_numpy(float))[:, 1]
    return -np.log(np.where(part["arr_delay"] > 15, p, 1 - p))'''
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
        row = {}
        for when, part in (("promised", choose), ("delivered", judge)):
            by_row = {name: losses(model, part) for name, model in models.items()}
            row |= {(when, name): loss.mean() for name, loss in by_row.items()}
        rows.append(row)
        dates = (100 * judge["month"] + judge["day"]).to_numpy()
        judged.append(pd.DataFrame({"year": year, "date": dates} | by_row))
loss, judged = pd.DataFrame(rows), pd.concat(judged)
loss.columns = pd.MultiIndex.from_tuples(loss.columns)'''
C["searchtable"] = '''print("log loss below the default's: promised; delivered (90 % over days)")
for year, part in judged.groupby("year"):
    windows_of_year = slice(0, 3) if year == 2013 else slice(4, 7)
    for name in ("small", "search", "small, 4 x rows"):
        promise = loss["promised", "default"] - loss["promised", name]
        gain = mlsd.paired_difference(part["default"], part[name], part["date"], 0.9)
        print(f"{year} {name:17}{promise.loc[windows_of_year].mean():6.3f}; {gain.text(3)}")


def gap(when, usual, name):
    """The gain over the usual model, one for each window."""
    return loss[when, usual] - loss[when, name]


promise, kept = gap("promised", "small", "search"), gap("delivered", "small", "search")
over_windows = {
    "search against small": kept,
    "promised, but not delivered": promise - kept,
    "search against 4 x rows": gap("delivered", "small, 4 x rows", "search"),
}
over_windows = {n: mlsd.mean_of_repeats(g, 0.9) for n, g in over_windows.items()}
print("\\nmean over eight windows (90 % over windows)")
for name, estimate in over_windows.items():
    print(f"{name:30}{estimate.text(3)}")'''
C["months"] = '''import tempfile
from pathlib import Path

import pyarrow as pa

holder = tempfile.TemporaryDirectory()
folder = Path(holder.name)
KEPT = [*PLACE_AND_HOUR, "carrier", "flight", "tailnum", "dest", "minute", "arr_delay"]


def write_months(years):
    """Write flights and weather, one file a month, as they would arrive."""
    for year in years:
        flights = mlsd.load(f"flights_{year}", KEPT)
        weather = mlsd.load(f"weather_{year}", [*PLACE_AND_HOUR, "wind_speed"])
        weather = weather.drop_duplicates(PLACE_AND_HOUR)
        for name, table in (("flights", flights), ("weather", weather)):
            for month, part in table.groupby("month"):
                file = folder / f"{name}-{year}-{month:02}.parquet"
                part.to_parquet(file, index=False, compression="zstd")
        print(f"{year}: {len(flights):,} flights, 12 files")
    pa.default_memory_pool().release_unused()  # the engines will need the memory


write_months((2013, 2023))'''
C["job"] = '''JOB = """
import os, sys, threading, time
from pathlib import Path
import joblib
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier

def watch():  # whatever ends the notebook also closes our input
    sys.stdin.read()
    os._exit(0)

def step(path, make):
    if path.exists():
        print("kept", path.name, flush=True)
    else:
        joblib.dump(make(), path.with_suffix(".half"))
        os.replace(path.with_suffix(".half"), path)  # whole, or not there at all
        print("made", path.name, flush=True)
    return joblib.load(path)

def ten_more_trees(model, rows):
    model = model or HistGradientBoostingClassifier(warm_start=True, random_state=0,
        early_stopping=False, max_iter=0, max_leaf_nodes=8)
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
        half = len(rows) // 2 if month == die_in else len(rows)
        rows[:half].to_csv(out / "appended.csv", mode="a")  # the careless way
        if month == die_in:
            (out / f"model-{month}.half").write_bytes(b"half a model")
            print("in the middle", flush=True)
            time.sleep(600)
        model = step(out / f"model-{month}", lambda: ten_more_trees(model, rows))

threading.Thread(target=watch, daemon=True).start()
nightly(Path(sys.argv[1]), Path(sys.argv[2]), *sys.argv[3:])
if not sys.argv[3:]:
    nightly(Path(sys.argv[1]), Path(sys.argv[1]) / "undisturbed")
"""'''
C["kill"] = '''if CAN_RUN:
    (folder / "job.py").write_text(JOB)
    night = start("job.py", folder, folder / "out", "03")
    first = list(itertools.takewhile(lambda line: "middle" not in line, night.stdout))
    night.kill()
    night.communicate()
    again = finish(start("job.py", folder, folder / "out"))
    print(f"first night: {len(first)} steps made, then killed in model-03")
    made = again.index("made")
    print(f"second night: {again[:made].count('kept')} kept, then {again[made + 1]} made")
else:
    print(SKIPPED)'''
C["survived"] = '''import joblib

if CAN_RUN:
    out, undisturbed = folder / "out", folder / "undisturbed"
    months = [f"{m:02}" for m in range(1, 5)]
    rows = {
        where: sum(len(joblib.load(where / f"rows-{m}")) for m in months)
        for where in (out, undisturbed)
    }
    appended = len(pd.read_csv(out / "appended.csv", low_memory=False))
    one, other = (joblib.load(where / "model-04") for where in rows)
    x = np.column_stack([np.arange(24), np.ones(24)]).astype(float)
    apart = np.abs(one.predict_proba(x) - other.predict_proba(x)).max()
    print(f"rows in the steps: {rows[out]:,}, undisturbed: {rows[undisturbed]:,}")
    print(f"predictions differ by at most {apart:.0e}")
    print(f"rows in the table that was appended to: {appended:,}")
    mlsd.claim(
        "10.5",
        "After a kill and a restart no row is missing and none is there twice.",
        abs(rows[out] - rows[undisturbed]),
        at_most=0,
        digits=0,
        unit="rows",
        rival=("a job that appends to a table", abs(appended - rows[undisturbed])),
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
    print("reports home:", get_telemetry_client() is not None)
    settings = {"trees": 40, "leaves": 8, "months": "1-4", "seed": 0}
    content = [path.read_bytes() for path in sorted(folder.glob("flights-2013-*"))]
    data = hashlib.sha256(b"".join(content[:4])).hexdigest()
    code = hashlib.sha256(JOB.encode()).hexdigest()
    may = pd.read_parquet(folder / "flights-2013-05.parquet")
    may = may.dropna(subset=["arr_delay"])
    asked = may[["hour", "day"]].to_numpy(float)
    auc = roc_auc_score(may["arr_delay"] > 15, one.predict_proba(asked)[:, 1])'''
C["mlflow2"] = '''if CAN_RUN:
    mlflow.set_tracking_uri(f"sqlite:///{folder}/runs.db")
    mlflow.create_experiment("late", artifact_location=(folder / "store").as_uri())
    mlflow.set_experiment("late")
    with mlflow.start_run(run_name="nightly") as nightly:
        mlflow.log_params(settings)
        mlflow.set_tags({"data": data[:12], "code": code[:12]})
        mlflow.log_metric("auc_may", auc)
        logged = mlflow.sklearn.log_model(
            one, name="model", serialization_format="cloudpickle",
            pip_requirements=["scikit-learn"],
        )  # fmt: skip
    store = mlflow.MlflowClient()
    store.create_registered_model("late")
    run_id = nightly.info.run_id
    version = store.create_model_version("late", logged.model_uri, run_id).version
    store.set_registered_model_alias("late", "champion", version)'''
C["mlflow3"] = '''if CAN_RUN:
    champion = mlflow.sklearn.load_model("models:/late@champion")
    same = np.array_equal(champion.predict_proba(asked), one.predict_proba(asked))
    print(f"fetched by its alias, identical answers to {len(asked):,} requests: {same}")
    made_by = store.get_model_version_by_alias("late", "champion").run_id
    record = store.get_run(made_by).data
    print("parameters:", dict(sorted(record.params.items())))
    print("metric:", {name: round(v, 3) for name, v in record.metrics.items()})
    print("data and code:", *(record.tags[name] for name in ("data", "code")))'''
C["frames"] = '''ORDER = ["month", "day", "hour", "minute", "flight"]  # the last one breaks ties
AIRCRAFT, GROUP = ["year", "tailnum"], ["year", "month", "carrier"]


def joined(path):
    """One month's flights that arrived, with the wind."""
    flights = pd.read_parquet(path)
    weather = pd.read_parquet(str(path).replace("flights-", "weather-"))
    arrived = flights[flights["arr_delay"].notna()]
    rows = arrived.merge(weather, on=["year", "month", "day", "hour", "origin"], how="left")
    return rows[["year", *ORDER, "carrier", "tailnum", "arr_delay", "wind_speed"]]


def chained(rows):
    """Add the delay of the aircraft's flight before this one."""
    rows = rows.sort_values(["year", *ORDER])
    return rows.assign(before=rows.groupby(AIRCRAFT)["arr_delay"].shift())


def counted(rows):
    """Flights, late ones, windy ones, and the sum of the delays before, by group."""
    late, windy = rows["arr_delay"] > 15, rows["wind_speed"] > 20
    table = pd.DataFrame({"late": late, "windy": windy, "before": rows["before"].fillna(0)})
    table = table.assign(flights=1).astype("int64")
    return table.groupby([rows[name] for name in GROUP]).sum()'''
C["pandas"] = '''def whole(paths):
    return counted(chained(pd.concat(joined(path) for path in paths)))


def file_by_file(paths, carry=True):
    """One month in memory; `last` has the last flight of each aircraft so far."""
    parts, last = [], None
    for path in paths:
        rows = chained(joined(path))
        if carry and last is not None:
            first = rows["before"].isna()
            keys = pd.MultiIndex.from_frame(rows.loc[first, AIRCRAFT])
            rows.loc[first, "before"] = last.reindex(keys).to_numpy()
        parts.append(counted(rows))
        now = rows.groupby(AIRCRAFT)["arr_delay"].last()
        last = now if last is None else now.combine_first(last)
    return pd.concat(parts)'''
C["sql"] = '''SQL = """
WITH chained AS (
    SELECT year, month, carrier, arr_delay, wind_speed,
        lag(arr_delay) OVER (PARTITION BY year, tailnum ORDER BY {order}) AS before
    FROM '{folder}/flights-{year}-*.parquet'
    LEFT JOIN '{folder}/weather-{year}-*.parquet' USING (year, month, day, hour, origin)
    WHERE arr_delay IS NOT NULL
)
SELECT year, month, carrier,
    CAST(sum(CAST(arr_delay > 15 AS INT)) AS BIGINT) AS late,
    CAST(sum(CAST(coalesce(wind_speed > 20, false) AS INT)) AS BIGINT) AS windy,
    CAST(sum(coalesce(before, 0)) AS BIGINT) AS before, count(*) AS flights
FROM chained GROUP BY ALL
"""


def in_duckdb(year, order="month, day, hour, minute, flight"):
    import duckdb

    with duckdb.connect(config={"threads": 2, "memory_limit": "1GB"}) as engine:
        answer = engine.execute(SQL.format(folder=folder, year=year, order=order))
        names = [column[0] for column in answer.description]
        return pd.DataFrame(answer.fetchall(), columns=names).set_index(GROUP)'''
C["dask"] = '''CLUSTER = """
import os, signal, sys, threading
from pathlib import Path

def watch():  # whatever ends the notebook also closes our input
    sys.stdin.read()
    os._exit(0)

def split(path):  # one month, torn into four: all flights of an aircraft in one piece
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
"""'''
C["dask2"] = '''CLUSTER += """
def main(folder, files):
    from dask.distributed import Client, LocalCluster, wait
    one = {"threads_per_worker": 1, "memory_limit": 0}
    here = {"host": "127.0.0.1", "dashboard_address": "127.0.0.1:0"}
    with LocalCluster(2, **one, **here) as cluster, Client(cluster) as client:
        months = client.map(split, [str(p) for p in sorted(folder.glob(files))])
        wait(months)
        holders = client.who_has(months)
        victim = min(client.scheduler_info()["workers"])
        lost = sum(set(workers) == {victim} for workers in holders.values())
        os.kill(client.run(os.getpid)[victim], signal.SIGKILL)
        pieces = [client.submit(chain, n, *months) for n in range(4)]
        answer = client.submit(add, *pieces).result()
    (folder / "answer.json").write_text(answer)
    print(len(months), lost)

if __name__ == "__main__":
    threading.Thread(target=watch, daemon=True).start()
    main(Path(sys.argv[1]), sys.argv[2])
"""'''
C["engines"] = '''import inspect
import json
import time

if CAN_RUN:
    steps_py = ["import pandas as pd", f"ORDER = {ORDER}"]
    steps_py += [f"AIRCRAFT, GROUP = {AIRCRAFT}, {GROUP}"]
    steps_py += [inspect.getsource(f) for f in (joined, chained, counted)]
    (folder / "steps.py").write_text("\\n".join(steps_py))
    (folder / "cluster.py").write_text(CLUSTER)


def in_dask(year):
    """The same in worker processes; one of them is killed when it holds months."""
    child = start("cluster.py", folder, f"flights-{year}-*")
    total, lost = map(int, finish(child))
    some = "some" if 0 < lost < total else str(lost)
    print(f"a worker was killed; it alone held {some} of {total} months")
    answer = json.loads((folder / "answer.json").read_text())
    return pd.DataFrame(answer["data"], columns=answer["columns"]).set_index(GROUP)'''

C["compare"] = """def apart(table, other):
    \"\"\"How many cells of two results differ.\"\"\"
    columns = ["flights", "late", "windy", "before"]
    one, two = (t.sort_index()[columns].astype("int64") for t in (table, other))
    return int((one.to_numpy() != two.to_numpy()).sum())


NO_TIE_BREAKER = "month, day, hour, minute"
answers = {}
by_dask = in_dask(2013) if CAN_RUN else None
for year in (2013, 2023):
    paths = sorted(folder.glob(f"flights-{year}-*"))
    of_year = {
        "pandas, whole year": whole(paths),
        "pandas, file by file": file_by_file(paths),
        "file by file, nothing carried over": file_by_file(paths, carry=False),
    }
    if CAN_RUN:
        of_year["DuckDB"] = in_duckdb(year)
        of_year["DuckDB, no tie-breaker"] = in_duckdb(year, NO_TIE_BREAKER)
    answers[year] = of_year
if CAN_RUN:
    answers[2013]["Dask, a worker killed"] = by_dask"""
C["compare2"] = """differ = {}
for year, of_year in answers.items():
    whole_year = of_year["pandas, whole year"]
    print(f"{year}: {whole_year.size} cells; cells that differ from pandas, whole year")
    for name, answer in of_year.items():
        differ[name, year] = apart(answer, whole_year)
        print(f"      {name:36}{differ[name, year]:4}")"""
C["engineclaim"] = """if CAN_RUN:
    exact = ("pandas, file by file", "DuckDB", "Dask, a worker killed")
    mlsd.claim(
        "10.6",
        "Four engines give one answer, cell by cell, though a worker was killed.",
        max(cells for (name, _), cells in differ.items() if name in exact),
        at_most=0,
        digits=0,
        unit="cells",
        rival=(
            "a loop over the files that carries nothing over",
            min(differ["file by file, nothing carried over", y] for y in answers),
        ),
    )"""
C["stored"] = """STORED = pd.DataFrame()"""
C["figure"] = """import matplotlib.pyplot as plt

ORDER_OF_TESTS = [*BATTERY, "snapshot"]
shares = fired.groupby(["kind", "name"], sort=False)[ORDER_OF_TESTS].mean()
harm = fired.groupby(["kind", "name"], sort=False)["harm"].mean()
fig, axes = plt.subplots(
    3, 1, figsize=(7.4, 8.2), height_ratios=[len(g) for g in GROUPS.values()]
)
TITLES = {
    "planned": "bugs that the tests were designed for",
    "unplanned": "bugs that they were not designed for",
    "legitimate": "legitimate changes",
}
for ax, (kind, title) in zip(axes, TITLES.items(), strict=True):
    block, harms = shares.loc[kind], harm.loc[kind]
    ax.imshow(block, cmap="Blues", vmin=0, vmax=1, aspect="auto")
    ax.set_yticks(range(len(block)), [f"{n} ({harms[n]:+.2f})" for n in block.index])
    ax.set_xticks(np.arange(-0.5, len(ORDER_OF_TESTS)), minor=True)
    ax.set_yticks(np.arange(-0.5, len(block)), minor=True)
    ax.grid(which="minor", color="grey", lw=0.5)
    ax.grid(False, which="major")
    ax.set_title(title, loc="left")
    ax.set_xticks([])
axes[-1].set_xticks(range(len(ORDER_OF_TESTS)), ORDER_OF_TESTS, rotation=60)
plt.show()"""
C["claims1"] = """def least_and_most(kind, which):
    \"\"\"How many a set of tests caught, in the worst and the best of four samples.\"\"\"
    part = sets.loc[kind].reset_index().assign(sample=lambda t: t.groupby(["name", "year"]).cumcount())
    counts = part.groupby(["year", "sample"])[which].sum()
    return counts.min(), counts.max()
"""
C["hours"] = """REVIEW, SHIPPED = 1, 40  # hours: of a second reader; for a bug that went live
caught_share = sets.loc["unplanned"].mean()
alarm_share = sets.loc["legitimate"].mean()
for kind, value in (("never check", 0.0), ("review every change", 1.0)):
    caught_share[kind] = alarm_share[kind] = value


def hours(policy, bugs):
    \"\"\"Hours for 100 changes of which `bugs` are wrong.\"\"\"
    missed = bugs * (1 - caught_share[policy]) * SHIPPED
    reviews = bugs * caught_share[policy] + (100 - bugs) * alarm_share[policy]
    return missed + reviews * REVIEW


print("hours for 100 changes, of which 1, 2, 5 or 10 are bugs")
for policy in caught_share.index:
    row = [hours(policy, bugs) for bugs in (1, 2, 5, 10)]
    print(f"{policy:20}" + "".join(f"{value:7.0f}" for value in row))
mlsd.gate("nothing", hours("never check", 2) - hours("battery", 2), at_least=1)
mlsd.gate("constant", hours("review every change", 2) - hours("battery", 2), at_least=1)"""
C["box"] = """half = np.float16(0)
for _ in range(100_000):
    half += np.float16(1e-4)
print(f"100,000 x 0.0001 in 16 bits: {half:.2f}")
times = np.random.default_rng(0).lognormal(0, 0.25, (10_000, 64))
print(f"a step of 64 workers waits {times.max(axis=1).mean() / times.mean():.1f} x the mean")
for delay in (0, 4, 16):
    weight = [1.0] * (delay + 1)  # descend w * w / 2 with old gradients
    for _ in range(100):
        weight.append(weight[-1] - 0.3 * weight[-1 - delay])
    print(f"gradients {delay:2} steps old: distance after 100 steps {abs(weight[-1]):.0e}")
rows, small, large = 217_727, 128, 128 * 128
print(f"steps in one pass: {rows // small:,} of {small}, {rows // large} of {large:,}")
adapters = 32 * 4 * 2 * 4_096 * 16  # layers, matrices, two thin ones, width, rank
print(f"7 bn weights, all trained: {7 * 16} GB; adapters: {adapters / 1e6:.1f} m,", end="")
print(f" {7 * 0.5 + adapters * 16 / 1e9:.1f} GB")"""

C["plumbing"] = '''import subprocess


def start(script, *arguments):
    pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    command = [sys.executable, script, *map(str, arguments)]
    return subprocess.Popen(command, cwd=folder, text=True, **pipes)


def finish(child):
    """What a child says until it ends; its input stays open so long."""
    said = child.stdout.read()
    _, errors = child.communicate()
    if child.returncode:
        raise RuntimeError(f"A child process failed: {errors[-500:]}")
    return said.split()'''
