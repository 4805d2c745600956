"""Which rows of a sheet are areas, and what each of the other rows is."""

from collections.abc import Sequence
from datetime import date

import numpy as np

from analysis.campaign import Measure
from analysis.tallies.body import Body, Sum
from analysis.tallies.child import Sheet
from analysis.tallies.days import Calendar, day_of_lines
from analysis.tallies.headings import is_measure
from analysis.tallies.layouts.declared import Told
from analysis.tallies.layouts.parents import with_parents
from analysis.tallies.places import Gazetteer
from analysis.tallies.records import Ints, Texts
from analysis.tallies.result import FileReading
from analysis.tallies.sheet import (
    Column,
    Table,
    has_numeral,
    is_grouping,
    is_numbering,
    is_section,
    is_total,
    opens_total,
)
from analysis.tallies.text import Unreadable
from analysis.tallies.values import Number, read_count
from analysis.tallies.words.subject import Subject
from analysis.tallies.words.titles import Claim
from analysis.tallies.words.vocabulary import Vocabulary

MOST_NAMES = 1_000
"""Beside ten spellings of every area, no file has more names than this."""
MOST_SUMS = 1_000
MOST_HELD = 10_000
"""A file with more faults than this is no tally; nobody will look at them one by one."""


class AreaRows:
    """Finds the rows of one sheet that are areas; every other row ends in ``reading``.

    Parameters
    ----------
    sheet, table
        The records, and where things are in them.
    places, calendar
        What names and dates mean.
    reading
        Takes held cells, ignored rows and findings.
    day, unit
        The day and the unit that the titles give; a code or None where they give none.
    told
        What a declared layout made of the sheet, None where it is read as teams type it.
    subject
        What the titles say is counted.
    measures
        What can be counted.
    """

    def __init__(
        self,
        sheet: Sheet,
        table: Table,
        places: Gazetteer,
        calendar: Calendar,
        reading: FileReading,
        day: date | str | None = None,
        unit: str | None = None,
        told: Told | None = None,
        measures: Sequence[Measure] = (),
        subject: Subject | None = None,
    ) -> None:
        self.sheet, self.places, self.calendar = sheet, places, calendar
        self.table = with_parents(table, sheet.records, places)
        self.reading, self.day, self.unit, self.told = reading, day, unit, told
        self.records, self.measures = sheet.records, tuple(measures)
        self.kinds = {one.code: one.kind for one in measures}
        self.subject = subject or Subject(Vocabulary.of(measures))
        self.body = Body()
        self._regular: set[int] = set()
        self._sections: list[tuple[int, Claim]] = []
        self._measures: dict[int, str] = {}
        self._headings: list[int] = []
        self._others: list[int] = []
        self._days_between: list[tuple[int, date | str]] = []

    def rows_of_areas(self) -> tuple[Ints, Texts]:
        """Return the rows that are areas, with their labels; every other row is ignored or held here."""
        start = self.table.last + 1
        rows = self._meant(np.flatnonzero(self.records.widths[start:]) + start)
        labels = self._labels(rows)
        if len(labels.different) > MOST_NAMES + 10 * len(self.places.areas):
            raise Unreadable("too_many_faults", f"{len(labels.different)} names")
        known = np.array([bool(label) and self._is_area(label) for label in labels.different], dtype=bool)
        regular = known[labels.codes]
        self._regular = set(rows[regular].tolist())
        for position in np.flatnonzero(~regular).tolist():
            regular[position] = self._is_strange_area(int(rows[position]), labels.text(position))
        return rows[regular], labels.taken(np.flatnonzero(regular))

    def _meant(self, rows: Ints) -> Ints:
        """Leave out the rows that a declared layout sets aside or finds broken."""
        if self.told is None or not (self.told.set_aside or self.told.faults):
            return rows
        for row, reason in sorted(self.told.set_aside.items()):
            self._ignore(row, reason)
        for row, reason in sorted(self.told.faults.items()):
            if row not in self.told.set_aside:
                self._hold(row, reason, " | ".join(filter(None, self.records[row])))
        return rows[~np.isin(rows, [*self.told.set_aside, *self.told.faults])]

    def _labels(self, rows: Ints) -> Texts:
        columns = self.table.holding("area", "code")
        if parents := self.table.holding("parent"):
            return self._labels_under(rows, columns[0].at, parents[-1].at)
        first = columns[0].at if columns else len(self.records.columns)
        labels = self.records.column(first, rows).mapped(str.strip)
        if all(labels.different):
            return labels
        # Where the first column says nothing, another one may, or a merged cell, or the title.
        return Texts.of(
            [label or self._label(row, columns) for row, label in zip(rows.tolist(), labels, strict=True)]
        )

    def _labels_under(self, rows: Ints, own: int, above: int) -> Texts:
        """Return labels such as "Phước Hòa, Tam Kỳ" where a column names the area above.

        That column says its text once, merged or not, over the rows it is for; a row with nothing else is of
        the area above itself.
        """
        labels, last = [], ""
        texts = (self.records.column(at, rows).mapped(str.strip) for at in (own, above))
        for row, label, parent in zip(rows.tolist(), *texts, strict=True):
            said = parent or self._merged_above(row, above) or last
            if self._is_total(label) or self._is_total(parent):
                labels.append(label or parent)
                continue
            last = said
            joined = f"{label}, {said}" if label and said and not self.places.is_code(label) else label
            labels.append(joined or parent)
        return Texts.of(labels)

    def _label(self, row: int, columns: Sequence[Column]) -> str:
        for column in columns:
            if label := self.records.cell(row, column.at).strip():
                return label
        days = self.table.holding("date")
        if not columns or (self.unit and days):
            # In a sheet of one unit a row of a day is the unit's, even if the day is not sound.
            said = self.calendar.read(self.records.cell(row, days[0].at)) if days else "date_missing"
            return self.unit or "" if said not in ("date_missing", "not_a_date") else ""
        return self._merged_above(row, columns[0].at)

    def _merged_above(self, row: int, column: int) -> str:
        for top, left, bottom, right in self.sheet.merged:
            if top < row <= bottom and left <= column <= right and top > self.table.last:
                return self.records.cell(top, left).strip()
        return ""

    def _is_area(self, label: str) -> bool:
        return self.table.declared or bool(self.places.candidates(label))

    def _is_strange_area(self, row: int, label: str) -> bool:
        """Say what a row is whose label names no area; True if it is a row of an area all the same."""
        record = self.records[row]
        filled = [cell for cell in record if cell.strip()]
        if not filled:
            return False
        first = filled[0]
        if not self._is_counted(row) and len(filled) <= 2:
            claim = self.subject.row(" ".join(filled), section=True)
            if claim.verdict != "silent":
                self._sections.append((row, claim))
        if (day := day_of_lines(filled, self.calendar)) is not None:
            self._days_between.append((row, day))
        if any(map(self._is_total, (label, first))) or (opens_total(label or first) and self._adds_up(row)):
            self._ignore(row, "total_row")
            self.body.sums.append(Sum(row, section=False))
            if len(self.body.sums) > MOST_SUMS:
                raise Unreadable("too_many_faults", f"{MOST_SUMS} +")
        elif self._is_heading_again(record) or (is_numbering(record) and row <= self.table.last + 2):
            self._ignore(row, "header_row")
            self._headings.append(row)
        elif is_section(record) and not self._is_counted(row):
            self._ignore(row, "section_row")
        elif is_section(record) and (is_grouping(record) or self._adds_up(row)):
            self._ignore(row, "section_row")
            self.body.sums.append(Sum(row, section=True))
        elif self._is_other_heading(record):
            self._ignore(row, "header_row")
            self._others.append(row)
        elif not self._is_counted(row) and self._is_shifted(filled):
            self._hold(row, "ragged_row", " | ".join(record))
        elif not self._is_counted(row) and not (label and self._is_numbered(row)):
            self._ignore(row, "text_row")
        elif not label:
            self._hold(row, "area_missing", "")
        else:
            return True
        return False

    def _is_total(self, label: str) -> bool:
        return is_total(label, self.places.words)

    def _adds_up(self, row: int) -> bool:
        """Whether a number of a row is the sum of those of areas: of all, of those above, or those below."""
        rows = [at for at in range(self.table.last + 1, len(self.records)) if at in self._regular]
        near = [at for at in rows if at < row] or [at for at in rows if at > row]
        for column in (*self.table.measures, *self.table.holding("unclear")):
            said = read_count(self.records.cell(row, column.at))
            if not isinstance(said, Number) or not said.value > 0:
                continue
            under = self._under(rows, row)
            for some in (rows, near, under):
                numbers = [read_count(self.records.cell(at, column.at)) for at in some]
                counts = [one.value for one in numbers if isinstance(one, Number) and one.value >= 0]
                # One number like another is a chance; below a numeral of its own it is a group of one.
                enough = len(counts) > 1 or (some is under and has_numeral(self.records[row]))
                if enough and said.value == sum(counts):
                    return True
        return False

    def _under(self, rows: Sequence[int], row: int) -> list[int]:
        """Return the rows of areas below a row up to the next one that is none."""
        below: list[int] = []
        for at in rows:
            if at > row and at == row + 1 + len(below):
                below.append(at)
        return below

    def _is_heading_again(self, record: Sequence[str]) -> bool:
        headings = [cell.strip() for cell in self.records[self.table.last] if cell.strip()]
        return bool(headings) and [cell.strip() for cell in record if cell.strip()] == headings

    def _is_other_heading(self, record: Sequence[str]) -> bool:
        """Whether another table begins here, whose columns count other things."""
        roles = [self.subject.role(cell) for cell in record if cell.strip() and not cell.strip().isdigit()]
        return "area" in roles and any(map(is_measure, roles))

    def _is_shifted(self, filled: Sequence[str]) -> bool:
        """Whether a row without an area where areas stand has one, and numbers, elsewhere."""
        return any(isinstance(read_count(cell), Number) and cell[-1:].isdigit() for cell in filled) and any(
            not cell.strip().isdigit() and self.places.candidates(cell) for cell in filled
        )

    def _is_counted(self, row: int) -> bool:
        """Whether any cell of a column of tallies says a number, or tries to."""
        for column in (*self.table.measures, *self.table.holding("unclear")):
            cell = self.records.cell(row, column.at).strip()
            number = read_count(cell)
            if isinstance(number, Number):
                if number.qualifier != "missing":
                    return True
            elif any(letter.isdigit() for letter in cell) and sum(map(str.isalpha, cell)) < 4:
                return True
        return False

    def _is_numbered(self, row: int) -> bool:
        return any(
            self.records.cell(row, column.at).strip().isdigit() for column in self.table.holding("index")
        )

    def _hold(self, row: int, reason: str, text: str, measure: str | None = None, **detail: object) -> None:
        if len(self.reading.held) >= MOST_HELD:
            raise Unreadable("too_many_faults", f"{MOST_HELD} +")
        self.reading.hold(reason, self.sheet.name, row + 1, measure, text, **detail)

    def _ignore(self, row: int, reason: str) -> None:
        self.reading.ignore(reason, self.sheet.name, row + 1)
