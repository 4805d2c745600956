"""What a push would change: the headline's own paths with and without it, and nothing else.

The size of a push comes from the comparison's headline: what it brought on its day, and what of that was
still there a week later, per person not yet counted. The same sample paths carry both arms, so their
difference is the push.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis import contract
from analysis.campaign.rhythm import WEEK
from analysis.forecast.backtest import is_many
from analysis.forecast.blocks import WHOLE, Part
from analysis.forecast.completion import met_on, shortfall
from analysis.forecast.drawn import share_at_least, slices, summed
from analysis.forecast.history import TOTAL
from analysis.forecast.outlook import HEADLINE
from analysis.forecast.paths import Sums
from analysis.forked import side_by_side
from analysis.panel import compared_from, pushes_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from analysis.forecast.completion import Goal
    from analysis.forecast.outlook import Outlook
    from analysis.forecast.paths import Paths
    from analysis.forecast.weekly import Columns

ESTIMATOR, ON_DAY, BY_WEEK = "headline", 0, 6
NORMAL_95 = 1.959964


@dataclass(frozen=True)
class PushEffect:
    """What a push brings, as shares of the people not yet counted in the area that day.

    Attributes
    ----------
    on_day, on_day_sd : float
        Counted on the day who would not have been.
    by_week, by_week_sd : float
        Of those and of the six days after together: what is left once the pulled forward are missing.
    weekday : int
        Of the push the effect was estimated on; Monday is 0.
    areas : tuple of str
        Where there was a push.
    between : tuple of float
        Standard deviation between areas of both shares: how unlike a new area may be.
    """

    on_day: float
    on_day_sd: float
    by_week: float
    by_week_sd: float
    weekday: int
    areas: tuple[str, ...]
    between: tuple[float, float] = (0.0, 0.0)


@dataclass(frozen=True)
class Scenario:
    """A name, its pushes (area, day), and how good they are beside the one that was estimated."""

    name: str
    pushes: tuple[tuple[str, pd.Timestamp], ...]
    as_good: float = 1.0

    @cached_property
    def by_day(self) -> dict[pd.Timestamp, frozenset[str]]:
        """Areas pushed on each day: a nation's are asked for block by block."""
        days: dict[pd.Timestamp, set[str]] = {}
        for area, day in self.pushes:
            days.setdefault(day, set()).add(area)
        return {day: frozenset(areas) for day, areas in days.items()}


def effect_of_push(effects: pd.DataFrame, panel: pd.DataFrame) -> PushEffect | None:
    """Read what a push brings from the headline and the panel it was estimated on; None if not said."""
    rows = effects[(effects["estimator"] == ESTIMATOR) & (effects["first_day"] == 0)].set_index("last_day")
    numbers = ["extra_persons", "extra_low", "extra_high"]
    first = compared_from(panel)
    every = pushes_of(panel)
    day = pd.NaT if first is None else pd.Timestamp(first)
    wave = every.index[(every["first_day"] == day) & (every["why"] != "partly")]
    pushed = panel[(panel["date"] == day) & panel["area"].isin(wave)]
    exposed = float(pushed["remaining"].clip(lower=0).sum())  # as compared: of those past their eligible none
    if not {ON_DAY, BY_WEEK} <= set(rows.index) or exposed <= 0:
        return None
    found = rows.loc[[ON_DAY, BY_WEEK], numbers].to_numpy(dtype=np.float64) / exposed
    if not np.isfinite(found).all():
        return None
    day, week = found
    spread = rows.get("area_spread", pd.Series(0.0, index=rows.index)).fillna(0.0)
    return PushEffect(
        on_day=float(day[0]),
        on_day_sd=float(day[2] - day[1]) / (2 * NORMAL_95),
        by_week=float(week[0]),
        by_week_sd=float(week[2] - week[1]) / (2 * NORMAL_95),
        weekday=int(pushed["date"].iloc[0].weekday()),
        areas=tuple(sorted(panel.loc[panel["treated_from"].notna(), "area"].unique())),
        between=(float(spread[ON_DAY]), float(spread[BY_WEEK])),
    )


def plan_pushes(
    paths: Paths, goal: Goal, effect: PushEffect, as_of: pd.Timestamp | None = None
) -> list[Scenario]:
    """Plans on the weekday of the push that was estimated: areas without one, all, all every week.

    None lies on a day that has passed on the day `as_of` (the origin unless told).
    """
    coming = paths.dates if as_of is None else paths.dates[paths.dates > as_of]
    days = [day for day in coming if day.weekday() == effect.weekday and day <= goal.deadline]
    if not days:
        return []
    pushed = set(effect.areas)
    others = tuple(area for area in paths.areas if area not in pushed)
    weekly = tuple((area, day) for day in days for area in paths.areas)
    plans = [
        Scenario("areas without a push so far, half as good", tuple((area, days[0]) for area in others), 0.5),
        Scenario("areas without a push so far, once", tuple((area, days[0]) for area in others)),
        Scenario("all areas, once", weekly[: len(paths.areas)]),
        Scenario("all areas, every week to the deadline", weekly),
    ]
    return plans if days[1:] else plans[:-1]


