"""One area's page in one language, and the names of its files."""

from dataclasses import asdict, dataclass
from typing import Any

from analysis import say
from analysis.campaign import Language, file_name
from analysis.report.document import Gauge
from analysis.report.edition import Edition
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
    """What an area's page says, line by line; every form of it lays out the same."""

    name: str
    mark: str
    head: str
    share: str
    rank: str
    missing: str
    expected: str
    pace: str
    increase: str
    completion: str
    push: str
    data: str
    gauge: Gauge | None

    @property
    def lines(self) -> list[str]:
        """The facts, a line each, without those that are not known."""
        every = (
            self.rank,
            self.expected,
            self.pace,
            self.increase,
            self.completion,
            self.push,
            self.mark,
            self.data,
        )
        return [line for line in every if line]


def say_place(place: Place, language: Language) -> Said:
    """Say what is known of an area in one language."""
    voice, numbers = Voice(language, place.numbers), place.numbers
    known = numbers["share"].known
    return Said(
        name=place.name,
        mark=_mark(place, voice),
        head=voice.say("place_known") if numbers["known_until"].known else voice.say("place_unknown"),
        share=numbers["share"].text(language) if known or numbers["share"].hidden else "–",
        rank=_rank(voice),
        missing=_missing(voice),
        expected=voice.say("place_expected") if numbers["at_deadline"].known else "",
        pace=voice.say("place_pace") if numbers["pace_ratio"].known and numbers.amount("missing") > 0 else "",
        increase=_increase(voice),
        completion=_completion(voice),
        push=voice.say("place_push") if numbers["push"].known else "",
        data=voice.say("place_files", state=voice.say(f"place_{place.data}")),
        gauge=_gauge(place),
    )


def _mark(place: Place, voice: Voice) -> str:
    days = [say.short_day(first, voice.language) for first, _ in place.pushed]
    return voice.say("place_pushed", days=", ".join(days)) if days else ""


def _rank(voice: Voice) -> str:
    if not voice.numbers["rank"].known:
        return ""
    line = voice.say("place_rank")
    return f"{line} {voice.say('place_rank_before')}" if voice.numbers["rank_before"].known else line


def _missing(voice: Voice) -> str:
    missing = voice.numbers["missing"]
    if missing.hidden or missing.known:
        return (
            voice.say("place_missing")
            if missing.hidden or voice.numbers.amount("missing") > 0
            else voice.say("met")
        )
    return voice.say("place_no_target") if voice.numbers["count"].known else ""


def _increase(voice: Voice) -> str:
    increase = voice.numbers["increase"]
    if not (increase.known or increase.hidden):
        return ""
    line = voice.say("place_increase")
    return f"{line} {voice.say('place_change')}" if voice.numbers["change_share"].known else line


def _completion(voice: Voice) -> str:
    completion = voice.numbers["completion"]
    if completion.hidden or not completion.horizon or not voice.numbers.amount("missing") > 0:
        return ""
    return voice.say("place_completion") if completion.low else voice.say("place_completion_late")


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
            "how": word("place_how", language),
        })  # fmt: skip
    about = {name: getattr(edition.document, name) for name in SAID}
    return compiled("areas.typ", {**about, "places": places}, drawings, edition.workspace.as_of)


def _linked(place: Place, language: Language) -> dict[str, Any]:
    said = say_place(place, language)
    href = page_name(place.area.code, language)
    return {"name": said.name, "href": href, "share": said.share, "gauge": said.gauge}
