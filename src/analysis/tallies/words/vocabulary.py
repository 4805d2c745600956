"""The measures of a campaign as reading needs them: families of measures, and the words that name each."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

from analysis.tallies.places import bare
from analysis.tallies.words.lexicon import Lexicon, lexicon_of, read_words


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
    measures
        Codes, in the order in which tallies of one row are listed.
    families
        By name; the first is that of the headline, which a heading means that names none.
    rate
        The measure of percentages, None where there is none.
    words
        What names each family.
    unit
        Words of what is counted and of whom.
    never
        Words that forbid it.
    """

    measures: tuple[str, ...]
    families: Mapping[str, Family]
    rate: str | None
    words: Mapping[str, tuple[str, ...]]
    unit: tuple[str, ...] = ()
    never: tuple[str, ...] = ()

    @cached_property
    def lexicon(self) -> Lexicon:
        """All words, those of every language among them."""
        return lexicon_of(self.words, self.unit, self.never)

    @cached_property
    def headline(self) -> Family:
        """The family that is meant where none is named."""
        return next(iter(self.families.values()))

    def about(self, families: Sequence[str]) -> "Vocabulary":
        """Return the vocabulary of a sheet whose title names some families: one is meant, several are not."""
        if not families or families == (self.first,):
            return self
        named = {families[0]: self.families[families[0]]} if len(families) == 1 else {"": Family()}
        return replace(self, families={**named, **self.families})

    @property
    def first(self) -> str:
        """The name of the headline's family."""
        return next(iter(self.families))

    @cached_property
    def _naming(self) -> dict[str, re.Pattern[str]]:
        return {
            family: re.compile(r"\b(?:" + "|".join(re.escape(_bare(word)) for word in words) + r")\b")
            for family, words in self.words.items()
            if words
        }

    def named(self, words: str) -> set[str]:
        """Return the families that the words of a heading, without accents, name."""
        return {family for family, found in self._naming.items() if found.search(words)}

    def is_denied(self, heading: str) -> bool:
        """Whether a heading has a phrase that forbids it."""
        words = _bare(heading)
        return any(re.search(rf"\b{re.escape(_bare(phrase))}\b", words) for phrase in self.never)

    @cached_property
    def own_words(self) -> frozenset[str]:
        """Single words, without accents, of everything that is counted here."""
        phrases: Iterable[str] = (*self.unit, *(word for some in self.words.values() for word in some))
        return frozenset(part for phrase in phrases for part in _bare(phrase).split())


def _bare(phrase: str) -> str:
    return " ".join(re.sub(r"[^a-z0-9]+", " ", bare(phrase)).split())


@lru_cache(maxsize=1)
def eid() -> Vocabulary:
    """Return the measures of a drive for electronic identity accounts."""
    given = read_words("eid")
    running = ("activated", "level1", "level2", "dossiers")
    families = {name: Family(f"{name}_cumulative") for name in running}
    families["activated"] = Family("activated_cumulative", "activated_on_day")
    measures = ("activated_cumulative", "activated_on_day", *(f"{name}_cumulative" for name in running[1:]))
    return Vocabulary(
        (*measures, "rate_printed"),
        families,
        "rate_printed",
        {str(one["family"]): tuple(one["words"]) for one in given["own"]},
        tuple(word for one in given["unit"] for word in one["words"]),
    )
