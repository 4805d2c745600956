"""Whether the tallies of one area agree from day to day, and with how many people there are.

Works on all files read so far at once, on the value that stands for each area, day and measure: so that
neither the order of files that do not overlap nor a later file can change what is held as of an earlier
instant.
"""

from collections import Counter
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from datetime import date
from itertools import product

import numpy as np
from numpy.typing import NDArray

from analysis.tallies.asof import last_words, revised
from analysis.tallies.layouts.outcome import EPOCH
from analysis.tallies.register import Register
from analysis.tallies.result import FileReading
from analysis.tallies.review.above import compare_above
from analysis.tallies.review.falls import FALL, hold_falls
from analysis.tallies.review.flat import MISSING, Floats, Positions, Review, Tallies
from analysis.tallies.review.growth import check_days, find_standstill

WEEK = 7
LEAST_STALE = 3
"""So many areas that all stand still at once are a copy."""
MOST_FALLS = 100
"""With more falls than this a series is no series."""
SLIGHTLY = 1.5
"""Estimates of eligible people may be wrong by this factor."""
JUMP = 10.0
"""A sum that grows by this factor within a week has a digit too many, perhaps."""


def review(
    readings: Sequence[FileReading],
    tallies: Tallies,
    register: Register,
    released: AbstractSet[tuple[str, int]],
) -> Review:
    """Check the tallies of all readings against each other; what cannot be true is taken out and held.

    Parameters
    ----------
    readings
        In the order of receipt; what is held or found is added to each. Where one is of a machine a day on
        which nothing moved is the machine's, not a stale copy.
    tallies
        Of all readings.
    register
        The campaign's areas and measures.
    released
        Falls that a person has let through: SHA-256 of the file, and the row in it.
    """
    flat, sheets = tallies.all()
    out, areas = np.zeros(len(flat.row), dtype=bool), register.places.areas
    pass_ = Review(readings, areas, register.measures, flat, sheets, out)
    if len(pass_.flat.row):
        _hold_swapped(pass_)
        standing = _standing(pass_)
        if len(standing):
            machine_made = any(reading.machine for reading in readings)
            _check_standing(pass_, standing, released, machine_made=machine_made)
    return pass_


def _check_standing(
    pass_: Review, standing: Positions, released: AbstractSet[tuple[str, int]], *, machine_made: bool
) -> None:
    _check_people(pass_, standing, machine_made=machine_made)
    for whole, period in () if machine_made else pass_.period_of.items():
        _check_stale(pass_, standing, whole)
        check_days(pass_, standing, whole, period)
        find_standstill(pass_, standing, whole)
    for measure in (at for at, one in enumerate(pass_.measures) if one.kind == "cumulative"):
        if not machine_made:
            hold_falls(pass_, standing, measure, released)
        for span in pass_.spans:
            _check_running(pass_, standing, measure, span)
        compare_above(pass_, standing, measure)
    _check_gaps(pass_, standing)


def _hold_swapped(pass_: Review) -> None:
    """Hold the tallies of days such as 9/8/2023 where the sender wrote 9/13/2023 and never 13/9/2023.

    Of files without a sender nobody knows whether they are of one: each proves something of itself alone.
    """
    proven: dict[str | int, set[str]] = {}
    for number, reading in enumerate(pass_.readings):
        proven.setdefault(reading.sender or number, set()).update(reading.orders)
    flat, codes = pass_.flat, {name: at for at, name in enumerate(pass_.sheets)}
    for number, reading in enumerate(pass_.readings):
        if proven[reading.sender or number] != {"month"} or not reading.either:
            continue
        first, last = np.searchsorted(flat.reading, [number, number + 1])
        sheet, row = flat.sheet[first:last], flat.row[first:last]
        either = np.zeros(last - first, dtype=bool)
        for name, rows in reading.either:
            either |= (sheet == codes.get(name, -1)) & np.isin(row, rows)
        pass_.hold(first + np.flatnonzero(either), "month_first")


def _standing(pass_: Review) -> Positions:
    """Return the positions of the tallies that stand: the last word on each area, day and measure.

    They are in the order of measures, areas and days.

    Within one file the same area and day may be said only once: the same value again is ignored, another
    value holds both. From file to file the later one stands; one that says nothing takes nothing back.
    """
    flat = pass_.flat
    standing, changed = [np.empty(0, dtype=np.int32)], []
    for measure in np.unique(flat.measure).tolist():
        for span in pass_.spans:
            here = pass_.within(measure, span)
            _settle(pass_, here)
            told = here[~pass_.out[here]]
            keys, missing = pass_.places(told), flat.qualifier[told] == MISSING
            last = last_words(keys, missing)
            if len(last) < len(told):
                said = told[~missing]
                pairs = revised(keys[~missing], flat.value[said])
                changed += [said[pair].tolist() for pair in np.transpose(pairs)]
            standing.append(told[last])
    for after, before in changed:
        pass_.find(np.array([after]), "revised", before=float(flat.value[before]))
    return np.concatenate(standing)


