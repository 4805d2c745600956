"""What is kept of the headline's paths while they go by in blocks: tables of areas, and the sums."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.campaign.rhythm import WEEK
from analysis.forecast.completion import Completion
from analysis.forecast.drawn import in_order, quantiles, some_days
from analysis.forecast.hub import date_rows, repeated, share_rows
from analysis.forecast.paths import Sums
from analysis.forecast.record import DAILY

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from analysis.forecast.completion import Goal
    from analysis.forecast.history import History
    from analysis.forecast.paths import Paths
    from analysis.forecast.weekly import Columns

HORIZONS = (7, 14, 28)
FAN_LEVELS = (0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975)


class Reduced:
    """What is kept of the headline's paths while they go by in blocks: tables of areas, and the sums."""

    def __init__(
        self,
        history: History,
        goal: Goal,
        as_of: pd.Timestamp | None,
        parents: Mapping[str, tuple[str, ...]],
        held: Mapping[str, float],
    ) -> None:
        self._history, self._goal = history, goal
        self._sums = self._aimed = Sums(parents, held)
        if goal.own is not None and not goal.own.issuperset((*history.areas, *held)):
            self._aimed = Sums(parents, held, goal.own)
        self._completion = Completion(goal, history, as_of)
        self._seen: list[Columns] = []
        self._tables: dict[str, list[pd.DataFrame]] = {"shares": [], "dates": [], "fan": []}

    def add(self, columns: Columns, block: Paths) -> None:
        """Take what is kept of some areas."""
        self._seen.append(columns)
        self._completion.add(block)
        self._keep(block, block, block, self._read(block.dates))
        self._sums.add(block)
        if self._aimed is not self._sums:
            self._aimed.add(block)

    def finish(self) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, Paths]:
        """Return hubverse rows, completion, fan, and the paths of the sums; areas in their own order."""
        together, aimed = self._sums.paths(), self._aimed.paths()
        completion = self._completion.finish(self._aimed)
        # eligible are the people of the areas that are forecast: of them is the share
        forecast = replace(together, course=together.course - self._sums.beside)
        self._keep(forecast, aimed, aimed, slice(None))
        tables = [*(pd.concat(one, ignore_index=True) for one in self._tables.values()), completion]
        if (np.diff(np.concatenate(self._seen)) < 0).any():
            order = {place: at for at, place in enumerate((*self._history.areas, *together.areas))}
            tables = [_in_order(table, order) for table in tables]
        shares, dates, fan, completion = tables
        return pd.concat([shares, dates], ignore_index=True), completion, fan, aimed

    def _read(self, dates: pd.DatetimeIndex) -> NDArray[np.bool_] | slice:
        """Return of which days the tables have rows of areas."""
        if len(self._history.areas) <= DAILY:
            return slice(None)
        return np.asarray((np.arange(1, len(dates) + 1) % WEEK == 0) | (dates == self._goal.deadline))

    def _keep(self, shares: Paths, dates: Paths, fan: Paths, days: NDArray[np.bool_] | slice) -> None:
        target = np.array([self._goal.targets.get(place, np.nan) for place in dates.areas])
        self._tables["shares"].append(share_rows(shares, HORIZONS))
        self._tables["dates"].append(date_rows(dates, target, days))
        self._tables["fan"].append(fan_table(fan, days))


def _in_order(table: pd.DataFrame, order: Mapping[str, int]) -> pd.DataFrame:
    """Put a table's rows in the order of their locations, however the blocks came."""
    return table.iloc[np.argsort(table["location"].map(order), kind="stable")].reset_index(drop=True)


def fan_table(paths: Paths, days: NDArray[np.bool_] | slice = slice(None)) -> pd.DataFrame:
    """Quantiles of the cumulative count (people) by area and day, of all days ahead unless told which."""
    dates = paths.dates[days]
    levels = quantiles(in_order(some_days(paths.values, days)), FAN_LEVELS).transpose(0, 2, 1)
    names = {f"p{level * 100:g}": np.round(q.ravel(), 6) for level, q in zip(FAN_LEVELS, levels, strict=True)}
    return pd.DataFrame(
        {
            "location": repeated(paths.areas, len(dates)),
            "date": np.tile(dates, len(paths.areas)),
            **names,
        }
    )
