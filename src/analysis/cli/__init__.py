"""The front door: parses, calls one function, prints."""

import sys
import traceback
from collections.abc import Callable
from importlib import import_module
from importlib.metadata import version
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from analysis.cli.printing import make_streams_safe, mention, say
from analysis.errors import fault_of

# The commands of each file, which have the names of their functions; one is imported only when its command is
# called, so that a run with nothing to do does not wait for libraries it does not need.
_FILES = {
    "run": ("run", "backfill"),
    "job": ("verify", "status", "schedule"),
    "campaigns": ("init", "new", "campaigns"),
    "intake": ("check", "receive", "release", "layout"),
    "compare": ("compare",),
    "design": ("design",),
    "forecast": ("forecast",),
    "data": ("fetch", "gather", "simulate"),
}
COMMANDS = {command: file for file, commands in _FILES.items() for command in commands}


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
        made = _made(getattr(import_module(f"analysis.cli.{COMMANDS[cmd_name]}"), cmd_name))
        if all(one.name != "debug" for one in made.params):  # `run` keeps the failed run with it, too
            (shown,) = _made(_debugged).params
            shown.expose_value = False  # `main` reads it: a command does the same with it and without
            made.params.append(shown)
        return made


def _made(function: Callable[..., None]) -> Any:
    """Make the command of a function, under its name."""
    door = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    door.command(function.__name__)(function)
    return typer.main.get_command(door)


def _debugged(
    debug: Annotated[bool, typer.Option("--debug", help="On failure show the traceback.")] = False,
) -> None:
    """Declare what every command takes."""


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
    except Exception as error:  # noqa: BLE001 - the last door: nothing leaves without a line and a status
        fault = fault_of(error)
        if "--debug" in sys.argv:
            traceback.print_exc()
        mention(f"analysis: {' '.join(str(fault).split())}", err=True)
        raise SystemExit(fault.exit_status) from None
