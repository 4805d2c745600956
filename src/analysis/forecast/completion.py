"""When a target is met, and whether by the deadline: read off the sample paths."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis.forecast.care import care_of
from analysis.forecast.clean import drop_impossible, hold_last
from analysis.forecast.doubt import find_jumps
from analysis.forecast.history import TOTAL
from analysis.forecast.weekly import WEEK

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from analysis.forecast.history import History
    from analysis.forecast.paths import Paths


@dataclass(frozen=True)
class Goal:
    """What has to be reached, and by when.

    Attributes
    ----------
    deadline : Timestamp
    targets : mapping of location to people
        By code of an area or parent; `total` for the sum. A location without a target is left out.
    parents : mapping of code to codes
        The areas that add up to each area above them; the parents are forecast as their sums.
    binding : str
        Whether people hurry toward the deadline: ``yes``, ``no`` or ``unknown``.
    known_from : Timestamp, optional
        Day on which it was announced.
    """

    deadline: pd.Timestamp
    targets: Mapping[str, float]
    binding: str = "unknown"
    known_from: pd.Timestamp | None = None
    parents: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def aimed(self, paths: Paths) -> Paths:
        """Return the paths with each parent as the sum of those areas that have a target.

        These are the ones that its target is of, as the standing counts them.
        """
        parents = {
            code: tuple(one for one in members if self.targets.get(one, 0.0) > 0)
            for code, members in paths.parents.items()
        }
        return replace(paths, parents=parents)


def completion_cdf(paths: Paths, location: str, target: float) -> NDArray[np.float64]:
    """P(target met by each day after the origin), array (days,); never falls; all ones where met already."""
    if paths.sure_of(location) >= target:
        return np.ones(paths.days)
    return np.asarray((paths.of(location) >= target).mean(axis=0))


def completion_date(paths: Paths, location: str, target: float, level: float) -> pd.Timestamp | None:
    """First day by which the target is met with probability `level`; None if not within the horizon.

    It may be a day that has passed, where nothing has been counted since. Where the target is met by the
    newest count: the day of that.
    """
    if paths.sure_of(location) >= target:
        return paths.known_of(location)
    reached = np.flatnonzero((paths.course_of(location) >= target).mean(axis=0) >= level)
    return pd.Timestamp(paths.all_dates[reached[0]]) if reached.size else None


def reached_on(history: History, paths: Paths, location: str, target: float) -> pd.Timestamp | None:
    """First day from which the newest counts are at the target, and stay there; None where they are not."""
    counts = hold_last(drop_impossible(history.reported))
    if location in history.areas:
        course = counts[:, history.areas.index(location)]
    else:
        course = np.nansum(counts[:, paths.columns_of(location)], axis=1) + paths.beside(location)
    below = np.flatnonzero(~(course >= target))
    first = int(below.max(initial=-1)) + 1  # and at it on every day since
    return pd.Timestamp(history.dates[first]) if first < len(course) else None


def _late(history: History, paths: Paths, location: str) -> tuple[float, float]:
    """People expected to be reported late, and with them people a day in the newest week; NaN if none are."""
    if history.coming is None:
        return 0.0, float("nan")
    columns = paths.columns_of(location)
    newest, before = hold_last(drop_impossible(history.cumulative))[[-1, -1 - WEEK]][:, columns]
    return float(history.coming.people[columns].sum()), float(np.nansum(newest - before)) / WEEK


def completion_table(
    paths: Paths, goal: Goal, history: History | None = None, as_of: pd.Timestamp | None = None
) -> pd.DataFrame:
    """One row a location with a target: when it is met, how likely by the deadline, and how much would lack.

    Columns as the contract declares ``completion.csv``.

    Parameters
    ----------
    paths : Paths
    goal : Goal
    history : History, optional
        What the paths were made from, to say on which day a target was reached.
    as_of : Timestamp, optional
        Day of knowledge; the origin unless told.
    """
    today = paths.origin if as_of is None else max(as_of, paths.origin)
    paths = goal.aimed(paths)
    places = [place for place in paths.locations if place in goal.targets]
    found = [] if history is None else find_jumps(history)
    jumps = {paths.areas[jump.area]: jump.real for jump in found}
    table = pd.DataFrame([_completion_row(paths, place, goal, history, today, jumps) for place in places])
    care = {} if history is None else care_of(history)
    notes = [
        (note, care.get(place, "")) for place, note in zip(table["location"], table["note"], strict=True)
    ]
    return table.assign(note=["; ".join(filter(None, both)) for both in notes])


DATE_LEVELS = (0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975)


def _completion_row(
    paths: Paths,
    location: str,
    goal: Goal,
    history: History | None,
    today: pd.Timestamp,
    jumps: Mapping[str, float],
) -> dict[str, Any]:
    target = goal.targets[location]
    count = paths.start_of(location)
    to_come, pace = (0.0, np.nan) if history is None else _late(history, paths, location)
    met = reached_on(history, paths, location, target) if history is not None else None
    dates = {
        f"date_p{level * 100:g}": met or completion_date(paths, location, target, level)
        for level in DATE_LEVELS
    }
    shortfall = shortfall_at(paths, location, target, goal.deadline)
    ahead, days = goal.deadline >= today, max(int((goal.deadline - today).days), 1)
    return {
        "location": location,
        "target": target,
        "eligible": paths.eligible_of(location),
        "count": count,
        "known_until": paths.known_of(location),
        "still_to_come": to_come,
        "pace_with_late": pace,
        "share_of_target": count / target if target > 0 else 1.0,
        "reached_on": met,
        "probability_already_reached": probability_by(paths, location, target, today),
        "probability_by_deadline": float((shortfall == 0).mean()) if ahead else np.nan,
        **dates,
        "probability_not_within_horizon": 1.0 - float(completion_cdf(paths, location, target)[-1]),
        "horizon_end": paths.dates[-1],
        "expected_shortfall": float(shortfall.mean()),
        "extra_a_day_for_half": float(np.quantile(shortfall, 0.5)) / days if ahead else np.nan,
        "extra_a_day_for_four_fifths": float(np.quantile(shortfall, 0.8)) / days if ahead else np.nan,
        "share_of_uncertainty": _share_of_uncertainty(paths, location, goal.deadline),
        "jump_believed": jumps.get(location, np.nan),
        "note": _note(paths, location, target),
    }


def probability_by(paths: Paths, location: str, target: float, day: pd.Timestamp) -> float:
    """Probability that the target is met at the end of `day`; known for certain up to the newest count."""
    return float((shortfall_at(paths, location, target, day) == 0).mean())


def shortfall_at(paths: Paths, location: str, target: float, day: pd.Timestamp) -> NDArray[np.float64]:
    """People lacking to the target at the end of `day`, by draw (draws,); of the newest counts before."""
    at = int((day - paths.all_dates[0]).days)
    if at < 0 or paths.sure_of(location) >= target:
        return np.full(len(paths.course), max(target - paths.sure_of(location), 0.0))
    return np.maximum(target - paths.course_of(location)[:, min(at, paths.course.shape[1] - 1)], 0.0)


def _share_of_uncertainty(paths: Paths, location: str, day: pd.Timestamp) -> float:
    """Part of the total's variance on `day` that comes with a location: cov(location, total) / var(total)."""
    at = min(max(int((day - paths.origin).days), 1), paths.days) - 1
    total, part = paths.of(TOTAL)[:, at], paths.of(location)[:, at]
    spread = float(np.var(total))
    return float(np.mean((part - part.mean()) * (total - total.mean()))) / spread if spread > 0 else 0.0


def _note(paths: Paths, location: str, target: float) -> str:
    if paths.start_of(location) >= target:
        return "target already met"
    if target > paths.eligible_of(location):
        return "target exceeds the eligible people"
    return ""
