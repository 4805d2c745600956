"""What ``[simulation]`` in campaign.toml may say."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal

from pydantic import Field, ValidationError

from analysis.campaign import Campaign
from analysis.campaign.record import AreaCode, Record
from analysis.campaign.text import LanguageCode, Line
from analysis.errors import InputError

Positive = Annotated[float, Field(gt=0)]
Share = Annotated[float, Field(ge=0, le=1)]
Days = Annotated[int, Field(gt=0)]
Holds = Literal["index", "date", "code", "area", "target", "new", "cumulative", "share"]


class Pace(Record):
    """The weekly hazard on one day, per eligible person not yet counted."""

    day: date
    weekly_hazard: Positive


class Push(Record):
    """The day of the push and what was counted on it: by mobilised area, and elsewhere in total."""

    day: date
    elsewhere: Annotated[int, Field(ge=0)]
    counted: Mapping[AreaCode, Annotated[int, Field(ge=0)]]


class Mishap(Record):
    """One thing that goes wrong in what an area sends for the week that ends on ``week``."""

    area: AreaCode
    week: date
    kind: Literal["mistyped_cumulative", "blank_day", "late", "wrong_percentage", "twice"]
    corrected_after_days: Days | None = None
    late_days: Days | None = None


class ColumnOfFile(Record):
    """A column: what it holds, and how it is headed."""

    holds: Holds
    heading: Line


class Files(Record):
    """How some areas write and send their files; the first that names an area, or names none, is its.

    ``by`` is whose file it is: an area's own, or one of the area above for all below it. Titles, sender and
    correction may name ``{sender}``, ``{type}``, ``{name}``, ``{first}``, ``{last}`` and ``{correction}``.
    """

    areas: tuple[AreaCode, ...] = ()
    by: Literal["area", "parent"] = "area"
    format: Literal["xlsx", "csv", "alternating"] = "csv"
    language: LanguageCode
    sender: Line
    titles: tuple[Line, ...]
    columns: tuple[ColumnOfFile, ...]
    correction: str = ""
    corrected: Line = "corrected"
    again: Line = "again"
    total: str = ""
    sheet: Line = "Sheet1"
    delimiter: Literal[",", ";", "\t"] = ","
    thousands: Literal["", ".", ",", " "] = ""
    decimal: Literal[".", ","] = "."
    day: Line = "%d/%m/%Y"
    day_format: Line = "dd/mm/yyyy"


class Sending(Record):
    """What every simulation says: until when, who sends how, and what goes wrong."""

    last_day: date
    files: Annotated[tuple[Files, ...], Field(min_length=1)]
    mishaps: tuple[Mishap, ...] = ()


class Drawn(Sending):
    """A campaign drawn from a model; each parameter is explained in `analysis.simulation.model`.

    Where a total was published the areas start at what was printed of each as ``start_metric``, in percent of
    its target, and the others share the rest. Where nothing was published they start at ``start_share`` of
    their ``eligible`` people (those of areas.csv, or given here where the campaign does not know them), and
    pushes ``lift`` what is counted.
    """

    weekday: Annotated[tuple[Positive, ...], Field(min_length=7, max_length=7)]
    holiday: Positive
    common_shock: Positive
    own_shock: Positive
    own_persistence: Annotated[float, Field(ge=0, lt=1)]
    dispersion: Positive
    pulled_forward: Share
    pulled_days: Days
    pace: Annotated[tuple[Pace, ...], Field(min_length=2)]
    push: Push | None = None
    lift: Positive | None = None
    start_share: Share | None = None
    start_metric: Line | None = None
    eligible: Mapping[AreaCode, Annotated[int, Field(gt=0)]] = Field(default_factory=dict)


class Shared(Sending):
    """A campaign whose areas share out the counts that another one has for the areas above them.

    ``of`` is the other campaign's folder, beside this one; ``spread`` the standard deviation of the log share
    of an area, ``drift`` that of its share's change from week to week.
    """

    of: Line
    spread: Positive
    drift: Positive


def parameters_of(campaign: Campaign) -> Drawn | Shared:
    """Read the simulation's parameters from the campaign, strictly."""
    where = campaign.folder / "campaign.toml"
    if campaign.simulation is None:
        raise InputError(f"{where}: no [simulation]; only a campaign that declares one can be simulated")
    kind: type[Drawn] | type[Shared] = Shared if "of" in campaign.simulation else Drawn
    try:
        given = kind.model_validate(campaign.simulation)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        keys = ".".join(map(str, ("simulation", *first["loc"])))
        raise InputError(f"{where}: {keys}: {first['msg']}") from None
    if isinstance(given, Drawn) and given.push is None and (given.lift is None or given.start_share is None):
        raise InputError(f"{where}: simulation: give 'push', or 'lift' and 'start_share'")
    return given
