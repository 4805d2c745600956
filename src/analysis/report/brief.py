"""The brief: one A4 page, and the same as a picture of 1080 by 1350 that a messenger shows whole."""

import math
from dataclasses import asdict
from typing import Any

from analysis import say
from analysis.report.edition import Edition
from analysis.report.pdf import SAID, compiled
from analysis.report.places.facts import Place
from analysis.report.words.phrases import word

_MOST = 20  # areas on the page, those furthest behind; the report has them all
_MOST_SEEN = 10  # of them in the picture, which a phone shows whole
_LONG = 24  # letters of a name that leave the other columns their room
_PICTURE = 72.0  # pixels an inch, so that a point is a pixel
_COURSE = "course"
_BAR = "brief_bar"
_AIMED = ("head_area", _BAR, "brief_now", "brief_expected", "brief_ratio", "brief_rank")
_OPEN = ("head_area", "head_count", "brief_pace", "brief_period", "brief_change")  # without a target


def paper(edition: Edition) -> bytes:
    """Set the brief as a PDF of one A4 page."""
    return _made(edition)


def picture(edition: Edition) -> bytes:
    """Set the brief as a picture."""
    return _made(edition, _PICTURE)


def _made(edition: Edition, ppi: float | None = None) -> bytes:
    data = _data(edition, picture=ppi is not None)
    drawings = {f"{one.name}.svg": one.narrow_svg for one in edition.document.pictures if one.name == _COURSE}
    return compiled("brief.typ", data, drawings, edition.workspace.as_of, ppi)


def _data(edition: Edition, *, picture: bool) -> dict[str, Any]:
    document, atlas, language = edition.document, edition.atlas, edition.language
    aimed = atlas.evidence.target is not None
    bars, most = aimed and not picture, _MOST_SEEN if picture else _MOST
    course = next((one for one in document.pictures if one.name == _COURSE), None)
    top = [place for code, place in atlas.places.items() if code in atlas.tree.tops]
    behind = sorted(top, key=_behind) if len(top) > 1 else []  # one area is what the cards are about
    return {
        **{name: getattr(document, name) for name in SAID},
        "answers": [asdict(answer) for answer in document.answers],
        "proposals_head": word("proposals", language),
        "course": f"{course.name}.svg" if course else "",
        "course_alt": course.alt if course else "",
        "course_caption": course.caption if course else "",
        "picture": picture,
        "bars": bars,
        "headings": [word(key, language) for key in (_AIMED if aimed else _OPEN) if bars or key != _BAR],
        "rows": [_row(place, edition, aimed=aimed) for place in behind[:most]],
        "rest": word("brief_rest", language) if len(behind) > most else "",
        "foot": " ".join([f"{document.data_mark}. {document.as_of}.",
                          *([word("brief_foot", language)] if aimed and behind else ())]),
    }  # fmt: skip


def _behind(place: Place) -> tuple[float, str]:
    """Sort the share that is furthest behind first; without a target the largest count."""
    found = [place.numbers.amount("share"), -place.numbers.amount("count")]
    return (next((one for one in found if not math.isnan(one)), -math.inf), place.area.code)


def _row(place: Place, edition: Edition, *, aimed: bool) -> dict[str, Any]:
    """Lay out an area; where its figures are not of the day of the brief, their day is behind its name."""
    language, numbers, said = edition.language, place.numbers, edition.said[place.area.code]
    own, day = numbers["count"].day, edition.atlas.evidence.standing.common_day
    name = said.name if len(said.name) <= _LONG else f"{said.name[: _LONG - 1]}…"
    older = f"({say.short_day(own, language)})" if own and own < day else ""

    def text(key: str) -> str:
        return numbers[key].text(language) if numbers[key].known or numbers[key].hidden else "–"

    behind = numbers.amount("missing") > 0
    ratio = f"{text('pace_ratio')}×" if behind and numbers["pace_ratio"].known else "–"
    rank = _moved(numbers.amount("rank"), numbers.amount("rank_before"))
    return {
        "name": " ".join(filter(None, (name, "▲" if place.pushed else "", older))),
        "gauge": asdict(said.gauge) if said.gauge else None,
        "cells": (text("share"), text("at_deadline"), ratio, rank)
        if aimed
        else [text(key) for key in ("count", "pace", "increase", "change_share")],
    }


def _moved(now: float, before: float) -> str:
    """Say a rank and, with an arrow, by how many it rose or fell in a week."""
    if now != now:
        return "–"
    moved = before - now
    arrow = "" if not abs(moved) > 0 else f" {'▲' if moved > 0 else '▼'}{abs(moved):.0f}"
    return f"{now:.0f}{arrow}"
