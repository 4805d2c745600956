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
from analysis.forecast.blocks import WHOLE, Ahead, Part, draws_for, whole_blocks
from analysis.forecast.clean import drop_impossible, hold_last
from analysis.forecast.completion import Goal, noted
from analysis.forecast.ensemble import ensemble
from analysis.forecast.history import TOTAL, Deadline, NoForecastError, leave_out
from analysis.forecast.models import Model, naive, structural
from analysis.forecast.nowcast import late_table
from analysis.forecast.paths import Paths, Sums
from analysis.forecast.record import Said, record_table, score_said
from analysis.forecast.reduced import HORIZONS, Reduced, fan_table
from analysis.forecast.weekly import check_history
from analysis.forked import side_by_side

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from analysis.forecast.history import History
    from analysis.forecast.weekly import Columns

MODELS: dict[str, Model] = {"naive": naive, "structural": structural, "ensemble": ensemble}
HEADLINE, REFERENCE = "ensemble", "naive"
BEYOND = 60
"""Days the paths run past the deadline, so that a late completion still has a date; and without one."""
STANDS = [
    "location", "known_until", "count", "target", "share", "share_of_eligible", "pace", "pace_needed",
]  # fmt: skip
"""Columns of the standing that a forecast is read beside."""
ANSWER = [
    "location", "share_of_target", "probability_by_deadline", "date_p10", "date_p50", "date_p90",
    "probability_not_within_horizon", "expected_shortfall", "extra_a_day_for_half", "share_of_uncertainty",
]  # fmt: skip
"""Columns of `Outlook.completion` that answer the question; the others are in the file."""


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
    for columns, block in whole_blocks(history, model, Ahead(days, draws, most, part), rng):
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
