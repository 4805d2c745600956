"""A second reader, which must see the same values as the first."""

import io
import re
from datetime import date, datetime, time, timedelta

import python_calamine

from analysis.workbook.cells import Refused, Sheet


def agree(sheets: list[Sheet], data: bytes) -> None:
    """Read the workbook with a second reader, and refuse it where the two see different values."""
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    sheet_type = python_calamine.SheetTypeEnum.WorkSheet
    listed = {one.name for one in book.sheets_metadata if one.typ == sheet_type}
    if listed - {sheet["name"] for sheet in sheets}:
        raise Refused("damaged_file", "sheet_missing")
    for sheet in sheets:
        values = book.get_sheet_by_name(sheet["name"]).to_python(skip_empty_area=False)
        for (row, column), value in sheet.pop("raw").items():
            other = values[row][column] if row < len(values) and column < len(values[row]) else ""
            if not _same(value, other):
                raise Refused("readers_disagree", f"{sheet['name'][:31]}, {row + 1}")


def _same(one: object, other: object) -> bool:
    if isinstance(one, bool) or isinstance(other, bool):
        return bool(one) == bool(other)
    if isinstance(one, int | float) and isinstance(other, int | float):
        return float(one) == float(other)
    if isinstance(one, int | float):
        # A number that one reader shows as a date or a duration has no second opinion.
        return isinstance(other, datetime | date | time | timedelta)
    if isinstance(one, datetime | date | time | timedelta):
        return _moment(one) == _moment(other) or isinstance(other, int | float)
    first, second = (re.sub(r"\s|_x[0-9A-Fa-f]{4}_", "", str(text)) for text in (one, other))
    return first == second or first.startswith(("#", "=")) or re.match(r"\d{4}-\d\d-\d\d", first) is not None


def _moment(value: object) -> str:
    text = value.isoformat() if hasattr(value, "isoformat") else str(value)
    return text.replace("T00:00:00", "")[:16]
