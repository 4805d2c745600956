"""A row an area: what each column counts stands in its heading, the day there too or in the row."""

from analysis.tallies.layouts.counts import hold_doubted, take, take_dated
from analysis.tallies.layouts.heading import upright_table
from analysis.tallies.layouts.outcome import Outcome
from analysis.tallies.layouts.page import Page
from analysis.tallies.layouts.table import Table
from analysis.tallies.layouts.typed import typed
from analysis.tallies.layouts.where import Placing, covered, days_of
from analysis.tallies.words.subject import Subject

ORDER = 1


def recognise(page: Page, subject: Subject) -> Table | None:
    """Return the table that has areas down its side, and columns that count."""
    return upright_table(page, subject)


def cells(page: Page, table: Table) -> Outcome:
    """Read the columns without a day of their own by the day of the row, the others by their own."""
    outcome, calendar, rows, _ = typed(page, table)
    columns, counted = [one for one in table.measures if one.day is None], rows.at
    if columns:
        placing = Placing.of(page, outcome, rows.labels.different)
        placed = placing.place(rows.at, rows.labels, days_of(page, table, calendar, rows, outcome))
        placed, whole = covered(outcome, calendar, placed)
        for column in columns:
            of_period = page.register.kinds[column.role] == "period"
            for row in placed.rows[~whole].tolist() if of_period else ():
                outcome.hold(row, "date_is_period", table.records.cell(row, column.at), column.role)
            part = placed.taken(whole) if of_period else placed
            take(page.register, outcome, column.at, column.role, part)
        counted = placed.rows
    take_dated(page, outcome, rows)
    silent = hold_doubted(outcome, counted)
    if not table.measures:
        outcome.ignore(silent, "text_row")
    return outcome
