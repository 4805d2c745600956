"""A newest count that jumps: how likely such jumps have proved real, and the reading without it.

Mixed-up areas, a digit too many, a count of another measure: a count that leaps or falls as nothing before it
did is more often wrong than one that does not, and the next counts tell. Until they come the forecast carries
both readings, each with its chance: as such jumps have turned out in this drive, beside a prior from others
(``docs/methods/forecast.md``, equation 14).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from analysis.forecast.clean import hold_last

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analysis.forecast.history import History

TIMES = 4.0
"""A rise is a jump beyond so many times the largest daily growth of the four weeks before."""
LEAST_RISE, LEAST_FALL = 0.02, 0.01
"""... and beyond this share of the eligible; a fall below the newest count is one beyond this share."""
LOOK_BACK = 28
"""Days before it that a jump is compared with."""
FRESH = 3
"""Counts, the jump's own included, after which it is known to be real or is gone."""
RISE_ODDS, FALL_ODDS = 4.0, 1.5
"""Odds that a rise, or a fall, of just that size is real, a larger one being so much less likely.

Of the jumps in nineteen drives' published counts 26 of 27 rises stayed and 29 of 48 falls; tallies as teams
send them are rougher, and areas that were mixed up leap further than any that grew.
"""
MIXED_UP = 0.1
"""What is left of these odds where another area jumped the other way on the same day."""
CONFIRMED = 2.0
"""By how much each further count that stays at the new level raises the odds that it is real."""


@dataclass(frozen=True)
class Jump:
    """A count that jumped and is not yet known to be real.

    Attributes
    ----------
    area : int
        Column.
    day : int
        Row of the first count at the new level.
    before, after : float, people
        The count before it and its own.
    real : float
        Chance that it is real.
    """

    area: int
    day: int
    before: float
    after: float
    real: float


def find_jumps(history: History) -> list[Jump]:
    """Jumps among the newest counts of each area; a push that is known explains one."""
    fresh, stayed, seen = [], 1.0, 2.0
    for area in _leaping(history):
        days = np.flatnonzero(np.isfinite(history.reported[:, area]))
        counts = history.reported[days, area]
        jumps = _jumps(days, counts, history.eligible[area]) & ~history.pushed[days, area]
        for place in np.flatnonzero(jumps).tolist():
            if counts.size - place > FRESH:
                seen += 1
                stayed += _stayed(counts, place)
            elif _stayed(counts, place):
                times = CONFIRMED ** (counts.size - place - 1)
                before, after = float(counts[place - 1]), float(counts[place])
                fresh.append(Jump(area, int(days[place]), before, after, times))
    own = stayed / (seen - stayed)
    rises, falls = ({one.day for one in fresh if (one.after > one.before) == up} for up in (True, False))
    odds = [own * one.real * _odds(one, history, one.day in rises & falls) for one in fresh]
    return [replace(one, real=of / (1 + of)) for one, of in zip(fresh, odds, strict=True)]


def _leaping(history: History) -> list[int]:
    """Areas any of whose counts lies far enough from the one before: few of a nation's, and quickly found."""
    held = hold_last(history.reported)
    growth = history.reported[1:] - held[:-1]
    far = (growth > LEAST_RISE * history.eligible) | (growth < -LEAST_FALL * history.eligible)
    return [int(area) for area in np.flatnonzero(far.any(axis=0))]


def _odds(jump: Jump, history: History, mixed_up: bool) -> float:
    """Odds that a jump is real, by its size and by what else jumped that day."""
    size = abs(jump.after - jump.before) / max(history.eligible[jump.area], 1.0)
    rise = jump.after > jump.before
    odds = RISE_ODDS * LEAST_RISE / size if rise else FALL_ODDS * LEAST_FALL / size
    return float(odds * MIXED_UP) if mixed_up or jump.after > history.eligible[jump.area] else float(odds)


def without(history: History, jumps: list[Jump]) -> NDArray[np.float64]:
    """Return the counts (T, A) with every jump and what follows it blanked: the other reading."""
    counts = history.cumulative.copy()
    for jump in jumps:
        counts[jump.day :, jump.area] = np.nan
    return counts


def _jumps(days: NDArray[np.intp], counts: NDArray[np.float64], eligible: float) -> NDArray[np.bool_]:
    """Which counts of an area lie beyond what its growth so far explains."""
    jumped = np.zeros(counts.size, dtype=np.bool_)
    if counts.size < 3:
        return jumped
    growth, gaps = np.diff(counts), np.diff(days)
    daily = np.maximum(growth, 0.0) / gaps
    for place in np.flatnonzero((growth > LEAST_RISE * eligible) | (growth < -LEAST_FALL * eligible)):
        before = (days[1 : place + 1] > days[place] - LOOK_BACK) & (days[1 : place + 1] <= days[place])
        if growth[place] < 0:
            jumped[place + 1] = True
        elif before.sum() >= 3:
            jumped[place + 1] = growth[place] > TIMES * gaps[place] * daily[:place][before].max()
    return jumped


def _stayed(counts: NDArray[np.float64], place: int) -> bool:
    """Whether the counts after a jump keep to its level rather than to the one before."""
    middle = (counts[place - 1] + counts[place]) / 2
    newest = counts[min(place + FRESH, counts.size - 1)]
    return bool(newest >= middle) if counts[place] > counts[place - 1] else bool(newest <= middle)
