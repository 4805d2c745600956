"""From the artifacts to the numbers the report leads with; ``summary.json`` is these and nothing else."""

from datetime import date, timedelta
from typing import Any

import pandas as pd

from analysis.campaign import TOTAL, Target
from analysis.errors import InputError
from analysis.report.cells import as_float
from analysis.report.curves import fan_curve, rates_of
from analysis.report.evidence import Evidence
from analysis.report.numbers import Number, Numbers, numbers_of
from analysis.report.published import published_numbers
from analysis.report.words.phrases import phrase
from analysis.standing import as_date

_STANDING = "standing.parquet, location total"
_FACTS = "campaign.toml, targets in force"


def summarise(evidence: Evidence) -> Numbers:
    """Compute every headline number, each with its unit, denominator, day, interval and source."""
    workspace = evidence.workspace
    return Numbers.of(
        *_standing(evidence),
        *(_aimed(evidence, evidence.target) if evidence.target else ()),
        *_outlook(evidence),
        *_last_week(evidence),
        *_mobilising(evidence),
        *published_numbers(workspace.campaign, evidence.target, workspace.last_day),
        *_data(evidence),
    )


def _standing(evidence: Evidence) -> list[Number]:
    """Return count, increase, change and pace."""
    total, campaign = evidence.standing.total, evidence.workspace.campaign
    unit, day, older = campaign.unit, evidence.standing.common_day, as_date(total["older_day"])
    eligible, of_people = as_float(total["eligible"]), as_float(total["share_of_eligible"])
    leaves, areas = evidence.standing.leaves, float(total["areas"])
    unknown = float(leaves["known_until"].isna().sum())
    rated = float(leaves["eligible"][leaves["share_of_eligible"].notna()].sum())
    of_areas = Number("counted_areas", areas - unknown, "count", _STANDING, phrase("areas"), day, areas)
    return [
        *numbers_of(total, "total=count", _STANDING, day, unit),
        *((of_areas,) if unknown else ()),
        *numbers_of(total, "older=older_count", _STANDING, older, unit),
        *numbers_of(total, "older_areas@areas", _STANDING, older or day, unit),
        *numbers_of(total, _PERIOD, _STANDING, as_date(total["increase_to"]), unit),
        Number("eligible", eligible, "count", "areas.csv, eligible", campaign.people, day),
        Number("share_of_eligible", of_people, "share", _STANDING, None, day, rated, campaign.people),
        Number("known_until", evidence.standing.known_until, "day", _STANDING,
               day=evidence.workspace.last_day),
    ]  # fmt: skip


def _aimed(evidence: Evidence, target: Target) -> list[Number]:
    """Return the share of the target, and what it takes or what was reached on the deadline."""
    total, unit, of_target = evidence.standing.total, evidence.workspace.campaign.unit, phrase("of_target")
    day, of_day, goal = (
        evidence.standing.common_day,
        as_date(total["deadline_day"]),
        as_float(total["target"]),
    )
    by_deadline = as_float(total["deadline_count"])
    outside = as_float(total["count"] - total["counted_to_target"])
    reached = by_deadline / goal if by_deadline is not None and goal else None
    days_left = float(max((target.deadline - day).days, 0))
    leaves = evidence.standing.leaves
    own = leaves[leaves["target"] > 0] if (leaves["target"] > 0).any() else leaves
    aimed, known = float(len(own)), float(own["known_until"].notna().sum())
    of_areas = Number("aimed_areas", known, "count", _STANDING, phrase("areas"), day, aimed)
    return [
        *((of_areas,) if known < aimed else ()),
        *numbers_of(total, _TO_GO, _STANDING, day, unit),
        Number("untargeted", outside or None, "count", _STANDING, unit, day),
        Number("target", goal, "count", _FACTS, unit, target.deadline),
        Number("share", as_float(total["share"]), "share", _STANDING, None, day, goal, of_target),
        Number("deadline", target.deadline, "day", _FACTS, day=target.known_from),
        Number("days_left", days_left, "count", _STANDING, phrase("days"), day),
        Number("deadline_count", by_deadline, "count", _STANDING, unit, of_day),
        Number("deadline_share", reached, "share", _STANDING, None, of_day, goal, of_target),
    ]  # fmt: skip


_TO_GO = "missing pace_needed pace_ratio:ratio reached_on:day"
_PERIOD = (
    "week:signed=increase week_days=increase_days@days week_areas=areas_compared@areas change:signed"
    " change_share:signed_share change_areas@areas pushed_areas@areas"
    " unpushed_change:signed_share=unpushed_change_share unpushed_areas@areas unpushed_up@areas pace"
)
"""Of the newest period: its increase, and the change on the one before over the same areas."""


