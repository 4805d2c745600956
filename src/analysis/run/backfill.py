"""Many weeks, or many campaigns, in one go; what is there already is not made again."""

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Future, as_completed, wait
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from itertools import zip_longest

from tqdm import tqdm

from analysis.errors import AnalysisError, InputError
from analysis.run.pipeline import run
from analysis.run.plan import Plan, kernels_for
from analysis.run.publish import Published
from analysis.run.remote import Remote
from analysis.run.weeks import end_of_week
from analysis.run.work import here_at, there_at, unlike, warm_kernel, workers
from analysis.workspace import open_campaign, project_root

Todo = Mapping[str, Sequence[tuple[str, str]]]


@dataclass(frozen=True)
class Made:
    """How one report of many came out: published, there already, or not made and why."""

    campaign: str
    name: str
    outcome: Published | AnalysisError

    @property
    def exit_status(self) -> int:
        """What running this one alone would have ended with."""
        if isinstance(self.outcome, AnalysisError):
            return self.outcome.exit_status
        return 10 if self.outcome.warnings else 0

    @property
    def line(self) -> str:
        """One line about it."""
        if isinstance(self.outcome, AnalysisError):
            return f"{self.campaign} {self.name}: not published: {self.outcome}"
        state = "published" if self.outcome.fresh else "was there, unchanged"
        return f"{self.campaign} {self.name}: {state}: {self.outcome.address or self.outcome.path}"


def backfill(
    campaigns: Iterable[str], weeks: Sequence[str], jobs: int, plan: Plan | None = None, cluster: str = ""
) -> list[Made]:
    """Publish the report of every campaign and week; one that fails does not stop the others.

    Raises
    ------
    InputError
        If the last week is not over yet; nothing is made then.
    """
    facts = [open_campaign(campaign) for campaign in campaigns]
    for one in facts:
        if (ends := end_of_week(weeks[-1], one.zone)) > datetime.now(UTC):
            raise InputError(
                f"week {weeks[-1]} ends {ends.isoformat()}, which is to come; give one that is over"
            )
    todo = {one.code: [(week, end_of_week(week, one.zone).isoformat()) for week in weeks] for one in facts}
    return make_all(todo, jobs, plan or Plan(), cluster)


def make_all(todo: Todo, jobs: int, plan: Plan, cluster: str = "") -> list[Made]:
    """Publish many reports, those of a campaign in their order: each is held to what the ones before it said.

    What needs nothing of the one before is done while that one is still made; a step that reads what it keeps
    waits for it. Campaigns take turns, and a report waits for none that was not begun before it.

    Stopping and starting again goes on where it stopped.

    Parameters
    ----------
    todo
        By campaign, its reports: a name, and an as-of.
    jobs, cluster
        As `workers` takes them.

    Returns
    -------
    list of Made
        In the order of ``todo``.
    """
    root, total = str(project_root()), sum(map(len, todo.values()))
    with ExitStack() as stack:
        pool, at_once = stack.enter_context(workers(jobs, cluster, plan.at))
        each = replace(plan, beside=min(at_once, total), progress=False, tell=False)
        bar = stack.enter_context(tqdm(total=total, desc="reports", unit="report", disable=None))
        if cluster:  # each worker has its own kernels
            work = _Work(root, replace(each, beforehand=Plan().beforehand), here_at(root))
            parts = list(todo.items())
        else:
            work = _Work(root, replace(each, kernel=stack.enter_context(kernels_for(each))))
            turns = zip_longest(*([(code, [one]) for one in reports] for code, reports in todo.items()))
            parts = [part for turn in turns for part in turn if part]
        newest: dict[str, Future[list[Made]]] = {}
        waiting: dict[Future[list[Made]], tuple[str, Sequence[tuple[str, str]]]] = {}
        for code, reports in parts:
            newest[code] = pool.submit(work, code, reports, newest.get(code))
            waiting[newest[code]] = code, reports
        made: dict[str, list[Made]] = {code: [] for code in todo}
        for future in as_completed(waiting):
            bar.update(len(waiting[future][1]))
        for future, (code, reports) in waiting.items():
            made[code] += _outcome(future, code, reports)
    return [one for code in todo for one in made[code]]


def _outcome(future: "Future[list[Made]]", code: str, reports: Sequence[tuple[str, str]]) -> list[Made]:
    """Return what came of a campaign's reports; where nothing came back, its workers died of it or went."""
    try:
        return future.result()
    except AnalysisError as error:
        why = error
    except Exception as error:  # noqa: BLE001 - whatever the scheduler says of what it lost
        why = AnalysisError(f"lost with its worker or scheduler ({type(error).__name__}); run again")
    return [Made(code, name, why) for name, _ in reports]


@dataclass(frozen=True)
class _Work:
    """The task: what reports of a campaign are made with, wherever that is.

    ``alike`` is there for a worker of a cluster, which must be like it.
    """

    root: str
    plan: Plan
    alike: Mapping[str, str] | None = None

    def __call__(
        self, code: str, reports: Sequence[tuple[str, str]], before: "Future[list[Made]] | None" = None
    ) -> list[Made]:
        plan = self.plan
        if self.alike:
            if difference := unlike(self.alike, there_at(self.root, plan.at)):
                raise InputError(difference)
            if plan.at:
                Remote(plan.at).fetch(code)
            plan = replace(plan, kernel=warm_kernel(tuple(plan.steps), plan.notebooks, plan.beside))
        if before:
            plan = replace(plan, turn=partial(wait, [before]))
        return [_one(code, name, as_of, plan) for name, as_of in reports]


def _one(campaign: str, name: str, as_of: str, plan: Plan) -> Made:
    try:
        return Made(campaign, name, run(campaign, as_of, plan))
    except AnalysisError as error:
        return Made(campaign, name, error)
