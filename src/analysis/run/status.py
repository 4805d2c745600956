"""How the weekly job is doing: which period it published last, which is due, and what went wrong since.

Only the job's own runs are on record: those of the newest week that is over. Whoever looks at an old week, or
makes many of them, says nothing of the job.
"""

import hashlib
import json
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel, ValidationError

from analysis.artifacts import write_json
from analysis.campaign import Campaign
from analysis.errors import AnalysisError
from analysis.run.folders import publishing
from analysis.run.provenance import input_hashes
from analysis.run.publish import Published
from analysis.run.weeks import (
    DAY,
    WEEK,
    Period,
    awaited,
    end_of_week,
    last_week,
    monday_of,
    period_at,
    report_due,
)
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
    due = period_at(now, facts).week
    return next((week for week in (newest, due) if target.as_of == end_of_week(week, facts.zone)), "")


def record(
    target: Workspace, now: datetime, outcome: Published | AnalysisError, *, silent: bool
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
        with publishing(target.folder):
            known = _entries(path) or {}  # what is broken of another campaign stays there to be seen
            if isinstance(outcome, AnalysisError):
                before = _record(known.get(code, {})) or Record()
                problem = Problem(at=at, status=outcome.exit_status, why=str(outcome))
                own = Record(good=before.good, problem=problem)
            else:
                good = GoodRun(
                    at=at,
                    report=outcome.path.relative_to(target.folder).as_posix(),
                    period=week_of_job(target, now),
                    inputs=digest_of_inputs(target),
                    silent=silent,
                    warnings=outcome.warnings,
                )
                own = Record(good=good)
            write_json(known | {code: own.model_dump(mode="json")}, path)
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


def awaited_since(target: Workspace, known: GoodRun, now: datetime) -> bool:
    """Say whether, by the campaign's rhythm, files were to come after the week of a run of the job."""
    week = week_of_job(target, now)
    after, until = (monday_of(one) + WEEK - DAY for one in (known.period, week))
    return known.silent or awaited(target.campaign, after, until)


def digest_of_inputs(target: Workspace) -> str:
    """Hash what a report as of the target's instant would be made from."""
    return hashlib.sha256(json.dumps(input_hashes(target), sort_keys=True).encode()).hexdigest()


def status_file(root: Path) -> Path:
    """Return where the record of the jobs of a project is."""
    return root / "reports" / "status.json"


def read_status(path: Path) -> dict[str, Record]:
    """Return what is recorded of each campaign; nothing of one whose record is missing or broken."""
    read = {name: _record(entry) for name, entry in (_entries(path) or {}).items()}
    return {name: one for name, one in read.items() if one is not None}


def on_record(root: Path) -> list[str]:
    """Name every campaign of which a project has a record, also one that cannot be read.

    Raises
    ------
    AnalysisError
        If all of it cannot be read, or there is none.
    """
    entries = _entries(path := status_file(root))
    if not entries:
        why = "cannot be read" if entries is None else "tells of no run"
        raise AnalysisError(f"{path}: {why}; name a campaign, or run 'analysis run'")
    return sorted(entries)


def _entries(path: Path) -> dict[str, Any] | None:
    """Return the entries of a status as they stand, ``None`` where it cannot be read."""
    try:
        known = json.loads(path.read_bytes(), parse_constant=int)  # of NaN a ValueError: it is no JSON
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, RecursionError):
        return None
    return known if isinstance(known, dict) else None


def _record(entry: Any) -> Record | None:
    try:
        return Record.model_validate(entry)
    except ValidationError:
        return None  # whatever wrote it: `health_at` says so


def health_at(root: Path, campaign: Campaign, now: datetime) -> Health:
    """Judge the job of a campaign by what a project has on record; a record that is broken is said to be."""
    entries = _entries(path := status_file(root))
    recorded = None if entries is None else _record(entries.get(campaign.code, {}))
    one = health(campaign, recorded or Record(), now)
    if recorded is None:
        broken = path.name if entries is None else f"its entry in {path.name}"
        return replace(one, said=f"{broken} cannot be read; {one.said}")
    return one


def health(campaign: Campaign, recorded: Record, now: datetime) -> Health:
    """Judge the job of a campaign at ``now``: by which period it published, not by when somebody ran it."""
    good, problem = recorded.good, recorded.problem
    period = period_at(now, campaign)
    ahead = good is not None and good.at > now + CLOCK
    missing = good is None or ahead or good.period < period.week
    state = _state(good, period, now, ahead=ahead, missing=missing)
    following = report_due(now, campaign)
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
