"""Models of the weekly log hazard: each turns a history in weeks into joint sample paths of coming weeks.

A model is a function ``(weekly, weeks, draws, rng) -> sampler``; its sampler gives the log hazards (draws,
weeks, block) of a block of areas. The shell in `weekly` makes daily counts of them, so every model keeps
the ceiling and the weekday profile, and no path of any model falls.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from analysis.forecast.paths import Paths
from analysis.forecast.weekly import WEEK, Weekly, to_days, to_weeks

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analysis.forecast.history import History

Sampler = Callable[[slice], "NDArray[np.float64]"]
Model = Callable[[Weekly, int, int, np.random.Generator], Sampler]

BLOCK = 256
"""Areas simulated at a time: memory stays the same for a province and a nation."""
PRIOR_SD = 0.35
"""Standard deviation of a week-to-week change in log hazard where history is too short to show its own."""
MIN_WEEKS = 4
"""Weeks below which a structural model cannot tell level from noise; the naive model stands in."""


def simulate(history: History, model: Model, days: int, draws: int, rng: np.random.Generator) -> Paths:
    """Joint daily sample paths of a model from the end of a history."""
    blocks = list(simulate_blocks(history, model, days, draws, rng))
    return replace(
        blocks[0],
        areas=history.areas,
        start=np.concatenate([block.start for block in blocks]),
        eligible=history.eligible,
        values=np.concatenate([block.values for block in blocks], axis=2) if blocks[1:] else blocks[0].values,
    )


def simulate_blocks(
    history: History, model: Model, days: int, draws: int, rng: np.random.Generator
) -> Iterator[Paths]:
    """As `simulate`, some areas at a time: draw `i` of one block belongs with draw `i` of every other."""
    weekly = to_weeks(history)
    weeks = -(-days // WEEK)
    sample = model(weekly, weeks, draws, rng)
    picked = rng.integers(len(weekly.shape), size=(draws, weeks))
    for first in range(0, len(weekly.areas), BLOCK):
        block = slice(first, first + BLOCK)
        yield Paths(
            origin=weekly.origin,
            areas=weekly.areas[block],
            start=weekly.start[block],
            eligible=history.eligible[block],
            values=to_days(weekly, sample(block), picked, days, block),
        )


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
        changes = np.full((1, len(weekly.areas)), PRIOR_SD)
    picked = rng.integers(changes.shape[0], size=(draws, weeks))
    sign = rng.choice([-1.0, 1.0], size=(draws, weeks, 1))

    def sample(block: slice) -> NDArray[np.float64]:
        return level[block] + np.cumsum(sign * changes[:, block][picked], axis=1)

    return sample


def structural(weekly: Weekly, weeks: int, draws: int, rng: np.random.Generator) -> Sampler:
    """Simulate a local level on each area's weekly log hazard, with shocks that areas share.

    Level and noise variances come from `UnobservedComponents` area by area (maximum likelihood); the
    correlation of the shocks is the mean correlation of the areas' one-week-ahead errors.
    """
    if weekly.log_hazard.shape[0] < MIN_WEEKS:
        return naive(weekly, weeks, draws, rng)
    fits = [_fit_level(weekly.log_hazard[:, area]) for area in range(len(weekly.areas))]
    level, level_sd, step_sd, noise_sd = (
        np.array(part) for part in zip(*[fit[:4] for fit in fits], strict=True)
    )
    shared = _mean_correlation(np.column_stack([fit[4] for fit in fits]))

    common = rng.standard_normal((draws, 2 * weeks + 1, 1))

    def sample(block: slice) -> NDArray[np.float64]:
        own = rng.standard_normal((draws, 2 * weeks + 1, level[block].size))
        shocks = np.sqrt(shared) * common + np.sqrt(1 - shared) * own
        walk = np.cumsum(step_sd[block] * shocks[:, 1 : weeks + 1], axis=1)
        start = level[block] + level_sd[block] * shocks[:, :1]
        return np.asarray(start + walk + noise_sd[block] * shocks[:, weeks + 1 :])

    return sample


def last_level(weekly: Weekly) -> NDArray[np.float64]:
    """Newest known log hazard by area (A,); one half-person week where an area never reported two weeks."""
    known = np.isfinite(weekly.log_hazard)
    if not known.shape[0]:
        return np.log(0.5 / np.maximum(weekly.ceiling - weekly.start, 1.0))
    newest = known.shape[0] - 1 - np.argmax(known[::-1], axis=0)
    level = weekly.log_hazard[newest, np.arange(known.shape[1])]
    return np.where(known.any(axis=0), level, np.log(0.5 / np.maximum(weekly.ceiling - weekly.start, 1.0)))


def _fit_level(series: NDArray[np.float64]) -> tuple[float, float, float, float, NDArray[np.float64]]:
    """Newest level, its standard error, standard deviations of step and noise, standardised errors (W,)."""
    if np.isfinite(series).sum() < MIN_WEEKS or np.nanstd(series) == 0:
        newest = series[np.isfinite(series)]
        level = float(newest[-1]) if newest.size else float(np.log(1e-6))
        return level, 0.0, PRIOR_SD, 0.0, np.full(series.size, np.nan)
    # Imported here: it takes longer than a nation's forecast, which has no use for it.
    from statsmodels.tools.sm_exceptions import ConvergenceWarning
    from statsmodels.tsa.statespace.structural import UnobservedComponents

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
    if usable.shape[0] < MIN_WEEKS or usable.shape[1] < 2:
        return 0.5
    correlation = np.atleast_2d(np.corrcoef(usable.T))
    return float(np.clip(correlation[np.triu_indices_from(correlation, 1)].mean(), 0.0, 0.95))
