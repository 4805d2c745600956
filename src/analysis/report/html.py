"""The report as one page: no network, no script, figures inside, and a policy that holds it to that."""

from collections.abc import Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Any

from markupsafe import Markup

from analysis.report import words
from analysis.report.document import Block, Caution, Document, Grid, Links, Paragraph, Picture, Row
from analysis.report.gauges import gauge, part, spark
from analysis.report.pages import environment, style_sheet
from analysis.report.table import Cell, Column
from analysis.report.words import Language
from analysis.report.words.phrases import word

_WIDE = ("week", "change", "rank", "moved", "median")  # columns that a phone leaves to the page of the area
_LONG = 24  # characters: a text cell longer than this may break anywhere


def render_page(
    document: Document, others: Sequence[Language], areas: Mapping[str, str] = MappingProxyType({})
) -> str:
    """Lay the document out as one self-contained HTML page.

    Parameters
    ----------
    others
        The other languages it is made in.
    areas
        The address of each area's page by the area's name.
    """
    language = document.language
    return (
        environment()
        .get_template("report.html.j2")
        .render(
            document=document,
            **style_sheet(),
            others=[(code, f"report.{code}.html", word("other_language", code)) for code in others],
            forms=_other_forms(language),
            gauge=gauge,
            say=lambda phrase: word(phrase, language),
            is_row=lambda part: isinstance(part, Row),
            render=lambda block: _render(block, language, areas),
        )
    )


def _other_forms(language: Language) -> list[tuple[str, str]]:
    return [
        (word("form_pdf", language), f"report.{language}.pdf"),
        (word("form_brief", language), f"brief.{language}.pdf"),
        (word("form_picture", language), f"brief.{language}.png"),
        (word("form_docx", language), f"report.{language}.docx"),
        (word("tables_file", language), f"tables.{language}.xlsx"),
        (word("summary_file", language), "summary.json"),
    ]


def _render(block: Block, language: Language, areas: Mapping[str, str]) -> Markup:
    macros: Any = environment().get_template("blocks.html.j2").module
    match block:
        case Paragraph():
            made = macros.paragraph(block)
        case Links():
            made = macros.links(block)
        case Caution():
            made = macros.caution(block)
        case Picture():
            made = macros.picture(block, Markup(block.svg), Markup(block.narrow_svg))  # noqa: S704 (ElementTree escaped them)
        case Grid():
            made = macros.grid(**_grid(block, language, areas))
    return Markup(made)  # noqa: S704 (the templates escape)


def _grid(block: Grid, language: Language, areas: Mapping[str, str]) -> dict[str, Any]:
    """Put a table into what the template takes: cells with their text and their class.

    A mark stands behind the name it is of, and the day of a share that is older behind the share, not in
    columns of their own.
    """
    table = block.table
    written, every = table.written(language), table.shown(block.columns)
    keys = [column.key for column in table.columns]
    marks = [at for at in every if table.columns[at].kind == "mark"]
    days = [at for at in every if keys[at] == "day" and "share" in block.columns]
    shown = [at for at in every if at not in (*marks, *days)]

    newest = table.rows[table.strong][days[0]] if days and table.strong is not None else None

    def css(at: int, text: str) -> str:
        wide = "expected" in block.columns and keys[at] in _WIDE
        return _css(table.columns[at], text) + (" w" if wide else "")

    def cell(at: int, cells: tuple[Cell, ...], texts: list[str]) -> dict[str, Any]:
        column = table.columns[at]
        bar = column.key == "share" and "expected" in block.columns
        return {
            "text": spark(cells[at]) if column.kind == "trend" else texts[at],
            "day": _older(cells[days[0]], newest, language) if days and column.key == "share" else "",
            "css": css(at, texts[at]),
            "href": areas.get(getattr(cells[at], "code", ""), ""),
            "mark": "".join(texts[mark] for mark in marks) if at == shown[0] else "",
            "bar": part(cells[at]) if bar else "",
        }

    return {
        "title": table.title(language),
        "note": table.note(language),
        "headings": [{"text": table.columns[at].heading(language), "css": css(at, "")} for at in shown],
        "rows": [
            [cell(at, cells, texts) for at in shown]
            for cells, texts in list(zip(table.rows, written, strict=True))[: block.most]
        ],
        "strong": table.strong,
        "rest": word("rest_in_workbook", language) if block.most and len(written) > block.most else "",
    }


def _older(cell: Cell, newest: Cell, language: Language) -> str:
    """Say the day of a share that is not of the newest day."""
    return words.short_day(cell, language) if isinstance(cell, date) and cell != newest else ""


def _css(column: Column, text: str) -> str:
    if column.numeric or column.kind == "day":
        return "n"
    if column.kind in ("mark", "trend"):
        return "c"
    return "long" if len(text) > _LONG else ""
