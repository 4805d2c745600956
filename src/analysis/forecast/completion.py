"""When a target is met, and whether by the deadline: read off the sample paths."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from analysis.errors import InputError
from analysis.forecast.paths import TOTAL, Paths

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from numpy.typing import NDArray

    from analysis.campaign import Campaign


@dataclass(frozen=True)
class Goal:
    """What has to be reached, and by when.

    Attributes
    ----------
    deadline : Timestamp
    targets : mapping of location to people
        By area code; `total` for the sum. A location without a target is left out.
    """

    deadline: pd.Timestamp
    targets: Mapping[str, float]


def completion_cdf(paths: Paths, location: str, target: float) -> NDArray[np.float64]:
    """P(target met by each day of the paths), array (days,); never falls. All ones where it is met already."""
    if paths.start_of(location) >= target:
        return np.ones(paths.values.shape[1])
    return np.asarray((paths.of(location) >= target).mean(axis=0))


def completion_date(paths: Paths, location: str, target: float, level: float) -> pd.Timestamp | None:
    """First day by which the target is met with probability `level`; None if not within the horizon."""
    reached = np.flatnonzero(completion_cdf(paths, location, target) >= level)
    return pd.Timestamp(paths.dates[reached[0]]) if reached.size else None


def completion_table(paths: Paths, goal: Goal) -> pd.DataFrame:
    """One row a location with a target: when it is met, how likely by the deadline, and how much would lack.

    Columns: location, target, count, share_of_target, probability_by_deadline, then the dates by which the target is met with
    probability 2.5, 10, 25, 50, 75, 90 and 97.5 % (empty: not within the horizon), probability_not_within_horizon, horizon_end,
    expected_shortfall (people lacking on the deadline, averaged over the draws), note.
    """
    return pd.DataFrame(
        [_completion_row(paths, place, goal) for place in paths.locations if place in goal.targets]
    )


DATE_LEVELS = (0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975)


def _completion_row(paths: Paths, location: str, goal: Goal) -> dict[str, Any]:
    target = goal.targets[location]
    count = paths.start_of(location)
    cdf = completion_cdf(paths, location, target)
    by_deadline, shortfall = _at_deadline(paths, location, target, goal.deadline)
    dates: dict[str, Any] = {
        f"date_p{level * 100:g}": (
            paths.origin if count >= target else completion_date(paths, location, target, level)
        )
        for level in DATE_LEVELS
    }
    return {
        "location": location,
        "target": target,
        "count": count,
        "share_of_target": count / target if target > 0 else 1.0,
        "probability_by_deadline": by_deadline,
        **dates,
        "probability_not_within_horizon": 1.0 - float(cdf[-1]),
        "horizon_end": paths.dates[-1],
        "expected_shortfall": shortfall,
        "note": _note(paths, location, target),
    }


def _at_deadline(paths: Paths, location: str, target: float, deadline: pd.Timestamp) -> tuple[float, float]:
    """Probability that the target is met on the deadline day, and the people expected to lack."""
    day = int((deadline - paths.origin).days) - 1
    if paths.start_of(location) >= target:
        return 1.0, 0.0
    if day < 0:
        return 0.0, target - paths.start_of(location)
    values = paths.of(location)[:, min(day, paths.values.shape[1] - 1)]
    return float((values >= target).mean()), float(np.maximum(target - values, 0.0).mean())


def _note(paths: Paths, location: str, target: float) -> str:
    if paths.start_of(location) >= target:
        return "target already met"
    if target > paths.eligible_of(location):
        return "target exceeds the eligible people"
    return "" if location != TOTAL or np.isfinite(paths.eligible_of(location)) else "eligible people unknown"


def goal_for(campaign: Campaign, day: date) -> Goal:
    """Return the target in force on `day` with its deadline, by area and in total.

    An area without a target of its own is held to the campaign's share of its eligible people, where the target is a share.

    Raises
    ------
    InputError
        If the campaign had no target on that day.
    """
    target = campaign.target_on(day)
    if target is None:
        raise InputError(f"campaign {campaign.code} has no target known on {day}: choose a later as-of")
    targets: dict[str, float] = {TOTAL: float(campaign.target_count(target))}
    for area in campaign.areas:
        if area.target is not None:
            targets[area.code] = float(area.target)
        elif target.share is not None and area.eligible:
            targets[area.code] = target.share * area.eligible
    return Goal(deadline=pd.Timestamp(target.deadline), targets=targets)


def holidays_of(campaign: Campaign) -> list[pd.Timestamp]:
    """Every holiday of the campaign, day by day."""
    return [day for holiday in campaign.holidays for day in pd.date_range(holiday.first, holiday.last)]
