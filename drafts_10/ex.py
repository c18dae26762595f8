E = {}
E[1] = dict(
starter='''def disagreements(trained, served, requests):
    """Return how many requests the two programs score differently."""
    raise NotImplementedError("Exercise 10.1: one request at a time.")''',
solution='''def disagreements(trained, served, requests):
    """Return how many requests the two programs score differently."""
    expected = np.asarray(trained(requests.copy()), float)
    answers = [served(requests.iloc[[i]].copy())[0] for i in range(len(requests))]
    same = np.isclose(answers, expected, rtol=0, atol=1e-6, equal_nan=True)
    return int((~same).sum())''',
check='''toy = pd.DataFrame({"x": [1.0, 2.0, 4.0, 9.0]}, index=[7, 7, 3, 5])


def score(frame):
    return frame["x"].to_numpy() / 10


def centred(frame):  # scales by the batch that it happens to get
    return (frame["x"] - frame["x"].mean() + toy["x"].mean()).to_numpy() / 10


assert disagreements(score, score, toy) == 0, "Equal programs never disagree."
assert disagreements(score, lambda f: score(f) + 0.01, toy) == 4, (
    "Count the requests that differ."
)
assert disagreements(score, centred, toy) == 4, (
    "Send one request at a time: in a batch this server looks right."
)
wrong_on_4 = disagreements(score, lambda f: score(f) + (f["x"].to_numpy() == 4), toy)
assert wrong_on_4 == 1, "One wrong answer of four counts as one."
print("Exercise 10.1: all checks passed.")''',
hidden='''silent = disagreements(score, lambda f: np.where(f["x"] > 8, np.nan, score(f)), toy)
assert silent == 1, "A score that is missing on one side differs."
mute = disagreements(lambda f: score(f) * np.nan, lambda f: score(f) * np.nan, toy)
assert mute == 0, "Missing on both sides is no difference."


def greedy(frame):  # a trainer that scales the frame it was given
    frame["x"] /= 10
    return frame["x"].to_numpy()


assert disagreements(greedy, score, toy) == 0, (
    "No program may get a frame that the other has changed."
)
assert toy["x"].tolist() == [1.0, 2.0, 4.0, 9.0], "The requests stay as they were."
assert disagreements(score, lambda f: score(f) + 1e-5, toy) == 4, (
    "A difference of 0.00001 is one."
)
print("Exercise 10.1: all further checks passed.")''', pts=(4,2))
E[2] = dict(
starter='''def mean_delay(chunks):
    """Return the mean delay of each carrier, over all chunks."""
    raise NotImplementedError("Exercise 10.2: what is carried from chunk to chunk?")''',
solution='''def mean_delay(chunks):
    """Return the mean delay of each carrier, over all chunks."""
    total = pd.DataFrame({"sum": [], "count": []}, dtype=float)
    for chunk in chunks:
        part = chunk.groupby("carrier")["arr_delay"].agg(["sum", "count"])
        total = total.add(part, fill_value=0)
    return (total["sum"] / total["count"]).sort_index()''',
check='''first = pd.DataFrame({"carrier": ["UA"] * 9 + ["B6"], "arr_delay": [10.0] * 9 + [5.0]})
second = pd.DataFrame({"carrier": ["UA", "AA"], "arr_delay": [0.0, 7.0]})
means = mean_delay(iter([first, second]))
assert means["UA"] == 9.0, "Nine flights count nine times: no average of averages."
assert list(means.index) == ["AA", "B6", "UA"], "Each carrier of any chunk, sorted."
assert means["B6"] == 5.0, "A carrier that is absent from a chunk loses nothing."
lost = second.assign(arr_delay=[np.nan, 7.0])
assert mean_delay(iter([first, lost]))["UA"] == 10.0, (
    "A flight without a delay does not count."
)
print("Exercise 10.2: all checks passed.")''',
hidden='''import gc
import weakref

alive, most = [], 0


def stream():
    global most
    for n in range(6):
        chunk = second.assign(arr_delay=[float(n), 7.0])
        alive.append(weakref.ref(chunk))
        yield chunk
        del chunk
        gc.collect()
        most = max(most, sum(reference() is not None for reference in alive))


means = mean_delay(stream())
assert most <= 2, "Keep no chunk: sums and counts are enough."
assert means["UA"] == 2.5 and means["AA"] == 7.0, "Go through the iterator once."
parts = [first.iloc[:3], first.iloc[3:], second]
assert np.allclose(mean_delay(iter(parts)), mean_delay(iter([first, second]))), (
    "Where the table is cut must not matter."
)
print("Exercise 10.2: all further checks passed.")''', pts=(3,2))
E[3] = dict(
starter='''def halving(n_trials, budget):
    """Return pairs (trials, rows for each), one for each round."""
    raise NotImplementedError("Exercise 10.3: equal rows for each round.")''',
solution='''def halving(n_trials, budget):
    """Return pairs (trials, rows for each), one for each round."""
    trials = [n_trials]
    while trials[-1] > 1:
        trials.append(trials[-1] // 2)
    return [(n, budget // (len(trials) * n)) for n in trials]''',
check='''plan = halving(8, 12_000)
assert [n for n, _ in plan] == [8, 4, 2, 1], "Eight, four, two, and the winner alone."
spent = [n * rows for n, rows in plan]
assert sum(spent) <= 12_000, "Count rows, not trials: the budget is 12,000 rows in all."
assert len(set(spent)) == 1, "Each round gets the same rows in all."
assert plan == [(8, 375), (4, 750), (2, 1_500), (1, 3_000)], (
    "Four rounds share 12,000 rows: 3,000 each."
)
print("Exercise 10.3: all checks passed.")''',
hidden='''assert halving(1, 500) == [(1, 500)], "One trial needs no round before the last."
odd = halving(4, 1_000)
assert odd == [(4, 83), (2, 166), (1, 333)], "Round down, in each round."
assert sum(n * rows for n, rows in odd) <= 1_000, "Never go beyond the budget."
assert len(halving(64, 10**6)) == 7, "64 trials take seven rounds."
print("Exercise 10.3: all further checks passed.")''', pts=(3,2))
