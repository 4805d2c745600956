"""Whether the deadline will be met: fan, day of completion, who lacks most, what a push would change."""

from collections.abc import Iterator
from datetime import date
from functools import partial

from analysis import say
from analysis.inert import inert
from analysis.report.curves import completion_curve, fan_curve
from analysis.report.document import Block, Caution, Grid, Paragraph, Picture, Row
from analysis.report.figures.course import completion, course
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
            events=_events(material),
            finding=voice.say("course_finding", verdict=voice.say(material.outcome)),
        ),
        voice.say("course_caption", day=say.day(evidence.standing.common_day, language)),
        voice.say("course_alt", completion_words=sentences.completion_words(voice)),
    )


def _events(material: Material) -> list[tuple[date, str]]:
    """List what a reader of the course should know of, as far as it was known."""
    campaign, last = material.evidence.workspace.campaign, material.evidence.workspace.last_day
    return [
        (one.date, f"{say.day(one.date, material.language)}: {inert(one.name(material.language))}")
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
