"""From the bytes of files to their tallies, held cells, ignored rows and findings."""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from operator import itemgetter
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

from analysis.campaign import Campaign, Layout, load_areas, load_campaign
from analysis.tallies.agree import check_sheet
from analysis.tallies.child import Sheet, WorkbookReader
from analysis.tallies.container import Content, inspect
from analysis.tallies.days import Calendar, day_in, day_of_lines, day_of_name, is_of_signing, month_of_lines
from analysis.tallies.headings import MEASURES, is_heading_word, says_thousands
from analysis.tallies.people import asks_for_people, is_list_of_people, masked
from analysis.tallies.places import Gazetteer, plain
from analysis.tallies.result import Block, FileReading, Intake, gather
from analysis.tallies.rows import HELD, MOST_NAMES, Body, RowReader, texts_of
from analysis.tallies.series import review
from analysis.tallies.sheet import Table, find_layout, find_table, is_section, is_total, title_lines
from analysis.tallies.text import REPAIRS, Decoding, Records, Unreadable, decodings, is_vietnamese, split

DEFAULT_ZONE = "Asia/Ho_Chi_Minh"
_UNIT = re.compile(
    r"(?:đơn vị(?: báo cáo| gửi)?|địa bàn|địa phương|tên đơn vị)\s*[:：]\s*(.+)", re.IGNORECASE
)


class SentFile(NamedTuple):
    """A file as a team sent it; ``received_at`` is None where nobody said when."""

    name: str
    data: bytes
    received_at: datetime | None = None


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


def read_files(files: Iterable[SentFile], register: Register, now: datetime | None = None) -> Intake:
    """Read files in the order of receipt and check them against each other.

    Parameters
    ----------
    files
        Each later one revises the earlier ones.
    register
        What the campaign says of areas, days and layout.
    now
        No date can be later, for files without a time of receipt.

    Returns
    -------
    Intake
        Every row of every file, as a tally, held or ignored.
    """
    readings: list[FileReading] = []
    seen: set[str] = set()
    with WorkbookReader() as workbooks:
        for sent in files:
            reading = _read(sent, register, now, workbooks)
            if reading.sha256 in seen:
                reading = _as_repeated(reading)
            seen.add(reading.sha256)
            readings.append(reading)
    review(readings, register.places.areas, machine_made=register.layout is not None)
    return gather(readings, register.codes)


def _read(sent: SentFile, register: Register, now: datetime | None, workbooks: WorkbookReader) -> FileReading:
    reading = FileReading(masked(sent.name), hashlib.sha256(sent.data).hexdigest(), sent.received_at)
    known_at = sent.received_at or now
    latest = day_in(register.zone, known_at) if known_at else None
    calendar = Calendar(register.zone, latest, stated=sent.received_at is not None)
    try:
        content = inspect(sent.name, sent.data)
        if content.misnamed:
            reading.find("misnamed_file", kind=content.kind)
        sheets = _open(sent.data, content, register, calendar, workbooks, reading)
        _FileReader(sent.name, sheets, register, calendar, reading).read()
    except Unreadable as error:
        return reading.refuse(error.code, found=error.found)
    if not any(len(block.rows) for block in reading.blocks):
        if reading.held:
            reading.refused = True
            reading.find("nothing_taken")
        elif register.layout is None:
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


# ---- From bytes to sheets ----


def _open(
    data: bytes,
    content: Content,
    register: Register,
    calendar: Calendar,
    workbooks: WorkbookReader,
    reading: FileReading,
) -> list[Sheet]:
    """Open a file as sheets of text in one spelling; raises Unreadable."""
    if content.kind != "text":
        sheets = workbooks.read(data, content)
        if is_list_of_people(texts_of(sheets)) or any(asks_for_people(sheet.records) for sheet in sheets):
            raise Unreadable("list_of_people")
        return _repaired(sheets, register, calendar, reading)
    proven: list[tuple[Decoding, Sheet]] = []
    for decoding in decodings(data):
        if is_list_of_people(decoding.text):
            raise Unreadable("list_of_people")
        if decoding.certain:
            sheet = Sheet(None, _split(decoding.text, register, calendar))
            _refuse_people(sheet)
            return _repaired([sheet], register, calendar, reading)
        try:
            sheet = Sheet(None, _split(decoding.text, register, calendar))
        except Unreadable:
            continue
        if _is_proven([sheet], register, calendar):
            proven.append((decoding, sheet))
    if len(proven) != 1:
        raise Unreadable("nul_bytes" if b"\0" in data else "encoding_unknown")
    _refuse_people(proven[0][1])
    reading.find("older_encoding", encoding=proven[0][0].encoding)
    return [proven[0][1]]


