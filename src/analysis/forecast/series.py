"""The contract: any table of cumulative counts in, hubverse rows out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.errors import InputError
from analysis.forecast.blocks import Ahead, draws_for, simulate_blocks
from analysis.forecast.care import care_of
from analysis.forecast.clean import newest_day
from analysis.forecast.ensemble import ensemble
from analysis.forecast.history import (
    Deadline,
    History,
    Push,
    lay_out,
    leave_out,
    mark_pushes,
    read_day,
    read_rows,
)
from analysis.forecast.hub import hub_rows, sample_rows
from analysis.forecast.models import Model
from analysis.forecast.nowcast import history_from_vintages, read_vintages, with_doubt
from analysis.forecast.paths import Sums
from analysis.forecast.weekly import check_history

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

DATE_DAYS = 60
"""Days for which the completion date's distribution is written."""
LONGEST = 365
"""Longest horizon in days; nothing known today says more about a year from now."""


PERIODS = {"day": 1, "week": 7, "month": 28}
"""Days that one tally covers, by the word of a rhythm; a month is four weeks, so that weekdays stay."""


@dataclass(frozen=True)
class Told:
    """What is known of a drive beside its counts.

    Attributes
    ----------
    holidays : tuple of Timestamp
    pushes : tuple of Push
    deadline : Deadline, optional
    late : bool
        The table holds every version received, in a column ``received``: the newest days are completed.
    rhythm : str
        What one tally covers: ``day``, ``week`` or ``month``; days between two tallies are then no counts.
    samples : int
        Joint draws written beside the quantiles.
    """

    holidays: tuple[pd.Timestamp, ...] = ()
    pushes: tuple[Push, ...] = ()
    deadline: Deadline | None = None
    late: bool = False
    rhythm: str = "day"
    samples: int = 0


NOTHING = Told()


def forecast_series(
    table: pd.DataFrame,
    origins: Sequence[str | pd.Timestamp],
    horizons: Sequence[int] = (7, 14, 28),
    *,
    target_share: float | None = None,
    seed: int = 0,
    draws: int | None = None,
    model: Model = ensemble,
    told: Told = NOTHING,
) -> pd.DataFrame:
    """Forecast any table of cumulative counts at one or more origins, by area and for their total.

    Parameters
    ----------
    table : DataFrame
        Long: ``area``, ``date``, ``cumulative`` (people), ``eligible`` (people), optionally ``target``
        (people). Days may be missing and rows in any order; nothing after an origin is used for it.
    origins : sequence of ISO dates or Timestamps
        Each within the dates of the table, with at least one whole week before it.
    horizons : sequence of int, days
    target_share : float, optional
        Target of every area as a share of its eligible people, instead of the column ``target``.
    seed : int
        Same seed, same rows, on whatever other origins are asked for.
    draws : int, optional
        Joint sample paths; 1,000, or 200 for more than 1,000 areas.
    model : Model
        A model of the weekly log hazard; the headline model unless told.
    told : Told
        Holidays, pushes, a deadline, late reports, the rhythm, and whether to write joint samples.

    Returns
    -------
    DataFrame
        Hubverse columns ``origin_date, location, target, horizon, target_end_date, output_type,
        output_type_id, value``. Target ``cumulative share``: the 23 hub quantiles of the share of the
        eligible, by horizon. Target ``completion date``: probability that the target is met by each of the
        next 60 days, for locations with a target. Location ``total`` is the sum of the areas that are
        forecast, draw by draw, and its target that of theirs; see `remarks` for those left out.

    Raises
    ------
    InputError
        Names the area, the day or the option, and what to do.
    """
    blocks = list(series_blocks(table, origins, horizons, target_share, seed, draws, model, told))
    return pd.concat(blocks, ignore_index=True)


