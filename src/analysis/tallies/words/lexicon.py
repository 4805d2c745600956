"""The words that stand in titles and headings, as data: one file a language, and the campaign's measures."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.resources import files
from typing import NamedTuple

from analysis.tallies.words.spelling import bare, plain, word_table

_FIRST = ("vi", "en", "fr")
_FOUND = sorted(one.name.removesuffix(".toml") for one in files(__package__).iterdir())
LANGUAGES = (*_FIRST, *(name for name in _FOUND if len(name) == 2 and name not in _FIRST))
"""Those whose words are here: one more is one more file, read after the others."""
MOST_REMEMBERED = 20_000
SHORT = 4
"""Shorter words without accents may be other words: "to" is no "tổ"."""
_TOKEN = re.compile(r"(?:[^\W_]|[\u0300-\u036f])+(?:'(?=[^\W\d_]))?|[,;:&+/()\[\]–—\-|.]")
_JOINING = {",", ";", "&", "+", "/", "|"}


class Word(NamedTuple):
    """A word or phrase of a text: folded, as typed, its kinds (none where nobody knows it), its family."""

    text: str
    said: str
    kinds: frozenset[str]
    family: str | None = None


@dataclass(frozen=True)
class Lexicon:
    """Phrases by kind, in plain spelling, of all languages at once.

    Attributes
    ----------
    kinds
        Kinds of each phrase: ``counting``, ``reporting``, ``negation``, ``other`` and so on, as the files
        name them.
    families
        Which family of measures a phrase names.
    """

    kinds: Mapping[str, frozenset[str]]
    families: Mapping[str, str]

    @cached_property
    def _unaccented(self) -> dict[str, str]:
        """The phrases as they look without accents; those too short to be told apart are left out."""
        found: dict[str, str] = {}
        for phrase in (*self.families, *self.kinds):
            without = bare(phrase)
            if len(without) >= SHORT or without == phrase:
                found.setdefault(without, phrase)
        return found

    @cached_property
    def _longest(self) -> int:
        return max(len(phrase.split()) for phrase in (*self.families, *self.kinds))

    @cached_property
    def read(self) -> Callable[[str], tuple[Word, ...]]:
        """Split a text, which comes again in many a file, into words; as `split` does."""
        return lru_cache(MOST_REMEMBERED)(self.split)

    def split(self, text: str) -> tuple[Word, ...]:
        """Split a text into the longest phrases that are known, unknown words, and marks between."""
        known = self._unaccented if text.isascii() else None
        typed = _TOKEN.findall(unicodedata.normalize("NFC", text).casefold().replace("’", "'"))
        tokens = list(map(plain, typed))
        words: list[Word] = []
        at = 0
        while at < len(tokens):
            for length in range(min(self._longest, len(tokens) - at), 0, -1):
                phrase = " ".join(token.rstrip("'") for token in tokens[at : at + length])
                meant = phrase if known is None else known.get(phrase, phrase)
                if meant in self.kinds or meant in self.families:
                    break
            words.append(self._word(meant, " ".join(typed[at : at + length])))
            at += length
        return tuple(words)

    def _word(self, phrase: str, said: str) -> Word:
        if phrase in _JOINING:
            return Word(phrase, said, frozenset({"join"}))
        if not re.search(r"[^\W\d_]", phrase):
            return Word(phrase, said, frozenset({"neutral"}))
        family = self.families.get(phrase)
        kinds = self.kinds.get(phrase, frozenset())
        if family is not None:
            kinds = frozenset({"own"})
        elif "unit" in kinds:
            kinds = kinds - {"other"}
        return Word(phrase, said, kinds, family)


def lexicon_of(
    families: Mapping[str, Iterable[str]], unit: Iterable[str] = (), never: Iterable[str] = ()
) -> Lexicon:
    """Build the lexicon of a campaign.

    Parameters
    ----------
    families
        The words that name each family of measures.
    unit
        Words of what is counted and of whom: they stand in any heading and decide nothing.
    never
        Words that forbid it.
    """
    kinds: dict[str, set[str]] = defaultdict(set)
    for phrase, of in _spoken().items():
        kinds[phrase] |= of
    for phrase in unit:
        kinds[_spelt(phrase)].add("unit")
    for phrase in never:
        kinds[_spelt(phrase)] |= {"other", "negation"}
    named = {_spelt(phrase): family for family, phrases in families.items() for phrase in phrases}
    return Lexicon({phrase: frozenset(of) for phrase, of in kinds.items()}, named)


@lru_cache(maxsize=1)
def _spoken() -> Mapping[str, frozenset[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for language in LANGUAGES:
        for kind, entries in word_table(language).items():
            for entry in entries:
                for phrase in entry["words"]:
                    found[_spelt(phrase)].add(kind)
    return {phrase: frozenset(of) for phrase, of in found.items()}


def _spelt(phrase: str) -> str:
    """Write a phrase as `Lexicon.read` joins its tokens."""
    return " ".join(token.rstrip("'") for token in _TOKEN.findall(plain(phrase).replace("’", "'")))
