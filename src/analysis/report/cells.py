"""Reading cells of an artifact, an empty one as ``None``, never a number; and how values are written."""

import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Literal, NamedTuple, get_args

import pandas as pd

from analysis import say
from analysis.campaign import Language

Kind = Literal[
    "text", "count", "signed", "share", "signed_share", "probability", "estimate", "p_value", "ratio",
    "plain", "percent", "day", "mark", "named", "area", "measure", "window", "address", "code",
]  # fmt: skip
"""How a value is written: rounding belongs to the kind, so a number reads the same wherever it stands."""
WRITERS: Mapping[str, Callable[[Any, Language], str]] = {
    "count": say.count,
    "signed": say.signed,
    "share": say.percent,
    "signed_share": say.signed_percent,
    "probability": say.probability,
    "estimate": say.significant,
    "p_value": say.p_value,
    "ratio": lambda value, language: say.decimal(value, language, 1),
    "plain": say.as_printed,
    "percent": lambda value, language: say.percent(value, language, 0),
}
_PART = re.compile(r"(?P<key>\w+)(:(?P<kind>\w+))?(=(?P<source>\w+))?([>@](?P<phrase>\w+))?")


class Part(NamedTuple):
    """A column or number of an artifact: its key, its kind, the artifact's column, and a phrase."""

    key: str
    kind: Kind
    source: str
    phrase: str | None


@cache
def parts_of(spec: str, usual: Kind) -> tuple[Part, ...]:
    """Read words such as ``area extra:estimate=extra_persons file>from_file areas@areas``.

    Each is a key, the kind (``usual``), the artifact's column (the key), and a phrase.
    """
    kinds: tuple[Kind, ...] = get_args(Kind)
    made = []
    for word in spec.split():
        if (found := _PART.fullmatch(word)) is None:
            raise ValueError(f"{word!r} is no column and no number")
        kind = kinds[kinds.index(found["kind"] or usual)]  # no kind is a mistake of ours
        made.append(Part(found["key"], kind, found["source"] or found["key"], found["phrase"]))
    return tuple(made)


def as_float(value: Any) -> float | None:
    """Read a number from an artifact's cell; ``None`` where it is empty."""
    return None if value is None or pd.isna(value) else float(value)


def as_text(value: Any) -> str | None:
    """Read a text from an artifact's cell; ``None`` where it is empty."""
    return None if value is None or pd.isna(value) else str(value)


class AreaName(str):
    """The name of an area as the cell of a table; its code finds its page and tells namesakes apart."""

    code: str

    def __new__(cls, name: str, code: str) -> "AreaName":
        """Take a name that is harmless, and the code it is of."""
        made = super().__new__(cls, name)
        made.code = code
        return made
