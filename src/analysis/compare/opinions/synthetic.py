"""Synthetic control and synthetic difference-in-differences, refitted for every choice of treated areas."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from analysis.compare.choices import assignments
from analysis.compare.design import NEVER, Design, Matrix, Vector, Window
from analysis.compare.details import Cohort, Details
from analysis.compare.inference import share_as_extreme
from analysis.compare.opinions.regression import description, estimand, restrict
from analysis.compare.opinions.simplex import simplex_weights
from analysis.compare.opinions.two_way import CONSTANT
from analysis.compare.result import LEVEL, Effect
from analysis.errors import InputError

REFITS = 1_000
"""Choices of treated areas up to which every one is refitted."""

PLACEBOS = 200
"""Placebo assignments drawn among the controls where there are more choices than that."""

NO_PENALTY = 1e-6
"""Ridge of the weights that need none, in units of the noise: it only makes them unique."""


@dataclass(frozen=True)
class Fit:
    """One synthetic comparison of areas treated together.

    Attributes
    ----------
    estimate
        Mean gap after treatment.
    area_weights, time_weights
        ``(n0,)`` over the donors; ``(T0,)`` over the times before, zero for synthetic control.
    gap
        ``(T,)`` treated mean minus its synthetic twin.
    """

    estimate: float
    area_weights: Vector
    time_weights: Vector
    gap: Vector


Fitter = Callable[[Matrix, Matrix, int], Fit]


def fit_sdid(treated: Matrix, donors: Matrix, n_before: int) -> Fit:
    r"""Synthetic difference-in-differences of areas treated together.

    Area weights minimise :math:`\lVert \omega_0 + Y_{co}'\omega - \bar Y_{tr} \rVert^2 + \zeta^2 T_0
    \lVert\omega\rVert^2` over the times before with :math:`\zeta = (N_{tr} T_{post})^{1/4} \hat\sigma`,
    time weights likewise across donors; :math:`\hat\tau = (\bar Y_{tr} - \omega'Y_{co})(\bar 1_{post} -
    \lambda)`.

    Parameters
    ----------
    treated, donors
        ``(k, T)`` and ``(n0, T)``.
    n_before
        Times before treatment, at least one.

    Notes
    -----
    Arkhangelsky, Athey, Hirshberg, Imbens and Wager (2021), *American Economic Review* 111, algorithm 1.
    """
    n_after = treated.shape[1] - n_before
    noise = _noise(donors[:, :n_before])
    target = treated.mean(axis=0)
    before = donors[:, :n_before]
    by_area = before - before.mean(axis=1, keepdims=True)
    own = target[:n_before] - target[:n_before].mean()
    strength = math.sqrt(len(treated) * n_after) * noise**2
    area_weights = simplex_weights(by_area.T, own, strength * n_before)
    by_time = before - before.mean(axis=0)
    after = donors[:, n_before:].mean(axis=1)
    time_weights = simplex_weights(by_time, after - after.mean(), (NO_PENALTY * noise) ** 2 * len(donors))
    gap = _gap(target, area_weights, donors)
    estimate = float(gap[n_before:].mean() - time_weights @ gap[:n_before])
    return Fit(estimate, area_weights, time_weights, gap)


def fit_sc(treated: Matrix, donors: Matrix, n_before: int) -> Fit:
    """Synthetic control: donor weights that match the treated mean before, without intercept.

    Notes
    -----
    Abadie, Diamond and Hainmueller (2010), *JASA* 105, with every outcome before as a predictor.
    """
    noise = _noise(donors[:, :n_before])
    target = treated.mean(axis=0)
    weights = simplex_weights(donors[:, :n_before].T, target[:n_before], (NO_PENALTY * noise) ** 2 * n_before)
    gap = _gap(target, weights, donors)
    return Fit(float(gap[n_before:].mean()), weights, np.zeros(n_before), gap)


def _gap(target: Vector, weights: Vector, donors: Matrix) -> Vector:
    """Target minus weighted donors, with what is only rounding set to nothing."""
    gap = target - weights @ donors
    return np.asarray(np.where(np.abs(gap) > CONSTANT * np.abs(target).max(), gap, 0.0))


def _noise(before: Matrix) -> float:
    """Take the spread of the donors' first differences before treatment; of levels with one time."""
    steps = np.diff(before, axis=1)
    values = steps if steps.size > 1 else before
    return float(values.std(ddof=1)) if values.size > 1 else 0.0


