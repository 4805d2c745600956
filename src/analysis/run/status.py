"""How the weekly job is doing: the last good run, how old it is, when the next is due."""

import json
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo

from pydantic import AwareDatetime, BaseModel, ValidationError

from analysis.artifacts import write_json
from analysis.errors import AnalysisError
from analysis.run.folders import publishing
from analysis.workspace import Workspace

STALE = timedelta(days=8)
DUE = time(6, 0)  # on Monday, in the campaign's zone


class GoodRun(BaseModel):
    """When a run last ended well, what it published, and what that must be read with care for."""

    at: AwareDatetime
    report: str
    warnings: tuple[str, ...] = ()


class Problem(BaseModel):
    """When a run last ended badly, with which exit status, and why."""

    at: AwareDatetime
    status: int
    why: str


class Record(BaseModel):
    """What ``status.json`` has of a campaign; a problem is forgotten at the next good run."""

    good: GoodRun | None = None
    problem: Problem | None = None


class Good(Protocol):
    """A run that ended well."""

    @property
    def path(self) -> Path:
        """Folder of the report."""

    @property
    def warnings(self) -> tuple[str, ...]:
        """What to read it with care for."""


@dataclass(frozen=True)
class Health:
    """What is known of a campaign's runs at an instant."""

    campaign: str
    last_good: datetime | None
    report: str
    last_problem: str
    next_due: datetime | None
    due: bool
    stale: bool

    @property
    def line(self) -> str:
        """One line for people: when, what, how old, what next."""
        if not self.last_good or not self.next_due:
            return f"{self.campaign}: never ran well here{self._problem}"
        age = f"{'STALE' if self.stale else 'good'}: last good run {self.last_good:%Y-%m-%d %H:%M %Z}"
        due = f"next due {self.next_due:%Y-%m-%d %H:%M %Z}"
        return f"{self.campaign}: {age} ({self.report}); {due}{self._problem}"

    @property
    def _problem(self) -> str:
        return f"; since then {self.last_problem}" if self.last_problem else ""


def record(target: Workspace, now: datetime, outcome: Good | AnalysisError) -> tuple[str, ...]:
    """Write how a run ended to ``reports/status.json``; return a warning if that could not be done.

    A refusal before anything was ever published leaves no trace. A disk that cannot take the status hides
    neither the failure it would have told of nor a publication; `health` then sees the last good run age.
    """
    path = target.folder / "reports" / "status.json"
    at, code = now.replace(microsecond=0), target.campaign.code
    if isinstance(outcome, AnalysisError) and not path.parent.is_dir():
        return ()
    try:
        with publishing(target):
            known = read_status(path)
            if isinstance(outcome, AnalysisError):
                problem = Problem(at=at, status=outcome.exit_status, why=str(outcome))
                known[code] = Record(good=known.get(code, Record()).good, problem=problem)
            else:
                report = outcome.path.relative_to(target.folder).as_posix()
                known[code] = Record(good=GoodRun(at=at, report=report, warnings=outcome.warnings))
            write_json({name: one.model_dump(mode="json") for name, one in known.items()}, path)
    except (OSError, AnalysisError) as error:
        return (f"{path.name} not written: {error}",)
    return ()


def read_status(path: Path) -> dict[str, Record]:
    """Return what is recorded of each campaign; nothing of one whose record is missing or broken."""
    try:
        known = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    found: dict[str, Record] = {}
    for name, entry in known.items() if isinstance(known, dict) else ():
        try:
            found[name] = Record.model_validate(entry)
        except ValidationError:
            continue  # whatever wrote it: `health` then says that no good run is known
    return found


def health(campaign: str, zone: ZoneInfo, recorded: Record, now: datetime) -> Health:
    """Judge a campaign's record at ``now``: without a good run in the last eight days it is stale."""
    good, problem = recorded.good, recorded.problem
    last = good.at.astimezone(zone) if good else None
    following = next_due(last, zone) if last else None
    return Health(
        campaign,
        last,
        good.report if good else "",
        f"{problem.at.isoformat()} exit {problem.status}: {problem.why}" if problem else "",
        following,
        following is None or now >= following,
        last is None or now - last > STALE,
    )


def next_due(last: datetime, zone: ZoneInfo) -> datetime:
    """Return the first Monday 06:00 in ``zone`` after ``last``."""
    local = last.astimezone(zone)
    monday = datetime.combine(local.date() - timedelta(days=local.weekday()), DUE, zone)
    return monday if monday > local else datetime.combine(monday.date() + timedelta(days=7), DUE, zone)
