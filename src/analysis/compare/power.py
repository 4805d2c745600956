"""Before the answer: the smallest effect that this design could have seen, from its own noise."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.compare.changes import changes, groups_with_rates
from analysis.compare.checks.placebo_dates import earlier_dates, pretend
from analysis.compare.design import Design, Vector, Window
from analysis.compare.inference import Assignments, assignments, p_values
from analysis.errors import InputError

POWER_COLUMNS = ["window", "placebo_dates", "percent", "log_points", "power"]
TRIALS = 200
SAMPLED = 999
"""Choices drawn for each placebo push where they are too many to try all."""

BISECTIONS = 8
LARGEST = 20.0
"""Log points beyond which the search ends: nothing smaller can be seen."""


def smallest_effect(
    design: Design,
    windows: list[Window],
    rng: np.random.Generator,
    *,
    power: float = 0.8,
    level: float = 0.95,
) -> pd.DataFrame:
    """Smallest lift seen with the given power, by injecting lifts into placebo pushes before the real one.

    Each trial takes a placebo date before the push, deals the treatment to as many areas as were
    mobilised, lifts their rate, and runs the headline's exact test. Nothing after the push is used.

    Returns
    -------
    DataFrame
        ``window``, ``placebo_dates``, ``percent`` (NaN when the days before are too few for the window,
        or when the design can reject nothing at this level), ``log_points``, ``power``.
    """
    rows = []
    for window in windows:
        noise = placebo_changes(design, window)
        lift = _search(noise, int((design.starts == design.first_start).sum()), rng, power, 1 - level)
        percent = np.nan if lift is None else 100 * float(np.expm1(lift))
        rows.append((str(window), len(noise), percent, np.nan if lift is None else lift, power))
    return pd.DataFrame(rows, columns=POWER_COLUMNS)


def placebo_changes(design: Design, window: Window) -> list[Vector]:
    """One vector of area changes for each day before the push that could have been one, a week apart."""
    found = []
    for date in reversed(earlier_dates(design, window)):
        earlier = pretend(design, date, window)
        try:
            groups = groups_with_rates(earlier, window)
            found.append(changes(earlier, groups).log_rate[groups.used])
        except InputError:
            continue  # an area has no count on those days: that date cannot serve as a placebo
    return found


def _search(
    noise: list[Vector], k: int, rng: np.random.Generator, power: float, alpha: float
) -> float | None:
    """Find the smallest lift in log points that is seen often enough; ``None`` when none is."""
    if not noise or any(len(values) <= k for values in noise):
        return None
    trials = [rng.permutation(noise[i % len(noise)]) for i in range(TRIALS)]
    by_size = {
        n: (np.stack([values for values in trials if len(values) == n]), _first_treated(n, k, rng))
        for n in dict.fromkeys(len(values) for values in trials)
    }
    if max(choices.p_min for _, choices in by_size.values()) > alpha:
        return None

    def seen(lift: float) -> float:
        rejected = [
            p_values(values + lift * (np.arange(n) < k), choices) <= alpha
            for n, (values, choices) in by_size.items()
        ]
        return float(np.concatenate(rejected).mean())

    low, high = 0.0, 0.05
    while seen(high) < power:
        low, high = high, high * 2
        if high > LARGEST:
            return None
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        low, high = (low, middle) if seen(middle) >= power else (middle, high)
    return high


def _first_treated(n: int, k: int, rng: np.random.Generator) -> Assignments:
    return assignments(np.arange(n) < k, rng=rng, draws=SAMPLED)
