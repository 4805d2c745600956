"""Poisson regression of counts among people exposed: the count twin of the headline."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy import stats

from analysis.compare.design import Design, Matrix, Vector, Window
from analysis.compare.opinions.regression import (
    CONSTANT,
    cluster_codes,
    common_description,
    group_sizes,
    normal_p_value,
    restrict,
    treatment,
    without_effects,
)
from analysis.compare.result import LEVEL, NOTHING_VARIES, TWO_AREAS, Effect, without_spread
from analysis.errors import InputError

STEPS = 200
CONVERGED = 1e-11


def ppml(design: Design, window: Window | None = None, *, level: float = LEVEL) -> Effect:
    r"""Pseudo-maximum likelihood of :math:`E[y_{it}] = e_{it} \exp(\alpha_i + \gamma_t + \tau D_{it})`.

    Iterated weighted least squares in which area and time effects are solved exactly at every step;
    standard error by clusters with the factor of :func:`~analysis.compare.opinions.regression.two_way`.
    Without exposure :math:`e_{it} = 1`. Areas and times with nothing but zeros say nothing about the effect
    and are left out.

    Notes
    -----
    Santos Silva and Tenreyro (2006), *Review of Economics and Statistics* 88; Wooldridge (2023),
    *Econometrics Journal* 26: counts need only a right mean, not a Poisson variance.

    Raises
    ------
    InputError
        On negative counts, counts among nobody, or treated cells (or their comparisons) with nothing but
        zeros.
    """
    cells = restrict(design, window)
    exposure = np.ones_like(cells.outcome) if cells.exposure is None else cells.exposure
    _refuse_impossible(cells, exposure)
    seen = ~np.isnan(cells.outcome) & (np.nan_to_num(exposure) > 0)
    y = np.where(seen, cells.outcome, 0.0)
    seen &= (y.sum(axis=1) > 0)[:, None] & (y.sum(axis=0) > 0)[None, :]
    d = treatment(cells)
    _refuse_separation(cells, y, d * seen)
    offset = np.log(np.where(seen, exposure, 1.0))
    estimate, mean = _fit(np.where(seen, y, 0.0), d, offset, seen.astype(np.float64))
    left = without_effects(d, mean) * seen
    power = float((mean * left * left).sum())
    codes, clusters, counted = cluster_codes(replace(cells, outcome=np.where(seen, y, np.nan)), seen)
    scores = np.bincount(codes, weights=(left * (y - mean))[seen], minlength=clusters)
    used = int(seen.any(axis=1).sum()) if cells.clusters is None else clusters
    n_cells = int(seen.sum())
    if used < 2 or n_cells <= counted:
        raise InputError("ppml: too few areas or times with any count for a standard error")
    factor = used / (used - 1) * (n_cells - 1) / (n_cells - counted)
    se = float(np.sqrt(factor * (scores @ scores))) / power
    flat = float(np.abs((y - mean)[seen]).max()) <= CONSTANT * float(np.abs(y).max())
    if flat:
        estimate, se = (0.0 if abs(estimate) <= CONSTANT else estimate), 0.0
    half = float(stats.norm.ppf((1 + level) / 2)) * se
    n_treated, n_control = group_sizes(cells)
    left_out = [name for i, name in enumerate(cells.areas) if not seen[i].any()]
    effect = Effect(
        estimator="ppml",
        estimand=f"log of expected {cells.outcome_name}, {window or 'whole table'}, mobilised minus others",
        estimate=estimate,
        se=se,
        interval=None if flat else (estimate - half, estimate + half),
        level=level,
        p_value=normal_p_value(estimate, se),
        p_method=NOTHING_VARIES if flat else "normal, standard error clustered",
        p_min=None,
        n_treated=n_treated,
        n_control=n_control,
        window=window,
        details={
            **common_description(cells, window),
            "unit": "log points",
            "percent": 100 * float(np.expm1(estimate)),
            "left_out_all_zero": left_out,
        },
    )
    alone = cells.clusters is None and len(cells.areas) == 2
    return without_spread(effect, TWO_AREAS) if alone else effect


def _refuse_impossible(cells: Design, exposure: Matrix) -> None:
    y = np.nan_to_num(cells.outcome)
    for bad, why in (
        (y < 0, "is negative"),
        ((y > 0) & ~(np.nan_to_num(exposure) > 0), "is counted among nobody"),
    ):
        if bad.any():
            i, t = (int(x[0]) for x in np.nonzero(bad))
            raise InputError(
                f"area {cells.areas[i]} at {cells.say_time(int(cells.times[t]))}: {cells.outcome_name} "
                f"{y[i, t]:g} {why}; ppml needs counts of zero or more among people exposed"
            )


def _refuse_separation(cells: Design, y: Matrix, d: Matrix) -> None:
    treated = cells.ever_treated
    sides = {
        "treated areas after": (y * d).sum(),
        "treated areas before": (y * (1 - d))[treated].sum(),
        "comparison areas after": (y * (d.max(axis=0) > 0))[~treated].sum() if not cells.staggered else 1.0,
    }
    for side, total in sides.items():
        if total <= 0:
            raise InputError(
                f"ppml: {cells.outcome_name} is zero in all {side}, so no ratio exists; use another window"
            )


def _fit(y: Matrix, d: Matrix, offset: Matrix, seen: Matrix) -> tuple[float, Matrix]:
    """Coefficient and ``(n, T)`` fitted means, zero in unseen cells."""
    linear = np.log((y + y[seen > 0].mean()) / 2) * seen
    previous: Vector | Matrix = linear
    for _ in range(STEPS):
        mean = np.exp(linear) * seen
        work = linear - offset + (y - mean) / np.where(mean > 0, mean, 1.0)
        left = without_effects(d, mean)
        estimate = float((mean * left * work).sum() / (mean * left * left).sum())
        linear = (work - without_effects(work - estimate * d, mean) + offset) * seen
        if float(np.abs(linear - previous).max()) < CONVERGED * max(1.0, float(np.abs(linear).max())):
            return estimate, np.exp(linear) * seen
        previous = linear
    raise InputError(
        "ppml did not settle: some areas or times have counts in too few cells; use a wider window"
    )