def _outlook(evidence: Evidence) -> list[Number]:
    """Return what the forecast says of all areas together; each is as known until the newest figure."""
    day, unit = evidence.standing.known_until, evidence.workspace.campaign.unit
    if evidence.target is None:
        return _ahead(evidence)
    rows = evidence.completion[evidence.completion["location"] == TOTAL]
    if rows.empty:
        raise InputError(f"{evidence.workspace.processed / 'completion.csv'}: no row for {TOTAL!r}")
    row, source = rows.iloc[0], "completion.csv, location total"
    horizon = as_date(row["horizon_end"])
    low, middle, high = (as_date(row[f"date_{name}"]) for name in ("p10", "p50", "p90"))
    open_yet = evidence.standing.phase in ("early", "running")
    return [
        *numbers_of(row, _CHANCES, source, day, unit),
        *numbers_of(row, "shortfall:estimate=expected_shortfall", source, evidence.deadline, unit),
        *(numbers_of(row, _LATE, source, day, unit) if (as_float(row.get("still_to_come")) or 0) > 0 else []),
        *_said_before(evidence),
        Number("completion", middle, "day", source, day=day, low=low, high=high, level=0.8, horizon=horizon),
        *(_at_deadline(evidence) if open_yet else []),
    ]


_CHANCES = (
    "probability:probability=probability_by_deadline already:probability=probability_already_reached"
    " beyond_horizon:probability=probability_not_within_horizon horizon_end:day"
    " extra_for_half:estimate=extra_a_day_for_half"
)


_AHEAD = timedelta(weeks=4)
_LATE = "late:estimate=still_to_come pace_late:estimate=pace_with_late"


def _ahead(evidence: Evidence) -> list[Number]:
    """Return the count that a campaign without a target is expected to have some weeks on."""
    source, unit = "fan.csv, location total", evidence.workspace.campaign.unit
    fan = fan_curve(evidence)
    rows = fan[fan["date"] <= pd.Timestamp(evidence.standing.known_until + _AHEAD)].tail(1)
    return [
        Number("ahead", middle, "count", source, unit, day.date(), low=low, high=high, level=0.8)
        for day, low, middle, high in rows[["date", "p10", "p50", "p90"]].itertuples(index=False)
    ]


def _said_before(evidence: Evidence) -> list[Number]:
    """Return the completion date that the report before this one stated; nothing where there was none."""
    if len(evidence.drift) < 2:
        return []
    row, source = evidence.drift.iloc[-2], "drift.csv, the report before"
    low, middle, high = (as_date(row[f"date_{name}"]) for name in ("p10", "p50", "p90"))
    day = as_date(str(row["as_of"])[:10])
    if middle is None:
        return []
    return [
        Number("completion_before", middle, "day", source, day=day, low=low, high=high, level=0.8),
        Number("probability_before", as_float(row["probability"]), "probability", source, day=day),
    ]


def _at_deadline(evidence: Evidence) -> list[Number]:
    """Return the share of the target that the forecast sees on the deadline; nothing where it ends before."""
    fan, deadline = fan_curve(evidence), evidence.deadline
    if deadline is None:
        return []
    rows = fan[fan["date"] == pd.Timestamp(deadline)]
    if rows.empty:
        return []
    goal = float(evidence.standing.total["target"])
    low, middle, high = (float(rows.iloc[0][name]) / goal for name in ("p10", "p50", "p90"))
    source, of_target = "fan.csv, location total, on the deadline", phrase("of_target")
    return [
        Number("at_deadline_share", middle, "share", source, None, deadline, goal, of_target, low, high, 0.8)
    ]


