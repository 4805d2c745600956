"""From what a team calls itself to an area code, on a date; likeness suggests and never decides."""

import csv
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from analysis.campaign import Area

MOST_REMEMBERED = 20_000
LONGEST = 120
"""Names longer than this are no names."""
LEAST_LIKE = 75
"""Of a hundred: a name less like the one typed is not worth suggesting."""

_TYPES = {
    "thành phố": "TP", "tp": "TP", "t p": "TP", "thị xã": "TX", "tx": "TX", "t x": "TX", "thị trấn": "TT",
    "tt": "TT", "huyện": "H", "h": "H", "xã": "X", "x": "X", "phường": "P", "p": "P", "quận": "Q", "q": "Q",
    "tỉnh": "province", "t": "province",
}  # fmt: skip
_OFFICES = ("đơn vị", "địa bàn", "công an", "ca", "ubnd", "ủy ban nhân dân", "uỷ ban nhân dân", "tổ đề án 06")
_JOINED = re.compile(r"^ca(tp|tx|tt|h|x|p)\b")
_CODE_AND_NAME = re.compile(r"(\d{3,5})\s*[-:.]\s*(\D+)|(\D+?)\s*[(\[-]\s*(\d{3,5})\s*[)\]]?", re.ASCII)
_NUMBERED = re.compile(r"\d{1,2}\s*[.)/-]\s*(?=\D)", re.ASCII)
_FOOTNOTE = re.compile(r"(?<=\w)\s*(?:\*+|\(\*+\))$")
_TONES = "\u0300\u0301\u0303\u0309\u0323"
_ALIKE = str.maketrans({"Ð": "đ", "ð": "đ", "Ɖ": "đ", "ɖ": "đ", "’": "'", "ʼ": "'", "–": "-", "—": "-"})


@lru_cache(maxsize=1 << 16)
def plain(text: str) -> str:
    """Write ``text`` in one spelling.

    Lower case, NFC, single spaces, Đ of any code point, the tone of a word always at its end (so that
    ``Hòa`` is ``Hoà``), no invisible characters.
    """
    text = unicodedata.normalize("NFC", text).translate(_ALIKE).casefold()
    text = "".join(letter for letter in text if unicodedata.category(letter) != "Cf")
    # Blanks are joined first: a pattern that begins with any number of them takes a minute for a long row.
    text = re.sub(r" ?- ?", "-", " ".join(text.split()))
    return re.sub(r"[^\W\d_]+", _with_tone_last, text)


def _with_tone_last(word: re.Match[str]) -> str:
    if word[0].isascii():
        return word[0]
    letters = unicodedata.normalize("NFD", word[0])
    tones = "".join(mark for mark in letters if mark in _TONES)
    return unicodedata.normalize("NFC", "".join(c for c in letters if c not in _TONES)) + tones


@lru_cache(maxsize=1 << 16)
def bare(text: str) -> str:
    """Return ``plain`` text without any accent, for headings and for names typed without accents."""
    letters = unicodedata.normalize("NFD", plain(text).replace("đ", "d"))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def words_of_names(names: Iterable[str]) -> frozenset[str]:
    """Return the single words of some names, with accents and without."""
    found = re.findall(r"(?:[^\W\d_]|[\u0300-\u036f])+", plain(" ".join(names)))
    return frozenset((*found, *map(bare, found)))


def written(name: str) -> str:
    """Return a name folded as both sides are: one spelling, full stops and gaps of any kind alike."""
    return " ".join(re.sub(r"[.\s]+", " ", plain(name)).split())


def _letters(name: str) -> str:
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


