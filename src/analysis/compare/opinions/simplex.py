"""Least squares over weights that are not negative and sum to one, solved exactly."""

import numpy as np
from scipy import optimize

from analysis.compare.design import Matrix, Vector


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
    Lawson and Hanson (1974), *Solving Least Squares Problems*, chapter 23.
    """
    columns = matrix.shape[1]
    gap = matrix - target[:, None]
    scale = float(np.sqrt((gap * gap).sum() / columns + ridge))
    if scale <= np.finfo(float).tiny:
        return np.full(columns, 1 / columns)
    rows = [gap / scale, np.ones((1, columns))]
    if ridge > 0:
        rows.append(np.sqrt(ridge) / scale * np.eye(columns))
    stacked = np.vstack(rows)
    right = np.zeros(len(stacked))
    right[len(gap)] = 1.0
    found = optimize.nnls(stacked, right, maxiter=30 * columns)[0]
    return np.asarray(found / found.sum())
