exec(open("/tmp/c10/b/cells.py").read())
def R(k,a,b):
    assert a in C[k],(k,a[:50]); C[k]=C[k].replace(a,b)
R("extra",'duckdb mlflow-skinny sqlalchemy alembic "dask[dataframe,distributed]"','duckdb mlflow-skinny sqlalchemy alembic "dask[dataframe,distributed]"')
R("unplanned2",'{"weather": lambda w: w.assign(hour=(w["hour"] + 5) % 24)}','{"weather": five_hours_off}')
R("helpers",'''def late_rate_as''','''def five_hours_off(weather):
    return weather.assign(hour=(weather["hour"] + 5) % 24)


def late_rate_as''')
R("helpers",'''from sklearn.linear_model import LogisticRegression


''','')
R("helpers",'''

def linear(x, y, seed):
    return LogisticRegression(max_iter=300).fit(x, y)''','')
R("unplanned2",'"a linear model": {"fit": linear}','"a linear model": {"fit": lambda x, y, s: LogisticRegression(max_iter=300).fit(x, y)}')
C["unplanned2"]="from sklearn.linear_model import LogisticRegression\n\n"+C["unplanned2"]
R("loop",'''            alarms |= {"snapshot": moved.max() > 0.01, "harm": log_loss(late, p) - clean}
            rows.append({"kind": kind, "name": name, "year": year, "sample": sample})
            rows[-1] |= alarms | {"moved": moved.mean()}''','''            alarms |= {"snapshot": moved.max() > 0.01, "moved": moved.mean()}
            row = {"kind": kind, "name": name, "year": year, "sample": sample}
            rows.append(row | alarms | {"harm": log_loss(late, p) - clean})''')
R("figure",'''TITLES = ["bugs that the tests were designed for", "bugs that they were not designed for"]
for ax, kind, title in zip(axes, GROUPS, [*TITLES, "legitimate changes"], strict=True):''','''TITLES = ["bugs the tests were designed for", "bugs they were not designed for"]
for ax, kind, title in zip(axes, GROUPS, [*TITLES, "legitimate changes"], strict=True):''')
R("hours",'''for kind, policy in {"nothing": "never check", "constant": "review every change"}.items():
    mlsd.gate(kind, hours(policy, 2) - hours("battery", 2), at_least=1, unit="hours")''','''for kind, policy in ("nothing", "never check"), ("constant", "review every change"):
    mlsd.gate(kind, hours(policy, 2) - hours("battery", 2), at_least=1, unit="hours")''')
C["claims"]=C["claims1"]+"\n"+C["claims1b"].replace('''    rival=("the battery, in its worst sample,", caught.loc["legitimate", "battery"].max()),
''','''    rival=("the battery, at most", caught.loc["legitimate", "battery"].max()),
''')
R("searchclaim",'''    rival=("the untuned model on the same rows", over_windows["search against small"].value),
''','''    rival=("no more rows, the untuned model", over_windows["search against small"].high),
''')
C["dask"]='''CLUSTER = """
import os, signal, sys, threading
from pathlib import Path
from steps import chained, counted, joined, pd

def chain_and_count(*months):
    return counted(chained(pd.concat(months))).reset_index().to_json(orient="split")

def main(folder, files):
    from dask.distributed import Client, LocalCluster, wait
    settings = {"threads_per_worker": 1, "memory_limit": 0, "host": "127.0.0.1"}
    with LocalCluster(2, dashboard_address="127.0.0.1:0", **settings) as cluster:
        client = Client(cluster)
        months = client.map(joined, [str(p) for p in sorted(folder.glob(files))])
        wait(months)  # each worker now holds some of the months
        victim = min(client.scheduler_info()["workers"])
        lost = sum(set(w) == {victim} for w in client.who_has(months).values())
        os.kill(client.run(os.getpid)[victim], signal.SIGKILL)
        answer = client.submit(chain_and_count, *months).result()
        (folder / "answer.json").write_text(answer)
        print(len(months), lost)

if __name__ == "__main__":  # workers import this file, too
    threading.Thread(target=lambda: os._exit(bool(sys.stdin.read())), daemon=True).start()
    main(Path(sys.argv[1]), sys.argv[2])
"""'''
C["plumbing"]='''import inspect
import json
import subprocess


def start(script, *arguments):
    """Start a script in a process of its own."""
    pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    command = [sys.executable, script, *map(str, arguments)]
    return subprocess.Popen(command, cwd=folder, text=True, **pipes)


def finish(child):
    """What a child says until it ends; its input stays open so long."""
    said = child.stdout.read().split()
    _, errors = child.communicate()
    if child.returncode:
        raise RuntimeError(f"A child process failed: {errors[-500:]}")
    return said'''
R("engines",'''    print(f"{year}: a worker was killed that alone held {some} of {total} months")
''','''    print(f"a worker was killed that alone held {some} of {total} months")
''')
R("job",'''import joblib, pandas as pd
''','''import joblib
import pandas as pd
''')
R("kill",'''    print(f"second night: {again.index('rows-01')} steps made; rows {kept:,} of {wanted:,}")
''','''    made = again.index("rows-01")  # then comes a third night, undisturbed
    print(f"second night: {made} steps made; rows {kept:,} of {wanted:,}")
''')
R("kill","else:\n    print(SKIPPED)","")
R("kill",'''    x = np.array(list(itertools.product(range(24), range(1, 32))), float)
    apart = np.abs(model.predict_proba(x) - other.predict_proba(x)).max()
''','''    x = np.array(list(itertools.product(range(24), range(1, 32))), float)
    same = np.array_equal(model.predict_proba(x), other.predict_proba(x))
''')
R("kill",'''    print(f"predictions differ from an undisturbed night's by {apart:.0f}")
''','''    print(f"predictions as after an undisturbed night: {same}")
''')
C["kill"]=C["kill"].rstrip()
R("kill","import joblib\n\nif","import joblib\n\nif")
R("box",'''print(f"7 bn weights at 16 bytes: {7 * 16} GB; {adapters / 1e6:.1f} m at 16 bytes, ", end="")
print(f"the rest at half a byte: {7 * 0.5 + adapters * 16 / 1e9:.1f} GB")''','''print(f"7 billion weights at 16 bytes: {7 * 16} GB; {adapters / 1e6:.1f} million")
print(f"at 16 bytes, the rest at half a byte: {7 * 0.5 + adapters * 16 / 1e9:.1f} GB")''')
R("mlflow",'''    print("a client that would report home:", get_telemetry_client())
''','''    print("the client that would report home:", get_telemetry_client())
''')
USED="setup extra read steps steps2 run helpers planned unplanned2 tests loop table figure claims hours windows search searchloop searchtable searchclaim months frames pandas sql plumbing dask engines compare job job2 kill killclaim mlflow mlflow2 box".split()
