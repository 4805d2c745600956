"""What in a cumulative count cannot be true: blanked, and the days between two counts that remain filled."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


COLLAPSE = 0.5
"""A newest count below this share of the one before is more often no count than a correction."""


def drop_impossible(cumulative: NDArray[np.float64]) -> NDArray[np.float64]:
    """Blank the fewest counts so that no area's cumulative ever falls, keeping its newest count if it can be.

    A correction downwards says that some earlier counts were too high. The longest non-decreasing subsequence
    that ends at the newest count keeps as many reports as possible: one day's spike is dropped, and not the
    weeks after it. A newest count of less than half the one before, with which fewer reports agree (a zero
    where nothing was known, a digit lost), is blanked itself until another one confirms it.
    """
    cleaned = cumulative.copy()
    values = np.where(np.isnan(cleaned), -np.inf, cleaned)
    before = np.maximum.accumulate(values, axis=0)
    falls = ((values < before) & np.isfinite(values)).any(axis=0)
    for column in np.flatnonzero(falls):
        days = np.flatnonzero(np.isfinite(values[:, column]))
        counts = values[days, column]
        kept = _longest_rise(counts)
        if counts[-1] < COLLAPSE * counts[-2] and len(earlier := _longest_rise(counts[:-1])) > len(kept):
            kept = earlier
        cleaned[np.setdiff1d(days, days[kept]), column] = np.nan
    return cleaned


def fill_days(cumulative: NDArray[np.float64]) -> NDArray[np.float64]:
    """Draw straight lines across missing days between two counts; NaN before the first and after the last."""
    known, filled = np.isfinite(cumulative), cumulative.copy()
    some = np.flatnonzero(~known.all(axis=0))
    known, days = known[:, some], np.arange(len(cumulative))[:, None]
    # all areas at once: one by one a nation's takes a second each time
    before = np.maximum.accumulate(np.where(known, days, -1), axis=0)
    after = np.minimum.accumulate(np.where(known, days, len(days))[::-1], axis=0)[::-1]
    day, place = np.nonzero(~known & (before >= 0) & (after < len(days)))
    first, last, column = before[day, place], after[day, place], some[place]
    start = cumulative[first, column]
    filled[day, column] = (cumulative[last, column] - start) / (last - first) * (day - first) + start
    return filled


def newest_day(cumulative: NDArray[np.float64]) -> NDArray[np.intp]:
    """Row of each area's newest count (A,); the last row where it has none."""
    return np.asarray(len(cumulative) - 1 - np.argmax(np.isfinite(cumulative)[::-1], axis=0), dtype=np.intp)


def hold_last(cumulative: NDArray[np.float64]) -> NDArray[np.float64]:
    """As `fill_days`, with the newest count held after it: what a reader of the tallies would say."""
    filled = fill_days(cumulative)
    known = np.where(np.isfinite(filled), np.arange(len(filled))[:, None], 0)
    return np.take_along_axis(filled, np.maximum.accumulate(known, axis=0), axis=0)


def _longest_rise(values: NDArray[np.float64]) -> NDArray[np.intp]:
    """Positions of a longest non-decreasing subsequence that ends with the last value (patience sorting)."""
    ends: list[float] = []
    piles: list[int] = []
    previous = np.full(values.size, -1, dtype=np.intp)
    for position in np.flatnonzero(values <= values[-1]):
        pile = int(np.searchsorted(ends, values[position], side="right"))
        previous[position] = piles[pile - 1] if pile else -1
        ends[pile : pile + 1] = [float(values[position])]
        piles[pile : pile + 1] = [int(position)]
    chain = [values.size - 1]
    while previous[chain[-1]] >= 0:
        chain.append(int(previous[chain[-1]]))
    return np.asarray(chain[::-1], dtype=np.intp)
