"""The other tables of the report, each from one artifact: effects, scores, reports, held cells, findings."""

import re
from collections.abc import Mapping
from typing import Any

import pandas as pd

from analysis.artifacts import sha256
from analysis.campaign import Text
from analysis.report.cells import as_day, as_float
from analysis.report.evidence import TOTAL, Evidence
from analysis.report.table import Cell, Column, Table, measure_name
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


def last_week_table(evidence: Evidence) -> Table:
    """Set what last week's forecast said for the newest day beside what came; the largest miss first."""
    names = {area.code: inert(area.name) for area in evidence.workspace.campaign.areas}
    said = evidence.last_week
    if not said.empty:
        miss = (said["actual"] - said["p50"]).abs()
        said = said.assign(miss=miss, last=said["location"] == TOTAL)
        said = said.sort_values(["last", "miss", "location"], ascending=[True, False, True])
    rows: list[tuple[Cell, ...]] = [
        (
            phrase("word_all_areas") if row["location"] == TOTAL else names[str(row["location"])],
            *(as_float(row[key]) for key in ("p10", "p50", "p90", "actual")),
            _inside(row),
        )
        for _, row in said.iterrows()
    ]
    return Table(
        "last_week",
        phrase("table_last_week"),
        phrase("table_last_week_note"),
        "last_week.csv",
        (
            Column("area", phrase("head_area")),
            Column("p10", phrase("head_p10"), "count"),
            Column("p50", phrase("head_p50"), "count"),
            Column("p90", phrase("head_p90"), "count"),
            Column("actual", phrase("head_actual"), "count"),
            Column("inside", phrase("head_inside")),
        ),
        tuple(rows),
        strong=len(rows) - 1 if rows else None,
    )


def _inside(row: "pd.Series[Any]") -> Cell:
    """Whether what came lies in the 80 % range; nothing where nothing came."""
    if pd.isna(row["actual"]):
        return None
    return phrase("holds_true" if row["p10"] <= row["actual"] <= row["p90"] else "holds_false")


def _slug(prefix: str, name: str) -> str:
    return f"{prefix}_" + re.sub(r"[^a-z0-9]+", "_", name.lower().replace(",", ""))


def sensitivity_table(evidence: Evidence) -> Table:
    """List what was tried to overturn the main estimate, one row a check."""
    names = {area.code: area.name for area in evidence.workspace.campaign.areas}
    rows = [
        (
            phrases().get(_slug("check", str(row["check"])), str(row["check"])),
            _detail(str(row["check"]), _known(row["detail"]), names),
            as_float(row["estimate"]),
            as_float(row["p_value"]),
            phrase(f"holds_{str(row['holds']).lower()}") if _known(row["holds"]) else None,
        )
        for _, row in evidence.sensitivity.iterrows()
    ]
    return Table(
        "sensitivity",
        phrase("table_sensitivity"),
        phrase("table_sensitivity_note"),
        "sensitivity.csv",
        (
            Column("check", phrase("head_check")),
            Column("detail", phrase("head_detail")),
            Column("estimate", phrase("head_estimate"), "estimate"),
            Column("p_value", phrase("head_p_value"), "p_value"),
            Column("holds", phrase("head_holds")),
        ),
        tuple(rows),
    )


def _detail(check: str, detail: str | None, names: Mapping[str, str]) -> Cell:
    """Say what a check was about: a day, an area, a share."""
    if detail is None:
        return None
    return as_day(detail) if check == "placebo_date" else names.get(detail, detail)


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
