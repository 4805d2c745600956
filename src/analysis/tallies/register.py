"""What reading needs to know of a campaign."""

from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from analysis.campaign import Campaign, Layout, Measure, load_areas, load_campaign, vocabulary
from analysis.tallies.places import Gazetteer

DEFAULT_ZONE = "Asia/Ho_Chi_Minh"
DEFAULT_VOCABULARY = "eid"
"""For a folder with nothing but its areas."""


@dataclass(frozen=True)
class Register:
    """What reading needs to know of a campaign: its areas, days, measures, machine-made files."""

    places: Gazetteer
    zone: ZoneInfo
    layout: Layout | None = None
    measures: tuple[Measure, ...] = vocabulary(DEFAULT_VOCABULARY).measures

    @classmethod
    def of(cls, campaign: Campaign) -> "Register":
        """Take it from a loaded campaign."""
        return cls(Gazetteer(campaign.areas), campaign.zone, campaign.layout, campaign.measures)

    @classmethod
    def load(cls, folder: Path) -> "Register":
        """Take it from a campaign folder, in which ``areas.csv`` is enough."""
        if (folder / "campaign.toml").exists():
            return cls.of(load_campaign(folder))
        return cls(Gazetteer(load_areas(folder)), ZoneInfo(DEFAULT_ZONE))

    @property
    def measure_codes(self) -> list[str]:
        """The code of each measure, by position."""
        return [one.code for one in self.measures]

    @property
    def codes(self) -> list[str]:
        """The code of each area, by position."""
        return [area.code for area in self.places.areas]