def push(paths: Paths, scenario: Scenario, effect: PushEffect, seed: int, first: int = 0) -> Paths:
    """Return the same paths with the scenario's pushes in those of its areas that they are of.

    Each draw has one size of the push and one part kept, drawn from the effect's estimate, the same in every
    block of areas; each area has its own distance from them, drawn anew in each block, which is known by the
    column of its `first` area. What is not kept is missing evenly over the six days after. No path falls or
    passes its area's eligible people.
    """
    whole = np.empty_like(paths.course)
    whole[:] = paths.course
    for some, day, now in _day_by_day(paths, scenario, _shares(paths, effect, seed, first)):
        whole[some, day - paths.days] = now.T
    return replace(paths, course=whole)


def _shares(paths: Paths, effect: PushEffect, seed: int, first: int) -> NDArray[np.float64]:
    """Draw what part of the people left is counted by each day of a push's week (7, A, draws)."""
    rng, own = np.random.default_rng(seed), np.random.default_rng([seed, first])
    draws, _, areas = paths.values.shape
    on_day = effect.on_day + effect.on_day_sd * rng.standard_normal((draws, 1))
    by_week = effect.by_week + effect.by_week_sd * rng.standard_normal((draws, 1))
    apart = own.standard_normal((draws, areas))
    day_share = np.clip(on_day + effect.between[0] * apart, 0.0, 1.0)
    kept = np.clip(by_week + effect.between[1] * apart, 0.0, day_share)
    return np.linspace(np.ascontiguousarray(day_share.T), np.ascontiguousarray(kept.T), WEEK)


def _day_by_day(
    paths: Paths, scenario: Scenario, shares: NDArray[np.float64]
) -> Iterator[tuple[slice, int, NDArray[np.float64]]]:
    """Yield people (A, some draws) on each day after the origin with what pushes bring, some draws at a time.

    `shares` (7, A, draws) are of those left on the day of a push.
    """
    pushed, values = _pushed(paths, scenario), paths.values.transpose(1, 2, 0)
    eligible = paths.eligible[:, None]
    ceiling = np.maximum(eligible, values[-1])  # no path falls
    first = min(pushed, default=paths.days)
    for some in slices(values.shape[2], 2 * len(eligible)):
        highest, course = ceiling[:, some], scenario.as_good * shares[:, :, some]
        left: dict[int, NDArray[np.float64]] = {}
        settled: dict[int, NDArray[np.float64]] = {}
        before = values[0, :, some]
        for day, people in enumerate(values[:, :, some]):
            now = people.copy()
            for push_day, those in left.items():
                if day - push_day == WEEK - 1:
                    settled[push_day] = those * course[-1]
                now += settled[push_day] if push_day in settled else those * course[day - push_day]
            if day in pushed:
                left[day] = np.where(pushed[day][:, None], np.maximum(eligible - now, 0.0), 0.0)
                now += left[day] * course[0]
            if day >= first:
                np.minimum(np.maximum(now, before, out=now), highest, out=now)
            before = now
            yield some, day, now


def _pushed(paths: Paths, scenario: Scenario) -> dict[int, NDArray[np.bool_]]:
    """Return which of the areas (A,) a scenario pushes, by day after the origin, from 0, in order."""
    pushed: dict[int, NDArray[np.bool_]] = {}
    for day, areas in scenario.by_day.items():
        first = (day - paths.origin).days - 1
        if 0 <= first < paths.days:
            pushed[first] = np.array([area in areas for area in paths.areas], dtype=np.bool_)
    return {first: these for first, these in pushed.items() if these.any()}


def totals_with(
    blocks: Iterable[tuple[Columns, Paths]],
    without: Paths,
    goal: Goal,
    scenarios: Sequence[Scenario],
    effect: PushEffect,
    seed: int,
) -> list[Paths]:
    """Return the total's paths with each scenario's pushes, from the draws that it has `without` any.

    `blocks` are those of `Outlook.blocks`, some areas at a time with their columns: other blocks of the same
    areas would draw other distances. What is returned goes as far ahead as they do.
    """
    return _with_ahead(without, _ahead_with(blocks, goal, scenarios, effect, seed))


