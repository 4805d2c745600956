"""What reading leaves behind: tallies, held cells, ignored rows, findings; and the tables they become."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import compress
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis import contract
from analysis.tallies.asof import stands
from analysis.tallies.checks import CHECKS, Severity
from analysis.tallies.words.people import masked

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
    """Tallies of one measure from one sheet, as columns of equal length; days count from 1970."""

    sheet: str | None
    measure: int
    rows: NDArray[np.int64]
    areas: NDArray[np.int64]
    days: NDArray[np.int64]
    values: NDArray[np.float64]
    qualifiers: NDArray[np.int64]


@dataclass(slots=True)
class FileReading:
    """All that one file came to by itself.

    Attributes
    ----------
    rows
        How many of its records have any content.
    orders
        What its dates prove to stand first: ``day``, ``month``.
    either
        Sheets and rows of dates that read both ways.
    """

    file: str
    sha256: str
    received_at: datetime | None = None
    sender: str = ""
    rows: int = 0
    refused: bool = False
    machine: bool = False
    orders: set[str] = field(default_factory=set)
    either: list[tuple[str | None, NDArray[np.int64]]] = field(default_factory=list)
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

    def refuse(self, code: str, found: str = "", **more: str | float) -> "FileReading":
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


def frame_of(kind: Any, rows: list[Any]) -> pd.DataFrame:
    """Lay held or ignored rows out as a table."""
    frame = pd.DataFrame(rows, columns=list(kind._fields), dtype=object)
    return frame.astype({name: "int64" if name == "row" else "str" for name in kind._fields})


def findings_table(found: list[Finding]) -> pd.DataFrame:
    """Lay findings out as the contract declares them, with their texts."""
    checked = ((one, CHECKS[one.code]) for one in found)
    lines = [
        (one.code, check.kind, check.severity, one.file, one.sheet, one.row, *check.say(one.detail))
        for one, check in checked
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
