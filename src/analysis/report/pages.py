"""Templates of web pages, and the one style sheet that their policy allows."""

import base64
import hashlib
from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup


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


def style_sheet() -> dict[str, str]:
    """Return the style sheet and the hash by which a page's policy allows it and no other."""
    css = files("analysis.report").joinpath("templates", "report.css").read_text(encoding="utf-8").strip()
    digest = base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()
    return {"css": Markup(css), "style_hash": f"sha256-{digest}"}  # noqa: S704 (our own file)
