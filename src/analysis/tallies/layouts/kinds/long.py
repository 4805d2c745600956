"""A row an area and day: what each column counts stands in its heading."""

from analysis.tallies.layouts.counts import hold_doubted, take
from analysis.tallies.layouts.heading import upright_table
from analysis.tallies.layouts.kinds.days_across import take_dated
from analysis.tallies.layouts.outcome import Outcome
from analysis.tallies.layouts.page import Page
from analysis.tallies.layouts.table import Table
from analysis.tallies.layouts.typed import typed
from analysis.tallies.layouts.where import Placing, days_of
from analysis.tallies.words.headings import is_measure
from analysis.tallies.words.subject import Subject

ORDER = 2


def recognise(page: Page, subject: Subject) -> Table | None:
    """Return the table that has areas down its side, and a column that counts whatever day the row says."""
    return upright_table(page, subject)


def cells(page: Page, table: Table) -> Outcome:
    """Read the columns without a day of their own by the day of the row, the others by their own."""
    outcome, calendar, rows, _ = typed(page, table)
    columns = [one for one in table.measures if one.day is None]
    placing = Placing.of(page, table, outcome, rows.labels.different)
    if columns:
        placed = placing.place(rows.at, rows.labels, days_of(page, table, calendar, rows, outcome))
        for column in columns:
            assert is_measure(column.role)  # noqa: S101 - for the type checker
            take(page.register, outcome, column.at, column.role, placed)
        hold_doubted(outcome, placed.rows)
    else:
        outcome.ignore(hold_doubted(outcome, rows.at), "text_row")
    take_dated(page, outcome, placing, rows)
    return outcome
