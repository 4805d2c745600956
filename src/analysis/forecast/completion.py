"""When a target is met, and whether by the deadline: read off the sample paths."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.campaign.rhythm import WEEK
from analysis.forecast.care import care_of
from analysis.forecast.clean import drop_impossible, hold_last
from analysis.forecast.doubt import find_jumps
from analysis.forecast.drawn import share_at_least
from analysis.forecast.history import TOTAL

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from analysis.forecast.history import History
    from analysis.forecast.paths import Paths, Sums


@dataclass(frozen=True)
class Goal:
    """What has to be reached, and by when.

    Attributes
    ----------
    deadline : Timestamp
        NaT where there is none.
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

    def days_from(self, origin: pd.Timestamp) -> int:
        """Days from one to the deadline; 0 once it is over, and where there is none."""
        return 0 if pd.isna(self.deadline) else max(int((self.deadline - origin).days), 0)

    @property
    def own(self) -> frozenset[str] | None:
        """The areas that its sums are of, as the standing counts them: those with a target; None for all."""
        sums = {*self.parents, TOTAL}
        own = {one for one, people in self.targets.items() if people > 0 and one not in sums}
        return frozenset(own) or None


DATE_LEVELS = (0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975)


class Completion:
    """When targets are met, how likely by the deadline, how much would lack: a row a location with a target.

    Columns as the contract declares ``completion.csv``; areas some at a time, the sums last.

    Parameters
    ----------
    goal : Goal
    history : History
        What the paths are made from.
    as_of : Timestamp, optional
        Day of knowledge; the origin unless told.
    """

    def __init__(self, goal: Goal, history: History, as_of: pd.Timestamp | None = None) -> None:
        self._goal, self._history, self._as_of = goal, history, as_of
        self._counts, self._late = hold_last(drop_impossible(history.reported)), _late(history)
        self._column = {area: at for at, area in enumerate(history.areas)}
        self._rows: list[pd.DataFrame] = []
        self._parts: list[NDArray[np.float64]] = []

    def add(self, paths: Paths) -> None:
        """Add the rows of some areas."""
        those = [self._column[area] for area in paths.areas]
        self._add(paths, self._counts[:, those], self._late[:, those])

    def finish(self, sums: Sums) -> pd.DataFrame:
        """Add the rows of the sums of those areas, and return the table."""
        counts, late = (sums.of(one, self._history.areas) for one in (self._counts, self._late))
        self._add(sums.paths(), counts + sums.beside, late)
        total = self._parts[-1][:, -1]
        table = pd.concat(self._rows, ignore_index=True)
        table["share_of_uncertainty"] = _share_of_uncertainty(np.concatenate(self._parts, axis=1), total)
        table = table[table["has_target"]].drop(columns="has_target").reset_index(drop=True)
        jumps = {self._history.areas[jump.area]: jump.real for jump in find_jumps(self._history)}
        believed = table["location"].map(jumps).astype(np.float64)
        return noted(table.assign(jump_believed=believed), care_of(self._history))

    def _add(self, paths: Paths, counts: NDArray[np.float64], late: NDArray[np.float64]) -> None:
        target = np.array([self._goal.targets.get(area, np.nan) for area in paths.areas])
        today = paths.origin if self._as_of is None else max(self._as_of, paths.origin)
        at = min(max(self._goal.days_from(paths.origin), 1), paths.days) - 1
        self._parts.append(paths.values[:, at].copy())
        met = _reached_on(self._history.dates, counts, target)
        deadline = today if pd.isna(self._goal.deadline) else self._goal.deadline  # then no row is kept
        pace = np.nan if self._history.coming is None else late[1]
        rows = _rows(paths, target, met, deadline, today)
        self._rows.append(rows.assign(still_to_come=late[0], pace_with_late=pace))


def noted(table: pd.DataFrame, said: Mapping[str, str]) -> pd.DataFrame:
    """Add what is said of a location to its note."""
    notes = zip(table["note"], table["location"], strict=True)
    return table.assign(note=["; ".join(filter(None, (note, said.get(one)))) for note, one in notes])


def _late(history: History) -> NDArray[np.float64]:
    """People of each area expected to be reported late, and people a day in the newest week with them."""
    if history.coming is None:
        return np.zeros((2, len(history.areas)))
    newest, before = hold_last(drop_impossible(history.cumulative))[[-1, -1 - WEEK]]
    return np.stack([history.coming.completed, np.nan_to_num(newest - before) / WEEK])


