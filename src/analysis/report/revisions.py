"""What was corrected since last week: the same area, day and measure, sent again with another value."""

from datetime import timedelta

import pandas as pd

from analysis.report.areas import area_names
from analysis.report.cells import as_day
from analysis.report.evidence import Evidence
from analysis.report.table import Cell, Table, columns, table
from analysis.tallies.asof import changed_since

_COLUMNS = columns("area date:day measure before:count after:count difference:signed file")
_WEEK = timedelta(days=7)


def revision_table(evidence: Evidence) -> Table:
    """List tallies whose accepted value changed in the week before the as-of instant, newest first."""
    names = area_names(evidence)
    rows: list[tuple[Cell, ...]] = [
        (
            names.get(str(row["area_code"]), str(row["area_code"])),
            as_day(row["date"]),
            evidence.workspace.campaign.word_of(str(row["measure"])),
            float(row["value_before"]),
            float(row["value"]),
            float(row["value"] - row["value_before"]),
            str(row["file"]),
        )
        for _, row in _changed(evidence).iterrows()
    ]
    return table("revisions", "tallies.parquet", _COLUMNS, rows)


def _changed(evidence: Evidence) -> pd.DataFrame:
    as_of = pd.Timestamp(evidence.workspace.as_of)
    return changed_since(evidence.tallies, as_of - _WEEK, as_of)
