"""From a table to cells: which rows are areas, of which day, and what each of their cells says."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import compress
from operator import itemgetter
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from analysis.campaign import Layout, Measure
from analysis.tallies.child import Sheet
from analysis.tallies.days import Calendar, day_of_lines
from analysis.tallies.headings import MEASURES, role_of
from analysis.tallies.places import Gazetteer
from analysis.tallies.result import FileReading
from analysis.tallies.sheet import Column, Table, is_numbering, is_section, is_total, measures_on
from analysis.tallies.text import Unreadable
from analysis.tallies.values import QUALIFIERS, Number, read_count, read_counts, read_percents

Ints = NDArray[np.int64]
MOST_NAMES = 1_000
"""Beside ten spellings of every area, no file has more names than this."""
MOST_SUMS = 1_000
MOST_HELD = 10_000
"""A file with more faults than this is no tally; nobody will look at them one by one."""
HELD = -1
"""In place of a qualifier: the cell is held."""
EPOCH = date(1970, 1, 1).toordinal()


@dataclass
class Cells:
    """One column of tallies: arrays over the rows that have an area and a day.

    ``places`` are positions in the sheet's records, ``qualifiers`` positions in QUALIFIERS or HELD.
    """

    measure: Measure
    column: int
    places: Ints
    areas: Ints
    days: Ints
    values: NDArray[np.float64]
    qualifiers: Ints
    out_of: dict[int, float] = field(default_factory=dict)


class Sum(NamedTuple):
    """A row that gives the sum of others: its position, and whether it stands above them as a section."""

    place: int
    section: bool


@dataclass
class Body:
    """What the rows under a heading came to."""

    cells: list[Cells] = field(default_factory=list)
    sums: list[Sum] = field(default_factory=list)


class RowReader:
    """Reads the rows under the heading of one sheet into ``reading``.

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
    layout
        For machine-made files.
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
        layout: Layout | None = None,
    ) -> None:
        self.sheet, self.table, self.places, self.calendar = sheet, table, places, calendar
        self.reading, self.day, self.unit, self.layout = reading, day, unit, layout
        self.records = sheet.records
        self.body = Body()
        self._headings: list[int] = []
        self._others: list[int] = []
        self._days_between: list[tuple[int, date | str]] = []
        self._even = len(set(map(len, sheet.records[table.last :]))) == 1

    def read(self) -> Body:
        """Read all rows."""
        rows, labels = self._rows_of_areas()
        rows, labels = self._whole(rows, labels)
        accented = any(not label.isascii() for label in set(labels))
        self._candidates = {label: self.places.candidates(label, accented=accented) for label in set(labels)}
        if self.layout is not None:
            self._read_layout(rows, labels)
            return self.body
        long = [column for column in self.table.measures if column.day is None]
        if long:
            kept, areas, days = self._placed(rows, labels, self._days(rows))
            for column in long:
                self._take(column.at, _measure(column), kept, areas, days, of_target=column.of_target)
            self._hold_unclear(kept.tolist())
        else:
            for row in self._hold_unclear(rows) if not self.table.measures else ():
                self._ignore(row, "text_row")
        for column in self.table.measures:
            if column.day is not None:
                self._read_dated(column, rows, labels)
        return self.body

    # ---- Which rows are areas ----

    def _rows_of_areas(self) -> tuple[list[int], list[str]]:
        """Return the rows that are areas, with their labels; every other row is ignored or held here."""
        column = self.table.holding("area", "code")
        start = self.table.last + 1
        rows = [start + at for at, record in enumerate(self.records[start:]) if record]
        if self._even and len(column) == 1:
            labels = list(map(str.strip, self._texts(rows, column[0].at)))
            labels = [
                label or self._label(self.records[row], column, row)
                for label, row in zip(labels, rows, strict=True)
            ]
        else:
            labels = [self._label(self.records[row], column, row) for row in rows]
        if len(set(labels)) > MOST_NAMES + 10 * len(self.places.areas):
            raise Unreadable("too_many_faults", f"{len(set(labels))} names")
        known = {label: bool(label) and self._is_area(label) for label in set(labels)}
        if all(known.values()):
            return rows, labels
        regular = []
        for row, label in zip(rows, labels, strict=True):
            if known[label] or self._is_strange_area(row, label):
                regular.append(row)
        areas = set(regular)
        return regular, [label for row, label in zip(rows, labels, strict=True) if row in areas]

    def _label(self, record: Sequence[str], columns: Sequence[Column], row: int) -> str:
        if not columns:
            # In a sheet of one unit a row of a day is the unit's; a row without one is something else.
            days = self.table.holding("date")
            when = _cell(record, days[0].at) if days else ""
            return self.unit or "" if isinstance(self.calendar.read(when), date) else ""
        for column in columns:
            if label := _cell(record, column.at).strip():
                return label
        if self.unit and (days := self.table.holding("date")):
            when = _cell(record, days[0].at)
            return self.unit if isinstance(self.calendar.read(when), date) else ""
        return self._merged_above(row, columns[0].at)

    def _merged_above(self, row: int, column: int) -> str:
        for top, left, bottom, right in self.sheet.merged:
            if top < row <= bottom and left <= column <= right and top > self.table.last and left == right:
                return _cell(self.records[top], left).strip()
        return ""

    def _is_area(self, label: str) -> bool:
        if self.layout is not None:
            return label not in (self.layout.total, *self.layout.outside)
        return bool(self.places.candidates(label))

    def _is_strange_area(self, row: int, label: str) -> bool:
        """Say what a row is whose label names no area; True if it is a row of an area all the same."""
        record = self.records[row]
        filled = [cell for cell in record if cell.strip()]
        if not filled:
            return False
        if self.layout is not None:
            self._ignore(row, "total_row" if label == self.layout.total else "outside_area")
            return False
        first = filled[0]
        if (day := day_of_lines(filled, self.calendar)) is not None:
            self._days_between.append((row, day))
        if is_total(label) or is_total(first):
            self._ignore(row, "total_row")
            self.body.sums.append(Sum(row, section=False))
            if len(self.body.sums) > MOST_SUMS:
                raise Unreadable("too_many_faults", f"{MOST_SUMS} +")
        elif self._is_heading_again(record) or (is_numbering(record) and row <= self.table.last + 2):
            self._ignore(row, "header_row")
            self._headings.append(row)
        elif is_section(record) and not self._is_counted(record):
            self._ignore(row, "section_row")
        elif is_section(record) and (not label or is_section([label]) or not first.isdigit()):
            self._ignore(row, "section_row")
            self.body.sums.append(Sum(row, section=True))
        elif self._is_other_heading(record):
            self._ignore(row, "header_row")
            self._others.append(row)
        elif not self._is_counted(record) and self._is_shifted(filled):
            self._hold(row, "ragged_row", " | ".join(record))
        elif not self._is_counted(record) and not (label and self._is_numbered(record)):
            self._ignore(row, "text_row")
        elif not label:
            self._hold(row, "area_missing", "")
        else:
            return True
        return False

    def _is_heading_again(self, record: Sequence[str]) -> bool:
        headings = [cell.strip() for cell in self.records[self.table.last] if cell.strip()]
        return bool(headings) and [cell.strip() for cell in record if cell.strip()] == headings

    def _is_other_heading(self, record: Sequence[str]) -> bool:
        """Whether another table begins here, whose columns count other things."""
        roles = [role_of(cell) for cell in record if cell.strip() and not cell.strip().isdigit()]
        return "area" in roles and any(role in MEASURES for role in roles)

    def _is_shifted(self, filled: Sequence[str]) -> bool:
        """Whether a row without an area where areas stand has one, and numbers, elsewhere."""
        return any(isinstance(read_count(cell), Number) and cell[-1:].isdigit() for cell in filled) and any(
            not cell.strip().isdigit() and self.places.candidates(cell) for cell in filled
        )

    def _is_counted(self, record: Sequence[str]) -> bool:
        """Whether any cell of a column of tallies says a number, or tries to."""
        for column in (*self.table.measures, *self.table.holding("unclear")):
            cell = _cell(record, column.at).strip()
            number = read_count(cell)
            if isinstance(number, Number):
                if number.qualifier != "missing":
                    return True
            elif any(letter.isdigit() for letter in cell) and sum(map(str.isalpha, cell)) < 4:
                return True
        return False

    def _is_numbered(self, record: Sequence[str]) -> bool:
        return any(_cell(record, column.at).strip().isdigit() for column in self.table.holding("index"))

    # ---- Rows that are not as they should be ----

    def _whole(self, rows: list[int], labels: list[str]) -> tuple[list[int], list[str]]:
        """Hold rows with cells too few or too many, and rows that the sheet hides."""
        width = len(self.records[self.table.last])
        needed = max((column.at for column in self.table.measures), default=0)
        if self.layout is None and self.table.holding("unclear"):
            needed = max(needed, *(column.at for column in self.table.holding("unclear")))
        lengths = [width] * len(rows) if self._even else [len(self.records[row]) for row in rows]
        hidden = self.sheet.hidden_rows
        odd: dict[int, str] = {row: "hidden_row" for row in rows if row in hidden} if hidden else {}
        if self._others:
            odd |= {row: "second_table" for row in rows if row > self._others[0]}
        if self.sheet.name is None and set(lengths) != {width}:
            for row, length in zip(rows, lengths, strict=True):
                if length <= needed or any(cell.strip() for cell in self.records[row][width:]):
                    odd[row] = "ragged_row"
        for row, reason in odd.items():
            self._hold(row, reason, " | ".join(self.records[row]))
        if not odd:
            return rows, labels
        keep = [row not in odd for row in rows]
        return list(compress(rows, keep)), list(compress(labels, keep))

    # ---- Where and when ----

    def _days(self, rows: list[int]) -> list[int | str]:
        """Return the day of each row as an ordinal, or the code of the failed check."""
        columns = self.table.holding("date")
        if not columns:
            return [day if isinstance(day, str) else day.toordinal() - EPOCH for day in self._said_days(rows)]
        at = columns[0].at
        texts = self._texts(rows, at)
        if self.sheet.merged:
            texts = [text or self._merged_above(row, at) for text, row in zip(texts, rows, strict=True)]
        known: dict[str, int | str] = {}
        for text in set(texts):
            day = self.calendar.read(text)
            known[text] = day if isinstance(day, str) else day.toordinal() - EPOCH
        self._doubt_swapped(known)
        self._doubt_far(known)
        return list(map(known.__getitem__, texts))

    def _said_days(self, rows: list[int]) -> list[date | str]:
        """Return the day of each row where no column gives it: by the title, or by a line between.

        A line with a day opens a part of its own where the heading follows it again, or where the title
        gives no day; otherwise which of the two days is meant is not known.
        """
        days: list[date | str] = []
        for row in rows:
            day = self.day
            before = [one for one in self._days_between if one[0] < row]
            if before and before[-1][1] != day:
                headed = any(before[-1][0] < heading < row for heading in self._headings)
                day = before[-1][1] if headed or self.day is None else "date_conflict"
            days.append(day if day is not None else "date_missing")
        return days

    def _doubt_swapped(self, known: dict[str, int | str]) -> None:
        """Doubt real dates beside text such as 13/09/2023: an English Excel read the others month first."""
        if self.sheet.name is None or self.sheet.epoch is None:
            return
        iso = [text for text in known if text[4:5] == "-"]
        typed = [text for text in known if text.count("/") == 2 and isinstance(known[text], int)]
        if iso and any(int(text.split("/")[0]) > 12 for text in typed if text.split("/")[0].isdigit()):
            for text in iso:
                day = known[text]
                if isinstance(day, int) and date.fromordinal(day + EPOCH).day <= 12:
                    known[text] = "month_first"

    def _doubt_far(self, known: dict[str, int | str]) -> None:
        """Doubt a day that lies a year or more from the other days of the sheet: its year is mistyped."""
        days = np.unique([day for day in known.values() if isinstance(day, int)])
        if len(days) < 3:
            return
        steps = np.diff(days)
        alone = np.minimum(np.append(steps, 10**6), np.append(10**6, steps)) >= 200
        far = set(days[alone & (np.abs(days - days[len(days) // 2]) > 300)].tolist())
        for text, day in known.items():
            if day in far:
                known[text] = "date_out_of_line"

    def _placed(
        self, rows: list[int], labels: list[str], days: Sequence[int | str], measure: Measure | None = None
    ) -> tuple[Ints, Ints, Ints]:
        """Return the rows that have a day and an area in force on it; the others are held."""
        if str in set(map(type, days)):
            for row, day in zip(rows, days, strict=True):
                if isinstance(day, str):
                    self._hold(row, day, self._date_text(row), measure)
            keep = [not isinstance(day, str) for day in days]
            rows, labels = list(compress(rows, keep)), list(compress(labels, keep))
            days = list(compress(days, keep))
        at, when = np.array(rows, dtype=np.int64), np.array(days, dtype=np.int64)
        single = {label: found[0] if len(found) == 1 else -1 for label, found in self._candidates.items()}
        areas = np.fromiter(map(single.__getitem__, labels), dtype=np.int64, count=len(labels))
        ordinals = when + EPOCH
        if len(self.places.areas):
            starts, ends = np.array(self.places.from_days), np.array(self.places.to_days)
            areas = np.where((starts[areas] <= ordinals) & (ordinals <= ends[areas]), areas, -1)
        for position in np.flatnonzero(areas < 0):
            label, on = labels[position], date.fromordinal(int(ordinals[position]))
            found = self.places.on(self._candidates[label], on)
            if isinstance(found, str):
                self._hold_area(rows[position], found, label, on, measure)
            else:
                areas[position] = found
        areas = self._codes_agree(at, areas, ordinals, measure)
        good = areas >= 0
        return at[good], areas[good], when[good]

    def _codes_agree(self, at: Ints, areas: Ints, ordinals: Ints, measure: Measure | None) -> Ints:
        """Hold rows whose code and name mean different areas."""
        columns = self.table.holding("area", "code")
        if len(columns) < 2 or self.layout is not None:
            return areas
        known: dict[tuple[str, int], bool] = {}
        for position in np.flatnonzero(areas >= 0):
            texts = [_cell(self.records[at[position]], column.at).strip() for column in columns[1:]]
            for text in filter(None, texts):
                key = (text, int(areas[position]))
                if key not in known:
                    known[key] = int(areas[position]) in self.places.candidates(text)
                if not known[key]:
                    self._hold(int(at[position]), "code_and_name_differ", text, measure)
                    areas[position] = -1
                    break
        return areas

    def _texts(self, rows: Sequence[int], column: int) -> list[str]:
        records = map(self.records.__getitem__, rows)
        if self._even:
            return list(map(itemgetter(column), records))
        return [_cell(record, column) for record in records]

    def _date_text(self, row: int) -> str:
        columns = self.table.holding("date")
        return _cell(self.records[row], columns[0].at) if columns else ""

    # ---- Cells ----

    def _read_dated(self, column: Column, rows: list[int], labels: list[str]) -> None:
        """Read a column whose heading gives its day."""
        days: list[int | str]
        if isinstance(column.day, date):
            days = [column.day.toordinal() - EPOCH] * len(rows)
        else:
            days = [column.day or "date_missing"] * len(rows)
        kept, areas, when = self._placed(rows, labels, days, _measure(column))
        self._take(column.at, _measure(column), kept, areas, when, of_target=column.of_target)

    def _read_layout(self, rows: list[int], labels: list[str]) -> None:
        assert self.layout is not None  # noqa: S101 - for the type checker
        at, areas, days = self._placed(rows, labels, self._days(rows))
        heading = self.records[self.table.last]
        for day in np.unique(days):
            on_day = days == day
            columns = measures_on(self.layout, heading, date.fromordinal(int(day) + EPOCH))
            for column, measure in columns.items():
                self._take(column, measure, at[on_day], areas[on_day], days[on_day])
            for row in () if columns else at[on_day]:
                self._ignore(int(row), "no_measure_then")

    def _take(
        self, column: int, measure: Measure, at: Ints, areas: Ints, days: Ints, *, of_target: bool = False
    ) -> None:
        texts = self._texts(at.tolist(), column)
        values, odd = (read_percents if measure == "rate_printed" else read_counts)(texts)
        cells = Cells(measure, column, at, areas, days, values, np.zeros(len(at), dtype=np.int64))
        for position, number in odd.items():
            if isinstance(number, Number):
                values[position] = number.value
                cells.qualifiers[position] = QUALIFIERS.index(number.qualifier)
                if number.out_of is not None:
                    cells.out_of[position] = number.out_of
            else:
                cells.qualifiers[position] = HELD
                self._hold(int(at[position]), number, texts[position], measure)
        self.body.cells.append(cells)
        if of_target:
            # One number where two are promised may be the tally, the target, or the one as a share.
            self.hold_cells(cells, self._alone(cells), "one_of_two", heading=self._heading(column))
        if column in self.sheet.hidden_columns:
            self.hold_cells(cells, np.ones(len(at), dtype=bool), "hidden_column")
        self._hold_merged(cells)

    def _alone(self, cells: Cells) -> NDArray[np.bool_]:
        paired = np.isin(np.arange(len(cells.places)), list(cells.out_of))
        alone: NDArray[np.bool_] = ~paired & (cells.qualifiers != QUALIFIERS.index("missing"))
        return alone

    def _heading(self, at: int) -> str:
        return next((column.heading for column in self.table.columns if column.at == at), "")

    def _hold_merged(self, cells: Cells) -> None:
        """Hold cells merged over several rows or measures: whose value it is, is not known."""
        columns = {column.at for column in self.table.measures}
        for top, left, bottom, right in self.sheet.merged:
            if bottom <= self.table.last or not left <= cells.column <= right:
                continue
            over = len(columns & set(range(left, right + 1))) > 1 or bottom > top
            inside = (cells.places >= top) & (cells.places <= bottom)
            if over and inside.any():
                self.hold_cells(cells, inside, "merged_value")

    def _hold_unclear(self, rows: Sequence[int]) -> list[int]:
        """Hold the cells of columns that count something, but not clearly what; return rows without any."""
        said: set[int] = set()
        for column in self.table.holding("unclear"):
            for row in rows:
                if text := _cell(self.records[row], column.at).strip():
                    said.add(row)
                    self._hold(row, "measure_unclear", text, column.meant, heading=column.heading)
        return [row for row in rows if row not in said]

    def hold_cells(self, cells: Cells, where: NDArray[np.bool_], reason: str, **detail: object) -> None:
        """Hold the cells at ``where`` that are not held already."""
        for position in np.flatnonzero(where & (cells.qualifiers != HELD)):
            cells.qualifiers[position] = HELD
            row = int(cells.places[position])
            self._hold(row, reason, _cell(self.records[row], cells.column), cells.measure, **detail)

    def _hold(
        self, row: int, reason: str, text: str, measure: Measure | None = None, **detail: object
    ) -> None:
        if len(self.reading.held) >= MOST_HELD:
            raise Unreadable("too_many_faults", f"{MOST_HELD} +")
        self.reading.hold(reason, self.sheet.name, row + 1, measure, text, **detail)

    def _hold_area(self, row: int, reason: str, label: str, day: date, measure: Measure | None) -> None:
        hint = self.places.suggest(label) if reason == "area_unknown" else None
        detail = {"day": f"{day:%d/%m/%Y}", "hint_vi": "", "hint_en": ""}
        if hint:
            detail |= {"hint_vi": f"(có phải {hint}?)", "hint_en": f"({hint}, perhaps?)"}
        self._hold(row, reason, label, measure, **detail)

    def _ignore(self, row: int, reason: str) -> None:
        self.reading.ignore(reason, self.sheet.name, row + 1)


def _cell(record: Sequence[str], column: int) -> str:
    return record[column] if column < len(record) else ""


def _measure(column: Column) -> Measure:
    assert column.role in MEASURES  # noqa: S101 - for the type checker: callers pass columns of measures
    return column.role


def texts_of(sheets: Iterable[Sheet]) -> str:
    """Return all text of some sheets, names, notes and hidden parts included, one cell a line."""
    parts = [cell for sheet in sheets for record in sheet.records for cell in record if cell]
    parts += [sheet.name for sheet in sheets if sheet.name]
    parts += [text for sheet in sheets for *_, text in sheet.far]
    return "\n".join((*parts, *(note for sheet in sheets for note in sheet.notes)))
