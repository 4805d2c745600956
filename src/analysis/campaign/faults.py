"""What is wrong, or worth a second look, in a campaign's files: where, what was found, what to write."""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from rapidfuzz import fuzz, process

from analysis.errors import InputError

LEAST_LIKE = 65
"""Of a hundred: a word less like the one typed is not worth suggesting."""
MOST_TOLD = 60
"""With more faults than this in a file nobody reads them one by one."""
MOST_KNOWN = 50
"""Known words listed in one line: every key of a campaign, and not every commune of a nation."""


@dataclass(frozen=True)
class Fault:
    """One thing wrong with a file; a ``warning`` where the campaign can be reported all the same."""

    file: Path
    line: int | None
    found: str
    write: str
    severity: Literal["error", "warning"] = "error"

    def __str__(self) -> str:
        where = f"{self.file}, line {self.line}" if self.line else str(self.file)
        return f"{where}: {self.found}; {self.write}"


def refusal(faults: Iterable[Fault], folder: Path) -> InputError | None:
    """Return one line for all errors: the first, and how many more there are; ``None`` without any."""
    errors = [fault for fault in faults if fault.severity == "error"]
    if not errors:
        return None
    more = len(errors) - 1
    also = f" (and {more} more: 'analysis campaigns check {folder}' lists all)" if more else ""
    return InputError(f"{errors[0]}{also}")


def in_order(faults: Iterable[Fault]) -> tuple[Fault, ...]:
    """Return faults by severity, file and line, each once."""
    order = {"campaign.toml": 0, "areas.csv": 1}

    def place(one: Fault) -> tuple[str, int, str, int]:
        return one.severity, order.get(one.file.name, 2), one.file.name, one.line or 0

    return tuple(sorted(dict.fromkeys(faults), key=place))


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the known word most like the one typed, ``None`` where none is like it."""
    best = process.extractOne(
        word.casefold(), list(known), scorer=fuzz.ratio, processor=str.casefold, score_cutoff=LEAST_LIKE
    )
    return best[0] if best else None


def perhaps(word: str, known: Iterable[str]) -> str:
    """Say what to write instead of a word nobody knows: the nearest known one, else those there are."""
    names = sorted(known) if isinstance(known, AbstractSet) else list(known)
    if like := nearest(word, names):
        return f"write {like!r}, if that is meant"
    more = f" and {len(names) - MOST_KNOWN:,} more" if len(names) > MOST_KNOWN else ""
    return f"there is {', '.join(names[:MOST_KNOWN])}{more}"
