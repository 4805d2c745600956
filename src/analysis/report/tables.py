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
from analysis.report.evidence import TOTAL, Evidence
from analysis.report.summary import as_day, as_float
from analysis.report.words import Language

Kind = Literal["text", "count", "signed", "share", "probability", "estimate", "p_value", "rate", "day", "mark"]
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


def area_table(evidence: Evidence) -> Table:
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
    rows.append(_total_row(frame, completion))
    return Table(
        "areas",
        Text(vi="Từng địa bàn", en="Area by area"),
        Text(
            vi="Xếp theo tỷ lệ so với chỉ tiêu, thấp nhất trước. ▲: đã huy động. Trung vị: ngày hoàn thành với khả năng "
            "50%; – : ngoài tầm dự báo.",
            en="Sorted by share of target, lowest first. ▲: mobilised. Median: completion date at 50% probability; "
            "– : beyond the horizon.",
        ),
        "panel.parquet, completion.csv",
        (
            Column("area", Text(vi="Địa bàn", en="Area")),
            Column("mobilised", Text(vi="Huy động", en="Mobilised"), "mark"),
            Column("count", Text(vi="Lũy kế", en="Count"), "count"),
            Column("target", Text(vi="Chỉ tiêu", en="Target"), "count"),
            Column("share", Text(vi="So với chỉ tiêu", en="Share of target"), "share"),
            Column("week", Text(vi="7 ngày qua", en="Last 7 days"), "signed"),
            Column("change", Text(vi="So với 7 ngày trước", en="On the 7 before"), "signed"),
            Column("probability", Text(vi="Khả năng kịp hạn", en="Chance by deadline"), "probability"),
            Column("median", Text(vi="Hoàn thành (trung vị)", en="Completion (median)"), "day"),
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


def _total_row(frame: pd.DataFrame, completion: pd.DataFrame) -> tuple[Cell, ...]:
    whole = completion.loc[TOTAL]
    count, week, change = (float(frame[key].sum()) for key in ("count", "week", "change"))
    target = float(whole["target"])
    return (
        Text(vi="Tổng cộng", en="All areas"),
        False,
        count,
        target,
        count / target,
        week,
        change,
        as_float(whole["probability_by_deadline"]),
        as_day(whole["date_p50"]),
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
        Text(vi="Ước lượng hiệu quả huy động", en="Estimates of what mobilising brought"),
        Text(
            vi="headline: ước lượng chính. p nhỏ nhất: giá trị nhỏ nhất mà thiết kế này có thể cho.",
            en="headline: the estimate the report goes by. Smallest p: the least this design can give.",
        ),
        "effects.csv",
        (
            Column("estimator", Text(vi="Cách ước lượng", en="Estimator")),
            Column("window", Text(vi="Khoảng thời gian", en="Window")),
            Column("extra", Text(vi="Tăng thêm", en="Extra"), "estimate"),
            Column("extra_low", Text(vi="từ", en="from"), "estimate"),
            Column("extra_high", Text(vi="đến", en="to"), "estimate"),
            Column("estimate", Text(vi="Ước lượng", en="Estimate"), "estimate"),
            Column("unit", Text(vi="Đơn vị", en="Unit")),
            Column("low", Text(vi="từ", en="from"), "estimate"),
            Column("high", Text(vi="đến", en="to"), "estimate"),
            Column("p_value", Text(vi="p", en="p"), "p_value"),
            Column("p_min", Text(vi="p nhỏ nhất", en="Smallest p"), "p_value"),
        ),
        tuple(rows),
    )


def score_table(evidence: Evidence) -> Table:
    """How the forecasts did on the campaign's own past."""
    scopes = {"total": Text(vi="tổng", en="total"), "areas": Text(vi="địa bàn", en="areas")}
    rows = [
        (
            scopes.get(str(row["scope"]), str(row["scope"])),
            float(row["horizon"]),
            str(row["model"]),
            *(as_float(row[key]) for key in ("crps", "wis", "covered_50", "covered_80", "covered_95", "skill")),
        )
        for _, row in evidence.scores.iterrows()
    ]
    return Table(
        "scores",
        Text(vi="Dự báo trước đây sát đến đâu", en="How earlier forecasts did"),
        Text(
            vi="CRPS, WIS: điểm phần trăm số người đủ điều kiện, càng nhỏ càng tốt. Độ phủ: tỷ lệ lần mà khoảng dự báo "
            "chứa kết quả.",
            en="CRPS, WIS: percentage points of the eligible, smaller is better. Coverage: how often the range held "
            "what came.",
        ),
        "scores.csv",
        (
            Column("scope", Text(vi="Phạm vi", en="Scope")),
            Column("horizon", Text(vi="Số ngày tới", en="Days ahead"), "count"),
            Column("model", Text(vi="Mô hình", en="Model")),
            Column("crps", Text(vi="CRPS", en="CRPS"), "estimate"),
            Column("wis", Text(vi="WIS", en="WIS"), "estimate"),
            Column("covered_50", Text(vi="Phủ 50%", en="Coverage 50%"), "share"),
            Column("covered_80", Text(vi="Phủ 80%", en="Coverage 80%"), "share"),
            Column("covered_95", Text(vi="Phủ 95%", en="Coverage 95%"), "share"),
            Column("skill", Text(vi="Hơn mô hình ngây thơ", en="Skill on naive"), "share"),
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
        Text(vi="Ai đã báo cáo", en="Who reported"),
        Text(vi="Số liệu đã được chấp nhận.", en="Accepted tallies."),
        "tallies.parquet",
        (
            Column("area", Text(vi="Địa bàn", en="Area")),
            Column("newest", Text(vi="Số liệu đến ngày", en="Figures up to"), "day"),
            Column("received", Text(vi="Nhận ngày", en="Received on"), "day"),
            Column("files", Text(vi="Số tệp", en="Files"), "count"),
            Column("tallies", Text(vi="Số liệu", en="Tallies"), "count"),
        ),
        tuple(rows),
    )


def held_table(evidence: Evidence) -> Table:
    """What was held back, and why; the cells as somebody typed them."""
    rows = [
        (str(row["file"]), as_float(row["row"]), _known(row.get("measure")), str(row["reason"]), _known(row["text"]))
        for _, row in evidence.held.iterrows()
    ]
    return Table(
        "held",
        Text(vi="Số liệu bị giữ lại", en="Held back"),
        Text(vi="Không dùng khi chưa có người xem xét.", en="Not used before somebody has looked."),
        "held.csv",
        (
            Column("file", Text(vi="Tệp", en="File")),
            Column("row", Text(vi="Dòng", en="Row"), "count"),
            Column("measure", Text(vi="Chỉ số", en="Measure")),
            Column("reason", Text(vi="Lý do", en="Reason")),
            Column("text", Text(vi="Nội dung", en="As typed")),
        ),
        tuple(rows),
    )


def finding_table(evidence: Evidence) -> Table:
    """What the checks saw."""
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
        Text(vi="Kết quả kiểm tra", en="What the checks saw"),
        Text(vi="Mỗi dòng là một phát hiện.", en="One row a finding."),
        "findings.csv",
        (
            Column("severity", Text(vi="Mức độ", en="Severity")),
            Column("code", Text(vi="Mã", en="Code")),
            Column("file", Text(vi="Tệp", en="File")),
            Column("row", Text(vi="Dòng", en="Row"), "count"),
            Column("message", Text(vi="Nội dung", en="What")),
        ),
        tuple(rows),
    )


def _known(value: Any) -> str | None:
    return None if value is None or pd.isna(value) else str(value)
