"""Numbers as Vietnamese teams type them: a value with its qualifier, or the reason why it is not one.

A dot groups thousands and a comma is the decimal mark. What has a second reading is not read at all:
``12.60``, ``1_250``, ``1e5``, full-width digits and letters for digits come back as a fault, never as a
number.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from analysis.campaign import Qualifier, vocabulary, vocabulary_names
from analysis.tallies.words.spelling import UNSEEN, word_table

QUALIFIERS: tuple[Qualifier, ...] = ("exact", "at_least", "at_most", "almost", "about", "missing")
LARGEST = 10**12
"""No count of people or papers reaches this; longer digits are something else."""

LARGEST_RATE = 1_000.0
"""A share of ten times the whole is no share: a decimal mark was lost, or the column holds counts."""

SPACES = " \u00a0\u2007\u2009\u202f"
_SAID = {kind: tuple(chain(*words.values())) for kind, words in word_table("numbers").items()}
_MISSING, _SUPPRESSED = frozenset(_SAID["missing"]), frozenset(_SAID["suppressed"])
_SMALL = re.compile(f"(?:{'|'.join(map(re.escape, _SAID['suppressed_below']))})" + r"\s?\.?[0-9]", re.ASCII)
_QUALIFYING: dict[str, Qualifier] = {word: kind for kind in QUALIFIERS[1:-1] for word in _SAID[kind]}
_SCALES = dict.fromkeys(_SAID["thousand"], 3) | dict.fromkeys(_SAID["million"], 6)
_UNITS = {
    unit
    for name in vocabulary_names()
    for one in vocabulary(name).measures
    for unit in (one.unit or {}).values()
}
NOUNS = sorted({*_UNITS, *_SAID["people"]} - {"%"}, key=len, reverse=True)
"""What may stand behind a number: the units of the vocabularies, and people; the longest first."""

_QUALIFIER = re.compile(
    "(" + "|".join(re.escape(word) for word in sorted(_QUALIFYING, key=len, reverse=True)) + r")\s*(?=[\s\d])"
)
_TAIL = re.compile(rf"\s*({'|'.join(_SCALES)})?\s*(?:{'|'.join(map(re.escape, NOUNS))})?", re.ASCII)
_ALL_PLAIN = re.compile(r"(?:(?:0|[1-9][0-9]{0,14}|[1-9][0-9]{0,2}(?:\.[0-9]{3})+)\n)*")
_FLOAT = re.compile(r"[1-9][0-9]{3,14}\.0{1,2}", re.ASCII)
_COMMAS = re.compile(r"[1-9][0-9]{0,2}(?:,[0-9]{3})+(?:\.0+)?", re.ASCII)
_POINT = re.compile(r"(?<=[0-9])\.0{1,2}$", re.ASCII)
_GROWTH = re.compile(r"\+\s?([1-9][0-9.]*|0)", re.ASCII)
_AT_LEAST = re.compile(r"([1-9][0-9.]*)\s?\+", re.ASCII)
_POINTED = re.compile(r"(?:0|[1-9][0-9]{0,2})\.[0-9]{1,15}", re.ASCII)
"""A share with a decimal point: nothing else, for no share has a group of thousands."""
_ALL_PERCENTS = re.compile(r"(?:(?:0|[1-9][0-9]{0,3})(?:,[0-9]{1,15})?%?\n)*")
_NUMBER = re.compile(
    rf"(?P<whole>[1-9][0-9]{{0,2}}(?P<by>[.'’{SPACES}])[0-9]{{3}}(?:(?P=by)[0-9]{{3}})*|[1-9][0-9]{{0,14}}|0)"
    r"(?:,(?P<part>[0-9]{1,15}))?"
)

_AROUND = re.compile(rf"^(?:[{SPACES}\t\r\n]|{UNSEEN})+|(?:[{SPACES}\t\r\n]|{UNSEEN})+$")
_AS_TEXT = re.compile(r"^'(?=[0-9])")
"""The apostrophe by which a spreadsheet is told to keep digits as text; exports write it out."""


class Number(NamedTuple):
    """A value as written: ``value`` is NaN when ``qualifier`` is ``missing``; ``out_of`` is Y of ``X/Y``."""

    value: float
    qualifier: Qualifier
    out_of: float | None = None


Read = tuple[NDArray[np.float64], dict[int, Number | str]]
MISSING = Number(float("nan"), "missing")


def read_count(text: str) -> Number | str:
    """Read a count of people or papers from one cell.

    Returns
    -------
    Number or str
        The number, or the code of the check that the text fails.
    """
    cell = _tidy(text)
    if (mark := _mark(cell)) is not None:
        return mark
    if "/" in cell:
        return _read_of(cell)
    if _FLOAT.fullmatch(cell):
        return Number(float(cell), "exact") if float(cell) < LARGEST else "number_too_large"
    if more := _AT_LEAST.fullmatch(cell):
        number = _read_plain(more[1])
        return number if isinstance(number, str) else Number(number[0], "at_least")
    number = _read_plain(cell)
    if isinstance(number, str):
        return number
    value, qualifier = number
    if value.is_integer():
        return Number(value, qualifier)
    return "comma_thousands" if _fault(_qualified(cell)[1]) == "comma_thousands" else "not_whole"


def says_number(text: str) -> bool:
    """Whether a cell says a number, that there is one which is suppressed, or tries to."""
    number = read_count(text)
    if isinstance(number, Number):
        return number.qualifier != "missing"
    return number == "suppressed" or (any(map(str.isdigit, text)) and sum(map(str.isalpha, text)) < 4)


def read_growth(text: str) -> Number | str:
    """Read a count of one day, which may bear the sign of what is added: ``+210`` is 210."""
    number = read_count(text)
    if isinstance(number, str) and (signed := _GROWTH.fullmatch(_tidy(text))):
        return read_count(signed[1])
    return number


def read_percent(text: str) -> Number | str:
    """Read a percentage, in percent: ``24,37%``, ``24.37%`` and ``24,37`` are all 24.37; above 100 is real.

    ``43.751`` is 43.751 %: no share is 43,751 %.
    """
    cell = _tidy(text)
    if (mark := MISSING if cell == "%" else _mark(cell)) is not None:
        return mark
    share = cell.removesuffix("%").rstrip()
    if _POINTED.fullmatch(share):
        return Number(float(share), "exact")
    number = _read_plain(share)
    return number if isinstance(number, str) else Number(*number)


def are_floats(cells: Iterable[str]) -> bool:
    """Whether some cells are whole numbers as a program writes them: one, ``21292.0``, is nothing else."""
    return any(_FLOAT.fullmatch(cell.strip()) for cell in cells)


def without_point(cell: str) -> str:
    """Return a whole number that a program wrote as ``210.0`` as it was counted."""
    return _POINT.sub("", cell.strip())


def without_commas(cell: str) -> str:
    """Return a count as English writes it, ``21,292``, without its commas; any other text as it is."""
    return cell.strip().partition(".")[0].replace(",", "") if _COMMAS.fullmatch(cell.strip()) else cell


def read_counts(cells: Sequence[str], kind: str = "cumulative") -> Read:
    """Read the different cells of a column of counts, those of a ``period`` with a sign or without.

    Returns
    -------
    values, odd
        Values (n,), NaN where not a plain exact count; ``odd`` maps the position of each of those to what
        ``read_count`` says of it.
    """
    return _read_all(
        cells,
        _plain(cells, _ALL_PLAIN, str.maketrans("", "", ".")),
        read_growth if kind == "period" else read_count,
    )


def read_percents(cells: Sequence[str]) -> Read:
    """Read the different cells of a column of percentages, as `read_counts` reads counts."""
    return _read_all(cells, _plain(cells, _ALL_PERCENTS, str.maketrans(",", ".", "%")), read_percent)


def _plain(
    cells: Sequence[str], pattern: re.Pattern[str], marks: Mapping[int, int | None]
) -> Sequence[float] | None:
    """Return the values of cells that are all plain numbers, once their marks are rewritten; else None."""
    joined = "\n".join(cells) + "\n"
    if joined.count("\n") != len(cells) or not pattern.fullmatch(joined):
        return None
    values = list(map(float, joined.translate(marks).split()))
    return values if max(values) < LARGEST else None


def _read_all(
    cells: Sequence[str], plain: Sequence[float] | None, read: Callable[[str], Number | str]
) -> Read:
    if plain is not None:
        return np.array(plain), {}
    values = np.full(len(cells), np.nan)
    odd: dict[int, Number | str] = {}
    for at, number in enumerate(map(read, cells)):
        if isinstance(number, Number) and number.qualifier == "exact" and number.out_of is None:
            values[at] = number.value
        else:
            odd[at] = number
    return values, odd


def _tidy(text: str) -> str:
    # No number is as long as this, and what is longer need not be looked at.
    if len(text) > 200:
        return "?"
    cell = _AROUND.sub("", unicodedata.normalize("NFC", text).casefold())
    return _AS_TEXT.sub("", cell)


def _mark(cell: str) -> Number | str | None:
    """Return what a cell says in place of a number: there is none, or a small one is suppressed; else None.

    ``<5`` is a publisher's mark like ``*``: only a campaign can say how many it stands for at most.
    """
    if cell in _MISSING:
        return MISSING
    return "suppressed" if cell in _SUPPRESSED or _SMALL.match(cell) else None


def _qualified(cell: str) -> tuple[Qualifier, str]:
    """Split a cell into the qualifier before its number and the rest."""
    if words := _QUALIFIER.match(cell):
        return _QUALIFYING[words[1]], cell[words.end() :].lstrip(SPACES)
    return "exact", cell


def _read_plain(cell: str) -> tuple[float, Qualifier] | str:
    qualifier, cell = _qualified(cell)
    number = _NUMBER.match(cell)
    tail = _TAIL.fullmatch(cell, number.end()) if number else None
    if number is None or tail is None:
        return _fault(cell)
    digits = re.sub(r"[^0-9]", "", number["whole"])
    scale = _SCALES.get(tail[1] or "", 0)
    value = float(f"{digits}.{number['part'] or 0}e{scale}")
    if value >= LARGEST:
        return "number_too_large"
    # Who writes "12,6 nghìn" has rounded: nobody counts in hundreds.
    return value, "about" if scale and qualifier == "exact" else qualifier


def _fault(cell: str) -> str:
    """Name what is wrong with a cell that is no number."""
    if cell.startswith("="):
        return "formula_without_value"
    if cell.startswith("#"):
        return "error_cell"
    if re.fullmatch(r"[-−(]\s?[0-9][0-9.,]*\)?", cell):
        return "negative"
    if re.fullmatch(r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?", cell):
        return "comma_thousands"
    if re.fullmatch(r"[0-9.,]+\s?%", cell):
        return "percent_in_count"
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}.*|[0-9]{1,2}[/-][0-9]{1,2}[/-][0-9]{2,4}", cell):
        return "looks_like_date"
    return "not_a_number"


def _read_of(cell: str) -> Number | str:
    done, _, whole = cell.partition("/")
    first, second = _read_plain(done.strip(SPACES)), _read_plain(whole.strip(SPACES))
    if isinstance(first, str) or isinstance(second, str):
        return _fault(cell)
    if not first[0].is_integer() or not second[0].is_integer() or second[1] != "exact":
        return "not_whole"
    if 1 <= first[0] <= 31 and 1 <= second[0] <= 12:
        return "looks_like_date"
    # Nobody is given a target of none: a digit is missing, or the cell says something else.
    return Number(first[0], first[1], out_of=second[0]) if second[0] else "not_a_number"
