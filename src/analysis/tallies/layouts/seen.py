"""What a sheet without a table does have: the row most like a heading, and what is missing in it."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from analysis.tallies.files.records import Records
from analysis.tallies.layouts.page import FARTHEST
from analysis.tallies.register import Register
from analysis.tallies.words.headings import is_measure
from analysis.tallies.words.spelling import word_table
from analysis.tallies.words.subject import Subject

MOST_NAMED = 6
"""So many headings are enough to recognise a row by."""


class Seen(NamedTuple):
    """The row most like a heading: its position, and the role of each cell that is not blank."""

    row: int
    roles: tuple[tuple[str, str], ...]

    def known(self, *roles: str) -> list[str]:
        """Return the headings of some roles."""
        return [text for text, role in self.roles if role in roles]

    @property
    def measures(self) -> list[str]:
        """The headings that count something of the campaign."""
        return [text for text, role in self.roles if is_measure(role)]

    @property
    def strange(self) -> list[str]:
        """The headings that nobody knows."""
        return [text for text, role in self.roles if role in ("unknown", "unclear")]


def heading_like(records: Records, subject: Subject) -> Seen | None:
    """Return the row that is most like a heading: with most cells that are known, or else most words."""
    best: tuple[int, int, Seen] | None = None
    for row, record in enumerate(records[:FARTHEST]):
        cells = [cell.strip() for cell in record if cell.strip()]
        if len(cells) < 2:
            continue
        seen = Seen(row, tuple((cell, subject.role(cell)) for cell in cells))
        known = sum(1 for _, role in seen.roles if role not in ("unknown", "unclear", "unnamed", "other"))
        words = sum(1 for cell in cells if not any(map(str.isdigit, cell)))
        if best is None or (known, words) > best[:2]:
            best = known, words, seen
    return best[2] if best else None


def what_was_found(sheets: Iterable[Records], register: Register) -> dict[str, str]:
    """Return what to say of a file in which no table was found, as a message of checks takes it."""
    all_seen = [seen for records in sheets if (seen := heading_like(records, register.subject)) is not None]
    if not all_seen:
        return {}
    seen = max(all_seen, key=lambda one: (bool(one.measures), len(one.roles) - len(one.strange)))
    found = (seen.known("area", "code")[:1], seen.known("date")[:1], seen.measures[:MOST_NAMED])
    guess = seen.strange[0] if seen.strange else "…"
    missing = next((at for at in (0, 2) if not found[at]), 1)
    mend = (f'area = "{guess}"', f'day = "{guess}"', f'[[layouts.measures]] column = "{guess}"')[missing]
    said = {}
    for language, words in word_table("seen").items():
        pairs = zip(words["names"], found, strict=True)
        parts = [f"{name} = {_quoted(some) or words['none']}" for name, some in pairs]
        if seen.strange:
            parts.append(f"{words['strange']}: {_quoted(seen.strange[:MOST_NAMED])}")
        said[f"seen_{language}"] = words["found"].format(seen.row + 1, ", ".join(parts), mend)
    return said


def _quoted(texts: Sequence[str]) -> str:
    return ", ".join(f"“{text[:40]}”" for text in texts)