def _refuse_people(sheet: Sheet) -> None:
    if asks_for_people(sheet.records[:2000]):
        raise Unreadable("list_of_people")


def _split(text: str, register: Register, calendar: Calendar) -> Records:
    def recognised(records: Records) -> int:
        sheet = Sheet(None, records)
        table = _table(sheet, register, calendar)
        return 0 if table is None else 2 if _names_areas(sheet, table, register) else 1

    try:
        return split(text, recognised)
    except Unreadable as error:
        if error.code != "no_table" or text.isascii() or is_vietnamese(text):
            raise
        # What another encoding made of the headings is no heading yet: see `_repaired`.
        for repair in REPAIRS.values():
            if (repaired := repair(text)) != text:
                try:
                    split(repaired, recognised)
                except Unreadable:
                    continue
                return split(text, lambda records: recognised([[repair(c) for c in r] for r in records]))  # noqa: B023
        raise


def _names_areas(sheet: Sheet, table: Table, register: Register) -> bool:
    """Whether a row under the heading names an area of the campaign, or the sheet is of one area only."""
    columns = [column.at for column in table.holding("area", "code")]
    return not columns or any(
        at < len(record) and bool(register.places.candidates(record[at].strip()))
        for record in sheet.records[table.last + 1 :]
        for at in columns
    )


def _table(sheet: Sheet, register: Register, calendar: Calendar) -> Table | None:
    if register.layout is not None and (table := find_layout(sheet.records, register.layout)):
        return table
    lines = [cell for record in sheet.records[:60] for cell in record if cell.strip()][:200]
    unit = _unit_of(sheet, lines, register.places)
    calendar = _completed(calendar, [*lines[:20], sheet.name or ""])
    table = find_table(sheet.records, calendar, sheet.merged, unit_in_title=unit is not None, words="")
    if table is None:
        return None
    words = f"{' '.join(title_lines(sheet.records, table))} {sheet.name or ''}"
    return find_table(sheet.records, calendar, sheet.merged, unit_in_title=unit is not None, words=words)


def _completed(calendar: Calendar, lines: list[str]) -> Calendar:
    """Return the calendar that completes dates by the one year, and the one month, that some lines name."""
    years = {int(year) for line in lines for year in re.findall(r"(?<!\d)20\d{2}(?!\d)", line)}
    month = month_of_lines(lines)
    if month is not None and years == {month[0]}:
        return calendar.in_month(*month)
    return calendar.in_month(years.pop() if len(years) == 1 else None, None)


def _unit_of(sheet: Sheet, lines: list[str], places: Gazetteer) -> str | None:
    """Whose sheet it is, by a title like "Đơn vị: Công an huyện Thăng Bình", its letterhead or its name."""
    named = [found[1] for line in lines[:20] if (found := _UNIT.fullmatch(line.strip()))]
    for texts in (named, lines[:8], [sheet.name or ""]):
        units = {tuple(places.candidates(text)): text for text in texts if places.candidates(text)}
        if len(units) == 1:
            return next(iter(units.values()))
    return None


def _repaired(
    sheets: list[Sheet], register: Register, calendar: Calendar, reading: FileReading
) -> list[Sheet]:
    """Undo what an older font or a wrong encoding did to the text, where the result proves itself."""
    if is_vietnamese(texts_of(sheets)) or all(_is_understood(sheet, register, calendar) for sheet in sheets):
        return sheets
    if _right_words(sheets, register, calendar)[0]:
        # Where some words are right as they stand, the others are no work of an encoding.
        return sheets
    proven = []
    for encoding, repair in REPAIRS.items():
        tried = [
            sheet._replace(records=[[repair(cell) for cell in record] for record in sheet.records])
            for sheet in sheets
        ]
        if tried != sheets and _is_proven(tried, register, calendar):
            proven.append((encoding, tried))
    if len(proven) != 1:
        return sheets
    reading.find("repaired_encoding", encoding=proven[0][0])
    return proven[0][1]


def _is_understood(sheet: Sheet, register: Register, calendar: Calendar) -> bool:
    if all(cell.isascii() for record in sheet.records[:2000] for cell in record):
        return True
    table = _table(sheet, register, calendar)
    return table is not None and not any(
        not register.places.candidates(label) for label in _labels(sheet, table, register)
    )


def _is_proven(sheets: list[Sheet], register: Register, calendar: Calendar) -> bool:
    """Whether a decoding proves itself: headings and all areas that are not ASCII are right to the accent."""
    right, labels = _right_words(sheets, register, calendar)
    return len(right) >= 2 and labels <= right


