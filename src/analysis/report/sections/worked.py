"""Whether mobilising worked: both groups, every estimate, what chance would give, what would overturn it."""

from collections.abc import Iterator
from datetime import date

from analysis.report import words
from analysis.report.areas import area_names
from analysis.report.document import Block, Caution, Grid, Paragraph, Picture, Row
from analysis.report.figures.groups import chance, group_rates, groups
from analysis.report.sections.material import Material
from analysis.report.suppress import small_groups
from analysis.report.words import sentences
from analysis.report.words.phrases import phrases

_EFFECTS = (
    "estimator", "window", "extra", "extra_low", "extra_high", "estimate", "unit", "p_value", "p_min",
)  # fmt: skip
_CHECKS = 12  # rows in the text, those that overturn the conclusion first; all of them are in the workbook


def worked(material: Material) -> Iterator[Block | Row]:
    """Say what was found, show both groups, then everything an analyst would doubt it with."""
    workspace = material.evidence.workspace
    if not any(one.first_day <= workspace.last_day for one in workspace.campaign.mobilisations):
        yield from _found(material)
        return
    checks, chances = material.tables["sensitivity"], tuple(_chance(material))
    said = [*_found(material), *_who(material)]
    if checks.rows and material.strength not in ("cannot_tell", "too_few"):
        said.append(Paragraph(_overturned(material)))
    said.append(Caution(material.voice.say("caution_observational")))
    yield Row(tuple(said), tuple(_groups(material)))
    if checks.rows and chances:
        yield Row((Grid(checks, most=_CHECKS),), chances)
    else:
        yield from (*([Grid(checks, most=_CHECKS)] if checks.rows else []), *chances)
    yield Grid(material.tables["effects"], columns=_EFFECTS)


def _found(material: Material) -> Iterator[Block]:
    voice = material.voice
    yield Paragraph(sentences.effect_words(voice, material.window), lead=f"{voice.say(material.strength)}.")


def _who(material: Material) -> Iterator[Block]:
    """Name the areas that mobilised and how, and what the day itself brought."""
    voice, evidence = material.voice, material.evidence
    if sentences.bounded(material.numbers, "extra_day"):
        yield Paragraph(voice.say("effect_day_line"))
    names, last = area_names(evidence), evidence.workspace.last_day
    campaign, said = evidence.workspace.campaign, []
    waves = sorted({(one.first_day, one.last_day or date.max, one.kind) for one in campaign.mobilisations})
    for first, until, kind in waves:
        if first > last:
            continue
        wave = [one for one in campaign.mobilisations if one.first_day == first and one.kind == kind]
        pushed = sorted(
            {names.get(one.area, one.area) for one in wave if (one.last_day or date.max) == until}
        )
        word = campaign.word_of(kind)
        key = "pushed_on" if first == until else "pushed_since" if until == date.max else "pushed_from_to"
        said.append(
            voice.say(
                key,
                kind=word if isinstance(word, str) else word(voice.language),
                first=words.day(first, voice.language),
                last=words.day(until, voice.language),
                names=", ".join(pushed),
            )
        )
    yield Paragraph(" ".join(said), lead=voice.say("pushed_lead"))


def _groups(material: Material) -> Iterator[Block]:
    """Draw both groups day by day, unless a public form would give small counts away."""
    voice, evidence = material.voice, material.evidence
    campaign = evidence.workspace.campaign
    first_push = min(
        one.first_day for one in campaign.mobilisations if one.first_day <= evidence.workspace.last_day
    )
    if material.public and small_groups(evidence.panel, campaign.public_threshold):
        yield Paragraph(voice.say("hidden_figure"))
        return
    rates = group_rates(evidence.panel, first_push)
    yield Picture(
        "groups",
        groups(rates, first_push, voice.language),
        voice.say("groups_caption"),
        voice.say("groups_alt"),
    )


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


def _overturned(material: Material) -> str:
    """Name the checks in which the conclusion does not stand."""
    voice, table = material.voice, material.tables["sensitivity"]
    no = phrases()["holds_false"]
    written = table.written(voice.language)
    at = [column.key for column in table.columns].index("detail")
    failed = [
        row[0] if row[at] == "–" else f"{row[0]} ({row[at]})"
        for row, holds in zip(written, table.column("holds"), strict=True)
        if holds == no
    ]
    return voice.say("overturned", checks="; ".join(failed)) if failed else voice.say("holds_all")
