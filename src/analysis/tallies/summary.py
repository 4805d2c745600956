"""Small tables that tell what became of the files: fates of rows, reasons, kinds of findings, corrections."""

import pandas as pd

from analysis.tallies.asof import revisions
from analysis.tallies.checks import CHECKS
from analysis.tallies.result import Intake

__all__ = ["by_cause", "by_kind", "by_reason", "fates", "revisions"]

MOST_AREAS = 5
"""Areas named beside one cause."""


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
    checks = [CHECKS[reason] for reason in table["reason"]]
    # What it says of every row alike, or what to do where that names a cell.
    table["meaning"] = [check.do_en if "{" in check.en else check.en for check in checks]
    return table


def by_kind(findings: pd.DataFrame) -> pd.DataFrame:
    """Count findings by kind, severity and code."""
    grouped = findings.groupby(["kind", "severity", "code"]).size()
    return grouped.rename("count").reset_index()


def by_cause(intake: Intake) -> pd.DataFrame:
    """Group findings by what caused them: one line a file, code and message that differ only in the place.

    Returns
    -------
    DataFrame
        ``severity``, ``code``, ``file``, ``count``, ``row`` (the first), ``areas`` (codes of the rows that
        gave tallies too, at most `MOST_AREAS`), ``message_vi``, ``message_en`` (of the first).
    """
    found = intake.findings
    where = intake.tallies.groupby(["file", "row"])["area_code"].first()
    keys = pd.MultiIndex.from_arrays([found["file"], found["row"].fillna(0).astype("int64")])
    areas = pd.Series(where.reindex(keys).to_numpy() if len(where) else None, index=found.index)
    grouped = found.assign(area=areas).groupby(["file", "code"], sort=False)
    table = grouped.agg(
        severity=("severity", "first"),
        count=("code", "size"),
        row=("row", "first"),
        areas=("area", lambda codes: ", ".join(dict.fromkeys(codes.dropna()[:MOST_AREAS]))),
        message_vi=("message_vi", "first"),
        message_en=("message_en", "first"),
    )
    return table.reset_index()
