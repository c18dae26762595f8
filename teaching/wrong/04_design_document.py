"""Planted mistakes of chapter 4."""

from teaching.wrong import Wrong

WRONG = {
    "ex-4-1": [
        Wrong(
            "a share of the variance is taken for a value",
            """
def value_of_answer(known, net, groups=20):
    known, net = np.asarray(known), np.asarray(net, float)
    parts = np.array_split(net[np.argsort(known, kind="stable")], groups)
    return np.var([part.mean() for part in parts]) / net.var()
""",
            "worth 30",
        ),
        Wrong(
            "the value is the spread of the group means",
            """
def value_of_answer(known, net, groups=20):
    known, net = np.asarray(known), np.asarray(net, float)
    parts = np.array_split(net[np.argsort(known, kind="stable")], groups)
    means = [part.mean() for part in parts]
    return (max(means) - min(means)) * 30 / 160
""",
            "never changes the decision",
        ),
        Wrong(
            "compares with always going, also where stopping is better",
            """
def value_of_answer(known, net, groups=20):
    known, net = np.asarray(known), np.asarray(net, float)
    parts = np.array_split(net[np.argsort(known, kind="stable")], groups)
    gain = sum(len(part) * max(part.mean(), 0) for part in parts) / len(net)
    return gain - net.mean()
""",
            "you would stop here",
        ),
        Wrong(
            "knows everything, not only what is asked",
            """
def value_of_answer(known, net, groups=20):
    net = np.asarray(net, float)
    return np.maximum(net, 0).mean() - max(net.mean(), 0)
""",
            "must be averaged",
        ),
        Wrong(
            "takes the draws to be in order",
            """
def value_of_answer(known, net, groups=20):
    net = np.asarray(net, float)
    parts = np.array_split(net, groups)
    gain = sum(len(part) * max(part.mean(), 0) for part in parts) / len(net)
    return gain - max(net.mean(), 0)
""",
            "sort by what is known",
        ),
        Wrong(
            "all groups count the same",
            """
def value_of_answer(known, net, groups=20):
    known, net = np.asarray(known), np.asarray(net, float)
    parts = np.array_split(net[np.argsort(known, kind="stable")], groups)
    gain = np.mean([max(part.mean(), 0) for part in parts])
    return gain - max(net.mean(), 0)
""",
            "count the draws",
        ),
    ],
    "ex-4-2": [
        Wrong(
            "resamples single flights",
            """
def window_range(daily, days, level=0.9):
    if len(daily) < days:
        raise ValueError("too short")
    late, n = daily["late"].sum(), daily["flights"].sum()
    draws = np.random.default_rng(0).binomial(n, late / n, 1000) / n
    low, high = np.quantile(draws, [(1 - level) / 2, (1 + level) / 2])
    return low, high
""",
            "three stretches",
        ),
        Wrong(
            "stretches that do not overlap",
            """
def window_range(daily, days, level=0.9):
    if len(daily) < days:
        raise ValueError("too short")
    parts = [daily[i : i + days] for i in range(0, len(daily) - days + 1, days)]
    shares = [part["late"].sum() / part["flights"].sum() for part in parts]
    low, high = np.quantile(shares, [(1 - level) / 2, (1 + level) / 2])
    return low, high
""",
            "three stretches",
        ),
        Wrong(
            "the mean of the days' shares",
            """
def window_range(daily, days, level=0.9):
    daily = daily.asfreq("D", fill_value=0)
    if len(daily) < days:
        raise ValueError("too short")
    shares = (daily["late"] / daily["flights"]).rolling(days).mean().dropna()
    low, high = np.quantile(shares, [(1 - level) / 2, (1 + level) / 2])
    return low, high
""",
            "add up before you divide",
        ),
        Wrong(
            "counts rows instead of calendar days",
            """
def window_range(daily, days, level=0.9):
    if len(daily) < days:
        raise ValueError("too short")
    sums = daily.rolling(days).sum().dropna()
    low, high = mlsd.interval(sums["late"] / sums["flights"], level)
    return low, high
""",
            "a stretch without flights is left out|calendar days",
        ),
        Wrong(
            "an empty answer instead of an error",
            """
def window_range(daily, days, level=0.9):
    daily = daily.asfreq("D", fill_value=0)
    sums = daily.rolling(min(days, len(daily))).sum().dropna()
    sums = sums[sums["flights"] > 0]
    low, high = mlsd.interval(sums["late"] / sums["flights"], level)
    return low, high
""",
            "raise a ValueError",
        ),
    ],
    "ex-4-3": [
        Wrong(
            "a list of forbidden names",
            """
def late_columns(features, known, made_from, hours_before):
    return [f for f in features if f in ("dep_delay", "air_time", "arr_delay")]
""",
            "the last of its sources",
        ),
        Wrong(
            "known when the first of its sources is",
            """
def late_columns(features, known, made_from, hours_before):
    def hours(column):
        if column in made_from:
            return max(hours(source) for source in made_from[column])
        return known.get(column, -np.inf)

    return [f for f in features if hours(f) < hours_before]
""",
            "the last of its sources",
        ),
        Wrong(
            "lets pass what nobody entered",
            """
def late_columns(features, known, made_from, hours_before):
    def hours(column):
        if column in made_from:
            return min(hours(source) for source in made_from[column])
        return known.get(column, np.inf)

    return [f for f in features if hours(f) < hours_before]
""",
            "nobody entered",
        ),
        Wrong(
            "follows one step only",
            """
def late_columns(features, known, made_from, hours_before):
    late = []
    for feature in features:
        sources = made_from.get(feature, [feature])
        hours = [known.get(s, np.inf if s in made_from else -np.inf) for s in sources]
        if min(hours) < hours_before:
            late.append(feature)
    return late
""",
            "through derived columns",
        ),
        Wrong(
            "stops what is known exactly in time",
            """
def late_columns(features, known, made_from, hours_before):
    def hours(column):
        if column in made_from:
            return min(hours(source) for source in made_from[column])
        return known.get(column, -np.inf)

    return [f for f in features if not hours(f) > hours_before]
""",
            "known in time",
        ),
    ],
}
