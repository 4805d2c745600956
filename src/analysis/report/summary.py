"""From the artifacts to the numbers the report leads with; ``summary.json`` is these and nothing else."""

from datetime import date
from typing import Any

import pandas as pd

from analysis.campaign import Text
from analysis.errors import InputError
from analysis.report.cells import as_day, as_float
from analysis.report.curves import fan_curve, group_rates
from analysis.report.evidence import TOTAL, Evidence
from analysis.report.numbers import Number, Numbers
from analysis.report.progress import progress
from analysis.report.published import published_numbers
from analysis.report.words.phrases import phrase

_AREAS = phrase("areas")
_DAYS = phrase("days")


def summarise(evidence: Evidence) -> Numbers:
    """Compute every headline number, each with its unit, denominator, day, interval and source."""
    workspace = evidence.workspace
    return Numbers.of(
        *progress(evidence),
        *_outlook(evidence),
        *_last_week(evidence),
        *_mobilising(evidence),
        *published_numbers(workspace.campaign, evidence.target, workspace.last_day),
        *_data(evidence),
    )


def _outlook(evidence: Evidence) -> list[Number]:
    """Return what the forecast says of all areas together; each is as known until the newest figure."""
    day, unit = evidence.standing.known_until, evidence.workspace.campaign.unit
    rows = evidence.completion[evidence.completion["location"] == TOTAL]
    if rows.empty:
        raise InputError(f"{evidence.workspace.processed / 'completion.csv'}: no row for {TOTAL!r}")
    row, source, horizon = rows.iloc[0], "completion.csv, location total", as_day(rows.iloc[0]["horizon_end"])

    def chance(key: str, column: str) -> Number:
        return Number(key, as_float(row.get(column)), "probability", source, None, day)

    def extra(key: str, column: str, when: date) -> Number:
        return Number(key, as_float(row.get(column)), "estimate", source, unit, when)

    low, middle, high = (as_day(row[f"date_{name}"]) for name in ("p10", "p50", "p90"))
    late = (as_float(row.get("still_to_come")) or 0) > 0
    return [
        chance("probability", "probability_by_deadline"),
        chance("already", "probability_already_reached"),
        chance("beyond_horizon", "probability_not_within_horizon"),
        Number("completion", middle, "day", source, day=day, low=low, high=high, level=0.8, horizon=horizon),
        Number("horizon_end", horizon, "day", source, day=day),
        extra("shortfall", "expected_shortfall", evidence.target.deadline),
        extra("extra_for_half", "extra_a_day_for_half", day),
        *([extra("late", "still_to_come", day), extra("pace_late", "pace_with_late", day)] if late else []),
        *(_at_deadline(evidence) if evidence.standing.phase in ("early", "running") else []),
    ]


def _at_deadline(evidence: Evidence) -> list[Number]:
    """Return the share of the target that the forecast sees on the deadline; nothing where it ends before."""
    fan, deadline = fan_curve(evidence), evidence.target.deadline
    rows = fan[fan["date"] == pd.Timestamp(deadline)]
    if rows.empty:
        return []
    goal = float(evidence.workspace.campaign.target_count(evidence.target))
    low, middle, high = (float(rows.iloc[0][name]) / goal for name in ("p10", "p50", "p90"))
    source = "fan.csv, location total, on the deadline"
    return [
        Number(
            "at_deadline_share",
            middle,
            "share",
            source,
            None,
            deadline,
            goal,
            phrase("of_target"),
            low,
            high,
            0.8,
        )
    ]


def _last_week(evidence: Evidence) -> list[Number]:
    """Return what was said a week ago for the newest day, what came, and how many areas were in range."""
    said = evidence.last_week
    total = said[said["location"] == TOTAL] if len(said) else said
    if total.empty:
        return []
    row, unit = total.iloc[0], evidence.workspace.campaign.unit
    day, source = as_day(row["target_end_date"]), "last_week.csv, location total"
    areas = said[(said["location"] != TOTAL) & said["actual"].notna()]
    inside = float(areas["actual"].between(areas["p10"], areas["p90"]).sum())
    median, low, high = (float(row[key]) for key in ("p50", "p10", "p90"))
    return [
        Number("last_week_said", median, "count", source, unit, day, low=low, high=high, level=0.8),
        Number("last_week_origin", as_day(row["origin_date"]), "day", source, day=day),
        Number("last_week_came", float(row["actual"]), "count", source, unit, day),
        Number("last_week_areas", float(len(areas)), "count", "last_week.csv", _AREAS, day),
        Number("last_week_inside", inside, "count", "last_week.csv", _AREAS, day, float(len(areas))),
    ]


