"""How the weekly job is doing: which period it published last, which is due, and what went wrong since.

Only the job's own runs are on record: those of the newest week that is over. Whoever looks at an old week, or
makes many of them, says nothing of the job.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal, Protocol

from pydantic import AwareDatetime, BaseModel, ValidationError

from analysis.artifacts import write_json
from analysis.campaign import Campaign
from analysis.errors import AnalysisError
from analysis.run.folders import publishing
from analysis.run.provenance import input_hashes
from analysis.run.weeks import Period, end_of_week, last_week, next_due, period_at
from analysis.workspace import Workspace

GRACE = timedelta(days=1)
"""What is due for longer than this is stale; the weekly job tries again for a day."""
CLOCK = timedelta(minutes=5)
"""What clocks of two machines may differ by; a run further ahead was made under a wrong one."""

State = Literal["good", "silent", "due", "stale", "ended", "not begun", "wrong clock", "gone", "broken"]
BAD: tuple[State, ...] = ("stale", "wrong clock", "broken")


class GoodRun(BaseModel):
    """When the job last ended well: for which week, from which inputs, what it published, with what care.

    ``silent`` if nothing new had come since the report before; ``report`` is then the one that says so.
    """

    at: AwareDatetime
    report: str
    period: str = ""
    inputs: str = ""
    silent: bool = False
    warnings: tuple[str, ...] = ()


class Problem(BaseModel):
    """When the job last ended badly, with which exit status, and why."""

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
    """What is known of a campaign's job at an instant: its state, and the line that says it to people."""

    campaign: str
    state: State
    said: str
    due: bool = False

    @property
    def bad(self) -> bool:
        """Whether somebody has to act."""
        return self.state in BAD

    @property
    def line(self) -> str:
        """One line for people."""
        return f"{self.campaign}: {self.state.upper() if self.bad else self.state}: {self.said}"


def week_of_job(target: Workspace, now: datetime) -> str:
    """Return the week that a run as of the target's instant publishes as the weekly job; empty if it is none.

    The job's week is the newest that is over, or the one that is due: another one on a Monday before six.
    """
    facts = target.campaign
    newest = last_week(now, facts.zone, facts.last_day)
    due = period_at(now, facts.zone, facts.first_day, facts.last_day).week
    return next((week for week in (newest, due) if target.as_of == end_of_week(week, facts.zone)), "")


def record(
    target: Workspace, now: datetime, outcome: Good | AnalysisError, *, silent: bool
) -> tuple[str, ...]:
    """Write how the job's run ended to ``reports/status.json``; return a warning if that could not be done.

    A refusal before anything was ever published leaves no trace. A disk that cannot take the status hides
    neither the failure it would have told of nor a publication; `health` then sees that the period is due.
    """
    path, code = status_file(target.folder), target.campaign.code
    if isinstance(outcome, AnalysisError) and not path.parent.is_dir():
        return ()
    at = now.replace(microsecond=0)
    try:
        with publishing(target):
            known = read_status(path)
            if isinstance(outcome, AnalysisError):
                problem = Problem(at=at, status=outcome.exit_status, why=str(outcome))
                known[code] = Record(good=known.get(code, Record()).good, problem=problem)
            else:
                good = GoodRun(
                    at=at,
                    report=outcome.path.relative_to(target.folder).as_posix(),
                    period=week_of_job(target, now),
                    inputs=digest_of_inputs(target),
                    silent=silent,
                    warnings=outcome.warnings,
                )
                known[code] = Record(good=good)
            write_json({name: one.model_dump(mode="json") for name, one in known.items()}, path)
    except (OSError, AnalysisError) as error:
        return (f"{path.name} not written: {error}",)
    return ()


def silent_since(target: Workspace, now: datetime) -> GoodRun | None:
    """Return the job's report of an earlier week after which nothing new has come; none where something has.

    What came is seen by what would be read: a tally file, a corrected one, a fact of the campaign.
    """
    known = read_status(status_file(target.folder)).get(target.campaign.code, Record()).good
    week = week_of_job(target, now)
    if known is None or not known.period or known.at > now + CLOCK:
        return None
    if known.period > week or (known.period == week and not known.silent):
        return None
    is_there = (target.folder / known.report / "provenance.json").exists()
    return known if is_there and known.inputs == digest_of_inputs(target) else None


def digest_of_inputs(target: Workspace) -> str:
    """Hash what a report as of the target's instant would be made from."""
    return hashlib.sha256(json.dumps(input_hashes(target), sort_keys=True).encode()).hexdigest()


def status_file(root: Path) -> Path:
    """Return where the record of the jobs of a project is."""
    return root / "reports" / "status.json"


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


def health(campaign: Campaign, recorded: Record, now: datetime) -> Health:
    """Judge the job of a campaign at ``now``: by which period it published, not by when somebody ran it."""
    good, problem = recorded.good, recorded.problem
    period = period_at(now, campaign.zone, campaign.first_day, campaign.last_day)
    ahead = good is not None and good.at > now + CLOCK
    missing = good is None or ahead or good.period < period.week
    state = _state(good, period, now, ahead=ahead, missing=missing)
    following = next_due(max(now, end_of_week(f"{campaign.first_day:%G-W%V}", campaign.zone)), campaign.zone)
    said = {
        "wrong clock": "that is to come: set the clock and run again",
        "ended": f"ended on {campaign.last_day}"
        + (f"; its last week, {period.week}, was not published by the job" if missing else ""),
        "stale": f"week {period.week} due since {period.since:%Y-%m-%d %H:%M %Z}",
    }
    said["due"] = said["stale"]
    what = said.get(state, f"next due {following:%Y-%m-%d %H:%M %Z}")
    since = f"; since then {problem.at.isoformat()} exit {problem.status}: {problem.why}" if problem else ""
    due = missing and period.begun
    return Health(campaign.code, state, f"{_said(good, campaign)}; {what}{since}", due)


def _state(good: GoodRun | None, period: Period, now: datetime, *, ahead: bool, missing: bool) -> State:
    if ahead:
        return "wrong clock"
    if period.ended:
        return "ended"
    if not period.begun:
        return "not begun"
    if missing:
        return "stale" if good is None or now - period.since > GRACE else "due"
    return "silent" if good and good.silent else "good"


def _said(good: GoodRun | None, campaign: Campaign) -> str:
    if good is None:
        return "the job never ran well here"
    at = good.at.astimezone(campaign.zone)
    quiet = ", nothing new since then" if good.silent else ""
    return f"last good run {at:%Y-%m-%d %H:%M %Z} for {good.period or 'no week'} ({good.report}{quiet})"
