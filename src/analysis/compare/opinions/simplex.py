"""Least squares over weights that are not negative and sum to one, solved exactly."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import linalg, optimize

from analysis.compare.design import Matrix, Vector

SMALL = 120
"""Columns up to which the active-set method on the matrix itself is the faster and the more exact."""

TOLERANCE = 1e-10


def simplex_weights(matrix: Matrix, target: Vector, ridge: float) -> Vector:
    r"""Minimise :math:`\lVert A w - b \rVert^2 + r \lVert w \rVert^2` over :math:`w \ge 0,\ \sum w = 1`.

    As the weights sum to one, :math:`A w - b = (A - b 1') w`, so the objective is a homogeneous quadratic
    :math:`q(w)`. Minimising :math:`q(u) + (1'u - 1)^2` over :math:`u \ge 0` alone has its solution on the
    same ray (along it the value is :math:`q / (1 + q)`, increasing in :math:`q`), so one non-negative
    least squares problem gives :math:`w = u / \sum u` with no penalty to tune.

    Parameters
    ----------
    matrix, target
        ``(m, p)`` and ``(m,)``.
    ridge
        Non-negative.

    Returns
    -------
    ndarray
        ``(p,)`` weights.

    Notes
    -----
    Lawson and Hanson (1974), chapter 23, for few columns; block principal pivoting on the normal equations
    (Júdice and Pires 1994, *Computers & Operations Research* 21) for many.
    """
    columns = matrix.shape[1]
    gap = matrix - target[:, None]
    scale = float(np.sqrt((gap * gap).sum() / columns + ridge))
    if scale <= np.finfo(float).tiny:
        return np.full(columns, 1 / columns)
    if columns <= SMALL:
        rows = [gap / scale, np.ones((1, columns))]
        if ridge > 0:
            rows.append(np.sqrt(ridge) / scale * np.eye(columns))
        stacked = np.vstack(rows)
        right = np.zeros(len(stacked))
        right[len(gap)] = 1.0
        found = optimize.nnls(stacked, right, maxiter=30 * columns)[0]
    else:
        gram = (gap.T @ gap + ridge * np.eye(columns)) / scale**2 + 1.0
        found = _pivot(gram, np.ones(columns))
    return np.asarray(found / found.sum())


def _pivot(gram: Matrix, linear: Vector) -> Vector:
    r"""Minimise :math:`u'Hu/2 - c'u` over :math:`u \ge 0` by exchanging all wrong signs at once.

    When the number of wrong signs stops falling, only the last one is exchanged, which ends in finitely
    many steps when ``H`` is positive definite.
    """
    size = len(linear)
    free = np.ones(size, dtype=bool)
    fewest, patience = size + 1, 3
    for _ in range(20 * size):
        u = np.zeros(size)
        u[free] = _solve(gram[np.ix_(free, free)], linear[free])
        slope = gram @ u - linear
        wrong: NDArray[np.bool_] = np.where(free, u < -TOLERANCE * np.abs(u).max(), slope < -TOLERANCE)
        count = int(wrong.sum())
        if count == 0:
            return np.maximum(u, 0.0)
        if count < fewest:
            fewest, patience = count, 3
        elif patience > 0:
            patience -= 1
        else:
            wrong[: np.flatnonzero(wrong)[-1]] = False
        free ^= wrong
    return np.asarray(
        optimize.nnls(np.linalg.cholesky(gram).T, linalg.solve(np.linalg.cholesky(gram), linear))[0]
    )


def _solve(gram: Matrix, right: Vector) -> Vector:
    try:
        return np.asarray(
            linalg.cho_solve(linalg.cho_factor(gram, check_finite=False), right, check_finite=False)
        )
    except linalg.LinAlgError:
        return np.asarray(linalg.lstsq(gram, right)[0])
