"""From the records of a sheet to a table: where the heading is, which column holds what, of which day."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Literal, NamedTuple, get_args

from analysis.campaign import Layout, Measure
from analysis.tallies.days import Calendar, split_day
from analysis.tallies.places import bare, plain
from analysis.tallies.text import Records

Role = Literal["index", "area", "code", "date", "target", "other", "unknown", "unnamed", "unclear"] | Measure
"""What a column holds: ``other`` is known to be no tally, ``unclear`` a count of one thing or another."""

MEASURES: tuple[Measure, ...] = get_args(Measure)
FARTHEST = 60
"""No heading begins further down than this."""

_EXACT: Mapping[str, Role] = {
    "stt": "index", "tt": "index", "so tt": "index", "no": "index", "so thu tu": "index", "#": "index",
    "don vi": "area", "dia ban": "area", "dia phuong": "area", "ten don vi": "area", "ten dia ban": "area",
    "ten dia phuong": "area", "don vi bao cao": "area", "huyen": "area", "quan huyen": "area", "xa": "area",
    "huyen thi xa thanh pho": "area", "huyen tx tp": "area", "xa phuong thi tran": "area", "cong an": "area",
    "xa phuong": "area", "don vi hanh chinh": "area", "area": "area", "district": "area", "unit": "area",
    "cac don vi": "area", "cong an cac don vi": "area", "cong an don vi": "area", "don vi dia ban": "area",
    "ten huyen": "area", "huyen thi thanh pho": "area", "noi dung don vi": "area", "name": "area",
    "ma": "code", "ma don vi": "code", "ma dvhc": "code", "ma huyen": "code", "ma dia ban": "code",
    "ma so": "code", "code": "code", "area code": "code", "ma xa": "code", "district code": "code",
    "ngay": "date", "ngay bao cao": "date", "date": "date", "ngay thang": "date", "ngay thang nam": "date",
    "ngay so lieu": "date", "thoi diem": "date", "tinh den ngay": "date", "ngay thuc hien": "date",
    "thoi gian": "date", "day": "date",
    "ghi chu": "other", "note": "other", "notes": "other", "xep hang": "other", "xep thu": "other",
    "dan so": "other", "population": "other", "eligible": "other", "nguoi bao cao": "other", "thu": "other",
    "target": "target", "rate": "rate_printed", "%": "rate_printed",
    **{measure.replace("_", " "): measure for measure in MEASURES},
}  # fmt: skip
_AREAS = re.compile(r"\b(?:don vi|dia ban|dia phuong|huyen|xa|phuong|cong an|dvhc)\b(?! tinh\b)")
_AREA_WORDS = {
    "ten", "cac", "don", "vi", "dia", "ban", "phuong", "huyen", "thi", "xa", "thanh", "pho", "tran",
    "tp", "tx", "tt", "h", "quan", "cong", "an", "ca", "thuoc", "hanh", "chinh", "dvhc", "bao", "cao",
    "gui", "cap", "va", "so", "co", "danh", "sach",
}  # fmt: skip
_ACCENTED = {
    plain(words)
    for words in (
        "đơn vị", "địa bàn", "địa phương", "tên đơn vị", "ngày", "chỉ tiêu", "trong ngày", "lũy kế", "luỹ kế",
        "tỷ lệ", "tỉ lệ", "tỷ lệ (%)", "tỷ lệ %", "mã", "mã đơn vị", "kích hoạt", "mức 1", "mức 2", "hồ sơ",
        "ghi chú", "tổng cộng", "tổng", "toàn tỉnh", "cộng",
    )
}  # fmt: skip
_DAILY = re.compile(r"\b(?:trong ngay|phat sinh|hom nay|moi|on day|daily)\b")
_BY_DAY = re.compile(r"\b(?:hang ngay|tung ngay|theo ngay)\b")
_RUNNING = re.compile(r"\b(?:luy ke|luy tien|cong don|tinh den|den nay|den ngay|den het|cumulative)\b")
_ALL = re.compile(r"\b(?:tong|cong|dat|total)\b")
_RATIO = re.compile(r"\b(?:ty le|ti le|rate|ty trong)\b|%")
_NO_TALLY = re.compile(
    r"\b(?:con lai|con thieu|thieu|chua|so voi|tang|giam|chenh lech|du dieu kien|dan so|binh quan|khong dat"
    r"|huy|tuan|thang|hom qua|truoc|nhan khau|tuoi|gio)\b"
)
_LEVEL1 = re.compile(r"\bmuc (?:do )?(?:1|i)\b|\blevel ?1\b")
_LEVEL2 = re.compile(r"\bmuc (?:do )?(?:2|ii)\b|\blevel ?2\b")
_DOSSIERS = re.compile(r"\b(?:ho so|thu nhan|tao lap|dossiers?)\b")
_ACTIVATED = re.compile(r"\b(?:kich hoat|activated)\b")
_TARGET = re.compile(r"\b(?:chi tieu|target|ke hoach giao)\b")
_THOUSANDS = re.compile(r"\b(?:nghin|ngan|trieu|1[. ]?000)\s+(?:nguoi|tai khoan|ho so|cong dan)\b")
_NUMBERING = re.compile(r"\(?(?:[0-9]{1,2}|[a-dA-D])\)?(?:\s*=.*)?")
_UNITS = {
    "nguoi", "tai khoan", "ho so", "%", "ngay", "cong dan", "luot", "dvt", "don vi tinh", "truong hop",
    "tk", "",
}  # fmt: skip


class Column(NamedTuple):
    """What one column holds.

    ``day`` where its heading says of which day, or why that day cannot be read; ``of_target`` where its
    heading promises two numbers in a cell, the tally and its target: ``65.144/85.746``.
    """

    at: int
    role: Role
    day: date | str | None
    heading: str
    of_target: bool = False


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
    default, wide = _default_measure(words), wide_measure(words)
    for first, record in enumerate(records[:FARTHEST]):
        if sum(1 for cell in record if cell.strip()) < 2:
            continue
        for last in (first + 1, first):
            if last >= len(records) or (last > first and not _is_second(records[first], records[last])):
                continue
            headings = _headings(records, first, last, merged)
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


def role_of(heading: str, default: Measure | None = "activated_cumulative") -> Role:
    """Return what a column so headed holds; ``default`` is what "kích hoạt" alone counts."""
    words = _words(heading)
    if not words:
        return "unnamed"
    if words in _EXACT:
        return _EXACT[words]
    if _AREAS.search(words) and set(words.split()) <= _AREA_WORDS:
        return "area"
    if _RATIO.search(words):
        return "rate_printed" if not re.search(r"\b(?:muc|ho so)\b", words) else "other"
    if _NO_TALLY.search(words):
        return "other"
    if _TARGET.search(words):
        return "target"
    subjects = [name for name, found in _SUBJECTS.items() if found.search(words)]
    daily, running = _manner(words)
    if len(subjects) > 1 or (daily and running):
        return "unclear"
    together = bool(_ALL.search(words))
    return _measure_of(subjects[0] if subjects else None, daily, running, together, default)


_SUBJECTS = {
    "activated": _ACTIVATED,
    "level1_cumulative": _LEVEL1,
    "level2_cumulative": _LEVEL2,
    "dossiers_cumulative": _DOSSIERS,
}


def _measure_of(
    subject: str | None, daily: bool, running: bool, together: bool, default: Measure | None
) -> Role:
    """Return what is counted; ``together`` where a word such as "tổng" stands, alone of nobody knows what."""
    if subject in MEASURES:
        return "other" if daily else subject
    if daily:
        return "activated_on_day"
    if running:
        return "activated_cumulative"
    if subject == "activated" and together:
        return "activated_cumulative"
    if subject == "activated":
        return default or "unclear"
    return "unclear" if together else "unknown"


def is_heading_word(cell: str) -> bool:
    """Whether a cell is, accents and all, a word that stands in headings."""
    return plain(cell).strip(" :.") in _ACCENTED


def says_thousands(lines: Sequence[str]) -> bool:
    """Whether a title says that the numbers are in thousands: then no number is what it looks like."""
    return any(_THOUSANDS.search(_words(line)) for line in lines)


def is_numbering(record: Sequence[str]) -> bool:
    """Whether a record under the heading only numbers the columns or gives their units."""
    cells = [cell.strip() for cell in record if cell.strip()]
    if len(cells) < 2:
        return False
    if all(_NUMBERING.fullmatch(cell) for cell in cells):
        numbers = [int(number) for cell in cells if (number := re.sub(r"\D.*", "", cell.strip("()")))]
        return len(numbers) > 1 and numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    return all(_words(cell) in _UNITS for cell in cells)


def _words(heading: str) -> str:
    return " ".join(re.sub(r"[^a-z0-9%#]+", " ", bare(heading)).split())


def _manner(words: str) -> tuple[bool, bool]:
    """Return whether words say "of the day", and whether they say "cumulative".

    "Theo ngày" beside "lũy kế" says how the sheet is laid out: a running sum, given for each day.
    """
    running = bool(_RUNNING.search(words))
    return bool(_DAILY.search(words)) or (bool(_BY_DAY.search(words)) and not running), running


def _default_measure(words: str) -> Measure | None:
    """Return what a bare "kích hoạt" counts: as titles say, the sum if silent, None if they say both."""
    daily, running = _manner(_words(words))
    if daily and running:
        return None
    return "activated_on_day" if daily else "activated_cumulative"


def wide_measure(words: str) -> Role:
    """Return what the columns of a sheet with one column a day count, by its title.

    "Theo ngày" alone says no more than the columns do.
    """
    daily, running = _manner(re.sub(r"\btheo ngay\b", "", _words(words)))
    if daily == running:
        return "unclear"
    return "activated_on_day" if daily else "activated_cumulative"


def _is_second(first: Sequence[str], second: Sequence[str]) -> bool:
    """Whether ``second`` goes on with the heading that ``first`` begins: words under its gaps or groups."""
    cells = [(at, cell) for at, cell in enumerate(second) if cell.strip()]
    if not cells or len(cells) < 2 or is_numbering(second):
        return False
    roles = [role_of(cell) for _, cell in cells]
    known = [role for role in roles if role in MEASURES or role in ("target", "unclear")]
    days = [
        cell
        for _, cell in cells
        if re.fullmatch(r"\d{1,2}[/.-]\d{1,2}(?:[/.-]\d{2,4})?|\d{4}-\d{2}-\d{2}", cell.strip())
    ]
    wordy = all(not re.fullmatch(r"[\d.,\s%-]+", cell) or cell in days for _, cell in cells)
    return (
        wordy
        and bool(known or days)
        and not any(
            role in ("area", "code") and _words(first[at] if at < len(first) else "")
            for (at, _), role in zip(cells, roles, strict=True)
        )
    )


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
    """Mark columns that say the same thing twice as unclear: which of them is meant is not known."""
    seen: dict[tuple[Role, object], int] = {}
    for column in table.columns:
        seen[column.role, column.day] = seen.get((column.role, column.day), 0) + 1
    columns = tuple(
        column._replace(role="unclear")
        if column.role in MEASURES and seen[column.role, column.day] > 1
        else column
        for column in table.columns
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
    words = _words(label)
    if plain(label).startswith(plain("cộng")) or words in ("cong", "cong tong"):
        return True
    return bool(_TOTAL.fullmatch(words)) and not words.startswith("tong dai")


def is_section(record: Sequence[str]) -> bool:
    """Whether a record that names no area opens a section: by a Roman numeral or capital, or by its words."""
    first = next((cell.strip() for cell in record if cell.strip()), "")
    words = re.sub(r"^(?:[IVX]{1,5}|[A-H])[.)]\s*", "", first)
    return bool(words != first or _ROMAN.fullmatch(first) or _SECTION.fullmatch(_words(words)))


def title_lines(records: Records, table: Table | None) -> Iterator[str]:
    """Yield the texts above the heading."""
    for record in records[: table.first if table else FARTHEST]:
        for cell in record:
            if cell.strip():
                yield cell
