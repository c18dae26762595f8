"""The arithmetic of the package, against slow plain versions and libraries."""

import heapq

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from scipy import stats

import mlsd
from mlsd._document import table

RNG = np.random.default_rng(1)
DAYS = np.repeat(np.arange(40), RNG.integers(1, 30, 40))
VALUES = RNG.normal(size=(len(DAYS), 2)) + RNG.normal(size=40)[DAYS, None]


def slow_resample(n_clusters, n_samples, seed=0):
    """The rows of each resample, cluster by cluster."""
    equal = np.full(n_clusters, 1 / n_clusters)
    for counts in np.random.default_rng(seed).multinomial(n_clusters, equal, n_samples):
        yield [i for day, times in enumerate(counts) for _ in range(times)
               for i in np.flatnonzero(DAYS == day)]  # fmt: skip


def test_cluster_bootstrap_is_that_of_a_slow_plain_one():
    slow = [VALUES[rows].mean(axis=0) for rows in slow_resample(40, 50)]
    np.testing.assert_allclose(mlsd.cluster_bootstrap(VALUES, DAYS, 50), slow)
    one = mlsd.cluster_bootstrap(VALUES[:, 0], DAYS, 50)
    np.testing.assert_allclose(one, np.array(slow)[:, 0])
    named = pd.DataFrame(VALUES, columns=["a", "b"])
    np.testing.assert_allclose(mlsd.cluster_bootstrap(named, DAYS, 50), slow)


def test_the_interval_over_clusters_covers_and_the_one_over_rows_does_not():
    hits = {"clusters": 0, "rows": 0}
    for seed in range(100):
        rng = np.random.default_rng(seed)
        values = rng.normal(size=900) + rng.normal(size=30).repeat(30)
        for name, groups in (
            ("clusters", np.arange(30).repeat(30)),
            ("rows", np.arange(900)),
        ):
            low, high = mlsd.interval(mlsd.cluster_bootstrap(values, groups, 200))
            hits[name] += low <= 0 <= high
    assert hits["clusters"] >= 85 and hits["rows"] <= 50


def test_paired_difference_is_the_contrast_of_the_columns():
    found = mlsd.paired_difference(VALUES[:, 0], VALUES[:, 1], DAYS)
    means = mlsd.cluster_bootstrap(VALUES, DAYS)
    low, high = np.quantile(means[:, 0] - means[:, 1], [0.025, 0.975])
    assert found.low == pytest.approx(low) and found.high == pytest.approx(high)
    assert found.value == pytest.approx((VALUES[:, 0] - VALUES[:, 1]).mean())


