"""How unequal the odds of being chosen must have been for the finding to go: Rosenbaum's bound."""

from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from math import comb

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, special, stats

from analysis.compare.checks.base import Case, Result, table_of
from analysis.compare.design import Matrix, Vector
from analysis.compare.inference import TIE
from analysis.compare.reasons import Code, Reason

LARGEST = 100.0
"""Odds beyond which the search ends."""

EXACT_AREAS = 20
"""Areas up to which every set of favoured areas is tried."""

FRAGILE = 2.0

LADDER = (1.25, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 7.0, 10.0, 15.0, 20.0, 30.0, 50.0, LARGEST)
"""Odds at which a bound that takes long is asked for."""

PIECES = 6
"""Pieces into which the sums of chosen areas are cut; with more the bound is closer and slower."""

TRIED = 30_000
"""Numbers of favoured areas times how many of them are chosen; of more, an even spread of them is tried.

Of 705 areas of which 117 mobilised, 33 of the 704 numbers give the same rung and a bound within .2 %.
"""

SPREAD = 32
"""Numbers of favoured areas that are tried at least."""

LEAST = -700.0
"""Logs below which a term of a sum of at least one is nothing."""

SLOPES = np.geomspace(0.03, 60.0, 16)
"""Slopes tried in Chernoff's inequality, for numbers in standard deviations."""


@dataclass(frozen=True)
class Odds:
    """The bound Γ: smallest ratio of odds of being chosen at which p passes the level.

    Attributes
    ----------
    gamma
        1 where p is above the level as it is; :data:`LARGEST` where no ratio up to it does it.
    exact
        Else the true bound is at least ``gamma``.
    """

    gamma: float
    exact: bool


class OddsBound:
    """The finding holds while areas' odds of being chosen may differ by a factor of two; estimate is Γ."""

    name = "odds"

    def suits(self, case: Case) -> bool:
        """Whether it could fail in this design."""
        return case.convinces

    def run(self, case: Case) -> Result:
        """Make the check."""
        found = odds_bound(case)
        # A safe bound below two does not say that the true one is: then it is not known, and that counts.
        holds = found.gamma >= FRAGILE
        code: Code = "odds" if found.exact else "odds_unknown"
        reason = None if holds else Reason(code, {"gamma": found.gamma})
        detail = "exact" if found.exact else "at_least"
        return Result(
            self.name, found.gamma, None, holds, reason, table_of([(detail, found.gamma, None, holds)])
        )


def odds_bound(case: Case) -> Odds:
    r"""Bound how unequal the odds of being chosen must be before the headline's p exceeds the level.

    Each area may have had odds of being chosen up to :math:`\Gamma` times another's. The worst p over such
    odds is reached when every area's weight is 1 or :math:`\Gamma`, for p is a ratio of functions linear in
    each weight. Up to :data:`EXACT_AREAS` areas all sets of favoured areas are tried. Beyond, the larger of
    two bounds is taken, both of them safe: the true one is no less.

    Notes
    -----
    Rosenbaum (2002), *Observational Studies*, chapter 4; Firpo and Possebom (2018), *Journal of Causal
    Inference* 6.
    """
    test, choices, alpha = case.tested.test, case.tested.choices, case.alpha
    n, k = choices.n, choices.chosen.shape[1]
    exact = n <= EXACT_AREAS and choices.exact and len(choices.chosen) == comb(n, k)
    if test.p_value > alpha:
        return Odds(1.0, exact)
    if exact:
        size = np.abs(test.statistics)
        return Odds(_passes(EverySet(choices.chosen[size >= size[0] * (1 - TIE)], n, k), alpha), True)
    found = _passes(MostFavoured(test.p_value, n, k), alpha)
    if 2 <= k <= n - 2 and np.isfinite(test.t):
        found = max(found, _on_ladder(FarSums(case.values, test.t, k), alpha))
    return Odds(found, False)


