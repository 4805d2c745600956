"""The tables as a workbook: one sheet a table, numbers as numbers, text that can never become a formula."""

import math
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import xlsxwriter

from analysis.artifacts import replacing
from analysis.campaign import Text
from analysis.inert import inert
from analysis.report.numbers import Numbers
from analysis.report.table import Cell, Column, Table

_FORMATS = {
    "count": "#,##0",
    "signed": "+#,##0;−#,##0;0",
    "share": "0.0%",
    "probability": "0%",
    "estimate": "#,##0.###",
    "p_value": "0.0000",
    "rate": "#,##0.0",
    "plain": "#,##0.##",
    "percent": "0%",
    "day": "d/m/yyyy",
}


def write_workbook(
    path: Path, title: Text, lines: Iterable[str], numbers: Numbers, tables: Iterable[Table]
) -> Path:
    """Write the workbook: notes, headline numbers, then one sheet a table, headings frozen.

    Parameters
    ----------
    path
        File to make, whole or not at all.
    title, lines
        For the first sheet: what this is, as of when, whether simulated.
    numbers, tables
        The same that every other form shows.
    """
    with replacing(path) as draft:
        options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
        with xlsxwriter.Workbook(str(draft), options) as book:
            book.set_properties({"title": title.vi, "created": datetime(2000, 1, 1)})
            formats = {
                "head": book.add_format(
                    {"bold": True, "text_wrap": True, "valign": "top", "bottom": 1, "bg_color": "#eef4f9"}
                ),
                "strong": book.add_format({"bold": True}),
                "wrap": book.add_format({"text_wrap": True, "valign": "top"}),
                "title": book.add_format({"bold": True, "font_size": 14}),
                **{kind: book.add_format({"num_format": code}) for kind, code in _FORMATS.items()},
            }
            _notes(book, formats, title, lines, tables := list(tables))
            _numbers(book, formats, numbers)
            for table in tables:
                _sheet(book, formats, table)
    return path


def _notes(book: Any, formats: Any, title: Text, lines: Iterable[str], tables: list[Table]) -> None:
    sheet = book.add_worksheet("Ghi chú")
    sheet.set_column(0, 0, 110, formats["wrap"])
    sheet.write_string(0, 0, title.vi, formats["title"])
    sheet.write_string(1, 0, title.en)
    row = 3
    for line in lines:
        sheet.write_string(row, 0, line, formats["wrap"])
        row += 1
    for table in tables:
        row += 1
        sheet.write_string(row, 0, f"{table.title.vi} / {table.title.en} ({table.source})", formats["strong"])
        sheet.write_string(row + 1, 0, table.note.vi, formats["wrap"])
        sheet.write_string(row + 2, 0, table.note.en, formats["wrap"])
        row += 3


def _numbers(book: Any, formats: Any, numbers: Numbers) -> None:
    sheet = book.add_worksheet("Số liệu chính")
    headings = (
        "key", "Giá trị / Value", "từ / from", "đến / to", "Mức / Level", "Đơn vị / Unit",
        "Ngày / Date", "Mẫu số / Denominator", "Nguồn / Source", "vi", "en",
    )  # fmt: skip
    for column, heading in enumerate(headings):
        sheet.write_string(0, column, heading, formats["head"])
    for row, number in enumerate(numbers.values(), start=1):
        kind = "share" if number.kind == "signed_share" else "rate" if number.kind == "ratio" else number.kind
        unit = f"{number.unit.vi} / {number.unit.en}" if number.unit else ""
        sheet.write_string(row, 0, number.key)
        for column, value in ((1, number.value), (2, number.low), (3, number.high)):
            _write(sheet, formats, row, column, value, kind)
        _write(sheet, formats, row, 4, number.level, "probability")
        sheet.write_string(row, 5, unit)
        _write(sheet, formats, row, 6, number.day, "day")
        _write(sheet, formats, row, 7, number.denominator, "count")
        sheet.write_string(row, 8, number.source)
        for column, language in ((9, "vi"), (10, "en")):
            sheet.write_string(row, column, number.text(language))
    sheet.freeze_panes(1, 1)
    sheet.set_column(0, 0, 20)
    sheet.set_column(1, 7, 16)
    sheet.set_column(8, 10, 34)


def _sheet(book: Any, formats: Any, table: Table) -> None:
    sheet = book.add_worksheet(table.title.vi[:31])
    shown = [at for at, column in enumerate(table.columns) if column.kind != "trend"]
    for at, column in enumerate(table.columns[number] for number in shown):
        sheet.write_string(0, at, f"{column.heading.vi}\n{column.heading.en}", formats["head"])
        sheet.set_column(at, at, _width(column, table.column(column.key)))
    for row, cells in enumerate(table.rows, start=1):
        for at, number in enumerate(shown):
            _write(sheet, formats, row, at, cells[number], table.columns[number].kind)
    sheet.freeze_panes(1, 1)
    sheet.set_row(0, 48)
    if table.rows:
        sheet.autofilter(0, 0, len(table.rows), len(shown) - 1)


def _write(sheet: Any, formats: Any, row: int, column: int, cell: Cell, kind: str) -> None:
    if isinstance(cell, bool):
        sheet.write_string(row, column, "▲" if cell else "")
    elif isinstance(cell, Text):
        sheet.write_string(row, column, inert(f"{cell.vi} / {cell.en}"))
    elif isinstance(cell, date):
        sheet.write_datetime(row, column, datetime(cell.year, cell.month, cell.day), formats["day"])
    elif isinstance(cell, (int, float)) and math.isfinite(cell):
        sheet.write_number(row, column, cell, formats[kind])
    elif isinstance(cell, str):
        sheet.write_string(row, column, inert(cell))


def _width(column: Column, cells: Iterable[Cell]) -> float:
    longest = max((len(str(cell)) for cell in cells if isinstance(cell, str)), default=0)
    return min(max(longest, 12 if column.numeric else 10, len(column.heading.vi) * 0.8), 60) + 2
