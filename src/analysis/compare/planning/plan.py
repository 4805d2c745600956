"""A push planned: candidates, areas drawn or an order over weeks, power, and what is registered."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
import pandas as pd

from analysis.campaign import Area, Campaign
from analysis.compare.counted import read_counts
from analysis.compare.design import NEVER, Design, Window, read_design
from analysis.compare.planning.lottery import Lottery, stepped_order
from analysis.compare.planning.power import noise_of, power_table
from analysis.compare.planning.registration import Registration
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
        By number of areas; empty for a stepped order, in which every area is pushed.
    """

    registration: Registration
    power: pd.DataFrame

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
        own = self.power[self.power["areas"] == len(self.registration.weeks[0])]
        return {str(key): float(value) for key, value in own.iloc[0].items()} if len(own) else {}


def plan_push(
    panel: pd.DataFrame, campaign: Campaign, *, areas: int | None, window: Window, seed: int,
    strata: str | None = None, apart: bool = False, weeks: int | None = None, first_day: date | None = None,
) -> Plan:  # fmt: skip
    """Draw the next push among the areas that have not mobilised.

    Parameters
    ----------
    areas
        How many to draw; not needed with ``weeks``, which orders all of them.
    window
        Days from the push on over which it will be judged.
    strata
        Column of ``areas.csv`` within whose values areas are drawn in proportion.
    apart
        Whether no two drawn may touch.
    weeks
        Over how many weeks all candidates begin, in an order drawn by lot.
    first_day
        First day of the push; when not given a week after the last day known, on the last push's weekday.
    """
    if (areas is None) == (weeks is None):
        raise InputError("give --areas K for a push of some areas, or --weeks N for all of them in steps")
    design, known_on = _design_of(panel)
    candidates = tuple(
        name for name, start in zip(design.areas, design.starts, strict=True) if start == NEVER
    )
    day = first_day or _next_day(known_on, panel)
    if day <= known_on:
        raise InputError(
            f"first day {day}: counts are known to {known_on}; register a push before it is made"
        )
    groups = _strata(campaign, candidates, strata)
    borders = tuple((one.area, one.neighbour) for one in campaign.borders) if apart else ()
    rng = np.random.default_rng(seed)
    if weeks is not None:
        order = stepped_order(candidates, weeks, rng)
        drawn = [tuple(np.array(candidates)[order == week].tolist()) for week in range(weeks)]
        power = pd.DataFrame()
    else:
        assert areas is not None  # noqa: S101 - one of the two was given
        lottery = Lottery(candidates, areas, groups, borders)
        drawn = [tuple(np.array(candidates)[lottery.draw(rng)[0]].tolist())]
        sizes = sorted({*range(1, min(MOST, len(candidates) // 2) + 1), areas})
        power = power_table(noise_of(design, candidates, window), lottery, sizes, rng)
    days = tuple((day + timedelta(weeks=week)).isoformat() for week in range(len(drawn)))
    promised = Registration(
        campaign.code, known_on.isoformat(), seed, tuple(drawn), days, (window.first, window.last),
        candidates, groups, apart,
    )  # fmt: skip
    return Plan(promised, power)


def _design_of(panel: pd.DataFrame) -> tuple[Design, date]:
    """Return the panel as a design, whether or not any area has mobilised, and its last day counted."""
    known_on = pd.Timestamp(panel.loc[panel["new"].notna(), "date"].max()).date()
    if panel["treated_from"].notna().any():
        counts = read_counts(panel)
        if not counts.daily:
            raise InputError("a push is designed from daily counts; these tallies cover whole periods")
        return counts.design, known_on
    somebody = panel["area"] == panel["area"].min()  # a design needs one that is treated; then none is
    starts = pd.Series(pd.NaT, index=panel.index).where(~somebody, panel["date"].max())
    usable = panel.assign(remaining=panel["remaining"].clip(lower=0), treated_from=starts)
    design = read_design(usable, "new", exposure="remaining")
    return replace(design, starts=np.full(len(design.areas), NEVER)), known_on


def _next_day(known_on: date, panel: pd.DataFrame) -> date:
    """Return a week after the last day known, on the weekday of the last push where there was one."""
    day = known_on + timedelta(days=NOTICE)
    last = panel["treated_from"].dropna()
    if last.empty:
        return day
    return day + timedelta(days=(pd.Timestamp(last.max()).weekday() - day.weekday()) % 7)


def _strata(campaign: Campaign, candidates: tuple[str, ...], column: str | None) -> dict[str, str]:
    if column is None:
        return {}
    if column not in Area.model_fields:
        raise InputError(
            f"strata {column!r} is no column of areas.csv; they are {', '.join(Area.model_fields)}"
        )
    values = {area.code: getattr(area, column) for area in campaign.areas}
    return {code: str(values.get(code) or "") for code in candidates}
