"""Planted mistakes of chapter 14."""

from teaching.wrong import Wrong

WRONG = {
    "ex-14-1": [
        Wrong(
            "the hour of the single highest reading",
            """
def peak_hour(readings):
    by_hour = readings.groupby(readings["stamp"].dt.hour)["temp"].mean().dropna()
    if len(by_hour) < 20 or by_hour.max() - by_hour.min() < 2:
        return None
    return int(readings.loc[readings["temp"].idxmax(), "stamp"].hour)
""",
            "warmest hour of this week's mean day",
        ),
        Wrong(
            "the highest reading of each hour instead of the mean",
            """
def peak_hour(readings):
    by_hour = readings.groupby(readings["stamp"].dt.hour)["temp"].max().dropna()
    if len(by_hour) < 20 or by_hour.max() - by_hour.min() < 2:
        return None
    return int(by_hour.idxmax())
""",
            "mean day",
        ),
        Wrong(
            "a flat line peaks at hour 0",
            """
def peak_hour(readings):
    by_hour = readings.groupby(readings["stamp"].dt.hour)["temp"].mean().dropna()
    if len(by_hour) < 20:
        return None
    return int(by_hour.idxmax())
""",
            "A flat line has no peak",
        ),
        Wrong(
            "half a day is enough",
            """
def peak_hour(readings):
    by_hour = readings.groupby(readings["stamp"].dt.hour)["temp"].mean().dropna()
    if by_hour.max() - by_hour.min() < 2:
        return None
    return int(by_hour.idxmax())
""",
            "ask for 20 hours",
        ),
        Wrong(
            "hours with nothing but missing readings count",
            """
def peak_hour(readings):
    by_hour = readings.groupby(readings["stamp"].dt.hour)["temp"].mean()
    if len(by_hour) < 20 or by_hour.max() - by_hour.min() < 2:
        return None
    return int(by_hour.idxmax())
""",
            "missing readings alone has no value",
        ),
        Wrong(
            "missing readings become 0",
            """
def peak_hour(readings):
    temp = readings["temp"].fillna(0)
    filled = readings["stamp"].dt.hour[readings["temp"].notna()].nunique()
    share = readings["temp"].notna().groupby(readings["origin"]).mean()
    by_hour = temp.groupby(readings["stamp"].dt.hour).mean()
    if filled < 20 or by_hour.max() - by_hour.min() < 2:
        return None
    return int(by_hour.idxmax()) if share.min() > 0 else 0
""",
            "counts for nothing",
        ),
        Wrong(
            "writes into the table",
            """
def peak_hour(readings):
    readings["hour"] = readings["stamp"].dt.hour
    by_hour = readings.groupby("hour")["temp"].mean().dropna()
    if len(by_hour) < 20 or by_hour.max() - by_hour.min() < 2:
        return None
    return int(by_hour.idxmax())
""",
            "Leave the table as it is",
        ),
    ],
    "ex-14-2": [
        Wrong(
            "the 95 % quantile",
            """
def limit_within(history, a_month):
    return float(np.quantile(history, 0.95))
""",
            "largest value",
        ),
        Wrong(
            "counts mornings instead of alarms",
            """
def limit_within(history, a_month):
    history = np.asarray(history, float)
    allowed, limit = a_month * len(history) / 30.4, history.max()
    for candidate in np.unique(history)[::-1]:
        if (history > candidate).sum() > allowed:
            break
        limit = candidate
    return float(limit)
""",
            "one alarm, not ten",
        ),
        Wrong(
            "a first morning above the limit does not count",
            """
def limit_within(history, a_month):
    history = np.asarray(history, float)
    allowed, limit = a_month * len(history) / 30.4, history.max()
    for candidate in np.unique(history)[::-1]:
        above = history > candidate
        if (above[1:] & ~above[:-1]).sum() > allowed:
            break
        limit = candidate
    return float(limit)
""",
            "A first morning above the limit counts",
        ),
        Wrong(
            "the budget is for the whole history",
            """
def limit_within(history, a_month):
    history = np.asarray(history, float)
    limit = history.max()
    for candidate in np.unique(history)[::-1]:
        above = history > candidate
        if (above & ~np.r_[False, above[:-1]]).sum() > a_month:
            break
        limit = candidate
    return float(limit)
""",
            "One alarm in two months",
        ),
        Wrong(
            "searches from the bottom up",
            """
def limit_within(history, a_month):
    history = np.asarray(history, float)
    for candidate in np.unique(history):
        above = history > candidate
        begins = (above & ~np.r_[False, above[:-1]]).sum()
        if begins <= a_month * len(history) / 30.4:
            return float(candidate)
""",
            "every larger limit must keep the budget",
        ),
    ],
    "ex-14-3": [
        Wrong(
            "uses the labels of the week itself",
            """
def adaptive(past, weeks, target, rate, delay):
    level, levels, missed = target, [], []
    for week, losses in enumerate(weeks):
        if week - delay >= 0:
            bound = np.quantile(past, 1 - np.clip(level, 0, 1))
            level = level + rate * (target - (weeks[week - delay] > bound).mean())
        bound = np.quantile(past, 1 - np.clip(level, 0, 1))
        levels.append(level)
        missed.append((losses > bound).mean())
    return np.array(levels), np.array(missed)
""",
            "The first week has no labels",
        ),
        Wrong(
            "the wrong sign",
            """
def adaptive(past, weeks, target, rate, delay):
    level, levels, missed = target, [], []
    for week, losses in enumerate(weeks):
        known = week - 1 - delay
        if known >= 0:
            level = level - rate * (target - missed[known])
        bound = np.quantile(past, 1 - np.clip(level, 0, 1))
        levels.append(level)
        missed.append((losses > bound).mean())
    return np.array(levels), np.array(missed)
""",
            "so the level falls",
        ),
        Wrong(
            "ignores the delay",
            """
def adaptive(past, weeks, target, rate, delay):
    level, levels, missed = target, [], []
    for week, losses in enumerate(weeks):
        if week > 0:
            level = level + rate * (target - missed[week - 1])
        bound = np.quantile(past, 1 - np.clip(level, 0, 1))
        levels.append(level)
        missed.append((losses > bound).mean())
    return np.array(levels), np.array(missed)
""",
            "last week is not known yet",
        ),
        Wrong(
            "starts at the target again every week",
            """
def adaptive(past, weeks, target, rate, delay):
    levels, missed = [], []
    for week, losses in enumerate(weeks):
        known = week - 1 - delay
        level = target + (rate * (target - missed[known]) if known >= 0 else 0)
        bound = np.quantile(past, 1 - np.clip(level, 0, 1))
        levels.append(level)
        missed.append((losses > bound).mean())
    return np.array(levels), np.array(missed)
""",
            "step by step",
        ),
        Wrong(
            "the level itself is cut",
            """
def adaptive(past, weeks, target, rate, delay):
    level, levels, missed = target, [], []
    for week, losses in enumerate(weeks):
        known = week - 1 - delay
        if known >= 0:
            level = float(np.clip(level + rate * (target - missed[known]), 0, 1))
        bound = np.quantile(past, 1 - level)
        levels.append(level)
        missed.append((losses > bound).mean())
    return np.array(levels), np.array(missed)
""",
            "for the bound alone",
        ),
    ],
}
