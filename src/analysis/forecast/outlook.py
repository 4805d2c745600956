"""The forecast of a campaign, whole: paths, completion, past scores, and the tables a report prints."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis import contract
from analysis.campaign.rhythm import WEEK
from analysis.forecast.backtest import as_one, backtest, is_many, past_origins, summarise
from analysis.forecast.clean import drop_impossible, hold_last
from analysis.forecast.completion import Completion, Goal, noted
from analysis.forecast.drawn import in_order, quantiles, some_days
from analysis.forecast.ensemble import ensemble
from analysis.forecast.history import TOTAL, Deadline, NoForecastError, leave_out
from analysis.forecast.hub import date_rows, repeated, share_rows
from analysis.forecast.models import WHOLE, Model, Part, draws_for, naive, simulate, structural, whole_blocks
from analysis.forecast.nowcast import late_table
from analysis.forecast.paths import Paths, Sums
from analysis.forecast.record import DAILY, Said, record_table, score_said
from analysis.forecast.scenario import (
    ahead_with,
    compare_scenarios,
    effect_of_push,
    plan_pushes,
    with_ahead,
)
from analysis.forecast.weekly import check_history
from analysis.forked import side_by_side

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from analysis.forecast.history import History
    from analysis.forecast.weekly import Columns

MODELS: dict[str, Model] = {"naive": naive, "structural": structural, "ensemble": ensemble}
HEADLINE, REFERENCE = "ensemble", "naive"
HORIZONS = (7, 14, 28)
BEYOND = 60
"""Days the paths run past the deadline, so that a late completion still has a date; and without one."""
FAN_LEVELS = (0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975)


@dataclass(frozen=True)
class Outlook:
    """Everything the forecast of one campaign at one origin says.

    Attributes
    ----------
    history : History
        What it was made from.
    goal : Goal
    as_of : Timestamp
        Day of knowledge; nothing may have been counted on it.
    left_out : mapping of code to why
        Areas without eligible people, whose newest count is in the total's and does not grow; and those that
        were never counted: nothing of them is in any sum, and their target is in the sums' targets.
    sums : dict of model name to Paths
        Of the total, and of the parents where the model is the headline, `ensemble`; `naive` and
        `structural` are the references beside it, of the total as one series where areas are many.
    blocks : function
        Draws the headline's joint paths anew, some areas at a time with their columns; so many days of them
        and a part of the blocks, if told which.
    completion : DataFrame
        Headline model, one row a location; see `Completion`.
    forecasts : DataFrame
        Headline model in hubverse columns.
    fan : DataFrame
        Headline model, people by location and day: ``location, date, p2.5 ... p97.5``.
    nowcast : DataFrame
        What is counted and what is expected to have been done; see `late_table`.
    record : DataFrame
        What earlier reports said of the total, and what came; see `record_table`.
    past : DataFrame
        Every score at the campaign's own past origins; see `backtest`.
    scores : DataFrame
        Their means by model; see `summarise`.
    """

    history: History
    goal: Goal
    as_of: pd.Timestamp
    left_out: Mapping[str, str]
    sums: dict[str, Paths]
    blocks: Callable[..., Iterator[tuple[Columns, Paths]]]
    completion: pd.DataFrame
    forecasts: pd.DataFrame
    fan: pd.DataFrame
    nowcast: pd.DataFrame
    record: pd.DataFrame
    past: pd.DataFrame
    scores: pd.DataFrame

    @property
    def total(self) -> Paths:
        """The headline's paths of all areas together."""
        every = self.sums[HEADLINE]
        return every.of(np.array(every.areas) == TOTAL)


