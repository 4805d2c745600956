"""Runs as a process of its own: reads workbooks to records of text, two readers agreeing on every cell.

The process has a limit of memory and may write no file; its parent kills it when a file takes too long. It
imports nothing of the project, so that it starts in a fraction of a second, and speaks a small protocol on
its standard streams: a line of JSON and the bytes of the file come in, eight digits of length and a JSON
document go out.
"""

import contextlib
import io
import json
import os
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Any

MEMORY = 1 << 30
"""Bytes of address space."""
BOX = 1_500_000
"""Cells of the smallest rectangle that may hold a sheet's content."""
MOST_FAR = 100
"""Cells beyond a gap: more than this are no slip of the hand."""
LEAST_GAP = 100
"""Rows or columns left empty between a table and a cell that is none of it."""

Sheet = dict[str, Any]


class Refused(Exception):  # noqa: N818 - it says what became of the file
    """The workbook cannot be read: the code of a check, and what was seen."""


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


def read_xlsx(data: bytes, *, formulas: bool) -> list[Sheet]:
    """Read an Office Open XML workbook."""
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(data), data_only=True, keep_links=False)
    written = openpyxl.load_workbook(io.BytesIO(data), keep_links=False) if formulas else None
    epoch = "1904" if book.epoch.year == 1904 else "1900"
    sheets = []
    for sheet in book.worksheets:
        cells: dict[tuple[int, int], str] = {}
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
                "records": _records(cells),
                "hidden_rows": [row - 1 for row, size in sheet.row_dimensions.items() if size.hidden],
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


