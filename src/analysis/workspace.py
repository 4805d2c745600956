"""Which campaign, as of when, and in which folders: what every notebook opens first."""

import os
import re
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from analysis.campaign import Campaign, last_whole_day, load_campaign, nearest
from analysis.errors import InputError
from analysis.received import instant_of

LINKS = "ANALYSIS_LINK_BASE"
"""Names the setting that says where ``reports/`` can be read, such as https://example.org/reports."""


@dataclass(frozen=True)
class Workspace:
    """One campaign as of one instant, and the folders its steps read and write.

    ``folder`` is the root under which ``data/processed`` and ``reports`` are made: the project itself, or a
    run's own folder while a report is not yet published. A ``public`` report, in which small counts are
    hidden, has a place of its own, so that whoever puts that folder on the web puts nothing else there.
    """

    campaign: Campaign
    as_of: datetime
    folder: Path
    public: bool = False

    @classmethod
    def open(cls, campaign: str, as_of: str, workspace: str = "") -> "Workspace":
        """Open the workspace a notebook's parameters name.

        Parameters
        ----------
        campaign
            Name of a folder under ``data/raw``, or the path of one.
        as_of
            Instant of knowledge, as `parse_as_of` takes it.
        workspace
            Root for what is made; empty for the project folder.
        """
        facts = open_campaign(campaign)
        return cls(facts, parse_as_of(as_of, facts.zone), Path(workspace) if workspace else project_root())

    @property
    def label(self) -> str:
        """The as-of instant as a folder name, in the campaign's zone: ``2023-09-18T0800``."""
        return self.as_of.astimezone(self.campaign.zone).strftime("%Y-%m-%dT%H%M")

    @property
    def last_day(self) -> date:
        """The last whole day that the as-of instant can know of, in the campaign's zone."""
        return last_whole_day(self.as_of, self.campaign.zone)

    @property
    def today(self) -> date:
        """The day in which the as-of instant lies, in the campaign's zone; its tallies may be in already."""
        return self.as_of.astimezone(self.campaign.zone).date()

    @property
    def processed(self) -> Path:
        """Folder of the data artifacts of this campaign and as-of."""
        return self.folder / "data" / "processed" / self.campaign.code / self.label

    @property
    def report(self) -> Path:
        """Folder of the report of this campaign and as-of."""
        return self.reports / self.campaign.code / self.label

    @property
    def reports(self) -> Path:
        """Folder of all reports of this kind, with their index."""
        return self.folder / ("public" if self.public else "reports")


def project_root() -> Path:
    """Find the project: ``ANALYSIS_ROOT`` if set, else the nearest folder upward that has ``data/raw``.

    Notebooks are run from different folders by JupyterLab, papermill and nbval, so none may rely on the
    current one.
    """
    if named := os.environ.get("ANALYSIS_ROOT"):
        return Path(named).resolve()
    here = Path.cwd().resolve()
    for folder in (here, *here.parents, *Path(__file__).resolve().parents):
        if (folder / "data" / "raw").is_dir():
            return folder
    raise InputError(f"{here}: not inside the project (no data/raw upward); set ANALYSIS_ROOT to its folder")


def open_campaign(name: str) -> Campaign:
    """Load the campaign of that name from ``data/raw``, or the one in the folder that ``name`` leads to."""
    return load_campaign(campaign_folder(name))


def campaign_folder(name: str) -> Path:
    """Return the folder of a campaign, given its name or a path; the error lists the campaigns there are."""
    if (there := Path(name)).is_dir() and (
        os.sep in name or (os.altsep or os.sep) in name or there.is_absolute()
    ):
        return there
    raw = project_root() / "data" / "raw"
    if name in (names := campaign_names()):
        return raw / name
    like = nearest(name, names)
    hint = f"{like!r}, perhaps?" if like else f"there is {', '.join(names) or 'none'}"
    raise InputError(f"campaign {name!r} is not in {raw}; {hint}")


def campaign_names() -> list[str]:
    """Return the names of the campaigns in ``data/raw``."""
    raw = project_root() / "data" / "raw"
    return sorted(path.parent.name for path in raw.glob("*/campaign.toml"))


def enter(campaign: str) -> str:
    """Take a campaign's name or the path of its folder, and return its name in its project.

    A folder of another project's ``data/raw`` makes that project the one this process works in.

    Raises
    ------
    InputError
        If the folder lies in no ``data/raw``: nobody would know where its report belongs.
    """
    if not Path(campaign).is_dir() or campaign in _names_here():
        return campaign
    folder = Path(campaign).resolve()
    root = folder.parent.parent.parent
    if folder.parent != root / "data" / "raw":
        raise InputError(
            f"{campaign}: not in the data/raw of a project; move the folder there, "
            "or make a project with 'analysis init FOLDER'"
        )
    os.environ["ANALYSIS_ROOT"] = str(root)
    return folder.name


def _names_here() -> list[str]:
    try:
        return campaign_names()
    except InputError:
        return []


def carried() -> Path:
    """Return the folder of what comes with the package for a project: notebooks, and the list of versions."""
    packed = Path(__file__).parent / "_project"
    return packed if packed.is_dir() else Path(__file__).resolve().parents[2]


def own_or_carried(name: str) -> Path:
    """Return a file of the project, or the one that came with the package where the project has none."""
    own = project_root() / name
    return own if own.exists() else carried() / name


def parse_as_of(text: str, zone: ZoneInfo) -> datetime:
    """Read an instant of knowledge: a date, or a date and time with its zone.

    A date alone means the end of that day in ``zone``. A time must carry a zone, as an offset
    (``2023-09-18T08:00+07:00``) or by name (``2023-09-18 08:00 Asia/Ho_Chi_Minh``), because the machine's
    own zone must never decide what a report knows. The precision is one minute.
    """
    given = text.strip()
    example = "write 2023-09-18, 2023-09-18T08:00+07:00 or '2023-09-18 08:00 Asia/Ho_Chi_Minh'"
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", given):
            return instant_of(given).replace(hour=23, minute=59, tzinfo=zone)
        if named := re.fullmatch(
            r"(\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}(?::00)?) ([A-Za-z][\w/+-]*)", given, re.ASCII
        ):
            instant = instant_of(named[1]).replace(tzinfo=ZoneInfo(named[2]))
        else:
            instant = instant_of(given)
    except (ValueError, OSError, ZoneInfoNotFoundError):  # a part of a zone's name is a folder
        raise InputError(f"as-of {given[:60]!r} is no instant; {example}") from None
    if instant.tzinfo is None:
        raise InputError(f"as-of {given!r} has no time zone; {example}")
    if instant.second or instant.microsecond:
        raise InputError(f"as-of {given!r} is finer than a minute; {example}")
    return instant.astimezone(zone)


def address(place: str) -> str:
    """Return the address of a file below ``reports/``, by `LINKS`; nothing where that is no address."""
    base = os.environ.get(LINKS, "").strip().rstrip("/")
    return f"{base}/{place}" if base.startswith(("https://", "http://")) and len(base.split()) == 1 else ""
