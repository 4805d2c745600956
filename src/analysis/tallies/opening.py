"""From the bytes of one file to sheets of text in one spelling, and the table in each."""

import re
from collections.abc import Iterable

from analysis.tallies.across import find_across
from analysis.tallies.area_rows import MOST_NAMES
from analysis.tallies.child import Sheet, WorkbookReader
from analysis.tallies.container import Content
from analysis.tallies.days import Calendar, month_of_lines
from analysis.tallies.headings import is_heading_word
from analysis.tallies.layouts.declared import Tell
from analysis.tallies.people import asks_for_people, is_list_of_people
from analysis.tallies.places import Gazetteer
from analysis.tallies.records import Records
from analysis.tallies.register import Register
from analysis.tallies.result import FileReading
from analysis.tallies.seen import what_was_found
from analysis.tallies.sheet import Table, find_table, is_section, is_total, title_lines
from analysis.tallies.spelling import plain
from analysis.tallies.text import (
    REPAIRS,
    Decoding,
    Unreadable,
    decoded,
    decodings,
    is_vietnamese,
    lenient,
    split,
    split_by,
)
from analysis.tallies.words.subject import Subject

_UNIT = re.compile(
    r"(?:đơn vị(?: báo cáo| gửi)?|địa bàn|địa phương|tên đơn vị)\s*[:：]\s*(.+)", re.IGNORECASE
)


def open_sheets(
    data: bytes,
    content: Content,
    register: Register,
    calendar: Calendar,
    workbooks: WorkbookReader,
    reading: FileReading,
    tell: Tell,
) -> list[Sheet]:
    """Open a file as sheets of text in one spelling; raises Unreadable.

    ``tell`` says what the campaign's layouts make of it, where one is meant for it.
    """
    if content.kind != "text":
        sheets = workbooks.read(data, content)
        if is_list_of_people(texts_of(sheets)) or any(asks_for_people(sheet.records) for sheet in sheets):
            raise Unreadable("list_of_people")
        sheets = [sheet._replace(records=sheet.records.bounded()) for sheet in sheets]
        return _repaired(sheets, register, calendar, reading)
    proven: list[tuple[Decoding, Sheet]] = []
    for decoding in decodings(data) if tell.encoding is None else decoded(data, tell.encoding):
        if is_list_of_people(decoding.text):
            raise Unreadable("list_of_people")
        if decoding.certain:
            sheet = Sheet(None, _split(decoding.text, register, calendar, tell))
            _refuse_people(sheet)
            return _repaired([sheet], register, calendar, reading)
        try:
            sheet = Sheet(None, _split(decoding.text, register, calendar, tell))
        except Unreadable:
            continue  # in this encoding the text is no table; another may prove itself
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


def _split(text: str, register: Register, calendar: Calendar, tell: Tell) -> Records:
    if tell.delimiter is not None:
        return split_by(text, tell.delimiter)

    unfit: dict[int, Unreadable] = {}

    def recognised(records: Records) -> int:
        sheet = Sheet(None, records)
        try:
            if tell.of(sheet) is not None:
                return 2
        except Unreadable as error:
            unfit[sum(records.widths.tolist())] = error
        table = table_of(sheet, register, calendar)
        return 0 if table is None else 2 if _names_areas(sheet, table, register) else 1

    try:
        return split(text, recognised)
    except Unreadable as error:
        if error.code == "no_table" and unfit:
            raise unfit[max(unfit)] from None
        if error.code == "no_table":
            error.more |= what_was_found([Sheet(None, lenient(text))], register)
        if error.code != "no_table" or text.isascii() or is_vietnamese(text):
            raise
        # What another encoding made of the headings is no heading yet: see `_repaired`.
        for repair in REPAIRS.values():
            if (repaired := repair(text)) != text:
                try:
                    split(repaired, recognised)
                except Unreadable:
                    continue  # no repair; where none helps, the first complaint is raised below
                return split(text, lambda records: recognised(records.mapped(repair)))  # noqa: B023
        raise


