"""All waves together, as one effect, with what waves that are compared with the same areas have in common."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse, stats
from statsmodels.stats.meta_analysis import combine_effects

from analysis.compare.choices import draws_for
from analysis.compare.contrasts import Tested
from analysis.compare.design import Matrix, Vector
from analysis.compare.inference import MOVES, moments, not_rejected, share_as_extreme
from analysis.compare.result import LEVEL
from analysis.compare.waves import Pooled, Wave

FEW = 3
"""Waves of one area up to which the areas compared with say how much one varies; so few cannot say it."""


def pool(waves: tuple[Wave, ...], rng: np.random.Generator) -> Pooled | None:
    """Pool the waves that were compared; ``None`` with fewer than two.

    The treatment is dealt out in each wave by itself. Waves that are compared with the same areas are no
    independent witnesses, as what befalls such an area moves them all: the statistic is studentised by a
    variance that has the covariances of waves in it.
    """
    tests = [wave.tested for wave in waves if wave.tested is not None]
    if len(tests) < 2:
        return None
    names, place = np.unique(np.concatenate([wave.compared for wave in waves]), return_inverse=True)
    places = np.split(place, np.cumsum([test.choices.n for test in tests])[:-1])
    many = np.array([test.choices.chosen.shape[1] for test in tests], dtype=np.float64)
    dealt = []
    for test, own, part in zip(tests, places, many / many.sum(), strict=True):
        taken = np.concatenate([[0], rng.integers(len(test.choices.chosen), size=draws_for(len(names)))])
        dealt.append(_Dealt(test, own, taken, len(names), float(part)))
    (differences,), (variances,) = _combined(dealt, [0.0])
    estimate, width = float(differences[0]), float(np.sqrt(variances[0]))
    moved, varied = _combined(dealt, [estimate + move * width for move in MOVES])
    ends = not_rejected(moved / width, varied / width**2, LEVEL)
    mean, mean_interval, spread = _random_effects(tests, _shared(dealt))
    return Pooled(
        len(tests),
        estimate,
        None if ends is None else (estimate + width * ends[0], estimate + width * ends[1]),
        float(share_as_extreme(np.abs(differences) / np.sqrt(variances))),
        max(1 / len(differences), float(np.prod([test.choices.p_min for test in tests]))),
        mean,
        mean_interval,
        spread,
    )


@dataclass(frozen=True)
class _Dealt:
    """One wave, its areas among those of all waves, and the choices of it that are taken.

    Attributes
    ----------
    place
        ``(n,)`` where each of its areas stands among all.
    taken
        ``(R,)`` which of its choices, ours first.
    share
        Its weight.
    """

    tested: Tested
    place: NDArray[np.intp]
    taken: NDArray[np.int64]
    areas: int
    share: float

    @cached_property
    def chosen(self) -> sparse.csr_array:
        """``(R, areas)`` one where an area is treated in a choice."""
        at = self.place[self.tested.choices.chosen[self.taken]].astype(np.int32)
        ends = np.arange(0, at.size + 1, at.shape[1], dtype=np.int32)
        return sparse.csr_array((np.ones(at.size), at.ravel(), ends), shape=(len(at), self.areas))

    def at(self, effect: float) -> tuple[Vector, Vector]:
        """``(R,)`` differences and their variances in the choices taken, the effect taken off first."""
        differences, variances = moments(self._less(effect), self.tested.choices)
        return differences[self.taken], variances[self.taken]

    def lines(self, effects: Sequence[float]) -> "_Lines":
        """Say what each area adds to the difference of each choice, by its own value."""
        values = np.zeros((len(effects), self.areas))
        for row, effect in zip(values, effects, strict=True):
            less = self._less(effect)
            row[self.place] = less - less.mean()
        n, k = len(self.place), self.tested.choices.chosen.shape[1]
        sums = (self.chosen @ values.T).T
        inside, outside = (1 / np.sqrt(size * (size - 1)) if size > 1 else 0.0 for size in (k, n - k))
        other = -outside * sums / (n - k)
        here = np.zeros(self.areas)
        here[self.place] = 1.0
        extra = (-inside * sums / k - other, inside + outside)
        return _Lines(here, values, self.chosen, (other, -outside), extra)

    def _less(self, effect: float) -> Vector:
        return self.tested.values - effect * self.tested.treated


Line = tuple[Matrix, float]
"""``(E, R)`` constants and the slope of what an area adds, by its value."""


@dataclass(frozen=True)
class _Lines:
    """What each area adds to a wave's difference, for each of ``E`` effects taken off and ``R`` choices.

    Squares sum to the difference's variance. An untreated area adds ``other`` at its value, a treated one
    ``extra`` besides; of one area on a side no deviation is known, and it adds nothing.
    """

    here: Vector
    values: Matrix
    chosen: sparse.csr_array
    other: Line
    extra: Line

    def covariance(self, wave: "_Lines") -> Matrix:
        """``(E, R)`` covariance with another wave's difference: what the areas of both add to both."""
        both = self.here * wave.here
        mine, theirs = both * self.values, both * wave.values
        rows = np.stack([np.broadcast_to(both, mine.shape), theirs, mine, mine * wave.values])

        def over(chosen: sparse.csr_array) -> NDArray[np.float64]:
            return np.asarray((chosen @ rows.reshape(-1, rows.shape[-1]).T).T).reshape(*rows.shape[:2], -1)

        everywhere, together = rows.sum(axis=-1, keepdims=True), self.chosen.multiply(wave.chosen).tocsr()
        return (
            _product(self.other, wave.other, everywhere)
            + _product(self.extra, wave.other, over(self.chosen))
            + _product(self.other, wave.extra, over(wave.chosen))
            + _product(self.extra, wave.extra, over(together))
        )


