"""Where each area stands, and which areas decide the outcome."""

from typing import Any

import pandas as pd

from analysis.inert import inert
from analysis.report.cells import as_day, as_float
from analysis.report.evidence import Evidence
from analysis.report.numbers import Numbers
from analysis.report.table import Cell, Column, Later, Table
from analysis.report.words.phrases import phrase


def area_names(evidence: Evidence) -> dict[str, str]:
    """Return the name of every area that is one on the last day, by its code."""
    workspace = evidence.workspace
    there = [area for area in workspace.campaign.areas if area.valid_on(workspace.last_day)]
    return {area.code: inert(area.name) for area in there}


def mobilised_codes(evidence: Evidence) -> set[str]:
    """Return the codes of the areas that had mobilised by the last day."""
    workspace = evidence.workspace
    campaign = workspace.campaign
    every = (*campaign.mobilisations, *campaign.pushes)
    return {one.area for one in every if one.first_day <= workspace.last_day}


def area_table(evidence: Evidence, numbers: Numbers) -> Table:
    """Where each area stands, lowest share of target first, all areas together in the last row.

    An area that has not reported the last day shows its newest count, and nothing for its week.
    """
    names, pushed, frame = area_names(evidence), mobilised_codes(evidence), top_frame(evidence)
    rows = [_area_row(names[str(code)], row, str(code) in pushed) for code, row in frame.iterrows()]
    rows.append(_total_row(evidence, numbers))
    return Table(
        "areas",
        phrase("table_areas"),
        phrase("table_areas_note"),
        "panel.parquet, completion.csv",
        (
            Column("area", phrase("head_area")),
            Column("mobilised", phrase("head_mobilised"), "mark"),
            Column("share", phrase("head_share"), "share"),
            Column("count", phrase("head_count"), "count"),
            Column("target", phrase("head_target"), "count"),
            Column("week", phrase("head_week"), "signed"),
            Column("change", phrase("head_change"), "signed"),
            Column("trend", phrase("trend_head"), "trend"),
            Column("probability", phrase("head_probability"), "probability"),
            Column("median", phrase("head_median"), "day"),
        ),
        tuple(rows),
        strong=len(rows) - 1,
    )


def top_frame(evidence: Evidence) -> pd.DataFrame:
    """Return `area_frame` of the level below the top: areas of one level, or the parents of several."""
    workspace = evidence.workspace
    frame = area_frame(evidence)
    return frame[frame.index.isin(workspace.campaign.tree(workspace.today).tops)]


def area_frame(evidence: Evidence) -> pd.DataFrame:
    """Return where each area and parent stands by the standing, and its forecast; lowest share first.

    Beside the columns of the standing: ``probability``, ``median``, ``horizon`` and ``trend``, what came in
    a day between the tallies of six weeks.
    """
    frame = evidence.standing.areas.iloc[:-1].set_index("location")
    completion = evidence.completion.set_index("location")
    frame["probability"] = completion["probability_by_deadline"]
    frame["median"] = completion["date_p50"]
    frame["horizon"] = completion["horizon_end"]
    since = pd.Timestamp(evidence.standing.common_day) - pd.Timedelta(days=_TREND_DAYS)
    recent = evidence.panel[(evidence.panel["date"] > since) & (evidence.panel["days"] > 0)]
    daily = recent["new"] / recent["days"]
    trends = {str(code): tuple(rows) for code, rows in daily.groupby(recent["area"])}
    tree = evidence.workspace.campaign.tree(evidence.workspace.today)
    for parent in tree.children:
        below = recent["area"].isin(tree.leaves_of(parent))
        trends[parent] = tuple(daily[below].groupby(recent["date"]).sum())
    frame["trend"] = pd.Series(trends, dtype=object)
    return frame.rename_axis("area").sort_values(["share", "area"], na_position="first")


_TREND_DAYS = 42


def _area_row(name: str, row: "pd.Series[Any]", mobilised: bool) -> tuple[Cell, ...]:
    return (
        name,
        mobilised,
        *(as_float(row[key]) for key in ("share", "count", "target", "increase", "change")),
        row["trend"] if isinstance(row["trend"], tuple) else None,
        as_float(row["probability"]),
        completion_day(row["median"], row["horizon"], row["share"]),
    )


def completion_day(day: Any, horizon: Any, share: Any) -> Cell:
    """Write when an area completes: a day, that it has, or that it is later than the last day forecast."""
    found, last = as_day(day), as_day(horizon)
    if (as_float(share) or 0.0) >= 1:
        return phrase("area_met")
    if found is not None or last is None:
        return found
    return Later(last)


def _total_row(evidence: Evidence, numbers: Numbers) -> tuple[Cell, ...]:
    completion = numbers["completion"]
    trend = evidence.totals["new"].astype(float).tail(_TREND_DAYS)
    return (
        phrase("word_all_areas"),
        False,
        *(numbers.amount(key) for key in ("share", "total", "target", "week", "change")),
        tuple(trend),
        numbers.amount("probability"),
        completion_day(completion.value, completion.horizon, numbers.amount("share")),
    )


def risk_table(evidence: Evidence) -> Table:
    """Which areas are expected to lack most on the deadline, and the pace each would need."""
    names = area_names(evidence)
    frame = area_frame(evidence)
    rows = evidence.completion[evidence.completion["location"].isin(names)]
    rows = rows.sort_values(["expected_shortfall", "location"], ascending=[False, True])
    cells: list[tuple[Cell, ...]] = [
        (
            names[str(row["location"])],
            as_float(row["expected_shortfall"]),
            *(as_float(frame.loc[str(row["location"]), name]) for name in ("pace_needed", "pace")),
            as_float(row["probability_by_deadline"]),
            *(
                completion_day(row[name], row["horizon_end"], float(row["count"]) / float(row["target"]))
                for name in ("date_p10", "date_p50", "date_p90")
            ),
        )
        for _, row in rows.iterrows()
    ]
    return Table(
        "risk",
        phrase("table_risk"),
        phrase("table_risk_note"),
        "completion.csv",
        (
            Column("area", phrase("head_area")),
            Column("shortfall", phrase("head_shortfall"), "estimate"),
            Column("pace_needed", phrase("head_pace_needed"), "count"),
            Column("pace", phrase("head_pace"), "count"),
            Column("probability", phrase("head_probability"), "probability"),
            Column("early", phrase("head_early"), "day"),
            Column("median", phrase("head_median"), "day"),
            Column("late", phrase("head_late"), "day"),
        ),
        tuple(cells),
    )
