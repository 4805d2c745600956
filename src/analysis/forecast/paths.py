"""Joint sample paths: the one form in which every model's forecast is kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.forecast.history import TOTAL

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Paths:
    """Sample paths of the cumulative count; draw `i` of one area belongs with draw `i` of every other.

    Attributes
    ----------
    origin : Timestamp
        Newest day known; the paths begin the day after.
    areas : tuple of str, length A
    start : array (A,), people
        Count at the origin.
    eligible : array (A,), people
    values : array (draws, days, A), people
        Never falls along days.
    """

    origin: pd.Timestamp
    areas: tuple[str, ...]
    start: NDArray[np.float64]
    eligible: NDArray[np.float64]
    values: NDArray[np.float64]

    @property
    def dates(self) -> pd.DatetimeIndex:
        """The days of the paths."""
        return pd.date_range(self.origin + pd.Timedelta(days=1), periods=self.values.shape[1])

    def with_total(self) -> Paths:
        """Return the same paths with the total as one more area, last."""
        return Paths(
            origin=self.origin,
            areas=self.locations,
            start=np.append(self.start, self.start.sum()),
            eligible=np.append(self.eligible, self.eligible.sum()),
            values=np.concatenate([self.values, self.values.sum(axis=2, keepdims=True)], axis=2),
        )

    @property
    def locations(self) -> tuple[str, ...]:
        """The areas, and the total after them."""
        return (*self.areas, TOTAL)

    def of(self, location: str) -> NDArray[np.float64]:
        """Paths (draws, days) of an area, or of the total: the sum of the areas draw by draw."""
        if location == TOTAL:
            return np.asarray(self.values.sum(axis=2))
        return np.asarray(self.values[:, :, self.areas.index(location)])

    def start_of(self, location: str) -> float:
        """Count at the origin of an area or the total."""
        return float(self.start.sum() if location == TOTAL else self.start[self.areas.index(location)])

    def eligible_of(self, location: str) -> float:
        """Eligible people of an area or the total."""
        return float(self.eligible.sum() if location == TOTAL else self.eligible[self.areas.index(location)])
