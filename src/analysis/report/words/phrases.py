"""Every fixed wording of the report, in both languages; they live in ``phrases.toml`` beside this file."""

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from analysis.campaign import Text
from analysis.report.words.numbers import Language


@cache
def phrases() -> Mapping[str, Text]:
    """Return every wording by its key."""
    text = files("analysis.report.words").joinpath("phrases.toml").read_text(encoding="utf-8")
    return {key: Text.model_validate(value) for key, value in tomllib.loads(text).items()}


def phrase(key: str) -> Text:
    """Return one wording in both languages; KeyError where there is none."""
    return phrases()[key]


def word(key: str, language: Language) -> str:
    """Return a wording that takes no numbers."""
    return str(getattr(phrase(key), language))


def named(prefix: str, name: str) -> Text | str:
    """Return a name of the artifacts in words where the report knows it, else as it is."""
    return phrases().get(f"{prefix}_" + re.sub(r"[^a-z0-9]+", "_", name.lower().replace(",", "")), name)