def test_mean_of_repeats_is_students_interval():
    repeats = [0.1, 0.3, 0.2, 0.25]
    found = mlsd.mean_of_repeats(repeats)
    error = stats.sem(repeats)
    low, high = stats.t.interval(0.95, 3, loc=np.mean(repeats), scale=error)
    assert (found.low, found.high) == pytest.approx((low, high))
    assert found.text(2, "AUC") == f"0.21 ({low:.2f} to {high:.2f}) AUC"


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: mlsd.cluster_bootstrap([1.0, 2.0], [1, 1]), "nothing to resample"),
        (lambda: mlsd.cluster_bootstrap([1.0, 2.0], [1]), "2 rows have 1 clusters"),
        (lambda: mlsd.mean_of_repeats([1.0]), "no spread"),
        (lambda: mlsd.threshold(0, 1), "positive"),
        (lambda: mlsd.mean_wait(2, 3.0, 1.0), "without end"),
        (lambda: mlsd.servers_needed(1, 1, 0), "positive"),
        (lambda: mlsd.diagram({"a": (0, 0, "cloud")}, []), "no kind 'cloud'"),
        (lambda: mlsd.diagram({"a": (0, 0, "data")}, [("a", "b")]), "no box"),
        (lambda: table(["a", "b"], [["1"]]), "2 columns"),
        (lambda: mlsd.gate("luck", 1, at_least=0), "no gate 'luck'"),
    ],
)
def test_what_makes_no_sense_is_refused_in_one_sentence(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_the_threshold_is_where_both_costs_are_equal():
    t = mlsd.threshold(1, 4)
    assert t == pytest.approx(0.2)
    assert (1 - t) * 1 == pytest.approx(t * 4)


def simulated_wait(servers, rate, service, n=200_000):
    """The mean wait of a queue with random arrivals, customer by customer."""
    rng = np.random.default_rng(0)
    free = [0.0] * servers
    arrival, waits = 0.0, np.empty(n)
    for i, (gap, work) in enumerate(
        zip(rng.exponential(1 / rate, n), rng.exponential(service, n), strict=True)
    ):
        arrival += gap
        start = max(arrival, heapq.heappop(free))
        waits[i] = start - arrival
        heapq.heappush(free, start + work)
    return waits.mean()


@pytest.mark.parametrize(("servers", "busy"), [(1, 0.6), (4, 0.7), (15, 0.8)])
def test_the_mean_wait_is_that_of_a_simulated_queue(servers, busy):
    rate = servers * busy
    expected = mlsd.mean_wait(servers, rate, 1.0)
    assert simulated_wait(servers, rate, 1.0) == pytest.approx(expected, rel=0.1)


def test_servers_needed_is_the_smallest_number_that_does():
    n = mlsd.servers_needed(100, 0.1, 0.02)
    assert mlsd.mean_wait(n, 100, 0.1) <= 0.02 < mlsd.mean_wait(n - 1, 100, 0.1)


def test_latencies_are_those_of_the_calls():
    calls = []
    seconds = mlsd.latencies(lambda: calls.append(1), n=7, warm_up=2)
    assert len(seconds) == 7 and len(calls) == 9 and (seconds >= 0).all()


def test_a_diagram_has_its_boxes_and_arrows():
    boxes = {"feed": (0, 0, "data"), "model": (1, 1, "model")}
    with mpl.rc_context():
        ax = mlsd.diagram(boxes, [("feed", "model", "rows")])
    texts = [text.get_text() for text in ax.texts]
    assert {"feed", "model", "rows"} <= set(texts) and len(ax.patches) == 2
    mpl.pyplot.close(ax.figure)


DOCUMENT = {
    "title": "A bet", "decision": "No.", "goal": "Money.", "antigoals": "Fun.",
    "numbers": [mlsd.Number("share", mlsd.Estimate(2, 1, 3), "%", "measured")],
    "metric": "M.", "data": "D.", "design": "D.", "risks": [["a", "b", "c", "d|e"]],
    "pilot": "P.", "steps": ["one", "two"], "kill": "K.", "owner": "o", "review": "r",
}  # fmt: skip


def test_a_design_document_is_whole_and_every_number_has_a_range():
    text = mlsd.DesignDocument(**DOCUMENT).markdown()
    assert "| share | 2.0 % | 1.0 to 3.0 | measured |" in text
    assert "d\\|e" in text and "1. one\n2. two" in text
    with pytest.raises(ValueError, match="has no kill"):
        mlsd.DesignDocument(**{**DOCUMENT, "kill": ""}).markdown()
    with pytest.raises(ValueError, match="has no range"):
        mlsd.Number("share", mlsd.Estimate(2, 2, 2), "%", "measured")


def test_gates_pass_with_a_line_and_fail_with_an_error(capsys):
    mlsd.gate("nothing", 21.9, at_most=50, unit="cents")
    assert capsys.readouterr().out == (
        "Gate passed, beats doing nothing: 21.90 cents, must be at most 50.00 cents.\n"
    )
    with pytest.raises(mlsd.GateFailed, match="stop rule: 18, must be at least 30"):
        mlsd.gate("pilot", 18, at_least=30, digits=0)
