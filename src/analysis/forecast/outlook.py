"""The forecast of a campaign, whole: paths, completion, past scores, and the tables a report prints."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.forecast.backtest import backtest, past_origins, summarise
from analysis.forecast.completion import Goal, completion_table
from analysis.forecast.hub import hub_rows
from analysis.forecast.models import naive, simulate, structural
from analysis.forecast.pooled import pooled
from analysis.forecast.clean import hold_last
from analysis.forecast.weekly import WEEK

if TYPE_CHECKING:
    from analysis.forecast.history import History
    from analysis.forecast.paths import Paths

MODELS = {"naive": naive, "structural": structural}
HEADLINE, REFERENCE = "structural", "naive"
HORIZONS = (7, 14, 28)
BEYOND = 60
"""Days the paths run past the deadline, so that a late completion still has a date."""


@dataclass(frozen=True)
class Outlook:
    """Everything the forecast of one campaign at one origin says.

    Attributes
    ----------
    history : History
        What it was made from.
    goal : Goal
    paths : dict of model name to Paths
        `naive` is the reference, `structural` the headline.
    completion : DataFrame
        Headline model, one row a location; see `completion_table`.
    forecasts : DataFrame
        Headline model in hubverse columns.
    scores : DataFrame
        Mean scores by model over the campaign's own past origins; see `summarise`.
    """

    history: History
    goal: Goal
    paths: dict[str, Paths]
    completion: pd.DataFrame
    forecasts: pd.DataFrame
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
    """
    days = max(int((goal.deadline - history.origin).days), 0) + BEYOND
    paths = {
        name: simulate(history, model, days, draws, np.random.default_rng(seed))
        for name, model in MODELS.items()
    }
    headline = paths[HEADLINE]
    scored = backtest(history, MODELS, HORIZONS, past_origins(history, WEEK, past), draws, seed)
    return Outlook(
        history=history,
        goal=goal,
        paths=paths,
        completion=completion_table(headline, goal),
        forecasts=pd.concat(
            [share_rows(headline, HORIZONS), date_rows(headline, goal.targets)], ignore_index=True
        ),
        scores=summarise(scored, REFERENCE),
    )


def standing(history: History, goal: Goal) -> pd.DataFrame:
    """Where each location stands: count, shares of target and eligible, pace of the last 7 days, pace needed a day."""
    cumulative = hold_last(history.cumulative)
    before = cumulative[-1 - WEEK] if len(cumulative) > WEEK else np.full(len(history.areas), np.nan)
    table = pd.DataFrame(
        {
            "location": list(history.areas),
            "count": cumulative[-1],
            "eligible": history.eligible,
            "pace": (cumulative[-1] - before) / WEEK,
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
