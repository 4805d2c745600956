"""What the report says, in the order an official reads it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pandas as pd

from analysis.report import words
from analysis.report.areas import area_names, mobilised_codes
from analysis.report.curves import completion_curve, fan_curve
from analysis.report.document import (
    Answer,
    Block,
    Caution,
    Document,
    Grid,
    Links,
    Paragraph,
    Picture,
    Section,
)
from analysis.report.evidence import Evidence
from analysis.report.figures.course import completion, course
from analysis.report.figures.groups import chance, group_rates, groups
from analysis.report.figures.tiles import NAMED_COLUMNS, columns_of, tiles
from analysis.report.numbers import Numbers
from analysis.report.summary import main_effect
from analysis.report.table import Table
from analysis.report.words import Language, sentences
from analysis.report.words.inert import inert
from analysis.report.words.phrases import phrases
from analysis.report.words.voice import Voice

_DOCS = "../../../docs"  # from a report's folder to the project's documentation
_AREA_COLUMNS = ("area", "mobilised", "share", "count", "target", "week", "trend", "median")
_EFFECT_COLUMNS = (
    "estimator", "window", "extra", "extra_low", "extra_high", "estimate", "unit", "p_value", "p_min",
)  # fmt: skip
_FEW = 10
_SHOWN = 20  # rows of a long table in the text; all of them are in the workbook


@dataclass(frozen=True)
class Material:
    """What every section draws on."""

    voice: Voice
    evidence: Evidence
    tables: Mapping[str, Table]

    @property
    def numbers(self) -> Numbers:
        """The numbers of the report."""
        return self.voice.numbers

    @property
    def language(self) -> Language:
        """The language of the report."""
        return self.voice.language

    @property
    def window(self) -> str:
        """The window of the main estimate, as effects.csv names it; empty where there is none."""
        rows = main_effect(self.evidence.effects)
        return "" if rows.empty else str(rows.iloc[0]["window"])

    @property
    def strength(self) -> str:
        """The phrase for the evidence on mobilising, by the comparison's finding where it gave one."""
        return sentences.strength(self.numbers, self.evidence.verdict.get("finding", ""))


