"""Sheets as a campaign's ``[[layouts]]`` say they are to be read: put into the shape that every sheet has.

What a layout says is done to the texts: numbers and days are written as they are read everywhere else, sums
are added up, what is not meant is set aside. A text that is not what the layout promises bears a mark that no
number and no day has, so that it is held and never read in another way.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from analysis.campaign.layouts import ColumnOfMeasure, Layout, taken
from analysis.tallies.child import Sheet
from analysis.tallies.days import Calendar
from analysis.tallies.headings import is_measure
from analysis.tallies.layouts.styles import reordered, restyled_number, sum_of
from analysis.tallies.records import Records, Texts
from analysis.tallies.register import Register
from analysis.tallies.sheet import FARTHEST, Column, Table, headings_of
from analysis.tallies.spelling import written
from analysis.tallies.text import Unreadable
from analysis.tallies.words.subject import Subject


@dataclass(frozen=True)
class Told:
    """A sheet as a layout says it is: its texts, its table, and the rows that are no tallies, with why."""

    layout: Layout
    sheet: Sheet
    table: Table
    set_aside: Mapping[int, str] = field(default_factory=dict)
    faults: Mapping[int, str] = field(default_factory=dict)
    lacking: Mapping[str, ColumnOfMeasure] = field(default_factory=dict)

    def check_days(self, first: date, last: date) -> None:
        """Refuse a file with days on which the layout names a column that the file does not have."""
        for lacking, column in self.lacking.items():
            if (column.first_day or first) <= last and first <= (column.last_day or last):
                raise Unreadable("layout_column_missing", lacking)


def told(
    sheet: Sheet, layouts: Sequence[Layout], name: str, calendar: Calendar, register: Register
) -> Told | None:
    """Return a sheet as the one layout that fits it says; None where none does.

    Parameters
    ----------
    sheet
        As it was opened.
    layouts
        Those meant for the file.
    name
        Of the file, without its ending.
    calendar, register
        What days, names and headings mean.

    Raises
    ------
    Unreadable
        If two layouts fit, or the sheet has no column that the layout names.
    """
    fitting = [layout for layout in layouts if _fits(layout, sheet)]
    if len(fitting) > 1:
        raise Unreadable("layouts_conflict", ", ".join(f"“{layout.name}”" for layout in fitting))
    return _Teller(sheet, fitting[0], name, calendar, register).tell() if fitting else None


@dataclass(frozen=True)
class Tell:
    """What the layouts that are meant for a file say of it, sheet by sheet."""

    layouts: tuple[Layout, ...]
    name: str
    register: Register
    calendar: Calendar

    @property
    def encoding(self) -> str | None:
        """The encoding that a layout gives."""
        return next((one.encoding for one in self.layouts if one.encoding), None)

    @property
    def delimiter(self) -> str | None:
        """The mark between cells that a layout gives."""
        return next((one.delimiter for one in self.layouts if one.delimiter), None)

    def of(self, sheet: Sheet) -> Told | None:
        """Return what the layout that fits a sheet makes of it."""
        if not self.layouts:
            return None
        return told(
            sheet, self.layouts, self.name.rpartition(".")[0] or self.name, self.calendar, self.register
        )


def _fits(layout: Layout, sheet: Sheet) -> bool:
    if layout.sheet is not None and (sheet.name is None or taken(layout.sheet, sheet.name) is None):
        return False
    if not layout.with_headings:
        return True
    wanted = set(map(_spelt, layout.with_headings))
    return any(wanted <= set(map(_spelt, record)) for record in sheet.records[:FARTHEST])


def _spelt(heading: str) -> str:
    return written(heading)


@dataclass
class _Teller:
    sheet: Sheet
    layout: Layout
    name: str
    calendar: Calendar
    register: Register
    _done: set[int] = field(default_factory=set)

    def tell(self) -> Told:
        """Do to the sheet what the layout says."""
        first, last = self._heading_rows()
        self.headings = headings_of(self.sheet.records, first, last, self.sheet.merged)
        self._check_columns()
        self.records = self.sheet.records
        blank = self.records.blank()
        self.rows = np.flatnonzero(~blank[last + 1 :]) + last + 1
        self.columns = list(self.records.columns)
        self.subject = Subject.of(
            (cell for record in self.records[:first] for cell in record if cell.strip()),
            self.sheet.name,
            self.register.vocabulary,
            self.register.names,
        )
        set_aside = self._set_aside()
        faults = self._ragged(last)
        columns = [*self._area(), *self._day(), *self._measured()]
        kept = [row for row in self.rows.tolist() if row not in set_aside and row not in faults]
        set_aside |= self._added_up(kept, columns)
        taken_at = {column.at for column in columns}
        rest = [
            Column(at, "other", None, heading)
            for at, heading in enumerate(self.headings)
            if at not in taken_at
        ]
        widths = np.where(blank, 0, len(self.columns))
        sheet = self.sheet._replace(records=Records(self.columns, widths))
        table = Table(first, last, tuple(sorted((*columns, *rest), key=lambda one: one.at)), declared=True)
        absent = [one for one in self.layout.measures if None in map(self._at, one.headings)]
        lacking = {self._lacking(one.headings[0]): one for one in absent}
        return Told(self.layout, sheet, table, set_aside, faults, lacking)

    # ---- Where things are ----

    def _heading_rows(self) -> tuple[int, int]:
        if self.layout.heading_rows:
            first, last = min(self.layout.heading_rows) - 1, max(self.layout.heading_rows) - 1
            if last >= len(self.sheet.records):
                raise Unreadable("layout_heading_missing", f"{last + 1}")
            return first, last
        wanted = set(map(_spelt, self._named()))
        found, best = 0, -1
        for at, record in enumerate(self.sheet.records[:FARTHEST]):
            there = (
                len(wanted & set(map(_spelt, record)))
                if wanted
                else sum(1 for cell in record if cell.strip())
            )
            if there > best:
                found, best = at, there
        return found, found

    def _named(self) -> list[str]:
        layout = self.layout
        named = [*layout.with_headings, *layout.where, *layout.sum_over]
        named += (layout.area.headings or ()) if layout.area else ()
        named += [layout.day.heading] if layout.day and layout.day.heading else []
        return [*named, *(one for column in layout.measures for one in column.headings)]

    def _check_columns(self) -> None:
        """Refuse a file without a column that the layout names; one of a measure may come at its own time."""
        timed = {
            one
            for column in self.layout.measures
            if column.first_day is not None or column.last_day is not None
            for one in column.headings
        }
        for heading in self._named():
            if self._at(heading) is None and heading not in timed:
                raise Unreadable("layout_column_missing", self._lacking(heading))

    def _lacking(self, heading: str) -> str:
        there = ", ".join(one for one in self.headings if one.strip())
        return f"“{heading}” ([[layouts]] “{self.layout.name}”); {there}"

    def _at(self, heading: str) -> int | None:
        exact = [at for at, one in enumerate(self.headings) if one.strip() == heading]
        alike = exact or [at for at, one in enumerate(self.headings) if _spelt(one) == _spelt(heading)]
        return alike[0] if len(alike) == 1 else None

    def _there(self, heading: str) -> int:
        at = self._at(heading)
        if at is None:
            raise Unreadable("layout_column_missing", self._lacking(heading))
        return at

    # ---- Rows ----

    def _set_aside(self) -> dict[int, str]:
        """Return the rows that are not meant, totals and areas outside the campaign."""
        layout = self.layout
        aside: dict[int, str] = {}
        for heading, values in layout.where.items():
            meant = set(map(_spelt, values))
            texts = self.columns[self._there(heading)].taken(self.rows)
            wrong = np.array([_spelt(text) not in meant for text in texts.different], dtype=bool)[texts.codes]
            aside |= dict.fromkeys(self.rows[wrong].tolist(), "row_not_meant")
        if layout.area is not None and layout.area.headings:
            texts = self.columns[self._there(layout.area.headings[-1])].taken(self.rows)
            for names, reason in ((layout.totals, "total_row"), (layout.outside, "outside_area")):
                spelt = set(map(_spelt, names))
                named = np.array([_spelt(text) in spelt for text in texts.different], dtype=bool)[texts.codes]
                aside |= dict.fromkeys(self.rows[named].tolist(), reason)
        return aside

    def _ragged(self, last: int) -> dict[int, str]:
        """Return the rows of a text file with cells too many or too few."""
        if self.sheet.name is not None:
            return {}
        width, faults = int(self.records.widths[last]), {}
        needed = max((at for one in self._named() if (at := self._at(one)) is not None), default=0)
        for row in self.rows[self.records.widths[self.rows] != width].tolist():
            record = self.records[row]
            if len(record) <= needed or any(cell.strip() for cell in record[width:]):
                faults[row] = "ragged_row"
        return faults

    def _added_up(self, rows: Sequence[int], columns: Sequence[Column]) -> dict[int, str]:
        """Add up the parts of each area and day into the first of their rows; the others are set aside."""
        if not self.layout.sum_over:
            return {}
        parts = [self._there(heading) for heading in self.layout.sum_over]
        keys = [column.at for column in columns if column.role in ("area", "parent", "date")]
        groups: dict[tuple[str, ...], list[int]] = {}
        for row in rows:
            groups.setdefault(tuple(self._text(at, row).strip() for at in keys), []).append(row)
        measured = sorted({column.at for column in columns if column.role not in ("area", "parent", "date")})
        sums = {at: list(self.columns[at]) for at in measured}
        for group in groups.values():
            told = [tuple(self._text(at, row).strip() for at in parts) for row in group]
            twice = len(set(told)) < len(told)
            for at in measured:
                sums[at][group[0]] = sum_of([self._text(at, row) for row in group], twice=twice)
        for at in measured:
            self.columns[at] = Texts.of(sums[at])
        return {row: "part_added" for group in groups.values() for row in group[1:]}

    def _text(self, at: int, row: int) -> str:
        return self.columns[at].text(row)

    # ---- Columns ----

    def _area(self) -> list[Column]:
        place = self.layout.area
        if self.layout.across == "areas":
            return []
        if place is None:
            return self._open("area", "code")
        if place.headings:
            ats = [self._there(heading) for heading in place.headings]
            return [Column(at, "area" if at == ats[-1] else "parent", None, self.headings[at]) for at in ats]
        text = place.fixed or self._from_name(place.file, place.tab, "area")
        return [self._constant("area", text)]

    def _day(self) -> list[Column]:
        place = self.layout.day
        if self.layout.across == "days":
            return []
        if place is None:
            return self._open("date")
        if place.heading:
            at = self._there(place.heading)
            self.columns[at] = self.columns[at].mapped(lambda text: reordered(text, place))
            return [Column(at, "date", None, place.heading)]
        if place.fixed is not None:
            return [self._constant("date", place.fixed.isoformat())]
        if place.cell is not None:
            return [self._constant("date", reordered(self._cell(place.cell), place))]
        return [self._constant("date", reordered(self._from_name(place.file, place.tab, "day"), place))]

    def _open(self, *roles: str) -> list[Column]:
        """Return the columns of which the layout says nothing, by what their headings say."""
        meant = [self.subject.role(heading) for heading in self.headings]
        return [
            Column(at, role, None, self.headings[at])
            for at, role in enumerate(meant)
            if role in roles or ("measure" in roles and is_measure(role))
        ]

    def _from_name(self, file: str | None, tab: str | None, part: str) -> str:
        pattern, name = (file, self.name) if file is not None else (str(tab), self.sheet.name or "")
        found = taken(pattern, name)
        if found is None:
            raise Unreadable(
                "layout_name_differs", f"“{name}”, “{pattern}” ([[layouts]] “{self.layout.name}”)"
            )
        return found[part]

    def _cell(self, place: str) -> str:
        letters, number = re.sub(r"\d", "", place).upper(), int(re.sub(r"\D", "", place))
        column = 0
        for letter in letters:
            column = 26 * column + ord(letter) - ord("A") + 1
        if number > len(self.sheet.records):
            return ""
        return self.sheet.records.cell(number - 1, column - 1).strip()

    def _constant(self, role: str, text: str) -> Column:
        """Add a column that says the same in every row."""
        self.columns.append(Texts([text], np.zeros(len(self.records), dtype=np.int64)))
        return Column(len(self.columns) - 1, role, None, text)

    def _measured(self) -> list[Column]:
        if self.layout.across:
            return self._across(str(self.layout.measure))
        if not self.layout.measures:
            found = self._open("measure")
            for column in found:
                self._restyle(column.at)
            return found
        found = []
        for one in self.layout.measures:
            ats = [self._at(heading) for heading in one.headings]
            if None in ats:
                continue
            if one.columns is None:
                at = self._there(one.headings[0])
            else:
                for at in map(self._there, one.headings):
                    self._restyle(at)
                cells = zip(*(self.columns[self._there(heading)] for heading in one.headings), strict=True)
                self.columns.append(Texts.of([sum_of(row, twice=False) for row in cells]))
                at = len(self.columns) - 1
            self._restyle(at)
            heading = " + ".join(one.headings)
            found.append(Column(at, one.measure, None, heading, between=(one.first_day, one.last_day)))
        return found

    def _across(self, measure: str) -> list[Column]:
        found = []
        for at, heading in enumerate(self.headings):
            text = heading.strip()
            if self.layout.across == "areas":
                if self.register.places.candidates(text):
                    found.append(Column(at, measure, None, text, is_area=True))
            elif isinstance(day := self.calendar.read(reordered(text, self.layout.day)), date):
                found.append(Column(at, measure, day, text))
        for column in found:
            self._restyle(column.at)
        if not found:
            raise Unreadable("layout_column_missing", self._lacking(str(self.layout.across)))
        return found

    def _restyle(self, at: int) -> None:
        restyled = self._styling()
        if restyled is not None and at not in self._done:
            self._done.add(at)
            self.columns[at] = self.columns[at].mapped(restyled)

    def _styling(self) -> Callable[[str], str] | None:
        layout = self.layout
        if layout.numbers is None and not layout.suppressed and not layout.missing:
            return None
        suppressed = {mark.strip().casefold(): most for mark, most in layout.suppressed.items()}
        missing = {mark.strip().casefold() for mark in layout.missing}

        def restyled(text: str) -> str:
            said = text.strip().casefold()
            if said in missing:
                return ""
            if said in suppressed:
                return f"≤ {suppressed[said]}"
            return text if layout.numbers is None else restyled_number(text, layout.numbers)

        return restyled
