"""What a campaign need not say: the measures of its vocabulary; its days, seed and zone."""

import hashlib
from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any, TypeGuard
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import ValidationError

from analysis.campaign.calendar import Calendar, public_holidays, zones_of
from analysis.campaign.faults import Fault, perhaps
from analysis.campaign.measures import (
    DEFAULT,
    inherited,
    vocabulary,
    vocabulary_names,
    vocabulary_with,
)
from analysis.campaign.stated import Mobilisation
from analysis.campaign.tables import Rows
from analysis.campaign.written import line_of
from analysis.errors import InputError
from analysis.received import receipts

ZONE = "UTC"
DATED = ("first_day", "last_day", "as_of")
"""What follows from when files were received where the campaign does not say it."""
AFTER_DEADLINE = timedelta(days=31)
"""A campaign that does not say its last day ends so long after its last deadline."""
BEFORE_DEADLINE = timedelta(days=365)
"""A campaign of which nothing else is dated begins so long before its first deadline."""


def with_measures(given: Mapping[str, Any], path: Path) -> tuple[dict[str, Any], list[Fault]]:
    """Add the measures of the vocabulary to the campaign's own, and what the headline says."""
    own, named, faults = given.get("measures", ()), given.get("measure"), []
    name = given.get("vocabulary")
    if name is None and not own:
        name = (vocabulary_with(named) if isinstance(named, str) else None) or DEFAULT
    if name is not None and name not in vocabulary_names():
        found = f"vocabulary: {str(name)[:40]!r} is none"
        faults.append(
            Fault(path, line_of(path, ("vocabulary",)), found, perhaps(str(name), vocabulary_names()))
        )
        name = None if own else DEFAULT
    written = [one for one in own if isinstance(one, Mapping)] if isinstance(own, tuple) else []
    codes = {one.get("code") for one in written}
    all_of = list(inherited(own)) if isinstance(own, tuple) else []
    said = any(one.get("headline") for one in written)
    for one in vocabulary(name).measures if name is not None else ():
        if one.code not in codes:  # the campaign's own headline takes the place of the vocabulary's
            all_of.append(one.model_copy(update={"headline": one.headline and not said}))
    faults += _unpaired(all_of, path)
    headline, wrong = _headline(all_of, named, path)
    faults += wrong
    told = {key: value for key in ("unit", "people") if (value := _get(headline, key)) is not None}
    return {**told, **given, "measures": tuple(all_of), "measure": _get(headline, "code") or named}, faults


def _get(measure: Any, key: str) -> Any:
    return measure.get(key) if isinstance(measure, Mapping) else getattr(measure, key, None)


def _headline(measures: list[Any], named: Any, path: Path) -> tuple[Any, list[Fault]]:
    codes = [str(_get(one, "code")) for one in measures]
    if named is not None:
        if named in codes:
            return measures[codes.index(named)], []
        found = f"measure: {str(named)[:40]!r} is none of the campaign's measures"
        return None, [Fault(path, line_of(path, ("measure",)), found, perhaps(str(named), codes))]
    said = [one for one in measures if _get(one, "headline")]
    sums = said or [one for one in measures if _get(one, "kind") == "cumulative"]
    if len(sums) == 1:
        return sums[0], []
    found = f"{len(sums) or 'none'} of the measures can be the headline"
    write = f"write measure = one of {', '.join(codes) or 'the codes of [[measures]]'}, which is a sum"
    return (sums or [None])[0], [Fault(path, line_of(path, ("measures",)), found, write)]


def _unpaired(measures: list[Any], path: Path) -> Iterator[Fault]:
    kinds = {_get(one, "code"): _get(one, "kind") for one in measures}
    for at, one in enumerate(measures):
        other = _get(one, "pairs_with")
        if other is not None and {_get(one, "kind"), kinds.get(other)} != {"cumulative", "period"}:
            found = (
                f"measures: {_get(one, 'code')} pairs with {other!r}, which is no measure of the other kind"
            )
            write = "a sum (cumulative) pairs with the count of a period, or with nothing"
            yield Fault(path, line_of(path, ("measures", at, "pairs_with")), found, write)


def with_defaults(
    given: Mapping[str, Any],
    folder: Path,
    mobilisations: Rows[Mobilisation],
    said: Collection[str] = (),
) -> tuple[dict[str, Any], list[Fault]]:
    """Add what the campaign leaves to be found: its code, languages, zone, days, as-of, seed and holidays.

    Keys that were ``said`` and are not ``given`` any more were faulty: nobody left them out.
    """
    path, notes = folder / "campaign.toml", []
    facts: dict[str, Any] = {"simulated": False, "targets": (), "code": folder.resolve().name, **given}
    unsaid = "timezone" not in facts
    facts.setdefault("timezone", ZONE)
    if unsaid and "timezone" not in said:
        found = f"timezone: not said; days begin and end as in {ZONE}"
        notes.append(Fault(path, None, found, _zone_to_write(facts.get("calendar")), "warning"))
    facts.setdefault("languages", languages_of(facts))
    facts.setdefault("seed", int(hashlib.sha256(str(facts["code"]).encode()).hexdigest()[:8], 16))
    unsaid_day = any(key not in facts for key in DATED)
    _add_days(facts, mobilisations, _received(folder, facts["timezone"]) if unsaid_day else [])
    undated = [key for key in DATED if key not in facts]
    if undated:
        found = f"targets: none, and nothing else that is dated, from which {', '.join(undated)} follow"
        if "targets" not in said:  # those that are faulty are told of as that
            notes.append(Fault(path, None, found, "write [[targets]] with a deadline, and value or share"))
        nowhen = date.min.replace(year=2000)
        facts = {"first_day": nowhen, "last_day": nowhen, "as_of": _end_of(nowhen, ZONE), **facts}
    if isinstance(as_of := facts.get("as_of"), date) and not isinstance(as_of, datetime):
        facts["as_of"] = _end_of(as_of, facts["timezone"])
    facts, wrong = _with_holidays(facts, path)
    return facts, notes + wrong


