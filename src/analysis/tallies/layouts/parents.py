"""A column of districts beside one of communes names the area above, not another area of the row."""

import numpy as np

from analysis.tallies.layouts.table import Table
from analysis.tallies.words.places import Gazetteer

MOST_ROWS = 200
"""Rows that are looked at."""


def with_parents(table: Table, places: Gazetteer) -> Table:
    """Return the table with the column that names areas above marked as such, where there is one.

    Of two columns of areas, one is above the other where the rows that fill both say areas that lie in it.
    """
    areas = table.holding("area")
    if len(areas) != 2:
        return table
    rows = np.arange(table.last + 1, len(table.records))[:MOST_ROWS]
    said = {one: table.records.column(one.at, rows).mapped(str.strip) for one in areas}
    for above, own in (areas, reversed(areas)):
        pairs = zip(said[own], said[above], strict=True)
        full = [(name, parent) for name, parent in pairs if name and parent and places.candidates(name)]
        within = [pair for pair in full if places.lies_in(*pair)]
        if 2 * len(within) > len(full):
            return table.with_columns(
                [one._replace(role="parent") if one == above else one for one in table.columns]
            )
    return table
