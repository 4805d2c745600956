"""Wild cluster bootstrap of the two-way coefficient, from a handful of numbers per cluster."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from analysis.compare.choices import draws_for
from analysis.compare.design import Design, Matrix, Vector, Window
from analysis.compare.details import Details
from analysis.compare.inference import TIE
from analysis.compare.opinions.regression import description, estimand, restrict
from analysis.compare.opinions.two_way import Table, TwoWay
from analysis.compare.result import LEVEL, Effect
from analysis.compare.search import edge
from analysis.errors import InputError

FEW_CLUSTERS = 18
"""Clusters up to which every vector of signs is tried (one of each pair of opposites: |t| is the same)."""

CHUNK = 4_000_000
"""Numbers of a block of draws held in memory."""

DENSE = 30_000_000
"""Largest cells-times-effects product for clusters that are not areas of a balanced panel."""

FARTHEST = 1e4
"""Standard errors from the estimate beyond which an end of the interval is not looked for."""


@dataclass(frozen=True)
class Pieces:
    r"""What a draw needs of the outcome and of the treatment, both without area and time effects.

    Everything is linear in the null value :math:`\tau_0`: that of the outcome less :math:`\tau_0` times that
    of the treatment.

    Attributes
    ----------
    scores
        Two ``(G,)``: treatment times outcome, and treatment squared, summed by cluster.
    common
        Two ``(G, q)``: what a cluster adds to effects common to clusters, of outcome and of treatment; the
        latter is also how such effects enter a cluster's score.
    """

    scores: tuple[Vector, Vector]
    common: tuple[Matrix, Matrix]


@dataclass(frozen=True)
class Draws:
    """Per draw: numerator of t and squared denominator as polynomials in the null value, lowest first."""

    numerator: Matrix
    denominator: Matrix

    def t(self, null: float) -> Vector:
        """``(B,)`` absolute t statistics under a null value; zero where a draw has no spread."""
        top = self.numerator @ np.array([1.0, -null])
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
    vector of signs is tried up to :data:`FEW_CLUSTERS` clusters, else they are drawn (p with the +1
    rule). A draw that ties counts half. The interval holds the null values that are not rejected.

    Notes
    -----
    Cameron, Gelbach and Miller (2008), *Review of Economics and Statistics* 90; Roodman, MacKinnon,
    Nielsen and Webb (2019), *Stata Journal* 19; MacKinnon and Webb (2018), *Econometrics Journal* 21:
    with few treated areas the restricted test rejects too little and the unrestricted too much, so that
    their disagreement is a warning.
    """
    cells = restrict(design, window)
    table = Table(cells)
    fit, clusters, factor = table.fit(cells.starts), table.clusters.number, table.clusters.factor
    every = clusters <= FEW_CLUSTERS
    if not every and rng is None:
        raise InputError(f"the wild bootstrap of {clusters} clusters must be drawn: give a seed")
    pieces = _pieces(cells, table, fit)
    draws = _moments(pieces, _signs(clusters) if every else _rademacher(clusters, rng), factor)
    plus = 0 if every else 1
    p = _p_value(draws, fit, null, null, plus)
    p_unrestricted = _p_value(draws, fit, null, fit.estimate, plus)
    size = len(draws.numerator)
    kind = f"all {2**clusters} sign vectors" if every else f"{size} draws, +1 rule"
    details: Details = {
        **description(cells, window),
        "null": null,
        "t": (fit.estimate - null) / fit.se if fit.se > 0 else None,
        "clusters": clusters,
        "p_unrestricted": p_unrestricted,
        "disagree": (p < 1 - level) != (p_unrestricted < 1 - level),
    }
    if rng is not None:
        webb = _moments(pieces, _webb(clusters, rng), factor)
        details["p_webb"] = _p_value(webb, fit, null, null, 1)
        details["interval_webb"] = _interval(webb, fit, level, 1)
    return Effect.of(
        cells, estimator="wcb", estimand=estimand(cells, window), estimate=fit.estimate, se=fit.se,
        interval=_interval(draws, fit, level, plus), level=level, p_value=p, details=details,
        p_method=f"wild cluster bootstrap, null imposed, Rademacher, {kind}, ties half",
        p_min=0.5 / size if every else 1 / (size + 1),
    )  # fmt: skip


