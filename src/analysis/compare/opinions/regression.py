"""Differences of rates as given: two-way regression, one number an area, and their exact twin."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray
from statsmodels.stats.weightstats import CompareMeans, DescrStatsW

from analysis.compare.choices import assignments, how_tried
from analysis.compare.design import NEVER, Design, Vector, Window, contrast
from analysis.compare.details import Details
from analysis.compare.inference import Randomisation, invert, randomise, share_as_extreme
from analysis.compare.opinions.two_way import Table
from analysis.compare.result import LEVEL, TWO_AREAS, Effect
from analysis.errors import InputError

REFIT_LIMIT = 2_000
"""Choices of treated areas up to which every one is refitted when one number an area is not enough."""

REFITS = 999
"""Sampled refits beyond that; with the observed one 1,000."""


def restrict(design: Design, window: Window | None) -> Design:
    """Keep the cells that a regression over one window uses; all of them when no window is given.

    Within a window: all times before the first treatment, the window's own times, the areas treated first,
    and those untreated to its end.
    """
    if window is None:
        return design
    groups = contrast(design, window)
    times = groups.before | groups.after
    return design.keep(groups.used).during(times)


def did(design: Design, window: Window | None = None, *, level: float = LEVEL) -> Effect:
    """Difference-in-differences: the two-way coefficient of :class:`Table` with t on clusters minus one.

    Areas treated at different times make this the two-way coefficient that Goodman-Bacon (2021) takes
    apart; ``details["warning"]`` then says so. Give a window to compare the first treated with areas
    untreated to its end.
    """
    cells = restrict(design, window)
    return two_way_effect(
        cells, Table(cells), level, estimator="did", estimand=estimand(cells, window), window=window,
        details=description(cells, window),
    )  # fmt: skip


def two_way_effect(cells: Design, table: Table, level: float, *, details: Details, **said: Any) -> Effect:
    """Judge the two-way coefficient by t on clusters minus one."""
    fit = table.fit(cells.starts)
    details = {**details, "dof": table.dof, "clusters": table.clusters.number}
    effect = Effect.of(cells, estimate=fit.estimate, level=level, details=details, **said)
    by = f"t({table.dof}), standard error clustered"
    return effect.judged(fit.se, by, dof=table.dof, alone=two_alone(cells))


def two_alone(cells: Design) -> str:
    """Why two areas leave nothing to judge by; empty where there are more, or clusters are given."""
    return TWO_AREAS if cells.clusters is None and len(cells.areas) == 2 else ""


def estimand(design: Design, window: Window | None, against: str = "comparison areas") -> str:
    """Say what a difference of means is of."""
    return f"{design.outcome_name}, {window or 'whole table'}, mobilised minus {against}"


def unit_and_window(cells: Design, window: Window | None) -> Details:
    """Say what an estimate is counted in, and over what it is taken."""
    return {"unit": cells.outcome_name, "window": str(window or "whole table")}


def description(cells: Design, window: Window | None) -> Details:
    """Say the unit, the window and, where treatment times differ, the warning that this needs."""
    said = unit_and_window(cells, window)
    if cells.staggered:
        said["warning"] = (
            "areas are treated at different times, which two-way effects can weigh negatively; "
            "see cs, bjs, bacon"
        )
    return said


def collapsed(design: Design, window: Window | None = None, *, level: float = LEVEL) -> Effect:
    r"""Collapse each area to mean after minus mean before, and compare the groups by a pooled-variance t.

    :math:`t = \hat\tau / (s \sqrt{1/k + 1/(n-k)})` on :math:`n - 2` degrees of freedom (Donald and Lang
    2007, *Review of Economics and Statistics* 89): right when areas are alike in variance and near
    normal.
    """
    cells = restrict(design, window)
    values = area_changes(cells, "collapsed")
    dof = len(values) - 2
    if dof < 1:
        raise InputError(
            "collapsed needs at least three areas: with two nothing is left to judge the spread by"
        )
    ours, theirs = (DescrStatsW(values[side]) for side in (cells.ever_treated, ~cells.ever_treated))
    return Effect.of(
        cells, estimator="collapsed", estimand=estimand(cells, window), level=level,
        estimate=float(ours.mean - theirs.mean),
        details={
            **description(cells, window), "dof": dof,
            "by_area": dict(zip(cells.areas, values.tolist(), strict=True)),
        },
    ).judged(
        float(CompareMeans(ours, theirs).std_meandiff_pooledvar),
        f"t({dof}) on one number an area, pooled variance", dof=dof,
    )  # fmt: skip


def area_changes(cells: Design, name: str) -> Vector:
    """``(n,)`` mean outcome after the one treatment date minus mean before, over the times an area has."""
    if cells.staggered:
        raise InputError(
            f"{name} needs one treatment time; give a window that ends before the next areas are treated"
        )
    before = cells.times < cells.first_start
    seen = ~np.isnan(cells.outcome)
    for period, when in ((before, "before"), (~before, "after")):
        empty = np.asarray(~seen[:, period].any(axis=1))
        if empty.any():
            raise InputError(f"area {cells.names(empty)[0]}: no {cells.outcome_name} {when} treatment")
    return np.asarray(
        np.nanmean(cells.outcome[:, ~before], axis=1) - np.nanmean(cells.outcome[:, before], axis=1)
    )


def ri(
    design: Design,
    window: Window | None = None,
    *,
    allowed: NDArray[np.bool_] | None = None,
    level: float = LEVEL,
    rng: np.random.Generator | None = None,
) -> Effect:
    """Give the estimate of :func:`did` its exact studentised p over every choice of treated areas.

    With one treatment date and a balanced panel the coefficient is a difference of means of one number per
    area (mean after minus mean before), so the whole test is :func:`analysis.compare.inference.randomise`
    on it. Else treatment times are dealt out anew among areas and fitted again, studentised by the clustered
    standard error.
    """
    cells = restrict(design, window)
    if cells.staggered or not cells.balanced:
        test, method = _refitted(cells, rng)
        p_min, interval = 1 / len(test.statistics), None
    else:
        values = area_changes(cells, "ri")
        choices = assignments(cells.ever_treated, allowed=allowed, rng=rng)
        test, method, p_min = randomise(values, choices), choices.method, choices.p_min
        interval = invert(values, choices, level)
    return Effect.of(
        cells, estimator="ri", estimand=estimand(cells, window), level=level, estimate=test.difference,
        se=test.se if len(cells.areas) > 2 else None, interval=interval, p_value=test.p_value,
        p_method=f"{method}, studentised", p_min=p_min,
        details={
            **description(cells, window), "t": test.t, "p_coefficient": test.p_coefficient,
            "permutation": test.permutation,
        },
    )  # fmt: skip


def _refitted(cells: Design, rng: np.random.Generator | None) -> tuple[Randomisation, str]:
    """Deal treatment times out anew among the areas and fit again, studentised; and how they were dealt."""
    table = Table(cells)
    deals, exact = _deals(cells, rng)
    fits = [table.fit(starts) for starts in (cells.starts, *deals)]
    estimates = np.array([one.estimate for one in fits])
    t = np.array([abs(one.estimate) / one.se if one.se > 0 else 0.0 for one in fits])
    p, p_coefficient = (float(share_as_extreme(one)) for one in (t, np.abs(estimates)))
    test = Randomisation(fits[0].estimate, fits[0].se, float(t[0]), p, p_coefficient, estimates, t)
    return test, how_tried(len(fits), exact)


def _deals(cells: Design, rng: np.random.Generator | None) -> tuple[list[NDArray[np.int64]], bool]:
    """Other ways to deal the treatment times out among the areas, and whether these are all there are."""
    treated = cells.ever_treated
    if not cells.staggered and math.comb(len(treated), int(treated.sum())) <= REFIT_LIMIT:
        dealt = assignments(treated).dealt[1:] > 0
        return [np.where(one, cells.first_start, NEVER) for one in dealt], True
    if rng is None:
        raise InputError("dealing treatment times out among these areas must be sampled: give a seed")
    return [rng.permutation(cells.starts) for _ in range(REFITS)], False
