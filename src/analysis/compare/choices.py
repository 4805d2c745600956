"""Choices of treated areas: every one there is, or a sample of them, and sums over the chosen."""

import json
import math
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from analysis.compare.design import Mask, Matrix
from analysis.errors import InputError

ENUMERATION_LIMIT = 50_000
"""Choices of treated areas up to which every one is tried; beyond it they are sampled."""

MANY_AREAS, DRAWS, DRAWS_MANY = 1_000, 9_999, 1_999
"""Sampled choices beyond the limit; with the observed one 10,000, so the floor is 1/10,000.

Of more than so many areas they are fewer; how many were tried stands beside each p.
"""

NUMBERS = 4_000_000
"""Numbers of a block of tests held in memory."""

FEW = 6
"""Treated areas up to which sums over the chosen are faster by looking them up than as a matrix product."""

DEALT = 16_000_000
"""Choices times areas up to which sums of many rows over the chosen are faster as a whole matrix product."""

MANY = 1_000_000
"""Areas in all choices together from which sums over the chosen are taken by a sparse matrix."""


@dataclass(frozen=True)
class Assignments:
    """Choices of ``k`` treated among ``n`` areas.

    Attributes
    ----------
    chosen
        ``(R, k)`` area numbers, the observed choice first.
    exact
        Whether they are all the choices there are.
    """

    chosen: NDArray[np.int64]
    n: int
    exact: bool

    @property
    def p_min(self) -> float:
        """The smallest p value attainable: that of the best possible split.

        Where as many are treated as not, a choice's complement is as extreme as the choice itself.
        """
        others = np.setdiff1d(np.arange(self.n), self.chosen[0])
        mirrored = len(others) == self.chosen.shape[1] and (self.chosen == others).all(axis=1).any()
        return (2 if mirrored else 1) / len(self.chosen)

    @property
    def method(self) -> str:
        """How p is got, in words."""
        return how_tried(len(self.chosen), self.exact)

    @cached_property
    def listed(self) -> sparse.csr_array:
        """``(R, n)`` the same as `dealt`, as a sparse matrix."""
        rows, k = self.chosen.shape
        ends = np.arange(0, rows * k + 1, k, dtype=np.int32)
        return sparse.csr_array(
            (np.ones(rows * k), self.chosen.ravel().astype(np.int32), ends), shape=(rows, self.n)
        )

    @property
    def dealt(self) -> Matrix:
        """``(R, n)`` one where an area is treated in a choice."""
        dealt = np.zeros((len(self.chosen), self.n))
        np.put_along_axis(dealt, self.chosen, 1.0, axis=1)
        return dealt

    def sums(self, values: Matrix) -> Matrix:
        """``(..., R)`` sums of ``(..., n)`` numbers over the chosen of every choice."""
        many = values.ndim > 1 and self.chosen.shape[1] > FEW
        if self.chosen.size > MANY and not (many and len(self.chosen) * self.n <= DEALT):
            return np.asarray((self.listed @ np.atleast_2d(values).T).T).reshape(*values.shape[:-1], -1)
        if many:
            return np.asarray(values @ self.dealt.T)
        return np.asarray(values[..., self.chosen].sum(axis=-1))

    def each_sums(self, rows: Matrix) -> Matrix:
        """``(S, R)`` the sums of each of ``(S, n)`` numbers, to the last digit as `sums` has them alone."""
        if self.chosen.size > MANY:
            return np.ascontiguousarray((self.listed @ rows.T).T)
        return np.stack([self.sums(row) for row in rows])


def how_tried(choices: int, exact: bool) -> str:
    """Say how p is got from so many choices."""
    return f"randomisation, {'exact' if exact else 'sampled, +1 rule,'} {choices} assignments"


def draws_for(areas: int) -> int:
    """Return how many choices are sampled of so many areas."""
    return DRAWS if areas <= MANY_AREAS else DRAWS_MANY