_TABLE = files("analysis.tallies").joinpath("provinces.csv").read_text(encoding="utf-8")
PROVINCES = {row["code"]: plain(row["name"]) for row in csv.DictReader(_TABLE.splitlines(), strict=True)}
"""The 63 provinces by the code they had until 30 June 2025; teams write them behind their own name."""


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
    def _names(self) -> list[str]:
        return [_own_name(area) for area in self.areas]

    @cached_property
    def _by_bare_name(self) -> dict[str, list[int]]:
        found = defaultdict(list)
        for at, name in enumerate(self._names):
            found[bare(name)].append(at)
        return found

    @cached_property
    def _found(self) -> dict[tuple[str, bool], Sequence[int]]:
        """What was found before: teams write the same few names in every row."""
        return {}

    @cached_property
    def _suggested(self) -> dict[str, str | None]:
        return {}

    @cached_property
    def words(self) -> frozenset[str]:
        """All words of the names of areas and provinces, with accents and without."""
        return words_of_names((*(area.name for area in self.areas), *PROVINCES.values()))

    @cached_property
    def from_days(self) -> NDArray[np.int64]:
        """First day of each area's validity, as a proleptic ordinal, (n,)."""
        return np.array([(area.valid_from or date.min).toordinal() for area in self.areas], dtype=np.int64)

    @cached_property
    def to_days(self) -> NDArray[np.int64]:
        """Last day of each area's validity, as a proleptic ordinal, (n,)."""
        return np.array([(area.valid_to or date.max).toordinal() for area in self.areas], dtype=np.int64)

    def candidates(self, text: str, *, accented: bool = True) -> Sequence[int]:
        """Return the positions of the areas that ``text`` may mean, over all dates.

        Parameters
        ----------
        text
            A code, or a name with or without its type, the office it belongs to, and its parent.
        accented
            Whether the team types accents at all; if not, a name without accents may be any that fits it.
        """
        key = (text, accented)
        if key not in self._found:
            if len(self._found) > MOST_REMEMBERED:
                self._found.clear()
            self._found[key] = self._find(text, accented)
        return self._found[key]

    @cached_property
    def _by_written(self) -> dict[str, list[int]]:
        """Areas by their whole name as the list of areas writes it, folded: nothing is stripped from it."""
        found = defaultdict(list)
        for at, area in enumerate(self.areas):
            found[written(area.name)].append(at)
        return found

    def _find(self, text: str, accented: bool) -> Sequence[int]:
        code = re.sub(r"^'(?=\d)", "", text.strip())
        if code in self._by_code:
            return self._by_code[code]
        if len(text) > LONGEST:
            return ()
        if as_written := self._as_written(text, accented=accented or not text.isascii()):
            return as_written
        if both := _CODE_AND_NAME.fullmatch(code):
            named = self.candidates(both[2] or both[3], accented=accented)
            return [at for at in named if self.areas[at].code == (both[1] or both[4])]
        if marked := _FOOTNOTE.search(code):
            return self.candidates(code[: marked.start()], accented=accented)
        numbered = _NUMBERED.match(code)
        if numbered and bare(code[numbered.end() :]) not in self._numbered:
            return self.candidates(code[numbered.end() :], accented=accented)
        accented = accented or not text.isascii()
        for kind, name, parent in _readings(text):
            found = [at for at in self._called(name, accented) if kind in (None, self.areas[at].type)]
            if parent is not None:
                found = [at for at in found if self._is_in(at, parent)]
            if found:
                return found
        # "WP Putrajaya" and "PNG" are W.P. Putrajaya and P.N.G., where nothing else is written so.
        spelt = self._by_letters.get(_letters(text), ())
        return spelt if len(spelt) == 1 and "." in self.areas[spelt[0]].name else ()

    def _as_written(self, text: str, *, accented: bool) -> Sequence[int]:
        """Return the areas so called letter for letter, unless others share the name.

        "Núi Thành" is a district's name and a town's: which is meant, its type and parent decide.
        """
        found = self._by_written.get(written(text), ())
        names = {self._names[at] for at in found}
        alike = {at for name in names for at in self._by_bare_name[bare(name)]}
        if accented:
            alike = {at for at in alike if self._names[at] in names}
        return found if alike <= set(found) else ()

    @cached_property
    def _numbered(self) -> frozenset[str]:
        """Names that some area bears behind a number, so that the number is no list's."""
        starts = ((name, _NUMBERED.match(name)) for name in map(plain, (area.name for area in self.areas)))
        return frozenset(bare(name[start.end() :]) for name, start in starts if start)

    @cached_property
    def _by_letters(self) -> dict[str, list[int]]:
        found = defaultdict(list)
        for at, area in enumerate(self.areas):
            found[_letters(area.name)].append(at)
        return found

    def is_code(self, text: str) -> bool:
        """Whether ``text`` is the code of an area."""
        return text in self._by_code

    def lies_in(self, text: str, above: str) -> bool:
        """Whether an area so called lies in one called ``above``."""
        return any(self._is_in(at, plain(above)) for at in self.candidates(text))

    def is_exact(self, text: str) -> bool:
        """Whether ``text`` is, accents and all, the name of an area."""
        return any(
            name == self._names[at]
            for _, name, _ in _readings(text[:LONGEST])
            for at in self._by_bare_name.get(bare(name), ())
        )

    def _called(self, name: str, accented: bool) -> list[int]:
        alike = self._by_bare_name.get(bare(name), [])
        exact = [at for at in alike if self._names[at] == name]
        if exact and (accented or not name.isascii()):
            return exact
        return [at for at in alike if fits(name, self._names[at])]

    def _is_in(self, at: int, parent: str) -> bool:
        above = self._by_code.get(self.areas[at].parent or "", ())
        names = [self._names[up] for up in above]
        names += [self._province(at)]
        return any(fits(name, one) for _, name, _ in _readings(parent) for one in filter(None, names))

    def _province(self, at: int) -> str:
        """Return the province that an area's code, or that of an area above it, lies in; "" if unknown."""
        code = self.areas[at].parent or ""
        while above := self._by_code.get(code):
            code = self.areas[above[0]].parent or ""
        return PROVINCES.get(code, "")

    def on(self, candidates: Sequence[int], day: date) -> int | str:
        """Return the one of the candidates that is in force on ``day``, or the code of the failed check."""
        valid = [at for at in candidates if self.areas[at].valid_on(day)]
        if len(valid) == 1:
            return valid[0]
        if valid:
            return "area_ambiguous"
        return "area_not_then" if candidates else "area_unknown"

    def resolve(self, text: str, day: date) -> int | str:
        """Return the position of the one area ``text`` means on ``day``, or the code of the failed check."""
        return self.on(self.candidates(text), day)

    def suggest(self, text: str) -> str | None:
        """Return the name most like ``text``, for a person to decide on."""
        if text not in self._suggested:
            self._suggested[text] = self._most_like(text) if len(self._suggested) < MOST_REMEMBERED else None
        return self._suggested[text]

    def _most_like(self, text: str) -> str | None:
        names = list(self._by_bare_name)
        likely = [
            process.extractOne(bare(name), names, scorer=fuzz.ratio, score_cutoff=LEAST_LIKE)
            for _, name, _ in _readings(text[:LONGEST])
        ]
        best = max(filter(None, likely), key=lambda one: one[1], default=None)
        return self.areas[self._by_bare_name[best[0]][0]].name if best else None


