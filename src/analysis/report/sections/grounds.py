"""What the report rests on: published figures alone, the state of the data, method and provenance."""

from collections.abc import Iterator
from functools import partial

import pandas as pd

from analysis import say
from analysis.report.areas import area_names
from analysis.report.document import Block, Grid, Paragraph, Picture, Row
from analysis.report.figures.effect import push_day
from analysis.report.sections.material import Material
from analysis.report.words import sentences

_TERMS, _COMPARED = ("median", "range", "pace"), ("interval", "without", "choices")
"""The terms that remain in the text, each explained where the method is; and those of a comparison."""
_FEW = 5  # rows of a long table in the text; all of them are in the workbook


def published(material: Material) -> Iterator[Block | Row]:
    """Say what follows from the published figures without any tally."""
    table = material.tables["published"]
    if not table.rows:
        return
    simulated = material.evidence.workspace.campaign.simulated
    yield Paragraph(material.say("published_intro" if simulated else "published_intro_real"))
    said: list[Block] = []
    if "published_pace" in material.numbers:
        line = material.say("published_needed")
        printed = material.say("printed_differs") if "published_printed" in material.numbers else ""
        said.append(Paragraph(f"{line} {printed}".strip()))
    if "published_rate_rest" in material.numbers:
        times = ("published_times",) if "published_ratio" in material.numbers else ()
        lines = (material.say(one) for one in ("published_push", *times, "published_caveat"))
        said.append(Paragraph(" ".join(lines)))
    picture = _push_day(material)
    if picture:
        yield Row(tuple(said), (picture,))
    else:
        yield from said
    yield Grid(table, most=_FEW)


def _push_day(material: Material) -> Picture | None:
    """Draw the day of the push as it was printed beside the pace needed; nothing where not printed."""
    numbers = material.numbers
    if "published_day_rest" not in numbers or "published_pace" not in numbers:
        return None
    drawn = {key: numbers[f"published_day_{key}"] for key in ("pushed", "rest")}
    return Picture(
        "published",
        partial(push_day, numbers, material.language, finding=material.say("published_finding")),
        material.say("published_caption"),
        material.say("published_push"),
        pd.DataFrame([{"group": key, "low": one.low, "high": one.high} for key, one in drawn.items()]),
    )


def data(material: Material) -> Iterator[Block | Row]:
    """Say who reported, what is held, what was corrected, what the checks saw."""
    tables = material.tables
    if len(material.absent) > sentences.NAMED:  # the first screen names the first few
        yield Paragraph(material.say("not_reported", names=material.absentees()))
    workspace = material.evidence.workspace
    for area in workspace.campaign.areas:
        if area.divided_into and area.valid_to is not None and area.valid_to < workspace.last_day:
            names, last = area_names(material.evidence), say.day(area.valid_to, material.language)
            parts = material.few([names[code] for code in area.divided_into])
            yield Paragraph(material.say("divided_line", name=names[area.code], last=last, parts=parts))
    for key, column in (("no_target", "target"), ("no_eligible", "eligible")):
        if outside := material.without(column):
            yield Paragraph(material.say(key, names=material.few(outside)))
    if tables["events"].rows:
        yield Grid(tables["events"])
    for key in () if material.public else ("held", "findings", "revisions"):
        if tables[key].rows:
            yield Grid(tables[key], most=_FEW)
        else:
            yield Paragraph(material.say(f"no_{key}"))


def method(material: Material) -> Iterator[Block | Row]:
    """Say how it was done, where it comes from, and what its words mean."""
    workspace = material.evidence.workspace
    assumptions = [
        Paragraph(
            f"{one.text(material.language)} {one.impact(material.language)}",
            lead=material.say("assumptions_lead"),
        )
        for one in workspace.campaign.assumptions
    ]
    instant = say.instant(workspace.as_of, material.language)
    said = (
        *(Paragraph(material.say(key)) for key in ("method_text", "trace_text")),
        Paragraph(material.say("provenance_text", instant=instant)),
    )
    explained = _TERMS + _COMPARED * material.pushed
    terms = (
        Paragraph(
            material.say(f"means_{one}"),
            lead=say.headed(material.say(f"term_{one}"), "", material.language).strip(),
        )
        for one in explained
    )
    yield Row((*said, *assumptions), tuple(terms))
