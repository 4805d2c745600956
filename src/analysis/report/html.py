"""The report as one page: no network, figures inside, one small script that only sorts and finds."""

import math
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from analysis import say
from analysis.campaign import Language
from analysis.report.document import Document, Grid, beside
from analysis.report.edition import Edition
from analysis.report.pages import rendered
from analysis.report.places.page import links
from analysis.report.table import Column
from analysis.report.words.phrases import word

_NARROWER = {"week": "w", "rank": "w", "median": "w", "expected": "e", "extra": "e"}
"""What a phone leaves to the page of the area: a column, or the range in it."""
_ROWS = 20  # areas that are shown at first, those furthest behind; the others are one click away
_LONG = 24  # characters: a text cell longer than this may break anywhere


def page(edition: Edition) -> str:
    """Lay the report out as one self-contained HTML page."""
    atlas, document = edition.atlas, edition.document
    every = any(leaf in atlas.on_paper for leaf in atlas.tree.leaves)
    return render_page(document, edition.others, links(atlas, edition.language), every=every)


def render_page(
    document: Document,
    others: Sequence[Language],
    areas: Mapping[str, str] = MappingProxyType({}),
    *,
    every: bool = True,
) -> str:
    """Lay a document out.

    ``others`` are its other languages, ``areas`` the address of each area's page; ``every`` area has one on
    paper, or only those above others.
    """
    language = document.language
    forms = {key if every else _ABOVE.get(key, key): name for key, name in _FORMS.items()}
    return rendered(
        "report.html.j2",
        language,
        sorts=True,
        document=document,
        others=[(code, f"report.{code}.html", word("other_language", code)) for code in others],
        forms=[(word(key, language), name.format(language)) for key, name in forms.items()],
        laid_out=lambda block: _grid(block, language, areas),
    )


_FORMS = {
    "form_pdf": "report.{}.pdf", "form_brief": "brief.{}.pdf", "form_picture": "brief.{}.png",
    "place_pages": "areas-{}.pdf",
    "form_docx": "report.{}.docx", "tables_file": "tables.{}.xlsx", "summary_file": "summary.json",
}  # fmt: skip

_ABOVE = {"place_pages": "place_pages_above"}


def _grid(block: Grid, language: Language, areas: Mapping[str, str]) -> dict[str, Any]:
    """Put a table into what the template takes: cells with their text, their class and what they sort by."""
    laid, by_area = block.laid(language), block.table.key == "areas"
    css = [_css(column, by_area or bool(block.table.beside)) for column in laid.columns]

    def cell(row: int, at: int) -> dict[str, Any]:
        column, raw, text = laid.columns[at], laid.cells[row][at], laid.rows[row][at]
        return {
            "text": text,
            "beside": beside(laid.beside[row][at]),
            "css": css[at] or ("long" if len(text) > _LONG else ""),
            "href": areas.get(getattr(raw, "code", ""), "")
            if column.key == "area"
            else laid.links[row] * (column.key == "source"),
            "bar": raw if by_area and column.key == "share" else "",
            "sorts": f"{raw:.6g}" if by_area and isinstance(raw, float) and math.isfinite(raw) else "",
        }

    many = len(laid.rows) - (laid.strong is not None)
    return {
        "laid": laid,
        "key": block.table.key,
        "headings": list(zip(laid.headings, css, strict=True)),
        "rows": [[cell(row, at) for at in range(len(laid.columns))] for row in range(len(laid.rows))],
        "most": _ROWS if by_area and many > _ROWS else len(laid.rows),
        "all": word("show_all", language).format(number=say.count(many, language)),
        "find": word("find_area", language) if by_area and many > 1 else "",
    }


def _css(column: Column, narrower: bool) -> str:
    aligned = "n" if column.numeric or column.kind == "day" else "c" if column.kind == "mark" else ""
    return f"{aligned} {_NARROWER.get(column.key, '')}".strip() if narrower else aligned
