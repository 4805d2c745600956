"""What is this file? Its bytes say, not its name; and what may harm is refused before any parser sees it."""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from types import MappingProxyType
from typing import Literal, NamedTuple

from analysis.tallies.files.text import Unreadable
from analysis.workbook.cells import Refused, column_at, far_off

Kind = Literal["text", "xlsx", "xls", "ods"]

MOST_BYTES = 64 << 20
"""Of the file as sent."""
MOST_TEXT = 16 << 20
"""Of a text file: four times what a hundred thousand rows take."""
MOST_INFLATED = 96 << 20
"""Of all XML in a workbook together."""
MOST_ENTRIES = 2_000
MOST_CELLS = 600_000
MOST_SHEETS = 200
STEP = 1 << 20
BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError)
"""What unpacking a broken archive raises."""

_ENDINGS = {
    "text": ("csv", "txt", "tsv"), "xlsx": ("xlsx", "xlsm", "xltx"), "xls": ("xls", "xlt"),
    "ods": ("ods", "ots"),
}  # fmt: skip
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OTHERS = (
    (b"%PDF", "PDF"), (b"\x89PNG", "PNG"), (b"\xff\xd8\xff", "JPEG"), (b"GIF8", "GIF"), (b"{\\rtf", "RTF"),
    (b"Rar!", "RAR"), (b"7z\xbc\xaf", "7z"), (b"\x1f\x8b", "gzip"), (b"SQLite format 3", "SQLite"),
)  # fmt: skip
_MARKUP = re.compile(
    rb"\s*(?:<!doctype|<html|<table|<\?xml|<head|<body|<meta|<div|<style|<script)", re.IGNORECASE
)
_DTD = re.compile(
    rb"<!DOCTYPE|<!ENTITY|<\0!\0D\0O\0C\0T|<\0!\0E\0N\0T|\0<\0!\0D\0O\0C|\0<\0!\0E\0N\0T", re.IGNORECASE
)
_CELL = re.compile(rb"<(?:\w+:)?c\s[^>]*?\br=\"([A-Z]{1,3})([0-9]{1,7})\"[^>]*?(/?)>")


class Content(NamedTuple):
    """What a file is.

    ``misnamed`` where its ending says otherwise, ``formulas`` where a workbook has any; ``far`` names the
    cells that lie far from all others, by the part of the zip they are in.
    """

    kind: Kind
    misnamed: bool
    formulas: bool = False
    far: Mapping[str, Sequence[str]] = MappingProxyType({})


def inspect(name: str, data: bytes) -> Content:
    """Say what a file is and look for harm in it.

    Raises
    ------
    Unreadable
        If it is no tally file, is damaged, is protected by a password, or could do harm.
    """
    if len(data) > MOST_BYTES:
        raise Unreadable("too_large", f"{len(data) >> 20} MiB")
    if not data.strip(b"\0\r\n\t ;,\xef\xbb\xbf"):
        raise Unreadable("empty_file")
    for magic, what in _OTHERS:
        if data.startswith(magic):
            raise Unreadable("not_a_tally_file", what)
    formulas, far = False, dict[str, list[str]]()
    if data.startswith(b"PK"):
        kind, formulas, far = _look_into_zip(data)
    elif data.startswith(_OLE):
        kind = _look_into_ole(data)
    elif _MARKUP.match(data.removeprefix(b"\xef\xbb\xbf")):
        raise Unreadable("not_a_tally_file", "HTML/XML")
    elif len(data) > MOST_TEXT:
        raise Unreadable("too_large", f"{len(data) >> 20} MiB")
    else:
        kind = "text"
    ending = name.rpartition(".")[2].casefold() if "." in name else ""
    known = any(ending in endings for endings in _ENDINGS.values())
    return Content(kind, known and ending not in _ENDINGS[kind], formulas, far)


def _look_into_ole(data: bytes) -> Kind:
    directory = data.replace(b"\0", b"")
    if b"EncryptedPackage" in directory or b"EncryptionInfo" in directory:
        raise Unreadable("password")
    if b"WordDocument" in directory or b"PowerPoint Document" in directory:
        raise Unreadable("not_a_tally_file", "Word/PowerPoint")
    if b"Workbook" not in directory and b"Book" not in directory:
        raise Unreadable("damaged_file", "OLE")
    return "xls"


