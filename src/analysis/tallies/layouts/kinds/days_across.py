"""A column a day: the heading of each says of which, the title what they count."""

import numpy as np

from analysis.tallies.layouts.counts import hold_doubted, take
from analysis.tallies.layouts.heading import upright_table
from analysis.tallies.layouts.outcome import Outcome
from analysis.tallies.layouts.page import Page
from analysis.tallies.layouts.rows import Rows
from analysis.tallies.layouts.table import Table
from analysis.tallies.layouts.typed import typed
from analysis.tallies.layouts.where import Days, Placing, as_ordinal
from analysis.tallies.words.subject import Subject

ORDER = 1


def recognise(page: Page, subject: Subject) -> Table | None:
    """Return the table that has areas down its side, and a day over every column that counts."""
    table = upright_table(page, subject)
    measures = table.measures if table else []
    return table if measures and all(column.day is not None for column in measures) else None


def cells(page: Page, table: Table) -> Outcome:
    """Read each column as of the day that its heading says."""
    outcome, _, rows, _ = typed(page, table)
    take_dated(page, outcome, Placing.of(page, table, outcome, rows.labels.different), rows)
    hold_doubted(outcome, rows.at)
    return outcome


def take_dated(page: Page, outcome: Outcome, placing: Placing, rows: Rows) -> None:
    """Read the columns of a table whose headings give their day."""
    for column in outcome.table.measures:
        if column.day is not None:
            days = Days([as_ordinal(column.day)], np.zeros(len(rows.at), dtype=np.int64))
            placed = placing.place(rows.at, rows.labels, days, column.role)
            take(page.register, outcome, column.at, column.role, placed)
