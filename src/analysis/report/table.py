"""A table of the report: raw values with the way each column is written, for every form to use."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import pandas as pd

from analysis.campaign import Text
from analysis.report import words
from analysis.report.words import Language
from analysis.report.words.phrases import phrases

Kind = Literal[
    "text", "count", "signed", "share", "probability", "estimate", "p_value", "rate", "plain", "day", "mark",
    "trend",
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
        return self.kind not in ("text", "mark", "day", "trend")


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

    def column(self, key: str) -> list[Cell]:
        """Return the raw cells of one column."""
        at = [column.key for column in self.columns].index(key)
        return [row[at] for row in self.rows]


def show_table(table: Table, language: Language) -> str:
    """Write a table as plain text with aligned columns, for a notebook."""
    headings = [getattr(column.heading, language) for column in table.columns]
    frame = pd.DataFrame(table.written(language), columns=headings)
    return str(frame.to_string(index=False))


_WRITERS: Mapping[str, Callable[[Any, Language], str]] = {
    "count": words.count,
    "signed": words.signed,
    "share": words.percent,
    "probability": words.probability,
    "estimate": words.significant,
    "p_value": words.p_value,
    "rate": lambda value, language: words.decimal(value, language, 1),
    "plain": words.as_printed,
}


def write_cell(cell: Cell, kind: Kind, language: Language) -> str:
    """Write one cell; a dash where there is nothing, a mark where something holds."""
    if kind == "mark":
        return "▲" if cell else ""
    if isinstance(cell, tuple):
        return ""
    if cell is None or (isinstance(cell, float) and math.isnan(cell)):
        return "–"
    if isinstance(cell, Text):
        return str(getattr(cell, language))
    if isinstance(cell, date):
        return words.day(cell, language)
    writer = _WRITERS.get(kind)
    return writer(cell, language) if writer else str(cell)


def measure_name(measure: str) -> Text | str:
    """Return a measure in words where the report knows it."""
    return phrases().get(f"metric_{measure}", measure)
