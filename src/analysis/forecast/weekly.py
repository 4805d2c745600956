"""Between days and weeks: weekly hazards up to the origin, and daily paths from weekly ones.

A daily log model collapses on tallies as they are really reported (days of nothing, then a dump), so all
models here see weeks that end at the origin. A week's *hazard* is how much the odds of having been counted
grew in it; ``docs/methods/forecast.md``, equations 1 to 4.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.campaign.rhythm import WEEK
from analysis.forecast.clean import drop_impossible, fill_days, hold_last, newest_day
from analysis.forecast.drawn import laid_out, slices
from analysis.forecast.history import NoForecastError
from analysis.forecast.stall import find_stalls

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analysis.forecast.history import Deadline, History

    Columns = NDArray[np.intp]

PROFILE_WEEKS = 8
"""Weeks whose day-by-day shape is replayed: two months show each weekday eight times."""
PROFILE_PRIOR = 4.0
"""Weeks that the pooled weekday profile counts for beside an area's own; half of those replayed."""
HOLIDAY_SHARE, HOLIDAY_PRIOR = 0.5, 2.0
"""A holiday's pace against that of the same weekday, before this drive's holidays are seen, and the number of
holidays that it is worth: between Sunday and working day."""
SPARE = 1.25
"""Where more were counted than are eligible, the eligible are wrong: room for a quarter more is assumed."""
LEAST_COVERED = 0.3
"""Part of a week's usual activity that must be known for the week to count: two ordinary days of seven."""


@dataclass(frozen=True)
class Weekly:
    """A history in weeks that end at the origin; W weeks, A areas.

    Only areas known until the origin itself begin there; another one begins at its own newest count, by the
    weeks that end on that day.

    Attributes
    ----------
    start : array (A,), people
        The newest count: where every path begins.
    ceiling : array (A,), people
        No path goes above it.
    log_hazard : array (W, A)
        Log growth of the odds in a week, in units of the odds' inverse at the origin; NaN where not known. A
        week on no day of which the area was counted is not: the next one holds the mean of both.
    counts : array (W, A), people
        How many that growth was, for its sampling error.
    covered : array (W, A)
        Part of the week's usual activity on the days that are known and ordinary.
    remaining : array (W,)
        People not yet counted at the end of each week over all areas, relative to those at the origin.
    shape : array (K, 7, A)
        How recent weeks' hazard fell on their days; sums to 1 over a week.
    standing : array (A,) of bool
        Areas that stood still in their newest week; a week of standing still has no log hazard.
    ending : float
        Chance that such a stall ends in a coming week.
    holiday_share : float
        Pace of a holiday against that of the same weekday, learnt from those that were.
    deadline : Deadline, optional
        One that lies ahead.
    """

    origin: pd.Timestamp
    areas: tuple[str, ...]
    start: NDArray[np.float64]
    ceiling: NDArray[np.float64]
    log_hazard: NDArray[np.float64]
    counts: NDArray[np.float64]
    covered: NDArray[np.float64]
    remaining: NDArray[np.float64]
    shape: NDArray[np.float64]
    standing: NDArray[np.bool_]
    ending: float
    holidays: frozenset[pd.Timestamp]
    holiday_share: float
    deadline: Deadline | None = None


def to_weeks(history: History) -> Weekly:
    """Aggregate a history to weeks that end at its origin, after blanking what cannot be true."""
    reported = drop_impossible(history.cumulative)
    filled = fill_days(reported)
    start = _newest(filled)
    ceiling = _ceiling(start, history.eligible)
    weeks = (len(history.dates) - 1) // WEEK
    first = len(history.dates) - 1 - weeks * WEEK
    cumulative = filled[first:]
    left = np.maximum(ceiling - cumulative, 0.5)
    growth = np.maximum(np.diff(1 / left, axis=0), 0.0) * np.maximum(ceiling - start, 0.5)
    ordinary = ~history.pushed[first + 1 :]
    off = history.dates[first + 1 :].isin(list(history.holidays))
    ordinary[off] = False
    daily = np.where(ordinary, growth, np.nan).reshape(weeks, WEEK, -1)
    new = np.where(ordinary, np.diff(cumulative, axis=0), np.nan).reshape(weeks, WEEK, -1)
    profile = _profile(daily)
    covered = np.einsum("wda,da->wa", np.isfinite(daily), profile)
    counted = np.isfinite(reported[first + 1 :]).reshape(weeks, WEEK, -1).any(axis=1)
    known = (covered >= LEAST_COVERED) & counted
    # of a week of which too little is known, nothing is usual: its few ordinary days are not its pace
    hazard = np.where(known, np.nansum(daily, axis=1), 0.0) / np.where(known, covered, 1.0)
    counts = np.nansum(new, axis=1)
    dead, standing, ending = find_stalls(counts / np.where(known, covered, 1.0), known)
    known &= ~dead
    floor = 0.5 / np.maximum(ceiling - start, 1.0)
    pooled = np.nansum(np.maximum(ceiling - hold_last(cumulative), 0.5)[WEEK::WEEK], axis=1)
    return Weekly(
        origin=history.origin,
        areas=history.areas,
        start=start,
        ceiling=ceiling,
        log_hazard=np.where(known, np.log(np.maximum(hazard, floor)), np.nan),
        counts=counts,
        covered=covered,
        remaining=pooled / pooled[-1] if weeks else pooled,
        shape=_shape(daily[-PROFILE_WEEKS:], profile),
        standing=standing,
        ending=ending,
        holidays=history.holidays,
        holiday_share=_holiday_share(growth, off, hazard, profile),
        deadline=_ahead(history),
    )


