"""A drive with a known truth, so that a forecast can be held to it."""

from collections.abc import Collection
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from analysis.forecast import Goal, History, Paths
from analysis.forecast.completion import Completion
from analysis.forecast.paths import Sums

WEEKDAYS = np.array([1.3, 1.2, 1.1, 1.1, 1.2, 0.8, 0.3])


def drive(rng: np.random.Generator, areas: int = 12, days: int = 140) -> pd.DataFrame:
    """Simulate the long table of a drive: weekly log hazards whose changes carry on a little."""
    weeks = -(-days // 7)
    changes = rng.normal(0, 0.2, weeks)
    for week in range(1, weeks):
        changes[week] += 0.3 * changes[week - 1]
    common = -3.5 + np.cumsum(changes)
    own = rng.normal(0, 0.3, areas) + np.cumsum(rng.normal(0, 0.1, (weeks, areas)), axis=0)
    eligible = np.round(rng.lognormal(10, 0.5, areas))
    dates = pd.date_range("2023-03-06", periods=days)
    hazard = np.exp(common[:, None] + own)[np.arange(days) // 7] * (WEEKDAYS / 7)[dates.day_of_week, None]
    cumulative, rows = np.round(0.05 * eligible), []
    for day in range(days):
        left = (eligible - cumulative) / eligible
        new = rng.poisson(eligible * hazard[day] * left**2)
        cumulative = np.minimum(cumulative + new, eligible)
        rows.append(cumulative)
    codes = [f"{number:02d}" for number in range(areas)]
    return pd.DataFrame(
        {
            "area": np.tile(codes, days),
            "date": np.repeat(dates, areas),
            "cumulative": np.concatenate(rows),
            "eligible": np.tile(eligible, days),
        }
    )


def sums_of(paths: Paths, own: Collection[str] | None = None) -> Sums:
    """Sum joint paths of all areas."""
    sums = Sums(paths.parents, paths.held, own)
    sums.add(paths)
    return sums


def completion_table(
    paths: Paths, goal: Goal, history: History, as_of: pd.Timestamp | None = None
) -> pd.DataFrame:
    """Read completion off joint paths of all areas."""
    table = Completion(goal, history, as_of)
    table.add(paths)
    return table.finish(sums_of(paths, goal.own))


def alone(paths: Paths, location: str) -> Paths:
    """Paths of one area, or of one of the sums."""
    every = paths if location in paths.areas else sums_of(paths).paths()
    at = [every.areas.index(location)]
    arrays = {name: getattr(every, name)[at] for name in ("start", "sure", "eligible", "known_until")}
    return replace(every, areas=(location,), course=every.course[:, :, at], **arrays)


def of(paths: Paths, location: str) -> NDArray[np.float64]:
    """Paths after the origin (draws, days) of an area or a sum."""
    return alone(paths, location).values[:, :, 0]


@pytest.fixture(scope="session")
def table() -> pd.DataFrame:
    return drive(np.random.default_rng(5))
