"""Many weeks, or many campaigns, in one go; what is there already is not made again."""

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
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

    Weeks share one process to fork kernels from. Those of a campaign are made in their order, because each is
    held to what the ones before it said; ``jobs`` campaigns are at work at once. Stopping and starting again
    goes on where it stopped.

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
    todo = {one.code: [(week, end_of_week(week, one.zone).isoformat()) for week in weeks] for one in facts}
    with ExitStack() as stack:
        pool = stack.enter_context(ThreadPoolExecutor(jobs))
        shared = plan or Plan()
        kernel = stack.enter_context(kernels_for(shared))
        alone = min(jobs, len(todo)) == 1
        each = replace(shared, kernel=kernel, side_by_side=alone, progress=False, tell=False)
        stack.callback(pool.shutdown, wait=False, cancel_futures=True)
        total = len(todo) * len(weeks)
        bar = stack.enter_context(tqdm(total=total, desc="reports", unit="report", disable=None))

        def in_order(campaign: str) -> list[Made]:
            made = []
            for week, as_of in todo[campaign]:
                made.append(_one(campaign, week, as_of, each))
                bar.update()
            return made

        return [one for made in pool.map(in_order, todo) for one in made]


def _one(campaign: str, week: str, as_of: str, plan: Plan) -> Made:
    try:
        return Made(campaign, week, run(campaign, as_of, plan))
    except AnalysisError as error:
        return Made(campaign, week, error)
