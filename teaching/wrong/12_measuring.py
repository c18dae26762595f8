"""Planted mistakes of chapter 12."""

from teaching.wrong import Wrong

WRONG = {
    "ex-12-1": [
        Wrong(
            "the error over rows",
            """
def cluster_test(values, unit, treated):
    one, other = values[treated], values[~treated]
    variance = one.var(ddof=1) / len(one) + other.var(ddof=1) / len(other)
    return one.mean() - other.mean(), np.sqrt(variance)
""",
            "sum within units",
        ),
        Wrong(
            "the mean of the units' means",
            """
def cluster_test(values, unit, treated):
    difference, variance = 0.0, 0.0
    for arm, sign in ((treated, 1), (~treated, -1)):
        means = pd.Series(values[arm]).groupby(unit[arm]).mean()
        difference += sign * means.mean()
        variance += means.var() / len(means)
    return difference, np.sqrt(variance)
""",
            "Each flight counts once",
        ),
        Wrong(
            "the errors are added instead of the variances",
            """
def cluster_test(values, unit, treated):
    difference, error = 0.0, 0.0
    for arm, sign in ((treated, 1), (~treated, -1)):
        _, code = np.unique(unit[arm], return_inverse=True)
        number, total = np.bincount(code), np.bincount(code, values[arm])
        mean, k = values[arm].mean(), len(number)
        rest = total - mean * number
        error += np.sqrt((rest**2).sum() * k / (k - 1)) / number.sum()
        difference += sign * mean
    return difference, error
""",
            "that of the ordinary t-test",
        ),
        Wrong(
            "no correction for few units",
            """
def cluster_test(values, unit, treated):
    difference, variance = 0.0, 0.0
    for arm, sign in ((treated, 1), (~treated, -1)):
        _, code = np.unique(unit[arm], return_inverse=True)
        number, total = np.bincount(code), np.bincount(code, values[arm])
        mean = values[arm].mean()
        rest = total - mean * number
        variance += (rest**2).sum() / number.sum() ** 2
        difference += sign * mean
    return difference, np.sqrt(variance)
""",
            "that of the ordinary t-test",
        ),
        Wrong(
            "units must be whole numbers",
            """
def cluster_test(values, unit, treated):
    difference, variance = 0.0, 0.0
    for arm, sign in ((treated, 1), (~treated, -1)):
        code = unit[arm] if unit.dtype.kind in "iu" else np.arange(arm.sum())
        number, total = np.bincount(code), np.bincount(code, values[arm])
        used = number > 0
        mean, k = values[arm].mean(), used.sum()
        rest = (total - mean * number)[used]
        variance += (rest**2).sum() / number.sum() ** 2 * k / (k - 1)
        difference += sign * mean
    return difference, np.sqrt(variance)
""",
            "Units may have names",
        ),
    ],
    "ex-12-2": [
        Wrong(
            "counts the flights that arrived",
            """
def sample_ratio_p(flights, share):
    arrived = flights[flights["arr_delay"].notna()]
    n, n_treated = len(arrived), arrived["treated"].sum()
    expected = [share * n, (1 - share) * n]
    return stats.chisquare([n_treated, n - n_treated], expected).pvalue
""",
            "assigned all the same",
        ),
        Wrong(
            "always one half",
            """
def sample_ratio_p(flights, share):
    n, n_treated = len(flights), flights["treated"].sum()
    return stats.chisquare([n_treated, n - n_treated]).pvalue
""",
            "share that was planned",
        ),
        Wrong(
            "returns the statistic",
            """
def sample_ratio_p(flights, share):
    n, n_treated = len(flights), flights["treated"].sum()
    expected = [share * n, (1 - share) * n]
    return stats.chisquare([n_treated, n - n_treated], expected).statistic
""",
            "p is 0.0578",
        ),
        Wrong(
            "looks for too many treated flights only",
            """
def sample_ratio_p(flights, share):
    n, n_treated = len(flights), flights["treated"].sum()
    expected = [share * n, (1 - share) * n]
    p = stats.chisquare([n_treated, n - n_treated], expected).pvalue
    return p if n_treated > share * n else 1.0
""",
            "Too few treated",
        ),
    ],
    "ex-12-3": [
        Wrong(
            "1.96 at each look",
            """
def boundary(days, shape, draws=100_000, seed=0):
    return np.full(len(days), 1.96)
""",
            "about 2.56",
        ),
        Wrong(
            "looks are independent",
            """
def boundary(days, shape, draws=100_000, seed=0):
    shape = np.asarray(shape, float)
    z = np.random.default_rng(seed).standard_normal((draws, len(shape)))
    return np.quantile((np.abs(z) / shape).max(axis=1), 0.95) * shape
""",
            "about 2.56",
        ),
        Wrong(
            "a boundary for half as many looks",
            """
def boundary(days, shape, draws=100_000, seed=0):
    days, shape = np.asarray(days, float), np.asarray(shape, float)
    rng = np.random.default_rng(seed)
    new = rng.standard_normal((draws, len(days))) * np.sqrt(np.diff(days, prepend=0))
    z = np.cumsum(new, axis=1) / np.sqrt(days)
    ratio = np.abs(z) / shape
    return np.quantile(ratio[:, ::-1][:, ::2].max(axis=1), 0.95) * shape
""",
            "about 2.56",
        ),
        Wrong(
            "one side only",
            """
def boundary(days, shape, draws=100_000, seed=0):
    days, shape = np.asarray(days, float), np.asarray(shape, float)
    rng = np.random.default_rng(seed)
    new = rng.standard_normal((draws, len(days))) * np.sqrt(np.diff(days, prepend=0))
    z = np.cumsum(new, axis=1) / np.sqrt(days)
    return np.quantile((z / shape).max(axis=1), 0.95) * shape
""",
            "limit 1.96",
        ),
        Wrong(
            "looks are equally far apart, whatever the days",
            """
def boundary(days, shape, draws=100_000, seed=0):
    shape = np.asarray(shape, float)
    n = np.arange(1, len(shape) + 1)
    rng = np.random.default_rng(seed)
    z = np.cumsum(rng.standard_normal((draws, len(shape))), axis=1) / np.sqrt(n)
    return np.quantile((np.abs(z) / shape).max(axis=1), 0.95) * shape
""",
            "equally far apart",
        ),
        Wrong(
            "the shape is ignored",
            """
def boundary(days, shape, draws=100_000, seed=0):
    days = np.asarray(days, float)
    rng = np.random.default_rng(seed)
    new = rng.standard_normal((draws, len(days))) * np.sqrt(np.diff(days, prepend=0))
    z = np.cumsum(new, axis=1) / np.sqrt(days)
    return np.full(len(days), np.quantile(np.abs(z).max(axis=1), 0.95))
""",
            "Use the shape",
        ),
    ],
}
