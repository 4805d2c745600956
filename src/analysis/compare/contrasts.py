"""The headline: each area against its own same weekdays before, mobilised areas against the rest."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.compare.design import Contrast, Design, Matrix, Window, contrast
from analysis.compare.inference import Assignments, Randomisation, Vector, assignments, invert, randomise
from analysis.compare.persons import extra_persons
from analysis.compare.result import LEVEL, Effect
from analysis.errors import InputError

WEEK = 7


@dataclass(frozen=True)
class Changes:
    """One number per area: what the window differs by from the same weekdays before.

    Attributes
    ----------
    log_rate
        ``(n,)`` log of the window's rate minus log of the expected rate.
    rate
        ``(n,)`` the same as a difference of rates.
    observed, expected_rate, exposed
        ``(n,)`` outcome summed over the window, rate on the same weekdays before, exposure summed over the
        window.
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
    expected_rate: Vector
    exposed: Vector
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
    exposure = np.ones_like(design.outcome) if design.exposure is None else design.exposure
    seen = ~np.isnan(design.outcome) & ~np.isnan(exposure) & (exposure > 0)
    y, e = np.where(seen, design.outcome, 0.0), np.where(seen, exposure, 0.0)
    base, weekday = _base(design, groups)
    before = seen[:, base] @ weekday[base]
    wanted = np.where(before > 0, seen[:, groups.after] @ weekday[groups.after], 0.0)
    per_day = wanted / np.maximum(before, 1.0)
    seen_y, seen_e = y[:, base] @ weekday[base], e[:, base] @ weekday[base]
    expected_y, expected_e = (seen_y * per_day).sum(axis=1), (seen_e * per_day).sum(axis=1)
    by_weekday = np.divide(seen_y, seen_e, out=np.full_like(seen_y, np.nan), where=seen_e > 0)
    observed, exposed = y[:, groups.after].sum(axis=1), e[:, groups.after].sum(axis=1)
    _refuse_unusable(design, groups, observed, exposed, expected_y, expected_e)
    used = groups.used
    halves = bool((observed[used] <= 0).any() or (expected_y[used] <= 0).any())
    add = 0.5 if halves else 0.0
    then = expected_y * exposed / np.where(expected_e > 0, expected_e, 1.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        log_rate = np.log(observed + add) - np.log(then + add)
        rate = (observed - then) / exposed
    profile = by_weekday[:, weekday[groups.after].argmax(axis=1)]
    expected = then / np.where(exposed > 0, exposed, 1.0)
    return Changes(log_rate, rate, observed, expected, exposed, profile, base, halves)


def _base(design: Design, groups: Contrast) -> tuple[NDArray[np.bool_], Matrix]:
    """Days before in whole weeks back from the first treated day, and weekday indicators."""
    back = design.first_start - design.times
    span = design.first_start - int(design.times[0])
    if not design.dated and span < WEEK:
        return groups.before, np.ones((len(design.times), 1))
    weekday = (design.times[:, None] % WEEK == np.arange(WEEK)).astype(np.float64)
    if span < WEEK:
        return groups.before, weekday
    return groups.before & (back <= span // WEEK * WEEK), weekday


def groups_with_rates(design: Design, window: Window | None) -> Contrast:
    """Cut out the groups and periods of a window, without comparison areas that have no rate."""
    return without_exhausted(design, contrast(design, window))


def without_exhausted(design: Design, groups: Contrast) -> Contrast:
    """Leave out comparison areas without a rate: nobody left to activate, or no count."""
    exposure = np.ones_like(design.outcome) if design.exposure is None else design.exposure
    seen = ~np.isnan(design.outcome) & (np.nan_to_num(exposure) > 0)
    base = _base(design, groups)[0]
    empty = ~seen[:, groups.after].any(axis=1) | ~seen[:, base].any(axis=1)
    gone = groups.control & empty
    names = tuple(name for name, out in zip(design.areas, gone, strict=True) if out)
    if (groups.control & ~gone).any():
        return replace(groups, control=groups.control & ~gone, left_out=groups.left_out + names)
    return groups


def _refuse_unusable(
    design: Design,
    groups: Contrast,
    observed: Vector,
    exposed: Vector,
    expected_y: Vector,
    expected_e: Vector,
) -> None:
    used = groups.used
    faults = (
        (exposed <= 0, "nobody is left to activate (exposure is zero or missing) in the whole window"),
        (
            expected_e <= 0,
            "no day before has the weekdays of the window; give a longer pre-period or a wider window",
        ),
        (
            (observed < 0) | (expected_y < 0),
            f"{design.outcome_name} sums to less than zero; a log rate needs counts",
        ),
    )
    for bad, why in faults:
        if (bad & used).any():
            raise InputError(f"area {design.areas[int(np.flatnonzero(bad & used)[0])]}: {why}")


@dataclass(frozen=True)
class Tested:
    """The headline's estimate with its exact test, before any interval.

    Attributes
    ----------
    groups, changes
        Who is compared on which days, and every area's number.
    choices, test
        The choices of treated areas tried, and what they gave.
    """

    groups: Contrast
    changes: Changes
    choices: Assignments
    test: Randomisation


def exact_test(
    design: Design,
    window: Window | None = None,
    *,
    allowed: NDArray[np.bool_] | None = None,
    rng: np.random.Generator | None = None,
) -> Tested:
    """Give estimate and exact p of the headline; inverting the test for an interval costs many times as much.

    Parameters
    ----------
    allowed
        ``(n,)`` areas that could have mobilised; the choices are restricted to them.
    """
    groups = groups_with_rates(design, window)
    found = changes(design, groups)
    used = groups.used
    choices = assignments(groups.treated[used], allowed=None if allowed is None else allowed[used], rng=rng)
    return Tested(groups, found, choices, randomise(found.log_rate[used], choices))


def headline(
    design: Design,
    window: Window | None = None,
    *,
    allowed: NDArray[np.bool_] | None = None,
    level: float = LEVEL,
    rng: np.random.Generator | None = None,
) -> Effect:
    r"""Difference between mobilised and comparison areas in the log rate against the same weekdays before.

    :math:`\hat\tau = \frac1k\sum_{i\in T} d_i - \frac1{n-k}\sum_{i\in C} d_i` with :math:`d_i` from
    :func:`changes`; p from :func:`analysis.compare.inference.randomise` (exact, studentised), interval by
    inverting it. ``details`` holds the percent effect, extra persons when exposure is given, and the same
    test on differences of rates (a constant instead of a proportional effect). ``allowed`` as in
    :func:`exact_test`.
    """
    tested = exact_test(design, window, allowed=allowed, rng=rng)
    groups, found, choices, test = tested.groups, tested.changes, tested.choices, tested.test
    used = groups.used
    interval = invert(found.log_rate[used], choices, level)
    return Effect(
        estimator="headline",
        estimand=f"log rate among those not yet counted, {groups.window}, mobilised minus comparison areas",
        estimate=test.difference,
        se=test.se if choices.n > 2 else None,
        interval=interval,
        level=level,
        p_value=test.p_value,
        p_method=f"{choices.method}, studentised",
        p_min=choices.p_min,
        n_treated=int(groups.treated.sum()),
        n_control=int(groups.control.sum()),
        details=_details(design, groups, found, test.difference, interval)
        | {
            "p_coefficient": test.p_coefficient,
            "permutation": {"difference": test.differences, "t": test.statistics}
            if len(test.statistics) <= 1000
            else {},
            "constant_effect": _constant_effect(found, used, choices, level),
        },
    )


def _details(
    design: Design, groups: Contrast, found: Changes, estimate: float, interval: tuple[float, float] | None
) -> dict[str, Any]:
    names = np.array(design.areas)
    details: dict[str, Any] = {
        "unit": "log points",
        "window": str(groups.window),
        "percent": 100 * float(np.expm1(estimate)),
        "percent_interval": None if interval is None else [100 * float(np.expm1(end)) for end in interval],
        "by_area": {
            str(name): {
                "log_rate_change": value,
                "treated": bool(treated),
            }
            for name, value, treated in zip(
                names[groups.used], found.log_rate[groups.used], groups.treated[groups.used], strict=True
            )
        },
        "left_out": list(groups.left_out),
        "base_days": int(found.base.sum()),
        "halves_added_for_zeros": found.halves_added,
    }
    if design.exposure is not None:
        details["extra_persons"] = extra_persons(design, groups, found, estimate, interval)
    return details


def _constant_effect(
    found: Changes, used: NDArray[np.bool_], choices: Assignments, level: float
) -> dict[str, Any]:
    test = randomise(found.rate[used], choices)
    interval = invert(found.rate[used], choices, level)
    return {
        "unit": "rate per person exposed and day",
        "estimate": test.difference,
        "interval": interval,
        "p_value": test.p_value,
        "p_coefficient": test.p_coefficient,
    }


def pooled_rate(design: Design, areas: NDArray[np.bool_]) -> Vector:
    """``(T,)`` outcome of some areas together, per person exposed; per area when no exposure is given."""
    seen = ~np.isnan(design.outcome[areas])
    counted = np.nansum(design.outcome[areas], axis=0)
    if design.exposure is None:
        return np.asarray(counted / np.maximum(seen.sum(axis=0), 1))
    exposed = np.nansum(np.where(seen, design.exposure[areas], 0.0), axis=0)
    return np.asarray(np.divide(counted, exposed, out=np.full(len(exposed), np.nan), where=exposed > 0))
