"""A push planned: candidates, areas drawn or an order over weeks, power, and what is registered."""

from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
import pandas as pd

from analysis.campaign import Area, Campaign
from analysis.campaign.rhythm import WEEK
from analysis.compare.counted import Counts, read_counts
from analysis.compare.design import NEVER, Design, Window
from analysis.compare.planning.lottery import Lottery, stepped_order
from analysis.compare.planning.power import POWER_COLUMNS, noise_of, power_row, power_table, stepped_trials
from analysis.compare.planning.registration import Registration
from analysis.compare.result import LEVEL
from analysis.errors import InputError

NOTICE = 7
"""Days between the last day known and a push, when no day is asked for."""

MOST = 9
"""Areas up to which power is printed for every number of them."""


@dataclass(frozen=True)
class Plan:
    """What an office needs to make the push, and a reader to judge it.

    Attributes
    ----------
    registration
        What is promised: areas by week, days, window.
    power
        By number of areas; for a stepped order one row, empty where too few weeks were counted.
    daily
        Whether every day is counted; else whole periods of several days.
    """

    registration: Registration
    power: pd.DataFrame
    daily: bool = True

    @property
    def drawn(self) -> pd.DataFrame:
        """``first_day``, ``area``, ``stratum`` of every area that was drawn, in the order of their days."""
        one = self.registration
        rows = [
            (day, code, one.strata.get(code, ""))
            for day, codes in zip(one.days, one.weeks, strict=True)
            for code in sorted(codes)
        ]
        return pd.DataFrame(rows, columns=["first_day", "area", "stratum"])

    @property
    def row(self) -> dict[str, float]:
        """The row of the power table for as many areas as were drawn; empty where there is none."""
        own = self.power[self.power["areas"] == sum(map(len, self.registration.weeks))]
        return {str(key): float(value) for key, value in own.iloc[0].items()} if len(own) else {}


