"""What is known at an origin: daily cumulative counts by area, cleaned of what cannot be true."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

Matrix = "NDArray[np.float64]"


@dataclass(frozen=True)
class History:
    """Daily cumulative counts of every area on one calendar of consecutive days.

    Attributes
    ----------
    areas : tuple of str, length A
        Codes, in the order of the columns.
    dates : DatetimeIndex, length T
        Consecutive days; the last one is the newest day known.
    cumulative : array (T, A), people
        NaN where an area reported nothing usable that day.
    eligible : array (A,), people
        Who could be counted; NaN where nobody knows.
    target : array (A,), people
        What each area has to reach; NaN where it has no target.
    holidays : frozenset of Timestamp
        Days on which an ordinary week's pace is not expected.
    """

    areas: tuple[str, ...]
    dates: pd.DatetimeIndex
    cumulative: NDArray[np.float64]
    eligible: NDArray[np.float64]
    target: NDArray[np.float64]
    holidays: frozenset[pd.Timestamp] = frozenset()

    @property
    def origin(self) -> pd.Timestamp:
        """The newest day known."""
        return pd.Timestamp(self.dates[-1])

    def until(self, origin: pd.Timestamp) -> History:
        """What was known on `origin`: later days are gone, not hidden."""
        if not self.dates[0] <= origin <= self.dates[-1]:
            raise InputError(
                f"origin {origin.date()} lies outside the data, {self.dates[0].date()} to {self.dates[-1].date()}: "
                "choose an origin within them"
            )
        days = int((origin - self.dates[0]).days) + 1
        return replace(self, dates=self.dates[:days], cumulative=self.cumulative[:days])

    def select(self, columns: NDArray[np.intp] | slice) -> History:
        """Return the same history for some of the areas."""
        return replace(
            self,
            areas=tuple(np.asarray(self.areas, dtype=object)[columns]),
            cumulative=self.cumulative[:, columns],
            eligible=self.eligible[columns],
            target=self.target[columns],
        )


def history_from_table(table: pd.DataFrame, holidays: Sequence[object] = ()) -> History:
    """Lay a long table ``area, date, cumulative, eligible[, target]`` out on one calendar.

    Rows may come in any order and days may be missing. `eligible` and `target` are taken from an area's newest row that
    gives them. A day given twice with two different counts, a count that is negative or no number, and a table
    without a single count are refused.

    Raises
    ------
    InputError
        Names the column, or the area and the day.
    """
    missing = [name for name in ("area", "date", "cumulative") if name not in table.columns]
    if missing:
        raise InputError(
            f"the series has no column {', '.join(missing)}: area, date, cumulative, eligible are needed"
        )
    rows = pd.DataFrame(
        {
            "area": table["area"].astype(str),
            "date": _read_dates(table["date"], table["area"]),
            "cumulative": _read_numbers(table, "cumulative"),
            "eligible": _read_numbers(table, "eligible"),
            "target": _read_numbers(table, "target"),
        }
    )
    _refuse_contradictions(rows)
    rows = rows.drop_duplicates(["area", "date"], keep="last").sort_values(["area", "date"])
    wide = rows.pivot(index="date", columns="area", values="cumulative")
    known = wide.dropna(how="all")
    if known.empty:
        raise InputError(
            "the series holds no count at all: give at least one row with area, date and cumulative"
        )
    wide = wide.reindex(pd.date_range(known.index[0], known.index[-1], freq="D"))
    facts = rows.groupby("area")[["eligible", "target"]].last().reindex(wide.columns)
    return History(
        areas=tuple(wide.columns),
        dates=pd.DatetimeIndex(wide.index),
        cumulative=drop_impossible(wide.to_numpy(dtype=np.float64, copy=True)),
        eligible=facts["eligible"].to_numpy(dtype=np.float64),
        target=facts["target"].to_numpy(dtype=np.float64),
        holidays=frozenset(pd.Timestamp(str(day)) for day in holidays),
    )


def history_from_panel(panel: pd.DataFrame, holidays: Sequence[object] = ()) -> History:
    """Take the history from a campaign's panel; interpolated days count as not reported."""
    reported = panel.loc[
        ~panel["interpolated"].astype(bool), ["area", "date", "cumulative", "eligible", "target"]
    ]
    return history_from_table(reported, holidays)


def drop_impossible(cumulative: NDArray[np.float64]) -> NDArray[np.float64]:
    """Blank the fewest counts so that no area's cumulative ever falls, always keeping its newest count.

    A correction downwards says that some earlier counts were too high. The longest non-decreasing subsequence that ends at the
    newest count keeps as many reports as possible: one day's spike is dropped, and not the weeks after it.
    """
    cleaned = cumulative.copy()
    values = np.where(np.isnan(cleaned), -np.inf, cleaned)
    highest = np.maximum.accumulate(values, axis=0)
    for column in np.flatnonzero((values < highest).any(axis=0) & np.isfinite(highest[-1])):
        days = np.flatnonzero(np.isfinite(values[:, column]))
        kept = _longest_rise(values[days, column])
        cleaned[np.setdiff1d(days, days[kept]), column] = np.nan
    return cleaned


def _longest_rise(values: NDArray[np.float64]) -> NDArray[np.intp]:
    """Positions of a longest non-decreasing subsequence that ends with the last value (patience sorting)."""
    if np.all(np.diff(values) >= 0):
        return np.arange(values.size)
    ends: list[float] = []
    piles: list[int] = []
    previous = np.full(values.size, -1, dtype=np.intp)
    for position in np.flatnonzero(values <= values[-1]):
        pile = int(np.searchsorted(ends, values[position], side="right"))
        previous[position] = piles[pile - 1] if pile else -1
        ends[pile : pile + 1] = [float(values[position])]
        piles[pile : pile + 1] = [int(position)]
    chain = [values.size - 1]
    while previous[chain[-1]] >= 0:
        chain.append(int(previous[chain[-1]]))
    return np.asarray(chain[::-1], dtype=np.intp)


def _read_dates(column: pd.Series, areas: pd.Series) -> pd.Series:
    dates = pd.to_datetime(column, errors="coerce", format="ISO8601").dt.normalize()
    if dates.isna().any():
        row = int(np.flatnonzero(dates.isna())[0])
        raise InputError(
            f"area {areas.iloc[row]}, data row {row + 1}: {str(column.iloc[row])!r} is no date; write it as 2021-06-14"
        )
    return dates


def _read_numbers(table: pd.DataFrame, name: str) -> pd.Series:
    if name not in table.columns:
        return pd.Series(np.nan, index=table.index)
    numbers = pd.to_numeric(table[name], errors="coerce").astype(np.float64)
    unreadable = (numbers.isna() & table[name].notna()) | (numbers < 0) | np.isinf(numbers)
    if unreadable.any():
        row = int(np.flatnonzero(unreadable)[0])
        raise InputError(
            f"area {table['area'].iloc[row]}, {table['date'].iloc[row]}: {name} is {table[name].iloc[row]!r}; "
            "a number of people, zero or more, is needed (leave it empty if unknown)"
        )
    return numbers


def _refuse_contradictions(rows: pd.DataFrame) -> None:
    twice = rows[rows.duplicated(["area", "date"], keep=False) & rows["cumulative"].notna()]
    counts = twice.groupby(["area", "date"])["cumulative"].nunique()
    clash = counts[counts > 1]
    if not clash.empty:
        area, date = clash.index[0]
        raise InputError(
            f"area {area}, {date.date()}: two different cumulative counts are given; keep the right one"
        )
