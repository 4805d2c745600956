"""How unlike the two groups' trends could be before the conclusion falls."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, special

from analysis.compare.design import Design, Matrix, Window
from analysis.compare.inference import Vector
from analysis.compare.regression import restrict
from analysis.compare.result import LEVEL, Effect
from analysis.compare.synthetic import require_complete
from analysis.errors import InputError

WEEK = 7
MANY_TIMES = 40
"""Integer times beyond which they are read as days and gathered in weeks, as dates are."""

MOST_AFTER = 5
"""Event-study coefficients after treatment that the bounds use: vertices grow as binomials."""

RELATIVE = (0.0, 0.5, 1.0, 1.5, 2.0)
"""Bounds on violations after, as multiples of the largest step between neighbours before."""

LARGEST = 20.0
"""Where the search for a breakdown value ends."""

SIMULATIONS = 5_000
GRID = 1_000
REFINED = 33
BISECTIONS = 13
REACHES = (20.0, 100.0, 500.0)
"""Half-widths of the grid of effects, in standard errors, tried in turn."""


@dataclass(frozen=True)
class EventStudy:
    """Coefficients by block of time relative to the last block before treatment.

    Attributes
    ----------
    before, after
        ``(K,)`` and ``(P,)`` coefficients in time order, the reference left out.
    covariance
        ``(K + P, K + P)`` clustered by area.
    labels
        Block numbers, 0 the first after treatment.
    """

    before: Vector
    after: Vector
    covariance: Matrix
    labels: tuple[int, ...]


def event_study(design: Design) -> EventStudy:
    """Event-study coefficients of one treatment date with area and time effects, weekly for daily panels.

    The covariance is the sandwich clustered by area with the factor of
    :func:`analysis.compare.regression.two_way`.
    """
    require_complete(design, "honest")
    if design.staggered:
        raise InputError("honest needs one treatment time; give a window before the next areas are treated")
    outcome, labels = _blocks(design)
    first = int(np.flatnonzero(labels >= 0)[0])
    if first < 2:
        raise InputError("honest needs at least two periods (weeks of a daily panel) before treatment")
    kept = np.delete(np.arange(len(labels)), first - 1)
    kept = kept[: first - 1 + MOST_AFTER]
    steps = outcome[:, kept] - outcome[:, [first - 1]]
    treated = design.ever_treated
    spread = np.where(
        treated[:, None], steps - steps[treated].mean(axis=0), steps - steps[~treated].mean(axis=0)
    )
    spread = spread / np.where(treated, treated.sum(), (~treated).sum())[:, None]
    n, periods = len(outcome), outcome.shape[1]
    cells = n * periods
    counted = periods + periods - 1
    if cells <= counted:
        raise InputError("honest: too few areas for a clustered covariance")
    factor = n / (n - 1) * (cells - 1) / (cells - counted)
    difference = steps[treated].mean(axis=0) - steps[~treated].mean(axis=0)
    split = first - 1
    return EventStudy(
        difference[:split],
        difference[split:],
        factor * spread.T @ spread,
        tuple(int(x) for x in labels[kept]),
    )


def _blocks(design: Design) -> tuple[Matrix, NDArray[np.int64]]:
    """Outcome by block (mean over its times) and block numbers; whole weeks only, for daily panels."""
    since = design.times - design.first_start
    if not design.dated and len(design.times) <= MANY_TIMES:
        return design.outcome, np.arange(len(since)) - int((since < 0).sum())
    week = since // WEEK
    numbers, sizes = np.unique(week, return_counts=True)
    whole = numbers[sizes == sizes.max()]
    if not (whole >= 0).any():
        whole = numbers[(sizes == sizes.max()) | (numbers == 0)]
    return np.stack([design.outcome[:, week == number].mean(axis=1) for number in whole], axis=1), whole


def honest(design: Design, window: Window | None = None, *, level: float = LEVEL) -> Effect:
    r"""Bound the first period's effect when trends may differ after as much as they did before.

    ``interval`` allows violations between neighbouring periods as large as the largest seen before
    (:math:`\bar M = 1`); ``details`` has the other multiples, the smoothness bounds (second differences
    at most :math:`M`), the same for the average of the periods after, and the breakdown values: the
    largest violation at which the interval still leaves out zero (``None`` when it never does).

    Notes
    -----
    Rambachan and Roth (2023), *Review of Economic Studies* 90: relative magnitudes by the conditional
    least-favourable hybrid test of Andrews, Roth and Pakes (2023), smoothness by optimal fixed-length
    intervals. The covariance is clustered; with few treated areas it is too small, and the interval with
    it.
    """
    cells = restrict(design, window)
    study = event_study(cells)
    first = np.zeros(len(study.after))
    first[0] = 1.0
    main = _bounds(study, first, level)
    after = len(study.after)
    average = main if after == 1 else _bounds(study, np.full(after, 1 / after), level)
    at_one = next(row for row in main["relative_magnitudes"] if row["mbar"] == 1.0)["interval"]
    treated = cells.ever_treated
    errors = np.sqrt(np.diag(study.covariance))
    coefficients = np.concatenate([study.before, study.after])
    return Effect(
        estimator="honest",
        estimand=f"{cells.outcome_name}, first period after treatment, mobilised minus comparison areas",
        estimate=main["estimate"],
        se=main["se"],
        interval=None if at_one is None else (at_one[0], at_one[1]),
        level=level,
        p_value=None,
        p_method="none; interval under relative magnitudes, Mbar = 1",
        p_min=None,
        n_treated=int(treated.sum()),
        n_control=int((~treated).sum()),
        details={
            "unit": cells.outcome_name,
            "window": "whole table" if window is None else str(window),
            "event_study": [
                {"event": label, "estimate": value, "se": error}
                for label, value, error in zip(
                    study.labels, coefficients.tolist(), errors.tolist(), strict=True
                )
            ],
            "covariance": study.covariance,
            "relative_magnitudes": main["relative_magnitudes"],
            "breakdown_mbar": main["breakdown_mbar"],
            "smoothness": main["smoothness"],
            "breakdown_m": main["breakdown_m"],
            "average": average,
        },
    )


def _bounds(study: EventStudy, weights: Vector, level: float) -> dict[str, Any]:
    post = slice(len(study.before), None)
    se = float(np.sqrt(weights @ study.covariance[post, post] @ weights))
    estimate = float(weights @ study.after)
    said: dict[str, Any] = {"estimate": estimate, "se": se}
    if se <= 0:
        nothing = {"relative_magnitudes": [{"mbar": 1.0, "interval": None}], "smoothness": []}
        return said | nothing | {"breakdown_mbar": None, "breakdown_m": None}
    tests = [RelativeMagnitudes(study, weights, mbar, level) for mbar in RELATIVE]
    said["relative_magnitudes"] = [
        {"mbar": mbar, "interval": relative_interval(test, estimate, se)}
        for mbar, test in zip(RELATIVE, tests, strict=True)
    ]
    said["breakdown_mbar"] = _breakdown(
        lambda mbar: not RelativeMagnitudes(study, weights, mbar, level).accepts(np.zeros(1))[0], LARGEST
    )
    said["smoothness"] = [
        {"m": m, "interval": list(smoothness(study, weights, m, level))} for m in (0.0, 0.5 * se, se, 2 * se)
    ]
    said["breakdown_m"] = _breakdown(
        lambda m: _leaves_out_zero(smoothness(study, weights, m, level)), LARGEST * se
    )
    return said


def _leaves_out_zero(interval: tuple[float, float]) -> bool:
    return interval[0] > 0 or interval[1] < 0


def _breakdown(holds: Any, largest: float) -> float | None:
    """Largest violation at which the conclusion holds; ``None`` when it does not hold even without any."""
    if not holds(0.0):
        return None
    if holds(largest):
        return largest
    low, high = 0.0, largest
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        low, high = (middle, high) if holds(middle) else (low, middle)
    return low


def relative_interval(test: RelativeMagnitudes, estimate: float, se: float) -> list[float] | None:
    """Find the accepted effects on a grid around the estimate, widened until it holds them."""
    for reach in REACHES:
        found = _ends(test, estimate + np.linspace(-reach * se, reach * se, GRID))
        if found is not None:
            return found
    return None


def _ends(test: RelativeMagnitudes, grid: Vector) -> list[float] | None:
    """Find the ends of the accepted effects, refined twice; ``None`` when the grid does not hold them."""
    accepted = np.flatnonzero(test.accepts(grid))
    if len(accepted) == 0 or accepted[0] == 0 or accepted[-1] == len(grid) - 1:
        return None
    ends = []
    first, last = int(accepted[0]), int(accepted[-1])
    for inside, outside in ((grid[first], grid[first - 1]), (grid[last], grid[last + 1])):
        a, b = float(inside), float(outside)
        for _ in range(2):
            fine = np.linspace(a, b, REFINED)
            inner = int(np.flatnonzero(test.accepts(fine))[-1])
            a, b = float(fine[inner]), float(fine[min(inner + 1, REFINED - 1)])
        ends.append(a)
    return ends


class RelativeMagnitudes:
    r"""Test of an effect when each step after is at most :math:`\bar M` times the largest step before.

    For each place ``s`` and sign of the largest step, the violations lie in a cone ``A delta <= 0``. The
    test statistic is the value of a linear program; its dual has finitely many vertices, found once, so
    that the statistic, its least-favourable critical value and the conditional bounds are maxima over
    them.
    """

    def __init__(self, study: EventStudy, weights: Vector, mbar: float, level: float) -> None:
        self._cones = [
            _Cone(
                study, weights, _steps_matrix(len(study.before), len(study.after), mbar, place, sign), level
            )
            for place in range(len(study.before))
            for sign in (1.0, -1.0)
        ]

    def accepts(self, effects: Vector) -> NDArray[np.bool_]:
        """``(m,)`` whether each effect is not rejected for some place and sign."""
        found = np.zeros(len(effects), dtype=bool)
        for cone in self._cones:
            found[~found] |= cone.accepts(effects[~found])
        return found


def _steps_matrix(before: int, after: int, mbar: float, place: int, sign: float) -> Matrix:
    """Rows ``A`` of ``A delta <= 0``: each step after at most ``mbar`` times the chosen one."""
    steps = np.eye(before + after + 1)[1:] - np.eye(before + after + 1)[:-1]
    largest = sign * steps[place]
    rows = np.vstack([steps[before:] - mbar * largest, -steps[before:] - mbar * largest])
    return np.asarray(np.delete(rows, before, axis=1))


class _Cone:
    """One place and sign of the largest step."""

    def __init__(self, study: EventStudy, weights: Vector, rows: Matrix, level: float) -> None:
        k = len(study.before)
        alpha = 1 - level
        kappa = alpha / 10
        basis = _with_first_row(weights)
        turned = rows[:, k:] @ np.linalg.inv(basis)
        covariance = rows @ study.covariance @ rows.T
        deviation = np.sqrt(np.maximum(np.diag(covariance), 1e-300))
        vertices = _vertices(turned[:, 1:], deviation)
        self._level_value = vertices @ (rows @ np.concatenate([study.before, study.after]))
        self._slope = vertices @ turned[:, 0]
        self._covariance = vertices @ covariance @ vertices.T
        values, directions = np.linalg.eigh(covariance)
        draws = (
            (_standard_draws(len(covariance)) * np.sqrt(np.maximum(values, 0.0))) @ directions.T @ vertices.T
        )
        self._least_favourable = float(np.quantile(draws.max(axis=1), 1 - kappa))
        self._size = (alpha - kappa) / (1 - kappa)

    def accepts(self, effects: Vector) -> NDArray[np.bool_]:
        values = self._level_value[None, :] - effects[:, None] * self._slope[None, :]
        top = values.argmax(axis=1)
        statistic = values[np.arange(len(effects)), top]
        variance = np.maximum(self._covariance[top, top], 1e-300)
        ratio = self._covariance[:, top].T / variance[:, None]
        rest = values - ratio * statistic[:, None]
        room = 1 - ratio
        near = np.abs(room) < 1e-9
        bound = rest / np.where(near, 1.0, room)
        low = np.where((room > 0) & ~near, bound, -np.inf).max(axis=1)
        high = np.minimum(np.where((room < 0) & ~near, bound, np.inf).min(axis=1), self._least_favourable)
        critical = np.maximum(_truncated_quantile(1 - self._size, low, high, np.sqrt(variance)), 0.0)
        return np.asarray((statistic <= self._least_favourable) & (statistic <= critical))


@lru_cache(maxsize=8)
def _standard_draws(size: int) -> Matrix:
    """Draw ``(SIMULATIONS, size)`` normals, the same for every cone and bound."""
    return np.random.default_rng(0).standard_normal((SIMULATIONS, size))


def _with_first_row(weights: Vector) -> Matrix:
    """Invertible matrix whose first row is ``weights``."""
    pivot = int(np.argmax(np.abs(weights)))
    return np.vstack([weights, np.delete(np.eye(len(weights)), pivot, axis=0)])


def _vertices(nuisance: Matrix, deviation: Vector) -> Matrix:
    """``(v, m)`` vertices of ``gamma >= 0, gamma'nuisance = 0, gamma'deviation = 1``."""
    equations = np.vstack([nuisance.T, deviation])
    m, q = len(deviation), len(equations)
    chosen = np.array(list(combinations(range(m), q)))
    systems = equations[:, chosen].transpose(1, 0, 2)
    scale = np.abs(systems).max(axis=(1, 2))
    regular = np.abs(np.linalg.det(systems)) > 1e-12 * scale**q
    right = np.zeros((int(regular.sum()), q, 1))
    right[:, -1] = 1.0
    solved = np.linalg.solve(systems[regular], right)[:, :, 0]
    feasible = (solved >= -1e-9 * np.abs(solved).max(axis=1, keepdims=True)).all(axis=1)
    out = np.zeros((int(feasible.sum()), m))
    np.put_along_axis(out, chosen[regular][feasible], np.maximum(solved[feasible], 0.0), axis=1)
    return np.unique(out.round(12), axis=0)


def _truncated_quantile(p: float, low: Vector, high: Vector, scale: Vector) -> Vector:
    """Quantile of a mean-zero normal kept to ``[low, high]``, from whichever tail is exact."""
    a, b = low / scale, high / scale
    upper = a > 0
    right = -special.ndtri((1 - p) * special.ndtr(-a) + p * special.ndtr(-b))
    left = special.ndtri((1 - p) * special.ndtr(a) + p * special.ndtr(b))
    found = np.where(upper, right, left)
    return np.asarray(np.clip(np.where(np.isfinite(found), found, a), a, b) * scale)


def smoothness(study: EventStudy, weights: Vector, m: float, level: float) -> tuple[float, float]:
    r"""Shortest fixed-length interval when the difference in trends has second differences of at most ``m``.

    The estimator adds a weighted sum of the coefficients before. In cumulated weights ``u`` its worst
    bias is ``m`` times a constant plus :math:`\sum |u|`, its variance quadratic, so each trade-off is a
    lasso problem; the half-length :math:`\sigma\, cv(m B / \sigma)` is minimised along the trade-off.
    """
    k, p = len(study.before), len(weights)
    total = float(np.arange(1, p + 1) @ weights)
    tails = sum(abs(float(np.arange(1, s + 1) @ weights[p - s :])) for s in range(1, p + 1))
    differences = np.eye(k) - np.eye(k, k=-1)
    to_weights = differences @ differences
    to_all = np.vstack([to_weights, np.zeros((p, k))])
    offset = np.concatenate([to_weights[:, -1] * total, weights])
    root = np.linalg.cholesky(study.covariance + 1e-14 * np.trace(study.covariance) * np.eye(k + p)).T
    free = root @ to_all[:, :-1]
    fixed = root @ offset

    def half_length(log_penalty: float) -> tuple[float, Vector]:
        u = _lasso(free, -fixed, float(np.exp(log_penalty)))
        spread = float(np.linalg.norm(fixed + free @ u))
        bias = m * (tails - total + float(np.abs(u).sum()) + abs(total))
        critical = float(np.sqrt(special.chndtrix(level, 1, (bias / spread) ** 2)))
        return critical * spread, u

    if k == 1:
        length, u = half_length(0.0)
    else:
        reach = float(np.log(np.abs(free.T @ fixed).max() + 1e-300))
        penalties = np.linspace(reach - 14, reach + 1, 60)
        best = int(np.argmin([half_length(x)[0] for x in penalties]))
        span = penalties[1] - penalties[0]
        found = optimize.minimize_scalar(
            lambda x: half_length(x)[0],
            bounds=(penalties[best] - span, penalties[best] + span),
            method="bounded",
        )
        length, u = half_length(float(found.x))
    use = offset + to_all[:, :-1] @ u
    centre = float(use @ np.concatenate([study.before, study.after]))
    return centre - length, centre + length


def _lasso(matrix: Matrix, target: Vector, penalty: float) -> Vector:
    """Minimise half the squared distance plus ``penalty`` times the sum of sizes."""
    if matrix.shape[1] == 0:
        return np.zeros(0)
    both = np.hstack([matrix, -matrix])
    gram = both.T @ both + 1e-12 * np.trace(both.T @ both) * np.eye(both.shape[1])
    root = np.linalg.cholesky(gram)
    found = optimize.nnls(root.T, np.linalg.solve(root, both.T @ target - penalty), maxiter=100 * len(gram))[
        0
    ]
    half = matrix.shape[1]
    return np.asarray(found[:half] - found[half:])
