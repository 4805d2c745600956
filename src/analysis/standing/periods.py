"""Days that are common to areas, and whole periods between tallies."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.campaign import Rhythm

MOST = 0.9
"""Part of the weight of all areas that must be known by a day for that day to date the headline."""


def newest(wide: pd.DataFrame) -> "pd.Series[Any]":
    """Return the newest day each area counted; NaT where it never did."""
    counted = wide.notna().to_numpy(dtype=np.bool_)
    last = counted.shape[1] - 1 - np.argmax(counted[:, ::-1], axis=1)
    days = wide.columns.to_numpy(dtype="datetime64[us]")[last]
    return pd.Series(days, index=wide.index).where(wide.notna().any(axis="columns"))


def carried(wide: pd.DataFrame) -> NDArray[np.float64]:
    """Return each area's newest tally by each day (areas, days)."""
    return wide.ffill(axis="columns").to_numpy(dtype=np.float64)


def common_day(until: "pd.Series[Any]", weights: "pd.Series[float]") -> pd.Timestamp:
    """Return the newest day by which areas with `MOST` of the weight of those that ever counted are known."""
    known = until.dropna().sort_values(ascending=False)
    weight = weights.loc[known.index].to_numpy()
    weight = weight if weight.sum() > 0 else np.ones(len(weight))
    return pd.Timestamp(known.iloc[int(np.argmax(weight.cumsum() >= MOST * weight.sum() - 1e-9))])


class Periods(NamedTuple):
    """The newest period and the one before it, each from the day before its first to its last."""

    before: pd.Timestamp
    start: pd.Timestamp
    end: pd.Timestamp

    @classmethod
    def until(
        cls, end: pd.Timestamp, wide: pd.DataFrame, weights: "pd.Series[float]", usual: Rhythm
    ) -> "Periods":
        """Find the two periods that end on a day."""
        start = _start(wide, weights, end, usual)
        return cls(_start(wide, weights, start, usual), start, end)

    @property
    def days(self) -> int:
        """Length of the newest period."""
        return (self.end - self.start).days

    @property
    def days_before(self) -> int:
        """Length of the period before it."""
        return (self.start - self.before).days


def _start(wide: pd.DataFrame, weights: "pd.Series[float]", end: pd.Timestamp, usual: Rhythm) -> pd.Timestamp:
    """Return where the period that ends on a day begins: one period back, or earlier where few counted then.

    A day on which hardly anybody counted would leave hardly any area to add up; the period is then longer,
    by less than itself, and says so.
    """
    there = wide[on(wide, end).notna()]
    back = one_back(usual)
    latest = back(end)
    days = [day for day in map(pd.Timestamp, wide.columns) if back(latest) < day <= latest]
    if not days or there.empty:
        return latest
    parts = there[days].notna().mul(weights.loc[there.index], axis="index").sum()
    parts = parts.clip(upper=MOST * weights.loc[there.index].sum())
    return max(days, key=lambda day: (parts[day], day))


def one_back(rhythm: Rhythm) -> Callable[[datetime | date], pd.Timestamp]:
    """Return what goes one period of reporting back from a day."""
    return lambda day: pd.Timestamp(rhythm.back(pd.Timestamp(day).date()))


def on(wide: pd.DataFrame, day: pd.Timestamp) -> "pd.Series[float]":
    """Return each area's tally of a day; empty where it made none."""
    return pd.Series(wide[day]) if day in wide.columns else pd.Series(np.nan, index=wide.index)


def paces(
    counts: NDArray[np.float64], days: pd.DatetimeIndex, rhythms: Sequence[Rhythm]
) -> NDArray[np.float64]:
    """Return persons a day over each area's newest period: from its tally one period back, or before.

    Parameters
    ----------
    counts
        Tallies (areas, days), empty where none was made.
    days
        In order.
    rhythms
        How each area counts.
    """
    known, dates = ~np.isnan(counts), days.to_numpy().astype("M8[D]").astype(np.int64)
    newest = counts.shape[1] - 1 - np.argmax(known[:, ::-1], axis=1)
    alike: dict[tuple[int, Rhythm], list[int]] = {}
    for at in np.flatnonzero(known.any(axis=1)).tolist():
        alike.setdefault((int(newest[at]), rhythms[at]), []).append(at)
    found = np.full(len(counts), np.nan)
    for (end, rhythm), areas in alike.items():
        back = one_back(rhythm)
        latest = back(days[end])
        first, last = days.searchsorted([back(latest), latest], side="right")
        told = known[areas, first:last]
        rows, told = np.array(areas)[told.any(axis=1)], told[told.any(axis=1)]
        if rows.size:
            earlier = last - 1 - np.argmax(told[:, ::-1], axis=1)
            found[rows] = (counts[rows, end] - counts[rows, earlier]) / (dates[end] - dates[earlier])
    return found
