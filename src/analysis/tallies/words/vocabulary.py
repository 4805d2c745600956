"""The measures of a campaign as reading needs them: families of measures, and the words that name each."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

from analysis.campaign import Measure, pairs_of, vocabulary
from analysis.campaign.measures import Words
from analysis.campaign.rhythm import Span
from analysis.tallies.words.lexicon import Lexicon, lexicon_of
from analysis.tallies.words.spelling import any_of, bare

DEFAULT = "eid"
"""The vocabulary of a folder with nothing but its areas."""


@dataclass(frozen=True)
class Names:
    """What things are called in a campaign.

    Attributes
    ----------
    families
        The words that name each family of measures.
    unit
        Words of what is counted and of whom: they stand in any heading and decide nothing.
    never
        Words that forbid it.
    """

    families: Mapping[str, tuple[str, ...]]
    unit: tuple[str, ...] = ()
    never: tuple[str, ...] = ()

    @cached_property
    def lexicon(self) -> Lexicon:
        """All words, those of every language among them."""
        return lexicon_of(self.families, self.unit, self.never)

    @cached_property
    def _naming(self) -> dict[str, re.Pattern[str]]:
        return {family: any_of(map(_bare, words)) for family, words in self.families.items() if words}

    @cached_property
    def _denying(self) -> re.Pattern[str] | None:
        return any_of(map(_bare, self.never)) if self.never else None

    def named(self, words: str) -> set[str]:
        """Return the families that the words of a heading, without accents, name."""
        return {family for family, found in self._naming.items() if found.search(words)}

    def denied(self, words: str) -> bool:
        """Whether a heading, without accents, has a phrase that forbids it."""
        return bool(self._denying and self._denying.search(words))

    @cached_property
    def own(self) -> frozenset[str]:
        """Single words, without accents, of everything that is counted here."""
        phrases: Iterable[str] = (*self.unit, *(word for some in self.families.values() for word in some))
        return frozenset(part for phrase in phrases for part in _bare(phrase).split())


@dataclass(frozen=True)
class Family:
    """Measures of one thing: its running sum and its count of a period; None where there is none."""

    running: str | None = None
    period: str | None = None


@dataclass(frozen=True)
class Vocabulary:
    """What is counted in a campaign and what it is called.

    Attributes
    ----------
    families
        By name; the first is the one that a heading means that names none.
    main
        The name of the headline's family.
    rate
        The measure of percentages, None where there is none.
    names
        What all this is called.
    spans
        What the tallies of some areas cover: where none covers a day, "of this week" is a count of a period.
    types
        Words of the campaign's own types of areas: they head a column of areas.
    """

    families: Mapping[str, Family]
    main: str
    rate: str | None
    names: Names
    spans: frozenset[Span] = frozenset({"day"})
    types: frozenset[str] = frozenset()

    @classmethod
    def of(
        cls,
        measures: Sequence[Measure],
        beside: Iterable[str] = (),
        spans: frozenset[Span] = frozenset({"day"}),
        types: Iterable[str] = (),
    ) -> "Vocabulary":
        """Take it from the measures that a campaign declares.

        A sum and the count of a period that pairs with it are one family; the headline's comes first.
        ``beside`` are words that may stand with them and change nothing.
        """
        periods = dict(pairs_of(measures))
        sums = sorted((one for one in measures if one.kind == "cumulative"), key=lambda one: not one.headline)
        alone = [one for one in measures if one.kind == "period" and one.code not in periods.values()]
        families = {one.code: Family(one.code, periods.get(one.code)) for one in sums}
        families |= {one.code: Family(None, one.code) for one in alone}
        of_family = {name: [name, periods.get(name)] for name in families}
        words = {
            name: tuple(phrase for one in measures if one.code in codes for phrase in _phrases(one.words))
            for name, codes in of_family.items()
        }
        unit = [text for one in measures if one.kind != "rate" for text in (one.unit, one.people) if text]
        never = tuple(phrase for one in measures for phrase in _phrases(one.never))
        spoken = tuple(word for text in unit for word in text.values())
        rate = next((one.code for one in measures if one.kind == "rate"), None)
        names = Names(words, (*beside, *spoken), never)
        headed = frozenset(map(_bare, types))
        return cls(families, next(iter(families), ""), rate, names, spans, headed)

    @cached_property
    def roles(self) -> dict[tuple[str, str], str]:
        """What was said of headings before: the same few come in every file, and in every look at it."""
        return {}

    @cached_property
    def codes(self) -> frozenset[str]:
        """The codes of all measures: a column may be headed by one."""
        codes = {code for family in self.families.values() for code in (family.running, family.period)}
        return frozenset(code for code in (*codes, self.rate) if code)

    @property
    def first(self) -> str:
        """The name of the family that is meant where none is named."""
        return next(iter(self.families), "")

    def about(self, families: Sequence[str]) -> "Vocabulary":
        """Return the vocabulary of a sheet whose title names some families: one is meant, several are not."""
        if not families or list(families) == [self.first]:
            return self
        named = {families[0]: self.families[families[0]]} if len(families) == 1 else {"": Family()}
        return replace(self, families={**named, **self.families})


@lru_cache(maxsize=1)
def default() -> Vocabulary:
    """Return what is counted where a folder has nothing but its areas."""
    given = vocabulary(DEFAULT)
    return Vocabulary.of(given.measures, (word for words in given.beside.values() for word in words))


def _phrases(words: Words) -> tuple[str, ...]:
    return tuple(phrase for phrases in words.values() for phrase in phrases)


def _bare(phrase: str) -> str:
    return " ".join(re.sub(r"[^a-z0-9]+", " ", bare(phrase)).split())
