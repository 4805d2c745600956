"""The notebooks in their order, from raw tallies to a published report."""

from dataclasses import replace
from datetime import UTC, datetime

from analysis.errors import AnalysisError, InputError, fault_of
from analysis.run.cautions import of_register, warnings_of
from analysis.run.derive import derive, recalled
from analysis.run.folders import LockedError, own_folder, sweep
from analysis.run.plan import Plan
from analysis.run.provenance import received_files
from analysis.run.publish import Published, damage, list_report, publish, revisions, same_outputs, strays
from analysis.run.remote import Remote
from analysis.run.status import GoodRun, awaited_since, record, silent_since, week_of_job
from analysis.workspace import Workspace


def run(campaign: str, as_of: str, plan: Plan | None = None, now: datetime | None = None) -> Published:
    """Run every notebook in a folder of its own and publish the report if all went well.

    Parameters
    ----------
    campaign, as_of
        As `Workspace.open` takes them.
    plan
        How to run it.
    now
        The clock, read here if not given; an as-of after it is refused.

    Raises
    ------
    InputError
        If what was asked for or was sent cannot be used (exit status 20).
    LockedError
        If another run makes the same report (75).
    AnalysisError
        If a step fails or an artifact is missing (30).

    Whatever is raised, nothing is published and what was there is untouched.
    """
    plan, now = plan or Plan(), now or datetime.now(UTC)
    target = replace(Workspace.open(campaign, as_of), public=plan.public)

    weekly = plan.tell and not plan.public and bool(week_of_job(target, now))
    silence: GoodRun | None = None

    def tell(outcome: Published | AnalysisError) -> tuple[str, ...]:
        told = record(target, now, outcome, silent=silence is not None) if weekly else ()
        return told + (Remote(plan.at).tell(target.campaign.code) if plan.at else ())

    try:
        require_tallies(target, now)
        for line in of_register(target):
            plan.beforehand(line)
        same = silent_since(target, now) if weekly else None
        silence = same if same and awaited_since(target, same, now) else None
        made = _stands(target, same, silence, plan) or _nothing_changed(target, plan) or _run(target, plan)
        if plan.at:
            made = replace(made, address=Remote(plan.at).send(made.path))
        strange = tuple(f"in {made.path.name}, {line}" for line in strays(made.path))
        quiet = () if silence is None else (f"nothing new has come since the report of {silence.period}",)
        warnings = quiet + made.warnings + strange + list_report(target, made.path)
        published = replace(made, warnings=warnings, silent=silence is not None)
    except LockedError:
        raise  # it says nothing of the campaign's health
    except Exception as error:  # noqa: BLE001 - raised again, as a fault with one line
        failure = fault_of(error, target.folder)
        tell(failure)
        raise failure from (None if failure is error else error)
    return replace(published, warnings=published.warnings + tell(published))


def require_tallies(workspace: Workspace, now: datetime) -> None:
    """Raise one clear line if there is nothing to read as of then, before any notebook starts."""
    folder = workspace.campaign.folder
    if workspace.as_of > now:
        raise InputError(f"as-of {workspace.as_of.isoformat()} is in the future; nothing is known of it yet")
    if not (folder / "received.csv").exists():
        fetchable = (folder / "sources.csv").exists()
        what = (
            f"run 'analysis fetch {workspace.campaign.code}' first" if fetchable else "no file was received"
        )
        raise InputError(f"{folder / 'received.csv'}: not there; {what}")
    if not (folder / "tallies").is_dir():
        raise InputError(
            f"{folder / 'tallies'}: no such folder, though received.csv lists files in it; restore it"
        )
    if not any(area.valid_on(workspace.last_day) for area in workspace.campaign.areas):
        raise InputError(
            f"{folder / 'areas.csv'}: no area is in force on {workspace.last_day}, the last known day; "
            "mend valid_to, or give an earlier as-of"
        )
    if not received_files(workspace):
        raise InputError(
            f"campaign {workspace.campaign.code}: no file had been received by "
            f"{workspace.as_of.isoformat()}; give a later as-of"
        )


def _run(target: Workspace, plan: Plan) -> Published:
    with own_folder(target, keep=plan.keep) as folder:
        own, done = derive(target, folder, plan)
        warnings = warnings_of(own)
        path, fresh = publish(own, target)
    reused = tuple(name for name, one in done.items() if one.reused)
    return Published(path, fresh, reused, warnings)


def _stands(target: Workspace, same: GoodRun | None, silence: GoodRun | None, plan: Plan) -> Published | None:
    """Return the report before, if nothing has come since and it says so, or nothing was to come yet.

    One that is not as it was sealed does not stand: the week has a report of its own then.
    """
    if same is None or plan.force or (silence is not None and not silence.silent):
        return None
    if damage(target.folder / same.report):
        return None
    said = () if silence is None else ("that report stands, and no other is made",)
    return Published(target.folder / same.report, False, (), said)


def _nothing_changed(target: Workspace, plan: Plan) -> Published | None:
    """Return the report that is there if every step would be reused and it is intact; run nothing then."""
    there = revisions(target)
    if plan.force or not there or damage(there[-1]):
        return None
    plan.turn()
    outputs = recalled(target, plan)
    if outputs is None or not same_outputs(there[-1], outputs):
        return None
    sweep(target)
    reused = tuple(step.notebook for step in plan.steps)
    return Published(there[-1], False, reused, warnings_of(target))
