"""What every section draws on."""

from collections.abc import Mapping
from dataclasses import dataclass

from analysis.report.areas import area_names
from analysis.report.evidence import Evidence
from analysis.report.numbers import Numbers
from analysis.report.summary import main_effect
from analysis.report.table import Table
from analysis.report.words import Language, sentences
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
    def window(self) -> str:
        """The window of the main estimate, as effects.csv names it; empty where there is none."""
        rows = main_effect(self.evidence.effects)
        return "" if rows.empty else str(rows.iloc[0]["window"])

    @property
    def strength(self) -> str:
        """The phrase for the evidence on mobilising, by the comparison's finding where it gave one."""
        return sentences.strength(self.numbers, str(self.evidence.verdict.get("finding", "")))

    @property
    def absent(self) -> list[str]:
        """Names of the areas whose figures are due and not in."""
        names = area_names(self.evidence)
        return [names[code] for code, _ in self.evidence.standing.late if code in names]
