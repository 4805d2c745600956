"""Everything the report says, in Vietnamese and in English: numbers, dates, labels, sentences."""

from analysis.report.words.numbers import (
    LANGUAGES,
    Language,
    count,
    day,
    decimal,
    instant,
    long_day,
    percent,
    short_day,
    signed,
    significant,
    week_label,
)

__all__ = [
    "LANGUAGES",
    "Language",
    "count",
    "day",
    "decimal",
    "instant",
    "long_day",
    "percent",
    "short_day",
    "signed",
    "significant",
    "week_label",
]
