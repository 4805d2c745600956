"""Which rows under a heading are areas, and what each of the others is; it is asked here, nothing is done."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

import numpy as np

from analysis.tallies.files.records import Ints, Records, Texts
from analysis.tallies.files.text import Unreadable
from analysis.tallies.layouts.heading import is_numbering
from analysis.tallies.layouts.outcome import Outcome
from analysis.tallies.layouts.page import Page, title_lines
from analysis.tallies.layouts.table import Column, Fate, Table
from analysis.tallies.words.dated import day_of_lines
from analysis.tallies.words.days import Calendar
from analysis.tallies.words.headings import is_measure
from analysis.tallies.words.labels import has_numeral, is_grouping, is_section, is_total, opens_total
from analysis.tallies.words.places import Gazetteer
from analysis.tallies.words.subject import Subject
from analysis.tallies.words.titles import Claim
from analysis.tallies.words.values import Number, read_count, says_number

MOST_NAMES = 1_000
"""Beside ten spellings of every area, no file has more names than this."""
MOST_SUMS = 1_000


@dataclass
class Rows:
    """The rows below a heading: those of areas with their labels, and the fate of every other one.

    ``claims`` are the rows that say what is counted below them, ``days`` those that say of which day.
    """

    at: Ints
    labels: Texts
    others: Mapping[int, Fate] = field(default_factory=dict)
    claims: list[tuple[int, Claim]] = field(default_factory=list)
    days: list[tuple[int, date | str]] = field(default_factory=list)

    def of(self, kind: str) -> list[int]:
        """Return the rows of one kind."""
        return [row for row, fate in self.others.items() if fate.kind == kind]

    def kept(self, keep: "np.ndarray[tuple[int], np.dtype[np.bool_]]") -> "Rows":
        """Return the same with some of the rows of areas."""
        return Rows(
            self.at[keep], self.labels.taken(np.flatnonzero(keep)), self.others, self.claims, self.days
        )


def content_rows(table: Table) -> Ints:
    """Return the rows below the heading that have any cell and are not known to be no tallies."""
    start = table.last + 1
    rows: Ints = np.flatnonzero(table.records.widths[start:]) + start
    return rows[~np.isin(rows, list(table.aside))] if table.aside else rows


def rows_of(page: Page, table: Table, calendar: Calendar) -> Rows:
    """Say of every row below the heading what it is; under a declared layout every label is an area's."""
    rows = content_rows(table)
    labels = labels_of(page, table, calendar, rows)
    check_names(labels.different, page.places)
    known = np.array(
        [bool(label) and bool(page.places.candidates(label)) for label in labels.different], dtype=bool
    )
    regular = known[labels.codes]
    found = Rows(rows, labels)
    asked = _Asked(table, page.places, calendar, rows[regular])
    fates: dict[int, Fate] = {}
    for position in np.flatnonzero(~regular).tolist():
        row, label = int(rows[position]), labels.text(position)
        if table.declared and label and asked.is_counted(row):
            regular[position] = True
            continue
        filled = [cell for cell in table.records[row] if cell.strip()]
        if (claim := asked.claim(row, filled)) is not None:
            found.claims.append((row, claim))
        if filled and (day := day_of_lines(filled, calendar)) is not None:
            found.days.append((row, day))
        fate = asked.fate(row, label, filled)
        if fate is not None and fate.kind == "area":
            regular[position] = True
        elif fate is not None:
            fates[row] = fate
    found.at, found.labels = rows[regular], labels.taken(np.flatnonzero(regular))
    found.others = {**table.aside, **fates}
    if len(found.of("total")) > MOST_SUMS:
        raise Unreadable("too_many_faults", f"{MOST_SUMS} +")
    return found


def record_others(rows: Rows, outcome: Outcome) -> None:
    """Hold or pass over every row that is none of an area; totals are kept to be compared."""
    for row, fate in rows.others.items():
        if fate.kind == "held":
            text = "" if fate.reason == "area_missing" else None
            outcome.hold(row, fate.reason, text)
        else:
            outcome.ignore([row], fate.reason)
            if fate.kind == "total":
                outcome.sums.append(row)


def check_names(labels: Collection[str], places: Gazetteer) -> None:
    """Raise Unreadable where there are more names than any campaign has."""
    if len(labels) > MOST_NAMES + 10 * len(places.areas):
        raise Unreadable("too_many_faults", "names", most=len(labels))


# ---- What a row calls its area ----


def labels_of(page: Page, table: Table, calendar: Calendar, rows: Ints) -> Texts:
    """Return what each row calls its area: by its own column, else by another cell, else by the title."""
    columns, records = table.holding("area", "code"), table.records
    if parents := table.holding("parent"):
        return _labels_under(page, table, rows, columns[0].at, parents[-1].at)
    first = columns[0].at if columns else len(records.columns)
    labels = records.column(first, rows).mapped(str.strip)
    if all(labels.different):
        return labels
    unit = unit_of(page, table)
    pairs = zip(rows.tolist(), labels, strict=True)
    return Texts.of([one or _label_elsewhere(table, calendar, row, columns, unit) for row, one in pairs])


def unit_of(page: Page, table: Table) -> str | None:
    """Return whose sheet it is; where areas are headings any of them makes a row with a day a tally."""
    if table.across:
        return table.column(table.across[0]).heading
    return page.unit_in(title_lines(page.records, table.first))


