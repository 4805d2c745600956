"""Numbers, days, plurals and tables as text, in any language; a number is rounded here and nowhere else.

Any language that CLDR knows can be written; ``locales.toml`` says what its data leave open.
"""

import math
import re
import tomllib
from collections.abc import Mapping
from datetime import date, datetime, tzinfo
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from babel import Locale
from babel.dates import format_date, get_timezone_name
from babel.numbers import format_decimal, format_percent

from analysis.campaign import Language

_NONE = "–"
_CATEGORIES = ("zero", "one", "two", "few", "many", "other")
_FIELD = re.compile(r"'[^']*'|([a-zA-Z])\1*|.")  # of a pattern of days: quoted text, a field, anything else


@cache
def _customs(language: Language) -> Mapping[str, Any]:
    """Return how a language writes what its locale data leave open."""
    table = tomllib.loads(files("analysis.say").joinpath("locales.toml").read_text(encoding="utf-8"))
    return {**table["other"], **table.get(language, {})}


@cache
def _locale(language: Language) -> Locale:
    return Locale.parse(_customs(language)["locale"] or language)


def tag(language: Language) -> str:
    """Name a language and where it is written as documents do: vi-VN, en-GB, fr-FR."""
    return str(_customs(language)["locale"] or language).replace("_", "-")


def count(value: float | None, language: Language) -> str:
    """Write a whole number of things: 12.600 or 12,600; a dash where there is none."""
    return decimal(value, language, 0)


@lru_cache(1 << 15)  # a number stands in several forms
def decimal(value: float | None, language: Language, digits: int) -> str:
    """Write a number with exactly that many decimals: 12.600,5 or 12,600.5."""
    if value is None or not math.isfinite(value):
        return _NONE
    rounded = round(value, digits) + 0.0  # no minus before a zero
    text: str = format_decimal(rounded, format=_digits("#,##0", digits), locale=_locale(language))
    return text.replace("-", "−")


def _digits(pattern: str, digits: int) -> str:
    return pattern.replace("0", "0." + "0" * digits) if digits else pattern


def as_printed(value: float | None, language: Language) -> str:
    """Write a number with the decimals it has, two at most: 738.291 and 25,27."""
    if value is None or not math.isfinite(value):
        return _NONE
    digits = next((digits for digits in (0, 1) if round(value, digits) == value), 2)
    return decimal(value, language, digits)


def signed(value: float | None, language: Language, digits: int = 0) -> str:
    """Write a change with its sign, the true minus included: +1.200, −300."""
    text = decimal(value, language, digits)
    return f"+{text}" if value is not None and math.isfinite(value) and round(value, digits) > 0 else text


def percent(share: float | None, language: Language, digits: int = 1) -> str:
    """Write a share (1 is everything) as a percentage: 24,4% in Vietnamese, 24,4 % in French."""
    if share is None or not math.isfinite(share):
        return _NONE
    rounded = round(100 * share, digits) + 0.0
    if share < 1.0 <= rounded / 100:  # all of something is said only where it is all
        rounded = 100 - 10.0**-digits
    return _percent(rounded, language, digits)


@lru_cache(1 << 15)  # ten thousand areas have a thousand shares, rounded
def _percent(rounded: float, language: Language, digits: int) -> str:
    locale = _locale(language)
    pattern = _digits(locale.percent_formats[None].pattern, digits)
    text: str = format_percent(rounded / 100, format=pattern, locale=locale)
    return text.replace("-", "−")


def signed_percent(share: float | None, language: Language, digits: int = 0) -> str:
    """Write a relative change with its sign: +12%, −3%."""
    if share is None or not math.isfinite(share):
        return _NONE
    rounded = round(100 * share, digits) + 0.0
    return f"{'+' * (rounded > 0)}{_percent(rounded, language, digits)}"


def probability(value: float | None, language: Language) -> str:
    """Write a probability in whole percent; what a finite number of draws cannot tell is not claimed."""
    if value is None or not math.isfinite(value):
        return _NONE
    if value < 0.01:
        return _custom("below", language, value=percent(0.01, language, 0))
    if value > 0.99:  # however many draws said yes, they were finitely many
        return _custom("above", language, value=percent(0.99, language, 0))
    return percent(value, language, 0)


def p_value(value: float | None, language: Language) -> str:
    """Write a p value with two significant figures, at most four decimals: 0,0012."""
    if value is None or not math.isfinite(value):
        return _NONE
    if value < 0.0001:
        return _custom("below", language, value=decimal(0.0001, language, 4))
    digits = min(4, 1 - math.floor(math.log10(value)))
    return decimal(value, language, max(digits, 2))


def after(horizon: date | None, language: Language) -> str:
    """Say that a day lies after the last one looked at; a dash where none was."""
    return _NONE if horizon is None else _custom("after", language, day=day(horizon, language))


def significant(value: float | None, language: Language, width: float | None = None, figures: int = 3) -> str:
    """Write an estimate with so many significant figures, never more decimals than that asks for.

    Beside an interval it is written as finely as that asks for: half its ``width`` is a step at least.
    """
    if value is None or not math.isfinite(value):
        return _NONE
    if value == 0:
        return decimal(0.0, language, 0)
    digits = digits_of(value, width, figures)
    return decimal(round(value, digits), language, max(digits, 0))


