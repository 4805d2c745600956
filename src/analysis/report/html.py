"""The report as one page: no network, no script, figures inside, and a policy that holds it to that."""

import base64
import hashlib
from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from analysis.report.document import Block, Bullets, Caution, Document, Grid, Paragraph, Picture
from analysis.report.figures import style
from analysis.report.tables import Table
from analysis.report.words import Language
from analysis.report.words.phrases import word

_LONG = 24  # characters: a text cell longer than this may break anywhere


def render_page(document: Document) -> str:
    """Lay the document out as one self-contained HTML page."""
    environment = _environment()
    css = files("analysis.report").joinpath("templates", "report.css").read_text(encoding="utf-8").strip()
    digest = base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()
    other: Language = "en" if document.language == "vi" else "vi"
    return environment.get_template("report.html.j2").render(
        document=document,
        css=Markup(css),  # noqa: S704 (our own file)
        style_hash=f"sha256-{digest}",
        other=f"report.{other}.html",
        other_language=other,
        meter=_meter(document.progress),
        say=lambda phrase: word(phrase, document.language),
        render=lambda block, section: _render(environment, block, document.language),
    )


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("analysis.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _meter(share: float) -> Markup:
    """Draw the share of the target as a bar; the number stands beside it, so the bar is for the eye only."""
    filled = 100 * min(max(share, 0.0), 1.0)
    return Markup(  # noqa: S704 (numbers and our own colours only)
        '<svg class="meter" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">'
        f'<rect width="100" height="4" fill="{style.RULE}"/>'
        f'<rect width="{filled:.1f}" height="4" fill="{style.MAIN}"/></svg>'
    )


def _render(environment: Environment, block: Block, language: Language) -> Markup:
    blocks = environment.get_template("blocks.html.j2").module
    match block:
        case Paragraph():
            return Markup(blocks.paragraph(block))  # type: ignore[attr-defined]  # noqa: S704
        case Bullets():
            return Markup(blocks.bullets(block))  # type: ignore[attr-defined]  # noqa: S704
        case Caution():
            return Markup(blocks.caution(block))  # type: ignore[attr-defined]  # noqa: S704
        case Picture():
            svg = Markup(style.to_svg(block.figure, block.name, block.alt))  # noqa: S704
            return Markup(blocks.picture(block, svg))  # type: ignore[attr-defined]  # noqa: S704
        case Grid():
            return _grid(blocks, block, language)


def _grid(blocks: object, block: Grid, language: Language) -> Markup:
    table = block.table
    shown = [
        at for at, column in enumerate(table.columns) if not block.columns or column.key in block.columns
    ]
    headings = [
        {"text": getattr(table.columns[at].heading, language), "css": _css(table, at, "")} for at in shown
    ]
    rows = [
        [{"text": row[at], "css": _css(table, at, row[at])} for at in shown]
        for row in table.written(language)[: block.most]
    ]
    title, note = getattr(table.title, language), getattr(table.note, language)
    return Markup(blocks.grid(title, note, headings, rows, table.strong, True))  # type: ignore[attr-defined]  # noqa: S704


def _css(table: Table, at: int, text: str) -> str:
    column = table.columns[at]
    if column.numeric or column.kind == "day":
        return "n"
    if column.kind == "mark":
        return "c"
    return "long" if len(text) > _LONG else ""
