"""Sheets as a campaign's ``[[layouts]]`` say they are to be read: put into the shape that every sheet has.

What a layout says is done to the texts: numbers and days are written as they are read everywhere else, sums
are added up, what is not meant is set aside. A text that is not what the layout promises bears a mark that no
number and no day has, so that it is held and never read in another way.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from analysis.campaign.layouts import ColumnOfMeasure, Layout, taken
from analysis.tallies.files.records import Ints, Records, Texts
from analysis.tallies.files.text import Unreadable
from analysis.tallies.layouts.counts import take, take_dated, take_said
from analysis.tallies.layouts.heading import headings_of
from analysis.tallies.layouts.outcome import EPOCH, Outcome
from analysis.tallies.layouts.page import Page
from analysis.tallies.layouts.styles import reordered, restyled_number, sum_of
from analysis.tallies.layouts.table import Column, Fate, Table
from analysis.tallies.layouts.typed import ragged, sorted_rows
from analysis.tallies.layouts.where import Placed, Placing, days_of
from analysis.tallies.result import shortened
from analysis.tallies.words.headings import is_measure
from analysis.tallies.words.spelling import written
from analysis.tallies.words.subject import Subject
from analysis.workbook.cells import column_at

ORDER = 0
MOST_LISTED = 30
"""Headings of a file that a complaint lists."""


def recognise(page: Page, subject: Subject) -> Table | None:
    """Return the table of a sheet as the one layout that fits it says; None where none does.

    Raises
    ------
    Unreadable
        If two layouts fit, or the sheet has no column that the layout names.
    """
    fitting = [layout for layout in page.layouts if _fits(layout, page)]
    if len(fitting) > 1:
        raise Unreadable("layouts_conflict", ", ".join(f"“{layout.name}”" for layout in fitting))
    return page.remembered("declared", lambda: _Teller(page, fitting[0]).tell()) if fitting else None


def cells(page: Page, table: Table) -> Outcome:
    """Read the columns that the layout names, each between the days on which it means its measure."""
    layout = table.declared
    assert layout is not None  # noqa: S101 - for the type checker: recognise() says so
    outcome, calendar = Outcome(table), page.calendar_for(table)
    if layout.day is not None and layout.day.zone is not None:
        calendar = replace(calendar, zone=ZoneInfo(layout.day.zone))
    rows = sorted_rows(page, table, calendar, outcome)
    if layout.across == "days":
        take_dated(page, outcome, rows)
        return outcome
    days = days_of(page, table, calendar, rows, outcome)
    if layout.across == "areas":
        said = dict.fromkeys(rows.at.tolist(), str(layout.measure))
        take_said(page, outcome, rows, days, said, [table.column(at) for at in table.across])
    else:
        placed = Placing.of(page, outcome, rows.labels.different).place(rows.at, rows.labels, days)
        _take_in_time(page, outcome, layout, placed)
    return outcome


def _take_in_time(page: Page, outcome: Outcome, layout: Layout, placed: Placed) -> None:
    """Read columns that hold their measure only between some days; rows of other days are passed over.

    A file with days on which the layout names a column that is not there is refused.
    """
    table, days = outcome.table, placed.days
    spans = {(one.measure, _heading(one)): _span(one) for one in layout.measures}
    there = {column.heading for column in table.columns}
    for one in layout.measures:
        first, last = _span(one)
        if _heading(one) not in there and not one.optional and ((days >= first) & (days <= last)).any():
            headings = headings_of(page.records, table.first, table.last, page.sheet.merged)
            raise _lacking(layout, one.headings[0], headings)
    covered = np.zeros(len(days), dtype=bool)
    for column in table.measures:
        first, last = spans.get((column.role, column.heading), EVER)
        on = (days >= first) & (days <= last)
        covered |= on
        take(page.register, outcome, column.at, column.role, placed.taken(on))
    outcome.ignore(placed.rows[~covered].tolist(), "no_measure_then")


def _bare(mark: str) -> str:
    """Return a mark as it is compared: "NR " is "nr", "< 5" is "<5"."""
    return "".join(mark.split()).casefold()


def _heading(one: ColumnOfMeasure) -> str:
    return " + ".join(one.headings)


def _span(one: ColumnOfMeasure) -> tuple[int, int]:
    """Return the first and the last day on which a column means its measure, since 1970."""
    days = (one.first_day or date.min, one.last_day or date.max)
    return days[0].toordinal() - EPOCH, days[1].toordinal() - EPOCH


EVER = (date.min.toordinal() - EPOCH, date.max.toordinal() - EPOCH)


def _lacking(layout: Layout, wanted: str, there: Sequence[str]) -> Unreadable:
    """Return the complaint that a layout names a column or sheet that is not there, with those that are."""
    named = [shortened(one) for one in there if one.strip()]
    listed = ", ".join(named[:MOST_LISTED]) + (", …" if len(named) > MOST_LISTED else "")
    found = f"“{wanted}” ([[layouts]] “{layout.name}”)"
    return Unreadable("layout_column_missing", found, there=listed)


def _fits(layout: Layout, page: Page) -> bool:
    name = page.sheet.name
    if not len(page.records) or (layout.sheet and (name is None or taken(layout.sheet, name) is None)):
        return False
    wanted = set(map(written, layout.with_headings))
    return not wanted or any(wanted <= set(map(written, record)) for record in page.top)


@dataclass
class _Teller:
    page: Page
    layout: Layout

    def tell(self) -> Table:
        """Do to the sheet what the layout says."""
        sheet, self.records = self.page.sheet, self.page.records
        first, last = self._heading_rows()
        self.headings = headings_of(self.records, first, last, sheet.merged)
        self._check_columns()
        blank = self.records.blank()
        self.rows: Ints = np.flatnonzero(~blank[last + 1 :]) + last + 1
        self.columns = list(self.records.columns)
        self.subject = self.page.subject_above(first)
        aside, broken = self._set_aside(), self._ragged(last)
        placed = [*self._area(), *self._day()]
        measured = self._measured()
        kept = [row for row in self.rows.tolist() if row not in aside and row not in broken]
        aside |= self._added_up(kept, placed, measured)
        taken_at = {column.at for column in (*placed, *measured)}
        rest = [Column(at, "other", one) for at, one in enumerate(self.headings) if at not in taken_at]
        records = Records(self.columns, np.where(blank, 0, len(self.columns)))
        fates = {row: Fate("held", reason) for row, reason in broken.items()}
        fates |= {row: Fate("passed", reason) for row, reason in sorted(aside.items())}
        return Table(
            sheet._replace(records=records),
            first,
            last,
            tuple(sorted((*placed, *measured, *rest), key=lambda one: one.at)),
            self.subject,
            tuple(column.at for column in measured) if self.layout.across == "areas" else (),
            fates,
            self.layout,
        )

    # ---- Where things are ----

    def _heading_rows(self) -> tuple[int, int]:
        if self.layout.heading_rows:
            first, last = min(self.layout.heading_rows) - 1, max(self.layout.heading_rows) - 1
            if last >= len(self.records):
                raise Unreadable("layout_heading_missing", f"{last + 1}")
            return first, last
        wanted = set(map(written, self._named()))
        spelt = [[written(cell) for cell in record if cell.strip()] for record in self.page.top]
        found = int(np.argmax([len(wanted & set(cells)) if wanted else len(cells) for cells in spelt]))
        return found, found

    def _named(self) -> list[str]:
        layout = self.layout
        named = [*layout.with_headings, *layout.where, *layout.sum_over]
        named += (layout.area.headings or ()) if layout.area else ()
        named += [layout.day.heading] if layout.day and layout.day.heading else []
        return [*named, *(one for column in layout.measures for one in column.headings)]

    def _check_columns(self) -> None:
        """Refuse a file without a column that the layout names, or with none that counts.

        One of a measure may be optional, or come at its own time.
        """
        measures = self.layout.measures
        spared = {
            one for column in measures if column.optional or _span(column) != EVER for one in column.headings
        }
        for heading in self._named():
            if heading not in spared:
                self._there(heading)
        optional = [one for column in measures if column.optional for one in column.headings]
        if len(optional) == len(measures) and optional and all(self._at(one) is None for one in optional):
            self._there(optional[0])

    def _at(self, heading: str) -> int | None:
        exact = [at for at, one in enumerate(self.headings) if one.strip() == heading]
        alike = exact or [at for at, one in enumerate(self.headings) if written(one) == written(heading)]
        return alike[0] if len(alike) == 1 else None

    def _there(self, heading: str) -> int:
        at = self._at(heading)
        if at is None:
            raise _lacking(self.layout, heading, self.headings)
        return at

    # ---- Rows ----

    def _set_aside(self) -> dict[int, str]:
        """Return the rows that are not meant, totals and areas outside the campaign."""
        layout = self.layout
        aside: dict[int, str] = {}
        for heading, values in layout.where.items():
            meant = self._saying(heading, values)
            aside |= dict.fromkeys(self.rows[~meant].tolist(), "row_not_meant")
        if layout.area is not None and layout.area.headings:
            for names, reason in ((layout.totals, "total_row"), (layout.outside, "outside_area")):
                named = self._saying(layout.area.headings[-1], names)
                aside |= dict.fromkeys(self.rows[named].tolist(), reason)
        return aside

    def _saying(self, heading: str, texts: Sequence[str]) -> NDArray[np.bool_]:
        """Return which rows have one of some texts in a column."""
        cells, spelt = self.columns[self._there(heading)].taken(self.rows), set(map(written, texts))
        saying: NDArray[np.bool_] = np.array([written(text) in spelt for text in cells.different], dtype=bool)
        return saying[cells.codes]

    def _ragged(self, last: int) -> dict[int, str]:
        """Return the rows of a text file with cells too many or too few."""
        if self.page.sheet.name is not None:
            return {}
        needed = max((at for one in self._named() if (at := self._at(one)) is not None), default=0)
        return ragged(self.records, self.rows, last, needed)

    def _added_up(
        self, rows: Sequence[int], placed: Sequence[Column], measured: Sequence[Column]
    ) -> dict[int, str]:
        """Add up the parts of each area and day into the first of their rows; the others are set aside."""
        if not self.layout.sum_over:
            return {}
        parts = [self._there(heading) for heading in self.layout.sum_over]
        groups: dict[tuple[str, ...], list[int]] = {}
        for row in rows:
            groups.setdefault(self._texts(row, [column.at for column in placed]), []).append(row)
        sums = {column.at: list(self.columns[column.at]) for column in measured}
        for group in groups.values():
            twice = len({self._texts(row, parts) for row in group}) < len(group)
            for texts in sums.values():
                texts[group[0]] = sum_of([texts[row] for row in group], twice=twice)
        for at, texts in sums.items():
            self.columns[at] = Texts.of(texts)
        return {row: "part_added" for group in groups.values() for row in group[1:]}

    def _texts(self, row: int, ats: Sequence[int]) -> tuple[str, ...]:
        return tuple(self.columns[at].text(row).strip() for at in ats)

    # ---- Columns ----

    def _area(self) -> list[Column]:
        place = self.layout.area
        if self.layout.across == "areas":
            return []
        if place is None:
            return self._open(lambda role: role in ("area", "code"))
        if place.headings:
            ats = [self._there(heading) for heading in place.headings]
            return [Column(at, "area" if at == ats[-1] else "parent", self.headings[at]) for at in ats]
        return [self._constant("area", place.fixed or self._in_name(place.file, place.tab, "area"))]

    def _day(self) -> list[Column]:
        place = self.layout.day
        if self.layout.across == "days":
            return []
        if place is None:
            return self._open(lambda role: role == "date")
        if place.heading:
            at = self._there(place.heading)
            self.columns[at] = self.columns[at].mapped(lambda text: reordered(text, place))
            return [Column(at, "date", place.heading)]
        if place.fixed is not None:
            return [self._constant("date", place.fixed.isoformat())]
        said = self._cell(place.cell) if place.cell else self._in_name(place.file, place.tab, "day")
        return [self._constant("date", reordered(said, place))]

    def _open(self, fits: Callable[[str], bool]) -> list[Column]:
        """Return the columns of which the layout says nothing, by what their headings say."""
        meant = [Column(at, self.subject.role(one), one) for at, one in enumerate(self.headings)]
        return [column for column in meant if fits(column.role)]

    def _in_name(self, file: str | None, tab: str | None, part: str) -> str:
        pattern, name = (file, self.page.stem) if file is not None else (str(tab), self.page.sheet.name or "")
        found = taken(pattern, name)
        if found is None:
            raise Unreadable(
                "layout_name_differs", f"“{name}”, “{pattern}” ([[layouts]] “{self.layout.name}”)"
            )
        return found[part]

    def _cell(self, place: str) -> str:
        """Return the text of a cell such as B2, or Cover!B2 of another sheet."""
        name, _, address = place.rpartition("!")
        sheets = [one for one in self.page.beside if (one.name or "").casefold() == name.casefold()]
        if name and not sheets:
            raise _lacking(self.layout, place, [one.name or "" for one in self.page.beside])
        records = sheets[0].records if name else self.records
        column, row = column_at(re.sub(r"\d", "", address)), int(re.sub(r"\D", "", address)) - 1
        return records.cell(row, column).strip() if row < len(records) else ""

    def _constant(self, role: str, text: str) -> Column:
        """Add a column that says the same in every row."""
        self.columns.append(Texts([text], np.zeros(len(self.records), dtype=np.int64)))
        return Column(len(self.columns) - 1, role, text)

    def _measured(self) -> list[Column]:
        """Return the columns that count, in one style of numbers; those that make one together added up."""
        made: list[tuple[Column, list[int]]] = []
        for one in self.layout.measures:
            ats = [at for heading in one.headings if (at := self._at(heading)) is not None]
            if len(ats) == len(one.headings):
                made.append((Column(ats[0], one.measure, _heading(one)), ats))
        if not self.layout.measures:
            found = self._across() if self.layout.across else self._open(is_measure)
            made = [(one, [one.at]) for one in found]
        for at in {at for _, ats in made for at in ats}:
            self.columns[at] = self.columns[at].mapped(self._restyled)
        return [column if len(ats) == 1 else self._sum(column, ats) for column, ats in made]

    def _sum(self, column: Column, ats: Sequence[int]) -> Column:
        """Add a column that is the sum of others."""
        cells = zip(*(self.columns[at] for at in ats), strict=True)
        self.columns.append(Texts.of([sum_of(row, twice=False) for row in cells]))
        return column._replace(at=len(self.columns) - 1)

    def _across(self) -> list[Column]:
        measure, found = str(self.layout.measure), []
        for at, heading in enumerate(map(str.strip, self.headings)):
            if self.layout.across == "areas":
                if self.page.places.candidates(heading):
                    found.append(Column(at, measure, heading))
            elif isinstance(day := self.page.calendar.read(reordered(heading, self.layout.day)), date):
                found.append(Column(at, measure, heading, day))
        if not found:
            raise _lacking(self.layout, str(self.layout.across), self.headings)
        return found

    def _restyled(self, text: str) -> str:
        layout, said = self.layout, _bare(text)
        if said in self._marks:
            return self._marks[said]
        return text if layout.numbers is None else restyled_number(text, layout.numbers)

    @cached_property
    def _marks(self) -> dict[str, str]:
        """What marks stand for: at most so many, or nothing."""
        marks = {_bare(mark): f"≤ {most}" for mark, most in self.layout.suppressed.items()}
        return marks | {_bare(mark): "" for mark in self.layout.missing}
