"""A table of the report: raw values with the way each column is written, for every form to use."""

import math
import re
import tomllib
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache, cached_property
from importlib.resources import files
from typing import Any

import pandas as pd

from analysis import say
from analysis.campaign import Language, Text
from analysis.inert import inert, plain
from analysis.report.cells import WRITERS, Kind, as_float, as_text, parts_of
from analysis.report.words.phrases import named, phrase, word
from analysis.standing import as_date

_UNSAID = ("address", "code")
"""What a link, a program or a test needs; no reader is told it."""


@dataclass(frozen=True)
class Later:
    """A day that is only known to lie after another."""

    than: date


Cell = str | float | date | bool | Text | Later | None


@dataclass(frozen=True)
class Column:
    """One column: its key in the data, its heading, how its values are written, and where they come from."""

    key: str
    heading: Text
    kind: Kind = "text"
    source: str = ""  # the artifact's column; the key itself where it is not given

    @property
    def numeric(self) -> bool:
        """Whether the column is aligned and computed with as numbers."""
        return self.kind not in ("text", "named", "area", "measure", "window", "mark", "day", *_UNSAID)


@dataclass(frozen=True)
class Table:
    """A table of the report, one row a tuple of raw cells in the order of ``columns``."""

    key: str
    title: Text
    note: Text
    source: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    strong: int | None = None  # the row that sums the others up
    page: tuple[str, ...] = ()  # the columns that a page shows, where those are not all
    beside: Mapping[str, Sequence[str]] = field(default_factory=dict)  # by column, those in its cells

    def first(self, most: int) -> "Table":
        """Return the table with its first rows, and that which sums all of them up."""
        strong = self.rows[self.strong :] if self.strong is not None else ()
        return (
            self if len(self.rows) <= most else replace(self, rows=(*self.rows[:most], *strong), strong=None)
        )

    def written(self, language: Language, most: int | None = None) -> list[list[str]]:
        """Return every cell, or those of the first rows, as the language writes it."""
        return [
            [
                write_cell(cell, column.kind, language, width)
                for cell, column, width in zip(row, self.columns, self.widths(row), strict=True)
            ]
            for row in self.rows[:most]
        ]

    @cached_property
    def _ends(self) -> tuple[tuple[int, int] | None, ...]:
        """The columns that end the interval which each column is in: its own, or that it is an end of."""
        at = {column.key: number for number, column in enumerate(self.columns)}
        prefixes = [re.sub(r"_?(low|high)$", "", column.key) for column in self.columns]
        prefixes = ["" if one == "estimate" else one and f"{one}_" for one in prefixes]
        ends = [(at.get(f"{one}low"), at.get(f"{one}high")) for one in prefixes]
        return tuple(None if low is None or high is None else (low, high) for low, high in ends)

    def widths(self, row: Sequence[Cell]) -> list[float | None]:
        """Return the width of the interval that each cell of a row belongs to."""
        if not any(self._ends):
            return [None] * len(row)
        pairs = [(row[one[0]], row[one[1]]) if one else (None, None) for one in self._ends]
        return [
            high - low if isinstance(low, float) and isinstance(high, float) else None for low, high in pairs
        ]

    def in_words(self, language: Language) -> pd.DataFrame:
        """Return the written cells under their headings, for a notebook."""
        shown = self.shown()
        headings = [self.columns[at].heading(language) for at in shown]
        return pd.DataFrame([[row[at] for at in shown] for row in self.written(language)], columns=headings)

    def frame(self) -> pd.DataFrame:
        """Return the raw cells as a frame for a CSV file: numbers as numbers, words in English."""
        rows = [[_plain(cell) for cell in row] for row in self.rows]
        return pd.DataFrame(rows, columns=[column.key for column in self.columns])

    def shown(self, only: Collection[str] = ()) -> list[int]:
        """Return the positions of the columns for a reader: those named, or all in words; none empty."""
        return [
            at for at, column in enumerate(self.columns)
            if (column.key in only if only else column.kind not in _UNSAID) and not self._empty(at)
        ]  # fmt: skip

    def printed(self) -> list[int]:
        """Return the positions of the columns of a workbook: those for a reader, and who says so."""
        keys = [column.key for column in self.columns]
        return sorted({*self.shown(), *(keys.index(one) for one in ("source",) if one in keys)})

    def _empty(self, at: int) -> bool:
        """Whether there are rows and none has anything in a column."""
        cells = [row[at] for row in self.rows]
        return bool(cells) and all(
            cell is None or cell == "" or (isinstance(cell, float) and math.isnan(cell)) for cell in cells
        )

    def address(self, row: int) -> str:
        """Return the address of a row's source, where it has one that a browser may open."""
        found = [cell for cell, column in zip(self.rows[row], self.columns, strict=True)
                 if column.kind == "address" and isinstance(cell, str)]  # fmt: skip
        return next((one for one in found if one.startswith(("https://", "http://"))), "")

    def column(self, key: str) -> list[Cell]:
        """Return the raw cells of one column."""
        at = [column.key for column in self.columns].index(key)
        return [row[at] for row in self.rows]


