"""What every section draws on."""

from collections.abc import Mapping
from datetime import date

from analysis import say
from analysis.campaign import Language
from analysis.report.areas import area_names
from analysis.report.evidence import Evidence
from analysis.report.numbers import Numbers
from analysis.report.table import Table
from analysis.report.words import found, sentences
from analysis.report.words.voice import LISTED, Voice
from analysis.standing import Phase

FEW_NAMES = 4
"""So many areas are named; more are counted."""


class Material(Voice):
    """A voice with evidence and tables as this form may show them; ``public`` where small counts hide."""

    def __init__(
        self, language: Language, numbers: Numbers, evidence: Evidence, tables: Mapping[str, Table],
        *, public: bool = False,
    ) -> None:  # fmt: skip
        super().__init__(language, numbers)
        self.evidence, self.tables, self.public = evidence, tables, public

    @property
    def leading(self) -> str:
        """The number of the effect that the finding is about: the push itself, or its week."""
        return found.leading(self.evidence.verdict, self.numbers)

    @property
    def strength(self) -> str:
        """The phrase for the evidence on mobilising, as the comparison found it; no gain without estimate."""
        p_value = self.numbers.amount(f"{self.leading}_p") if self.leading in self.numbers else 1.0
        said = found.strength(self.evidence.verdict, p_value)
        return said if self.estimated or not said.endswith(("gain", "loss")) else "cannot_tell"

    @property
    def estimated(self) -> bool:
        """Whether there is an estimate of what mobilising changed."""
        return self.leading in self.numbers and self.numbers[self.leading].known

    @property
    def pushed(self) -> bool:
        """Whether any area has mobilised by now."""
        return self.numbers.amount("mobilised") > 0

    @property
    def aimed(self) -> bool:
        """Whether there is a target to set the count beside."""
        return self.evidence.target is not None

    @property
    def phase(self) -> Phase:
        """How far the drive is on its way."""
        return self.evidence.standing.phase

    @property
    def outcome(self) -> str:
        """The phrase for whether the deadline will be, or was, met."""
        early = self.phase == "early" and self.numbers["eligible"].known  # else no later day will tell either
        return "too_early" if early else sentences.likelihood(self.numbers)

    @property
    def silent(self) -> bool:
        """Whether nothing came of the whole newest period."""
        return self.evidence.standing.data == "silent"

    @property
    def compared(self) -> str:
        """The areas whose push the main estimate is of: by name where they are few."""
        names = area_names(self.evidence)
        pushed = [names.get(code, code) for code in self.evidence.verdict.get("compared", ())]
        if 0 < len(pushed) <= FEW_NAMES:
            return ", ".join(sorted(pushed))
        several = self.numbers.amount(f"{self.leading}_areas")
        return self.say("extra_areas_one" if several == 1 else "extra_areas_many")

    @property
    def below(self) -> list[str]:
        """Names of the areas that have not reached their own target, the furthest from it first."""
        rows = self.evidence.standing.leaves
        rows = rows[rows["share"] < 1].sort_values("share", kind="stable")
        names = area_names(self.evidence)
        return [names[str(code)] for code in rows.index if code in names]

    def without(self, fact: str) -> list[str]:
        """Names of the areas without a target, eligible people or any count; none where no area has any."""
        rows = self.evidence.standing.leaves
        lacking = rows[rows[fact].isna() | (rows[fact] == 0)]
        names = area_names(self.evidence)
        return (
            [names[str(code)] for code in lacking.index if code in names] if len(lacking) < len(rows) else []
        )

    @property
    def absent(self) -> list[tuple[str, date | None]]:
        """The names of the areas whose figures are due and not in, and until when each is known."""
        names = area_names(self.evidence)
        late = () if self.silent else self.evidence.standing.late
        return [(names[code], day) for code, day in late if code in names]

    def absentees(self, most: int = LISTED) -> str:
        """Name the first few of them with the last day they sent, said once where it is that of all."""
        days = {day for _, day in self.absent}
        if len(days) == 1:
            return self._until(self.few([name for name, _ in self.absent], most), days.pop())
        return self.few([self._until(*one) for one in self.absent], most)

    def _until(self, names: str, day: date | None) -> str:
        return self.say("sent_until", names=names, day=say.short_day(day, self.language)) if day else names
