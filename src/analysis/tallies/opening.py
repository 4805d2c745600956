"""From the bytes of one file to its pages: sheets of text in one spelling, each with the table seen in it."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import NamedTuple

from analysis.tallies.files.child import Sheet, WorkbookReader
from analysis.tallies.files.container import Content, inspect
from analysis.tallies.files.limits import Allowance
from analysis.tallies.files.records import Records
from analysis.tallies.files.text import (
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
from analysis.tallies.layouts.kinds import recognised, table_of
from analysis.tallies.layouts.page import Page
from analysis.tallies.layouts.rows import check_names
from analysis.tallies.layouts.seen import what_was_found
from analysis.tallies.layouts.table import Table
from analysis.tallies.register import Register
from analysis.tallies.words.days import Calendar
from analysis.tallies.words.headings import is_heading_word
from analysis.tallies.words.labels import is_section, is_total
from analysis.tallies.words.people import asks_for_people, has_long_numbers, is_list_of_people
from analysis.tallies.words.spelling import plain

MOST_DAYS = {"day": 1, "sending": 6, "week": 7, "month": 31}
"""The most days that a tally of each span covers."""


@dataclass(frozen=True)
class SentFile:
    """A file as a team sent it; ``received_at`` is None where nobody said when.

    ``allowance`` is what it shares with the other files of an archive.
    """

    name: str
    data: bytes
    received_at: datetime | None = None
    sender: str = ""
    allowance: Allowance | None = None

    @cached_property
    def sha256(self) -> str:
        """The SHA-256 of its bytes, by which files are known."""
        return hashlib.sha256(self.data).hexdigest()


class Opened(NamedTuple):
    """The pages of a file, and in which encoding its text was found: the code of a finding, and its name.

    ``misnamed`` is what it is where its ending says otherwise.
    """

    pages: list[Page]
    encoding: tuple[str, str] | None = None
    misnamed: str = ""


def calendar_of(sent: SentFile, register: Register, now: datetime | None) -> Calendar:
    """Return the calendar by which a file is read: no day is later than the one on which it came."""
    known_at = sent.received_at or now
    latest = known_at.astimezone(register.zone).date() if known_at else None
    covered = min(MOST_DAYS[span] for span in register.spans)
    stated = sent.received_at is not None
    since, begins = register.first_day, register.begins
    return Calendar(register.zone, latest, stated=stated, since=since, begins=begins, covered=covered)


def open_pages(sent: SentFile, register: Register, now: datetime | None, workbooks: WorkbookReader) -> Opened:
    """Open a file as pages of text in one spelling; raises Unreadable."""
    content, calendar = inspect(sent.name, sent.data), calendar_of(sent, register, now)
    blank = Page(Sheet(None, Records.of([])), register, calendar, sent.name, sent.sender)
    opened = _open(sent, content, blank, workbooks)
    return opened._replace(misnamed=content.kind if content.misnamed else "")


def _open(sent: SentFile, content: Content, blank: Page, workbooks: WorkbookReader) -> Opened:
    """Open a file; ``blank`` is its page without records."""
    if content.kind != "text":
        sheets = sheets_of(workbooks.read(sent.data, content))
        return _repaired([replace(blank, sheet=sheet, beside=tuple(sheets), _kept={}) for sheet in sheets])
    return _open_text(sent.data, blank)


def sheets_of(sheets: Sequence[Sheet]) -> list[Sheet]:
    """Return the sheets of a file with their cells cut short; Unreadable where one of them lists people."""
    if is_list_of_people(texts_of(sheets)) or any(asks_for_people(sheet.records) for sheet in sheets):
        raise Unreadable("list_of_people")
    return [sheet._replace(records=sheet.records.bounded()) for sheet in sheets]


def _open_text(data: bytes, blank: Page) -> Opened:
    """Open a text file; ``blank`` is its page without records."""
    encoding = next((one.encoding for one in blank.layouts if one.encoding), None)
    proven: list[tuple[Decoding, Page]] = []
    for decoding in decodings(data) if encoding is None else decoded(data, encoding):
        long_numbers = has_long_numbers(decoding.text)
        if long_numbers and is_list_of_people(decoding.text):
            raise Unreadable("list_of_people")
        try:
            page = _split(decoding.text, blank)
        except Unreadable:
            if decoding.certain:
                raise
            continue  # in this encoding the text is no table; another may prove itself
        if decoding.certain:
            _refuse_people(page, long_numbers)
            return _repaired([page])
        if _is_proven([page]):
            _refuse_people(page, long_numbers)
            proven.append((decoding, page))
    if len(proven) != 1:
        raise Unreadable("nul_bytes" if b"\0" in data else "encoding_unknown")
    return Opened([proven[0][1]], ("older_encoding", proven[0][0].encoding))


def _refuse_people(page: Page, long_numbers: bool) -> None:
    if long_numbers and asks_for_people(page.records[:2000]):
        raise Unreadable("list_of_people")


def _split(text: str, blank: Page) -> Page:
    """Split a text by the delimiter under which a layout recognises most."""
    delimiter = next((one.delimiter for one in blank.layouts if one.delimiter), None)
    if delimiter is not None:
        return blank.with_records(split_by(text, delimiter))
    unfit: dict[int, Unreadable] = {}
    pages: dict[int, Page] = {}

    def much(records: Records) -> int:
        page = pages[id(records)] = blank.with_records(records)
        try:
            table = table_of(page)
        except Unreadable as error:
            unfit[sum(records.widths.tolist())] = error
            return 0
        if table is None:
            return 0
        return 2 if table.declared or _names_areas(page, table) else 1

    try:
        records = split(text, much)
        return pages.get(id(records)) or blank.with_records(records)
    except Unreadable as error:
        if error.code != "no_table":
            raise
        if unfit:
            raise unfit[max(unfit)] from None
        error.more |= what_was_found([lenient(text)], blank.register)
        if text.isascii() or is_vietnamese(text):
            raise
        # What another encoding made of the headings is no heading yet: see `_repaired`.
        for repair in REPAIRS.values():
            if (repaired := repair(text)) != text:
                try:
                    split(repaired, much)
                except Unreadable:
                    continue  # no repair; where none helps, the first complaint is raised below
                return blank.with_records(split(text, lambda records: much(records.mapped(repair))))  # noqa: B023
        raise


def _names_areas(page: Page, table: Table) -> bool:
    """Whether a row under the heading names an area of the campaign, or the sheet is of one area only."""
    columns = [column.at for column in table.holding("area", "code")]
    return not columns or any(
        bool(page.places.candidates(cell.strip()))
        for at in columns
        for cell in page.records.below(table.last, at)
    )


# ---- Text that an older font or a wrong encoding made of Vietnamese ----


def _repaired(pages: list[Page]) -> Opened:
    """Undo what an older font or a wrong encoding did to the text, where the result proves itself."""
    if any(is_vietnamese(text) for page in pages for text in page.records.different(2000)):
        return Opened(pages)
    if all(map(_is_understood, pages)) or is_vietnamese(texts_of([page.sheet for page in pages])):
        return Opened(pages)
    if _right_words(pages)[0]:
        # Where some words are right as they stand, the others are no work of an encoding.
        return Opened(pages)
    proven = []
    for encoding, repair in REPAIRS.items():
        tried = [page.with_records(page.records.mapped(repair)) for page in pages]
        if any(one.records != page.records for one, page in zip(tried, pages, strict=True)) and _is_proven(
            tried
        ):
            proven.append((encoding, tried))
    if len(proven) != 1:
        return Opened(pages)
    return Opened(proven[0][1], ("repaired_encoding", proven[0][0]))


def _is_understood(page: Page) -> bool:
    if page.records.is_ascii:
        return True
    found = recognised(page)
    return found is not None and all(page.places.candidates(label) for label in _labels(page, found.table))


def _is_proven(pages: Sequence[Page]) -> bool:
    """Whether a decoding proves itself: headings and all areas that are not ASCII are right to the accent."""
    right, labels = _right_words(pages)
    return len(right) >= 2 and labels <= right


def _right_words(pages: Sequence[Page]) -> tuple[set[str], set[str]]:
    """Return the words with accents that are exactly right, and all labels with accents."""
    right: set[str] = set()
    labels: set[str] = set()
    for page in pages:
        if table := table_of(page):
            here = _labels(page, table)
            labels |= {plain(label) for label in here}
            right |= {plain(label) for label in here if page.places.is_exact(label)}
            right |= {plain(one.heading) for one in table.columns if is_heading_word(one.heading)}
    return {word for word in right if not word.isascii()}, labels


def _labels(page: Page, table: Table) -> set[str]:
    """Return the labels with accents that stand for areas: known ones, and others in rows with numbers."""
    columns = [column.at for column in table.holding("area", "code")]
    labels = {label for at in columns for label in page.records.below(table.last, at)}
    check_names(labels, page.places)
    labels = {
        label for label in labels if not label.isascii() and not is_total(label) and not is_section([label])
    }
    strange = {label for label in labels if not page.places.candidates(label)}
    if not strange:
        return labels
    counted = {
        record[at]
        for at in columns
        for record in page.records[table.last + 1 :]
        if at < len(record) and record[at] in strange and sum(1 for cell in record if cell.strip()) > 2
    }
    return (labels - strange) | counted


def texts_of(sheets: Sequence[Sheet]) -> str:
    """Return all text of some sheets, notes and hidden parts included, one cell a line."""
    parts = [cell for sheet in sheets for record in sheet.records for cell in record if cell]
    parts += [sheet.name for sheet in sheets if sheet.name]
    parts += [text for sheet in sheets for *_, text in sheet.far]
    return "\n".join((*parts, *(note for sheet in sheets for note in sheet.notes)))
