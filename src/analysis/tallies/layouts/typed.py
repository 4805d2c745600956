"""Rows of a table as people type it: those that are whole, of the campaign's subject, and no mere parts."""

from collections.abc import Mapping

import numpy as np

from analysis.tallies.files.records import Ints, Records
from analysis.tallies.layouts.outcome import Outcome
from analysis.tallies.layouts.page import Page
from analysis.tallies.layouts.parts import split_by, wholes
from analysis.tallies.layouts.rows import Rows, record_others, rows_of
from analysis.tallies.layouts.table import Table
from analysis.tallies.words.days import Calendar
from analysis.tallies.words.headings import is_measure
from analysis.tallies.words.titles import SILENT


def typed(page: Page, table: Table) -> tuple[Outcome, Calendar, Rows, dict[int, str]]:
    """Sort the rows of a table; what is none of an area's tally ends in the outcome.

    Returns its rows of areas, and the measure of those that say it themselves.
    """
    outcome, calendar = Outcome(table), page.calendar_for(table)
    rows = _of_one_piece(table, sorted_rows(page, table, calendar, outcome), outcome)
    rows = _whole(table, rows, outcome)
    rows, said = _of_subject(table, rows, outcome)
    return outcome, calendar, rows, said


def sorted_rows(page: Page, table: Table, calendar: Calendar, outcome: Outcome) -> Rows:
    """Return the rows of areas that the sheet shows and no other table has; the others end in the outcome."""
    rows = rows_of(page, table, calendar)
    record_others(rows, outcome)
    hidden, struck = table.sheet.hidden_rows, table.sheet.struck_rows
    odd = {row: "hidden_row" for row in rows.at.tolist() if row in hidden} if hidden else {}
    odd |= (
        {row: "struck_out" for row in rows.at.tolist() if row in struck and row not in odd} if struck else {}
    )
    if others := rows.of("table"):
        odd |= dict.fromkeys(rows.at[rows.at > others[0]].tolist(), "second_table")
    return _without(rows, odd, outcome)


def _of_one_piece(table: Table, rows: Rows, outcome: Outcome) -> Rows:
    """Hold rows of a text file with cells too few or too many."""
    if table.sheet.name is not None:
        return rows
    needed = max((column.at for column in table.counting), default=0)
    return _without(rows, ragged(table.records, rows.at, table.last, needed), outcome)


def ragged(records: Records, rows: Ints, heading: int, needed: int) -> dict[int, str]:
    """Return the rows without a cell that is needed, or with one beyond the width of the heading."""
    width, found = int(records.widths[heading]), {}
    for row in rows[records.widths[rows] != width].tolist():
        record = records[row]
        if len(record) <= needed or any(cell.strip() for cell in record[width:]):
            found[row] = "ragged_row"
    return found


def _without(rows: Rows, odd: Mapping[int, str], outcome: Outcome) -> Rows:
    for row, reason in odd.items():
        outcome.hold(row, reason)
    return rows.kept(~np.isin(rows.at, list(odd))) if odd else rows


def _whole(table: Table, rows: Rows, outcome: Outcome) -> Rows:
    """Hold rows that are parts of an area's number: of one sex, age, dose, maker or level."""
    keep = np.ones(len(rows.at), dtype=bool)
    for column in split_by(table, rows):
        keep &= (whole := wholes(table.records, column, rows.at))
        for row in rows.at[~whole].tolist():
            text = table.records.cell(row, column.at)
            outcome.hold(row, "part_of_whole", text, heading=column.heading)
    return rows if keep.all() else rows.kept(keep)


def _of_subject(table: Table, rows: Rows, outcome: Outcome) -> tuple[Rows, dict[int, str]]:
    """Hold rows that a section above, or a cell of contents, says to count something else.

    Returns the others, and the measure of each whose cell of contents names one.
    """
    contents, said = table.holding("content"), dict[int, str]()
    if not contents and not rows.claims:
        return rows, said
    keep = np.ones(len(rows.at), dtype=bool)
    for position, row in enumerate(rows.at.tolist()):
        text = next(filter(None, (table.records.cell(row, one.at).strip() for one in contents)), "")
        above = next((claim for at, claim in reversed(rows.claims) if at < row), SILENT)
        claim = table.subject.row(text) if text else above
        role = table.subject.role(text) if text else "unnamed"
        denied = table.subject.denies(text) if text else ()
        if not denied and is_measure(role) and claim.verdict in ("own", "silent"):
            said[row] = role
        elif denied or claim.verdict in ("other", "several") or (text and claim.verdict != "own"):
            keep[position] = False
            outcome.hold(row, "other_subject", heading=text, words=", ".join(denied or claim.words) or text)
    return rows.kept(keep), said
