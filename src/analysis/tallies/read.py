"""From the bytes of files to their tallies, held cells, ignored rows and findings."""

import hashlib
import re
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from analysis.tallies.agree import check_sheet
from analysis.tallies.body import HELD, Body
from analysis.tallies.child import Sheet, WorkbookReader
from analysis.tallies.container import inspect
from analysis.tallies.days import Calendar, day_in, day_of_lines, day_of_name, is_of_signing
from analysis.tallies.headings import says_thousands
from analysis.tallies.layouts.declared import Tell, Told
from analysis.tallies.limits import SECONDS, within
from analysis.tallies.opening import completed, open_sheets, subject_of, table_of, unit_of
from analysis.tallies.people import masked
from analysis.tallies.register import Register
from analysis.tallies.result import Block, FileReading, Intake, gather
from analysis.tallies.rows import RowReader
from analysis.tallies.seen import what_was_found
from analysis.tallies.series import review
from analysis.tallies.sheet import Table, title_lines
from analysis.tallies.text import Unreadable


class SentFile(NamedTuple):
    """A file as a team sent it; ``received_at`` is None where nobody said when."""

    name: str
    data: bytes
    received_at: datetime | None = None
    sender: str = ""


def read_files(
    files: Iterable[SentFile],
    register: Register,
    now: datetime | None = None,
    seconds: float = SECONDS,
    released: AbstractSet[tuple[str, int]] = frozenset(),
) -> Intake:
    """Read files in the order of receipt and check them against each other.

    Parameters
    ----------
    files
        Each later one revises the earlier ones.
    register
        What the campaign says of areas, days and layout.
    now
        No date can be later, for files without a time of receipt.
    seconds
        That reading one file may take; one that takes longer is refused.
    released
        Held rows that a person has let through: SHA-256 of the file, and the row in it.

    Returns
    -------
    Intake
        Every row of every file, as a tally, held or ignored.
    """
    readings: list[FileReading] = []
    seen: set[str] = set()
    with WorkbookReader(seconds) as workbooks:
        for sent in files:
            reading = _read(sent, register, now, workbooks, seconds)
            if reading.sha256 in seen:
                reading = _as_repeated(reading)
            seen.add(reading.sha256)
            readings.append(reading)
    review(
        readings,
        register.places.areas,
        register.measures,
        machine_made=any(reading.machine for reading in readings),
        released=released,
    )
    return gather(readings, register.codes, register.measure_codes)


def _read(
    sent: SentFile, register: Register, now: datetime | None, workbooks: WorkbookReader, seconds: float
) -> FileReading:
    reading = FileReading(masked(sent.name), hashlib.sha256(sent.data).hexdigest(), sent.received_at)
    known_at = sent.received_at or now
    latest = day_in(register.zone, known_at) if known_at else None
    calendar = Calendar(register.zone, latest, stated=sent.received_at is not None)
    try:
        with within(seconds):
            content = inspect(sent.name, sent.data)
            if content.misnamed:
                reading.find("misnamed_file", kind=content.kind)
            layouts = tuple(one for one in register.layouts if one.fits(sent.name, sent.sender))
            tell = Tell(layouts, sent.name, register, calendar)
            sheets = open_sheets(sent.data, content, register, calendar, workbooks, reading, tell)
            _FileReader(sent.name, sheets, register, calendar, reading, tell).read()
    except Unreadable as error:
        return reading.refuse(error.code, found=error.found, **error.more)
    if not any(len(block.rows) for block in reading.blocks):
        if reading.held:
            reading.refused = True
            reading.find("nothing_taken")
        elif not reading.machine:
            reading.find("no_tally")
    return reading


def _as_repeated(reading: FileReading) -> FileReading:
    """Ignore every row: the same bytes once more say nothing new."""
    rows = {(block.sheet, int(row)) for block in reading.blocks for row in block.rows}
    rows |= {(one.sheet, one.row) for one in reading.held} | {(one.sheet, one.row) for one in reading.ignored}
    again = FileReading(reading.file, reading.sha256, reading.received_at, reading.rows, reading.refused)
    for sheet, row in sorted(rows, key=lambda one: (one[0] or "", one[1])):
        again.ignore("same_file", sheet, row)
    again.findings.extend(reading.findings if reading.refused else [])
    if not reading.refused:
        again.find("same_file")
    return again


