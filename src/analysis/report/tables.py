"""The other tables of the report, each from one artifact: effects, scores, reports, held cells, findings."""

import re
from typing import Any

import pandas as pd

from analysis.artifacts import sha256
from analysis.campaign import Text
from analysis.report.cells import as_day, as_float
from analysis.report.evidence import TOTAL, Evidence
from analysis.report.table import Column, Kind, Table, measure_name
from analysis.report.words.inert import inert
from analysis.report.words.phrases import phrase, phrases


def effect_table(evidence: Evidence) -> Table:
    """Every estimate of what mobilising brought, as the comparison wrote it."""
    rows = [
        (
            phrases().get(f"estimator_{row['estimator']}", str(row["estimator"])),
            window_name(str(row["window"])),
            as_float(row["extra_persons"]),
            as_float(row["extra_low"]),
            as_float(row["extra_high"]),
            as_float(row["estimate"]),
            phrases().get(_slug("unit", str(row["unit"])), str(row["unit"])),
            as_float(row["interval_low"]),
            as_float(row["interval_high"]),
            as_float(row["p_value"]),
            as_float(row["p_min"]),
        )
        for _, row in evidence.effects.iterrows()
    ]
    return Table(
        "effects",
        phrase("table_effects"),
        phrase("table_effects_note"),
        "effects.csv",
        (
            Column("estimator", phrase("head_estimator")),
            Column("window", phrase("head_window")),
            Column("extra", phrase("head_extra"), "estimate"),
            Column("extra_low", phrase("head_extra_low"), "estimate"),
            Column("extra_high", phrase("head_extra_high"), "estimate"),
            Column("estimate", phrase("head_estimate"), "estimate"),
            Column("unit", phrase("head_unit")),
            Column("low", phrase("head_low"), "estimate"),
            Column("high", phrase("head_high"), "estimate"),
            Column("p_value", phrase("head_p_value"), "p_value"),
            Column("p_min", phrase("head_p_min"), "p_value"),
        ),
        tuple(rows),
    )


def window_name(window: str) -> Text | str:
    """Return a window of days in words; effects.csv names it ``day 0`` or ``days 0-6``."""
    if window == "day 0":
        return phrase("window_short_day")
    if not window.startswith("days 0-"):
        return window
    short, last = phrase("window_short_days"), window.removeprefix("days 0-")
    return Text(vi=short.vi.format(last=last), en=short.en.format(last=last))


def score_table(evidence: Evidence) -> Table:
    """How the forecasts did on the campaign's own past."""
    scopes = {"total": phrase("word_total"), "areas": phrase("word_areas")}
    rows = [
        (
            scopes.get(str(row["scope"]), str(row["scope"])),
            float(row["horizon"]),
            phrases().get(f"model_{row['model']}", str(row["model"])),
            *(
                as_float(row[key])
                for key in ("crps", "wis", "covered_50", "covered_80", "covered_95", "skill")
            ),
        )
        for _, row in evidence.scores.iterrows()
    ]
    return Table(
        "scores",
        phrase("table_scores"),
        phrase("table_scores_note"),
        "scores.csv",
        (
            Column("scope", phrase("head_scope")),
            Column("horizon", phrase("head_horizon"), "count"),
            Column("model", phrase("head_model")),
            Column("crps", phrase("head_crps"), "estimate"),
            Column("wis", phrase("head_wis"), "estimate"),
            Column("covered_50", phrase("head_covered_50"), "percent"),
            Column("covered_80", phrase("head_covered_80"), "percent"),
            Column("covered_95", phrase("head_covered_95"), "percent"),
            Column("skill", phrase("head_skill"), "percent"),
        ),
        tuple(rows),
    )


def report_table(evidence: Evidence) -> Table:
    """Who reported: newest day, tallies and files by area, whoever is furthest behind first."""
    workspace = evidence.workspace
    grouped = evidence.tallies.groupby("area_code")
    newest, files, rows_in = grouped["date"].max(), grouped["file"].nunique(), grouped.size()
    received = grouped["received_at"].max().dt.tz_convert(workspace.campaign.zone)
    rows = [
        (
            inert(area.name),
            as_day(newest.get(area.code)),
            as_day(received.get(area.code)),
            float(files.get(area.code, 0)),
            float(rows_in.get(area.code, 0)),
        )
        for area in workspace.campaign.areas
        if area.valid_on(workspace.last_day)
    ]
    rows.sort(key=lambda row: row[1] or workspace.campaign.first_day)
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
        ),
        tuple(rows),
    )


def held_table(evidence: Evidence) -> Table:
    """List what was held back, and why; the cells as somebody typed them."""
    rows = [
        (
            str(row["file"]),
            as_float(row["row"]),
            measure_name(_known(row.get("measure")) or "–"),
            str(row["reason"]),
            _known(row["text"]),
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
            phrases().get(f"severity_{row['severity']}", str(row["severity"])),
            str(row["code"]),
            _known(row["file"]),
            as_float(row["row"]),
            Text.model_construct(vi=str(row["message_vi"]), en=str(row["message_en"])),
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


def scenario_table(evidence: Evidence) -> Table:
    """Show what pushes would change: the same sample paths with and without them."""
    rows = [
        (
            phrases().get(_slug("scenario", str(row["scenario"])), str(row["scenario"])),
            as_float(row["pushes"]),
            as_float(row["extra_median"]),
            as_float(row["extra_p10"]),
            as_float(row["extra_p90"]),
            as_float(row["probability_with"]),
            as_day(row["date_p50_with"]),
            as_float(row["shortfall_with"]),
        )
        for _, row in evidence.scenarios.iterrows()
        if str(row["location"]) == TOTAL
    ]
    return Table(
        "scenarios",
        phrase("table_scenarios"),
        phrase("table_scenarios_note"),
        "scenarios.csv",
        (
            Column("scenario", phrase("head_scenario")),
            Column("pushes", phrase("head_pushes"), "count"),
            Column("extra", phrase("head_extra"), "estimate"),
            Column("extra_low", phrase("head_p10"), "estimate"),
            Column("extra_high", phrase("head_p90"), "estimate"),
            Column("probability", phrase("head_probability"), "probability"),
            Column("median", phrase("head_median"), "day"),
            Column("shortfall", phrase("head_shortfall"), "estimate"),
        ),
        tuple(rows),
    )


def _slug(prefix: str, name: str) -> str:
    return f"{prefix}_" + re.sub(r"[^a-z0-9]+", "_", name.lower().replace(",", ""))


def table_as_written(frame: pd.DataFrame, key: str, source: str) -> Table:
    """Show an artifact's table as its room wrote it, with a heading where the report knows one."""
    columns = tuple(
        Column(str(name), phrases().get(f"head_{name}", Text(vi=str(name), en=str(name))), _kind(frame[name]))
        for name in frame.columns
    )
    rows = tuple(
        tuple(
            as_float(cell) if column.numeric else _known(cell)
            for cell, column in zip(row, columns, strict=True)
        )
        for row in frame.itertuples(index=False)
    )
    return Table(key, phrase(f"table_{key}"), phrase(f"table_{key}_note"), source, columns, rows)


def _kind(cells: "pd.Series[Any]") -> Kind:
    return "estimate" if pd.api.types.is_numeric_dtype(cells) and cells.dtype != bool else "text"


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


def _known(value: Any) -> str | None:
    return None if value is None or pd.isna(value) else str(value)
