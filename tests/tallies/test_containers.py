# ruff: noqa: E501 - a table of cases reads best with one case a line
"""What a file is and whether it may be opened: wrong endings, damage, passwords, bombs; and clean files of every kind."""

import io
import time
import zipfile
from datetime import datetime

import openpyxl
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analysis.tallies import Register
from analysis.tallies.files.child import WorkbookReader
from analysis.tallies.files.container import Content, inspect
from analysis.tallies.files.text import Unreadable
from tests.tallies.making import (
    checked,
    codes,
    ods,
    ods_row,
    part,
    rezipped,
    saved,
    text,
    values,
    workbook,
    xlsx,
)

ROWS = [
    ["STT", "Đơn vị", "Ngày", "Lũy kế"],
    [1, "Hội An", "10/09/2023", 24333],
    [2, "Quế Sơn", "10/09/2023", 20000],
]
RIGHT = {("503", "2023-09-10"): 24333, ("509", "2023-09-10"): 20000}
BOOK = xlsx(ROWS)
SHEET = part(BOOK)
ODS_ROWS = "".join(ods_row(*(float(cell) if isinstance(cell, int) else cell for cell in row)) for row in ROWS)


def sheet_with(old: bytes, new: bytes) -> bytes:
    assert old in SHEET
    return rezipped(BOOK, {"xl/worksheets/sheet1.xml": SHEET.replace(old, new, 1)})


def big_zip(size: int) -> bytes:
    return rezipped(
        BOOK, {"xl/worksheets/sheet1.xml": SHEET.replace(b"</sheetData>", b" " * size + b"</sheetData>")}
    )


def many_cells(rows: int, columns: int) -> bytes:
    row = b"".join(b"<c><v>1</v></c>" for _ in range(columns))
    body = b"".join(b"<row>" + row + b"</row>" for _ in range(rows))
    return rezipped(
        BOOK, {"xl/worksheets/sheet1.xml": SHEET.replace(b"</sheetData>", body + b"</sheetData>")}
    )


