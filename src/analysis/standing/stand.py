"""From the panel to where a drive stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd

from analysis.campaign import Campaign, Rhythm, last_whole_day
from analysis.panel import tallied
from analysis.standing.periods import Periods, common_day, newest, on, pace
from analysis.standing.record import TOTAL, Data, Phase, Standing, as_date

EARLY = timedelta(weeks=3)
"""A drive of which less is known is too young for more than where it is."""


@dataclass(frozen=True)
class _Ground:
    """What every row stands on.

    Attributes
    ----------
    wide
        Tallies as they were made: a row an area, a column a day.
    facts
        ``eligible`` and ``target`` of each area.
    periods
        The newest period, which ends on the common day, and the one before.
    deadline
        Last day of the target in force; ``None`` without a target.
    over
        Whether no day is left on which the target could still be met in time.
    """

    wide: pd.DataFrame
    facts: pd.DataFrame
    periods: Periods
    deadline: pd.Timestamp | None
    over: bool


def stand(panel: pd.DataFrame, campaign: Campaign, as_of: datetime) -> Standing:
    """Say where a drive stands as of an instant.

    Parameters
    ----------
    panel
        As `analysis.panel.SCHEMA`, with the tallies known as of the instant.
    campaign
        Its targets, rhythm, mobilisations and the tree of its areas.
    as_of
        The instant; it decides what is due, and whether the deadline is over.
    """
    today, usual = last_whole_day(as_of, campaign.zone), campaign.rhythm or Rhythm()
    target = campaign.target_on(today)
    wide = tallied(panel)
    facts = panel.groupby("area")[["eligible", "target"]].last().reindex(wide.index)
    weights = _weights(facts)
    end = common_day(wide, weights)
    deadline = pd.Timestamp(target.deadline) if target else None
    over = deadline is not None and max(pd.Timestamp(today), end) >= deadline
    ground = _Ground(wide, facts, Periods.until(end, wide, weights, usual), deadline, over)
    rows = _areas(ground, campaign, today)
    table = [
        _beside_target(dict(row), [str(code)], float(row["target"]), ground) for code, row in rows.iterrows()
    ]
    tree = campaign.tree(as_of.astimezone(campaign.zone).date())
    for parent in sorted(tree.children):
        codes = list(tree.leaves_of(parent))
        goal = float(facts.loc[codes, "target"].sum(min_count=1))
        table.append(_beside_target(_sum_of(parent, codes, rows, ground), codes, goal, ground))
    everybody = [str(code) for code in rows.index]
    whole = _sum_of(TOTAL, everybody, rows, ground) | {"data": _data(rows, usual, today)}
    goal = float(campaign.target_count(target)) if target else np.nan
    return Standing.of([*table, _beside_target(whole, everybody, goal, ground)])


def _weights(facts: pd.DataFrame) -> "pd.Series[float]":
    """Weigh areas by their target, where no area has one by the eligible, else all alike."""
    for name in ("target", "eligible"):
        if facts[name].fillna(0).sum() > 0:
            return facts[name].fillna(0.0)
    return pd.Series(1.0, index=facts.index)


def _areas(ground: _Ground, campaign: Campaign, today: date) -> pd.DataFrame:
    """Say of every area what can be said of it alone."""
    wide, periods = ground.wide, ground.periods
    by_then = wide.loc[:, : periods.end]
    rhythms = [campaign.rhythm_of(str(code)) for code in wide.index]
    rows = ground.facts.assign(location=wide.index.astype(str), level="area")
    rows["known_until"], rows["day"] = newest(wide), newest(by_then)
    rows["data"] = [
        rhythm.state(as_date(day), today) for rhythm, day in zip(rhythms, rows["known_until"], strict=True)
    ]
    rows["count"] = by_then.ffill(axis="columns").iloc[:, -1]
    rows["counted_to_target"] = rows["count"].where(rows["target"] > 0)
    rows["share_of_eligible"] = rows["count"] / rows["eligible"].where(rows["eligible"] > 0)
    before, start, end = (on(wide, day) for day in periods)
    rows["increase"], rows["increase_before"] = end - start, start - before
    rows["pushed"] = [_pushed(campaign, str(code), periods) for code in wide.index]
    rows["pace"] = [
        pace(by_then.loc[code].dropna(), rhythm) for code, rhythm in zip(wide.index, rhythms, strict=True)
    ]
    rows["areas"], rows["areas_counted"] = 1, rows["count"].notna().astype(int)
    rows["areas_on_time"] = (rows["data"] == "on_time").astype(int)
    return rows.assign(**_compared(rows, periods, rows.index))


def _pushed(campaign: Campaign, code: str, periods: Periods) -> bool:
    """Whether an area had a push in either period."""
    return any(
        one.area == code
        and pd.Timestamp(one.first_day) <= periods.end
        and (one.last_day is None or pd.Timestamp(one.last_day) > periods.before)
        for one in campaign.pushes
    )


def _compared(rows: pd.DataFrame, periods: Periods, by: "pd.Index[str] | list[str]") -> pd.DataFrame:
    """Add up what areas known at both ends added; set two periods side by side over the same areas.

    Parameters
    ----------
    rows
        One an area: ``increase`` and ``increase_before`` (persons, empty where an end was not counted),
        ``pushed``.
    by
        Which sum each row belongs to.

    Returns
    -------
    DataFrame
        One row a sum.
    """
    now, before, scale = rows["increase"], rows["increase_before"], periods.days / periods.days_before
    three = now.notna() & before.notna()
    alone = three & ~rows["pushed"]
    parts = pd.DataFrame(
        {
            "increase": now,
            "areas_compared": now.notna(),
            "now": now.where(three),
            "before": scale * before.where(three),
            "change_areas": three,
            "pushed_areas": three & rows["pushed"],
            "now_alone": now.where(alone),
            "before_alone": scale * before.where(alone),
            "unpushed_areas": alone,
            "unpushed_up": alone & (now > scale * before),
        }
    )
    sums = parts.groupby(pd.Index(by)).sum(min_count=1)
    change = sums["now"] - sums["before"]
    alone_change = sums["now_alone"] - sums["before_alone"]
    return sums.assign(
        increase_from=periods.start,
        increase_to=periods.end,
        increase_days=periods.days,
        before_from=periods.before,
        change=change,
        change_share=change / sums["before"].where(sums["before"] > 0),
        unpushed_change_share=alone_change / sums["before_alone"].where(sums["before_alone"] > 0),
    ).drop(columns=["now", "before", "now_alone", "before_alone"])


def _sum_of(location: str, codes: Sequence[str], rows: pd.DataFrame, ground: _Ground) -> dict[str, Any]:
    """Add areas up: of one of which nothing is known nothing is added, and the sum says how many it is of."""
    mine = rows.loc[list(codes)]
    day = ground.periods.end if location == TOTAL else mine["day"].max()
    older = mine[(mine["day"] < day) & mine["count"].notna()]
    rated, states = mine[mine["eligible"] > 0], mine["data"].unique()
    own = mine if (mine["target"].isna()).all() else mine[mine["target"] > 0]
    return {
        "location": location,
        "level": "total" if location == TOTAL else "parent",
        "data": states[0] if len(states) == 1 else "late",
        "known_until": mine["known_until"].max(),
        "day": day,
        "count": mine["count"].sum(min_count=1),
        "older_count": older["count"].sum(min_count=1),
        "older_day": older["day"].max(),
        "older_areas": len(older),
        "eligible": mine["eligible"].sum(min_count=1),
        "counted_to_target": own["count"].sum(min_count=1),
        "share_of_eligible": rated["count"].sum(min_count=1) / rated["eligible"].sum()
        if len(rated)
        else np.nan,
        "pace": own["pace"].sum(min_count=1),  # of the areas that the pace needed is of
        **{name: int(mine[name].sum()) for name in ("areas", "areas_counted", "areas_on_time")},
        **_compared(mine, ground.periods, [location] * len(mine)).iloc[0],
    }


def _beside_target(row: dict[str, Any], codes: Sequence[str], goal: float, ground: _Ground) -> dict[str, Any]:
    """Set a row beside its target: share, what is missing, the pace it takes, the deadline, the day reached.

    Only areas that have a target are in the count that is set beside it; where none has one, the campaign's
    is one for all of them.
    """
    end, counted = ground.periods.end, row["counted_to_target"]
    own = ground.facts.loc[list(codes), "target"]
    wide = ground.wide.loc[own.index if own.isna().all() else own.index[own > 0]]
    row["target"], row["share"] = goal, counted / goal if goal > 0 else np.nan
    row["missing"] = max(goal - counted, 0.0) if pd.notna(counted) and goal > 0 else np.nan
    row["reached_on"] = _reached_on(wide.loc[:, :end], goal)
    row["phase"] = _phase(row["missing"] == 0, ground, codes)
    row["deadline"] = ground.deadline
    if ground.deadline is None:
        return row
    if not ground.over:
        left = (ground.deadline - end).days
        row["pace_needed"] = row["missing"] / left
        row["pace_ratio"] = row["pace_needed"] / row["pace"] if row["pace"] > 0 else np.nan
        return row
    by_then = wide.loc[:, : ground.deadline]
    if by_then.notna().any(axis=None):
        row["deadline_count"] = by_then.ffill(axis="columns").iloc[:, -1].sum(min_count=1)
        row["deadline_day"] = common_day(by_then, own.loc[wide.index].fillna(1.0))
    return row


def _phase(reached: bool, ground: _Ground, codes: Sequence[str]) -> Phase:
    if reached:
        return "reached"
    if ground.over:
        return "after_deadline"
    days = ground.wide.columns[ground.wide.loc[list(codes)].notna().any()]
    known = ground.periods.end - pd.Timestamp(days[0]) if len(days) else pd.Timedelta(0)
    return "early" if known + pd.Timedelta(days=1) < EARLY else "running"


def _reached_on(wide: pd.DataFrame, goal: float) -> pd.Timestamp | None:
    """Return the first day from which the sum of the newest counts is at the goal, and stays there."""
    if not goal > 0 or wide.empty:
        return None
    below = (wide.ffill(axis="columns").sum() < goal).to_numpy()
    if below[-1]:
        return None
    return pd.Timestamp(wide.columns[int(np.flatnonzero(below).max(initial=-1)) + 1])


def _data(rows: pd.DataFrame, usual: Rhythm, today: date) -> Data:
    """Say of a drive whether what is due is in: silent where nothing came of the whole newest period."""
    if (rows["data"] == "on_time").all():
        return "fresh"
    latest = as_date(rows["known_until"].max())
    quiet = latest is None or latest <= usual.back(usual.due(today))
    return "silent" if quiet and not (rows["data"] == "on_time").any() else "late"
