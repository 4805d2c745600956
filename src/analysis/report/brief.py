"""The brief: one A4 page, and what of it a phone can show readably, as a picture of 1080 by 1350."""

import math
from collections.abc import Sequence
from functools import partial
from typing import Any

from analysis import say
from analysis.report.edition import Edition
from analysis.report.places.facts import Place
from analysis.report.typeset import compiled
from analysis.report.words.phrases import word

_MOST = 20  # areas on the page, those furthest behind; the report has them all
_MOST_SEEN = 8  # of them in the picture, where there is room
_FIRM = "\N{NO-BREAK SPACE}"
_LONG = 24  # letters of a word that leave the other columns their room; a name may have two lines of so many
_PICTURE = 72.0  # pixels an inch, so that a point is a pixel
_COURSE = "course"
_BAR = "bar"  # beside the share, under the same heading
_AIMED = ("head_area", _BAR, "brief_share", "brief_expected", "brief_ratio", "brief_rank")
_OVER = ("head_area", _BAR, "brief_share", "head_missing", "brief_period", "brief_rank")  # nothing is ahead
_OPEN = ("head_area", "head_count", "brief_pace", "brief_period", "brief_change")  # without targets of areas
_SEEN = {
    _AIMED: ("head_area", "brief_share", "brief_ratio"),
    _OVER: ("head_area", "brief_share", "head_missing"),
    _OPEN: ("head_area", "head_count", "brief_pace"),
}
"""What the picture has of each."""


_FEET = {_AIMED: ("brief_foot_pace", "brief_foot"), _OVER: ("brief_foot",), _OPEN: ()}


def picture(edition: Edition) -> bytes:
    """Set what a phone shows of it as a picture."""
    return typeset(edition, _PICTURE, picture=True)


def typeset(edition: Edition, ppi: float | None = None, *, picture: bool = False) -> bytes:
    """Set the page, or what the picture shows: as PDF, or as PNG of so many pixels an inch."""
    data = _data(edition, picture=picture)
    drawn = () if picture else edition.document.pictures
    drawings = {f"{one.name}.svg": one.narrow_svg for one in drawn if one.name == _COURSE}
    return compiled("brief.typ", edition, data, drawings, ppi)


def _data(edition: Edition, *, picture: bool) -> dict[str, Any]:
    document, atlas, language = edition.document, edition.atlas, edition.language
    aimed, over = atlas.evidence.own_targets, atlas.evidence.standing.over
    most, columns = _MOST_SEEN if picture else _MOST, (_OVER if over else _AIMED) if aimed else _OPEN
    heads = _SEEN[columns] if picture else columns
    course = next((one for one in document.pictures if one.name == _COURSE), None)
    top = [place for code, place in atlas.places.items() if code in atlas.tree.tops]
    behind = sorted(top, key=partial(_behind, aimed=aimed))
    behind = behind if len(behind) > 1 else []  # one area is what the cards are about
    return {
        "proposals_head": word("proposals", language),
        "course": f"{course.name}.svg" if course else "",
        "course_alt": course.alt if course else "",
        "course_caption": course.caption if course else "",
        "picture": picture,
        "bars": _BAR in heads,
        "headings": [word(key, language) for key in heads if key != _BAR],
        "rows": [_row(place, edition, columns, heads) for place in behind[:most]],
        "rest": word("brief_rest", language) if len(behind) > most else "",
        "foot": " ".join([f"{document.data_mark}. {document.as_of}.",
                          *(word(key, language) for key in _FEET[columns] if behind and not picture)]),
    }  # fmt: skip


def _behind(place: Place, *, aimed: bool) -> tuple[bool, float, str]:
    """Sort the share that is furthest behind first, without a target the largest count; the unknown last."""
    found = place.numbers.amount("share") if aimed else -place.numbers.amount("count")
    return math.isnan(found), found, place.area.code


def _row(place: Place, edition: Edition, columns: Sequence[str], shown: Sequence[str]) -> dict[str, Any]:
    """Lay out an area; where its figures are not of the day of the brief, their day is behind its name."""
    language, numbers, said = edition.language, place.numbers, edition.said[place.area.code]
    own, day = numbers["count"].day, edition.atlas.evidence.standing.common_day
    name = " ".join(say.cut(one, _LONG) for one in say.cut(said.name, 2 * _LONG).split())
    name += f"{_FIRM}▲" * bool(place.pushed)  # never a line of its own
    older = f" ({say.short_day(own, language)})" if own and own < day else ""

    def text(key: str) -> str:
        return numbers[key].text(language) if numbers[key].known or numbers[key].hidden else "–"

    behind = numbers.amount("missing") > 0
    ratio = word("brief_enough", language) if numbers.enough else f"{text('pace_ratio')}×"
    ratio = ratio if behind and numbers["pace_ratio"].known else "–"
    rank = _moved(numbers.amount("rank"), numbers.amount("rank_before"))
    cells = {
        _AIMED: ["", text("share"), text("at_deadline"), ratio, rank],
        _OVER: ["", text("share"), text("missing"), text("increase"), rank],
        _OPEN: [text(key) for key in ("count", "pace", "increase", "change_share")],
    }[tuple(columns)]
    return {
        "name": name + older,
        "gauge": said.gauge,
        "cells": [cell for key, cell in zip(columns, ("", *cells), strict=True) if key in shown and cell],
    }


def _moved(now: float, before: float) -> str:
    """Say a rank and, with an arrow, by how many it rose or fell in a week."""
    if now != now:
        return "–"
    moved = before - now
    arrow = "" if not abs(moved) > 0 else f" {'▲' if moved > 0 else '▼'}{abs(moved):.0f}"
    return f"{now:.0f}{arrow}"