def main_effect(effects: pd.DataFrame) -> pd.DataFrame:
    """Return the headline's row on the push's week, else on its shortest window; none without an estimate."""
    rows = effects[effects["estimator"] == "headline"]
    short = rows[rows["last_day"] < 7]
    return short.tail(1) if len(short) else rows.head(1)


def push_effect(effects: pd.DataFrame) -> pd.DataFrame:
    """Return the headline's row on the push's own days; none where that is the main one."""
    first = effects[effects["estimator"] == "headline"].head(1)
    return first[~first.index.isin(main_effect(effects).index)]


def _mobilising(evidence: Evidence) -> list[Number]:
    """Extra accounts on the day, and over the longest window that the tallies cover."""
    campaign, day = evidence.workspace.campaign, evidence.standing.known_until
    known = [one for one in campaign.pushes if one.first_day <= day]
    areas = {one.area for one in known}
    first = min((one.first_day for one in known), default=None)
    numbers = [
        Number("mobilised", float(len(areas)), "count", "mobilisations.csv", _AREAS, day),
        Number("first_push", first, "day", "mobilisations.csv", day=day),
    ]
    if known:
        numbers += _push_rates(evidence, min(one.first_day for one in known))
    headlines = evidence.effects[evidence.effects["estimator"] == "headline"]
    rows = push_effect(headlines), main_effect(headlines)
    for key, row in zip(("extra_day", "extra"), rows, strict=True):
        if not row.empty:
            numbers += _effect(key, row.iloc[0], campaign.unit, day)
    return numbers


def _push_rates(evidence: Evidence, first_push: date) -> list[Number]:
    """Rate of both groups on the first day of mobilising, per 1,000 people still to go."""
    rates = group_rates(evidence.panel, first_push)
    on_day = rates[rates["date"] == pd.Timestamp(first_push)]
    unit = phrase("per_thousand")
    return [
        Number(
            f"push_rate_{group}",
            float(on_day[group].iloc[0]) if len(on_day) else None,
            "ratio",
            "panel.parquet, new by remaining",
            unit,
            first_push,
        )
        for group in ("mobilised", "others")
    ]


def _effect(key: str, row: "pd.Series[Any]", unit: Text, day: date) -> list[Number]:
    source = f"effects.csv, estimator {row['estimator']}, days {row['first_day']} to {row['last_day']}"
    return [
        Number(
            key,
            as_float(row["extra_persons"]),
            "estimate",
            source,
            unit,
            day,
            low=as_float(row["extra_low"]),
            high=as_float(row["extra_high"]),
            level=float(row["level"]),
        ),
        Number(f"{key}_areas", as_float(row["n_treated"]), "count", source, _AREAS, day),
        Number(f"{key}_first_day", as_float(row["first_day"]), "count", source, _DAYS, day),
        Number(f"{key}_last_day", as_float(row["last_day"]), "count", source, _DAYS, day),
        Number(f"{key}_p", as_float(row["p_value"]), "p_value", source, day=day),
        Number(f"{key}_p_min", as_float(row["p_min"]), "p_value", source, day=day),
    ]


def _data(evidence: Evidence) -> list[Number]:
    day, total = evidence.workspace.last_day, evidence.standing.total
    source = "standing.parquet, location total"
    files = evidence.tallies["file"].nunique()
    return [
        Number("areas", float(total["areas"]), "count", source, _AREAS, day),
        Number(
            "reported", float(total["areas_on_time"]), "count", source, _AREAS, day, float(total["areas"])
        ),
        Number("files", float(files), "count", "tallies.parquet", phrase("files"), day),
        Number(
            "tallies",
            float(len(evidence.tallies)),
            "count",
            "tallies.parquet",
            phrase("tallies"),
            day,
        ),
        Number("held", float(len(evidence.held)), "count", "held.csv", phrase("cells"), day),
        Number(
            "warnings",
            float((evidence.findings["severity"] == "warning").sum()),
            "count",
            "findings.csv, severity warning",
            phrase("warnings"),
            day,
        ),
    ]
