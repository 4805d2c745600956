"""A number that the report says: its value, what it is of, when, how sure, and where it came from."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pandas as pd

from analysis import say
from analysis.campaign import Language, Text
from analysis.report.cells import WRITERS, Kind, as_float, parts_of
from analysis.report.words.phrases import phrase, word
from analysis.standing import as_date

Value = float | date | None


@dataclass(frozen=True)
class Number:
    """One number with everything a reader needs to trust it.

    Attributes
    ----------
    key
        Its name in ``summary.json`` and in the wording of sentences.
    value
        Unrounded; ``None`` where it is not known or, for a day, not within the horizon.
    kind
        How it is written: rounding belongs to the kind, so a number reads the same wherever it stands.
    source
        The artifact and the rule, such as ``panel.parquet: sum of cumulative on the last day``.
    unit
        What is counted; ``None`` for a pure number.
    day
        The day it is true of.
    denominator, denominator_meaning
        For a share: of how many, and of whom.
    low, high, level
        Interval and its probability.
    horizon
        For a day: the last one looked at, so that a day that is ``None`` lies after it.
    hidden
        Whether a public form keeps it back; then there is no value here either.
    """

    key: str
    value: Value
    kind: Kind
    source: str
    unit: Text | None = None
    day: date | None = None
    denominator: float | None = None
    denominator_meaning: Text | None = None
    low: Value = None
    high: Value = None
    level: float | None = None
    horizon: date | None = None
    hidden: bool = False

    def without_value(self) -> "Number":
        """Return the number as a public form may say it: that it is there, and hidden."""
        return replace(self, value=None, low=None, high=None, hidden=True)

    def write(self, value: Value, language: Language) -> str:
        """Write a value of this number's kind."""
        if self.hidden:
            return word("hidden", language)
        if isinstance(value, date):
            return say.day(value, language)
        if self.kind == "day":
            return say.after(self.horizon, language)
        if self.kind == "estimate" and isinstance(self.low, float) and isinstance(self.high, float):
            return say.significant(value, language, self.high - self.low)
        return WRITERS[self.kind](value, language)

    def text(self, language: Language) -> str:
        """Write the number as every form of the report shows it."""
        return self.write(self.value, language)

    def interval_text(self, language: Language) -> list[str]:
        """Write the ends of the interval and its probability."""
        level = say.percent(self.level, language, 0)
        return [self.write(self.low, language), self.write(self.high, language), level]

    @property
    def known(self) -> bool:
        """Whether there is a value at all."""
        return self.value is not None and not (isinstance(self.value, float) and math.isnan(self.value))

    def to_dict(self, languages: Sequence[Language]) -> dict[str, Any]:
        """Return the number as ``summary.json`` holds it; its schema is in ``docs/summary-schema.json``."""
        interval = None
        if self.level is not None:
            interval = {
                "low": _plain(self.low),
                "high": _plain(self.high),
                "level": self.level,
                "text": {language: self.interval_text(language) for language in languages},
            }
        return {
            "value": _plain(self.value),
            "kind": self.kind,
            "unit": _in_each(self.unit, languages),
            "date": _plain(self.day),
            "denominator": _plain(self.denominator),
            "denominator_meaning": _in_each(self.denominator_meaning, languages),
            "interval": interval,
            "source": self.source,
            "text": {language: self.text(language) for language in languages},
        }


class Numbers(dict[str, Number]):
    """The numbers of one report by key; what sentences take their figures from."""

    @classmethod
    def of(cls, *numbers: Number) -> "Numbers":
        """Collect numbers; the same key twice is a mistake of ours."""
        made = cls({number.key: number for number in numbers})
        if len(made) < len(numbers):
            raise ValueError("two numbers have one key")
        return made

    @property
    def enough(self) -> str:
        """The ending of a phrase about the pace where the present one is enough."""
        return "_enough" if self.amount("pace_ratio") <= 1 else ""

    def amount(self, key: str) -> float:
        """Return the value of a number that is no day; NaN where it is not known or not there."""
        value = self[key].value if key in self else None
        return float(value) if isinstance(value, (int, float)) else math.nan


_COUNTED = ("count", "signed", "estimate")


def numbers_of(
    row: "Mapping[str, Any] | pd.Series[Any]", spec: str, source: str, day: date | None, unit: Text
) -> list[Number]:
    """Read numbers from a row of an artifact by words such as ``missing week:signed=increase files@files``.

    Each is a key, how it is written (count), the artifact's column (the key), and the phrase of its unit;
    without one, ``unit`` where it is a count of some kind.
    """
    made = []
    for key, kind, column, own in parts_of(spec, "count"):
        cell = row.get(column)
        value = as_date(cell) if kind == "day" else as_float(cell)
        of = phrase(own) if own else unit if kind in _COUNTED else None
        made.append(Number(key, value, kind, source, of, day))
    return made


def _in_each(text: Text | None, languages: Sequence[Language]) -> dict[str, str] | None:
    return {language: text(language) for language in languages} if text else None


def _plain(value: Value) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return None if value is None or not math.isfinite(value) else float(value)
