"""One content for several forms: sections of blocks, already in words, that a form only has to lay out."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import ClassVar, Literal

import pandas as pd
from matplotlib.figure import Figure

from analysis import say
from analysis.campaign import Language
from analysis.report.figures import style
from analysis.report.table import Cell, Column, Table
from analysis.report.typeset import seen
from analysis.report.words.phrases import word


@dataclass(frozen=True)
class Paragraph:
    """Running text; ``lead`` begins it in bold."""

    kind: ClassVar = "paragraph"
    text: str
    lead: str = ""


@dataclass(frozen=True)
class Caution:
    """What a reader must not miss."""

    kind: ClassVar = "caution"
    text: str


@dataclass(frozen=True)
class Picture:
    """A figure with its caption and its text alternative; ``name`` is its file and its id.

    ``draw`` takes a ``width`` in inches: a phone gets a picture of its own, no shrunken one. ``data`` are the
    numbers that are drawn, for a file beside it.
    """

    kind: ClassVar = "picture"
    name: str
    draw: Callable[..., Figure]
    caption: str
    alt: str
    data: pd.DataFrame
    wide: bool = False  # so dense that a desk gives it the whole width

    @cached_property
    def figure(self) -> Figure:
        """The picture as wide as a desk's."""
        return self.draw(width=style.WIDE)

    @cached_property
    def svg(self) -> str:
        """The picture as one SVG element, drawn once for all forms."""
        return style.to_svg(self.figure, self.name, self.alt)

    @cached_property
    def narrow_svg(self) -> str:
        """The picture drawn for a phone or a narrow column."""
        return style.to_svg(self.draw(width=style.NARROW), f"{self.name}-narrow", self.alt)

    @cached_property
    def png(self) -> bytes:
        """The picture as PNG: the same drawing, seen."""
        return seen(self.svg, style.WIDE)


@dataclass(frozen=True)
class Grid:
    """A table of the report with the columns of its page, and at most ``most`` rows."""

    kind: ClassVar = "grid"
    table: Table
    most: int | None = None

    def laid(self, language: Language) -> "Laid":
        """Return what a form shows: the first rows in words, and where the others are."""
        table, at = self.table, {column.key: number for number, column in enumerate(self.table.columns)}
        joined = {key for keys in table.beside.values() for key in keys}
        first = table if self.most is None else table.first(self.most)  # of what is left out no column stays
        shown = [one for one in first.shown(table.page) if table.columns[one].key not in joined]
        columns, written = [table.columns[one] for one in shown], table.written(language, self.most)
        newest = None if table.strong is None else table.rows[table.strong]

        def added(key: str, row: int) -> str:
            said = []
            for one in (at[key] for key in table.beside.get(key, ())):
                column, cell, text = table.columns[one].key, table.rows[row][one], written[row][one]
                if cell is not None and text not in ("", "–"):
                    known = newest[one] if newest else None
                    said.append(_aside(column, cell, text, known, language))
            return "–".join(filter(None, said))

        kept, whole = range(len(written)), len(written) == len(table.rows)
        return Laid(
            title=table.title(language),
            note=table.note(language),
            columns=columns,
            headings=[column.heading(language) for column in columns],
            right=[column.numeric or column.kind == "day" for column in columns],
            rows=[[written[row][one] for one in shown] for row in kept],
            beside=[[added(column.key, row) for column in columns] for row in kept],
            cells=[[table.rows[row][one] for one in shown] for row in kept],
            links=[table.address(row) for row in kept],
            strong=table.strong if whole else None,
            rest="" if whole else word("rest_in_workbook", language).format(title=table.title(language)),
        )


def _aside(key: str, cell: Cell, text: str, newest: Cell, language: Language) -> str:
    """Write what stands beside a number: the day it is of where that is older, how many ranks it moved."""
    if key == "mobilised":
        return text
    if key == "day":
        return say.short_day(cell, language) if isinstance(cell, date) and cell != newest else ""
    if key == "moved" and cell == 0:
        return ""
    if key == "moved":
        return f"{style.MARK if isinstance(cell, float) and cell > 0 else '▼'}{text.lstrip('+−')}"
    return text


