"""What reading needs to know of a campaign."""

from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from analysis.campaign import Campaign, Layout, load_areas, load_campaign
from analysis.tallies.places import Gazetteer
from analysis.tallies.words.vocabulary import Vocabulary, eid

DEFAULT_ZONE = "Asia/Ho_Chi_Minh"


@dataclass(frozen=True)
class Register:
    """What reading needs to know of a campaign: its areas, its days, its machine-made files."""

    places: Gazetteer
    zone: ZoneInfo
    layout: Layout | None = None

    @classmethod
    def of(cls, campaign: Campaign) -> "Register":
        """Take it from a loaded campaign."""
        return cls(Gazetteer(campaign.areas), campaign.zone, campaign.layout)

    @classmethod
    def load(cls, folder: Path) -> "Register":
        """Take it from a campaign folder, in which ``areas.csv`` is enough."""
        if (folder / "campaign.toml").exists():
            return cls.of(load_campaign(folder))
        return cls(Gazetteer(load_areas(folder)), ZoneInfo(DEFAULT_ZONE))

    @property
    def vocabulary(self) -> Vocabulary:
        """What is counted, and the words that name it."""
        return eid()

    @property
    def codes(self) -> list[str]:
        """The code of each area, by position."""
        return [area.code for area in self.places.areas]
