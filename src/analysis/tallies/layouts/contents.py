"""What a column holds by what stands in it, where its heading does not tell."""

from collections.abc import Callable, Sequence

import numpy as np

from analysis.tallies.files.records import Ints
from analysis.tallies.layouts.table import Column, Table
from analysis.tallies.words.dated import end_of_period
from analysis.tallies.words.days import Calendar
from analysis.tallies.words.headings import Role
from analysis.tallies.words.places import Gazetteer
from analysis.tallies.words.values import Number, read_count

MOST_LOOKED_AT = 200
"""Rows that are asked what a column holds."""
LEAST_CODE = 3
"""Shorter numbers are rather those of lines than codes of areas."""


def with_areas(table: Table, places: Gazetteer) -> Table:
    """Take the one column of texts that nobody knows for the areas, where most of them name one.

    Where nothing is counted below a measure, that is a word in a row of another table, and no heading.
    """
    counts = (text for one in table.counting for text in _texts(table, one))
    if not any(isinstance(read_count(text), Number) for text in counts):
        return table
    texts = {one: _texts(table, one) for one in table.holding("unknown", "unnamed")}
    named = [one for one, said in texts.items() if any(_is_name(text, places) for text in said)]
    if len(named) != 1 or places.candidates(named[0].heading):
        return table
    known = [text for text in texts[named[0]] if places.candidates(text)]
    return _as("area", named if 2 * len(known) > len(texts[named[0]]) else (), table)


def _is_name(text: str, places: Gazetteer) -> bool:
    code = len(text) >= LEAST_CODE and places.is_code(text)
    return code or (any(map(str.isalpha, text)) and not isinstance(read_count(text), Number))


def with_days(table: Table, calendar: Calendar) -> Table:
    """Tell columns of days and of what came on them apart.

    A second column headed by a word for a day that has but counts is of those; one that nobody knows that has
    but periods is of days, where there is no other.
    """
    days = table.holding("date")
    counts = [
        one
        for one in days[1:]
        if _have(_texts(table, one), lambda text: isinstance(read_count(text), Number))
    ]
    table = _as(table.subject.role("daily"), counts, table)
    if days or any(one.day for one in table.columns):
        return table
    unknown = table.holding("unknown", "unnamed", "other")
    periods = [
        one for one in unknown if _have(_texts(table, one), lambda text: bool(end_of_period(text, calendar)))
    ]
    return _as("date", periods if len(periods) == 1 else (), table)


def with_parents(table: Table, places: Gazetteer) -> Table:
    """Mark the column that names areas above, such as districts beside communes, where there is one.

    Of two columns of areas, one is above the other where the rows that fill both say areas that lie in it.
    """
    areas = table.holding("area")
    if len(areas) != 2:
        return table
    said = {one: table.records.column(one.at, _rows(table)).mapped(str.strip) for one in areas}
    for above, own in (areas, reversed(areas)):
        pairs = zip(said[own], said[above], strict=True)
        full = [(name, parent) for name, parent in pairs if name and parent and places.candidates(name)]
        within = [pair for pair in full if places.lies_in(*pair)]
        if 2 * len(within) > len(full):
            return _as("parent", [above], table)
    return table


def _rows(table: Table) -> Ints:
    return np.arange(table.last + 1, len(table.records))[:MOST_LOOKED_AT]


def _texts(table: Table, column: Column) -> list[str]:
    """Return the different texts under the heading of a column."""
    return [
        text for text in table.records.column(column.at, _rows(table)).mapped(str.strip).different if text
    ]


def _have(texts: Sequence[str], what: Callable[[str], bool]) -> bool:
    return bool(texts) and all(map(what, texts))


def _as(role: Role, columns: Sequence[Column], table: Table) -> Table:
    return table.with_columns([one._replace(role=role) if one in columns else one for one in table.columns])
