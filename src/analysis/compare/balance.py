"""How mobilised and comparison areas differed before the push."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.campaign.rhythm import WEEK
from analysis.compare.changes import groups_with_rates
from analysis.compare.design import Design, Matrix, Vector, Window

BALANCE_COLUMNS = ["measure", "mobilised", "comparison", "difference", "standardised_difference"]


def balance(
    design: Design, window: Window | None = None, lengths: NDArray[np.int64] | None = None
) -> pd.DataFrame:
    """Means before the push on both sides, with standardised differences.

    Parameters
    ----------
    design, window
        What is compared.
    lengths
        ``(T,)`` days of each time, where one is a whole week or month; then everything is said by the day.

    Returns
    -------
    DataFrame
        :data:`BALANCE_COLUMNS`; ``level`` of the outcome before, ``last_week`` of it, ``trend`` a week,
        day-to-day ``spread`` and, when given, the ``people`` exposed on the last day counted before. The
        standardised difference divides by the pooled standard deviation between areas (Imbens and Rubin
        2015, section 14.2). An area of which a measure is not known is not in it.
    """
    groups = groups_with_rates(design, window)
    design, days = design.keep(groups.used), 1
    if lengths is not None:
        design, days = replace(design, outcome=design.outcome / lengths), int(np.median(lengths))
    ours = groups.treated[groups.used]
    before = design.outcome[:, groups.before]
    times = design.times[groups.before]
    recent = times >= design.first_start - design.cycle
    rows = {"level": _known(before, 1, partial(np.nanmean, axis=1))}
    if recent.any() and not recent.all() and days <= WEEK:
        rows["last_week"] = _known(before[:, recent], 1, partial(np.nanmean, axis=1))
    if len(times) > 2:
        weekly = design.cycle if days == 1 else WEEK / days
        rows["trend"] = weekly * _known(before, 2, partial(_slopes, times=times))
        rows["spread"] = _known(before, 2, partial(np.nanstd, axis=1, ddof=1))
    if design.exposure is not None:
        rows["people"] = pd.DataFrame(design.exposure[:, groups.before]).ffill(axis=1).to_numpy()[:, -1]
    return pd.DataFrame(
        [_compare(name, values[ours], values[~ours]) for name, values in rows.items()],
        columns=BALANCE_COLUMNS,
    )


def _known(before: Matrix, least: int, measure: Callable[[Matrix], Any]) -> Vector:
    """Measure each area that has so many numbers; NaN of the others."""
    found, some = np.full(len(before), np.nan), (~np.isnan(before)).sum(axis=1) >= least
    found[some] = measure(before[some])
    return found


def _slopes(before: Matrix, times: NDArray[np.int64]) -> Vector:
    """Least-squares slope over time of each area, on the days it has: two at least."""
    seen = ~np.isnan(before)
    x = np.where(seen, times.astype(np.float64), 0.0)
    x = np.where(seen, x - (x.sum(axis=1) / seen.sum(axis=1))[:, None], 0.0)
    return np.asarray((x * np.where(seen, before, 0.0)).sum(axis=1) / (x * x).sum(axis=1))


def _compare(name: str, ours: Vector, theirs: Vector) -> tuple[str, float, float, float, float]:
    ours, theirs = (side[~np.isnan(side)] for side in (ours, theirs))
    if not len(ours) or not len(theirs):
        return name, np.nan, np.nan, np.nan, np.nan
    spread = np.sqrt((_spread(ours) + _spread(theirs)) / 2) if len(ours) > 1 else np.sqrt(_spread(theirs))
    gap = float(ours.mean() - theirs.mean())
    return name, float(ours.mean()), float(theirs.mean()), gap, gap / float(spread) if spread > 0 else 0.0


def _spread(values: NDArray[np.float64]) -> float:
    return float(values.var(ddof=1)) if len(values) > 1 else 0.0
