"""The report on paper: A4, tagged, fonts embedded, made by typst without a browser."""

from dataclasses import asdict
from typing import Any

from analysis.campaign import Language
from analysis.report.document import Block, Document, Grid, Picture
from analysis.report.edition import Edition
from analysis.report.typeset import compiled
from analysis.report.words.phrases import word

_LONG = 24  # characters: a column with a longer cell shares what room is left


def paper(edition: Edition) -> bytes:
    """Set the document as a tagged PDF; the same document gives the same bytes."""
    document = edition.document
    drawings = {f"{one.name}.svg": one.svg for one in document.pictures}
    return compiled("report.typ", _data(document), drawings, edition.workspace.as_of)


def _data(document: Document) -> dict[str, Any]:
    sections = [
        {"heading": one.heading, "blocks": [_block(block, document.language) for block in one.blocks]}
        for one in document.sections
    ]
    answers = [asdict(answer) for answer in document.answers]
    kept = {name: getattr(document, name) for name in SAID}
    said = {
        "proposals": word("proposals", document.language),
        "points": document.points_head,
    }
    page = word("page", document.language)
    return {**kept, "answers": answers, "sections": sections, "headings": said, "page": page}


SAID = ("language", "title", "kicker", "as_of", "data_mark", "banner", "points", "proposals", "foot")
"""What every template is told of a document."""


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