def _own_name(area: Area) -> str:
    """Return the area's name without its own type; numbered wards keep a bare number."""
    for kind, name, _ in _readings(area.name):
        if kind == area.type:
            return name
    return _number(plain(area.name))


def _readings(text: str) -> Iterator[tuple[str | None, str, str | None]]:
    """Yield what ``text`` may say as (type, name, parent): first all of it as a name, then ever less."""
    whole = re.sub(r":|\.+(?=\s|$)|(?<=\w)\.(?=\w)", " ", plain(text)).strip(" ,;-")
    if not whole:
        return
    yield None, whole, None
    name, parent = whole, None
    if found := re.fullmatch(r"(.+?)\s*[,(-]\s*([^,()]+?)\)?", whole):
        name, parent = found[1], found[2]
    for one, above in ((name, parent), (whole, None)) if parent else ((whole, None),):
        if above is not None and (kind := _bare_type(above)):
            yield kind, _number(_without_office(one)), None
            continue
        rest = _without_office(one)
        kind, rest = _typed(rest)
        if kind is None:
            kind, rest = _typed_after(rest)
        if kind is not None or not rest.isdigit():
            yield kind, _number(rest), above


def _without_office(name: str) -> str:
    while True:
        if _JOINED.match(name):
            return name[2:]
        for office in _OFFICES:
            for form in (plain(office), bare(office)):
                if name.startswith((form + " ", form + "-")):
                    name = name[len(form) :].strip(" -")
                    break
            else:
                continue
            break
        else:
            return name


def _typed(name: str) -> tuple[str | None, str]:
    for word, kind in _TYPES.items():
        forms = (plain(word), bare(word)) if name.isascii() else (plain(word),)
        for form in forms:
            if name.startswith(form + " "):
                return kind, name[len(form) :].strip()
    return None, name


def _typed_after(name: str) -> tuple[str | None, str]:
    for word, kind in _TYPES.items():
        if len(word) > 1 and name.endswith(" " + plain(word)):
            return kind, name[: -len(plain(word))].strip()
    return None, name


def _bare_type(word: str) -> str | None:
    return next((kind for form, kind in _TYPES.items() if bare(form) == word or plain(form) == word), None)


def _number(name: str) -> str:
    return str(int(name)) if name.isascii() and name.isdigit() and len(name) < 4 else name
