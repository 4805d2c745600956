"""Proper scores of sample paths: how far off, and how honest about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from analysis.forecast.drawn import in_order, median, quantiles

if TYPE_CHECKING:
    from numpy.typing import NDArray

HUB_LEVELS = np.array([0.01, 0.025, *(level / 100 for level in range(5, 100, 5)), 0.975, 0.99])
"""The 23 quantile levels of the forecast hubs."""
INTERVALS = (0.5, 0.8, 0.95)


def score(sample: NDArray[np.float64], truth: NDArray[np.float64]) -> dict[str, NDArray[Any]]:
    """Median, scores and coverage of samples (draws, ...) against truth (...), by name, from one sort."""
    ordered = in_order(sample)
    inside = {f"covered_{level * 100:g}": _covered(ordered, truth, level) for level in INTERVALS}
    return {
        "median": median(ordered),
        "crps": _crps(np.ascontiguousarray(ordered.swapaxes(0, 1)).swapaxes(0, 1), truth),
        "wis": quantile_wis(quantiles(ordered, HUB_LEVELS), HUB_LEVELS, truth),
        **inside,
        "pit": pit(sample, truth),
    }


def crps(sample: NDArray[np.float64], truth: NDArray[np.float64]) -> NDArray[np.float64]:
    """Continuous ranked probability score of samples (draws, ...) against truth (...), in their unit.

    The energy form E|X - y| - E|X - X'| / 2 of the empirical distribution (Gneiting and Raftery 2007,
    eq. 21), by sorting.
    """
    return _crps(np.sort(sample, axis=0), truth)


def _crps(ordered: NDArray[np.float64], truth: NDArray[np.float64]) -> NDArray[np.float64]:
    draws = ordered.shape[0]
    weight = (2 * np.arange(1, draws + 1) - draws - 1) / draws**2
    spread = np.tensordot(weight, ordered, axes=(0, 0))
    return np.asarray(np.abs(ordered - truth).mean(axis=0) - spread)


def wis(sample: NDArray[np.float64], truth: NDArray[np.float64]) -> NDArray[np.float64]:
    """Weighted interval score over the 23 hub quantiles (Bracher et al. 2021): twice the mean pinball."""
    return quantile_wis(quantiles(in_order(sample), HUB_LEVELS), HUB_LEVELS, truth)


def quantile_wis(
    quantiles: NDArray[np.float64], levels: NDArray[np.float64], truth: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Weighted interval score of quantiles (levels, ...) against truth (...)."""
    level = levels.reshape(-1, *[1] * (quantiles.ndim - 1))
    error = truth - quantiles
    return np.asarray(2 * np.maximum(level * error, (level - 1) * error).mean(axis=0))


def covered(sample: NDArray[np.float64], truth: NDArray[np.float64], level: float) -> NDArray[np.bool_]:
    """Whether truth lies in the central interval of the samples (draws, ...)."""
    return _covered(in_order(sample), truth, level)


def _covered(ordered: NDArray[np.float64], truth: NDArray[np.float64], level: float) -> NDArray[np.bool_]:
    low, high = quantiles(ordered, [(1 - level) / 2, (1 + level) / 2])
    return np.asarray((low <= truth) & (truth <= high))


def pit(sample: NDArray[np.float64], truth: NDArray[np.float64]) -> NDArray[np.float64]:
    """Probability integral transform, ties counted half (Gneiting, Balabdaoui and Raftery 2007)."""
    return np.asarray(((sample < truth).mean(axis=0) + (sample <= truth).mean(axis=0)) / 2)


def date_crps(cdf: NDArray[np.float64], day: NDArray[np.float64] | float) -> NDArray[np.float64]:
    """Censored CRPS of completion dates, in days: the Brier score integrated over cdf (days, ...).

    `day` (...) is the true day counted from 1; infinite when it was not reached within the horizon.
    """
    days = np.arange(1, len(cdf) + 1).reshape(-1, *[1] * (cdf.ndim - 1))
    return np.asarray(((cdf - (days >= day)) ** 2).sum(axis=0))
