"""Planted mistakes of chapter 16."""

from teaching.wrong import Wrong

WRONG = {
    "ex-16-1": [
        Wrong(
            "refits compared with the new version",
            """
def churn_ratio(old, new, refits, threshold):
    def changed(scores, other):
        return ((scores > threshold) != (other > threshold)).mean()

    return changed(new, old) / np.median([changed(s, new) for s in refits])
""",
            "count decisions against the old version",
        ),
        Wrong(
            "the mean of the refits",
            """
def churn_ratio(old, new, refits, threshold):
    def changed(scores):
        return ((scores > threshold) != (old > threshold)).mean()

    return changed(new) / np.mean([changed(scores) for scores in refits])
""",
            "take their median",
        ),
        Wrong(
            "scores that moved instead of decisions that changed",
            """
def churn_ratio(old, new, refits, threshold):
    def changed(scores):
        return (np.abs(scores - old) > 0).mean()

    return changed(new) / np.median([changed(scores) for scores in refits])
""",
            "move and change no decision are no churn",
        ),
        Wrong(
            "a score at the threshold gets a call",
            """
def churn_ratio(old, new, refits, threshold):
    def changed(scores):
        return ((scores >= threshold) != (old >= threshold)).mean()

    return changed(new) / np.median([changed(scores) for scores in refits])
""",
            "at the threshold is no call",
        ),
    ],
    "ex-16-2": [
        Wrong(
            "the best of the day, with hindsight",
            """
def carried(scores, hour, room, threshold):
    call = np.zeros(len(scores), bool)
    best = np.argsort(-scores, kind="stable")[: sum(room.values())]
    call[best] = True
    return call & (scores > threshold)
""",
            "nobody knows nine o'clock's scores",
        ),
        Wrong(
            "as they come within the hour",
            """
def carried(scores, hour, room, threshold):
    call, left = np.zeros(len(scores), bool), 0
    for now in sorted(room):
        left += room[now]
        here = np.flatnonzero((hour == now) & (scores > threshold))[:left]
        call[here] = True
        left -= len(here)
    return call
""",
            "the highest score comes first",
        ),
        Wrong(
            "unused room is lost at the full hour",
            """
def carried(scores, hour, room, threshold):
    call = np.zeros(len(scores), bool)
    for now in sorted(room):
        here = np.flatnonzero((hour == now) & (scores > threshold))
        best = here[np.argsort(-scores[here], kind="stable")][: room[now]]
        call[best] = True
    return call
""",
            "left one call unused",
        ),
        Wrong(
            "the threshold is forgotten",
            """
def carried(scores, hour, room, threshold):
    call, left = np.zeros(len(scores), bool), 0
    for now in sorted(room):
        left += room[now]
        here = np.flatnonzero(hour == now)
        best = here[np.argsort(-scores[here], kind="stable")][:left]
        call[best] = True
        left -= len(best)
    return call
""",
            "Below the threshold nobody is called",
        ),
        Wrong(
            "the hours in the order of the dictionary",
            """
def carried(scores, hour, room, threshold):
    call, left = np.zeros(len(scores), bool), 0
    for now in room:
        left += room[now]
        here = np.flatnonzero((hour == now) & (scores > threshold))
        best = here[np.argsort(-scores[here], kind="stable")][:left]
        call[best] = True
        left -= len(best)
    return call
""",
            "order of the rows and of the hours",
        ),
    ],
    "ex-16-3": [
        Wrong(
            "the mean alone",
            """
def verdict(changes, tolerance, level=0.9):
    return "may go" if np.mean(changes) > -tolerance else "must stay"
""",
            "that is no proof",
        ),
        Wrong(
            "whatever is not significant may go",
            """
def verdict(changes, tolerance, level=0.9):
    mean = mlsd.mean_of_repeats(changes, level)
    return "must stay" if mean.high < -tolerance else "may go"
""",
            "that is no proof",
        ),
        Wrong(
            "zero in place of the tolerance",
            """
def verdict(changes, tolerance, level=0.9):
    mean = mlsd.mean_of_repeats(changes, level)
    if mean.high < 0:
        return "must stay"
    return "may go" if mean.low > -tolerance else "not shown"
""",
            "smaller than the tolerance was agreed to",
        ),
        Wrong(
            "always the level of 0.9",
            """
def verdict(changes, tolerance, level=0.9):
    mean = mlsd.mean_of_repeats(changes, 0.9)
    if mean.low > -tolerance:
        return "may go"
    return "must stay" if mean.high < -tolerance else "not shown"
""",
            "level that is asked for",
        ),
    ],
}
