"""The report on paper: A4, tagged, fonts embedded, made by typst without a browser."""

from dataclasses import asdict
from typing import Any

from analysis.campaign import Language
from analysis.report.document import Block, Grid, Picture
from analysis.report.edition import Edition
from analysis.report.typeset import compiled
from analysis.report.words.phrases import word

_LONG = 24  # characters: a column with a longer cell shares what room is left


def paper(edition: Edition) -> bytes:
    """Set the document as a tagged PDF; the same document gives the same bytes."""
    document, language = edition.document, edition.language
    drawings = {f"{one.name}.svg": one.svg for one in document.pictures}
    sections = [
        {"heading": one.heading, "blocks": [_block(block, language) for block in one.blocks]}
        for one in document.sections
    ]
    heads = {"proposals": word("proposals", language), "points": document.points_head}
    data = {"sections": sections, "headings": heads, "page": word("page", language)}
    return compiled("report.typ", edition, data, drawings)


def _block(block: Block, language: Language) -> dict[str, Any]:
    if isinstance(block, Picture):
        about = {name: getattr(block, name) for name in ("kind", "alt", "caption", "wide")}
        return {**about, "file": f"{block.name}.svg"}
    if not isinstance(block, Grid):
        return {"kind": block.kind, **asdict(block)}
    laid = block.laid(language)
    long = [any(len(cell) > _LONG for cell in column) for column in zip(*laid.texts, strict=True)]
    return {
        **{name: getattr(laid, name) for name in _LAID},
        "kind": block.kind,
        "rows": laid.texts,
        "fill": long or [False] * len(laid.headings),
        "sources": [column.key == "source" for column in laid.columns],
    }


_LAID = ("title", "note", "headings", "right", "links", "rest", "strong")
