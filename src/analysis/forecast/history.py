"""What was reported by an origin: daily cumulative counts by area, on one calendar."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

BINDING = ("yes", "no", "unknown")
TOTAL = "total"
"""Location of the sum of all areas."""
_DAY = r"\d{4}(-\d{1,2}-\d{1,2}|\d{4})"
_ZONE = r"(?<=:\d\d)(?:Z|[+-]\d\d:?\d\d)$"


class NoForecastError(InputError):
    """Nothing can be forecast: no counted area has eligible people, or none a week and a day of counts."""


@dataclass(frozen=True)
class Push:
    """Days, both included, on which an area got an extra push that then ended."""

    area: str
    first: pd.Timestamp
    last: pd.Timestamp


@dataclass(frozen=True)
class Deadline:
    """A day by which a drive is to be done, and whether people hurry toward it: ``yes``, ``no``, ``unknown``.

    It is a fact of the drive from the day it was announced (``known_from``; None: always).
    """

    day: pd.Timestamp
    binding: str = "unknown"
    known_from: pd.Timestamp | None = None

    def __post_init__(self) -> None:
        """Refuse a word that means nothing."""
        if self.binding not in BINDING:
            raise InputError(
                f"deadline {self.day.date()}: binding is {self.binding!r}; {', '.join(BINDING)} are meant"
            )


@dataclass(frozen=True)
class Coming:
    """People still to come to the newest counts, which are reported late.

    Attributes
    ----------
    people : array (A,)
        Expected.
    error : float
        Standard deviation of the logarithm of what all areas together lack.
    spread : float
        Variance of what an area lacks, over its mean.
    reported : array (T, A), people
        The counts without it.
    chance : float
        That they come at all; below 1 the history's counts are those reported.
    """

    people: NDArray[np.float64]
    error: float
    spread: float
    reported: NDArray[np.float64]
    chance: float = 1.0

    @property
    def completed(self) -> NDArray[np.float64]:
        """People (A,) by whom the history's counts are above those reported."""
        return self.people if self.chance == 1 else np.zeros_like(self.people)

    def of(self, areas: NDArray[np.bool_]) -> Coming:
        """Return what is to come to some areas."""
        return replace(self, people=self.people[areas], reported=self.reported[:, areas])


@dataclass(frozen=True)
class History:
    """Daily cumulative counts of every area on one calendar of consecutive days.

    Attributes
    ----------
    areas : tuple of str, length A
        Codes, in the order of the columns.
    dates : DatetimeIndex, length T
        Consecutive days; the last one is the day of knowledge.
    cumulative : array (T, A), people
        As reported; NaN where an area reported nothing that day.
    eligible : array (A,), people
        Who could be counted; NaN where nobody knows.
    target : array (A,), people
        What each area has to reach; NaN where it has no target.
    holidays : frozenset of Timestamp
        Days on which an ordinary week's pace is not expected.
    pushed : array (T, A) of bool
        Days of a known push: they count, and say nothing about the ordinary pace.
    deadline : Deadline, optional
    coming : Coming, optional
        What `cumulative` holds beyond what was reported, where its newest days were completed.
    """

    areas: tuple[str, ...]
    dates: pd.DatetimeIndex
    cumulative: NDArray[np.float64]
    eligible: NDArray[np.float64]
    target: NDArray[np.float64]
    holidays: frozenset[pd.Timestamp]
    pushed: NDArray[np.bool_]
    deadline: Deadline | None = None
    coming: Coming | None = None

    @property
    def reported(self) -> NDArray[np.float64]:
        """Cumulative counts (T, A) without what is expected to come to the newest of them."""
        return self.cumulative if self.coming is None else self.coming.reported

    @property
    def origin(self) -> pd.Timestamp:
        """The last day; none after it is known, and areas may be known until an earlier one only."""
        return pd.Timestamp(self.dates[-1])

    def of(self, areas: NDArray[np.bool_]) -> History:
        """Return the history of some areas."""
        return replace(
            self,
            areas=tuple(area for area, there in zip(self.areas, areas, strict=True) if there),
            cumulative=self.cumulative[:, areas],
            eligible=self.eligible[areas],
            target=self.target[areas],
            pushed=self.pushed[:, areas],
            coming=self.coming and self.coming.of(areas),
        )

    def until(self, origin: pd.Timestamp) -> History:
        """Return what was known on `origin`: later days are gone, not hidden."""
        _require_within(origin, self.dates[0], self.dates[-1])
        days = int((origin - self.dates[0]).days) + 1
        return replace(
            self,
            dates=self.dates[:days],
            cumulative=self.cumulative[:days],
            pushed=self.pushed[:days],
            coming=self.coming if days == len(self.dates) else None,
        )


