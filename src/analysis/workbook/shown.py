"""A cell as the team saw it."""

import re
from datetime import date, datetime, time


def shown(value: object, number_format: str = "General") -> str:
    """Write a cell as the team saw it, in Vietnamese: a decimal comma, ISO dates, percent signs.

    ``12.6`` with three fixed decimals is seen as ``12.600``, which is how an English Excel keeps a typed
    twelve thousand six hundred.
    """
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d" if value.time() == time() else "%Y-%m-%d %H:%M:%S")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int | float):
        return _number(float(value), number_format)
    return str(value)


def _number(value: float, number_format: str) -> str:
    form = number_format.split(";")[0]
    form = re.sub(r"\[[^\]]*\]|_.|\*.|\\|\"[^\"]*\"", "", form).strip()
    if form.endswith("%"):
        return _percent(value * 100, form) + "%"
    if re.fullmatch(r"(?:#,##)?0\.000|0,000\.000", form) and 0 <= value < 1000:
        return f"{value:.3f}" if abs(value * 1000 - round(value * 1000)) < 1e-6 else _decimal(value)
    return _decimal(value)


def _percent(value: float, form: str) -> str:
    """Write a percentage as it was typed; one that was computed, and has no end, as its format shows it."""
    typed = round(value, 6)
    if abs(typed - value) < 1e-9:
        return _decimal(typed)
    return _decimal(round(value, len(form.partition(".")[2].rstrip("%"))))


def _decimal(value: float) -> str:
    if value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return f"{value:.15g}".replace(".", ",")
