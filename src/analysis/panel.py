"""From trusted tallies to the area x date table that every analysis runs on."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis import contract
from analysis.campaign import Area, Campaign, Tree, lineages
from analysis.errors import InputError

NEARLY_ALL = 0.9
"""Part of the areas that must have counted a day for the day to stand for all of them."""


def build_panel(tallies: pd.DataFrame, campaign: Campaign, today: date) -> pd.DataFrame:
    """Lay the accepted tallies out as one row an area and date.

    Days between two tallies are interpolated on the cumulative count and marked; nothing else is said of
    them: what came in since the tally before stands on the day of the tally, with the number of days it
    covers. Days before an area's first and after its last tally stay empty, because nothing is known of
    them. A fall of the cumulative count is kept: it is a correction by those who count, and shows as a
    negative ``new``.

    Parameters
    ----------
    tallies
        The as-of view: at most one row an area, date and measure, with ``area_code``, ``date``, ``measure``,
        ``value`` (persons).
    campaign
        Gives areas, eligible people, targets and mobilisations.
    today
        Day of the as-of instant; its own tallies count, later ones are not known yet.

    Returns
    -------
    DataFrame
        As the contract declares ``panel.parquet``, sorted by area and date: every area that is no
        other's parent, on every day from the first tally to the newest.
    """
    counted = tallies[(tallies["measure"] == campaign.measure) & tallies["value"].notna()]
    counted = counted[counted["date"] <= pd.Timestamp(today)]
    if counted.empty:
        rates = {one.code for one in campaign.measures if one.kind == "rate"}
        alone = not tallies.empty and set(tallies["measure"]) <= rates
        raise InputError(
            f"campaign {campaign.code} has no {campaign.measure} by {today}; "
            + ("its files give percentages alone, of which no count is made: ask for the counts as well"
               if alone else "take a later as-of, or look at what was held back")
        )  # fmt: skip
    last = counted["date"].max()
    days = pd.date_range(counted["date"].min(), last, freq="D", name="date").as_unit("us")
    tree = campaign.tree(today)
    areas = pd.Index(sorted(tree.leaves), name="area")
    wide = _by_heir(counted, campaign, today).reindex(index=areas, columns=days)
    if wide.isna().all(axis=None):
        raise InputError(
            f"campaign {campaign.code} has a {campaign.measure} by {today} only of areas that are the sum of "
            f"others; send tallies of the areas below them, or take those out of areas.csv"
        )
    panel = _by_day(wide)
    for name, facts in _facts(campaign, tree, today, last.date()).items():
        panel[name] = facts.reindex(areas).repeat(len(days)).to_numpy()
    panel["new"] = panel["cumulative"] - panel["before"]
    panel["remaining"] = panel["eligible"] - panel["before"]
    panel["rate"] = panel["new"] / panel["remaining"].where(panel["remaining"] > 0)
    return contract.check("panel.parquet", panel[contract.columns("panel.parquet")])


def _by_day(wide: pd.DataFrame) -> pd.DataFrame:
    """Lay counts (areas, days) out one below the other, each tally with the one before and how long ago."""
    areas, days = wide.index, wide.columns
    cumulative, known = _filled(wide).ravel(), wide.notna().to_numpy().ravel()
    tallies = np.flatnonzero(known)
    area, day = np.divmod(tallies, len(days))
    follows = area[1:] == area[:-1]
    before, since = np.full(len(known), np.nan), np.zeros(len(known), dtype=np.int64)
    before[tallies[1:][follows]] = cumulative[tallies[:-1][follows]]
    since[tallies[1:][follows]] = np.diff(day)[follows]
    return pd.DataFrame(
        {
            "area": areas.repeat(len(days)),
            "date": np.tile(days.to_numpy(), len(areas)),
            "cumulative": cumulative,
            "interpolated": ~known & ~np.isnan(cumulative),
            "before": before,
            "days": since,
        }
    )


def _filled(wide: pd.DataFrame) -> NDArray[np.float64]:
    """Return counts (areas, days) with the days between two of an area interpolated."""
    counts = wide.to_numpy(dtype=np.float64, copy=True)
    steps = np.diff(~np.isnan(counts), axis=1)  # once each at the first and last where nothing is left out
    some = np.flatnonzero(steps.sum(axis=1) > 1)
    counts[some] = wide.iloc[some].interpolate(axis="columns", limit_area="inside").to_numpy()
    return counts


def _by_heir(counted: pd.DataFrame, campaign: Campaign, today: date) -> pd.DataFrame:
    """Lay counts out by area and day; what a merged area counted before counts for its successor.

    A day before the merger is known where every area that was to become one has a tally on it.
    """
    wide = counted.pivot(index="area_code", columns="date", values="value").astype(np.float64)
    told = wide.copy()
    for code, members in lineages(campaign.areas, today).items():
        wide.loc[code] = _together(told, members)
    for area in campaign.areas:
        if area.divided_into and area.valid_to is not None and area.valid_to < today:
            whole = lineages(campaign.areas, area.valid_to).get(area.code, (area,))
            _divide(wide, area, _together(told, whole), campaign)
    return wide


def _together(told: pd.DataFrame, members: Sequence[Area]) -> NDArray[np.float64]:
    """Add up what those that have become one area counted, on days of which each that was in force has it."""
    rows, days = told.reindex(index=[one.code for one in members]), pd.DatetimeIndex(told.columns)
    counts, valid = rows.to_numpy(dtype=np.float64), np.array([_in_force(one, days) for one in members])
    complete = (~np.isnan(counts) | ~valid).all(axis=0) & valid.any(axis=0)
    return np.asarray(np.where(complete, np.where(valid, counts, 0.0).sum(axis=0), np.nan))


def _divide(wide: pd.DataFrame, area: Area, history: NDArray[np.float64], campaign: Campaign) -> None:
    """Share out among the parts of an area what it had counted, on days of which none of them has a count.

    Only their sum was counted. They share as their first counts stand to each other, before these are in as
    their targets, else their eligible people do; else alike.
    """
    parts = list(area.divided_into)
    own = wide.reindex(index=parts).to_numpy(dtype=np.float64)
    before = pd.DatetimeIndex(wide.columns) <= pd.Timestamp(area.valid_to or date.max)
    first = pd.DataFrame(own[:, ~before]).bfill(axis="columns").iloc[:, :1].to_numpy().ravel()
    facts = {one.code: one for one in campaign.areas if one.code in parts}
    given = ([getattr(facts[code], key) or np.nan for code in parts] for key in ("target", "eligible"))
    known = [np.asarray(one, dtype=np.float64) for one in (*([first] if len(first) else ()), *given)]
    weights = next(
        (one for one in known if np.nansum(one) > 0 and not np.isnan(one).any()), np.ones(len(parts))
    )
    shared = weights[:, None] / weights.sum() * history
    fill = before & np.isnan(own).all(axis=0)
    for code, counts, mine in zip(parts, shared, own, strict=True):
        wide.loc[code] = np.where(fill, counts, mine)


def _in_force(area: Area, days: pd.DatetimeIndex) -> NDArray[np.bool_]:
    first, last = pd.Timestamp(area.valid_from or days[0]), pd.Timestamp(area.valid_to or days[-1])
    return np.asarray((days >= first) & (days <= last), dtype=np.bool_)


def tallied(panel: pd.DataFrame) -> pd.DataFrame:
    """Return the counts as they were reported: one row an area, one column a day, empty: not counted."""
    rows = panel[panel["cumulative"].notna() & ~panel["interpolated"]]
    wide = rows.pivot(index="area", columns="date", values="cumulative")
    return wide.reindex(index=pd.Index(sorted(panel["area"].unique()), name="area"))


def pushes_of(panel: pd.DataFrame) -> pd.DataFrame:
    """Say of each area that mobilised whether it can be compared.

    Nothing tells of a push before all counts or after them what its areas did without, nor of one in areas of
    which nobody knows how many are eligible, or that nobody counted. An area of which some part alone was
    pushed, as of those that were merged into it, is neither pushed nor untouched.

    Returns
    -------
    DataFrame
        By area: ``first_day``, and ``why`` it is in no comparison (``nothing_before``, ``partly``,
        ``nothing_after``, ``no_eligible`` or ``nobody_counted``), empty where it can be.
    """
    counted = panel[panel["new"].notna()]
    first = panel.groupby("area", observed=True)["treated_from"].first().dropna()
    rated = first.index.isin(counted.loc[counted["remaining"].notna(), "area"].unique())
    why = np.select(
        [
            ~(first > counted["date"].min()),
            first.index.isin(partly_in(panel)),
            first > counted["date"].max(),
            ~first.index.isin(counted["area"].unique()),
            ~rated,
        ],
        ["nothing_before", "partly", "nothing_after", "nobody_counted", "no_eligible"],
        "",
    )
    return pd.DataFrame({"first_day": first, "why": why})


def partly_in(panel: pd.DataFrame) -> list[str]:
    """Name the areas of which a part alone mobilised."""
    return [] if "treated_partly" not in panel else list(panel.loc[panel["treated_partly"], "area"].unique())


def compared_from(panel: pd.DataFrame) -> date | None:
    """Return the first day of the push that can be compared; where none can, of the first one, if any."""
    every = pushes_of(panel)
    told = every.loc[every["why"] == "", "first_day"]
    first = every["first_day"].min() if told.empty else told.min()
    return None if pd.isna(first) else pd.Timestamp(first).date()


def aimed(panel: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of the areas that have a target, as counts beside a target are of; all if none has."""
    own = panel["target"] > 0
    return panel[own] if own.any() else panel


