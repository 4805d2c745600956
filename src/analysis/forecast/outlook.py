"""The forecast of a campaign, whole: paths, completion, past scores, and the tables a report prints."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis import contract
from analysis.forecast.backtest import backtest, past_origins, summarise
from analysis.forecast.clean import drop_impossible, fill_days, hold_last
from analysis.forecast.completion import Goal, completion_table
from analysis.forecast.ensemble import ensemble
from analysis.forecast.hub import hub_rows
from analysis.forecast.models import Model, naive, simulate, structural
from analysis.forecast.scenario import compare_scenarios, effect_of_push, plan_pushes
from analysis.forecast.weekly import WEEK, check_history

if TYPE_CHECKING:
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
    paths : dict of model name to Paths
        `ensemble` is the headline; `naive` and `structural` are the references beside it.
    completion : DataFrame
        Headline model, one row a location; see `completion_table`.
    forecasts : DataFrame
        Headline model in hubverse columns.
    fan : DataFrame
        Headline model, people by location and day: ``location, date, p2.5 ... p97.5``.
    past : DataFrame
        Every score at the campaign's own past origins; see `backtest`.
    scores : DataFrame
        Their means by model; see `summarise`.
    """

    history: History
    goal: Goal
    paths: dict[str, Paths]
    completion: pd.DataFrame
    forecasts: pd.DataFrame
    fan: pd.DataFrame
    past: pd.DataFrame
    scores: pd.DataFrame

    @property
    def headline(self) -> Paths:
        """Sample paths of the model the report goes by."""
        return self.paths[HEADLINE]


def forecast_campaign(
    history: History, goal: Goal, *, draws: int = 1000, seed: int = 0, past: int = 6
) -> Outlook:
    """Forecast a campaign from the end of its history to 60 days past its deadline.

    Parameters
    ----------
    history : History
    goal : Goal
    draws : int
        Joint sample paths per model.
    seed : int
        The same seed gives the same numbers.
    past : int
        Earlier weekly origins to score the models on.

    Raises
    ------
    InputError
        Where an area's eligible people are unknown, or there is no whole week of counts yet.
    """
    check_history(history)
    days = max(int((goal.deadline - history.origin).days), 0) + BEYOND
    paths = {
        name: simulate(history, model, days, draws, np.random.default_rng(seed))
        for name, model in MODELS.items()
    }
    headline = paths[HEADLINE]
    scored = backtest(history, MODELS, HORIZONS, past_origins(history, WEEK, past), draws, seed, goal.targets)
    return Outlook(
        history=history,
        goal=goal,
        paths=paths,
        completion=completion_table(headline, goal),
        forecasts=campaign_rows(headline, goal),
        fan=fan_table(headline),
        past=scored,
        scores=summarise(scored, REFERENCE),
    )


def last_week(history: History, *, draws: int = 1000, seed: int = 0) -> pd.DataFrame:
    """Set what the headline model said a week ago for the newest day beside what came.

    The forecast sees the days up to its origin and none after, with those days' counts as they stand now.

    Returns
    -------
    DataFrame
        One row an area, the total last: ``location, origin_date, target_end_date, p10, p50, p90, actual``
        (persons). ``actual`` is empty for an area that has not reported the day; the total is the sum of the
        newest counts, as it is published. No row where the campaign was too young a week ago.
    """
    rows = [pd.DataFrame(columns=contract.columns("last_week.csv"))]
    for origin in past_origins(history, WEEK, 1):
        paths = simulate(history.until(origin), MODELS[HEADLINE], WEEK, draws, np.random.default_rng(seed))
        everyone = paths.with_total()
        p10, p50, p90 = np.round(np.quantile(everyone.values[:, -1], (0.1, 0.5, 0.9), axis=0), 6)
        counted = drop_impossible(history.cumulative)
        columns = {"location": everyone.areas, "origin_date": origin, "target_end_date": history.origin}
        said = {"p10": p10, "p50": p50, "p90": p90}
        came = np.append(counted[-1], np.nansum(hold_last(counted)[-1]))
        rows.append(pd.DataFrame({**columns, **said, "actual": came}))
    return rows[-1]


def campaign_rows(paths: Paths, goal: Goal) -> pd.DataFrame:
    """Hubverse rows of a campaign's forecast: shares at the horizons, completion dates to the paths' end."""
    everyone = paths.with_total()
    target = np.array([goal.targets.get(place, np.nan) for place in everyone.areas])
    return hub_rows(everyone, target, HORIZONS, paths.values.shape[1])


def fan_table(paths: Paths) -> pd.DataFrame:
    """Quantiles of the cumulative count (people) by location and day."""
    everyone = paths.with_total()
    quantiles = np.quantile(everyone.values, FAN_LEVELS, axis=0).transpose(0, 2, 1)
    names = {
        f"p{level * 100:g}": np.round(q.ravel(), 6) for level, q in zip(FAN_LEVELS, quantiles, strict=True)
    }
    places, days = len(everyone.areas), len(paths.dates)
    return pd.DataFrame(
        {"location": np.repeat(everyone.areas, days), "date": np.tile(paths.dates, places), **names}
    )


def standing(history: History, goal: Goal) -> pd.DataFrame:
    """Where each location stands.

    Columns: location, count, eligible, target (people), share_of_target, share_of_eligible, pace (people a
    day over the 7 days before the newest count, so every weekday counts once), pace_needed (people a day
    from now to the deadline; infinite once it has passed unmet).
    """
    counted = fill_days(drop_impossible(history.cumulative))
    table = pd.DataFrame(
        {
            "location": list(history.areas),
            "count": hold_last(counted)[-1],
            "eligible": history.eligible,
            "pace": hold_last(counted[WEEK:] - counted[:-WEEK])[-1] / WEEK
            if len(counted) > WEEK
            else np.full(len(history.areas), np.nan),
        }
    )
    total = pd.DataFrame(
        {"location": ["total"], **{name: [table[name].sum()] for name in ("count", "eligible", "pace")}}
    )
    table = pd.concat([table, total], ignore_index=True)
    table["target"] = table["location"].map(dict(goal.targets)).astype(np.float64)
    days = max(int((goal.deadline - history.origin).days), 0)
    missing = (table["target"] - table["count"]).clip(lower=0.0)
    table["share_of_target"] = table["count"] / table["target"]
    table["share_of_eligible"] = table["count"] / table["eligible"]
    table["pace_needed"] = missing / days if days else np.where(missing > 0, np.inf, 0.0)
    return table


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
    plans = [] if effect is None else plan_pushes(outlook.headline, outlook.goal, effect)
    if effect is None or not plans:
        return pd.DataFrame(columns=contract.columns("scenarios.csv"))
    return compare_scenarios(outlook.headline, outlook.goal, plans, effect, seed)
