"""The report on paper: A4, tagged, fonts embedded, made by typst without a browser."""

import json
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

import matplotlib as mpl
import typst

from analysis.artifacts import replacing
from analysis.report.document import Block, Caution, Document, Grid, Links, Paragraph, Picture
from analysis.report.words import Language
from analysis.report.words.phrases import word

_LONG = 24  # characters: a column with a longer cell shares what room is left


def write_pdf(document: Document, as_of: datetime, path: Path) -> Path:
    """Write the document as a tagged PDF; the same document gives the same bytes."""
    with replacing(path) as draft:
        draft.write_bytes(compiled("report.typ", _data(document), document.pictures, as_of))
    return path


def compiled(
    template: str,
    data: Mapping[str, Any],
    pictures: Iterable[Picture],
    as_of: datetime,
    ppi: float | None = None,
) -> bytes:
    """Set a template with its data: a tagged PDF, or a picture of its one page with ``ppi`` pixels an inch.

    Text goes to typst as data, never as markup. Fonts: Libertinus Serif, which typst brings (SIL Open Font
    Licence), and DejaVu Sans in figures, which matplotlib brings (Bitstream Vera licence); both have every
    Vietnamese letter.
    """
    source = files("analysis.report").joinpath("templates", template).read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for picture in pictures:
            (folder / f"{picture.name}.svg").write_text(picture.svg, encoding="utf-8")
        (folder / "data.json").write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
        (folder / template).write_text(source, encoding="utf-8")
        kind: dict[str, Any] = {"pdf_standards": ["ua-1"]} if ppi is None else {"format": "png", "ppi": ppi}
        made = typst.compile(
            str(folder / template),
            root=str(folder),
            font_paths=[str(Path(mpl.get_data_path()) / "fonts" / "ttf")],
            ignore_system_fonts=True,
            timestamp=int(as_of.timestamp()),
            **kind,
        )
    return bytes(made)


def _data(document: Document) -> dict[str, Any]:
    return {
        "language": document.language,
        "title": document.title,
        "kicker": document.kicker,
        "as_of": document.as_of,
        "mark": document.data_mark,
        "banner": document.banner,
        "page": word("page", document.language),
        "points": document.points,
        "answers": [asdict(answer) for answer in document.answers],
        "sections": [
            {
                "heading": section.heading,
                "blocks": [_block(block, document.language) for block in section.blocks],
            }
            for section in document.sections
        ],
    }


def _block(block: Block, language: Language) -> dict[str, Any]:
    match block:
        case Paragraph():
            return {"kind": "paragraph", "lead": block.lead, "text": block.text}
        case Links():
            names = ", ".join(f"docs/methods/{name}" for name, _ in block.targets)
            return {"kind": "paragraph", "lead": "", "text": f"{block.text} {names}"}
        case Caution():
            return {"kind": "caution", "text": block.text}
        case Picture():
            return {
                "kind": "picture",
                "file": f"{block.name}.svg",
                "alt": block.alt,
                "caption": block.caption,
                "wide": block.wide,
            }
        case Grid():
            return _grid(block, language)


def _grid(block: Grid, language: Language) -> dict[str, Any]:
    table = block.table
    shown = [at for at in table.shown(block.columns) if table.columns[at].kind != "trend"]
    rows = [[row[at] for at in shown] for row in table.written(language)]
    kept = rows[: block.most]
    columns = [table.columns[at] for at in shown]
    return {
        "kind": "grid",
        "title": table.title(language),
        "note": table.note(language),
        "headings": [column.heading(language) for column in columns],
        "right": [column.numeric or column.kind == "day" for column in columns],
        "widths": [
            "fill" if any(len(row[at]) > _LONG for row in kept) else "auto" for at in range(len(columns))
        ],
        "rows": kept,
        "strong": table.strong is not None and len(kept) == len(rows),
        "rest": word("rest_in_workbook", language) if len(kept) < len(rows) else "",
    }