def _product(one: Line, other: Line, sums: NDArray[np.float64]) -> Matrix:
    """Sum the product of two lines over areas: from how many these are, and sums of values and products."""
    many, theirs, mine, both = sums
    made = one[0] * (other[0] * many + other[1] * theirs) + one[1] * (other[0] * mine + other[1] * both)
    return np.asarray(made)


def _combined(dealt: Sequence[_Dealt], effects: Sequence[float]) -> tuple[Matrix, Matrix]:
    """``(E, R)`` differences of the combined choices and their variances, each effect taken off first.

    How much waves of one area vary is seen from one to the other, where there are more than :data:`FEW`.
    """
    shares = np.array([one.share for one in dealt])
    made = [[one.at(effect) for effect in effects] for one in dealt]
    each = np.array([[difference for difference, _ in one] for one in made])
    own = np.array([[variance for _, variance in one] for one in made])
    lines = [one.lines(effects) for one in dealt]
    alone = np.flatnonzero([one.tested.choices.chosen.shape[1] == 1 for one in dealt])
    if len(alone) > FEW:
        own[alone] = each[alone].var(axis=0, ddof=1)
        own[alone] += [lines[at].covariance(lines[at]) for at in alone]
    variances = np.tensordot(shares**2, own, 1)
    for (share, mine), (part, theirs) in combinations(zip(shares, lines, strict=True), 2):
        variances += 2 * share * part * mine.covariance(theirs)
    return np.tensordot(shares, each, 1), np.maximum(variances, np.finfo(float).tiny)


def _shared(dealt: Sequence[_Dealt]) -> float:
    """Mean covariance of two waves' differences as they were; none where it is less."""
    lines = [one.lines([0.0]) for one in dealt]
    return max(0.0, float(np.mean([one.covariance(other)[0, 0] for one, other in combinations(lines, 2)])))


def _random_effects(
    tests: Sequence[Tested], shared: float
) -> tuple[float, tuple[float, float] | None, float]:
    """Mean over waves with its interval, and the standard deviation between them.

    Notes
    -----
    Paule and Mandel (1982) for the spread, which is none where waves differ by less than their own errors
    let expect (with two waves that of DerSimonian and Laird); Hartung and Knapp (2001) for the interval,
    which needs three waves at least to say much: it is on t with one fewer than there are waves. What waves
    share shows in no difference between them: it is taken out of their own errors, and added to the mean's.
    A wave of one area beside one other tells no error of its own, and is in no such mean.
    """
    tests = [test for test in tests if test.choices.n > 2 and test.test.se > 0]
    if len(tests) < 2:
        return np.nan, None, np.nan
    estimates = np.array([test.test.difference for test in tests])
    variances = np.maximum(np.array([test.test.se for test in tests]) ** 2, np.finfo(float).tiny)
    own = variances - np.minimum(shared, variances / 2)
    found = combine_effects(estimates, own, method_re="pm", use_t=True, alpha=1 - LEVEL)
    mean, (low, high) = float(found.mean_effect_re), found.conf_int()[3]  # Hartung and Knapp's
    by = float(
        stats.t.ppf((1 + LEVEL) / 2, max(1, min(int(test.groups.control.sum()) for test in tests) - 1))
    )
    half = float(np.hypot((high - low) / 2, by * np.sqrt(shared)))
    interval = (mean - half, mean + half) if half > 0 else None
    return mean, interval, float(np.sqrt(found.tau2))
