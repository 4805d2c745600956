"""The brief: one A4 page, and the same as a picture of 1080 by 1350 that a messenger shows whole."""

from dataclasses import asdict
from typing import Any

from analysis import say
from analysis.report.edition import Edition
from analysis.report.pdf import SAID, compiled
from analysis.report.places.facts import Place
from analysis.report.words.phrases import word

_MOST = 20  # areas on the page, those furthest behind; the report has them all
_PICTURE = 72.0  # pixels an inch, so that a point is a pixel
_COURSE = "course"


def paper(edition: Edition) -> bytes:
    """Set the brief as a PDF of one A4 page."""
    return _made(edition)


def picture(edition: Edition) -> bytes:
    """Set the brief as a picture."""
    return _made(edition, _PICTURE)


def _made(edition: Edition, ppi: float | None = None) -> bytes:
    data = {**_data(edition), "picture": ppi is not None}
    drawings = {f"{one.name}.svg": one.narrow_svg for one in edition.document.pictures if one.name == _COURSE}
    return compiled("brief.typ", data, drawings, edition.workspace.as_of, ppi)


def _data(edition: Edition) -> dict[str, Any]:
    document, atlas, language = edition.document, edition.atlas, edition.language
    course = next((one for one in document.pictures if one.name == _COURSE), None)
    top = [place for code, place in atlas.places.items() if code in atlas.tree.tops]
    behind = sorted(top, key=_behind)
    return {
        **{name: getattr(document, name) for name in SAID},
        "answers": [asdict(answer) for answer in document.answers],
        "proposals_head": word("proposals", language),
        "course": f"{course.name}.svg" if course else "",
        "course_alt": course.alt if course else "",
        "course_caption": course.caption if course else "",
        "headings": [word(key, language) for key in
                     ("head_area", "brief_bar", "brief_now", "brief_expected", "brief_ratio", "brief_rank")],
        "rows": [_row(place, edition) for place in behind[:_MOST]],
        "rest": word("brief_rest", language) if len(behind) > _MOST else "",
        "foot": f"{document.data_mark}. {document.as_of}. {word('brief_foot', language)}",
    }  # fmt: skip


def _behind(place: Place) -> tuple[float, str]:
    share = place.numbers["share"].value
    return (share if isinstance(share, float) else -1.0, place.area.code)


def _row(place: Place, edition: Edition) -> dict[str, Any]:
    """Lay out an area; a share that is not of the day of the brief has its own behind it."""
    language, numbers, said = edition.language, place.numbers, edition.said[place.area.code]
    own, day = numbers["share"].day, edition.atlas.evidence.standing.common_day

    def text(key: str) -> str:
        return numbers[key].text(language) if numbers[key].known or numbers[key].hidden else "–"

    behind = numbers.amount("missing") > 0
    return {
        "name": f"{said.name} ▲" if place.pushed else said.name,
        "gauge": asdict(said.gauge) if said.gauge else None,
        "share": f"({say.short_day(own, language)}) {said.share}" if own and own < day else said.share,
        "expected": text("at_deadline"),
        "ratio": f"{text('pace_ratio')}×" if behind and numbers["pace_ratio"].known else "–",
        "rank": _moved(numbers.amount("rank"), numbers.amount("rank_before")),
    }


def _moved(now: float, before: float) -> str:
    """Say a rank and, with an arrow, by how many it rose or fell in a week."""
    if now != now:
        return "–"
    moved = before - now
    arrow = "" if not abs(moved) > 0 else f" {'▲' if moved > 0 else '▼'}{abs(moved):.0f}"
    return f"{now:.0f}{arrow}"