def forecast_campaign(
    history: History,
    goal: Goal,
    *,
    as_of: pd.Timestamp | None = None,
    draws: int | None = None,
    seed: int = 0,
    past: int = 6,
    said: Sequence[Said] = (),
) -> Outlook:
    """Forecast a campaign from each area's newest count to 60 days past its deadline.

    Where nothing can be forecast (nobody knows how many are eligible, or the drive is in its first week) the
    outlook has no path, and its completion the total's row alone, with the reason in its note.

    Parameters
    ----------
    history : History
    goal : Goal
    as_of : Timestamp, optional
        Day of knowledge; the newest day counted unless told. A later one says which days may have passed.
    draws : int, optional
        Joint sample paths per model; as `draws_for` unless told.
    seed : int
        The same seed gives the same numbers.
    past : int
        Earlier weekly origins to score the models on.
    said : sequence of Said
        What earlier reports published, to be scored by what came.
    """
    day = None if pd.isna(goal.deadline) else Deadline(goal.deadline, goal.binding, goal.known_from)
    everybody = replace(history, deadline=day)
    try:
        history, left_out = leave_out(everybody)
        check_history(history)
    except NoForecastError as why:
        return _not_forecast(everybody, goal, as_of, str(why))
    days, draws = goal.days_from(history.origin) + BEYOND, draws or draws_for(history)
    held, parents = _counted_in(everybody, left_out), _parents_in(history, everybody, goal)
    drawn, beside, own = (days, draws, seed), history, goal.own
    if is_many(history):
        aimed = [own is None or area in own for area in history.areas]
        beside, own = as_one(history.of(np.array(aimed))), own and own | {TOTAL}
    sums = {
        name: _total(_blocks(beside, model, drawn, parents, held), Sums({}, held, own))
        for name, model in MODELS.items()
        if name != HEADLINE
    }
    blocks = partial(_blocks, history, MODELS[HEADLINE], drawn, parents, held)
    origins = past_origins(history, WEEK, past)
    tasks: list[Callable[[], Any]] = [
        partial(_reduced, blocks, Reduced(history, goal, as_of, parents, held)),
        partial(backtest, history, MODELS, HORIZONS, origins, draws, seed, goal.targets, HEADLINE),
    ]
    headline, scored = side_by_side(tasks, worth=is_many(history))
    forecasts, completion, fan, sums[HEADLINE] = headline
    never = (goal.own or left_out.keys()) & (left_out.keys() - held.keys())
    completion = _of_counted(completion, {**parents, TOTAL: everybody.areas}, never)
    published = score_said(said, everybody)
    return Outlook(
        history=history,
        goal=goal,
        as_of=history.origin if as_of is None else as_of,
        left_out=left_out,
        sums={name: sums[name] for name in MODELS},
        blocks=blocks,
        completion=completion,
        forecasts=forecasts,
        fan=fan,
        nowcast=late_table(history, draws, seed),
        record=record_table(published),
        past=scored,
        scores=summarise(pd.concat([scored, published]) if len(published) else scored, REFERENCE),
    )


def _not_forecast(history: History, goal: Goal, as_of: pd.Timestamp | None, why: str) -> Outlook:
    """Return the outlook that has nothing to say but what is to be reached, and why it says no more."""
    none = np.zeros(0)
    paths = Paths(history.origin, (), none, none, pd.DatetimeIndex([]), np.zeros((1, 1, 0)), 1, none)
    tables = {
        name: pd.DataFrame(columns=contract.columns(f"{name}.csv"))
        for name in ("completion", "forecasts", "nowcast", "record", "scores")
    }
    if TOTAL in goal.targets and not pd.isna(goal.deadline):
        row = {"location": TOTAL, "target": goal.targets[TOTAL], "known_until": history.origin, "note": why}
        tables["completion"] = pd.DataFrame([row], columns=tables["completion"].columns)
    return Outlook(
        history=history,
        goal=goal,
        as_of=history.origin if as_of is None else as_of,
        left_out=dict.fromkeys(history.areas, why),
        sums=dict.fromkeys(MODELS, paths),
        blocks=lambda most=None: iter(()),
        fan=fan_table(paths),
        past=pd.DataFrame(columns=["model"]),
        **tables,
    )