def _labels_under(page: Page, table: Table, rows: Ints, own: int, above: int) -> Texts:
    """Return labels such as "Phước Hòa, Tam Kỳ" where a column names the area above.

    That column says its text once, merged or not, over the rows it is for; a row with nothing else is of
    the area above itself.
    """
    places = page.places
    labels, last = [], ""
    texts = (table.records.column(at, rows).mapped(str.strip) for at in (own, above))
    for row, label, parent in zip(rows.tolist(), *texts, strict=True):
        said = parent or merged_above(table, row, above) or last
        if is_total(label, places.words) or is_total(parent, places.words):
            labels.append(label or parent)
            continue
        last = said
        joined = f"{label}, {said}" if label and said and not places.is_code(label) else label
        labels.append(joined or parent)
    return Texts.of(labels)


def _label_elsewhere(
    table: Table, calendar: Calendar, row: int, columns: Sequence[Column], unit: str | None
) -> str:
    for column in columns:
        if label := table.records.cell(row, column.at).strip():
            return label
    days = table.holding("date")
    if not columns or (unit and days):
        # In a sheet of one unit a row of a day is the unit's, even if the day is not sound.
        said = calendar.read(table.records.cell(row, days[0].at)) if days else "date_missing"
        return unit or "" if said not in ("date_missing", "not_a_date") else ""
    return merged_above(table, row, columns[0].at)


def merged_above(table: Table, row: int, column: int) -> str:
    """Return the text of the merged cell that a cell is part of; "" where it is part of none."""
    for top, left, bottom, right in table.sheet.merged:
        if top < row <= bottom and left <= column <= right and top > table.last:
            return table.records.cell(top, left).strip()
    return ""


# ---- What a row is whose label names no area ----


@dataclass(frozen=True)
class _Asked:
    table: Table
    places: Gazetteer
    calendar: Calendar
    regular: Ints

    @property
    def records(self) -> Records:
        return self.table.records

    @property
    def subject(self) -> Subject:
        return self.table.subject

    @cached_property
    def headings(self) -> list[str]:
        return [cell.strip() for cell in self.records[self.table.last] if cell.strip()]

    def claim(self, row: int, filled: Sequence[str]) -> Claim | None:
        """Return what a short row without numbers says of the rows below it."""
        if not filled or len(filled) > 2 or self.is_counted(row):
            return None
        claim = self.subject.row(" ".join(filled), section=not self._titles(row))
        return None if claim.verdict == "silent" else claim

    def _titles(self, row: int) -> bool:
        """Whether the heading follows again: then it is the title of another table."""
        below = (at for at in range(row + 1, len(self.records)) if any(map(str.strip, self.records[at])))
        after = next(below, row)
        return after > row and self._heads_again(after, self.records[after])

    def fate(self, row: int, label: str, filled: Sequence[str]) -> Fate | None:
        """Say what a row is, None where it is blank."""
        record = self.records[row]
        if not filled:
            return None
        if self._sums(row, label, filled[0]):
            return Fate("total", "total_row")
        if self._heads_again(row, record):
            return Fate("heading", "header_row")
        counted = self.is_counted(row)
        if is_section(record) and not counted:
            return Fate("passed", "section_row")
        if is_section(record) and (is_grouping(record) or self.adds_up(row)):
            return Fate("total", "section_row")
        if self._heads_another(record):
            return Fate("table", "header_row")
        if not counted and self._is_shifted(filled):
            return Fate("held", "ragged_row")
        if not counted and not (label and self._is_numbered(row)):
            return Fate("passed", "text_row")
        return Fate("area") if label else Fate("held", "area_missing")

    def _sums(self, row: int, label: str, first: str) -> bool:
        named = any(is_total(one, self.places.words) for one in (label, first))
        return named or (bool(opens_total(label or first)) and self.adds_up(row))

    def adds_up(self, row: int) -> bool:
        """Whether a number of a row is the sum of those of areas: of all, of those above, or those below."""
        rows = self.regular.tolist()
        near = [at for at in rows if at < row] or [at for at in rows if at > row]
        under: list[int] = []
        for at in rows:
            if at == row + 1 + len(under):
                under.append(at)
        for column in self.table.counting:
            said = read_count(self.records.cell(row, column.at))
            if not isinstance(said, Number) or not said.value > 0:
                continue
            for some in (rows, near, under):
                numbers = [read_count(self.records.cell(at, column.at)) for at in some]
                counts = [one.value for one in numbers if isinstance(one, Number) and one.value >= 0]
                # One number like another is a chance; below a numeral of its own it is a group of one.
                enough = len(counts) > 1 or (some is under and has_numeral(self.records[row]))
                if enough and said.value == sum(counts):
                    return True
        return False

    def _heads_again(self, row: int, record: Sequence[str]) -> bool:
        again = bool(self.headings) and [cell.strip() for cell in record if cell.strip()] == self.headings
        return again or (is_numbering(record) and row <= self.table.last + 2)

    def _heads_another(self, record: Sequence[str]) -> bool:
        """Whether another table begins here, whose columns count other things."""
        roles = [self.subject.role(cell) for cell in record if cell.strip() and not cell.strip().isdigit()]
        return "area" in roles and any(map(is_measure, roles))

    def _is_shifted(self, filled: Sequence[str]) -> bool:
        """Whether a row without an area where areas stand has one, and numbers, elsewhere."""
        return any(isinstance(read_count(cell), Number) and cell[-1:].isdigit() for cell in filled) and any(
            not cell.strip().isdigit() and self.places.candidates(cell) for cell in filled
        )

    def is_counted(self, row: int) -> bool:
        """Whether any cell of a column of tallies says a number, or tries to."""
        return any(says_number(self.records.cell(row, column.at)) for column in self.table.counting)

    def _is_numbered(self, row: int) -> bool:
        return any(
            self.records.cell(row, column.at).strip().isdigit() for column in self.table.holding("index")
        )
