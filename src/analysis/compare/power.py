"""Before the answer: the smallest effect that this design could have seen, from its own noise."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.compare.contrasts import changes
from analysis.compare.design import NEVER, Design, Window, contrast
from analysis.compare.inference import Vector, assignments, randomise
from analysis.errors import InputError

WEEK = 7
TRIALS = 200
BISECTIONS = 8


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
    return pd.DataFrame(rows, columns=["window", "placebo_dates", "percent", "log_points", "power"])


def placebo_changes(design: Design, window: Window) -> list[Vector]:
    """One vector of area changes for each day before the push that could have been one, a week apart."""
    start = design.first_start
    found = []
    for date in range(start - window.last - 1, int(design.times[0]) + WEEK - 1, -WEEK):
        shown = (design.times < date + window.last + 1) & (design.times < start)
        earlier = replace(
            design,
            times=design.times[shown],
            outcome=design.outcome[:, shown],
            exposure=None if design.exposure is None else design.exposure[:, shown],
            clusters=None,
            starts=np.where(design.starts == start, date, NEVER),
        )
        try:
            groups = contrast(earlier, window)
            found.append(changes(earlier, groups).log_rate)
        except InputError:
            continue  # an area has no count on those days: that date cannot serve as a placebo
    return found


def _search(
    noise: list[Vector], k: int, rng: np.random.Generator, power: float, alpha: float
) -> float | None:
    if not noise:
        return None
    n = len(noise[0])
    treated = np.zeros(n, dtype=bool)
    treated[:k] = True
    choices = assignments(treated, rng=rng)
    if choices.p_min > alpha:
        return None
    trials = [(noise[i % len(noise)], rng.permutation(n)) for i in range(TRIALS)]

    def seen(lift: float) -> float:
        return float(
            np.mean(
                [
                    randomise(values[order] + lift * treated, choices).p_value <= alpha
                    for values, order in trials
                ]
            )
        )

    low, high = 0.0, 0.05
    while seen(high) < power:
        low, high = high, high * 2
        if high > 20:
            return None
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        low, high = (low, middle) if seen(middle) >= power else (middle, high)
    return high


def rejection_rate(values: NDArray[np.float64], treated: NDArray[np.bool_], alpha: float = 0.05) -> float:
    """Share of simulated campaigns, ``(m, n)`` area changes, in which the exact studentised test rejects."""
    choices = assignments(treated)
    return float(np.mean([randomise(row, choices).p_value <= alpha for row in values]))
