"""What was delivered: files, folders and archives of files, each with the time at which it arrived."""

import csv
import io
import os
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, time
from pathlib import Path, PurePath, PurePosixPath
from zoneinfo import ZoneInfo

from analysis.errors import InputError
from analysis.received import instant_of
from analysis.tallies.files.container import BROKEN, MOST_BYTES
from analysis.tallies.files.limits import Allowance
from analysis.tallies.opening import SentFile
from analysis.tallies.read import read_files
from analysis.tallies.register import Register

MOST_FILES = 20_000
"""More files in one archive or folder are no delivery of tallies."""
WORKBOOK = ("xl/", "content.xml", "word/", "ppt/")
"""A zip with such parts is one document, not an archive of files."""


def sent_files(paths: Iterable[Path], known_at: datetime | None = None, sender: str = "") -> list[SentFile]:
    """Return the files at some paths: each file, those in a folder and its folders, those in a zip.

    Raises
    ------
    InputError
        If a path cannot be read, or holds no file.
    """
    sent: list[SentFile] = []
    for path in paths:
        found = [SentFile(name, data, known_at, sender, shared) for name, data, shared in _within(path)]
        if not found:
            raise InputError(f"{path}: holds no file; give tally files, a folder of them or a zip")
        sent += found
        if len(sent) > MOST_FILES:
            raise InputError(f"{path}: more than {MOST_FILES} files; deliver them in parts")
    return sent


def _within(path: Path) -> Iterator[tuple[str, bytes, Allowance | None]]:
    if path.is_dir():
        for one in sorted(path.rglob("*")):
            if one.is_file() and not _hidden(one.relative_to(path)):
                yield _named(one), _bytes(one), None
        return
    data = _bytes(path)
    names = _archived(data)
    if names is None:
        yield _named(path), data, None
        return
    allowance = Allowance.of(len(data))
    if sum(entry.file_size for entry in names) > MOST_BYTES:
        raise InputError(f"{path}: holds more than {MOST_BYTES >> 20} MiB; deliver it in parts")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for entry in names:
            if entry.flag_bits & 0x1:
                raise InputError(f"{path}: {entry.filename!r} has a password; send it without")
            try:
                content = archive.read(entry)
            except (*BROKEN, RuntimeError) as error:
                raise InputError(
                    f"{path}: {entry.filename!r} cannot be unpacked ({type(error).__name__}); pack it anew"
                ) from None
            yield entry.filename.rpartition("/")[2], content, allowance


def _named(path: Path) -> str:
    """Return a file's name as text; bytes of an older encoding, which are none, have marks in their place."""
    return os.fsencode(path.name).decode("utf-8", "replace")


def _bytes(path: Path) -> bytes:
    try:
        if not path.is_file():  # a pipe would be waited for, and a device has no end
            what = "no such file" if not path.exists() else "a pipe or a device"
            raise InputError(f"{path}: {what}; give the path of a tally file")
        with path.open("rb") as stream:
            # One byte more than allowed is enough to know that it is too much.
            return stream.read(MOST_BYTES + 1)
    except OSError as error:
        raise InputError(
            f"{path}: cannot be read ({error.strerror}); give the path of a tally file"
        ) from None


def _archived(data: bytes) -> list[zipfile.ZipInfo] | None:
    """Return the files in an archive of files, None for anything else."""
    if not data.startswith(b"PK"):
        return None
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
    except zipfile.BadZipFile:
        return None
    if len(entries) > MOST_FILES or any(entry.filename.startswith(WORKBOOK) for entry in entries):
        return None
    return [one for one in entries if not one.is_dir() and not _hidden(PurePosixPath(one.filename))]


def _hidden(path: PurePath) -> bool:
    """Whether a system's or an office program's own file; ``..`` leads elsewhere, and hides nothing."""
    return any(part.startswith((".", "~$", "__MACOSX")) and part != ".." for part in path.parts)


def by_index(sent: Iterable[SentFile], index: Path, zone: ZoneInfo) -> list[SentFile]:
    """Date files by an index, a CSV file with the columns ``name,received_at`` and perhaps ``sender``.

    Raises
    ------
    InputError
        If the index cannot be read, or a file is not in it.
    """
    times, itself = _index(index, zone), _bytes(index)
    dated = []
    for one in sent:
        if one.name == index.name and one.data == itself:
            continue  # it lies among the files that it dates
        if one.name not in times:
            raise InputError(f"{index}: {one.name!r} is not in it; add a line {one.name},2023-09-18T08:00")
        received_at, sender = times[one.name]
        dated.append(replace(one, received_at=received_at, sender=sender or one.sender))
    return sorted(dated, key=lambda one: one.received_at or datetime.max)


def _index(path: Path, zone: ZoneInfo) -> Mapping[str, tuple[datetime, str]]:
    try:
        lines = list(csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines(), strict=True))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{path}: no CSV in UTF-8 ({error})") from None
    times: dict[str, tuple[datetime, str]] = {}
    for number, line in enumerate(lines, start=2):
        try:
            instant = instant_of(line["received_at"])
            name = line["name"].strip()
        except (KeyError, ValueError, AttributeError):
            raise InputError(
                f"{path}, line {number}: write name,received_at,sender with an ISO time"
            ) from None
        times[name] = (instant if instant.tzinfo else instant.replace(tzinfo=zone), line.get("sender") or "")
    return times


def by_content(sent: Iterable[SentFile], register: Register, now: datetime) -> list[SentFile]:
    """Date each file by the end of the newest day in it; one with no day that can be read arrived now."""
    sent = list(sent)
    tallies = read_files([replace(one, received_at=None) for one in sent], register, now).tallies
    newest = tallies.groupby("sha256")["date"].max()
    dated = []
    for one in sent:
        day = newest.get(one.sha256)
        end = now if day is None else datetime.combine(day.date(), time(23, 59), register.zone)
        dated.append(replace(one, received_at=end))
    return sorted(dated, key=lambda one: one.received_at or now)
