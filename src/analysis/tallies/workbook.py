"""From the bytes of a workbook to records of text: each cell as the team saw it."""

import io
from datetime import date, datetime
from typing import NamedTuple

import openpyxl

from analysis.tallies.text import Records


class Sheet(NamedTuple):
    """One sheet as records of text; ``name`` is None for text files."""

    name: str | None
    records: Records


def read_xlsx(data: bytes) -> list[Sheet]:
    """Read every sheet of an XLSX workbook."""
    book = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
    sheets = []
    for sheet in book.worksheets:
        records = [[_shown(cell.value, cell.number_format) for cell in row] for row in sheet.iter_rows()]
        sheets.append(Sheet(sheet.title, records))
    return sheets


def _shown(value: object, number_format: str) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, datetime | date):
        return value.strftime("%Y-%m-%d")
    if isinstance(value, int | float):
        if number_format.endswith("%"):
            value = round(value * 100, 10)
        if not float(value).is_integer() and number_format in ("0.000", "#,##0.000"):
            return f"{value:.3f}"
        return f"{value:.15g}".replace(".", ",")
    return str(value)