def plan_push(
    panel: pd.DataFrame, campaign: Campaign, *, areas: int | None, window: Window, seed: int,
    strata: str | None = None, apart: bool = False, weeks: int | None = None, first_day: date | None = None,
) -> Plan:  # fmt: skip
    """Draw the next push among the areas that have not mobilised and whose people are known.

    Parameters
    ----------
    areas
        How many to draw; not needed with ``weeks``, which orders all of them.
    window
        Days from the push on over which it will be judged; widened to whole periods where no day is counted.
    strata
        Column of ``areas.csv`` within whose values areas are drawn in proportion.
    apart
        Whether no two drawn may touch.
    weeks
        Over how many weeks all candidates begin, in an order drawn by lot.
    first_day
        First day of the push; when not given a week after the last day known, on the last push's weekday.
    """
    if panel["area"].nunique() < 2:
        raise InputError("there is one area alone: a push needs another to compare it with")
    if (areas is None) == (weeks is None):
        raise InputError("give --areas K for a push of some areas, or --weeks N for all of them in steps")
    counts = _counts_of(panel)
    known_on = counts.last_day
    candidates = _candidates(counts.design)
    day = first_day or _next_day(counts, panel)
    _refuse_day(day, counts)
    window = Window(0, (window.last // counts.period + 1) * counts.period - 1)
    groups = _strata(campaign, candidates, strata)
    borders = campaign.touching if apart else ()
    if apart and not borders:
        raise InputError(
            f"{campaign.folder}: no borders.csv says which areas touch; give it, or leave --apart"
        )
    rng = np.random.default_rng(seed)
    if weeks is not None:
        order = stepped_order(len(candidates), weeks, rng)
        drawn = [tuple(np.array(candidates)[order == week].tolist()) for week in range(weeks)]
        power = _stepped_power(counts, candidates, window, weeks, rng)
    else:
        assert areas is not None  # noqa: S101 - one of the two was given
        lottery = Lottery(candidates, areas, groups, borders)
        drawn = [tuple(np.array(candidates)[lottery.draw(rng)[0]].tolist())]
        sizes = sorted({*range(1, min(MOST, len(candidates) // 2) + 1), areas})
        noise = noise_of(counts.design, candidates, [counts.steps(window)])
        power = power_table(noise[:, :, 0], lottery, sizes, rng)
    step = timedelta(days=max(WEEK, counts.period))
    days = tuple((day + week * step).isoformat() for week in range(len(drawn)))
    promised = Registration(
        campaign.code, known_on.isoformat(), seed, tuple(drawn), days, (window.first, window.last),
        candidates, groups, apart,
    )  # fmt: skip
    return Plan(promised, power, counts.daily)


def _candidates(design: Design) -> tuple[str, ...]:
    """Areas that have not mobilised and have rates: what came of a push elsewhere could not be judged."""
    assert design.exposure is not None  # noqa: S101 - the panel's people remaining
    rated = np.asarray((np.isfinite(design.outcome) & (np.nan_to_num(design.exposure) > 0)).any(axis=1))
    found, without = design.names(rated & (design.starts == NEVER)), design.names(~rated)
    if len(found) < 2:
        every, mobilised = len(design.areas), len(design.areas) - len(without) - len(found)
        raise InputError(
            f"{len(found)} of {every} areas could be chosen: {len(without)} have no rate, {mobilised} have "
            "mobilised; give eligible in areas.csv: a push needs an area to choose and one to compare with"
        )
    return found


def _counts_of(panel: pd.DataFrame) -> Counts:
    """Return the panel laid out for comparing, whether or not any area has mobilised."""
    if panel["treated_from"].notna().any():
        return read_counts(panel)
    somebody = panel["area"] == panel["area"].min()  # counts need one area that is treated; then none is
    last = panel.loc[panel["new"].notna(), "date"].max()
    counts = read_counts(panel.assign(treated_from=pd.Series(pd.NaT, panel.index).where(~somebody, last)))
    nobody = np.full(len(counts.design.areas), NEVER)
    return replace(counts, design=replace(counts.design, starts=nobody))


def _stepped_power(
    counts: Counts, candidates: tuple[str, ...], window: Window, weeks: int, rng: np.random.Generator
) -> pd.DataFrame:
    """Power of the order; empty where too few weeks were counted to have seen so many on end."""
    step = 1 if counts.design.cycle == 1 else WEEK
    try:
        noise = noise_of(
            counts.design, candidates, [counts.steps(window, step * week) for week in range(weeks)]
        )
    except InputError:
        return pd.DataFrame(columns=POWER_COLUMNS)
    return pd.DataFrame([power_row(len(candidates), stepped_trials(noise, 1 - LEVEL, rng))])


def _next_day(counts: Counts, panel: pd.DataFrame) -> date:
    """Return a week after the last day known, on the weekday of the last push; a period's first day."""
    day = counts.last_day + timedelta(days=NOTICE)
    if not counts.daily:
        return _period_from(day, counts)
    last = panel["treated_from"].dropna()
    if last.empty:
        return day
    return day + timedelta(days=(pd.Timestamp(last.max()).weekday() - day.weekday()) % 7)


def _period_from(day: date, counts: Counts) -> date:
    """Return the first day, from one on, with which a period begins; months are as long as they are."""
    if counts.period < 28:
        return day + timedelta(days=((counts.last_day - day).days + 1) % counts.period)
    end, whole = counts.last_day, (counts.last_day + timedelta(days=1)).day == 1
    while end + timedelta(days=1) < day:
        year, month = end.year + end.month // 12, end.month % 12 + 1
        longest = monthrange(year, month)[1]
        end = date(year, month, longest if whole else min(counts.last_day.day, longest))
    return end + timedelta(days=1)


def _refuse_day(day: date, counts: Counts) -> None:
    """Refuse a first day that is known already, or inside a period that is counted whole."""
    if day <= counts.last_day:
        raise InputError(
            f"first day {day}: counts are known to {counts.last_day}; register a push before it is made"
        )
    if (begins := _period_from(day, counts)) != day:
        raise InputError(
            f"first day {day}: tallies cover {counts.period} days at a time, and what comes before and "
            f"after the push in one of them cannot be told apart; give the first day of a period, as {begins}"
        )


def _strata(campaign: Campaign, candidates: tuple[str, ...], column: str | None) -> dict[str, str]:
    if column is None:
        return {}
    if column not in Area.model_fields:
        raise InputError(
            f"strata {column!r} is no column of areas.csv; they are {', '.join(Area.model_fields)}"
        )
    values = {area.code: getattr(area, column) for area in campaign.areas}
    return {code: str(values.get(code) or "") for code in candidates}
