"""What the rows of a table come to: cells, rows that sum others, and what is held or passed over."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from analysis.tallies.files.records import Ints
from analysis.tallies.files.text import Unreadable
from analysis.tallies.layouts.table import Table

HELD = -1
"""In place of a qualifier: the cell is held."""
EPOCH = date(1970, 1, 1).toordinal()
MOST_HELD = 10_000
"""A file with more faults than this is no tally; nobody will look at them one by one."""


@dataclass
class Cells:
    """One column of tallies: arrays over the rows that have an area and a day.

    ``places`` are positions in the sheet's records, ``qualifiers`` positions in QUALIFIERS or HELD.
    """

    measure: str
    column: int
    places: Ints
    areas: Ints
    days: Ints
    values: NDArray[np.float64]
    qualifiers: Ints
    out_of: dict[int, float] = field(default_factory=dict)


class Fault(NamedTuple):
    """A cell, or with ``measure`` None a whole row, that is held; ``row`` is a position from 0."""

    row: int
    reason: str
    text: str
    measure: str | None
    detail: dict[str, object]


@dataclass
class Outcome:
    """What the rows of one table came to.

    ``sums`` are the rows that sum others; ``orders`` says what its dates prove to stand first, day or month,
    and ``either`` are the rows of those that read both ways.
    """

    table: Table
    cells: list[Cells] = field(default_factory=list)
    sums: list[int] = field(default_factory=list)
    held: list[Fault] = field(default_factory=list)
    ignored: list[tuple[int, str]] = field(default_factory=list)
    found: list[tuple[str, int | None, dict[str, object]]] = field(default_factory=list)

    orders: set[str] = field(default_factory=set)
    either: list[int] = field(default_factory=list)

    def hold(
        self, row: int, reason: str, text: str | None = None, measure: str | None = None, **detail: object
    ) -> None:
        """Hold a cell, or a whole row with all its texts where none is given."""
        if len(self.held) >= MOST_HELD:
            raise Unreadable("too_many_faults", f"{MOST_HELD} +")
        said = " | ".join(self.table.records[row]) if text is None else text
        self.held.append(Fault(row, reason, said, measure, detail))

    def ignore(self, rows: Iterable[int], reason: str) -> None:
        """Leave out rows that are no tallies."""
        self.ignored += [(row, reason) for row in rows]

    def find(self, code: str, row: int | None = None, **detail: object) -> None:
        """Note a finding."""
        self.found.append((code, row, detail))

    def hold_cells(self, cells: Cells, where: NDArray[np.bool_], reason: str, **detail: object) -> None:
        """Hold the cells at ``where`` that are not held already."""
        for position in np.flatnonzero(where & (cells.qualifiers != HELD)):
            cells.qualifiers[position] = HELD
            row = int(cells.places[position])
            self.hold(row, reason, self.table.records.cell(row, cells.column), cells.measure, **detail)
