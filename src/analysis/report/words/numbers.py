"""Numbers and dates as each language writes them; a number is rounded here and nowhere else."""

import math
from datetime import date, datetime, timedelta

from babel.dates import format_date
from babel.numbers import format_decimal

from analysis.campaign import Language

_LOCALES = {"vi": "vi_VN", "en": "en_GB"}
_NONE = "–"


def count(value: float | None, language: Language) -> str:
    """Write a whole number of things: 12.600 or 12,600; a dash where there is none."""
    return decimal(value, language, 0)


def decimal(value: float | None, language: Language, digits: int) -> str:
    """Write a number with exactly that many decimals: 12.600,5 or 12,600.5."""
    if value is None or not math.isfinite(value):
        return _NONE
    rounded = round(value, digits) + 0.0  # no minus before a zero
    pattern = "#,##0" + ("." + "0" * digits if digits else "")
    text: str = format_decimal(rounded, format=pattern, locale=_LOCALES[language])
    return text.replace("-", "−")


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
    """Write a share (1 is everything) as a percentage: 24,4% in Vietnamese, 24.4% in English."""
    if share is None or not math.isfinite(share):
        return _NONE
    return f"{decimal(100 * share, language, digits)}%"


def signed_percent(share: float | None, language: Language, digits: int = 0) -> str:
    """Write a relative change with its sign: +12%, −3%."""
    if share is None or not math.isfinite(share):
        return _NONE
    return f"{signed(100 * share, language, digits)}%"


def probability(value: float | None, language: Language) -> str:
    """Write a probability in whole percent; what a finite number of draws cannot tell is not claimed."""
    if value is None or not math.isfinite(value):
        return _NONE
    if value < 0.01:
        return "dưới 1%" if language == "vi" else "below 1%"
    if 0.99 < value < 1.0:
        return "trên 99%" if language == "vi" else "above 99%"
    return percent(value, language, 0)


def p_value(value: float | None, language: Language) -> str:
    """Write a p value with two significant figures, at most four decimals: 0,0012."""
    if value is None or not math.isfinite(value):
        return _NONE
    if value < 0.0001:
        return "dưới 0,0001" if language == "vi" else "below 0.0001"
    digits = min(4, 1 - math.floor(math.log10(value)))
    return decimal(value, language, max(digits, 2))


def after(horizon: date | None, language: Language) -> str:
    """Say that a day lies after the last one looked at; a dash where none was."""
    if horizon is None:
        return _NONE
    return (
        f"sau ngày {day(horizon, language)}" if language == "vi" else f"later than {day(horizon, language)}"
    )


def significant(value: float | None, language: Language, figures: int = 3) -> str:
    """Write an estimate with so many significant figures, never more decimals than that asks for."""
    if value is None or not math.isfinite(value):
        return _NONE
    if value == 0:
        return decimal(0.0, language, 0)
    digits = figures - 1 - math.floor(math.log10(abs(value)))
    return decimal(round(value, digits), language, max(digits, 0))


def day(value: date, language: Language) -> str:
    """Write a day in full: 10/9/2023 or 10 September 2023."""
    if language == "vi":
        return f"{value.day}/{value.month}/{value.year}"
    text: str = format_date(value, "d MMMM y", locale="en_GB")
    return text


def short_day(value: date, language: Language) -> str:
    """Write a day where the year is plain from what stands around it: 10/9 or 10 Sep."""
    if language == "vi":
        return f"{value.day}/{value.month}"
    text: str = format_date(value, "d MMM", locale="en_US")
    return " ".join(text.split())


def table_day(value: date, language: Language) -> str:
    """Write a day for a narrow column: 10/9/2023 or 10 Sep 2023."""
    return day(value, language) if language == "vi" else f"{short_day(value, language)} {value.year}"


def long_day(value: date, language: Language) -> str:
    """Write a day with its weekday: Chủ Nhật, 10/9/2023 or Sunday 10 September 2023."""
    name: str = format_date(value, "EEEE", locale=_LOCALES[language])
    return f"{name}, {day(value, language)}" if language == "vi" else f"{name} {day(value, language)}"


def instant(value: datetime, language: Language) -> str:
    """Write an instant in the zone it carries: 08:00 ngày 18/9/2023 or 08:00 on 18 September 2023."""
    clock = value.strftime("%H:%M")
    return f"{clock} {'ngày' if language == 'vi' else 'on'} {day(value.date(), language)}"


def week_label(value: date) -> str:
    """Name the ISO week a day lies in: 2023-W37."""
    year, week, _ = value.isocalendar()
    return f"{year}-W{week:02d}"


def week_words(value: date, language: Language) -> dict[str, str]:
    """Say the ISO week a day lies in: its year, its number, its first and its last day."""
    year, week, weekday = value.isocalendar()
    first = value - timedelta(days=weekday - 1)
    last = first + timedelta(days=6)
    return {
        "year": f"{year}",
        "week_number": f"{week:02d}",
        "first": short_day(first, language),
        "last": day(last, language),
    }
