"""From the rows that are areas to cells: of which day each is, and what its cells say."""

from collections.abc import Sequence
from datetime import date
from itertools import compress

import numpy as np
from numpy.typing import NDArray

from analysis.campaign import Measure
from analysis.tallies.area_rows import AreaRows, cell_of
from analysis.tallies.body import EPOCH, HELD, Body, Cells, Ints
from analysis.tallies.headings import MEASURES
from analysis.tallies.sheet import Column, measures_on
from analysis.tallies.values import QUALIFIERS, Number, read_counts, read_percents


class RowReader(AreaRows):
    """Reads the rows of areas under the heading of one sheet into cells."""

    def read(self) -> Body:
        """Read all rows."""
        rows, labels = self.rows_of_areas()
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
            texts = [cell_of(self.records[at[position]], column.at).strip() for column in columns[1:]]
            for text in filter(None, texts):
                key = (text, int(areas[position]))
                if key not in known:
                    known[key] = int(areas[position]) in self.places.candidates(text)
                if not known[key]:
                    self._hold(int(at[position]), "code_and_name_differ", text, measure)
                    areas[position] = -1
                    break
        return areas

    def _date_text(self, row: int) -> str:
        columns = self.table.holding("date")
        return cell_of(self.records[row], columns[0].at) if columns else ""

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
                if text := cell_of(self.records[row], column.at).strip():
                    said.add(row)
                    self._hold(row, "measure_unclear", text, column.meant, heading=column.heading)
        return [row for row in rows if row not in said]

    def hold_cells(self, cells: Cells, where: NDArray[np.bool_], reason: str, **detail: object) -> None:
        """Hold the cells at ``where`` that are not held already."""
        for position in np.flatnonzero(where & (cells.qualifiers != HELD)):
            cells.qualifiers[position] = HELD
            row = int(cells.places[position])
            self._hold(row, reason, cell_of(self.records[row], cells.column), cells.measure, **detail)

    def _hold_area(self, row: int, reason: str, label: str, day: date, measure: Measure | None) -> None:
        hint = self.places.suggest(label) if reason == "area_unknown" else None
        detail = {"day": f"{day:%d/%m/%Y}", "hint_vi": "", "hint_en": ""}
        if hint:
            detail |= {"hint_vi": f"(có phải {hint}?)", "hint_en": f"({hint}, perhaps?)"}
        self._hold(row, reason, label, measure, **detail)


def _measure(column: Column) -> Measure:
    assert column.role in MEASURES  # noqa: S101 - for the type checker: callers pass columns of measures
    return column.role