Reader = Callable[[Mapping[str, Any]], Cell]
"""What makes a cell of a row of an artifact."""


def columns(spec: str) -> tuple[Column, ...]:
    """Read columns from words such as ``area extra:estimate=extra_persons file>from_file``.

    Each is a key, the kind its values are written in (text), the artifact's column (the key), and the phrase
    of its heading (``head_`` and the key).
    """
    return tuple(
        Column(key, phrase(f"head_{heading or key}"), kind, source)
        for key, kind, source, heading in parts_of(spec, "text")
    )


@cache
def declared() -> Mapping[str, Mapping[str, Any]]:
    """Return what ``tables.toml`` says of every table."""
    return tomllib.loads(files("analysis.report").joinpath("tables.toml").read_text(encoding="utf-8"))


def table_of(key: str, rows: pd.DataFrame | Iterable[Mapping[str, Any]], **special: Reader) -> Table:
    """Return a declared table of an artifact's rows.

    Parameters
    ----------
    key
        Its name in ``tables.toml``.
    rows
        Of the artifact.
    special
        By key of a column, what is more than a cell of the artifact.
    """
    said = declared()[key]
    shown, title = columns(said["columns"]), said.get("title", f"table_{key}")
    readers = [special.get(one.key) or _reader(one) for one in shown]
    given: Iterable[Any] = rows.to_dict("records") if isinstance(rows, pd.DataFrame) else rows
    made = tuple(tuple(read(row) for read in readers) for row in given)
    own, notes = said.get("key", key), said.get("notes", said.get("title", f"table_{key}"))
    page, beside = tuple(said.get("page", "").split()), said.get("beside", {})
    return Table(
        own, phrase(title), phrase(f"{notes}_note"), said["source"], shown, made, page=page, beside=beside
    )


def _reader(column: Column) -> Reader:
    if column.kind == "window":
        return window_words
    if column.kind == "named":  # of the artifacts, in words where the report has any
        return lambda row: named(column.key, str(row[column.source]))
    read = as_date if column.kind == "day" else as_float if column.numeric else as_text
    return lambda row: read(row.get(column.source))


def window_words(row: Mapping[Any, Any]) -> Text | None:
    """Say a window of days from the push, one day as one."""
    first, last = row["first_day"], row["last_day"]
    if as_float(first) is None or as_float(last) is None:
        return None
    if first == last == 0:
        return Text({to: text.capitalize() for to, text in phrase("window_short_day").items()})
    said = {}
    for to, text in phrase("window_short_days").items():
        ends = {key: say.count(float(row[key]), to) for key in ("first_day", "last_day")}
        said[to] = text.format(first=ends["first_day"], last=ends["last_day"]).capitalize()
    return Text(said)


def _plain(cell: Cell) -> Cell:
    """Return a cell as a CSV file holds it."""
    if isinstance(cell, Text):
        return cell.en
    if isinstance(cell, Later):
        return f"after {cell.than.isoformat()}"
    return plain(cell) if isinstance(cell, str) else cell


def write_cell(cell: Cell, kind: Kind, language: Language, width: float | None = None) -> str:
    """Write one cell; a dash where there is nothing, a mark where something holds.

    An estimate is written as finely as its interval is wide.
    """
    if kind == "mark":
        return "▲" if cell else ""
    if cell is None or (isinstance(cell, float) and math.isnan(cell)):
        return "–"
    if isinstance(cell, Text):
        return cell(language)
    if isinstance(cell, date):
        return say.table_day(cell, language)
    if isinstance(cell, Later):
        return word("after_day", language).format(day=say.table_day(cell.than, language))
    if kind == "estimate" and isinstance(cell, float):
        return say.significant(cell, language, width)
    writer = WRITERS.get(kind)
    return writer(cell, language) if writer else inert(str(cell))
