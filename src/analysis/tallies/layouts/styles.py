"""Numbers and days of other styles, written as they are read everywhere else."""

import re
from collections.abc import Sequence
from decimal import Decimal

from analysis.campaign.layouts import DayPlace, NumberStyle
from analysis.tallies.words.days import LONGEST, date_within
from analysis.tallies.words.values import Number, read_count

NOT_SO = "\u2060"
"""Before a text that is not as the layout says; invisible, and in no number."""
_DIGITS = re.compile(r"[0-9]+")
_COMPARED = re.compile(r"^\s*([<>≤≥~≈]=?)\s*")
_ORDERED = re.compile(r"(\d{1,2})([/.\-])(\d{1,2})(\2(?:\d{4}|\d{2})(?!\d).*)", re.DOTALL)


def restyled_number(text: str, style: NumberStyle) -> str:
    """Write a number of some style as numbers are read here: dots between thousands, a comma for decimals."""
    said = text.strip().replace("\u00a0", " ").replace("\u202f", " ").replace("’", "'")
    if not re.search(r"\d", said):
        return text
    sign = _COMPARED.match(said)
    number = said[sign.end() :] if sign else said
    number, percent = (number[:-1].rstrip(), "%") if number.endswith("%") else (number, "")
    whole, mark, part = number.partition(style.decimal)
    groups = whole.split(style.thousands) if style.thousands else [whole]
    sound = all(map(_DIGITS.fullmatch, groups)) and (not mark or _DIGITS.fullmatch(part))
    if not sound or (len(groups) > 1 and (len(groups[0]) > 3 or any(len(one) != 3 for one in groups[1:]))):
        return NOT_SO + text
    value = Decimal(f"{''.join(groups)}.{part or 0}") * (1 if percent else style.unit)
    digits = f"{value.normalize():f}"
    return f"{sign[1] + ' ' if sign else ''}{digits.replace('.', ',')}{percent}"


def reordered(text: str, place: DayPlace | None) -> str:
    """Write a date whose month comes first with the day first; one that cannot be so bears the mark."""
    if place is None or place.order == "day_first":
        return text
    if not (found := _ORDERED.fullmatch(date_within(text[:LONGEST]))):
        return text
    return f"{found[3]}{found[2]}{found[1]}{found[4]}" if int(found[1]) <= 12 else NOT_SO + text


def sum_of(texts: Sequence[str], *, twice: bool) -> str:
    """Return the sum of some counts as text; what it is made of, marked, where one of them is none."""
    said = [text.strip() for text in texts]
    if not any(said):
        return ""
    numbers = [read_count(text) for text in said]
    sound = all(isinstance(one, Number) and one.qualifier == "exact" for one in numbers)
    if twice or not sound:
        return NOT_SO + " + ".join(said)
    return f"{sum(one.value for one in numbers if isinstance(one, Number)):.0f}"
