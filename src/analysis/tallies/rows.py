"""From the rows that are areas to cells: of which day each is, and what its cells say."""

from collections.abc import Callable, Sequence
from datetime import date
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from analysis.tallies.area_rows import AreaRows
from analysis.tallies.body import EPOCH, HELD, Body, Cells
from analysis.tallies.days import order_of, reads_both_ways
from analysis.tallies.headings import is_measure
from analysis.tallies.parts import split_by, wholes
from analysis.tallies.records import Ints, Texts
from analysis.tallies.sheet import Column
from analysis.tallies.values import (
    LARGEST_RATE,
    QUALIFIERS,
    Number,
    Read,
    are_floats,
    read_counts,
    read_growths,
    read_percents,
    without_point,
)
from analysis.tallies.words.titles import SILENT, Claim

UNKNOWN = -(10**9)
"""In place of a day that cannot be read; no day lies so far back."""


class Days(NamedTuple):
    """The days of some rows: of the i-th ``known[at[i]]``, an ordinal or the code of the failed check."""

    known: list[int | str]
    at: Ints


class RowReader(AreaRows):
    """Reads the rows of areas under the heading of one sheet into cells."""

    def read(self) -> Body:
        """Read all rows."""
        rows, labels = self._whole(*self.rows_of_areas())
        accented = any(not label.isascii() for label in labels.different)
        self._candidates = {
            label: self.places.candidates(label, accented=accented) for label in labels.different
        }
        if not self.table.declared:
            rows, labels = self._whole_rows(rows, labels)
            rows, labels = self._of_subject(rows, labels)
        across = [column for column in self.table.columns if column.is_area]
        if any(is_measure(column.role) for column in across) or (across and self._measures):
            self._read_across(across, rows)
            return self.body
        long = [column for column in self.table.measures if column.day is None]
        if long or (self.told is not None and not self._dated):
            self._read_long(long, *self._placed(rows, labels, self._days(rows)))
        else:
            for row in self._hold_unclear(rows.tolist()) if not self.table.measures else ():
                self._ignore(row, "text_row")
        for column in self.table.measures:
            if column.day is not None:
                self._read_dated(column, rows, labels)
        return self.body

    # ---- Rows that are not as they should be ----

    def _whole(self, rows: Ints, labels: Texts) -> tuple[Ints, Texts]:
        """Hold rows with cells too few or too many, and rows that the sheet hides."""
        width = int(self.records.widths[self.table.last])
        needed = max((column.at for column in self.table.measures), default=0)
        if self.table.holding("unclear"):
            needed = max(needed, *(column.at for column in self.table.holding("unclear")))
        hidden = self.sheet.hidden_rows
        odd: dict[int, str] = {row: "hidden_row" for row in rows.tolist() if row in hidden} if hidden else {}
        if self._others:
            odd |= dict.fromkeys(rows[rows > self._others[0]].tolist(), "second_table")
        if self.sheet.name is None and not self.table.declared:
            for row in rows[self.records.widths[rows] != width].tolist():
                record = self.records[row]
                if len(record) <= needed or any(cell.strip() for cell in record[width:]):
                    odd[row] = "ragged_row"
        for row, reason in odd.items():
            self._hold(row, reason, " | ".join(self.records[row]))
        keep = ~np.isin(rows, list(odd))
        return rows[keep], labels.taken(np.flatnonzero(keep))

    def _whole_rows(self, rows: Ints, labels: Texts) -> tuple[Ints, Texts]:
        """Hold rows that are parts of an area's number: of one sex, age, dose, maker or level."""
        columns = split_by(self.records, self.table, rows, labels)
        keep = np.ones(len(rows), dtype=bool)
        for column in columns:
            keep &= (whole := wholes(self.records, column, rows))
            for row in rows[~whole].tolist():
                text = self.records.cell(row, column.at)
                self._hold(row, "part_of_whole", text, heading=column.heading)
        return rows[keep], labels.taken(np.flatnonzero(keep))

    def _of_subject(self, rows: Ints, labels: Texts) -> tuple[Ints, Texts]:
        """Hold rows that a section above, or a cell of contents, says to count something else."""
        contents = self.table.holding("content")
        if not contents and not self._sections:
            return rows, labels
        keep = np.ones(len(rows), dtype=bool)
        for position, row in enumerate(rows.tolist()):
            text = next(filter(None, (self.records.cell(row, one.at).strip() for one in contents)), "")
            claim = self.subject.row(text) if text else self._claim_above(row)
            role = self.subject.role(text) if text else "unnamed"
            if is_measure(role) and claim.verdict in ("own", "silent"):
                self._measures[row] = role
            elif claim.verdict in ("other", "several") or (text and claim.verdict != "own"):
                keep[position] = False
                words = ", ".join(claim.words) or text
                self._hold(row, "other_subject", " | ".join(self.records[row]), heading=text, words=words)
        return rows[keep], labels.taken(np.flatnonzero(keep))

    def _claim_above(self, row: int) -> Claim:
        return next((claim for at, claim in reversed(self._sections) if at < row), SILENT)

    # ---- Where and when ----

    def _days(self, rows: Ints) -> Days:
        """Return the day of each row as an ordinal, or the code of the failed check."""
        columns = self.table.holding("date")
        if not columns:
            return self._said_days(rows)
        at = columns[0].at
        said = self.records.column(at, rows)
        if self.sheet.merged:
            filled = [
                text or self._merged_above(row, at) for text, row in zip(said, rows.tolist(), strict=True)
            ]
            said = Texts.of(filled)
        known = {text: _ordinal(self.calendar.read(text)) for text in said.different}
        self._doubt_swapped(known)
        self._doubt_far(known)
        return Days([known[text] for text in said.different], said.codes)

    def _said_days(self, rows: Ints) -> Days:
        """Return the day of each row where no column gives it: by the title, or by a line between.

        A line with a day opens a part of its own where the heading follows it again, or where the title
        gives no day; otherwise which of the two days is meant is not known.
        """
        days: list[int | str] = []
        for row in rows.tolist():
            day = self.day
            before = [one for one in self._days_between if one[0] < row]
            if before and before[-1][1] != day:
                headed = any(before[-1][0] < heading < row for heading in self._headings)
                day = before[-1][1] if headed or self.day is None else "date_conflict"
            days.append(_ordinal(day))
        return Days(days, np.arange(len(days)))

    def _doubt_swapped(self, known: dict[str, int | str]) -> None:
        """Doubt days that read both ways where others of the column have the month first.

        Text such as 9/13/2023 proves the month first for all text of the column, unless other text such as
        13/9/2023 proves the day first. In a workbook either proof is against real dates: a spreadsheet of the
        other order turned into dates what it could read, and left as text what it could not.
        """
        orders = {order for text in known if (order := order_of(text))}
        if not orders:
            return
        real = self.sheet.name is not None and self.sheet.epoch is not None
        for text, day in known.items():
            if not isinstance(day, int):
                continue
            is_real = real and text[4:5] == "-"
            if (orders == {"month"} and reads_both_ways(text, self.calendar)) or (
                is_real and date.fromordinal(day + EPOCH).day <= 12
            ):
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
        self, rows: Ints, labels: Texts, days: Days, measure: str | None = None
    ) -> tuple[Ints, Ints, Ints]:
        """Return the rows that have a day and an area in force on it; the others are held."""
        known = np.array([UNKNOWN if isinstance(day, str) else day for day in days.known], dtype=np.int64)
        when = known[days.at]
        dated = when != UNKNOWN
        for position in np.flatnonzero(~dated):
            row, fault = int(rows[position]), str(days.known[days.at[position]])
            self._hold(row, fault, self._date_text(row), measure)
        rows, labels, when = rows[dated], labels.taken(np.flatnonzero(dated)), when[dated]
        meant = [self._candidates[label] for label in labels.different]
        single = np.array([one[0] if len(one) == 1 else -1 for one in meant], dtype=np.int64)
        areas, ordinals = single[labels.codes], when + EPOCH
        if len(self.places.areas):
            starts, ends = self.places.from_days, self.places.to_days
            areas = np.where((starts[areas] <= ordinals) & (ordinals <= ends[areas]), areas, -1)
        for position in np.flatnonzero(areas < 0):
            label, on = labels.text(int(position)), date.fromordinal(int(ordinals[position]))
            found = self.places.on(self._candidates[label], on)
            if isinstance(found, str):
                self._hold_area(int(rows[position]), found, label, on, measure)
            else:
                areas[position] = found
        areas = self._codes_agree(rows, areas, measure)
        good = areas >= 0
        return rows[good], areas[good], when[good]

    def _codes_agree(self, rows: Ints, areas: Ints, measure: str | None) -> Ints:
        """Hold rows whose code and name mean different areas."""
        columns = self.table.holding("area", "code")
        if len(columns) < 2:
            return areas
        known: dict[tuple[str, int], bool] = {}
        for position in np.flatnonzero(areas >= 0):
            row = int(rows[position])
            texts = [self.records.cell(row, column.at).strip() for column in columns[1:]]
            for text in filter(None, texts):
                key = (text, int(areas[position]))
                if key not in known:
                    known[key] = int(areas[position]) in self.places.candidates(text)
                if not known[key]:
                    self._hold(row, "code_and_name_differ", text, measure)
                    areas[position] = -1
                    break
        return areas

    def _date_text(self, row: int) -> str:
        columns = self.table.holding("date")
        return self.records.cell(row, columns[0].at) if columns else ""

    # ---- Cells ----

    def _read_dated(self, column: Column, rows: Ints, labels: Texts) -> None:
        """Read a column whose heading gives its day."""
        days = Days([_ordinal(column.day)], np.zeros(len(rows), dtype=np.int64))
        kept, areas, when = self._placed(rows, labels, days, _measure(column))
        self._take(column.at, _measure(column), kept, areas, when, of_target=column.of_target)

    def _read_across(self, columns: Sequence[Column], rows: Ints) -> None:
        """Read columns whose headings are areas."""
        names = [column.heading for column in columns]
        accented = any(not name.isascii() for name in names)
        for measure in sorted(set(self._measures.values()) | {columns[0].role}):
            some = np.array(
                [row for row in rows.tolist() if self._measures.get(row, columns[0].role) == measure],
                dtype=np.int64,
            )
            if not is_measure(measure):
                self._hold_unclear(some.tolist())
                continue
            days = self._days(some)
            for column, name in zip(columns, names, strict=True):
                self._candidates[name] = self.places.candidates(name, accented=accented)
                labels = Texts([name], np.zeros(len(some), dtype=np.int64))
                kept, areas, when = self._placed(some, labels, days, measure)
                self._take(column.at, measure, kept, areas, when)

    def _read_long(self, columns: Sequence[Column], kept: Ints, areas: Ints, days: Ints) -> None:
        """Read columns whose rows say of which area and day they are."""
        if self.told is not None and len(days):
            first, last = (date.fromordinal(int(day) + EPOCH) for day in (days.min(), days.max()))
            self.told.check_days(first, last)
        covered = np.zeros(len(kept), dtype=bool)
        for column in columns:
            on = column.on(days)
            covered |= on
            self._take(column.at, _measure(column), kept[on], areas[on], days[on], of_target=column.of_target)
        self._hold_unclear(kept.tolist())
        for row in kept[~covered].tolist() if self.told is not None and not self._dated else ():
            self._ignore(row, "no_measure_then")

    @property
    def _dated(self) -> bool:
        return any(column.day is not None for column in self.table.measures)

    def _take(
        self, column: int, measure: str, at: Ints, areas: Ints, days: Ints, *, of_target: bool = False
    ) -> None:
        texts = self.records.column(column, at)
        if self.kinds[measure] != "rate" and self._has_floats:
            texts = texts.mapped(without_point)
        values, odd = self._reader_of(measure)(texts.different)
        cells = Cells(
            measure, column, at, areas, days, values[texts.codes], np.zeros(len(at), dtype=np.int64)
        )
        for position in np.flatnonzero(np.isin(texts.codes, list(odd))).tolist():
            number = odd[int(texts.codes[position])]
            if isinstance(number, Number):
                cells.values[position] = number.value
                cells.qualifiers[position] = QUALIFIERS.index(number.qualifier)
                if number.out_of is not None:
                    cells.out_of[position] = number.out_of
            else:
                cells.qualifiers[position] = HELD
                reason = "not_a_rate" if (self.kinds[measure], number) == ("rate", "not_a_number") else number
                self._hold(int(at[position]), reason, texts.text(position), measure)
        if self.kinds[measure] == "rate":
            self.hold_cells(cells, cells.values > LARGEST_RATE, "rate_too_large")
        self.body.cells.append(cells)
        if of_target:
            # One number where two are promised may be the tally, the target, or the one as a share.
            self.hold_cells(cells, self._alone(cells), "one_of_two", heading=self._heading(column))
        if column in self.sheet.hidden_columns:
            self.hold_cells(cells, np.ones(len(at), dtype=bool), "hidden_column")
        self._hold_merged(cells)

    @cached_property
    def _has_floats(self) -> bool:
        """Whether a program wrote the counts of this sheet, which ends every whole number in ``.0``."""
        columns = {column.at for column in self.table.columns if is_measure(column.role)}
        return any(are_floats(self.records.below(self.table.last, at)) for at in columns)

    def _reader_of(self, measure: str) -> Callable[[Sequence[str]], Read]:
        if self.kinds[measure] == "rate":
            return read_percents
        return read_growths if self.kinds[measure] == "period" else read_counts

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
                if text := self.records.cell(row, column.at).strip():
                    said.add(row)
                    reason = "other_subject" if column.denied else "measure_unclear"
                    detail = {"heading": column.heading, "words": ", ".join(column.denied)}
                    self._hold(row, reason, text, column.meant, **detail)
        return [row for row in rows if row not in said]

    def hold_cells(self, cells: Cells, where: NDArray[np.bool_], reason: str, **detail: object) -> None:
        """Hold the cells at ``where`` that are not held already."""
        for position in np.flatnonzero(where & (cells.qualifiers != HELD)):
            cells.qualifiers[position] = HELD
            row = int(cells.places[position])
            self._hold(row, reason, self.records.cell(row, cells.column), cells.measure, **detail)

    def _hold_area(self, row: int, reason: str, label: str, day: date, measure: str | None) -> None:
        hint = self.places.suggest(label) if reason == "area_unknown" else None
        detail = {"day": f"{day:%d/%m/%Y}", "hint_vi": "", "hint_en": ""}
        if hint:
            detail |= {"hint_vi": f"(có phải {hint}?)", "hint_en": f"({hint}, perhaps?)"}
        self._hold(row, reason, label, measure, **detail)


def _ordinal(day: date | str | None) -> int | str:
    """Return a day as days since 1970, or the code of the failed check."""
    return day.toordinal() - EPOCH if isinstance(day, date) else day or "date_missing"


def _measure(column: Column) -> str:
    assert is_measure(column.role)  # noqa: S101 - for the type checker: callers pass columns of measures
    return column.role
