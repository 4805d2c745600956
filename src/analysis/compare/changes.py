"""One number an area: its rate in a window against its own same weekdays before."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from analysis.campaign.rhythm import WEEK
from analysis.compare.design import (
    NEVER,
    Contrast,
    Design,
    Mask,
    Matrix,
    Missing,
    NotComparable,
    Vector,
    Window,
    contrast,
)


@dataclass(frozen=True)
class Changes:
    """One number per area: what the window differs by from the same weekdays before.

    Attributes
    ----------
    log_rate
        ``(n,)`` log of the window's rate minus log of the expected rate.
    rate
        ``(n,)`` the same as a difference of rates.
    observed, expected
        ``(n,)`` persons counted in the window, and those expected of as many from the same weekdays before.
    counts, left
        ``(n, W)`` persons counted on each of the window's days, and people still to be counted then; nobody
        where it was not counted, and on the last of several days that were counted as one.
    profile
        ``(n, W)`` rate expected on each of the window's days, from the same weekday before; NaN where that
        weekday was never seen.
    base
        ``(T,)`` the days before that are compared with.
    halves_added
        Whether half a person was added on both sides because a count is zero.
    """

    log_rate: Vector
    rate: Vector
    observed: Vector
    expected: Vector
    counts: Matrix
    left: Matrix
    profile: Matrix
    base: NDArray[np.bool_]
    halves_added: bool


def changes(design: Design, groups: Contrast) -> Changes:
    r"""Log rate in the window minus log rate on the same weekdays before, for every area.

    With :math:`y_{it}` counted among :math:`e_{it}` people not yet activated, the window's rate is
    :math:`\sum_{t} y_{it} / \sum_{t} e_{it}`. The expected rate takes, for each weekday as often as the
    window holds it, that weekday's mean over the whole weeks before:
    :math:`\sum_w c_w \bar y_{iw} / \sum_w c_w \bar e_{iw}`. Integer times are counted as days when at least
    a week comes before; with less, every time before counts alike (yearly tables have no weekdays).

    Returns
    -------
    Changes
        Arrays over all areas of ``design``; areas outside the two groups get numbers too and are not used.
    """
    found = _sums(design, groups)
    used = groups.used
    _refuse_unusable(design, used, found)
    observed, exposed, expected_y, expected_e = found.sums
    halves = bool((observed[used] <= 0).any() or (expected_y[used] <= 0).any())
    add = 0.5 if halves else 0.0
    then = expected_y * exposed / np.where(expected_e > 0, expected_e, 1.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        log_rate = np.log(observed + add) - np.log(then + add)
        rate = (observed - then) / exposed
    return Changes(
        log_rate, rate, observed, then, found.counts, found.left, found.profile, found.base, halves
    )


@dataclass(frozen=True)
class _Sums:
    """Persons and people of every area in the window, and those expected of the weekdays before.

    ``sums`` are what was counted in the window, among how many, and the same expected, ``(n,)`` each;
    the others as `Changes` has them.
    """

    sums: tuple[Vector, Vector, Vector, Vector]
    counts: Matrix
    left: Matrix
    profile: Matrix
    base: NDArray[np.bool_]

    @property
    def fallen(self) -> Mask:
        """``(n,)`` true where counts sum to less than nothing: there is no log of that."""
        return np.asarray((self.sums[0] < 0) | (self.sums[2] < 0))


def _sums(design: Design, groups: Contrast) -> _Sums:
    seen, closes = counted(design, groups), _closes(design)
    y = np.where(seen, np.nan_to_num(design.outcome), 0.0)
    people = design.people if closes is None else np.take_along_axis(design.people, closes, axis=1)
    e = np.where(seen, people, 0.0)
    base, weekday = _base(design, groups)
    before = seen[:, base] @ weekday[base]
    wanted = np.where(before > 0, seen[:, groups.after] @ weekday[groups.after], 0.0)
    per_day = wanted / np.maximum(before, 1.0)
    seen_y, seen_e = y[:, base] @ weekday[base], e[:, base] @ weekday[base]
    by_weekday = np.divide(seen_y, seen_e, out=np.full_like(seen_y, np.nan), where=seen_e > 0)
    return _Sums(
        (y[:, groups.after].sum(axis=1), e[:, groups.after].sum(axis=1),
         (seen_y * per_day).sum(axis=1), (seen_e * per_day).sum(axis=1)),
        y[:, groups.after],
        e[:, groups.after],
        by_weekday[:, weekday[groups.after].argmax(axis=1)],
        base,
    )  # fmt: skip


def changes_of_all(design: Design, start: int, windows: Sequence[Window]) -> Matrix:
    """``(n, W)`` change of every area in each window from ``start`` on, whoever was treated.

    Raises
    ------
    NotComparable
        When an area has no count in a window, or before.
    """
    starts = np.full(len(design.areas), NEVER)
    starts[0] = start  # whoever is called treated: every area's change is taken alike
    bare, found = replace(design, starts=starts), []
    for window in windows:
        groups = groups_with_rates(bare, window)
        if not groups.used.all():
            name = design.names(~groups.used)[0]
            raise NotComparable("nobody_counted", f"area {name}: nobody counted in {window}, or before")
        found.append(changes(bare, groups).log_rate)
    return np.stack(found, axis=1)


def counted(design: Design, groups: Contrast) -> NDArray[np.bool_]:
    """``(n, T)`` days that somebody counted, of people still there.

    Before the push a day must have been counted as one day. In the window all days serve that a count covers
    where they lie in the window: then it is known how many came in them.
    """
    closes = _closes(design)
    if closes is None:
        return design.seen
    assert design.covers is not None  # noqa: S101 - without it no day is counted on a later one
    length = np.take_along_axis(design.covers, closes, axis=1)
    opens = closes - length + 1
    own = np.flatnonzero(groups.after)
    known = np.take_along_axis(design.seen, closes, axis=1) & (opens <= np.arange(len(design.times)))
    within = (opens >= own[0]) & (closes <= own[-1])
    return np.asarray(known & np.where(groups.after, within, length == 1))


def _closes(design: Design) -> NDArray[np.int64] | None:
    """``(n, T)`` place of the count that covers each day, or may; ``None`` where each is counted alone."""
    if design.covers is None:
        return None
    last = len(design.times) - 1
    at = np.where(design.covers > 0, np.arange(last + 1), last)
    return np.asarray(np.minimum.accumulate(at[:, ::-1], axis=1)[:, ::-1])


def _base(design: Design, groups: Contrast) -> tuple[NDArray[np.bool_], Matrix]:
    """Days before in whole weeks back from the first treated day, and weekday indicators."""
    back = design.first_start - design.times
    span = design.first_start - int(design.times[0])
    if design.cycle == 1 or (not design.dated and span < WEEK):
        return groups.before, np.ones((len(design.times), 1))
    weekday = (design.times[:, None] % WEEK == np.arange(WEEK)).astype(np.float64)
    if span < WEEK:
        return groups.before, weekday
    return groups.before & (back <= span // WEEK * WEEK), weekday


def groups_with_rates(design: Design, window: Window | None) -> Contrast:
    """Cut out the groups and periods of a window, without areas that have no rate, or none with a log."""
    groups = without_exhausted(design, contrast(design, window))
    if not (design.outcome < 0).any():
        return groups
    return _without(design, groups, _sums(design, groups).fallen, fallen=True)


def without_exhausted(design: Design, groups: Contrast) -> Contrast:
    """Leave out areas without a rate: nobody left to activate, or no count; on each side some must stay."""
    seen = counted(design, groups)
    base = _base(design, groups)[0]
    rated = seen[:, groups.after].any(axis=1) & seen[:, base].any(axis=1)
    return _without(design, groups, np.asarray(~rated))


def _without(design: Design, groups: Contrast, gone: Mask, *, fallen: bool = False) -> Contrast:
    """Leave areas out, but of no side all: those that have ``fallen`` are named as such."""
    sides = {side: getattr(groups, side) for side in ("treated", "control")}
    kept = {side: own & ~gone if (own & ~gone).any() else own for side, own in sides.items()}
    out = groups.used & ~kept["treated"] & ~kept["control"]
    names = design.names(out)
    return replace(
        groups, **kept, left_out=groups.left_out + names, fallen=groups.fallen + (names if fallen else ())
    )


def _refuse_unusable(design: Design, used: Mask, found: _Sums) -> None:
    _, exposed, _, expected_e = found.sums
    faults: tuple[tuple[Mask, Missing, str], ...] = (
        (
            exposed <= 0,
            "nobody_counted",
            "nobody is left to activate (exposure is zero or missing) in the whole window, or nobody counted",
        ),
        (
            expected_e <= 0,
            "no_weekday_before",
            "no day before has the weekdays of the window; give a longer pre-period or a wider window",
        ),
        (
            found.fallen,
            "negative",
            f"{design.outcome_name} sums to less than zero; a log rate needs counts",
        ),
    )
    for bad, code, why in faults:
        if (bad & used).any():
            raise NotComparable(code, f"area {design.names(bad & used)[0]}: {why}")
