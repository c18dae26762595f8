"""Planted mistakes of chapter 8."""

from teaching.wrong import Wrong

WRONG = {
    "ex-8-1": [
        Wrong(
            "no fallback for new keys",
            """
def shrunken(past, rows, keys, extra):
    base = past["late"].mean()
    group = past.groupby(keys)["late"].agg(["sum", "size"]).reset_index()
    found = rows[keys].merge(group, on=keys, how="left")
    return ((found["sum"] + extra * base) / (found["size"] + extra)).to_numpy()
""",
            "never seen get the average",
        ),
        Wrong(
            "draws towards one half",
            """
def shrunken(past, rows, keys, extra):
    group = past.groupby(keys)["late"].agg(["sum", "size"]).reset_index()
    found = rows[keys].merge(group, on=keys, how="left")
    shares = (found["sum"] + extra * 0.5) / (found["size"] + extra)
    return shares.fillna(past["late"].mean()).to_numpy()
""",
            "of average lateness",
        ),
        Wrong(
            "counts missing groups as empty: zero by zero without extra flights",
            """
def shrunken(past, rows, keys, extra):
    base = past["late"].mean()
    group = past.groupby(keys)["late"].agg(["sum", "size"]).reset_index()
    found = rows[keys].merge(group, on=keys, how="left").fillna(0)
    with np.errstate(invalid="ignore"):
        return ((found["sum"] + extra * base) / (found["size"] + extra)).to_numpy()
""",
            "even when nothing is shrunken",
        ),
        Wrong(
            "the order of the groups in place of that of the rows",
            """
def shrunken(past, rows, keys, extra):
    base = past["late"].mean()
    group = past.groupby(keys)["late"].agg(["sum", "size"]).reset_index()
    found = rows[keys].merge(group, on=keys, how="left").sort_values(keys)
    shares = (found["sum"] + extra * base) / (found["size"] + extra)
    return shares.fillna(base).to_numpy()
""",
            "in order of rows",
        ),
        Wrong(
            "always the same two keys",
            """
def shrunken(past, rows, keys, extra):
    keys = ["a", "b"]
    base = past["late"].mean()
    group = past.groupby(keys)["late"].agg(["sum", "size"]).reset_index()
    found = rows[keys].merge(group, on=keys, how="left")
    shares = (found["sum"] + extra * base) / (found["size"] + extra)
    return shares.fillna(base).to_numpy()
""",
            "by the keys that are given",
        ),
    ],
    "ex-8-2": [
        Wrong(
            "the row's own label counts",
            """
def other_days(train, key, extra):
    return share(train, train, key, extra)
""",
            "Neither the row's own label",
        ),
        Wrong(
            "only the row itself is left out, not its date",
            """
def other_days(train, key, extra):
    groups = train.groupby(key)["late"]
    n_late = groups.transform("sum") - train["late"]
    n = groups.transform("size") - 1
    base = (train["late"].sum() - train["late"]) / (len(train) - 1)
    return ((n_late + extra * base) / (n + extra)).fillna(base).to_numpy()
""",
            "Neither the row's own label",
        ),
        Wrong(
            "the average still contains the date",
            """
def other_days(train, key, extra):
    base = train["late"].mean()
    shares = np.empty(len(train))
    for date in train["date"].unique():
        own = (train["date"] == date).to_numpy()
        group = train[~own].groupby(key)["late"].agg(["sum", "size"])
        known = (group["sum"] + extra * base) / (group["size"] + extra)
        shares[own] = train.loc[own, key].map(known).fillna(base)
    return shares
""",
            "Neither the row's own label",
        ),
        Wrong(
            "the shares come sorted by date",
            """
def other_days(train, key, extra):
    parts = []
    for date, own in train.groupby("date"):
        others = train[train["date"] != date]
        parts.append(share(others, own, key, extra))
    return np.concatenate(parts)
""",
            "in the order of the rows",
        ),
        Wrong(
            "only earlier dates count",
            """
def other_days(train, key, extra):
    shares = np.empty(len(train))
    for date in train["date"].unique():
        own = (train["date"] == date).to_numpy()
        earlier = train[train["date"] < date]
        if len(earlier) == 0:
            shares[own] = train["late"].mean()
        else:
            shares[own] = share(earlier, train[own], key, extra)
    return shares
""",
            "Neither the row's own label",
        ),
    ],
    "ex-8-3": [
        Wrong(
            "the mean in place of the lower end",
            """
def surest(costs, days, prices):
    first = costs.columns[0]
    left = {first: 0.0}
    for rung in costs.columns[1:]:
        saved = (costs[first] - costs[rung]).mean()
        left[rung] = saved - (prices[rung] - prices[first])
    return max(left, key=left.get)
""",
            "the lower end of the interval",
        ),
        Wrong(
            "the interval is over flights",
            """
def surest(costs, days, prices):
    first = costs.columns[0]
    left = {first: 0.0}
    for rung in costs.columns[1:]:
        flights = np.arange(len(costs))
        saved = mlsd.paired_difference(costs[first], costs[rung], flights, level=0.9)
        left[rung] = saved.low - (prices[rung] - prices[first])
    return max(left, key=left.get)
""",
            "the lower end of the interval",
        ),
        Wrong(
            "leaves the first rung even if nothing pays",
            """
def surest(costs, days, prices):
    first, left = costs.columns[0], {}
    for rung in costs.columns[1:]:
        saved = mlsd.paired_difference(costs[first], costs[rung], days, level=0.9)
        left[rung] = saved.low - (prices[rung] - prices[first])
    return max(left, key=left.get)
""",
            "the lower end of the interval",
        ),
        Wrong(
            "the largest saving among those that pay, not what is left of it",
            """
def surest(costs, days, prices):
    first = costs.columns[0]
    best, most = first, 0.0
    for rung in costs.columns[1:]:
        saved = mlsd.paired_difference(costs[first], costs[rung], days, level=0.9)
        if saved.low > max(most, prices[rung] - prices[first]):
            best, most = rung, saved.low
    return best
""",
            "more is left after its parts",
        ),
        Wrong(
            "all parts are paid anew",
            """
def surest(costs, days, prices):
    first = costs.columns[0]
    left = {first: 0.0}
    for rung in costs.columns[1:]:
        saved = mlsd.paired_difference(costs[first], costs[rung], days, level=0.9)
        left[rung] = saved.low - prices[rung]
    return max(left, key=left.get)
""",
            "needs more are to be paid",
        ),
        Wrong(
            "step by step, as the page does",
            """
def surest(costs, days, prices):
    standing = costs.columns[0]
    for rung in costs.columns[1:]:
        saved = mlsd.paired_difference(costs[standing], costs[rung], days, level=0.9)
        if saved.low > prices[rung] - prices[standing]:
            standing = rung
    return standing
""",
            "with the first rung, not with one in between",
        ),
    ],
}
