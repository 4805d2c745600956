"""How mobilised and comparison areas differed before the push."""

from dataclasses import replace

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
        day-to-day ``spread`` and, when given, the ``people`` exposed on the last day before. The standardised
        difference divides by the pooled standard deviation between areas (Imbens and Rubin
        2015, section 14.2).
    """
    groups = groups_with_rates(design, window)
    design, days = design.keep(groups.used), 1
    if lengths is not None:
        design, days = replace(design, outcome=design.outcome / lengths), int(np.median(lengths))
    ours = groups.treated[groups.used]
    before = design.outcome[:, groups.before]
    times = design.times[groups.before]
    recent = times >= design.first_start - design.cycle
    rows: dict[str, NDArray[np.float64]] = {"level": np.nanmean(before, axis=1)}
    if recent.any() and not recent.all() and days <= WEEK:
        rows["last_week"] = np.nanmean(before[:, recent], axis=1)
    if len(times) > 2:
        rows["trend"] = (design.cycle if days == 1 else WEEK / days) * _slopes(before, times)
        rows["spread"] = np.nanstd(before, axis=1, ddof=1)
    if design.exposure is not None:
        rows["people"] = design.exposure[:, groups.before][:, -1]
    return pd.DataFrame(
        [_compare(name, values[ours], values[~ours]) for name, values in rows.items()],
        columns=BALANCE_COLUMNS,
    )


def _slopes(before: Matrix, times: NDArray[np.int64]) -> NDArray[np.float64]:
    """Least-squares slope over time of each area, on the days it has."""
    seen = ~np.isnan(before)
    n = seen.sum(axis=1)
    x = np.where(seen, times.astype(np.float64), 0.0)
    x = np.where(seen, x - (x.sum(axis=1) / np.maximum(n, 1))[:, None], 0.0)
    power = (x * x).sum(axis=1)
    return np.asarray((x * np.where(seen, before, 0.0)).sum(axis=1) / np.where(power > 0, power, 1.0))


def _compare(name: str, ours: Vector, theirs: Vector) -> tuple[str, float, float, float, float]:
    spread = np.sqrt((_spread(ours) + _spread(theirs)) / 2) if len(ours) > 1 else np.sqrt(_spread(theirs))
    gap = float(ours.mean() - theirs.mean())
    return name, float(ours.mean()), float(theirs.mean()), gap, gap / float(spread) if spread > 0 else 0.0


def _spread(values: NDArray[np.float64]) -> float:
    return float(values.var(ddof=1)) if len(values) > 1 else 0.0
