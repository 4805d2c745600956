"""From the records of a sheet to a table: where the heading is, which column holds what, of which day."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import NamedTuple

from analysis.campaign import Layout
from analysis.tallies.days import Calendar, split_day
from analysis.tallies.headings import (
    MEASURES,
    Measure,
    Role,
    default_measure,
    role_of,
    wide_measure,
    words_of,
)
from analysis.tallies.places import bare, plain
from analysis.tallies.records import Records

FARTHEST = 60
"""No heading begins further down than this."""

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
    area that it counts.
    """

    at: int
    role: Role
    day: date | str | None
    heading: str
    of_target: bool = False
    meant: Measure | None = None
    is_area: bool = False


class Table(NamedTuple):
    """A table found: records ``first`` to ``last`` (from 0) are its heading."""

    first: int
    last: int
    columns: tuple[Column, ...]

    def holding(self, *roles: Role) -> list[Column]:
        """Return the columns that hold one of ``roles``."""
        return [column for column in self.columns if column.role in roles]

    @property
    def measures(self) -> list[Column]:
        """The columns of tallies."""
        return self.holding(*MEASURES)


def find_table(
    records: Records,
    calendar: Calendar,
    merged: Sequence[tuple[int, int, int, int]] = (),
    *,
    unit_in_title: bool = False,
    words: str = "",
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
    unit_in_title
        Whether a title says whose sheet it is, so that no column of areas is needed.
    words
        Title and sheet name: they say what the columns of a wide sheet count, and what "kích hoạt" alone
        means.
    """
    default, wide = default_measure(words), wide_measure(words)
    for first, record in enumerate(records[:FARTHEST]):
        if sum(1 for cell in record if cell.strip()) < 2:
            continue
        for last in (first + 1, first):
            if last >= len(records) or (last > first and not _is_second(records[first], records[last])):
                continue
            headings = _with_days(_headings(records, first, last, merged), calendar)
            columns = tuple(
                _column(at, heading, calendar, default, wide) for at, heading in enumerate(headings)
            )
            table = Table(first, last, columns)
            placed = table.holding("area", "code") or (unit_in_title and table.holding("date"))
            if placed and (table.measures or table.holding("unclear")):
                return _without_doubt(table)
    return None


def find_layout(records: Records, layout: Layout) -> Table | None:
    """Find the columns of a machine-made file; its measures depend on the day: see `measures_on`."""
    if not records or layout.area not in records[0] or layout.date not in records[0]:
        return None
    roles: dict[str, Role] = {layout.area: "area", layout.date: "date"}
    columns = tuple(
        Column(at, roles.get(heading, "other"), None, heading) for at, heading in enumerate(records[0])
    )
    return Table(0, 0, columns)


def measures_on(layout: Layout, heading: list[str], day: date) -> dict[int, Measure]:
    """Return which column of a machine-made file holds which measure on ``day``."""
    return {
        heading.index(one.column): one.measure
        for one in layout.measures
        if one.column in heading and one.first_day <= day and (one.last_day is None or day <= one.last_day)
    }


def is_numbering(record: Sequence[str]) -> bool:
    """Whether a record under the heading only numbers the columns or gives their units."""
    cells = [cell.strip() for cell in record if cell.strip()]
    if len(cells) < 2:
        return False
    if all(_NUMBERING.fullmatch(cell) for cell in cells):
        numbers = [int(number) for cell in cells if (number := re.sub(r"\D.*", "", cell.strip("()")))]
        return len(numbers) > 1 and numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    return all(words_of(cell) in _UNITS for cell in cells)


def _is_second(first: Sequence[str], second: Sequence[str]) -> bool:
    """Whether ``second`` goes on with the heading that ``first`` begins: words under its gaps or groups."""
    cells = [(at, cell) for at, cell in enumerate(second) if cell.strip()]
    above = {first[at].strip() for at, _ in cells if at < len(first)} - {""}
    # Under one group the numbers are days; under headings of their own they only number the columns.
    are_days = len(above) == 1 and _is_run(cell for _, cell in cells)
    if len(cells) < 2 or (is_numbering(second) and not are_days):
        return False
    roles = [role_of(cell) for _, cell in cells]
    known = [role for role in roles if role in MEASURES or role in ("target", "unclear")]
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


def _headings(
    records: Records, first: int, last: int, merged: Sequence[tuple[int, int, int, int]]
) -> list[str]:
    """Return the heading of each column, a group's words before its own."""
    width = max(len(records[row]) for row in range(first, last + 1))
    rows = [[*records[row], *[""] * (width - len(records[row]))] for row in range(first, last + 1)]
    for top, left, bottom, right in merged:
        if first <= top <= last and bottom <= last:
            for column in range(left, min(right, width - 1) + 1):
                rows[top - first][column] = rows[top - first][left]
    if last == first:
        return rows[0]
    groups, below = rows
    group = ""
    for column in range(width):
        if groups[column].strip():
            group = groups[column]
        elif below[column].strip() and not merged:
            groups[column] = group
    return [
        f"{above} {own}".strip() if above.strip() != own.strip() else own
        for above, own in zip(groups, below, strict=True)
    ]


def _column(at: int, heading: str, calendar: Calendar, default: Measure | None, wide: Role) -> Column:
    tally, slash, target = heading.rpartition("/")
    if slash and role_of(target) == "target" and role_of(heading, default) != "rate_printed":
        column = _column(at, tally, calendar, default, wide)
        if column.role in MEASURES or column.role == "unclear":
            return column._replace(heading=heading.strip(), of_target=True)
    role = role_of(heading, default)
    if role in ("index", "area", "code", "date", "target", "other", "rate_printed"):
        return Column(at, role, None, heading.strip())
    words, day = split_day(heading, calendar)
    if day is not None:
        role = role_of(words, default) if words else wide
    return Column(at, role, day, heading.strip())


def _without_doubt(table: Table) -> Table:
    """Mark columns that say the same thing twice as unclear: which of them is meant is not known.

    Beside a measure that is clear, a column of nobody knows what is just another column.
    """
    seen: dict[tuple[Role, object], int] = {}
    for column in table.columns:
        seen[column.role, column.day] = seen.get((column.role, column.day), 0) + 1
    columns = tuple(
        column._replace(role="unclear", meant=column.role)
        if column.role in MEASURES and seen[column.role, column.day] > 1
        else column
        for column in table.columns
    )
    if any(column.role in MEASURES and column.role != "rate_printed" for column in columns):
        columns = tuple(
            column._replace(role="unknown") if column.role == "unclear" and column.meant is None else column
            for column in columns
        )
    return table._replace(columns=columns)


# ---- Rows that are no area ----

_TOTAL = re.compile(
    r"(?:tong(?: cong| so| chung)?|total|toan (?:tinh|huyen|thanh pho|thi xa|tp|dia ban)|tc)\b.*"
)
_SECTION = re.compile(r"(?:khu vuc|vung|cum|nhom|khoi)\b.*")
_ROMAN = re.compile(r"(?:[IVX]{1,5}|[A-H])[.):]?")


def is_total(label: str) -> bool:
    """Whether a row so labelled is a total over other rows."""
    words = words_of(label)
    if plain(label).startswith(plain("cộng")) or words in ("cong", "cong tong"):
        return True
    return bool(_TOTAL.fullmatch(words)) and not words.startswith("tong dai")


def is_section(record: Sequence[str]) -> bool:
    """Whether a record that names no area opens a section: by a Roman numeral or capital, or by its words."""
    first = next((cell.strip() for cell in record if cell.strip()), "")
    words = re.sub(r"^(?:[IVX]{1,5}|[A-H])[.)]\s*", "", first)
    return bool(words != first or _ROMAN.fullmatch(first) or _SECTION.fullmatch(words_of(words)))


def title_lines(records: Records, table: Table | None) -> Iterator[str]:
    """Yield the texts above the heading."""
    for record in records[: table.first if table else FARTHEST]:
        for cell in record:
            if cell.strip():
                yield cell
