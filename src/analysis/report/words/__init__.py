"""Everything the report says, in Vietnamese and in English: numbers, dates, labels, sentences."""

from analysis.campaign import Language
from analysis.report.words.numbers import (
    after,
    as_printed,
    count,
    day,
    decimal,
    instant,
    long_day,
    p_value,
    percent,
    probability,
    short_day,
    signed,
    signed_percent,
    significant,
    table_day,
    week_label,
    week_words,
)

__all__ = [
    "Language",
    "after",
    "as_printed",
    "count",
    "day",
    "decimal",
    "instant",
    "long_day",
    "p_value",
    "percent",
    "probability",
    "short_day",
    "signed",
    "signed_percent",
    "significant",
    "table_day",
    "week_label",
    "week_words",
]
