"""Area and time effects on the outcome as given, with clustered standard errors, and its exact twin."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import linalg, stats

from analysis.compare.design import Design, Matrix, Window, contrast
from analysis.compare.inference import Vector, assignments, invert, randomise
from analysis.compare.result import LEVEL, Effect
from analysis.errors import InputError

CONSTANT = 1e-10
"""Relative size below which what is left of a column after area and time effects counts as nothing."""


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
    rows = design.keep(groups.used)
    return replace(
        rows,
        times=rows.times[times],
        outcome=rows.outcome[:, times],
        exposure=None if rows.exposure is None else rows.exposure[:, times],
        clusters=None if rows.clusters is None else rows.clusters[:, times],
    )


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
    if x.shape[1] > x.shape[0]:
        return without_effects(x.T, weight.T).T
    rows, columns = weight.sum(axis=1), weight.sum(axis=0)
    share = weight / np.where(rows > 0, rows, 1.0)[:, None]
    weighted = weight * x
    right = weighted.sum(axis=0) - share.T @ weighted.sum(axis=1)
    by_time = linalg.lstsq(np.diag(columns) - weight.T @ share, right, lapack_driver="gelsy", cond=1e-12)[0]
    by_area = (weighted.sum(axis=1) - weight @ by_time) / np.where(rows > 0, rows, 1.0)
    return np.asarray(x - by_area[:, None] - by_time[None, :])


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
    codes, n_clusters, counted = _cluster_codes(design, seen)
    scores = np.bincount(codes, weights=(d * residual)[seen], minlength=n_clusters).astype(np.float64)
    n_cells = int(seen.sum())
    if n_clusters < 2 or n_cells <= counted:
        raise InputError("too few cells or clusters for a standard error; at least two clusters are needed")
    factor = n_clusters / (n_clusters - 1) * (n_cells - 1) / (n_cells - counted)
    scale = float(np.abs(y).max())
    if float(np.abs(residual).max()) <= CONSTANT * scale:
        scores = np.zeros_like(scores)
    se = float(np.sqrt(factor * (scores @ scores))) / power
    return TwoWay(estimate, se, n_clusters - 1, d, residual, scores, factor)


def _cluster_codes(design: Design, seen: NDArray[np.bool_]) -> tuple[NDArray[np.int64], int, int]:
    """Cluster of each seen cell, how many clusters, and how many parameters count against the residuals."""
    n, t = design.outcome.shape
    area = np.broadcast_to(np.arange(n)[:, None], (n, t))[seen]
    time = np.broadcast_to(np.arange(t)[None, :], (n, t))[seen]
    if design.clusters is None:
        return area, n, 1 + t
    codes = np.unique(design.clusters[seen], return_inverse=True)[1].astype(np.int64)
    counted = 1
    effects = 0
    for effect, levels in ((area, n), (time, t)):
        nested = len(np.unique(np.stack([effect, codes]), axis=1).T) == levels
        effects += 1 if nested else levels
    return codes, int(codes.max()) + 1, counted + effects - 1


def did(design: Design, window: Window | None = None, *, level: float = LEVEL) -> Effect:
    """Difference-in-differences: the two-way coefficient of :func:`two_way` with t on clusters minus one.

    Areas treated at different times make this the two-way coefficient that Goodman-Bacon (2021) takes apart;
    ``details["warning"]`` then says so. Give a window to compare the first treated with areas untreated to
    its end.
    """
    cells = restrict(design, window)
    fit = two_way(cells)
    n_treated, n_control = _group_sizes(cells)
    return Effect(
        estimator="did",
        estimand=_estimand(cells, window),
        estimate=fit.estimate,
        se=fit.se,
        interval=_t_interval(fit, level),
        level=level,
        p_value=t_p_value(fit.estimate, fit.se, fit.dof),
        p_method=f"t({fit.dof}), standard error clustered",
        p_min=None,
        n_treated=n_treated,
        n_control=n_control,
        details={
            "unit": cells.outcome_name,
            "window": _window_name(window),
            "dof": fit.dof,
            "clusters": fit.dof + 1,
        }
        | _stagger_warning(cells),
    )


def t_p_value(estimate: float, se: float, dof: float) -> float:
    """Two-sided p of ``estimate / se`` on t; an estimate of nothing with no spread has p one."""
    if se == 0:
        return 1.0 if estimate == 0 else 0.0
    return float(2 * stats.t.sf(abs(estimate / se), dof))


def _t_interval(fit: TwoWay, level: float) -> tuple[float, float]:
    half = float(stats.t.ppf((1 + level) / 2, fit.dof)) * fit.se
    return fit.estimate - half, fit.estimate + half


def _group_sizes(design: Design) -> tuple[int, int]:
    treated = int(design.ever_treated.sum())
    return treated, len(design.areas) - treated


def _window_name(window: Window | None) -> str:
    return "whole table" if window is None else str(window)


def _estimand(design: Design, window: Window | None) -> str:
    return f"{design.outcome_name}, {_window_name(window)}, mobilised minus comparison areas"


def _stagger_warning(design: Design) -> dict[str, Any]:
    if not design.staggered:
        return {}
    return {
        "warning": "areas are treated at different times: two-way effects can weigh some negatively; "
        "see cs, bjs, bacon"
    }


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
    before = cells.times < cells.first_start
    values = cells.outcome[:, ~before].mean(axis=1) - cells.outcome[:, before].mean(axis=1)
    treated = cells.ever_treated
    choices = assignments(treated, allowed=allowed, rng=rng)
    test = randomise(values, choices)
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
        n_treated=int(treated.sum()),
        n_control=int((~treated).sum()),
        details={
            "unit": cells.outcome_name,
            "window": _window_name(window),
            "t": test.t,
            "p_coefficient": test.p_coefficient,
            "permutation": {"difference": test.differences, "t": test.statistics}
            if len(test.statistics) <= 1000
            else {},
        },
    )
