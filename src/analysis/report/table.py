"""A table of the report: raw values with the way each column is written, for every form to use."""

import math
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import pandas as pd

from analysis.campaign import Text
from analysis.report import words
from analysis.report.words import Language
from analysis.report.words.inert import inert
from analysis.report.words.phrases import phrases

Kind = Literal[
    "text", "count", "signed", "share", "probability", "estimate", "p_value", "rate", "plain", "percent",
    "day", "mark", "trend", "address",
]  # fmt: skip
Cell = str | float | date | bool | Text | tuple[float, ...] | None


@dataclass(frozen=True)
class Column:
    """One column: its key in the data, its heading, and how its values are written."""

    key: str
    heading: Text
    kind: Kind = "text"

    @property
    def numeric(self) -> bool:
        """Whether the column is aligned and computed with as numbers."""
        return self.kind not in ("text", "mark", "day", "trend", "address")


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

    def written(self, language: Language) -> list[list[str]]:
        """Return every cell as the language writes it."""
        return [
            [write_cell(cell, column.kind, language) for cell, column in zip(row, self.columns, strict=True)]
            for row in self.rows
        ]

    def frame(self) -> pd.DataFrame:
        """Return the raw cells as a frame for a CSV file: numbers as numbers, words in English, no trends."""
        kept = [at for at, column in enumerate(self.columns) if column.kind != "trend"]
        rows = [[_plain(row[at]) for at in kept] for row in self.rows]
        return pd.DataFrame(rows, columns=[self.columns[at].key for at in kept])

    def shown(self, only: Collection[str] = ()) -> list[int]:
        """Return the positions of the columns for a reader: those named, or all but addresses."""
        return [
            at for at, column in enumerate(self.columns)
            if (column.key in only if only else column.kind != "address")
        ]  # fmt: skip

    def column(self, key: str) -> list[Cell]:
        """Return the raw cells of one column."""
        at = [column.key for column in self.columns].index(key)
        return [row[at] for row in self.rows]


def show_table(table: Table, language: Language) -> str:
    """Write a table as plain text with aligned columns, for a notebook."""
    shown = [at for at in table.shown() if table.columns[at].kind != "trend"]
    headings = [table.columns[at].heading(language) for at in shown]
    rows = [[row[at] for at in shown] for row in table.written(language)]
    return str(pd.DataFrame(rows, columns=headings).to_string(index=False))


_WRITERS: Mapping[str, Callable[[Any, Language], str]] = {
    "count": words.count,
    "signed": words.signed,
    "share": words.percent,
    "probability": words.probability,
    "estimate": words.significant,
    "p_value": words.p_value,
    "rate": lambda value, language: words.decimal(value, language, 1),
    "plain": words.as_printed,
    "percent": lambda value, language: words.percent(value, language, 0),
}


def _plain(cell: Cell) -> Cell:
    """Return a cell as a CSV file holds it; a text that a spreadsheet would take for a formula is quoted."""
    if isinstance(cell, Text):
        return cell.en
    if isinstance(cell, str):
        text = inert(cell)
        return f"'{text}" if text[:1] in ("=", "+", "-", "@") else text
    return cell


def write_cell(cell: Cell, kind: Kind, language: Language) -> str:
    """Write one cell; a dash where there is nothing, a mark where something holds."""
    if kind == "mark":
        return "▲" if cell else ""
    if isinstance(cell, tuple):
        return ""
    if cell is None or (isinstance(cell, float) and math.isnan(cell)):
        return "–"
    if isinstance(cell, Text):
        return cell(language)
    if isinstance(cell, date):
        return words.table_day(cell, language)
    writer = _WRITERS.get(kind)
    return writer(cell, language) if writer else inert(str(cell))


def measure_name(measure: str) -> Text | str:
    """Return a measure in words where the report knows it."""
    return phrases().get(f"metric_{measure}", measure)
