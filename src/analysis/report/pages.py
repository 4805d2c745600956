"""Templates of web pages, and the one style sheet that their policy allows."""

import base64
import hashlib
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from analysis.campaign import Language
from analysis.report.words.phrases import word


@cache
def environment() -> Environment:
    """Return the templates; whatever they are given is escaped, and a name they do not know is an error."""
    return Environment(
        loader=PackageLoader("analysis.report", "templates"),
        autoescape=True,  # of XML as of HTML
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def rendered(template: str, language: Language, **given: Any) -> str:
    """Fill a template that extends ``base.html.j2``, whose policy allows our style sheet and nothing else."""
    css = files("analysis.report").joinpath("templates", "report.css").read_text(encoding="utf-8").strip()
    return environment().get_template(template).render(
        language=language,
        css=Markup(css),  # noqa: S704 (our own file)
        style_hash=_hash(css),
        say=lambda phrase: word(phrase, language),
        **given,
    )  # fmt: skip


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