def _settle(pass_: Review, here: Positions) -> None:
    """Settle what one file says of one area, day and measure more than once."""
    flat, keys = pass_.flat, pass_.places(here)
    within = np.argsort(keys, kind="stable")  # and in the order of files, as all positions are
    keys, here = keys[within], here[within]
    again = (keys[1:] == keys[:-1]) & (flat.reading[here][1:] == flat.reading[here][:-1])
    for same in np.split(here, np.flatnonzero(~again) + 1) if again.any() else ():
        if len(same) == 1:
            continue
        said = same[flat.qualifier[same] != MISSING]
        pass_.ignore(same[flat.qualifier[same] == MISSING][0 if len(said) else 1 :], "said_again")
        words = {(float(flat.value[at]), int(flat.qualifier[at])) for at in said}
        if len(words) > 1:
            pass_.hold(said, "said_twice")
        elif len(said) > 1:
            pass_.ignore(said[1:], "said_again")
            pass_.find(said[1:2], "said_again")


def _check_people(pass_: Review, standing: Positions, *, machine_made: bool) -> None:
    """Hold more people than are eligible; where only residents are known, twice as many is too many.

    How many are eligible is itself an estimate. A machine's count a little above it is kept, with a finding.
    """
    flat = pass_.flat
    most = np.array(
        [area.eligible or 2 * (area.population or 0) or np.inf for area in pass_.areas], dtype=np.float64
    )
    of_people = [at for at, one in enumerate(pass_.measures) if one.people and one.kind != "rate"]
    for measure, span in product(of_people, pass_.spans):
        counted = pass_.of_span(standing, measure, span)
        share = flat.value[counted] / most[flat.area[counted]]
        for position, over in zip(counted[share > 1], share[share > 1], strict=True):
            estimate = float(most[flat.area[position]])
            if machine_made and over <= SLIGHTLY:
                pass_.find(np.array([position]), "above_estimate", most=estimate)
            else:
                pass_.hold(np.array([position]), "above_eligible", most=estimate)


def _check_stale(pass_: Review, standing: Positions, measure: int) -> None:
    """Hold a day on which every area has the sum of the day before, though people were counted."""
    flat = pass_.flat
    unmoved, counted, followed = [], [], Counter[int]()
    for span in pass_.spans:
        order = pass_.exact(standing, measure, span)
        follows = flat.area[order][1:] == flat.area[order][:-1]
        same = follows & (flat.value[order][1:] == flat.value[order][:-1]) & (flat.value[order][1:] > 0)
        unmoved.append(order[1:][same])
        counted.append(_counted_on(pass_, standing, unmoved[-1], measure, span))
        followed.update(dict(zip(*np.unique_counts(flat.day[order][1:][follows]), strict=True)))
    stood, on_day = np.concatenate(unmoved), np.concatenate(counted)
    for day in np.unique(flat.day[stood]):
        of_day = flat.day[stood] == day
        today = stood[of_day]
        if len(today) < max(LEAST_STALE, followed[day]) or (on_day[of_day] == 0).any():
            continue
        pass_.hold(today, "stale_copy")
        both = pass_.of_span(standing, pass_.period_of[measure], (0, len(pass_.areas)))
        both = both[flat.day[both] == day]
        pass_.hold(both[np.isin(flat.area[both], flat.area[today])], "stale_copy")


def _check_running(pass_: Review, standing: Positions, measure: int, span: tuple[int, int]) -> None:
    """Check that the sums of some areas only grow, and by what was counted on the day."""
    flat = pass_.flat
    sums = pass_.exact(standing, measure, span)
    if not len(sums):
        return
    counted = _counted_on(pass_, standing, sums, measure, span)
    value, day = flat.value[sums], flat.day[sums]
    follows = np.append(False, flat.area[sums][1:] == flat.area[sums][:-1])
    before = np.append(np.nan, value[:-1])
    step = np.append(0, np.diff(day))
    with np.errstate(invalid="ignore"):
        odd = follows & (
            (value < before)
            | ((value >= JUMP * before) & (before >= 100) & (step <= WEEK))
            | ((step == 1) & np.isfinite(counted) & (value - before != counted))
        )
    areas = flat.area[sums]
    for area in np.unique(areas[odd]):
        left, right = np.searchsorted(areas, [area, area + 1])
        _check_one(pass_, sums[left:right], counted[left:right])


def _counted_on(
    pass_: Review, standing: Positions, sums: Positions, measure: int, span: tuple[int, int]
) -> Floats:
    """Return what was counted on the day of each sum of some areas, NaN where that is not known exactly."""
    days = pass_.exact(standing, pass_.period_of.get(measure, -1), span)
    if not len(days):
        return np.full(len(sums), np.nan)
    there, wanted = pass_.places(days), pass_.places(sums)
    at = np.minimum(np.searchsorted(there, wanted), len(days) - 1)
    return np.where(there[at] == wanted, pass_.flat.value[days][at], np.nan)


