"""Whether an area's own tally agrees with those of the areas below it: the sum counts, the tally is compared.

What is known of an area above others is the sum of the areas below it, so that nothing is counted twice. Its
own tally is a second word on the same people: where the two differ somebody must look, and where nothing came
from below, nothing is counted although something was sent.
"""

from datetime import date

import numpy as np
from numpy.typing import NDArray

from analysis.campaign import Tree
from analysis.tallies.layouts.outcome import EPOCH
from analysis.tallies.review.flat import Positions, Review


def compare_above(pass_: Review, standing: Positions, measure: int) -> None:
    """Find each running sum of an area that is not what the areas below it add up to by that day.

    Parameters
    ----------
    standing
        Positions of the tallies that stand, in the order of measures, areas and days.
    """
    flat = pass_.flat
    sums = pass_.exact(standing, measure)
    of_parents = sums[are_above(pass_, sums)]
    if not len(of_parents):
        return
    by_code = _by_code(pass_, sums)
    trees: dict[int, Tree] = {}
    alone: dict[tuple[int, int], int] = {}
    for at in of_parents.tolist():
        day, code = int(flat.day[at]), pass_.areas[int(flat.area[at])].code
        tree = trees.get(day) or trees.setdefault(day, Tree.on(pass_.areas, date.fromordinal(day + EPOCH)))
        if code not in tree.children:
            continue
        leaves = tree.leaves_of(code)
        newest = [known for one in leaves if (known := _newest(pass_, by_code.get(one), day)) is not None]
        if not newest:
            alone[int(flat.reading[at]), int(flat.area[at])] = at
        elif (total := float(flat.value[newest].sum())) != flat.value[at]:
            detail = {"sum": total, "known": len(newest), "of": len(leaves)}
            pass_.find(np.array([at]), "above_differs", day=_written(day), **detail)
    for at in alone.values():  # the newest of each file
        pass_.find(np.array([at]), "above_alone", day=_written(int(flat.day[at])))


def are_above(pass_: Review, sums: Positions) -> NDArray[np.bool_]:
    """Mark the tallies of areas whose number is the sum of the areas below them."""
    named = {area.parent for area in pass_.areas}
    above = np.array([area.code in named for area in pass_.areas], dtype=np.bool_)[pass_.flat.area[sums]]
    return above & (bool(above.any()) and _counts_below(pass_, sums))


def _counts_below(pass_: Review, sums: Positions) -> bool:
    """Whether areas below others are counted; a list may name some only so that their names are known."""
    codes = {area.code for area in pass_.areas}
    below = [at for at, area in enumerate(pass_.areas) if area.parent in codes]
    told = any(pass_.areas[at].eligible or pass_.areas[at].target for at in below)
    return told or bool(np.isin(pass_.flat.area[sums], below).any())


def _by_code(pass_: Review, sums: Positions) -> dict[str, Positions]:
    """Return the sums of each area in the order of days; an area may stand in the list more than once."""
    found: dict[str, list[int]] = {}
    for at in sums[np.argsort(pass_.flat.day[sums], kind="stable")].tolist():
        found.setdefault(pass_.areas[int(pass_.flat.area[at])].code, []).append(at)
    return {code: np.array(places, dtype=np.int32) for code, places in found.items()}


def _newest(pass_: Review, sums: Positions | None, day: int) -> int | None:
    """Return the newest of an area's sums by a day, if there is one."""
    if sums is None:
        return None
    before = int(np.searchsorted(pass_.flat.day[sums], day, side="right"))
    return int(sums[before - 1]) if before else None


def _written(day: int) -> str:
    return f"{date.fromordinal(day + EPOCH):%d/%m/%Y}"
