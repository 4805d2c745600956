"""Layouts that a campaign declares: how to read files of one kind that are not as teams type them."""

import re
from collections.abc import Mapping
from datetime import date
from fnmatch import translate
from functools import lru_cache
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from analysis.campaign.calendar import known_zone
from analysis.campaign.measures import MeasureCode
from analysis.campaign.record import Record
from analysis.campaign.text import Line

MOST_STARS = 4
"""A pattern with more of them could take a name apart in too many ways."""
PLACES = ("area", "day")
"""What a pattern on a name can take out of it."""


def _pattern(text: str) -> str:
    """Return a pattern of ``*``, ``?`` and ``{area}`` or ``{day}``; ValueError where it is anything else."""
    if re.search(r"[\\^$+|()\[\]]|\.\*", text):
        raise ValueError(
            f"{text!r} is a regular expression; write * for any text, ? for one letter, {{area}} or {{day}} "
            "for what to take, as in 'counts-{day}.csv'"
        )
    named = re.findall(r"\{([^}]*)\}", text)
    if any(name not in PLACES for name in named) or len(set(named)) < len(named):
        raise ValueError(f"{text!r} takes {{area}} and {{day}} out of a name, each at most once")
    if text.count("*") + len(named) > MOST_STARS:
        raise ValueError(f"{text!r} has more than {MOST_STARS} places for any text; write the name out")
    return text


Pattern = Annotated[Line, AfterValidator(_pattern)]


_DAY = r"\d{1,4}(?:[-._ ]?\d{1,2}){1,2}(?:\d{2})?"
"""A day in digits: all of it is taken where a pattern could stop within it."""


@lru_cache(maxsize=256)
def _compiled(pattern: str, day: str) -> re.Pattern[str]:
    parts = re.split(r"\{(\w+)\}", pattern.casefold())
    spelt = "".join(
        f"(?P<{part}>{day if part == 'day' else '.+?'})"
        if at % 2
        else translate(part).removeprefix("(?s:").removesuffix(r")\Z")
        for at, part in enumerate(parts)
    )
    return re.compile(spelt, re.DOTALL)


def taken(pattern: str, name: str) -> dict[str, str] | None:
    """Return what a pattern takes out of a name, ``None`` where the name is not like it; case is the same."""
    if len(name) > 300:
        return None
    found = next(
        filter(None, (_compiled(pattern, day).fullmatch(name.casefold()) for day in (_DAY, ".+?"))), None
    )
    return None if found is None else {part: name[slice(*found.span(part))] for part in found.groupdict()}


def _one_place(given: Mapping[str, Any], places: tuple[str, ...], what: str) -> None:
    said = [place for place in places if given.get(place) is not None]
    if len(said) != 1:
        raise ValueError(f"'{what}' says one of {', '.join(places)}")


