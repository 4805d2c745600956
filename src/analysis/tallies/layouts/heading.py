"""Where the heading of a table is, of one row or several, and what each column under it holds."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import chain, pairwise

from analysis.tallies.files.records import Records
from analysis.tallies.layouts.contents import with_areas, with_days, with_parents
from analysis.tallies.layouts.page import Page
from analysis.tallies.layouts.table import Column, Doubt, Table
from analysis.tallies.words.dated import split_day
from analysis.tallies.words.days import Calendar, are_one_of_each_month, orders_of, reads_both_ways
from analysis.tallies.words.headings import Role, ends_with, is_measure, manner_said, words_of
from analysis.tallies.words.spelling import bare
from analysis.tallies.words.subject import Subject

MOST_ROWS = 4
"""No heading has more rows than this."""
LEAST_DAYS = 3
"""Fewer numbers that follow each other may be anything."""
Range = tuple[int, int, int, int]
"""First row, first column, last row, last column of merged cells."""

_DATE = re.compile(r"\d{1,2}[/.-]\d{1,2}(?:[/.-]\d{2,4})?|\d{4}-\d{2}-\d{2}")
_DAY_ALONE = re.compile(r"\s*(?:(?:cac )?(?:ngay|thang)\b[a-z0-9/ ]*? )?([0-9]{1,2})()\s*")
_DAY_AND = re.compile(r"\s*ngay ([0-9]{1,2}) ([a-z ]+)")
"""A day, and what is counted on it or by it below."""
_NUMBERING = re.compile(r"\(?(?:[0-9]{1,2}|[a-dA-D])\)?(?:\s*=.*)?")
_UNITS = {
    "nguoi", "tai khoan", "ho so", "%", "ngay", "cong dan", "luot", "dvt", "don vi tinh", "truong hop",
    "tk", "",
}  # fmt: skip


def upright_table(page: Page, subject: Subject) -> Table | None:
    """Return the table of a sheet with a column of areas, or whose title names its area."""
    key = ("upright", subject.claim, subject.words)
    found: Table | None = page.remembered(key, lambda: _upright(page, subject))
    return found


def _upright(page: Page, subject: Subject) -> Table | None:
    """Return the first table whose heading names areas; else one with a column of them, or of a unit."""
    others = []
    for table in _counting(page, subject):
        if table.holding("area", "code"):
            return with_parents(_without_doubt(table).judged(), page.places)
        others.append(table)
    for table in others:
        placed = with_areas(table, page.places)
        if placed.holding("area") or (page.unit and table.holding("date")):
            return _without_doubt(placed).judged()
    return None


def _counting(page: Page, subject: Subject) -> Iterator[Table]:
    """Yield what may be a table for its heading: all that has a column which counts."""
    records, merged, calendar = page.records, page.sheet.merged, page.reading_calendar
    for first, record in enumerate(page.top):
        if sum(1 for cell in record if cell.strip()) < 2:
            continue
        for last in range(_last_heading(records, first, merged, subject), first - 1, -1):
            headings = _with_days(headings_of(records, first, last, merged), calendar)
            columns = tuple(_column(at, heading, calendar, subject) for at, heading in enumerate(headings))
            columns = _with_periods(_doubt_swapped(columns, calendar), subject)
            table = Table(page.sheet, first, last, columns, subject)
            if table.counting:
                yield with_days(table, calendar)


def _with_periods(columns: tuple[Column, ...], subject: Subject) -> tuple[Column, ...]:
    """Take "to" beside "from" for the day of a row: what it counts began on the one and ends on the other.

    Beside them a count that does not say so is no sum since the drive began.
    """
    sums = {family.running for family in subject.vocabulary.families.values()}
    for pair in pairwise(columns):
        for first, last in (pair, pair[::-1]):
            if ends_with(first.heading, "from") and ends_with(last.heading, "until"):
                silent = (one for one in columns if one.role in sums and not manner_said(one.heading))
                roles = dict.fromkeys(silent, "unclear")
                roles |= {one: "other" for one in columns if one.role == "date"}
                roles |= {first: "from", last: "date"}
                return tuple(one._replace(role=roles.get(one, one.role)) for one in columns)
    return columns


def _doubt_swapped(columns: tuple[Column, ...], calendar: Calendar) -> tuple[Column, ...]:
    """Doubt the days of headings that read both ways where those of others have the month first."""
    said = {column.at: _DATE.findall(column.heading) for column in columns if column.day}
    if are_one_of_each_month({one.day for one in columns if isinstance(one.day, date)}, calendar):
        return tuple(one._replace(day="month_first") if one.day else one for one in columns)
    if orders_of(chain(*said.values())) != {"month"}:
        return columns
    either = {at for at, texts in said.items() if any(reads_both_ways(text, calendar) for text in texts)}
    return tuple(one._replace(day="month_first") if one.at in either else one for one in columns)


def _last_heading(records: Records, first: int, merged: Sequence[Range], subject: Subject) -> int:
    """Return the last of the rows that go on with the heading that begins at ``first``."""
    last = first
    while last + 1 < min(len(records), first + MOST_ROWS):
        above = headings_of(records, first, last, merged) if last > first else records[first]
        if _goes_on(above, records[last + 1], subject):
            last += 1
        elif _goes_on_below(records, first, last, merged, subject):
            last += 2
        else:
            break
    return last


def _goes_on_below(
    records: Records, first: int, last: int, merged: Sequence[Range], subject: Subject
) -> bool:
    """Whether the next row only names a group, and the one below it goes on with the heading."""
    cells = [cell for cell in records[last + 1] if cell.strip()]
    if not cells or last + 2 >= len(records) or any(any(map(str.isdigit, cell)) for cell in cells):
        return False
    return _goes_on(headings_of(records, first, last + 1, merged), records[last + 2], subject)


def is_numbering(record: Sequence[str]) -> bool:
    """Whether a record under the heading only numbers the columns or gives their units."""
    cells = [cell.strip() for cell in record if cell.strip()]
    if all(map(_NUMBERING.fullmatch, cells)):
        numbers = [int(number) for cell in cells if (number := re.sub(r"\D.*", "", cell.strip("()")))]
        return len(numbers) > 1 and numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    return len(cells) > 1 and all(words_of(cell) in _UNITS for cell in cells)


def _goes_on(first: Sequence[str], second: Sequence[str], subject: Subject) -> bool:
    """Whether ``second`` goes on with the heading that ``first`` begins: words under its gaps or groups."""
    cells = [(at, cell) for at, cell in enumerate(second) if cell.strip()]
    above = {text for at, _ in cells if (text := "".join(first[at : at + 1]).strip())}
    # Under one group the numbers are days; under headings of their own they only number the columns.
    are_days = len(above) == 1 and _is_run(cell for _, cell in cells)
    if len(cells) < 2 or (is_numbering(second) and not are_days):
        return False
    roles = [subject.role(cell) for _, cell in cells]
    counts = any(is_measure(role) or role in ("target", "unclear") for role in roles)
    days = [cell for _, cell in cells if are_days or _DATE.fullmatch(cell.strip())]
    wordy = all(cell in days or not re.fullmatch(r"[\d.,\s%-]+", cell) for _, cell in cells)
    return wordy and (counts or bool(days))


def _is_run(cells: Iterable[str]) -> bool:
    """Whether cells are the numbers of at least three days of a month that follow each other."""
    texts = [cell.strip() for cell in cells]
    if len(texts) < LEAST_DAYS or not all(re.fullmatch(r"[0-9]{1,2}", text) for text in texts):
        return False
    numbers = list(map(int, texts))
    return numbers[0] >= 1 and numbers[-1] <= 31 and numbers == list(range(numbers[0], numbers[-1] + 1))


def _with_days(headings: list[str], calendar: Calendar) -> list[str]:
    """Write out the days of headings such as 8, 9, 10 where a title gives their month."""
    if not (calendar.year and calendar.month):
        return headings
    said = enumerate(map(bare, headings))
    found = {at: day for at, one in said if (day := _DAY_ALONE.fullmatch(one) or _DAY_AND.fullmatch(one))}
    if not _is_run(dict.fromkeys(day[1] for day in found.values())):
        return headings
    return [
        f"{found[at][1]}/{calendar.month}/{calendar.year} {found[at][2]}" if at in found else heading
        for at, heading in enumerate(headings)
    ]


def headings_of(records: Records, first: int, last: int, merged: Sequence[Range]) -> list[str]:
    """Return the heading of each column, the words of its groups before its own."""
    width = max(len(records[row]) for row in range(first, last + 1))
    rows = [[records.cell(row, at) for at in range(width)] for row in range(first, last + 1)]
    for top, left, bottom, right in merged:
        if first <= top <= last and bottom <= last:
            for column in range(left, min(right, width - 1) + 1):
                rows[top - first][column] = rows[top - first][left]
    headings = rows[0]
    for below in rows[1:]:
        headings = _under_groups(headings, below, spread=not merged)
    return headings


def _under_groups(groups: list[str], below: list[str], *, spread: bool) -> list[str]:
    """Put one row of headings under another; where cells are not merged a group goes on to the right."""
    headings, group = [], ""
    for at, own in enumerate(below):
        above = groups[at]
        group = above if above.strip() else group
        over = group if spread and own.strip() and not above.strip() else above
        headings.append(own if over.strip() == own.strip() else f"{over} {own}".strip())
    return headings


def _column(at: int, heading: str, calendar: Calendar, subject: Subject) -> Column:
    tally, slash, target = heading.rpartition("/")
    if slash and subject.role(target) == "target" and subject.role(heading) != subject.vocabulary.rate:
        column = _column(at, tally, calendar, subject)
        if is_measure(column.role) or column.role == "unclear":
            return column._replace(heading=heading.strip(), of_target=True)
    found: Role = subject.role(heading)
    if found in ("other", subject.vocabulary.rate) or not any(map(str.isdigit, heading)):
        return Column(at, found, heading.strip())
    words, day = split_day(heading, calendar)
    if day is not None:
        found = subject.role(words) if words else subject.wide
        if found == "date":  # "day" beside "cumulative" under a date is what came on it
            found = subject.role("daily")
    return Column(at, found, heading.strip(), day)


def _without_doubt(table: Table) -> Table:
    """Doubt the columns that say the same thing twice: which of them is meant is not known.

    Beside a measure that is clear, a column of nobody knows what is just another column; so is one that does
    not say that it is the sum beside one that does.
    """
    said: list[tuple[Role, object]] = [
        (column.role, column.day) for column in table.columns if not isinstance(column.day, str)
    ]
    told = [(one.role, one.day) for one in table.columns if manner_said(one.heading)]
    columns = []
    for column in table.columns:
        what = (column.role, column.day)
        if is_measure(column.role) and said.count(what) > 1:
            if told.count(what) != 1:
                column = column._replace(role="unclear", doubt=Doubt(measure=column.role))
            elif not manner_said(column.heading):
                column = column._replace(role="unclear")
        columns.append(column)
    rate = table.subject.vocabulary.rate
    if any(is_measure(column.role) and column.role != rate for column in columns):
        columns = [
            column._replace(role="unknown") if column.role == "unclear" and column.doubt is None else column
            for column in columns
        ]
    return table.with_columns(columns)