def far_cell(value: bytes, at: bytes = b"XFD1048576") -> bytes:
    row = at.lstrip(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    return sheet_with(
        b"</sheetData>",
        b'<row r="' + row + b'"><c r="' + at + b'" t="str"><v>' + value + b"</v></c></row></sheetData>",
    )


def scattered() -> bytes:
    rows = b"".join(
        b'<row r="%d"><c r="%s%d"><v>1</v></c></row>' % (3_000 * n, letter + letter, 3_000 * n)
        for n in range(1, 200)
        for letter in [b"ABCDEFGHIJKLMNOPQRSTUVWXYZ"[n % 26 : n % 26 + 1]]
    )
    return sheet_with(b"</sheetData>", rows + b"</sheetData>")


def with_flag(data: bytes) -> bytes:
    """Set the bit that says a zip's entries are encrypted."""
    changed = bytearray(data)
    for magic, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = changed.find(magic)
        while at >= 0:
            changed[at + offset] |= 1
            at = changed.find(magic, at + 4)
    return bytes(changed)


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
HOSTILE = {
    "HTML named xls": ("a.xls", lambda: b"<html><body><table><tr><td>H\xe1\xbb\x99i An</td></tr></table></body></html>", "not_a_tally_file"),
    "HTML named xlsx": ("a.xlsx", lambda: b"  <!DOCTYPE html><table></table>", "not_a_tally_file"),
    "XML spreadsheet 2003": ("a.xls", lambda: b'<?xml version="1.0"?><Workbook></Workbook>', "not_a_tally_file"),
    "PDF": ("a.xlsx", lambda: b"%PDF-1.7 ...", "not_a_tally_file"),
    "picture": ("a.csv", lambda: b"\x89PNG\r\n\x1a\n....", "not_a_tally_file"),
    "Word": ("a.docx", lambda: rezipped(BOOK, {"xl/workbook.xml": None, "xl/worksheets/sheet1.xml": None, "xl/_rels/workbook.xml.rels": None}, [("word/document.xml", b"<a/>")]), "not_a_tally_file"),
    "any zip": ("a.zip", lambda: rezipped(ods(""), {"mimetype": None, "content.xml": None}), "not_a_tally_file"),
    "truncated": ("a.xlsx", lambda: BOOK[: len(BOOK) // 2], "damaged_file"),
    "only a beginning": ("a.xlsx", lambda: BOOK[:100], "damaged_file"),
    "without workbook": ("a.xlsx", lambda: rezipped(BOOK, {"xl/workbook.xml": None}), "damaged_file"),
    "sheet missing": ("a.xlsx", lambda: rezipped(BOOK, {"xl/worksheets/sheet1.xml": None}), "damaged_file"),
    "sheet is no XML": ("a.xlsx", lambda: rezipped(BOOK, {"xl/worksheets/sheet1.xml": b"<worksheet><sheetData>"}), "damaged_file"),
    "password xlsx": ("a.xlsx", lambda: OLE + b"\0" * 500 + "EncryptedPackage".encode("utf-16-le"), "password"),
    "zip with password": ("a.xlsx", lambda: with_flag(BOOK), "password"),
    "Word 97": ("a.xls", lambda: OLE + b"\0" * 500 + "WordDocument".encode("utf-16-le"), "not_a_tally_file"),
    "damaged xls": ("a.xls", lambda: OLE + b"\0" * 500 + "Workbook".encode("utf-16-le") + b"\0" * 2000, "damaged_file"),
    "zip bomb": ("a.xlsx", lambda: big_zip(200 << 20), "too_large"),
    "ten million cells": ("a.xlsx", lambda: many_cells(200_000, 6), "too_large"),
    "cells far apart": ("a.xlsx", lambda: scattered(), "too_large"),
    "external entity": ("a.xlsx", lambda: rezipped(BOOK, {"xl/worksheets/sheet1.xml": b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>' + SHEET}), "hostile_archive"),
    "entities that grow": ("a.xlsx", lambda: rezipped(BOOK, {"xl/styles.xml": b'<!DOCTYPE a [<!ENTITY b "cc"><!ENTITY d "&b;&b;">]><styleSheet/>'}), "hostile_archive"),
    "entity in UTF-16": ("a.xlsx", lambda: rezipped(BOOK, {"xl/worksheets/sheet1.xml": '<!DOCTYPE a [<!ENTITY b "c">]><a/>'.encode("utf-16")}), "hostile_archive"),
    "path traversal": ("a.xlsx", lambda: rezipped(BOOK, {}, [("../../evil.xml", b"<a/>")]), "hostile_archive"),
    "absolute path": ("a.xlsx", lambda: rezipped(BOOK, {}, [("/etc/evil.xml", b"<a/>")]), "hostile_archive"),
    "backslash path": ("a.xlsx", lambda: rezipped(BOOK, {}, [("xl\\..\\..\\evil.xml", b"<a/>")]), "hostile_archive"),
    "ODS rows repeated": ("a.ods", lambda: ods(ODS_ROWS + ods_row("Hội An", "10/09/2023", 5.0, repeated=1_000_000)), "too_large"),
    "a gigabyte of one letter": ("a.csv", lambda: b"STT;\xc4\x90\xc6\xa1n v\xe1\xbb\x8b;L\xc5\xa9y k\xe1\xba\xbf\r\n" + b"a" * (65 << 20), "too_large"),
    "ten million cells of text": ("a.csv", lambda: "Đơn vị;Ngày;Lũy kế\r\n".encode() + b";" * 10_000_000, "too_large"),
    "a cell of a megabyte": ("a.csv", lambda: "Đơn vị;Ngày;Lũy kế\r\nHội An;10/09/2023;".encode() + b"1" * (1 << 20), "too_large"),
    "empty": ("a.xlsx", lambda: b"", "empty_file"),
    "NUL bytes": ("a.xlsx", lambda: b"\0" * 1000, "empty_file"),
    "random bytes": ("a.xls", lambda: bytes(range(1, 256)) * 40, "encoding_unknown"),
}  # fmt: skip


@pytest.mark.parametrize("kind", HOSTILE)
def test_what_is_no_sound_file_is_refused_at_once(kind: str, register: Register) -> None:
    name, made, code = HOSTILE[kind]
    answer = checked(made(), register, name=name)
    assert (answer["verdict"], codes(answer)) == ("reject", [code])
    assert (answer["records"], answer["held"], answer["ignored"]) == ([], [], [])


def test_a_limit_is_said_in_the_language_of_the_message(register: Register) -> None:
    rows = [["Đơn vị", "Ngày", "Lũy kế"], ["Hội An", "10/09/2023", 24333]]
    (found,) = checked(workbook({f"S{n}": rows for n in range(201)}), register, name="a.xlsx")["findings"]
    assert "(more than 200 sheets)" in found["message_en"]
    assert "(hơn 200 trang tính)" in found["message_vi"]
    (found,) = checked(HOSTILE["ten million cells of text"][1](), register, name="a.csv")["findings"]
    assert "(hơn 6.000.000 ô)" in found["message_vi"]


def test_the_same_entry_twice_in_a_zip(register: Register) -> None:
    with pytest.warns(UserWarning, match="Duplicate name"):
        data = rezipped(BOOK, {}, [("xl/worksheets/sheet1.xml", SHEET.replace(b"24333", b"99999"))])
    assert codes(checked(data, register, name="a.xlsx")) == ["hostile_archive"]


@pytest.mark.parametrize("at", range(30, len(BOOK), len(BOOK) // 12))
def test_a_flipped_bit_never_changes_a_number(at: int, register: Register) -> None:
    data = bytearray(BOOK)
    data[at] ^= 0x10
    answer = checked(bytes(data), register, name="a.xlsx")
    assert values(answer) == RIGHT if answer["records"] else answer["verdict"] == "reject"


def clean_book(**options: object) -> bytes:
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True, **options})
    sheet = book.add_worksheet("Báo cáo")
    day = book.add_format({"num_format": "dd/mm/yyyy"})
    count = book.add_format({"num_format": "#,##0"})
    for row, (number, area, _, total) in enumerate(ROWS):
        sheet.write(row, 0, number)
        sheet.write(row, 1, area)
        sheet.write(row, 2, "Ngày") if row == 0 else sheet.write_datetime(row, 2, datetime(2023, 9, 10), day)
        sheet.write(row, 3, total, count)
    sheet.write_formula(3, 3, "=SUM(D2:D3)", count, 44333)
    sheet.write(3, 1, "Tổng cộng")
    sheet.set_column(0, 300, 12, count)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, 2, 3)
    sheet.conditional_format("D2:D3", {"type": "data_bar"})
    sheet.data_validation("B2:B3", {"validate": "list", "source": ["Hội An", "Quế Sơn"]})
    sheet.write_comment("D2", "đã rà soát")
    sheet.write_url("A30", "https://example.org", string="nguồn")
    chart = book.add_chart({"type": "line"})
    chart.add_series({"values": "='Báo cáo'!$D$2:$D$3"})
    sheet.insert_chart("F2", chart)
    sheet.protect()
    book.add_worksheet("Trống")
    book.close()
    return stream.getvalue()


def styled_to_the_bottom() -> bytes:
    row = b'<row r="1048576"><c r="A1048576" s="0"/><c r="XFD1048576" s="0"/></row></sheetData>'
    return sheet_with(b"</sheetData>", row)


CLEAN = {
    "with all that Excel can do": lambda: clean_book(),
    "constant memory": lambda: clean_book(strings_to_numbers=False),
    "a dimension too small": lambda: rezipped(BOOK, {"xl/worksheets/sheet1.xml": SHEET.replace(b'ref="A1:D3"', b'ref="A1"')}),
    "a dimension far too large": lambda: rezipped(BOOK, {"xl/worksheets/sheet1.xml": SHEET.replace(b'ref="A1:D3"', b'ref="A1:XFD1048576"')}),
    "no dimension": lambda: rezipped(BOOK, {"xl/worksheets/sheet1.xml": SHEET.replace(b'<dimension ref="A1:D3"/>', b"").replace(b'<dimension ref="A1:D3" />', b"")}),
    "styles down to the last row": styled_to_the_bottom,
    "stored, not deflated": lambda: _stored(BOOK),
    "a picture of two megabytes": lambda: rezipped(BOOK, {}, [("xl/media/image1.png", bytes(range(256)) * 8192)]),
}  # fmt: skip


@pytest.mark.parametrize("at", [b"XFD1048576", b"A1048576", b"XFD2000"])
def test_a_cell_far_from_the_table_is_left_out_and_said(at: bytes, register: Register) -> None:
    answer = checked(far_cell(b"5", at), register, name="a.xlsx")
    assert (values(answer), codes(answer)) == (RIGHT, ["far_cell"])
    row = int(at.lstrip(b"XFDA"))
    assert [one["row"] for one in answer["ignored"] if one["reason"] == "far_cell"] == [row]
    assert answer["verdict"] == "accept_with_warning"


def test_a_person_far_from_the_table_is_found(register: Register) -> None:
    assert codes(checked(far_cell(b"049093001234"), register, name="a.xlsx")) == ["list_of_people"]


def _stored(data: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w") as new:
        for entry in old.infolist():
            new.writestr(entry.filename, old.read(entry))
    return stream.getvalue()


@pytest.mark.parametrize("kind", CLEAN)
def test_a_clean_workbook_is_never_refused(kind: str, register: Register) -> None:
    answer = checked(CLEAN[kind](), register, name="a.xlsx")
    assert (values(answer), codes(answer)) == (RIGHT, [])
    assert answer["verdict"] == "accept"


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.xls", text([[str(cell) for cell in row] for row in ROWS]).encode()),
        ("a.csv", BOOK),
        ("a.xls", BOOK),
        ("a.xlsx", ods(ODS_ROWS)),
        ("a.ods", BOOK),
    ],
)
def test_the_content_decides_and_a_wrong_ending_is_said(name: str, data: bytes, register: Register) -> None:
    answer = checked(data, register, name=name)
    assert (values(answer), codes(answer)) == (RIGHT, ["misnamed_file"])


@pytest.mark.parametrize("name", ["a", "báo cáo", "a.dat", "a.XLSX", "a.Xlsx"])
def test_an_ending_that_says_nothing_is_no_fault(name: str, register: Register) -> None:
    assert checked(BOOK, register, name=name)["verdict"] == "accept"


def test_a_workbook_as_large_as_a_province_can_make_it(register: Register) -> None:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("a")
    sheet.append(["Đơn vị", "Ngày", "Trong ngày", "Lũy kế"])
    for _ in range(5000):
        sheet.append(["Hội An", "10/09/2023", 1, 24333])
    answer = checked(saved(book), register, name="a.xlsx")
    assert values(answer) == {("503", "2023-09-10"): 24333}


def test_a_file_that_takes_too_long_is_given_up(register: Register) -> None:
    with WorkbookReader(seconds=0.001) as reader, pytest.raises(Unreadable) as slow:
        reader.read(BOOK, Content("xlsx", misnamed=False))
    assert slow.value.code == "too_slow"


def test_the_reader_goes_on_after_a_file_that_kills_it() -> None:
    with WorkbookReader() as reader:
        reader.read(BOOK, Content("xlsx", misnamed=False))
        assert reader._process is not None
        reader._process.kill()
        reader._process.wait()
        assert reader.read(BOOK, Content("xlsx", misnamed=False))[0].records[1][1] == "Hội An"


def test_a_bomb_is_refused_without_inflating_it() -> None:
    data = HOSTILE["zip bomb"][1]()
    begun = time.process_time()
    with pytest.raises(Unreadable, match="too_large"):
        inspect("a.xlsx", data)
    assert len(data) < 1 << 20
    assert time.process_time() - begun < 5


@given(st.binary(max_size=300))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_any_bytes_are_accepted_or_refused(register: Register, data: bytes) -> None:
    for start in (b"", b"PK\x03\x04", OLE, b"\xff\xfe", b"\xef\xbb\xbf"):
        assert checked(start + data, register)["verdict"] in ("accept", "accept_with_warning", "reject")
