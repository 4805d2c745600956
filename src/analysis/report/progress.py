"""Numbers of where the drive stands, as the report says them: read from the standing, each with its day."""

import pandas as pd

from analysis.report.cells import as_day, as_float
from analysis.report.evidence import Evidence
from analysis.report.numbers import Number
from analysis.report.words.phrases import phrase

_SOURCE = "standing.parquet, location total"


def progress(evidence: Evidence) -> list[Number]:
    """Return count, share, increase, change, pace and what it takes, of all areas together."""
    total = evidence.standing.total
    return [*_counts(evidence, total), *_period(evidence, total), *_ahead(evidence, total)]


def _counts(evidence: Evidence, total: "pd.Series") -> list[Number]:
    campaign, day = evidence.workspace.campaign, evidence.standing.common_day
    goal, eligible = as_float(total["target"]), as_float(total["eligible"])
    older = as_float(total["older_count"]), as_day(total["older_day"])
    of_target, areas = phrase("of_target"), phrase("areas")
    share, of_people = as_float(total["share"]), as_float(total["share_of_eligible"])
    facts = "campaign.toml, targets in force"
    untargeted = as_float(total["count"] - total["counted_to_target"])
    return [
        Number("total", as_float(total["count"]), "count", _SOURCE, campaign.unit, day),
        Number("older", older[0], "count", _SOURCE, campaign.unit, older[1]),
        Number("older_areas", float(total["older_areas"]), "count", _SOURCE, areas, older[1] or day),
        Number("untargeted", untargeted or None, "count", _SOURCE, campaign.unit, day),
        Number("target", goal, "count", facts, campaign.unit, evidence.target.deadline),
        Number("share", share, "share", _SOURCE, None, day, goal, of_target),
        Number("eligible", eligible, "count", "areas.csv, eligible", campaign.people, day),
        Number("share_of_eligible", of_people, "share", _SOURCE, None, day, eligible, campaign.people),
        Number("missing", as_float(total["missing"]), "count", _SOURCE, campaign.unit, day),
        Number("known_until", evidence.standing.known_until, "day", _SOURCE, day=evidence.workspace.last_day),
        Number("reached_on", as_day(total["reached_on"]), "day", _SOURCE, day=day),
    ]


def _period(evidence: Evidence, total: "pd.Series") -> list[Number]:
    """Return the increase of the newest period, and the change on the one before over the same areas."""
    unit, day, areas = evidence.workspace.campaign.unit, as_day(total["increase_to"]), phrase("areas")

    def some(key: str, column: str) -> Number:
        return Number(key, float(total[column]), "count", _SOURCE, areas, day)

    def change(key: str, column: str) -> Number:
        return Number(key, as_float(total[column]), "signed_share", _SOURCE, None, day)

    return [
        Number("week", as_float(total["increase"]), "signed", _SOURCE, unit, day),
        Number("week_days", float(total["increase_days"]), "count", _SOURCE, phrase("days"), day),
        some("week_areas", "areas_compared"),
        Number("change", as_float(total["change"]), "signed", _SOURCE, unit, day),
        change("change_share", "change_share"),
        some("change_areas", "change_areas"),
        some("pushed_areas", "pushed_areas"),
        change("unpushed_change", "unpushed_change_share"),
        some("unpushed_areas", "unpushed_areas"),
        some("unpushed_up", "unpushed_up"),
        Number("pace", as_float(total["pace"]), "count", _SOURCE, unit, day),
    ]


def _ahead(evidence: Evidence, total: "pd.Series") -> list[Number]:
    """Return what is left to the deadline, or what was reached on it."""
    unit, day = evidence.workspace.campaign.unit, evidence.standing.common_day
    deadline = evidence.target.deadline
    by_deadline, of_day = as_float(total["deadline_count"]), as_day(total["deadline_day"])
    goal = as_float(total["target"])
    share = by_deadline / goal if by_deadline is not None and goal else None
    return [
        Number(
            "deadline", deadline, "day", "campaign.toml, targets in force", day=evidence.target.known_from
        ),
        Number("days_left", float(max((deadline - day).days, 0)), "count", _SOURCE, phrase("days"), day),
        Number("pace_needed", as_float(total["pace_needed"]), "count", _SOURCE, unit, day),
        Number("pace_ratio", as_float(total["pace_ratio"]), "ratio", _SOURCE, None, day),
        Number("deadline_count", by_deadline, "count", _SOURCE, unit, of_day),
        Number("deadline_share", share, "share", _SOURCE, None, of_day, goal, phrase("of_target")),
    ]
