"""From the panel to where a drive stands."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.campaign import TOTAL, Campaign, Rhythm, last_whole_day
from analysis.panel import tallied
from analysis.standing.periods import Periods, carried, common_day, newest, on, paces
from analysis.standing.record import Data, Standing, as_date

EARLY = timedelta(weeks=3)
"""A drive of which less is known is too young for more than where it is."""


@dataclass(frozen=True)
class _Ground:
    """What every row stands on; A areas, T days on which anybody counted."""

    counts: NDArray[np.float64]  # tallies as they were made (A, T), persons; empty: not counted
    carried: NDArray[np.float64]  # the newest tally of each area by each day (A, T)
    days: pd.DatetimeIndex  # those days (T,)
    target: NDArray[np.float64]  # persons of each area (A,)
    periods: Periods  # the newest period, which ends on the common day, and the one before
    deadline: pd.Timestamp | None  # last day of the target in force; none without a target
    over: bool  # whether no day is left on which the target could still be met in time

    def until(self, day: pd.Timestamp) -> int:
        """Return how many of the days had come by the end of one."""
        return int(self.days.searchsorted(day, side="right"))

    @cached_property
    def by_then(self) -> int:
        """How many of the days had come by the end of the newest period."""
        return self.until(self.periods.end)

    @property
    def begun(self) -> NDArray[np.bool_]:
        """Whether each area counted so long ago that its drive is not too young."""
        young = self.until(self.periods.end + pd.Timedelta(days=1) - EARLY)
        return np.asarray(np.isfinite(self.carried[:, young - 1 : young]).any(axis=1))


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
    end = common_day(newest(wide), weights)
    deadline = pd.Timestamp(target.deadline) if target else None
    ground = _Ground(
        counts=wide.to_numpy(dtype=np.float64),
        carried=carried(wide),
        days=pd.DatetimeIndex(wide.columns),
        target=facts["target"].to_numpy(dtype=np.float64),
        periods=Periods.until(end, wide, weights, usual),
        deadline=deadline,
        over=deadline is not None and max(pd.Timestamp(today), end) >= deadline,
    )
    rows = _areas(ground, wide, facts, campaign, today)
    day = as_of.astimezone(campaign.zone).date()
    rows["pushed"], tree = rows.index.isin(_pushed(campaign, ground.periods, day)), campaign.tree(day)
    rows = rows.assign(**_compared(rows, ground.periods, rows.index))
    place = {str(code): at for at, code in enumerate(rows.index)}
    members = {one: np.array([place[leaf] for leaf in tree.leaves_of(one)]) for one in sorted(tree.children)}
    members[TOTAL] = np.arange(len(rows))
    sums = _sums(members, rows, ground)
    sums.loc[TOTAL, "data"] = _data(rows, usual, today)
    sums.loc[TOTAL, "target"] = float(campaign.target_count(target)) if target else np.nan
    every = pd.concat([rows, sums], ignore_index=True)
    return Standing.of(_beside_target(every, _courses(members, ground), ground))


def _weights(facts: pd.DataFrame) -> "pd.Series[float]":
    """Weigh areas by their target, where no area has one by the eligible, else all alike."""
    for name in ("target", "eligible"):
        if facts[name].fillna(0).sum() > 0:
            return facts[name].fillna(0.0)
    return pd.Series(1.0, index=facts.index)


def _added(values: NDArray[np.float64]) -> float:
    """Return the sum of what is known; empty where nothing is."""
    known = ~np.isnan(values)
    return float(np.where(known, values, 0.0).sum()) if known.any() else np.nan


def _areas(
    ground: _Ground, wide: pd.DataFrame, facts: pd.DataFrame, campaign: Campaign, today: date
) -> pd.DataFrame:
    """Say of every area what can be said of it alone."""
    periods, by_then = ground.periods, ground.by_then
    rhythms = [campaign.rhythm_of(str(code)) for code in wide.index]
    rows = facts.assign(location=wide.index.astype(str), level="area")
    rows["known_until"], rows["day"] = newest(wide), newest(wide.iloc[:, :by_then])
    rows["data"] = [
        rhythm.state(as_date(day), today) for rhythm, day in zip(rhythms, rows["known_until"], strict=True)
    ]
    rows["count"] = ground.carried[:, by_then - 1]
    rows["counted_to_target"] = rows["count"].where(rows["target"] > 0)
    rows["share_of_eligible"] = rows["count"] / rows["eligible"].where(rows["eligible"] > 0)
    before, start, end = (on(wide, day) for day in periods)
    rows["increase"], rows["increase_before"] = end - start, start - before
    rows["pace"] = paces(ground.counts[:, :by_then], ground.days[:by_then], rhythms)
    rows["areas"], rows["areas_counted"] = 1, rows["count"].notna().astype(int)
    rows["areas_on_time"] = (rows["data"] == "on_time").astype(int)
    rows["begun"] = ground.begun
    rows["deadline_count"], rows["deadline_day"] = np.nan, pd.NaT
    if ground.deadline and ground.over and (by_deadline := ground.until(ground.deadline)):
        aimed = rows["target"].isna() | (rows["target"] > 0)
        rows["deadline_count"] = pd.Series(ground.carried[:, by_deadline - 1], index=rows.index).where(aimed)
        rows["deadline_day"] = newest(wide.iloc[:, :by_deadline]).where(aimed)
    return rows


def _pushed(campaign: Campaign, periods: Periods, day: date) -> set[str]:
    """Return the areas of a day that had a push in either period."""
    return {
        one.area
        for one in campaign.pushes_on(day)
        if pd.Timestamp(one.first_day) <= periods.end
        and (one.last_day is None or pd.Timestamp(one.last_day) > periods.before)
    }


def _compared(rows: pd.DataFrame, periods: Periods, by: "pd.Index[str] | NDArray[np.str_]") -> pd.DataFrame:
    """Add up what areas known at both ends added; set two periods side by side over the same areas.

    ``rows`` has one an area: ``increase`` and ``increase_before`` (persons, empty where an end was not
    counted) and ``pushed``; ``by`` says which sum each belongs to. Returns one row a sum.
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
        change_share=change / sums["before"].where((sums["before"] > 0) & (sums["now"] >= 0)),
        unpushed_change_share=alone_change
        / sums["before_alone"].where((sums["before_alone"] > 0) & (sums["now_alone"] >= 0)),
    ).drop(columns=["now", "before", "now_alone", "before_alone"])


