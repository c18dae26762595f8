"""Arithmetic of decisions and of load: thresholds, latencies, queues, money."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

HOURS_PER_MONTH = 730.0


def threshold(false_alarm: float, miss: float) -> float:
    """Return the probability from which acting costs less than waiting.

    Acting on a case with probability p costs ``(1 - p) * false_alarm`` on average,
    waiting costs ``p * miss`` (Elkan, "The foundations of cost-sensitive learning",
    2001). Both costs are positive and in one currency.
    """
    if not (false_alarm > 0 and miss > 0):
        raise ValueError("Both costs must be positive numbers in one currency.")
    return false_alarm / (false_alarm + miss)


def latencies(
    call: Callable[[], object], n: int = 100, warm_up: int = 5
) -> npt.NDArray[np.float64]:
    """Return the seconds of `n` calls one after the other, shape (n,).

    The first `warm_up` calls are not counted. A closed loop of one client: no queue
    can form, so these are service times, not what users wait under load.
    """
    for _ in range(warm_up):
        call()
    seconds = np.empty(n)
    for i in range(n):
        start = time.perf_counter()
        call()
        seconds[i] = time.perf_counter() - start
    return seconds


def wait_probability(servers: int, offered: float) -> float:
    """Return the probability that a request must wait: Erlang's C formula.

    `servers` work on one queue; `offered` is requests per second times seconds per
    request, the mean number of busy servers.

    Raises
    ------
    ValueError
        If `offered` is not below `servers`: then the queue grows without end.
    """
    if not 0 <= offered < servers:
        raise ValueError(
            f"{servers} servers cannot carry {offered:.2f} of work: the queue would "
            "grow without end."
        )
    blocked = 1.0  # Erlang B by its recursion, which does not overflow
    for k in range(1, servers + 1):
        blocked = offered * blocked / (k + offered * blocked)
    busy = offered / servers
    return blocked / (1 - busy * (1 - blocked))


def mean_wait(servers: int, rate: float, service_seconds: float) -> float:
    """Return the mean wait in seconds for random arrivals and exponential service."""
    offered = rate * service_seconds
    late = wait_probability(servers, offered)
    return late * service_seconds / (servers - offered)


def servers_needed(rate: float, service_seconds: float, wait_at_most: float) -> int:
    """Return the fewest servers on one queue whose mean wait keeps the limit.

    Parameters
    ----------
    rate
        Requests per second.
    service_seconds, wait_at_most
        Seconds of one request on one server, and of mean waiting allowed.
    """
    if not (rate > 0 and service_seconds > 0 and wait_at_most > 0):
        raise ValueError("Rate, service time and limit must be positive numbers.")
    servers = math.floor(rate * service_seconds) + 1
    while mean_wait(servers, rate, service_seconds) > wait_at_most:
        servers += 1
    return servers


def monthly_cost(machines: float, price_per_hour: float) -> float:
    """Return the price of machines that run all month (730 hours)."""
    return machines * price_per_hour * HOURS_PER_MONTH


def batch_hours(items: float, seconds_per_item: float, cores: int = 1) -> float:
    """Return how many hours a batch takes on cores that share it evenly."""
    return items * seconds_per_item / cores / 3600
