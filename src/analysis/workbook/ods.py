"""OpenDocument spreadsheets."""

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from typing import Any

from defusedxml.ElementTree import fromstring

from analysis.workbook.cells import BOX, Cells, Refused, Sheet, records_of, shown

_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"


def read_ods(data: bytes) -> list[Sheet]:
    """Read an OpenDocument spreadsheet: what each cell shows, and the value behind it."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = [name for name in ("styles.xml", "content.xml") if name in archive.namelist()]
        roots = [fromstring(archive.read(name)) for name in parts]
    styles = [style for root in roots for style in root.iter(_STYLE + "style")]
    unseen = {
        style.get(_STYLE + "name")
        for style in styles
        if any(part.get(_TABLE + "display") == "false" for part in style.iter(_STYLE + "table-properties"))
    }
    return [_sheet(table, unseen, _struck(styles)) for table in roots[-1].iter(_TABLE + "table")]


def _struck(styles: Sequence[Any]) -> set[str | None]:
    """Return the names of the styles that strike text through, or build on one that does."""
    above = {style.get(_STYLE + "name"): style.get(_STYLE + "parent-style-name") for style in styles}
    lines = {
        style.get(_STYLE + "name"): text.get(_STYLE + f"text-line-through-{kind}") != "none"
        for style in styles
        for text in style.iter(_STYLE + "text-properties")
        for kind in ("type", "style")
        if text.get(_STYLE + f"text-line-through-{kind}")
    }
    for _ in above:
        unsaid = ((name, parent) for name, parent in above.items() if name not in lines)
        more = {name: lines[parent] for name, parent in unsaid if parent in lines}
        if not more:
            break
        lines |= more
    return {name for name, struck in lines.items() if struck}


def _sheet(table: Any, unseen: set[str | None], struck: set[str | None]) -> Sheet:
    cells: Cells = {}
    raw: dict[tuple[int, int], object] = {}
    merged: list[tuple[int, int, int, int]] = []
    hidden_rows: list[int] = []
    hidden_columns: list[int] = []
    struck_rows: list[int] = []
    usual: list[str | None] = []
    notes: list[str] = []
    at = 0
    for column in table.iter(_TABLE + "table-column"):
        times = int(column.get(_TABLE + "number-columns-repeated", "1"))
        if column.get(_TABLE + "visibility", "visible") != "visible":
            hidden_columns.extend(range(at, at + min(times, 1000)))
        usual += [column.get(_TABLE + "default-cell-style-name")] * min(times, 1000)
        at += times
    row = 0
    for line in table.iter(_TABLE + "table-row"):
        times = int(line.get(_TABLE + "number-rows-repeated", "1"))
        filled = list(_cells(line, row, merged, notes))
        if filled and (times - 1) * len(filled) + len(cells) > BOX:
            raise Refused("too_large", "rows_repeated")
        for step in range(times if filled else 0):
            for column, text, value in filled:
                cells[row + step, column] = text
                raw[row + step, column] = value
            if line.get(_TABLE + "visibility", "visible") != "visible":
                hidden_rows.append(row + step)
        if filled and _is_struck(line, usual, struck):
            struck_rows.extend(range(row, row + times))
        row += times
    return {
        "name": table.get(_TABLE + "name"),
        "hidden": table.get(_TABLE + "style-name") in unseen,
        "records": records_of(cells),
        "hidden_rows": hidden_rows,
        "hidden_columns": hidden_columns,
        "struck_rows": struck_rows,
        "merged": merged,
        "epoch": "1900",
        "notes": notes,
        "raw": raw,
    }


def _is_struck(line: Any, usual: Sequence[str | None], struck: set[str | None]) -> bool:
    """Whether a text of a row, or a part of one, is struck through; ``usual`` are the styles of columns."""
    column = 0
    for cell in line if struck else ():
        of_column = usual[column] if column < len(usual) else None
        named = cell.get(_TABLE + "style-name") or line.get(_TABLE + "default-cell-style-name") or of_column
        parts = (one.get(_TEXT + "style-name") for one in cell.iter())
        if _value(cell) is not None and not struck.isdisjoint((named, *parts)):
            return True
        column += int(cell.get(_TABLE + "number-columns-repeated", "1"))
    return False


def _cells(
    line: Any, row: int, merged: list[tuple[int, int, int, int]], notes: list[str]
) -> Iterator[tuple[int, str, object]]:
    column = 0
    for cell in line:
        if cell.tag not in (_TABLE + "table-cell", _TABLE + "covered-table-cell"):
            continue
        times = int(cell.get(_TABLE + "number-columns-repeated", "1"))
        for note in cell.iter(_OFFICE + "annotation"):
            notes.append("".join(note.itertext()))
        value = _value(cell)
        if value is not None:
            if times > BOX:
                raise Refused("too_large", "columns_repeated")
            text = _shown(cell, value)
            for step in range(times):
                yield column + step, text, value
        down = int(cell.get(_TABLE + "number-rows-spanned", "1"))
        across = int(cell.get(_TABLE + "number-columns-spanned", "1"))
        if down * across > 1:
            merged.append((row, column, row + down - 1, column + across - 1))
        column += times


def _value(cell: Any) -> object:
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


def _shown(cell: Any, value: object) -> str:
    if isinstance(value, float):
        seen = "".join("".join(part.itertext()) for part in cell if part.tag == _TEXT + "p").strip()
        if cell.get(_OFFICE + "value-type") == "percentage":
            return shown(value, "0.00%")
        decimals = bool(re.fullmatch(r"[0-9]{1,3}\.[0-9]{3}", seen)) and abs(float(seen or 0) - value) < 1e-9
        return shown(value, "0.000" if decimals else "General")
    return str(value).replace("T00:00:00", "") if cell.get(_OFFICE + "value-type") == "date" else shown(value)
