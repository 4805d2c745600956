"""The contract: any table of cumulative counts in, hubverse rows out."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.errors import InputError
from analysis.forecast.clean import newest_day
from analysis.forecast.ensemble import ensemble
from analysis.forecast.history import TOTAL, History, lay_out, leave_out, read_rows
from analysis.forecast.hub import hub_rows
from analysis.forecast.models import Model, simulate_blocks
from analysis.forecast.paths import Paths
from analysis.forecast.weekly import check_history

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

DATE_DAYS = 60
"""Days for which the completion date's distribution is written."""
LONGEST = 365
"""Longest horizon in days; nothing known today says more about a year from now."""
MANY_AREAS, DRAWS, DRAWS_MANY = 1000, 1000, 200
"""Sample paths unless told: enough for a 1 % quantile; fewer for a nation of communes."""


def forecast_series(
    table: pd.DataFrame,
    origins: Sequence[str | pd.Timestamp],
    horizons: Sequence[int] = (7, 14, 28),
    *,
    target_share: float | None = None,
    seed: int = 0,
    draws: int | None = None,
    model: Model = ensemble,
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

    Returns
    -------
    DataFrame
        Hubverse columns ``origin_date, location, target, horizon, target_end_date, output_type,
        output_type_id, value``. Target ``cumulative share``: the 23 hub quantiles of the share of the
        eligible, by horizon. Target ``completion date``: probability that the target is met by each of the
        next 60 days, for locations with a target. Location ``total`` is the sum of the areas, draw by draw.

    Raises
    ------
    InputError
        Names the area, the day or the option, and what to do.
    """
    blocks = list(series_blocks(table, origins, horizons, target_share, seed, draws, model))
    return pd.concat(blocks, ignore_index=True)


def series_blocks(
    table: pd.DataFrame,
    origins: Sequence[str | pd.Timestamp],
    horizons: Sequence[int],
    target_share: float | None,
    seed: int,
    draws: int | None,
    model: Model = ensemble,
) -> Iterator[pd.DataFrame]:
    """As `forecast_series`, some areas at a time: a nation's rows are never in memory together."""
    days = _check_horizons(horizons)
    if target_share is not None and not 0 < target_share <= 1:
        raise InputError(f"target share {target_share:g}: a share above 0 and up to 1 is needed, such as 0.6")
    rows = read_rows(table)
    for origin in _read_origins(origins):
        history, _ = leave_out(lay_out(rows, origin))
        check_history(history)
        if target_share is not None:
            history = replace(history, target=target_share * history.eligible)
        paths = draws or (DRAWS if len(history.areas) <= MANY_AREAS else DRAWS_MANY)
        # of the day last counted, not of the day asked for: silence alone changes nothing
        newest = history.dates[int(newest_day(history.cumulative).max())]
        rng = np.random.default_rng([seed, newest.toordinal()])
        yield from _rows_of(history, days, paths, model, rng)


def remarks(table: pd.DataFrame) -> list[str]:
    """One line for each area that is left out, or whose target exceeds its eligible people (newest row)."""
    history, out = leave_out(lay_out(read_rows(table)))
    return [
        *(f"area {area}: its eligible people are not known; it is left out" for area in out),
        *_impossible_targets(history),
    ]


def _impossible_targets(history: History) -> list[str]:
    return [
        f"area {area}: its target of {target:g} exceeds its {eligible:g} eligible people; it cannot be met"
        for area, target, eligible in zip(history.areas, history.target, history.eligible, strict=True)
        if target > eligible
    ]


def _rows_of(
    history: History, horizons: list[int], draws: int, model: Model, rng: np.random.Generator
) -> Iterator[pd.DataFrame]:
    """Rows of one origin: areas block by block, then their total."""
    days = max(DATE_DAYS, *horizons)
    total, start, sure = np.zeros((draws, days)), 0.0, 0.0
    for columns, paths in simulate_blocks(history, model, days, draws, rng):
        total += paths.values.sum(axis=2)
        start += float(paths.start.sum())
        sure += float(paths.sure.sum())
        yield hub_rows(paths, history.target[columns], horizons, DATE_DAYS)
    everyone = Paths(
        origin=history.origin,
        areas=(TOTAL,),
        start=np.array([start]),
        eligible=history.eligible.sum(keepdims=True),
        known_until=pd.DatetimeIndex([history.origin]),
        course=total[:, :, None],
        days=days,
        sure=np.array([sure]),
    )
    yield hub_rows(everyone, history.target.sum(keepdims=True), horizons, DATE_DAYS)


def _check_horizons(horizons: Sequence[int]) -> list[int]:
    days = sorted({int(day) for day in horizons})
    if not days or days[0] < 1 or days[-1] > LONGEST:
        raise InputError(
            f"horizons {list(horizons)}: whole days from 1 to {LONGEST} are needed, such as 7,14,28"
        )
    return days


def _read_origins(origins: Sequence[str | pd.Timestamp]) -> list[pd.Timestamp]:
    days = []
    for origin in origins:
        day = pd.to_datetime(origin, errors="coerce")
        if pd.isna(day):
            raise InputError(f"origin {origin!r} is no date; write it as 2021-06-14")
        days.append(pd.Timestamp(day).normalize())
    if not days:
        raise InputError("no origin: give at least one date, such as 2021-06-14")
    return list(dict.fromkeys(days))