def check_history(history: History) -> None:
    """Refuse a history of which nothing can be said: in no area a week and a day of counts."""
    # between an area's first and newest count, not since its first: one old count shows no growth
    known_days = np.isfinite(fill_days(drop_impossible(history.cumulative))).sum(axis=0)
    if known_days.max() <= WEEK:
        raise NoForecastError(
            f"area {history.areas[0]}{' and all others' if history.areas[1:] else ''}: fewer than {WEEK + 1} "
            f"days of counts by {history.origin.date()}; choose a later origin or give more history"
        )


def to_days(
    weekly: Weekly, hazard: NDArray[np.float64], picked: NDArray[np.intp], days: int, block: Columns
) -> NDArray[np.float64]:
    """Daily cumulative paths of some areas from their weekly hazards.

    Every draw replays, for each coming week, how one recent week's hazard fell on its days; the same
    recent week for all areas, so that a quiet Sunday is quiet everywhere. Equation 4 keeps each path from
    falling and below its ceiling.

    Parameters
    ----------
    hazard : array (draws, weeks, block)
    picked : array (draws, weeks)
        Which recent week is replayed.
    days : int
        At most 7 x weeks.
    block : array of int
        The areas' columns.

    Returns
    -------
    array (draws, days, block), people
    """
    draws, weeks, areas = hazard.shape
    coming = pd.date_range(weekly.origin + pd.Timedelta(days=1), periods=days)
    off = np.flatnonzero(coming.isin(list(weekly.holidays)))
    shape, start, ceiling = weekly.shape[:, :, block], weekly.start[block], weekly.ceiling[block]
    shape, hazard = (np.ascontiguousarray(one.transpose(1, 2, 0)) for one in (shape, hazard))
    start, ceiling = start[:, None], ceiling[:, None]
    course = laid_out((draws, days, areas))
    for some in slices(areas, days * draws):
        daily = np.empty((weeks, WEEK, len(start[some]), draws))
        for week, own in enumerate(hazard[:, some]):
            np.multiply(own, shape[:, some].take(picked[:, week], axis=2), out=daily[week])
        grown = daily.reshape(weeks * WEEK, -1, draws)[:days]
        grown[off] *= weekly.holiday_share
        for day in range(1, days):
            grown[day] += grown[day - 1]
        np.divide(grown, 1 + grown, out=grown)
        grown *= (ceiling - start)[some]
        grown += start[some]
        np.minimum(grown, ceiling[some], out=course.transpose(1, 2, 0)[:, some])
    return course


def _holiday_share(
    growth: NDArray[np.float64],
    off: NDArray[np.bool_],
    hazard: NDArray[np.float64],
    profile: NDArray[np.float64],
) -> float:
    """Pace of all areas on the holidays that were, against what the ordinary days of their weeks say."""
    days = np.flatnonzero(off)
    usual = hazard[days // WEEK] * profile[days % WEEK]
    known = np.isfinite(growth[days]) & (usual > 0)
    expected = np.where(known, usual, 0.0).sum(axis=1)
    came = np.where(known, growth[days], 0.0).sum(axis=1)
    ratio = np.clip(came[expected > 0] / expected[expected > 0], 0.0, 2.0)
    return float((HOLIDAY_PRIOR * HOLIDAY_SHARE + ratio.sum()) / (HOLIDAY_PRIOR + ratio.size))


def _ahead(history: History) -> Deadline | None:
    """Return the deadline if it is known and still to come on the history's last day."""
    one = history.deadline
    known = one is not None and (one.known_from is None or one.known_from <= history.origin)
    return one if known and one is not None and one.day > history.origin else None


def _newest(filled: NDArray[np.float64]) -> NDArray[np.float64]:
    """Newest count of each area; 0 if it has none."""
    return np.nan_to_num(filled[newest_day(filled), np.arange(filled.shape[1])])


def _ceiling(start: NDArray[np.float64], eligible: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the most an area can reach: its eligible people, or beyond its count where that exceeds them."""
    known = np.where(np.isfinite(eligible) & (eligible > 0), eligible, 0.0)
    return np.where(start > known, SPARE * start, known)


def _profile(daily: NDArray[np.float64]) -> NDArray[np.float64]:
    """Weekday profile (7, A) of recent hazard: an area's own, shrunk to that of all areas; sums to 1."""
    recent = daily[-PROFILE_WEEKS:]
    seen = np.isfinite(recent).sum(axis=0)
    own = np.nansum(recent, axis=0) / np.maximum(seen, 1)
    total = own.sum(axis=0)
    share = own / np.where(total > 0, total, 1.0)
    usable = (total > 0) & (seen > 0).all(axis=0)
    pooled = share[:, usable].mean(axis=1) if usable.any() else np.full(WEEK, 1 / WEEK)
    weight = np.where(usable, len(recent) / (len(recent) + PROFILE_PRIOR), 0.0)
    return np.asarray(weight * share + (1 - weight) * pooled[:, None])


def _shape(daily: NDArray[np.float64], profile: NDArray[np.float64]) -> NDArray[np.float64]:
    """How each recent week's hazard fell on its days (K, 7, A); the profile where not known whole."""
    if not daily.shape[0]:
        return profile[None]
    total = daily.sum(axis=1, keepdims=True)
    whole = total > 0
    return np.where(whole, daily / np.where(whole, total, 1.0), profile)
