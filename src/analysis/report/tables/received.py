"""Tables of the data: who reported, what was held, corrected and seen, what made the report."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pandas as pd

from analysis.artifacts import sha256
from analysis.campaign import Text
from analysis.report.areas import area_names, area_of
from analysis.report.cells import as_float, as_text
from analysis.report.evidence import Evidence
from analysis.report.table import Cell, Column, Reader, Table, columns, table_of
from analysis.report.words.checked import finding_words, reason_words
from analysis.report.words.phrases import phrase
from analysis.standing import as_date
from analysis.tallies.asof import changed_since

_WEEK = timedelta(days=7)
_MOST = 50_000
"""Counts or tallies that a workbook holds at most: writing more takes longer than the rest of a report."""


def report_table(evidence: Evidence) -> Table:
    """Who reported: newest day with its file and row, tallies and files by area; furthest behind first."""
    workspace = evidence.workspace
    read = evidence.tallies[["area_code", "date", "received_at", "file", "row"]]
    ordered = read.sort_values(["date", "received_at"], kind="stable")
    grouped = ordered.groupby("area_code")
    newest = grouped.tail(1).set_index("area_code")[["date", "file", "row"]]
    rows = pd.DataFrame({
        "newest": newest["date"],
        "received": grouped["received_at"].max().dt.tz_convert(workspace.campaign.zone),
        "files": grouped["file"].nunique(),
        "tallies": grouped.size(),
        "file": newest["file"],
        "row": newest["row"],
    })  # fmt: skip
    awaited = {*workspace.campaign.tree(workspace.today).leaves, *rows.index}  # of a sum nobody waits for any
    areas = (area for area in workspace.campaign.areas if area.valid_on(workspace.last_day))
    counted = [area.code for area in areas if area.code in awaited]
    rows = rows.reindex(pd.Index(counted, name="area")).fillna({"files": 0, "tallies": 0}).reset_index()
    first = pd.Timestamp(workspace.campaign.first_day)
    rows = rows.sort_values("newest", key=lambda day: day.fillna(first), kind="stable")
    return table_of("reports", rows, area=area_of(evidence, "area"))


def raw_tables(evidence: Evidence) -> tuple[Table, ...]:
    """Return what a workbook has beside the report's tables: every count, and every tally with its place.

    Where there are more than a workbook is for, each is empty and its note says where they are.
    """
    return (
        _series_table(evidence) if len(evidence.panel) <= _MOST else _elsewhere("series", "panel.parquet"),
        _tally_table(evidence)
        if len(evidence.tallies) <= _MOST
        else _elsewhere("tallies", "tallies.parquet"),
    )


def _elsewhere(key: str, source: str) -> Table:
    said = phrase("table_elsewhere_note").items()
    note = Text({language: text.format(file=source) for language, text in said})
    return Table(key, phrase(f"table_{key}"), note, source, columns("date:day"), ())


def _series_table(evidence: Evidence) -> Table:
    """Set every area's cumulative count day by day; nothing where nothing is known of a day."""
    campaign = evidence.workspace.campaign
    names = area_names(evidence)
    wide = evidence.panel.pivot_table(index="date", columns="area", values="cumulative", dropna=False)
    areas = [
        Column(code, Text(dict.fromkeys(campaign.languages, names[code])), "count") for code in map(str, wide)
    ]
    rows = tuple(
        (as_date(day), *(as_float(value) for value in values))
        for day, values in zip(wide.index, wide.to_numpy(), strict=True)
    )
    title, note = phrase("table_series"), phrase("table_series_note")
    return Table("series", title, note, "panel.parquet", (*columns("date:day"), *areas), rows)


def _tally_table(evidence: Evidence) -> Table:
    """List every accepted tally with the file, the sheet and the row it stood in, newest day first."""
    rows = evidence.tallies.sort_values(["date", "area_code", "received_at"], ascending=[False, True, True])
    received = rows["received_at"].dt.tz_convert(evidence.workspace.campaign.zone)
    return table_of(
        "tallies",
        rows.assign(received_at=received),
        area=area_of(evidence, "area_code"),
        measure=_measure(evidence),
    )


def held_table(evidence: Evidence) -> Table:
    """List what was held back, and why; the cells as somebody typed them."""
    where = ("code", "file", "row")
    said = {
        tuple(str(row[key]) for key in where): finding_words(row)
        for row in evidence.findings.to_dict("records")
    }

    def reason(row: Mapping[str, Any]) -> Cell:
        found = said.get(tuple(str(row[key]) for key in ("reason", "file", "row")))
        return found or reason_words(str(row["reason"]))

    return table_of("held", evidence.held, measure=_measure(evidence), reason=reason)


def _measure(evidence: Evidence) -> Reader:
    """Make a cell of the name of what was counted; nothing where that is not known."""

    def read(row: Mapping[str, Any]) -> Cell:
        measure = as_text(row.get("measure"))
        return evidence.workspace.campaign.word_of(measure) if measure else None

    return read


def finding_table(evidence: Evidence) -> Table:
    """List what the checks saw, in the files received last first."""
    return table_of("findings", evidence.findings.iloc[::-1], message=finding_words)


def revision_table(evidence: Evidence) -> Table:
    """List tallies whose accepted value changed in the week before the as-of instant, newest first."""
    as_of = pd.Timestamp(evidence.workspace.as_of)
    return table_of(
        "revisions",
        changed_since(evidence.tallies, as_of - _WEEK, as_of),
        area=area_of(evidence, "area_code"),
        measure=_measure(evidence),
        difference=lambda row: float(row["value"] - row["value_before"]),
    )


def artifact_table(evidence: Evidence) -> Table:
    """List the artifacts the report was made from, by their hash."""
    folder = evidence.workspace.processed
    paths = sorted(path for path in folder.iterdir() if path.suffix in (".csv", ".parquet", ".json"))
    digests = [(path, sha256(path)) for path in paths]
    rows = [{"file": path.name, "bytes": path.stat().st_size, "sha256": f"{one[:16]}…", "sha256_full": one}
            for path, one in digests]  # fmt: skip
    return table_of("artifacts", rows)
