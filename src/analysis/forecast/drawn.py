"""Many draws: laid out side by side in memory, as many at a time as a processor's cache holds.

Arrays of draws have the shape (draws, days, areas) and lie in memory by day, area, draw: to add areas up, or
to put draws in order, is then work along memory. Quantiles of unsorted draws are searched anew for every set
of levels; read off draws in order they cost next to nothing, and are the same to the last bit.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

T = TypeVar("T")

CACHED = 2**17
"""Numbers worked on at a time: a megabyte, half of what a core's own cache holds."""
RUNS, PAIRED = 8, 128
"""Runs that a sum is taken in, and how many numbers at the most before it is halved, as numpy has them."""


def prepared(blocks: Iterator[T]) -> Iterator[T]:
    """Yield the same blocks in the same order, the next one being made while one is worked on."""
    with ThreadPoolExecutor(1) as pool:
        coming = pool.submit(next, blocks, None)
        while (block := coming.result()) is not None:
            coming = pool.submit(next, blocks, None)
            yield block


def laid_out(shape: tuple[int, int, int]) -> NDArray[np.float64]:
    """Return an array (draws, days, areas), not filled, whose draws lie side by side in memory."""
    draws, days, areas = shape
    return np.empty((days, areas, draws)).transpose(2, 0, 1)


def slices(rows: int, width: int) -> Iterator[slice]:
    """Cut `rows` of `width` numbers into runs that fit the cache."""
    step = max(CACHED // max(width, 1), 1)
    return (slice(first, first + step) for first in range(0, rows, step))


def summed(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sum (days, areas, draws) over the areas (days, draws), in pairs as `numpy.sum` does along memory."""
    areas = counts.shape[1]
    if areas > PAIRED:
        half = areas // 2 // RUNS * RUNS
        return summed(counts[:, :half]) + summed(counts[:, half:])
    total = np.empty((len(counts), counts.shape[2]))
    whole = areas // RUNS * RUNS
    for some in slices(len(counts), RUNS * counts.shape[2]):
        those = counts[some]
        if whole:
            runs = those[:, :RUNS].copy()
            for first in range(RUNS, whole, RUNS):
                runs += those[:, first : first + RUNS]
            while runs.shape[1] > 1:
                runs = runs[:, ::2] + runs[:, 1::2]
            total[some] = runs[:, 0]
        else:
            total[some] = those[:, 0]
        for area in range(max(whole, 1), areas):
            total[some] += those[:, area]
    return total


def some_days(sample: NDArray[np.float64], days: NDArray[np.generic] | slice) -> NDArray[np.float64]:
    """Return samples (draws, days, areas) of some days, laid out as all are."""
    return np.asarray(sample.transpose(1, 2, 0)[days].transpose(2, 0, 1))


def in_order(sample: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return samples (draws, ...) ascending along the draws, which lie side by side in memory."""
    ordered = np.array(np.moveaxis(sample, 0, -1), order="C")
    ordered.sort(axis=-1)
    return np.moveaxis(ordered, -1, 0)


def quantiles(
    ordered: NDArray[np.float64], levels: Sequence[float] | NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return `numpy.quantile` (levels, ...) of samples (draws, ...) in order, none of them NaN."""
    at = (len(ordered) - 1) * np.asarray(levels, dtype=np.float64)
    below = np.floor(at).astype(np.intp)
    part = (at - below).reshape(-1, *[1] * (ordered.ndim - 1))
    low, high = ordered[below], ordered[np.minimum(below + 1, len(ordered) - 1)]
    apart = high - low
    # numpy counts from the nearer of both, so that rounding is the same from either end
    return np.where(part >= 0.5, high - apart * (1 - part), low + apart * part)


def median(ordered: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return `numpy.median` of samples in order: the middle one, or the mean of both."""
    return np.asarray((ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) / 2)


def share_at_least(sample: NDArray[np.float64], bound: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return which part of samples (draws, ..., A) reaches a bound (A,); none where that is NaN."""
    reached = np.moveaxis(sample, 0, -1) >= bound[:, None]
    return np.asarray(np.count_nonzero(reached, axis=-1) / len(sample))