def _listed(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


class AreaPlace(Record):
    """Where a file says its areas: in columns of these headings, once for all, or in a name."""

    headings: tuple[Line, ...] | None = None
    fixed: Line | None = None
    file: Pattern | None = None
    tab: Pattern | None = None

    @model_validator(mode="after")
    def _in_one_place(self) -> Self:
        _one_place(dict(self), ("headings", "fixed", "file", "tab"), "area")
        return self


class DayPlace(Record):
    """Where a file says its days, and how; ``cell`` is ``B2``, or ``Cover!B2`` of another sheet."""

    heading: Line | None = None
    fixed: date | None = None
    file: Pattern | None = None
    tab: Pattern | None = None
    cell: Annotated[str, Field(pattern=r"^(?:[^!]{1,100}!)?[A-Za-z]{1,3}[1-9][0-9]{0,5}$")] | None = None
    order: Literal["day_first", "month_first"] = "day_first"
    zone: Annotated[str, AfterValidator(known_zone)] | None = None

    @model_validator(mode="after")
    def _in_one_place(self) -> Self:
        _one_place(dict(self), ("heading", "fixed", "file", "tab", "cell"), "day")
        return self


class NumberStyle(Record):
    """How numbers are written."""

    decimal: Literal[".", ","] = ","
    thousands: Literal[".", ",", " ", "'", ""] = "."
    unit: Annotated[int, Field(ge=1, le=1_000_000)] = 1

    @model_validator(mode="after")
    def _differ(self) -> Self:
        if self.decimal == self.thousands:
            raise ValueError("'decimal' and 'thousands' are different marks")
        return self


class ColumnOfMeasure(Record):
    """Which column holds a measure, or which together make it, and between which days it means that."""

    measure: MeasureCode
    column: Line | None = None
    columns: tuple[Line, ...] | None = None
    first_day: date | None = None
    last_day: date | None = None
    optional: bool = False

    @model_validator(mode="after")
    def _one_or_several(self) -> Self:
        _one_place(dict(self), ("column", "columns"), "measures")
        return self

    @property
    def headings(self) -> tuple[str, ...]:
        """The headings of the columns that make the measure."""
        return self.columns or (str(self.column),)


class Layout(Record):
    """How to read the files of one kind.

    It is meant where all of ``sender``, ``file``, ``sheet`` and ``with_headings`` fit that are given. What it
    leaves open is read as in any other file.
    """

    name: Line
    sender: Pattern | None = None
    file: Pattern | None = None
    sheet: Pattern | None = None
    with_headings: tuple[Line, ...] = ()
    machine: bool = False
    encoding: Literal["utf-8", "utf-16", "windows-1252", "windows-1258", "latin-1"] | None = None
    delimiter: Literal[",", ";", "\t", "|"] | None = None
    heading_rows: tuple[Annotated[int, Field(ge=1, le=1000)], ...] = ()
    area: AreaPlace | None = None
    day: DayPlace | None = None
    numbers: NumberStyle | None = None
    where: Mapping[Line, tuple[Line, ...]] = Field(default_factory=dict)
    measures: tuple[ColumnOfMeasure, ...] = ()
    across: Literal["days", "areas"] | None = None
    measure: MeasureCode | None = None
    totals: tuple[Line, ...] = ()
    outside: tuple[Line, ...] = ()
    suppressed: Mapping[Line, Annotated[int, Field(ge=0)]] = Field(default_factory=dict)
    missing: tuple[Line, ...] = ()
    sum_over: tuple[Line, ...] = ()
    received_hour: Annotated[int, Field(ge=0, le=23)] = 20

    @model_validator(mode="before")
    @classmethod
    def _written_short(cls, given: Any) -> Any:
        """``area = "Region"`` is short for its heading, ``where.Dose = "1"`` for one value, and so on."""
        if not isinstance(given, Mapping):
            return given
        short = dict(given)
        area, day, where, rows = (short.get(key) for key in ("area", "day", "where", "heading_rows"))
        if isinstance(area, str | tuple):
            short["area"] = {"headings": _listed(area)}
        if isinstance(day, str | date):
            short["day"] = {"heading" if isinstance(day, str) else "fixed": day}
        if isinstance(where, Mapping):
            short["where"] = {key: _listed(value) for key, value in where.items()}
        if isinstance(rows, int):
            short["heading_rows"] = (rows,)
        lists = {"sum_over", "totals", "outside", "missing", "with_headings"} & short.keys()
        short |= {key: _listed(short[key]) for key in lists}
        return short

    @model_validator(mode="after")
    def _says_what_it_counts(self) -> Self:
        if self.across and (self.measure is None or self.measures):
            raise ValueError(f"layout {self.name!r}: with across = {self.across!r} say 'measure' alone")
        if self.measure is not None and not self.across:
            raise ValueError(f"layout {self.name!r}: 'measure' goes with 'across'; say [[layouts.measures]]")
        if not self._says_anything():
            raise ValueError(f"layout {self.name!r}: says nothing of how to read a file")
        for place in (self.area, self.day):
            name = "area" if place is self.area else "day"
            for pattern in (place.file, place.tab) if place is not None else ():
                if pattern is not None and f"{{{name}}}" not in pattern:
                    raise ValueError(f"layout {self.name!r}: {pattern!r} takes no {{{name}}} out of the name")
        return self

    def _says_anything(self) -> bool:
        of_matching = ("name", "sender", "file", "sheet", "with_headings", "received_hour")
        return any(field not in of_matching for field in self.model_fields_set)

    def fits(self, file: str, sender: str) -> bool:
        """Whether the layout is meant for a file of that name from that sender."""
        return (self.file is None or taken(self.file, file) is not None) and (
            self.sender is None or taken(self.sender, sender) is not None
        )


def from_single(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return as one of ``[[layouts]]`` what campaigns wrote as ``[layout]``, of files made by a machine."""
    kept = {key: given[key] for key in ("area", "outside", "measures", "received_hour") if key in given}
    total = {"totals": (given["total"],)} if "total" in given else {}
    headings = tuple(given[key] for key in ("area", "date") if isinstance(given.get(key), str))
    day = {"day": given["date"]} if "date" in given else {}
    return {"name": "layout", "machine": True, "with_headings": headings, **kept, **total, **day}
