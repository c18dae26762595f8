"""Planted mistakes of chapter 13."""

from teaching.wrong import Wrong

WRONG = {
    "ex-13-1": [
        Wrong(
            "a read timeout, which every piece starts anew",
            """
def answer_in_time(arrivals, seconds, last):
    source, before = "none" if last is None else "cached", 0
    if not arrivals:
        return last, source, seconds
    for moment, _ in arrivals:
        if moment - before > seconds:
            return last, source, before + seconds
        before = moment
    try:
        text = "".join(piece for _, piece in arrivals)
        return json.loads(text), "live", before
    except (TypeError, ValueError):
        return last, source, before
""",
            "the deadline is for all of them together",
        ),
        Wrong(
            "a deadline, and nothing to answer after it",
            """
def answer_in_time(arrivals, seconds, last):
    if not arrivals or arrivals[-1][0] > seconds:
        raise TimeoutError("the feed is slow")
    text = "".join(piece for _, piece in arrivals)
    return json.loads(text), "live", arrivals[-1][0]
""",
            "After the deadline the cache answers",
        ),
        Wrong(
            "the clock is read when the feed is done",
            """
def answer_in_time(arrivals, seconds, last):
    source = "none" if last is None else "cached"
    if not arrivals:
        return last, source, seconds
    waited = arrivals[-1][0]
    if waited > seconds:
        return last, source, waited
    try:
        text = "".join(piece for _, piece in arrivals)
        return json.loads(text), "live", waited
    except (TypeError, ValueError):
        return last, source, waited
""",
            "The caller waits until the deadline",
        ),
        Wrong(
            "a broken connection is passed on",
            """
def answer_in_time(arrivals, seconds, last):
    source = "none" if last is None else "cached"
    if not arrivals or arrivals[-1][0] > seconds:
        return last, source, seconds
    text = "".join(piece for _, piece in arrivals)
    try:
        return json.loads(text), "live", arrivals[-1][0]
    except ValueError:
        return last, source, arrivals[-1][0]
""",
            "A broken connection",
        ),
        Wrong(
            "whatever arrives in time is taken for JSON",
            """
def answer_in_time(arrivals, seconds, last):
    source = "none" if last is None else "cached"
    if not arrivals or arrivals[-1][0] > seconds:
        return last, source, seconds
    if arrivals[-1][1] is None:
        return last, source, arrivals[-1][0]
    text = "".join(piece for _, piece in arrivals)
    return json.loads(text), "live", arrivals[-1][0]
""",
            "Text that is not JSON",
        ),
        Wrong(
            "a cache that is empty is called a cache",
            """
def answer_in_time(arrivals, seconds, last):
    if not arrivals or arrivals[-1][0] > seconds:
        return last, "cached", seconds
    try:
        text = "".join(piece for _, piece in arrivals)
        return json.loads(text), "live", arrivals[-1][0]
    except (TypeError, ValueError):
        return last, "cached", arrivals[-1][0]
""",
            "Without a last reading",
        ),
    ],
    "ex-13-2": [
        Wrong(
            "the mean decides",
            """
def oldest_useful(gap, date, past):
    oldest = None
    for age in gap.columns:
        if gap.loc[past, age].mean() >= 0:
            break
        oldest = age
    return oldest
""",
            "A mean below zero can be luck",
        ),
        Wrong(
            "an interval over flights",
            """
def oldest_useful(gap, date, past):
    oldest = None
    for age in gap.columns:
        cost = gap.loc[past, age].to_numpy(float)
        flights = np.arange(len(cost))
        if mlsd.paired_difference(cost, 0 * cost, flights, level=0.9).high >= 0:
            break
        oldest = age
    return oldest
""",
            "resample days, not flights",
        ),
        Wrong(
            "the age is chosen on what it is judged by",
            """
def oldest_useful(gap, date, past):
    oldest = None
    for age in gap.columns:
        cost = gap[age].to_numpy(float)
        if mlsd.paired_difference(cost, 0 * cost, date, level=0.9).high >= 0:
            break
        oldest = age
    return oldest
""",
            "Only the past may choose",
        ),
        Wrong(
            "the oldest that helps, whatever lies before it",
            """
def oldest_useful(gap, date, past):
    oldest = None
    for age in gap.columns:
        cost = gap.loc[past, age].to_numpy(float)
        if mlsd.paired_difference(cost, 0 * cost, date[past], level=0.9).high < 0:
            oldest = age
    return oldest
""",
            "stop at the first that is not",
        ),
        Wrong(
            "the youngest age where none is worth it",
            """
def oldest_useful(gap, date, past):
    oldest = gap.columns[0]
    for age in gap.columns:
        cost = gap.loc[past, age].to_numpy(float)
        if mlsd.paired_difference(cost, 0 * cost, date[past], level=0.9).high >= 0:
            break
        oldest = age
    return oldest
""",
            "No age is worth it",
        ),
    ],
    "ex-13-3": [
        Wrong(
            "the riskiest flights",
            """
def send_to_desk(p, date, capacity, look, skill):
    rank = pd.Series(-p).groupby(date).rank(method="first").to_numpy()
    return rank <= capacity
""",
            "A look is worth most near the threshold",
        ),
        Wrong(
            "where the model is least sure, near one half",
            """
def send_to_desk(p, date, capacity, look, skill):
    rank = pd.Series(abs(p - 0.5)).groupby(date).rank(method="first").to_numpy()
    return rank <= capacity
""",
            "A look is worth most near the threshold",
        ),
        Wrong(
            "one capacity for all days",
            """
def send_to_desk(p, date, capacity, look, skill):
    wrong = p * 4 + (1 - p)
    gain = np.minimum(1, 4 * p) - (skill * p + (1 - skill) * wrong) - look
    rank = pd.Series(-gain).rank(method="first").to_numpy()
    return (rank <= capacity) & (gain > 0)
""",
            "The capacity is for each day",
        ),
        Wrong(
            "the desk is always full",
            """
def send_to_desk(p, date, capacity, look, skill):
    wrong = p * 4 + (1 - p)
    gain = np.minimum(1, 4 * p) - (skill * p + (1 - skill) * wrong) - look
    rank = pd.Series(-gain).groupby(date).rank(method="first").to_numpy()
    return rank <= capacity
""",
            "even if the desk is idle",
        ),
        Wrong(
            "the person is always right",
            """
def send_to_desk(p, date, capacity, look, skill):
    gain = np.minimum(1, 4 * p) - p - look
    rank = pd.Series(-gain).groupby(date).rank(method="first").to_numpy()
    return (rank <= capacity) & (gain > 0)
""",
            "`skill` counts",
        ),
    ],
}