def series_blocks(
    table: pd.DataFrame,
    origins: Sequence[str | pd.Timestamp],
    horizons: Sequence[int],
    target_share: float | None,
    seed: int,
    draws: int | None,
    model: Model = ensemble,
    told: Told = NOTHING,
) -> Iterator[pd.DataFrame]:
    """As `forecast_series`, some areas at a time: a nation's rows are never in memory together."""
    days = _check_horizons(horizons)
    if target_share is not None and not 0 < target_share <= 1:
        raise InputError(f"target share {target_share:g}: a share above 0 and up to 1 is needed, such as 0.6")
    for whole in _histories(table, _read_origins(origins), told, max(DATE_DAYS, *days)):
        history, _ = leave_out(whole)
        check_history(history)
        if target_share is not None:
            history = replace(history, target=target_share * history.eligible)
        if told.deadline and np.isnan(history.target).all():
            raise InputError(
                f"deadline {told.deadline.day.date()}: area {history.areas[0]} has no target by "
                f"{history.origin.date()}, and no other has; give --target-share or a column target"
            )
        paths = draws or draws_for(history)
        if told.samples > paths:
            raise InputError(
                f"samples {told.samples}: there are only {paths} draws; ask for fewer, or more --draws"
            )
        # of the day last counted, not of the day asked for: silence alone changes nothing
        newest = history.dates[int(newest_day(history.cumulative).max())]
        rng = np.random.default_rng([seed, newest.toordinal()])
        yield from _rows_of(history, days, paths, model, rng, told.samples)


def _histories(
    table: pd.DataFrame, origins: list[pd.Timestamp], told: Told, days: int = LONGEST
) -> Iterator[History]:
    """Return what was known at each origin, with what is told of the drive."""
    if told.rhythm not in PERIODS:
        raise InputError(f"rhythm {told.rhythm!r}: {', '.join(PERIODS)} are meant")
    rows = read_vintages(table) if told.late else read_rows(table)
    # of all areas and days: one that is first heard of after an early origin is no mistake
    first = rows.loc[rows["cumulative"].notna(), "date"].min()
    _check_pushes(set(rows["area"].unique()), first, told.pushes, max(origins))
    _check_holidays(first, told.holidays, last=max(origins) + pd.Timedelta(days=days))
    for origin in origins:
        history = history_from_vintages(rows, origin) if told.late else with_doubt(lay_out(rows, origin))
        yield replace(
            history,
            cumulative=_at_tallies(history.cumulative, PERIODS[told.rhythm]),
            holidays=frozenset(told.holidays),
            pushed=mark_pushes(history.areas, history.dates, told.pushes),
            deadline=told.deadline,
        )


def _at_tallies(cumulative: NDArray[np.float64], period: int) -> NDArray[np.float64]:
    """Keep of each area its newest count and those whole periods before it (T, A).

    One with no more counts than periods has none between its tallies, whichever days these fell on.
    """
    known, newest = np.isfinite(cumulative), newest_day(cumulative)
    periods = np.ceil((newest - np.argmax(known, axis=0)) / period)
    before = newest - np.arange(len(cumulative))[:, None]
    kept = (before % period == 0) | (known.sum(axis=0) <= periods + 1)
    return np.where(kept, cumulative, np.nan)


def _check_pushes(areas: set[str], first: pd.Timestamp, pushes: Sequence[Push], last: pd.Timestamp) -> None:
    for one in pushes:
        if one.area not in areas:
            raise InputError(f"push in area {one.area}: the series has no such area")
        if not first <= one.first <= last:
            raise InputError(
                f"push in area {one.area} on {one.first.date()}: outside the series, which begins on "
                f"{first.date()}, up to the last origin, {last.date()}"
            )


def _check_holidays(first: pd.Timestamp, holidays: Sequence[pd.Timestamp], last: pd.Timestamp) -> None:
    """Refuse holidays none of which lies within the series or what is forecast: they are of another year."""
    if holidays and not any(first <= day <= last for day in holidays):
        raise InputError(
            f"holiday {holidays[0].date()}: outside the series and what is forecast, "
            f"{first.date()} to {last.date()}; give the holidays of those days"
        )


def remarks(
    table: pd.DataFrame,
    origins: Sequence[str | pd.Timestamp],
    *,
    target_share: float | None = None,
    told: Told = NOTHING,
) -> list[str]:
    """One line for each area whose forecast must be read with care, as known on the last origin."""
    origin = max(_read_origins(origins))
    (whole,) = _histories(table, [origin], told)
    history, out = leave_out(whole)
    left = [f"area {area}: {why}; it is left out" for area, why in out.items()]
    care = [f"area {area}: {words}" for area, words in care_of(history).items()]
    past = [
        f"push in area {one.area}: goes on until {one.last.date()}, after {origin.date()}; "
        "what it still brings is not forecast"
        for one in told.pushes
        if one.last > origin
    ]
    if told.deadline is not None and told.deadline.day <= origin:
        past.append(
            f"deadline {told.deadline.day.date()}: not after {origin.date()}; nobody hurries toward it now"
        )
    if told.late:
        rows = read_vintages(table)
        rows = rows[rows["received"] <= origin]
        # what a version says of people holds from the day it came
        again, facts = _taken_back(rows), rows.assign(date=rows["received"])
    else:
        again, facts = _given_twice(table), table
    of_targets = [*_impossible_targets(history), *_moved(facts, origin, "target")] if not target_share else []
    return [*past, *left, *care, *again, *_moved(facts, origin, "eligible"), *of_targets]


