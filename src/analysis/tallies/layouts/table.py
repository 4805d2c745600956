"""A table found in a sheet: where its heading is, and what each of its columns holds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Literal, NamedTuple

from analysis.campaign import Layout
from analysis.tallies.files.child import Sheet
from analysis.tallies.files.records import Records
from analysis.tallies.words.headings import Role, is_measure
from analysis.tallies.words.subject import Subject
from analysis.tallies.words.values import are_floats


class Doubt(NamedTuple):
    """Why a column that counts something is not taken.

    ``measure`` is what two columns both claim to be, ``words`` are those by which it counts something else.
    """

    measure: str | None = None
    words: tuple[str, ...] = ()

    @property
    def reason(self) -> str:
        """The check that its cells fail."""
        return "other_subject" if self.words else "measure_unclear"


class Fate(NamedTuple):
    """What a row is; ``reason`` where it is ignored or held."""

    kind: Literal["area", "total", "heading", "table", "passed", "held"]
    reason: str = ""


class Column(NamedTuple):
    """What one column holds.

    ``day`` where its heading says of which day, or why that day cannot be read; ``of_target`` where its
    heading promises two numbers in a cell, the tally and its target: ``65.144/85.746``.
    """

    at: int
    role: Role
    heading: str
    day: date | str | None = None
    of_target: bool = False
    doubt: Doubt | None = None


@dataclass(frozen=True)
class Table:
    """A table of a sheet: records ``first`` to ``last`` (from 0) are its heading.

    Attributes
    ----------
    sheet
        With the texts that the columns point into.
    subject
        What title and sheet name say is counted.
    across
        Positions of the columns that are headed by areas.
    aside
        Rows that are known to be no tallies before any is looked at.
    declared
        The layout of the campaign by which it is read.
    """

    sheet: Sheet
    first: int
    last: int
    columns: tuple[Column, ...]
    subject: Subject
    across: tuple[int, ...] = ()
    aside: Mapping[int, Fate] = field(default_factory=dict)
    declared: Layout | None = None

    @property
    def records(self) -> Records:
        """The texts."""
        return self.sheet.records

    def holding(self, *roles: Role) -> list[Column]:
        """Return the columns that hold one of ``roles``."""
        return [column for column in self.columns if column.role in roles]

    @property
    def measures(self) -> list[Column]:
        """The columns of tallies."""
        return [column for column in self.columns if is_measure(column.role)]

    @property
    def counting(self) -> list[Column]:
        """The columns that count something, clearly what or not."""
        return [
            column
            for column in self.columns
            if is_measure(column.role) or column.role in ("unclear", "by_row")
        ]

    @cached_property
    def has_floats(self) -> bool:
        """Whether a program wrote the counts, which ends every whole number in ``.0``."""
        return any(are_floats(self.records.below(self.last, column.at)) for column in self.measures)

    def column(self, at: int) -> Column:
        """Return the column at a position."""
        return next(column for column in self.columns if column.at == at)

    def with_columns(self, columns: Sequence[Column]) -> "Table":
        """Return the same table with other columns."""
        return replace(self, columns=tuple(columns))

    def judged(self) -> "Table":
        """Doubt the columns that count something else by what title and sheet name say."""
        return self.with_columns(
            [
                column._replace(role="unclear", doubt=Doubt(words=words))
                if column in self.counting and (words := self.subject.denies(column.heading))
                else column
                for column in self.columns
            ]
        )