def read_xls(data: bytes) -> list[Sheet]:
    """Read a workbook of Excel 97 to 2003."""
    import xlrd

    try:
        book = xlrd.open_workbook(file_contents=data, formatting_info=True, logfile=io.StringIO())
    except xlrd.XLRDError as error:
        raise Refused("password" if "encrypt" in str(error).lower() else "damaged_file", "XLS") from None
    sheets = []
    for sheet in book.sheets():
        cells: dict[tuple[int, int], str] = {}
        raw: dict[tuple[int, int], object] = {}
        for row in range(sheet.nrows):
            for column in range(sheet.row_len(row)):
                cell = sheet.cell(row, column)
                value = _xls_value(cell, book, xlrd)
                if value is not None and value != "":
                    form = book.format_map[book.xf_list[cell.xf_index].format_key].format_str
                    cells[row, column] = shown(value, form)
                    raw[row, column] = value
        sheets.append(
            {
                "name": sheet.name,
                "hidden": sheet.visibility != 0,
                "records": _records(cells),
                "hidden_rows": [row for row, info in sheet.rowinfo_map.items() if info.hidden],
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


def _xls_value(cell: Any, book: Any, xlrd: Any) -> object:
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


_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"


def read_ods(data: bytes) -> list[Sheet]:
    """Read an OpenDocument spreadsheet: what each cell shows, and the value behind it."""
    import zipfile

    from defusedxml.ElementTree import fromstring

    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        root = fromstring(archive.read("content.xml"))
    unseen = {
        style.get(_STYLE + "name")
        for style in root.iter(_STYLE + "style")
        if any(part.get(_TABLE + "display") == "false" for part in style.iter(_STYLE + "table-properties"))
    }
    return [_ods_sheet(table, unseen) for table in root.iter(_TABLE + "table")]


def _ods_sheet(table: Any, unseen: set[str | None]) -> Sheet:
    cells: dict[tuple[int, int], str] = {}
    raw: dict[tuple[int, int], object] = {}
    merged: list[tuple[int, int, int, int]] = []
    hidden_rows: list[int] = []
    hidden_columns: list[int] = []
    notes: list[str] = []
    at = 0
    for column in table.iter(_TABLE + "table-column"):
        times = int(column.get(_TABLE + "number-columns-repeated", "1"))
        if column.get(_TABLE + "visibility", "visible") != "visible":
            hidden_columns.extend(range(at, at + min(times, 1000)))
        at += times
    row = 0
    for line in table.iter(_TABLE + "table-row"):
        times = int(line.get(_TABLE + "number-rows-repeated", "1"))
        filled = list(_ods_cells(line, row, merged, notes))
        if filled and (times - 1) * len(filled) + len(cells) > BOX:
            raise Refused("too_large", "repeated rows")
        for step in range(times if filled else 0):
            for column, text, value in filled:
                cells[row + step, column] = text
                raw[row + step, column] = value
            if line.get(_TABLE + "visibility", "visible") != "visible":
                hidden_rows.append(row + step)
        row += times
    return {
        "name": table.get(_TABLE + "name"),
        "hidden": table.get(_TABLE + "style-name") in unseen,
        "records": _records(cells),
        "hidden_rows": hidden_rows,
        "hidden_columns": hidden_columns,
        "merged": merged,
        "epoch": "1900",
        "notes": notes,
        "raw": raw,
    }


def _ods_cells(
    line: Any, row: int, merged: list[tuple[int, int, int, int]], notes: list[str]
) -> Iterator[tuple[int, str, object]]:
    column = 0
    for cell in line:
        if cell.tag not in (_TABLE + "table-cell", _TABLE + "covered-table-cell"):
            continue
        times = int(cell.get(_TABLE + "number-columns-repeated", "1"))
        for note in cell.iter(_OFFICE + "annotation"):
            notes.append("".join(note.itertext()))
        value = _ods_value(cell)
        if value is not None:
            if times * 1 > BOX:
                raise Refused("too_large", "repeated columns")
            text = _ods_shown(cell, value)
            for step in range(times):
                yield column + step, text, value
        down = int(cell.get(_TABLE + "number-rows-spanned", "1"))
        across = int(cell.get(_TABLE + "number-columns-spanned", "1"))
        if down * across > 1:
            merged.append((row, column, row + down - 1, column + across - 1))
        column += times


def _ods_value(cell: Any) -> object:
    kind = cell.get(_OFFICE + "value-type")
    if kind in ("float", "percentage", "currency"):
        return float(cell.get(_OFFICE + "value"))
    if kind == "date":
        return cell.get(_OFFICE + "date-value")
    if kind == "boolean":
        return cell.get(_OFFICE + "boolean-value") == "true"
    text = "\n".join("".join(part.itertext()) for part in cell if part.tag == _TEXT + "p")
    if not text and cell.get(_TABLE + "formula"):
        return "=" + cell.get(_TABLE + "formula")[:60]
    return text or None


def _ods_shown(cell: Any, value: object) -> str:
    if isinstance(value, float):
        seen = "".join("".join(part.itertext()) for part in cell if part.tag == _TEXT + "p").strip()
        if cell.get(_OFFICE + "value-type") == "percentage":
            return shown(value, "0.00%")
        decimals = bool(re.fullmatch(r"[0-9]{1,3}\.[0-9]{3}", seen)) and abs(float(seen or 0) - value) < 1e-9
        return shown(value, "0.000" if decimals else "General")
    return str(value).replace("T00:00:00", "") if cell.get(_OFFICE + "value-type") == "date" else shown(value)


def _records(cells: dict[tuple[int, int], str]) -> list[list[str]]:
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


def without(data: bytes, far: Mapping[str, Sequence[str]]) -> bytes:
    """Return an Office Open XML workbook without some cells, given by the part they are in.

    The second reader fills the rectangle around all cells, which a cell far off makes larger than any memory.
    """
    import zipfile

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


def agree(sheets: list[Sheet], data: bytes) -> None:
    """Read the workbook with a second reader, and refuse it where the two see different values."""
    import python_calamine

    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    sheet_type = python_calamine.SheetTypeEnum.WorkSheet
    listed = {one.name for one in book.sheets_metadata if one.typ == sheet_type}
    if listed - {sheet["name"] for sheet in sheets}:
        raise Refused("damaged_file", "a sheet is missing")
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


def answer(request: dict[str, Any], data: bytes) -> dict[str, Any]:
    """Read one workbook; a failure of any kind is an answer too."""
    try:
        if request["kind"] == "xlsx":
            sheets = read_xlsx(data, formulas=request["formulas"])
        else:
            sheets = read_xls(data) if request["kind"] == "xls" else read_ods(data)
        agree(sheets, without(data, request["far"]) if request["far"] else data)
    except Refused as refused:
        return {"refused": refused.args}
    except MemoryError:
        return {"refused": ("too_large", "memory")}
    except Exception as error:  # noqa: BLE001 - hostile files raise anything, and the parent must hear of it
        return {"refused": ("damaged_file", type(error).__name__)}
    return {"sheets": sheets}


def serve() -> None:
    """Answer requests until the parent closes the stream."""
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    source, sink = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    # Whatever a library prints must not end up in the protocol.
    sys.stdout = sys.stderr = io.StringIO()
    while line := source.readline():
        request = json.loads(line)
        data = source.read(request["size"])
        reply = json.dumps(answer(request, data), ensure_ascii=False).encode("utf-8", "surrogatepass")
        sink.write(b"%12d" % len(reply) + reply)
        sink.flush()


if __name__ == "__main__":
    with contextlib.suppress(BrokenPipeError, KeyboardInterrupt):
        serve()
