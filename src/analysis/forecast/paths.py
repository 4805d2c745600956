"""Joint sample paths: the one form in which every model's forecast is kept."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.forecast.drawn import laid_out, some_days, summed
from analysis.forecast.history import TOTAL

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

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

    @property
    def values(self) -> NDArray[np.float64]:
        """Paths after the origin (draws, days, A)."""
        return self.course[:, -self.days :]

    def of(self, areas: NDArray[np.bool_]) -> Paths:
        """Return the paths of some areas."""
        return replace(
            self,
            areas=tuple(area for area, there in zip(self.areas, areas, strict=True) if there),
            start=self.start[areas],
            eligible=self.eligible[areas],
            known_until=self.known_until[areas],
            course=self.course.transpose(1, 2, 0)[:, areas].transpose(2, 0, 1),
            sure=self.sure[areas],
        )

    def after(self, days: Sequence[int]) -> NDArray[np.float64]:
        """Paths (draws, days, A) so many days after the origin."""
        return some_days(self.values, np.asarray(days) - 1)

    @property
    def dates(self) -> pd.DatetimeIndex:
        """The days after the origin."""
        return pd.date_range(self.origin + pd.Timedelta(days=1), periods=self.days)

    @property
    def all_dates(self) -> pd.DatetimeIndex:
        """The days of `course`: those on which not every area is known, and those after the origin."""
        return pd.date_range(end=self.dates[-1], periods=self.course.shape[1])


def _side_by_side(columns: NDArray[np.intp]) -> slice | NDArray[np.intp]:
    first, last = int(columns[0]), int(columns[-1]) + 1
    return slice(first, last) if last - first == len(columns) else columns


class Sums:
    """Paths of parents and of the total, added up draw by draw while blocks of areas go by.

    Parameters
    ----------
    parents, held
        As `Paths` has them.
    own
        The areas that the sums are of; all unless told.
    """

    def __init__(
        self,
        parents: Mapping[str, tuple[str, ...]],
        held: Mapping[str, float],
        own: Collection[str] | None = None,
    ) -> None:
        self.names, self._own = (*parents, TOTAL), own
        if own is not None:
            held = {one: people for one, people in held.items() if one in own}
        self._above: dict[str, list[int]] = {}
        for at, members in enumerate(parents.values()):
            for one in members:
                self._above.setdefault(one, []).append(at)
        below = [*parents.values(), tuple(held)]
        beside = [sum(held.get(one, 0.0) for one in some) for some in below]
        self.beside = np.array(beside, dtype=np.float64)
        self._start, self._sure = self.beside.copy(), self.beside.copy()
        self._eligible = np.zeros(len(self.names))
        self._known: list[pd.Timestamp | None] = [None] * len(self.names)
        self._course: NDArray[np.float64] | None = None
        self._like: Paths | None = None

    def groups(self, areas: Sequence[str]) -> dict[tuple[int, ...], slice | NDArray[np.intp]]:
        """Return which columns of some areas belong to the same sums, by the positions of these.

        Each area is in one group, which is added up once for all its sums. Columns side by side are a slice:
        nothing is copied then.
        """
        found: dict[tuple[int, ...], list[int]] = {}
        for column, area in enumerate(areas):
            if self._own is None or area in self._own:
                sums = (*self._above.get(area, ()), len(self.names) - 1)
                found.setdefault(sums, []).append(column)
        return {sums: _side_by_side(np.array(those, dtype=np.intp)) for sums, those in found.items()}

    def add(self, block: Paths) -> None:
        """Add the areas of a block; all blocks have the same days and draws."""
        draws, days, _ = block.course.shape
        if self._course is None:
            self._course = laid_out((draws, days, len(self.names)))
            self._course[:] = self.beside
        self._like = replace(block, course=self._course)  # not the block's own, which can go
        for sums, those in self.groups(block.areas).items():
            together = summed(block.course.transpose(1, 2, 0)[:, those]).T
            newest = pd.Timestamp(block.known_until[those].max())
            for at in sums:
                self._course[:, :, at] += together
                self._start[at] += block.start[those].sum()
                self._sure[at] += block.sure[those].sum()
                self._eligible[at] += block.eligible[those].sum()
                before = self._known[at]
                self._known[at] = newest if before is None else max(before, newest)

    def of(self, counts: NDArray[np.float64], areas: Sequence[str]) -> NDArray[np.float64]:
        """Sum counts (T, A) of areas that are forecast in the same way (T, S)."""
        summed = np.zeros((len(counts), len(self.names)))
        for sums, those in self.groups(areas).items():
            summed[:, sums] += np.nansum(counts[:, those], axis=1)[:, None]
        return summed

    def paths(self) -> Paths:
        """Return what was added, each sum as an area; one with no area that is forecast has none."""
        if self._like is None or self._course is None:
            raise ValueError("no block was added")
        origin = self._like.origin
        return replace(
            self._like,
            areas=self.names,
            start=self._start,
            sure=self._sure,
            eligible=self._eligible,
            known_until=pd.DatetimeIndex(
                [origin if one is None else one for one in (*self._known[:-1], None)]
            ),
            course=self._course,
            parents={},
            held={},
        )
