"""Office Open XML workbooks."""

import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any

import openpyxl
from openpyxl.cell.rich_text import CellRichText, TextBlock

from analysis.workbook.cells import Cells, Sheet, far_off, records_of, shown


def read_xlsx(data: bytes, *, formulas: bool) -> list[Sheet]:
    """Read an Office Open XML workbook."""
    book = openpyxl.load_workbook(io.BytesIO(data), data_only=True, keep_links=False, rich_text=True)
    written = openpyxl.load_workbook(io.BytesIO(data), keep_links=False) if formulas else None
    epoch = "1904" if book.epoch.year == 1904 else "1900"
    struck = {at for at, font in enumerate(book._fonts) if font.strike}  # type: ignore[attr-defined]
    sheets = []
    for sheet in book.worksheets:
        cells: Cells = {}
        raw: dict[tuple[int, int], object] = {}
        for (row, column), cell in sheet._cells.items():
            if cell.value is not None:
                cells[row - 1, column - 1] = shown(cell.value, cell.number_format)
                raw[row - 1, column - 1] = cell.value
            elif written is not None:
                formula = written[sheet.title].cell(row, column).value
                if formula is not None:
                    cells[row - 1, column - 1] = "=" + str(getattr(formula, "text", formula)).lstrip("=")[:60]
            if cell.comment is not None:
                cells.setdefault((row - 1, column - 1), "")
        far = far_off(cells)
        for place in far:
            raw.pop(place, None)
        notes = [cell.comment.text for cell in sheet._cells.values() if cell.comment is not None]
        columns = [
            number - 1
            for letter, size in sheet.column_dimensions.items()
            if size.hidden
            for number in range(size.min or 1, (size.max or size.min or 1) + 1)
            if number <= 16384
        ]
        sheets.append(
            {
                "name": sheet.title,
                "hidden": sheet.sheet_state != "visible",
                "far": [(row, column, cells.pop((row, column))) for row, column in sorted(far)],
                "records": records_of(cells),
                "hidden_rows": [row - 1 for row, size in sheet.row_dimensions.items() if size.hidden],
                "struck_rows": _struck(sheet, struck),
                "hidden_columns": [column for column in columns if column < 1000],
                "merged": [
                    (one.min_row - 1, one.min_col - 1, one.max_row - 1, one.max_col - 1)
                    for one in sheet.merged_cells.ranges
                ],
                "epoch": epoch,
                "notes": notes,
                "raw": raw,
            }
        )
    return sheets


def _struck(sheet: Any, fonts: set[int]) -> list[int]:
    """Return the rows in which a text, or a part of one, is struck through."""
    cells = (cell for cell in sheet._cells.values() if cell.value is not None)
    return sorted({cell.row - 1 for cell in cells if cell._style.fontId in fonts or _has_struck(cell.value)})


def _has_struck(text: object) -> bool:
    parts = [one for one in text if isinstance(one, TextBlock)] if isinstance(text, CellRichText) else []
    return any(one.font.strike and one.text.strip() for one in parts)


def without(data: bytes, far: Mapping[str, Sequence[str]]) -> bytes:
    """Return an Office Open XML workbook without some cells, given by the part they are in.

    The second reader fills the rectangle around all cells, which a cell far off makes larger than any memory.
    """
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w") as new:
        for entry in old.infolist():
            part = old.read(entry)
            for cell in far.get(entry.filename, ()):
                # Were this to take out anything else, the two readers would disagree.
                tag = rb"<((?:\w+:)?c)\s[^>]*?\br=\"" + cell.encode() + rb"\"[^>]*?(?:/>|(?<!/)>.*?</\1>)"
                part = re.sub(tag, b"", part, flags=re.DOTALL)
            new.writestr(entry.filename, part)
    return stream.getvalue()
