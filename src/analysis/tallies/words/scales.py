"""What one of a table's numbers stands for where it is not one: a thousand, or a share of so many."""

import re
from collections.abc import Iterable
from functools import cache
from itertools import chain
from typing import NamedTuple

from analysis.campaign.text import folded
from analysis.tallies.words.spelling import bare, word_table
from analysis.tallies.words.values import NOUNS

LONGEST = 400
"""Letters of a line that are looked at."""
_ROUND = r"1(?:0{2,}|0{0,2}(?:[., ]000)+)(?![.,]?\d)"
"""100, 1.000, 10 000 and so on."""
_ZEROS = r"'?000'?s?\b"


class _Patterns(NamedTuple):
    """What says a scale by itself; its words before what is counted; what makes them part of a number."""

    said: tuple[re.Pattern[str], ...]
    before: re.Pattern[str]
    no_scale: re.Pattern[str]
    share: re.Pattern[str]


@cache
def _patterns(*, accented: bool) -> _Patterns:
    """Return the patterns for text with accents, or without: "trạm" is a station, "trăm" a hundred."""
    spelt, table = (folded if accented else bare), word_table("numbers")

    def any_of(words: Iterable[str]) -> str:
        return "|".join(sorted({re.escape(spelt(word)) for word in words}, key=len, reverse=True))

    lead, own, within, many, of, percent = (
        any_of(chain(*table[kind].values()))
        for kind in ("scale_lead", "scale_own", "scale_in", "scale_many", "share_of", "percent")
    )
    word = any_of(
        chain(*(words for kind in ("scale", "thousand", "million") for words in table[kind].values()))
    )
    noun = any_of(NOUNS)
    scale = rf"(?:(?:{word})\b|[x×*]?\s*(?:{_ROUND}s?|10(?:\^[2-9]|[²³⁴-⁹]))|{_ZEROS})"
    ends = rf"(?:\s*(?:{noun}))?\s*(?:$|[)\]])"
    return _Patterns(
        (
            re.compile(
                rf"\b(?:{lead})\b\W{{0,3}}(?:{percent}|{scale})|\b(?:{within})\s+(?:(?:{word})s?\b|{_ZEROS})"
            ),
            re.compile(rf"(?:^|[(\[]|\b(?:{own})\b\W{{0,3}})\s*{scale}{ends}"),
        ),
        re.compile(rf"(?<!\d)(?<!\d\s)(?:\b(\w+)\s+)?\b(?:{word})\s+(?:{noun})\b"),
        re.compile(rf"{many}|\d.*"),
        re.compile(rf"‰|(?:/|\b(?:{of})\b)\s*(?:{_ROUND}|(?:{word})\b)"),
    )


def scale_said(lines: Iterable[str]) -> str:
    """Return the line that says that the numbers are in thousands or the like; "" where none does.

    "Đơn vị tính: nghìn tài khoản", "(1.000 TK)" and "in thousands" say so; "738 nghìn tài khoản" is a number.
    """
    return next((line.strip() for line in lines if _says_scale(line)), "")


def _says_scale(line: str) -> bool:
    text = _spelt(line)
    patterns = _patterns(accented=not text.isascii())
    if any(pattern.search(text) for pattern in patterns.said):
        return True
    return any(not patterns.no_scale.fullmatch(one[1] or "") for one in patterns.before.finditer(text))


def is_share_of_many(heading: str) -> bool:
    """Whether a heading says that its numbers are shares of so many people: "lũy kế / 1.000 dân"."""
    text = _spelt(heading)
    return bool(_patterns(accented=not text.isascii()).share.search(text))


def _spelt(line: str) -> str:
    return folded(line[:LONGEST]).replace("’", "'")
