"""Makes the files that teams send, of every kind, in code."""

import csv
import io
import zipfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl

from analysis.cli.intake import as_contract
from analysis.tallies import Register, SentFile, read_files
from analysis.tallies.files.limits import PATIENT

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
AS_OF = datetime(2023, 9, 18, 8, tzinfo=HANOI)
AREAS = """code,name,type,parent,valid_from,valid_to,successor,population,eligible,target
502,Tam Kỳ,TP,49,,2025-06-30,,122374,99809,60400
503,Hội An,TP,49,,2025-06-30,,98599,80418,48666
507,Điện Bàn,TX,49,,2025-06-30,,226564,184800,111826
509,Quế Sơn,H,49,,2025-06-30,,80821,65918,39891
513,Thăng Bình,H,49,,2025-06-30,,173726,141700,85747
517,Núi Thành,Huyện,49,,2025-06-30,,147721,120485,72911
519,Nông Sơn,H,49,,2024-12-31,509,26678,21759,13167
20965,Núi Thành,TT,517,,2025-06-30,,,,
20338,Phước Hòa,P,502,,,,,,
20938,Trà Dơn,X,516,,,,,,
20956,Trà Don,X,516,,,,,,
20365,Tam Thành,X,518,,,,,,
20980,Tam Thạnh,X,517,,,,,,
20359,Tam Thanh,X,502,,,,,,
20791,Hà Lam,TT,513,,2025-06-30,20791,,,
20791,Thăng Bình,X,48,2025-07-01,,,,,
"""
HEADING = ["STT", "Đơn vị", "Ngày", "Trong ngày", "Lũy kế"]


def folder(path: Path, areas: str = AREAS) -> Path:
    """Write the least a campaign folder can be."""
    (path / "areas.csv").write_text(areas, encoding="utf-8")
    return path


def text(rows: Sequence[Sequence[object]], delimiter: str = ";", ends: str = "\r\n") -> str:
    """Write rows as CSV text."""
    stream = io.StringIO()
    csv.writer(stream, delimiter=delimiter, lineterminator=ends).writerows(rows)
    return stream.getvalue()


def one_row(count: str, area: str = "Hội An", day: str = "10/09/2023") -> bytes:
    """Write a file with one sound row and one with the cell to try, as cumulative counts."""
    rows = [
        ["STT", "Đơn vị", "Ngày", "Lũy kế"],
        ["1", "Quế Sơn", "10/09/2023", "20.001"],
        ["2", area, day, count],
    ]
    return text(rows).encode()


def xlsx(rows: Sequence[Sequence[object]], name: str = "Báo cáo") -> bytes:
    """Write rows as a workbook of one sheet."""
    return workbook({name: rows})


def workbook(sheets: Mapping[str, Sequence[Sequence[object]]]) -> bytes:
    """Write a workbook with the rows of each sheet under its name."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    return saved(book)


def saved(book: openpyxl.Workbook) -> bytes:
    """Return the bytes of a workbook."""
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def rezipped(data: bytes, change: dict[str, bytes | None], extra: Sequence[tuple[str, bytes]] = ()) -> bytes:
    """Return a zip with some parts changed, left out (None) or added."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            part = change.get(entry.filename, old.read(entry))
            if part is not None:
                new.writestr(entry.filename, part)
        for name, part in extra:
            new.writestr(name, part)
    return stream.getvalue()


def part(data: bytes, name: str = "xl/worksheets/sheet1.xml") -> bytes:
    """Return one part of a zip."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read(name)


def ods(cells: str, styles: str = "", table: str = "") -> bytes:
    """Write an OpenDocument spreadsheet around the XML of its rows."""
    names = " ".join(
        f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for prefix, name in (("office", "office"), ("table", "table"), ("text", "text"), ("style", "style"))
    )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {names} office:version="1.2">'
        f"<office:automatic-styles>{styles}</office:automatic-styles><office:body><office:spreadsheet>"
        f'<table:table table:name="Bảng" {table}>{cells}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = (
        '<?xml version="1.0"?><manifest:manifest '
        'xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/></manifest:manifest>'
    )
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("mimetype", kind)
        archive.writestr("META-INF/manifest.xml", manifest)
        archive.writestr("content.xml", content)
    return stream.getvalue()


def ods_row(*values: str | float, repeated: int = 1) -> str:
    """Write one row of an OpenDocument table."""
    cells = [
        f'<table:table-cell office:value-type="string"><text:p>{value}</text:p></table:table-cell>'
        if isinstance(value, str)
        else f'<table:table-cell office:value-type="float" office:value="{value}"><text:p>{value}</text:p>'
        "</table:table-cell>"
        for value in values
    ]
    return f'<table:table-row table:number-rows-repeated="{repeated}">{"".join(cells)}</table:table-row>'


def checked(
    files: bytes | Sequence[tuple[str, bytes]],
    register: Register,
    *,
    name: str = "bao-cao.csv",
    as_of: datetime | None = AS_OF,
    sender: str = "",
) -> dict[str, Any]:
    """Return what ``analysis check --json`` would print for some files."""
    sent = [(name, files)] if isinstance(files, bytes) else files
    read = read_files([SentFile(one, data, as_of, sender) for one, data in sent], register, AS_OF, PATIENT)
    return as_contract(read)


def values(answer: dict[str, Any], measure: str = "activated_cumulative") -> dict[tuple[str, str], Any]:
    """Return the accepted values of a measure by area and date."""
    return {
        (one["area_code"], one["date"]): one["value"]
        for one in answer["records"]
        if one["measure"] == measure
    }


def taken(answer: dict[str, Any]) -> dict[tuple[str, str, str], Any]:
    """Return every number taken, by area, day and measure."""
    return {(one["area_code"], one["date"], one["measure"]): one["value"] for one in answer["records"]}


def codes(answer: dict[str, Any]) -> list[str]:
    """Return the codes of all findings."""
    return [one["code"] for one in answer["findings"]]