def _reached_on(
    dates: pd.DatetimeIndex, counts: NDArray[np.float64], target: NDArray[np.float64]
) -> NDArray[np.datetime64]:
    """First day from which the newest counts (T, A) are at the target, and stay there; NaT: they are not."""
    below = ~(counts >= target)
    first = np.where(below.any(axis=0), len(below) - np.argmax(below[::-1], axis=0), 0)
    days = dates.to_numpy().astype("datetime64[ns]")[np.minimum(first, len(dates) - 1)]
    return np.where(first < len(dates), days, np.datetime64("NaT"))


def _rows(
    paths: Paths,
    target: NDArray[np.float64],
    met: NDArray[np.datetime64],
    deadline: pd.Timestamp,
    today: pd.Timestamp,
) -> pd.DataFrame:
    """Rows of each area; those without a target too, to be left out."""
    done = paths.sure >= target
    chance = share_at_least(paths.course, target)  # by day and area
    lacking = shortfall(paths, target, deadline)
    ahead, days = deadline >= today, max(int((deadline - today).days), 1)
    unknown = np.full(len(target), np.nan)
    dates = {
        f"date_p{level * 100:g}": np.where(np.isnat(met), met_on(paths, target, chance, level), met)
        for level in DATE_LEVELS
    }
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.where(target > 0, paths.start / target, 1.0)
    columns = {
        "location": paths.areas,
        "target": target,
        "eligible": paths.eligible,
        "count": paths.start,
        "known_until": paths.known_until,
        "still_to_come": 0.0,
        "pace_with_late": np.nan,
        "share_of_target": share,
        "reached_on": met,
        "probability_already_reached": (shortfall(paths, target, today) == 0).mean(axis=0),
        "probability_by_deadline": (lacking == 0).mean(axis=0) if ahead else unknown,
        **dates,
        "probability_not_within_horizon": 1.0 - np.where(done, 1.0, chance[-1]),
        "horizon_end": paths.dates[-1],
        "expected_shortfall": lacking.mean(axis=0),
        "extra_a_day_for_half": np.quantile(lacking, 0.5, axis=0) / days if ahead else unknown,
        "extra_a_day_for_four_fifths": np.quantile(lacking, 0.8, axis=0) / days if ahead else unknown,
        "share_of_uncertainty": np.nan,
        "jump_believed": np.nan,
        "note": np.select(
            [paths.start >= target, target > paths.eligible],
            ["target already met", "target exceeds the eligible people"],
            "",
        ),
    }
    return pd.DataFrame(columns).assign(has_target=np.isfinite(target))


def met_on(
    paths: Paths, target: NDArray[np.float64], chance: NDArray[np.float64], level: float
) -> NDArray[np.datetime64]:
    """First day by which each target (A,) is met with probability `level`; NaT if not within the horizon.

    It may be a day that has passed, where nothing has been counted since. Where the target is met by the
    newest count: the day of that. `chance` (days, A) is that of each of `all_dates`.
    """
    reached = chance >= level
    days = paths.all_dates.to_numpy().astype("datetime64[ns]")[np.argmax(reached, axis=0)]
    days = np.where(reached.any(axis=0), days, np.datetime64("NaT"))
    return np.where(paths.sure >= target, paths.known_until.to_numpy().astype("datetime64[ns]"), days)


def shortfall(paths: Paths, target: NDArray[np.float64], day: pd.Timestamp) -> NDArray[np.float64]:
    """People lacking to each target at the end of `day` (draws, A); of the newest counts before."""
    at = int((day - paths.all_dates[0]).days)
    newest = np.maximum(target - paths.sure, 0.0)
    if at < 0:
        return np.broadcast_to(newest, (len(paths.course), len(target)))
    then = np.ascontiguousarray(paths.course[:, min(at, paths.course.shape[1] - 1)])
    lacking = np.maximum(target - then, 0.0)
    return np.where(paths.sure >= target, 0.0, lacking)


def _share_of_uncertainty(parts: NDArray[np.float64], total: NDArray[np.float64]) -> NDArray[np.float64]:
    """Part of the total's variance that comes with each location (A,): cov(location, total) / var(total)."""
    spread = float(np.var(total))
    common = ((parts - parts.mean(axis=0)) * (total - total.mean())[:, None]).mean(axis=0)
    return np.asarray(common / spread if spread > 0 else np.zeros(parts.shape[1]))
