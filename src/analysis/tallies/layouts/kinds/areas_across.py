"""A column an area, a row a day: the title, or a column of contents, says what is counted."""

import numpy as np

from analysis.tallies.layouts.counts import hold_doubted, take_said
from analysis.tallies.layouts.outcome import Outcome
from analysis.tallies.layouts.page import Page
from analysis.tallies.layouts.table import Column, Table
from analysis.tallies.layouts.typed import typed
from analysis.tallies.layouts.where import days_of
from analysis.tallies.words.headings import Role, is_measure
from analysis.tallies.words.labels import is_total
from analysis.tallies.words.subject import Subject

ORDER = 3
LEAST_AREAS = 2
"""One area beside a column of days is a table of that area, not a sheet on its side."""


def recognise(page: Page, subject: Subject) -> Table | None:
    """Return the table with areas for headings beside a column of days."""
    for at, record in enumerate(page.top):
        areas = areas_in(page, record)
        if len(areas) >= LEAST_AREAS and "date" in map(subject.role, record):
            columns = tuple(
                Column(column, subject.wide if column in areas else _other(cell, subject), cell.strip())
                for column, cell in enumerate(record)
            )
            return Table(page.sheet, at, at, columns, subject, areas).judged()
    return None


def areas_in(page: Page, record: list[str]) -> tuple[int, ...]:
    """Return the positions of the cells that name an area."""
    return tuple(at for at, cell in enumerate(record) if cell.strip() and page.places.candidates(cell))


def _other(heading: str, subject: Subject) -> Role:
    """Return what a column that is no area's holds: days, numbers of lines, totals, or nobody knows what."""
    role = subject.role(heading)
    if role in ("date", "index", "unnamed", "content", "part"):
        return role
    return "other" if is_total(heading) else "unknown"


def cells(page: Page, table: Table) -> Outcome:
    """Read each column as of its area; a row that says itself what it counts counts that."""
    outcome, calendar, rows, said = typed(page, table)
    usual = table.column(table.across[0]).role
    counts = np.array([is_measure(said.get(row, usual)) for row in rows.at.tolist()], dtype=bool)
    outcome.ignore(hold_doubted(outcome, rows.at[~counts]), "text_row")
    rows = rows.kept(counts)
    days = days_of(page, table, calendar, rows, outcome)
    said = {row: said.get(row, usual) for row in rows.at.tolist()}
    take_said(page, outcome, rows, days, said, [table.column(at) for at in table.across])
    return outcome
