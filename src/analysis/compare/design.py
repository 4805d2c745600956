"""Who was treated, when, and against whom: the long table as matrices, checked once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from itertools import compress
from typing import Any, Literal, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.errors import InputError

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]
Mask = NDArray[np.bool_]

NEVER = np.iinfo(np.int64).max
"""The start of an area that is never treated."""


Missing = Literal["nobody_to_compare", "nobody_counted", "no_weekday_before", "negative", "not_reached"]


class NotComparable(InputError):  # noqa: N818 - a fault of the question, not of the program
    """A window that cannot be compared, with the reason as a code."""

    def __init__(self, code: Missing, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Window:
    """Days counted from the day of treatment, both ends included; ``Window(0, 6)`` is the first week."""

    first: int
    last: int

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise InputError(f"window {self.first},{self.last}: ends before it begins; give A,B with A <= B")

    def __str__(self) -> str:
        return f"day {self.first}" if self.first == self.last else f"days {self.first}-{self.last}"


@dataclass(frozen=True)
class Design:
    """A panel of ``n`` areas and ``T`` times, with the time at which each area is treated.

    Attributes
    ----------
    areas
        ``(n,)`` names, sorted.
    times
        ``(T,)`` increasing integers: days since 1970 when ``dated``, else the integers of the table.
    outcome
        ``(n, T)``; NaN where the table has no row.
    exposure
        ``(n, T)``, the people who could still be counted on that day; ``None`` when not given.
    starts
        ``(n,)`` the time from which each area is treated; :data:`NEVER` for never.
    clusters
        ``(n, T)`` cluster codes of the cells; ``None`` means one cluster an area.
    covers
        ``(n, T)`` how many times a cell's count covers, itself the last of them; 0 where nobody counted.
        ``None``: every cell covers itself.
    cycle
        Times after which a like one comes: 7 for days, 1 where times have no weekdays.
    first_days
        The first day of each time, by its number, where times are periods of several days.
    """

    areas: tuple[str, ...]
    times: NDArray[np.int64]
    dated: bool
    outcome: Matrix
    exposure: Matrix | None
    starts: NDArray[np.int64]
    clusters: NDArray[np.int64] | None = None
    outcome_name: str = "outcome"
    covers: NDArray[np.int64] | None = None
    cycle: int = 7
    first_days: tuple[str, ...] = ()

    @property
    def first_start(self) -> int:
        """The earliest time at which any area is treated."""
        return int(self.starts.min())

    @property
    def ever_treated(self) -> Mask:
        """``(n,)`` true where an area is treated at some time in the table."""
        return self.starts <= int(self.times[-1])

    @property
    def people(self) -> Matrix:
        """``(n, T)`` the exposure; one where it is not given."""
        return np.ones_like(self.outcome) if self.exposure is None else self.exposure

    @cached_property
    def seen(self) -> Mask:
        """``(n, T)`` cells with a count, of people still there."""
        return np.asarray(~np.isnan(self.outcome) & (self.people > 0))

    @property
    def log_rate(self) -> Matrix:
        """``(n, T)`` log of the outcome, half a person at least, over the exposure; NaN where no day was."""
        rate = np.full(self.outcome.shape, np.nan)
        alone = self.seen if self.covers is None else self.seen & (self.covers == 1)
        np.divide(np.maximum(self.outcome, 0.5), self.people, out=rate, where=alone)
        return np.asarray(np.log(rate))

    @property
    def balanced(self) -> bool:
        """Whether every area has a number on every time."""
        return not bool(np.isnan(self.outcome).any())

    @property
    def staggered(self) -> bool:
        """Whether areas are treated at more than one time."""
        return len(np.unique(self.starts[self.ever_treated])) > 1

    def names(self, areas: Mask) -> tuple[str, ...]:
        """Name some of the areas."""
        return tuple(compress(self.areas, areas.tolist()))

    def first_of(self, cells: Mask) -> str:
        """Name the area and time of the first of some cells."""
        area, time = np.argwhere(cells)[0]
        return f"area {self.areas[area]} at {self.say_time(int(self.times[time]))}"

    def say_time(self, time: int) -> str:
        """Write a time as the table does; a period by its first day where that is known."""
        if self.first_days:
            return self.first_days[int(time)]
        return str(np.datetime64(int(time), "D")) if self.dated else str(int(time))

    def during(self, times: Mask) -> Self:
        """Keep only some times."""
        return replace(self, times=self.times[times], **self._cells((slice(None), times)))

    def keep(self, areas: Mask) -> Self:
        """Keep only some areas."""
        return replace(self, areas=self.names(areas), starts=self.starts[areas], **self._cells(areas))

    def _cells(self, kept: Any) -> dict[str, Any]:
        """Cut every ``(n, T)`` table alike."""
        tables = ((name, getattr(self, name)) for name in ("outcome", "exposure", "clusters", "covers"))
        return {name: None if one is None else one[kept] for name, one in tables}


@dataclass(frozen=True)
class Contrast:
    """Two groups and two periods cut out of a design: the first areas treated, and those not treated by then.

    ``treated`` and ``control`` are ``(n,)`` masks, ``before`` and ``after`` ``(T,)`` masks. Areas treated
    after the first but before the window ends are in neither group: being told to copy makes them useless
    as controls. ``fallen`` are those of ``left_out`` whose counts sum to less than nothing.
    """

    treated: Mask
    control: Mask
    before: Mask
    after: Mask
    window: Window
    left_out: tuple[str, ...]
    fallen: tuple[str, ...] = ()

    @property
    def used(self) -> Mask:
        """``(n,)`` areas on either side."""
        return self.treated | self.control


def contrast(design: Design, window: Window | None = None) -> Contrast:
    """Cut out groups and periods for one window, which ends with the table at the latest.

    Raises
    ------
    InputError
        When no area is left to compare with, or no day of the window is in the table.
    """
    start = design.first_start
    window = window or Window(0, int(design.times[-1]) - start)
    if window.first < 0:
        raise InputError(f"window {window.first},{window.last}: days count from treatment, which is day 0")
    after = (design.times >= start + window.first) & (design.times <= start + window.last)
    if not after.any():
        raise NotComparable(
            "not_reached",
            f"window {window.first},{window.last}: the table ends {int(design.times[-1]) - start} days after "
            f"{design.say_time(start)}, before the window starts; give an earlier window",
        )
    end = int(design.times[after][-1])
    window = Window(window.first, end - start)
    treated = design.starts == start
    control = design.starts > end
    if not control.any():
        raise NotComparable(
            "nobody_to_compare",
            f"no area is untreated to {design.say_time(end)}, so there is nothing to compare with; "
            "give a window that ends before the last areas are treated",
        )
    left_out = design.names(~treated & ~control)
    return Contrast(treated, control, design.times < start, after, window, left_out)


def read_design(
    frame: pd.DataFrame,
    outcome: str,
    *,
    exposure: str | None = None,
    treated_from: str = "treated_from",
    cluster: str | None = None,
) -> Design:
    """Make a design from a long table: ``area``, ``time`` (or ``date``), the outcome, ``treated_from``.

    Parameters
    ----------
    frame
        One row an area and time. Times are integers or dates; an empty ``treated_from`` means never.
    outcome, exposure, treated_from, cluster
        Column names.

    Raises
    ------
    InputError
        Naming the column, area or row at fault, and what is allowed.
    """
    time = "time" if "time" in frame.columns else "date"
    for name in ("area", time, outcome, treated_from, *filter(None, [exposure, cluster])):
        if name not in frame.columns:
            found = ", ".join(str(column) for column in frame.columns)
            raise InputError(f"column {name!r} is not in the table; it has {found}")
    if frame.empty:
        raise InputError("the table has no rows; give one row an area and time")
    _refuse(frame["area"].isna(), "area is empty; every row needs the area it counts")
    when, dated = _times(frame[time], time)
    since, _ = _times(frame[treated_from], treated_from, dated=dated)
    areas, row = named(frame["area"])
    times, column = np.unique(when, return_inverse=True)
    twice = pd.Series(row * len(times) + column).duplicated()
    if twice.any():
        at = int(np.flatnonzero(twice)[0])
        said = str(np.datetime64(int(when[at]), "D")) if dated else str(int(when[at]))
        _refuse(twice, f"{areas[row[at]]} at {said} is there twice; keep one row an area and time")

    def laid_out(values: NDArray[Any], empty: float) -> NDArray[Any]:
        cells = np.full((len(areas), len(times)), empty, dtype=values.dtype)
        cells[row, column] = values
        return cells

    clusters = None
    if cluster is not None:
        _refuse(frame[cluster].isna(), f"{cluster} is empty; every row needs its cluster")
        clusters = laid_out(pd.factorize(frame[cluster])[0].astype(np.int64), -1)
    design = Design(
        tuple(areas.tolist()), times, dated, laid_out(_numbers(frame[outcome]), np.nan),
        None if exposure is None else laid_out(_numbers(frame[exposure]), np.nan),
        _one_start_an_area(areas, row, since), clusters, outcome,
    )  # fmt: skip
    counted = np.asarray(~np.isnan(design.outcome).all(axis=0))
    if not counted.any():
        raise InputError(f"{outcome} has no number in any row; give the column that holds the counts")
    design = design.during(counted)
    _check(design, exposure)
    return design


def named(column: pd.Series[Any]) -> tuple[NDArray[np.str_], NDArray[np.intp]]:
    """Return the names in a column, sorted, and which of them each row has; of a million rows few differ."""
    codes, found = pd.factorize(column)
    names, order = np.unique(np.array(found, dtype=str), return_inverse=True)
    return names, order[codes]


def _refuse(bad: pd.Series[Any], why: str) -> None:
    """Refuse a table that has a bad row, naming the first by its number in the file."""
    if bad.any():
        row = int(np.flatnonzero(bad.to_numpy())[0]) + 2  # row 1 of the file is the header
        raise InputError(f"row {row}: {why}")


def _numbers(column: pd.Series[Any]) -> Vector:
    """Read numbers, NaN where the cell is empty."""
    numbers = pd.to_numeric(column, errors="coerce")
    bad = (numbers.isna() & column.notna()) | np.isinf(numbers)
    if bad.any():
        found = column[bad.to_numpy()].iloc[0]
        _refuse(bad, f"{column.name} is {found!r}; give a finite number or leave it empty")
    return numbers.to_numpy(np.float64)


def _times(column: pd.Series[Any], name: str, dated: bool | None = None) -> tuple[NDArray[np.int64], bool]:
    """Integers as they are, dates as days since 1970; empty cells as :data:`NEVER` where allowed."""
    empty = column.isna()
    if not pd.api.types.is_datetime64_any_dtype(column):
        empty |= column.astype(str).str.strip() == ""
    if dated is None:
        _refuse(empty, f"{name} is empty; give an integer or an ISO date")
    given, out = column[~empty], np.full(len(column), NEVER, dtype=np.int64)
    if len(given) == 0:
        return out, bool(dated)
    are_dates = pd.api.types.is_datetime64_any_dtype(given)
    numbers = pd.Series(np.nan, given.index) if are_dates else pd.to_numeric(given, errors="coerce")
    dated = not numbers.notna().all() if dated is None else dated
    if dated:
        form = None if are_dates else "ISO8601"
        values: pd.Series[Any] = pd.to_datetime(given, errors="coerce", format=form)
        bad, wanted = values.isna() | numbers.notna(), "an ISO date like 2023-09-10"
    else:
        values, wanted = numbers, "an integer, as the times are"
        bad = numbers.isna() | (numbers % 1 != 0)
    if bad.any():
        place = bad.reindex(column.index, fill_value=False)
        _refuse(place, f"{name} is {given[bad].iloc[0]!r}; give {wanted}")
    whole = values.to_numpy().astype("datetime64[D]") if dated else values.to_numpy()
    out[(~empty).to_numpy()] = whole.astype(np.int64)
    return out, dated


def _one_start_an_area(
    areas: NDArray[np.str_], row: NDArray[Any], since: NDArray[np.int64]
) -> NDArray[np.int64]:
    starts = pd.Series(since).groupby(row).agg(["min", "max"])
    differs = np.flatnonzero(starts["min"] != starts["max"])
    if len(differs):
        raise InputError(
            f"area {areas[differs[0]]}: treated_from differs between its rows; an area has one, or none in "
            "every row"
        )
    return starts["min"].to_numpy(np.int64)


def _check(design: Design, exposure: str | None) -> None:
    """Refuse what no estimator can answer, with what to do about it."""
    treated = design.ever_treated
    if not treated.any():
        raise InputError(
            "no area is treated in the table; give a treated_from to those that were, empty for never"
        )
    start = design.first_start
    if start < int(design.times[0]):
        name = design.names(design.starts == start)[0]
        raise InputError(
            f"area {name}: treated from {design.say_time(start)}, before the first day "
            f"{design.say_time(int(design.times[0]))}; add earlier days or leave the area out"
        )
    if start == int(design.times[0]):
        raise InputError(
            f"no day before the first treatment ({design.say_time(start)}); add earlier days to compare with"
        )
    if treated.all() and not design.staggered:
        raise InputError(
            "every area is treated from the same day; at least one untreated area is needed to compare with"
        )
    if design.exposure is not None and (design.exposure < 0).any():
        bad = design.exposure < 0
        raise InputError(
            f"{design.first_of(bad)}: {exposure} is {design.exposure[bad][0]:g}; "
            "exposure is a number of people, zero or more"
        )
