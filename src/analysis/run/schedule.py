"""Ready files for a weekly run: Monday 06:00 there, caught up after downtime, one at a time."""

import shlex
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path, PureWindowsPath
from string import Template
from xml.sax.saxutils import escape

from analysis.campaign import Campaign
from analysis.run.weeks import DUE, next_due

TEMPLATES = Path(__file__).parent / "schedules"


def schedule(kind: str, campaign: Campaign, root: Path, now: datetime) -> dict[str, str]:
    """Return the files of one kind of scheduler by name, with this campaign and project filled in.

    Parameters
    ----------
    kind
        A key of `KINDS`.
    campaign
        Gives the name and the zone in which Monday 06:00 is meant.
    root
        Project folder on the machine that will run it.
    now
        For schedulers that want a first date, or hours in UTC.
    """
    zone = campaign.zone
    due = next_due(now, zone)
    utc = due.astimezone(UTC)
    quote = QUOTES[kind]
    values = {
        "campaign": campaign.code,
        "zone": zone.key,
        "due": f"{DUE:%H:%M}",
        "root": quote(_on(kind, root)),
        "folder": str(root).replace("%", "%%"),  # of all settings only this one takes blanks as they are
        "analysis": quote(_on(kind, root, *COMMAND.get(kind, ("bin", "analysis")))),
        "first": due.isoformat(),
        "utc_cron": f"{utc.minute} {utc.hour} * * {utc.isoweekday() % 7}",
    }
    values["hardened"] = _filled("hardened.conf", values).rstrip()
    return {name.replace("CAMPAIGN", campaign.code): _filled(name, values) for name in KINDS[kind]}


def _filled(name: str, values: dict[str, str]) -> str:
    return Template((TEMPLATES / name).read_text(encoding="utf-8")).substitute(values)


def _on(kind: str, root: Path, *parts: str) -> str:
    """Write a path below the project as the machine that will read it does, whichever machine prints it."""
    inside = (".venv", *parts) if parts else ()
    if kind == "windows":
        return str(PureWindowsPath(str(root)).joinpath(*inside))
    return str(root.joinpath(*inside)) if root.drive == "" else root.joinpath(*inside).as_posix()


COMMAND = {"windows": ("Scripts", "analysis.exe")}

KINDS = {
    "systemd": (
        "analysis-CAMPAIGN.service",
        "analysis-CAMPAIGN.timer",
        "analysis-CAMPAIGN-watch.service",
        "analysis-CAMPAIGN-watch.timer",
    ),
    "cron": ("analysis-CAMPAIGN.cron",),
    "github": ("weekly.yml",),
    "windows": ("analysis-CAMPAIGN.xml",),
}


QUOTES: dict[str, Callable[[str], str]] = {
    "systemd": lambda text: text.replace("%", "%%").replace(" ", "\\x20"),
    "cron": lambda text: shlex.quote(text).replace("%", "\\%"),
    "github": str,
    "windows": escape,
}
