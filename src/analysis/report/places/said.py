"""What an area's page says, in one language."""

from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from analysis import say
from analysis.campaign import Language
from analysis.report.document import Gauge, part
from analysis.report.numbers import Number
from analysis.report.places.course import Course, drawn
from analysis.report.places.facts import Place
from analysis.report.words.voice import Voice


@dataclass(frozen=True)
class Listed:
    """An area in a list: its name, its share and the bar beside it."""

    name: str
    share: str
    gauge: Gauge | None


def say_listed(name: str, share: Number, ahead: Number, language: Language) -> Listed:
    """Say what a list has of an area."""
    text = share.text(language) if share.known or share.hidden else "–"
    return Listed(name, text, _gauge(share, ahead))


@dataclass(frozen=True)
class Said(Listed):
    """What an area's page says: head, share (the count without a target), facts, a line each, course."""

    mark: str
    head: str
    missing: str
    lines: tuple[str, ...]
    course: Markup
    how: str  # to read its course


def say_place(place: Place, language: Language) -> Said:
    """Say what is known of an area in one language."""
    voice, numbers = Voice(language, place.numbers), place.numbers
    listed = say_listed(place.name, numbers["share"], numbers["at_deadline"], language)
    shown = {key for key, one in numbers.items() if one.known or one.hidden}
    known = {key for key, one in numbers.items() if one.known}
    behind = numbers.amount("missing") > 0
    days = ", ".join(_pushed(voice, *days) for days in place.pushed)
    mark = voice.say("place_pushed", days=days) if days else ""
    facts = (
        _both(voice, "rank" in known and "place_rank", "rank_before" in known and "place_rank_before"),
        _both(voice, "counted_areas" in known and "place_counted"),
        _both(voice, "at_deadline" in known and "place_expected"),
        _both(voice, "pace_ratio" in known and behind and f"place_pace{numbers.enough}"),
        _both(voice, "target" not in known and "pace" in shown and "place_pace_open"),
        _both(voice, "increase" in shown and "place_increase", "change_share" in known and "place_change"),
        _both(voice, behind and _completion(numbers["completion"])),
        _both(voice, "push" in known and "place_push"),
        mark,
        _both(voice, "count" not in shown and "target" in known and "place_target"),
        voice.say("place_files", state=voice.say(f"place_{place.data}"))
        if numbers.amount("files")
        else voice.say("place_no_files"),
    )
    return Said(
        name=place.name,
        mark=mark,
        head=voice.say("place_known" if "known_until" in known else "place_unknown"),
        share=numbers["count"].text(language) if "count" in shown and "share" not in shown else listed.share,
        missing=_both(voice, _missing(place)),
        lines=tuple(filter(None, facts)),
        gauge=listed.gauge,
        course=drawn(place.course, language),
        how=how_to_read(voice, place.course),
    )


def how_to_read(voice: Voice, course: Course | None) -> str:
    """Say how to read a course: of its lines those that it draws."""
    drawn = course.lines if course else {}
    return voice.say(
        "place_how",
        **{key: voice.say(f"place_how_{key}") if drawn.get(key) else "" for key in ("expected", "needed")},
    )


def _pushed(voice: Voice, first: date, last: date | None) -> str:
    """Say on what day, from when to when, or since when an area mobilised."""
    day = say.short_day(first, voice.language)
    if last == first:
        return day
    if last is None:
        return voice.say("place_pushed_since", first=day)
    since, until = say.short_days_from_to(first, last, voice.language)
    return voice.say("place_pushed_to", first=since, last=until)


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


def _gauge(share: Number, ahead: Number) -> Gauge | None:
    if not isinstance(share.value, float):
        return None
    if not isinstance(ahead.low, float) or not isinstance(ahead.high, float):
        return Gauge(part(share.value))
    middle = ahead.value if isinstance(ahead.value, float) else share.value
    return Gauge(part(share.value), part(ahead.low), part(middle), part(ahead.high))
