"""Filling wordings with numbers: the one place where a figure gets into a sentence."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from analysis import say
from analysis.campaign import Language
from analysis.report.numbers import Number, Numbers
from analysis.report.words.phrases import word

LISTED = 60
"""Names that a list in the text has at most; all of them are in the tables."""

_MARK = "\N{LEFT-TO-RIGHT MARK}"
_LETTERS = "\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc"
_LEFTWARD = re.compile(rf"[{_LETTERS}]+(?:[ '-][{_LETTERS}]+)*(?!{_MARK}|[ '-]?[{_LETTERS}])")
"""A name written from right to left; without a mark behind it the number beside it stands at another name."""


class Voice:
    """Says phrases in one language, with the numbers of one report.

    A phrase names numbers by key; anything else it needs is given in the call, already in words.
    """

    def __init__(self, language: Language, numbers: Numbers) -> None:
        self.language: Language = language
        self.numbers = numbers

    def say(self, phrase: str, **given: Any) -> str:
        """Return the phrase with its numbers; KeyError where a phrase or a number is not there."""
        text: str = word(phrase, self.language)
        return _LEFTWARD.sub(rf"\g<0>{_MARK}", text.format_map(_Words(self, given)))

    def few(self, names: Sequence[str], most: int = LISTED) -> str:
        """Name the first few, and say how many more there are."""
        if len(names) <= most + 1:  # to say that there is one more takes as much room as its name
            return ", ".join(names)
        said = ", ".join(names[:most])
        return self.say("and_more", names=said, number=len(names) - most)

    def clauses(self, said: Sequence[str]) -> str:
        """Set clauses beside one another, with the language's own semicolon."""
        return self.say("semicolon").join(said)

    def number(self, key: str) -> "_Spoken":
        """Return a number as a phrase may name its parts, for a phrase that names it otherwise."""
        return _Spoken(self.numbers[key], self.language)


class _Words:
    """What a phrase's braces may name: the words given, then the numbers."""

    def __init__(self, voice: Voice, given: Mapping[str, Any]) -> None:
        self._voice, self._given = voice, given

    def __getitem__(self, key: str) -> Any:
        given = self._given[key] if key in self._given else self._voice.numbers[key]
        if isinstance(given, int):  # how many of something
            given = Number(key, given, "count", "")
        return _Spoken(given, self._voice.language) if isinstance(given, Number) else given


class _Spoken:
    """A number as a phrase may name its parts."""

    def __init__(self, number: Number, language: Language) -> None:
        self._number, self._language = number, language

    def __str__(self) -> str:
        return self._number.text(self._language)

    def __format__(self, forms: str) -> str:
        """Write the number, or of forms such as ``cell|cells`` the one that it asks for."""
        if not forms:
            return str(self)
        value = self._number.value
        counted = value if isinstance(value, (int, float)) else None
        return say.plural(counted, forms, self._language)

    @property
    def bare(self) -> str:
        """The size of a change, without its sign."""
        return str(self).lstrip("+−")

    @property
    def unit(self) -> str:
        return self._number.unit(self._language) if self._number.unit else ""

    @property
    def low(self) -> str:
        return self._number.write(self._number.low, self._language)

    @property
    def high(self) -> str:
        return self._number.write(self._number.high, self._language)

    @property
    def level(self) -> str:
        return say.percent(self._number.level, self._language, 0)

    @property
    def day(self) -> str:
        when = self._number.day
        return say.day(when, self._language) if isinstance(when, date) else ""