def _passes(worst: Callable[[float], float], alpha: float) -> float:
    """Odds at which the worst p passes the level, from 1 to :data:`LARGEST`."""

    def above(log_gamma: float) -> float:
        return worst(float(np.exp(log_gamma))) - alpha * (1 + TIE)

    if above(np.log(LARGEST)) <= 0:
        return LARGEST
    if above(0.0) >= 0:
        return 1.0
    return float(np.exp(optimize.brentq(above, 0.0, np.log(LARGEST), xtol=1e-7)))


def _on_ladder(worst: Callable[[float], float], alpha: float) -> float:
    """Highest rung of :data:`LADDER` at which the worst p is within the level; 1 where none is."""
    return (1.0, *LADDER)[bisect_left(LADDER, True, key=lambda rung: worst(rung) > alpha)]


class EverySet:
    """Worst p at given odds, over all sets of favoured areas."""

    def __init__(self, extreme: NDArray[np.int64], n: int, k: int) -> None:
        # (k + 1, 2^n): how many extreme choices have j areas in each set, added up bit by bit.
        held = np.zeros((k + 1, 2**n), dtype=np.int32)
        np.add.at(held[0], (1 << extreme).sum(axis=1), 1)
        for bit in range(n):
            pairs = held.reshape(k + 1, -1, 2, 2**bit)
            inside = pairs[:, :, 1].copy()
            pairs[:, :, 1] = pairs[:, :, 0]
            pairs[1:, :, 1] += inside[:-1]
            pairs[:, :, 0] += inside
        self.held = held
        self.favoured = np.bitwise_count(np.arange(2**n, dtype=np.int64)).astype(np.int64)
        sizes, j = np.arange(n + 1), np.arange(k + 1)[:, None]
        self.all = special.comb(sizes, j) * special.comb(n - sizes, k - j)

    def __call__(self, gamma: float) -> float:
        """Weigh each choice by gamma to the number of its favoured areas."""
        weight = gamma ** np.arange(len(self.held))
        extreme = sum(own * held for own, held in zip(weight, self.held, strict=True))
        return float((extreme / (weight @ self.all)[self.favoured]).max())


