"""What a campaign is: immutable records, each fact with its date and its source."""

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from analysis.campaign.text import LanguageCode, Line, Text, in_order

Measure = Literal[
    "activated_cumulative",
    "activated_on_day",
    "level1_cumulative",
    "level2_cumulative",
    "dossiers_cumulative",
    "rate_printed",
]
Qualifier = Literal["exact", "at_least", "at_most", "almost", "about", "missing"]
AreaType = Literal["TP", "TX", "TT", "H", "X", "P", "province", "state", "territory"]

# Codes become folder names and papermill parameters, so they are kept to characters that are only themselves.
Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$")]


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ValueError(f"{name!r} is no IANA time zone such as 'Asia/Ho_Chi_Minh'") from error
    return name


class Record(BaseModel):
    """Strict and frozen: an unknown key or a value of another type is an error, never a guess."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid")


class Target(Record):
    """What is to be reached by when; targets and deadlines change, so each is a dated fact.

    Exactly one of ``value`` (a count over all areas) and ``share`` (of all eligible people) is given.
    """

    known_from: date
    deadline: date
    value: Annotated[int, Field(gt=0)] | None = None
    share: Annotated[float, Field(gt=0, le=1)] | None = None
    source: Line

    @model_validator(mode="after")
    def _one_measure_of_success(self) -> Self:
        if (self.value is None) == (self.share is None):
            raise ValueError("a target has either 'value' (a count) or 'share' (of the eligible), not both")
        return self


class Holiday(Record):
    """Days on which offices are closed; both ends included."""

    first: date
    last: date
    name: Text
    source: Line

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.last < self.first:
            raise ValueError(f"'last' {self.last} lies before 'first' {self.first}")
        return self


class Event(Record):
    """Something dated that a reader of the series should know of.

    ``contaminates`` where from that day on areas that had not mobilised were told to do as those that had:
    from then on they serve for no clean comparison.
    """

    date: date
    name: Text
    source: Line
    contaminates: bool = False


class Assumption(Record):
    """Something no source states and the analysis needs; every report lists them."""

    id: Code
    text: Text
    impact: Text


class Area(Record):
    """A reporting unit. Counts are persons; ``None`` where no figure is known."""

    code: Code
    name: Line
    type: AreaType
    parent: Code | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    successor: Code | None = None
    population: Annotated[int, Field(ge=0)] | None = None
    eligible: Annotated[int, Field(ge=0)] | None = None
    target: Annotated[int, Field(ge=0)] | None = None
    terrain: Line | None = None
    tile_row: Annotated[int, Field(ge=0, lt=100)] | None = None
    tile_col: Annotated[int, Field(ge=0, lt=100)] | None = None

    def valid_on(self, day: date) -> bool:
        """Whether the code means this area on ``day``; both ends of the validity are included."""
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_to is None or day <= self.valid_to
        )


class Border(Record):
    """Two areas that touch, and for how many kilometres."""

    area: Code
    neighbour: Code
    border_km: Annotated[float, Field(gt=0)]


class Mobilisation(Record):
    """An area that got an extra push, from ``first_day`` to ``last_day`` (``None``: still going)."""

    area: Code
    first_day: date
    last_day: date | None = None
    kind: Line
    note: Line | None = None
    source: Line


class PublishedFigure(Record):
    """A number somebody printed, with the qualifier they printed it with.

    ``area`` is a code of the campaign, ``total``, or ``None`` for a place outside the campaign.
    """

    date: date
    place: Line
    area: Code | None = None
    metric: Line
    value: float
    unit: Line
    qualifier: Qualifier
    denominator: float | None = None
    denominator_meaning: Line | None = None
    source: Line
    seen_in: Line


class ColumnOfMeasure(Record):
    """Which column of a machine-made file holds a measure, and between which days it means that."""

    measure: Measure
    column: Line
    first_day: date
    last_day: date | None = None


class Layout(Record):
    """The columns of machine-made files; without it files are read as teams type them."""

    area: Line
    date: Line
    measures: tuple[ColumnOfMeasure, ...]
    total: Code | None = None
    outside: tuple[Code, ...] = ()
    received_hour: Annotated[int, Field(ge=0, le=23)] = 20


class Campaign(Record):
    """One drive toward a target by a deadline over a set of areas, as its folder states it."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid", arbitrary_types_allowed=True)

    folder: Path
    code: Code
    name: Text
    unit: Text
    people: Text
    languages: tuple[LanguageCode, ...]
    timezone: Annotated[str, AfterValidator(_known_zone)]
    measure: Measure
    simulated: bool
    first_day: date
    last_day: date
    as_of: datetime
    seed: Annotated[int, Field(ge=0)]
    public_threshold: Annotated[int, Field(ge=1)] = 10
    targets: tuple[Target, ...]
    holidays: tuple[Holiday, ...] = ()
    events: tuple[Event, ...] = ()
    assumptions: tuple[Assumption, ...] = ()
    layout: Layout | None = None
    simulation: Mapping[str, Any] | None = None
    areas: tuple[Area, ...]
    borders: tuple[Border, ...] = ()
    mobilisations: tuple[Mobilisation, ...] = ()
    published: tuple[PublishedFigure, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _languages(cls, given: Any) -> Any:
        """Without ``languages`` those of the name; every wording is brought into their order."""
        if not isinstance(given, Mapping):
            return given
        name = given.get("name")
        languages = given.get("languages") or (tuple(name) if isinstance(name, Mapping) else ())
        return {**in_order(given, languages), "languages": languages}

    @model_validator(mode="after")
    def _each_language_once(self) -> Self:
        if not self.languages or len(set(self.languages)) < len(self.languages):
            raise ValueError("'languages' names each language of the reports once, the first one first")
        return self

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which this campaign's days begin and end."""
        return ZoneInfo(self.timezone)

    def target_on(self, day: date) -> Target | None:
        """Return the target in force on ``day``: the one announced last by then, ``None`` before any."""
        known = [target for target in self.targets if target.known_from <= day]
        return max(known, key=lambda target: target.known_from, default=None)

    def target_count(self, target: Target) -> int:
        """Return how many persons the target asks for over all areas."""
        if target.value is not None:
            return target.value
        eligible = sum(area.eligible or 0 for area in self.areas)
        return -int(-(target.share or 0.0) * eligible // 1)

    def area(self, code: str) -> Area:
        """Return the area of that code, of all validities; KeyError if the campaign has none."""
        return next(area for area in self.areas if area.code == code)
