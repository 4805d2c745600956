"""Where each area stands, and which areas decide the outcome."""

from collections import Counter
from typing import Any

import pandas as pd

from analysis.campaign import Text
from analysis.inert import inert
from analysis.panel import totals
from analysis.report import words
from analysis.report.ahead import expected_shares, ranks
from analysis.report.cells import AreaName, as_day, as_float
from analysis.report.evidence import Evidence
from analysis.report.numbers import Numbers
from analysis.report.table import Cell, Column, Later, Table, columns, table
from analysis.report.words.phrases import phrase


def area_names(evidence: Evidence) -> dict[str, AreaName]:
    """Return the name of every area by its code, on the last day where the code is one of that day."""
    last = evidence.workspace.last_day
    ordered = sorted(evidence.workspace.campaign.areas, key=lambda area: area.valid_on(last))
    return {area.code: AreaName(inert(area.name), area.code) for area in ordered}


def area_choices(evidence: Evidence) -> dict[str, str]:
    """Return the codes of the areas that are counted, by name; of namesakes by name and code."""
    names = area_names(evidence)
    leaves = evidence.workspace.campaign.tree(evidence.workspace.today).leaves
    said = Counter(names[code] for code in leaves)
    return {f"{names[code]} ({code})" if said[names[code]] > 1 else str(names[code]): code for code in leaves}


def mobilised_codes(evidence: Evidence) -> set[str]:
    """Return the codes of the areas that had mobilised by the last day."""
    workspace = evidence.workspace
    campaign = workspace.campaign
    every = (*campaign.mobilisations, *campaign.pushes)
    return {one.area for one in every if one.first_day <= workspace.last_day}


def area_table(evidence: Evidence, numbers: Numbers) -> Table:
    """Where each area stands, lowest share of target first, all areas together in the last row.

    An area not known to the common day shows its newest count with the day that is of, and no increase. Once
    the deadline is over there is no chance of meeting it, but what was reached on it.
    """
    names, pushed, frame = area_names(evidence), mobilised_codes(evidence), top_frame(evidence)
    rows = [_area_row(names[str(code)], row, str(code) in pushed) for code, row in frame.iterrows()]
    rows.append(_total_row(evidence, numbers))
    over = is_over(evidence)
    chance = Column("at_deadline", phrase("head_at_deadline"), "share")
    if not over:
        chance = Column("probability", phrase("head_probability"), "probability")
    shown_as = (
        Column("area", phrase("head_area")),
        Column("mobilised", phrase("head_mobilised"), "mark"),
        Column("share", phrase("head_share"), "share"),
        Column("count", phrase("head_count"), "count"),
        Column("day", phrase("head_day"), "day"),
        Column("target", phrase("head_target"), "count"),
        *_COLUMNS,
        Column("week", _period_heading(evidence), "signed"),
        Column("change", phrase("head_change"), "signed"),
        Column("trend", phrase("trend_head"), "trend"),
        chance,
        Column("median", phrase("head_median"), "day"),
    )
    return Table(
        "areas",
        phrase("table_areas"),
        phrase("table_areas_note"),
        "standing.parquet, completion.csv",
        shown_as,
        tuple((*row[:-3], row[-2] if over else row[-3], row[-1]) for row in rows),
        strong=len(rows) - 1,
    )


def top_frame(evidence: Evidence) -> pd.DataFrame:
    """Return `area_frame` of the level below the top: areas of one level, or the parents of several."""
    workspace = evidence.workspace
    frame = area_frame(evidence)
    return frame[frame.index.isin(workspace.campaign.tree(workspace.today).tops)]


def tables_below(evidence: Evidence) -> list[Table]:
    """Return counts of the areas below each other one, that one's last: what tells one from the others."""
    names, frame = area_names(evidence), area_frame(evidence)
    tree = evidence.workspace.campaign.tree(evidence.workspace.today)
    shown_as = columns("area count week:signed=increase change:signed")
    found = []
    for parent in sorted(tree.children, key=lambda code: tree.level[code]):
        codes = [code for code in (*tree.children[parent], parent) if code in frame.index]
        rows = tuple(
            (names[code], *(as_float(frame.loc[code, one.source]) for one in shown_as[1:])) for code in codes
        )
        found.append(table("areas", "standing.parquet", shown_as, rows, strong=len(rows) - 1))
    return found


def is_over(evidence: Evidence) -> bool:
    """Whether the deadline has passed or the target is reached: there is no chance left to speak of."""
    return evidence.standing.phase in ("after_deadline", "reached")


def _period_heading(evidence: Evidence) -> Text:
    """Head the column of increases with the days they are of."""
    first = (pd.Timestamp(evidence.standing.total["increase_from"]) + pd.Timedelta(days=1)).date()
    last = evidence.standing.common_day
    return Text(
        {
            language: wording.format(
                first=words.short_day(first, language), last=words.short_day(last, language)
            )
            for language, wording in phrase("head_week").items()
        }
    )


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
        below = totals(evidence.panel[evidence.panel["area"].isin(tree.leaves_of(parent))])
        below = below[(below["date"] > since) & (below["days"] > 0)]
        trends[parent] = tuple((below["new"] / below["days"]).astype(float))
    frame["trend"] = pd.Series(trends, dtype=object)
    for name, column in (("expected", "p50"), ("expected_low", "p10"), ("expected_high", "p90")):
        frame[name] = expected_shares(evidence)[column]
    ranked = ranks(frame["share"], evidence)
    frame["rank"], frame["moved"] = ranked["rank"], ranked["rank_before"] - ranked["rank"]
    return frame.rename_axis("area").sort_values(["share", "area"], na_position="first")


