"""Commands about reports that are made: again to verify, how the weekly job is doing, what starts it."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from analysis.cli.options import AT, CAMPAIGN, CAMPAIGNS, NOTIFY, stop_on_signals
from analysis.cli.printing import mention, say
from analysis.cli.telling import tell_failure
from analysis.errors import AnalysisError, InputError
from analysis.workspace import open_campaign, project_root

if TYPE_CHECKING:
    from analysis.run.status import Health


def verify(
    report: Annotated[
        list[Path] | None, typer.Argument(help="Folders such as reports/CAMPAIGN/2023-09-18T0800.")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Verify every published report.")] = False,
    at: Annotated[str, AT] = "",
) -> None:
    """Make published reports again in a fresh folder and compare every artifact and number.

    Exit status 0 if all are identical, 30 if one differs; nothing under reports/ is touched.
    """
    from analysis.run.remote import Remote, reading_at
    from analysis.run.verify import published_reports, verify_all

    stop_on_signals()
    different, known = 0, Remote(at).campaigns() if at and everything else []
    with reading_at(at, known or [one.resolve().parent.name for one in report or []]):
        here = project_root() if at else Path()
        found = published_reports(project_root() / "reports") if everything else report or []
        if not (named := [here / one for one in found]):
            raise InputError("name a report to verify, or --all of those there are")
        for one in verify_all(named):
            where = f"{at}/{one.report.relative_to(here).as_posix()}" if at else one.report
            say(f"{where}: {'identical' if one.identical else 'DIFFERENT'}, {one.compared} compared")
            different += not one.identical
            for difference in one.differences:
                say(f"  {difference.where}: {difference.published} -> {difference.now}")
            for cause in one.causes:
                say(f"  likely cause: {cause}")
    if different:
        raise AnalysisError(f"{different} of {len(named)} reports differ; the causes are above")


def status(
    campaign: Annotated[list[str] | None, CAMPAIGNS] = None,
    notify: Annotated[bool, NOTIFY] = False,
    at: Annotated[str, AT] = "",
) -> None:
    """Say of each campaign which week its job published last, whether one is due, and what went wrong.

    Without --campaign, of all that ever ran here.

    Exit status 30 if a week has been due for more than a day or nothing can be known; with --notify, people
    are told then.
    """
    from analysis.run.remote import Remote, reading_at
    from analysis.run.status import on_record

    bad = []
    named = campaign or (Remote(at).on_record() if at else on_record(project_root()))
    with reading_at(at, named, facts=True):
        for name in named:
            one = _health(name) if campaign else _health_or_why(name)
            if one.bad:
                bad.append(name)
                if notify:
                    tell_failure(name, AnalysisError(one.line), "stale")
            mention(one.line)
    if bad:
        raise AnalysisError(f"{', '.join(bad)}: run 'analysis run --week last' and mend what it says")


def schedule(
    campaign: Annotated[str, CAMPAIGN],
    kind: Annotated[str, typer.Option("--kind", "-k", help="systemd, cron, github or windows.")],
    into: Annotated[
        Path | None, typer.Option("--into", help="Write the files into this folder instead of printing them.")
    ] = None,
) -> None:
    """Print ready files for a weekly run: Monday 06:00 there, caught up after downtime, one at a time."""
    from analysis.artifacts import replacing
    from analysis.run.schedule import KINDS
    from analysis.run.schedule import schedule as files_for

    if kind not in KINDS:
        raise InputError(f"kind {kind[:40]!r} is none; there is {', '.join(KINDS)}")
    for name, text in files_for(kind, open_campaign(campaign), project_root(), datetime.now(UTC)).items():
        if into is None:
            typer.echo(text)
            continue
        with replacing(into / name) as draft:
            draft.write_text(text, encoding="utf-8")
        typer.echo(into / name)


def _health(campaign: str) -> "Health":
    from analysis.run.status import health_at

    return health_at(project_root(), open_campaign(campaign), datetime.now(UTC))


def _health_or_why(campaign: str) -> "Health":
    """Judge a campaign that is on record; that its folder is gone or broken is one line, not the end."""
    from analysis.run.status import Health

    try:
        return _health(campaign)
    except InputError as error:
        folder = project_root() / "data" / "raw" / campaign
        if folder.is_dir():
            return Health(campaign, "broken", f"cannot be judged: {error}")
        return Health(campaign, "gone", f"{folder} is not there any more; nothing is due")
