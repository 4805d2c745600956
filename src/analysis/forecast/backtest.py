"""Rolling origins: what each model would have said in earlier weeks, scored against what then happened."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.forecast import scores
from analysis.forecast.clean import drop_impossible, fill_days
from analysis.forecast.history import TOTAL
from analysis.forecast.models import Model, simulate
from analysis.forecast.weekly import WEEK

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from analysis.forecast.history import History
    from analysis.forecast.paths import Paths

FIRST_WEEKS = 4
"""Weeks of history an origin needs before its forecast says anything about a model."""


def past_origins(history: History, horizon: int, most: int) -> list[pd.Timestamp]:
    """Return the newest weekly origins whose forecasts `horizon` days ahead can be scored, oldest first."""
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
    targets: Mapping[str, float] | None = None,
) -> pd.DataFrame:
    """Score every model at every origin; the same seed for each, and nothing after an origin is seen.

    Returns
    -------
    DataFrame
        One row a model, origin, location and horizon: truth and median (people), crps, wis and absolute_error
        (percentage points of the eligible), whether the 50, 80 and 95 % intervals covered, pit; date_crps
        (days) of the completion date, censored at the longest horizon that is known, where a location has
        a target that was not met at the origin. A day on which nobody counted scores nobody: it has no row.
        The total is scored over the areas known both before and after its day, the same on both sides.
    """
    counted = drop_impossible(history.cumulative)
    between = fill_days(counted)
    rows = [pd.DataFrame(columns=SCORE_COLUMNS)]
    for origin in origins:
        known = history.until(origin)
        ahead = [day for day in horizons if origin + pd.Timedelta(days=day) <= history.origin]
        for name, model in models.items() if ahead else ():
            paths = simulate(known, model, max(ahead), draws, np.random.default_rng(seed))
            days = slice(len(known.dates), len(known.dates) + max(ahead))
            scored = _score(paths, counted[days], between[days], ahead, targets or {}).dropna(subset="truth")
            rows.append(scored.assign(model=name, origin_date=origin)[SCORE_COLUMNS])
    return pd.concat(rows[1:] or rows, ignore_index=True)


SCORE_COLUMNS = [
    "model", "origin_date", "location", "horizon", "truth", "median", "crps", "wis", "absolute_error",
    "covered_50", "covered_80", "covered_95", "pit", "date_crps",
]  # fmt: skip


def _score(
    paths: Paths,
    counted: NDArray[np.float64],
    between: NDArray[np.float64],
    ahead: Sequence[int],
    targets: Mapping[str, float],
) -> pd.DataFrame:
    """Scores of paths against the days after (days, areas): as counted, and bridged between two counts."""
    at = np.asarray(ahead) - 1
    known = np.isfinite(between[at])
    everyone = np.where(known, paths.values[:, at], 0.0).sum(axis=2, keepdims=True)
    sample = np.concatenate([paths.values[:, at], everyone], axis=2)
    actual = np.column_stack(
        [counted[at], np.where(known.any(axis=1), np.nansum(between[at], axis=1), np.nan)]
    )
    eligible = np.column_stack(
        [np.broadcast_to(paths.eligible, known.shape), np.where(known, paths.eligible, 0.0).sum(axis=1)]
    )
    places, percent = len(paths.locations), 100 / np.maximum(eligible, 1.0)
    middle = np.median(sample, axis=0)
    inside = {f"covered_{level * 100:g}": scores.covered(sample, actual, level) for level in scores.INTERVALS}
    columns = {
        "truth": actual,
        "median": middle,
        "crps": scores.crps(sample, actual) * percent,
        "wis": scores.wis(sample, actual) * percent,
        "absolute_error": np.abs(middle - actual) * percent,
        **inside,
        "pit": scores.pit(sample, actual),
    }
    table = pd.DataFrame({name: values.ravel() for name, values in columns.items()})
    dates = [_date_score(paths, between, place, targets) for place in paths.locations]
    return table.assign(
        location=np.tile(paths.locations, len(ahead)),
        horizon=np.repeat(ahead, places),
        date_crps=np.where(np.repeat(ahead, places) == max(ahead), np.tile(dates, len(ahead)), np.nan),
    )


def _date_score(paths: Paths, after: NDArray[np.float64], place: str, targets: Mapping[str, float]) -> float:
    """Censored CRPS (days) of one location's completion date; NaN without a target or where it was met."""
    target = targets.get(place, np.nan)
    course = after.sum(axis=1) + paths.beside(place) if place == TOTAL else after[:, paths.areas.index(place)]
    if not paths.start_of(place) < target or np.isnan(course).any():
        return float("nan")
    met = np.flatnonzero(course >= target)
    cdf = (paths.of(place) >= target).mean(axis=0)
    return scores.date_crps(cdf, float(met[0] + 1) if met.size else np.inf)


def summarise(scored: pd.DataFrame, reference: str) -> pd.DataFrame:
    """Mean scores by model and horizon over areas and origins (total apart), with skill against a reference.

    Skill is 1 - crps / crps of the reference; 0 is as good, 1 is perfect.
    """
    means = [
        "crps", "wis", "absolute_error", "covered_50", "covered_80", "covered_95", "date_crps",
    ]  # fmt: skip
    scored = scored.assign(scope=np.where(scored["location"] == TOTAL, "total", "areas"))
    scored[means] = scored[means].astype(np.float64)
    table = scored.groupby(["scope", "horizon", "model"])[means].mean().reset_index()
    base = table[table["model"] == reference].set_index(["scope", "horizon"])["crps"]
    against = base.reindex(pd.MultiIndex.from_frame(table[["scope", "horizon"]])).to_numpy()
    origins = scored.groupby(["scope", "horizon", "model"])["origin_date"].nunique().to_numpy()
    return table.assign(skill=1 - table["crps"].to_numpy() / against, origins=origins)
