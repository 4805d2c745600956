"""Options of several commands, and what those that take long begin with."""

import signal
import sys
from typing import Never

import typer

from analysis.workspace import enter

CAMPAIGN = typer.Option(
    "--campaign", "-c", parser=enter, metavar="NAME|FOLDER", help="Campaign: its name, or its folder's path."
)
CAMPAIGNS = typer.Option(
    "--campaign", "-c", parser=enter, metavar="NAME|FOLDER", help="Campaign; can be given again."
)
NOTIFY = typer.Option(
    "--notify", help="Tell people, by the addresses in ANALYSIS_NOTIFY (as apprise writes them)."
)
AT = typer.Option(
    "--at",
    metavar="ADDRESS",
    help="The project is there, such as s3://bucket/folder: work in a copy, and send there what is made.",
)


def stop_on_signals() -> None:
    """End on a signal as an exit would, so that every kernel is killed and the run's folder removed."""

    def stop(number: int, frame: object) -> Never:
        sys.exit(128 + number)

    for name in ("SIGTERM", "SIGHUP"):  # Windows has no terminal that hangs up
        if number := getattr(signal, name, None):
            signal.signal(number, stop)
