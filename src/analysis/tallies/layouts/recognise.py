"""Which layout a sheet has: each is asked in turn, first of the sheet alone, then knowing its title."""

from typing import NamedTuple

from analysis.tallies.layouts.kinds import KINDS, Kind
from analysis.tallies.layouts.page import Page
from analysis.tallies.layouts.table import Table
from analysis.tallies.words.subject import Subject


class Recognised(NamedTuple):
    """A table, and the layout that knows how to read it."""

    kind: Kind
    table: Table


def recognised(page: Page) -> Recognised | None:
    """Return the first layout that sees a table in a sheet; raises Unreadable where a declared one fails."""
    found: Recognised | None = page.remembered("recognised", lambda: _asked(page))
    return found


def _asked(page: Page) -> Recognised | None:
    found = _first(page, page.register.subject)
    if found is None or found.table.declared:
        return found
    return _first(page, page.subject_above(found.table.first))


def _first(page: Page, subject: Subject) -> Recognised | None:
    for kind in KINDS:
        if (table := kind.recognise(page, subject)) is not None:
            return Recognised(kind, table)
    return None


def table_of(page: Page) -> Table | None:
    """Return the table of a sheet."""
    found = recognised(page)
    return found.table if found else None
