"""What the report says, in the order an official reads it."""

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from analysis.report import words
from analysis.report.document import (
    Answer,
    Block,
    Caution,
    Document,
    Grid,
    Paragraph,
    Picture,
    Section,
)
from analysis.report.evidence import TOTAL, Evidence
from analysis.report.figures.course import completion, course
from analysis.report.figures.groups import group_rates, groups
from analysis.report.figures.tiles import tiles
from analysis.report.numbers import Numbers
from analysis.report.summary import main_effects
from analysis.report.tables import Table
from analysis.report.words import Language, sentences
from analysis.report.words.voice import Voice


def compose(
    evidence: Evidence, numbers: Numbers, tables: Mapping[str, Table], language: Language
) -> Document:
    """Compose the report in one language from the same numbers and tables as every other form."""
    voice = Voice(language, numbers)
    workspace = evidence.workspace
    simulated = workspace.campaign.simulated
    return Document(
        language=language,
        title=getattr(workspace.campaign.name, language),
        kicker=voice.say("weekly_report", week=words.week_label(workspace.last_day)),
        as_of=voice.say(
            "as_of", instant=words.instant(workspace.as_of, language), zone=workspace.campaign.timezone
        ),
        data_mark=voice.say("simulated_mark" if simulated else "real_mark"),
        banner=voice.say("simulated_banner") if simulated else "",
        data_line=voice.say("data_line"),
        progress=numbers.amount("share"),
        answers=tuple(answers(voice, evidence)),
        sections=tuple(_sections(voice, evidence, tables)),
    )


def headline(evidence: Evidence, numbers: Numbers, language: Language) -> list[str]:
    """Say the first screen in a few lines of plain text."""
    voice = Voice(language, numbers)
    lines = [f"{one.question} {one.verdict}. {' '.join(one.lines)}" for one in answers(voice, evidence)]
    return [voice.say("simulated_banner"), *lines] if evidence.workspace.campaign.simulated else lines


def answers(voice: Voice, evidence: Evidence) -> Iterator[Answer]:
    """Answer the three questions of the first screen."""
    numbers = voice.numbers
    yield Answer(
        "where",
        voice.say("ask_where"),
        voice.say("share_verdict"),
        voice.say("where_big"),
        voice.say("where_small"),
        (sentences.where_line(voice),),
    )
    yield Answer(
        "make_it",
        voice.say("ask_make_it"),
        voice.say(sentences.likelihood(numbers)),
        numbers["probability"].text(voice.language),
        voice.say("make_it_small"),
        (sentences.pace_words(voice), sentences.completion_words(voice)),
    )
    rows = main_effects(evidence.effects)
    known = "extra" in numbers and numbers["extra"].known and not rows.empty
    window = sentences.window_words(voice, str(rows.iloc[-1]["window"])) if known else ""
    yield Answer(
        "worked",
        voice.say("ask_worked"),
        voice.say(sentences.strength(numbers)),
        voice.say("extra_big") if known else "–",
        voice.say("worked_small", window=window) if known else "",
        (sentences.effect_words(voice),),
    )


def _sections(voice: Voice, evidence: Evidence, tables: Mapping[str, Table]) -> Iterator[Section]:
    yield Section("areas", voice.say("section_areas"), tuple(_areas(voice, evidence, tables["areas"])))
    yield Section("worked", voice.say("section_worked"), tuple(_worked(voice, evidence, tables)))
    yield Section("make_it", voice.say("section_make_it"), tuple(_make_it(voice, evidence, tables)))
    yield Section("data", voice.say("section_data"), tuple(_data(voice, tables)))
    yield Section("method", voice.say("section_method"), tuple(_method(voice, evidence)))


def _areas(voice: Voice, evidence: Evidence, table: Table) -> Iterator[Block]:
    workspace = evidence.workspace
    areas = [area for area in workspace.campaign.areas if area.valid_on(workspace.last_day)]
    by_name = dict(zip(table.column("area"), table.column("share"), strict=True))
    shares = {area.code: float(by_name[area.name] or "nan") for area in areas}  # type: ignore[arg-type]
    pushed = {one.area for one in workspace.campaign.mobilisations if one.first_day <= workspace.last_day}
    ranked = sorted((share, code) for code, share in shares.items() if share == share)
    if ranked and any(area.tile_row is not None for area in areas):
        names = {area.code: area.name for area in areas}
        ends = {
            key: value
            for at, name in ((-1, "best"), (0, "worst"))
            for key, value in (
                (name, names[ranked[at][1]]),
                (f"{name}_share", words.percent(ranked[at][0], voice.language)),
            )
        }
        yield Picture(
            "tiles",
            tiles(areas, shares, pushed, voice.language),
            voice.say("tiles_caption", day=words.day(workspace.last_day, voice.language)),
            voice.say("tiles_alt", **ends),
        )
    yield Grid(table)


