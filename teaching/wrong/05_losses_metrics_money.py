"""Planted mistakes of chapter 5."""

from teaching.wrong import Wrong

WRONG = {
    "ex-5-2": [
        Wrong(
            "the mean lead in place of its lower end",
            """
def home_lead(cost_short, cost_long):
    y, level = train[2013]["arr_delay"], cost_short / (cost_short + cost_long)
    bills = {}
    for name in ["absolute", "squared", "quantile"]:
        e = y - home[2013, name]
        e = e - np.quantile(e, level)
        bills[name] = np.maximum(cost_short * e, -cost_long * e)
    means = {k: v.mean() for k, v in bills.items()}
    return min(means["absolute"], means["squared"]) - means["quantile"]
""",
            "the lower end must be about a third of a minute",
        ),
        Wrong(
            "nobody gets a constant",
            """
def home_lead(cost_short, cost_long):
    y, level = train[2013]["arr_delay"], cost_short / (cost_short + cost_long)
    bills = {}
    for name in ["absolute", "squared", "quantile"]:
        e = y - home[2013, name]
        pass
        bills[name] = np.maximum(cost_short * e, -cost_long * e)
    own = bills.pop("quantile")
    best = min(bills.values(), key=np.mean)
    return mlsd.paired_difference(best, own, train[2013]["date"]).low
""",
            "the lower end must be about a third of a minute",
        ),
        Wrong(
            "the quantile model gets no constant of its own",
            """
def home_lead(cost_short, cost_long):
    y, level = train[2013]["arr_delay"], cost_short / (cost_short + cost_long)
    bills = {}
    for name in ["absolute", "squared", "quantile"]:
        e = y - home[2013, name]
        if name != "quantile":
            e = e - np.quantile(e, level)
        bills[name] = np.maximum(cost_short * e, -cost_long * e)
    own = bills.pop("quantile")
    best = min(bills.values(), key=np.mean)
    return mlsd.paired_difference(best, own, train[2013]["date"]).low
""",
            "it must win, once it has its own constant",
        ),
        Wrong(
            "the constant is made for the costs of the chapter",
            """
def home_lead(cost_short, cost_long):
    y, level = train[2013]["arr_delay"], cost_short / (cost_short + cost_long)
    bills = {}
    for name in ["absolute", "squared", "quantile"]:
        e = y - home[2013, name]
        e = e - np.quantile(e, 0.8)
        bills[name] = np.maximum(cost_short * e, -cost_long * e)
    own = bills.pop("quantile")
    best = min(bills.values(), key=np.mean)
    return mlsd.paired_difference(best, own, train[2013]["date"]).low
""",
            "use the costs you are given|at 9:1 it must win|is as good|choose it anew",
        ),
        Wrong(
            "the costs are swapped",
            """
def home_lead(cost_short, cost_long):
    y, level = train[2013]["arr_delay"], cost_long / (cost_short + cost_long)
    bills = {}
    for name in ["absolute", "squared", "quantile"]:
        e = y - home[2013, name]
        e = e - np.quantile(e, level)
        bills[name] = np.maximum(cost_long * e, -cost_short * e)
    own = bills.pop("quantile")
    best = min(bills.values(), key=np.mean)
    return mlsd.paired_difference(best, own, train[2013]["date"]).low
""",
            "the lower end must be about a third of a minute",
        ),
        Wrong(
            "the rival is fixed to the one that is best at 4:1",
            """
def home_lead(cost_short, cost_long):
    y, level = train[2013]["arr_delay"], cost_short / (cost_short + cost_long)
    bills = {}
    for name in ["absolute", "squared", "quantile"]:
        e = y - home[2013, name]
        e = e - np.quantile(e, level)
        bills[name] = np.maximum(cost_short * e, -cost_long * e)
    pair = bills["squared"], bills["quantile"]
    return mlsd.paired_difference(*pair, train[2013]["date"]).low
""",
            "choose it anew each time",
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
            "a share of all cases",
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
}
