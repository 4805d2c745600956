"""Area and time effects on the outcome as given, with clustered standard errors, and its exact twin."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import linalg, stats

from analysis.compare.design import NEVER, Design, Matrix, Vector, Window, contrast
from analysis.compare.details import Details
from analysis.compare.inference import assignments, invert, randomise, share_as_extreme
from analysis.compare.result import LEVEL, NOTHING_VARIES, TWO_AREAS, Effect, without_spread
from analysis.errors import InputError

CONSTANT = 1e-10
"""Relative size below which what is left of a column after area and time effects counts as nothing."""


REFIT_LIMIT = 2_000
"""Choices of treated areas up to which every one is refitted when one number an area is not enough."""

REFITS = 999
"""Sampled refits beyond that; with the observed one 1,000."""

SHOWN = 1_000
"""Choices up to which the whole permutation distribution goes into the details."""


@dataclass(frozen=True)
class TwoWay:
    """Least squares of an outcome on treatment with area and time effects.

    Attributes
    ----------
    estimate, se
        Coefficient of the treatment and its cluster-robust standard error.
    dof
        Degrees of freedom of t, clusters minus one.
    treatment, residual
        ``(n, T)`` treatment and outcome's residual after the effects; zero in missing cells.
    scores
        ``(G,)`` sums of treatment times residual by cluster.
    factor
        Small-sample factor of the variance.
    """

    estimate: float
    se: float
    dof: int
    treatment: Matrix
    residual: Matrix
    scores: Vector
    factor: float


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


def treatment(design: Design) -> Matrix:
    """``(n, T)`` one from the time on which an area is treated."""
    return (design.times[None, :] >= design.starts[:, None]).astype(np.float64)


def without_effects(x: Matrix, weight: Matrix | None = None) -> Matrix:
    """Take weighted area and time effects out of ``x``, solved exactly.

    Parameters
    ----------
    x
        ``(n, T)``; cells of weight zero may hold anything finite.
    weight
        ``(n, T)`` weights, zero for missing cells; ``None`` means a balanced panel of equal weights.
    """
    if weight is None:
        return np.asarray(x - x.mean(axis=1, keepdims=True) - x.mean(axis=0, keepdims=True) + x.mean())
    weighted = weight * x
    by_area, by_time = effects(weighted.sum(axis=1), weighted.sum(axis=0), weight)
    return np.asarray(x - by_area[:, None] - by_time[None, :])


def effects(row_sums: Vector, column_sums: Vector, weight: Matrix) -> tuple[Vector, Vector]:
    """Solve for area and time effects whose weighted sums over rows and columns are those given.

    Eliminating the longer side leaves one linear system of the shorter side's length; effects that the
    weights do not pin down get the smallest solution.
    """
    if weight.shape[1] > weight.shape[0]:
        by_time, by_area = effects(column_sums, row_sums, weight.T)
        return by_area, by_time
    rows = weight.sum(axis=1)
    rows = np.where(rows > 0, rows, 1.0)
    share = weight / rows[:, None]
    left = np.diag(weight.sum(axis=0)) - weight.T @ share
    right = column_sums - share.T @ row_sums
    by_time = np.asarray(linalg.lstsq(left, right, lapack_driver="gelsy", cond=1e-12)[0])
    return (row_sums - weight @ by_time) / rows, by_time


def two_way(design: Design) -> TwoWay:
    r"""Two-way fixed effects: :math:`y_{it} = \alpha_i + \gamma_t + \tau D_{it} + u_{it}`.

    The variance is the cluster sandwich :math:`c \sum_g s_g^2 / (\sum \tilde D^2)^2` with
    :math:`s_g = \sum_{it \in g} \tilde D_{it} \hat u_{it}` and
    :math:`c = \frac{G}{G-1}\frac{N-1}{N-K}`, where :math:`K` does not count effects nested in clusters.

    Notes
    -----
    Liang and Zeger (1986), *Biometrika* 73; Bertrand, Duflo and Mullainathan (2004), *QJE* 119.
    With few treated areas the t test over-rejects (MacKinnon and Webb 2018); see :func:`ri`.
    """
    seen = ~np.isnan(design.outcome)
    weight = None if seen.all() else seen.astype(np.float64)
    y = np.where(seen, design.outcome, 0.0)
    raw = treatment(design)
    d = without_effects(raw, weight) * seen
    power = float((d * d).sum())
    if power <= CONSTANT * float((raw * seen).sum()):
        raise InputError(
            "treatment cannot be told apart from area and time effects; an untreated area is needed"
        )
    estimate = float((d * y).sum()) / power
    residual = without_effects(y - estimate * raw, weight) * seen
    codes, n_clusters, counted = cluster_codes(design, seen)
    scores = np.bincount(codes, weights=(d * residual)[seen], minlength=n_clusters).astype(np.float64)
    n_cells = int(seen.sum())
    if n_clusters < 2 or n_cells <= counted:
        raise InputError("too few cells or clusters for a standard error; at least two clusters are needed")
    factor = n_clusters / (n_clusters - 1) * (n_cells - 1) / (n_cells - counted)
    scale = float(np.abs(y).max())
    if float(np.abs(residual).max()) <= CONSTANT * scale:
        scores = np.zeros_like(scores)
        estimate = 0.0 if abs(estimate) <= CONSTANT * scale else estimate
    se = float(np.sqrt(factor * (scores @ scores))) / power
    return TwoWay(estimate, se, n_clusters - 1, d, residual, scores, factor)


def cluster_codes(design: Design, seen: NDArray[np.bool_]) -> tuple[NDArray[np.int64], int, int]:
    """Cluster of each seen cell, number of clusters, and parameters that count against the residuals."""
    n, t = design.outcome.shape
    area = np.broadcast_to(np.arange(n)[:, None], (n, t))[seen]
    time = np.broadcast_to(np.arange(t)[None, :], (n, t))[seen]
    if design.clusters is None:
        return area, n, 1 + int(seen.any(axis=0).sum())
    codes = np.unique(design.clusters[seen], return_inverse=True)[1].astype(np.int64)
    counted = 1
    effects = 0
    for effect, levels in ((area, n), (time, t)):
        nested = len(np.unique(np.stack([effect, codes]), axis=1).T) == levels
        effects += 1 if nested else levels
    return codes, int(codes.max()) + 1, counted + effects - 1


def did(design: Design, window: Window | None = None, *, level: float = LEVEL) -> Effect:
    """Difference-in-differences: the two-way coefficient of :func:`two_way` with t on clusters minus one.

    Areas treated at different times make this the two-way coefficient that Goodman-Bacon (2021) takes
    apart; ``details["warning"]`` then says so. Give a window to compare the first treated with areas
    untreated to its end.
    """
    cells = restrict(design, window)
    fit = two_way(cells)
    n_treated, n_control = group_sizes(cells)
    flat = fit.se == 0 and fit.estimate == 0
    effect = Effect(
        estimator="did",
        estimand=_estimand(cells, window),
        estimate=fit.estimate,
        se=fit.se,
        interval=None if flat else _t_interval(fit, level),
        level=level,
        p_value=t_p_value(fit.estimate, fit.se, fit.dof),
        p_method=NOTHING_VARIES if flat else f"t({fit.dof}), standard error clustered",
        p_min=None,
        n_treated=n_treated,
        n_control=n_control,
        window=window,
        details={**common_description(cells, window), "dof": fit.dof, "clusters": fit.dof + 1},
    )
    alone = cells.clusters is None and len(cells.areas) == 2
    return without_spread(effect, TWO_AREAS) if alone else effect


def t_p_value(estimate: float, se: float, dof: float) -> float:
    """Two-sided p of ``estimate / se`` on t; an estimate of nothing with no spread has p one."""
    if se == 0:
        return 1.0 if estimate == 0 else 0.0
    return float(2 * stats.t.sf(abs(estimate / se), dof))


def normal_p_value(estimate: float, se: float) -> float:
    """Two-sided p of ``estimate / se`` on the normal."""
    return t_p_value(estimate, se, math.inf)


def _t_interval(fit: TwoWay, level: float) -> tuple[float, float]:
    half = float(stats.t.ppf((1 + level) / 2, fit.dof)) * fit.se
    return fit.estimate - half, fit.estimate + half


def group_sizes(design: Design) -> tuple[int, int]:
    """Count areas treated at some time, and the others."""
    treated = int(design.ever_treated.sum())
    return treated, len(design.areas) - treated


def _window_name(window: Window | None) -> str:
    return "whole table" if window is None else str(window)


def _estimand(design: Design, window: Window | None) -> str:
    return f"{design.outcome_name}, {_window_name(window)}, mobilised minus comparison areas"


def common_description(cells: Design, window: Window | None) -> Details:
    """Say the unit, the window and, where treatment times differ, the warning that this needs."""
    said: Details = {"unit": cells.outcome_name, "window": _window_name(window)}
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
    treated = cells.ever_treated
    n, k = len(values), int(treated.sum())
    if n < 3:
        raise InputError(
            "collapsed needs at least three areas: with two nothing is left to judge the spread by"
        )
    ours, theirs = values[treated], values[~treated]
    estimate = float(ours.mean() - theirs.mean())
    squares = float(((ours - ours.mean()) ** 2).sum() + ((theirs - theirs.mean()) ** 2).sum())
    se = float(np.sqrt(squares / (n - 2) * (1 / k + 1 / (n - k))))
    half = float(stats.t.ppf((1 + level) / 2, n - 2)) * se
    return Effect(
        estimator="collapsed",
        estimand=_estimand(cells, window),
        estimate=estimate,
        se=se,
        interval=(estimate - half, estimate + half),
        level=level,
        p_value=t_p_value(estimate, se, n - 2),
        p_method=f"t({n - 2}) on one number an area, pooled variance",
        p_min=None,
        n_treated=k,
        n_control=n - k,
        details={
            **common_description(cells, window),
            "dof": n - 2,
            "by_area": dict(zip(cells.areas, values.tolist(), strict=True)),
        },
    )


def area_changes(cells: Design, name: str) -> Vector:
    """``(n,)`` mean outcome after the one treatment date minus mean before, over the times an area has."""
    if cells.staggered:
        raise InputError(
            f"{name} needs one treatment time; give a window that ends before the next areas are treated"
        )
    before = cells.times < cells.first_start
    seen = ~np.isnan(cells.outcome)
    for period, when in ((before, "before"), (~before, "after")):
        empty = ~seen[:, period].any(axis=1)
        if empty.any():
            raise InputError(
                f"area {cells.areas[int(np.flatnonzero(empty)[0])]}: no {cells.outcome_name} {when} treatment"
            )
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
    on it.
    """
    cells = restrict(design, window)
    if cells.staggered or not cells.balanced:
        return _ri_refitted(cells, window, level, rng)
    values = area_changes(cells, "ri")
    choices = assignments(cells.ever_treated, allowed=allowed, rng=rng)
    test = randomise(values, choices)
    few = len(test.statistics) <= SHOWN
    return Effect(
        estimator="ri",
        estimand=_estimand(cells, window),
        estimate=test.difference,
        se=test.se if choices.n > 2 else None,
        interval=invert(values, choices, level),
        level=level,
        p_value=test.p_value,
        p_method=f"{choices.method}, studentised",
        p_min=choices.p_min,
        n_treated=int(cells.ever_treated.sum()),
        n_control=int((~cells.ever_treated).sum()),
        details={
            **common_description(cells, window),
            "t": test.t,
            "p_coefficient": test.p_coefficient,
            "permutation": {"difference": test.differences, "t": test.statistics} if few else {},
        },
    )


