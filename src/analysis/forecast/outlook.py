"""The forecast of a campaign, whole: paths, completion, past scores, and the tables a report prints."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis import contract
from analysis.forecast.backtest import backtest, past_origins, summarise
from analysis.forecast.clean import drop_impossible, hold_last
from analysis.forecast.completion import Goal, completion_table
from analysis.forecast.ensemble import ensemble
from analysis.forecast.history import TOTAL, Deadline, leave_out
from analysis.forecast.hub import date_rows, share_rows
from analysis.forecast.models import Model, naive, simulate, structural
from analysis.forecast.nowcast import late_table
from analysis.forecast.record import Said, record_table, score_said
from analysis.forecast.scenario import compare_scenarios, effect_of_push, plan_pushes
from analysis.forecast.weekly import WEEK, check_history

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analysis.forecast.history import History
    from analysis.forecast.paths import Paths

MODELS: dict[str, Model] = {"naive": naive, "structural": structural, "ensemble": ensemble}
HEADLINE, REFERENCE = "ensemble", "naive"
HORIZONS = (7, 14, 28)
BEYOND = 60
"""Days the paths run past the deadline, so that a late completion still has a date."""
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
    left_out : tuple of str
        Areas without eligible people: their newest count is in the total's, and does not grow.
    paths : dict of model name to Paths
        `ensemble` is the headline; `naive` and `structural` are the references beside it.
    completion : DataFrame
        Headline model, one row a location; see `completion_table`.
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
    left_out: tuple[str, ...]
    paths: dict[str, Paths]
    completion: pd.DataFrame
    forecasts: pd.DataFrame
    fan: pd.DataFrame
    nowcast: pd.DataFrame
    record: pd.DataFrame
    past: pd.DataFrame
    scores: pd.DataFrame

    @property
    def headline(self) -> Paths:
        """Sample paths of the model the report goes by."""
        return self.paths[HEADLINE]


def forecast_campaign(
    history: History,
    goal: Goal,
    *,
    as_of: pd.Timestamp | None = None,
    draws: int = 1000,
    seed: int = 0,
    past: int = 6,
    said: Sequence[Said] = (),
) -> Outlook:
    """Forecast a campaign from each area's newest count to 60 days past its deadline.

    Parameters
    ----------
    history : History
    goal : Goal
    as_of : Timestamp, optional
        Day of knowledge; the newest day counted unless told. A later one says which days may have passed.
    draws : int
        Joint sample paths per model.
    seed : int
        The same seed gives the same numbers.
    past : int
        Earlier weekly origins to score the models on.
    said : sequence of Said
        What earlier reports published, to be scored by what came.

    Raises
    ------
    InputError
        Where no area's eligible people are known, or there is no whole week of counts yet.
    """
    everybody = replace(history, deadline=Deadline(goal.deadline, goal.binding, goal.known_from))
    history, left_out = leave_out(everybody)
    check_history(history)
    days = max(int((goal.deadline - history.origin).days), 0) + BEYOND
    held, parents = _counted_in(everybody, left_out), _parents_in(history, everybody, goal)
    paths = {
        name: replace(
            simulate(history, model, days, draws, np.random.default_rng(seed)), held=held, parents=parents
        )
        for name, model in MODELS.items()
    }
    headline = paths[HEADLINE]
    scored = backtest(history, MODELS, HORIZONS, past_origins(history, WEEK, past), draws, seed, goal.targets)
    published = score_said(said, everybody)
    return Outlook(
        history=history,
        goal=goal,
        as_of=history.origin if as_of is None else as_of,
        left_out=left_out,
        paths=paths,
        completion=completion_table(headline, goal, history, as_of),
        forecasts=campaign_rows(headline, goal),
        fan=fan_table(headline),
        nowcast=late_table(history, draws, seed),
        record=record_table(published),
        past=scored,
        scores=summarise(pd.concat([scored, published]) if len(published) else scored, REFERENCE),
    )


def _counted_in(history: History, areas: tuple[str, ...]) -> dict[str, float]:
    """People by the newest count of each of some areas."""
    newest = np.nan_to_num(hold_last(drop_impossible(history.reported))[-1])
    return {area: float(newest[history.areas.index(area)]) for area in areas}


def _parents_in(history: History, everybody: History, goal: Goal) -> dict[str, tuple[str, ...]]:
    """Return the areas of each parent that has one that is forecast."""
    known = set(everybody.areas)
    members = {code: tuple(one for one in below if one in known) for code, below in goal.parents.items()}
    return {code: below for code, below in members.items() if set(below) & set(history.areas)}


def last_week(history: History, *, draws: int = 1000, seed: int = 0) -> pd.DataFrame:
    """Set what the headline model said a week ago for the newest day beside what came.

    The forecast sees the days up to its origin and none after, with those days' counts as they stand now.

    Returns
    -------
    DataFrame
        One row for each area that was counted on the newest day, the sum of these areas last: ``location,
        origin_date, target_end_date, p10, p50, p90, actual`` (persons). No row where the campaign was too
        young a week ago.
    """
    history, _ = leave_out(history)
    came = drop_impossible(history.reported)[-1]
    there = np.isfinite(came)
    rows = [pd.DataFrame(columns=contract.columns("last_week.csv"))]
    for origin in past_origins(history, WEEK, 1):
        paths = simulate(history.until(origin), MODELS[HEADLINE], WEEK, draws, np.random.default_rng(seed))
        said = paths.values[:, -1, there]
        everyone = np.column_stack([said, said.sum(axis=1)])
        p10, p50, p90 = np.round(np.quantile(everyone, (0.1, 0.5, 0.9), axis=0), 6)
        columns = {
            "location": [*np.array(history.areas)[there], TOTAL],
            "origin_date": origin,
            "target_end_date": history.origin,
            "p10": p10,
            "p50": p50,
            "p90": p90,
            "actual": np.append(came[there], came[there].sum()),
        }
        rows.append(pd.DataFrame(columns))
    return rows[-1]


def campaign_rows(paths: Paths, goal: Goal) -> pd.DataFrame:
    """Hubverse rows of a campaign's forecast: shares at the horizons, completion dates to the paths' end."""
    aimed = goal.aimed(paths)
    forecast, meant = (
        replace(paths, held={}),
        replace(aimed, held={}),
    )  # eligible people are those of its areas
    shares = [share_rows(one, HORIZONS) for one in (forecast, forecast.together())]
    target = {place: goal.targets.get(place, np.nan) - aimed.beside(place) for place in paths.locations}
    dates = [
        date_rows(one, np.array([target[place] for place in one.areas]), paths.days)
        for one in (meant, meant.together())
    ]
    return pd.concat([*shares, *dates], ignore_index=True)


def fan_table(paths: Paths) -> pd.DataFrame:
    """Quantiles of the cumulative count (people) by location and day."""
    quantiles = np.concatenate(
        [np.quantile(one.values, FAN_LEVELS, axis=0).transpose(0, 2, 1) for one in (paths, paths.together())],
        axis=1,
    )
    names = {
        f"p{level * 100:g}": np.round(q.ravel(), 6) for level, q in zip(FAN_LEVELS, quantiles, strict=True)
    }
    places, days = len(paths.locations), len(paths.dates)
    return pd.DataFrame(
        {"location": np.repeat(paths.locations, days), "date": np.tile(paths.dates, places), **names}
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
    """Compare pushes like the one in `effects` with the headline; no rows where no push was estimated."""
    effect = effect_of_push(effects, panel)
    plans = [] if effect is None else plan_pushes(outlook.headline, outlook.goal, effect, outlook.as_of)
    if effect is None or not plans:
        return pd.DataFrame(columns=contract.columns("scenarios.csv"))
    return compare_scenarios(outlook.headline, outlook.goal, plans, effect, seed)
