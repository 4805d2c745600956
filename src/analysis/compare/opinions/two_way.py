"""Area and time effects: taken out of a table exactly; a treatment's coefficient with clustered errors."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import linalg

from analysis.compare.design import Design, Matrix, Vector
from analysis.errors import InputError

CONSTANT = 1e-10
"""Relative size below which what is left of a column after area and time effects counts as nothing."""

UNPINNED = 1e-12
"""Relative size of an eigenvalue below which the weights do not pin an effect down."""


class TwoWayEffects:
    """Area and time effects over weighted cells, ready to be taken out of any number of tables.

    Eliminating the longer side leaves one linear system of the shorter side's length; effects that the
    weights do not pin down get the smallest solution.

    Parameters
    ----------
    weight
        ``(n, T)`` weights, zero for missing cells; ``None`` means a balanced panel of equal weights.
    """

    def __init__(self, weight: Matrix | None) -> None:
        if weight is None:
            self.weight = None
            return
        self.turned = weight.shape[1] > weight.shape[0]
        self.weight = weight.T if self.turned else weight
        rows = self.weight.sum(axis=1)
        self.rows = np.where(rows > 0, rows, 1.0)
        self.share = self.weight / self.rows[:, None]
        left = np.diag(self.weight.sum(axis=0)) - self.weight.T @ self.share
        self.inverse = linalg.pinvh(left, rtol=UNPINNED, check_finite=False)

    def solve(self, row_sums: Vector, column_sums: Vector) -> tuple[Vector, Vector]:
        """Solve for area and time effects whose weighted sums over rows and columns are those given."""
        assert self.weight is not None  # noqa: S101 - a balanced panel is never asked
        if self.turned:
            row_sums, column_sums = column_sums, row_sums
        short = self.inverse @ (column_sums - self.share.T @ row_sums)
        long = (row_sums - self.weight @ short) / self.rows
        return (short, long) if self.turned else (long, short)

    def take_out(self, x: Matrix) -> Matrix:
        """Take the effects out of ``(n, T)`` numbers; cells of weight zero may hold anything finite."""
        if self.weight is None:
            return np.asarray(x - x.mean(axis=1, keepdims=True) - x.mean(axis=0, keepdims=True) + x.mean())
        weighted = x * (self.weight.T if self.turned else self.weight)
        by_area, by_time = self.solve(weighted.sum(axis=1), weighted.sum(axis=0))
        return np.asarray(x - by_area[:, None] - by_time[None, :])


class Clusters:
    r"""The clusters of a table's seen cells, and the small-sample factor of a variance by clusters.

    The factor is :math:`\frac{G}{G-1}\frac{N-1}{N-K}`, where :math:`K` does not count effects nested in
    clusters.
    """

    def __init__(self, design: Design, seen: NDArray[np.bool_]) -> None:
        self.seen, self.present, cells = seen, seen.any(axis=1), int(seen.sum())
        if design.clusters is None:
            self.given = None
            self.number = int(self.present.sum())
            counted = 1 + int(seen.any(axis=0).sum())
        else:
            self.given = np.unique(design.clusters[seen], return_inverse=True)[1].astype(np.int64)
            self.number = int(self.given.max()) + 1 if cells else 0
            counted = sum(_levels(effect, self.given) for effect in np.nonzero(seen))
        if self.number < 2 or cells <= counted:
            raise InputError(
                "too few cells or clusters for a standard error; at least two clusters are needed"
            )
        self.factor = self.number / (self.number - 1) * (cells - 1) / (cells - counted)

    @property
    def codes(self) -> NDArray[np.int64]:
        """The cluster of each seen cell."""
        own = (np.cumsum(self.present) - 1)[np.nonzero(self.seen)[0]] if self.given is None else self.given
        return np.asarray(own, dtype=np.int64)

    def sums(self, table: Matrix) -> Vector:
        """``(G,)`` sums over each cluster of ``(n, T)`` numbers, of the seen cells."""
        if self.given is None:
            return np.asarray((table * self.seen).sum(axis=1)[self.present])
        return np.bincount(self.given, weights=table[self.seen], minlength=self.number).astype(np.float64)

    def error(self, scores: Matrix) -> float:
        """Return the standard error of the sum of seen cells' ``(n, T)`` scores."""
        by_cluster = self.sums(scores)
        return float(np.sqrt(self.factor * (by_cluster @ by_cluster)))


def _levels(effect: NDArray[np.int64], codes: NDArray[np.int64]) -> int:
    """Count the levels of an effect; one where they are nested in clusters."""
    levels = len(np.unique(effect))
    return 1 if len(np.unique(np.stack([effect, codes]), axis=1).T) == levels else levels


@dataclass(frozen=True)
class TwoWay:
    """Least squares of an outcome on treatment with area and time effects.

    Attributes
    ----------
    estimate, se
        Coefficient of the treatment and its cluster-robust standard error.
    treatment
        ``(n, T)`` what the effects leave of it; zero in missing cells.
    """

    estimate: float
    se: float
    treatment: Matrix


class Table:
    r"""A table made ready to be fitted under any treatment times.

    :math:`y_{it} = \alpha_i + \gamma_t + \tau D_{it} + u_{it}`; the variance is the cluster sandwich
    :math:`c \sum_g s_g^2 / (\sum \tilde D^2)^2` with :math:`s_g = \sum_{it \in g} \tilde D_{it} \hat u_{it}`.

    Notes
    -----
    Liang and Zeger (1986), *Biometrika* 73; Bertrand, Duflo and Mullainathan (2004), *QJE* 119. With few
    treated areas the t test over-rejects (MacKinnon and Webb 2018); see
    :func:`analysis.compare.opinions.regression.ri`.
    """

    def __init__(self, design: Design) -> None:
        self.seen = ~np.isnan(design.outcome)
        self.times = design.times
        self.effects = TwoWayEffects(None if self.seen.all() else self.seen.astype(np.float64))
        self.clusters = Clusters(design, self.seen)
        outcome = np.where(self.seen, design.outcome, 0.0)
        self.outcome = self.effects.take_out(outcome) * self.seen
        self.scale = float(np.abs(outcome).max())

    @property
    def dof(self) -> int:
        """Degrees of freedom of t, clusters minus one."""
        return self.clusters.number - 1

    def fit(self, starts: NDArray[np.int64]) -> TwoWay:
        """Fit under the given treatment times of the areas."""
        raw = treated_cells(self.times, starts)
        d = self.effects.take_out(raw) * self.seen
        power = float((d * d).sum())
        if power <= CONSTANT * float((raw * self.seen).sum()):
            raise InputError(
                "treatment cannot be told apart from area and time effects; an untreated area is needed"
            )
        estimate = float((d * self.outcome).sum()) / power
        residual = self.outcome - estimate * d
        if float(np.abs(residual).max()) <= CONSTANT * self.scale:
            return TwoWay(0.0 if abs(estimate) <= CONSTANT * self.scale else estimate, 0.0, d)
        return TwoWay(estimate, self.clusters.error(d * residual) / power, d)


def treated_cells(times: NDArray[np.int64], starts: NDArray[np.int64]) -> Matrix:
    """``(n, T)`` one from the time on which an area is treated."""
    return (times[None, :] >= starts[:, None]).astype(np.float64)
