"""Planted mistakes of chapter 3."""

from teaching.wrong import Wrong

WRONG = {
    "ex-3-1": [
        Wrong(
            "today is counted",
            """
def recent_share(log, today, days):
    first = today - pd.Timedelta(days=days)
    window = log[(log["date"] >= first) & (log["date"] <= today)]
    if window.empty:
        raise ValueError("No flight.")
    return window["dest"].value_counts(normalize=True)
""",
            "flights of today are not known",
        ),
        Wrong(
            "one day too few",
            """
def recent_share(log, today, days):
    first = today - pd.Timedelta(days=days)
    window = log[(log["date"] > first) & (log["date"] < today)]
    if window.empty:
        raise ValueError("No flight.")
    return window["dest"].value_counts(normalize=True)
""",
            "22 February is in",
        ),
        Wrong(
            "counts instead of shares",
            """
def recent_share(log, today, days):
    first = today - pd.Timedelta(days=days)
    window = log[(log["date"] >= first) & (log["date"] < today)]
    if window.empty:
        raise ValueError("No flight.")
    return window["dest"].value_counts()
""",
            "Shares add up to one",
        ),
        Wrong(
            "counts the days that have flights",
            """
def recent_share(log, today, days):
    known = np.sort(log.loc[log["date"] < today, "date"].unique())[-days:]
    window = log[log["date"].isin(known)]
    if window.empty:
        raise ValueError("No flight.")
    return window["dest"].value_counts(normalize=True)
""",
            "Count calendar days",
        ),
        Wrong(
            "no error without a flight",
            """
def recent_share(log, today, days):
    first = today - pd.Timedelta(days=days)
    window = log[(log["date"] >= first) & (log["date"] < today)]
    return window["dest"].value_counts(normalize=True)
""",
            "raise a ValueError",
        ),
        Wrong(
            "takes the log to be in order",
            """
def recent_share(log, today, days):
    past = log[log["date"] < today]
    window = past[past["date"] >= past["date"].iloc[-1] - pd.Timedelta(days=days - 1)]
    if window.empty:
        raise ValueError("No flight.")
    return window["dest"].value_counts(normalize=True)
""",
            "Count calendar days|22 February is in|IndexError|out of bounds",
        ),
        Wrong(
            "the window is always a week",
            """
def recent_share(log, today, days):
    first = today - pd.Timedelta(days=7)
    window = log[(log["date"] >= first) & (log["date"] < today)]
    if window.empty:
        raise ValueError("No flight.")
    return window["dest"].value_counts(normalize=True)
""",
            "One day before today",
        ),
    ],
    "ex-3-2": [
        Wrong(
            "uses the newcomers of the months to come",
            """
def choose_exponent(record, today, price, most_lost):
    ended = record if (record["end"] <= today).any() else record[:0]
    if ended.empty:
        raise ValueError("No period.")
    means = ended.assign(worth=worth(ended, price)).groupby("exponent")
    means = means[["all", "worth"]].mean()
    allowed = means[means["all"] >= means.loc[0, "all"] - most_lost]
    return allowed["worth"].idxmax()
""",
            "two periods ended|guard is kept on the mean",
        ),
        Wrong(
            "a period that ends today is left out",
            """
def choose_exponent(record, today, price, most_lost):
    ended = record[record["end"] < today]
    if ended.empty:
        raise ValueError("No period.")
    means = ended.assign(worth=worth(ended, price)).groupby("exponent")
    means = means[["all", "worth"]].mean()
    allowed = means[means["all"] >= means.loc[0, "all"] - most_lost]
    return allowed["worth"].idxmax()
""",
            "guard is kept on the mean",
        ),
        Wrong(
            "no guard",
            """
def choose_exponent(record, today, price, most_lost):
    ended = record[record["end"] <= today]
    if ended.empty:
        raise ValueError("No period.")
    means = ended.assign(worth=worth(ended, price)).groupby("exponent")
    means = means[["all", "worth"]].mean()
    allowed = means
    return allowed["worth"].idxmax()
""",
            "guard is kept on the mean",
        ),
        Wrong(
            "a newcomer's hit counts once too often",
            """
def choose_exponent(record, today, price, most_lost):
    ended = record[record["end"] <= today]
    if ended.empty:
        raise ValueError("No period.")
    value = 1000 * (ended["all"] + price * ended["share"] * ended["new"])
    means = ended.assign(worth=value).groupby("exponent")
    means = means[["all", "worth"]].mean()
    allowed = means[means["all"] >= means.loc[0, "all"] - most_lost]
    return allowed["worth"].idxmax()
""",
            "counts a newcomer's hit once already",
        ),
        Wrong(
            "the share of newcomers is forgotten",
            """
def choose_exponent(record, today, price, most_lost):
    ended = record[record["end"] <= today]
    if ended.empty:
        raise ValueError("No period.")
    value = ended["all"] + (price - 1) * ended["new"]
    means = ended.assign(worth=value).groupby("exponent")
    means = means[["all", "worth"]].mean()
    allowed = means[means["all"] >= means.loc[0, "all"] - most_lost]
    return allowed["worth"].idxmax()
""",
            "counts a newcomer's hit once already",
        ),
        Wrong(
            "no error without a past",
            """
def choose_exponent(record, today, price, most_lost):
    ended = record[record["end"] <= today]
    means = ended.assign(worth=worth(ended, price)).groupby("exponent")
    means = means[["all", "worth"]].mean()
    allowed = means[means["all"] >= means["all"].get(0, 0) - most_lost]
    return allowed["worth"].idxmax() if len(allowed) else 0
""",
            "No period has ended",
        ),
        Wrong(
            "of equals the largest",
            """
def choose_exponent(record, today, price, most_lost):
    ended = record[record["end"] <= today]
    if ended.empty:
        raise ValueError("No period.")
    means = ended.assign(worth=worth(ended, price)).groupby("exponent")
    means = means[["all", "worth"]].mean()
    allowed = means[means["all"] >= means.loc[0, "all"] - most_lost]
    return allowed["worth"][::-1].idxmax()
""",
            "Of equal exponents",
        ),
    ],
    "ex-3-3": [
        Wrong(
            "upkeep is paid once",
            """
def share_where_building_wins(calls, growth, price, build, upkeep, years):
    all_calls = sum(calls * (1 + growth) ** year for year in range(years))
    return np.mean(build + upkeep < price * all_calls)
""",
            "upkeep is due every year",
        ),
        Wrong(
            "no growth",
            """
def share_where_building_wins(calls, growth, price, build, upkeep, years):
    all_calls = calls * years
    return np.mean(build + upkeep * years < price * all_calls)
""",
            "With growth of 20 %",
        ),
        Wrong(
            "the first year grows already",
            """
def share_where_building_wins(calls, growth, price, build, upkeep, years):
    all_calls = sum(calls * (1 + growth) ** year for year in range(1, years + 1))
    return np.mean(build + upkeep * years < price * all_calls)
""",
            "The first year has no growth",
        ),
        Wrong(
            "averages of the ranges",
            """
def share_where_building_wins(calls, growth, price, build, upkeep, years):
    all_calls = sum(calls * (1 + growth) ** year for year in range(years))
    return float((build + upkeep * years).mean() < (price * all_calls).mean())
""",
            "Compare in each draw",
        ),
        Wrong(
            "the other way round",
            """
def share_where_building_wins(calls, growth, price, build, upkeep, years):
    all_calls = sum(calls * (1 + growth) ** year for year in range(years))
    return np.mean(build + upkeep * years > price * all_calls)
""",
            "600,000 to buy",
        ),
        Wrong(
            "always three years",
            """
def share_where_building_wins(calls, growth, price, build, upkeep, years):
    all_calls = sum(calls * (1 + growth) ** year for year in range(3))
    return np.mean(build + upkeep * 3 < price * all_calls)
""",
            "In one year neither pays",
        ),
    ],
}
