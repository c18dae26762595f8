"""Answers that are wrong on purpose, one for each mistake that an exercise is to catch.

Each has a name, the code of the answer, and a piece of the message that a student must
get. The tests put every one of them in place of the solution and run the checks; the
sample class hands some of them in.
"""

from __future__ import annotations

from typing import NamedTuple


class Wrong(NamedTuple):
    """A wrong answer: the mistake, the code, and what the checks should say."""

    mistake: str
    code: str
    message: str


WRONG: dict[str, list[Wrong]] = {
    "ex-5-2": [
        Wrong(
            "the mean lead in place of its lower end",
            """
def home_lead(cost_short, cost_long):
    error, rows = grounds["home"]
    error = error[list(models)]
    paid = np.maximum(cost_short * error, -cost_long * error)
    means = pd.DataFrame(day_bootstrap(paid, rows), columns=list(models))
    rivals = means.drop(columns="quantile")
    return float((rivals[rivals.mean().idxmin()] - means["quantile"]).mean())
""",
            "must get the value of claim 5.3",
        ),
        Wrong(
            "the costs are swapped",
            """
def home_lead(cost_short, cost_long):
    error, rows = grounds["home"]
    error = error[list(models)]
    paid = np.maximum(cost_long * error, -cost_short * error)
    means = pd.DataFrame(day_bootstrap(paid, rows), columns=list(models))
    rivals = means.drop(columns="quantile")
    return float(interval(rivals[rivals.mean().idxmin()] - means["quantile"])[0])
""",
            "must get the value of claim 5.3",
        ),
        Wrong(
            "the costs are not used",
            """
def home_lead(cost_short, cost_long):
    return leads["home", "money"][1]
""",
            "the claim must break",
        ),
        Wrong(
            "the rival is fixed to the one of the chapter",
            """
def home_lead(cost_short, cost_long):
    error, rows = grounds["home"]
    error = error[list(models)]
    paid = np.maximum(4 * error, -1 * error)
    means = pd.DataFrame(day_bootstrap(paid, rows), columns=list(models))
    rival = means.drop(columns="quantile").mean().idxmin()
    paid = np.maximum(cost_short * error, -cost_long * error)
    means = pd.DataFrame(day_bootstrap(paid, rows), columns=list(models))
    return float(interval(means[rival] - means["quantile"])[0])
""",
            "another rival may be the best",
        ),
    ],
    "ex-5-3": [
        Wrong(
            "scores at the threshold count as warnings",
            """
def flip_share(old, new, threshold):
    old, new = np.asarray(old), np.asarray(new)
    return float(np.mean((old >= threshold) != (new >= threshold)))
""",
            "a score above 0.2",
        ),
        Wrong(
            "compares scores, not decisions",
            """
def flip_share(old, new, threshold):
    return float(np.mean(np.abs(np.asarray(old) - np.asarray(new)) > threshold))
""",
            "both decisions change",
        ),
        Wrong(
            "a share of the cases that were warned about",
            """
def flip_share(old, new, threshold):
    old, new = np.asarray(old) > threshold, np.asarray(new) > threshold
    return float((old != new).sum() / max(1, (old | new).sum()))
""",
            "must flip less|a share of all cases",
        ),
        Wrong(
            "counts warnings that are lost, not those that are new",
            """
def flip_share(old, new, threshold):
    old, new = np.asarray(old) > threshold, np.asarray(new) > threshold
    return float(np.mean(old & ~new))
""",
            "both decisions change",
        ),
    ],
    "ex-7-1": [
        Wrong(
            "no gap",
            """
def gapped_forward_split(dates, test_days, gap_days):
    first_test = dates.max() - pd.Timedelta(days=test_days - 1)
    return (dates < first_test).to_numpy(), (dates >= first_test).to_numpy()
""",
            "gap of three",
        ),
        Wrong(
            "rows are taken to be in order",
            """
def gapped_forward_split(dates, test_days, gap_days):
    n = len(dates) // dates.nunique()
    row = np.arange(len(dates))
    test = row >= len(dates) - n * test_days
    return row < len(dates) - n * (test_days + gap_days), test
""",
            "Test the latest days",
        ),
        Wrong(
            "one day too many in the test set",
            """
def gapped_forward_split(dates, test_days, gap_days):
    first_test = dates.max() - pd.Timedelta(days=test_days)
    train = dates < first_test - pd.Timedelta(days=gap_days)
    return train.to_numpy(), (dates >= first_test).to_numpy()
""",
            "last seven calendar days",
        ),
        Wrong(
            "counts the days that have rows",
            """
def gapped_forward_split(dates, test_days, gap_days):
    known = np.sort(dates.unique())
    test = (dates >= known[-test_days]).to_numpy()
    train = (dates < known[-test_days - gap_days]).to_numpy()
    if not train.any():
        raise ValueError("Nothing is left.")
    return train, test
""",
            "Count calendar days",
        ),
        Wrong(
            "counts calendar days in the test set, but not in the gap",
            """
def gapped_forward_split(dates, test_days, gap_days):
    first_test = dates.max() - pd.Timedelta(days=test_days - 1)
    earlier = np.sort(dates[dates < first_test].unique())
    if len(earlier) <= gap_days:
        raise ValueError("Nothing is left.")
    last = earlier[-gap_days - 1]
    return (dates <= last).to_numpy(), (dates >= first_test).to_numpy()
""",
            "still counts as a day of the gap",
        ),
        Wrong(
            "no error when nothing is left",
            """
def gapped_forward_split(dates, test_days, gap_days):
    first_test = dates.max() - pd.Timedelta(days=test_days - 1)
    train = dates < first_test - pd.Timedelta(days=gap_days)
    return train.to_numpy(), (dates >= first_test).to_numpy()
""",
            "raise a ValueError",
        ),
    ],
    "ex-7-2": [
        Wrong(
            "trains on the held-out rows too",
            """
def mean_error(split, dates):
    errors = []
    for today, past, _ in eight_dates():
        if today in dates:
            estimate = auc_of(fit(past, FEATURES), past[split(past)], FEATURES)
            errors.append(estimate - table.loc[today, "truth"])
    return np.mean(errors)
""",
            "should repeat the one in `error`",
        ),
        Wrong(
            "the split is ignored",
            """
def mean_error(split, dates):
    return error.loc[dates, "forward"].mean()
""",
            "survived the leak",
        ),
        Wrong(
            "all eight dates, whatever is asked",
            """
def mean_error(split, dates):
    errors = []
    for today, past, _ in eight_dates():
        test = split(past)
        estimate = auc_of(fit(past[~test], FEATURES), past[test], FEATURES)
        errors.append(estimate - table.loc[today, "truth"])
    return np.mean(errors)
""",
            "should repeat the one in `error`",
        ),
        Wrong(
            "absolute errors",
            """
def mean_error(split, dates):
    errors = []
    for today, past, _ in eight_dates():
        if today in dates:
            test = split(past)
            estimate = auc_of(fit(past[~test], FEATURES), past[test], FEATURES)
            errors.append(abs(estimate - table.loc[today, "truth"]))
    return np.mean(errors)
""",
            "should repeat the one in `error`|keeps the sign",
        ),
    ],
    "ex-7-3": [
        Wrong(
            "labels and scores are drawn apart",
            """
def row_bootstrap(y, p, draws=100, seed=0):
    rng = np.random.default_rng(seed)
    n = len(y)
    return np.array(
        [roc_auc_score(rng.choice(y, n), rng.choice(p, n)) for _ in range(draws)]
    )
""",
            "Keep each y with its p",
        ),
        Wrong(
            "drawn without replacement: always the same rows",
            """
def row_bootstrap(y, p, draws=100, seed=0):
    rng = np.random.default_rng(seed)
    orders = (rng.permutation(len(y)) for _ in range(draws))
    return np.array([roc_auc_score(y[i], p[i]) for i in orders])
""",
            "with return",
        ),
        Wrong(
            "too few rows in each draw",
            """
def row_bootstrap(y, p, draws=100, seed=0):
    rng = np.random.default_rng(seed)
    drawn = (rng.integers(len(y), size=len(y) // 4) for _ in range(draws))
    return np.array([roc_auc_score(y[i], p[i]) for i in drawn])
""",
            "as many rows as there are",
        ),
        Wrong(
            "days in place of rows",
            """
def row_bootstrap(y, p, draws=100, seed=0):
    return day_bootstrap(y, p, june["date"], draws=draws, seed=seed)
""",
            "as many rows as there are|rows hide that",
        ),
        Wrong(
            "the seed is not used",
            """
def row_bootstrap(y, p, draws=100, seed=0):
    rng = np.random.default_rng()
    drawn = (rng.integers(len(y), size=len(y)) for _ in range(draws))
    return np.array([roc_auc_score(y[i], p[i]) for i in drawn])
""",
            "same seed must give the same",
        ),
    ],
    "ex-7-4": [
        Wrong(
            "Python's own hash",
            """
def in_test(identifiers, share, salt):
    numbers = np.array([hash(f"{salt}/{i}") % 10_000 for i in identifiers])
    return numbers / 10_000 < share
""",
            "Another hash",
        ),
        Wrong(
            "a random draw with a seed",
            """
def in_test(identifiers, share, salt):
    rng = np.random.default_rng(len(salt))
    return rng.random(len(identifiers)) < share
""",
            "must not move old ones",
        ),
        Wrong(
            "the salt is not used",
            """
def in_test(identifiers, share, salt):
    import hashlib

    digests = [hashlib.sha256(str(i).encode()).digest() for i in identifiers]
    return np.array([int.from_bytes(d[:8], "big") / 2**64 for d in digests]) < share
""",
            "Another salt",
        ),
        Wrong(
            "the bytes are read from the wrong end",
            """
def in_test(identifiers, share, salt):
    import hashlib

    digests = [hashlib.sha256(f"{salt}/{i}".encode()).digest() for i in identifiers]
    return np.array([int.from_bytes(d[:8], "little") / 2**64 for d in digests]) < share
""",
            "Another hash",
        ),
        Wrong(
            "the smallest hashes are chosen, so that the share depends on the list",
            """
def in_test(identifiers, share, salt):
    import hashlib

    digests = [hashlib.sha256(f"{salt}/{i}".encode()).digest() for i in identifiers]
    numbers = np.array([int.from_bytes(d[:8], "big") / 2**64 for d in digests])
    return numbers <= np.quantile(numbers, share)
""",
            "must not move old ones|Another hash|takes none|same side",
        ),
        Wrong(
            "identifiers are looked up by position",
            """
def in_test(identifiers, share, salt):
    import hashlib

    names = [f"{salt}/{identifiers[n]}" for n in range(len(identifiers))]
    digests = [hashlib.sha256(name.encode()).digest() for name in names]
    return np.array([int.from_bytes(d[:8], "big") / 2**64 for d in digests]) < share
""",
            "KeyError: 0",
        ),
    ],
    "ex-15-1": [
        Wrong(
            "the mean in place of the 95th percentile",
            """
def highest_load(service_time, limit, n=5_000):
    best = 0.0
    for load in LOADS:
        rng = np.random.default_rng(0)
        due = np.cumsum(rng.exponential(service_time.mean() / load, n))
        latency = replay(due, rng.choice(service_time, n))
        if latency.mean() <= limit:
            best = float(load)
    return best
""",
            "a bit less than 0.5",
        ),
        Wrong(
            "waiting is forgotten",
            """
def highest_load(service_time, limit, n=5_000):
    within = np.quantile(service_time, 0.95) <= limit
    return float(LOADS[-1]) if within else 0.0
""",
            "a bit less than 0.5",
        ),
        Wrong(
            "a rate of one request per unit of time, not a utilisation",
            """
def highest_load(service_time, limit, n=5_000):
    best = 0.0
    for load in LOADS:
        rng = np.random.default_rng(0)
        due = np.cumsum(rng.exponential(10 / load, n))
        if np.quantile(replay(due, rng.choice(service_time, n)), 0.95) <= limit:
            best = float(load)
    return best
""",
            "use utilisation, not rate",
        ),
        Wrong(
            "the variance of the service times is lost",
            """
def highest_load(service_time, limit, n=5_000):
    best = 0.0
    for load in LOADS:
        rng = np.random.default_rng(0)
        due = np.cumsum(rng.exponential(service_time.mean() / load, n))
        latency = replay(due, np.full(n, service_time.mean()))
        if np.quantile(latency, 0.95) <= limit:
            best = float(load)
    return best
""",
            "uneven service times allow less load",
        ),
        Wrong(
            "the search stops at a half",
            """
def highest_load(service_time, limit, n=5_000):
    best = 0.0
    for load in LOADS[LOADS < 0.8]:
        rng = np.random.default_rng(0)
        due = np.cumsum(rng.exponential(service_time.mean() / load, n))
        latency = replay(due, rng.choice(service_time, n))
        if np.quantile(latency, 0.95) <= limit:
            best = float(load)
    return best
""",
            "holds at every load",
        ),
    ],
    "ex-15-2": [
        Wrong(
            "the order is ignored",
            """
def parity_gap(order):
    scores = boosted[-1].predict_proba(rows[:2_000])[:, 1]
    return float(np.abs(scores - p_boosted[:2_000]).max())
""",
            "Swapped columns must change",
        ),
        Wrong(
            "the mean difference, which hides the few that matter",
            """
def parity_gap(order):
    positions = [FEATURES.index(name) for name in order]
    scores = boosted[-1].predict_proba(rows[:2_000, positions])[:, 1]
    return float(np.abs(scores - p_boosted[:2_000]).mean())
""",
            "Swapped columns must change|largest difference",
        ),
        Wrong(
            "the sign is kept",
            """
def parity_gap(order):
    positions = [FEATURES.index(name) for name in order]
    scores = boosted[-1].predict_proba(rows[:2_000, positions])[:, 1]
    return float((p_boosted[:2_000] - scores).max())
""",
            "largest difference",
        ),
        Wrong(
            "fewer rows than asked",
            """
def parity_gap(order):
    positions = [FEATURES.index(name) for name in order]
    scores = boosted[-1].predict_proba(rows[:50, positions])[:, 1]
    return float(np.abs(scores - p_boosted[:50]).max())
""",
            "must change|must follow|largest difference",
        ),
    ],
}