def _sums(members: dict[str, NDArray[np.intp]], rows: pd.DataFrame, ground: _Ground) -> pd.DataFrame:
    """Add areas up: of one of which nothing is known nothing is added, and a sum says how many it is of."""
    every = np.concatenate(list(members.values()))
    by = np.repeat(list(members), [len(at) for at in members.values()])
    columns = {str(name): column.to_numpy() for name, column in rows.items()}
    sums = [
        _sum_of(location, {name: column[at] for name, column in columns.items()}, ground)
        for location, at in members.items()
    ]
    return pd.DataFrame(sums, index=list(members)).join(_compared(rows.iloc[every], ground.periods, by))


def _sum_of(location: str, mine: dict[str, NDArray[Any]], ground: _Ground) -> dict[str, Any]:
    """Add the areas of one sum up, given by the columns of their rows."""
    count, day, states = mine["count"], _latest(mine["day"]), set(mine["data"])
    day = ground.periods.end if location == TOTAL else day
    older = (mine["day"] < day.to_datetime64()) & ~np.isnan(count)
    rated = (mine["eligible"] > 0) & ~np.isnan(count)  # a rate is of areas of which both are known
    own = _aimed(mine["target"])
    return {
        "location": location,
        "level": "total" if location == TOTAL else "parent",
        "data": states.pop() if len(states) == 1 else "late",
        "known_until": _latest(mine["known_until"]),
        "day": day,
        "count": _added(count),
        "older_count": _added(count[older]),
        "older_day": _latest(mine["day"][older]),
        "older_areas": int(older.sum()),
        "eligible": _added(mine["eligible"]),
        "target": _added(mine["target"]),
        "counted_to_target": _added(count[own]),
        "share_of_eligible": _added(count[rated]) / mine["eligible"][rated].sum() if rated.any() else np.nan,
        "pace": _added(mine["pace"][own]),  # of the areas that the pace needed is of
        "begun": mine["begun"].any(),
        "deadline_count": _added(mine["deadline_count"][own]),
        "deadline_day": _common(mine["deadline_day"][own], mine["target"][own]),
        **{name: int(mine[name].sum()) for name in ("areas", "areas_counted", "areas_on_time")},
    }


