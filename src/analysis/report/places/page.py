"""One area's page in one language, and the names of its files."""

from dataclasses import asdict, dataclass
from typing import Any

from analysis import say
from analysis.campaign import Language, file_name
from analysis.report.document import Gauge
from analysis.report.edition import Edition
from analysis.report.numbers import Number
from analysis.report.pages import rendered
from analysis.report.pdf import SAID, compiled
from analysis.report.places.course import course_of
from analysis.report.places.facts import Atlas, Place
from analysis.report.words.phrases import word
from analysis.report.words.voice import Voice

FOLDER = "areas"


def page_name(code: str, language: Language) -> str:
    """Return the file of an area's page, in the folder of the areas."""
    return f"{file_name(code)}.{language}.html"


def links(atlas: Atlas, language: Language) -> dict[str, str]:
    """Return the address of each area's page from the report's, by its code."""
    return {code: f"{FOLDER}/{page_name(code, language)}" for code in atlas.places}


@dataclass(frozen=True)
class Said:
    """What an area's page says: its head, its share (its count without a target), and facts, a line each."""

    name: str
    mark: str
    head: str
    share: str
    missing: str
    lines: tuple[str, ...]
    gauge: Gauge | None
    how: str  # to read its course


def say_place(place: Place, language: Language) -> Said:
    """Say what is known of an area in one language."""
    voice, numbers = Voice(language, place.numbers), place.numbers
    shown = {key for key, one in numbers.items() if one.known or one.hidden}
    known = {key for key, one in numbers.items() if one.known}
    behind = numbers.amount("missing") > 0
    days = ", ".join(say.short_day(first, language) for first, _ in place.pushed)
    mark = voice.say("place_pushed", days=days) if days else ""
    facts = (
        _both(voice, "rank" in known and "place_rank", "rank_before" in known and "place_rank_before"),
        _both(voice, "at_deadline" in known and "place_expected"),
        _both(voice, "pace_ratio" in known and behind and "place_pace"),
        _both(voice, "target" not in known and "pace" in shown and "place_pace_open"),
        _both(voice, "increase" in shown and "place_increase", "change_share" in known and "place_change"),
        _both(voice, behind and _completion(numbers["completion"])),
        _both(voice, "push" in known and "place_push"),
        mark,
        voice.say("place_files", state=voice.say(f"place_{place.data}")),
    )
    return Said(
        name=place.name,
        mark=mark,
        head=voice.say("place_known" if "known_until" in known else "place_unknown"),
        share=next((numbers[key].text(language) for key in ("share", "count") if key in shown), "–"),
        missing=_both(voice, _missing(place)),
        lines=tuple(filter(None, facts)),
        gauge=_gauge(place),
        how=voice.say("place_how" if "target" in known else "place_how_open"),
    )


def _both(voice: Voice, first: str | bool, second: str | bool = False) -> str:
    """Say a phrase, and a second one that goes with it; nothing where there is no first."""
    return " ".join(voice.say(one) for one in (first, second) if isinstance(one, str)) if first else ""


def _missing(place: Place) -> str:
    """Name the phrase for how far the target is."""
    missing = place.numbers["missing"]
    if missing.hidden or place.numbers.amount("missing") > 0:
        return "place_missing"
    return "met" if missing.known else "place_no_target" if place.numbers["count"].known else ""


def _completion(completion: Number) -> str:
    """Name the phrase for the day on which the target is met, where one was forecast."""
    if completion.hidden or not completion.horizon:
        return ""
    return "place_completion" if completion.low else "place_completion_late"


def _gauge(place: Place) -> Gauge | None:
    share, ahead = place.numbers["share"], place.numbers["at_deadline"]
    if not isinstance(share.value, float):
        return None
    if not isinstance(ahead.low, float) or not isinstance(ahead.high, float):
        return Gauge(_part(share.value))
    middle = ahead.value if isinstance(ahead.value, float) else share.value
    return Gauge(_part(share.value), _part(ahead.low), _part(middle), _part(ahead.high))


def _part(share: float) -> float:
    return min(max(share, 0.0), 1.0)


def render_place(edition: Edition, place: Place) -> str:
    """Lay out an area's page: one file, no script, nothing from the network."""
    language, atlas, code = edition.language, edition.atlas, place.area.code

    def linked(codes: tuple[str, ...]) -> list[dict[str, Any]]:
        return [_linked(atlas.places[one], language) for one in codes if one in atlas.places]

    return rendered(
        "place.html.j2",
        language,
        document=edition.document,
        said=say_place(place, language),
        course=course_of(place, language),
        children=linked(place.children),
        above=linked(atlas.tree.above(code)),
        others=[(one, page_name(code, one), word("other_language", one)) for one in edition.others],
    )


def paper(edition: Edition) -> bytes:
    """Set every area's page into one PDF, highest level first."""
    language, drawings, places = edition.language, dict[str, str](), []
    for at, place in enumerate(edition.atlas.places.values()):
        said, course = say_place(place, language), course_of(place, language)
        if course:
            drawings[f"{at}.svg"] = course
        places.append({
            "name": f"{said.name} ▲" if said.mark else said.name, "head": said.head, "share": said.share,
            "missing": said.missing, "lines": said.lines, "gauge": asdict(said.gauge) if said.gauge else None,
            "course": f"{at}.svg" if course else "", "alt": word("place_course", language),
            "how": said.how,
        })  # fmt: skip
    about = {name: getattr(edition.document, name) for name in SAID}
    return compiled("areas.typ", {**about, "places": places}, drawings, edition.workspace.as_of)


def _linked(place: Place, language: Language) -> dict[str, Any]:
    said = say_place(place, language)
    href = page_name(place.area.code, language)
    return {"name": said.name, "href": href, "share": said.share, "gauge": said.gauge}
