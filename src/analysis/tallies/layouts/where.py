"""Of which day and which area each row is; rows of which that is not known are held."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import numpy as np

from analysis.tallies.files.records import Ints, Texts
from analysis.tallies.layouts.outcome import EPOCH, Outcome
from analysis.tallies.layouts.page import Page, title_lines
from analysis.tallies.layouts.rows import Rows, merged_above
from analysis.tallies.layouts.table import Table
from analysis.tallies.words.dated import day_of_lines, end_of_period, is_of_signing
from analysis.tallies.words.days import Calendar, are_one_of_each_month, orders_of, reads_both_ways
from analysis.tallies.words.places import Gazetteer

UNKNOWN = -(10**9)
"""In place of a day or of an area that is not known; no day lies so far back."""


A_MONTH = 27
"""Days from the title's to the nearest of a column by which the month or year of one of them is mistyped."""


class Days(NamedTuple):
    """The days of some rows: of the i-th ``known[at[i]]``, an ordinal or the code of the failed check."""

    known: list[int | str]
    at: Ints


class Placed(NamedTuple):
    """Rows that have a day and an area in force on it: positions of areas, days since 1970."""

    rows: Ints
    areas: Ints
    days: Ints

    def taken(self, keep: "np.ndarray[tuple[int], np.dtype[np.bool_]]") -> "Placed":
        """Return some of them."""
        return Placed(*(column[keep] for column in self))


def as_ordinal(day: date | str | None) -> int | str:
    """Return a day as days since 1970, or the code of the failed check."""
    return day.toordinal() - EPOCH if isinstance(day, date) else day or "date_missing"


# ---- Days ----


def days_of(page: Page, table: Table, calendar: Calendar, rows: Rows, outcome: Outcome) -> Days:
    """Return the day of each row as an ordinal, or the code of the failed check."""
    columns = table.holding("date")
    if not columns:
        day, code = page.day_for(table, calendar)
        if code and isinstance(day, date):
            outcome.find(code, day=f"{day:%d/%m/%Y}")
        return _said_days(rows, day)
    at = columns[0].at
    said = table.records.column(at, rows.at)
    if table.sheet.merged:
        filled = enumerate(rows.at.tolist())
        said = Texts.of([said.text(nth) or merged_above(table, row, at) for nth, row in filled])
    known = {text: as_ordinal(_day_in(text, calendar)) for text in said.different}
    outcome.orders |= orders_of(known)
    _doubt_swapped(table, calendar, outcome.orders, known)
    sound = {date.fromordinal(day + EPOCH) for day in known.values() if isinstance(day, int)}
    if are_one_of_each_month(sound, calendar):
        known = {text: "month_first" if isinstance(day, int) else day for text, day in known.items()}
    _doubt_far(known)
    titles = list(title_lines(table.records, table.first))
    title = None if is_of_signing(titles) else day_of_lines(titles, calendar)
    if isinstance(title, date) and sound and min(abs((title - day).days) for day in sound) >= A_MONTH:
        known = {text: "date_conflict" if isinstance(day, int) else day for text, day in known.items()}
    if "day" not in outcome.orders:
        either = np.array([reads_both_ways(text, calendar) for text in said.different], dtype=bool)
        outcome.either += rows.at[either[said.codes]].tolist()
    return Days([known[text] for text in said.different], said.codes)


def _day_in(text: str, calendar: Calendar) -> date | str:
    """Read a cell of days; a period that one tally covers is its last day."""
    day = calendar.read(text)
    return end_of_period(text, calendar) or day if isinstance(day, str) else day


def _said_days(rows: Rows, said: date | str | None) -> Days:
    """Return the day of each row where no column gives it: by the title, or by a line between.

    A line with a day opens a part of its own where the heading follows it again, or where the title
    gives no day; otherwise which of the two days is meant is not known.
    """
    days: list[int | str] = []
    headings = rows.of("heading")
    for row in rows.at.tolist():
        line, day = next((one for one in reversed(rows.days) if one[0] < row), (row, said))
        if said not in (day, None) and not any(one in range(line, row) for one in headings):
            day = "date_conflict"
        days.append(as_ordinal(day))
    return Days(days, np.arange(len(days)))


def _doubt_swapped(table: Table, calendar: Calendar, orders: set[str], known: dict[str, int | str]) -> None:
    """Doubt days that read both ways where others of the column have the month first.

    Text such as 9/13/2023 proves the month first for all text of the column, unless other text such as
    13/9/2023 proves the day first. In a workbook either proof is against real dates: a spreadsheet of the
    other order turned into dates what it could read, and left as text what it could not.
    """
    if not orders:
        return
    for text, day in known.items():
        if not isinstance(day, int):
            continue
        is_real = table.sheet.epoch is not None and text[4:5] == "-"
        if (orders == {"month"} and reads_both_ways(text, calendar)) or (
            is_real and date.fromordinal(day + EPOCH).day <= 12
        ):
            known[text] = "month_first"