def assignments(
    treated: Mask,
    *,
    allowed: Mask | None = None,
    strata: NDArray[np.int64] | None = None,
    rng: np.random.Generator | None = None,
    limit: int = ENUMERATION_LIMIT,
    draws: int | None = None,
) -> Assignments:
    """Every choice of as many areas as are treated, or a sample of them when they exceed ``limit``.

    Parameters
    ----------
    treated
        ``(n,)`` the observed choice.
    allowed
        ``(n,)`` areas that could have been chosen; the others stay untreated in every choice.
    strata
        ``(n,)`` codes; every choice takes as many areas of each as the observed one.
    rng
        For choices that must be sampled; without it the sample is the one of seed 0.
    draws
        How many; as `draws_for` unless told.
    """
    allowed = np.ones_like(treated) if allowed is None else allowed
    if (treated & ~allowed).any():
        raise InputError(
            "a treated area is not among those that could have been chosen; widen the restriction"
        )
    codes = np.zeros(len(treated), dtype=np.int64) if strata is None else strata
    pools = [_pool(treated, allowed & (codes == code)) for code in np.unique(codes[treated])]
    if math.prod(math.comb(len(pool), k) for pool, k in pools) <= limit:
        return Assignments(np.sort(_every(pools), axis=1), len(treated), True)
    rng = np.random.default_rng(0) if rng is None else rng
    spelt = tuple((pool.tobytes(), k) for pool, k in pools)
    draws = draws_for(len(treated)) if draws is None else draws
    made, end = _sampled(len(treated), spelt, draws, json.dumps(rng.bit_generator.state))
    rng.bit_generator.state = json.loads(end)
    return made


@lru_cache(maxsize=3)
def _sampled(n: int, pools: tuple[tuple[bytes, int], ...], draws: int, state: str) -> tuple[Assignments, str]:
    """Draw choices from the places of each pool, and say in which state that leaves the generator.

    A study asks for the same choices window after window; of ten thousand areas they take seconds.
    """
    rng, drawn, observed = np.random.default_rng(), [], []
    rng.bit_generator.state = json.loads(state)
    for spelt, k in pools:
        pool = np.frombuffer(spelt, dtype=np.int64)
        drawn.append(pool[_draw(len(pool), k, draws, rng)])
        observed.append(pool[:k])
    rows = np.vstack([np.concatenate(observed), np.hstack(drawn)])
    rows.sort(axis=1)
    return Assignments(rows, n, False), json.dumps(rng.bit_generator.state)


def _pool(treated: Mask, eligible: Mask) -> tuple[NDArray[np.int64], int]:
    """Areas that one stratum's places can go to, the treated ones first, and how many places it has."""
    own = np.flatnonzero(treated & eligible)
    return np.concatenate([own, np.flatnonzero(~treated & eligible)]), len(own)


def _every(pools: list[tuple[NDArray[np.int64], int]]) -> NDArray[np.int64]:
    """All choices over the strata; the first of each pool, which are treated, in the first row."""
    rows = np.empty((1, 0), dtype=np.int64)
    for pool, k in pools:
        own = pool[_combinations(len(pool), k)]
        rows = np.hstack([np.repeat(rows, len(own), axis=0), np.tile(own, (len(rows), 1))])
    return rows


def _draw(n: int, k: int, draws: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """``(draws, k)`` of ``n``, every choice with the same chance."""
    if n > MANY_AREAS:
        return np.stack([rng.choice(n, k, replace=False, shuffle=False) for _ in range(draws)])
    block = max(1, NUMBERS // n)
    sizes = [min(block, draws - first) for first in range(0, draws, block)]
    # copied, because a part of what argpartition gives holds all of it
    return np.vstack([np.argpartition(rng.random((size, n)), k - 1, axis=1)[:, :k].copy() for size in sizes])


@lru_cache(maxsize=32)
def _combinations(n: int, k: int) -> NDArray[np.int64]:
    flat = np.fromiter((i for chosen in combinations(range(n), k) for i in chosen), dtype=np.int64)
    return flat.reshape(-1, k)
