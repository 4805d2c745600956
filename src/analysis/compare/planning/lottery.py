"""By which law areas are drawn: the same law later gives the drawn push its p."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import factorial, prod

import numpy as np
from numpy.typing import NDArray

from analysis.compare.borders import pairs_touching, touching
from analysis.compare.choices import DRAWS, Assignments, assignments
from analysis.compare.design import Mask, Matrix
from analysis.compare.inference import share_as_extreme
from analysis.errors import InputError

TRIES = 400
"""Draws tried for each one wanted before areas apart from each other are given up."""


@dataclass(frozen=True)
class Lottery:
    """``k`` of the candidates: as many of each stratum as its share, none touching another where asked.

    Attributes
    ----------
    candidates
        Codes of the areas that could be chosen, sorted.
    strata
        The stratum of each candidate; empty: one stratum.
    borders
        Pairs that must not both be drawn; empty where neighbours may be.
    """

    candidates: tuple[str, ...]
    k: int
    strata: Mapping[str, str] = field(default_factory=dict)
    borders: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        if not 1 <= self.k < len(self.candidates):
            raise InputError(
                f"{self.k} areas of {len(self.candidates)} that could be chosen: give at least 1, and leave "
                "at least one to compare with"
            )

    @property
    def quotas(self) -> dict[str, int]:
        """How many areas of each stratum: its share of ``k``, largest remainders first, none left without."""
        size = Counter(self._groups.tolist())
        ideal = {name: self.k * size[name] / len(self.candidates) for name in sorted(size)}
        quota = {name: int(want) for name, want in ideal.items()}
        short = sorted(ideal, key=lambda name: (quota[name] - ideal[name], name))
        for name in short[: self.k - sum(quota.values())]:
            quota[name] += 1
        return quota

    def draw(self, rng: np.random.Generator, number: int = 1) -> NDArray[np.int64]:
        """Draw ``(number, k)`` sorted places among the candidates, every permitted choice alike."""
        pools = [(np.flatnonzero(self._groups == name), own) for name, own in self.quotas.items() if own]
        kept: list[NDArray[np.int64]] = []
        for _ in range(TRIES):
            drawn = np.hstack(
                [pool[np.argsort(rng.random((number, len(pool))), axis=1)[:, :own]] for pool, own in pools]
            )
            kept.append(self._apart(np.sort(drawn, axis=1)))
            if sum(map(len, kept)) >= number:
                return np.vstack(kept)[:number]
        raise InputError(
            f"{self.k} areas apart from each other were not found among {len(self.candidates)}; take fewer"
        )

    def choices(self, observed: Mask, rng: np.random.Generator) -> Assignments:
        """Every choice the lottery could have drawn, or a sample of them, the observed one first."""
        own = np.flatnonzero(observed)
        held = {name: int((self._groups[own] == name).sum()) for name in self.quotas}
        if held != self.quotas or not len(self._apart(own[None])):
            raise InputError("the areas that mobilised are none that the lottery could have drawn")
        strata = np.unique(self._groups, return_inverse=True)[1].astype(np.int64)
        every = assignments(observed, strata=strata, rng=rng)
        if every.exact:
            return Assignments(self._apart(every.chosen), len(observed), True)
        return Assignments(np.vstack([own, self.draw(rng, DRAWS)]), len(observed), False)

    @property
    def _groups(self) -> NDArray[np.str_]:
        return np.array([self.strata.get(code, "") for code in self.candidates])

    def _apart(self, chosen: NDArray[np.int64]) -> NDArray[np.int64]:
        """Keep the choices of which no two areas touch that must not both be drawn."""
        pairs = pairs_touching(chosen, len(self.candidates), touching(self.candidates, self.borders))
        return np.asarray(chosen[pairs == 0])


def stepped_order(candidates: int, weeks: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """``(n,)`` the week in which each candidate begins, drawn by lot, as even as can be."""
    if not 2 <= weeks <= candidates:
        raise InputError(f"{weeks} weeks for {candidates} areas: give from 2 to one a week")
    return np.asarray(rng.permutation(np.arange(candidates) % weeks))


def stepped_floor(order: NDArray[np.int64]) -> float:
    """Return the smallest p that an order can give: as many orders as there are, or as are tried."""
    sizes = np.bincount(order).tolist()
    mirrored = len(sizes) == 2 and sizes[0] == sizes[1]
    orders = factorial(len(order)) // prod(map(factorial, sizes))
    return max((1 + mirrored) / orders, 1 / (DRAWS + 1))


def stepped_statistics(changes: NDArray[np.float64], orders: NDArray[np.int64]) -> tuple[Matrix, Matrix]:
    """Estimates and studentised statistics ``(S, R)`` of ``(S, n, W)`` log changes, for ``(R, n)`` orders.

    Each week's areas are set against those that had not begun; in the last week none is left.
    """
    total = variance = np.zeros((len(changes), len(orders)))
    weight = 0
    for week in range(int(orders.max())):
        ours, theirs = (orders == week).T.astype(np.float64), (orders > week).T.astype(np.float64)
        k, left = int(ours[:, 0].sum()), int(theirs[:, 0].sum())
        x = changes[:, :, week] - changes[:, :, week].mean(axis=1, keepdims=True)
        mean_1, mean_0 = x @ ours / k, x @ theirs / left
        squares = (x**2 @ ours - k * mean_1**2) + (x**2 @ theirs - left * mean_0**2)
        total = total + k * (mean_1 - mean_0)
        variance = variance + k**2 * np.maximum(squares, 0.0) / max(k + left - 2, 1) * (1 / k + 1 / left)
        weight += k
    return total / weight, total / np.sqrt(np.maximum(variance, np.finfo(float).tiny))


def stepped_test(
    changes: Matrix, order: NDArray[np.int64], rng: np.random.Generator, draws: int = DRAWS
) -> tuple[float, float]:
    """Estimate and p of a stepped push over the law that drew its order.

    Parameters
    ----------
    changes
        ``(n, W)`` log change of each area in each week's window against the weeks before the first push.
    order
        ``(n,)`` the week in which each began.
    """
    orders = np.vstack([order, rng.permuted(np.tile(order, (draws, 1)), axis=1)])
    estimate, statistic = stepped_statistics(changes[None], orders)
    return float(estimate[0, 0]), float(share_as_extreme(np.abs(statistic[0])))
