"""From the panel to a design whose every number somebody counted: days, or whole periods between tallies."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.compare.design import NEVER, Design, Mask, Window, named, read_design

COMMON = 0.9
"""Share of the areas with figures around a day that must have a tally on it for a period to end there."""

DAILY = 0.8
"""Share of the periods that must be single days for the panel to be one of days."""


@dataclass(frozen=True)
class Counts:
    """Counts among people not yet counted, and what a window of the design means in days from the push.

    Attributes
    ----------
    opens, closes
        ``(T,)`` first and last day of each time, in days from the push; alike where the times are days.
    daily
        Whether the times are days.
    push_day
        The day of the first push.
    starts_day
        The first day of each wave, in days from the first push, by the design's own time.
    """

    design: Design
    opens: NDArray[np.int64]
    closes: NDArray[np.int64]
    daily: bool
    push_day: date
    starts_day: Mapping[int, int]

    @property
    def period(self) -> int:
        """How many days a time has, as a rule."""
        return int(np.median(self.lengths))

    @property
    def lengths(self) -> NDArray[np.int64]:
        """How many days each time has."""
        return self.closes - self.opens + 1

    @property
    def last_day(self) -> date:
        """The last day that was counted."""
        return self.push_day + timedelta(days=int(self.closes[-1]))

    def steps(self, days: Window, later: int = 0) -> Window:
        """Widen days from the start of a period to whole periods, in times, so many periods later."""
        return Window(days.first // self.period + later, days.last // self.period + later)

    def in_times(self, days: Window) -> Window | None:
        """Widen a window of days to whole periods, in times from the push; ``None`` where it has no count."""
        if self.daily:
            return days
        touched = (self.closes >= days.first) & (self.opens <= days.last)
        if not touched.any():
            return None
        at = self.design.times[touched] - self.design.first_start
        return Window(int(at[0]), int(at[-1]))

    def in_days(self, window: Window, start: int | None = None) -> Window:
        """Return the days that a window of times covers, from the first wave's start or another's."""
        start = self.design.first_start if start is None else start
        own = (self.design.times >= start + window.first) & (self.design.times <= start + window.last)
        first = self.starts_day[start]
        return Window(int(self.opens[own][0]) - first, int(self.closes[own][-1]) - first)


def read_counts(panel: pd.DataFrame) -> Counts:
    """Lay the panel out for comparing.

    Parameters
    ----------
    panel
        ``area``, ``date``, ``new``, ``remaining``, ``treated_from``, and, where not every day was counted,
        ``days`` (how many days the row's count covers) or ``interpolated``; ``cumulative`` where ``days`` or
        ``interpolated`` tells of days nobody counted.
    """
    usable = panel.assign(
        remaining=panel["remaining"].clip(lower=0)
    )  # eligible people can be counted too low
    design = read_design(usable, "new", exposure="remaining")
    covers = _covers(usable, design)
    known = ~np.isnan(design.outcome)
    days = design.times - design.first_start
    push_day = date(1970, 1, 1) + timedelta(days=design.first_start)
    waves = {
        int(start): int(start) - design.first_start
        for start in np.unique(design.starts[design.starts != NEVER])
    }
    if covers is None:
        return Counts(design, days, days, True, push_day, waves)
    counted = np.where(known, covers, 0)
    reach = (
        np.maximum.accumulate(counted > 0, axis=1)
        & (np.maximum.accumulate(counted[:, ::-1] > 0, axis=1)[:, ::-1])
    )
    share = (counted > 0).sum(axis=0) / np.maximum(reach.sum(axis=0), 1)
    ends = np.flatnonzero((share >= COMMON) & reach.any(axis=0))
    if len(ends) < 2 or (np.diff(design.times[ends]) == 1).mean() >= DAILY:
        return Counts(replace(design, covers=counted), days, days, True, push_day, waves)
    return _by_period(design, counted, ends, push_day)


def _covers(panel: pd.DataFrame, design: Design) -> NDArray[np.int64] | None:
    """``(n, T)`` days that each count covers; ``None`` where every day was counted or nothing says so."""
    if "days" not in panel and "interpolated" not in panel:
        return None
    if "days" not in panel:
        filled = panel["interpolated"].astype(bool)
        run = filled.groupby([panel["area"], (~filled).groupby(panel["area"]).cumsum()]).sum()
        before = run.groupby(level=0).shift(fill_value=0)
        number = (~filled).groupby(panel["area"]).cumsum()
        keys = pd.MultiIndex.from_arrays([panel["area"], number])
        days = np.where(filled, 0, 1 + before.reindex(keys).fillna(0).to_numpy())
        panel = panel.assign(days=days)
    times = panel["date"].to_numpy().astype("datetime64[D]").astype(np.int64)
    _, row = named(panel["area"])
    at = np.searchsorted(design.times, times)
    kept = (at < len(design.times)) & (design.times[np.minimum(at, len(design.times) - 1)] == times)
    covers = np.ones(design.outcome.shape, dtype=np.int64)
    covers[row[kept], at[kept]] = panel["days"].to_numpy()[kept]
    known = ~np.isnan(design.outcome)
    return None if (covers[known] == 1).all() else covers


def _by_period(design: Design, counted: NDArray[np.int64], ends: NDArray[np.int64], push_day: date) -> Counts:
    """Add up days between common tally days; an area without a tally on both ends has no number there."""
    last, days = ends, design.times
    first = np.concatenate([[0], ends[:-1] + 1])
    # Days on which nobody counted are no times of the design: a period is as long as the calendar says.
    begun = days[last[0]] - max(last[0] + 1, int(_sums(counted, first[:1], last[:1]).max()))
    before = np.concatenate([[begun], days[last[:-1]]])
    # Counts that tile the period: as many days covered as it has, and one on its last day.
    whole: Mask = (counted[:, last] > 0) & (_sums(counted, first, last) == days[last] - before)
    outcome = np.where(whole, _sums(np.nan_to_num(design.outcome), first, last), np.nan)
    exposure = None if design.exposure is None else _first_known(design.exposure, first, last)
    push = design.first_start
    starts = np.full(len(design.starts), NEVER, dtype=np.int64)
    told = design.starts <= int(days[last[-1]])
    starts[told] = np.searchsorted(days[last], design.starts[told])
    waves = {int(at): int(design.starts[starts == at].min()) - push for at in np.unique(starts[told])}
    made = Design(
        design.areas, np.arange(len(last)), False, outcome, exposure, starts, None, design.outcome_name,
        cycle=1, first_days=tuple(str(np.datetime64(int(day) + 1, "D")) for day in before),
    )  # fmt: skip
    return Counts(made, before + 1 - push, days[last] - push, False, push_day, waves)


def _first_known(
    numbers: NDArray[np.float64], first: NDArray[np.int64], last: NDArray[np.int64]
) -> NDArray[np.float64]:
    """``(n, P)`` first number that is known in each period, of those still to be counted at its start."""
    filled = pd.DataFrame(numbers).bfill(axis="columns").to_numpy()
    inside = pd.DataFrame(~np.isnan(numbers)).to_numpy()
    known = _sums(inside.astype(np.int64), first, last) > 0
    return np.where(known, filled[:, first], np.nan)


def _sums(numbers: NDArray[Any], first: NDArray[np.int64], last: NDArray[np.int64]) -> NDArray[Any]:
    """``(n, P)`` sums over the columns from ``first`` to ``last``, both included."""
    upto = np.concatenate(
        [np.zeros((len(numbers), 1), dtype=numbers.dtype), np.cumsum(numbers, axis=1)], axis=1
    )
    return np.asarray(upto[:, last + 1] - upto[:, first])
