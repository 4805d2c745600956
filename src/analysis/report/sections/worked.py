"""Whether mobilising worked: both groups, every estimate, what chance would give, what would overturn it."""

from collections.abc import Iterator
from functools import partial

from analysis.report.areas import area_names
from analysis.report.curves import group_rates
from analysis.report.document import Block, Caution, Grid, Paragraph, Picture, Row
from analysis.report.figures.effect import chance, groups
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
    if checks.rows:
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
    campaign, last = evidence.workspace.campaign, evidence.workspace.last_day
    known = [one for one in campaign.mobilisations if one.first_day <= last]
    names = area_names(evidence)
    kinds = [campaign.word_of(kind) for kind in sorted({one.kind for one in known})]
    if sentences.bounded(material.numbers, "extra_day"):
        yield Paragraph(voice.say("effect_day_line"))
    yield Paragraph(
        voice.say(
            "who_mobilised",
            names=", ".join(sorted({names.get(one.area, one.area) for one in known})),
            kinds=", ".join(kind if isinstance(kind, str) else kind(voice.language) for kind in kinds),
        )
    )


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
        partial(
            groups,
            rates,
            first_push,
            voice.language,
            finding=voice.say("groups_finding", verdict=voice.say(material.strength)),
        ),
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
            "chance",
            partial(chance, chosen, voice.language, finding=_as_far(material, len(chosen))),
            voice.say("chance_caption"),
            voice.say("chance_alt"),
        )


def _as_far(material: Material, choices: int) -> str:
    """Say how many of all choices of areas differ as much, the real one counted."""
    beyond = round(material.numbers.amount("extra_p") * choices)
    return material.voice.say("chance_finding", beyond=beyond, choices=choices)


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