def _estimate(
    design: Design, window: Window | None = None, *, name: str, fitter: Fitter, level: float = LEVEL,
    rng: np.random.Generator | None = None,
) -> Effect:  # fmt: skip
    """Fit by cohort, with refits for p and placebos for the standard error.

    p is the share of choices of treated areas whose refitted estimate is at least as large, every choice up
    to :data:`REFITS`, else :data:`PLACEBOS` sampled among the controls with the +1 rule. The standard
    error is the standard deviation of placebo estimates among the controls alone. Areas treated at
    different times are fitted cohort by cohort against never-treated donors and weighted by treated
    cells.

    Raises
    ------
    InputError
        On an unbalanced panel, when no donor is untreated to the end, or when no time lies before treatment.
    """
    cells = restrict(design, window)
    require_complete(cells, name)
    if cells.ever_treated.all():
        raise InputError(
            f"{name} needs donors, and every area is treated in the end; give a window before that"
        )
    if not (cells.times < cells.starts.min()).any():
        raise InputError(
            f"{name} fits the times before the first treatment, and there is none; give more days"
        )
    fits = _fit_cohorts(cells.outcome, cells.times, cells.starts, fitter)
    estimate = _weighted(cells, cells.starts, fits)
    placebos, refits = _placebos(cells, fitter, rng), _refits(cells, fitter)
    tried = np.concatenate([[estimate], placebos if refits is None else refits])
    method = (
        f"{len(placebos)} placebo choices among controls, +1 rule"
        if refits is None
        else f"{len(tried)} refits, every choice"
    )
    effect = Effect.of(
        cells, estimator=name, estimand=estimand(cells, window, "synthetic comparison"), level=level,
        estimate=estimate,
        details={
            **description(cells, window),
            **_details(cells, fits, placebos, [] if refits is None else tried),
            **_leave_one_donor_out(cells, fits, fitter),
        },
    )  # fmt: skip
    if len(placebos) > 1:
        effect = effect.judged(float(placebos.std()), method)
    p = float(share_as_extreme(np.abs(tried)))
    return replace(effect, p_value=p, p_method=method, p_min=1 / len(tried))


sc = partial(_estimate, name="sc", fitter=fit_sc)
"""Synthetic control (:func:`fit_sc`)."""
sdid = partial(_estimate, name="sdid", fitter=fit_sdid)
"""Synthetic difference-in-differences (:func:`fit_sdid`)."""


def require_complete(cells: Design, name: str) -> None:
    """Refuse a panel with holes, naming the first one."""
    if not cells.balanced:
        i, t = np.argwhere(np.isnan(cells.outcome))[0]
        raise InputError(
            f"area {cells.areas[i]} has no {cells.outcome_name} at {cells.say_time(int(cells.times[t]))}: "
            f"{name} needs every area on every time; fill it or leave the area or the time out"
        )


def _fit_cohorts(
    outcome: Matrix, times: NDArray[np.int64], starts: NDArray[np.int64], fitter: Fitter
) -> dict[int, Fit]:
    """One fit per treatment time, each against the areas never treated in the table."""
    told = np.unique(starts[starts <= times[-1]])
    donors = outcome[starts > times[-1]]
    return {int(one): fitter(outcome[starts == one], donors, int((times < one).sum())) for one in told}


def _weighted(cells: Design, starts: NDArray[np.int64], fits: dict[int, Fit]) -> float:
    """Cohort estimates weighted by their treated cells (Clarke, Pailañir, Athey and Imbens 2023)."""
    size = {start: int((starts == start).sum()) * int((cells.times >= start).sum()) for start in fits}
    return sum(size[start] * fit.estimate for start, fit in fits.items()) / sum(size.values())


