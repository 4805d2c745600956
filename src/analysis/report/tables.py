"""The tables of the report: raw values with the way each column is written, for every form to use."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

import numpy as np
import pandas as pd

from analysis.campaign import Area, Text
from analysis.report import words
from analysis.report.evidence import Evidence
from analysis.report.numbers import Numbers
from analysis.report.summary import as_day, as_float
from analysis.report.words import Language
from analysis.report.words.phrases import phrase

Kind = Literal[
    "text", "count", "signed", "share", "probability", "estimate", "p_value", "rate", "day", "mark"
]
Cell = str | float | date | bool | Text | None


@dataclass(frozen=True)
class Column:
    """One column: its key in the data, its heading, and how its values are written."""

    key: str
    heading: Text
    kind: Kind = "text"

    @property
    def numeric(self) -> bool:
        """Whether the column is aligned and computed with as numbers."""
        return self.kind not in ("text", "mark", "day")


@dataclass(frozen=True)
class Table:
    """A table of the report, one row a tuple of raw cells in the order of ``columns``."""

    key: str
    title: Text
    note: Text
    source: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    strong: int | None = None  # the row that sums the others up

    def written(self, language: Language) -> list[list[str]]:
        """Return every cell as the language writes it."""
        return [
            [write_cell(cell, column.kind, language) for cell, column in zip(row, self.columns, strict=True)]
            for row in self.rows
        ]

    def column(self, key: str) -> list[Cell]:
        """Return the raw cells of one column."""
        at = [column.key for column in self.columns].index(key)
        return [row[at] for row in self.rows]


def show_table(table: Table, language: Language) -> str:
    """Write a table as plain text with aligned columns, for a notebook."""
    headings = [getattr(column.heading, language) for column in table.columns]
    frame = pd.DataFrame(table.written(language), columns=headings)
    return str(frame.to_string(index=False))


_WRITERS: Mapping[str, Callable[[Any, Language], str]] = {
    "count": words.count,
    "signed": words.signed,
    "share": words.percent,
    "probability": words.probability,
    "estimate": words.significant,
    "p_value": words.p_value,
    "rate": lambda value, language: words.decimal(value, language, 1),
}


def write_cell(cell: Cell, kind: Kind, language: Language) -> str:
    """Write one cell; a dash where there is nothing, a mark where something holds."""
    if kind == "mark":
        return "▲" if cell else ""
    if cell is None or (isinstance(cell, float) and math.isnan(cell)):
        return "–"
    if isinstance(cell, Text):
        return str(getattr(cell, language))
    if isinstance(cell, date):
        return words.day(cell, language)
    writer = _WRITERS.get(kind)
    return writer(cell, language) if writer else str(cell)


def area_table(evidence: Evidence, numbers: Numbers) -> Table:
    """Where each area stands, lowest share of target first, all areas together in the last row."""
    workspace = evidence.workspace
    day = workspace.last_day
    areas = {area.code: area for area in workspace.campaign.areas if area.valid_on(day)}
    wide = evidence.panel.pivot_table(index="area", columns="date", values="cumulative", dropna=False).ffill(
        axis="columns"
    )
    pushed = {one.area for one in workspace.campaign.mobilisations if one.first_day <= day}
    frame = pd.DataFrame(index=pd.Index(sorted(areas), name="area"))
    frame["count"] = _on(wide, day)
    frame["week"] = frame["count"] - _on(wide, day - timedelta(days=7))
    before = _on(wide, day - timedelta(days=7)) - _on(wide, day - timedelta(days=14))
    frame["change"] = frame["week"] - before
    frame["target"] = evidence.panel.groupby("area")["target"].last()
    frame["share"] = frame["count"] / frame["target"]
    completion = evidence.completion.set_index("location")
    frame["probability"] = completion["probability_by_deadline"]
    frame["median"] = completion["date_p50"]
    frame = frame.sort_values(["share", "area"], na_position="first")
    rows = [_area_row(areas[str(code)], row, str(code) in pushed) for code, row in frame.iterrows()]
    rows.append(_total_row(numbers))
    return Table(
        "areas",
        phrase("table_areas"),
        phrase("table_areas_note"),
        "panel.parquet, completion.csv",
        (
            Column("area", phrase("head_area")),
            Column("mobilised", phrase("head_mobilised"), "mark"),
            Column("count", phrase("head_count"), "count"),
            Column("target", phrase("head_target"), "count"),
            Column("share", phrase("head_share"), "share"),
            Column("week", phrase("head_week"), "signed"),
            Column("change", phrase("head_change"), "signed"),
            Column("probability", phrase("head_probability"), "probability"),
            Column("median", phrase("head_median"), "day"),
        ),
        tuple(rows),
        strong=len(rows) - 1,
    )


def _on(wide: pd.DataFrame, day: date) -> "pd.Series[float]":
    stamp = pd.Timestamp(day)
    return wide[stamp] if stamp in wide.columns else pd.Series(np.nan, index=wide.index)


def _area_row(area: Area, row: "pd.Series[Any]", mobilised: bool) -> tuple[Cell, ...]:
    return (
        area.name,
        mobilised,
        *(as_float(row[key]) for key in ("count", "target", "share", "week", "change", "probability")),
        as_day(row["median"]),
    )


def _total_row(numbers: Numbers) -> tuple[Cell, ...]:
    median = numbers["completion"].value
    return (
        phrase("word_all_areas"),
        False,
        *(numbers.amount(key) for key in ("total", "target", "share", "week", "change", "probability")),
        median if isinstance(median, date) else None,
    )


def effect_table(evidence: Evidence) -> Table:
    """Every estimate of what mobilising brought, as the comparison wrote it."""
    rows = [
        (
            str(row["estimator"]),
            str(row["window"]),
            as_float(row["extra_persons"]),
            as_float(row["extra_low"]),
            as_float(row["extra_high"]),
            as_float(row["estimate"]),
            str(row["unit"]),
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


def score_table(evidence: Evidence) -> Table:
    """How the forecasts did on the campaign's own past."""
    scopes = {"total": phrase("word_total"), "areas": phrase("word_areas")}
    rows = [
        (
            scopes.get(str(row["scope"]), str(row["scope"])),
            float(row["horizon"]),
            str(row["model"]),
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
            Column("covered_50", phrase("head_covered_50"), "share"),
            Column("covered_80", phrase("head_covered_80"), "share"),
            Column("covered_95", phrase("head_covered_95"), "share"),
            Column("skill", phrase("head_skill"), "share"),
        ),
        tuple(rows),
    )


def report_table(evidence: Evidence) -> Table:
    """Who reported: newest day, tallies and files by area."""
    workspace = evidence.workspace
    grouped = evidence.tallies.groupby("area_code")
    newest, files, rows_in = grouped["date"].max(), grouped["file"].nunique(), grouped.size()
    received = grouped["received_at"].max().dt.tz_convert(workspace.campaign.zone)
    rows = [
        (
            area.name,
            as_day(newest.get(area.code)),
            as_day(received.get(area.code)),
            float(files.get(area.code, 0)),
            float(rows_in.get(area.code, 0)),
        )
        for area in workspace.campaign.areas
        if area.valid_on(workspace.last_day)
    ]
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
            _known(row.get("measure")),
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
    """List what the checks saw."""
    rows = [
        (
            str(row["severity"]),
            str(row["code"]),
            _known(row["file"]),
            as_float(row["row"]),
            Text.model_construct(vi=str(row["message_vi"]), en=str(row["message_en"])),
        )
        for _, row in evidence.findings.iterrows()
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


def _known(value: Any) -> str | None:
    return None if value is None or pd.isna(value) else str(value)