def compose(
    evidence: Evidence, numbers: Numbers, tables: Mapping[str, Table], language: Language
) -> Document:
    """Compose the report in one language from the same numbers and tables as every other form."""
    material = Material(Voice(language, numbers), evidence, tables)
    voice, workspace = material.voice, evidence.workspace
    simulated = workspace.campaign.simulated
    return Document(
        language=language,
        title=inert(getattr(workspace.campaign.name, language)),
        kicker=voice.say("weekly_report", week=words.week_label(workspace.last_day)),
        as_of=voice.say(
            "as_of", instant=words.instant(workspace.as_of, language), zone=workspace.campaign.timezone
        ),
        data_mark=voice.say("simulated_mark" if simulated else "real_mark"),
        banner=voice.say("simulated_banner") if simulated else "",
        progress=numbers.amount("share"),
        answers=tuple(_answers(material)),
        points=tuple(dict.fromkeys(_points(material))),
        sections=tuple(_sections(material)),
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
    voice, numbers = material.voice, material.numbers
    missing = numbers.amount("missing") > 0
    yield Answer(
        "where",
        voice.say("ask_where"),
        voice.say("missing_verdict" if missing else "met"),
        numbers["share"].text(voice.language),
        voice.say("where_small"),
    )
    yield Answer(
        "make_it",
        voice.say("ask_make_it"),
        voice.say(sentences.likelihood(numbers)),
        numbers["probability"].text(voice.language),
        voice.say("make_it_small"),
    )
    yield _worked_answer(material)


def _worked_answer(material: Material) -> Answer:
    """Lead with the estimate where the evidence allows one, and with the whole interval where it does not."""
    voice, numbers = material.voice, material.numbers
    verdict = material.strength
    known = "extra" in numbers and numbers["extra"].known
    if not known:
        figure, of_what = "–", ""
    elif not sentences.bounded(numbers, "extra"):
        figure, of_what = numbers["extra"].text(voice.language), "worked_small_open"
    elif verdict in ("cannot_tell", "too_few"):
        figure, of_what = voice.say("worked_interval"), "worked_small_interval"
    else:
        figure, of_what = numbers["extra"].text(voice.language), "worked_small"
    window = sentences.window_words(voice, material.window)
    if not of_what:
        return Answer("worked", voice.say("ask_worked"), voice.say(verdict), figure, "")
    compared = voice.say("extra_areas_one" if numbers.amount("extra_areas") == 1 else "extra_areas_many")
    said = voice.say(of_what, window=window, extra_areas_words=compared)
    return Answer("worked", voice.say("ask_worked"), voice.say(verdict), figure, said)


def _points(material: Material) -> Iterator[str]:
    """Say the main points: count, pace, completion, effect, data."""
    voice = material.voice
    yield sentences.where_line(voice)
    yield sentences.pace_words(voice)
    yield sentences.completion_words(voice)
    yield sentences.effect_words(voice, material.window)
    yield sentences.data_words(voice, _absent(material.evidence))


def _absent(evidence: Evidence) -> list[str]:
    names = area_names(evidence)
    today = evidence.panel[evidence.panel["date"] == pd.Timestamp(evidence.workspace.last_day)]
    return [names[code] for code in today.loc[today["cumulative"].isna(), "area"] if code in names]


def _sections(material: Material) -> Iterator[Section]:
    for key, blocks in (
        ("areas", _areas),
        ("worked", _worked),
        ("make_it", _make_it),
        ("published", _published),
        ("data", _data),
        ("method", _method),
    ):
        made = tuple(blocks(material))
        pair = key == "areas" and not any(isinstance(one, Picture) and one.wide for one in made)
        yield Section(key, material.voice.say(f"section_{key}"), made, pair)


def _areas(material: Material) -> Iterator[Block]:
    voice, evidence, table = material.voice, material.evidence, material.tables["areas"]
    workspace, names = evidence.workspace, area_names(evidence)
    by_name = dict(zip(table.column("area"), table.column("share"), strict=True))
    shares = {code: share for code, name in names.items() if isinstance(share := by_name[name], float)}
    places = [area for area in workspace.campaign.areas if area.code in names]
    if shares and any(area.tile_row is not None for area in places):
        worst, best = (choose(shares, key=lambda code: shares[code]) for choose in (min, max))
        yield Picture(
            "tiles",
            tiles(places, shares, mobilised_codes(evidence), voice.language),
            voice.say("tiles_caption", day=words.day(workspace.last_day, voice.language)),
            voice.say(
                "tiles_alt",
                best=names[best],
                best_share=words.percent(shares[best], voice.language),
                worst=names[worst],
                worst_share=words.percent(shares[worst], voice.language),
            ),
            wide=columns_of(places) > NAMED_COLUMNS,
        )
    yield Grid(table, columns=_AREA_COLUMNS)


def _worked(material: Material) -> Iterator[Block]:
    voice, numbers, evidence = material.voice, material.numbers, material.evidence
    yield Paragraph(sentences.effect_words(voice, material.window), lead=f"{voice.say(material.strength)}.")
    if voice.language in evidence.verdict:
        yield Paragraph(inert(evidence.verdict[voice.language]))
    known = [one for one in evidence.workspace.campaign.mobilisations
             if one.first_day <= evidence.workspace.last_day]  # fmt: skip
    if not known:
        return
    names = area_names(evidence)
    kinds = [phrases().get(f"kind_{kind}") for kind in sorted({one.kind for one in known})]
    yield Paragraph(
        voice.say(
            "who_mobilised",
            names=", ".join(sorted({names.get(one.area, one.area) for one in known})),
            kinds=", ".join(getattr(kind, voice.language) for kind in kinds if kind),
        )
    )
    if sentences.bounded(numbers, "extra_day"):
        yield Paragraph(voice.say("effect_day_line"))
    first_push = min(one.first_day for one in known)
    rates = group_rates(evidence.panel, first_push)
    yield Picture(
        "groups",
        groups(rates, first_push, voice.language),
        voice.say("groups_caption"),
        voice.say("groups_alt"),
    )
    yield from _chance(material)
    yield Grid(material.tables["effects"], columns=_EFFECT_COLUMNS)
    if material.tables["sensitivity"].rows:
        yield Grid(material.tables["sensitivity"])
    yield Caution(voice.say("caution_observational"))


def _chance(material: Material) -> Iterator[Block]:
    """Show what every other choice of areas would have given, where the comparison wrote it."""
    draws, voice = material.evidence.permutation, material.voice
    if draws.empty or "extra_p" not in material.numbers:
        return
    chosen = draws[(draws["estimator"] == "headline") & (draws["window"] == material.window)]
    if len(chosen) and chosen["observed"].any():
        yield Picture(
            "chance", chance(chosen, voice.language), voice.say("chance_caption"), voice.say("chance_alt")
        )


def _make_it(material: Material) -> Iterator[Block]:
    voice, numbers, evidence = material.voice, material.numbers, material.evidence
    said = sentences.completion_words(voice)
    yield Paragraph(
        f"{sentences.pace_words(voice)} {said}", lead=f"{voice.say(sentences.likelihood(numbers))}."
    )
    if numbers["extra_for_half"].known and numbers.amount("extra_for_half") > 0:
        yield Paragraph(voice.say("half_line"))
    deadline, language = evidence.target.deadline, voice.language
    unit = getattr(evidence.workspace.campaign.unit, language)
    yield Picture(
        "course",
        course(evidence.totals, fan_curve(evidence), numbers.amount("target"), deadline, unit, language),
        voice.say("course_caption", day=words.day(evidence.workspace.last_day, language)),
        voice.say("course_alt", completion_words=said),
    )
    curve = completion_curve(evidence)
    if not curve.empty:
        yield Picture(
            "completion",
            completion(curve, deadline, language),
            voice.say("dates_caption"),
            voice.say("dates_alt", completion_words=said),
        )
    yield Paragraph(voice.say("risk_text"))
    yield Grid(material.tables["risk"], most=_SHOWN)
    if material.tables["scenarios"].rows:
        yield Grid(material.tables["scenarios"], most=_SHOWN)
    if "last_week_said" in numbers:
        yield Paragraph(sentences.last_week_words(voice))
        yield Grid(material.tables["last_week"], most=_SHOWN)
    yield Grid(material.tables["scores"])


def _published(material: Material) -> Iterator[Block]:
    voice, table = material.voice, material.tables["published"]
    simulated = material.evidence.workspace.campaign.simulated
    yield Paragraph(voice.say("published_intro" if simulated else "published_intro_real"))
    if not table.rows:
        yield Paragraph(voice.say("published_none"))
        return
    if "published_pace" in material.numbers:
        yield Paragraph(voice.say("published_needed"))
    if "published_rate_rest" in material.numbers:
        yield Paragraph(f"{voice.say('published_push')} {voice.say('published_caveat')}")
    yield Grid(table, most=_SHOWN)


def _data(material: Material) -> Iterator[Block]:
    voice = material.voice
    yield Paragraph(sentences.data_words(voice, _absent(material.evidence), most=60))
    for key in ("held", "findings", "revisions"):
        if material.tables[key].rows:
            yield Grid(material.tables[key], most=_FEW)
        else:
            yield Paragraph(voice.say(f"no_{key}"))
    yield Grid(material.tables["reports"], most=_SHOWN)


def _method(material: Material) -> Iterator[Block]:
    voice, workspace = material.voice, material.evidence.workspace
    yield Paragraph(voice.say("method_text"))
    for assumption in workspace.campaign.assumptions:
        text = f"{getattr(assumption.text, voice.language)} {getattr(assumption.impact, voice.language)}"
        yield Paragraph(text, lead=voice.say("assumptions_lead"))
    methods = ("compare", "forecast", "report")
    yield Links(
        voice.say("method_links"), tuple((f"{name}.md", f"{_DOCS}/methods/{name}.md") for name in methods)
    )
    yield Paragraph(voice.say("trace_text"))
    command = f"analysis verify reports/{workspace.campaign.code}/{workspace.label}"
    yield Paragraph(voice.say("provenance_text", command=command))
    yield Grid(material.tables["artifacts"])