def _refits(cells: Design, fitter: Fitter) -> Vector | None:
    """Refit every other choice of treated areas; ``None`` when they are too many."""
    treated = cells.ever_treated
    if cells.staggered or math.comb(len(treated), int(treated.sum())) > REFITS:
        return None
    n_before = int((cells.times < cells.first_start).sum())
    masks = assignments(treated).dealt[1:] > 0
    return np.array([fitter(cells.outcome[one], cells.outcome[~one], n_before).estimate for one in masks])


def _placebos(cells: Design, fitter: Fitter, rng: np.random.Generator | None) -> Vector:
    """Estimates when controls take the place of the treated areas, which are left out."""
    treated = cells.ever_treated
    k, outcome = int(treated.sum()), cells.outcome[~treated]
    starts = np.sort(cells.starts[treated])
    if k >= len(outcome):
        return np.array([])
    found = []
    for choice in _placebo_choices(len(outcome), k, cells.staggered, rng):
        placed = np.full(len(outcome), NEVER, dtype=np.int64)
        placed[choice] = starts
        found.append(_weighted(cells, placed, _fit_cohorts(outcome, cells.times, placed, fitter)))
    return np.array(found)


def _placebo_choices(n: int, k: int, staggered: bool, rng: np.random.Generator | None) -> NDArray[np.int64]:
    if not staggered and math.comb(n, k) <= REFITS:
        return assignments(np.arange(n) < k).chosen
    if rng is None:
        raise InputError(f"{k} placebo areas among {n} controls must be sampled: give a seed")
    return np.stack([rng.choice(n, size=k, replace=False) for _ in range(PLACEBOS)])


def _details(cells: Design, fits: dict[int, Fit], placebos: Vector, refits: Vector | list[float]) -> Details:
    donors = cells.names(~cells.ever_treated)
    times = [cells.say_time(int(time)) for time in cells.times]
    by_cohort: list[Cohort] = [
        {
            "treated_from": cells.say_time(start),
            "estimate": fit.estimate,
            "n_treated": int((cells.starts == start).sum()),
            "area_weights": _nonzero(donors, fit.area_weights),
            "time_weights": _nonzero(times, fit.time_weights),
            "pre_rmse": float(np.sqrt(np.mean(_before(fit) ** 2))),
            "gap": dict(zip(times, fit.gap.tolist(), strict=True)),
        }
        for start, fit in fits.items()
    ]
    first = by_cohort[0]
    return {
        "weights": first["area_weights"],
        "time_weights": first["time_weights"],
        "by_cohort": by_cohort,
        "placebo": placebos,
        "refits": refits,
        "se_ddof0": float(placebos.std()) if len(placebos) > 1 else None,
        "se_ddof1": float(placebos.std(ddof=1)) if len(placebos) > 1 else None,
    }


def _before(fit: Fit) -> Vector:
    before = fit.gap[: len(fit.time_weights)]
    return before - before.mean() if fit.time_weights.any() else before


def _nonzero(names: Sequence[str], weights: Vector) -> dict[str, float]:
    kept = sorted(zip(weights.tolist(), names[: len(weights)], strict=True), reverse=True)
    return {name: weight for weight, name in kept if weight > 1e-9}


def _leave_one_donor_out(cells: Design, fits: dict[int, Fit], fitter: Fitter) -> Details:
    """Estimate without each donor that carries weight; for one treatment time."""
    donors = np.flatnonzero(~cells.ever_treated)
    if len(fits) > 1 or len(donors) < 2 or len(donors) > 100:
        return {}
    (fit,) = fits.values()
    n_before = len(fit.time_weights)
    treated = cells.outcome[cells.ever_treated]
    found = {}
    for i in np.flatnonzero(fit.area_weights > 1e-9):
        others = np.delete(cells.outcome[donors], i, axis=0)
        found[cells.areas[donors[i]]] = fitter(treated, others, n_before).estimate
    return {"leave_one_donor_out": found}
