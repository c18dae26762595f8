"""Planted mistakes of chapter 1."""

from teaching.wrong import Wrong

WRONG = {
    "ex-1-1": [
        Wrong(
            "the scheduled time in place of the actual one",
            """
def known_delay(due, dep_delay, cutoff, window=120):
    known = (due >= cutoff - window) & (due < cutoff) & ~np.isnan(dep_delay)
    return dep_delay[known].mean() if known.any() else np.nan
""",
            "unknown at 720",
        ),
        Wrong(
            "flights that left, but only of those due in the window",
            """
def known_delay(due, dep_delay, cutoff, window=120):
    left = due + dep_delay
    gone = (due >= cutoff - window) & (left < cutoff)
    return dep_delay[gone].mean() if gone.any() else np.nan
""",
            "due long ago",
        ),
        Wrong(
            "a cancelled flight counts as punctual",
            """
def known_delay(due, dep_delay, cutoff, window=120):
    dep_delay = np.nan_to_num(dep_delay)
    left = due + dep_delay
    gone = (left >= cutoff - window) & (left < cutoff)
    return dep_delay[gone].mean() if gone.any() else np.nan
""",
            "not a delay of zero",
        ),
        Wrong(
            "the cutoff itself counts as before",
            """
def known_delay(due, dep_delay, cutoff, window=120):
    left = due + dep_delay
    gone = (left >= cutoff - window) & (left <= cutoff)
    return dep_delay[gone].mean() if gone.any() else np.nan
""",
            "leaves at the cutoff",
        ),
        Wrong(
            "everything that left since midnight",
            """
def known_delay(due, dep_delay, cutoff, window=120):
    gone = due + dep_delay < cutoff
    return dep_delay[gone].mean() if gone.any() else np.nan
""",
            "earlier departures do not",
        ),
        Wrong(
            "no departure is no delay",
            """
def known_delay(due, dep_delay, cutoff, window=120):
    left = due + dep_delay
    gone = (left >= cutoff - window) & (left < cutoff)
    return dep_delay[gone].mean() if gone.any() else 0.0
""",
            "the delay is unknown",
        ),
    ],
    "ex-1-2": [
        Wrong(
            "the winner is judged on its own leaderboard",
            """
def announced_and_kept(first, second):
    lead = (first.max(axis=1) - first.mean(axis=1)).mean()
    return lead, lead
""",
            "by the second week",
        ),
        Wrong(
            "the second week chooses a winner of its own",
            """
def announced_and_kept(first, second):
    announced = first.max(axis=1) - first.mean(axis=1)
    kept = second.max(axis=1) - second.mean(axis=1)
    return announced.mean(), kept.mean()
""",
            "whoever leads there",
        ),
        Wrong(
            "the lead over the runner-up",
            """
def announced_and_kept(first, second):
    winner, contest = first.argmax(axis=1), np.arange(len(first))
    runner_up = np.argsort(first, axis=1)[:, -2]
    announced = first[contest, winner] - first[contest, runner_up]
    kept = second[contest, winner] - second[contest, runner_up]
    return announced.mean(), kept.mean()
""",
            "over the mean of the field",
        ),
        Wrong(
            "one winner for all contests",
            """
def announced_and_kept(first, second):
    winner = first.mean(axis=0).argmax()
    announced = first[:, winner] - first.mean(axis=1)
    kept = second[:, winner] - second.mean(axis=1)
    return announced.mean(), kept.mean()
""",
            "Each contest has its winner",
        ),
    ],
    "ex-1-3": [
        Wrong(
            "all airports are one",
            """
def last_known(log, asked, age=0):
    gone = log.dropna(subset="left").sort_values("left")
    at = np.searchsorted(gone["left"], asked["cutoff"] - age) - 1
    delay = gone["dep_delay"].to_numpy()
    return np.where(at >= 0, delay[np.maximum(at, 0)], np.nan)
""",
            "Nothing had left airport 1",
        ),
        Wrong(
            "the order of the question is lost",
            """
def last_known(log, asked, age=0):
    gone = log.dropna(subset="left").sort_values("left")
    wanted = asked[["origin"]].assign(at=(asked["cutoff"] - age).astype(float))
    joined = pd.merge_asof(
        wanted.sort_values("at"), gone, left_on="at", right_on="left",
        by="origin", allow_exact_matches=False,
    )
    return joined["dep_delay"].to_numpy()
""",
            "60 minutes late",
        ),
        Wrong(
            "a departure at the cutoff is taken as known",
            """
def last_known(log, asked, age=0):
    gone = log.dropna(subset="left").sort_values("left")
    wanted = asked[["origin"]].assign(at=(asked["cutoff"] - age).astype(float))
    wanted["order"] = range(len(wanted))
    joined = pd.merge_asof(
        wanted.sort_values("at"), gone, left_on="at", right_on="left", by="origin"
    )
    return joined.sort_values("order")["dep_delay"].to_numpy()
""",
            "leaves at the cutoff",
        ),
        Wrong(
            "the age is ignored",
            """
def last_known(log, asked, age=0):
    gone = log.dropna(subset="left").sort_values("left")
    wanted = asked[["origin"]].assign(at=asked["cutoff"].astype(float))
    wanted["order"] = range(len(wanted))
    joined = pd.merge_asof(
        wanted.sort_values("at"), gone, left_on="at", right_on="left",
        by="origin", allow_exact_matches=False,
    )
    return joined.sort_values("order")["dep_delay"].to_numpy()
""",
            "At 140 the last one",
        ),
        Wrong(
            "the age shifts rows, not minutes",
            """
def last_known(log, asked, age=0):
    gone = log.dropna(subset="left").sort_values("left").copy()
    older = gone.groupby("origin")["dep_delay"].shift(max(age, 0) // 60)
    gone["dep_delay"] = older
    wanted = asked[["origin"]].assign(at=asked["cutoff"].astype(float))
    wanted["order"] = range(len(wanted))
    joined = pd.merge_asof(
        wanted.sort_values("at"), gone, left_on="at", right_on="left",
        by="origin", allow_exact_matches=False,
    )
    return joined.sort_values("order")["dep_delay"].to_numpy()
""",
            "Age is in minutes|At 100 nothing was known",
        ),
        Wrong(
            "by the time it was due",
            """
def last_known(log, asked, age=0):
    log = log.assign(due=log["left"] - log["dep_delay"])
    gone = log.dropna(subset="due").sort_values("due")
    wanted = asked[["origin"]].assign(at=(asked["cutoff"] - age).astype(float))
    wanted["order"] = range(len(wanted))
    joined = pd.merge_asof(
        wanted.sort_values("at"), gone, left_on="at", right_on="due",
        by="origin", allow_exact_matches=False,
    )
    return joined.sort_values("order")["dep_delay"].to_numpy()
""",
            "Keep the order|Nothing had left|60 minutes late",
        ),
    ],
}
