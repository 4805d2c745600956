"""Rolling origins: what each model would have said in earlier weeks, scored against what then happened."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.forecast import scores
from analysis.forecast.models import Model, simulate
from analysis.forecast.paths import Paths
from analysis.forecast.clean import hold_last
from analysis.forecast.weekly import WEEK

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from analysis.forecast.history import History

FIRST_WEEKS = 4
"""Weeks of history an origin needs before its forecast says anything about a model."""


def past_origins(history: History, horizon: int, most: int) -> list[pd.Timestamp]:
    """The newest weekly origins whose forecasts `horizon` days ahead can be scored, oldest first."""
    newest = history.origin - pd.Timedelta(days=horizon)
    first = history.dates[0] + pd.Timedelta(days=FIRST_WEEKS * WEEK)
    origins = pd.date_range(end=newest, periods=most, freq=f"{WEEK}D")
    return [pd.Timestamp(day) for day in origins if day >= first]


def backtest(
    history: History,
    models: Mapping[str, Model],
    horizons: Sequence[int],
    origins: Sequence[pd.Timestamp],
    draws: int,
    seed: int,
) -> pd.DataFrame:
    """Score every model at every origin; the same seed for each, and nothing after an origin is seen.

    Returns
    -------
    DataFrame
        One row a model, origin, location and horizon: truth and median (people), crps and wis (percentage points of the
        eligible), whether the 50, 80 and 95 % intervals covered, pit.
    """
    cumulative = hold_last(history.cumulative)
    rows = []
    for origin in origins:
        known = history.until(origin)
        ahead = [day for day in horizons if origin + pd.Timedelta(days=day) <= history.origin]
        for name, model in models.items() if ahead else ():
            paths = simulate(known, model, max(ahead), draws, np.random.default_rng(seed))
            truth = cumulative[len(known.dates) - 1 + np.asarray(ahead)]
            rows.append(_score(paths, truth, ahead).assign(model=name, origin_date=origin))
    return pd.concat(rows, ignore_index=True) if rows else pd.DataFrame(columns=SCORE_COLUMNS)


SCORE_COLUMNS = [
    "model", "origin_date", "location", "horizon", "truth", "median", "crps", "wis",
    "covered_50", "covered_80", "covered_95", "pit",
]  # fmt: skip


def _score(paths: Paths, truth: np.ndarray, ahead: Sequence[int]) -> pd.DataFrame:
    blocks = []
    for location in paths.locations:
        sample = paths.of(location)[:, np.asarray(ahead) - 1]
        actual = truth.sum(axis=1) if location == "total" else truth[:, paths.areas.index(location)]
        percent = 100 / paths.eligible_of(location)
        inside = {
            f"covered_{level * 100:g}": scores.covered(sample, actual, level) for level in scores.INTERVALS
        }
        blocks.append(
            pd.DataFrame(
                {
                    "location": location,
                    "horizon": ahead,
                    "truth": actual,
                    "median": np.median(sample, axis=0),
                    "crps": scores.crps(sample, actual) * percent,
                    "wis": scores.wis(sample, actual) * percent,
                    **inside,
                    "pit": scores.pit(sample, actual),
                }
            )
        )
    return pd.concat(blocks, ignore_index=True)


def summarise(scored: pd.DataFrame, reference: str) -> pd.DataFrame:
    """Mean scores by model and horizon over areas and origins (total apart), with skill against a reference model."""
    scored = scored.assign(scope=np.where(scored["location"] == "total", "total", "areas"))
    keys = ["scope", "horizon", "model"]
    table = (
        scored.groupby(keys)[["crps", "wis", "covered_50", "covered_80", "covered_95"]].mean().reset_index()
    )
    base = table[table["model"] == reference].set_index(["scope", "horizon"])["crps"]
    against = base.reindex(pd.MultiIndex.from_frame(table[["scope", "horizon"]])).to_numpy()
    return table.assign(skill=1 - table["crps"].to_numpy() / against)
