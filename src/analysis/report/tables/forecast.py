"""Tables of the forecast: how earlier ones did, what pushes would change, last week against what came."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from analysis.report.areas import area_names
from analysis.report.evidence import TOTAL, Evidence
from analysis.report.table import Cell, Table, columns, rows_of, table
from analysis.report.words.phrases import named, phrase

_SCORES = columns(
    "scope horizon:count model crps:estimate wis:estimate covered_50:percent covered_80:percent"
    " covered_95:percent skill:percent"
)
_SCENARIOS = columns(
    "scenario pushes:count extra:estimate=extra_median extra_low:estimate=extra_p10>p10"
    " extra_high:estimate=extra_p90>p90 probability:probability=probability_with median:day=date_p50_with"
    " shortfall:estimate=shortfall_with"
)
_RECORD = columns("as_of horizon:count target_end_date:day p10:count p50:count p90:count actual:count inside")
_LAST_WEEK = columns("area p10:count p50:count p90:count actual:count inside")


def score_table(evidence: Evidence) -> Table:
    """How the forecasts did on the campaign's own past."""
    rows = rows_of(
        evidence.scores,
        _SCORES,
        scope=lambda row: named("word", str(row["scope"])),
        model=lambda row: named("model", str(row["model"])),
    )
    return table("scores", "scores.csv", _SCORES, rows)


def scenario_table(evidence: Evidence) -> Table:
    """Show what pushes would change: the same sample paths with and without them."""
    made = evidence.scenarios
    rows = rows_of(
        made if made.empty else made[made["location"] == TOTAL],
        _SCENARIOS,
        scenario=lambda row: named("scenario", str(row["scenario"])),
    )
    return table("scenarios", "scenarios.csv", _SCENARIOS, rows)


def record_table(evidence: Evidence) -> Table:
    """Set what earlier reports said of all areas together beside what came, the newest report first."""
    rows = rows_of(
        evidence.record[::-1],
        _RECORD,
        as_of=lambda row: str(row["as_of"]).replace("T", " ")[:13] + ":" + str(row["as_of"])[13:],
        inside=_inside,
    )
    return table("record", "record.csv", _RECORD, rows)


def last_week_table(evidence: Evidence) -> Table:
    """Set what last week's forecast said for the newest day beside what came; the largest miss first."""
    names = area_names(evidence)
    said = evidence.last_week
    if not said.empty:
        miss = (said["actual"] - said["p50"]).abs()
        said = said.assign(miss=miss, last=said["location"] == TOTAL)
        said = said.sort_values(["last", "miss", "location"], ascending=[True, False, True])
    rows = rows_of(
        said,
        _LAST_WEEK,
        area=lambda row: (
            phrase("word_all_areas") if row["location"] == TOTAL else names[str(row["location"])]
        ),
        inside=_inside,
    )
    return table("last_week", "last_week.csv", _LAST_WEEK, rows, len(rows) - 1 if rows else None)


def _inside(row: Mapping[str, Any]) -> Cell:
    """Whether what came lies in the 80 % range; nothing where nothing came."""
    if pd.isna(row["actual"]):
        return None
    return phrase("inside_true" if row["p10"] <= row["actual"] <= row["p90"] else "inside_false")
