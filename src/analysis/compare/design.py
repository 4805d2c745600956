"""Who was treated, when, and against whom: the long table as matrices, checked once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

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
    def balanced(self) -> bool:
        """Whether every area has a number on every time."""
        return not bool(np.isnan(self.outcome).any())

    @property
    def staggered(self) -> bool:
        """Whether areas are treated at more than one time."""
        return len(np.unique(self.starts[self.ever_treated])) > 1

    def say_time(self, time: int) -> str:
        """Write a time as the table does; a period by its first day where that is known."""
        if self.first_days:
            return self.first_days[int(time)]
        return str(np.datetime64(int(time), "D")) if self.dated else str(int(time))

    def during(self, times: Mask) -> Design:
        """Keep only some times."""
        return replace(
            self,
            times=self.times[times],
            outcome=self.outcome[:, times],
            exposure=None if self.exposure is None else self.exposure[:, times],
            clusters=None if self.clusters is None else self.clusters[:, times],
            covers=None if self.covers is None else self.covers[:, times],
        )

    def keep(self, areas: Mask) -> Design:
        """Keep only some areas."""
        return replace(
            self,
            areas=tuple(name for name, kept in zip(self.areas, areas, strict=True) if kept),
            outcome=self.outcome[areas],
            exposure=None if self.exposure is None else self.exposure[areas],
            starts=self.starts[areas],
            clusters=None if self.clusters is None else self.clusters[areas],
            covers=None if self.covers is None else self.covers[areas],
        )


@dataclass(frozen=True)
class Contrast:
    """Two groups and two periods cut out of a design: the first areas treated, and those not treated by then.

    ``treated`` and ``control`` are ``(n,)`` masks, ``before`` and ``after`` ``(T,)`` masks. Areas treated
    after the first but before the window ends are in neither group: being told to copy makes them useless
    as controls.
    """

    treated: Mask
    control: Mask
    before: Mask
    after: Mask
    window: Window
    left_out: tuple[str, ...]

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
    neither = ~treated & ~control
    names = tuple(name for name, out in zip(design.areas, neither, strict=True) if out)
    return Contrast(treated, control, design.times < start, after, window, names)


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
    _require_columns(frame, ["area", time, outcome, treated_from, *filter(None, [exposure, cluster])])
    if frame.empty:
        raise InputError("the table has no rows; give one row an area and time")
    area = _area_names(frame["area"])
    when, dated = _times(frame[time], time)
    since, _ = _times(frame[treated_from], treated_from, dated=dated)
    areas, row = np.unique(area, return_inverse=True)
    times, column = np.unique(when, return_inverse=True)
    _refuse_duplicates(areas, row, column, when, dated, frame)
    starts = _one_start_an_area(areas, row, since)
    shape = (len(areas), len(times))
    design = Design(
        tuple(areas.tolist()), times, dated,
        _matrix(frame, outcome, row, column, shape),
        None if exposure is None else _matrix(frame, exposure, row, column, shape),
        starts, None if cluster is None else _clusters(frame, cluster, row, column, shape), outcome,
    )  # fmt: skip
    counted = np.asarray(~np.isnan(design.outcome).all(axis=0))
    if not counted.any():
        raise InputError(f"{outcome} has no number in any row; give the column that holds the counts")
    design = design.during(counted)
    _check(design, exposure)
    return design


def _require_columns(frame: pd.DataFrame, names: list[str]) -> None:
    for name in names:
        if name not in frame.columns:
            found = ", ".join(str(column) for column in frame.columns)
            raise InputError(f"column {name!r} is not in the table; it has {found}")


def _area_names(column: pd.Series[Any]) -> NDArray[np.str_]:
    if column.isna().any():
        raise InputError(
            f"row {_row_number(column.isna())}: area is empty; every row needs the area it counts"
        )
    return column.astype(str).to_numpy(dtype=str)


def _row_number(bad: pd.Series[Any]) -> int:
    return int(np.flatnonzero(bad.to_numpy())[0]) + 2  # row 1 of the file is the header


def _times(column: pd.Series[Any], name: str, dated: bool | None = None) -> tuple[NDArray[np.int64], bool]:
    """Integers as they are, dates as days since 1970; empty cells as :data:`NEVER` where allowed."""
    empty = column.isna() | (column.astype(str).str.strip() == "")
    if dated is None and empty.any():
        raise InputError(f"row {_row_number(empty)}: {name} is empty; give an integer or an ISO date")
    given = column[~empty]
    out = np.full(len(column), NEVER, dtype=np.int64)
    numbers = pd.to_numeric(given, errors="coerce") if not _is_date(given) else pd.Series(np.nan, given.index)
    as_dates = (not numbers.notna().all() or _is_date(given)) if dated is None else dated
    if len(given) == 0:
        return out, bool(dated)
    if as_dates:
        days: pd.Series[Any] = pd.to_datetime(
            given, errors="coerce", format=None if _is_date(given) else "ISO8601"
        )
        bad, values = days.isna() | numbers.notna(), days
    else:
        bad, values = numbers.isna() | (numbers % 1 != 0), numbers
    if bad.any():
        place = bad.reindex(column.index, fill_value=False)
        wanted = "an ISO date like 2023-09-10" if as_dates else "an integer, as the times are"
        raise InputError(f"row {_row_number(place)}: {name} is {given[bad].iloc[0]!r}; give {wanted}")
    kept = (~empty).to_numpy()
    out[kept] = (
        values.to_numpy().astype("datetime64[D]").astype(np.int64) if as_dates else values.to_numpy(np.int64)
    )
    return out, as_dates


def _is_date(column: pd.Series[Any]) -> bool:
    return bool(pd.api.types.is_datetime64_any_dtype(column))


def _refuse_duplicates(
    areas: NDArray[np.str_], row: NDArray[Any], column: NDArray[Any], when: NDArray[np.int64], dated: bool,
    frame: pd.DataFrame,
) -> None:  # fmt: skip
    twice = pd.Series(row * (column.max() + 1) + column).duplicated()
    if twice.any():
        at = int(np.flatnonzero(twice.to_numpy())[0])
        said = str(np.datetime64(int(when[at]), "D")) if dated else str(int(when[at]))
        raise InputError(
            f"row {at + 2}: {areas[row[at]]} at {said} is there twice; keep one row an area and time"
        )


def _one_start_an_area(
    areas: NDArray[np.str_], row: NDArray[Any], since: NDArray[np.int64]
) -> NDArray[np.int64]:
    low = np.full(len(areas), NEVER, dtype=np.int64)
    high = np.full(len(areas), np.iinfo(np.int64).min, dtype=np.int64)
    np.minimum.at(low, row, since)
    np.maximum.at(high, row, since)
    if (low != high).any():
        name = areas[np.flatnonzero(low != high)[0]]
        raise InputError(
            f"area {name}: treated_from differs between its rows; an area has one, or none in every row"
        )
    return low


def _matrix(
    frame: pd.DataFrame, name: str, row: NDArray[Any], column: NDArray[Any], shape: tuple[int, int]
) -> Matrix:
    numbers = pd.to_numeric(frame[name], errors="coerce")
    bad = (numbers.isna() & frame[name].notna()) | np.isinf(numbers)
    if bad.any():
        found = frame.loc[bad.to_numpy(), name].iloc[0]
        raise InputError(
            f"row {_row_number(bad)}: {name} is {found!r}; give a finite number or leave it empty"
        )
    matrix = np.full(shape, np.nan)
    matrix[row, column] = numbers.to_numpy(np.float64)
    return matrix


def _clusters(
    frame: pd.DataFrame, name: str, row: NDArray[Any], column: NDArray[Any], shape: tuple[int, int]
) -> NDArray[np.int64]:
    if frame[name].isna().any():
        raise InputError(
            f"row {_row_number(frame[name].isna())}: {name} is empty; every row needs its cluster"
        )
    codes = np.full(shape, -1, dtype=np.int64)
    codes[row, column] = pd.factorize(frame[name])[0]
    return codes


def _check(design: Design, exposure: str | None) -> None:
    """Refuse what no estimator can answer, with what to do about it."""
    treated = design.ever_treated
    if not treated.any():
        raise InputError(
            "no area is treated in the table; give a treated_from to those that were, empty for never"
        )
    start = design.first_start
    if start < int(design.times[0]):
        name = design.areas[int(np.flatnonzero(design.starts == start)[0])]
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
        i, t = (int(x[0]) for x in np.nonzero(design.exposure < 0))
        raise InputError(
            f"area {design.areas[i]} at {design.say_time(int(design.times[t]))}: {exposure} is "
            f"{design.exposure[i, t]:g}; exposure is a number of people, zero or more"
        )
