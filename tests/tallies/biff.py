"""Writes workbooks of Excel 97 to 2003, byte by byte: no library that writes them is kept any more.

Records as in [MS-XLS] (BIFF8), in one stream of a compound file as in [MS-CFB].
"""

import struct
from collections.abc import Sequence
from datetime import date

FREE, END, FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
SECTOR = 512
DAY_ONE = {False: date(1899, 12, 30), True: date(1904, 1, 1)}
GENERAL, DAY, THREE_DECIMALS, STRUCK = 1, 2, 3, 4
"""Cell formats, by their position in the workbook; 0 is the style that the others build on."""


def xls(
    rows: Sequence[Sequence[object]],
    name: str = "Báo cáo",
    *,
    from_1904: bool = False,
    hidden: bool = False,
    hidden_rows: Sequence[int] = (),
    struck_rows: Sequence[int] = (),
) -> bytes:
    """Write rows as a workbook of one sheet; a float has the format ``0.000``, a date is a serial number.

    The texts of ``struck_rows`` are struck through.
    """
    bounds = 8 + len(name.encode("utf-16-le"))
    before = _globals(from_1904=from_1904)
    offset = len(before) + 4 + bounds + len(_record(0x000A))
    sheet = struct.pack("<IBBBB", offset, hidden, 0, len(name), 1) + name.encode("utf-16-le")
    assert len(sheet) == bounds
    stream = (
        before + _record(0x0085, sheet) + _record(0x000A) + _sheet(rows, from_1904, hidden_rows, struck_rows)
    )
    return _compound(stream)


def _record(number: int, data: bytes = b"") -> bytes:
    return struct.pack("<HH", number, len(data)) + data


def _bof(kind: int) -> bytes:
    return _record(0x0809, struct.pack("<HHHHII", 0x0600, kind, 0x0DBB, 0x07CC, 0, 6))


def _text(text: str) -> bytes:
    return struct.pack("<HB", len(text), 1) + text.encode("utf-16-le")


def _globals(*, from_1904: bool) -> bytes:
    fonts = [
        struct.pack("<HHHHHBBBBBB", 200, line, 0x7FFF, 400, 0, 0, 0, 0, 0, 5, 0) + b"Arial" for line in (0, 8)
    ]
    formats = (0xFFF5, 0, 0), (0, 0, 0), (0, 164, 0), (0, 165, 0), (0, 0, 1)
    return b"".join(
        (
            _bof(0x0005),
            _record(0x0042, struct.pack("<H", 1200)),
            _record(0x0022, struct.pack("<H", from_1904)),
            *(_record(0x0031, font) for font in fonts),
            _record(0x041E, struct.pack("<H", 164) + _text("dd/mm/yyyy")),
            _record(0x041E, struct.pack("<H", 165) + _text("0.000")),
            *(
                _record(0x00E0, struct.pack("<HHHBBBBIIH", font, form, parent, 0x20, 0, 0, 0, 0, 0, 0x20C0))
                for parent, form, font in formats
            ),
        )
    )


def _sheet(
    rows: Sequence[Sequence[object]], from_1904: bool, hidden_rows: Sequence[int], struck_rows: Sequence[int]
) -> bytes:
    width = max(map(len, rows))
    parts = [_bof(0x0010), _record(0x0200, struct.pack("<IIHHH", 0, len(rows), 0, width, 0))]
    for at in range(len(rows)):
        flags = 0x0100 | (0x20 if at in hidden_rows else 0)
        parts.append(_record(0x0208, struct.pack("<HHHHHHHH", at, 0, width, 255, 0, 0, flags, 15)))
    for at, row in enumerate(rows):
        parts.extend(
            _cell(at, column, value, from_1904, at in struck_rows)
            for column, value in enumerate(row)
            if value is not None
        )
    return b"".join((*parts, _record(0x000A)))


def _cell(row: int, column: int, value: object, from_1904: bool, struck: bool) -> bytes:
    if isinstance(value, str):
        return _record(0x0204, struct.pack("<HHH", row, column, STRUCK if struck else GENERAL) + _text(value))
    if isinstance(value, date):
        serial = (value - DAY_ONE[from_1904]).days
        return _record(0x0203, struct.pack("<HHHd", row, column, DAY, serial))
    assert isinstance(value, int | float)
    form = THREE_DECIMALS if isinstance(value, float) else GENERAL
    return _record(0x0203, struct.pack("<HHHd", row, column, form, value))


def _compound(stream: bytes) -> bytes:
    """Wrap a stream named Workbook; sector 0 is the allocation table, 1 the directory, the stream follows."""
    stream = stream.ljust(4096, b"\0")
    stream += b"\0" * (-len(stream) % SECTOR)
    count = len(stream) // SECTOR
    chain = [FAT, END, *range(3, count + 2), END]
    table = struct.pack("<128I", *chain, *[FREE] * (128 - len(chain)))
    directory = _entry("Root Entry", 5, 1, END, 0) + _entry("Workbook", 2, FREE, 2, len(stream)) + bytes(256)
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    head += struct.pack("<HHHHH6xIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, END, 0, END, 0)
    return head + struct.pack("<109I", 0, *[FREE] * 108) + table + directory + stream


def _entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    words = name.encode("utf-16-le")
    return words.ljust(64, b"\0") + struct.pack(
        "<HBBIII16xIQQIQ", len(words) + 2, kind, 1, FREE, FREE, child, 0, 0, 0, start, size
    )
