"""Between days and weeks: weekly hazards up to the origin, and daily paths from weekly ones.

A daily log model collapses on tallies as they are really reported (days of nothing, then a dump), so all models here see weeks
that end at the origin. A week's *hazard* is the rate at which people not yet counted become counted; see
``docs/methods/forecast.md``, equations 1 to 3.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analysis.forecast.history import History

WEEK = 7
PROFILE_WEEKS = 8
"""Weeks whose day-by-day shape is replayed in the future: two months, long enough for each weekday to be seen eight times."""
HOLIDAY_SHARE = 0.5
"""A holiday's pace against an ordinary day's, before anything is known: half."""
SPARE = 1.25
"""Where more people were counted than are eligible, the number eligible is wrong: room for a quarter more is assumed."""


@dataclass(frozen=True)
class Weekly:
    """A history in weeks that end at the origin.

    Attributes
    ----------
    start : array (A,), people
        The newest count: where every path begins.
    ceiling : array (A,), people
        No path goes above it.
    log_hazard : array (W, A)
        Log of the weekly hazard, oldest first; NaN where the area did not report around that week.
    shape : array (K, 7, A)
        How recent weeks' hazard fell on their days; sums to 1 over a week.
    """

    origin: pd.Timestamp
    areas: tuple[str, ...]
    start: NDArray[np.float64]
    ceiling: NDArray[np.float64]
    log_hazard: NDArray[np.float64]
    shape: NDArray[np.float64]
    holidays: frozenset[pd.Timestamp]


def fill_days(cumulative: NDArray[np.float64]) -> NDArray[np.float64]:
    """Straight lines across missing days; NaN before an area's first count, its newest count held after it."""
    return pd.DataFrame(cumulative).interpolate(limit_direction="forward").to_numpy()


def ceiling_for(start: NDArray[np.float64], eligible: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the most an area can reach: its eligible people, or beyond its count where that already exceeds them."""
    known = np.where(np.isfinite(eligible) & (eligible > 0), eligible, 0.0)
    return np.where(start > known, SPARE * start, known)


def to_weeks(history: History) -> Weekly:
    """Aggregate a history to weeks that end at its origin."""
    cumulative = fill_days(history.cumulative)
    start = np.nan_to_num(cumulative[-1])
    ceiling = ceiling_for(start, history.eligible)
    weeks = (len(history.dates) - 1) // WEEK
    days = cumulative[len(history.dates) - 1 - weeks * WEEK :]
    remaining = np.maximum(ceiling - days, 0.5)
    daily = np.maximum(np.log(remaining[:-1] / remaining[1:]), 0.0).reshape(weeks, WEEK, -1)
    hazard = daily.sum(axis=1)
    floor = 0.5 / np.maximum(remaining[-1], 1.0)
    log_hazard = np.where(np.isnan(hazard), np.nan, np.log(np.maximum(hazard, floor)))
    return Weekly(
        origin=history.origin,
        areas=history.areas,
        start=start,
        ceiling=ceiling,
        log_hazard=log_hazard,
        shape=_shape(daily[-PROFILE_WEEKS:]),
        holidays=history.holidays,
    )


def _shape(daily: NDArray[np.float64]) -> NDArray[np.float64]:
    """How each recent week's hazard fell on its days (K, 7, A); flat where a week had none."""
    if daily.shape[0] == 0:
        return np.full((1, WEEK, daily.shape[2]), 1 / WEEK)
    total = np.nansum(daily, axis=1, keepdims=True)
    return np.where(total > 0, np.nan_to_num(daily) / np.where(total > 0, total, 1.0), 1 / WEEK)


def to_days(
    weekly: Weekly, log_hazard: NDArray[np.float64], days: int, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Daily cumulative paths from weekly log hazards.

    Every draw replays, for each coming week, how one recent week's hazard fell on its days; the same recent week for all areas,
    so that a quiet Sunday is quiet everywhere. Equation 3 keeps each path from falling and below its ceiling.

    Parameters
    ----------
    log_hazard : array (draws, weeks, A)
    days : int
        At most 7 x weeks.

    Returns
    -------
    array (draws, days, A), people
    """
    draws, weeks, areas = log_hazard.shape
    picked = rng.integers(weekly.shape.shape[0], size=(draws, weeks))
    daily = np.exp(log_hazard)[:, :, None, :] * weekly.shape[picked]
    daily = daily.reshape(draws, weeks * WEEK, areas)[:, :days]
    coming = pd.date_range(weekly.origin + pd.Timedelta(days=1), periods=days)
    daily[:, np.flatnonzero(coming.isin(list(weekly.holidays)))] *= HOLIDAY_SHARE
    room = weekly.ceiling - weekly.start
    return weekly.start - room * np.expm1(-np.cumsum(daily, axis=1))
