"""The report as one page: no network, no script, figures inside, and a policy that holds it to that."""

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from analysis.report.document import Block, Caution, Document, Grid, Links, Paragraph, Picture, Row
from analysis.report.gauges import gauge, spark
from analysis.report.pages import environment, style_sheet
from analysis.report.table import Column
from analysis.report.words import Language
from analysis.report.words.phrases import word

_LONG = 24  # characters: a text cell longer than this may break anywhere


def render_page(document: Document, others: Sequence[Language], areas: Mapping[str, str]) -> str:
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
    """Put a table into what the template takes: cells with their text and their class."""
    table = block.table
    written, shown = table.written(language), table.shown(block.columns)
    return {
        "title": table.title(language),
        "note": table.note(language),
        "headings": [
            {"text": table.columns[at].heading(language), "css": _css(table.columns[at], "")} for at in shown
        ],
        "rows": [
            [
                {
                    "text": spark(cells[at]) if table.columns[at].kind == "trend" else texts[at],
                    "css": _css(table.columns[at], texts[at]),
                    "href": areas.get(texts[at], "") if table.columns[at].key == "area" else "",
                }
                for at in shown
            ]
            for cells, texts in list(zip(table.rows, written, strict=True))[: block.most]
        ],
        "strong": table.strong,
        "rest": word("rest_in_workbook", language) if block.most and len(written) > block.most else "",
    }


def _css(column: Column, text: str) -> str:
    if column.numeric or column.kind == "day":
        return "n"
    if column.kind in ("mark", "trend"):
        return "c"
    return "long" if len(text) > _LONG else ""