def _pieces(cells: Design, table: Table, fit: TwoWay) -> Pieces:
    """Sum up by cluster; directions of the common effects in which no score moves are dropped.

    Common effects act on a score only through their product with it: two or three directions are left of a
    hundred when areas are treated at one time.
    """
    seen, d, y = table.seen, fit.treatment, table.outcome
    sums = table.clusters.sums
    scores = sums(d * y), sums(d * d)
    if seen.all() and cells.clusters is None:  # only time effects cross clusters
        root = np.sqrt(len(d))
        common, moved = y / root, d / root
    else:
        basis = _basis(table)
        member = (table.clusters.codes[None, :] == np.arange(table.clusters.number)[:, None]).astype(float)
        common, moved = (member * y[seen]) @ basis, (member * d[seen]) @ basis
    if seen.all() and cells.clusters is None and not cells.staggered:
        across = moved[:1].T / np.linalg.norm(moved[0])  # one date moves all areas along one course
    else:
        _, size, right = np.linalg.svd(moved, full_matrices=False)
        across = right[size > 1e-12 * size[0]].T
    return Pieces(scores, (common @ across, moved @ across))


def _basis(table: Table) -> Matrix:
    """``(N, q)`` orthonormal basis of area and time effects over the seen cells."""
    n, t = table.seen.shape
    if int(table.seen.sum()) * (n + t) > DENSE:
        raise InputError("wcb of so large a panel needs every area on every time and areas as clusters")
    rows, columns = np.nonzero(table.seen)
    dummies = np.hstack([rows[:, None] == np.arange(n), columns[:, None] == np.arange(t)]).astype(np.float64)
    left, size, _ = np.linalg.svd(dummies, full_matrices=False)
    return np.asarray(left[:, size > 1e-9 * size[0]])


def _moments(pieces: Pieces, signs: Iterator[Matrix], factor: float) -> Draws:
    """Numerators and denominators of every draw, from the scores that each leaves after its own fit.

    A draw leaves a cluster the score :math:`v s - a'f`, with ``a`` the effects and the coefficient that it
    fits and ``f`` how these enter; sums of products over clusters are multiplied out, as clusters are many.
    """
    power = pieces.scores[1]
    enters = np.vstack([pieces.common[1].T, power])
    gram = enters @ enters.T
    tops, bottoms = [], []
    for v in signs:
        squares = v * v
        drawn = [v @ scores for scores in pieces.scores]
        fits = [
            np.column_stack([v @ common, own / power.sum()])
            for common, own in zip(pieces.common, drawn, strict=True)
        ]
        crossed = [v @ (scores[:, None] * enters.T) for scores in pieces.scores]
        tops.append(np.column_stack(drawn))
        bottoms.append(
            np.column_stack([
                squares @ (pieces.scores[i] * pieces.scores[j])
                + ((fits[i] @ gram - crossed[i]) * fits[j] - crossed[j] * fits[i]).sum(axis=1)
                for i, j in ((0, 0), (0, 1), (1, 1))
            ])
        )  # fmt: skip
    bottom = factor * np.vstack(bottoms)
    floor = TIE**2 * factor * float(pieces.scores[0] @ pieces.scores[0])
    bottom[:, 0] = np.where(bottom[:, 0] > floor, bottom[:, 0], 0.0)
    return Draws(np.vstack(tops), bottom)


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

    def kept(errors: float) -> bool:
        null = fit.estimate + errors * fit.se
        return _p_value(draws, fit, null, null, plus) > 1 - level

    below = edge(lambda errors: kept(-errors), 1.0, last=FARTHEST, halvings=50, growth=1.5)
    above = below and edge(kept, 1.0, last=FARTHEST, halvings=50, growth=1.5)
    if below is None or above is None:
        return None
    return fit.estimate - sum(below) / 2 * fit.se, fit.estimate + sum(above) / 2 * fit.se


def _signs(clusters: int) -> Iterator[Matrix]:
    """Every vector of signs whose first is plus, in blocks."""
    total, block = 2 ** (clusters - 1), max(1, CHUNK // clusters)
    for low in range(0, total, block):
        numbers = np.arange(low, min(low + block, total), dtype=np.int64)
        bits = (numbers[:, None] >> np.arange(clusters)) & 1
        yield (1 - 2 * bits).astype(np.float64)


def _rademacher(clusters: int, rng: np.random.Generator | None) -> Iterator[Matrix]:
    assert rng is not None  # noqa: S101 - the caller checks
    drawn = 1 - 2 * rng.integers(0, 2, size=(draws_for(clusters), clusters), dtype=np.int8)
    yield from (drawn[some].astype(np.float64) for some in _blocks(clusters))


def _webb(clusters: int, rng: np.random.Generator) -> Iterator[Matrix]:
    """Six-point weights of Webb (2023)."""
    points = np.sqrt(np.array([0.5, 1.0, 1.5]))
    weights = np.concatenate([-points, points])
    for some in _blocks(clusters):
        yield weights[rng.integers(0, 6, size=(some.stop - some.start, clusters))]


def _blocks(clusters: int) -> Iterator[slice]:
    """Cut the draws in blocks that the memory holds several of."""
    block, draws = max(1, CHUNK // clusters), draws_for(clusters)
    return (slice(first, min(first + block, draws)) for first in range(0, draws, block))
