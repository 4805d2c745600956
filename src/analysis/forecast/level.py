"""Local levels: many short series at once, each by maximum likelihood.

A series is a level that walks, seen with noise: the local level of statsmodels' `UnobservedComponents`, which
a test holds this to. Given which part of the variance is the level's step, the Kalman filter gives its scale
in closed form (Harvey 1989, section 3.4): one number a series remains to be found, for all of them together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

PARTS = 33
"""Places between all noise and all step at which the likelihood is first looked at."""
HALVINGS = 20
"""Times that the neighbourhood of the best one is narrowed, each to two thirds."""


class Level(NamedTuple):
    """What the filter knows of each of A series at the end of W times.

    ``level``, ``level_sd``, ``step_sd`` and ``noise_sd`` are arrays (A,); ``errors`` (W, A) are standardised
    one-step errors, 0 where nothing was seen or nothing was known before.
    """

    level: NDArray[np.float64]
    level_sd: NDArray[np.float64]
    step_sd: NDArray[np.float64]
    noise_sd: NDArray[np.float64]
    errors: NDArray[np.float64]


def fit_levels(series: NDArray[np.float64]) -> Level:
    """Fit a local level to each column of (W, A); NaN where nothing was seen."""
    grid = np.linspace(0.0, 1.0, PARTS)
    likelihood = np.stack([_filter(series, np.full(series.shape[1], part))[0] for part in grid])
    best = likelihood.argmax(axis=0)
    low, high = grid[np.maximum(best - 1, 0)], grid[np.minimum(best + 1, PARTS - 1)]
    for _ in range(HALVINGS):
        third = (high - low) / 3
        upper = _filter(series, low + third)[0] < _filter(series, high - third)[0]
        low, high = np.where(upper, low + third, low), np.where(upper, high, high - third)
    middle = (low + high) / 2
    # at either end the likelihood can still rise while thirds never reach it
    ends = np.stack([middle, np.zeros_like(middle), np.ones_like(middle)])
    part = ends[np.argmax([_filter(series, one)[0] for one in ends], axis=0), np.arange(len(middle))]
    _, scale, level, variance, errors = _filter(series, part)
    spread = np.sqrt(scale)
    return Level(
        level=level,
        level_sd=np.sqrt(variance) * spread,
        step_sd=np.sqrt(part) * spread,
        noise_sd=np.sqrt(1 - part) * spread,
        errors=errors / np.where(spread > 0, spread, 1.0),
    )


def _filter(series: NDArray[np.float64], part: NDArray[np.float64]) -> tuple[NDArray[np.float64], ...]:
    """Concentrated log likelihood, variance of step and noise together, level, its variance, and errors.

    The level begins at the first count seen, of which nothing was known before.
    """
    seen = np.isfinite(series)
    level, variance = np.zeros(series.shape[1]), np.zeros(series.shape[1])
    known = np.zeros(series.shape[1], dtype=np.bool_)
    squares, logs = np.zeros(series.shape[1]), np.zeros(series.shape[1])
    errors = np.zeros(series.shape)
    for time, row in enumerate(series):
        variance = variance + part
        total = variance + 1 - part
        here = seen[time] & known
        error = np.where(here, row - level, 0.0)
        squares += np.where(here, error**2 / total, 0.0)
        logs += np.where(here, np.log(total), 0.0)
        errors[time] = error / np.sqrt(total)
        first = seen[time] & ~known
        level = np.where(first, row, level + error * variance / total)
        variance = np.where(first, 1 - part, np.where(here, variance * (1 - part) / total, variance))
        known |= seen[time]
    count = np.maximum(seen.sum(axis=0) - 1, 1)
    scale = squares / count
    return -(count * np.log(np.maximum(scale, 1e-300)) + logs) / 2, scale, level, variance, errors