def _last_week(evidence: Evidence) -> list[Number]:
    """Return what was said a week ago for the newest day, what came, and how many areas were in range."""
    said = evidence.last_week
    total = said[said["location"] == TOTAL] if len(said) else said
    if total.empty:
        return []
    row, unit, of_areas = total.iloc[0], evidence.workspace.campaign.unit, phrase("areas")
    day, source = as_date(row["target_end_date"]), "last_week.csv, location total"
    areas = said[(said["location"] != TOTAL) & said["actual"].notna()]
    many, inside = float(len(areas)), float(areas["actual"].between(areas["p10"], areas["p90"]).sum())
    median, low, high = (float(row[key]) for key in ("p50", "p10", "p90"))
    return [
        Number("last_week_said", median, "count", source, unit, day, low=low, high=high, level=0.8),
        *numbers_of(row, "last_week_origin:day=origin_date last_week_came=actual", source, day, unit),
        Number("last_week_areas", many, "count", "last_week.csv", of_areas, day),
        Number("last_week_inside", inside, "count", "last_week.csv", of_areas, day, many),
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
    pushed = {one.area for one in campaign.pushes_on(evidence.workspace.today) if one.first_day <= day}
    many, first = float(len(pushed)), evidence.push_day
    numbers = [
        Number("mobilised", many, "count", "mobilisations.csv", phrase("areas"), day),
        Number("first_push", first, "day", "mobilisations.csv", day=day),  # that is compared, if any is
    ]
    if first is not None:
        numbers += _push_rates(evidence, first)
    for key, row in (("extra_day", push_effect(evidence.effects)), ("extra", main_effect(evidence.effects))):
        if not row.empty:
            numbers += _effect(evidence, key, row.iloc[0], first)
    return [*numbers, *_choices(evidence)]


def _choices(evidence: Evidence) -> list[Number]:
    """Count the choices of areas over the push's week, and those that differ as much as the real one."""
    draws, row = evidence.permutation, main_effect(evidence.effects)
    chosen = draws if draws.empty else draws[draws["estimator"] == "headline"]
    if row.empty or chosen.empty or not chosen["observed"].any():
        return []
    source, day, many = "permutation.csv, effects.csv", evidence.standing.known_until, float(len(chosen))
    beyond = float(round(float(row.iloc[0]["p_value"]) * many))
    return [
        Number("draws", many, "count", source, phrase("areas"), day),
        Number("draws_beyond", beyond, "count", source, phrase("areas"), day, many),
    ]


def _push_rates(evidence: Evidence, first_push: date) -> list[Number]:
    """Rate of both groups on the first day of mobilising, per 1,000 people still to go."""
    rates = rates_of(evidence, first_push)
    on_day = rates[rates["date"] == pd.Timestamp(first_push)]
    row: Any = on_day.iloc[0] if len(on_day) else {}
    spec = "push_rate_mobilised:ratio=mobilised@per_thousand push_rate_others:ratio=others@per_thousand"
    unit = evidence.workspace.campaign.unit
    return numbers_of(row, spec, "panel.parquet, new by remaining", first_push, unit)


def _effect(evidence: Evidence, key: str, row: "pd.Series[Any]", push: date | None) -> list[Number]:
    """Return an estimate with its interval, how many days it is over and from when to when."""
    unit, day = evidence.workspace.campaign.unit, evidence.standing.known_until
    source = f"effects.csv, estimator {row['estimator']}, days {row['first_day']} to {row['last_day']}"
    extra, low, high = (as_float(row[f"extra_{name}"]) for name in ("persons", "low", "high"))
    level, days = float(row["level"]), (int(row["first_day"]), int(row["last_day"]))
    ends = [push + timedelta(days=one) if push else None for one in days]
    window = zip(("from", "until"), ends, strict=True)
    return [
        *(Number(f"{key}_{name}", end, "day", source, day=day) for name, end in window),
        Number(f"{key}_days", float(days[1] - days[0] + 1), "count", source, phrase("days"), day),
        Number(key, extra, "estimate", source, unit, day, low=low, high=high, level=level),
        *numbers_of(
            row, f"{key}_areas=n_treated@areas {key}_first_day=first_day@days {key}_last_day=last_day@days"
            f" {key}_p:p_value=p_value {key}_p_min:p_value=p_min", source, day, unit,
        ),
    ]  # fmt: skip


def _data(evidence: Evidence) -> list[Number]:
    workspace = evidence.workspace
    coming = workspace.campaign.next_report(workspace.last_day)
    day, total, unit = evidence.workspace.last_day, evidence.standing.total, evidence.workspace.campaign.unit
    source, many = _STANDING, float(total["areas"])
    warned = float((evidence.findings["severity"] == "warning").sum())
    files, tallies = float(evidence.tallies["file"].nunique()), float(len(evidence.tallies))
    return [
        *numbers_of(total, "areas@areas", source, day, unit),
        Number("reported", as_float(total["areas_on_time"]), "count", source, phrase("areas"), day, many),
        Number("files", files, "count", "tallies.parquet", phrase("files"), day),
        Number("tallies", tallies, "count", "tallies.parquet", phrase("tallies"), day),
        Number("held", float(len(evidence.held)), "count", "held.csv", phrase("cells"), day),
        Number("next_report", coming, "day", "campaign.toml, rhythm and last_day", day=day),
        Number("warnings", warned, "count", "findings.csv, severity warning", phrase("warnings"), day),
    ]
