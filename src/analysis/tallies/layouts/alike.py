"""Tables of files that look alike: their areas, days and columns of counts, by what their cells are."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import PurePath

from analysis.campaign.layouts import DayPlace
from analysis.tallies.files.child import Sheet, WorkbookReader
from analysis.tallies.files.records import Records
from analysis.tallies.files.text import Unreadable
from analysis.tallies.layouts.page import title_lines
from analysis.tallies.layouts.proposed import Proposal, is_number, opened
from analysis.tallies.layouts.seen import heading_like
from analysis.tallies.layouts.styles import reordered
from analysis.tallies.opening import SentFile
from analysis.tallies.register import Register
from analysis.tallies.words.dated import day_of_lines, day_of_name, month_said
from analysis.tallies.words.days import Calendar, orders_of
from analysis.tallies.words.headings import Counted, Role, counted, is_measure
from analysis.tallies.words.labels import is_total
from analysis.tallies.words.values import Number, read_count

LONGEST_NAME = 80
"""No area has a longer name."""


@dataclass
class Kind:
    """Tables that look alike: the same headings in the same row of sheets of one name.

    Attributes
    ----------
    row
        Of the last row of the heading, from 0.
    headings
        As typed.
    sheets, files
        Those that have it.
    days
        The days of each sheet.
    """

    row: int
    headings: tuple[str, ...]
    register: Register
    calendar: Calendar
    sheets: list[Sheet] = field(default_factory=list)
    files: list[SentFile] = field(default_factory=list)

    @cached_property
    def pooled(self) -> Sheet:
        """One sheet with the rows of all."""
        first, *more = self.sheets
        rows = [*first.records, *(row for sheet in more for row in sheet.records[self.row + 1 :])]
        return first._replace(records=Records.of(rows))

    @cached_property
    def look(self) -> Proposal:
        """What most of the cells of each column are."""
        return Proposal("", self.pooled, self.register, self.calendar)

    @cached_property
    def dated(self) -> list[int]:
        """The columns of days."""
        return self.look.columns(self.look.is_day)

    @cached_property
    def numbers(self) -> list[int]:
        """The columns of numbers."""
        return [at for at in self.look.columns(is_number) if at not in self.dated]

    @cached_property
    def area_columns(self) -> tuple[int | None, int | None]:
        """Return the columns of the areas' names and codes: by their headings, else the one of most names."""
        roles = [self.register.subject.role(heading) for heading in self.headings]
        codes = next((at for at, role in enumerate(roles) if role == "code"), None)
        named = [at for at, role in enumerate(roles) if role == "area"]
        if named:
            return named[-1], codes
        free = [at for at, role in enumerate(roles) if role == "unknown"]
        free = [at for at in free if at not in (*self.dated, *self.numbers)]
        found = max(free, key=lambda at: sum(map(_is_name, self.look.texts(at))), default=None)
        return (codes, None) if found is None else (found, codes)

    @property
    def _rows(self) -> range:
        return range(self.row + 1, len(self.pooled.records))

    def _text(self, row: int, at: int | None) -> str:
        return "" if at is None else self.pooled.records.cell(row, at).strip()

    @property
    def areas(self) -> Iterator[tuple[str, str]]:
        """The name of each area and its code, empty where none is given; as often as they stand there."""
        for row in self._rows:
            name, code = (self._text(row, at) for at in self.area_columns)
            if len(name) <= LONGEST_NAME and _is_name(name):
                yield name, code

    @cached_property
    def days(self) -> list[set[date]]:
        """The days of each sheet: of its column, its headings, its title, its name or its file's."""
        return list(map(self._days_of, self.sheets, self.files))

    def _days_of(self, sheet: Sheet, sent: SentFile) -> set[date]:
        order = orders_of(text for at in self.dated for text in self.look.texts(at))
        style = DayPlace(heading="-", order="month_first") if order == {"month"} else None
        texts = [text for at in self.dated for text in sheet.records.below(self.row, at)]
        days = {self.calendar.read(reordered(text, style)) for text in (*texts, *self.headings)}
        names = [name for name in (sheet.name, PurePath(sent.name).stem) if name]
        other = {
            day_of_lines(title_lines(sheet.records, self.row), self.calendar),
            *(day_of_name(name, self.calendar) for name in names),
        }
        months = {month_said([*title_lines(sheet.records, self.row), *names], self.calendar)}
        return _sound(days) or _sound(other) or _sound(months)

    def counted(self, span: str) -> dict[str, Counted]:
        """Return what each column of counts says that it counts; shares, targets and codes are none."""
        said = {heading: counted(heading, span) for heading in map(self.headings.__getitem__, self.numbers)}
        return {
            heading: one
            for heading, one in said.items()
            # What covers another span than a day is called none of a tally; its noun says whether it is.
            if self._counts(heading, "other") and self._counts(one.noun, "unnamed")
        }

    def _counts(self, text: str, also: Role) -> bool:
        role, is_day = self.register.subject.role(text), isinstance(self.calendar.read(text), date)
        counts = is_measure(role) and self.register.kinds[role] != "rate"
        return not is_day and (counts or role in ("unknown", "unclear", also))

    def never_falls(self, heading: str) -> bool:
        """Whether the numbers of a column never fall from one row of an area to its next."""
        at, name = self.headings.index(heading), self.area_columns[0]
        last: dict[str, float] = {}
        for row in self._rows:
            number, area = read_count(self._text(row, at)), self._text(row, name)
            if isinstance(number, Number):
                if number.value < last.get(area, 0):
                    return False
                last[area] = number.value
        return True


def _sound(days: Iterable[date | str | None]) -> set[date]:
    return {day for day in days if isinstance(day, date)}


def _is_name(text: str) -> bool:
    return any(map(str.isalpha, text)) and not is_total(text)


def kinds_of(files: Iterable[SentFile], register: Register, calendar: Calendar) -> list[Kind]:
    """Sort the tables of files by what they look like; what cannot be opened is of none."""
    found: dict[object, Kind] = {}
    with WorkbookReader() as workbooks:
        for sent in files:
            try:
                sheets = opened(sent, workbooks)
            except Unreadable:
                continue  # it proposes nothing, and the draft says that nothing was read from it
            for sheet in sheets:
                seen = heading_like(sheet.records, register.subject)
                if seen is None or not sheet.records[seen.row + 1 :]:
                    continue
                headings = tuple(cell.strip() for cell in sheet.records[seen.row])
                kind = found.setdefault(
                    (headings, seen.row, sheet.name), Kind(seen.row, headings, register, calendar)
                )
                kind.sheets.append(sheet)
                kind.files.append(sent)
    return list(found.values())
