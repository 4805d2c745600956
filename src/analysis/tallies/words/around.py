"""What stands around the name of an area in a text: its type, its number, whose office writes, its parent."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from analysis.tallies.words.spelling import bare, word_table, written


class Reading(NamedTuple):
    """What a text may say: the type of an area, its name, the area above; None where it says nothing."""

    kind: str | None
    name: str
    parent: str | None = None


@dataclass(frozen=True)
class Around:
    """Takes from a text what is not the name of an area.

    Attributes
    ----------
    types
        The type that each word for one stands for, as `analysis.campaign.type_words` gives them.
    """

    types: Mapping[str, str]

    @cached_property
    def _kinds(self) -> Mapping[str, str]:
        """The type of each word, with its accents and without."""
        exact = {written(word): kind for word, kind in self.types.items()}
        return {bare(word): kind for word, kind in exact.items()} | exact

    @cached_property
    def _before(self) -> Mapping[bool, re.Pattern[str]]:
        """Words for a type before a name; without their accents only where the whole text has none."""
        return {
            ascii_only: re.compile(f"(?:{_any_of(words)}) ")
            for ascii_only, words in ((True, list(self._kinds)), (False, list(map(written, self.types))))
        }

    @cached_property
    def _after(self) -> re.Pattern[str]:
        """Words for a type behind a name: of one letter only where they are set off."""
        return re.compile(f".+ ({_any_of([word for word in map(written, self.types) if len(word) > 1])})")

    def readings(self, text: str) -> Iterator[Reading]:
        """Yield what a text may say: first all of it as a name, then ever less."""
        whole = written(text.replace(":", " ")).strip(" ,;-")
        if not whole:
            return
        yield Reading(None, whole)
        name, parent = whole, None
        if found := re.fullmatch(r"(.+?)\s*[,(-]\s*([^,()]+?)\)?", whole):
            name, parent = found[1], found[2]
        for one, above in ((name, parent), (whole, None)) if parent else ((whole, None),):
            if above is not None and (kind := self._kinds.get(above)):
                yield Reading(kind, number(_without_office(one)))
                yield from (said for said in self._typed(_without_office(one), None) if said.kind == kind)
            else:
                yield from self._typed(_without_office(one), above)

    def own_names(self, name: str, kind: str | None) -> frozenset[str]:
        """Return a name of an area of some type without that type; numbered wards keep a bare number."""
        found = {reading.name for reading in self.readings(name) if kind and reading.kind == kind}
        return frozenset(found) or frozenset({number(written(name))})

    def _typed(self, name: str, above: str | None) -> Iterator[Reading]:
        """Yield the readings of a name with its type before it, or behind it, or without one."""
        if before := self._before[name.isascii()].match(name):
            kind, rest = self._kinds[before[0].rstrip()], name[before.end() :]
            yield Reading(kind, number(rest), above)
            if (linked := _LINK.match(rest)) and linked.end() < len(rest):
                yield Reading(kind, rest[linked.end() :], above)
        elif after := self._after.fullmatch(name):
            yield Reading(self._kinds[after[1]], number(name[: after.start(1)].strip()), above)
        elif not name.isdigit():
            yield Reading(None, number(name), above)


def number(name: str) -> str:
    """Write a short number without the zeros before it."""
    return str(int(name)) if name.isascii() and name.isdigit() and len(name) < 4 else name


def _any_of(words: list[str]) -> str:
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True)))


_WORDS: Mapping[str, Mapping[str, list[str]]] = word_table("places")
"""What may stand before a name, by kind and language."""


def _said(kind: str) -> list[str]:
    return [written(word) for words in _WORDS[kind].values() for word in words]


_OFFICES = _any_of([form for word in _said("office") for form in (word, bare(word))])
_OFFICE = re.compile(f"(?:{_OFFICES})(?:[ -]+|(?<='))")
_JOINED = re.compile(f"(?:{_any_of(_said('joined'))})(?=({_any_of(_said('joined_to'))}) )")
_LINK = re.compile(f"(?:{_any_of(_said('link'))})(?: |(?<='))")


def _without_office(name: str) -> str:
    """Take away whose figures they are, as often as it is said."""
    while found := _JOINED.match(name) or _OFFICE.match(name):
        name = name[found.end() :]
    return name
