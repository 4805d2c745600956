"""From what a team calls itself to an area code, on a date; likeness suggests and never decides."""

import csv
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, lru_cache
from importlib.resources import files

from rapidfuzz import fuzz, process

from analysis.campaign import Area, type_words
from analysis.tallies.words.around import Around
from analysis.tallies.words.headings import words_of, words_of_kind
from analysis.tallies.words.spelling import any_of, bare, fits, letters, plain, words_of_names, written

MOST_REMEMBERED = 20_000
LONGEST = 120
"""Names longer than this are no names."""
LONGEST_CONTEXT = 400
"""Letters of a title in which the name of an area above is looked for."""
MOST_WORDS = 6
"""No name of an area has more words."""
MOST_NAMED = 5
"""Areas named for a person to choose from."""
LEAST_LIKE = 75
"""Of a hundred: a name less like the one typed is not worth suggesting."""

_CODE_AND_NAME = re.compile(r"(\d{3,5})\s*[-:.]\s*(\D+)|(\D+?)\s*[(\[-]\s*(\d{3,5})\s*[)\]]?", re.ASCII)
_NUMBERED = re.compile(r"\d{1,2}\s*[.)/-]\s*(?=\D)|[a-z]\)\s*(?=\w)", re.ASCII)
_BULLET = re.compile(r"['+*•●▪◦‣·➢✓→\s]+(?=\w)")
_FOOTNOTE = re.compile(r"(?<=[^\W\d])\s*(?:\*+|\(\*+\)|[¹²³⁴-⁹†‡]+|[(\[]\d[)\]]|[(\[]([^\d()\[\]]+)[)\]])$")

_TABLE = files("analysis.tallies.words").joinpath("provinces.csv").read_text(encoding="utf-8")
PROVINCES = {row["code"]: plain(row["name"]) for row in csv.DictReader(_TABLE.splitlines(), strict=True)}
"""The 63 provinces by the code they had until 30 June 2025; teams write them behind their own name."""


