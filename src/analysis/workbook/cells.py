"""The cells of one sheet by their place, as the team saw them, and the rectangle of records they make."""

import re
from collections.abc import Iterable
from datetime import date, datetime, time
from itertools import pairwise
from typing import Any

BOX = 1_500_000
"""Cells of the smallest rectangle that may hold a sheet's content."""
MOST_FAR = 100
"""Cells beyond a gap: more than this are no slip of the hand."""
LEAST_GAP = 100
"""Rows or columns left empty between a table and a cell that is none of it."""

Sheet = dict[str, Any]
"""One sheet as the protocol has it: name, records, what is hidden, merged or far off, notes."""
Cells = dict[tuple[int, int], str]
"""Text by row and column, from 0."""


class Refused(Exception):  # noqa: N818 - it says what became of the file
    """The workbook cannot be read: the code of a check, and what was seen."""


def column_at(letters: str) -> int:
    """Return the position of the column of some letters, from 0: that of AA is 26."""
    number = 0
    for letter in letters.upper():
        number = 26 * number + ord(letter) - ord("@")
    return number - 1


def letters_of(column: int) -> str:
    """Return the letters of the column at a position, as a spreadsheet names it."""
    over, last = divmod(column, 26)
    return (letters_of(over - 1) if over else "") + chr(ord("A") + last)


def far_off(places: Iterable[tuple[int, int]]) -> set[tuple[int, int]]:
    """Return the few cells, as (row, column), that lie beyond wide gaps and would make a sheet too large.

    Raises
    ------
    Refused
        If leaving out a few does not make it small enough.
    """
    kept, far = set(places), set[tuple[int, int]]()
    while kept:
        ends = [max(place[axis] for place in kept) + 1 for axis in (0, 1)]
        if ends[0] * ends[1] <= BOX:
            break
        gaps = [_widest_gap(sorted({place[axis] for place in kept})) for axis in (0, 1)]
        axis = 0 if gaps[0][0] * ends[1] >= gaps[1][0] * ends[0] else 1
        width, start = gaps[axis]
        beyond = {place for place in kept if place[axis] >= start}
        far |= beyond
        kept -= beyond
        if width < LEAST_GAP or len(far) > MOST_FAR or not kept:
            raise Refused("too_large", f"{ends[0]} x {ends[1]}")
    return far


def _widest_gap(used: list[int]) -> tuple[int, int]:
    """Return the width of the widest gap between numbers in order, and the first number behind it."""
    return max(((after - before, after) for before, after in pairwise(used)), default=(0, 0))


def records_of(cells: Cells) -> list[list[str]]:
    """Return the rectangle around some cells; raises Refused where it is too large."""
    if not cells:
        return []
    bottom = max(row for row, _ in cells) + 1
    right = max(column for _, column in cells) + 1
    if bottom * right > BOX:
        raise Refused("too_large", f"{bottom} x {right}")
    records = [[""] * right for _ in range(bottom)]
    for (row, column), text in cells.items():
        records[row][column] = text
    return records


def shown(value: object, number_format: str = "General") -> str:
    """Write a cell as the team saw it, in Vietnamese: a decimal comma, ISO dates, percent signs.

    ``12.6`` with three fixed decimals is seen as ``12.600``, which is how an English Excel keeps a typed
    twelve thousand six hundred.
    """
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d" if value.time() == time() else "%Y-%m-%d %H:%M:%S")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int | float):
        return _number(float(value), number_format)
    return str(value)


def _number(value: float, number_format: str) -> str:
    form = number_format.split(";")[0]
    form = re.sub(r"\[[^\]]*\]|_.|\*.|\\|\"[^\"]*\"", "", form).strip()
    if form.endswith("%"):
        return _percent(value * 100, form) + "%"
    if re.fullmatch(r"(?:#,##)?0\.000|0,000\.000", form) and 0 <= value < 1000:
        return f"{value:.3f}" if abs(value * 1000 - round(value * 1000)) < 1e-6 else _decimal(value)
    return _decimal(value)


def _percent(value: float, form: str) -> str:
    """Write a percentage as it was typed; one that was computed, and has no end, as its format shows it."""
    typed = round(value, 6)
    if abs(typed - value) < 1e-9:
        return _decimal(typed)
    return _decimal(round(value, len(form.partition(".")[2].rstrip("%"))))


def _decimal(value: float) -> str:
    if value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return f"{value:.15g}".replace(".", ",")