def _blocks(
    history: History,
    model: Model,
    drawn: tuple[int, int, int],
    parents: Mapping[str, tuple[str, ...]],
    held: Mapping[str, float],
    most: int | None = None,
    part: Part = WHOLE,
) -> Iterator[tuple[Columns, Paths]]:
    """Draw a model's paths so many days ahead, so many of them, from a seed; see `whole_blocks`."""
    days, draws, seed = drawn
    rng = np.random.default_rng(seed)
    for columns, block in whole_blocks(history, model, days, draws, rng, most, part):
        # what stands beside the areas that are forecast is of the first part, or each would add it
        yield columns, replace(block, parents=parents, held={} if part[0] else held)


def _total(blocks: Iterator[tuple[Columns, Paths]], sums: Sums) -> Paths:
    for _, block in blocks:
        sums.add(block)
    return sums.paths()


def _reduced(
    blocks: Callable[[], Iterator[tuple[Columns, Paths]]], reduced: Reduced
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, Paths]:
    for columns, block in blocks():
        reduced.add(columns, block)
    return reduced.finish()


class Reduced:
    """What is kept of the headline's paths while they go by in blocks: tables of areas, and the sums."""

    def __init__(
        self,
        history: History,
        goal: Goal,
        as_of: pd.Timestamp | None,
        parents: Mapping[str, tuple[str, ...]],
        held: Mapping[str, float],
    ) -> None:
        self._history, self._goal = history, goal
        self._sums = self._aimed = Sums(parents, held)
        if goal.own is not None and not goal.own.issuperset((*history.areas, *held)):
            self._aimed = Sums(parents, held, goal.own)
        self._completion = Completion(goal, history, as_of)
        self._seen: list[Columns] = []
        self._tables: dict[str, list[pd.DataFrame]] = {"shares": [], "dates": [], "fan": []}

    def add(self, columns: Columns, block: Paths) -> None:
        """Take what is kept of some areas."""
        self._seen.append(columns)
        self._completion.add(block)
        self._keep(block, block, block, self._read(block.dates))
        self._sums.add(block)
        if self._aimed is not self._sums:
            self._aimed.add(block)

    def finish(self) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, Paths]:
        """Return hubverse rows, completion, fan, and the paths of the sums; areas in their own order."""
        together, aimed = self._sums.paths(), self._aimed.paths()
        completion = self._completion.finish(self._aimed)
        # eligible are the people of the areas that are forecast: of them is the share
        forecast = replace(together, course=together.course - self._sums.beside)
        self._keep(forecast, aimed, aimed, slice(None))
        tables = [*(pd.concat(one, ignore_index=True) for one in self._tables.values()), completion]
        if (np.diff(np.concatenate(self._seen)) < 0).any():
            order = {place: at for at, place in enumerate((*self._history.areas, *together.areas))}
            tables = [_in_order(table, order) for table in tables]
        shares, dates, fan, completion = tables
        return pd.concat([shares, dates], ignore_index=True), completion, fan, aimed

    def _read(self, dates: pd.DatetimeIndex) -> NDArray[np.bool_] | slice:
        """Return of which days the tables have rows of areas."""
        if len(self._history.areas) <= DAILY:
            return slice(None)
        return np.asarray((np.arange(1, len(dates) + 1) % WEEK == 0) | (dates == self._goal.deadline))

    def _keep(self, shares: Paths, dates: Paths, fan: Paths, days: NDArray[np.bool_] | slice) -> None:
        target = np.array([self._goal.targets.get(place, np.nan) for place in dates.areas])
        self._tables["shares"].append(share_rows(shares, HORIZONS))
        self._tables["dates"].append(date_rows(dates, target, days))
        self._tables["fan"].append(fan_table(fan, days))


def _in_order(table: pd.DataFrame, order: Mapping[str, int]) -> pd.DataFrame:
    """Put a table's rows in the order of their locations, however the blocks came."""
    return table.iloc[np.argsort(table["location"].map(order), kind="stable")].reset_index(drop=True)


def _counted_in(history: History, areas: Collection[str]) -> dict[str, float]:
    """People by the newest count of each of some areas, where there is one."""
    newest = pd.Series(hold_last(drop_impossible(history.reported))[-1], index=history.areas)
    return {str(area): float(count) for area, count in newest[list(areas)].dropna().items()}