@dataclass(frozen=True)
class Gazetteer:
    """The areas that may report, findable by code and by every name they have.

    Attributes
    ----------
    areas
        A code may stand for one area until a day and for another from then on.
    types
        The type that each word for one stands for; by default those that come with the package.
    """

    areas: tuple[Area, ...]
    types: Mapping[str, str] = field(default_factory=lambda: type_words({}))

    def _by(self, keys: Callable[[int], Iterable[str]]) -> dict[str, list[int]]:
        """Return the positions of the areas by some text of theirs; each once under one text."""
        found = defaultdict(list)
        for at in range(len(self.areas)):
            for key in dict.fromkeys(keys(at)):
                found[key].append(at)
        return found

    @cached_property
    def _by_code(self) -> dict[str, list[int]]:
        return self._by(lambda at: [self.areas[at].code])

    @cached_property
    def _by_bare_name(self) -> dict[str, list[int]]:
        return self._by(lambda at: map(bare, self._names[at]))

    @cached_property
    def _by_written(self) -> dict[str, list[int]]:
        """Areas by their whole names as the list of areas writes them, folded: nothing is stripped."""
        return self._by(lambda at: map(written, _called(self.areas[at])))

    @cached_property
    def _by_bare_written(self) -> dict[str, list[int]]:
        return self._by(lambda at: (bare(written(name)) for name in _called(self.areas[at])))

    @cached_property
    def _by_letters(self) -> dict[str, list[int]]:
        return self._by(lambda at: [letters(self.areas[at].name)])

    @cached_property
    def _around(self) -> Around:
        return Around(self.types)

    @cached_property
    def _names(self) -> list[frozenset[str]]:
        """Each area's names without its type."""
        return [
            frozenset().union(*(self._around.own_names(name, area.type) for name in _called(area)))
            for area in self.areas
        ]

    @cached_property
    def _found(self) -> Callable[[str, bool], Sequence[int]]:
        """What was found before is: teams write the same few names in every row."""
        return lru_cache(MOST_REMEMBERED)(self._find)

    @cached_property
    def _suggested(self) -> dict[str, str | None]:
        return {}

    @cached_property
    def words(self) -> frozenset[str]:
        """All words of the names of areas and provinces, with accents and without."""
        return words_of_names((*self._every_name, *PROVINCES.values()))

    @cached_property
    def _every_name(self) -> tuple[str, ...]:
        return tuple(name for area in self.areas for name in _called(area))

    def candidates(self, text: str, *, accented: bool = True) -> Sequence[int]:
        """Return the positions of the areas that ``text`` may mean, over all dates.

        Parameters
        ----------
        text
            A code, or a name with or without its type, the office it belongs to, and its parent.
        accented
            Whether the team types accents at all; if not, a name without accents may be any that fits it.
        """
        return self._found(text, accented)

    def _find(self, text: str, accented: bool) -> Sequence[int]:
        code = re.sub(r"^'(?=\d)", "", text.strip())
        if code in self._by_code:
            return self._by_code[code]
        if len(text) > LONGEST:
            return ()
        if as_written := self._as_written(text, accented=accented or not text.isascii()):
            return as_written
        if (both := self._code_and_name(code, accented)) is not None:
            return both
        marked = _FOOTNOTE.search(code)
        if marked and (not marked[1] or words_of(marked[1]) in words_of_kind("amended")):
            return self.candidates(code[: marked.start()], accented=accented)
        if listed := _BULLET.match(code):
            return self.candidates(code[listed.end() :], accented=accented)
        numbered = _NUMBERED.match(code)
        if numbered and bare(code[numbered.end() :]) not in self._numbered:
            return self.candidates(code[numbered.end() :], accented=accented)
        accented = accented or not text.isascii()
        for kind, name, parent in self._around.readings(text):
            found = [at for at in self._so_called(name, accented) if kind in (None, self.areas[at].type)]
            if parent is not None:
                found = [at for at in found if self._is_in(at, parent)]
            if found:
                return found
        # "WP Putrajaya" and "PNG" are W.P. Putrajaya and P.N.G., where nothing else is written so.
        spelt = self._by_letters.get(letters(text), ())
        return spelt if len(spelt) == 1 and "." in self.areas[spelt[0]].name else ()

    def _as_written(self, text: str, *, accented: bool) -> Sequence[int]:
        """Return the areas so called letter for letter; where accents may be left out, unless others may be.

        "Núi Thành" is a district's name and a town's: which is meant, its type and parent decide.
        """
        found = self._by_written.get(written(text), ())
        return (
            found if accented or len(found) == len(self._by_bare_written.get(bare(written(text)), ())) else ()
        )

    def _code_and_name(self, text: str, accented: bool) -> Sequence[int] | None:
        """Return the area whose code and name both stand in a text; None where it is no such text."""
        if both := _CODE_AND_NAME.fullmatch(text):
            named = self.candidates(both[2] or both[3], accented=accented)
            return [at for at in named if self.areas[at].code == (both[1] or both[4])]
        first, last = text.partition(" "), text.rpartition(" ")
        for code, name in ((first[0].rstrip("-:."), first[2]), (last[2].strip("()[]-:"), last[0])):
            if code in self._by_code and (rest := name.strip(" -:")):
                named = self.candidates(rest, accented=accented)
                if found := [at for at in named if self.areas[at].code == code]:
                    return found
        return None

    @cached_property
    def _numbered(self) -> frozenset[str]:
        """Names that some area bears behind a number, so that the number is no list's."""
        starts = ((name, _NUMBERED.match(name)) for name in map(plain, self._every_name))
        return frozenset(bare(name[start.end() :]) for name, start in starts if start)

    def is_code(self, text: str) -> bool:
        """Whether ``text`` is the code of an area."""
        return text in self._by_code

    def lies_in(self, text: str, above: str) -> bool:
        """Whether an area so called lies in one called ``above``."""
        return any(self._is_in(at, plain(above)) for at in self.candidates(text))

    def is_exact(self, text: str) -> bool:
        """Whether ``text`` is, accents and all, the name of an area."""
        return any(
            name in self._names[at]
            for _, name, _ in self._around.readings(text[:LONGEST])
            for at in self._by_bare_name.get(bare(name), ())
        )

    def _so_called(self, name: str, accented: bool) -> list[int]:
        alike = self._by_bare_name.get(bare(name), [])
        exact = [at for at in alike if name in self._names[at]]
        if exact and (accented or not name.isascii()):
            return exact
        return [at for at in alike if any(fits(name, one) for one in self._names[at])]

    def _is_in(self, at: int, parent: str) -> bool:
        names = set(self._names_above(at))
        return any(fits(name, one) for _, name, _ in self._around.readings(parent) for one in names)

    def _names_above(self, at: int) -> Iterator[str]:
        """Yield the names of every area above one, with its code, and of its province where that is known."""
        for code in self._codes_above(at):
            yield plain(code)
            for up in self._by_code.get(code, ()):
                yield from self._names[up]
            if code not in self._by_code and code in PROVINCES:
                yield PROVINCES[code]

    def _codes_above(self, at: int) -> dict[str, None]:
        """Return the codes of the areas above one, the nearest first; the last may be that of no area."""
        code, found = self.areas[at].parent or "", dict[str, None]()
        while code and code not in found:
            found[code] = None
            above = self._by_code.get(code)
            code = self.areas[above[0]].parent or "" if above else ""
        return found

    def within(self, candidates: Sequence[int], text: str) -> Sequence[int]:
        """Return those of some areas of one name that lie in an area that ``text`` names, anywhere in it.

        All of them where it names none of the areas above, and where one of them lies in another: then the
        text may as well name that one.
        """
        if any(
            self._codes_above(at).keys() & {self.areas[one].code for one in candidates} for at in candidates
        ):
            return candidates
        said = _said(text)
        found = [
            at
            for at in candidates
            if any(fits(one, name) for name in self._names_above(at) for one in said.get(bare(name), ()))
        ]
        return found or candidates

    def stranger(self, texts: Iterable[str], home: Iterable[str]) -> str:
        """Return the line by which the first telling of some texts is of another province; "" where none is.

        ``home`` are texts of the campaign's own. Where neither they nor the areas say in which province all
        this lies, or the text says it too, no other is strange.
        """
        own = self._provinces | _provinces_in(" ; ".join(home))
        for text in texts if own else ():
            if (named := _provinces_in(text)) & own:
                return ""
            named -= self._by_bare_name.keys()
            for line in text.split(" ; ") if named else ():
                words = _bare_words(line)
                if words in named or any(one in named for found in self._typed(words) for one in found):
                    return line
        return ""

    @cached_property
    def _typed(self) -> Callable[[str], list[tuple[str, str]]]:
        """Finds the provinces behind or before a word for one: "tỉnh X", "X province"."""
        types = "|".join(bare(word) for word, kind in self.types.items() if kind in ("province", "TP"))
        name = f"({_PROVINCE.pattern})"
        return re.compile(rf"\b(?:{types}) (?:(?:of|de) )?{name}|{name} (?:{types})\b").findall

    @cached_property
    def _provinces(self) -> frozenset[str]:
        """The provinces that areas lie in, without accents."""
        codes = {area.parent for area in self.areas} & PROVINCES.keys() - self._by_code.keys()
        return frozenset(_bare_words(PROVINCES[code]) for code in codes)

    def parents(self, candidates: Sequence[int]) -> str:
        """Return the names of the areas that some areas of one name lie in, for a person to choose from."""
        codes = dict.fromkeys(self.areas[at].parent or self.areas[at].code for at in candidates)
        named = [self.areas[self._by_code[one][0]].name if one in self._by_code else one for one in codes]
        return ", ".join(named[:MOST_NAMED]) + (", …" if len(named) > MOST_NAMED else "")

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
            for _, name, _ in self._around.readings(text[:LONGEST])
        ]
        best = max(filter(None, likely), key=lambda one: one[1], default=None)
        return self.areas[self._by_bare_name[best[0]][0]].name if best else None


@lru_cache(maxsize=64)  # a file names as many areas of one name as it likes, with the same words around them
def _said(text: str) -> dict[str, set[str]]:
    """Return the phrases of a text that may name an area, by their letters without accents."""
    words = re.findall(r"[^\W_]+", written(text[:LONGEST_CONTEXT]))
    said: dict[str, set[str]] = defaultdict(set)
    for span in range(1, 1 + MOST_WORDS):
        for at in range(len(words)):
            phrase = " ".join(words[at : at + span])
            said[bare(phrase)].add(phrase)
    return said


def _bare_words(text: str) -> str:
    return " ".join(re.findall(r"[^\W_]+", bare(text)))


_PROVINCE = any_of(map(_bare_words, PROVINCES.values()))


def _provinces_in(text: str) -> set[str]:
    """Return the provinces that a text names, or words that are spelt like them, without accents."""
    return set(_PROVINCE.findall(_bare_words(text[:LONGEST_CONTEXT])))


def _called(area: Area) -> tuple[str, ...]:
    return (area.name, *area.also_called)