def _right_words(sheets: list[Sheet], register: Register, calendar: Calendar) -> tuple[set[str], set[str]]:
    """Return the words with accents that are exactly right, and all labels with accents."""
    right: set[str] = set()
    labels: set[str] = set()
    for sheet in sheets:
        if table := _table(sheet, register, calendar):
            here = _labels(sheet, table, register)
            labels |= {plain(label) for label in here}
            right |= {plain(label) for label in here if register.places.is_exact(label)}
            right |= {plain(one.heading) for one in table.columns if is_heading_word(one.heading)}
    return {word for word in right if not word.isascii()}, labels


def _labels(sheet: Sheet, table: Table, register: Register) -> set[str]:
    """Return the labels with accents that stand for areas: known ones, and others in rows with numbers."""
    columns = [column.at for column in table.holding("area", "code")]
    body = sheet.records[table.last + 1 :]
    labels: set[str] = set()
    for at in columns:
        try:
            labels.update(map(itemgetter(at), body))
        except IndexError:
            labels.update(record[at] for record in body if at < len(record))
    if len(labels) > MOST_NAMES + 10 * len(register.places.areas):
        raise Unreadable("too_many_faults", f"{len(labels)} names")
    labels = {
        label for label in labels if not label.isascii() and not is_total(label) and not is_section([label])
    }
    strange = {label for label in labels if not register.places.candidates(label)}
    if not strange:
        return labels
    counted = {
        record[at]
        for at in columns
        for record in body
        if at < len(record) and record[at] in strange and sum(1 for cell in record if cell.strip()) > 2
    }
    return (labels - strange) | counted


# ---- From sheets to blocks ----


@dataclass
class _FileReader:
    name: str
    sheets: list[Sheet]
    register: Register
    calendar: Calendar
    reading: FileReading
    _far_rows: set[tuple[str | None, int]] = field(default_factory=set)

    def read(self) -> None:
        """Read all sheets; raises Unreadable if none holds a table."""
        tables = [_table(sheet, self.register, self.calendar) for sheet in self.sheets]
        seen = [
            table is not None and not sheet.hidden for table, sheet in zip(tables, self.sheets, strict=True)
        ]
        if not any(seen):
            raise Unreadable("no_table")
        for sheet, table in zip(self.sheets, tables, strict=True):
            self.reading.rows += sum(
                1 for record in sheet.records if record and (record[0].strip() or any(map(str.strip, record)))
            )
            if table is None or sheet.hidden:
                self._leave_out(sheet, "hidden_sheet" if sheet.hidden else "sheet_without_table")
            else:
                self._read_sheet(sheet, table)
            self._leave_out_far(sheet)

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
        for at, record in enumerate(sheet.records[: table.last + 1]):
            if any(map(str.strip, record)):
                self.reading.ignore("header_row" if at >= table.first else "title_row", sheet.name, at + 1)
        titles = list(title_lines(sheet.records, table))
        if says_thousands([*titles, *(column.heading for column in table.columns)]):
            raise Unreadable("in_thousands")
        is_machine_made = self.register.layout is not None and table == find_layout(
            sheet.records, self.register.layout
        )
        reader = RowReader(
            sheet,
            table,
            self.register.places,
            calendar,
            self.reading,
            self._day(sheet, table, titles, calendar),
            _unit_of(sheet, titles, self.register.places),
            self.register.layout if is_machine_made else None,
        )
        body = reader.read()
        if not is_machine_made:
            check_sheet(reader, body)
            self._find_unknown_columns(sheet, table)
        self._keep(sheet, body)

    def _calendar(self, sheet: Sheet, table: Table) -> Calendar:
        """Return the calendar of one sheet: its way of counting days, the year its title gives."""
        calendar = Calendar(self.calendar.zone, self.calendar.latest, self.calendar.stated, epoch=sheet.epoch)
        return _completed(calendar, [*title_lines(sheet.records, table), sheet.name or ""])

    def _day(self, sheet: Sheet, table: Table, titles: list[str], calendar: Calendar) -> date | str | None:
        """Return the day of a sheet without a column of days: by its titles, its name, or the file's name."""
        if table.holding("date"):
            return None
        said = day_of_lines(titles, calendar)
        tab = calendar.read(sheet.name) if sheet.name and re.search(r"\d.*\d", sheet.name) else None
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
            body = (
                record[column.at] for record in sheet.records[table.last + 1 :] if column.at < len(record)
            )
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
            self.reading.blocks.append(Block(sheet.name, MEASURES.index(cells.measure), *columns))