def _check_one(pass_: Review, sums: Positions, counted: Floats) -> None:
    """Check the sums of one area in the order of days; most areas never come here."""
    flat = pass_.flat
    kept = np.ones(len(sums), dtype=bool)
    for at in _contradicted(flat.value[sums], flat.day[sums], counted):
        pass_.hold(sums[at : at + 1], "sum_contradicted")
        kept[at] = False
    for at in _of_another_kind(flat.value[sums], kept):
        pass_.hold(sums[at : at + 1], "sum_out_of_line")
        kept[at] = False
    sums, counted = sums[kept], counted[kept]
    value, day = flat.value[sums], flat.day[sums]
    grown, step = np.diff(value), np.diff(day)
    for at in (np.flatnonzero(grown < 0) + 1).tolist():
        pass_.find(sums[at : at + 1], "sum_fell", before=float(value[at - 1]))
    jumped = (value[1:] >= JUMP * value[:-1]) & (value[:-1] >= 100) & (step <= WEEK)
    for at in (np.flatnonzero(jumped) + 1).tolist():
        pass_.find(sums[at : at + 1], "sum_jumped", before=float(value[at - 1]))
    differs = (step == 1) & np.isfinite(counted[1:]) & (grown != counted[1:]) & (grown >= 0)
    for at in (np.flatnonzero(differs) + 1).tolist():
        detail = {"grown": float(grown[at - 1]), "counted": float(counted[at])}
        pass_.find(sums[at : at + 1], "day_and_sum_differ", **detail)


def _contradicted(value: Floats, day: NDArray[np.int32], counted: Floats) -> list[int]:
    """Return the sums that both neighbours and the counts of both days contradict, agreeing without them."""
    if len(value) < 3:
        return []
    apart = (np.diff(day)[:-1] == 1) & (np.diff(day)[1:] == 1)
    from_before, from_after = value[:-2] + counted[1:-1], value[2:] - counted[2:]
    return (np.flatnonzero(apart & (from_before == from_after) & (from_before != value[1:-1])) + 1).tolist()


def _of_another_kind(value: Floats, kept: NDArray[np.bool_]) -> list[int]:
    """Return the sums that are out of line with the rest: a day's count, a digit lost or one too many.

    Where a sum falls to less than half, one side of the fall is wrong: the side fewer others agree with,
    the later one where that does not tell.
    """
    left = np.flatnonzero(kept)
    found: list[int] = []
    while True:
        sums = value[left]
        falls = np.flatnonzero(sums[1:] < FALL * sums[:-1])
        if not len(falls):
            return sorted(found)
        if len(falls) > MOST_FALLS:
            # Nothing in such a series can be told from anything else in it.
            return sorted((*found, *left.tolist()))
        fall = int(falls[0]) + 1
        high, low = sums[fall - 1], sums[fall]
        before, after = sums[: fall - 1], sums[fall + 1 :]
        for_high = (before > FALL * high).sum() + (after >= high).sum()
        for_low = ((before > FALL * low) & (before <= low)).sum() + ((after >= low) & (after < high)).sum()
        wrong = fall - 1 if for_low > for_high else fall
        found.append(int(left[wrong]))
        left = np.delete(left, wrong)


def _check_gaps(pass_: Review, standing: Positions) -> None:
    """Find days without a tally between two that have one.

    How often tallies come is told by the step that is usual. Where no step repeats, a few days between two
    are noted all the same: less than a week apart is no rhythm that anybody reports in.
    """
    day = pass_.flat.day
    after, steps = map(
        np.concatenate, zip(*(_steps(pass_, standing, span) for span in pass_.spans), strict=True)
    )
    if not len(steps):
        return
    usual = int(np.bincount(steps).argmax())
    usually = steps == usual
    # Two areas that both report day after day are a rhythm; two that leave out the same days are not.
    if len(np.unique(day[after[usually]])) > 1 or (usual == 1 and usually.sum() > 1):
        # A month has 28 to 31 days, and a sender a day late has left nothing out.
        missing = np.flatnonzero(2 * steps > 3 * usual)
        code = "days_missing" if usual == 1 else "periods_missing"
    else:
        usual = 1
        missing, code = np.flatnonzero((steps > 1) & (steps < WEEK)), "days_between"
    areas = pass_.flat.area[after[missing]]
    for gaps in np.split(missing, np.flatnonzero(np.diff(areas)) + 1) if len(missing) else ():
        here = after[gaps[:1]]
        since = date.fromordinal(int(day[here[0]] - steps[gaps[0]]) + EPOCH)
        pass_.find(here, code, days=int((np.rint(steps[gaps] / usual) - 1).sum()), since=f"{since:%d/%m/%Y}")


def _steps(pass_: Review, standing: Positions, span: tuple[int, int]) -> tuple[Positions, NDArray[np.int32]]:
    """Return a tally of each day of some areas that follows on another, and how many days after it."""
    flat = pass_.flat
    told = np.concatenate([pass_.of_span(standing, at, span) for at in range(len(pass_.measures))])
    told = told[np.unique(pass_.places(told), return_index=True)[1]]
    follows = flat.area[told][1:] == flat.area[told][:-1]
    return told[1:][follows], np.diff(flat.day[told])[follows]
