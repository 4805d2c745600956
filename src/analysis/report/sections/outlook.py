"""Whether the deadline will be met: fan, day of completion, who lacks most, what a push would change."""

from collections.abc import Iterator
from datetime import date
from functools import partial

from analysis.inert import inert
from analysis.report import words
from analysis.report.curves import completion_curve, fan_curve, late_curve
from analysis.report.document import Block, Caution, Grid, Paragraph, Picture, Row
from analysis.report.figures.course import completion, course
from analysis.report.figures.drift import drift as draw_drift
from analysis.report.sections.material import Material
from analysis.report.words import sentences

_SHOWN = 20  # rows of a long table in the text; all of them are in the workbook


def make_it(material: Material) -> Iterator[Block | Row]:
    """Say what is expected, show it, then what it rests on."""
    tables = material.tables
    yield Row(tuple(_said(material)), (_course(material),))
    dates, plans = tuple(_dates(material)), tables["scenarios"]
    if dates and plans.rows:
        yield Row(dates, (Grid(plans, most=_SHOWN),), wider="right")
    else:
        yield from dates
    if material.phase in ("early", "running"):
        yield Paragraph(material.voice.say("risk_text"))
    if "last_week_said" in material.numbers:
        yield Paragraph(sentences.last_week_words(material.voice))
    yield from _record(material)


def _record(material: Material) -> Iterator[Block | Row]:
    """Say how often published forecasts held, and show how the date they stated moved."""
    voice, table = material.voice, material.tables["record"]
    if not table.rows:
        return
    record, drift = material.evidence.record, material.evidence.drift
    parts = [
        voice.say("record_part", horizon=horizon, held=int(held), of=of)
        for horizon, held, of in record.groupby("horizon")["held"].agg(["sum", "size"]).itertuples()
    ]
    yield Paragraph(voice.say("record_line", parts="; ".join(parts)))
    said = voice.say("drift_line", reports=len(drift))
    picture = Picture(
        "drift",
        partial(draw_drift, drift, material.evidence.target.deadline, voice.language, finding=said),
        voice.say("drift_caption"),
        f"{said} {sentences.completion_words(voice)}",
    )
    yield Row((picture,), (Grid(table, most=_SHOWN),), wider="right")


def _said(material: Material) -> Iterator[Block]:
    voice, numbers = material.voice, material.numbers
    phase = material.phase
    if phase in ("reached", "after_deadline"):
        said = sentences.pace_words(voice, phase)
        yield Paragraph(said if phase == "reached" else f"{said} {sentences.completion_words(voice)}")
        return
    if phase == "early":
        yield Paragraph(voice.say("early_text"), lead=f"{voice.say('too_early')}.")
    elif numbers["probability"].known:
        yield Paragraph(voice.say("make_it_line"), lead=f"{voice.say(sentences.likelihood(numbers))}.")
    if material.silent:
        yield Caution(voice.say("silent_forecast"))
    if "late" in numbers:
        yield Caution(voice.say("late_line"))
    if "at_deadline_share" in numbers:
        yield Paragraph(voice.say("at_deadline_line"))
    if numbers["extra_for_half"].known and numbers.amount("extra_for_half") > 0:
        yield Paragraph(voice.say("half_line"))


def _course(material: Material) -> Picture:
    voice, evidence, language = material.voice, material.evidence, material.language
    unit = evidence.workspace.campaign.unit(language)
    target, deadline = material.numbers.amount("target"), evidence.target.deadline
    return Picture(
        "course",
        partial(
            course,
            evidence.totals,
            fan_curve(evidence),
            target,
            deadline,
            unit,
            language,
            as_of=evidence.workspace.last_day,
            late=late_curve(evidence),
            events=_events(material),
            finding=voice.say("course_finding", verdict=voice.say(material.outcome)),
        ),
        voice.say("course_caption", day=words.day(evidence.standing.common_day, language)),
        voice.say("course_alt", completion_words=sentences.completion_words(voice)),
    )


def _events(material: Material) -> list[tuple[date, str]]:
    """List what a reader of the course should know of, as far as it was known."""
    campaign, last = material.evidence.workspace.campaign, material.evidence.workspace.last_day
    return [
        (one.date, f"{words.day(one.date, material.language)}: {inert(one.name(material.language))}")
        for one in campaign.events
        if one.date <= last
    ]


def _dates(material: Material) -> Iterator[Block]:
    voice, curve = material.voice, completion_curve(material.evidence)
    if not curve.empty:
        yield Picture(
            "completion",
            partial(
                completion,
                curve,
                material.evidence.target.deadline,
                voice.language,
                finding=sentences.completion_words(voice),
            ),
            voice.say("dates_caption"),
            voice.say("dates_alt", completion_words=sentences.completion_words(voice)),
        )