def _of_counted(
    completion: pd.DataFrame, members: Mapping[str, tuple[str, ...]], never: Collection[str]
) -> pd.DataFrame:
    """Note of each sum how many of its areas were never counted: they are in its target, not in its count."""
    lacking = {code: sum(one in never for one in below) for code, below in members.items()}
    said = {
        code: f"{many} of its areas never counted, so not in it" for code, many in lacking.items() if many
    }
    return noted(completion, said)


def _parents_in(history: History, everybody: History, goal: Goal) -> dict[str, tuple[str, ...]]:
    """Return the areas of each parent that has one that is forecast."""
    known = set(everybody.areas)
    members = {code: tuple(one for one in below if one in known) for code, below in goal.parents.items()}
    return {code: below for code, below in members.items() if set(below) & set(history.areas)}


def last_week(history: History, *, draws: int | None = None, seed: int = 0) -> pd.DataFrame:
    """Set what the headline model said a week ago for the newest day beside what came.

    The forecast sees the days up to its origin and none after, with those days' counts as they stand now.

    Returns
    -------
    DataFrame
        One row for each area that was counted by the origin and on the newest day, the sum of these areas
        last: ``location, origin_date, target_end_date, p10, p50, p90, actual`` (persons). No row where
        nothing could be forecast a week ago.
    """
    rows = [pd.DataFrame(columns=contract.columns("last_week.csv"))]
    try:
        history, _ = leave_out(history)
    except NoForecastError:
        return rows[-1]
    draws = draws or draws_for(history)
    newest = pd.Series(drop_impossible(history.reported)[-1], index=history.areas)
    for origin in past_origins(history, WEEK, 1):
        before, _ = leave_out(history.until(origin))
        paths = simulate(before, MODELS[HEADLINE], WEEK, draws, np.random.default_rng(seed))
        came = newest[list(before.areas)].to_numpy()
        there = np.isfinite(came)
        said = np.ascontiguousarray(paths.values[:, -1])[:, there]
        everyone = np.column_stack([said, said.sum(axis=1)])
        p10, p50, p90 = np.round(np.quantile(everyone, (0.1, 0.5, 0.9), axis=0), 6)
        columns = {
            "location": [*np.array(before.areas)[there], TOTAL],
            "origin_date": origin,
            "target_end_date": history.origin,
            "p10": p10,
            "p50": p50,
            "p90": p90,
            "actual": np.append(came[there], came[there].sum()),
        }
        rows.append(pd.DataFrame(columns))
    return rows[-1]


def fan_table(paths: Paths, days: NDArray[np.bool_] | slice = slice(None)) -> pd.DataFrame:
    """Quantiles of the cumulative count (people) by area and day, of all days ahead unless told which."""
    dates = paths.dates[days]
    levels = quantiles(in_order(some_days(paths.values, days)), FAN_LEVELS).transpose(0, 2, 1)
    names = {f"p{level * 100:g}": np.round(q.ravel(), 6) for level, q in zip(FAN_LEVELS, levels, strict=True)}
    return pd.DataFrame(
        {
            "location": repeated(paths.areas, len(dates)),
            "date": np.tile(dates, len(paths.areas)),
            **names,
        }
    )


STANDS = [
    "location", "known_until", "count", "target", "share", "share_of_eligible", "pace", "pace_needed",
]  # fmt: skip
"""Columns of the standing that a forecast is read beside."""
ANSWER = [
    "location", "share_of_target", "probability_by_deadline", "date_p10", "date_p50", "date_p90",
    "probability_not_within_horizon", "expected_shortfall", "extra_a_day_for_half", "share_of_uncertainty",
]  # fmt: skip
"""Columns of `Outlook.completion` that answer the question; the others are in the file."""


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
        return ahead_with(outlook.blocks(ahead, half), goal, plans, effect, seed)

    made = side_by_side([partial(summed, half) for half in halves], worth=many)
    pushed = np.sum([one for one in made if one.size], axis=0)
    return compare_scenarios(total, with_ahead(total, pushed), goal, plans)
