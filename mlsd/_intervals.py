"""Intervals for means and differences when rows share their fate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Estimate:
    """A value with the ends of its interval, in the unit of what was estimated."""

    value: float
    low: float
    high: float

    def text(self, digits: int = 3, unit: str = "") -> str:
        """Say it in words, as in ``0.047 (0.028 to 0.066) AUC``."""
        value, low, high = self.rounded(digits)
        return f"{value} ({low} to {high}) {unit}".strip()

    def rounded(self, digits: int) -> list[str]:
        """Return value and ends as text."""
        ends = self.value, self.low, self.high
        return [f"{round(x, digits) + 0.0:,.{digits}f}" for x in ends]


def _codes(clusters: npt.ArrayLike, n_rows: int | None = None) -> tuple[Any, int]:
    """Return the number of each row's cluster, counted from 0, and how many."""
    names, codes = np.unique(np.asarray(clusters), return_inverse=True)
    if n_rows is not None and len(codes) != n_rows:
        raise ValueError(f"{n_rows} rows have {len(codes)} clusters: give one for each")
    if len(names) < 2:
        raise ValueError("All rows share one cluster: there is nothing to resample.")
    return codes, len(names)


def cluster_bootstrap(
    values: npt.ArrayLike,
    clusters: npt.ArrayLike,
    n_samples: int = 1000,
    seed: int = 0,
) -> Array:
    """Return means of `values` over resamples of whole clusters (days, users, shops).

    Clusters are drawn with replacement, as many as there are (Davison and Hinkley,
    *Bootstrap Methods and their Application*, 1997, section 3.8). All columns use the
    same draws, so the difference of two columns is a paired contrast.

    Parameters
    ----------
    values
        Shape (n,) or (n, k), one row for each case.
    clusters
        Shape (n,), the cluster of each case.

    Returns
    -------
    numpy.ndarray
        Shape (n_samples,) or (n_samples, k), in the unit of `values`.

    Raises
    ------
    ValueError
        If there are fewer than two clusters, or not one for each row.
    """
    table = np.asarray(values, dtype=float)
    columns = table.reshape(len(table), -1).T
    codes, n_clusters = _codes(clusters, len(table))
    sums = np.array([np.bincount(codes, weights=c) for c in columns])
    equal = np.full(n_clusters, 1 / n_clusters)
    draws = np.random.default_rng(seed).multinomial(n_clusters, equal, n_samples)
    means: Array = (draws @ sums.T) / (draws @ np.bincount(codes))[:, None]
    return means.reshape(n_samples) if table.ndim == 1 else means


def interval(samples: npt.ArrayLike, level: float = 0.95) -> tuple[Any, Any]:
    """Return the central interval of bootstrap samples, column by column."""
    tail = (1 - level) / 2
    low, high = np.quantile(np.asarray(samples, float), [tail, 1 - tail], axis=0)
    return low, high


def paired_difference(
    first: npt.ArrayLike,
    second: npt.ArrayLike,
    clusters: npt.ArrayLike,
    level: float = 0.95,
    n_samples: int = 1000,
    seed: int = 0,
) -> Estimate:
    """Return mean(first - second) with its cluster-bootstrap interval.

    `first` and `second` score the same cases, shape (n,); see `cluster_bootstrap`.
    """
    gap = np.asarray(first, float) - np.asarray(second, float)
    low, high = interval(cluster_bootstrap(gap, clusters, n_samples, seed), level)
    return Estimate(float(gap.mean()), float(low), float(high))


def mean_of_repeats(repeats: npt.ArrayLike, level: float = 0.95) -> Estimate:
    """Return the mean of independent repeats (dates, seeds) with Student's interval.

    Parameters
    ----------
    repeats
        Shape (r,), one number for each repeat; two at least. Repeats that share data
        are not independent: then the interval is too narrow, and a page says so.
    """
    from scipy import stats

    values = np.asarray(repeats, float)
    if len(values) < 2:
        raise ValueError("One repeat has no spread: give two or more.")
    error = float(values.std(ddof=1) / np.sqrt(len(values)))
    half = float(stats.t.ppf((1 + level) / 2, len(values) - 1)) * error
    mean = float(values.mean())
    return Estimate(mean, mean - half, mean + half)
