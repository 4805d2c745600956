"""The commands ``fetch``, ``gather`` and ``simulate``: tallies that no team sends."""

from pathlib import Path
from typing import Annotated, Any

import typer

from analysis.cli.options import AT
from analysis.cli.printing import mention
from analysis.run.members import disagreements
from analysis.run.members import gather as gather_reports
from analysis.run.remote import reading_at, working_at
from analysis.simulation import write_campaign
from analysis.tallies.fetch import fetch as fetch_files
from analysis.workspace import enter, open_campaign


def _with(what: str) -> Any:
    return typer.Argument(parser=enter, help=f"Campaign with {what}: its name, or its folder's path.")


def fetch(
    campaign: Annotated[str, _with("a sources.csv")],
    local: Annotated[
        Path | None,
        typer.Option("--from", help="Take the files from this folder instead of downloading them."),
    ] = None,
) -> None:
    """Bring a campaign's tally files, each checked against its hash; goes on where it stopped."""
    count = fetch_files(open_campaign(campaign), local)
    typer.echo(f"{campaign}: {count} files brought, all hashes right")


def gather(
    campaign: Annotated[str, _with("[[members]]")],
    at: Annotated[str, AT] = "",
) -> None:
    """Receive what the members of a campaign have published: each one's total, as tallies of its area."""
    with reading_at(at, [campaign], facts=True):
        members = [one.campaign for one in open_campaign(campaign).members]
    with working_at(at, [campaign, *members]):
        found, lines = gather_reports(whole := open_campaign(campaign)), list(disagreements(whole))
    for member, receipts in found.items():
        typer.echo(f"{member}: {len(receipts)} new reports" if receipts else f"{member}: nothing new")
    for line in lines:
        mention(f"analysis: {line}", err=True)


def simulate(
    campaign: Annotated[str, _with("[simulation]")],
    into: Annotated[Path, typer.Option("--into", help="Empty folder to write tallies/ and truth.json into.")],
) -> None:
    """Simulate a campaign's tallies from its published figures, with the truth behind them."""
    count = write_campaign(open_campaign(campaign), into)
    typer.echo(f"{into}: {count} simulated files, received.csv, truth.json")
