"""Models of the weekly log hazard: each turns a history in weeks into joint sample paths of coming weeks.

A model is a function ``(weekly, weeks, draws, rng) -> sampler``; its sampler gives the log hazards (draws,
weeks, areas) of some areas. The shell in `weekly` makes daily counts of them, so every model keeps the
ceiling and the weekday profile, and no path of any model falls.
"""

from __future__ import annotations

from collections.abc import Callable
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

from analysis.forecast.level import Level, fit_levels
from analysis.forecast.weekly import Weekly

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analysis.forecast.weekly import Columns

Sampler = Callable[["Columns", int, np.random.Generator], "NDArray[np.float64]"]
Model = Callable[[Weekly, int, int, np.random.Generator], Sampler]

PRIOR_SD = 0.35
"""Standard deviation of a week-to-week change in log hazard where history is too short to show its own."""
MIN_WEEKS = 4
"""Weeks below which a structural model cannot tell level from noise; the naive model stands in."""


def naive(weekly: Weekly, weeks: int, draws: int, rng: np.random.Generator) -> Sampler:
    """Last week's hazard goes on, with past week-to-week changes drawn with either sign.

    A coming week of a draw takes the changes of one past week, the same for all areas, so that what is common
    to the areas stays common (the idea of reichlab's hub baseline, Ray et al., with joint draws).
    """
    level = last_level(weekly)
    changes = np.diff(weekly.log_hazard, axis=0)
    changes = changes[np.isfinite(changes).any(axis=1)]
    changes = np.where(np.isfinite(changes), changes, 0.0)
    if changes.shape[0] < 2:
        usual = NormalDist(sigma=PRIOR_SD).quantiles(100)
        changes = np.repeat(np.array(usual)[:, None], len(weekly.areas), axis=1)
    walk = walks(changes, weeks, draws, rng)
    return lambda columns, weeks, _: level[columns] + walk(columns, weeks)


def walks(
    changes: NDArray[np.float64], weeks: int, draws: int, rng: np.random.Generator
) -> Callable[[Columns, int], NDArray[np.float64]]:
    """Draw which past change each coming week repeats and with which sign: what that adds up to by area."""
    which, signs = rng.spawn(2)  # apart, so that the signs do not hang on how many changes there were
    # week by week, so that a longer look ahead begins as a shorter one
    picked = which.integers(len(changes), size=(weeks, draws)).T
    sign = signs.choice([-1.0, 1.0], size=(weeks, draws)).T[:, :, None]
    return lambda columns, weeks: np.cumsum(sign[:, :weeks] * changes[:, columns][picked[:, :weeks]], axis=1)


def structural(weekly: Weekly, weeks: int, draws: int, rng: np.random.Generator) -> Sampler:
    """Simulate a local level on each area's weekly log hazard, with shocks that areas share.

    Level and noise variances are each area's own, by maximum likelihood; the correlation of the shocks is the
    mean correlation of the areas' one-week-ahead errors.
    """
    if weekly.log_hazard.shape[0] < MIN_WEEKS:
        return naive(weekly, weeks, draws, rng)
    common = rng.standard_normal((2 * weeks + 1, draws, 1)).swapaxes(0, 1)
    fit = _fit_levels(weekly)

    def sample(columns: Columns, weeks: int, rng: np.random.Generator) -> NDArray[np.float64]:
        shared = _mean_correlation(fit.errors[1:, columns])
        own = rng.standard_normal((draws, 2 * weeks + 1, columns.size))
        shocks = np.sqrt(shared) * common[:, : 2 * weeks + 1] + np.sqrt(1 - shared) * own
        walk = np.cumsum(fit.step_sd[columns] * shocks[:, 1 : weeks + 1], axis=1)
        start = fit.level[columns] + fit.level_sd[columns] * shocks[:, :1]
        return np.asarray(start + walk + fit.noise_sd[columns] * shocks[:, weeks + 1 :])

    return sample


def last_level(weekly: Weekly) -> NDArray[np.float64]:
    """Newest known log hazard by area (A,); one half-person week where an area never reported two weeks."""
    known = np.isfinite(weekly.log_hazard)
    never: NDArray[np.float64] = np.log(0.5 / np.maximum(weekly.ceiling - weekly.start, 1.0))
    if not known.shape[0]:
        return never
    newest = known.shape[0] - 1 - np.argmax(known[::-1], axis=0)
    level = weekly.log_hazard[newest, np.arange(known.shape[1])]
    return np.where(known.any(axis=0), level, never)


def _fit_levels(weekly: Weekly) -> Level:
    """Fit every area's level; one of too few weeks, or that never varied, walks from its newest as usual."""
    series = weekly.log_hazard
    fit = fit_levels(series)
    known = np.isfinite(series)
    varied = np.where(known, series, -np.inf).max(axis=0) > np.where(known, series, np.inf).min(axis=0)
    told = (known.sum(axis=0) >= MIN_WEEKS) & varied
    return Level(
        level=np.where(told, fit.level, np.where(known.any(axis=0), last_level(weekly), np.log(1e-6))),
        level_sd=np.where(told, fit.level_sd, 0.0),
        step_sd=np.where(told, fit.step_sd, PRIOR_SD),
        noise_sd=np.where(told, fit.noise_sd, 0.0),
        errors=np.where(told, fit.errors, 0.0),
    )


def _mean_correlation(errors: NDArray[np.float64]) -> float:
    """Mean pairwise correlation of the columns of (W, A), in [0, 0.95]; 0.5 where it cannot be seen."""
    usable = errors[:, errors.std(axis=0) > 0]
    if usable.shape[0] < MIN_WEEKS or usable.shape[1] < 2:
        return 0.5
    correlation = np.atleast_2d(np.corrcoef(usable.T))
    return float(np.clip(correlation[np.triu_indices_from(correlation, 1)].mean(), 0.0, 0.95))
