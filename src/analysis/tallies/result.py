"""What reading leaves behind: tallies, held cells, ignored rows, findings; and the tables they become."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import compress
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis import contract
from analysis.errors import AnalysisError
from analysis.tallies.asof import stands
from analysis.tallies.checks import CHECKS, Severity
from analysis.tallies.people import masked
from analysis.tallies.values import QUALIFIERS

ONCE = ("suppressed",)
"""Said once a file, with how often: a publisher's mark stands in hundreds of cells for one cause."""


class Held(NamedTuple):
    """A cell, or with ``measure`` None a whole row, that nobody may use before a person has looked."""

    file: str
    sheet: str | None
    row: int
    measure: str | None
    reason: str
    text: str


class Ignored(NamedTuple):
    """A row, or with ``measure`` one cell of it, that is no tally and needs no one's attention."""

    file: str
    sheet: str | None
    row: int
    reason: str
    measure: str | None = None


class Finding(NamedTuple):
    """Something a check saw; ``code`` says which, and the table of checks what it means."""

    code: str
    file: str
    sheet: str | None
    row: int | None
    detail: dict[str, str | float]

    @property
    def severity(self) -> Severity:
        """How much it matters: from the table of checks."""
        return CHECKS[self.code].severity


class Block(NamedTuple):
    """Tallies of one measure from one sheet, as columns of equal length."""

    sheet: str | None
    measure: int
    rows: NDArray[np.int64]
    areas: NDArray[np.int64]
    days: NDArray[np.datetime64]
    values: NDArray[np.float64]
    qualifiers: NDArray[np.int64]


@dataclass
class FileReading:
    """All that one file came to; ``rows`` counts its records that have any content."""

    file: str
    sha256: str
    received_at: datetime | None = None
    rows: int = 0
    refused: bool = False
    machine: bool = False
    blocks: list[Block] = field(default_factory=list)
    held: list[Held] = field(default_factory=list)
    ignored: list[Ignored] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def find(self, code: str, sheet: str | None = None, row: int | None = None, **detail: object) -> None:
        """Note a finding."""
        self.findings.append(Finding(code, self.file, sheet, row, _words(detail)))

    def hold(
        self, reason: str, sheet: str | None, row: int, measure: str | None, text: str, **detail: object
    ) -> None:
        """Hold a cell, or with ``measure`` None a row, and note why."""
        self.held.append(Held(self.file, sheet, row, measure, reason, shortened(text)))
        words = {"found": f"“{shortened(text)}”", **detail}
        if reason in ONCE:
            same = (
                one for one in self.findings if (one.code, one.detail["found"]) == (reason, words["found"])
            )
            if earlier := next(same, None):
                earlier.detail["count"] = float(earlier.detail["count"]) + 1
                return
            words["count"] = 1
        self.findings.append(Finding(reason, self.file, sheet, row, _words(words)))

    def ignore(self, reason: str, sheet: str | None, row: int, measure: str | None = None) -> None:
        """Leave out a row, or one cell of it, that is no tally."""
        self.ignored.append(Ignored(self.file, sheet, row, reason, measure))

    def refuse(self, code: str, found: str = "", **more: str) -> "FileReading":
        """Take nothing from the file, repeat nothing of it, and say why."""
        self.refused, self.rows = True, 0
        for kept in (self.blocks, self.held, self.ignored, self.findings):
            kept.clear()
        self.find(code, found=found)
        self.findings[-1].detail.update(more)
        return self


def _words(detail: Mapping[str, object]) -> dict[str, str | float]:
    """Return what a message repeats: numbers as they are, anything else as text fit to be shown."""
    return {
        name: value if isinstance(value, int | float) else shortened(str(value))
        for name, value in detail.items()
    }