@dataclass(frozen=True)
class Laid:
    """A table in words, cell by cell, with what stands ``beside`` each, and the raw ``cells`` behind them.

    ``right`` are the columns that are aligned there, ``strong`` is the row that sums up, ``links`` has the
    address of each row's source.
    """

    title: str
    note: str
    columns: list[Column]
    headings: list[str]
    right: list[bool]
    rows: list[list[str]]
    beside: list[list[str]]
    cells: list[list[Cell]]
    links: list[str]
    strong: int | None
    rest: str

    @property
    def texts(self) -> list[list[str]]:
        """The rows as text alone."""
        pairs = zip(self.rows, self.beside, strict=True)
        return [[f"{text}{beside(more)}".strip() for text, more in zip(*row, strict=True)] for row in pairs]


def beside(text: str) -> str:
    """Put what stands beside a number into brackets; a mark needs none, and is never alone on a line."""
    return f"\N{NO-BREAK SPACE}{text}" if text == style.MARK else f" ({text})" if text else ""


Block = Paragraph | Caution | Picture | Grid


@dataclass(frozen=True)
class Row:
    """What belongs side by side where there is room, and one below the other where there is not."""

    kind: ClassVar = "row"
    left: tuple[Block, ...]
    right: tuple[Block, ...]
    wider: Literal["left", "right", "neither"] = "neither"


@dataclass(frozen=True)
class Section:
    """A part of the report under one heading."""

    key: str
    heading: str
    parts: tuple[Block | Row, ...]
    folded: bool = False  # on a page: closed until a reader opens it

    @property
    def blocks(self) -> tuple[Block, ...]:
        """Everything in the order of reading, for a form of one column."""
        return tuple(
            block
            for part in self.parts
            for block in ((*part.left, *part.right) if isinstance(part, Row) else (part,))
        )


@dataclass(frozen=True)
class Gauge:
    """Where a number lies on its scale: a part reached, a range, a point; shares of the width."""

    reached: float = 0.0
    low: float | None = None
    point: float | None = None
    high: float | None = None
    zero: float | None = None  # where the scale has its zero, if not at its left end


def part(share: float) -> float:
    """Return where a share lies on a scale from nothing to all; at its beginning where it is not known."""
    return 0.0 if math.isnan(share) else min(max(share, 0.0), 1.0)


@dataclass(frozen=True)
class Answer:
    """One of the questions of the first screen: the short answer, its number, and of what it is."""

    key: str
    question: str
    verdict: str
    figure: str
    of_what: str
    gauge: Gauge | None = None
    legend: tuple[str, ...] = ()  # what the gauge's reached part and its range are

    @property
    def said(self) -> str:
        """The number and of what it is, as part of a sentence; empty where there is neither."""
        return f"{self.figure} {self.of_what}".strip(" –").rstrip(".")


@dataclass(frozen=True)
class Document:
    """The whole report in one language."""

    language: Language
    title: str
    kicker: str
    as_of: str
    data_mark: str
    banner: str  # empty where the data are real
    answers: tuple[Answer, ...]
    points_head: str
    points: tuple[str, ...]
    proposals: tuple[str, ...]  # what to do next, by written rules
    sections: tuple[Section, ...]
    foot: tuple[str, ...] = ()  # whom to ask, and when the next report is due

    @property
    def pictures(self) -> tuple[Picture, ...]:
        """Every figure, in the order of reading."""
        return tuple(block for part in self.sections for block in part.blocks if isinstance(block, Picture))

    def show(self, *names: str) -> None:
        """Show in a notebook those of its figures that have one of these names."""
        for picture in self.pictures:
            if picture.name in names:
                style.show(picture.figure, picture.alt)