def totals(panel: pd.DataFrame) -> pd.DataFrame:
    """Add the areas up on every day that anybody counted; one that did not counts with its last tally.

    Returns
    -------
    DataFrame
        ``date``, ``new``, ``days``, ``cumulative``, ``eligible`` (persons) and ``areas_reported`` (areas with
        a tally that day), one row a day on which some area counted. ``new`` is what came in since the last
        day on which nearly all areas counted, of those that had counted by then, ``days`` how long that is;
        empty and 0 where fewer did.
    """
    return totals_by(panel, {"": list(panel["area"].unique())})[""]


def totals_by(panel: pd.DataFrame, groups: Mapping[str, Sequence[str]]) -> dict[str, pd.DataFrame]:
    """Return `totals` of each group of areas; the panel is laid out once for all of them."""
    known = panel["cumulative"].notna() & ~panel["interpolated"]
    day, days = pd.factorize(panel["date"], sort=True)
    column, codes = pd.factorize(panel["area"], sort=True)
    counts, people = np.full((2, len(days), len(codes)), np.nan)
    counts[day, column] = panel["cumulative"].where(known)
    people[day, column] = panel["eligible"]
    by_day = (counts, pd.DataFrame(counts).ffill().to_numpy(), people)
    place = {str(area): at for at, area in enumerate(codes)}
    found = {}
    for name, areas in groups.items():
        those = [place[area] for area in areas if area in place]
        found[name] = _added_up(days, *(one[:, those] for one in by_day))
    return found


