"""The front door: parses, calls one function, prints."""

import sys
import traceback
from importlib import import_module
from importlib.metadata import version
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from analysis.cli.printing import make_streams_safe, mention, say
from analysis.errors import AnalysisError

# Each command and the function behind it; a room is imported only when its command is called, so that a run
# with nothing to do does not wait for libraries it does not need.
COMMANDS = {
    "run": "analysis.cli.run:run",
    "backfill": "analysis.cli.run:backfill",
    "verify": "analysis.cli.run:verify",
    "status": "analysis.cli.run:status",
    "schedule": "analysis.cli.run:schedule",
    "init": "analysis.cli.campaigns:init",
    "new": "analysis.cli.campaigns:new",
    "campaigns": "analysis.cli.campaigns:campaigns",
    "check": "analysis.cli.intake:check",
    "receive": "analysis.cli.intake:receive",
    "release": "analysis.cli.intake:release",
    "layout": "analysis.cli.intake:layout",
    "compare": "analysis.cli.compare:compare_command",
    "design": "analysis.cli.design:design",
    "forecast": "analysis.cli.forecast:forecast",
    "fetch": "analysis.cli.data:fetch",
    "gather": "analysis.cli.data:gather",
    "simulate": "analysis.cli.data:simulate",
}


class Doors(TyperGroup):
    """The commands by name, each made when it is asked for.

    Typer keeps the classes of contexts and commands to itself, hence ``Any``.
    """

    def list_commands(self, ctx: Any) -> list[str]:
        """Return the names in the order in which they are told of."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Import the command's room and make the command; ``None`` for a name there is none of."""
        if cmd_name not in COMMANDS:
            return None
        module, _, function = COMMANDS[cmd_name].partition(":")
        door = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
        door.command(cmd_name)(getattr(import_module(module), function))
        return typer.main.get_command(door)


app = typer.Typer(
    cls=Doors,
    help="Where a public drive stands, whether what it tried worked, and whether it will reach its target.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)


def _version(asked: bool) -> None:
    if asked:
        say(f"analysis {version('analysis')}")
        raise typer.Exit


@app.callback()
def doors(
    asked: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Print the version and exit."),
    ] = False,
) -> None:
    """Hold the commands; each is in a file of its own."""


def main() -> None:
    """Run the front door; whatever goes wrong is one line on stderr and its exit status."""
    make_streams_safe()
    try:
        app()
    except AnalysisError as error:
        _tell(str(error))
        raise SystemExit(error.exit_status) from None
    except OSError as error:
        _tell(f"{error.filename or 'a file'}: {error.strerror or error}")
        raise SystemExit(AnalysisError.exit_status) from None
    except Exception as error:  # noqa: BLE001 - the last door: nothing leaves without a line and a status
        _tell(f"{type(error).__name__}: {error}; this is a defect, --debug shows where")
        raise SystemExit(AnalysisError.exit_status) from None


def _tell(why: str) -> None:
    if "--debug" in sys.argv:
        traceback.print_exc()
    mention(f"analysis: {' '.join(why.split())}", err=True)
