"""Tables of the data: who reported, what was held back, what the checks saw, what made the report."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from analysis.artifacts import sha256
from analysis.campaign import Text
from analysis.report.areas import area_names
from analysis.report.cells import as_day, as_float, as_text
from analysis.report.evidence import Evidence
from analysis.report.table import Cell, Column, Table, columns, rows_of, table
from analysis.report.words.checked import finding_words, reason_words
from analysis.report.words.phrases import named, phrase

_REPORTS = columns("area newest:day received:day files:count tallies:count file>from_file row:count>from_row")
_TALLIES = columns("area date:day measure value:plain qualifier known:day=received_at file sheet row:count")
_HELD = columns("file row:count measure reason text")
_FINDINGS = columns("severity code file row:count message")
_MOST = 50_000
"""Counts or tallies that a workbook holds at most: writing more takes longer than the rest of a report."""
_ARTIFACTS = columns("file>artifact bytes:count sha256 sha256_full:address>sha256")


def report_table(evidence: Evidence) -> Table:
    """Who reported: newest day with its file and row, tallies and files by area; furthest behind first."""
    workspace = evidence.workspace
    names = area_names(evidence)
    ordered = evidence.tallies.sort_values(["date", "received_at"], kind="stable")
    grouped = ordered.groupby("area_code")
    newest, files, rows_in = grouped.tail(1).set_index("area_code"), grouped["file"].nunique(), grouped.size()
    received = grouped["received_at"].max().dt.tz_convert(workspace.campaign.zone)
    rows: list[tuple[Cell, ...]] = [
        (
            names[area.code],
            as_day(newest["date"].get(area.code)),
            as_day(received.get(area.code)),
            float(files.get(area.code, 0)),
            float(rows_in.get(area.code, 0)),
            as_text(newest["file"].get(area.code)),
            as_float(newest["row"].get(area.code)),
        )
        for area in workspace.campaign.areas
        if area.valid_on(workspace.last_day)
    ]
    rows.sort(key=lambda row: row[1] if isinstance(row[1], date) else workspace.campaign.first_day)
    return table("reports", "tallies.parquet", _REPORTS, rows)


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
    return replace(table(key, source, columns("date:day"), ()), note=note)


def _series_table(evidence: Evidence) -> Table:
    """Set every area's cumulative count day by day; nothing where nothing is known of a day."""
    campaign = evidence.workspace.campaign
    names = area_names(evidence)
    wide = evidence.panel.pivot_table(index="date", columns="area", values="cumulative", dropna=False)
    areas = [
        Column(code, Text(dict.fromkeys(campaign.languages, names[code])), "count") for code in map(str, wide)
    ]
    rows = [
        (as_day(day), *(as_float(value) for value in values))
        for day, values in zip(wide.index, wide.to_numpy(), strict=True)
    ]
    return table("series", "panel.parquet", (*columns("date:day"), *areas), rows)


def _tally_table(evidence: Evidence) -> Table:
    """List every accepted tally with the file, the sheet and the row it stood in, newest day first."""
    names = area_names(evidence)
    zone = evidence.workspace.campaign.zone
    ordered = evidence.tallies.sort_values(
        ["date", "area_code", "received_at"], ascending=[False, True, True]
    )
    rows = rows_of(
        ordered.assign(received_at=ordered["received_at"].dt.tz_convert(zone)),
        _TALLIES,
        area=lambda row: names.get(row["area_code"], row["area_code"]),
        measure=lambda row: _measure(evidence, row["measure"]),
        qualifier=lambda row: phrase(f"qualifier_{row['qualifier']}"),
    )
    return table("tallies", "tallies.parquet", _TALLIES, rows)


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

    def measure(row: Mapping[str, Any]) -> Cell:
        return _measure(evidence, as_text(row.get("measure")))

    rows = rows_of(evidence.held, _HELD, measure=measure, reason=reason)
    return table("held", "held.csv", _HELD, rows)


def _measure(evidence: Evidence, measure: str | None) -> Cell:
    return evidence.workspace.campaign.word_of(measure) if measure else None


def finding_table(evidence: Evidence) -> Table:
    """List what the checks saw, in the files received last first."""
    rows = rows_of(
        evidence.findings.iloc[::-1],
        _FINDINGS,
        severity=lambda row: named("severity", str(row["severity"])),
        message=finding_words,
    )
    return table("findings", "findings.csv", _FINDINGS, rows)


def artifact_table(evidence: Evidence) -> Table:
    """List the artifacts the report was made from, by their hash."""
    folder = evidence.workspace.processed
    paths = sorted(path for path in folder.iterdir() if path.suffix in (".csv", ".parquet", ".json"))
    digests = [(path, sha256(path)) for path in paths]
    rows = [(path.name, float(path.stat().st_size), f"{one[:16]}…", one) for path, one in digests]
    return table("artifacts", "data/processed", _ARTIFACTS, rows)
