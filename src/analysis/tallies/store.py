"""What was received when, kept as it was sent; and what was known at an instant."""

import csv
import hashlib
import re
import unicodedata
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import NamedTuple

import pandas as pd
from filelock import FileLock, Timeout

from analysis.artifacts import replacing, write_table
from analysis.campaign import Campaign
from analysis.errors import AnalysisError, InputError
from analysis.tallies.limits import PATIENT
from analysis.tallies.read import SentFile, read_files
from analysis.tallies.register import Register
from analysis.tallies.result import Intake

COLUMNS = ("sha256", "name", "received_at", "sender")
PATIENCE = 30.0
"""Seconds to wait for another process that is storing files."""


class Receipt(NamedTuple):
    """One line of ``received.csv``: the file ``tallies/<name>`` with these bytes, and when it arrived."""

    sha256: str
    name: str
    received_at: datetime
    sender: str


def read_received(campaign: Campaign, as_of: datetime) -> Intake:
    """Read every file received by ``as_of``, in the order of receipt."""
    known = (sent for sent in received(campaign.folder) if sent.received_at and sent.received_at <= as_of)
    return read_files(known, Register.of(campaign), seconds=PATIENT)


def received(folder: Path) -> Iterator[SentFile]:
    """Yield the files of a campaign folder in the order of receipt.

    Raises
    ------
    InputError
        If a file is missing, or its bytes are not those received.
    """
    for receipt in sorted(receipts(folder), key=lambda one: one.received_at):
        path = folder / "tallies" / receipt.name
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            raise InputError(
                f"{path}: not there, though received.csv lists it; bring the file back"
            ) from None
        if hashlib.sha256(data).hexdigest() != receipt.sha256:
            raise InputError(
                f"{path}: its bytes are not those received (SHA-256 differs); bring the file back"
            )
        yield SentFile(receipt.name, data, receipt.received_at, receipt.sender)


def receipts(folder: Path) -> list[Receipt]:
    """Read ``received.csv`` strictly, in the order of its lines."""
    path = folder / "received.csv"
    if not path.exists():
        raise InputError(f"{path}: no such file; receive or fetch tally files first")
    try:
        with path.open(encoding="utf-8", newline="") as stream:
            lines = list(csv.reader(stream, strict=True))
    except (csv.Error, UnicodeDecodeError) as error:
        raise InputError(f"{path}: no CSV in UTF-8 ({error}); bring the file back") from None
    if not lines or tuple(lines[0]) != COLUMNS:
        raise InputError(f"{path}, line 1: the columns must be {','.join(COLUMNS)}")
    return [_receipt(path, number, line) for number, line in enumerate(lines[1:], start=2)]


def _receipt(path: Path, number: int, line: list[str]) -> Receipt:
    try:
        sha, name, instant, sender = line
        received_at = datetime.fromisoformat(instant)
    except ValueError:
        raise InputError(f"{path}, line {number}: not sha256, name, ISO time of receipt, sender") from None
    if (
        received_at.tzinfo is None
        or not re.fullmatch(r"[0-9a-f]{64}", sha)
        or PurePosixPath(name).name != name
    ):
        raise InputError(f"{path}, line {number}: a time without a zone, or no plain SHA-256 and file name")
    return Receipt(sha, name, received_at, sender)


def keep(folder: Path, files: list[SentFile], sender: str) -> list[Receipt]:
    """Store files as sent, one line each in ``received.csv``; bytes that are there are not stored again.

    The files come first and the register last, each put in place whole, so that a crash leaves at most a
    file that no line names yet. One process at a time.

    Returns
    -------
    list of Receipt
        One a file, of those that were new.
    """
    lock = FileLock(folder / ".received.lock")
    try:
        with lock.acquire(timeout=PATIENCE):
            return _keep(folder, files, sender)
    except Timeout:
        raise AnalysisError(
            f"{folder}: another process is storing files here; try again in a minute"
        ) from None


def _keep(folder: Path, files: list[SentFile], sender: str) -> list[Receipt]:
    known = receipts(folder) if (folder / "received.csv").exists() else []
    there, names = {one.sha256 for one in known}, {one.name.casefold() for one in known}
    new: list[Receipt] = []
    for sent in files:
        sha = hashlib.sha256(sent.data).hexdigest()
        if sha in there or sent.received_at is None:
            continue
        name = _free_name(sent.name, sha, names)
        with replacing(folder / "tallies" / name) as draft:
            draft.write_bytes(sent.data)
        there.add(sha)
        names.add(name.casefold())
        new.append(Receipt(sha, name, sent.received_at, sent.sender or sender))
    if new:
        lines = [one._replace(received_at=one.received_at.isoformat()) for one in (*known, *new)]  # type: ignore[arg-type]
        write_table(pd.DataFrame(lines, columns=list(COLUMNS)), folder / "received.csv")
    return new


def _free_name(name: str, sha: str, taken: set[str]) -> str:
    """Return a plain file name like ``name`` that no other file has."""
    last = unicodedata.normalize("NFC", re.split(r"[/\\]", name)[-1])
    plain = re.sub(r"[^\w.\- ()]+", "_", last).strip(" .")[-100:] or "file"
    if plain.casefold() not in taken:
        return plain
    stem, dot, ending = plain.rpartition(".")
    return f"{stem}~{sha[:8]}.{ending}" if dot else f"{plain}~{sha[:8]}"
