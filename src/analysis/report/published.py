"""What the published figures alone can tell: no tally is used, no figure says more than its qualifier."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from analysis.campaign import Campaign, PublishedFigure, Target, Text
from analysis.report.numbers import Number
from analysis.report.table import Cell, Table, columns, table
from analysis.report.words.phrases import phrase

TOTAL = "total"
_SOURCE = "published.csv"


@dataclass(frozen=True)
class Bounds:
    """Between which whole numbers a printed figure lies; ``high`` is ``None`` where nothing bounds it."""

    low: float
    high: float | None


def bounds_of(figure: PublishedFigure, step: float) -> Bounds:
    """Bound a figure by its qualifier, in steps of ``step``: *more than 12,600* is up to 12,699.

    A figure that is *about* a number lies within half a step of it, one that is *almost* it less than a step
    below.
    """
    match figure.qualifier:
        case "exact":
            return Bounds(figure.value, figure.value)
        case "at_least":
            return Bounds(figure.value, figure.value + step - 1)
        case "at_most":
            return Bounds(figure.value - step + 1, figure.value)
        case "almost":
            return Bounds(figure.value - step, figure.value)
        case "about":
            return Bounds(figure.value - step / 2, figure.value + step / 2)
        case _:
            return Bounds(0.0, None)


def rounding_of(figures: Iterable[PublishedFigure]) -> float:
    """Return the worth of the smallest place that is not zero in any of them: 100 for 12,600 and 3,000."""
    values = [figure.value for figure in figures if figure.value]
    step = 1.0
    while values and all(value % (10 * step) == 0 for value in values):
        step *= 10
    return step


def published_numbers(campaign: Campaign, target: Target, day: date) -> list[Number]:
    """Compute what follows from the figures printed by ``day``: the pace needed, and the day of a push."""
    known = [figure for figure in campaign.published if figure.date <= day]
    needed, push = _needed(campaign, target, known), _push_day(campaign, known)
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
    days = (target.deadline - last.date).days
    goal = campaign.target_count(target)
    source = f"{_SOURCE}, {last.metric} of {last.date}: {last.source}"
    return [
        Number("published_count", last.value, "count", source, campaign.unit, last.date),
        Number(
            "published_share",
            last.value / goal,
            "share",
            source,
            None,
            last.date,
            float(goal),
            phrase("of_target"),
        ),
        Number("published_days", float(days), "count", source, phrase("days"), last.date),
        Number("published_pace", (goal - last.value) / days, "count", source, campaign.unit, last.date),
    ]


def _push_day(campaign: Campaign, known: Sequence[PublishedFigure]) -> list[Number]:
    """Bound those areas and the rest on a day printed for both, in counts and per 1,000 residents."""
    on_day = [one for one in known if one.metric == campaign.measure_of_period]
    wholes = [one for one in on_day if one.area == TOTAL]
    if not wholes:
        return []
    whole = max(wholes, key=lambda one: one.date)
    parts = [one for one in on_day if one.date == whole.date and one.area not in (None, TOTAL)]
    people = {area.code: float(area.population or 0) for area in campaign.areas if area.valid_on(whole.date)}
    named = sum(people.get(str(one.area), 0.0) for one in parts)
    others = sum(people.values()) - named
    if not parts or not named or others <= 0:
        return []
    step = rounding_of([whole, *parts])
    pushed = _sum_of(bounds_of(one, step) for one in parts)
    total = bounds_of(whole, step)
    if pushed.high is None or total.high is None:
        return []
    rest = Bounds(max(total.low - pushed.high, 0.0), total.high - pushed.low)
    assert rest.high is not None  # noqa: S101 (both ends were known)
    source = f"{_SOURCE}, {whole.metric} of {whole.date}: {whole.source}"
    unit, day = campaign.unit, whole.date
    per = phrase("per_thousand_residents")

    def bounded(key: str, low: float, high: float, unit: Text, denominator: float | None = None) -> Number:
        kind = "count" if denominator is None else "ratio"
        meaning = None if denominator is None else phrase("residents")
        return Number(key, low, kind, source, unit, day, denominator, meaning, low, high, 1.0)  # type: ignore[arg-type]

    return [
        bounded("published_day_total", total.low, total.high, unit),
        bounded("published_day_pushed", pushed.low, pushed.high, unit),
        bounded("published_day_rest", rest.low, rest.high, unit),
        bounded("published_rate_pushed", 1000 * pushed.low / named, 1000 * pushed.high / named, per, named),
        bounded("published_rate_rest", 1000 * rest.low / others, 1000 * rest.high / others, per, others),
        Number("published_areas", float(len(parts)), "count", source, phrase("areas"), day),
    ]


def _sum_of(bounds: Iterable[Bounds]) -> Bounds:
    pairs = list(bounds)
    highs = [one.high for one in pairs if one.high is not None]
    return Bounds(sum(one.low for one in pairs), sum(highs) if len(highs) == len(pairs) else None)


_COLUMNS = columns(
    "date:day place metric qualifier value:plain unit share:share>of_denominator denominator:count source"
    " address:address"
)


def published_table(campaign: Campaign, day: date) -> Table:
    """List every figure of this campaign printed by ``day``, newest first, with its qualifier and source."""
    known = sorted(
        (one for one in campaign.published if one.area is not None and one.date <= day),
        key=lambda one: (-one.date.toordinal(), one.metric, one.place),
    )
    rows: list[tuple[Cell, ...]] = [
        (
            one.date,
            one.place,
            campaign.word_of(one.metric),
            phrase(f"qualifier_{one.qualifier}"),
            one.value,
            campaign.word_of(one.unit),
            one.value / one.denominator if one.denominator else None,
            one.denominator,
            _short(one.source),
            one.source,
        )
        for one in known
    ]
    return table("published", _SOURCE, _COLUMNS, rows)


def _short(source: str) -> str:
    """Name a source shortly: of an address its site and the number of the article."""
    found = re.match(r"https?://(?:www\.)?([^/]+)/(?:.*?(\d{4,}))?[^/]*$", source)
    return " ".join(part for part in found.groups() if part) if found else source
