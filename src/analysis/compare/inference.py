"""Exact randomisation over every choice of treated areas, and the interval that the test implies."""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from analysis.compare.choices import Assignments
from analysis.compare.design import Matrix, Vector
from analysis.compare.details import Permutation

TIE = 1e-9
"""Relative closeness at which two statistics count as tied, and the tie against us."""

MOVES = (-1.0, 0.0, 1.0)
"""Effects taken away at which a choice's difference and variance tell them at every other."""

SHOWN = 1_000
"""Choices up to which every one is kept in an effect's details."""


@dataclass(frozen=True)
class Randomisation:
    """The randomisation test of one number per area.

    Attributes
    ----------
    difference, se, t
        Mean of the treated minus mean of the others, its unequal-variance standard error, their ratio.
    p_value, p_coefficient
        Share of choices at least as extreme by ``|t|``, and by ``|difference|``.
    differences, statistics
        ``(R,)`` over the choices, observed first.
    """

    difference: float
    se: float
    t: float
    p_value: float
    p_coefficient: float
    differences: Vector
    statistics: Vector

    @property
    def permutation(self) -> Permutation:
        """Every choice's difference and statistic; empty where they are too many to keep."""
        if len(self.statistics) > SHOWN:
            return {}
        return {"difference": self.differences, "t": self.statistics}


def randomise(values: Vector, choices: Assignments) -> Randomisation:
    r"""Test whether the treated areas' numbers differ, over the given choices of treated areas.

    For each choice the difference of means is studentised with unequal variances,
    :math:`t = (\bar x_1 - \bar x_0) / \sqrt{s_1^2/k + s_0^2/(n-k)}` (Welch), and p is the share of choices
    with :math:`|t|` at least the observed one, ties counted against us. With one area on a side its
    variance cannot be known, and the pooled variance takes its place (then ``t`` ranks choices as the
    difference does).

    Parameters
    ----------
    values
        ``(n,)`` one number per area; column 0 of ``choices`` refers to it.

    Notes
    -----
    MacKinnon and Webb (2020), *Journal of Econometrics* 218: randomisation on t rather than on the
    coefficient when areas are heterogeneous; Wu and Ding (2021), *JASA* 116, for why studentising keeps the
    test valid for the average effect. Phipson and Smyth (2010) for the +1 rule of sampled choices.
    """
    return _randomised(values, *moments(values, choices))


def randomise_each(asked: Iterable[tuple[Vector, Assignments]]) -> list[Randomisation]:
    """Test each of many numbers an area as :func:`randomise` does; those over the same choices together."""
    made: list[Randomisation] = []
    for _, alike in groupby(asked, key=lambda one: id(one[1])):
        rows, choices = zip(*alike, strict=True)
        made += _side_by_side(np.stack(rows), choices[0])
    return made


def _side_by_side(rows: Matrix, choices: Assignments) -> list[Randomisation]:
    """Test each of ``(S, n)`` numbers over the same choices."""
    compared = zip(*moments(rows, choices), strict=True)
    return [_randomised(row, *both) for row, both in zip(rows, compared, strict=True)]


def _randomised(values: Vector, difference: Vector, variance: Vector) -> Randomisation:
    """Put together what the choices' differences of means and their variances say."""
    scale = _furthest(values)
    t = _studentised(scale, difference, variance)
    slack = TIE * float(scale[0])
    return Randomisation(
        difference=float(difference[0]),
        se=float(math.sqrt(max(variance[0], 0.0))),
        t=float(t[0]),
        p_value=float(share_as_extreme(np.abs(t))),
        p_coefficient=float(share_as_extreme(np.abs(difference), slack)),
        differences=difference,
        statistics=t,
    )


def p_values_without(values: Vector, places: range, choices: Assignments) -> Vector:
    """``(S,)`` the p value of :func:`randomise` without each of some places of ``(n + 1,)`` numbers in turn.

    From one place to the next only one number changes hands, in the choices that hold that place: sums over
    the chosen are carried on instead of taken anew.
    """
    k, found = choices.chosen.shape[1], []
    held = np.zeros((len(places), len(choices.chosen)), dtype=bool)
    choice, order = np.nonzero((choices.chosen >= places.start) & (choices.chosen < places.stop))
    held[choices.chosen[choice, order] - places.start, choice] = True
    values = values - values.mean()
    squares, rest = values**2, np.delete(values, places[0])
    sums, own = choices.listed @ rest, choices.listed @ rest**2
    for place in places:
        if place != places[0]:
            left = held[place - 1 - places.start]
            sums += (values[place - 1] - values[place]) * left
            own += (squares[place - 1] - squares[place]) * left
        rest[:place], rest[place:] = values[:place], values[place + 1 :]
        middle = rest.mean()
        total = sums - k * middle
        around = own - 2 * middle * sums + k * middle**2
        whole = float(squares.sum() - squares[place] - choices.n * middle**2)
        difference, variance = _compared(total, around, whole, choices.n, k)
        found.append(float(share_as_extreme(np.abs(_studentised(_furthest(rest), difference, variance)))))
    return np.array(found)


