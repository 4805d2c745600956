"""All tallies of some readings at once, as columns, and what one pass over them takes out or finds."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from analysis.campaign import Area, Measure, pairs_of
from analysis.tallies.checks import in_digits
from analysis.tallies.files.records import Ints
from analysis.tallies.result import Block, FileReading
from analysis.tallies.words.values import QUALIFIERS

Floats = NDArray[np.float64]
Positions = NDArray[np.int32]
EXACT, MISSING = QUALIFIERS.index("exact"), QUALIFIERS.index("missing")


class Flat(NamedTuple):
    """All tallies of some readings as columns, in the order of files, sheets and rows.

    ``sheet`` points into the names of all sheets, ``area`` and ``measure`` into what the campaign declares.
    Each column is as narrow as what it holds: what is multiplied is made wide before.
    """

    reading: NDArray[np.int32]
    sheet: NDArray[np.int32]
    row: NDArray[np.int32]
    area: NDArray[np.int32]
    day: NDArray[np.int32]
    measure: NDArray[np.int16]
    value: Floats
    qualifier: NDArray[np.int8]


WIDTHS = dict(zip(Flat._fields, ("i4", "i4", "i4", "i4", "i4", "i2", "f8", "i1"), strict=True))
AT_ONCE = 1 << 16
"""Tallies that are put together, or looked at, at a time: what that takes does not grow with the files."""


class Tallies:
    """The tallies of readings, put together as they come; what a reading itself holds of them is let go."""

    def __init__(self) -> None:
        self._columns = {name: np.empty(0, dtype=kind) for name, kind in WIDTHS.items()}
        self._blocks: list[tuple[int, Block]] = []
        self._sheets: dict[str | None, int] = {}
        self._readings = self._waiting = 0

    def add(self, reading: FileReading) -> None:
        """Take the tallies of the next file out of its reading."""
        self._blocks += [(self._readings, block) for block in reading.blocks]
        self._waiting += sum(len(block.rows) for block in reading.blocks)
        self._readings += 1
        reading.blocks = []
        if self._waiting >= AT_ONCE:
            self._put_together()

    def all(self) -> tuple[Flat, list[str | None]]:
        """Return all tallies, and the names of all sheets; this holds none of them any more."""
        self._put_together()
        columns, self._columns = self._columns, {}
        return Flat(**columns), list(self._sheets)

    def _put_together(self) -> None:
        blocks, sizes = self._blocks, [len(block.rows) for _, block in self._blocks]
        names = sorted({block.sheet for _, block in blocks}, key=lambda name: name or "")
        ranks = {name: rank for rank, name in enumerate(names)}

        def spread(numbers: list[int]) -> Ints:
            return np.repeat(np.array(numbers, dtype=np.int64), sizes)

        def joined(name: str) -> NDArray[Any]:
            return np.concatenate([getattr(block, name) for _, block in blocks] or [spread([])])

        found = {
            "reading": spread([number for number, _ in blocks]),
            "sheet": spread([self._sheets.setdefault(block.sheet, len(self._sheets)) for _, block in blocks]),
            "row": joined("rows"),
            "area": joined("areas"),
            "day": joined("days"),
            "measure": spread([block.measure for _, block in blocks]),
            "value": joined("values"),
            "qualifier": joined("qualifiers"),
        }
        # One key, because its ascending runs, the blocks, are only merged; four would each be sorted anew.
        place = found["reading"] * len(names) + spread([ranks[block.sheet] for _, block in blocks])
        place = place * (int(found["row"].max(initial=0)) + 1) + found["row"]
        order = np.argsort(
            place * (int(found["measure"].max(initial=0)) + 1) + found["measure"], kind="stable"
        )
        for name, column in found.items():
            whole = self._columns[name]
            there = len(whole)
            whole.resize(there + len(order), refcheck=False)  # where it is: two of a column are never held
            whole[there:] = column[order]
        self._blocks, self._waiting = [], 0


@dataclass
class Review:
    """One pass over some readings; ``out`` marks the tallies that are taken out."""

    readings: Sequence[FileReading]
    areas: Sequence[Area]
    measures: Sequence[Measure]
    flat: Flat
    sheets: Sequence[str | None]
    out: NDArray[np.bool_]

    def left(self) -> dict[str, NDArray[Any]]:
        """Return the columns of the tallies that are left, and hold none any more: they make the result."""
        columns, keep = self.flat._asdict(), ~self.out
        self.flat = Flat._make(column[:0].copy() for column in self.flat)  # a view would hold all
        if not keep.all():
            for name in columns:
                columns[name] = columns[name][keep]
        return columns

    @cached_property
    def spans(self) -> list[tuple[int, int]]:
        """From which area to before which one: parts with some `AT_ONCE` tallies, or more of one area."""
        per_area = np.bincount(self.flat.area, minlength=1)
        part = np.cumsum(per_area) // AT_ONCE
        starts = np.flatnonzero(np.append(True, np.diff(part) > 0)).tolist()
        return list(zip(starts, [*starts[1:], len(per_area)], strict=True))

    def within(self, measure: int, span: tuple[int, int]) -> Positions:
        """Return all tallies of a measure and of some areas, in the order of receipt."""
        area = self.flat.area
        here = (self.flat.measure == measure) & (area >= span[0]) & (area < span[1])
        positions: Positions = np.flatnonzero(here).astype(np.int32)
        return positions

    def of_span(self, standing: Positions, measure: int, span: tuple[int, int]) -> Positions:
        """Return those of the tallies that stand that are of a measure and of some areas."""
        flat = self.flat

        def place(position: int) -> tuple[int, int]:
            return int(flat.measure[position]), int(flat.area[position])

        first, last = (bisect_left(standing, (measure, area), key=place) for area in span)
        those: Positions = standing[first:last]
        return those

    def exact(self, standing: Positions, measure: int, span: tuple[int, int] | None = None) -> Positions:
        """Return those of the tallies that stand that are exact, of one measure and not taken out."""
        of_it = self.of_span(standing, measure, span or (0, len(self.areas)))
        sums: Positions = of_it[(self.flat.qualifier[of_it] == EXACT) & ~self.out[of_it]]
        return sums

    def places(self, positions: Positions) -> Ints:
        """Return one number for the area and day of each tally, (n,), in the order of areas and days."""
        first, last = self.first_and_last
        return self.flat.area[positions] * np.int64(last - first + 1) + (self.flat.day[positions] - first)

    @cached_property
    def first_and_last(self) -> tuple[int, int]:
        """The first and the last day of all tallies."""
        return int(self.flat.day.min()), int(self.flat.day.max())

    @cached_property
    def period_of(self) -> dict[int, int]:
        """The count of a period that belongs to each sum that has one."""
        at = {one.code: position for position, one in enumerate(self.measures)}
        return {at[whole]: at[period] for whole, period in pairs_of(self.measures)}

    def hold(self, positions: Positions, reason: str, **detail: object) -> None:
        """Take tallies out of their blocks and hold them."""
        for position in positions[~self.out[positions]].tolist():
            self.out[position] = True
            reading, sheet, row, measure = self._where(position)
            found = float(self.flat.value[position])
            reading.hold(reason, sheet, row, self.measures[measure].code, in_digits(found),
                         **{"found": found, **detail})  # fmt: skip

    def ignore(self, positions: Positions, reason: str) -> None:
        """Take tallies out of their blocks that another one says as well."""
        for position in positions[~self.out[positions]].tolist():
            self.out[position] = True
            reading, sheet, row, measure = self._where(position)
            reading.ignore(reason, sheet, row, self.measures[measure].code)

    def find(self, positions: Positions, code: str, **detail: object) -> None:
        """Note a finding for each tally."""
        for position in positions.tolist():
            reading, sheet, row, _ = self._where(position)
            found, area = float(self.flat.value[position]), self.areas[int(self.flat.area[position])].name
            reading.find(code, sheet, row, found=found, area=area, **detail)

    def _where(self, position: int) -> tuple[FileReading, str | None, int, int]:
        reading, sheet = self.readings[self.flat.reading[position]], self.sheets[self.flat.sheet[position]]
        return reading, sheet, int(self.flat.row[position]), int(self.flat.measure[position])