def _aimed(targets: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return which areas of a sum are set beside its target: those that have one, or all where none has."""
    return np.isnan(targets).all() | (targets > 0)


def _common(days: NDArray[np.datetime64], targets: NDArray[np.float64]) -> pd.Timestamp:
    """Return the day that dates a sum of counts, each of its own day; empty where there is none."""
    if np.isnat(days).all():
        return pd.NaT  # type: ignore[return-value]
    return common_day(pd.Series(days), pd.Series(targets).fillna(1.0))


def _latest(days: NDArray[np.datetime64]) -> pd.Timestamp:
    """Return the newest of some days; empty where there is none."""
    known = days[~np.isnat(days)]
    return pd.Timestamp(known.max()) if known.size else pd.NaT  # type: ignore[return-value]


def _courses(members: dict[str, NDArray[np.intp]], ground: _Ground) -> NDArray[np.float64]:
    """Return what stands beside the target of each area, then of each sum, by the end of each day."""
    alone = np.nan_to_num(ground.carried)
    sums = (alone[at[_aimed(ground.target[at])]].sum(axis=0) for at in members.values())
    return np.vstack([alone, *sums])


def _beside_target(rows: pd.DataFrame, courses: NDArray[np.float64], ground: _Ground) -> pd.DataFrame:
    """Set rows beside their targets: share, what is missing, the pace it takes, deadline, the day reached.

    Only areas that have a target are in the count that is set beside it; where none has one, the campaign's
    is one for all of them.
    """
    goal = rows["target"].where(rows["target"] > 0)
    rows["share"] = rows["counted_to_target"] / goal
    rows["missing"] = (goal - rows["counted_to_target"]).clip(lower=0.0)
    rows["reached_on"] = _reached_on(goal.to_numpy(), courses[:, : ground.by_then], ground.days)
    by_age = np.where(rows["begun"], "running", "early")
    rows["phase"] = np.where(rows["missing"] == 0, "reached", "after_deadline" if ground.over else by_age)
    rows["deadline"] = ground.deadline
    if ground.deadline is not None and not ground.over:
        rows["pace_needed"] = rows["missing"] / (ground.deadline - ground.periods.end).days
        ahead = (rows["pace"] > 0) & (rows["missing"] > 0)
        rows["pace_ratio"] = rows["pace_needed"] / rows["pace"].where(ahead)
    return rows


def _reached_on(
    goals: NDArray[np.float64], courses: NDArray[np.float64], days: pd.DatetimeIndex
) -> "pd.Series[Any]":
    """Return the first day from which each course is at its goal, and stays there; empty where none is."""
    below = ~(courses >= goals[:, None])  # where there is no goal, too
    since = (courses.shape[1] - np.argmax(below[:, ::-1], axis=1)) * below.any(axis=1)
    reached = ~below[:, -1]
    return pd.Series(days[np.where(reached, since, 0)]).where(reached)


def _data(rows: pd.DataFrame, usual: Rhythm, today: date) -> Data:
    """Say of a drive whether what is due is in: silent where nothing came of the whole newest period."""
    if (rows["data"] == "on_time").all():
        return "fresh"
    latest = as_date(rows["known_until"].max())
    quiet = latest is None or latest <= usual.back(usual.due(today))
    return "silent" if quiet and not (rows["data"] == "on_time").any() else "late"
