"""Whether the deadline will be met: fan, day of completion, who lacks most, what a push would change."""

from collections.abc import Iterator
from datetime import date
from functools import partial

from analysis import say
from analysis.inert import inert
from analysis.report.curves import cdf_of, fan_curve, late_curve
from analysis.report.document import Block, Caution, Grid, Paragraph, Picture, Row
from analysis.report.figures.course import completion, course, drift
from analysis.report.sections.material import Material
from analysis.report.words import sentences

_SHOWN = 20  # rows of a long table in the text; all of them are in the workbook


def make_it(material: Material) -> Iterator[Block | Row]:
    """Say what is expected, show it, then what it rests on."""
    tables = material.tables
    dates, plans = tuple(_dates(material)), tables["scenarios"]
    yield from _said(material)
    yield Row((_course(material),), dates) if dates else _course(material)
    if plans.rows:
        yield Grid(plans, most=_SHOWN)


def record(material: Material) -> Iterator[Block | Row]:
    """Say how often published forecasts held, and show how the date they stated moved."""
    table = material.tables["record"]
    if not table.rows:
        return
    kept, stated = material.evidence.record, material.evidence.drift
    parts = [
        material.say("record_part", horizon=horizon, kept=int(held), of=of)
        for horizon, held, of in kept.groupby("horizon")["held"].agg(["sum", "size"]).itertuples()
    ]
    yield Paragraph(material.say("record_line", parts=material.clauses(parts)))
    deadline = material.evidence.deadline
    if deadline is None or stated.empty:
        yield Grid(table, most=_SHOWN)
        return
    said = material.say("drift_line", reports=len(stated))
    draw = partial(drift, stated, deadline, material.language, finding=said)
    alt = f"{said} {sentences.completion_words(material)}"
    picture = Picture("drift", draw, material.say("drift_caption"), alt, stated)
    yield Row((picture,), (Grid(table, most=_SHOWN),), wider="right")


def _said(material: Material) -> Iterator[Block]:
    """Say what the first screen does not: what an even chance would take, and what silence means."""
    numbers = material.numbers
    if material.phase == "early":
        told = numbers["horizon_end"].known
        yield Paragraph(material.say("early_text") if told else sentences.not_forecast_words(material))
    if material.silent:
        yield Caution(material.say("silent_forecast"))
    if "ahead" in numbers:
        yield Paragraph(material.say("ahead_line"))
    if "late" in numbers:
        yield Caution(material.say("late_line"))
    if material.phase in ("early", "running") and numbers.amount("extra_for_half") > 0:
        yield Paragraph(material.say("half_line"))


def _course(material: Material) -> Picture:
    evidence, language = material.evidence, material.language
    unit = evidence.workspace.campaign.unit(language)
    fan = fan_curve(evidence)
    target = material.numbers.amount("target")
    if material.aimed:
        finding = material.say("course_finding", verdict=material.say(material.outcome))
        alt = material.say("course_alt", completion_words=sentences.completion_words(material))
    else:
        finding = material.say("course_finding_open")
        alt = material.say("course_alt_open")
    needed = material.aimed and not evidence.standing.over  # else no pace is needed, and none is drawn
    caption = ("course_counted" if needed else "course_only") if fan.empty else "course_caption"
    events = _events(material)
    last = evidence.workspace.last_day
    told = [material.say(caption, day=say.day(evidence.standing.common_day, language))]
    if evidence.totals.dropna(subset=["cumulative"])["date"].iloc[-1].date() < last:
        told.append(material.say("course_shaded"))
    if events:
        told.append(material.say("course_events", section=material.say("section_data")))
    return Picture(
        "course",
        partial(
            course,
            evidence.totals,
            fan,
            target,
            evidence.deadline,
            unit,
            language,
            as_of=last,
            late=late_curve(evidence),
            events=events,
            finding=finding,
        ),
        " ".join(told),
        alt,
        evidence.totals[["date", "cumulative"]].merge(fan, how="outer"),
    )


def _events(material: Material) -> list[tuple[date, str]]:
    """List what a reader of the course should know of, as far as it was known."""
    campaign, last = material.evidence.workspace.campaign, material.evidence.workspace.last_day
    return [
        (
            one.date,
            say.headed(
                say.day(one.date, material.language), inert(one.name(material.language)), material.language
            ),
        )
        for one in campaign.events
        if one.date <= last
    ]


def _dates(material: Material) -> Iterator[Block]:
    curve = cdf_of(material.evidence.forecasts)
    deadline, chance = material.evidence.deadline, material.numbers.get("probability")
    if deadline is not None and not curve.empty and material.phase != "reached":  # whose card has the day
        caption, expected = material.say("dates_caption"), sentences.completion_words(material)
        known = chance is not None and chance.known
        yield Picture(
            "completion",
            partial(
                completion,
                curve,
                deadline,
                material.language,
                finding=material.say("dates_finding" if known else "dates_over"),
            ),
            caption,
            material.say("dates_alt", completion_words=expected) if known else f"{caption} {expected}",
            curve,
        )
