"""What reading needs to know of a campaign."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from zoneinfo import ZoneInfo

from analysis.campaign import (
    Campaign,
    Language,
    Layout,
    Measure,
    load_areas,
    load_campaign,
    type_words,
    vocabulary,
)
from analysis.campaign.measures import DEFAULT as GENERAL
from analysis.campaign.measures import vocabulary_with
from analysis.campaign.rhythm import Span
from analysis.campaign.written import read_toml
from analysis.tallies.words.places import Gazetteer
from analysis.tallies.words.spelling import words_of_names
from analysis.tallies.words.subject import Subject
from analysis.tallies.words.vocabulary import DEFAULT, Vocabulary

DEFAULT_ZONE = "Asia/Ho_Chi_Minh"


def beside(name: str) -> tuple[str, ...]:
    """Return the words that may stand beside the measures of a vocabulary."""
    return tuple(word for words in vocabulary(name).beside.values() for word in words)


@dataclass(frozen=True)
class Register:
    """What reading needs to know of a campaign: its areas, days, measures, machine-made files.

    ``beside`` are words that may stand with those of the measures and change nothing; ``title`` is the
    campaign's name in each language; ``spans`` are what its tallies cover, ``first_day`` the drive's, with
    which it ``begins`` where the campaign itself says so; ``types`` are the words of its own types of areas,
    ``languages`` those in which a sender is told what was found.
    """

    places: Gazetteer
    zone: ZoneInfo
    layouts: tuple[Layout, ...] = ()
    measures: tuple[Measure, ...] = vocabulary(DEFAULT).measures
    beside: tuple[str, ...] = beside(DEFAULT)
    title: tuple[str, ...] = ()
    spans: frozenset[Span] = frozenset({"day"})
    first_day: date | None = None
    begins: bool = False
    types: tuple[str, ...] = ()
    languages: tuple[Language, ...] = ("vi", "en")

    @classmethod
    def of(cls, campaign: Campaign) -> "Register":
        """Take it from a loaded campaign."""
        name = campaign.vocabulary or vocabulary_with(campaign.measure) or GENERAL
        written = {area.type.casefold(): area.type for area in campaign.areas if area.type}
        types = written | type_words(campaign.area_types)
        return cls(
            Gazetteer(campaign.areas, types),
            campaign.zone,
            campaign.layouts,
            campaign.measures,
            beside(name),
            tuple(campaign.name.values()),
            campaign.rhythm.spans if campaign.rhythm else frozenset({"day"}),
            campaign.first_day,
            "first_day" in read_toml(campaign.folder / "campaign.toml")[0],
            tuple(sorted(types.keys() - type_words({}).keys())),
            tuple(campaign.languages),
        )

    @classmethod
    def load(cls, folder: Path) -> "Register":
        """Take it from a campaign folder, in which ``areas.csv`` is enough."""
        if (folder / "campaign.toml").exists():
            return cls.of(load_campaign(folder))
        return cls(Gazetteer(load_areas(folder)), ZoneInfo(DEFAULT_ZONE))

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """What is counted, and the words that name it."""
        return Vocabulary.of(self.measures, self.beside, self.spans, self.types)

    @cached_property
    def names(self) -> frozenset[str]:
        """Words of the names of areas and of the campaign: in a title they say nothing of what is counted."""
        return self.places.words | words_of_names(self.title)

    @cached_property
    def subject(self) -> Subject:
        """What headings count where no title says it."""
        return Subject(self.vocabulary, places=self.names)

    @cached_property
    def kinds(self) -> dict[str, str]:
        """The kind of each measure: running sum, count of a period, or rate."""
        return {one.code: one.kind for one in self.measures}

    @property
    def measure_codes(self) -> list[str]:
        """The code of each measure, by position."""
        return [one.code for one in self.measures]

    @property
    def codes(self) -> list[str]:
        """The code of each area, by position."""
        return [area.code for area in self.places.areas]
