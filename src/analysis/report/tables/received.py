"""Tables of the data: who reported, what was held back, what the checks saw, what made the report."""

from datetime import date

from analysis.artifacts import sha256
from analysis.campaign import Text
from analysis.report.cells import as_day, as_float, as_text
from analysis.report.evidence import Evidence
from analysis.report.table import Cell, Column, Table, measure_name
from analysis.report.words.inert import inert
from analysis.report.words.phrases import named, phrase


def report_table(evidence: Evidence) -> Table:
    """Who reported: newest day with its file and row, tallies and files by area; furthest behind first."""
    workspace = evidence.workspace
    ordered = evidence.tallies.sort_values(["date", "received_at"], kind="stable")
    grouped = ordered.groupby("area_code")
    newest, files, rows_in = grouped.tail(1).set_index("area_code"), grouped["file"].nunique(), grouped.size()
    received = grouped["received_at"].max().dt.tz_convert(workspace.campaign.zone)
    rows: list[tuple[Cell, ...]] = [
        (
            inert(area.name),
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
    return Table(
        "reports",
        phrase("table_reports"),
        phrase("table_reports_note"),
        "tallies.parquet",
        (
            Column("area", phrase("head_area")),
            Column("newest", phrase("head_newest"), "day"),
            Column("received", phrase("head_received"), "day"),
            Column("files", phrase("head_files"), "count"),
            Column("tallies", phrase("head_tallies"), "count"),
            Column("file", phrase("head_from_file")),
            Column("row", phrase("head_from_row"), "count"),
        ),
        tuple(rows),
    )


def held_table(evidence: Evidence) -> Table:
    """List what was held back, and why; the cells as somebody typed them."""
    rows = [
        (
            str(row["file"]),
            as_float(row["row"]),
            measure_name(as_text(row.get("measure")) or "–"),
            str(row["reason"]),
            as_text(row["text"]),
        )
        for _, row in evidence.held.iterrows()
    ]
    return Table(
        "held",
        phrase("table_held"),
        phrase("table_held_note"),
        "held.csv",
        (
            Column("file", phrase("head_file")),
            Column("row", phrase("head_row"), "count"),
            Column("measure", phrase("head_measure")),
            Column("reason", phrase("head_reason")),
            Column("text", phrase("head_text")),
        ),
        tuple(rows),
    )


def finding_table(evidence: Evidence) -> Table:
    """List what the checks saw, in the files received last first."""
    rows = [
        (
            named("severity", str(row["severity"])),
            str(row["code"]),
            as_text(row["file"]),
            as_float(row["row"]),
            Text(vi=str(row["message_vi"]), en=str(row["message_en"])),
        )
        for _, row in evidence.findings.iloc[::-1].iterrows()
    ]
    return Table(
        "findings",
        phrase("table_findings"),
        phrase("table_findings_note"),
        "findings.csv",
        (
            Column("severity", phrase("head_severity")),
            Column("code", phrase("head_code")),
            Column("file", phrase("head_file")),
            Column("row", phrase("head_row"), "count"),
            Column("message", phrase("head_message")),
        ),
        tuple(rows),
    )


def artifact_table(evidence: Evidence) -> Table:
    """List the artifacts the report was made from, by their hash."""
    folder = evidence.workspace.processed
    paths = sorted(path for path in folder.iterdir() if path.suffix in (".csv", ".parquet", ".json"))
    return Table(
        "artifacts",
        phrase("table_artifacts"),
        phrase("table_artifacts_note"),
        "data/processed",
        (
            Column("file", phrase("head_artifact")),
            Column("bytes", phrase("head_bytes"), "count"),
            Column("sha256", phrase("head_sha256")),
            Column("sha256_full", phrase("head_sha256"), "address"),
        ),
        tuple(
            (path.name, float(path.stat().st_size), f"{digest[:16]}…", digest)
            for path, digest in ((path, sha256(path)) for path in paths)
        ),
    )
