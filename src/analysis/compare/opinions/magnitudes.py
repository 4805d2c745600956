"""Bounds on an effect when trends may step apart after as far as they did before.

Relative magnitudes of Rambachan and Roth (2023), by the conditional least-favourable hybrid test of Andrews,
Roth and Pakes (2023).
"""

from functools import lru_cache
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from scipy import special

from analysis.compare.design import Matrix, Vector
from analysis.compare.opinions.event_study import EventStudy

SIMULATIONS = 5_000
GRID = 1_000
REFINED = 33
REACHES = (20.0, 100.0, 500.0)
"""Half-widths of the grid of effects, in standard errors, tried in turn."""
EXACT = 1e-14
"""Variance, as a part of the largest, below which something counts as known without error."""


def relative_interval(test: "RelativeMagnitudes", estimate: float, se: float) -> list[float] | None:
    """Find the accepted effects on a grid around the estimate, widened until it holds them."""
    for reach in REACHES:
        found = _ends(test, estimate + np.linspace(-reach * se, reach * se, GRID))
        if found is not None:
            return found
    return None


def _ends(test: "RelativeMagnitudes", grid: Vector) -> list[float] | None:
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
        deviation = np.sqrt(np.maximum(np.diag(covariance), EXACT * np.diag(covariance).max()))
        unit = deviation.max()  # numbers of any size: vertices are told apart by digits behind the point
        vertices = _vertices(turned[:, 1:], deviation / unit) / unit
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
        variance = np.maximum(self._covariance[top, top], EXACT)
        ratio = self._covariance[:, top].T / variance[:, None]
        ratio[np.arange(len(effects)), top] = 1.0
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
