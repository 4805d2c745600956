"""Printing lines for people: nothing in one acts on a terminal, and a lost line is no lost report."""

import contextlib
import os
import sys

import typer

from analysis.inert import visible


def say(line: str, *, err: bool = False) -> None:
    """Print one line; the text in it may come from anybody."""
    typer.echo(visible(line), err=err)


def mention(line: str, *, err: bool = False) -> None:
    """Print one line about what is done already; that nobody can read it changes nothing.

    A full disk or a reader that has gone is told once on the other stream, and what follows goes nowhere.
    """
    try:
        say(line, err=err)
    except (OSError, ValueError) as error:
        _to_nowhere(sys.stderr if err else sys.stdout)
        if not err:
            mention(f"analysis: output lost ({type(error).__name__}); what was published stands", err=True)


def make_streams_safe() -> None:
    """Let the streams write what their encoding has no sign for, as an escape; open those that are closed.

    A closed one would be given to the next file or socket, and whatever a library prints would go into that.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest number that is free
    sys.stdout = sys.stdout or open(1, "w", encoding="utf-8")  # noqa: SIM115 - stays for good
    sys.stderr = sys.stderr or open(2, "w", encoding="utf-8")  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError, ValueError):  # closed, or somebody else's
            stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]


def on_terminal() -> bool:
    """Say whether somebody watches: bars are for them, and a log gets a line a step."""
    return sys.stderr.isatty()


def _to_nowhere(stream: object) -> None:
    """Point a stream's file at nothing, or Python would fail once more when it flushes it at its end."""
    with contextlib.suppress(AttributeError, OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())  # type: ignore[attr-defined]
        os.close(nowhere)
