"""Days that are common to areas, and whole periods between tallies."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from analysis.campaign import Rhythm

MOST = 0.9
"""Part of the weight of all areas that must be known by a day for that day to date the headline."""


def newest(wide: pd.DataFrame) -> "pd.Series[Any]":
    """Return the newest day each area counted; NaT where it never did."""
    counted = wide.notna().to_numpy(dtype=np.bool_)
    last = counted.shape[1] - 1 - np.argmax(counted[:, ::-1], axis=1)
    days = wide.columns.to_numpy(dtype="datetime64[us]")[last]
    return pd.Series(days, index=wide.index).where(wide.notna().any(axis="columns"))


def common_day(wide: pd.DataFrame, weights: "pd.Series[float]") -> pd.Timestamp:
    """Return the newest day by which areas with `MOST` of the weight of those that ever counted are known."""
    until = newest(wide).dropna()
    known = weights.loc[until.index]
    known = known if known.sum() > 0 else pd.Series(1.0, index=until.index)
    by_day = known.groupby(until).sum().sort_index(ascending=False).cumsum()
    return pd.Timestamp(by_day.index[int(np.argmax(by_day >= MOST * known.sum() - 1e-9))])


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


def pace(counts: "pd.Series[float]", rhythm: Rhythm) -> float:
    """Return persons a day over an area's newest period: from its tally one period back, or the next earlier.

    Parameters
    ----------
    counts
        Tallies of the area by day, in order.
    """
    if counts.empty:
        return np.nan
    end, back = pd.Timestamp(counts.index[-1]), one_back(rhythm)
    latest = back(end)
    earlier = counts[(counts.index > back(latest)) & (counts.index <= latest)]
    if earlier.empty:
        return np.nan
    return float(counts.iloc[-1] - earlier.iloc[-1]) / (end - pd.Timestamp(earlier.index[-1])).days
