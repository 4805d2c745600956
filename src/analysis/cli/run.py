"""Commands that make reports: one, or many."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Annotated, Never

import typer

from analysis.cli.options import AT, CAMPAIGN, CAMPAIGNS, NOTIFY, stop_on_signals
from analysis.cli.printing import mention, on_terminal
from analysis.cli.telling import PUBLISHED_WITH_WARNINGS, tell, tell_failure
from analysis.errors import AnalysisError, InputError, fault_of
from analysis.progress import watch_from_here
from analysis.workspace import campaign_names, open_campaign, project_root

if TYPE_CHECKING:
    from analysis.run.backfill import Made
    from analysis.run.plan import Plan

_JOBS = typer.Option("--jobs", "-j", min=1, max=64, help="Reports made at once here.")
_CLUSTER = typer.Option(
    "--cluster",
    metavar="ADDRESS",
    help="Make them on a Dask cluster: tcp://scheduler:8786, or local:4 for four processes here.",
)
_AS_OF = typer.Option(
    "--as-of",
    help="Instant of knowledge: 2023-09-18, 2023-09-18T08:00+07:00, "
    "'2023-09-18 08:00 Asia/Ho_Chi_Minh'. [default: the campaign's own]",
    show_default=False,
)
_WEEK = typer.Option(
    "--week",
    help="Instead of --as-of: an ISO week such as 2023-W37, known at Sunday 24:00 in the campaign's "
    "zone; 'last' is the campaign's last week that is over.",
    show_default=False,
)
_FORCE = typer.Option("--force", help="Run every notebook, also where nothing changed.")
_IF_DUE = typer.Option(
    "--if-due", help="Do nothing unless the week that Monday 06:00 there made due is not published yet."
)
_PUBLIC = typer.Option(
    "--public",
    help="Make the report for everyone, under public/: counts below the campaign's public_threshold "
    "are hidden in every form, and no notebook is published.",
)


def run(
    campaign: Annotated[str | None, CAMPAIGN] = None,
    campaigns: Annotated[str, typer.Option("--campaigns", help="Several, by name: A,B.")] = "",
    everything: Annotated[bool, typer.Option("--all", help="All campaigns of the project.")] = False,
    as_of: Annotated[str, _AS_OF] = "",
    week: Annotated[str, _WEEK] = "",
    force: Annotated[bool, _FORCE] = False,
    if_due: Annotated[bool, _IF_DUE] = False,
    public: Annotated[bool, _PUBLIC] = False,
    notify: Annotated[bool, NOTIFY] = False,
    debug: Annotated[
        bool, typer.Option("--debug", help="On failure show the traceback and keep the run.")
    ] = False,
    jobs: Annotated[int, _JOBS] = 1,
    cluster: Annotated[str, _CLUSTER] = "",
    at: Annotated[str, AT] = "",
) -> None:
    """Run the four notebooks and publish the report, whole or not at all; or those of many campaigns.

    Exit status: 0 published, 10 published with warnings, 20 refused (what was given or sent cannot be used),
    30 failed, 75 another run makes this report. Unless it is 0 or 10 the last good report is untouched.
    """
    from analysis.run.plan import Plan
    from analysis.run.remote import Remote, working_at
    from analysis.run.status import health_at
    from analysis.run.weeks import period_at

    stop_on_signals()
    if sum(map(bool, (campaign, campaigns, everything))) != 1:
        raise InputError("name the campaign with --campaign, several with --campaigns A,B, or give --all")
    plan = Plan(force=force, public=public, at=at, beforehand=cache(_caution))  # of many each line once
    if not campaign:
        if if_due or notify or debug:
            raise InputError("--if-due, --notify and --debug are for one campaign; give --campaign")
        named = [one.strip() for one in campaigns.split(",") if one.strip()]
        if everything:
            named = Remote(at).campaigns() if at else campaign_names()
        with working_at(at, named):
            _many(named, as_of, week, plan, jobs, cluster)
    if jobs > 1 or cluster:
        raise InputError("--jobs and --cluster are for many reports; give --campaigns or --all")
    if if_due and (as_of or week not in ("", "last")):
        raise InputError("--if-due is for the weekly job: give it with --week last, and no other instant")
    with _told(campaign if notify else ""), working_at(at, [campaign]):
        if if_due or week == "last":
            facts, now = open_campaign(campaign), datetime.now(UTC)
            health = health_at(project_root(), facts, now)
            if not health.due and (if_due or health.state == "ended"):
                mention(health.line)
                return
            if if_due:
                week = period_at(now, facts).week
        if bars := on_terminal():
            watch_from_here()
        plan = replace(plan, keep=debug, progress=bars, each_step=None if bars else mention)
        _one(campaign, as_of, week, plan, notify)


@contextmanager
def _told(campaign: str) -> Iterator[None]:
    """Send people what goes wrong, if a campaign is named."""
    try:
        yield
    except typer.Exit:
        raise
    except Exception as error:
        if campaign:
            tell_failure(campaign, fault_of(error))
        raise


def _one(campaign: str, as_of: str, week: str, plan: "Plan", notify: bool) -> None:
    """Publish one report and tell of it, on the screen and, where asked, by message."""
    from analysis.run.pipeline import run as run_pipeline

    published = run_pipeline(campaign, instant(campaign, as_of, week), plan)
    state = "silent" if published.silent else "published" if published.fresh else "identical"
    if notify:  # before anything is printed: nobody may be there to read
        tell(campaign, state, published)
    said = published.summary.get("headline", {})
    for line in said.get("en") or said.get(published.summary["languages"][0], []):
        mention(line)
    reused = f" (nothing it depends on changed: {', '.join(published.reused)})" if published.reused else ""
    what = {"identical": "already published, identical"}.get(state, state)
    mention(f"{what}: {published.address or published.page}{reused}")
    if published.warnings:
        mention(f"analysis: published with warnings: {'; '.join(published.warnings)}", err=True)
        raise typer.Exit(PUBLISHED_WITH_WARNINGS)


def backfill(
    first: Annotated[str, typer.Option("--from", help="First ISO week, such as 2023-W30.")],
    last: Annotated[str, typer.Option("--to", help="Last ISO week.")],
    campaign: Annotated[list[str], CAMPAIGNS],
    jobs: Annotated[int, _JOBS] = 1,
    cluster: Annotated[str, _CLUSTER] = "",
    force: Annotated[bool, _FORCE] = False,
    at: Annotated[str, AT] = "",
) -> None:
    """Publish the reports of many weeks; goes on where it stopped.

    Ends with the highest exit status that any of them alone would have ended with.
    """
    from analysis.run.backfill import backfill as fill
    from analysis.run.plan import Plan
    from analysis.run.remote import working_at
    from analysis.run.weeks import weeks_between

    stop_on_signals()
    with working_at(at, campaign):
        plan = Plan(force=force, at=at, beforehand=cache(_caution))  # of many weeks each line once
        _end_with(fill(campaign, weeks_between(first, last), jobs, plan, cluster))


def _many(named: list[str], as_of: str, week: str, plan: "Plan", jobs: int, cluster: str) -> Never:
    """Publish the reports of many campaigns; one that cannot be opened is named, and the others are made."""
    from analysis.run.backfill import Made, make_all

    todo, faulty = {}, []
    for name in dict.fromkeys(named):
        try:
            at = instant(name, as_of, week)
        except InputError as error:
            faulty.append(Made(name, week or as_of, error))
        else:
            todo[name] = [(week or at, at)]
    if not todo and not faulty:
        raise InputError(f"{project_root() / 'data' / 'raw'}: no campaign; make one with 'analysis new'")
    _end_with([*(make_all(todo, jobs, plan, cluster) if todo else []), *faulty])


def _end_with(made: "list[Made]") -> Never:
    """Tell of each report, and end with the highest status that any would have ended with alone."""
    for one in made:
        mention(one.line, err=isinstance(one.outcome, AnalysisError))
    raise typer.Exit(max(one.exit_status for one in made))


def instant(campaign: str, as_of: str, week: str) -> str:
    """Return the as-of that the options ask for: given, the end of a week, or the campaign's own."""
    from analysis.run.weeks import end_of_week, last_week

    facts = open_campaign(campaign)
    if as_of and week:
        raise InputError("give --as-of or --week, not both")
    if week:
        named = last_week(datetime.now(UTC), facts.zone, facts.last_day) if week == "last" else week
        return end_of_week(named, facts.zone).isoformat()
    return as_of or facts.as_of.isoformat()


def _caution(line: str) -> None:
    mention(f"analysis: {line}", err=True)
