"""Everything the report says, in Vietnamese and in English: numbers, dates, labels, sentences."""

from analysis.report.words.numbers import (
    LANGUAGES,
    Language,
    count,
    day,
    decimal,
    instant,
    long_day,
    not_in_horizon,
    p_value,
    percent,
    probability,
    short_day,
    signed,
    signed_percent,
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
    "not_in_horizon",
    "p_value",
    "percent",
    "probability",
    "short_day",
    "signed",
    "signed_percent",
    "significant",
    "week_label",
]