def shortened(text: str) -> str:
    """Return ``text`` fit to be shown: one line, at most 80 characters, no long runs of digits."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return masked(line if len(line) <= 80 else line[:79] + "…")


@dataclass(frozen=True)
class Intake:
    """What several files came to, in the order in which they were received.

    Attributes
    ----------
    tallies
        As the contract has it, in the order of files, sheets and rows; a later file's tally
        replaces an earlier one only in `analysis.tallies.asof`.
    held, ignored, findings
        One row each; columns as `Held`, `Ignored`, and a finding with its texts.
    files
        One row a file: ``file``, ``sha256``, ``received_at``, ``refused``, ``rows`` (with content), and how
        many of those were ``taken`` (at least one tally), ``held`` and ``ignored``.
    """

    tallies: pd.DataFrame
    held: pd.DataFrame
    ignored: pd.DataFrame
    findings: pd.DataFrame
    files: pd.DataFrame

    @property
    def verdict(self) -> str:
        """``reject`` if a file was refused, ``accept_with_warning`` if one needs a look, or ``accept``."""
        severities = set(self.findings["severity"])
        if "error" in severities:
            return "reject"
        return "accept_with_warning" if "warning" in severities else "accept"

    def with_findings(self, found: list[Finding]) -> "Intake":
        """Return the same with more findings, after those there are."""
        if not found:
            return self
        listed = pd.concat([self.findings, findings_table(found)], ignore_index=True)
        return replace(self, findings=listed)


def gather(readings: Iterable[FileReading], codes: list[str], measures: list[str]) -> Intake:
    """Put file readings together; ``codes`` of areas and ``measures`` are what blocks point into.

    Raises
    ------
    AnalysisError
        If a row of any file is neither taken nor held nor ignored: the promise of this room is broken.
    """
    read = list(readings)
    for reading in read:
        for kept in (reading.held, reading.ignored, reading.findings):
            kept.sort(key=lambda one: one.row or 0)
    held = _frame(Held, [one for reading in read for one in reading.held])
    ignored = _frame(Ignored, [one for reading in read for one in reading.ignored])
    return Intake(
        tallies=_tallies(read, codes, measures),
        held=held,
        ignored=ignored,
        findings=findings_table([one for reading in read for one in reading.findings]),
        files=_account(read),
    )


def _tallies(readings: list[FileReading], codes: list[str], measures: list[str]) -> pd.DataFrame:
    pairs = [(number, block) for number, reading in enumerate(readings) for block in reading.blocks]
    lengths = [len(block.rows) for _, block in pairs]

    def joined(name: str, kind: Any) -> NDArray[Any]:
        parts = [getattr(block, name) for _, block in pairs]
        return np.concatenate(parts).astype(kind) if parts else np.array([], dtype=kind)

    number = np.repeat([at for at, _ in pairs], lengths).astype(np.int64)
    sheets = sorted({block.sheet for _, block in pairs}, key=lambda name: name or "")
    sheet = np.repeat([sheets.index(block.sheet) for _, block in pairs], lengths).astype(np.int64)
    measure = np.repeat([block.measure for _, block in pairs], lengths).astype(np.int64)
    received = np.array([_utc(reading.received_at) for reading in readings], dtype="datetime64[us]")
    row = joined("rows", np.int64)
    rows = int(row.max(initial=0)) + 1
    # One key, because its ascending runs, the blocks, are only merged; four would each be sorted anew.
    order = np.argsort(((number * len(sheets) + sheet) * rows + row) * len(measures) + measure, kind="stable")

    def named(names: Sequence[str | None], at: NDArray[np.int64]) -> pd.Series:
        return (
            pd.Series(pd.array(names, dtype="str").take(at[order])) if names else pd.Series([], dtype="str")
        )

    frame = pd.DataFrame(
        {
            "area_code": named(codes, joined("areas", np.int64)),
            "date": joined("days", "datetime64[us]")[order],
            "measure": named(measures, measure),
            "value": joined("values", np.float64)[order],
            "qualifier": named(list(QUALIFIERS), joined("qualifiers", np.int64)),
            "received_at": pd.to_datetime(received[number[order]], utc=True).as_unit("us"),
            "file": named([reading.file for reading in readings], number),
            "sheet": named(sheets, sheet),
            "row": row[order],
            "sha256": named([reading.sha256 for reading in readings], number),
        }
    )
    if frame.empty:
        return frame
    return contract.check("tallies.parquet", frame)


def _utc(instant: datetime | None) -> datetime | None:
    """Return an instant as numpy takes it: in UTC, without saying so."""
    return None if instant is None else instant.astimezone(UTC).replace(tzinfo=None)


def _account(readings: list[FileReading]) -> pd.DataFrame:
    lines = []
    for reading in readings:
        taken = _rows_taken(reading)
        rest = {
            kind: {(one.sheet, one.row) for one in kept if not _is_taken(taken, one)}
            for kind, kept in (("held", reading.held), ("ignored", reading.ignored))
        }
        held, ignored = rest["held"], rest["ignored"] - rest["held"]
        count = sum(int(rows.sum()) for rows in taken.values())
        if reading.rows != count + len(held) + len(ignored):
            raise AnalysisError(
                f"{reading.file}: {reading.rows} rows came in, but {count} were taken, {len(held)} held and "
                f"{len(ignored)} ignored; this is a fault of the reader, please report it"
            )
        received = pd.Timestamp(reading.received_at) if reading.received_at else pd.NaT
        lines.append(
            (
                *(reading.file, reading.sha256, received, reading.refused),
                *(reading.rows, count, len(held), len(ignored)),
            )
        )
    columns = ["file", "sha256", "received_at", "refused", "rows", "taken", "held", "ignored"]
    frame = pd.DataFrame(lines, columns=columns)
    frame["received_at"] = pd.to_datetime(frame["received_at"], utc=True)
    return frame


def _rows_taken(reading: FileReading) -> dict[str | None, NDArray[np.bool_]]:
    """Return, for each sheet, which of its rows gave at least one tally, by row number."""
    taken: dict[str | None, NDArray[np.bool_]] = {}
    for block in reading.blocks:
        last = int(block.rows.max(initial=0))
        rows = taken.get(block.sheet, np.zeros(0, dtype=bool))
        rows = np.concatenate([rows, np.zeros(max(0, last + 1 - len(rows)), dtype=bool)])
        rows[block.rows] = True
        taken[block.sheet] = rows
    return taken


def _is_taken(taken: dict[str | None, NDArray[np.bool_]], one: Held | Ignored) -> bool:
    rows = taken.get(one.sheet)
    return rows is not None and one.row < len(rows) and bool(rows[one.row])


def _frame(kind: Any, rows: list[Any]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=list(kind._fields), dtype=object)
    return frame.astype({name: "int64" if name == "row" else "str" for name in kind._fields})


def findings_table(found: list[Finding]) -> pd.DataFrame:
    """Lay findings out as the contract declares them, with their texts."""
    lines = [
        (
            one.code,
            CHECKS[one.code].kind,
            one.severity,
            one.file,
            one.sheet,
            one.row,
            *CHECKS[one.code].say(one.detail),
        )
        for one in found
    ]
    frame = pd.DataFrame(lines, columns=contract.columns("findings.csv"))
    frame["row"] = frame["row"].astype("Int64")
    return frame


def current_records(intake: Intake) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the tallies that stand as plain records, and the rows whose number a later file corrects.

    A tally said again with the same value stands in both files; one that a later file changes stands only
    there.
    """
    tallies = intake.tallies
    standing = stands(tallies)
    columns = {
        "file": tallies["file"].tolist(),
        "sheet": [None if sheet != sheet else sheet for sheet in tallies["sheet"].tolist()],
        "row": tallies["row"].tolist(),
        "area_code": tallies["area_code"].tolist(),
        "date": np.datetime_as_string(tallies["date"].to_numpy(), unit="D").tolist(),
        "measure": tallies["measure"].tolist(),
        "value": [None if v != v else int(v) if v.is_integer() else v for v in tallies["value"].tolist()],
        "qualifier": tallies["qualifier"].tolist(),
    }
    rows = [dict(zip(columns, cells, strict=True)) for cells in zip(*columns.values(), strict=True)]
    where = ("file", "sheet", "row")
    superseded = [
        {name: rows[at][name] for name in where} | {"reason": "superseded"}
        for at in np.flatnonzero(~standing)
    ]
    return list(compress(rows, standing)), superseded
