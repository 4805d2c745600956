"""What the title and the name of a sheet say of its columns: what is counted, of the day or in all."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from analysis.tallies.words.headings import Manner, manner_of, role_of, wide_manner, words_of
from analysis.tallies.words.lexicon import MOST_REMEMBERED
from analysis.tallies.words.titles import SILENT, Claim, claim_of, claim_of_line
from analysis.tallies.words.vocabulary import Vocabulary


@dataclass(frozen=True)
class Subject:
    """What a sheet is of, as far as the texts above its heading and its name say.

    Attributes
    ----------
    vocabulary
        The campaign's measures, the family that the title names first.
    claim
        What is counted by the title and the name of the sheet.
    words
        Both as one text.
    places
        Words of the names of areas.
    """

    vocabulary: Vocabulary
    claim: Claim = SILENT
    words: str = ""
    places: frozenset[str] = frozenset()

    @classmethod
    def of(
        cls, lines: Iterable[str], tab: str | None, vocabulary: Vocabulary, places: frozenset[str]
    ) -> "Subject":
        """Ask the lines of a title and the name of a sheet what they say."""
        lines = list(lines)
        lexicon = vocabulary.names.lexicon
        claims = [claim_of_line(line, lexicon, places) for line in lines]
        if tab:
            claims.append(claim_of_line(tab, lexicon, places, tab=True))
        claim = claim_of(claims)
        return cls(vocabulary.about(claim.families), claim, " ".join((*lines, tab or "")), places)

    @cached_property
    def manner(self) -> Manner:
        """What a column counts whose heading does not say it."""
        return manner_of(self.words)

    @cached_property
    def wide(self) -> str:
        """The measure of columns headed by days or areas; ``unclear`` where the title does not tell."""
        family = self.vocabulary.families[self.vocabulary.first]
        found = {"running": family.running, "daily": family.period}.get(wide_manner(self.words))
        return found or "unclear"

    def denies(self, heading: str) -> tuple[str, ...]:
        """Return the words by which a column so headed counts something else; none where it may be taken.

        A heading that names the measure itself needs no title, but none mends a title of those who are left,
        of a plan or of shares.
        """
        if self.claim.verdict not in ("other", "several"):
            return ()
        names_it = bool(self.vocabulary.names.named(words_of(heading)))
        return () if names_it and not self.claim.final else self.claim.words

    def role(self, text: str) -> str:
        """Return what a column so headed holds, or a row that so says what it counts."""
        known, key = self.vocabulary.roles, (text, self.manner)
        if key not in known:
            if len(known) > MOST_REMEMBERED:
                known.clear()
            known[key] = role_of(text, self.vocabulary, self.manner)
        return known[key]

    def row(self, text: str, *, section: bool = False) -> Claim:
        """Return what a row says that it counts: a cell of contents, or a section above some rows.

        A section of areas "that have not reached the target" is one of areas.
        """
        claim = claim_of_line(text, self.vocabulary.names.lexicon, self.places, tab=not section)
        return SILENT if section and claim.final and not claim.families else claim