def digits_of(value: float, width: float | None = None, figures: int = 3) -> int:
    """Return the decimals with which `significant` writes a number; below none for tens and hundreds."""
    digits = figures - 1 - math.floor(math.log10(abs(value)))
    if width is not None and math.isfinite(width) and width > 0:
        digits = max(digits, -math.floor(math.log10(width / 2)))
    return digits


def cut(text: str, most: int) -> str:
    """Shorten a text to so many letters, the last of them an ellipsis."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


def day(value: date, language: Language) -> str:
    """Write a day in full: 07/6/2023, 7 June 2023 or 7 juin 2023."""
    return _day(value, language, "day", "long")


def headed(head: str, rest: str, language: Language) -> str:
    """Write a few words and, behind a colon, what is said of them."""
    return str(_customs(language)["headed"]).format(head=head, rest=rest)


def short_day(value: date, language: Language) -> str:
    """Write a day where the year is plain from what stands around it: 10/9 or 10 Sep."""
    return _day(value, language, "short_day", "medium")


def table_day(value: date, language: Language) -> str:
    """Write a day for a narrow column: 10/9/2023 or 10 Sep 2023."""
    return _day(value, language, "table_day", "medium")


def long_day(value: date, language: Language) -> str:
    """Write a day with its weekday: Chủ Nhật, 10/9/2023 or Sunday 10 September 2023."""
    return _day(value, language, "long_day", "full")


def _day(value: date, language: Language, form: str, otherwise: str) -> str:
    return _by(_customs(language)[form] or _locale(language).date_formats[otherwise].pattern, value, language)


def _by(pattern: str, value: date, language: Language) -> str:
    """Write a day by a pattern, with what the language writes otherwise on some days or in some months."""
    for one in _customs(language).get("when", ()):
        if value.month in one.get("months", ()) or value.day in one.get("days", ()):
            fields = [field[0] for field in _FIELD.finditer(pattern)]
            pattern = "".join(one["becomes"] if field == one["pattern"] else field for field in fields)
    text: str = format_date(value, pattern, locale=_locale(language))
    return text


def days_from_to(first: date, last: date, language: Language) -> tuple[str, str]:
    """Write both ends of a period, the first without what the last says again: 11 and 17 September 2023."""
    if first.year != last.year:
        return day(first, language), day(last, language)
    short = short_day(first, language)
    if not any(letter.isalpha() for letter in short):
        return short, day(last, language)
    if first.month == last.month:
        return _by("d", first, language), day(last, language)
    pattern = _locale(language).datetime_skeletons["MMMMd"].pattern.replace("d M", "d\N{NO-BREAK SPACE}M")
    return _by(pattern, first, language), day(last, language)


def short_days_from_to(first: date, last: date, language: Language) -> tuple[str, str]:
    """Write both ends of a period in a column's head: 11 and 17 Sep, 11 and 17/9."""
    alone = re.match("d*", _customs(language)["short_day"])
    if alone and (first.year, first.month) == (last.year, last.month):
        return _by(alone[0], first, language), short_day(last, language)
    return short_day(first, language), short_day(last, language)


def day_format(language: Language) -> str:
    """Return how a spreadsheet is told to show days, in its own letters."""
    return str(_customs(language)["spreadsheet"])


def instant(value: datetime, language: Language) -> str:
    """Write an instant in the zone it carries: 08 giờ 00 ngày 18/9/2023 or 08:00 on 18 September 2023."""
    clock, written = value.strftime("%H:%M"), day(value.date(), language)
    return _custom("instant", language, clock=clock, hour=str(value.hour), minute=f"{value:%M}", day=written)


def zone_name(zone: tzinfo, language: Language) -> str:
    """Name a time zone as people do: giờ Việt Nam, Eastern Time; a zone of no place by its own name."""
    key = str(zone)
    if "/" not in key:
        return key
    name: str = get_timezone_name(zone, locale=_locale(language))
    for place, article in _customs(language).get("zones", ()):
        name = re.sub(rf" : (?={place})", f" {article}", name)
    return name[0].lower() + name[1:] if _customs(language).get("zone") == "lower" else name


def plural(value: float | None, forms: str, language: Language) -> str:
    """Choose the form that a number asks for, after the plural rules of CLDR.

    Parameters
    ----------
    forms
        One form for all numbers, ``cell|cells`` for one and others, or one for each category of the
        language in the order zero, one, two, few, many, other.
    """
    choices = forms.split("|")
    if value is None or not math.isfinite(value):
        return choices[-1]
    category = _locale(language).plural_form(int(value) if value == int(value) else value)
    if len(choices) <= 2:
        return choices[0] if category == "one" else choices[-1]
    needed = [one for one in _CATEGORIES if one in {*_locale(language).plural_form.tags, "other"}]
    if len(choices) != len(needed):
        raise ValueError(f"{forms!r} has {len(choices)} forms where {language} has {', '.join(needed)}")
    return choices[needed.index(category)]


def _custom(key: str, language: Language, **given: str) -> str:
    text: str = _customs(language)[key]
    return text.format(**given)
