"""Templates of web pages, and the one style sheet that their policy allows."""

import base64
import hashlib
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from analysis.campaign import Language
from analysis.report import palette
from analysis.report.words.phrases import word


@cache
def environment() -> Environment:
    """Return the templates; whatever they are given is escaped, and a name they do not know is an error."""
    made = Environment(
        loader=PackageLoader("analysis.report", "templates"),
        autoescape=True,  # of XML as of HTML
        auto_reload=False,  # else a template's files are looked for again with every page
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals |= {"look": palette, "rect": _rect}
    return made


def _rect(start: float, end: float, fill: str, top: int = 0, height: int = 40) -> Markup:
    """Draw a part of a gauge between two shares of its width; a macro takes twenty times as long."""
    left, right = start if start > 0 else 0, end if end < 1 else 1
    wide = right - left if right > left else 0
    return Markup(  # noqa: S704 (numbers and our own colours)
        f'<rect x="{1000 * left:.0f}" y="{top}" width="{1000 * wide:.0f}" height="{height}" fill="{fill}"/>'
    )


def rendered(template: str, language: Language, *, sorts: bool = False, **given: Any) -> str:
    """Fill a template that extends ``base.html.j2``, whose policy allows our style sheet and nothing else.

    Where ``sorts``, it allows the script that lets a reader sort and search the areas, too; without it
    everything is still there.
    """
    css, script = _own("report.css"), _own("report.js") if sorts else ""
    return environment().get_template(template).render(
        language=language,
        css=Markup(css),  # noqa: S704 (our own file)
        style_hash=_hash(css),
        script=Markup(script),  # noqa: S704 (our own file)
        script_hash=_hash(script),
        say=lambda phrase: word(phrase, language),
        **given,
    )  # fmt: skip


@cache
def _own(name: str) -> str:
    return files("analysis.report").joinpath("templates", name).read_text(encoding="utf-8").strip()


@cache
def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
