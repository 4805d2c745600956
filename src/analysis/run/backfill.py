"""Many weeks, or many campaigns, in one go; what is there already is not made again."""

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from tqdm import tqdm

from analysis.errors import AnalysisError, InputError
from analysis.run.pipeline import Plan, Published, kernels_for, run
from analysis.run.weeks import end_of_week
from analysis.workspace import open_campaign


@dataclass(frozen=True)
class Made:
    """How one report of many came out: published, there already, or not made and why."""

    campaign: str
    week: str
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
            return f"{self.campaign} {self.week}: not published: {self.outcome}"
        state = "published" if self.outcome.fresh else "was there, unchanged"
        return f"{self.campaign} {self.week}: {state}: {self.outcome.path}"


def backfill(
    campaigns: Iterable[str], weeks: Sequence[str], jobs: int, plan: Plan | None = None
) -> list[Made]:
    """Publish the report of every campaign and week; one that fails does not stop the others.

    Weeks share one process to fork kernels from, and each keeps to one core, so ``jobs`` of them run at once.
    Stopping and starting again goes on where it stopped.

    Returns
    -------
    list of Made
        In the order of campaigns and weeks.

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
    todo = [(one.code, week, end_of_week(week, one.zone).isoformat()) for one in facts for week in weeks]
    made: dict[tuple[str, str], Made] = {}
    with ExitStack() as stack:
        pool = stack.enter_context(ThreadPoolExecutor(jobs))
        shared = plan or Plan()
        kernel = stack.enter_context(kernels_for(shared))
        each = replace(shared, kernel=kernel, side_by_side=jobs == 1, progress=False, tell=False)
        stack.callback(pool.shutdown, wait=False, cancel_futures=True)
        waiting = {pool.submit(_one, *item, each): item[:2] for item in todo}
        for future in tqdm(
            as_completed(waiting), total=len(todo), desc="reports", unit="report", disable=None
        ):
            made[waiting[future]] = future.result()
    return [made[campaign, week] for campaign, week, _ in todo]


def _one(campaign: str, week: str, as_of: str, plan: Plan) -> Made:
    try:
        return Made(campaign, week, run(campaign, as_of, plan))
    except AnalysisError as error:
        return Made(campaign, week, error)