def _favoured(n: int, k: int) -> NDArray[np.int64]:
    """How many areas may be the favoured ones: every number, or as many as :data:`TRIED` lets."""
    tried = min(n - 1, max(TRIED // (k + 1), SPREAD))
    return np.unique(np.linspace(1, n - 1, tried).round().astype(np.int64))


def _ways(n: int, k: int) -> Matrix:
    """Return logs of the chances that so many of the chosen are favoured, a row for each number favoured."""
    return np.asarray(stats.hypergeom.logpmf(np.arange(k + 1), n, _favoured(n, k)[:, None], k))


class MostFavoured:
    """A p that no set of choices of our share can exceed at given odds, however many are favoured.

    Whichever choices are as extreme as ours, their share grows no faster than that of the choices which hold
    most favoured areas (Neyman and Pearson).
    """

    def __init__(self, share: float, n: int, k: int) -> None:
        self.held = np.arange(k, -1, -1)  # most favoured areas first
        self.logs = stats.hypergeom.logpmf(self.held[None, :], n, _favoured(n, k)[:, None], k)
        equal = np.exp(self.logs)
        room = share - (np.cumsum(equal, axis=1) - equal)
        some = equal > np.finfo(float).tiny
        self.filled = np.clip(np.where(some, room / np.where(some, equal, 1.0), np.sign(room)), 0.0, 1.0)

    def __call__(self, gamma: float) -> float:
        """Fill our share with the choices that hold most favoured areas, and weigh them."""
        tilted = special.softmax(self.logs + self.held * np.log(gamma), axis=1)
        return float((self.filled * tilted).sum(axis=1).max())


class FarSums:
    r"""A p from the values themselves: a sample of choices cannot show how small their share really is.

    With the areas' values in standard deviations from their mean, a choice with sum :math:`T` and sum of
    squares :math:`Q` is as extreme as ours where :math:`T^2 \ge bQ + c`. While :math:`T` lies between two
    places, :math:`T^2 \le (T_1 + T_2) T - T_1 T_2`, so that a sum of one number an area must be far out:
    :math:`(T_1 + T_2) T - bQ \ge c + T_1 T_2`. The chances of all such pieces are added up.
    """

    def __init__(self, values: Vector, t: float, k: int) -> None:
        n, k = len(values), min(k, len(values) - k)  # choosing one side is choosing the other
        left, far = n - k, t**2
        inside, outside = 1 / (k * (k - 1)), 1 / (left * (left - 1))
        scale = (1 / k + 1 / left) ** 2 + far * (inside / k + outside / left)
        b, c = far * (inside - outside) / scale, far * outside * n / scale
        self.ways, self.held, self.pieces = _ways(n, k), np.arange(k + 1), list[Tail]()
        for side in (1, -1):
            own = side * (values - values.mean()) / values.std()
            most, least = float(np.sort(own)[-k:].sum()) * (1 + TIE), float(np.sqrt(c)) * (1 - TIE)
            ends = np.geomspace(least, most, PIECES + 1) if most > least else np.array([])
            self.pieces += [
                Tail((low + high) * own - b * own**2, c * (1 - TIE) + low * high, k)
                for low, high in pairwise(ends)
            ]

    def __call__(self, gamma: float) -> float:
        """Add up what the pieces can hold at most."""
        chance = self.ways + self.held * np.log(gamma)
        chance = chance - special.logsumexp(chance, axis=1, keepdims=True)
        return sum(piece(chance) for piece in self.pieces)


def _log_sums(logs: Matrix, ends: NDArray[np.int64]) -> Matrix:
    """Return logs of the sums of the first so many numbers of each row, whose logs are given.

    ``ends`` ascend. The numbers between two of them are added up as multiples of the largest among them.
    """
    starts, logs = np.concatenate([[0], ends[:-1]]), logs[:, : ends[-1]]
    largest = np.maximum.reduceat(logs, starts, axis=1)
    parts = np.exp(np.maximum(logs - np.repeat(largest, ends - starts, axis=1), LEAST))
    return np.asarray(
        np.logaddexp.accumulate(largest + np.log(np.add.reduceat(parts, starts, axis=1)), axis=1)
    )


class Tail:
    """Bound on the chance that the numbers of ``k`` chosen areas sum to ``least`` or more, at given odds.

    The worst odds favour the areas with the largest numbers (Rosenbaum and Krieger 1990, *Biometrika* 77).
    Given how many of those are chosen, a sum drawn without replacement has exponential moments no larger than
    one drawn with it (Hoeffding 1963, *JASA* 58), and Chernoff's inequality makes them a bound.
    """

    def __init__(self, numbers: Vector, least: float, k: int) -> None:
        n = len(numbers)
        slopes = SLOPES[:, None] / numbers.std()
        tilted = slopes * np.sort(numbers)[::-1]
        favoured = _favoured(n, k)
        top = _log_sums(tilted, favoured) - np.log(favoured)
        rest = _log_sums(tilted[:, ::-1], n - favoured[::-1])[:, ::-1] - np.log(n - favoured)
        self.rest, self.step = k * rest - slopes * least, (top - rest)[:, :, None] * np.arange(k + 1)

    def __call__(self, chance: Matrix) -> float:
        """Take the worst number of favoured areas, with the best slope for each.

        ``chance`` has by their number the logs of how likely so many of them are chosen at the odds.
        """
        summed = chance + self.step
        most = summed.max(axis=2, keepdims=True)
        summed -= most  # in place: scipy's logsumexp takes five times as long
        np.maximum(summed, LEAST, out=summed)  # numbers too small for a float take fifty times as long
        bound = self.rest + most[..., 0] + np.log(np.exp(summed, out=summed).sum(axis=2))
        return float(np.exp(min(bound.min(axis=0).max(), 0.0)))
