"""Public holidays by country and subdivision, from the ``holidays`` package."""

from collections.abc import Sequence
from datetime import date
from importlib.metadata import version
from importlib.resources import files
from typing import Any

from analysis.campaign.faults import nearest, perhaps
from analysis.campaign.record import Record
from analysis.campaign.text import Line, Text


class Calendar(Record):
    """Whose public holidays count, and ``without`` which of them: days on which these offices work."""

    country: Line
    subdivision: Line | None = None
    without: tuple[date, ...] = ()


def known_zone(name: str) -> str:
    """Return the name of an IANA time zone; ValueError with the nearest one for any other text."""
    # Not whatever the machine has a file for: 'localtime' there is the machine's own zone.
    known = files("tzdata").joinpath("zones").read_text(encoding="utf-8").split()
    if name not in known:
        like = nearest(name, known) or "Africa/Accra"
        raise ValueError(f"{name!r} is no IANA time zone such as {like!r}")
    return name


def zones_of(country: Any) -> tuple[str, ...]:
    """Return the time zones of a country by its code of ISO 3166; none of what is no such code."""
    table = files("tzdata").joinpath("zoneinfo", "zone.tab").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in table.splitlines() if not line.startswith("#"))
    return tuple(row[2] for row in rows if row[0] == country)


def public_holidays(
    calendar: Calendar, days: tuple[date, date], languages: Sequence[str]
) -> list[dict[str, Any]]:
    """Return the public holidays between two days, as a campaign writes its own; named in its languages.

    Raises
    ------
    ValueError
        For a country or subdivision that the package does not know, with what it knows.
    """
    import holidays  # slow to load, and most campaigns name no country

    country, subdivision = calendar.country, calendar.subdivision
    known = holidays.list_supported_countries(include_aliases=True)
    if country not in known:
        raise ValueError(
            f"country {country[:20]!r} is unknown; write a code of ISO 3166 such as 'VN', 'GH', 'FR'"
        )
    if subdivision is not None and subdivision not in known[country]:
        parts = ", ".join(known[country][:30]) or "none"
        raise ValueError(
            f"subdivision {subdivision[:20]!r} is none of {country}'s; {perhaps(subdivision, [parts])}"
        )
    years = range(days[0].year, days[1].year + 1)
    worded = holidays.list_localized_countries().get(country, [])

    def named(language: str | None) -> dict[date, str]:
        return dict(holidays.country_holidays(country, subdiv=subdivision, years=years, language=language))

    plain = named(None)
    by_language = {
        language: named(code)
        for language in languages
        if (code := next((one for one in worded if one.split("_")[0] == language), None))
    }
    source = f"holidays {version('holidays')}, {country}{'-' + subdivision if subdivision else ''}"
    first = by_language.get(languages[0], plain) if languages else plain
    listed = []
    for day in sorted(plain):
        if days[0] <= day <= days[1] and day not in calendar.without:
            words = {one: by_language.get(one, first).get(day, plain[day]) for one in languages or ("en",)}
            listed.append({"first": day, "last": day, "name": Text(words), "source": source})
    return listed
