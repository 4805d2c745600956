"""The sheet of a push that was drawn: what an office has to do, as a page and as a Word document."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from docx import Document as WordDocument

from analysis import say
from analysis.artifacts import replacing
from analysis.campaign import Campaign, Language
from analysis.compare.planning.plan import Plan
from analysis.compare.result import LEVEL
from analysis.inert import inert
from analysis.report.docx import add_table, settled
from analysis.report.pages import rendered
from analysis.report.words.phrases import languages_of, word


@dataclass(frozen=True)
class Part:
    """A heading, lines under it, and a table whose first row is its headings."""

    heading: str
    lines: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...] = ()


def write_plan(plan: Plan, campaign: Campaign, folder: Path, *, draft: bool = False) -> list[Path]:
    """Write ``plan.<lang>.html`` and ``.docx`` in every language; a ``draft`` is not registered."""
    made = []
    for language in languages_of(campaign):
        title, parts = compose_plan(plan, campaign, language, draft=draft)
        page = rendered("plan.html.j2", language, title=title, parts=parts)
        made += [folder / f"plan.{language}.html", folder / f"plan.{language}.docx"]
        with replacing(made[-2]) as new:
            new.write_text(page, encoding="utf-8")
        with replacing(made[-1]) as new:
            new.write_bytes(_word(title, parts))
    return made


def compose_plan(
    plan: Plan, campaign: Campaign, language: Language, *, draft: bool = False
) -> tuple[str, list[Part]]:
    """Put the plan into words: title and parts; a ``draft`` says that nothing is registered."""
    one = plan.registration
    first = date.fromisoformat(one.days[0])
    title = word("plan_title", language, day=say.day(first, language), name=inert(campaign.name(language)))
    promise = word(
        "plan_draft" if draft else "plan_promise", language, seed=str(one.seed), hash=one.hash[:16]
    )
    promised = Part(word("plan_promised", language), (promise,))
    return title, [*_parts(plan, campaign, language), promised]


def as_text(plan: Plan, campaign: Campaign, language: Language) -> str:
    """Write the sheet as plain lines, for whoever reads it before it is written."""
    title, parts = compose_plan(plan, campaign, language, draft=True)
    blocks = [title]
    for part in parts:
        rows = [" · ".join(row) for row in part.rows]
        blocks.append("\n".join([part.heading, *part.lines, *rows]))
    return "\n\n".join(blocks)


def _parts(plan: Plan, campaign: Campaign, language: Language) -> Iterator[Part]:
    one = plan.registration
    names = {area.code: inert(area.name) for area in campaign.areas}
    days = [date.fromisoformat(day) for day in one.days]
    rows = [
        (say.day(day, language), ", ".join(names.get(code, code) for code in sorted(codes)))
        for day, codes in zip(days, one.weeks, strict=True)
    ]
    head = (word("plan_day", language), word("head_areas", language))
    yield Part(word("plan_who", language), (word("plan_drawn", language),), (head, *rows))
    last = days[-1] + timedelta(days=one.window[1])
    often = word("plan_daily" if plan.daily else "plan_periods", language)
    count = word("plan_count", language, unit=inert(campaign.unit(language)), often=often,
                 first=say.day(days[0], language), last=say.day(last, language))  # fmt: skip
    yield Part(word("plan_what", language), (count, word("plan_silence", language)))
    yield Part(word("plan_power", language), tuple(_power(plan, language)), tuple(_table(plan, language)))


def _power(plan: Plan, language: Language) -> Iterator[str]:
    if len(plan.registration.weeks) > 1:
        yield word("plan_stepped", language)
    row = plan.row
    if not row:
        return
    smallest = row["smallest_percent"]
    if math.isnan(smallest):
        key = "plan_blind" if row["p_min"] > 1 - LEVEL else "plan_weak"
        yield word(key, language, p=say.p_value(row["p_min"], language))
        return
    yield word("plan_smallest", language, lift=say.percent(smallest / 100, language, 0))


def _table(plan: Plan, language: Language) -> Iterator[tuple[str, ...]]:
    if not len(plan.power):
        return
    yield tuple(word(f"plan_head_{key}", language) for key in ("areas", "smallest", "20", "50", "100"))
    for row in plan.power.to_dict("records"):
        shares = [row["smallest_percent"] / 100, *(row[f"power_{lift}"] for lift in (20, 50, 100))]
        yield (
            say.count(float(row["areas"]), language),
            *("–" if math.isnan(one) else say.percent(float(one), language, 0) for one in shares),
        )


def _word(title: str, parts: list[Part]) -> bytes:
    document = WordDocument()
    document.add_heading(title, 0)
    for part in parts:
        document.add_heading(part.heading, 1)
        for line in part.lines:
            document.add_paragraph(line)
        if part.rows:
            add_table(document, part.rows)
    return settled(document)
