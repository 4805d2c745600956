"""A row a measure, a column an area: the day stands in the title, what is counted in the first column.

Seen in situation reports (cmrivers/ebola: indicators down, places across) and in forms to fill in.
"""

import numpy as np

from analysis.tallies.layouts.counts import take_said
from analysis.tallies.layouts.kinds.areas_across import LEAST_AREAS, areas_in
from analysis.tallies.layouts.outcome import Outcome
from analysis.tallies.layouts.page import Page
from analysis.tallies.layouts.rows import Rows
from analysis.tallies.layouts.table import Column, Table
from analysis.tallies.layouts.where import days_of
from analysis.tallies.words.headings import is_measure
from analysis.tallies.words.subject import Subject
from analysis.tallies.words.values import says_number

ORDER = 4


def recognise(page: Page, subject: Subject) -> Table | None:
    """Return the table with areas for headings and, before them, a column whose cells name measures."""
    for at, record in enumerate(page.top):
        areas = areas_in(page, record)
        if len(areas) < LEAST_AREAS or not areas[0]:
            continue
        named = areas[0] - 1
        if any(is_measure(subject.role(text)) for text in page.records.below(at, named)):
            roles = dict.fromkeys(areas, "by_row") | {named: "content"}
            columns = tuple(
                Column(column, roles.get(column, "other"), cell.strip()) for column, cell in enumerate(record)
            )
            return Table(page.sheet, at, at, columns, subject, areas)
    return None


def cells(page: Page, table: Table) -> Outcome:
    """Read each row as the measure that it names; a row that counts anything else is held."""
    outcome, records, named = Outcome(table), table.records, table.across[0] - 1
    said: dict[int, str] = {}
    for row in range(table.last + 1, len(records)):
        cells = [records.cell(row, at) for at in table.across]
        counted = any(says_number(cell) or any(map(str.isdigit, cell)) for cell in cells)
        text = records.cell(row, named).strip()
        claim, role, denied = table.subject.row(text), table.subject.role(text), table.subject.denies(text)
        if not counted:
            outcome.ignore([row] if any(map(str.strip, records[row])) else [], "text_row")
        elif is_measure(role) and claim.verdict in ("own", "silent") and not denied:
            said[row] = role
        else:
            outcome.hold(row, "other_subject", heading=text, words=", ".join(denied or claim.words) or text)
    at = np.array(list(said), dtype=np.int64)
    rows = Rows(at, records.column(named, at))
    days = days_of(page, table, page.calendar_for(table), rows, outcome)
    take_said(page, outcome, rows, days, said, [table.column(at) for at in table.across])
    return outcome
