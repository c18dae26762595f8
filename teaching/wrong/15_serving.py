"""Planted mistakes of chapter 15."""

from teaching.wrong import Wrong

WRONG = {
    "ex-15-1": [
        Wrong(
            "the mean in place of the 95th percentile",
            """
def highest_load(service_time, limit, n=5_000):
    best = 0.0
    for load in UTILISATIONS:
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
    return float(UTILISATIONS[-1]) if within else 0.0
""",
            "a bit less than 0.5",
        ),
        Wrong(
            "a rate of one request per unit of time, not a utilisation",
            """
def highest_load(service_time, limit, n=5_000):
    best = 0.0
    for load in UTILISATIONS:
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
    for load in UTILISATIONS:
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
    for load in UTILISATIONS[UTILISATIONS < 0.8]:
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
            "the fractions are cut off before anything is scaled",
            """
def int8_scores(x, w):
    return x.astype(np.int8).astype(np.int32) @ w.astype(np.int8).astype(np.int32)
""",
            "must not become zero",
        ),
        Wrong(
            "the product is made in eight bits and overflows",
            """
def int8_scores(x, w):
    x_unit, w_unit = np.abs(x).max() / 127, np.abs(w).max() / 127
    x_small = np.round(x / x_unit).astype(np.int8)
    w_small = np.round(w / w_unit).astype(np.int8)
    return (x_small @ w_small) * x_unit * w_unit
""",
            "sum in int32",
        ),
        Wrong(
            "the result is not scaled back",
            """
def int8_scores(x, w):
    x_unit, w_unit = np.abs(x).max() / 127, np.abs(w).max() / 127
    x_small = np.round(x / x_unit).astype(np.int32)
    w_small = np.round(w / w_unit).astype(np.int32)
    return x_small @ w_small
""",
            "scale back",
        ),
        Wrong(
            "the scale is a fixed one, for inputs up to one",
            """
def int8_scores(x, w):
    x_small = np.round(x.clip(-1, 1) * 127).astype(np.int32)
    w_small = np.round(w.clip(-1, 1) * 127).astype(np.int32)
    return (x_small @ w_small) / 127**2
""",
            "hardly any AUC|whatever the size",
        ),
        Wrong(
            "cut off where it should be rounded",
            """
def int8_scores(x, w):
    x_unit, w_unit = np.abs(x).max() / 127, np.abs(w).max() / 127
    x_small = (x / x_unit).astype(np.int8).astype(np.int32)
    w_small = (w / w_unit).astype(np.int8).astype(np.int32)
    return (x_small @ w_small) * x_unit * w_unit
""",
            "do not cut off",
        ),
    ],
}
