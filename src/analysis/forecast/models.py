"""Models of the weekly log hazard: each turns a history in weeks into joint sample paths of coming weeks.

A model is a function ``(weekly, weeks, draws, rng) -> sampler``; its sampler gives the log hazards (draws,
weeks, areas) of some areas. The shell in `weekly` makes daily counts of them, so every model keeps the
ceiling and the weekday profile, and no path of any model falls.

Every area's path begins at its own newest count, by the weeks that end on that day and by nothing later: an
area that fell silent is forecast as it was when it last spoke, and silence makes no range narrower.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import numpy as np

from analysis.forecast.clean import drop_impossible, fill_days, newest_day
from analysis.forecast.paths import Paths
from analysis.forecast.stall import draw_moving
from analysis.forecast.weekly import WEEK, Weekly, to_days, to_weeks

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analysis.forecast.history import History
    from analysis.forecast.weekly import Columns

Sampler = Callable[["Columns", int, np.random.Generator], "NDArray[np.float64]"]
Model = Callable[[Weekly, int, int, np.random.Generator], Sampler]

BLOCK = 256
"""Areas simulated at a time: memory stays the same for a province and a nation."""
PRIOR_SD = 0.35
"""Standard deviation of a week-to-week change in log hazard where history is too short to show its own."""
MIN_WEEKS = 4
"""Weeks below which a structural model cannot tell level from noise; the naive model stands in."""


def simulate(history: History, model: Model, days: int, draws: int, rng: np.random.Generator) -> Paths:
    """Joint daily sample paths of a model: every area from its newest count to `days` after the origin."""
    counted = fill_days(drop_impossible(history.cumulative))
    newest = newest_day(counted)
    silent = int((len(counted) - 1 - newest).max())
    values = np.empty((draws, silent + days, len(history.areas)))
    values[:, :silent] = np.nan_to_num(counted[len(counted) - silent :])
    start = np.empty(len(history.areas))
    for columns, block in simulate_blocks(history, model, days, draws, rng):
        values[:, -block.course.shape[1] :, columns] = block.course
        start[columns] = block.start
    return Paths(
        origin=history.origin,
        areas=history.areas,
        start=start,
        eligible=history.eligible,
        known_until=history.dates[newest],
        course=values,
        days=days,
    )


def simulate_blocks(
    history: History, model: Model, days: int, draws: int, rng: np.random.Generator
) -> Iterator[tuple[Columns, Paths]]:
    """As `simulate`, some areas at a time with their columns; draw `i` of all blocks belongs together.

    The areas of a block are known until the same day, and their paths begin on the day after it.
    """
    newest = newest_day(drop_impossible(history.cumulative))
    # a week is the least that a model can be made of; an area that fell silent before it stands still to it
    until = np.maximum(newest, min(WEEK, len(history.dates) - 1))
    weeks = -(-(int((len(history.dates) - 1 - until).max()) + days) // WEEK)
    joint = int(rng.integers(2**63))
    for day in np.unique(until)[::-1]:
        shared = np.random.default_rng(joint)  # the same for areas of every day, so that totals stay joint
        replay = shared.spawn(1)[0]
        weekly = to_weeks(history.until(history.dates[day]))
        sample = model(weekly, weeks, draws, shared)
        picked = replay.integers(len(weekly.shape), size=(weeks, draws)).T
        ahead = len(history.dates) - 1 - int(day) + days
        needed = -(-ahead // WEEK)
        these = np.flatnonzero(until == day)
        for first in range(0, len(these), BLOCK):
            columns = these[first : first + BLOCK]
            hazard = np.exp(sample(columns, needed, np.random.default_rng([joint, int(day), first])))
            standing = weekly.standing[columns]
            if standing.any():
                again = np.random.default_rng([joint, 1])
                hazard *= draw_moving(standing, weekly.ending, needed, draws, again)
            yield (
                columns,
                Paths(
                    origin=history.origin,
                    areas=tuple(weekly.areas[column] for column in columns),
                    start=weekly.start[columns],
                    eligible=history.eligible[columns],
                    known_until=history.dates[newest[columns]],
                    course=to_days(weekly, hazard, picked[:, :needed], ahead, columns),
                    days=days,
                ),
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
    picked, sign = draw_changes(len(changes), weeks, draws, rng)

    def sample(columns: Columns, weeks: int, _: np.random.Generator) -> NDArray[np.float64]:
        return level[columns] + np.cumsum(sign[:, :weeks] * changes[:, columns][picked[:, :weeks]], axis=1)

    return sample


def draw_changes(
    seen: int, weeks: int, draws: int, rng: np.random.Generator
) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Which of the past changes each coming week repeats (draws, weeks), and its sign (draws, weeks, 1)."""
    which, signs = rng.spawn(2)  # apart, so that the signs do not hang on how many changes there were
    # week by week, so that a longer look ahead begins as a shorter one
    picked = which.integers(seen, size=(weeks, draws)).T
    return picked, signs.choice([-1.0, 1.0], size=(weeks, draws)).T[:, :, None]


def structural(weekly: Weekly, weeks: int, draws: int, rng: np.random.Generator) -> Sampler:
    """Simulate a local level on each area's weekly log hazard, with shocks that areas share.

    Level and noise variances come from `UnobservedComponents` area by area (maximum likelihood); the
    correlation of the shocks is the mean correlation of the areas' one-week-ahead errors.
    """
    if weekly.log_hazard.shape[0] < MIN_WEEKS:
        return naive(weekly, weeks, draws, rng)
    common = rng.standard_normal((2 * weeks + 1, draws, 1)).swapaxes(0, 1)

    def sample(columns: Columns, weeks: int, rng: np.random.Generator) -> NDArray[np.float64]:
        fits = [_fit_level(weekly.log_hazard[:, area]) for area in columns]
        level, level_sd, step_sd, noise_sd = (
            np.array(part) for part in zip(*[fit[:4] for fit in fits], strict=True)
        )
        shared = _mean_correlation(np.column_stack([fit[4] for fit in fits]))
        own = rng.standard_normal((draws, 2 * weeks + 1, level.size))
        shocks = np.sqrt(shared) * common[:, : 2 * weeks + 1] + np.sqrt(1 - shared) * own
        walk = np.cumsum(step_sd * shocks[:, 1 : weeks + 1], axis=1)
        start = level + level_sd * shocks[:, :1]
        return np.asarray(start + walk + noise_sd * shocks[:, weeks + 1 :])

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
