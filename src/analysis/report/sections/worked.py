"""Whether mobilising worked: both groups, every estimate, what chance would give, what would overturn it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import partial
from typing import Any

from analysis import say
from analysis.campaign import Text
from analysis.report.areas import area_names
from analysis.report.curves import rates_of
from analysis.report.document import Block, Caution, Grid, Paragraph, Picture, Row
from analysis.report.figures.effect import chance, groups
from analysis.report.sections.material import Material
from analysis.report.sections.outlook import record
from analysis.report.suppress import small_groups
from analysis.report.words import found, sentences
from analysis.report.words.voice import LISTED, Voice

_FEW = ("one_area", "one_other", "two_areas")  # reasons that are no check's: so few areas can show no more
_CHECKS = 5  # rows in the text, those that do not hold first; all of them are in the workbook


def worked(material: Material) -> Iterator[Block | Row]:
    """Say what was found beside the first screen, and show both groups."""
    workspace = material.evidence.workspace
    verdict = material.evidence.verdict
    if not any(one.first_day <= workspace.last_day for one in workspace.campaign.mobilisations):
        for line in found.registered_words(material, verdict, area_names(material.evidence)):
            yield Paragraph(line)
        return
    said: list[Block] = [*_firm(material), *_who(material)]
    if verdict.get("compared"):  # of what kind a comparison is, where there is one
        said.append(Caution(found.caution_words(material, verdict)))
    shown = tuple(_groups(material))
    yield from (Row(tuple(said), shown),) if shown else said


def reviewers(material: Material) -> Iterator[Block | Row]:
    """Give what an analyst would doubt it with: reasons, chance, checks, estimates, earlier forecasts."""
    tables, chances = material.tables, tuple(_chance(material))
    yield from dict.fromkeys(_found(material))  # two windows may have one doubt
    checks = (Grid(tables["sensitivity"], most=_CHECKS),) if tables["sensitivity"].rows else ()
    if checks and chances:
        yield Row(checks, chances)
    else:
        yield from (*checks, *chances)
    if tables["design"].rows:
        yield Grid(tables["design"])
    if len(tables["waves"].rows) > 1:
        yield Grid(tables["waves"])
    if tables["gains"].rows:
        yield Grid(tables["gains"], most=LISTED)
    yield from record(material)
    for key in ("effects", "scores"):
        if tables[key].rows:
            yield Grid(tables[key], most=_CHECKS)


def _firm(material: Material) -> Iterator[Block]:
    """Say how firm the finding is in a line: what chance alone would give, and whether checks overturn it."""
    verdict = material.evidence.verdict
    if "draws" in material.numbers:
        yield Paragraph(material.say("chance_finding"))
    if not material.strength.endswith(("gain", "loss")):
        return  # what cannot be told has no number here either
    reasons = verdict.get("reasons", ())
    few = [one for one in reasons if one["code"] in _FEW]
    yield from _reasons(material, {"reasons": few}, area_names(material.evidence))
    if len(few) < len(reasons):
        yield Paragraph(material.say("doubts_line", number=len(reasons) - len(few)))
    elif not reasons:
        yield Paragraph(_holds(material))
    if any(one.get("together") for one in verdict.get("windows", ())):
        yield Paragraph(material.say("together_line"))
    for key in ("extra_day", "extra"):
        if key != material.leading and sentences.bounded(material.numbers, key):
            window = found.window_words(material, key)
            yield Paragraph(material.say("effect_plain", window=window, extra=material.number(key)))
    if gone := found.gone_words(material, verdict, material.evidence.lasting):
        yield Paragraph(gone)


def _holds(material: Material) -> str:
    """Say what the finding stands in; where the table of checks is of the week, what they say of that too."""
    rows = material.evidence.sensitivity
    weakened = rows.loc[rows["holds"].astype(str) == "False", "check"].nunique() if len(rows) else 0
    if material.leading == "extra" or not weakened:
        return material.say("holds_all")
    windows = [found.window_words(material, key) for key in (material.leading, "extra")]
    return material.say("holds_own", window=windows[0], other=windows[1], number=weakened)


def _found(material: Material) -> Iterator[Block]:
    """Say the leading effect, what speaks against it, and what else was estimated."""
    verdict, evidence = material.evidence.verdict, material.evidence
    own = evidence.workspace.campaign.words.items()
    names = {**{code: said(material.language) for code, said in own}, **area_names(evidence)}
    if material.numbers.amount("mobilised") == 0:
        return
    if material.estimated:
        said = sentences.effect_words(material, material.leading)
        yield Paragraph(said, lead=f"{material.say(material.strength)}.")
    yield from _reasons(material, verdict, names, verdict.get("windows", ()))
    for one in verdict.get("windows", ()):
        if one["last_day"] != verdict.get("last_day"):
            yield from _other_window(material, one, names)
    for line in filter(None, (found.told_words(material, verdict), found.beside_words(material, verdict))):
        yield Paragraph(line)
    unit = evidence.workspace.campaign.unit(material.language)
    more = found.more_words(material, verdict, evidence.waves, evidence.lasting, unit)
    for line in (*found.registered_words(material, verdict, names), *more):
        yield Paragraph(line)


def _reasons(
    voice: Voice, one: Mapping[str, Any], names: Mapping[str, str], windows: Sequence[Mapping[str, Any]] = ()
) -> Iterator[Block]:
    said = found.reasons_words(voice, one, names)
    if said:
        yield Paragraph(voice.say("reasons_line", reasons=voice.clauses(said)))
    own = next((it for it in windows if it["last_day"] == one.get("last_day")), one)
    if dispelled := found.dispelled_words(voice, own, names):
        yield Paragraph(dispelled)


def _other_window(material: Material, one: Mapping[str, Any], names: Mapping[str, str]) -> Iterator[Block]:
    """Say the other effect that the summary holds, with a strength and reasons of its own."""
    numbers = material.numbers
    keys = [key for key in ("extra_day", "extra") if key != material.leading and key in numbers]
    key = next((key for key in keys if numbers.amount(f"{key}_last_day") == one["last_day"]), None)
    if key is None or not sentences.bounded(numbers, key):
        return
    lead = material.say(found.strength(one, numbers.amount(f"{key}_p")))
    yield Paragraph(sentences.effect_words(material, key), lead=f"{lead}.")
    yield from _reasons(material, one, names)


def _who(material: Material) -> Iterator[Block]:
    """Say who mobilised when and how, of those compared; and who was not compared, with the reason."""
    evidence, verdict = material.evidence, material.evidence.verdict
    campaign, last = evidence.workspace.campaign, evidence.workspace.last_day
    known = [one for one in campaign.mobilisations if one.first_day <= last]
    names, tree = area_names(evidence), campaign.tree(last)
    today = evidence.workspace.today
    compared = set(verdict.get("compared", ())) or {one.area for one in campaign.pushes_on(today)}
    waves: dict[tuple[date, date, str], set[str]] = {}
    elsewhere = set[str]()
    for one in known:
        became = campaign.became(one.area, one.first_day, today)
        if any(compared & {*tree.leaves_of(code), code, *tree.above(code)} for code in (one.area, *became)):
            when = (one.first_day, one.last_day or date.max, one.kind)
            waves.setdefault(when, set()).add(_named(material, one.area, became, names))
        else:
            elsewhere.update(became)
    said = [_wave(material, *when[:2], campaign.word_of(when[2]), waves[when]) for when in sorted(waves)]
    elsewhere -= {one["area"] for one in verdict.get("not_compared", ())}
    if said and elsewhere and len(material.tables["waves"].rows) > 1:
        said.append(material.say("pushed_others", number=len(elsewhere)))
    if said and not material.numbers.amount("mobilised"):
        said.append(material.say("pushed_not_yet"))
    if said:
        if verdict.get("within"):
            said.append(material.say("wholes_line", within=int(verdict["within"])))
        yield Paragraph(" ".join(said), lead=f"{material.say('pushed_lead')}.")
    for line in found.not_compared_words(material, verdict, names):
        yield Paragraph(line)


def _named(voice: Voice, code: str, became: Sequence[str], names: Mapping[str, str]) -> str:
    """Name an area that had a push, with what it is today where that is another."""
    name = names.get(code, code)
    if became == (code,):
        return name
    return voice.say("now_another", name=name, now=voice.few([names.get(one, one) for one in became]))


def _wave(voice: Voice, first: date, until: date, kind: Text | str, names: set[str]) -> str:
    """Say who had a push on a day, or from one to another; one that goes on has no last day."""
    key = "pushed_on" if first == until else "pushed_since" if until == date.max else "pushed_from_to"
    since, last = say.days_from_to(first, until, voice.language)
    return voice.say(
        key,
        kind=kind if isinstance(kind, str) else kind(voice.language),
        first=since if key == "pushed_from_to" else say.day(first, voice.language),
        last=last,
        names=voice.few(sorted(names)),
    )


def _groups(material: Material) -> Iterator[Block]:
    """Draw both groups day by day, where there are rates, and no public form gives small counts away."""
    evidence = material.evidence
    campaign = evidence.workspace.campaign
    first_push = evidence.push_day
    if first_push is None:  # none of an area that is counted
        return
    if material.public and small_groups(evidence.panel, campaign.public_threshold):
        yield Paragraph(material.say("hidden_figure"))
        return
    rates = rates_of(evidence, first_push)
    if rates[["mobilised", "others"]].isna().all(axis=None):
        return
    told = _told(evidence.verdict)
    draw = partial(groups, rates, first_push, material.language, told=told, finding=_beside(material))
    alone = material.say("groups_alone") if rates["others"].isna().all() else ""
    how, alt = alone or material.say("groups_caption"), alone or material.say("groups_alt")
    yield Picture("groups", draw, how, alt, rates)


def _told(verdict: Mapping[str, Any]) -> date | None:
    """Return the day on which the others were told to do the same; ``None`` where they were not."""
    if verdict.get("told_day") is None or verdict.get("push_day") is None:
        return None
    return date.fromisoformat(verdict["push_day"]) + timedelta(days=int(verdict["told_day"]))


def _beside(material: Material) -> str:
    """Say the finding, and both groups' rates on the day where days were counted."""
    verdict, rates = material.say(material.strength), ("push_rate_mobilised", "push_rate_others")
    if all(rate in material.numbers and material.numbers[rate].known for rate in rates):
        return material.say("groups_finding", verdict=verdict)
    return verdict


def _chance(material: Material) -> Iterator[Block]:
    """Show what every other choice of areas would have given, where the comparison wrote it."""
    draws = material.evidence.permutation
    if "draws" in material.numbers:
        chosen = draws[draws["estimator"] == "headline"]
        draw = partial(chance, chosen, material.language, finding=material.say("chance_caption"))
        yield Picture("chance", draw, material.say("chance_how"), material.say("chance_alt"), chosen)
