"""One spelling for names and words: letter cases, accents and their order, blanks, full stops."""

import re
import tomllib
import unicodedata
from collections.abc import Iterable
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

UNSEEN = "[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]"
"""Marks that nobody sees: of byte order, of the direction of writing, of where a word may break."""
_TONES = "\u0300\u0301\u0303\u0309\u0323"
_WORD = re.compile(r"[^\W\d_]+")
_GAPS = str.maketrans("._", "  ")
_ALIKE = str.maketrans({"Ð": "đ", "ð": "đ", "Ɖ": "đ", "ɖ": "đ", "’": "'", "ʼ": "'", "–": "-", "—": "-"})


@cache
def word_table(name: str) -> dict[str, Any]:
    """Read one of the files of words that stand beside this one."""
    return tomllib.loads(files(__package__).joinpath(f"{name}.toml").read_text(encoding="utf-8"))


@lru_cache(maxsize=1 << 16)
def plain(text: str) -> str:
    """Write ``text`` in one spelling.

    Lower case, NFC, single spaces, Đ of any code point, the tone of a word always at its end (so that
    ``Hòa`` is ``Hoà``), no invisible characters.
    """
    text = unicodedata.normalize("NFC", text).translate(_ALIKE).casefold()
    if not text.isprintable():
        text = "".join(letter for letter in text if unicodedata.category(letter) != "Cf")
    # Blanks are joined first: a pattern that begins with any number of them takes a minute for a long row.
    text = " ".join(text.split())
    text = re.sub(r" ?- ?", "-", text) if "-" in text else text
    return text if text.isascii() else _WORD.sub(lambda word: _with_tone_last(word[0]), text)


@lru_cache(maxsize=1 << 16)  # names are made of the same few syllables
def _with_tone_last(word: str) -> str:
    letters = unicodedata.normalize("NFD", word)
    tones = "".join(mark for mark in letters if mark in _TONES)
    return unicodedata.normalize("NFC", "".join(c for c in letters if c not in _TONES)) + tones


@lru_cache(maxsize=1 << 16)
def bare(text: str) -> str:
    """Return ``plain`` text without any accent, for headings and for names typed without accents."""
    letters = unicodedata.normalize("NFD", plain(text).replace("đ", "d"))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def any_of(phrases: Iterable[str]) -> re.Pattern[str]:
    """Return a pattern of any of some phrases, the longest that fits, as words of their own."""
    return re.compile(rf"\b(?:{'|'.join(sorted(phrases, key=len, reverse=True))})\b")


def words_of_names(names: Iterable[str]) -> frozenset[str]:
    """Return the single words of some names, with accents and without."""
    found = re.findall(r"(?:[^\W\d_]|[\u0300-\u036f])+", plain(" ".join(names)))
    return frozenset((*found, *map(bare, found)))


@lru_cache(maxsize=1 << 16)
def written(name: str) -> str:
    """Return a name folded as both sides are: one spelling, full stops and gaps of any kind alike."""
    return " ".join(plain(name).translate(_GAPS).split())


def letters(name: str) -> str:
    """Return the letters and numerals of a name alone: W.P. Putrajaya is as WP Putrajaya."""
    return "".join(letter for letter in plain(name) if letter.isalnum())


def fits(typed: str, name: str) -> bool:
    """Whether ``typed`` is ``name`` with some accents left out; both as `plain` gives them."""
    return bare(typed) == bare(name) and all(
        one <= whole for one, whole in zip(_marks(typed), _marks(name), strict=True)
    )


def _marks(text: str) -> list[set[str]]:
    """Return the marks letter by letter, the tone of a word counting as one more letter."""
    found: list[set[str]] = []
    for word in text.split():
        tone: set[str] = set()
        for letter in unicodedata.normalize("NFD", word):
            if letter in _TONES:
                tone.add(letter)
            elif unicodedata.combining(letter):
                found[-1].add(letter)
            else:
                found.append({"đ"} if letter == "đ" else set())
        found.append(tone)
    return found