def _names_areas(sheet: Sheet, table: Table, register: Register) -> bool:
    """Whether a row under the heading names an area of the campaign, or the sheet is of one area only."""
    columns = [column.at for column in table.holding("area", "code")]
    return not columns or any(
        bool(register.places.candidates(cell.strip()))
        for at in columns
        for cell in sheet.records.below(table.last, at)
    )


def table_of(sheet: Sheet, register: Register, calendar: Calendar) -> Table | None:
    """Find the table of a sheet as teams type it."""
    lines = [cell for record in sheet.records[:60] for cell in record if cell.strip()][:200]
    unit = unit_of(sheet, lines, register.places)
    calendar = completed(calendar, [*lines[:20], sheet.name or ""])

    def found(subject: Subject) -> Table | None:
        upright = find_table(sheet.records, calendar, sheet.merged, subject=subject, unit_in_title=bool(unit))
        return upright or find_across(
            sheet.records, lambda name: bool(register.places.candidates(name)), subject
        )

    table = found(Subject(register.vocabulary, places=register.names))
    if table is None or (table.first == 0 and not sheet.name):
        return table
    return found(subject_of(sheet, table, register))


def subject_of(sheet: Sheet, table: Table, register: Register) -> Subject:
    """Return what the titles above a table and the name of its sheet say is counted."""
    return Subject.of(title_lines(sheet.records, table), sheet.name, register.vocabulary, register.names)


def completed(calendar: Calendar, lines: list[str]) -> Calendar:
    """Return the calendar that completes dates by the one year, and the one month, that some lines name."""
    years = {int(year) for line in lines for year in re.findall(r"(?<!\d)20\d{2}(?!\d)", line)}
    month = month_of_lines(lines)
    if month is not None and years == {month[0]}:
        return calendar.in_month(*month)
    return calendar.in_month(years.pop() if len(years) == 1 else None, None)


def unit_of(sheet: Sheet, lines: list[str], places: Gazetteer) -> str | None:
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
    first = (cell for sheet in sheets for record in sheet.records[:2000] for cell in record)
    if any(map(is_vietnamese, first)):
        return sheets
    if all(_is_understood(sheet, register, calendar) for sheet in sheets) or is_vietnamese(texts_of(sheets)):
        return sheets
    if _right_words(sheets, register, calendar)[0]:
        # Where some words are right as they stand, the others are no work of an encoding.
        return sheets
    proven = []
    for encoding, repair in REPAIRS.items():
        tried = [sheet._replace(records=sheet.records.mapped(repair)) for sheet in sheets]
        if tried != sheets and _is_proven(tried, register, calendar):
            proven.append((encoding, tried))
    if len(proven) != 1:
        return sheets
    reading.find("repaired_encoding", encoding=proven[0][0])
    return proven[0][1]


def _is_understood(sheet: Sheet, register: Register, calendar: Calendar) -> bool:
    if all(cell.isascii() for record in sheet.records[:2000] for cell in record):
        return True
    table = table_of(sheet, register, calendar)
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
        if table := table_of(sheet, register, calendar):
            here = _labels(sheet, table, register)
            labels |= {plain(label) for label in here}
            right |= {plain(label) for label in here if register.places.is_exact(label)}
            right |= {plain(one.heading) for one in table.columns if is_heading_word(one.heading)}
    return {word for word in right if not word.isascii()}, labels


def _labels(sheet: Sheet, table: Table, register: Register) -> set[str]:
    """Return the labels with accents that stand for areas: known ones, and others in rows with numbers."""
    columns = [column.at for column in table.holding("area", "code")]
    labels = {label for at in columns for label in sheet.records.below(table.last, at)}
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
        for record in sheet.records[table.last + 1 :]
        if at < len(record) and record[at] in strange and sum(1 for cell in record if cell.strip()) > 2
    }
    return (labels - strange) | counted


def texts_of(sheets: Iterable[Sheet]) -> str:
    """Return all text of some sheets, notes and hidden parts included, one cell a line."""
    parts = [cell for sheet in sheets for record in sheet.records for cell in record if cell]
    parts += [sheet.name for sheet in sheets if sheet.name]
    parts += [text for sheet in sheets for *_, text in sheet.far]
    return "\n".join((*parts, *(note for sheet in sheets for note in sheet.notes)))
