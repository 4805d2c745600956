"""All tallies of some readings at once, as columns, and what one pass over them takes out or finds."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from analysis.campaign import Area, Measure, pairs_of
from analysis.tallies.checks import in_vietnamese
from analysis.tallies.files.records import Ints
from analysis.tallies.result import FileReading
from analysis.tallies.words.values import QUALIFIERS

Floats = NDArray[np.float64]
EXACT, MISSING = QUALIFIERS.index("exact"), QUALIFIERS.index("missing")


class Flat(NamedTuple):
    """All tallies of some readings as columns, in the order of files; ``sheet`` points into their names."""

    reading: Ints
    sheet: Ints
    row: Ints
    area: Ints
    day: Ints
    measure: Ints
    value: Floats
    qualifier: Ints

    def where(self, keep: NDArray[np.bool_]) -> "Flat":
        """Return some of the tallies."""
        return self if keep.all() else Flat._make(column[keep] for column in self)


def flatten(readings: Sequence[FileReading]) -> tuple[Flat, list[str | None]]:
    """Return the tallies of all readings as one table, and the names of all sheets."""
    blocks = [(number, block) for number, reading in enumerate(readings) for block in reading.blocks]
    sizes = [len(block.rows) for _, block in blocks]
    sheets = sorted({block.sheet for _, block in blocks}, key=lambda name: name or "")
    codes = {name: at for at, name in enumerate(sheets)}

    def spread(numbers: list[int]) -> Ints:
        return np.repeat(np.array(numbers, dtype=np.int64), sizes)

    def joined(name: str, kind: type[np.generic] = np.int64) -> NDArray[Any]:
        parts = [getattr(block, name) for _, block in blocks]
        return np.concatenate(parts).astype(kind, copy=False) if parts else np.array([], dtype=kind)

    flat = Flat(
        reading=spread([number for number, _ in blocks]),
        sheet=spread([codes[block.sheet] for _, block in blocks]),
        row=joined("rows"),
        area=joined("areas"),
        day=joined("days"),
        measure=spread([block.measure for _, block in blocks]),
        value=joined("values", np.float64),
        qualifier=joined("qualifiers"),
    )
    return flat, sheets


@dataclass
class Review:
    """One pass over some readings; ``out`` marks the tallies that are taken out."""

    readings: Sequence[FileReading]
    areas: Sequence[Area]
    measures: Sequence[Measure]
    flat: Flat
    sheets: Sequence[str | None]
    out: NDArray[np.bool_]

    @classmethod
    def of(
        cls, readings: Sequence[FileReading], areas: Sequence[Area], measures: Sequence[Measure]
    ) -> "Review":
        """Begin a pass."""
        flat, sheets = flatten(readings)
        return cls(readings, areas, measures, flat, sheets, np.zeros(len(flat.row), dtype=bool))

    def measured(self, kind: str) -> list[int]:
        """Return the positions of the measures of one kind."""
        return [at for at, one in enumerate(self.measures) if one.kind == kind]

    def exact(self, standing: Ints, measure: int) -> Ints:
        """Return those of some tallies that are exact, of one measure and not taken out."""
        of_it = (self.flat.measure[standing] == measure) & (self.flat.qualifier[standing] == EXACT)
        sums: Ints = standing[of_it & ~self.out[standing]]
        return sums

    @cached_property
    def period_of(self) -> dict[int, int]:
        """The count of a period that belongs to each sum that has one."""
        at = {one.code: position for position, one in enumerate(self.measures)}
        return {at[whole]: at[period] for whole, period in pairs_of(self.measures)}

    def hold(self, positions: Ints, reason: str, **detail: object) -> None:
        """Take tallies out of their blocks and hold them."""
        for position in positions[~self.out[positions]].tolist():
            self.out[position] = True
            reading, sheet, row, measure = self._where(position)
            reading.hold(
                reason,
                sheet,
                row,
                self.measures[measure].code,
                in_vietnamese(self.flat.value[position]),
                **detail,
            )

    def ignore(self, positions: Ints, reason: str) -> None:
        """Take tallies out of their blocks that another one says as well."""
        for position in positions[~self.out[positions]].tolist():
            self.out[position] = True
            reading, sheet, row, measure = self._where(position)
            reading.ignore(reason, sheet, row, self.measures[measure].code)

    def find(self, positions: Ints, code: str, **detail: object) -> None:
        """Note a finding for each tally."""
        for position in positions.tolist():
            reading, sheet, row, _ = self._where(position)
            found = float(self.flat.value[position])
            reading.find(code, sheet, row, found=found, area=self._name(position), **detail)

    def _where(self, position: int) -> tuple[FileReading, str | None, int, int]:
        reading, sheet = self.readings[self.flat.reading[position]], self.sheets[self.flat.sheet[position]]
        return reading, sheet, int(self.flat.row[position]), int(self.flat.measure[position])

    def _name(self, position: int) -> str:
        return self.areas[int(self.flat.area[position])].name
