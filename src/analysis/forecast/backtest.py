"""Rolling origins: what each model would have said in earlier weeks, scored against what then happened."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.campaign.rhythm import WEEK
from analysis.forecast import scores
from analysis.forecast.clean import drop_impossible, fill_days
from analysis.forecast.drawn import summed
from analysis.forecast.history import TOTAL, leave_out
from analysis.forecast.models import Model, simulate_blocks
from analysis.forecast.paths import Sums

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from analysis.forecast.history import History
    from analysis.forecast.paths import Paths
    from analysis.forecast.weekly import Columns

FIRST_WEEKS = 4
"""Weeks of history an origin needs before its forecast says anything about a model."""


def past_origins(history: History, horizon: int, most: int) -> list[pd.Timestamp]:
    """Return the newest weekly origins whose forecasts `horizon` days ahead can be scored, oldest first."""
    newest = history.origin - pd.Timedelta(days=horizon)
    begun = history.dates[int(np.argmax(np.isfinite(history.cumulative).any(axis=1)))]
    first = begun + pd.Timedelta(days=FIRST_WEEKS * WEEK)
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
        The total is scored over the areas known both before and after its day, the same on both sides; an
        area that nobody had counted by an origin is not in its scores.
    """
    counted = drop_impossible(history.cumulative)
    between = fill_days(counted)
    rows = [pd.DataFrame(columns=SCORE_COLUMNS)]
    for origin in origins:
        known, out = leave_out(history.until(origin))
        those = [at for at, area in enumerate(history.areas) if area not in out]
        ahead = [day for day in horizons if origin + pd.Timedelta(days=day) <= history.origin]
        for name, model in models.items() if ahead else ():
            blocks = simulate_blocks(known, model, max(ahead), draws, np.random.default_rng(seed))
            days = slice(len(known.dates), len(known.dates) + max(ahead))
            after = counted[days][:, those], between[days][:, those]
            scored = _score(blocks, *after, ahead, targets or {})
            order = {place: at for at, place in enumerate((*known.areas, TOTAL))}
            scored = scored.assign(at=scored["location"].map(order)).sort_values(["horizon", "at"])
            scored = scored.dropna(subset="truth")
            rows.append(scored.assign(model=name, origin_date=origin)[SCORE_COLUMNS])
    return pd.concat(rows[1:] or rows, ignore_index=True)


SCORE_COLUMNS = [
    "model", "origin_date", "location", "horizon", "truth", "median", "crps", "wis", "absolute_error",
    "covered_50", "covered_80", "covered_95", "pit", "date_crps",
]  # fmt: skip


def _score(
    blocks: Iterable[tuple[Columns, Paths]],
    counted: NDArray[np.float64],
    between: NDArray[np.float64],
    ahead: Sequence[int],
    targets: Mapping[str, float],
) -> pd.DataFrame:
    """Scores of paths against the days after (days, areas): as counted, and bridged between two counts."""
    at = np.asarray(ahead) - 1
    known = np.isfinite(between[at])
    everyone, eligible, total, rows = np.zeros(1), np.zeros(len(ahead)), Sums({}, {}), []
    for columns, block in blocks:
        ours = replace(block, course=block.values)  # the days after the origin, the same of all blocks
        sample = ours.after(ahead)
        everyone = everyone + summed(np.where(known[:, columns], sample, 0.0).transpose(1, 2, 0))
        eligible += np.where(known[:, columns], block.eligible, 0.0).sum(axis=1)
        total.add(ours)
        people = np.broadcast_to(block.eligible, (len(ahead), len(columns)))
        dates = _date_scores(ours, between[:, columns], targets)
        rows.append(_rows(block.areas, ahead, sample, counted[at][:, columns], people, dates))
    actual = np.where(known.any(axis=1), np.nansum(between[at], axis=1), np.nan)[:, None]
    dates = _date_scores(total.paths(), between.sum(axis=1, keepdims=True), targets)
    sample = everyone.T[:, :, None]
    rows.append(_rows((TOTAL,), ahead, sample, actual, eligible[:, None], dates))
    return pd.concat(rows, ignore_index=True)


def _rows(
    places: Sequence[str],
    ahead: Sequence[int],
    sample: NDArray[np.float64],
    actual: NDArray[np.float64],
    eligible: NDArray[np.float64],
    dates: NDArray[np.float64],
) -> pd.DataFrame:
    """Scores of samples (draws, horizons, A) against what came (horizons, A), and of dates (A,)."""
    percent = 100 / np.maximum(eligible, 1.0)
    scored = scores.score(sample, actual)
    columns = {
        "truth": actual,
        **scored,
        "crps": scored["crps"] * percent,
        "wis": scored["wis"] * percent,
        "absolute_error": np.abs(scored["median"] - actual) * percent,
    }
    table = pd.DataFrame({name: values.ravel() for name, values in columns.items()})
    horizon = np.repeat(ahead, len(places))
    return table.assign(
        location=np.tile(places, len(ahead)),
        horizon=horizon,
        date_crps=np.where(horizon == max(ahead), np.tile(dates, len(ahead)), np.nan),
    )


def _date_scores(
    paths: Paths, after: NDArray[np.float64], targets: Mapping[str, float]
) -> NDArray[np.float64]:
    """Censored CRPS (days) of each area's completion date; NaN without a target or where it was met."""
    target = np.array([targets.get(place, np.nan) for place in paths.areas])
    reached = after >= target
    met = np.where(reached.any(axis=0), np.argmax(reached, axis=0) + 1.0, np.inf)
    there = np.count_nonzero(paths.values >= target, axis=0) / len(paths.course)
    scored = scores.date_crps(there, met)
    return np.where((paths.start < target) & ~np.isnan(after).any(axis=0), scored, np.nan)


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
