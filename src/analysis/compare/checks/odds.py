"""How unequal the odds of being chosen must have been for the finding to go: Rosenbaum's bound."""

from __future__ import annotations

from dataclasses import dataclass
from math import comb
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, stats

from analysis.compare.checks.base import Case, Result, table_of
from analysis.compare.design import Vector
from analysis.compare.inference import TIE
from analysis.compare.reasons import Code, Reason

LARGEST = 100.0
"""Odds beyond which the search ends."""

EXACT_AREAS = 20
"""Areas up to which every set of favoured areas is tried."""

FRAGILE = 2.0


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

    name: ClassVar[str] = "odds"

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
    each weight. Up to :data:`EXACT_AREAS` areas all sets of favoured areas are tried. Beyond, p is bounded
    from above by that of the choices which hold most favoured areas (Neyman and Pearson): whichever choices
    are as extreme as ours, their share grows no faster. The ratio so found is safe: the true one is no less.

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
    size = np.abs(test.statistics)
    extreme = choices.chosen[size >= size[0] * (1 - TIE)]
    worst = EverySet(extreme, n, k) if exact else MostFavoured(test.p_value, n, k)

    def above(log_gamma: float) -> float:
        return worst(float(np.exp(log_gamma))) - alpha * (1 + TIE)

    if above(np.log(LARGEST)) <= 0:
        return Odds(LARGEST, exact)
    if above(0.0) >= 0:
        return Odds(1.0, exact)
    root = float(optimize.brentq(above, 0.0, np.log(LARGEST), xtol=1e-7))
    return Odds(float(np.exp(root)), exact)


class EverySet:
    """Worst p at given odds, over all sets of favoured areas."""

    def __init__(self, extreme: NDArray[np.int64], n: int, k: int) -> None:
        self.n, self.k = n, k
        self.held = np.zeros(2**n)
        np.add.at(self.held, (1 << extreme).sum(axis=1), 1.0)
        self.favoured = np.bitwise_count(np.arange(2**n, dtype=np.int64)).astype(np.int64)

    def __call__(self, gamma: float) -> float:
        """Sum gamma to the number of favoured areas over the extreme choices, for every set, bit by bit."""
        weighed = self.held.copy()
        for bit in range(self.n):
            pairs = weighed.reshape(-1, 2, 2**bit)
            outside, inside = pairs[:, 0] + pairs[:, 1], pairs[:, 0] + gamma * pairs[:, 1]
            pairs[:, 0], pairs[:, 1] = outside, inside
        return float((weighed / self._total(gamma)[self.favoured]).max())

    def _total(self, gamma: float) -> Vector:
        n, k = self.n, self.k
        return np.array(
            [sum(comb(f, j) * comb(n - f, k - j) * gamma**j for j in range(k + 1)) for f in range(n + 1)]
        )


class MostFavoured:
    """A p that no set of choices of our share can exceed at given odds, however many are favoured."""

    def __init__(self, share: float, n: int, k: int) -> None:
        self.share, self.held = share, np.arange(k, -1, -1)  # most favoured areas first
        self.equal = stats.hypergeom.pmf(self.held[None, :], n, np.arange(1, n)[:, None], k)

    def __call__(self, gamma: float) -> float:
        """Fill our share with the choices that hold most favoured areas, and weigh them."""
        logs = self.held * np.log(gamma)
        tilted = self.equal * np.exp(logs - logs.max())
        tilted /= tilted.sum(axis=1, keepdims=True)
        before = np.cumsum(self.equal, axis=1) - self.equal
        filled = np.clip((self.share - before) / np.where(self.equal > 0, self.equal, 1.0), 0.0, 1.0)
        return float((filled * tilted).sum(axis=1).max())
