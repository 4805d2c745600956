"""From what a team calls itself to an area code, on a date; suggestions never decide."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from rapidfuzz import fuzz, process

from analysis.campaign import Area

_TYPE_OF_WORD = {
    "thành phố": "TP", "tp": "TP", "thị xã": "TX", "tx": "TX", "thị trấn": "TT", "tt": "TT",
    "huyện": "H", "h": "H", "xã": "X", "x": "X", "phường": "P", "p": "P",
}  # fmt: skip
_OFFICE = re.compile(r"^(?:đơn vị|địa bàn|công an|ca|ubnd|ủy ban nhân dân)[:\s.]+")
_PREFIX = re.compile(
    r"^(?:(thành phố|thị xã|thị trấn|huyện|phường|xã)\s+|(tp|tx|tt|h|p|x)(?:\.\s*|\s+))(?=\S)"
)
_TONES = "\u0300\u0301\u0303\u0309\u0323"


def plain(text: str) -> str:
    """Lower-case ``text`` in one spelling: NFC, single spaces, Đ of any code point, one place for the tone."""
    text = unicodedata.normalize("NFC", text).replace("Ð", "đ").replace("Ɖ", "đ").replace("ð", "đ")
    words = unicodedata.normalize("NFC", text.casefold().replace("ɖ", "đ")).split()
    return " ".join(_with_tone_last(word) for word in words)


def _with_tone_last(word: str) -> str:
    letters = unicodedata.normalize("NFD", word)
    tones = "".join(mark for mark in letters if mark in _TONES)
    return unicodedata.normalize("NFC", "".join(c for c in letters if c not in _TONES)) + tones


def bare(text: str) -> str:
    """Return ``plain`` text without any accent, for the second try and for headings."""
    letters = unicodedata.normalize("NFD", plain(text).replace("đ", "d"))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


@dataclass(frozen=True)
class Gazetteer:
    """The areas that may report, findable by code and by name."""

    areas: tuple[Area, ...]

    @cached_property
    def _by_code(self) -> dict[str, list[int]]:
        found = defaultdict(list)
        for at, area in enumerate(self.areas):
            found[area.code].append(at)
        return found

    @cached_property
    def _by_name(self) -> dict[str, list[int]]:
        found = defaultdict(list)
        for at, area in enumerate(self.areas):
            found[_split(area.name)[1]].append(at)
        return found

    @cached_property
    def _by_bare_name(self) -> dict[str, list[int]]:
        found = defaultdict(list)
        for at, area in enumerate(self.areas):
            found[bare(_split(area.name)[1])].append(at)
        return found

    def candidates(self, text: str) -> Sequence[int]:
        """Return the positions of the areas that ``text`` may mean, over all dates."""
        if text.strip() in self._by_code:
            return self._by_code[text.strip()]
        kind, name = _split(text)
        found = self._by_name.get(name)
        if found is None and name.isascii():
            found = self._by_bare_name.get(name)
        return [at for at in found or () if kind is None or self.areas[at].type == kind]

    def resolve(self, text: str, day: date) -> int | str:
        """Return the position of the one area ``text`` means on ``day``, or the code of the failed check."""
        candidates = self.candidates(text)
        valid = [at for at in candidates if self.areas[at].valid_on(day)]
        if len(valid) == 1:
            return valid[0]
        if valid:
            return "area_ambiguous"
        return "area_not_then" if candidates else "area_unknown"

    def suggest(self, text: str) -> str | None:
        """Return the name most like ``text``, for a person to decide on."""
        names = [area.name for area in self.areas]
        best = process.extractOne(bare(text), names, scorer=fuzz.WRatio, processor=bare, score_cutoff=80)
        return best[0] if best else None


def _split(text: str) -> tuple[str | None, str]:
    name = _OFFICE.sub("", _written(text))
    if found := _PREFIX.match(name):
        return _TYPE_OF_WORD[found[1] or found[2]], plain(name[found.end() :])
    return None, plain(name)


def _written(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())
