"""The notebooks in their order, from raw tallies to a published report."""

import shutil
import time
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from analysis.artifacts import write_json
from analysis.errors import AnalysisError, InputError, fault_of
from analysis.forked import cores
from analysis.run.cautions import of_register, warnings_of
from analysis.run.earlier import PREFIX, earlier_forecasts, hashes, lend
from analysis.run.fingerprint import environment, fingerprint, imported
from analysis.run.folders import LockedError, own_folder, sweep
from analysis.run.kernels import warm_kernels
from analysis.run.provenance import input_hashes, provenance, received_files
from analysis.run.publish import Published, damage, list_report, publish, revisions, same_outputs, strays
from analysis.run.remote import Remote
from analysis.run.reuse import Taken, recall, remember, take_over, taken
from analysis.run.source import code_cells, require_declared
from analysis.run.status import GoodRun, awaited_since, record, silent_since, week_of_job
from analysis.run.steps import STEPS, Step, waves
from analysis.workspace import Workspace, own_or_carried, project_root

RUN_TIME_LIMIT = 3600  # seconds


@dataclass(frozen=True)
class Plan:
    """How to run: which notebooks, from which folder, with which kernels, and who is told.

    ``beside`` says how many reports are made at once on this machine, this one among them: they share its
    cores.

    ``progress`` draws a bar of cells a notebook; ``each_step`` is called with a line when one is done, and
    ``beforehand`` with what must be said before anything is published.

    ``earlier`` names the published forecasts to read, where not all there are; ``turn`` returns when those
    that are still being made are published, or will not be.

    ``at`` is the address to which reports are sent, as `analysis.run.remote` says, or empty.

    ``public`` hides small counts and publishes no notebook. ``tell`` is off where many
    are made at once: ``status.json`` is about the weekly job.
    """

    steps: Sequence[Step] = STEPS
    notebooks: Path | None = None
    force: bool = False
    keep: bool = False
    beside: int = 1
    progress: bool = False
    each_step: Callable[[str], None] | None = None
    beforehand: Callable[[str], None] = lambda line: None
    tell: bool = True
    public: bool = False
    at: str = ""
    kernel: str = ""
    earlier: Collection[str] | None = None
    turn: Callable[[], object] = lambda: None

    def notebook(self, step: Step) -> Path:
        """Return where a step's notebook is."""
        name = f"{step.notebook}.ipynb"
        return self.notebooks / name if self.notebooks else own_or_carried(f"notebooks/{name}")


def run(campaign: str, as_of: str, plan: Plan = Plan(), now: datetime | None = None) -> Published:
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
    now = now or datetime.now(UTC)
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


def derive(target: Workspace, folder: Path, plan: Plan) -> tuple[Workspace, dict[str, Taken]]:
    """Make everything a report consists of in ``folder``, and publish nothing."""
    for step in plan.steps:  # before any of them runs
        require_declared(plan.notebook(step), _parameters(target, step) | {"workspace": ""})
    own = replace(target, folder=folder)
    (own.report / "notebooks").mkdir(parents=True)
    own.processed.mkdir(parents=True)
    done, inputs = _take_all(target, own, plan)
    _require_known_files(own, plan)
    remember(own, done)
    if own.public:
        shutil.rmtree(own.report / "notebooks")  # as executed, they show every count
    steps = {
        name: {"fingerprint": one.fingerprint, "reused": one.reused, "seconds": one.seconds}
        for name, one in done.items()
    }
    write_json(provenance(own, inputs, steps, _outputs(done)), own.report / "provenance.json")
    if input_hashes(target) != _of_campaign(inputs):
        raise AnalysisError(f"{target.campaign.folder}: changed while the run read it; run again")
    return own, done


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
    inputs, where = input_hashes(target) | hashes(earlier_forecasts(target)), environment(_lock())
    done: dict[str, Taken] = {}
    for step in plan.steps:
        found = recall(target, step, _fingerprint(step, target, plan, inputs, where, done))
        if not found:
            return None
        done[step.notebook] = found
    if not same_outputs(there[-1], _outputs(done)):
        return None
    sweep(target)
    return Published(there[-1], False, tuple(done), warnings_of(target))