@dataclass
class _FileReader:
    name: str
    sheets: list[Sheet]
    register: Register
    calendar: Calendar
    reading: FileReading
    tell: Tell
    _far_rows: set[tuple[str | None, int]] = field(default_factory=set)

    def read(self) -> None:
        """Read all sheets; raises Unreadable if none holds a table."""
        known = [self.tell.of(sheet) for sheet in self.sheets]
        # A layout that is meant for one sheet of a workbook leaves the others alone.
        tables = [
            one.table if one else None if any(known) else table_of(sheet, self.register, self.calendar)
            for one, sheet in zip(known, self.sheets, strict=True)
        ]
        seen = [
            table is not None and not sheet.hidden for table, sheet in zip(tables, self.sheets, strict=True)
        ]
        if not any(seen):
            raise Unreadable("no_table", **what_was_found(self.sheets, self.register))
        for sheet, table, one in zip(self.sheets, tables, known, strict=True):
            self.reading.rows += sheet.records.filled()
            if table is None or sheet.hidden:
                self._leave_out(sheet, "hidden_sheet" if sheet.hidden else "sheet_without_table")
            elif one is not None:
                self._read_told(sheet, one)
            else:
                self._read_sheet(sheet, table)
            self._leave_out_far(sheet)

    def _read_told(self, sent: Sheet, told: Told) -> None:
        """Read a sheet as a layout says."""
        sheet, table = told.sheet, told.table
        self.reading.machine |= told.layout.machine
        self._leave_out_above(sheet, table)
        calendar = Calendar(self.calendar.zone, self.calendar.latest, self.calendar.stated, epoch=sheet.epoch)
        if told.layout.day is not None and told.layout.day.zone is not None:
            calendar = replace(calendar, zone=ZoneInfo(told.layout.day.zone))
        titles = list(title_lines(sent.records, table))
        day = None if table.holding("date") else self._day(sheet, table, titles, completed(calendar, titles))
        unit = next((column.heading for column in table.columns if column.is_area), None)
        places, measures = self.register.places, self.register.measures
        reader = RowReader(sheet, table, places, calendar, self.reading, day, unit, told, measures)
        body = reader.read()
        if not told.layout.machine:
            check_sheet(reader, body)
        self._keep(sheet, body)

    def _leave_out_above(self, sheet: Sheet, table: Table) -> None:
        for at, record in enumerate(sheet.records[: table.last + 1]):
            if any(map(str.strip, record)):
                self.reading.ignore("header_row" if at >= table.first else "title_row", sheet.name, at + 1)

    def _leave_out_far(self, sheet: Sheet) -> None:
        """Leave out cells far off; a row that has nothing else is one more row with content."""
        for row, column, text in sheet.far:
            record = sheet.records[row] if row < len(sheet.records) else []
            if not any(map(str.strip, record)) and (sheet.name, row + 1) not in self._far_rows:
                self._far_rows.add((sheet.name, row + 1))
                self.reading.rows += 1
            self.reading.ignore("far_cell", sheet.name, row + 1)
            self.reading.find("far_cell", sheet.name, row + 1, found=f"“{text}”", column=f"{column + 1}")

    def _leave_out(self, sheet: Sheet, reason: str) -> None:
        for at, record in enumerate(sheet.records):
            if any(map(str.strip, record)):
                self.reading.ignore(reason, sheet.name, at + 1)
        places = self.register.places
        named = any(places.candidates(cell) for record in sheet.records for cell in record if cell.strip())
        if named:
            code = "hidden_sheet" if sheet.hidden else "sheet_not_read"
            self.reading.find(code, sheet.name, found=f"“{sheet.name}”")

    def _read_sheet(self, sheet: Sheet, table: Table) -> None:
        calendar = self._calendar(sheet, table)
        self._leave_out_above(sheet, table)
        titles = list(title_lines(sheet.records, table))
        if says_thousands([*titles, *(column.heading for column in table.columns)]):
            raise Unreadable("in_thousands")
        reader = RowReader(
            sheet,
            table,
            self.register.places,
            calendar,
            self.reading,
            self._day(sheet, table, titles, calendar),
            # Where areas are headings any of them makes a row with a day one of tallies.
            next((column.heading for column in table.columns if column.is_area), None)
            or unit_of(sheet, titles, self.register.places),
            None,
            self.register.measures,
            subject_of(sheet, table, self.register),
        )
        body = reader.read()
        check_sheet(reader, body)
        self._find_unknown_columns(sheet, table)
        self._keep(sheet, body)

    def _calendar(self, sheet: Sheet, table: Table) -> Calendar:
        """Return the calendar of one sheet: its way of counting days, the year its title gives."""
        calendar = Calendar(self.calendar.zone, self.calendar.latest, self.calendar.stated, epoch=sheet.epoch)
        return completed(calendar, [*title_lines(sheet.records, table), sheet.name or ""])

    def _day(self, sheet: Sheet, table: Table, titles: list[str], calendar: Calendar) -> date | str | None:
        """Return the day of a sheet without a column of days: by its titles, its name, or the file's name."""
        if table.holding("date"):
            return None
        said = day_of_lines(titles, calendar)
        tab = calendar.read(sheet.name) if sheet.name and re.search(r"\d.*\d", sheet.name) else None
        if sheet.name and not isinstance(tab, date):
            tab = day_of_name(sheet.name, calendar)
        if isinstance(tab, date):
            return "date_conflict" if isinstance(said, date) and said != tab else said or tab
        if said is not None:
            if isinstance(said, date) and is_of_signing(titles):
                self.reading.find("day_of_signing", sheet.name, day=f"{said:%d/%m/%Y}")
            return said
        found = day_of_name(self.name.rpartition(".")[0], calendar)
        if found is not None:
            self.reading.find(
                "day_from_name", sheet.name, day=f"{found:%d/%m/%Y}" if isinstance(found, date) else ""
            )
        return found

    def _find_unknown_columns(self, sheet: Sheet, table: Table) -> None:
        """Say which columns with digits in them nobody reads."""
        for column in table.holding("unknown", "unnamed"):
            body = sheet.records.below(table.last, column.at)
            if any(any(letter.isdigit() for letter in cell) for cell in body):
                name = column.heading or f"{column.at + 1}"
                self.reading.find("column_unknown", sheet.name, table.last + 1, found=f"“{name}”")

    def _keep(self, sheet: Sheet, body: Body) -> None:
        for cells in body.cells:
            keep = cells.qualifiers != HELD
            days = cells.days[keep].astype("datetime64[D]")
            columns = (
                cells.places[keep] + 1,
                cells.areas[keep],
                days,
                cells.values[keep],
                cells.qualifiers[keep],
            )
            self.reading.blocks.append(
                Block(sheet.name, self.register.measure_codes.index(cells.measure), *columns)
            )