_TREND_DAYS = 42
_AHEAD = ("expected", "expected_low", "expected_high", "pace_ratio", "rank", "moved")
_COLUMNS = columns(
    "expected:share expected_low:share>p10 expected_high:share>p90 ratio:rate rank:count moved:signed"
)


def _area_row(name: str, row: "pd.Series[Any]", mobilised: bool) -> tuple[Cell, ...]:
    """Lay out an area: its chance of meeting the deadline and its share on it stand side by side."""
    return (
        name,
        mobilised,
        *(as_float(row[key]) for key in ("share", "count")),
        as_day(row["day"]),
        *(as_float(row[key]) for key in ("target", *_AHEAD, "increase", "change")),
        row["trend"] if isinstance(row["trend"], tuple) else None,
        as_float(row["probability"]),
        as_float(row["deadline_count"] / row["target"]) if row["target"] > 0 else None,
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
    completion, course = numbers["completion"], evidence.totals
    ahead = numbers.by_key.get("at_deadline_share")
    ends = (ahead.value, ahead.low, ahead.high) if ahead else (None, None, None)
    recent = course[course["days"] > 0]
    recent = recent[recent["date"] > course["date"].max() - pd.Timedelta(days=_TREND_DAYS)]
    return (
        phrase("word_all_areas"),
        False,
        *(numbers.amount(key) for key in ("share", "total")),
        evidence.standing.common_day,
        numbers.amount("target"),
        *ends,
        numbers.amount("pace_ratio"),
        *(None, None),  # all together have no rank
        *(numbers.amount(key) for key in ("week", "change")),
        tuple((recent["new"] / recent["days"]).astype(float)),
        numbers.amount("probability"),
        numbers.amount("deadline_share"),
        completion_day(completion.value, completion.horizon, numbers.amount("share")),
    )


def risk_table(evidence: Evidence) -> Table:
    """Which areas are expected to lack most on the deadline; once it is over, which lack most now."""
    names, frame, over = area_names(evidence), area_frame(evidence), is_over(evidence)
    leaves = evidence.workspace.campaign.tree(evidence.workspace.today).leaves
    rows = evidence.completion[evidence.completion["location"].isin(leaves)].set_index("location")
    lack = frame["missing"] if over else rows["expected_shortfall"]
    order = lack.loc[rows.index].sort_values(ascending=False, kind="stable").index
    cells: list[tuple[Cell, ...]] = []
    for code in order:
        row, stands = rows.loc[code], frame.loc[code]
        days = (
            completion_day(row[name], row["horizon_end"], stands["share"])
            for name in ("date_p10", "date_p50", "date_p90")
        )
        chance = () if over else (as_float(row["probability_by_deadline"]),)
        needed = () if over else (as_float(stands["pace_needed"]),)
        cells.append((names[code], as_float(lack[code]), *needed, as_float(stands["pace"]), *chance, *days))
    shown_as = (
        Column("area", phrase("head_area")),
        Column("missing", phrase("head_missing"), "count")
        if over
        else Column("shortfall", phrase("head_shortfall"), "estimate"),
        *(() if over else (Column("pace_needed", phrase("head_pace_needed"), "count"),)),
        Column("pace", phrase("head_pace"), "count"),
        *(() if over else (Column("probability", phrase("head_probability"), "probability"),)),
        Column("early", phrase("head_early"), "day"),
        Column("median", phrase("head_median"), "day"),
        Column("late", phrase("head_late"), "day"),
    )
    title, note = (phrase(f"table_{'left' if over else 'risk'}{part}") for part in ("", "_note"))
    return Table("risk", title, note, "completion.csv, standing.parquet", shown_as, tuple(cells))


def push_table(evidence: Evidence) -> Table:
    """List every push by the last day: which area, from when to when, how, and who says so."""
    campaign, names = evidence.workspace.campaign, area_names(evidence)
    known = [one for one in campaign.mobilisations if one.first_day <= evidence.workspace.last_day]
    rows: list[tuple[Cell, ...]] = [
        (
            names.get(one.area, one.area),
            one.first_day,
            one.last_day,
            campaign.word_of(one.kind),
            one.note,
            one.source,
        )
        for one in sorted(known, key=lambda one: (one.first_day, one.area))
    ]
    shown_as = (
        Column("area", phrase("head_area")),
        Column("first", phrase("head_extra_low"), "day"),
        Column("last", phrase("head_extra_high"), "day"),
        Column("kind", phrase("head_metric")),
        Column("note", phrase("head_detail")),
        Column("source", phrase("head_source"), "address"),
    )
    source = "mobilisations.csv"
    return Table("pushes", phrase("pushed_lead"), phrase("table_pushes_note"), source, shown_as, tuple(rows))
