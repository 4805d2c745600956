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
from analysis.standing.record import Data, Phase, Standing, as_date

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

    @cached_property
    def young(self) -> int:
        """How many of the days are so long ago that a drive that had begun by them is not too young."""
        return self.until(self.periods.end + pd.Timedelta(days=1) - EARLY)


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
    table = [
        _beside_target(row, np.array([at]), float(row["target"]), ground)
        for at, row in enumerate(_records(rows))
    ]
    tree = campaign.tree(as_of.astimezone(campaign.zone).date())
    place = {str(code): at for at, code in enumerate(rows.index)}
    members = {one: np.array([place[leaf] for leaf in tree.leaves_of(one)]) for one in sorted(tree.children)}
    sums = _sums({**members, TOTAL: np.arange(len(rows))}, rows, ground)
    for location, at in members.items():
        table.append(_beside_target(sums[location], at, _added(ground.target[at]), ground))
    whole = sums[TOTAL] | {"data": _data(rows, usual, today)}
    goal = float(campaign.target_count(target)) if target else np.nan
    return Standing.of([*table, _beside_target(whole, np.arange(len(rows)), goal, ground)])


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
    rows["pushed"] = rows.index.isin(_pushed(campaign, periods))
    rows["pace"] = paces(ground.counts[:, :by_then], ground.days[:by_then], rhythms)
    rows["areas"], rows["areas_counted"] = 1, rows["count"].notna().astype(int)
    rows["areas_on_time"] = (rows["data"] == "on_time").astype(int)
    return rows.assign(**_compared(rows, periods, rows.index))


def _pushed(campaign: Campaign, periods: Periods) -> set[str]:
    """Return the areas that had a push in either period."""
    return {
        one.area
        for one in campaign.pushes
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


def _sums(
    members: dict[str, NDArray[np.intp]], rows: pd.DataFrame, ground: _Ground
) -> dict[str, dict[str, Any]]:
    """Add areas up: of one of which nothing is known nothing is added, and a sum says how many it is of."""
    every = np.concatenate(list(members.values()))
    by = np.repeat(list(members), [len(at) for at in members.values()])
    compared = _compared(rows.iloc[every], ground.periods, by)
    periods = dict(zip(compared.index, _records(compared), strict=True))
    columns = {str(name): column.to_numpy() for name, column in rows.items()}
    return {
        location: _sum_of(location, {name: column[at] for name, column in columns.items()}, ground)
        | periods[location]
        for location, at in members.items()
    }


def _records(rows: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(name): value for name, value in row.items()} for row in rows.to_dict("records")]


def _sum_of(location: str, mine: dict[str, NDArray[Any]], ground: _Ground) -> dict[str, Any]:
    """Add the areas of one sum up, given by the columns of their rows."""
    count, day, states = mine["count"], _latest(mine["day"]), set(mine["data"])
    day = ground.periods.end if location == TOTAL else day
    older = (mine["day"] < day.to_datetime64()) & ~np.isnan(count)
    rated = (mine["eligible"] > 0) & ~np.isnan(count)  # a rate is of areas of which both are known
    own = slice(None) if np.isnan(mine["target"]).all() else mine["target"] > 0
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
        "counted_to_target": _added(count[own]),
        "share_of_eligible": _added(count[rated]) / mine["eligible"][rated].sum() if rated.any() else np.nan,
        "pace": _added(mine["pace"][own]),  # of the areas that the pace needed is of
        **{name: int(mine[name].sum()) for name in ("areas", "areas_counted", "areas_on_time")},
    }


def _latest(days: NDArray[np.datetime64]) -> pd.Timestamp:
    """Return the newest of some days; empty where there is none."""
    known = days[~np.isnat(days)]
    return pd.Timestamp(known.max()) if known.size else pd.NaT  # type: ignore[return-value]


def _beside_target(row: dict[str, Any], at: NDArray[np.intp], goal: float, ground: _Ground) -> dict[str, Any]:
    """Set a row beside its target: share, what is missing, the pace it takes, the deadline, the day reached.

    Only areas that have a target are in the count that is set beside it; where none has one, the campaign's
    is one for all of them.
    """
    end, counted = ground.periods.end, row["counted_to_target"]
    own = at if np.isnan(ground.target[at]).all() else at[ground.target[at] > 0]
    row["target"], row["share"] = goal, counted / goal if goal > 0 else np.nan
    row["missing"] = max(goal - counted, 0.0) if pd.notna(counted) and goal > 0 else np.nan
    row["reached_on"] = _reached_on(own, goal, ground)
    row["phase"] = _phase(row["missing"] == 0, at, ground)
    row["deadline"] = ground.deadline
    if ground.deadline is None:
        return row
    if not ground.over:
        left = (ground.deadline - end).days
        row["pace_needed"] = row["missing"] / left
        row["pace_ratio"] = row["pace_needed"] / row["pace"] if row["pace"] > 0 else np.nan
        return row
    by_then = ground.until(ground.deadline)
    known = ground.carried[own, by_then - 1] if by_then else np.full(len(own), np.nan)
    if not np.isnan(known).all():
        row["deadline_count"] = _added(known)
        wide = pd.DataFrame(ground.counts[own, :by_then], columns=ground.days[:by_then])
        row["deadline_day"] = common_day(newest(wide), pd.Series(ground.target[own]).fillna(1.0))
    return row


def _phase(reached: bool, at: NDArray[np.intp], ground: _Ground) -> Phase:
    if reached:
        return "reached"
    if ground.over:
        return "after_deadline"
    begun = ~np.isnan(ground.carried[at, ground.young - 1 : ground.young])
    return "running" if begun.any() else "early"


def _reached_on(own: NDArray[np.intp], goal: float, ground: _Ground) -> pd.Timestamp | None:
    """Return the first day from which the sum of the newest counts is at the goal, and stays there."""
    if not goal > 0 or not own.size:
        return None
    below = np.nansum(ground.carried[own, : ground.by_then], axis=0) < goal
    if below[-1]:
        return None
    return pd.Timestamp(ground.days[int(np.flatnonzero(below).max(initial=-1)) + 1])


def _data(rows: pd.DataFrame, usual: Rhythm, today: date) -> Data:
    """Say of a drive whether what is due is in: silent where nothing came of the whole newest period."""
    if (rows["data"] == "on_time").all():
        return "fresh"
    latest = as_date(rows["known_until"].max())
    quiet = latest is None or latest <= usual.back(usual.due(today))
    return "silent" if quiet and not (rows["data"] == "on_time").any() else "late"
