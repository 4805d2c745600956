"""Small tables that tell what became of the files: fates of rows, reasons, kinds of findings, corrections."""

import pandas as pd

from analysis.tallies.checks import CHECKS, Check
from analysis.tallies.result import Intake


def fates(intake: Intake) -> pd.DataFrame:
    """Count files and rows by what became of them; ``rows`` is the sum of the three fates."""
    columns = ["rows", "taken", "held", "ignored"]
    files = intake.files.assign(files="files refused")
    files["files"] = files["files"].where(files["refused"], "files read")
    table = files.groupby("files")[columns].sum()
    table.insert(0, "files", files.groupby("files").size())
    return table.rename_axis(None)


def by_reason(rows: pd.DataFrame) -> pd.DataFrame:
    """Count held or ignored rows by reason, with what the reason means; most frequent first."""
    counts = rows.groupby("reason").size().sort_values(ascending=False, kind="stable")
    table = counts.rename("count").reset_index()
    table["meaning"] = [_meaning(CHECKS[reason]) for reason in table["reason"]]
    return table


def _meaning(check: Check) -> str:
    """Return what a check says of every row alike: its text, or what to do where the text names a cell."""
    return check.do_en if "{" in check.en else check.en


def by_kind(findings: pd.DataFrame) -> pd.DataFrame:
    """Count findings by kind, severity and code."""
    grouped = findings.groupby(["kind", "severity", "code"]).size()
    return grouped.rename("count").reset_index()


def revisions(tallies: pd.DataFrame) -> pd.DataFrame:
    """List the numbers that a later file changed: the value before and after, and when each was received."""
    key = ["area_code", "date", "measure"]
    said = tallies[tallies["value"].notna()].sort_values("received_at", kind="stable")
    before = said.groupby(key)["value"].shift()
    since = said.groupby(key)["received_at"].shift()
    changed = before.notna() & (before != said["value"])
    table = said[changed][[*key, "value", "received_at", "file"]].copy()
    table.insert(3, "before", before[changed])
    table.insert(5, "received_before", since[changed])
    return table.reset_index(drop=True)
