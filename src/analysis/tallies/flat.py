"""All tallies of some readings at once, as columns, and what one pass over them takes out or finds."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from analysis.campaign import Area, Measure, pairs_of
from analysis.tallies.checks import in_vietnamese
from analysis.tallies.records import Ints
from analysis.tallies.result import FileReading
from analysis.tallies.values import QUALIFIERS

Floats = NDArray[np.float64]
EXACT, MISSING = QUALIFIERS.index("exact"), QUALIFIERS.index("missing")


class Flat(NamedTuple):
    """All tallies of some readings as columns; ``block`` and ``at`` say where each is kept."""

    reading: Ints
    block: Ints
    at: Ints
    row: Ints
    area: Ints
    day: Ints
    measure: Ints
    value: Floats
    qualifier: Ints


@dataclass
class Review:
    """One pass over some readings; ``out`` marks the tallies that are taken out."""

    readings: Sequence[FileReading]
    areas: Sequence[Area]
    measures: Sequence[Measure]
    flat: Flat
    out: NDArray[np.bool_]

    def measured(self, kind: str) -> list[int]:
        """Return the positions of the measures of one kind."""
        return [at for at, one in enumerate(self.measures) if one.kind == kind]

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
        reading = self.readings[self.flat.reading[position]]
        block = reading.blocks[self.flat.block[position]]
        return reading, block.sheet, int(self.flat.row[position]), int(self.flat.measure[position])

    def _name(self, position: int) -> str:
        return self.areas[int(self.flat.area[position])].name
