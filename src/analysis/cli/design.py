"""``analysis design``: the next push, drawn by lot, with what it could show and what is promised of it."""

from datetime import date
from math import isnan
from pathlib import Path
from typing import Annotated

import typer

from analysis.errors import InputError
from analysis.workspace import enter


def design(
    campaign: Annotated[str, typer.Argument(parser=enter, help="Campaign: its name, or its folder's path.")],
    areas: Annotated[int | None, typer.Option(help="How many areas to draw.", min=1)] = None,
    window: Annotated[str, typer.Option(help="Days from the push on it is judged by, A,B.")] = "0,6",
    strata: Annotated[str | None, typer.Option(help="Column of areas.csv to draw within.")] = None,
    apart: Annotated[bool, typer.Option("--apart", help="Draw no two areas that touch.")] = False,
    weeks: Annotated[
        int | None, typer.Option(help="Instead: order all areas by lot over so many weeks.", min=2)
    ] = None,
    seed: Annotated[int, typer.Option(help="Of the lot; the same seed, the same areas.", min=0)] = 0,
    on: Annotated[
        str | None, typer.Option(help="First day. [default: a week on, on the last push's weekday]")
    ] = None,
    as_of: Annotated[str | None, typer.Option(help="What was known when. [default: the campaign's]")] = None,
    out: Annotated[Path | None, typer.Option(help="Folder for the sheet. [default: plans/CAMPAIGN]")] = None,
    draft: Annotated[bool, typer.Option("--draft", help="Write the sheet and register nothing.")] = False,
) -> None:
    """Draw the next push and register it; write the sheet an office acts on, as a page and for Word."""
    from analysis.cli.compare import read_window
    from analysis.compare.planning.plan import plan_push
    from analysis.compare.planning.registration import register
    from analysis.compare.result import LEVEL
    from analysis.panel import build_panel
    from analysis.report.plan import write_plan
    from analysis.tallies import as_of_view, read_received
    from analysis.workspace import Workspace, open_campaign, project_root

    facts = open_campaign(campaign)
    here = Workspace.open(campaign, as_of or facts.as_of.isoformat())
    span = read_window(window)
    if span is None or span.first != 0:
        raise InputError(f"window {window!r}: a push is judged from its first day on; give 0,B as in 0,6")
    panel = build_panel(as_of_view(read_received(facts, here.as_of).tallies), facts, here.today)
    plan = plan_push(
        panel, facts, areas=areas, window=span, seed=seed, strata=strata, apart=apart, weeks=weeks,
        first_day=_day(on),
    )  # fmt: skip
    folder = out or project_root() / "plans" / facts.code / plan.registration.days[0]
    if not draft:
        typer.echo(f"{register(plan.registration, facts.folder)}: registered, {plan.registration.hash[:16]}")
    folder.mkdir(parents=True, exist_ok=True)
    made = write_plan(plan, facts, folder, draft=draft)
    names = {area.code: area.name for area in facts.areas}
    for day, codes in zip(plan.registration.days, plan.registration.weeks, strict=True):
        typer.echo(f"{day}: {', '.join(f'{names.get(code, code)} ({code})' for code in codes)}")
    if plan.row:
        least = plan.row["smallest_percent"]
        p_min = plan.row["p_min"]
        why = (
            "so few areas can show nothing at 5 %"
            if p_min > 1 - LEVEL
            else "no lift is seen four times in five"
        )
        blind = f"{why}: the smallest p is {p_min:.2g}"
        typer.echo(blind if isnan(least) else f"smallest lift seen four times in five: {least:.0f} %")
    typer.echo(f"{made[0]}: the sheet")


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InputError(f"on {text!r}: write the day as 2023-10-08") from None
