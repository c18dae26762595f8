"""Planted mistakes of chapter 11."""

from teaching.wrong import Wrong

WINDOW = """
def known_share(events, rows, minutes):
    values = np.full(len(rows), np.nan)
    events = events[np.isfinite(events["landed"])].sort_values("landed")
    for airport, places in rows.groupby("origin").indices.items():
        here = events[events["origin"] == airport]
        total = np.concatenate([[0.0], here["late"].cumsum()])
        cutoff = rows["cutoff"].to_numpy()[places]
        time = here["landed"].to_numpy()
        first = np.searchsorted(time, cutoff - minutes)
        last = np.searchsorted(time, cutoff)
        some = last > first
        values[places[some]] = (total[last] - total[first])[some] / (last - first)[some]
    return values
"""
ALARMS = """
def alarms(compute, events, rows, moments, seed=0):
    rng, raised = np.random.default_rng(seed), []
    for moment in moments:
        past = rows[rows["cutoff"] <= moment]
        world = scramble(events, moment, rng)
        before = np.asarray(compute(events, past), float)
        after = np.asarray(compute(world, world.loc[past.index]), float)
        raised.append(len(past) > 0 and differ(before, after) > 0)
    return float(np.mean(raised))
"""
STORE = """
class Store:
    def __init__(self):
        self.records = {}

    def write(self, key, event_time, known_time, value):
        self.records.setdefault(key, []).append((event_time, known_time, value))

    def read(self, key, as_of):
        known = [r for r in self.records.get(key, []) if r[1] < as_of]
        return max(known, key=lambda r: r[:2])[2] if known else None
"""


def instead(code: str, old: str, new: str) -> str:
    """Return the right answer with one piece of it replaced."""
    if old not in code:
        raise ValueError(f"The answer has no {old!r}.")
    return code.replace(old, new)


WRONG = {
    "ex-11-1": [
        Wrong(
            "counts the minute of the cutoff",
            instead(WINDOW, "(time, cutoff)", '(time, cutoff, side="right")'),
            "minute of the cutoff is not known",
        ),
        Wrong(
            "leaves the first minute out",
            instead(WINDOW, "cutoff - minutes)", 'cutoff - minutes, side="right")'),
            "first minute of the window counts",
        ),
        Wrong(
            "mixes the airports",
            instead(WINDOW, 'events[events["origin"] == airport]', "events"),
            "row's airport only",
        ),
        Wrong(
            "an empty window is zero",
            instead(WINDOW, "len(rows), np.nan", "len(rows), 0.0"),
            "the value is empty",
        ),
        Wrong(
            "takes the events to be in order",
            instead(WINDOW, '.sort_values("landed")', ""),
            "Repeat the page's values",
        ),
        Wrong(
            "one of several flights of a minute",
            instead(
                WINDOW,
                '.sort_values("landed")',
                '.sort_values("landed").drop_duplicates(["origin", "landed"])',
            ),
            "Two flights landed at 700",
        ),
    ],
    "ex-11-2": [
        Wrong(
            "compares flights of later cutoffs, too",
            instead(ALARMS, 'rows[rows["cutoff"] <= moment]', "rows"),
            "only rows up to the moment",
        ),
        Wrong(
            "leaves out the cutoff at the moment itself",
            instead(ALARMS, 'rows["cutoff"] <= moment', 'rows["cutoff"] < moment'),
            "A cutoff at the very moment counts",
        ),
        Wrong(
            "scrambles labels, but not landing times",
            instead(
                ALARMS,
                "scramble(events, moment, rng)",
                'scramble(events, moment, rng).assign(landed=events["landed"])',
            ),
            "Landing times belong to the future",
        ),
        Wrong(
            "the asking rows keep their own outcomes",
            instead(ALARMS, "world.loc[past.index]", "past"),
            "A row holds its own outcome",
        ),
        Wrong(
            "two empty values differ",
            instead(ALARMS, "differ(before, after) > 0", "(before != after).any()"),
            "Two empty values are equal",
        ),
        Wrong(
            "the share of values, not of moments",
            instead(ALARMS, "differ(before, after) > 0", "differ(before, after)"),
            "one changed value is an alarm",
        ),
        Wrong(
            "scrambles the caller's table",
            instead(
                ALARMS,
                "    return float",
                '    events["late"] = scramble(events, moments[0], rng)["late"]\n'
                "    return float",
            ),
            "Leave the caller's table",
        ),
    ],
    "ex-11-3": [
        Wrong(
            "reads by event time",
            instead(STORE, "r[1] < as_of", "r[0] < as_of"),
            "not known at 690",
        ),
        Wrong(
            "known at the moment itself",
            instead(STORE, "r[1] < as_of", "r[1] <= as_of"),
            "not at 700",
        ),
        Wrong(
            "the record known last, not the latest event",
            instead(STORE, "key=lambda r: r[:2]", "key=lambda r: r[1]"),
            "late correction is no newer event",
        ),
        Wrong(
            "of the same event, the version written last",
            instead(
                STORE,
                "max(known, key=lambda r: r[:2])",
                "max(known[::-1], key=lambda r: r[0])",
            ),
            "not written last",
        ),
        Wrong(
            "a correction overwrites",
            """
class Store:
    def __init__(self):
        self.records = {}

    def write(self, key, event_time, known_time, value):
        self.records.setdefault(key, {})[event_time] = (known_time, value)

    def read(self, key, as_of):
        mine = self.records.get(key, {})
        known = [event for event, (at, _) in mine.items() if at < as_of]
        return mine[max(known)][1] if known else None
""",
            "What was believed then",
        ),
        Wrong(
            "the record written last",
            instead(STORE, "max(known, key=lambda r: r[:2])[2]", "known[-1][2]"),
            "late correction is no newer event",
        ),
    ],
}
