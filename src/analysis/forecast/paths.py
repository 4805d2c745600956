"""Joint sample paths: the one form in which every model's forecast is kept."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.forecast.history import TOTAL

if TYPE_CHECKING:
    from collections.abc import Mapping

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
    parents : mapping of code to codes
        The areas that add up to each area above them, those that are not forecast included.
    held : mapping of code to people
        Counted in areas that are not forecast: part of every sum they belong to, and held.
    whole : codes, optional
        The areas that the total is of; all unless told.
    """

    origin: pd.Timestamp
    areas: tuple[str, ...]
    start: NDArray[np.float64]
    eligible: NDArray[np.float64]
    known_until: pd.DatetimeIndex
    course: NDArray[np.float64]
    days: int
    sure: NDArray[np.float64]
    parents: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    held: Mapping[str, float] = field(default_factory=dict)
    whole: tuple[str, ...] | None = None

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

    def together(self) -> Paths:
        """Return the paths of the sums alone, each as an area: the parents, and the total last."""
        sums = self.locations[len(self.areas) :]
        return replace(
            self,
            areas=sums,
            start=np.array([self.start_of(one) for one in sums]),
            eligible=np.array([self.eligible_of(one) for one in sums]),
            known_until=pd.DatetimeIndex([self.known_of(one) for one in sums]),
            course=np.stack([self.course_of(one) for one in sums], axis=2),
            sure=np.array([self.sure_of(one) for one in sums]),
            parents={},
            held={},
            whole=None,
        )

    @property
    def locations(self) -> tuple[str, ...]:
        """The areas, their parents, and the total last."""
        return (*self.areas, *self.parents, TOTAL)

    def columns_of(self, location: str) -> NDArray[np.intp] | slice:
        """Columns of the areas that are, or add up to, a location."""
        if location == TOTAL and self.whole is None:
            return slice(None)
        if location in self._column:
            return np.array([self._column[location]], dtype=np.intp)
        known = [self._column[one] for one in self._members(location) if one in self._column]
        return np.array(known, dtype=np.intp)

    def _members(self, location: str) -> tuple[str, ...]:
        """Return the areas that add up to a location, those that are not forecast included."""
        if location == TOTAL:
            return (*self.areas, *self.held) if self.whole is None else self.whole
        return self.parents.get(location, ())

    @cached_property
    def _column(self) -> Mapping[str, int]:
        return {area: column for column, area in enumerate(self.areas)}

    def beside(self, location: str) -> float:
        """People counted in the areas of a location that are not forecast."""
        return float(sum(self.held.get(one, 0.0) for one in self._members(location)))

    def course_of(self, location: str) -> NDArray[np.float64]:
        """Paths on `all_dates` of an area, a parent or the total: the sum of the areas draw by draw."""
        return np.asarray(self.course[:, :, self.columns_of(location)].sum(axis=2) + self.beside(location))

    def of(self, location: str) -> NDArray[np.float64]:
        """Paths after the origin (draws, days) of a location."""
        return self.course_of(location)[:, -self.days :]

    def start_of(self, location: str) -> float:
        """Newest count of an area; for a sum that of the newest counts."""
        return float(self.start[self.columns_of(location)].sum()) + self.beside(location)

    def sure_of(self, location: str) -> float:
        """People of whom no reading doubts that they are counted."""
        return float(self.sure[self.columns_of(location)].sum()) + self.beside(location)

    def known_of(self, location: str) -> pd.Timestamp:
        """Day of the newest count of an area, or of any area of a sum."""
        days = self.known_until[self.columns_of(location)]
        return self.origin if location == TOTAL or days.empty else pd.Timestamp(days.max())

    def eligible_of(self, location: str) -> float:
        """Eligible people of an area, or of the forecast areas of a sum."""
        return float(self.eligible[self.columns_of(location)].sum())
