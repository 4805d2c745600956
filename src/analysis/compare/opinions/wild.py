"""Wild cluster bootstrap of the two-way coefficient, from a handful of numbers per cluster."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.compare.design import Design, Matrix, Vector, Window
from analysis.compare.details import Details
from analysis.compare.inference import DRAWS, TIE
from analysis.compare.opinions.regression import (
    TwoWay,
    cluster_codes,
    common_description,
    group_sizes,
    restrict,
    treatment,
    two_way,
    without_effects,
)
from analysis.compare.result import LEVEL, Effect
from analysis.errors import InputError

FEW_CLUSTERS = 18
"""Clusters up to which every vector of signs is tried (one of each pair of opposites: |t| is the same)."""

CHUNK = 4_000_000
"""Numbers of a block of draws held in memory."""

DENSE = 30_000_000
"""Largest cells-times-effects product for clusters that are not areas of a balanced panel."""


@dataclass(frozen=True)
class Pieces:
    r"""What a draw needs: everything is linear in the null value :math:`\tau_0`, ``x0 - tau0 * x1``.

    Attributes
    ----------
    score0, score1
        ``(G,)`` treatment times outcome (times treatment) summed by cluster.
    carry
        ``(G, q)`` how effects common to clusters enter a cluster's score.
    common0, common1
        ``(G, q)`` a cluster's contribution to those effects.
    """

    score0: Vector
    score1: Vector
    carry: Matrix
    common0: Matrix
    common1: Matrix

    @property
    def power(self) -> Vector:
        """``(G,)`` squared treatment by cluster."""
        return self.score1


@dataclass(frozen=True)
class Draws:
    """Per draw: numerator of t and squared denominator as polynomials in the null value, lowest first."""

    numerator: Matrix
    denominator: Matrix

    def t(self, null: float) -> Vector:
        """``(B,)`` absolute t statistics under a null value; zero where a draw has no spread."""
        top = self.numerator[:, 0] - null * self.numerator[:, 1]
        bottom = self.denominator @ np.array([1.0, -2 * null, null * null])
        safe = np.where(bottom > 0, bottom, 1.0)
        return np.asarray(np.where(bottom > 0, np.abs(top) / np.sqrt(safe), 0.0))


def wcb(
    design: Design,
    window: Window | None = None,
    *,
    null: float = 0.0,
    level: float = LEVEL,
    rng: np.random.Generator | None = None,
) -> Effect:
    r"""Bootstrap the two-way coefficient by clusters, the null imposed; unrestricted in ``details``.

    With restricted residuals :math:`\tilde u` and a sign :math:`v_g` a cluster, the draw's numerator is
    :math:`\sum_g v_g \tilde D_g'\tilde u_g`, and its clustered variance follows from the same sums. Every
    vector of signs is tried up to :data:`FEW_CLUSTERS` clusters, else 9,999 are drawn (p with the +1
    rule). A draw that ties counts half. The interval holds the null values that are not rejected.

    Notes
    -----
    Cameron, Gelbach and Miller (2008), *Review of Economics and Statistics* 90; Roodman, MacKinnon,
    Nielsen and Webb (2019), *Stata Journal* 19; MacKinnon and Webb (2018), *Econometrics Journal* 21:
    with few treated areas the restricted test rejects too little and the unrestricted too much, so that
    their disagreement is a warning.
    """
    cells = restrict(design, window)
    fit = two_way(cells)
    pieces = _pieces(cells)
    clusters = len(pieces.score0)
    every = clusters <= FEW_CLUSTERS
    if not every and rng is None:
        raise InputError(f"the wild bootstrap of {clusters} clusters must be drawn: give a seed")
    draws = _moments(pieces, _signs(clusters) if every else _rademacher(clusters, rng), fit.factor)
    plus = 0 if every else 1
    p = _p_value(draws, fit, null, null, plus)
    p_unrestricted = _p_value(draws, fit, null, fit.estimate, plus)
    size = len(draws.numerator)
    n_treated, n_control = group_sizes(cells)
    kind = f"all {2**clusters} sign vectors" if every else f"{size} draws, +1 rule"
    details: Details = {
        **common_description(cells, window),
        "null": null,
        "t": (fit.estimate - null) / fit.se if fit.se > 0 else None,
        "clusters": clusters,
        "p_unrestricted": p_unrestricted,
        "disagree": (p < 1 - level) != (p_unrestricted < 1 - level),
    }
    if rng is not None:
        webb = _moments(pieces, _webb(clusters, rng), fit.factor)
        details["p_webb"] = _p_value(webb, fit, null, null, 1)
        details["interval_webb"] = _interval(webb, fit, level, 1)
    return Effect(
        estimator="wcb",
        estimand=f"{cells.outcome_name}, {details['window']}, mobilised minus comparison areas",
        estimate=fit.estimate,
        se=fit.se,
        interval=_interval(draws, fit, level, plus),
        level=level,
        p_value=p,
        p_method=f"wild cluster bootstrap, null imposed, Rademacher, {kind}, ties half",
        p_min=0.5 / size if every else 1 / (size + 1),
        n_treated=n_treated,
        n_control=n_control,
        details=details,
    )


def _pieces(cells: Design) -> Pieces:
    seen = ~np.isnan(cells.outcome)
    weight = None if seen.all() else seen.astype(np.float64)
    d = without_effects(treatment(cells), weight) * seen
    y = without_effects(np.where(seen, cells.outcome, 0.0), weight) * seen
    if weight is None and cells.clusters is None:
        return _by_area(cells, d, y)
    codes, clusters, _ = cluster_codes(cells, seen)
    basis = _basis(cells, seen)
    member = (codes[None, :] == np.arange(clusters)[:, None]).astype(np.float64)
    carry, common0 = (member * d[seen]) @ basis, (member * y[seen]) @ basis
    across = _row_space(carry)
    return Pieces(
        member @ (d * y)[seen], member @ (d * d)[seen], carry @ across, common0 @ across, carry @ across
    )


def _row_space(carry: Matrix) -> Matrix:
    """``(q, r)`` orthonormal basis of the rows of ``carry``.

    Common effects act on a score only through their product with it, so what lies outside may be dropped:
    two or three directions are left of a hundred when areas are treated at one time.
    """
    _, size, right = np.linalg.svd(carry, full_matrices=False)
    return np.asarray(right[size > 1e-12 * size[0]].T)


def _by_area(cells: Design, d: Matrix, y: Matrix) -> Pieces:
    """Areas of a balanced panel: only time effects cross clusters, and one date makes them one number."""
    root = np.sqrt(len(d))
    if cells.staggered:
        return Pieces((d * y).sum(axis=1), (d * d).sum(axis=1), d / root, y / root, d / root)
    after = (cells.times >= cells.first_start).astype(np.float64)
    after -= after.mean()
    side = cells.ever_treated - cells.ever_treated.mean()
    own = y @ after
    power = side * float(after @ after)
    return Pieces(side * own, side * power, side[:, None] / root, own[:, None] / root, power[:, None] / root)


def _basis(cells: Design, seen: NDArray[np.bool_]) -> Matrix:
    """``(N, q)`` orthonormal basis of area and time effects over the seen cells."""
    n, t = seen.shape
    if int(seen.sum()) * (n + t) > DENSE:
        raise InputError("wcb of so large a panel needs every area on every time and areas as clusters")
    rows, columns = np.nonzero(seen)
    dummies = np.hstack([rows[:, None] == np.arange(n), columns[:, None] == np.arange(t)]).astype(np.float64)
    left, size, _ = np.linalg.svd(dummies, full_matrices=False)
    return np.asarray(left[:, size > 1e-9 * size[0]])


def _moments(pieces: Pieces, blocks: Iterator[Matrix], factor: float) -> Draws:
    tops, bottoms = [], []
    for v in blocks:
        first = _products(v, pieces, pieces.score0, pieces.common0)
        second = _products(v, pieces, pieces.score1, pieces.common1)
        squares = v * v
        tops.append(np.stack([first[1], second[1]], axis=1) * pieces.power.sum())
        bottoms.append(
            factor
            * np.stack(
                [
                    _cross(squares, pieces, first, first, pieces.score0 * pieces.score0),
                    _cross(squares, pieces, first, second, pieces.score0 * pieces.score1),
                    _cross(squares, pieces, second, second, pieces.score1 * pieces.score1),
                ],
                axis=1,
            )
        )
    bottom = np.vstack(bottoms)
    floor = TIE**2 * factor * float(pieces.score0 @ pieces.score0)
    bottom[:, 0] = np.where(bottom[:, 0] > floor, bottom[:, 0], 0.0)
    return Draws(np.vstack(tops), bottom)


_Products = tuple[Matrix, Vector, Matrix, Vector]


def _products(v: Matrix, pieces: Pieces, score: Vector, common: Matrix) -> _Products:
    """Multiply out common effects, coefficient, and scores against carry and power, for every draw."""
    carried = v @ (score[:, None] * pieces.carry)
    return v @ common, (v @ score) / pieces.power.sum(), carried, v @ (score * pieces.power)


def _cross(squares: Matrix, pieces: Pieces, one: _Products, two: _Products, scores: Vector) -> Vector:
    """``(B,)`` sum over clusters of the product of two sets of bootstrap scores."""
    x, b, x_carried, b_power = one
    z, c, z_carried, c_power = two
    gram = pieces.carry.T @ pieces.carry
    mixed = pieces.carry.T @ pieces.power
    own = squares @ scores
    through_common = ((x @ gram) * z).sum(axis=1) - (z * x_carried).sum(axis=1) - (x * z_carried).sum(axis=1)
    through_coefficient = b * c * float(pieces.power @ pieces.power) - c * b_power - b * c_power
    both = c * (x @ mixed) + b * (z @ mixed)
    return np.asarray(own + through_common + through_coefficient + both)


def _p_value(draws: Draws, fit: TwoWay, null: float, residuals_at: float, plus: int) -> float:
    """Share of draws beyond the observed t, with residuals at the null or, unrestricted, at the estimate."""
    if fit.se == 0:
        return 1.0 if fit.estimate == null else 1 / (2 * len(draws.numerator))
    observed = abs(fit.estimate - null) / fit.se
    t = draws.t(residuals_at)
    ties = np.abs(t - observed) <= 1e-8 * max(observed, 1e-8)
    beyond = int(((t > observed) & ~ties).sum()) + 0.5 * int(ties.sum())
    return float(min(max(beyond + plus, 0.5) / (len(t) + plus), 1.0))


def _interval(draws: Draws, fit: TwoWay, level: float, plus: int) -> tuple[float, float] | None:
    """Null values around the estimate at which p falls to ``1 - level``; ``None`` when it never does."""
    if fit.se == 0:
        return fit.estimate, fit.estimate
    ends = []
    for side in (-1.0, 1.0):
        inside, step = 0.0, 1.0
        while (
            _p_value(
                draws, fit, fit.estimate + side * step * fit.se, fit.estimate + side * step * fit.se, plus
            )
            > 1 - level
        ):
            inside, step = step, step * 1.5
            if step > 1e4:
                return None
        outside = step
        for _ in range(50):
            middle = (inside + outside) / 2
            at = fit.estimate + side * middle * fit.se
            inside, outside = (
                (middle, outside) if _p_value(draws, fit, at, at, plus) > 1 - level else (inside, middle)
            )
        ends.append(fit.estimate + side * (inside + outside) / 2 * fit.se)
    return ends[0], ends[1]


def _signs(clusters: int) -> Iterator[Matrix]:
    """Every vector of signs whose first is plus, in blocks."""
    total = 2 ** (clusters - 1)
    block = max(1, CHUNK // clusters)
    for low in range(0, total, block):
        numbers = np.arange(low, min(low + block, total), dtype=np.int64)
        bits = (numbers[:, None] >> np.arange(clusters)) & 1
        yield (1 - 2 * bits).astype(np.float64)


def _rademacher(clusters: int, rng: np.random.Generator | None) -> Iterator[Matrix]:
    assert rng is not None  # noqa: S101 - the caller checks
    yield (1 - 2 * rng.integers(0, 2, size=(DRAWS, clusters), dtype=np.int8)).astype(np.float64)


def _webb(clusters: int, rng: np.random.Generator) -> Iterator[Matrix]:
    """Six-point weights of Webb (2023)."""
    points = np.sqrt(np.array([0.5, 1.0, 1.5]))
    yield np.concatenate([-points, points])[rng.integers(0, 6, size=(DRAWS, clusters))]