def _zone_to_write(calendar: Any) -> str:
    """Name the zones of the country whose holidays count; of an unknown one, only the form of a name."""
    zones = zones_of(calendar.get("country")) if isinstance(calendar, Mapping) else ()
    if not zones:
        return 'write timezone = "Continent/City", the IANA name of the zone these offices keep'
    return "write " + " or ".join(f'timezone = "{zone}"' for zone in zones[:3])


def languages_of(facts: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the languages of the reports as far as they are said soundly."""
    name = facts.get("name")
    said = facts.get("languages", tuple(name) if isinstance(name, Mapping) else ())
    kept = tuple(one for one in said if isinstance(one, str)) if isinstance(said, tuple) else ()
    return kept or ("en",)


def _add_days(facts: dict[str, Any], mobilisations: Rows[Mobilisation], received: list[datetime]) -> None:
    """Add the first and last day and the as-of, from what is dated: targets, pushes, files."""
    listed = facts["targets"] if isinstance(facts["targets"], tuple) else ()
    targets = [one for one in listed if isinstance(one, Mapping)]
    deadlines = [one["deadline"] for one in targets if _is_day(one.get("deadline"))]
    begins = [one["known_from"] for one in targets if _is_day(one.get("known_from"))]
    begins += [one.first_day for one in mobilisations.records] + [one.date() for one in received[:1]]
    ends = [day + AFTER_DEADLINE for day in deadlines] + [one.date() for one in received[-1:]]
    ends += [one.last_day or one.first_day for one in mobilisations.records]
    if "first_day" not in facts and (begins or deadlines):
        facts["first_day"] = min(begins, default=min(deadlines, default=date.max) - BEFORE_DEADLINE)
    if "last_day" not in facts and (ends or "first_day" in facts):
        facts["last_day"] = max(ends, default=facts["first_day"])
    if "as_of" not in facts and _is_day(facts.get("last_day")):
        end = _end_of(received[-1].date() if received else facts["last_day"], facts["timezone"])
        # The day on which a file came is not over yet: nothing can be reported as of its end.
        facts["as_of"] = received[-1] if received and end > datetime.now(UTC) else end
    if _is_day(facts.get("first_day")) and listed:
        facts["targets"] = tuple(
            {"known_from": facts["first_day"], **one} if isinstance(one, Mapping) else one for one in listed
        )


def _is_day(value: Any) -> TypeGuard[date]:
    return isinstance(value, date) and not isinstance(value, datetime)


def _zone(name: Any) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, TypeError, OSError):  # a part of a name is a folder
        return ZoneInfo(ZONE)  # told where the zone is validated


def _end_of(day: date, zone: Any) -> datetime:
    return datetime.combine(day, time(23, 59), _zone(zone))


def _received(folder: Path, zone: Any) -> list[datetime]:
    """Return when the first and last file of ``received.csv`` arrived; nothing where it cannot be read."""
    try:
        there = sorted(one.received_at.astimezone(_zone(zone)) for one in receipts(folder))
    except (OSError, InputError):
        return []  # whoever reads the register says what is wrong with it
    return [there[0], there[-1]] if there else []


def newest_file(folder: Path, zone: str) -> date | None:
    """Return the day on which the newest tally file of a campaign arrived, ``None`` before the first."""
    received = _received(folder, zone)
    return received[-1].date() if received else None


def _with_holidays(facts: dict[str, Any], path: Path) -> tuple[dict[str, Any], list[Fault]]:
    """Add the public holidays of ``[calendar]`` to the campaign's own, but those it removes."""
    first, last = facts.get("first_day"), facts.get("last_day")
    if not (_is_day(first) and _is_day(last)):
        return facts, []
    try:
        found = public_holidays(
            Calendar.model_validate(facts["calendar"]), (first, last), languages_of(facts)
        )
    except (KeyError, ValidationError):
        return facts, []  # no calendar, or one whose keys are told of with all the others
    except ValueError as error:
        what, _, write = str(error).partition("; ")
        return facts, [Fault(path, line_of(path, ("calendar", "country")), f"calendar: {what}", write)]
    own = facts.get("holidays", ())
    return {**facts, "holidays": (*own, *found) if isinstance(own, tuple) else own}, []
