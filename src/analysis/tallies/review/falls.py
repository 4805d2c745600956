"""Falls of newest sums that would move the headline: held until another file confirms them, or a person does.

A running sum falls when duplicates are removed, when somebody types a wrong number, or means harm. A small
fall changes little and is said; one that moves the sum of all areas by more than a percent is no number to
publish on the word of one file.
"""

from collections.abc import Set as AbstractSet
from typing import NamedTuple

import numpy as np

from analysis.tallies.review.above import are_above
from analysis.tallies.review.flat import EXACT, Positions, Review

MOST = 0.01
"""Of the sum of the newest counts: falls that together move it by more are held, the largest first."""
FALL = 0.5
"""A sum below this share of the one before is another kind of number; smaller falls are corrections."""


class _Fall(NamedTuple):
    """An area whose newest sums are all below one before: where those are, and how many it takes away."""

    places: Positions
    size: float
    before: float


def hold_falls(
    pass_: Review, standing: Positions, measure: int, released: AbstractSet[tuple[str, int]]
) -> None:
    """Hold the unconfirmed falls of a running sum that move the headline.

    Parameters
    ----------
    standing
        Positions of the tallies that stand, in the order of measures, areas and days.
    released
        SHA-256 of a file and the row in it, of falls that a person has looked at.
    """
    flat = pass_.flat
    sums = pass_.exact(standing, measure)
    sums = sums[~are_above(pass_, sums)]  # an area above others adds nothing to them
    if not len(sums) or flat.reading[0] == flat.reading[-1]:  # of one file there is no headline yet
        return
    starts = np.flatnonzero(np.append(True, np.diff(flat.area[sums]) != 0))
    by_area = np.split(sums, starts[1:])
    headline = sum(float(flat.value[one].max()) for one in by_area)
    falls = [found for one in by_area if (found := _newest_fall(pass_, one, released))]
    falls.sort(key=lambda one: (-one.size, int(one.places[0])))
    moved = sum(one.size for one in falls)
    for fall in falls:
        if moved <= MOST * headline:
            return
        moved -= fall.size
        pass_.hold(fall.places, "fall_unconfirmed", before=fall.before)


def _newest_fall(pass_: Review, sums: Positions, released: AbstractSet[tuple[str, int]]) -> _Fall | None:
    """Return the fall at the end of one area's sums, if there is one that nobody has confirmed.

    It takes away what the area would count without it: what had been told of the same days before, too.
    """
    flat = pass_.flat
    value = flat.value[sums]
    peak = len(value) - 1 - int(np.argmax(value[::-1]))
    below = sums[peak + 1 :]
    below = below[flat.value[below] >= FALL * value[peak]]
    if not len(below):
        return None
    readings = {int(one) for one in flat.reading[below]}
    rows = {(pass_.readings[flat.reading[one]].sha256, int(flat.row[one])) for one in below}
    if len(readings) > 1 or rows & released:
        return None
    area = int(flat.area[sums[0]])
    told = pass_.within(int(flat.measure[sums[0]]), (area, area + 1))
    exact = told[(flat.qualifier[told] == EXACT) & ~pass_.out[told]]
    replaced = exact[np.isin(flat.day[exact], flat.day[below])]
    without = max(float(value[peak]), float(flat.value[replaced].max()))
    return _Fall(below, without - float(flat.value[below[-1]]), float(value[peak]))