def _ri_refitted(
    cells: Design, window: Window | None, level: float, rng: np.random.Generator | None
) -> Effect:
    """Deal treatment times out anew among areas and fit again, studentised by the clustered SE."""
    fit = two_way(cells)
    deals, exact = _deals(cells, rng)
    fits = [fit, *(two_way(replace(cells, starts=starts)) for starts in deals)]
    estimates = np.array([one.estimate for one in fits])
    t = np.array([abs(one.estimate) / one.se if one.se > 0 else 0.0 for one in fits])
    n_treated, n_control = group_sizes(cells)
    few = len(fits) <= SHOWN
    kind = "exact" if exact else "sampled, +1 rule,"
    return Effect(
        estimator="ri",
        estimand=_estimand(cells, window),
        estimate=fit.estimate,
        se=fit.se,
        interval=None,
        level=level,
        p_value=float(share_as_extreme(t)),
        p_method=f"randomisation, {kind} {len(fits)} assignments, studentised",
        p_min=1 / len(fits),
        n_treated=n_treated,
        n_control=n_control,
        details={
            **common_description(cells, window),
            "t": t[0],
            "p_coefficient": float(share_as_extreme(np.abs(estimates))),
            "permutation": {"difference": estimates, "t": t} if few else {},
        },
    )


def _deals(cells: Design, rng: np.random.Generator | None) -> tuple[list[NDArray[np.int64]], bool]:
    """Other ways to deal the treatment times out among the areas, and whether these are all there are."""
    treated = cells.ever_treated
    if not cells.staggered and math.comb(len(treated), int(treated.sum())) <= REFIT_LIMIT:
        chosen = assignments(treated).chosen[1:]
        return [
            np.where(np.isin(np.arange(len(treated)), one), cells.first_start, NEVER) for one in chosen
        ], True
    if rng is None:
        raise InputError("dealing treatment times out among these areas must be sampled: give a seed")
    return [rng.permutation(cells.starts) for _ in range(REFITS)], False
