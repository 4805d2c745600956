"""Tables of the comparison: every estimate of what mobilising brought, and what was tried to overturn it."""

from collections.abc import Mapping
from typing import Any

from analysis.campaign import Text
from analysis.report.cells import as_day, as_float, as_text
from analysis.report.evidence import Evidence
from analysis.report.table import Cell, Column, Table
from analysis.report.words.phrases import named, phrase


def effect_table(evidence: Evidence) -> Table:
    """Every estimate of what mobilising brought, as the comparison wrote it."""
    rows = [
        (
            named("estimator", str(row["estimator"])),
            window_name(row["first_day"], row["last_day"]),
            as_float(row["extra_persons"]),
            as_float(row["extra_low"]),
            as_float(row["extra_high"]),
            as_float(row["estimate"]),
            named("unit", str(row["unit"])),
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


def window_name(first: Any, last: Any) -> Text | None:
    """Return a window of days from the push in words."""
    if as_float(first) is None or as_float(last) is None:
        return None
    if first == last == 0:
        return phrase("window_short_day")
    short = phrase("window_short_days")
    return Text({code: text.format(first=int(first), last=int(last)) for code, text in short.items()})


def sensitivity_table(evidence: Evidence) -> Table:
    """List what was tried to overturn the main estimate, one row a check."""
    names = {area.code: area.name for area in evidence.workspace.campaign.areas}
    rows = [
        (
            named("check", str(row["check"])),
            _detail(str(row["check"]), as_text(row["detail"]), names),
            as_float(row["estimate"]),
            as_float(row["p_value"]),
            phrase(f"holds_{str(row['holds']).lower()}") if as_text(row["holds"]) else None,
        )
        for _, row in evidence.sensitivity.iterrows()
    ]
    no = phrase("holds_false")
    rows.sort(key=lambda row: row[-1] != no)
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
    if check == "placebo_dates":
        return as_day(detail)
    return phrase(f"odds_{detail}") if check == "odds" else names.get(detail, detail)
