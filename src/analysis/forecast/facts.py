"""What a campaign tells the forecast: counts, who reports late, holidays, pushes, what to reach by when."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from analysis.forecast.completion import Goal
from analysis.forecast.doubt import find_jumps
from analysis.forecast.history import TOTAL, History, Push, history_from_panel
from analysis.forecast.nowcast import completed
from analysis.tallies.released import released_by
from analysis.tallies.result import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime

    from analysis.campaign import Campaign

VERSIONS = ["area_code", "measure", "date", "value", "received_at", "sha256", "row"]
"""Columns of the tallies that say what was known when of which day, and where it stood."""


def history_of(campaign: Campaign, panel: pd.DataFrame, tallies: pd.DataFrame, as_of: datetime) -> History:
    """Take a campaign's history from its panel, the newest days completed by what is still to be reported.

    A push that still goes on is the ordinary pace by now; one that ended says nothing of it. Neither does a
    count that a person let through: it is as it was said, however far it jumps.

    Parameters
    ----------
    campaign : Campaign
    panel : DataFrame
        As `build_panel` makes it.
    tallies : DataFrame
        Every version of every tally, with its time of receipt: `VERSIONS` of it.
    as_of : datetime
    """
    holidays = [day for one in campaign.holidays for day in pd.date_range(one.first, one.last)]
    today = as_of.astimezone(campaign.zone).date()
    pushes = [
        Push(one.area, pd.Timestamp(one.first_day), pd.Timestamp(one.last_day))
        for one in campaign.pushes_on(today)
        if one.last_day is not None
    ]
    pushes += [Push(area, day, day) for area, day in _let_through(campaign, panel, tallies, as_of)]
    return _with_late_reports(history_from_panel(panel, holidays, pushes), tallies, campaign, as_of)


def _let_through(
    campaign: Campaign, panel: pd.DataFrame, tallies: pd.DataFrame, as_of: datetime
) -> Iterator[tuple[str, pd.Timestamp]]:
    """Areas and days of the counts that were released, and of the falls that the same files tell of them."""
    released = released_by(campaign.folder, as_of)
    if not released:
        return
    mine = tallies["sha256"].isin({sha256 for sha256, _ in released})
    mine &= tallies["measure"] == campaign.measure
    told = tallies.loc[mine, ["area_code", "date", "sha256", "row"]]
    let = pd.Series([one in released for one in zip(told["sha256"], told["row"], strict=True)], told.index)
    of_area = let.groupby([told["area_code"], told["sha256"]], observed=True).transform("any")
    fell = panel.loc[panel["new"] < 0, ["area", "date"]]
    fallen = pd.MultiIndex.from_frame(told[["area_code", "date"]]).isin(pd.MultiIndex.from_frame(fell))
    explained = told[let | (of_area & fallen)]
    yield from zip(explained["area_code"].astype(str), explained["date"], strict=True)


def jump_findings(
    campaign: Campaign, panel: pd.DataFrame, tallies: pd.DataFrame, as_of: datetime
) -> list[Finding]:
    """Say of each newest count that jumped how far it is believed, and where it was read.

    A count that others have confirmed is found no more, and neither is one that a known push explains or
    that a person let through.
    """
    history = history_of(campaign, panel, tallies, as_of)
    names = {area.code: area.name for area in campaign.areas}
    mine = tallies[(tallies["measure"] == campaign.measure) & tallies["value"].notna()]
    found = []
    for jump in find_jumps(history):
        area, day = history.areas[jump.area], history.dates[jump.day]
        sent = mine[(mine["area_code"] == area) & (mine["date"] == day)]
        newest = sent.sort_values("received_at", kind="stable").tail(1)
        detail: dict[str, str | float] = {
            "area": names.get(area, area),
            "before": jump.before,
            "found": jump.after,
            "chance": float(round(100 * jump.real)),
        }
        for file, sheet, row in newest[["file", "sheet", "row"]].to_numpy():  # none of an area by merger
            found.append(Finding("newest_jumped", file, sheet, int(row), detail))
    return found


def _with_late_reports(
    history: History, tallies: pd.DataFrame, campaign: Campaign, as_of: datetime
) -> History:
    """Complete a campaign's history by what its tallies' times of receipt say is still to come.

    A version is received on the day by whose end, counted back from the as-of instant, it was known. An area
    that others were merged into, or that was part of one, is believed as it stands: its versions are not of
    the same people.
    """
    areas = list(history.areas)
    mergers = {area.successor for area in campaign.areas if area.successor}
    mergers |= {part for area in campaign.areas for part in area.divided_into}
    mine = (tallies["measure"] == campaign.measure) & tallies["value"].notna()
    mine &= tallies["area_code"].isin(areas) & ~tallies["area_code"].isin(mergers)
    known = tallies.loc[mine, ["area_code", "date", "value", "received_at"]]
    known = known.sort_values("received_at", kind="stable")
    today = pd.Timestamp(as_of.astimezone(campaign.zone).date())
    back = (pd.Timestamp(as_of) - known["received_at"]).dt.floor("D")
    table = pd.DataFrame(
        {
            "area": known["area_code"],
            "date": known["date"],
            "cumulative": known["value"],
            "received": today - back,
        }
    )
    return completed(history, table, today)


def goal_for(campaign: Campaign, day: date) -> Goal:
    """Return the target a report of `day` is about with its deadline, by area and in total.

    An area without a target of its own is held to the campaign's share of its eligible people, where the
    target is a share; a parent's target is the sum of its areas'. A campaign without any target counts and
    compares: its goal asks for nothing, by no day.
    """
    target, tree = campaign.target_on(day), campaign.tree(day)
    parents = {parent: tree.leaves_of(parent) for parent in sorted(tree.children)}
    if target is None:
        return Goal(pd.Timestamp("NaT"), {TOTAL: float("nan")}, parents=parents)
    targets: dict[str, float] = {TOTAL: float(campaign.target_count(target))}
    for area in tree.areas:
        if (aim := campaign.target_of(area, target)) is not None:
            targets[area.code] = aim
    sums = {parent: sum(targets.get(one, 0.0) for one in members) for parent, members in parents.items()}
    targets = {place: people for place, people in targets.items() if place not in parents}
    targets |= {parent: people for parent, people in sums.items() if people > 0}
    return Goal(
        deadline=pd.Timestamp(target.deadline),
        targets=targets,
        binding=target.binding,
        known_from=pd.Timestamp(target.known_from),
        parents=parents,
    )