def _require_within(origin: pd.Timestamp, first: pd.Timestamp, last: pd.Timestamp) -> None:
    if not first <= origin <= last:
        raise InputError(
            f"origin {origin.date()} lies outside the data, {first.date()} to {last.date()}: "
            "choose an origin within them"
        )


def leave_out(history: History) -> tuple[History, dict[str, str]]:
    """Return the history of the areas of which something can be forecast, and why not of the others, by code.

    Of an area that was never counted nothing is known, not that it stands at zero.

    Raises
    ------
    NoForecastError
        If no area is left.
    """
    counted, rated = np.isfinite(history.cumulative).any(axis=0), history.eligible > 0
    known = counted & rated
    if known.all():
        return history, {}
    why = np.where(counted, "its eligible people are not known", "it was never counted")
    out = {history.areas[at]: str(why[at]) for at in np.flatnonzero(~known)}
    if not known.any():
        first = int(np.argmax(counted))
        raise NoForecastError(
            f"area {history.areas[first]}{' and all others' if len(out) > 1 else ''}: eligible is "
            f"{'missing' if np.isnan(history.eligible[first]) else 'zero'}; "
            "give the number of people who could be counted"
        )
    return history.of(known), out


def history_from_table(
    table: pd.DataFrame, holidays: Sequence[object] = (), pushes: Sequence[Push] = ()
) -> History:
    """Lay a long table ``area, date, cumulative, eligible[, target]`` out on one calendar.

    Rows may come in any order and days may be missing. `eligible` and `target` are taken from an area's
    newest row that gives them; of a day given twice the later row is taken. A count that is negative or no
    number, and a table without a single count are refused.

    Raises
    ------
    InputError
        Names the column, or the area and the day.
    """
    return lay_out(read_rows(table), None, holidays, pushes)


def read_rows(table: pd.DataFrame) -> pd.DataFrame:
    """Check a long table, settle its types and sort it; of a day given twice the last row stays."""
    rows = check_rows(table).sort_values(["area", "date"], kind="stable", ignore_index=True)
    if rows.duplicated(["area", "date"]).any():
        rows = rows.groupby(["area", "date"], as_index=False, observed=True).last()
    return rows


def check_rows(table: pd.DataFrame) -> pd.DataFrame:
    """Check a long table row by row and settle its types; the rows stay as they are."""
    missing = [name for name in ("area", "date", "cumulative") if name not in table.columns]
    if missing:
        raise InputError(
            f"the series has no column {', '.join(missing)}: area, date, cumulative, eligible are needed"
        )
    rows = pd.DataFrame(
        {
            "area": _read_areas(table["area"]),
            "date": _read_dates(table["date"], table["area"]),
            **{name: _read_numbers(table, name) for name in ("cumulative", "eligible", "target")},
        }
    )
    if rows["cumulative"].isna().all():
        raise InputError(
            "the series holds no count at all: give at least one row with area, date and cumulative"
        )
    return rows


