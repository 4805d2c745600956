"""Commands that run, re-run, check and schedule reports."""

import signal
import sys
from datetime import UTC, datetime
from typing import Annotated, Never

import typer

from analysis.errors import InputError
from analysis.workspace import open_campaign

PUBLISHED_WITH_WARNINGS = 10

CampaignName = Annotated[str, typer.Option("--campaign", "-c", help="Folder under data/raw.")]


def run(
    campaign: CampaignName,
    as_of: Annotated[
        str,
        typer.Option(
            "--as-of",
            help="Instant of knowledge: 2023-09-18, 2023-09-18T08:00+07:00, "
            "'2023-09-18 08:00 Asia/Ho_Chi_Minh'. [default: the campaign's own]",
            show_default=False,
        ),
    ] = "",
    week: Annotated[
        str,
        typer.Option(
            "--week",
            help="Instead of --as-of: an ISO week such as 2023-W37, known at Sunday 24:00 in the campaign's "
            "zone; 'last' is the last week that is over.",
            show_default=False,
        ),
    ] = "",
    force: Annotated[
        bool, typer.Option("--force", help="Run every notebook, also where nothing changed.")
    ] = False,
    debug: Annotated[
        bool, typer.Option("--debug", help="On failure show the traceback and keep the run.")
    ] = False,
) -> None:
    """Run the four notebooks and publish the report, whole or not at all.

    Exit status: 0 published, 10 published with warnings, 20 refused (what was given or sent cannot be used),
    30 failed, 75 another run makes this report. Unless it is 0 or 10 the last good report is untouched.
    """
    from analysis.run.pipeline import Plan
    from analysis.run.pipeline import run as run_pipeline

    signal.signal(signal.SIGTERM, _stop)
    published = run_pipeline(campaign, instant(campaign, as_of, week), Plan(force=force, keep=debug))
    for line in published.summary.get("headline", {}).get("en", []):
        typer.echo(line)
    state = "published" if published.fresh else "already published, identical"
    reused = f" (nothing it depends on changed: {', '.join(published.reused)})" if published.reused else ""
    typer.echo(f"{state}: {published.path / 'report.vi.html'}{reused}")
    if published.warnings:
        typer.echo(f"analysis: published with warnings: {'; '.join(published.warnings)}", err=True)
        raise typer.Exit(PUBLISHED_WITH_WARNINGS)


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


def _stop(number: int, frame: object) -> Never:
    """End as an exit would, so that every kernel is killed and the run's folder removed."""
    sys.exit(128 + number)