def _added_up(
    days: "pd.Index[Any]",
    counts: NDArray[np.float64],
    carried: NDArray[np.float64],
    eligible: NDArray[np.float64],
) -> pd.DataFrame:
    """Add areas up (days, areas) as `totals` says."""
    reported = (~np.isnan(counts)).sum(axis=1)
    some = reported > 0
    whole = (reported >= NEARLY_ALL * (~np.isnan(carried)).sum(axis=1))[some]
    dates, carried = days[some], carried[some]
    new, since = np.full(len(dates), np.nan), np.zeros(len(dates), dtype=np.int64)
    ends = np.flatnonzero(whole)[1:]
    new[ends] = np.nansum(np.diff(carried[whole], axis=0), axis=1)  # a first count is not of one period
    since[ends] = np.diff(dates.to_numpy().astype("datetime64[D]").astype(np.int64)[whole])
    return pd.DataFrame(
        {
            "date": dates,
            "new": new,
            "days": since,
            "cumulative": np.nansum(carried, axis=1),
            "eligible": np.nansum(eligible, axis=1)[some],
            "areas_reported": reported[some],
        }
    )


def _facts(campaign: Campaign, tree: Tree, today: date, last_day: date) -> "dict[str, pd.Series[Any]]":
    """Return what is eligible, aimed at and known to be pushed from when, each by area."""
    target = campaign.target_on(today)
    aims = {one.code: campaign.target_of(one, target) for one in tree.areas}
    known = [one for one in campaign.pushes_on(today) if one.first_day <= last_day]
    known.sort(key=lambda one: one.first_day, reverse=True)  # the first is the last word
    pushed = {one.area: one.first_day for one in known}
    partly = campaign.partly_pushed(today)
    return {
        "eligible": pd.Series({one.code: one.eligible for one in tree.areas}, dtype="float64"),
        "target": pd.Series(aims, dtype="float64"),
        "treated_from": pd.Series(pushed, dtype="datetime64[us]"),
        "treated_partly": pd.Series({one: (one, pushed.get(one)) in partly for one in tree.leaves}),
    }
