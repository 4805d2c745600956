"""All that a report consists of, made in a folder of its own: each step is run, or taken over from before."""

import shutil
import time
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from analysis.artifacts import write_json
from analysis.errors import AnalysisError
from analysis.forked import cores
from analysis.run.earlier import PREFIX, earlier_forecasts, hashes, lend
from analysis.run.fingerprint import environment, fingerprint
from analysis.run.plan import Plan, kernels_for
from analysis.run.provenance import input_hashes, provenance
from analysis.run.reuse import Taken, recall, remember, take_over, taken
from analysis.run.source import require_declared
from analysis.run.steps import Step, waves
from analysis.workspace import Workspace, own_or_carried, project_root

RUN_TIME_LIMIT = 3600  # seconds


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


def recalled(target: Workspace, plan: Plan) -> dict[str, str] | None:
    """Return the hashes of what a run would make, where it would take over every step; nothing where not."""
    inputs, where = input_hashes(target) | hashes(earlier_forecasts(target)), environment(_lock())
    done: dict[str, Taken] = {}
    for step in plan.steps:
        found = recall(target, step, _fingerprint(step, target, plan, inputs, where, done))
        if not found:
            return None
        done[step.notebook] = found
    return _outputs(done)


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
