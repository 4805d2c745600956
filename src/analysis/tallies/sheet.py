"""From the records of a sheet to a table: where the heading is, which column holds what, of which day."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from analysis.tallies.body import EPOCH
from analysis.tallies.days import Calendar, split_day
from analysis.tallies.headings import Role, is_measure, words_of, words_of_kind
from analysis.tallies.records import Ints, Records
from analysis.tallies.spelling import bare
from analysis.tallies.words.subject import Subject

FARTHEST = 60
"""No heading begins further down than this."""

SETTLED = ("index", "area", "code", "date", "target", "other", "content", "part")
"""What a column holds whatever day its heading may name."""

MOST_ROWS = 4
"""No heading has more rows than this."""
Range = tuple[int, int, int, int]
"""First row, first column, last row, last column of merged cells."""
LEAST_DAYS = 3
"""Fewer numbers that follow each other may be anything."""

_DATE = re.compile(r"\d{1,2}[/.-]\d{1,2}(?:[/.-]\d{2,4})?|\d{4}-\d{2}-\d{2}")
_DAY_ALONE = re.compile(r"\s*(?:(?:cac )?(?:ngay|thang)\b[a-z0-9/ ]*? )?([0-9]{1,2})\s*")
_NUMBERING = re.compile(r"\(?(?:[0-9]{1,2}|[a-dA-D])\)?(?:\s*=.*)?")
_UNITS = {
    "nguoi", "tai khoan", "ho so", "%", "ngay", "cong dan", "luot", "dvt", "don vi tinh", "truong hop",
    "tk", "",
}  # fmt: skip


class Column(NamedTuple):
    """What one column holds.

    ``day`` where its heading says of which day, or why that day cannot be read; ``of_target`` where its
    heading promises two numbers in a cell, the tally and its target: ``65.144/85.746``; ``meant`` where two
    columns are headed as the same measure, so that both are unclear; ``is_area`` where its heading names the
    area that it counts; ``denied`` are the words by which it counts something else; ``between`` the first and
    last day on which it holds its measure.
    """

    at: int
    role: Role
    day: date | str | None
    heading: str
    of_target: bool = False
    meant: Role | None = None
    is_area: bool = False
    denied: tuple[str, ...] = ()
    between: tuple[date | None, date | None] | None = None

    def on(self, days: Ints) -> NDArray[np.bool_]:
        """Return on which days, counted from 1970, the column holds its measure."""
        held = np.ones(len(days), dtype=bool)
        for end, later in zip(self.between or (), (False, True), strict=False):
            if end is not None:
                limit = end.toordinal() - EPOCH
                held &= days <= limit if later else days >= limit
        return held


class Table(NamedTuple):
    """A table found: records ``first`` to ``last`` (from 0) are its heading, perhaps declared by a layout."""

    first: int
    last: int
    columns: tuple[Column, ...]
    declared: bool = False

    def holding(self, *roles: Role) -> list[Column]:
        """Return the columns that hold one of ``roles``."""
        return [column for column in self.columns if column.role in roles]

    @property
    def measures(self) -> list[Column]:
        """The columns of tallies."""
        return [column for column in self.columns if is_measure(column.role)]


def find_table(
    records: Records,
    calendar: Calendar,
    merged: Sequence[Range] = (),
    *,
    subject: Subject,
    unit_in_title: bool = False,
) -> Table | None:
    """Find the table of a sheet as teams type it.

    Parameters
    ----------
    records
        All records of the sheet.
    calendar
        To read days in headings.
    merged
        Ranges of merged cells: first row, first column, last row, last column, from 0.
    subject
        What title and sheet name say is counted.
    unit_in_title
        Whether a title says whose sheet it is, so that no column of areas is needed.
    """
    for first, record in enumerate(records[:FARTHEST]):
        if sum(1 for cell in record if cell.strip()) < 2:
            continue
        for last in range(_last_heading(records, first, merged, subject), first - 1, -1):
            headings = _with_days(headings_of(records, first, last, merged), calendar)
            columns = tuple(_column(at, heading, calendar, subject) for at, heading in enumerate(headings))
            table = Table(first, last, columns)
            placed = table.holding("area", "code") or (unit_in_title and table.holding("date"))
            if placed and (table.measures or table.holding("unclear")):
                return judged(_without_doubt(table, subject.vocabulary.rate), subject)
    return None


def _last_heading(records: Records, first: int, merged: Sequence[Range], subject: Subject) -> int:
    """Return the last of the rows that go on with the heading that begins at ``first``."""
    last = first
    while last + 1 < len(records) and last - first < MOST_ROWS - 1:
        above = headings_of(records, first, last, merged) if last > first else records[first]
        if not _is_second(above, records[last + 1], subject):
            break
        last += 1
    return last


def is_numbering(record: Sequence[str]) -> bool:
    """Whether a record under the heading only numbers the columns or gives their units."""
    cells = [cell.strip() for cell in record if cell.strip()]
    if len(cells) < 2:
        return False
    if all(_NUMBERING.fullmatch(cell) for cell in cells):
        numbers = [int(number) for cell in cells if (number := re.sub(r"\D.*", "", cell.strip("()")))]
        return len(numbers) > 1 and numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    return all(words_of(cell) in _UNITS for cell in cells)


def _is_second(first: Sequence[str], second: Sequence[str], subject: Subject) -> bool:
    """Whether ``second`` goes on with the heading that ``first`` begins: words under its gaps or groups."""
    cells = [(at, cell) for at, cell in enumerate(second) if cell.strip()]
    above = {first[at].strip() for at, _ in cells if at < len(first)} - {""}
    # Under one group the numbers are days; under headings of their own they only number the columns.
    are_days = len(above) == 1 and _is_run(cell for _, cell in cells)
    if len(cells) < 2 or (is_numbering(second) and not are_days):
        return False
    roles = [subject.role(cell) for _, cell in cells]
    known = [role for role in roles if is_measure(role) or role in ("target", "unclear")]
    days = [cell for _, cell in cells if are_days or _DATE.fullmatch(cell.strip())]
    wordy = all(not re.fullmatch(r"[\d.,\s%-]+", cell) or cell in days for _, cell in cells)
    return (
        wordy
        and bool(known or days)
        and not any(
            role in ("area", "code") and words_of(first[at] if at < len(first) else "")
            for (at, _), role in zip(cells, roles, strict=True)
        )
    )


def _is_run(cells: Iterable[str]) -> bool:
    """Whether cells are the numbers of at least three days of a month that follow each other."""
    texts = [cell.strip() for cell in cells]
    if len(texts) < LEAST_DAYS or not all(re.fullmatch(r"[0-9]{1,2}", text) for text in texts):
        return False
    numbers = list(map(int, texts))
    return numbers[0] >= 1 and numbers[-1] <= 31 and numbers == list(range(numbers[0], numbers[-1] + 1))


def _with_days(headings: list[str], calendar: Calendar) -> list[str]:
    """Write out the days of headings such as 8, 9, 10 where a title gives their month."""
    found = {
        at: day[1] for at, heading in enumerate(headings) if (day := _DAY_ALONE.fullmatch(bare(heading)))
    }
    if not (calendar.year and calendar.month and _is_run(found.values())):
        return headings
    return [
        f"{found[at]}/{calendar.month}/{calendar.year}" if at in found else heading
        for at, heading in enumerate(headings)
    ]


def headings_of(records: Records, first: int, last: int, merged: Sequence[Range]) -> list[str]:
    """Return the heading of each column, the words of its groups before its own."""
    width = max(len(records[row]) for row in range(first, last + 1))
    rows = [[*records[row], *[""] * (width - len(records[row]))] for row in range(first, last + 1)]
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
    for above, own in zip(groups, below, strict=True):
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
    found = subject.role(heading)
    if found in (*SETTLED, subject.vocabulary.rate):
        return Column(at, found, None, heading.strip())
    words, day = split_day(heading, calendar)
    if day is not None:
        found = subject.role(words) if words else subject.wide
    return Column(at, found, day, heading.strip())


def judged(table: Table, subject: Subject) -> Table:
    """Mark the columns that count something else by what title and sheet name say."""
    columns = tuple(
        column._replace(role="unclear", meant=None, denied=words)
        if (is_measure(column.role) or column.role == "unclear") and (words := subject.denies(column.heading))
        else column
        for column in table.columns
    )
    return table._replace(columns=columns)


def _without_doubt(table: Table, rate: Role | None) -> Table:
    """Mark columns that say the same thing twice as unclear: which of them is meant is not known.

    Beside a measure that is clear, a column of nobody knows what is just another column.
    """
    seen: dict[tuple[Role, object], int] = {}
    for column in table.columns:
        seen[column.role, column.day] = seen.get((column.role, column.day), 0) + 1
    columns = tuple(
        column._replace(role="unclear", meant=column.role)
        if is_measure(column.role) and seen[column.role, column.day] > 1
        else column
        for column in table.columns
    )
    if any(is_measure(column.role) and column.role != rate for column in columns):
        columns = tuple(
            column._replace(role="unknown") if column.role == "unclear" and column.meant is None else column
            for column in columns
        )
    return table._replace(columns=columns)


# ---- Rows that are no area ----

_SECTION = re.compile(r"(?:khu vuc|vung|cum|nhom|khoi)\b.*")
_ROMAN = re.compile(r"(?:[IVX]{1,5}|[A-H])[.):]?")


def is_total(label: str, places: frozenset[str] = frozenset()) -> bool:
    """Whether a row so labelled is a total over other rows, by nothing but words of totals.

    Behind "toàn huyện" may stand the name of the district, one of ``places``; "Cộng Hòa" is a place itself.
    """
    words = words_of(label).split()
    opening = opens_total(label)
    rest = words[opening:]
    known = [word for word in rest if word in words_of_kind("total_word")]
    strange = [word for word in rest if word not in known]
    return opening > 0 and (not strange or (bool(known) and places.issuperset(strange)))


def opens_total(label: str) -> int:
    """Return how many of the first words of a label are those that totals begin with."""
    words = words_of(label).split()
    return max((n for n in (1, 2) if " ".join(words[:n]) in words_of_kind("total")), default=0)


def is_section(record: Sequence[str]) -> bool:
    """Whether a record that names no area opens a section: by a Roman numeral or capital, or by its words."""
    first = next((cell.strip() for cell in record if cell.strip()), "")
    words = re.sub(r"^(?:[IVX]{1,5}|[A-H])[.)]\s*", "", first)
    return bool(words != first or _ROMAN.fullmatch(first) or _SECTION.fullmatch(words_of(words)))


def has_numeral(record: Sequence[str]) -> bool:
    """Whether a row begins with a Roman numeral or capital in a cell of its own."""
    return bool(_ROMAN.fullmatch(next((cell.strip() for cell in record if cell.strip()), "")))


def is_grouping(record: Sequence[str]) -> bool:
    """Whether a section says in words that it groups areas: "I. Khu vực đồng bằng"."""
    cells = [cell.strip() for cell in record if cell.strip()]
    words = re.sub(r"^(?:[IVX]{1,5}|[A-H])[.)]\s*", "", cells[0]) if cells else ""
    label = cells[1] if len(cells) > 1 and _ROMAN.fullmatch(cells[0]) else words
    return bool(cells) and bool(_SECTION.match(words_of(label)))


def title_lines(records: Records, table: Table | None) -> Iterator[str]:
    """Yield the texts above the heading."""
    for record in records[: table.first if table else FARTHEST]:
        for cell in record:
            if cell.strip():
                yield cell
