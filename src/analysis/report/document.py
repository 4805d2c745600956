"""One content for several forms: sections of blocks, already in words, that a form only has to lay out."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from matplotlib.figure import Figure

from analysis.campaign import Language
from analysis.report.figures import style
from analysis.report.table import Table
from analysis.report.words.phrases import word


@dataclass(frozen=True)
class Paragraph:
    """Running text; ``lead`` begins it in bold."""

    text: str
    lead: str = ""


@dataclass(frozen=True)
class Links:
    """Where to read on: what each link is called, and its address relative to the report."""

    text: str
    targets: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Caution:
    """What a reader must not miss."""

    text: str


@dataclass(frozen=True)
class Picture:
    """A figure with its caption and its text alternative; ``name`` is its file and its id.

    ``draw`` takes a ``width`` in inches: a phone gets a picture of its own, no shrunken one.
    """

    name: str
    draw: Callable[..., Figure]
    caption: str
    alt: str
    wide: bool = False  # so dense that a small screen should scroll rather than shrink it

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
        """The picture drawn for a phone or a narrow column; empty for one that is scrolled there."""
        if self.wide:
            return ""
        return style.to_svg(self.draw(width=style.NARROW), f"{self.name}-narrow", self.alt)

    @cached_property
    def png(self) -> bytes:
        """The picture as PNG, drawn once for all forms."""
        return style.to_png(self.figure)


@dataclass(frozen=True)
class Grid:
    """A table of the report, all of its columns or only some, and at most ``most`` rows."""

    table: Table
    columns: tuple[str, ...] = ()
    most: int | None = None

    def laid(self, language: Language) -> "Laid":
        """Return what a form of text shows: no trends, the first rows, and where the others are."""
        table = self.table
        shown = [at for at in table.shown(self.columns) if table.columns[at].kind != "trend"]
        rows = [[row[at] for at in shown] for row in table.written(language)]
        kept, columns = rows[: self.most], [table.columns[at] for at in shown]
        whole = len(kept) == len(rows)
        return Laid(
            title=table.title(language),
            note=table.note(language),
            headings=[column.heading(language) for column in columns],
            right=[column.numeric or column.kind == "day" for column in columns],
            rows=kept,
            strong=table.strong if whole else None,
            rest="" if whole else word("rest_in_workbook", language),
        )


@dataclass(frozen=True)
class Laid:
    """A table in words; ``right`` are the columns that are aligned there, ``strong`` the row that sums up."""

    title: str
    note: str
    headings: list[str]
    right: list[bool]
    rows: list[list[str]]
    strong: int | None
    rest: str


Block = Paragraph | Links | Caution | Picture | Grid


@dataclass(frozen=True)
class Row:
    """What belongs side by side where there is room, and one below the other where there is not."""

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
    points: tuple[str, ...]
    proposals: tuple[str, ...]  # what to do next, by written rules
    sections: tuple[Section, ...]

    @property
    def pictures(self) -> tuple[Picture, ...]:
        """Every figure, in the order of reading."""
        return tuple(block for part in self.sections for block in part.blocks if isinstance(block, Picture))
