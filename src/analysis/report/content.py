"""What the report says, in the order an official reads it."""

import math
from collections.abc import Iterator, Mapping

from analysis.inert import inert
from analysis.report import words
from analysis.report.document import Answer, Document, Gauge, Section
from analysis.report.evidence import Evidence
from analysis.report.numbers import Number, Numbers
from analysis.report.proposals import proposals
from analysis.report.sections import grounds, outlook, standing, worked
from analysis.report.sections.material import Material
from analysis.report.table import Table
from analysis.report.words import Language, found, sentences
from analysis.report.words.voice import Voice

_SECTIONS = (
    ("areas", standing.areas),
    ("worked", worked.worked),
    ("make_it", outlook.make_it),
    ("published", grounds.published),
    ("data", grounds.data),
    ("method", grounds.method),
)


def compose(
    evidence: Evidence,
    numbers: Numbers,
    tables: Mapping[str, Table],
    language: Language,
    *,
    public: bool = False,
) -> Document:
    """Compose the report in one language from the same numbers and tables as every other form."""
    material = Material(Voice(language, numbers), evidence, tables, public)
    voice, workspace = material.voice, evidence.workspace
    simulated = workspace.campaign.simulated
    return Document(
        language=language,
        title=inert(workspace.campaign.name(language)),
        kicker=voice.say("weekly_report", **words.week_words(workspace.last_day, language)),
        as_of=voice.say(
            "as_of", instant=words.instant(workspace.as_of, language), zone=workspace.campaign.timezone
        ),
        data_mark=voice.say("simulated_mark" if simulated else "real_mark"),
        banner=voice.say("simulated_banner") if simulated else "",
        answers=tuple(_answers(material)),
        points=tuple(dict.fromkeys(_points(material))),
        proposals=proposals(material),
        sections=tuple(
            Section(key, voice.say(f"section_{key}"), tuple(blocks(material))) for key, blocks in _SECTIONS
        ),
    )


def headline(evidence: Evidence, numbers: Numbers, language: Language) -> list[str]:
    """Say the first screen in a few lines of plain text."""
    material = Material(Voice(language, numbers), evidence, {})
    verdicts = [
        f"{one.question} {one.verdict} ({f'{one.figure} {one.of_what}'.strip()})."
        for one in _answers(material)
    ]
    lines = list(dict.fromkeys([*verdicts, *_points(material)]))
    if evidence.workspace.campaign.simulated:
        lines.insert(0, material.voice.say("simulated_banner"))
    return lines


def _answers(material: Material) -> Iterator[Answer]:
    """Answer the three questions of the first screen."""
    yield _where_answer(material)
    yield _make_it_answer(material)
    yield _worked_answer(material)


def _where_answer(material: Material) -> Answer:
    """Say how far the drive is, and how far the forecast sees it at the deadline."""
    voice, numbers = material.voice, material.numbers
    share, ahead = numbers.amount("share"), numbers.by_key.get("at_deadline_share")
    missing = not numbers.amount("missing") <= 0  # unknown, or hidden, is not reached
    gauge = Gauge(_part(share))
    legend = []
    if ahead is not None and missing:
        low, point, high = (
            _part(one) if isinstance(one, float) else None for one in (ahead.low, ahead.value, ahead.high)
        )
        gauge = Gauge(_part(share), low, point, high)
        legend = [voice.say("key_now"), voice.say("key_expected")]
    return Answer(
        "where",
        voice.say("ask_where"),
        voice.say("missing_verdict" if missing else "met"),
        numbers["share"].text(voice.language),
        voice.say("where_small"),
        gauge,
        tuple(legend),
    )


def _make_it_answer(material: Material) -> Answer:
    voice, numbers = material.voice, material.numbers
    return Answer(
        "make_it",
        voice.say("ask_make_it"),
        voice.say(sentences.likelihood(numbers)),
        numbers["probability"].text(voice.language),
        voice.say("make_it_small"),
        Gauge(_part(numbers.amount("probability"))),
    )


def _worked_answer(material: Material) -> Answer:
    """Lead with the estimate where the evidence allows one, and with the whole interval where it does not."""
    voice, numbers = material.voice, material.numbers
    verdict = material.strength
    question, said = voice.say("ask_worked"), voice.say(verdict)
    key = material.leading
    if key not in numbers or not numbers[key].known:
        return Answer("worked", question, said, "–", "")
    extra, figure, of_what = voice.number(key), numbers[key].text(voice.language), "worked_small"
    if not sentences.bounded(numbers, key):
        of_what = "worked_small_open"
    elif verdict in ("cannot_tell", "too_few"):
        figure, of_what = voice.say("worked_interval", extra=extra), "worked_small_interval"
    compared = voice.say("extra_areas_one" if numbers.amount(f"{key}_areas") == 1 else "extra_areas_many")
    window = found.window_words(voice, key)
    small = voice.say(of_what, window=window, extra_areas_words=compared, extra=extra)
    gauge = _interval_gauge(numbers[key])
    legend = (voice.say("key_zero"),) if gauge else ()
    return Answer("worked", question, said, figure, small, gauge, legend)


def _interval_gauge(extra: Number) -> Gauge | None:
    """Lay an interval and its zero out on one scale; nothing where an end is missing."""
    if not (
        isinstance(extra.low, float) and isinstance(extra.high, float) and isinstance(extra.value, float)
    ):
        return None
    left, right = min(extra.low, 0.0), max(extra.high, 0.0)
    if right <= left:
        return None
    margin = 0.06 * (right - left)
    left, right = left - margin, right + margin
    low, point, high, zero = (
        (one - left) / (right - left) for one in (extra.low, extra.value, extra.high, 0.0)
    )
    return Gauge(0.0, low, point, high, zero)


def _part(share: float) -> float:
    return 0.0 if math.isnan(share) else min(max(share, 0.0), 1.0)


def _points(material: Material) -> Iterator[str]:
    """Say the main points: count, pace, completion, effect, data."""
    voice = material.voice
    yield sentences.where_line(voice)
    yield sentences.pace_words(voice)
    yield sentences.completion_words(voice)
    yield sentences.effect_words(voice, material.leading)
    yield sentences.data_words(voice, material.absent)
