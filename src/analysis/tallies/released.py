"""What a person has looked at and let through, with the reason: ``released.csv``, kept as the register is."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

import pandas as pd

from analysis.artifacts import write_table
from analysis.errors import InputError
from analysis.inert import FORMULA, visible
from analysis.received import Receipt, Release, receipts, releases, storing
from analysis.tallies.words.people import is_personal

LONGEST = 300


def released_by(folder: Path, as_of: datetime) -> frozenset[tuple[str, int]]:
    """Return what had been released by an instant: SHA-256 of the file, and the row in it."""
    return frozenset((one.sha256, one.row) for one in releases(folder) if one.released_at <= as_of)


def receipts_of(folder: Path, names: Iterable[str]) -> dict[str, Receipt]:
    """Return the receipt of each file by its name; InputError for one that was not received."""
    known = {one.name: one for one in receipts(folder)}
    for unknown in (name for name in names if name not in known):
        raise InputError(f"{visible(unknown)[:100]}: no line of received.csv names it; give the name there")
    return known


def release(folder: Path, rows: Sequence[tuple[str, int]], why: str, now: datetime) -> list[Release]:
    """Let held rows of received files through, all or none, from now on, and record why.

    Parameters
    ----------
    folder
        The campaign's.
    rows
        The name of each file, as it was received, and the row in it.
    why
        Who confirmed it, and how.
    now
        From when they count.

    Raises
    ------
    InputError
        If no file of a name was received, or the reason is not one line of text.
    AnalysisError
        If another process is storing files.
    """
    why = why.strip()
    if not why or len(why) > LONGEST or visible(why) != why or why.startswith(FORMULA) or is_personal(why):
        raise InputError("--why: give one line that says who confirmed it and how, without numbers of people")
    with storing(folder):
        known = receipts_of(folder, [name for name, _ in rows])
        if (wrong := min((row for _, row in rows), default=1)) < 1:
            raise InputError(f"--row {wrong}: rows count from 1, as held.csv has them")
        at = now.replace(microsecond=0)
        new = [Release(known[name].sha256, name, row, why, at) for name, row in rows]
        every = (*releases(folder), *new)
        lines = [one._replace(released_at=one.released_at.isoformat()) for one in every]  # type: ignore[arg-type]
        write_table(pd.DataFrame(lines, columns=list(Release._fields)), folder / "released.csv")
    return new
