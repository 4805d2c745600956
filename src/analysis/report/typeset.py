"""Setting by typst, without a browser: a template as paper or a picture, a drawing as a picture."""

import json
import tempfile
from collections.abc import Mapping
from dataclasses import asdict
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import matplotlib as mpl
import typst

from analysis.forked import uses_threads

_DRAWING = b"""#set page(width: auto, height: auto, margin: 0pt, fill: white)
#image(bytes(sys.inputs.svg), width: float(sys.inputs.inches) * 1in)"""
_PPI = 150.0  # pixels an inch of a drawing


_SAID = (
    "language",
    "title",
    "kicker",
    "as_of",
    "data_mark",
    "banner",
    "points",
    "proposals",
    "foot",
    "answers",
)
"""What every template is told of a document."""


def compiled(
    template: str, edition: Any, data: Mapping[str, Any], drawings: Mapping[str, str],
    ppi: float | None = None,
) -> bytes:  # fmt: skip
    """Set a template with an edition and more data: a tagged PDF, or its page with ``ppi`` pixels an inch.

    Text goes to typst as data, never as markup. Fonts: Libertinus Serif, which typst brings (SIL Open Font
    Licence), and DejaVu Sans in figures, which matplotlib brings (Bitstream Vera licence); both have every
    Vietnamese letter.
    """
    templates = files("analysis.report").joinpath("templates")
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        for name, svg in drawings.items():
            (folder / name).write_text(svg, encoding="utf-8")
        told = {name: getattr(edition.document, name) for name in _SAID} | dict(data)
        text = json.dumps(told, ensure_ascii=False, default=asdict)
        (folder / "data.json").write_text(text, encoding="utf-8")
        for one in (template, "parts.typ"):
            (folder / one).write_text(templates.joinpath(one).read_text(encoding="utf-8"), encoding="utf-8")
        kind: dict[str, Any] = {"pdf_standards": ["ua-1"]} if ppi is None else {"format": "png", "ppi": ppi}
        made = int(edition.workspace.as_of.timestamp())
        return _typst(str(folder / template), str(folder), timestamp=made, **kind)


def seen(svg: str, inches: float) -> bytes:
    """Return a drawing as PNG on white, so many inches wide."""
    told = {"svg": svg, "inches": str(inches)}
    return _typst(_DRAWING, None, sys_inputs=told, format="png", ppi=_PPI)


def _typst(source: Any, root: str | None, **how: Any) -> bytes:
    uses_threads("typst")
    return bytes(typst.Compiler(source, root=root, font_paths=_fonts()).compile(**how))  # type: ignore[arg-type]


@cache
def _fonts() -> typst.Fonts:
    """Find typst's own fonts and matplotlib's, once."""
    own = str(Path(mpl.get_data_path()) / "fonts" / "ttf")
    return typst.Fonts(include_system_fonts=False, font_paths=[own])
