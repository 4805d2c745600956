"""Bounds on an effect when trends may bend apart: optimal fixed-length intervals."""

import numpy as np
from scipy import optimize, special

from analysis.compare.design import Matrix, Vector
from analysis.compare.opinions.event_study import EventStudy

FAR = 10.0
"""Standard errors of bias from which the other tail of the estimate, below 1e-80, is left out."""


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
        return critical_value(bias / spread, level) * spread, u

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


def critical_value(bias: float, level: float) -> float:
    """Return what the size of a normal with mean ``bias`` and variance 1 exceeds with ``1 - level``.

    Far from zero by one tail alone: the chi-square with so large a noncentrality is summed term by term.
    """
    if bias > FAR:
        return float(bias + special.ndtri(level))
    return float(np.sqrt(special.chndtrix(level, 1, bias**2)))


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