def _ahead_with(
    blocks: Iterable[tuple[Columns, Paths]],
    goal: Goal,
    scenarios: Sequence[Scenario],
    effect: PushEffect,
    seed: int,
) -> NDArray[np.float64]:
    """Sum blocks over their areas with each scenario's pushes (scenarios, days, draws); empty of no block."""
    sums, pushed = Sums({}, {}), np.empty((0, 0, 0))
    for columns, block in blocks:
        if not pushed.size:
            sums = Sums({}, block.held, goal.own)
            pushed = np.full((len(scenarios), block.days, len(block.course)), sums.beside[0])
        shares = _shares(block, effect, seed, int(columns[0]))
        for those in sums.groups(block.areas).values():
            for scenario, course in zip(scenarios, pushed, strict=True):
                for some, day, now in _day_by_day(block, scenario, shares):
                    course[day, some] += summed(now[None, those])[0]
    return pushed


def _with_ahead(without: Paths, pushed: NDArray[np.float64]) -> list[Paths]:
    """Put what is `_ahead_with` each scenario's pushes behind the days of the total that have passed."""
    before = without.course[:, : -without.days]
    after = (np.concatenate([before, one.T[:, :, None]], axis=1) for one in pushed)
    return [replace(without, course=course, days=pushed.shape[1]) for course in after]


def compare_scenarios(
    without: Paths, pushed: Iterable[Paths], goal: Goal, scenarios: Sequence[Scenario]
) -> pd.DataFrame:
    """One row a scenario, for the total: with the push, as `totals_with` gives it, and without.

    Columns: scenario, location, pushes (how many), probability of the deadline, median date (empty: not
    within the horizon) and expected shortfall (people) without and with, and the extra people on the
    deadline: median and 80 % range.
    """
    rows = [_compare(without, total, goal, one) for total, one in zip(pushed, scenarios, strict=True)]
    return pd.DataFrame(rows, columns=contract.columns("scenarios.csv"))


def _compare(without: Paths, pushed: Paths, goal: Goal, scenario: Scenario) -> dict[str, object]:
    """Row of a scenario from the total's paths in both arms."""
    target = np.array([goal.targets[TOTAL]])
    day = int(np.clip(goal.days_from(without.origin) - 1, 0, pushed.days - 1))
    extra = pushed.values[:, day, 0] - without.values[:, day, 0]
    low, middle, high = np.quantile(extra, [0.1, 0.5, 0.9])
    row: dict[str, object] = {"scenario": scenario.name, "location": TOTAL, "pushes": len(scenario.pushes)}
    for arm, paths in (("without", without), ("with", pushed)):
        lacking = shortfall(paths, target, goal.deadline)
        dates = met_on(paths, target, share_at_least(paths.course, target), 0.5)
        row[f"probability_{arm}"] = float((lacking == 0).mean())
        row[f"date_p50_{arm}"] = pd.Timestamp(dates[0])
        row[f"shortfall_{arm}"] = float(lacking.mean())
    return row | {"extra_median": middle, "extra_p10": low, "extra_p90": high}


def scenarios_for(
    outlook: Outlook, effects: pd.DataFrame, panel: pd.DataFrame, *, seed: int = 0
) -> pd.DataFrame:
    """Compare pushes like the one in `effects` with the headline; no rows where no push was estimated.

    A push only adds: beyond the deadline and the day by which half of the paths without one are at the target
    nothing is asked of those with it, and nothing is drawn.
    """
    effect = effect_of_push(effects, panel) if outlook.sums[HEADLINE].areas else None
    every = replace(outlook.sums[HEADLINE], areas=outlook.history.areas)  # a plan is of areas and days alone
    plans = [] if effect is None else plan_pushes(every, outlook.goal, effect, outlook.as_of)
    if effect is None or not plans:
        return pd.DataFrame(columns=contract.columns("scenarios.csv"))
    goal, total = outlook.goal, outlook.total
    half = outlook.completion.set_index("location")["date_p50"][TOTAL]
    ahead = None if pd.isna(half) else max(goal.days_from(total.origin), int((half - total.origin).days))
    # A nation's in two halves whatever the machine: sums in another order would end in other digits.
    many = is_many(outlook.history)
    halves: list[Part] = [(0, 2), (1, 2)] if many else [WHOLE]

    def summed(half: Part) -> NDArray[np.float64]:
        return _ahead_with(outlook.blocks(ahead, half), goal, plans, effect, seed)

    made = side_by_side([partial(summed, half) for half in halves], worth=many)
    pushed = np.sum([one for one in made if one.size], axis=0)
    return compare_scenarios(total, _with_ahead(total, pushed), goal, plans)
