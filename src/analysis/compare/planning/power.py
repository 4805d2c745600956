"""What a push could show before it is made, from the drive's own noise."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.compare.changes import changes_of_all
from analysis.compare.choices import Assignments
from analysis.compare.design import Design, Matrix, Window
from analysis.compare.earlier import on_earlier_dates
from analysis.compare.inference import lifted
from analysis.compare.planning.lottery import Lottery, stepped_floor, stepped_order, stepped_statistics
from analysis.compare.power import CHOICES, Trials
from analysis.compare.result import LEVEL
from analysis.errors import InputError

LIFTS = (0.2, 0.5, 1.0)
POWER_COLUMNS = ["areas", "smallest_percent", "power_20", "power_50", "power_100", "p_min"]


def noise_of(design: Design, candidates: Sequence[str], windows: Sequence[Window]) -> NDArray[np.float64]:
    """``(m, n, W)`` changes of the candidates in each window, on dates that could have been the push.

    Raises
    ------
    InputError
        When no earlier date has counts of all of them.
    """
    own = design.keep(np.isin(design.areas, candidates))
    end = int(own.times[-1]) + 1
    own = replace(own, starts=np.full(len(own.areas), end))
    measured = on_earlier_dates(
        own, windows[-1], lambda earlier: changes_of_all(earlier, earlier.first_start, windows)
    )
    found = [values for _, values in reversed(measured) if values is not None]
    if not found:
        raise InputError(
            f"no earlier date has counts of all {len(own.areas)} areas for so long a window and a week "
            "before; give a shorter one or wait for more counts"
        )
    return np.stack(found)


def drawn_trials(noise: Matrix, law: Lottery, alpha: float, rng: np.random.Generator) -> Trials:
    """Trials of a push that the law draws: each takes an earlier date and tests over what could be drawn."""
    choices = Assignments(np.unique(law.draw(rng, CHOICES + 1), axis=0), len(law.candidates), False)
    return Trials(noise, choices.dealt, partial(lifted, choices), choices.p_min, alpha, rng)


def stepped_trials(noise: NDArray[np.float64], alpha: float, rng: np.random.Generator) -> Trials:
    """Trials of an order of all areas, drawn by lot, over as many weeks as ``noise`` has."""
    _, n, weeks = noise.shape
    orders = np.stack([stepped_order(n, weeks, rng) for _ in range(CHOICES + 1)])
    begun = (orders[:, :, None] <= np.arange(weeks)).astype(np.float64)

    def test(
        values: NDArray[Any], taken: NDArray[np.int64], treated: NDArray[Any]
    ) -> Callable[[float], Matrix]:
        return lambda lift: stepped_statistics(values[taken] + lift * treated, orders)[1]

    return Trials(noise, begun, test, stepped_floor(orders[0]), alpha, rng)


def power_row(areas: int, trials: Trials) -> dict[str, float]:
    """Power at fixed lifts and the smallest lift seen four times in five, as :data:`POWER_COLUMNS`."""
    seen = [trials.seen(float(np.log1p(lift))) for lift in LIFTS]
    return dict(zip(POWER_COLUMNS, (areas, trials.least(), *seen, trials.floor), strict=True))


def power_table(
    noise: Matrix, lottery: Lottery, sizes: Sequence[int], rng: np.random.Generator
) -> pd.DataFrame:
    """Rows of :func:`power_row` by how many areas are pushed; no numbers where so many cannot be drawn."""
    rows: list[dict[str, float]] = []
    for k in sizes:
        try:
            trials = drawn_trials(noise, replace(lottery, k=k), 1 - LEVEL, rng)
        except InputError:
            rows.append({"areas": k})  # so many cannot be drawn apart, or leave nobody to compare with
            continue
        rows.append(power_row(k, trials))
    return pd.DataFrame(rows, columns=POWER_COLUMNS)
