"""Rolling origins: what each model would have said in earlier weeks, scored against what then happened."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.campaign.rhythm import WEEK
from analysis.forecast import scores
from analysis.forecast.blocks import DRAWS_MANY, Ahead, simulate_blocks
from analysis.forecast.clean import drop_impossible, fill_days, hold_last
from analysis.forecast.drawn import summed
from analysis.forecast.history import TOTAL, leave_out
from analysis.forecast.models import Model
from analysis.forecast.paths import Sums

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analysis.forecast.history import History
    from analysis.forecast.paths import Paths

FIRST_WEEKS = 4
"""Weeks of history an origin needs before its forecast says anything about a model."""

NOTHING = 1e-9
"""Mean error, in percentage points, that is only rounding."""

Scored = Callable[..., tuple[pd.DataFrame, pd.DataFrame]]
MANY = 300
"""Areas beyond which so many are scored, evenly from all, and references are of these and of the total."""


def is_many(history: History) -> bool:
    """Whether a sample of the areas is scored, and the references' total is forecast as one series."""
    return len(history.areas) > MANY


def as_one(history: History) -> History:
    """Return all areas together as the history of one, each area held at its newest count."""
    held = hold_last(drop_impossible(history.cumulative))
    return replace(
        history,
        areas=(TOTAL,),
        cumulative=np.nansum(held, axis=1, keepdims=True),
        eligible=history.eligible.sum(keepdims=True),
        target=history.target.sum(keepdims=True),
        pushed=np.asarray(history.pushed.any(axis=1, keepdims=True)),
        coming=None,
    )


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
    headline: str | None = None,
) -> pd.DataFrame:
    """Score every model at every origin; the same seed for each, and nothing after an origin is seen.

    Where `is_many`, every model but the `headline` forecasts the sample of areas that is scored, and as one
    series all those that are known to the longest horizon; draws are those of a nation.

    Returns
    -------
    DataFrame
        One row a model, origin, location (`scope`: areas, sample or total) and horizon: truth and median
        (people), crps, wis and absolute_error (percentage points of the eligible), whether the 50, 80 and
        95 % intervals covered, pit; date_crps (days) of the completion date, censored at the longest horizon
        that is known, where a location has a target that was not met at the origin. A day on which nobody
        counted scores nobody: it has no row. The total is scored over the areas known both before and after
        its day, the same on both sides; an area that nobody had counted by an origin is not in its scores.
        Its completion date is of the areas that have a target, as its target is.
    """
    counted = drop_impossible(history.cumulative)
    between = fill_days(counted)
    rows, many = [pd.DataFrame(columns=SCORE_COLUMNS)], is_many(history)
    draws = min(draws, DRAWS_MANY) if many else draws
    for origin in origins:
        known, out = leave_out(history.until(origin))
        those = np.array([area not in out for area in history.areas])
        ahead = [day for day in horizons if origin + pd.Timedelta(days=day) <= history.origin]
        days = slice(len(known.dates), len(known.dates) + max(ahead, default=0))
        after = np.stack([counted[days], between[days]])[:, :, those]
        order = {place: at for at, place in enumerate((*known.areas, TOTAL))}
        scored = np.isin(np.arange(len(known.areas)), np.linspace(0, len(known.areas) - 1, MANY).round())
        for name, model in models.items() if ahead else ():
            made: Scored = partial(_score, model=model, ahead=ahead, draws=draws, seed=seed)
            if many and name != headline:
                table = _references(made, known, after, scored, targets or {})
            else:
                table = pd.concat(made(known, *after, targets or {}, scored=scored))
            table = table.assign(at=table["location"].map(order)).sort_values(["horizon", "at"])
            table = table.dropna(subset="truth")
            rows.append(table.assign(model=name, origin_date=origin))
    found = pd.concat(rows[1:] or rows, ignore_index=True)
    scope = np.where(found["location"] == TOTAL, "total", "sample" if many else "areas")
    return found.assign(scope=scope)[SCORE_COLUMNS]


