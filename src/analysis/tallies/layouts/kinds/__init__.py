"""Layouts, one file each; and which one a sheet has.

A layout is a module with ``ORDER``, the turn in which it is asked; ``recognise(page, subject)``, which
returns the table that it sees in a sheet, or None; and ``cells(page, table)``, which returns what the rows of
that table come to. Whatever file lies here is asked: a new layout is one new file.
"""

from importlib import import_module
from pkgutil import iter_modules
from typing import NamedTuple, Protocol, cast

from analysis.tallies.layouts.outcome import Outcome
from analysis.tallies.layouts.page import Page
from analysis.tallies.layouts.table import Table
from analysis.tallies.words.subject import Subject


class Kind(Protocol):
    """A way in which sheets are laid out."""

    ORDER: int

    def recognise(self, page: Page, subject: Subject) -> Table | None:
        """Return the table of a sheet that is laid out so; ``subject`` is what its title says is counted."""

    def cells(self, page: Page, table: Table) -> Outcome:
        """Return what the rows of such a table come to."""


KINDS = sorted(
    (cast(Kind, import_module(f"{__name__}.{one.name}")) for one in iter_modules(__path__)),
    key=lambda kind: kind.ORDER,
)
"""All of them, in the order in which they are asked."""


class Recognised(NamedTuple):
    """A table, and the layout that knows how to read it."""

    kind: Kind
    table: Table


def recognised(page: Page) -> Recognised | None:
    """Return the first layout that sees a table in a sheet, asked once more with what its title says.

    Raises Unreadable where a declared one fails.
    """
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
