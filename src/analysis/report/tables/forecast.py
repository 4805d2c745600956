"""Tables of the forecast: how earlier ones did, what pushes would change, last week against what came."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from analysis.report.areas import area_of
from analysis.report.evidence import TOTAL, Evidence
from analysis.report.table import Cell, Table, table_of
from analysis.report.words.phrases import named, phrase


def score_table(evidence: Evidence) -> Table:
    """How the forecasts did on the campaign's own past."""
    return table_of("scores", evidence.scores, scope=lambda row: named("word", str(row["scope"])))


def scenario_table(evidence: Evidence) -> Table:
    """Show what pushes would change, where one was found to: the same sample paths with and without them."""
    made = evidence.scenarios
    rows = made[made["location"] == TOTAL] if len(made) and evidence.raised else made[:0]
    return table_of("scenarios", rows)


def record_table(evidence: Evidence) -> Table:
    """Set what earlier reports said of all areas together beside what came, the newest report first."""

    def instant(row: Mapping[str, Any]) -> Cell:
        label = str(row["as_of"])
        return f"{label[:13]}:{label[13:]}".replace("T", " ")

    return table_of("record", evidence.record[::-1], as_of=instant, inside=_inside)


def last_week_table(evidence: Evidence) -> Table:
    """Set what last week's forecast said for the newest day beside what came; the largest miss first."""
    said = evidence.last_week
    if not said.empty:
        miss = (said["actual"] - said["p50"]).abs()
        said = said.assign(miss=miss, last=said["location"] == TOTAL)
        said = said.sort_values(["last", "miss", "location"], ascending=[True, False, True])
    made = table_of("last_week", said, area=area_of(evidence, "location"), inside=_inside)
    return replace(made, strong=len(made.rows) - 1 if made.rows else None)


def _inside(row: Mapping[str, Any]) -> Cell:
    """Whether what came lies in the 80 % range; nothing where nothing came."""
    if pd.isna(row["actual"]):
        return None
    return phrase("inside_true" if row["p10"] <= row["actual"] <= row["p90"] else "inside_false")
