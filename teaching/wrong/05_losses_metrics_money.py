"""Planted mistakes of chapter 5."""

from teaching.wrong import Wrong

WRONG = {
    "ex-5-2": [
        Wrong(
            "the mean lead in place of its lower end",
            """
def home_lead(cost_short, cost_long):
    error, rows = grounds["home"]
    error = error[list(models)]
    paid = np.maximum(cost_short * error, -cost_long * error)
    means = pd.DataFrame(day_bootstrap(paid, rows), columns=list(models))
    rivals = means.drop(columns="quantile")
    return float((rivals[rivals.mean().idxmin()] - means["quantile"]).mean())
""",
            "must get the value of claim 5.3",
        ),
        Wrong(
            "the costs are swapped",
            """
def home_lead(cost_short, cost_long):
    error, rows = grounds["home"]
    error = error[list(models)]
    paid = np.maximum(cost_long * error, -cost_short * error)
    means = pd.DataFrame(day_bootstrap(paid, rows), columns=list(models))
    rivals = means.drop(columns="quantile")
    return float(interval(rivals[rivals.mean().idxmin()] - means["quantile"])[0])
""",
            "must get the value of claim 5.3",
        ),
        Wrong(
            "the costs are not used",
            """
def home_lead(cost_short, cost_long):
    return leads["home", "money"][1]
""",
            "the claim must break",
        ),
        Wrong(
            "the rival is fixed to the one of the chapter",
            """
def home_lead(cost_short, cost_long):
    error, rows = grounds["home"]
    error = error[list(models)]
    paid = np.maximum(4 * error, -1 * error)
    means = pd.DataFrame(day_bootstrap(paid, rows), columns=list(models))
    rival = means.drop(columns="quantile").mean().idxmin()
    paid = np.maximum(cost_short * error, -cost_long * error)
    means = pd.DataFrame(day_bootstrap(paid, rows), columns=list(models))
    return float(interval(means[rival] - means["quantile"])[0])
""",
            "another rival may be the best",
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
            "must flip less|a share of all cases",
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
