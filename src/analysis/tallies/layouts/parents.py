"""A column of districts beside one of communes names the area above, not another area of the row."""

from analysis.tallies.layouts.table import Column, Table
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
    body = table.records[table.last + 1 : table.last + 1 + MOST_ROWS]
    for above, own in (areas, reversed(areas)):
        pairs = [(_text(row, own), _text(row, above)) for row in body]
        full = [(name, parent) for name, parent in pairs if name and parent and places.candidates(name)]
        within = [pair for pair in full if places.lies_in(*pair)]
        if full and 2 * len(within) > len(full):
            return table.with_columns(
                [one._replace(role="parent") if one == above else one for one in table.columns]
            )
    return table


def _text(row: list[str], column: Column) -> str:
    return row[column.at].strip() if column.at < len(row) else ""