def _furthest(values: Matrix) -> Matrix:
    """How far from their mean the furthest of ``(..., n)`` numbers is: the scale on which others count."""
    return np.asarray(np.abs(values - values.mean(axis=-1, keepdims=True)).max(axis=-1, keepdims=True))


def _studentised(scale: Matrix, difference: Matrix, variance: Matrix) -> Matrix:
    """``(..., R)`` difference over its standard error; infinite where nothing varies but the two sides."""
    varies = variance > (TIE * scale) ** 2
    exact_split = np.where(np.abs(difference) > TIE * scale, np.copysign(np.inf, difference), 0.0)
    return np.where(varies, difference / np.sqrt(np.where(varies, variance, 1.0)), exact_split)


def moments(values: Matrix, choices: Assignments) -> tuple[Matrix, Matrix]:
    """Difference of means and its variance ``(..., R)`` of ``(..., n)`` numbers, by sums over the chosen."""
    n, k = choices.n, choices.chosen.shape[1]
    centred = values - values.mean(axis=-1, keepdims=True)
    squares = centred * centred
    sums = choices.sums if values.ndim == 1 else choices.each_sums
    return _compared(sums(centred), sums(squares), squares.sum(axis=-1, keepdims=True), n, k)


def lifted(
    choices: Assignments, values: Matrix, taken: NDArray[np.int64], treated: Matrix
) -> Callable[[float], Matrix]:
    """Say for any lift how the studentised differences ``(S, R)`` are with it on ``treated`` ``(S, n)``.

    Each trial has the ``(m, n)`` values of the row that it has ``taken``. Sums are linear in the lift, those
    of squares quadratic: they are taken once, over the chosen as over all.
    """
    n, k = choices.n, choices.chosen.shape[1]
    values = values - values.mean(axis=1, keepdims=True)
    both = values[taken] * treated
    rows = np.concatenate([values, values * values, treated, both])
    parts = np.cumsum([len(values), len(values), len(treated)])
    plain, squares, own, mixed = np.split(choices.sums(rows), parts)
    plain, squares, far = plain[taken], squares[taken], np.abs(values).max(axis=1, keepdims=True)[taken]
    all_squares = (values * values).sum(axis=1, keepdims=True)[taken]
    all_own, all_mixed = treated.sum(axis=1, keepdims=True), both.sum(axis=1, keepdims=True)

    def test(lift: float) -> Matrix:
        middle = lift * all_own / n
        total = plain + lift * own
        inside = squares + lift * (2 * mixed + lift * own) - middle * (2 * total - k * middle)
        around = all_squares + lift * (2 * all_mixed + lift * all_own) - n * middle**2
        return _studentised(far + abs(lift), *_compared(total - k * middle, inside, around, n, k))

    return test


def _compared(
    total_1: Matrix, squares_1: Matrix, squares: Matrix | float, n: int, k: int
) -> tuple[Matrix, Matrix]:
    """Difference of means and its variance, from sums over the chosen and over all of centred numbers."""
    mean_1, mean_0 = total_1 / k, -total_1 / (n - k)
    spread_1 = np.maximum(squares_1 - k * mean_1**2, 0.0)
    spread_0 = np.maximum(squares - squares_1 - (n - k) * mean_0**2, 0.0)
    return mean_1 - mean_0, _variance(spread_1, spread_0, n, k)


def _variance(spread_1: Matrix, spread_0: Matrix, n: int, k: int) -> Matrix:
    """Squared standard error of a difference of means from the sums of squares within each side."""
    if min(k, n - k) > 1:
        return spread_1 / (k * (k - 1)) + spread_0 / ((n - k) * (n - k - 1))
    if n == 2:
        return np.zeros_like(spread_1)
    return (spread_1 + spread_0) / (n - 2) * (1 / k + 1 / (n - k))


def share_as_extreme(statistic: Matrix, slack: float = 0.0) -> Vector:
    """Share of statistics (last axis) at least the first, which is observed; ties count against us."""
    observed = statistic[..., :1]
    finite = np.isfinite(observed)
    least = np.where(finite, observed, 0.0)
    least = np.where(finite, least - np.maximum(slack, TIE * least), np.inf)
    return np.asarray((statistic >= least).mean(axis=-1))


