"""The front door: parses, calls one function, prints."""

import sys
import traceback
from pathlib import Path
from typing import Annotated

import typer

from analysis.cli.run import run
from analysis.errors import AnalysisError
from analysis.workspace import open_campaign

app = typer.Typer(
    help="Where a public drive stands, whether what it tried worked, and whether it will reach its target.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)

app.command()(run)


@app.command()
def fetch(
    campaign: Annotated[str, typer.Argument(help="Folder under data/raw with a sources.csv.")],
    local: Annotated[
        Path | None,
        typer.Option("--from", help="Take the files from this folder instead of downloading them."),
    ] = None,
) -> None:
    """Bring a campaign's tally files, each checked against its hash; goes on where it stopped."""
    from analysis.tallies.fetch import fetch as fetch_files

    count = fetch_files(open_campaign(campaign), local)
    typer.echo(f"{campaign}: {count} files brought, all hashes right")


@app.command()
def simulate(
    campaign: Annotated[
        str, typer.Argument(help="Folder under data/raw whose campaign.toml has [simulation].")
    ],
    into: Annotated[Path, typer.Option("--into", help="Empty folder to write tallies/ and truth.json into.")],
) -> None:
    """Simulate a campaign's tallies from its published figures, with the truth behind them."""
    from analysis.tallies.teams import write_campaign

    count = write_campaign(open_campaign(campaign), into)
    typer.echo(f"{into}: {count} simulated files, received.csv, truth.json")


def main() -> None:
    """Run the front door; a fault of the caller's is one line on stderr and its exit status."""
    debug = "--debug" in sys.argv
    try:
        app()
    except AnalysisError as error:
        if debug:
            traceback.print_exc()
        typer.echo(f"analysis: {error}", err=True)
        raise SystemExit(error.exit_status) from None
