"""From the bytes of one file to its tallies, held cells, ignored rows and findings."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np

from analysis.campaign import Campaign, Layout, load_areas, load_campaign
from analysis.tallies.days import Calendar, day_in
from analysis.tallies.places import Gazetteer
from analysis.tallies.result import MEASURES, Block, FileReading, Held, Ignored
from analysis.tallies.sheet import MEASURE_ROLES, Table, find_layout, find_table, is_total, measures_on
from analysis.tallies.text import DELIMITERS, Records, Unreadable, decode, split
from analysis.tallies.values import QUALIFIERS, Number, read_counts, read_percent
from analysis.tallies.workbook import Sheet, read_xlsx

DEFAULT_ZONE = "Asia/Ho_Chi_Minh"


@dataclass(frozen=True)
class Register:
    """What reading needs to know of a campaign: its areas, its days, its machine-made files."""

    places: Gazetteer
    zone: ZoneInfo
    layout: Layout | None = None

    @classmethod
    def of(cls, campaign: Campaign) -> "Register":
        """Take it from a loaded campaign."""
        return cls(Gazetteer(campaign.areas), campaign.zone, campaign.layout)

    @classmethod
    def load(cls, folder: Path) -> "Register":
        """Take it from a campaign folder, in which ``areas.csv`` is enough."""
        if (folder / "campaign.toml").exists():
            return cls.of(load_campaign(folder))
        return cls(Gazetteer(load_areas(folder)), ZoneInfo(DEFAULT_ZONE))

    @property
    def codes(self) -> list[str]:
        """The code of each area, by position."""
        return [area.code for area in self.places.areas]


def read_file(name: str, data: bytes, register: Register, known_at: datetime | None = None) -> FileReading:
    """Read one file.

    Parameters
    ----------
    name
        As the team named it; only ever shown, never opened.
    data
        Its bytes as sent.
    register
        Areas, zone and layout.
    known_at
        When the file was received: no date in it can be later.
    """
    reading = FileReading(name, hashlib.sha256(data).hexdigest(), known_at)
    try:
        sheets = _open(data, register.layout)
    except Unreadable as error:
        return reading.refuse(error.code, found=error.found)
    found = False
    for sheet in sheets:
        found |= _read_sheet(sheet, register, reading)
    return reading if found else reading.refuse("no_table")


def _open(data: bytes, layout: Layout | None) -> list[Sheet]:
    if data.startswith(b"PK\x03\x04"):
        return read_xlsx(data)
    text = decode(data)
    for delimiter in DELIMITERS:
        records = split(text, delimiter)
        if (layout and find_layout(records, layout)) or find_table(records):
            return [Sheet(None, records)]
    raise Unreadable("no_table")


def _read_sheet(sheet: Sheet, register: Register, reading: FileReading) -> bool:
    """Read one sheet into ``reading``; False if it holds no table."""
    records, layout = sheet.records, register.layout
    filled = [at for at, record in enumerate(records) if any(cell.strip() for cell in record)]
    table = (find_layout(records, layout) if layout else None) or find_table(records)
    if table is None:
        return False
    reading.rows += len(filled)
    for at in filled:
        if at <= table.heading:
            reason = "header_row" if at == table.heading else "title_row"
            reading.ignored.append(Ignored(reading.file, sheet.name, at + 1, reason))
    today = None if reading.received_at is None else day_in(register.zone, reading.received_at)
    body = [at for at in filled if at > table.heading]
    _Rows(sheet, table, register, reading, Calendar(register.zone, today)).read(body)
    return True


@dataclass
class _Rows:
    sheet: Sheet
    table: Table
    register: Register
    reading: FileReading
    calendar: Calendar

    def read(self, body: list[int]) -> None:
        roles = self.table.roles
        column = {role: at for at, role in reversed(roles.items())}
        measures = {at: MEASURE_ROLES.index(role) for at, role in roles.items() if role in MEASURE_ROLES}
        taken: list[tuple[int, int, date]] = []
        for at in body:
            record = self.sheet.records[at]
            label = self._cell(record, column["area"])
            first = next(cell for cell in record if cell.strip())
            if is_total(label) or is_total(first) or self._is_layout_total(label):
                self._ignore(at, "total_row")
            elif self._is_outside(label):
                self._ignore(at, "outside_area")
            elif placed := self._place(at, label, self._cell(record, column["date"])):
                taken.append((at, *placed))
        layout = self.register.layout
        if layout is not None and self.table.heading == 0 and not measures:
            for day in sorted({day for _, _, day in taken}):
                on_day = measures_on(layout, self.sheet.records[0], day)
                rows = [one for one in taken if one[2] == day]
                for at, measure in on_day.items():
                    self._measure(at, MEASURES.index(measure), rows)
                for one in () if on_day else rows:
                    self._ignore(one[0], "no_measure_then")
        for at, measure in measures.items():
            self._measure(at, measure, taken)

    def _measure(self, column: int, measure: int, taken: list[tuple[int, int, date]]) -> None:
        cells = [self._cell(self.sheet.records[at], column) for at, _, _ in taken]
        if MEASURES[measure] == "rate_printed":
            values = np.full(len(cells), np.nan)
            odd = {at: read_percent(cell) for at, cell in enumerate(cells)}
        else:
            values, odd = read_counts(cells)
        qualifiers = np.zeros(len(cells), dtype=np.int64)
        keep = np.ones(len(cells), dtype=bool)
        for at, number in odd.items():
            if isinstance(number, Number):
                values[at], qualifiers[at] = number.value, QUALIFIERS.index(number.qualifier)
            else:
                keep[at] = False
                row = taken[at][0] + 1
                self.reading.held.append(
                    Held(self.reading.file, self.sheet.name, row, MEASURES[measure], number, cells[at][:80])
                )
        rows = np.array([at + 1 for at, _, _ in taken], dtype=np.int64)
        areas = np.array([area for _, area, _ in taken], dtype=np.int64)
        days = np.array([day for _, _, day in taken], dtype="datetime64[D]")
        self.reading.blocks.append(
            Block(
                self.sheet.name, measure, rows[keep], areas[keep], days[keep], values[keep], qualifiers[keep]
            )
        )

    def _place(self, at: int, label: str, when: str) -> tuple[int, date] | None:
        day = self.calendar.read(when)
        if isinstance(day, str):
            self._hold(at, day, when)
            return None
        area = self.register.places.resolve(label, day)
        if isinstance(area, str):
            self._hold(at, area, label)
            return None
        return area, day

    def _is_layout_total(self, label: str) -> bool:
        return self.register.layout is not None and label == self.register.layout.total

    def _is_outside(self, label: str) -> bool:
        return self.register.layout is not None and label in self.register.layout.outside

    def _cell(self, record: list[str], column: int) -> str:
        return record[column] if column < len(record) else ""

    def _hold(self, at: int, reason: str, text: str) -> None:
        self.reading.held.append(Held(self.reading.file, self.sheet.name, at + 1, None, reason, text[:80]))

    def _ignore(self, at: int, reason: str) -> None:
        self.reading.ignored.append(Ignored(self.reading.file, self.sheet.name, at + 1, reason))
