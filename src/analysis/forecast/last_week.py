"""What was said a week ago of today, beside what came."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis import contract
from analysis.campaign.rhythm import WEEK
from analysis.forecast.backtest import past_origins
from analysis.forecast.blocks import draws_for, simulate
from analysis.forecast.clean import drop_impossible
from analysis.forecast.history import TOTAL, NoForecastError, leave_out
from analysis.forecast.outlook import HEADLINE, MODELS

if TYPE_CHECKING:
    from analysis.forecast.history import History


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