def _references(
    made: Scored,
    known: History,
    after: NDArray[np.float64],
    scored: NDArray[np.bool_],
    targets: Mapping[str, float],
) -> pd.DataFrame:
    """Scores of the sample's own forecast, and of one series of the areas known on all days after.

    What came, `after` (2, days, A), is as `_score` takes it.
    """
    areas, _ = made(known.of(scored), *after[:, :, scored], targets)
    there = np.isfinite(after[1]).all(axis=0)
    if not there.any():
        return areas
    one = after[1][:, there].sum(axis=1, keepdims=True)
    aimed = there.all() and _own(known.areas, targets).all()
    _, total = made(as_one(known.of(there)), one, one, targets if aimed else {})
    return pd.concat([areas, total])


def _own(areas: Sequence[str], targets: Mapping[str, float]) -> NDArray[np.bool_]:
    """Return which areas the target of all together is of: those that have one; all where none has."""
    own = np.array([targets.get(area, 0.0) > 0 for area in areas], dtype=np.bool_)
    return own if own.any() else ~own


SCORE_COLUMNS = [
    "model", "origin_date", "scope", "location", "horizon", "truth", "median", "crps", "wis",
    "absolute_error", "covered_50", "covered_80", "covered_95", "pit", "date_crps",
]  # fmt: skip


def _score(
    history: History,
    counted: NDArray[np.float64],
    between: NDArray[np.float64],
    targets: Mapping[str, float],
    model: Model,
    ahead: Sequence[int],
    draws: int,
    seed: int,
    scored: NDArray[np.bool_] | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Scores of a model against the days after (days, areas): as counted, and bridged between two counts.

    Of the areas that are to be `scored` (all unless told), and of the total.
    """
    at = np.asarray(ahead) - 1
    known = np.isfinite(between[at])
    own = _own(history.areas, targets)
    total = Sums({}, {}, {area for area, there in zip(history.areas, own, strict=True) if there})
    everyone, eligible, rows = np.zeros(1), np.zeros(len(ahead)), [pd.DataFrame()]
    for columns, block in simulate_blocks(
        history, model, Ahead(max(ahead), draws), np.random.default_rng(seed)
    ):
        ours = replace(block, course=block.values)  # the days after the origin, the same of all blocks
        sample = ours.after(ahead)
        everyone = everyone + summed(np.where(known[:, columns], sample, 0.0).transpose(1, 2, 0))
        eligible += np.where(known[:, columns], block.eligible, 0.0).sum(axis=1)
        total.add(ours)
        if scored is not None and not scored[columns].all():
            ours = ours.of(scored[columns])
            columns = columns[scored[columns]]
        people = np.broadcast_to(ours.eligible, (len(ahead), len(columns)))
        dates = _date_scores(ours, between[:, columns], targets)
        rows.append(_rows(ours.areas, ahead, ours.after(ahead), counted[at][:, columns], people, dates))
    actual = np.where(known.any(axis=1), np.nansum(between[at], axis=1), np.nan)[:, None]
    dates = _date_scores(total.paths(), between[:, own].sum(axis=1, keepdims=True), targets)
    of_total = _rows((TOTAL,), ahead, everyone.T[:, :, None], actual, eligible[:, None], dates)
    return pd.concat(rows[1:] or rows, ignore_index=True), of_total


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

    Skill is 1 - crps / crps of the reference; 0 is as good, 1 is perfect; empty where that missed nothing.
    """
    means = [
        "crps", "wis", "absolute_error", "covered_50", "covered_80", "covered_95", "date_crps",
    ]  # fmt: skip
    scored = scored.copy()
    scored[means] = scored[means].astype(np.float64)
    table = scored.groupby(["scope", "horizon", "model"])[means].mean().reset_index()
    base = table[table["model"] == reference].set_index(["scope", "horizon"])["crps"]
    against = (
        base.where(base > NOTHING).reindex(pd.MultiIndex.from_frame(table[["scope", "horizon"]])).to_numpy()
    )
    origins = scored.groupby(["scope", "horizon", "model"])["origin_date"].nunique().to_numpy()
    return table.assign(skill=1 - table["crps"].to_numpy() / against, origins=origins)
