"""What the rows under a heading come to: columns of cells, and rows that sum others."""

from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from analysis.tallies.records import Ints

HELD = -1
"""In place of a qualifier: the cell is held."""
EPOCH = date(1970, 1, 1).toordinal()


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


class Sum(NamedTuple):
    """A row that gives the sum of others: its position, and whether it stands above them as a section."""

    place: int
    section: bool


@dataclass
class Body:
    """What the rows under a heading came to."""

    cells: list[Cells] = field(default_factory=list)
    sums: list[Sum] = field(default_factory=list)