def lay_out(
    rows: pd.DataFrame,
    origin: pd.Timestamp | None = None,
    holidays: Sequence[object] = (),
    pushes: Sequence[Push] = (),
) -> History:
    """Lay checked rows out on one calendar, as they were known on `origin` (None: the newest day counted).

    An area whose first row lies after the origin is there, without a count; its eligible people and target
    are those of its first row.
    """
    counted = rows.loc[rows["cumulative"].notna(), "date"]
    first, last = counted.min(), rows["date"].max()
    origin = counted.max() if origin is None else origin
    _require_within(origin, first, last)
    past = rows[rows["date"] <= origin]
    areas, dates = rows["area"].cat.categories, pd.date_range(first, origin, freq="D")
    cumulative = np.full((len(dates), len(areas)), np.nan)
    days = (past["date"] - first).dt.days.to_numpy()
    inside = days >= 0
    cumulative[days[inside], past["area"].cat.codes[inside]] = past["cumulative"].to_numpy()[inside]
    facts = past.groupby("area", observed=False)[["eligible", "target"]].last()
    facts = facts.fillna(rows.groupby("area", observed=False)[["eligible", "target"]].first())
    return History(
        areas=tuple(areas),
        dates=dates,
        cumulative=cumulative,
        eligible=facts["eligible"].to_numpy(dtype=np.float64),
        target=facts["target"].to_numpy(dtype=np.float64),
        holidays=frozenset(pd.Timestamp(str(day)) for day in holidays),
        pushed=mark_pushes(tuple(areas), dates, pushes),
    )


def history_from_panel(
    panel: pd.DataFrame, holidays: Sequence[object] = (), pushes: Sequence[Push] = ()
) -> History:
    """Take the history from a campaign's panel; a day between two tallies counts as not reported."""
    columns = ["area", "date", "cumulative", "eligible", "target"]
    return history_from_table(panel.loc[~panel["interpolated"].astype(bool), columns], holidays, pushes)


def mark_pushes(areas: tuple[str, ...], dates: pd.DatetimeIndex, pushes: Sequence[Push]) -> NDArray[np.bool_]:
    """Mark the days of each push in its area (T, A)."""
    marked = np.zeros((len(dates), len(areas)), dtype=np.bool_)
    column = {area: at for at, area in enumerate(areas)}
    for push in pushes:
        if push.area in column:
            first, last = dates.searchsorted(push.first), dates.searchsorted(push.last, side="right")
            marked[first:last, column[push.area]] = True
    return marked


def _read_areas(column: pd.Series) -> pd.Series:
    """Area codes as a categorical of texts: a nation's million rows hold few different ones."""
    unnamed = np.flatnonzero(column.isna())
    if unnamed.size:
        raise InputError(f"data row {unnamed[0] + 1}: no area; name it")
    given = column.astype("category").cat.remove_unused_categories()
    # two spellings of a code that differ in blanks are one area, or the total would count it twice
    named = {code: str(code).strip() for code in given.cat.categories}
    for name in named.values():
        if not name:
            raise InputError("an area's name is blank; name it")
        if name.casefold() == TOTAL:
            raise InputError(f"area {name!r} is the name of the sum of all areas: leave its rows out")
    return given.map(named).astype(pd.CategoricalDtype(sorted(set(named.values()))))


def days_written(column: pd.Series) -> pd.Series:
    """Read days as they are written, in whatever zone; NaT where one is no ISO date."""
    given = column.astype("category")
    # pandas refuses a column that mixes zones, and knows more ways to write a date than two people agree on
    written = pd.Series(given.cat.categories.astype(str)).str.strip().str.replace(_ZONE, "", regex=True)
    read = pd.to_datetime(written.where(written.str.match(_DAY)), errors="coerce", format="ISO8601")
    known = np.append(read.dt.normalize().to_numpy(dtype="datetime64[s]"), np.datetime64("NaT"))
    return pd.Series(known[given.cat.codes], index=column.index)


def read_day(day: object, what: str) -> pd.Timestamp:
    """Read the day of an option; InputError that says of what where it is no ISO date."""
    (read,) = days_written(pd.Series([day], dtype=object))
    if pd.isna(read):
        raise InputError(f"{what} {str(day).strip()!r} is no date; write it as 2021-06-14")
    return pd.Timestamp(read)


def _read_dates(column: pd.Series, areas: pd.Series) -> pd.Series:
    dates = days_written(column)
    if dates.isna().any():
        row = int(np.flatnonzero(dates.isna())[0])
        raise InputError(
            f"area {areas.iloc[row]}, data row {row + 1}: {str(column.iloc[row])!r} is no date; "
            "write it as 2021-06-14"
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
            f"area {table['area'].iloc[row]}, {table['date'].iloc[row]}: {name} is "
            f"{str(table[name].iloc[row])!r}; "
            "a number of people, zero or more, is needed (leave it empty if unknown)"
        )
    return numbers
