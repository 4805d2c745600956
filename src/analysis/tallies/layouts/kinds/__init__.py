"""Layouts, one file each.

A layout is a module with ``ORDER``, the turn in which it is asked; ``recognise(page, subject)``, which
returns the table that it sees in a sheet, or None; and ``cells(page, table)``, which returns what the rows of
that table come to. Whatever file lies here is asked: a new layout is one new file.
"""

from importlib import import_module
from pkgutil import iter_modules
from typing import Protocol, cast

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
