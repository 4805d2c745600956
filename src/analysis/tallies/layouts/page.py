"""A sheet with all that may be known of it besides its cells: what a layout is given to recognise."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from itertools import islice
from pathlib import PurePath
from typing import Any

from analysis.campaign import Layout
from analysis.tallies.files.child import Sheet
from analysis.tallies.files.records import Records
from analysis.tallies.layouts.table import Table
from analysis.tallies.register import Register
from analysis.tallies.words.dated import day_of_lines, day_of_name, is_of_signing, month_of_lines, month_said
from analysis.tallies.words.days import Calendar
from analysis.tallies.words.places import Gazetteer
from analysis.tallies.words.subject import Subject

FARTHEST = 60
"""No heading begins further down than this."""
MOST_LINES = 20
"""Texts of a title that are asked whose sheet it is, and of which year and month."""
LETTERHEAD = 8
"""Of these, those that may be a letterhead."""
_YEAR = re.compile(r"(?<!\d)20\d{2}(?!\d)")
_UNIT = re.compile(
    r"(?:đơn vị(?: báo cáo| gửi)?|địa bàn|địa phương|tên đơn vị)\s*[:：]\s*(.+)", re.IGNORECASE
)


@dataclass(frozen=True)
class Page:
    """One sheet of a file.

    Attributes
    ----------
    sheet
        Its records.
    register
        What the campaign says of areas, measures and layouts.
    calendar
        Of the file: its zone, and the day on which it came.
    file, sender
        The file's name, and who sent it.
    beside
        All sheets of the file.
    """

    sheet: Sheet
    register: Register
    calendar: Calendar
    file: str
    sender: str
    beside: tuple[Sheet, ...] = ()
    _kept: dict[object, Any] = field(default_factory=dict)

    def remembered(self, key: object, find: Callable[[], Any]) -> Any:
        """Return what was found before under a key; several layouts ask for the same."""
        if key not in self._kept:
            self._kept[key] = find()
        return self._kept[key]

    def with_records(self, records: Records) -> "Page":
        """Return the page with other texts."""
        return replace(self, sheet=self.sheet._replace(records=records), _kept={})

    @property
    def records(self) -> Records:
        """The texts of the sheet."""
        return self.sheet.records

    @property
    def places(self) -> Gazetteer:
        """The areas of the campaign."""
        return self.register.places

    @property
    def stem(self) -> str:
        """The file's name without its ending."""
        return PurePath(self.file).stem

    @cached_property
    def layouts(self) -> tuple[Layout, ...]:
        """The layouts that the campaign declares for files of this name and sender."""
        return tuple(one for one in self.register.layouts if one.fits(self.file, self.sender))

    @cached_property
    def top(self) -> list[list[str]]:
        """The first records: those in which a heading may begin."""
        return self.records[:FARTHEST]

    @property
    def tab(self) -> str:
        """The name of the sheet; "" where it has none."""
        return self.sheet.name or ""

    @cached_property
    def reading_calendar(self) -> Calendar:
        """The calendar for headings, before it is known which lines are the title."""
        return completed(self.calendar, [*islice(title_lines(self.records), MOST_LINES), self.tab])

    @cached_property
    def unit(self) -> str | None:
        """Whose sheet it is, as far as its first lines tell."""
        return self.unit_in(title_lines(self.records))

    def contexts(self, first: int) -> list[str]:
        """Return the texts that may say in which area those of the table lie: title, tab, file, sender."""
        title = " ; ".join(title_lines(self.records, first))
        return [title, self.tab, self.stem, self.sender]

    def unit_in(self, title: Iterable[str]) -> str | None:
        """Whose sheet it is: by a title such as "Unit: District X", its letterhead or its name."""
        places, lines = self.places, list(islice(title, MOST_LINES))
        named = [found[1] for line in lines if (found := _UNIT.fullmatch(line.strip()))]
        for texts in (named, lines[:LETTERHEAD], [self.tab]):
            units = {tuple(places.candidates(text)): text for text in texts if places.candidates(text)}
            if len(units) == 1:
                return next(iter(units.values()))
        return None

    def subject_above(self, first: int) -> Subject:
        """Return what the titles above a heading and the name of the sheet say is counted."""
        lines = title_lines(self.records, first)
        return Subject.of(lines, self.sheet.name, self.register.vocabulary, self.register.names)

    def calendar_for(self, table: Table) -> Calendar:
        """Return the calendar of a table: its way of counting days, the year its title gives."""
        calendar = replace(self.calendar, epoch=self.sheet.epoch)
        return completed(calendar, [*title_lines(self.records, table.first), self.tab])

    def day_for(self, table: Table, calendar: Calendar) -> tuple[date | str | None, str]:
        """Return the day of a table without a column of days, and a finding where one stands in an odd place.

        It is that of the titles, of the sheet's name, or of the file's name.
        """
        titles = list(title_lines(self.records, table.first))
        said, cell = day_of_lines(titles, calendar), calendar.read(self.tab)
        month = None if said else month_said(titles, calendar)
        tab = cell if isinstance(cell, date) else day_of_name(self.tab, calendar)
        if isinstance(tab, date):
            said = said or month
            return ("date_conflict" if isinstance(said, date) and said != tab else said or tab), ""
        if month is not None:
            return month, ""
        if said is not None:
            return said, "day_of_signing" if is_of_signing(titles) else ""
        return day_of_name(self.stem, calendar) or month_said([self.stem], calendar), "day_from_name"


def title_lines(records: Records, first: int = FARTHEST) -> Iterator[str]:
    """Yield the texts above the heading that begins at record ``first``."""
    for record in records[:first]:
        for cell in record:
            if cell.strip():
                yield cell


def completed(calendar: Calendar, lines: list[str]) -> Calendar:
    """Return the calendar that completes dates by the one year, and the one month, that some lines name."""
    years = {int(year) for line in lines for year in _YEAR.findall(line)}
    if len(years) != 1:
        return calendar.in_month(None, None)
    [year], month = years, month_of_lines(lines)
    return calendar.in_month(year, month[1] if month and month[0] == year else None)