def _worked(voice: Voice, evidence: Evidence, tables: Mapping[str, Table]) -> Iterator[Block]:
    numbers = voice.numbers
    yield Paragraph(sentences.effect_words(voice), lead=voice.say(sentences.strength(numbers)) + ".")
    first_push = numbers["first_push"].value
    if first_push is None or isinstance(first_push, float):
        return
    rates = group_rates(evidence.panel, first_push)
    on_day = rates[rates["date"] == pd.Timestamp(first_push)]
    said = {
        word: words.decimal(float(on_day[column].iloc[0]) if len(on_day) else None, voice.language, 1)
        for word, column in (("treated", "mobilised"), ("others", "others"))
    }
    yield Picture(
        "groups",
        groups(rates, first_push, voice.language),
        voice.say("groups_caption"),
        voice.say("groups_alt", **said),
    )
    yield Grid(tables["effects"])
    yield Caution(voice.say("observational"))


def _make_it(voice: Voice, evidence: Evidence, tables: Mapping[str, Table]) -> Iterator[Block]:
    numbers = voice.numbers
    yield Paragraph(
        f"{sentences.pace_words(voice)} {sentences.completion_words(voice)}",
        lead=voice.say(sentences.likelihood(numbers)) + ".",
    )
    deadline = evidence.target.deadline
    said = sentences.completion_words(voice)
    unit = getattr(evidence.workspace.campaign.unit, voice.language)
    yield Picture(
        "course",
        course(evidence.totals, fan_of(evidence), numbers.amount("target"), deadline, unit, voice.language),
        voice.say("course_caption", day=words.day(evidence.workspace.last_day, voice.language)),
        voice.say("course_alt", completion_words=said),
    )
    cdf = completion_of(evidence)
    if not cdf.empty:
        yield Picture(
            "completion",
            completion(cdf, deadline, voice.language),
            voice.say("dates_caption"),
            voice.say("dates_alt", completion_words=said),
        )
    yield Grid(tables["scores"])


def _data(voice: Voice, tables: Mapping[str, Table]) -> Iterator[Block]:
    yield Paragraph(voice.say("data_line"))
    for key in ("held", "findings"):
        if tables[key].rows:
            yield Grid(tables[key], most=20)
    yield Grid(tables["reports"])


def _method(voice: Voice, evidence: Evidence) -> Iterator[Block]:
    yield Paragraph(voice.say("method_text"))
    for assumption in evidence.workspace.campaign.assumptions:
        yield Paragraph(
            f"{getattr(assumption.text, voice.language)} {getattr(assumption.impact, voice.language)}"
        )
    yield Paragraph(voice.say("provenance_text"))


def completion_of(evidence: Evidence) -> pd.DataFrame:
    """Probability of completion by day for all areas together: ``date``, ``value``."""
    rows = evidence.forecasts
    rows = rows[(rows["location"] == TOTAL) & (rows["output_type"] == "cdf")]
    return pd.DataFrame(
        {"date": pd.to_datetime(rows["output_type_id"]), "value": rows["value"].astype(float)}
    ).reset_index(drop=True)


_QUANTILES = {"p2.5": 0.025, "p10": 0.1, "p25": 0.25, "p50": 0.5, "p75": 0.75, "p90": 0.9, "p97.5": 0.975}


def fan_of(evidence: Evidence) -> pd.DataFrame:
    """Quantiles of the cumulative count of all areas together, daily where the forecast wrote them so."""
    if not evidence.fan.empty:
        rows = evidence.fan[evidence.fan["location"] == TOTAL]
        return rows.assign(date=pd.to_datetime(rows["date"]))[["date", *_QUANTILES]]
    eligible = float(evidence.totals["eligible"].iloc[-1])
    rows = evidence.forecasts
    rows = rows[(rows["location"] == TOTAL) & (rows["output_type"] == "quantile")]
    level = rows["output_type_id"].astype(float)
    data: dict[str, Any] = {}
    for name, wanted in _QUANTILES.items():
        chosen = rows[(level - wanted).abs() < 1e-9].sort_values("target_end_date")
        data["date"] = pd.to_datetime(chosen["target_end_date"]).to_numpy()
        data[name] = chosen["value"].to_numpy() * eligible
    return pd.DataFrame(data)
