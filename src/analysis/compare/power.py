"""The smallest effect that a design could have seen, from its own noise: lifts put into placebo pushes."""

from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.compare.changes import changes, groups_with_rates
from analysis.compare.choices import assignments
from analysis.compare.design import Design, Matrix, Vector, Window
from analysis.compare.earlier import on_earlier_dates
from analysis.compare.inference import TIE, lifted
from analysis.compare.result import LEVEL
from analysis.compare.search import edge

POWER_COLUMNS = ["window", "placebo_dates", "percent", "log_points", "power"]
POWER = 0.8
"""Share of trials in which a lift is seen that counts as seen."""

TRIALS = 200
CHOICES = 999
"""Choices drawn for the test within a trial; with the one made 1,000."""

BISECTIONS = 8
LARGEST = 20.0
"""Log points beyond which the search ends: nothing smaller can be seen."""


class Trials:
    """How often a lift is seen, in trials that are the same for every lift.

    Parameters
    ----------
    noise
        ``(m, n, ...)`` changes on earlier dates; each trial takes one.
    dealt
        ``(R, n, ...)`` which areas are treated in each choice that the law of the draw permits; each trial
        lifts those of one choice and tests it against all.
    test
        From the noise, its row that each of ``S`` trials takes and whom it lifts ``(S, n, ...)`` to what
        gives the ``(S, R)`` statistics of a lift, one a choice; as `analysis.compare.inference.lifted`.
    floor
        The smallest p that the test can give.
    """

    def __init__(
        self, noise: NDArray[Any], dealt: NDArray[Any],
        test: Callable[[NDArray[Any], NDArray[np.int64], NDArray[Any]], Callable[[float], Matrix]],
        floor: float, alpha: float, rng: np.random.Generator,
    ) -> None:  # fmt: skip
        self.rows = rng.integers(len(dealt), size=TRIALS)
        self.test = test(noise, np.arange(TRIALS) % len(noise), dealt[self.rows])
        self.floor, self.alpha = floor, alpha

    def seen(self, lift: float) -> float:
        """Share of trials in which a lift, in log points, is seen."""
        sizes = np.abs(self.test(lift))
        own = sizes[np.arange(TRIALS), self.rows][:, None]
        return float(((sizes >= own * (1 - TIE)).mean(axis=1) <= self.alpha).mean())

    def least(self) -> float:
        """Smallest lift in percent that is seen with :data:`POWER`; NaN where none is."""
        if self.floor > self.alpha:
            return np.nan
        found = edge(lambda lift: self.seen(lift) < POWER, 0.05, last=LARGEST, halvings=BISECTIONS)
        return np.nan if found is None else 100 * float(np.expm1(found[1]))


def smallest_effect(design: Design, windows: list[Window], rng: np.random.Generator) -> pd.DataFrame:
    """Smallest lift seen with :data:`POWER`, by injecting lifts into placebo pushes before the real one.

    Each trial takes a placebo date before the push, deals the treatment to as many areas as were
    mobilised, lifts their rate, and runs the headline's exact test. Nothing after the push is used.

    Returns
    -------
    DataFrame
        ``window``, ``placebo_dates``, ``percent`` (NaN when the days before are too few for the window,
        or when the design can reject nothing at this level), ``log_points``, ``power``.
    """
    rows = []
    k = int((design.starts == design.first_start).sum())
    for window in windows:
        noise, percent = placebo_changes(design, window), np.nan
        # Most dates have counts of as many areas; the few that lack one are passed over.
        sizes = Counter(len(values) for values in noise).most_common(1)
        if sizes and (n := sizes[0][0]) > k:
            choices = assignments(np.arange(n) < k, rng=rng, limit=CHOICES, draws=CHOICES)
            alike = np.stack([values for values in noise if len(values) == n])
            test = partial(lifted, choices)
            percent = Trials(alike, choices.dealt, test, choices.p_min, 1 - LEVEL, rng).least()
        rows.append((str(window), len(noise), percent, np.log1p(percent / 100), POWER))
    return pd.DataFrame(rows, columns=POWER_COLUMNS)


def placebo_changes(design: Design, window: Window) -> list[Vector]:
    """One vector of area changes for each day before the push that could have been one, a week apart."""

    def measure(earlier: Design) -> Vector:
        groups = groups_with_rates(earlier, window)
        return changes(earlier, groups).log_rate[groups.used]

    found = reversed(on_earlier_dates(design, window, measure))
    return [values for _, values in found if values is not None]
