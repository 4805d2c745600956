"""Poisson regression of counts among people exposed: the count twin of the headline."""

import numpy as np

from analysis.compare.design import Design, Matrix, Vector, Window
from analysis.compare.opinions.regression import description, restrict, two_alone
from analysis.compare.opinions.two_way import CONSTANT, Clusters, TwoWayEffects, treated_cells
from analysis.compare.result import LEVEL, Effect
from analysis.errors import InputError

STEPS = 200
CONVERGED = 1e-11
AWAY = 1e100
"""People that nobody counts: a fit that expects as many does not come back."""


def ppml(design: Design, window: Window | None = None, *, level: float = LEVEL) -> Effect:
    r"""Pseudo-maximum likelihood of :math:`E[y_{it}] = e_{it} \exp(\alpha_i + \gamma_t + \tau D_{it})`.

    Iterated weighted least squares in which area and time effects are solved exactly at every step;
    standard error by clusters with the factor of :class:`~analysis.compare.opinions.two_way.Clusters`.
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
    _refuse_impossible(cells)
    seen = cells.seen
    y = np.where(seen, cells.outcome, 0.0)
    seen &= (y.sum(axis=1) > 0)[:, None] & (y.sum(axis=0) > 0)[None, :]
    d = treated_cells(cells.times, cells.starts)
    _refuse_separation(cells, y, d * seen)
    offset = np.log(np.where(seen, cells.people, 1.0))
    estimate, mean = _fit(np.where(seen, y, 0.0), d, offset, seen.astype(np.float64))
    left = TwoWayEffects(mean).take_out(d) * seen
    residual = (y - mean) * seen
    se = Clusters(cells, seen).error(left * residual) / float((mean * left * left).sum())
    if float(np.abs(residual).max()) <= CONSTANT * float(np.abs(y).max()):
        estimate, se = (0.0 if abs(estimate) <= CONSTANT else estimate), 0.0
    return Effect.of(
        cells, estimator="ppml", window=window, estimate=estimate, level=level,
        estimand=f"log of expected {cells.outcome_name}, {window or 'whole table'}, mobilised minus others",
        details={
            **description(cells, window), "unit": "log points", "percent": 100 * float(np.expm1(estimate)),
            "left_out_all_zero": [name for i, name in enumerate(cells.areas) if not seen[i].any()],
        },
    ).judged(se, "normal, standard error clustered", alone=two_alone(cells))  # fmt: skip


def _refuse_impossible(cells: Design) -> None:
    y = np.nan_to_num(cells.outcome)
    for bad, why in (
        (y < 0, "is negative"),
        ((y > 0) & ~(np.nan_to_num(cells.people) > 0), "is counted among nobody"),
    ):
        if bad.any():
            raise InputError(
                f"{cells.first_of(bad)}: {cells.outcome_name} {y[bad][0]:g} {why}; "
                "ppml needs counts of zero or more among people exposed"
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
        with np.errstate(over="ignore"):
            mean = np.exp(linear) * seen
        if not mean.sum() < AWAY:
            break
        work = linear - offset + (y - mean) / np.where(mean > 0, mean, 1.0)
        effects = TwoWayEffects(mean)
        left = effects.take_out(d)
        weight = float((mean * left * left).sum())
        if not weight > 0:
            break
        estimate = float((mean * left * work).sum()) / weight
        linear = (work - effects.take_out(work - estimate * d) + offset) * seen
        if float(np.abs(linear - previous).max()) < CONVERGED * max(1.0, float(np.abs(linear).max())):
            return estimate, np.exp(linear) * seen
        previous = linear
    raise InputError(
        "ppml did not settle: some areas or times have counts in too few cells; use a wider window"
    )
