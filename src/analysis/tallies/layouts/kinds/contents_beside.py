"""A row an area, day and measure: one column says what is counted, another one how many.

Seen in data sets laid out for machines (cmrivers/ebola, the long tables of health ministries).
"""

from analysis.tallies.layouts.counts import take_said
from analysis.tallies.layouts.outcome import Outcome
from analysis.tallies.layouts.page import Page
from analysis.tallies.layouts.table import Column, Table
from analysis.tallies.layouts.typed import typed
from analysis.tallies.layouts.where import days_of
from analysis.tallies.words.headings import is_measure
from analysis.tallies.words.subject import Subject
from analysis.tallies.words.values import Number, read_count

ORDER = 5


def recognise(page: Page, subject: Subject) -> Table | None:
    """Return the table with a column that names measures and a single one of numbers beside it."""
    for at, record in enumerate(page.top):
        roles = [subject.role(cell) for cell in record]
        if "content" not in roles or not {"area", "code"} & set(roles):
            continue
        named = roles.index("content")
        numbers = [
            column
            for column, role in enumerate(roles)
            if role in ("unknown", "unclear") and _are_counts(page.records.below(at, column))
        ]
        if len(numbers) == 1 and any(map(is_measure, map(subject.role, page.records.below(at, named)))):
            roles[numbers[0]] = "by_row"
            columns = (
                Column(*one) for one in zip(range(len(roles)), roles, map(str.strip, record), strict=True)
            )
            return Table(page.sheet, at, at, tuple(columns), subject)
    return None


def _are_counts(texts: list[str]) -> bool:
    said = [read_count(text) for text in texts if text.strip()]
    return bool(said) and 2 * sum(isinstance(one, Number) for one in said) > len(said)


def cells(page: Page, table: Table) -> Outcome:
    """Read each row as the measure that it names; a row that counts anything else is held."""
    outcome, calendar, rows, said = typed(page, table)
    number = table.holding("by_row")[0]
    for row in rows.at.tolist():
        if row not in said:
            outcome.hold(row, "measure_unclear", heading=number.heading)
    take_said(page, outcome, rows, days_of(page, table, calendar, rows, outcome), said, [number])
    return outcome