def _doubt_far(known: dict[str, int | str]) -> None:
    """Doubt a day that lies a year or more from the other days of the sheet: its year is mistyped."""
    days = np.unique([day for day in known.values() if isinstance(day, int)])
    if len(days) < 3:
        return
    steps = np.diff(days, prepend=-np.inf, append=np.inf)
    alone = np.minimum(steps[:-1], steps[1:]) >= 200
    far = set(days[alone & (np.abs(days - days[len(days) // 2]) > 300)].tolist())
    for text, day in known.items():
        if day in far:
            known[text] = "date_out_of_line"


def covered(
    outcome: Outcome, calendar: Calendar, placed: Placed
) -> tuple[Placed, "np.ndarray[tuple[int], np.dtype[np.bool_]]"]:
    """Return the rows that end no sooner than they begin, and which of them count what one tally covers."""
    begins, known = outcome.table.holding("from"), outcome.table.records
    if not begins:
        return placed, np.ones(len(placed.rows), dtype=bool)
    texts = [known.cell(row, begins[0].at) for row in placed.rows.tolist()]
    ends = [date.fromordinal(day + EPOCH) for day in placed.days.tolist()]
    spans = list(zip(map(calendar.read, texts), ends, strict=True))
    sound = np.array([not isinstance(first, date) or first <= last for first, last in spans], dtype=bool)
    for at in np.flatnonzero(~sound).tolist():
        outcome.hold(int(placed.rows[at]), "date_conflict", texts[at])
    whole = np.array([calendar.covers(*span) for span in spans], dtype=bool)
    return placed.taken(sound), whole[sound]


# ---- Areas ----


@dataclass(frozen=True)
class Placing:
    """Finds the area of each row of one table; ``candidates`` are those that each label may mean."""

    places: Gazetteer
    outcome: Outcome
    candidates: Mapping[str, Sequence[int]]

    @classmethod
    def of(cls, page: Page, outcome: Outcome, labels: Sequence[str]) -> "Placing":
        """Look some labels up; where none has an accent, the team types none."""
        accented = any(not label.isascii() for label in labels)
        found = {label: page.places.candidates(label, accented=accented) for label in labels}
        for label, several in found.items():
            if len(several) > 1:
                # The same name in forty districts: whichever of them the file is of.
                for text in page.contexts(outcome.table.first):
                    found[label] = page.places.within(found[label], text)
        return cls(page.places, outcome, found)

    def place(
        self, rows: Ints, labels: Texts, days: Days, measure: str | None = None, said: str = ""
    ) -> Placed:
        """Return the rows that have a day and an area in force on it; the others are held.

        ``said`` is what says the day of all of them, where it is no column of days.
        """
        known = np.array([UNKNOWN if isinstance(day, str) else day for day in days.known], dtype=np.int64)
        when = known[days.at]
        areas = np.where(when == UNKNOWN, UNKNOWN, self._single(labels, days))
        for position in np.flatnonzero(areas < 0).tolist():
            row, label, day = int(rows[position]), labels.text(position), days.known[days.at[position]]
            if isinstance(day, str):
                self.outcome.hold(row, day, said or self._date_text(row, day), measure)
                continue
            on = date.fromordinal(day + EPOCH)
            found = self.places.on(self.candidates[label], on)
            if isinstance(found, str):
                self._hold_area(row, found, label, on, measure)
            else:
                areas[position] = found
        self._codes_agree(rows, areas, measure)
        return Placed(rows, areas, when).taken(areas >= 0)

    def _single(self, labels: Texts, days: Days) -> Ints:
        """Return the only area that a label can mean, where it is in force on all of the days."""
        sound = [day for day in days.known if isinstance(day, int)]
        ends = [date.fromordinal(end(sound) + EPOCH) for end in (min, max) if sound]
        single = [UNKNOWN] * len(labels.different)
        for nth, label in enumerate(labels.different):
            meant = self.candidates[label]
            if len(meant) == 1 and all(map(self.places.areas[meant[0]].valid_on, ends)):
                single[nth] = meant[0]
        return np.array(single, dtype=np.int64)[labels.codes]

    def _codes_agree(self, rows: Ints, areas: Ints, measure: str | None) -> None:
        """Hold rows whose code and name mean different areas, and take their area away."""
        table = self.outcome.table
        others = table.holding("area", "code")[1:]
        for position in np.flatnonzero(areas >= 0).tolist() if others else ():
            row, area = int(rows[position]), areas[position]
            said = [text for one in others if (text := table.records.cell(row, one.at).strip())]
            if strange := [text for text in said if area not in self.places.candidates(text)]:
                self.outcome.hold(row, "code_and_name_differ", strange[0], measure)
                areas[position] = UNKNOWN

    def _date_text(self, row: int, day: str) -> str:
        table = self.outcome.table
        if columns := table.holding("date"):
            return table.records.cell(row, columns[0].at)
        titles = title_lines(table.records, table.first) if day != "date_missing" else ()
        return next((line for line in titles if any(map(str.isdigit, line))), "")

    def _hold_area(self, row: int, reason: str, label: str, day: date, measure: str | None) -> None:
        hint = self.places.suggest(label) if reason == "area_unknown" else None
        detail = {"day": f"{day:%d/%m/%Y}"}
        if reason == "area_ambiguous":
            detail["among"] = self.places.parents(self.candidates[label])
        if hint:
            detail |= {"hint_vi": f"(có phải {hint}?)", "hint_en": f"({hint}, perhaps?)"}
        self.outcome.hold(row, reason, label, measure, **detail)
