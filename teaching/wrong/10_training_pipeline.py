"""Wrong answers to the exercises of chapter 10."""

from teaching.wrong import Wrong

WRONG = {
    "ex-10-1": [
        Wrong(
            "all requests in one batch",
            """
def disagreements(trained, served, requests):
    expected, answers = trained(requests.copy()), served(requests.copy())
    same = np.isclose(answers, expected, rtol=0, atol=1e-6, equal_nan=True)
    return int((~same).sum())
""",
            "one request at a time",
        ),
        Wrong(
            "the test reuses the trainer's own scores",
            """
def disagreements(trained, served, requests):
    expected, answers = trained(requests.copy()), trained(requests.copy())
    same = np.isclose(answers, expected, rtol=0, atol=1e-6, equal_nan=True)
    return int((~same).sum())
""",
            "Count the requests that differ",
        ),
        Wrong(
            "only whether any differs",
            """
def disagreements(trained, served, requests):
    expected = np.asarray(trained(requests.copy()), float)
    answers = [served(requests.iloc[[i]].copy())[0] for i in range(len(requests))]
    return int(not np.allclose(answers, expected, rtol=0, atol=1e-6))
""",
            "Count the requests that differ",
        ),
        Wrong(
            "a missing score passes",
            """
def disagreements(trained, served, requests):
    expected = np.asarray(trained(requests.copy()), float)
    answers = [served(requests.iloc[[i]].copy())[0] for i in range(len(requests))]
    return int((np.abs(np.array(answers) - expected) > 1e-6).sum())
""",
            "missing on one side differs",
        ),
        Wrong(
            "the trainer's changes reach the server",
            """
def disagreements(trained, served, requests):
    requests = requests.copy()
    expected = np.array(trained(requests), float)
    answers = [served(requests.iloc[[i]].copy())[0] for i in range(len(requests))]
    same = np.isclose(answers, expected, rtol=0, atol=1e-6, equal_nan=True)
    return int((~same).sum())
""",
            "a frame that the other has changed",
        ),
        Wrong(
            "the usual tolerance of isclose, and more",
            """
def disagreements(trained, served, requests):
    expected = np.asarray(trained(requests.copy()), float)
    answers = [served(requests.iloc[[i]].copy())[0] for i in range(len(requests))]
    same = np.isclose(answers, expected, rtol=0, atol=1e-4, equal_nan=True)
    return int((~same).sum())
""",
            "A difference of 0.00001 is one",
        ),
    ],
    "ex-10-2": [
        Wrong(
            "an average of averages",
            """
def mean_delay(chunks):
    parts = [chunk.groupby("carrier")["arr_delay"].mean() for chunk in chunks]
    return pd.concat(parts, axis=1).mean(axis=1).sort_index()
""",
            "no average of averages",
        ),
        Wrong(
            "all chunks are kept",
            """
def mean_delay(chunks):
    table = pd.concat(list(chunks))
    return table.groupby("carrier")["arr_delay"].mean()
""",
            "Keep no chunk",
        ),
        Wrong(
            "only carriers of every chunk",
            """
def mean_delay(chunks):
    total = None
    for chunk in chunks:
        part = chunk.groupby("carrier")["arr_delay"].agg(["sum", "count"])
        total = part if total is None else (total + part).dropna()
    return (total["sum"] / total["count"]).sort_index()
""",
            "Each carrier of any chunk",
        ),
        Wrong(
            "rows instead of delays are counted",
            """
def mean_delay(chunks):
    total = pd.DataFrame({"sum": [], "size": []}, dtype=float)
    for chunk in chunks:
        part = chunk.groupby("carrier")["arr_delay"].agg(["sum", "size"])
        total = total.add(part, fill_value=0)
    return (total["sum"] / total["size"]).sort_index()
""",
            "without a delay does not count",
        ),
    ],
    "ex-10-3": [
        Wrong(
            "trials instead of rows are counted",
            """
def halving(n_trials, budget):
    trials = [n_trials]
    while trials[-1] > 1:
        trials.append(trials[-1] // 2)
    return [(n, budget // n_trials * (i + 1)) for i, n in enumerate(trials)]
""",
            "Count rows, not trials",
        ),
        Wrong(
            "the same rows for every trial",
            """
def halving(n_trials, budget):
    trials = [n_trials]
    while trials[-1] > 1:
        trials.append(trials[-1] // 2)
    return [(n, budget // sum(trials)) for n in trials]
""",
            "Each round gets the same rows",
        ),
        Wrong(
            "the last round is forgotten",
            """
def halving(n_trials, budget):
    trials = [n_trials]
    while trials[-1] > 2:
        trials.append(trials[-1] // 2)
    return [(n, budget // (len(trials) * n)) for n in trials]
""",
            "and the winner alone",
        ),
        Wrong(
            "rounded to the nearest row",
            """
def halving(n_trials, budget):
    trials = [n_trials]
    while trials[-1] > 1:
        trials.append(trials[-1] // 2)
    return [(n, round(budget / (len(trials) * n))) for n in trials]
""",
            "Round down",
        ),
    ],
}
