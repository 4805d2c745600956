"""What a push could show before it is made, from the drive's own noise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from analysis.compare.design import NEVER, Design, Matrix, Window
from analysis.compare.inference import TIE, Assignments, statistics
from analysis.compare.planning.lottery import Lottery
from analysis.compare.power import placebo_changes
from analysis.errors import InputError

TRIALS = 200
CHOICES = 999
"""Choices drawn for the test within a trial; with the observed one 1,000."""

LIFTS = (0.2, 0.5, 1.0)
BISECTIONS = 8
POWER_COLUMNS = ["areas", "smallest_percent", "power_20", "power_50", "power_100", "p_min"]


def noise_of(design: Design, candidates: Sequence[str], window: Window) -> Matrix:
    """``(m, n)`` changes of the candidates on earlier dates that could have been the push, a week apart.

    Raises
    ------
    InputError
        When no earlier date has counts of all of them.
    """
    own = design.keep(np.isin(design.areas, candidates))
    starts = np.full(len(own.areas), NEVER)
    starts[0] = int(own.times[-1]) + 1  # whoever is called treated: every area's change is taken alike
    found = [row for row in placebo_changes(replace(own, starts=starts), window) if len(row) == len(starts)]
    if not found:
        raise InputError(
            f"no earlier date has counts of all {len(starts)} areas for a window of {window.last + 1} days "
            "and a week before; give a shorter window or wait for more counts"
        )
    return np.stack(found)


def power_table(
    noise: Matrix, lottery: Lottery, sizes: Sequence[int], rng: np.random.Generator, *,
    power: float = 0.8, level: float = 0.95,
) -> pd.DataFrame:  # fmt: skip
    """Power at fixed lifts and the smallest lift seen four times in five, by how many areas are pushed.

    Each trial takes an earlier date, draws areas by the lottery, lifts them, and tests over what the lottery
    could have drawn. Sizes that it cannot draw are left out.
    """
    rows = []
    for k in sizes:
        try:
            law = replace(lottery, k=k)
            drawn = law.draw(rng, CHOICES + 1)
        except InputError:
            continue  # so many areas cannot be drawn apart, or leave nobody to compare with
        choices = Assignments(np.unique(drawn, axis=0), len(law.candidates), False)
        seen = _Seen(noise, choices, 1 - level, rng)
        smallest = 100 * float(np.expm1(seen.least(power))) if seen.floor <= 1 - level else np.nan
        rows.append((k, smallest, *(seen(float(np.log1p(lift))) for lift in LIFTS), seen.floor))
    return pd.DataFrame(rows, columns=POWER_COLUMNS)


class _Seen:
    """How often a lift is seen in trials that are the same for every lift."""

    def __init__(self, noise: Matrix, choices: Assignments, alpha: float, rng: np.random.Generator) -> None:
        self.values = noise[np.arange(TRIALS) % len(noise)]
        self.rows = rng.integers(len(choices.chosen), size=TRIALS)
        self.choices, self.alpha, self.floor = choices, alpha, 1 / len(choices.chosen)
        self.lifted = np.zeros_like(self.values)
        np.put_along_axis(self.lifted, choices.chosen[self.rows], 1.0, axis=1)

    def __call__(self, lift: float) -> float:
        sizes = np.abs(statistics(self.values + lift * self.lifted, self.choices))
        own = sizes[np.arange(TRIALS), self.rows][:, None]
        return float(((sizes >= own * (1 - TIE)).mean(axis=1) <= self.alpha).mean())

    def least(self, power: float) -> float:
        low, high = 0.0, 0.05
        while self(high) < power:
            low, high = high, 2 * high
            if high > 20:
                return float("nan")
        for _ in range(BISECTIONS):
            middle = (low + high) / 2
            low, high = (low, middle) if self(middle) >= power else (middle, high)
        return high
