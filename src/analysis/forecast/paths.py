"""Joint sample paths: the one form in which every model's forecast is kept."""

from __future__ import annotations

from dataclasses import dataclass, replace
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
        Newest day on which any area is known.
    areas : tuple of str, length A
    start : array (A,), people
        Newest count of each area.
    eligible : array (A,), people
    known_until : DatetimeIndex, length A
        Day of that count; an area's path begins the day after.
    course : array (draws, L + days, A), people
        Never falls along days. The last `days` lie after the origin; the L up to it are there where an area
        is not known that far, and hold the counts of those that are.
    days : int
    sure : array (A,), people
        The newest count, or the lower of both readings of one that jumped.
    beside : float, people
        Counted in areas that are not forecast: part of every total, and held.
    """

    origin: pd.Timestamp
    areas: tuple[str, ...]
    start: NDArray[np.float64]
    eligible: NDArray[np.float64]
    known_until: pd.DatetimeIndex
    course: NDArray[np.float64]
    days: int
    sure: NDArray[np.float64]
    beside: float = 0.0

    @property
    def values(self) -> NDArray[np.float64]:
        """Paths after the origin (draws, days, A)."""
        return self.course[:, -self.days :]

    @property
    def dates(self) -> pd.DatetimeIndex:
        """The days after the origin."""
        return pd.date_range(self.origin + pd.Timedelta(days=1), periods=self.days)

    @property
    def all_dates(self) -> pd.DatetimeIndex:
        """The days of `course`: those on which not every area is known, and those after the origin."""
        return pd.date_range(end=self.dates[-1], periods=self.course.shape[1])

    def with_total(self) -> Paths:
        """Return the same paths with the total as one more area, last."""
        total = self.course_of(TOTAL)
        return replace(
            self,
            areas=self.locations,
            start=np.append(self.start, self.start_of(TOTAL)),
            eligible=np.append(self.eligible, self.eligible.sum()),
            known_until=pd.DatetimeIndex([*self.known_until, self.origin]),
            course=np.concatenate([self.course, total[:, :, None]], axis=2),
            sure=np.append(self.sure, self.sure_of(TOTAL)),
            beside=0.0,
        )

    @property
    def locations(self) -> tuple[str, ...]:
        """The areas, and the total after them."""
        return (*self.areas, TOTAL)

    def course_of(self, location: str) -> NDArray[np.float64]:
        """Paths on `all_dates` of an area, or of the total: the sum of the areas draw by draw."""
        if location == TOTAL:
            return np.asarray(self.course.sum(axis=2) + self.beside)
        return np.asarray(self.course[:, :, self.areas.index(location)])

    def of(self, location: str) -> NDArray[np.float64]:
        """Paths after the origin (draws, days) of an area or the total."""
        return self.course_of(location)[:, -self.days :]

    def start_of(self, location: str) -> float:
        """Newest count of an area; for the total the sum of the newest counts."""
        if location == TOTAL:
            return float(self.start.sum()) + self.beside
        return float(self.start[self.areas.index(location)])

    def sure_of(self, location: str) -> float:
        """People of whom no reading doubts that they are counted."""
        if location == TOTAL:
            return float(self.sure.sum()) + self.beside
        return float(self.sure[self.areas.index(location)])

    def known_of(self, location: str) -> pd.Timestamp:
        """Day of the newest count of an area, or of any area."""
        return self.origin if location == TOTAL else self.known_until[self.areas.index(location)]

    def eligible_of(self, location: str) -> float:
        """Eligible people of an area or the total."""
        return float(self.eligible.sum() if location == TOTAL else self.eligible[self.areas.index(location)])
