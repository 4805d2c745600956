"""Tables of the forecast: how earlier ones did, what pushes would change, last week against what came."""

from typing import Any

import pandas as pd

from analysis.inert import inert
from analysis.report.cells import as_day, as_float
from analysis.report.evidence import TOTAL, Evidence
from analysis.report.table import Cell, Column, Table
from analysis.report.words.phrases import named, phrase


def score_table(evidence: Evidence) -> Table:
    """How the forecasts did on the campaign's own past."""
    scopes = {"total": phrase("word_total"), "areas": phrase("word_areas")}
    rows = [
        (
            scopes.get(str(row["scope"]), str(row["scope"])),
            float(row["horizon"]),
            named("model", str(row["model"])),
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


def scenario_table(evidence: Evidence) -> Table:
    """Show what pushes would change: the same sample paths with and without them."""
    rows = [
        (
            named("scenario", str(row["scenario"])),
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
