"""What was received when, kept as it was sent; and what was known at an instant."""

import re
import unicodedata
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pandas as pd

from analysis.artifacts import replacing, sha256, write_table
from analysis.campaign import Campaign, survey
from analysis.errors import AnalysisError, InputError
from analysis.inert import FORMULA, visible
from analysis.progress import watched
from analysis.received import COLUMNS, Receipt, receipts, storing
from analysis.tallies.files.limits import PATIENT
from analysis.tallies.kept import Kept
from analysis.tallies.opening import SentFile
from analysis.tallies.read import read_files
from analysis.tallies.register import Register
from analysis.tallies.released import released_by
from analysis.tallies.result import Finding, Intake
from analysis.tallies.summed import with_sums
from analysis.tallies.words.people import is_personal, masked

LONGEST_SENDER = 200


def read_received(campaign: Campaign, as_of: datetime) -> Intake:
    """Read every file received by ``as_of``, in the order of receipt.

    What is doubtful in the campaign's own files stands among the findings, beside what is in those sent.
    """
    known = (sent for sent in received(campaign.folder) if sent.received_at and sent.received_at <= as_of)
    there = sum(one.received_at <= as_of for one in receipts(campaign.folder))
    released = released_by(campaign.folder, as_of)
    register = Register.of(campaign)
    kept = Kept.of(campaign.folder, register)
    intake = read_files(
        watched(known, "read", "file", there), register, seconds=PATIENT, released=released, kept=kept
    )
    return with_sums(intake, register.measures).with_findings(doubts(campaign.folder))


def doubts(folder: Path) -> list[Finding]:
    """Return what `analysis.campaign.survey` warns of, as findings in a file and line of the campaign."""
    found = []
    for one in survey(folder).faults:
        if one.severity == "warning":
            said = f"{one.found}; {one.write}"
            detail: dict[str, str | float] = {"found_en": said, "found_vi": one.file.name}
            found.append(Finding("campaign_doubtful", one.file.name, None, one.line, detail))
    return found


def received(folder: Path) -> Iterator[SentFile]:
    """Yield the files of a campaign folder in the order of receipt.

    Raises
    ------
    InputError
        If a file is missing, or its bytes are not those received.
    """
    tallies = folder / "tallies"
    for receipt in sorted(receipts(folder), key=lambda one: one.received_at):
        path = tallies / receipt.name
        if not path.is_file():
            raise InputError(f"{path}: not there, though received.csv lists it; bring the file back")
        sent = SentFile(receipt.name, path.read_bytes(), receipt.received_at, receipt.sender)
        if sent.sha256 != receipt.sha256:
            raise InputError(
                f"{path}: its bytes are not those received (SHA-256 differs); bring the file back"
            )
        yield sent


def keep(folder: Path, files: list[SentFile], sender: str) -> list[Receipt]:
    """Store files as sent, one line each in ``received.csv``; bytes that are there are not stored again.

    The files come first and the register last, each put in place whole, so that a crash leaves at most a
    file that no line names yet. No file that is there is replaced. One process at a time.

    Returns
    -------
    list of Receipt
        One a file, of those that were new.

    Raises
    ------
    InputError
        If the sender is more than a line of text, or a name holds a number of a person; nothing is stored.
    """
    _require_plain(sender)
    for sent in files:
        if is_personal(sent.name):
            raise InputError(
                f"{visible(masked(sent.name))}: its name holds a number or an address of a person; rename it"
            )
    with storing(folder):
        return _keep(folder, files, sender)


def _require_plain(sender: str) -> None:
    """Raise unless a sender is one short line, is no formula and holds no number of a person."""
    if is_personal(sender):
        raise InputError("--sender holds a number or an address of a person; give it without")
    if len(sender) > LONGEST_SENDER or visible(sender) != sender or sender.startswith(FORMULA):
        raise InputError(f"--sender {visible(sender)[:60]!r}: give one line, such as the office's name")


def _keep(folder: Path, files: list[SentFile], sender: str) -> list[Receipt]:
    known = receipts(folder) if (folder / "received.csv").exists() else []
    there, names = {one.sha256 for one in known}, {one.name.casefold() for one in known}
    new: list[Receipt] = []
    for sent in files:
        sha = sent.sha256
        if sha in there or sent.received_at is None:
            continue
        name = _free_name(folder / "tallies", sent.name, sha, names)
        if not (folder / "tallies" / name).exists():
            with replacing(folder / "tallies" / name) as draft:
                draft.write_bytes(sent.data)
        there.add(sha)
        names.add(name.casefold())
        new.append(Receipt(sha, name, sent.received_at, sent.sender or sender))
    if new:
        lines = [one._replace(received_at=one.received_at.isoformat()) for one in (*known, *new)]  # type: ignore[arg-type]
        write_table(pd.DataFrame(lines, columns=list(COLUMNS)), folder / "received.csv")
    return new


def _free_name(folder: Path, name: str, sha: str, taken: set[str]) -> str:
    """Return a plain file name like ``name`` that no other file has, listed or put there by hand.

    A file of these very bytes that no line names yet keeps its name, and gets its line.
    """
    last = unicodedata.normalize("NFC", re.split(r"[/\\]", name)[-1])
    plain = re.sub(r"[^\w.\- ()]+", "_", last).strip(" .")[-100:] or "file"
    stem, dot, ending = plain.rpartition(".")
    there = {path.name.casefold(): path for path in folder.iterdir()} if folder.is_dir() else {}
    for length in (0, 8, 16, 64):
        mark = f"~{sha[:length]}" if length else ""
        free = f"{stem}{mark}.{ending}" if dot else f"{plain}{mark}"
        if free.casefold() in taken:
            continue
        path = there.get(free.casefold())
        if path is None or (path.name == free and not path.is_symlink() and sha256(path) == sha):
            return free
    raise AnalysisError(f"{folder / plain}: names like this are all taken; rename the file and send it again")
