"""Models of the weekly log hazard: each turns a history in weeks into joint sample paths of coming weeks.

A model is a function ``(weekly, weeks, draws, rng) -> array (draws, weeks, A)`` of log hazards; the shell in `weekly` makes daily
counts of them, so every model keeps the ceiling and the weekday profile, and no path of any model falls.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from statsmodels.tools.sm_exceptions import ConvergenceWarning
from statsmodels.tsa.statespace.structural import UnobservedComponents

from analysis.forecast.paths import Paths
from analysis.forecast.weekly import WEEK, Weekly, to_days, to_weeks

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analysis.forecast.history import History

Model = Callable[[Weekly, int, int, np.random.Generator], "NDArray[np.float64]"]

PRIOR_SD = 0.35
"""Standard deviation of a week-to-week change in log hazard where history is too short to show its own."""
MIN_WEEKS_UC = 4
"""Weeks below which a structural model cannot tell level from noise; the naive model stands in."""


def simulate(history: History, model: Model, days: int, draws: int, rng: np.random.Generator) -> Paths:
    """Joint daily sample paths of a model from the end of a history."""
    weekly = to_weeks(history)
    weeks = -(-days // WEEK)
    values = to_days(weekly, model(weekly, weeks, draws, rng), days, rng)
    return Paths(
        origin=weekly.origin, areas=weekly.areas, start=weekly.start, eligible=history.eligible, values=values
    )


def naive(weekly: Weekly, weeks: int, draws: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Last week's hazard goes on, with past week-to-week changes drawn with either sign (a hub baseline by weeks).

    A coming week of a draw takes the changes of one past week, the same for all areas, so that what is common to the
    areas stays common (Ray et al., reichlab's baseline, here with joint draws).
    """
    changes = np.diff(weekly.log_hazard, axis=0)
    changes = changes[np.isfinite(changes).all(axis=1)]
    if changes.shape[0] < 2:
        steps = PRIOR_SD * rng.standard_normal((draws, weeks, len(weekly.areas)))
    else:
        picked = rng.integers(changes.shape[0], size=(draws, weeks))
        sign = rng.choice([-1.0, 1.0], size=(draws, weeks, 1))
        steps = sign * changes[picked]
    return last_level(weekly) + np.cumsum(steps, axis=1)


def structural(weekly: Weekly, weeks: int, draws: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Simulate a local level on each area's weekly log hazard, with shocks that areas share.

    Level and noise variances come from `UnobservedComponents` area by area (maximum likelihood); the correlation of the
    shocks is the mean correlation of the areas' one-week-ahead errors.
    """
    if weekly.log_hazard.shape[0] < MIN_WEEKS_UC:
        return naive(weekly, weeks, draws, rng)
    fits = [_fit_level(weekly.log_hazard[:, area]) for area in range(len(weekly.areas))]
    level, level_sd, step_sd, noise_sd = (
        np.array(part) for part in zip(*[fit[:4] for fit in fits], strict=True)
    )
    shared = _mean_correlation(np.column_stack([fit[4] for fit in fits]))

    def shocks(*size: int) -> NDArray[np.float64]:
        common = rng.standard_normal((*size, 1))
        own = rng.standard_normal((*size, len(weekly.areas)))
        return np.asarray(np.sqrt(shared) * common + np.sqrt(1 - shared) * own)

    walk = np.cumsum(step_sd * shocks(draws, weeks), axis=1)
    return (level + level_sd * shocks(draws, 1)) + walk + noise_sd * shocks(draws, weeks)


def last_level(weekly: Weekly) -> NDArray[np.float64]:
    """Newest known log hazard by area (A,); one half-person week where an area never reported two weeks."""
    known = np.isfinite(weekly.log_hazard)
    if not known.shape[0]:
        return np.log(0.5 / np.maximum(weekly.ceiling - weekly.start, 1.0))
    newest = known.shape[0] - 1 - np.argmax(known[::-1], axis=0)
    level = weekly.log_hazard[newest, np.arange(known.shape[1])]
    return np.where(known.any(axis=0), level, np.log(0.5 / np.maximum(weekly.ceiling - weekly.start, 1.0)))


def _fit_level(series: NDArray[np.float64]) -> tuple[float, float, float, float, NDArray[np.float64]]:
    """Newest level, its standard error, the level's and the noise's standard deviations, standardised errors (W,)."""
    if np.isfinite(series).sum() < MIN_WEEKS_UC or np.nanstd(series) == 0:
        newest = series[np.isfinite(series)]
        level = float(newest[-1]) if newest.size else float(np.log(1e-6))
        return level, 0.0, PRIOR_SD, 0.0, np.full(series.size, np.nan)
    model = UnobservedComponents(series, level="llevel")
    with warnings.catch_warnings():
        # A variance at its bound of zero is an answer here, and the optimiser calls it non-convergence.
        warnings.simplefilter("ignore", ConvergenceWarning)
        fit = model.fit(disp=False, maxiter=100)
    noise, step = np.sqrt(fit.params)
    errors = fit.standardized_forecasts_error[0].copy()
    errors[0] = np.nan
    return (
        float(fit.filtered_state[0, -1]),
        float(np.sqrt(fit.filtered_state_cov[0, 0, -1])),
        step,
        noise,
        errors,
    )


def _mean_correlation(errors: NDArray[np.float64]) -> float:
    """Mean pairwise correlation of the columns of (W, A), in [0, 0.95]; 0.5 where it cannot be seen."""
    scale = np.nanstd(errors, axis=0) if np.isfinite(errors).any() else np.zeros(errors.shape[1])
    usable = errors[:, np.isfinite(errors).any(axis=0) & (scale > 0)]
    usable = usable[np.isfinite(usable).all(axis=1)]
    if usable.shape[0] < MIN_WEEKS_UC or usable.shape[1] < 2:
        return 0.5
    correlation = np.corrcoef(usable.T)
    return float(np.clip(correlation[np.triu_indices_from(correlation, 1)].mean(), 0.0, 0.95))
