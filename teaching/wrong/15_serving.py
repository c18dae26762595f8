"""Planted mistakes of chapter 15."""

from teaching.wrong import Wrong

WRONG = {
    "ex-15-1": [
        Wrong(
            "the mean in place of the 95th percentile",
            """
def highest_load(service_time, limit, n=5_000):
    best = 0.0
    for load in LOADS:
        rng = np.random.default_rng(0)
        due = np.cumsum(rng.exponential(service_time.mean() / load, n))
        latency = replay(due, rng.choice(service_time, n))
        if latency.mean() <= limit:
            best = float(load)
    return best
""",
            "a bit less than 0.5",
        ),
        Wrong(
            "waiting is forgotten",
            """
def highest_load(service_time, limit, n=5_000):
    within = np.quantile(service_time, 0.95) <= limit
    return float(LOADS[-1]) if within else 0.0
""",
            "a bit less than 0.5",
        ),
        Wrong(
            "a rate of one request per unit of time, not a utilisation",
            """
def highest_load(service_time, limit, n=5_000):
    best = 0.0
    for load in LOADS:
        rng = np.random.default_rng(0)
        due = np.cumsum(rng.exponential(10 / load, n))
        if np.quantile(replay(due, rng.choice(service_time, n)), 0.95) <= limit:
            best = float(load)
    return best
""",
            "use utilisation, not rate",
        ),
        Wrong(
            "the variance of the service times is lost",
            """
def highest_load(service_time, limit, n=5_000):
    best = 0.0
    for load in LOADS:
        rng = np.random.default_rng(0)
        due = np.cumsum(rng.exponential(service_time.mean() / load, n))
        latency = replay(due, np.full(n, service_time.mean()))
        if np.quantile(latency, 0.95) <= limit:
            best = float(load)
    return best
""",
            "uneven service times allow less load",
        ),
        Wrong(
            "the search stops at a half",
            """
def highest_load(service_time, limit, n=5_000):
    best = 0.0
    for load in LOADS[LOADS < 0.8]:
        rng = np.random.default_rng(0)
        due = np.cumsum(rng.exponential(service_time.mean() / load, n))
        latency = replay(due, rng.choice(service_time, n))
        if np.quantile(latency, 0.95) <= limit:
            best = float(load)
    return best
""",
            "holds at every load",
        ),
    ],
    "ex-15-2": [
        Wrong(
            "the order is ignored",
            """
def parity_gap(order):
    scores = boosted[-1].predict_proba(rows[:2_000])[:, 1]
    return float(np.abs(scores - p_boosted[:2_000]).max())
""",
            "Swapped columns must change",
        ),
        Wrong(
            "the mean difference, which hides the few that matter",
            """
def parity_gap(order):
    positions = [FEATURES.index(name) for name in order]
    scores = boosted[-1].predict_proba(rows[:2_000, positions])[:, 1]
    return float(np.abs(scores - p_boosted[:2_000]).mean())
""",
            "Swapped columns must change|largest difference",
        ),
        Wrong(
            "the sign is kept",
            """
def parity_gap(order):
    positions = [FEATURES.index(name) for name in order]
    scores = boosted[-1].predict_proba(rows[:2_000, positions])[:, 1]
    return float((p_boosted[:2_000] - scores).max())
""",
            "largest difference",
        ),
        Wrong(
            "fewer rows than asked",
            """
def parity_gap(order):
    positions = [FEATURES.index(name) for name in order]
    scores = boosted[-1].predict_proba(rows[:50, positions])[:, 1]
    return float(np.abs(scores - p_boosted[:50]).max())
""",
            "must change|must follow|largest difference",
        ),
    ],
}
