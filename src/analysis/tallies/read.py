"""From the bytes of files to their tallies, held cells, ignored rows and findings."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import datetime
from functools import partial
from itertools import chain

import numpy as np

from analysis.forked import cores, side_by_side
from analysis.tallies.files.child import Sheet, WorkbookReader
from analysis.tallies.files.limits import SECONDS, sharing
from analysis.tallies.files.text import Unreadable
from analysis.tallies.gathered import gather
from analysis.tallies.kept import Kept, key_of
from analysis.tallies.layouts.kinds import Recognised, recognised
from analysis.tallies.layouts.outcome import HELD, Outcome
from analysis.tallies.layouts.page import Page, title_lines
from analysis.tallies.layouts.seen import what_was_found
from analysis.tallies.layouts.table import Table
from analysis.tallies.opening import SentFile, open_pages
from analysis.tallies.register import Register
from analysis.tallies.result import Block, FileReading, Intake, shortened
from analysis.tallies.review.agree import check_table
from analysis.tallies.review.flat import Tallies
from analysis.tallies.review.series import review
from analysis.tallies.words.people import masked
from analysis.tallies.words.scales import scale_said

AT_ONCE, BYTES = 512, 1 << 25
"""Files that are in memory at once: as many, or as large together."""
SEVERAL = 3
"""One or two areas may well have nothing to report."""
WORTH = 64
"""Files from which a copy of the process and of what opens workbooks is worth making."""


def read_files(
    files: Iterable[SentFile],
    register: Register,
    now: datetime | None = None,
    seconds: float = SECONDS,
    released: AbstractSet[tuple[str, int]] = frozenset(),
    kept: Kept | None = None,
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
    kept
        Readings of earlier runs; those of this one that are new are added.

    Returns
    -------
    Intake
        Every row of every file, as a tally, held or ignored.
    """
    readings: list[FileReading] = []
    seen: set[str] = set()
    tallies = Tallies()
    with WorkbookReader(seconds) as workbooks:
        one = partial(read_file, register=register, now=now, seconds=seconds)
        for part in _parts(files):
            for known in _known(
                part, kept, partial(_read_all, one=one, workbooks=workbooks, seconds=seconds)
            ):
                reading = _as_repeated(known) if known.sha256 in seen else known
                seen.add(reading.sha256)
                readings.append(reading)
                tallies.add(reading)
    if kept is not None:
        kept.save()
    return gather(review(readings, tallies, register, released), register.codes)


def _parts(files: Iterable[SentFile]) -> Iterator[list[SentFile]]:
    """Yield files some at a time: a nation's are not all in memory at once."""
    part: list[SentFile] = []
    size = 0
    for sent in files:
        part.append(sent)
        size += len(sent.data)
        if len(part) >= AT_ONCE or size >= BYTES:
            yield part
            part, size = [], 0
    yield part


def _known(
    part: list[SentFile], kept: Kept | None, read: Callable[[list[SentFile]], Iterator[FileReading]]
) -> Iterator[FileReading]:
    """Yield the readings of files in their order, taken from those that are kept, or read and then kept."""
    keys = [_key(sent) if kept is not None else "" for sent in part]
    there = [kept.get(key) if kept is not None else None for key in keys]
    new = read([sent for sent, one in zip(part, there, strict=True) if one is None])
    for sent, key, one in zip(part, keys, there, strict=True):
        if one is not None:
            one.received_at, one.sender = sent.received_at, sent.sender
            yield one
            continue
        reading = next(new)
        if kept is not None and key:
            kept.add(key, reading)
        yield reading


def _key(sent: SentFile) -> str:
    """Return what a reading is kept by; nothing where it was read by the clock, which is no part of it."""
    if sent.received_at is None:
        return ""
    return key_of(sent.sha256, sent.name, sent.received_at, sent.sender)