def _taken_back(known: pd.DataFrame) -> list[str]:
    """Say of each area of how many days a version counts fewer people than one received before."""
    counted = known.dropna(subset="cumulative")
    fewer = counted.groupby(["area", "date"], observed=True)["cumulative"].diff() < 0
    words = "count fewer people than was received before, {} first; what was received last is taken"
    return _by_area(counted[fewer].drop_duplicates(["area", "date"]), words)


def _given_twice(table: pd.DataFrame) -> list[str]:
    """Say of each area which days were given more than one count; of those the last row's is taken."""
    counted = table.dropna(subset="cumulative")
    if not counted.duplicated(["area", "date"]).any():
        return []
    counts = counted.groupby(["area", "date"], observed=True)["cumulative"].nunique()
    words = "have more than one count, {} first; the later row is taken"
    return _by_area(counts[counts > 1].reset_index(), words)


def _by_area(days: pd.DataFrame, words: str) -> list[str]:
    grouped = days.groupby("area", observed=True)["date"]
    return [f"area {area}: {len(those)} days {words.format(str(min(those))[:10])}" for area, those in grouped]


def _moved(table: pd.DataFrame, origin: pd.Timestamp, name: str) -> list[str]:
    """Say of each area whose eligible people or target are not those of its first days what they are now."""
    kinds = table.groupby("area", observed=True)[name].nunique() if name in table else pd.Series(dtype=int)
    if not (kinds > 1).any():
        return []
    rows = read_rows(table[table["area"].isin(kinds.index[kinds > 1])].assign(cumulative=0.0))
    found = []
    for area, given in rows[rows["date"] <= origin].dropna(subset=name).groupby("area", observed=True):
        first, newest = given[name].iloc[[0, -1]]
        if first != newest:
            day = given["date"][given[name] == newest].min().date()
            found.append(
                f"area {area}: its {name} went from {first:g} to {newest:g} on {day}; the newest holds"
            )
    return found


def _impossible_targets(history: History) -> list[str]:
    return [
        f"area {area}: its target of {target:g} exceeds its {eligible:g} eligible people; it cannot be met"
        for area, target, eligible in zip(history.areas, history.target, history.eligible, strict=True)
        if target > eligible
    ]


def _rows_of(
    history: History, horizons: list[int], draws: int, model: Model, rng: np.random.Generator, samples: int
) -> Iterator[pd.DataFrame]:
    """Rows of one origin: areas block by block, then their total."""
    total = Sums({}, {})
    for columns, block in simulate_blocks(history, model, Ahead(max(DATE_DAYS, *horizons), draws), rng):
        total.add(replace(block, course=block.values))  # the days after the origin, the same of all blocks
        yield hub_rows(block, history.target[columns], horizons, DATE_DAYS)
        if samples:
            yield sample_rows(block, horizons, samples)
    everyone = total.paths()
    yield hub_rows(everyone, history.target.sum(keepdims=True), horizons, DATE_DAYS)
    if samples:
        yield sample_rows(everyone, horizons, samples)


def _check_horizons(horizons: Sequence[int]) -> list[int]:
    days = sorted({int(day) for day in horizons})
    if not days or days[0] < 1 or days[-1] > LONGEST:
        raise InputError(
            f"horizons {list(horizons)}: whole days from 1 to {LONGEST} are needed, such as 7,14,28"
        )
    return days


def _read_origins(origins: Sequence[str | pd.Timestamp]) -> list[pd.Timestamp]:
    days = list(dict.fromkeys(read_day(origin, "origin") for origin in origins))
    if not days:
        raise InputError("no origin: give at least one date, such as 2021-06-14")
    return days