def _take_all(target: Workspace, own: Workspace, plan: Plan) -> tuple[dict[str, Taken], dict[str, str]]:
    """Reuse or run every step, in waves of those that need none of each other; return the inputs of all, too.

    What earlier reports keep is read no sooner than by the first wave with a step that wants it.
    """
    where = environment(_lock())
    ends = time.monotonic() + RUN_TIME_LIMIT
    done: dict[str, Taken] = {}
    with ExitStack() as stack:
        # Forked kernels end before the threads are waited for: a thread ends when its kernel does. Others
        # would not, so there is only one thread then.
        pool = stack.enter_context(ThreadPoolExecutor(cores() if plan.beside == 1 else 1))
        # Started at once: it imports what the notebooks need while this process sees what there is to do.
        kernel = plan.kernel or stack.enter_context(kernels_for(plan))
        inputs = input_hashes(target)
        for wave in waves(plan.steps, together=plan.beside == 1):
            if any(step.published for step in wave):
                plan.turn()
                earlier = earlier_forecasts(target, plan.earlier)
                lend(earlier, own)
                inputs = inputs | hashes(earlier)
            prints = {step: _fingerprint(step, own, plan, inputs, where, done) for step in wave}
            found = {step: None if plan.force else recall(target, step, prints[step]) for step in wave}
            waiting = [step for step in wave if not found[step]]
            for step in wave:
                if there := found[step]:
                    take_over(target, own, there)
                    done[step.notebook] = there
            for step, seconds in _execute(waiting, own, plan, kernel, ends, pool).items():
                done[step.notebook] = taken(step, own, prints[step], seconds)
    return {step.notebook: done[step.notebook] for step in plan.steps}, inputs


def kernels_for(plan: Plan) -> AbstractContextManager[str]:
    """Start what kernels are forked from, with what the plan's notebooks import already imported."""
    by_step = [
        sorted({name for cell in code_cells(plan.notebook(step)) for name in imported(cell.source)} - {"*"})
        for step in plan.steps
    ]
    later = [name for names in by_step[1:] for name in names]
    return warm_kernels(by_step[0], list(dict.fromkeys(later)), project_root(), plan.beside)


def _execute(
    steps: list[Step],
    own: Workspace,
    plan: Plan,
    kernel: str,
    ends: float,
    pool: ThreadPoolExecutor,
) -> dict[Step, float]:
    """Run the steps, as many at once as the pool has threads."""
    if not steps:
        return {}
    # Papermill takes half a second to import; a run in which nothing changed does without.
    from analysis.run.notebooks import execute

    def one(step: Step) -> float:
        began = time.monotonic()
        source, folder = plan.notebook(step), project_root()
        # Said from the project on, so that published notebooks name no folder of a machine.
        here = own.folder.relative_to(folder) if own.folder.is_relative_to(folder) else own.folder
        short = replace(own, folder=here)
        execute(
            source,
            own.report / "notebooks" / source.name,
            _parameters(own, step) | {"workspace": str(here)},
            folder,
            files=[
                *(short.processed / name for name in step.data),
                *(short.report / name for name in step.report),
            ],
            time_limit=max(1.0, ends - began),
            progress=plan.progress,
            kernel=kernel,
        )
        seconds = time.monotonic() - began
        if plan.each_step:
            plan.each_step(f"{step.notebook}: {seconds:.1f} s")
        return seconds

    running: dict[Future[float], Step] = {pool.submit(one, step): step for step in steps}
    finished, late = wait(running, timeout=ends - time.monotonic(), return_when=FIRST_EXCEPTION)
    for future in finished:
        future.result()
    if late:
        raise AnalysisError(f"the run took more than {RUN_TIME_LIMIT} s; see which cell hangs with --debug")
    return {running[future]: future.result() for future in finished}


def _fingerprint(
    step: Step, at: Workspace, plan: Plan, inputs: dict[str, str], where: str, done: dict[str, Taken]
) -> str:
    source = plan.notebook(step)
    earlier = {name: digest for other in step.after for name, digest in done[other].data.items()}
    inputs = inputs if step.published else _of_campaign(inputs)
    return fingerprint(source, _parameters(at, step), inputs | earlier, where)


def _of_campaign(inputs: dict[str, str]) -> dict[str, str]:
    """Leave out what earlier reports keep."""
    return {name: digest for name, digest in inputs.items() if not name.startswith(PREFIX)}


def _parameters(workspace: Workspace, step: Step) -> dict[str, str]:
    """Return a step's parameters; only one that makes reports is told that this one is public."""
    shared = {"campaign": workspace.campaign.code, "as_of": workspace.as_of.isoformat()}
    return shared | ({"public": "yes"} if workspace.public and step.report else {})


def _outputs(done: dict[str, Taken]) -> dict[str, str]:
    """Gather the hashes that say whether two reports have the same content.

    Every file counts but executed notebooks, which hold the run's id and how long each cell took.
    """
    made = {name: digest for one in done.values() for name, digest in (one.data | one.report).items()}
    return {name: made[name] for name in sorted(made) if not name.endswith(".ipynb")}


def _require_known_files(own: Workspace, plan: Plan) -> None:
    known = {name for step in plan.steps for name in (*step.data, *step.may)}
    for path in own.processed.iterdir():
        if path.name not in known:
            raise AnalysisError(
                f"{path.name}: written by a notebook but declared by no step of analysis.contract"
            )


def _lock() -> Path:
    return own_or_carried("requirements/runtime.txt")
