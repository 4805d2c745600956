"""Workbooks of Excel 97 to 2003."""

import io

import xlrd

from analysis.workbook.cells import Cells, Refused, Sheet, records_of, shown


def read_xls(data: bytes) -> list[Sheet]:
    """Read a workbook of Excel 97 to 2003."""
    try:
        book = xlrd.open_workbook(file_contents=data, formatting_info=True, logfile=io.StringIO())
    except xlrd.XLRDError as error:
        raise Refused("password" if "encrypt" in str(error).lower() else "damaged_file", "XLS") from None
    sheets = []
    for sheet in book.sheets():
        cells: Cells = {}
        raw: dict[tuple[int, int], object] = {}
        for row in range(sheet.nrows):
            for column in range(sheet.row_len(row)):
                cell = sheet.cell(row, column)
                value = _value(cell, book)
                if value is not None and value != "":
                    form = book.format_map[book.xf_list[cell.xf_index].format_key].format_str
                    cells[row, column] = shown(value, form)
                    raw[row, column] = value
        sheets.append(
            {
                "name": sheet.name,
                "hidden": sheet.visibility != 0,
                "records": records_of(cells),
                "hidden_rows": [row for row, info in sheet.rowinfo_map.items() if info.hidden],
                "struck_rows": sorted({row for row, column in raw if _is_struck(sheet, row, column, book)}),
                "hidden_columns": [column for column, info in sheet.colinfo_map.items() if info.hidden],
                "merged": [
                    (top, left, bottom - 1, right - 1) for top, bottom, left, right in sheet.merged_cells
                ],
                "epoch": "1904" if book.datemode else "1900",
                "notes": [note.text for note in sheet.cell_note_map.values()],
                "raw": raw,
            }
        )
    return sheets


def _is_struck(sheet: xlrd.sheet.Sheet, row: int, column: int, book: xlrd.Book) -> bool:
    """Whether a text, or a part of one, is struck through."""
    own = book.xf_list[sheet.cell_xf_index(row, column)].font_index
    parts = sheet.rich_text_runlist_map.get((row, column), ())
    return any(bool(book.font_list[font].struck_out) for font in (own, *(font for _, font in parts)))


def _value(cell: xlrd.sheet.Cell, book: xlrd.Book) -> object:
    if cell.ctype == xlrd.XL_CELL_DATE:
        try:
            return xlrd.xldate_as_datetime(cell.value, book.datemode)
        except (xlrd.XLDateError, OverflowError, ValueError):
            return cell.value
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return bool(cell.value)
    if cell.ctype == xlrd.XL_CELL_ERROR:
        return xlrd.error_text_from_code.get(cell.value, "#ERROR!")
    return None if cell.ctype in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK) else cell.value
