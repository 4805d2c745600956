"""What the published figures alone can tell: no tally is used, no figure says more than its qualifier."""

from collections.abc import Iterable
from datetime import date

from analysis.campaign import TOTAL, Campaign, PublishedFigure, Target, Text
from analysis.published import Bounds, computed_share, printed_otherwise, push_day
from analysis.report.areas import table_from
from analysis.report.evidence import Evidence
from analysis.report.numbers import Number
from analysis.report.table import Table
from analysis.report.words.phrases import phrase, source_words

_SOURCE = "published.csv"


def published_numbers(campaign: Campaign, target: Target | None, day: date) -> list[Number]:
    """Compute what follows from the figures printed by ``day``: the pace needed, and the day of a push."""
    known = [figure for figure in campaign.published if figure.date <= day]
    needed, push = _needed(campaign, target, known) if target else [], _push_day(campaign, day)
    if not needed or not push:
        return [*needed, *push]
    pace, total = float(needed[-1].value or 0), push[0]  # type: ignore[arg-type]
    ratio = float(total.value or 0) / pace  # type: ignore[arg-type]
    return [*needed, *push, Number("published_ratio", ratio, "ratio", total.source, None, total.day, pace)]


def _needed(campaign: Campaign, target: Target, known: Iterable[PublishedFigure]) -> list[Number]:
    """From the last published cumulative count: how many a day the target has needed since."""
    counts = [one for one in known if one.area == TOTAL and one.metric == campaign.measure]
    counts = [one for one in counts if one.date < target.deadline]
    if not counts:
        return []
    last = max(counts, key=lambda one: one.date)
    days, day = float((target.deadline - last.date).days), last.date
    goal = float(campaign.target_count(target))
    source, of = f"{_SOURCE}, {last.metric} of {last.date}: {last.source}", phrase("of_target")
    printed = []
    if printed_otherwise(last) and last.printed_percent is not None:  # not what its own numerator gives
        there = last.printed_percent / 100
        printed = [Number("published_printed", there, "share", source, None, day, last.denominator, of)]
    return [
        *printed,
        Number("published_count", last.value, "count", source, campaign.unit, day),
        Number("published_share", last.value / goal, "share", source, None, day, goal, of),
        Number("published_days", days, "count", source, phrase("days"), day),
        Number("published_pace", (goal - last.value) / days, "count", source, campaign.unit, day),
    ]


def _push_day(campaign: Campaign, until: date) -> list[Number]:
    """Give the bounds of a day printed for all areas and some of them, in counts and per 1,000 residents."""
    found = push_day(campaign, until)
    if found is None or found.pushed.high is None or found.rest.high is None:
        return []
    whole = found.whole
    source = f"{_SOURCE}, {whole.metric} of {whole.date}: {whole.source}"
    per, day = phrase("per_thousand_residents"), whole.date

    def bounded(key: str, one: Bounds, unit: Text, people: float | None = None) -> Number:
        kind = "count" if people is None else "ratio"
        meaning = None if people is None else phrase("residents")
        return Number(key, one.low, kind, source, unit, day, people, meaning, one.low, one.high, 1.0)  # type: ignore[arg-type]

    named, others = found.named_people, found.other_people
    return [
        bounded("published_day_total", found.total, campaign.unit),
        bounded("published_day_pushed", found.pushed, campaign.unit),
        bounded("published_day_rest", found.rest, campaign.unit),
        bounded("published_rate_pushed", found.pushed.per_thousand(named), per, named),
        bounded("published_rate_rest", found.rest.per_thousand(others), per, others),
        Number("published_areas", float(len(found.parts)), "count", source, phrase("areas"), day),
    ]


def published_table(evidence: Evidence) -> Table:
    """List every figure of this campaign printed by then, newest first, with its qualifier and source."""
    campaign, day = evidence.workspace.campaign, evidence.workspace.last_day
    known = sorted(
        (one for one in campaign.published if one.area is not None and one.date <= day),
        key=lambda one: (-one.date.toordinal(), one.metric, one.place),
    )
    return table_from(
        evidence,
        "published",
        ({**vars(one), "place": one.place, "share": computed_share(one)} for one in known),
        printed=lambda row: None if row["printed_percent"] is None else row["printed_percent"] / 100,
        source=lambda row: source_words(row["source"]),
    )
