"""The brief: one A4 page, and the same as a picture of 1080 by 1350 that a messenger shows whole."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from analysis.artifacts import replacing
from analysis.report.document import Document, Gauge
from analysis.report.pdf import compiled
from analysis.report.places.facts import Atlas, Place
from analysis.report.places.page import say_place
from analysis.report.words.phrases import word

_MOST = 20  # areas on the page, those furthest behind; the report has them all
_PICTURE = 72.0  # pixels an inch, so that a point is a pixel
_COURSE = "course"


def write_brief(document: Document, atlas: Atlas, as_of: datetime, folder: Path) -> None:
    """Write ``brief.<lang>.pdf`` and ``brief.<lang>.png``."""
    language = document.language
    data = _data(document, atlas)
    pictures = [one for one in document.pictures if one.name == _COURSE]
    for name, is_picture in (("pdf", False), ("png", True)):
        with replacing(folder / f"brief.{language}.{name}") as draft:
            made = {**data, "picture": is_picture}
            draft.write_bytes(
                compiled("brief.typ", made, pictures, as_of, ppi=_PICTURE if is_picture else None)
            )


def _data(document: Document, atlas: Atlas) -> dict[str, Any]:
    language = document.language
    course = next((one for one in document.pictures if one.name == _COURSE), None)
    top = [place for code, place in atlas.places.items() if code in atlas.tree.tops]
    behind = sorted(top, key=_behind)
    return {
        "language": language,
        "title": document.title,
        "kicker": document.kicker,
        "as_of": document.as_of,
        "mark": document.data_mark,
        "banner": document.banner,
        "answers": [asdict(answer) for answer in document.answers],
        "proposals": document.proposals,
        "proposals_head": word("proposals", language),
        "course": f"{course.name}.svg" if course else "",
        "course_alt": course.alt if course else "",
        "course_caption": course.caption if course else "",
        "headings": [word(key, language) for key in
                     ("head_area", "brief_bar", "brief_now", "brief_expected", "brief_ratio", "brief_rank")],
        "rows": [_row(place, document) for place in behind[:_MOST]],
        "rest": word("brief_rest", language) if len(behind) > _MOST else "",
        "foot": f"{document.data_mark}. {document.as_of}. {word('brief_foot', language)}",
    }  # fmt: skip


def _behind(place: Place) -> tuple[float, str]:
    share = place.numbers["share"].value
    return (share if isinstance(share, float) else -1.0, place.area.code)


def _row(place: Place, document: Document) -> dict[str, Any]:
    language, numbers = document.language, place.numbers
    said = say_place(place, language)

    def text(key: str) -> str:
        return numbers[key].text(language) if key in numbers else "–"

    behind = numbers.amount("missing") > 0
    return {
        "name": f"{said.name} ▲" if place.pushed else said.name,
        "gauge": _plain(said.gauge),
        "share": said.share,
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


def _plain(gauge: Gauge | None) -> dict[str, Any] | None:
    return None if gauge is None else asdict(gauge)


def names(languages: Sequence[str]) -> list[str]:
    """Return the files of the brief."""
    return [f"brief.{language}.{kind}" for language in languages for kind in ("pdf", "png")]
