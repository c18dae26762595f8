"""Planted mistakes of chapter 6."""

from teaching.wrong import Wrong

COPIES = """

def without_copies(votes, at_most=0.95):
    kept = []
    for source in range(votes.shape[1]):
        agree = [(votes[:, source] == votes[:, k]).mean() for k in kept]
        if max(agree, default=0) <= at_most:
            kept.append(source)
    return votes[:, kept]
"""

WEIGHED = """
def dawid_skene(votes, rounds=50):
    p = votes.mean(axis=1)
    for _ in range(rounds):
        finds = (p @ votes + 1) / (p.sum() + 2)
        spares = ((1 - p) @ (1 - votes) + 1) / ((1 - p).sum() + 2)
        log_odds = np.log(p.mean() / (1 - p.mean()))
        log_odds = log_odds + votes @ np.log(finds / (1 - spares))
        log_odds = log_odds + (1 - votes) @ np.log((1 - finds) / spares)
        p = expit(log_odds)
    return p

"""

WRONG = {
    "ex-6-1": [
        Wrong(
            "a majority vote",
            """
def dawid_skene(votes, rounds=50):
    return votes.mean(axis=1)

"""
            + COPIES,
            "no better than a majority",
        ),
        Wrong(
            "one rate for both kinds of error",
            """
def dawid_skene(votes, rounds=50):
    p = votes.mean(axis=1)
    for _ in range(rounds):
        hits = p @ votes + (1 - p) @ (1 - votes)
        right = (hits + 1) / (len(votes) + 2)
        p = expit((2 * votes - 1) @ np.log(right / (1 - right)))
    return p

"""
            + COPIES,
            "give each source two rates",
        ),
        Wrong(
            "sources are taken to be independent",
            WEIGHED
            + """
def without_copies(votes, at_most=0.95):
    return votes
""",
            "Count a copied source once",
        ),
        Wrong(
            "only exact copies are dropped",
            WEIGHED
            + """
def without_copies(votes, at_most=0.95):
    _, first = np.unique(votes, axis=1, return_index=True)
    return votes[:, np.sort(first)]
""",
            "a few slips",
        ),
        Wrong(
            "the threshold is fixed",
            WEIGHED + COPIES.replace("<= at_most", "<= 0.95"),
            "Use the share that is given",
        ),
    ],
    "ex-6-2": [
        Wrong(
            "shuffled rows",
            """
def curve_by_days(past, sizes, score, rng):
    per_day = len(past) // past["date"].nunique()
    rows = rng.permutation(len(past))
    return [score(past.iloc[rows[: size * per_day]]) for size in sizes]
""",
            "Draw days, not rows",
        ),
        Wrong(
            "the latest days",
            """
def curve_by_days(past, sizes, score, rng):
    days = past["date"].unique()
    return [score(past[past["date"].isin(days[-size:])]) for size in sizes]
""",
            "from one season",
        ),
        Wrong(
            "new days for each size",
            """
def curve_by_days(past, sizes, score, rng):
    days = past["date"].unique()
    picks = [rng.choice(days, size, replace=False) for size in sizes]
    return [score(past[past["date"].isin(pick)]) for pick in picks]
""",
            "Draw once",
        ),
        Wrong(
            "the generator is not used",
            """
def curve_by_days(past, sizes, score, rng):
    days = np.random.default_rng(0).permutation(past["date"].unique())
    return [score(past[past["date"].isin(days[:size])]) for size in sizes]
""",
            "must give other days",
        ),
        Wrong(
            "days with replacement",
            """
def curve_by_days(past, sizes, score, rng):
    days = rng.choice(past["date"].unique(), size=max(sizes))
    return [score(past[past["date"].isin(days[:size])]) for size in sizes]
""",
            "Draw days, not rows",
        ),
    ],
    "ex-6-3": [
        Wrong(
            "rows are counted, not persons",
            """
def exposed(table, person, columns, k):
    crowd = table.groupby(columns, dropna=False)[person].transform("size")
    return table.loc[crowd < k, person].nunique() / table[person].nunique()
""",
            "however often she comes",
        ),
        Wrong(
            "the share of groups",
            """
def exposed(table, person, columns, k):
    return (table.groupby(columns, dropna=False)[person].nunique() < k).mean()
""",
            "however often she comes|Ada is alone at eight",
        ),
        Wrong(
            "groups of exactly k count as too small",
            """
def exposed(table, person, columns, k):
    crowd = table.groupby(columns, dropna=False)[person].transform("nunique")
    return table.loc[crowd <= k, person].nunique() / table[person].nunique()
""",
            "fewer than k are too few|however often she comes|alone at eight",
        ),
        Wrong(
            "rows with a gap are left out",
            """
def exposed(table, person, columns, k):
    crowd = table.groupby(columns)[person].transform("nunique")
    return table.loc[crowd < k, person].nunique() / table[person].nunique()
""",
            "a gap is a value too",
        ),
        Wrong(
            "the share of rows",
            """
def exposed(table, person, columns, k):
    crowd = table.groupby(columns, dropna=False)[person].transform("nunique")
    return (crowd < k).mean()
""",
            "alone at eight|Repeated rows",
        ),
    ],
}
