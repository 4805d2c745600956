"""The front door: parses, calls one function, prints."""

import sys
import traceback
from pathlib import Path
from typing import Annotated

import typer

from analysis.errors import AnalysisError
from analysis.workspace import open_campaign

app = typer.Typer(
    help="Where a public drive stands, whether what it tried worked, and whether it will reach its target.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)

CampaignName = Annotated[str, typer.Option("--campaign", "-c", help="Folder under data/raw.")]


@app.command()
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
    debug: Annotated[
        bool, typer.Option("--debug", help="On failure show the traceback and keep the run.")
    ] = False,
) -> None:
    """Run the four notebooks and publish the report, whole or not at all."""
    from analysis.run.pipeline import run as run_pipeline

    published = run_pipeline(campaign, as_of or open_campaign(campaign).as_of.isoformat(), keep=debug)
    for line in published.summary["headline"]["en"]:
        typer.echo(line)
    state = "published" if published.fresh else "already published, identical"
    typer.echo(f"{state}: {published.path / 'report.vi.html'}")


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