def invert(values: Vector, choices: Assignments, level: float) -> tuple[float, float] | None:
    r"""All constant effects that the randomisation test does not reject, as an interval.

    Taking an effect :math:`\tau` away from the treated areas makes every choice's squared statistic a ratio
    of quadratics in :math:`\tau`, so a choice changes sides only at the real roots of a quartic. Sorting
    those roots gives p at every :math:`\tau` exactly; the interval is the hull of the region where p
    exceeds ``1 - level``.

    Returns
    -------
    tuple or None
        ``None`` when the region has no end: then this design can reject nothing at that level.
    """
    difference = moments(values, choices)[0]
    centre = float(difference[0])
    treated = np.zeros(choices.n)
    treated[choices.chosen[0]] = 1.0
    residual = values - centre * treated
    scale = float(residual.std())
    if scale <= TIE * max(abs(centre), float(np.abs(values).max()), np.finfo(float).tiny):
        return (centre, centre) if choices.p_min <= 1 - level else None
    moved = np.stack([residual / scale - effect * treated for effect in MOVES])
    ends = not_rejected(*moments(moved, choices), level)
    return None if ends is None else (centre + scale * ends[0], centre + scale * ends[1])


def not_rejected(differences: Matrix, variances: Matrix, level: float) -> tuple[float, float] | None:
    """Return the ends of all effects at which ours is not among the most extreme choices, around none.

    Parameters
    ----------
    differences, variances
        ``(3, R)`` at the effects :data:`MOVES`, ours first: linear and quadratic in the effect. Ours differs
        by nothing where nothing is taken away, and its variance is the same everywhere.

    Returns
    -------
    tuple or None
        ``None`` when the region has no end.
    """
    places, counts, far = _sweep(_extremeness(differences, variances))
    need = (1 - level) * differences.shape[1] * (1 + TIE)
    if far > need or counts[-1] > need:
        return None
    inside = np.flatnonzero(counts > need)
    return (float(places[inside[0]]), float(places[inside[-1] + 1])) if len(inside) else (0.0, 0.0)


def _extremeness(differences: Matrix, variances: Matrix) -> Matrix:
    """``(R, 5)`` coefficients, highest first, of the quartic >= 0 where a choice is as extreme as ours."""
    (d_low, d_mid, _), (v_low, v_mid, v_high) = differences, variances
    slope = d_mid - d_low
    q1, q2 = (v_high - v_low) / 2, (v_high + v_low) / 2 - v_mid
    own = v_mid[0]
    return np.stack([-q2, -q1, slope**2 * own - v_mid, 2 * d_mid * slope * own, d_mid**2 * own], axis=1)


def _sweep(curves: Matrix) -> tuple[Vector, NDArray[np.int64], int]:
    """Sorted places where a curve changes sign, how many are >= 0 after each, and before the first."""
    size = np.abs(curves).max(axis=1, keepdims=True)
    always = size <= TIE * size.max()  # the observed choice, and its mirror when the sides are equal
    curves = np.where(always, 0.0, curves / np.where(always, 1.0, size))
    roots = _real_roots(curves)
    before = roots[:, :1] - np.abs(roots[:, :1]) - 1
    beyond = roots[:, -1:] + np.abs(roots[:, -1:]) + 1
    middles = np.concatenate([before, (roots[:, 1:] + roots[:, :-1]) / 2, beyond], axis=1)
    value = np.zeros_like(middles)
    for power in range(5):
        value = value * middles + curves[:, power : power + 1]
    above = (value >= -TIE * (1 + middles**4)).astype(np.int64)
    toggles = np.diff(above, axis=1).ravel()
    order = np.argsort(roots.ravel(), kind="stable")
    far = int(above[:, 0].sum())
    return roots.ravel()[order], far + np.cumsum(toggles[order]), far


def _real_roots(curves: Matrix) -> Matrix:
    """``(R, 4)`` sorted real parts of the roots; complex pairs are harmless: no sign changes there."""
    lead = curves[:, 0].copy()
    small = np.abs(lead) < 1e-12
    lead[small] = np.where(lead[small] < 0, -1e-12, 1e-12)
    companion = np.zeros((len(curves), 4, 4))
    companion[:, 0, :] = -curves[:, 1:] / lead[:, None]
    companion[:, [1, 2, 3], [0, 1, 2]] = 1.0
    return np.sort(np.linalg.eigvals(companion).real, axis=1)
