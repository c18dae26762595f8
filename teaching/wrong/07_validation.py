"""Planted mistakes of chapter 7."""

from teaching.wrong import Wrong

WRONG = {
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
}
