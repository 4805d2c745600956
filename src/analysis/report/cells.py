"""Reading single cells of an artifact: an empty one is ``None``, never a number."""

from datetime import date
from typing import Any

import pandas as pd


def as_day(value: Any) -> date | None:
    """Read a day from an artifact's cell; ``None`` where it is empty."""
    return None if value is None or pd.isna(value) else pd.Timestamp(value).date()


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
