"""Sheets laid on their side: one row a day, one column an area."""

from collections.abc import Callable

from analysis.tallies.headings import Role
from analysis.tallies.records import Records
from analysis.tallies.sheet import FARTHEST, Column, Table, is_total, judged
from analysis.tallies.words.subject import Subject

LEAST_AREAS = 2
"""One area beside a column of days is a table of that area, not a sheet on its side."""


def find_across(records: Records, is_area: Callable[[str], bool], subject: Subject) -> Table | None:
    """Find the table of a sheet with areas for headings beside a column of days.

    Parameters
    ----------
    records
        All records of the sheet.
    is_area
        Whether a heading names an area.
    subject
        What title and sheet name say that all the columns count.
    """
    for at, record in enumerate(records[:FARTHEST]):
        areas = {column for column, cell in enumerate(record) if cell.strip() and is_area(cell)}
        if len(areas) < LEAST_AREAS or "date" not in map(subject.role, record):
            continue
        columns = tuple(
            Column(column, subject.wide, None, cell.strip(), is_area=True)
            if column in areas
            else Column(column, _other(cell, subject), None, cell.strip())
            for column, cell in enumerate(record)
        )
        return judged(Table(at, at, columns), subject)
    return None


def _other(heading: str, subject: Subject) -> Role:
    """Return what a column that is no area's holds: days, numbers of lines, totals, or nobody knows what."""
    role = subject.role(heading)
    if role in ("date", "index", "unnamed", "content", "part"):
        return role
    return "other" if is_total(heading) else "unknown"
