"""``received.csv`` and ``released.csv``: their one reader; and which other files of a campaign are inputs."""

import csv
import hashlib
import io
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import MAXYEAR, MINYEAR, datetime
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from filelock import FileLock, Timeout

from analysis.errors import AnalysisError, InputError

PATIENCE = 30.0
"""Seconds for which a register that another process writes is waited for."""
COLUMNS = ("sha256", "name", "received_at", "sender")

FACTS = (
    "campaign.toml", "areas.csv", "borders.csv", "mobilisations.csv", "published.csv", "areas.geojson",
    "sources.csv", "truth.json", "report.docx",
)  # fmt: skip
"""The files of a campaign's folder that a report is made from, besides the register, what it lists, and
``released.csv``.

Anything else there (locks, drafts, what an office program or a file browser leaves) is no input.
"""


def require_files(folder: Path) -> None:
    """Refuse a campaign's folder in which one of the files to be read is a pipe, a device or a folder."""
    for name in (*FACTS, "received.csv", "released.csv"):
        path = folder / name
        if path.exists() and not path.is_file():
            raise InputError(f"{path}: no ordinary file, which it has to be; bring the file back")


def instant_of(text: str) -> datetime:
    """Read an ISO instant; ValueError, too, where some zone has no day for it, in the first or last year."""
    instant = datetime.fromisoformat(text.strip())
    if not MINYEAR < instant.year < MAXYEAR:
        raise ValueError(text)
    return instant


class Receipt(NamedTuple):
    """One line of ``received.csv``: the file ``tallies/<name>`` with these bytes, and when it arrived."""

    sha256: str
    name: str
    received_at: datetime
    sender: str


def receipts(folder: Path) -> list[Receipt]:
    """Read ``received.csv`` strictly, in the order of its lines.

    A spreadsheet may have saved it, with a mark at its head and with semicolons.
    """
    path = folder / "received.csv"
    require_files(folder)
    if not path.exists():
        raise InputError(f"{path}: no such file; receive or fetch tally files first")
    return list(_receipts(path, path.read_bytes()))


@lru_cache(maxsize=2)  # a run asks four times, and a nation's register has a line a file
def _receipts(path: Path, data: bytes) -> tuple[Receipt, ...]:
    return tuple(_receipt(path, number, line) for number, line in lines_of(path, COLUMNS, data))


def lines_of(path: Path, columns: tuple[str, ...], data: bytes) -> list[tuple[int, list[str]]]:
    """Read a register's bytes strictly: each line that is not empty, with its number, below these columns."""
    try:
        text = data.decode("utf-8-sig")
        delimiter = ";" if text.startswith(";".join(columns)) else ","
        lines = list(csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=delimiter))
    except (csv.Error, UnicodeDecodeError) as error:
        raise InputError(f"{path}: no CSV in UTF-8 ({error}); bring the file back") from None
    if not lines or tuple(lines[0]) != columns:
        raise InputError(f"{path}, line 1: the columns must be {','.join(columns)}")
    return [(number, line) for number, line in enumerate(lines[1:], start=2) if line]


def _receipt(path: Path, number: int, line: list[str]) -> Receipt:
    try:
        sha, name, instant, sender = line
        received_at = instant_of(instant)
    except ValueError:
        raise InputError(f"{path}, line {number}: not sha256, name, ISO time of receipt, sender") from None
    if (
        received_at.tzinfo is None
        or not re.fullmatch(r"[0-9a-f]{64}", sha)
        or name in ("", ".", "..")
        or {"/", "\\"} & set(name)
        or not name.isprintable()
    ):
        raise InputError(f"{path}, line {number}: a time without a zone, or no plain SHA-256 and file name")
    return Receipt(sha, name, received_at, sender)


class Release(NamedTuple):
    """One line of ``released.csv``: a file's bytes and name, the row let through, why, and when."""

    sha256: str
    name: str
    row: int
    why: str
    released_at: datetime


def releases(folder: Path) -> list[Release]:
    """Read ``released.csv`` strictly; nothing was released where there is none."""
    path = folder / "released.csv"
    if not path.exists():
        return []
    return [
        _release(path, number, line) for number, line in lines_of(path, Release._fields, path.read_bytes())
    ]


def _release(path: Path, number: int, line: list[str]) -> Release:
    try:
        sha, name, row, why, instant = line
        found = Release(sha, name, int(row), why, instant_of(instant))
    except ValueError:
        raise InputError(f"{path}, line {number}: not {','.join(Release._fields)}") from None
    if found.released_at.tzinfo is None:
        raise InputError(f"{path}, line {number}: a time without a zone")
    return found


def unlisted(folder: Path) -> list[str]:
    """Name the files in ``tallies/`` that no line of the register names; litter does not count."""
    listed = {one.name for one in receipts(folder)} if (folder / "received.csv").exists() else set()
    tallies = folder / "tallies"
    there = {path.name for path in tallies.iterdir()} if tallies.is_dir() else set()
    strange = (name for name in there - listed if not is_litter(name))
    return sorted(name for name in strange if (tallies / name).is_file())


def is_litter(name: str) -> bool:
    """Say whether a file is one that a system or an office program leaves behind wherever it looks."""
    return name.startswith((".", "~$")) or name.casefold() in ("thumbs.db", "desktop.ini")


def kept_in(folder: Path) -> Path | None:
    """Return where readings of a campaign's files are kept; None for a folder that is in no project."""
    real = folder.resolve()
    return real.parent.parent / "processed" / ".read" / real.name if real.parent.name == "raw" else None


@contextmanager
def storing(folder: Path) -> Iterator[None]:
    """Hold the lock on a campaign's register; AnalysisError where another process has it for too long."""
    path = lock_of(folder)
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(path, timeout=PATIENCE):
            try:
                yield
            finally:
                if path.parent == Path(tempfile.gettempdir()):
                    with suppress(PermissionError):  # Windows keeps what is open; it stays then
                        path.unlink(missing_ok=True)
    except Timeout:
        raise AnalysisError(
            f"{folder}: another process is storing files here; try again in a minute"
        ) from None


def lock_of(folder: Path) -> Path:
    """Return where the lock on a campaign's register lies: never among its files, which are hashed.

    That of a folder in no project lies among all users' temporary files, and its holder removes it last of
    all: who had opened it meanwhile sees that it has no name any more, and begins anew, as filelock does.
    """
    real = folder.resolve()
    if real.parent.name == "raw":
        return real.parent.parent / "processed" / ".runs" / f"{real.name}.received.lock"
    name = hashlib.sha256(str(real).encode()).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"analysis-received-{name}.lock"
