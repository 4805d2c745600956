"""Whether counts of a day fit the sums around them, and whether anybody moved at all."""

import numpy as np

from analysis.tallies.review.flat import Positions, Review

TOO_MUCH = 2.0
"""A count of a day above this many times what the sums around it grew by is no count of that day."""
A_LITTLE = 10
"""Sums are corrected by this much without a word."""
LIKE_A_SUM = 1.1
"""A count of a day between the sum before and this many times it is the sum of that day."""
SLOW = 1.25
"""From one tally to the next a running sum grows by no more than this factor, late in a drive."""
MUCH = 0.15
"""A running sum is at least this share of the target; hardly any day's count is, again and again."""
HALF = 0.5
"""Where most areas count half their target on the first day, they count all days."""
LEAST = 3
"""Fewer counts prove nothing."""
CERTAIN = 4
"""So many steps, each slow, are no chance."""


def check_days(pass_: Review, standing: Positions, whole: int, period: int) -> None:
    """Hold counts of a day that do not fit between the sums before and after, and sums in their place."""
    among = [_alone(pass_, standing, whole, period, span) for span in pass_.spans]
    if sum(map(len, among)):
        _check_sums_among(pass_, np.concatenate(among))
    for days, span in zip(among, pass_.spans, strict=True):
        sums = pass_.exact(standing, whole, span)
        if len(days) and len(sums):
            _check_between(pass_, sums, days)


def _alone(pass_: Review, standing: Positions, whole: int, period: int, span: tuple[int, int]) -> Positions:
    """Return the counts of a day, of some areas, that have no sum of that day beside them."""
    sums, days = pass_.exact(standing, whole, span), pass_.exact(standing, period, span)
    return days[~np.isin(pass_.places(days), pass_.places(sums))]


def _check_between(pass_: Review, sums: Positions, days: Positions) -> None:
    """Compare each count of a day without a sum of its own with the sums before and after it."""
    flat = pass_.flat
    at = np.searchsorted(pass_.places(sums), pass_.places(days))  # where each would stand among the sums
    before, after = np.maximum(at - 1, 0), np.minimum(at, len(sums) - 1)
    has_before = (at > 0) & (flat.area[sums[before]] == flat.area[days])
    has_after = (at < len(sums)) & (flat.area[sums[after]] == flat.area[days])
    count, low, high = flat.value[days], flat.value[sums[before]], flat.value[sums[after]]
    both = has_before & has_after & (high >= low)
    pass_.hold(days[both & (count > TOO_MUCH * (high - low) + A_LITTLE)], "day_contradicted")
    like = has_before & ~has_after & (low > A_LITTLE) & (count >= low) & (count <= LIKE_A_SUM * low)
    pass_.hold(days[like], "sum_typed_as_day")


def _check_sums_among(pass_: Review, alone: Positions) -> None:
    """Hold all counts of days where they grow slowly, near the target, as only sums do."""
    flat = pass_.flat
    goals = np.array(
        [area.target or area.eligible or area.population or np.nan for area in pass_.areas], dtype=float
    )
    share = flat.value[alone] / goals[flat.area[alone]]
    if np.isfinite(share).sum() < LEAST:
        return
    follows = flat.area[alone][1:] == flat.area[alone][:-1]
    earlier, later = flat.value[alone][:-1][follows], flat.value[alone][1:][follows]
    if len(earlier) >= LEAST - 1:
        slow = (later >= earlier) & (later <= SLOW * earlier)
        grows = slow.all() and (later > earlier).any() and float(np.nanmedian(share)) >= MUCH
    else:
        grows = not len(earlier) and float(np.nanmedian(share)) >= HALF
    if grows and len(earlier) in range(1, CERTAIN):
        pass_.find(alone[:1], "sum_typed_as_day")
    elif grows:
        pass_.hold(alone, "sum_typed_as_day")


def find_standstill(pass_: Review, standing: Positions, whole: int) -> None:
    """Find files in which nobody's sum moved for three days, few as its areas may be."""
    flat = pass_.flat
    size, moves = np.zeros((2, len(pass_.readings)))
    for span in pass_.spans:
        sums = pass_.exact(standing, whole, span)
        moved = (flat.value[sums][1:] != flat.value[sums][:-1]) & (
            flat.area[sums][1:] == flat.area[sums][:-1]
        )
        size += np.bincount(flat.reading[sums], minlength=len(size))
        moves += np.bincount(flat.reading[sums][1:], weights=moved, minlength=len(size))
    for number in np.flatnonzero((size >= LEAST) & (moves == 0)):
        sums = pass_.exact(standing, whole)
        mine = sums[flat.reading[sums] == number]
        days = np.unique(flat.day[mine])
        areas = len(np.unique(flat.area[mine]))
        whole_table = areas * len(days) == len(mine) and (flat.value[mine] > 0).all()
        if len(days) >= LEAST and whole_table and (np.diff(days) == 1).all():
            pass_.find(mine[-1:], "stood_still", days=len(days))
