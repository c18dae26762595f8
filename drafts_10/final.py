exec(open("/tmp/c10/b/cells2.py").read())
R("unplanned2",'"a linear model": {"fit": lambda x, y, s: LogisticRegression(max_iter=300).fit(x, y)}','"a linear model": {"fit": lambda x, y, s: linear.fit(x, y)}')
R("unplanned2","from sklearn.linear_model import LogisticRegression\n\n","from sklearn.linear_model import LogisticRegression\n\nlinear = LogisticRegression(max_iter=300)\n")
R("searchclaim",'''    rival=("no more rows, the untuned model", over_windows["search against small"].high),
''','''    rival=("the small model on the same rows", over_windows["search against small"].high),
''') if len('''    rival=("the small model on the same rows", over_windows["search against small"].high),''')<=88 else R("searchclaim",'''    rival=("no more rows, the untuned model", over_windows["search against small"].high),
''','''    rival=(
        "the small model on the same rows",
        over_windows["search against small"].high,
    ),
''')
C["searchclaim"]+='''
harm = fired.groupby(["kind", "name"])["harm"].mean().drop("legitimate")
harm = harm.drop("clean").drop(("planned", "test rows in training"))
found = fired.groupby(["kind", "name"])[FOUR].any().any(axis=1)
large = harm > over_windows["search against small"].value
print(f"{large.sum()} bugs cost more than the search gained;", end=" ")
print(f"the four contracts find {found[harm.index][large].sum()} of them")'''
R("table",'''assert not caught.loc["clean"].any(axis=None)  # the clean pipeline raises no alarm
''','')
R("table",'''print("of 11, 8 and 6: how many raised an alarm")
print(caught.loc[list(GROUPS)].to_string())''','''print("of 1, 11, 8 and 6: how many raised an alarm")
print(caught.loc[["clean", *GROUPS]].to_string())''')
R("dask",'''    threading.Thread(target=lambda: os._exit(bool(sys.stdin.read())), daemon=True).start()
''','''    stop = threading.Thread(target=stop_with_notebook, daemon=True).start()
''')
R("dask",'''def chain_and_count(*months):
''','''def stop_with_notebook():  # whatever ends the notebook also closes our input
    os._exit(bool(sys.stdin.read()))

def chain_and_count(*months):
''')
R("dask",'    stop = threading','    threading')
C["job"]='''JOB = """
import os, sys, threading, time
from pathlib import Path
import joblib
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier

def step(path, make):
    if not path.exists():
        joblib.dump(make(), path.with_suffix(".half"))
        os.replace(path.with_suffix(".half"), path)  # whole, or not there at all
        print("made", path.name, flush=True)
    return joblib.load(path)

def more_trees(model, rows):
    model.set_params(max_iter=model.max_iter + 10)
    return model.fit(rows[["hour", "day"]].to_numpy(float), rows["arr_delay"] > 15)

def stop_with_notebook():
    os._exit(bool(sys.stdin.read()))

threading.Thread(target=stop_with_notebook, daemon=True).start()
"""'''
C["job2"]='''JOB += """
def nightly(flights, out, die_in=None):
    out.mkdir(exist_ok=True)
    model = HistGradientBoostingClassifier(max_iter=0, max_leaf_nodes=8, random_state=0)
    model.set_params(warm_start=True, early_stopping=False)
    for path in sorted(flights.glob("flights-2013-*"))[:4]:
        month = path.stem[-2:]
        read = lambda: pd.read_parquet(path).dropna(subset=["arr_delay"])
        rows = step(out / f"rows-{month}", read)
        part = rows[: len(rows) // 2] if month == die_in else rows
        part.to_csv(out / "appended.csv", mode="a", columns=["day"], header=False)
        if month == die_in:
            print("dying", flush=True)
            time.sleep(600)
        model = step(out / f"model-{month}", lambda: more_trees(model, rows))

nightly(Path(sys.argv[1]), Path(sys.argv[1]) / "out", *sys.argv[2:])
if not sys.argv[2:]:
    nightly(Path(sys.argv[1]), Path(sys.argv[1]) / "undisturbed")
"""'''
# plumbing + engines in one folded cell
C["plumbing"]=C["plumbing"]+"\n\n\n"+C["engines"]
C["compare"]=C["compare"]
C["killclaim"]=C["killclaim"].replace("10.7","10.7")
csv=open("/tmp/c10/scale_used.csv").read()
import csv as _csv,io as _io
rows=list(_csv.DictReader(_io.StringIO(csv)))
def line(r): return f"{r['size']},{r['engine'].split(', two')[0].split(', 2 GB')[0].replace(', ',' ')},{r['cpu_seconds']},{r['seconds']},{r['peak_gb']},{r['spilled_gb']},{r['ended']}"
C["stored"]='STORED = """size,engine,cpu,wall,peak,spilled,ended\n'+"\n".join(map(line,rows))+'''
"""  # tools/scale.csv, rounded by `make scale`
sizes = pd.read_csv(io.StringIO(STORED))
shown = sizes.assign(engine=sizes["engine"].where(sizes["size"].diff() != 9, sizes["engine"]))
print(sizes.to_string(index=False))'''
C["stored"]='import io\n\nSTORED = """size,engine,cpu,wall,peak,spilled,ended\n'+"\n".join(map(line,rows))+'''
"""  # tools/scale.csv, as `make scale` wrote it
sizes = pd.read_csv(io.StringIO(STORED))
print(sizes.to_string(index=False))
peak = sizes.set_index(["size", "engine"])["peak"]'''
C["memclaim"]='''mlsd.claim(
    "10.6",
    "At ten times the rows, pandas with the whole table needs at least one and a half "
    "times the memory of DuckDB (stored).",
    peak[10, "pandas whole table"] / peak[10, "DuckDB"],
    at_least=1.5,
    digits=1,
    unit="times",
    rival=("a loop over the files", peak[10, "pandas file by file"] / peak[10, "DuckDB"]),
)'''
C["claimsA"]=C["claims"]
USED="setup extra read steps steps2 run helpers planned unplanned2 tests loop table figure claims hours windows search searchloop searchtable searchclaim months frames pandas sql dask plumbing compare engineclaim stored memclaim job job2 kill killclaim mlflow mlflow2 box".split()
