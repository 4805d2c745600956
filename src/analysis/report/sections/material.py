"""What every section draws on."""

from collections.abc import Mapping
from dataclasses import dataclass

from analysis.report.areas import area_names
from analysis.report.evidence import Evidence
from analysis.report.numbers import Numbers
from analysis.report.table import Table
from analysis.report.words import Language, found
from analysis.report.words.voice import Voice


@dataclass(frozen=True)
class Material:
    """The evidence, its tables as this form may show them, a voice; ``public`` where small counts hide."""

    voice: Voice
    evidence: Evidence
    tables: Mapping[str, Table]
    public: bool = False

    @property
    def numbers(self) -> Numbers:
        """The numbers of the report."""
        return self.voice.numbers

    @property
    def language(self) -> Language:
        """The language of the report."""
        return self.voice.language

    @property
    def leading(self) -> str:
        """The number of the effect that the finding is about: the push itself, or its week."""
        return found.leading(self.evidence.verdict, self.numbers)

    @property
    def strength(self) -> str:
        """The phrase for the evidence on mobilising, as the comparison found it."""
        p_value = self.numbers.amount(f"{self.leading}_p") if self.leading in self.numbers else 1.0
        return found.strength(self.evidence.verdict, p_value)

    @property
    def absent(self) -> list[str]:
        """Names of the areas whose figures are due and not in."""
        names = area_names(self.evidence)
        return [names[code] for code, _ in self.evidence.standing.late if code in names]