def _look_into_zip(data: bytes) -> tuple[Kind, bool, dict[str, list[str]]]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            _check_entries(entries)
            if sum(entry.filename.startswith("xl/worksheets/sheet") for entry in entries) > MOST_SHEETS:
                raise Unreadable("too_large", "sheets", most=MOST_SHEETS)
            names = {entry.filename for entry in entries}
            kind = _kind_of(names, archive)
            formulas, far = _check_parts(archive, entries, kind)
    except Unreadable:
        raise
    except (*BROKEN, ValueError, NotImplementedError, KeyError) as error:
        raise Unreadable("damaged_file", type(error).__name__) from None
    except RuntimeError:
        raise Unreadable("password") from None
    return kind, formulas, far


def _check_entries(entries: list[zipfile.ZipInfo]) -> None:
    names = [entry.filename for entry in entries]
    folded = [name.casefold() for name in names]
    if len(entries) > MOST_ENTRIES or len(set(folded)) < len(folded):
        raise Unreadable("hostile_archive", "entries")
    if any(name.startswith(("/", "\\")) or ".." in re.split(r"[/\\]", name) or ":" in name for name in names):
        raise Unreadable("hostile_archive", "path")
    if any(entry.flag_bits & 0x1 for entry in entries):
        raise Unreadable("password")
    if sum(entry.file_size for entry in entries if _is_markup(entry.filename)) > MOST_INFLATED:
        raise Unreadable("too_large", f"> {MOST_INFLATED >> 20} MiB")
    ordered = sorted(entries, key=lambda entry: entry.header_offset)
    for one, after in pairwise(ordered):
        if one.header_offset + one.compress_size > after.header_offset:
            raise Unreadable("hostile_archive", "overlap")


def _is_markup(name: str) -> bool:
    return name.casefold().endswith((".xml", ".rels", ".vml")) or name == "mimetype"


def _kind_of(names: set[str], archive: zipfile.ZipFile) -> Kind:
    if "mimetype" in names and "content.xml" in names:
        with archive.open("mimetype") as part:
            if b"opendocument.spreadsheet" not in part.read(200):
                raise Unreadable("not_a_tally_file", "OpenDocument")
        with archive.open("META-INF/manifest.xml") as part:
            if b"encryption-data" in part.read(STEP):
                raise Unreadable("password")
        return "ods"
    if any(name.startswith("xl/") and name.endswith("workbook.xml") for name in names):
        return "xlsx"
    if "xl/workbook.bin" in names:
        raise Unreadable("not_a_tally_file", "XLSB")
    if any(name.startswith(("word/", "ppt/")) for name in names):
        raise Unreadable("not_a_tally_file", "Word/PowerPoint")
    if "[Content_Types].xml" in names:
        raise Unreadable("damaged_file", "workbook.xml")
    raise Unreadable("not_a_tally_file", "ZIP")


def _check_parts(
    archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo], kind: Kind
) -> tuple[bool, dict[str, list[str]]]:
    """Inflate every XML part, counting, and look for what must not be there.

    Returns whether there are formulas, and the cells far off by part.
    """
    inflated = cells = 0
    formulas, far = False, dict[str, list[str]]()
    for entry in entries:
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise Unreadable("hostile_archive", "method")
        if not _is_markup(entry.filename):
            continue
        part = b"".join(_inflate(archive, entry, MOST_INFLATED - inflated))
        inflated += len(part)
        if _DTD.search(part):
            raise Unreadable("hostile_archive", "entities")
        if entry.filename.startswith("xl/worksheets/") or entry.filename == "content.xml":
            cells += sum(map(part.count, (b"<c ", b"<c>", b":c ", b"<table:table-cell")))
            if part.count(b"<table:table ") > MOST_SHEETS:
                raise Unreadable("too_large", "sheets", most=MOST_SHEETS)
            if cells > MOST_CELLS:
                raise Unreadable("too_large", "cells", most=MOST_CELLS)
            formulas = formulas or b"<f>" in part or b"<f " in part or b":f>" in part or b"<f/>" in part
            if kind == "xlsx" and (cut := _far_off(part)):
                far[entry.filename] = cut
    return formulas, far


def _inflate(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, most: int) -> Iterator[bytes]:
    with archive.open(entry) as part:
        while step := part.read(STEP):
            most -= len(step)
            if most < 0:
                raise Unreadable("too_large", f"> {MOST_INFLATED >> 20} MiB")
            yield step


def _far_off(part: bytes) -> list[str]:
    """Name the few cells of a sheet far from all others; raises Unreadable where the rest is too large."""
    filled = [(letters, digits) for letters, digits, empty in _CELL.findall(part) if not empty]
    named = {
        (int(digits) - 1, column_at(letters.decode())): (letters + digits).decode()
        for letters, digits in filled
    }
    if len(named) < len(filled):
        raise Unreadable("damaged_file", "cells_twice")
    try:
        return [named[place] for place in far_off(named)]
    except Refused as refused:
        raise Unreadable(*refused.args) from None