def _read_all(
    files: list[SentFile], one: Callable[..., FileReading], workbooks: WorkbookReader, seconds: float
) -> Iterator[FileReading]:
    """Read files; side by side where there are many, but not those of one archive, which share its time."""
    many = cores()
    if len(files) < WORTH or many < 2 or any(sent.allowance for sent in files):
        yield from (one(sent, workbooks=workbooks) for sent in files)
        return
    made = side_by_side([partial(_share, files[at::many], one, seconds) for at in range(many)])
    yield from (made[at % many][at // many] for at in range(len(files)))


def _share(files: list[SentFile], one: Callable[..., FileReading], seconds: float) -> list[FileReading]:
    """Read what one process has to; it opens workbooks by a process of its own."""
    with WorkbookReader(seconds) as workbooks:
        return [one(sent, workbooks=workbooks) for sent in files]


def read_file(
    sent: SentFile, register: Register, now: datetime | None, workbooks: WorkbookReader, seconds: float
) -> FileReading:
    """Read one file by itself: what it comes to depends on nothing but what is given.

    Parameters
    ----------
    sent, register, now
        As `read_files` takes them.
    workbooks
        The process that opens workbooks.
    seconds
        That it may take.
    """
    reading = FileReading(masked(sent.name), sent.sha256, sent.received_at, sent.sender)
    try:
        with sharing(seconds, sent.allowance):
            opened = open_pages(sent, register, now, workbooks)
            if opened.misnamed:
                reading.find("misnamed_file", kind=opened.misnamed)
            if opened.encoding:
                code, encoding = opened.encoding
                reading.find(code, encoding=encoding)
            _read_pages(opened.pages, reading)
    except Unreadable as error:
        return reading.refuse(error.code, found=error.found, **error.more)
    taken = [block for block in reading.blocks if len(block.rows)]
    if reading.held and not taken:
        reading.refused = True
        reading.find("nothing_taken")
    elif not reading.machine and _is_blank(taken):
        reading.find("no_tally")
    elif taken and all(register.measures[block.measure].kind == "rate" for block in taken):
        reading.find("rates_alone")
    return reading


def _is_blank(blocks: Sequence[Block]) -> bool:
    """Whether there is nothing, or a form of several areas in which nobody has written a number."""
    areas = {area for block in blocks for area in block.areas.tolist()}
    return not areas or (len(areas) >= SEVERAL and all(np.isnan(block.values).all() for block in blocks))


def _as_repeated(reading: FileReading) -> FileReading:
    """Ignore every row: the same bytes once more say nothing new."""
    rows = {(block.sheet, int(row)) for block in reading.blocks for row in block.rows}
    rows |= {(one.sheet, one.row) for one in reading.held} | {(one.sheet, one.row) for one in reading.ignored}
    again = replace(reading, blocks=[], held=[], ignored=[], findings=[], either=[])
    for sheet, row in sorted(rows, key=lambda one: (one[0] or "", one[1])):
        again.ignore("same_file", sheet, row)
    again.findings.extend(reading.findings if reading.refused else [])
    if not reading.refused:
        again.find("same_file")
    return again


def _read_pages(pages: list[Page], reading: FileReading) -> None:
    """Read all sheets; raises Unreadable if none holds a table."""
    seen = [recognised(page) for page in pages]
    if any(one and one.table.declared for one in seen):
        # A layout that is meant for one sheet of a workbook leaves the others alone.
        seen = [one if one and one.table.declared else None for one in seen]
    if not any(one and not page.sheet.hidden for one, page in zip(seen, pages, strict=True)):
        raise Unreadable(
            "no_table", **what_was_found([page.records for page in pages], pages[0].register) if pages else {}
        )
    for page, found in zip(pages, seen, strict=True):
        reading.rows += page.records.filled()
        if found is None or page.sheet.hidden:
            _leave_out(page, reading)
        else:
            _leave_out_above(found.table, reading)
            _read_table(page, found, reading)
        _leave_out_far(page.sheet, reading)


def _read_table(page: Page, found: Recognised, reading: FileReading) -> None:
    table = found.table
    typed, machine = table.declared is None, table.declared is not None and table.declared.machine
    reading.machine |= machine
    outcome = found.kind.cells(page, table)
    if typed:
        _refuse_scaled(page, outcome)
        _hold_strange(page, outcome)
    if not machine:
        check_table(page, outcome)
    if typed:
        _find_unknown_columns(table, outcome)
    _keep(page, outcome, reading)


def _refuse_scaled(page: Page, outcome: Outcome) -> None:
    """Refuse a table that says, above, in a heading or below, that it does not count by ones."""
    table = outcome.table
    notes = [table.records[row] for row, reason in outcome.ignored if reason in ("text_row", "header_row")]
    # A row of units below the heading may look like one of numbers whose area is missing: "(1000 TK)".
    units = {one.row for one in outcome.held if one.reason == "area_missing"} & {table.last + 1}
    notes += [[cell for cell in table.records[row] if any(map(str.isalpha, cell))] for row in units]
    said = scale_said(
        chain(
            title_lines(page.records, table.first),
            (one.heading for one in table.counting if page.register.kinds.get(one.role) != "rate"),
            chain(*notes),
        )
    )
    if said:
        raise Unreadable("in_thousands", f"“{shortened(said)}”")


def _hold_strange(page: Page, outcome: Outcome) -> None:
    """Hold a table whose title says that it is of another province: names of areas recur there."""
    said = page.places.stranger(page.contexts(outcome.table.first), page.register.title)
    for cells in outcome.cells if said else ():
        outcome.hold_cells(cells, np.ones(len(cells.places), dtype=bool), "other_place", place=f"“{said}”")


def _leave_out(page: Page, reading: FileReading) -> None:
    """Leave out a sheet that is hidden or has no table; where it names areas that is said."""
    sheet = page.sheet
    for at, record in enumerate(sheet.records):
        if any(map(str.strip, record)):
            reading.ignore("hidden_sheet" if sheet.hidden else "sheet_without_table", sheet.name, at + 1)
    if any(page.places.candidates(cell) for record in sheet.records for cell in record if cell.strip()):
        code = "hidden_sheet" if sheet.hidden else "sheet_not_read"
        reading.find(code, sheet.name, found=f"“{sheet.name}”")


def _leave_out_above(table: Table, reading: FileReading) -> None:
    for at, record in enumerate(table.records[: table.last + 1]):
        if any(map(str.strip, record)):
            reading.ignore("header_row" if at >= table.first else "title_row", table.sheet.name, at + 1)


def _leave_out_far(sheet: Sheet, reading: FileReading) -> None:
    """Leave out cells far off; a row that has nothing else is one more row with content."""
    alone: set[int] = set()
    for row, column, text in sheet.far:
        record = sheet.records[row] if row < len(sheet.records) else []
        if not any(map(str.strip, record)) and row not in alone:
            alone.add(row)
            reading.rows += 1
        reading.ignore("far_cell", sheet.name, row + 1)
        reading.find("far_cell", sheet.name, row + 1, found=f"“{text}”", column=f"{column + 1}")


def _find_unknown_columns(table: Table, outcome: Outcome) -> None:
    """Say which columns with digits in them nobody reads."""
    for column in table.holding("unknown", "unnamed"):
        body = table.records.below(table.last, column.at)
        if any(any(letter.isdigit() for letter in cell) for cell in body):
            outcome.find("column_unknown", table.last, found=f"“{column.heading or column.at + 1}”")


def _keep(page: Page, outcome: Outcome, reading: FileReading) -> None:
    """Put what the rows of a table came to beside what the file has come to so far."""
    sheet, codes = page.sheet.name, page.register.measure_codes
    for fault in outcome.held:
        reading.hold(fault.reason, sheet, fault.row + 1, fault.measure, fault.text, **fault.detail)
    reading.orders |= outcome.orders
    if outcome.either:
        reading.either.append((sheet, np.array(outcome.either) + 1))
    for row, reason in outcome.ignored:
        reading.ignore(reason, sheet, row + 1)
    for code, at, detail in outcome.found:
        reading.find(code, sheet, None if at is None else at + 1, **detail)
    for cells in outcome.cells:
        keep = cells.qualifiers != HELD
        rows, areas, values = cells.places[keep] + 1, cells.areas[keep], cells.values[keep]
        measure, days, qualifiers = codes.index(cells.measure), cells.days[keep], cells.qualifiers[keep]
        reading.blocks.append(Block(sheet, measure, rows, areas, days, values, qualifiers))
