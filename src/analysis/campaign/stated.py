"""What a campaign states beside its areas, each with days and source: targets, pushes, printed figures."""

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from analysis.campaign.record import AreaCode, Code, Record
from analysis.campaign.text import Line, Text

Qualifier = Literal["exact", "at_least", "at_most", "almost", "about", "missing"]


class Target(Record):
    """What is to be reached by when; targets and deadlines change, so each is a dated fact."""

    known_from: date
    deadline: date
    value: Annotated[int, Field(gt=0)] | None = None
    share: Annotated[float, Field(gt=0, le=1)] | None = None
    binding: Literal["yes", "no", "unknown"] = "unknown"
    source: Line | None = None

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

    From one that ``contaminates`` on, areas that had not mobilised serve for no clean comparison.
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


class Mobilisation(Record):
    """An area that got an extra push; without a last day it is still going on."""

    area: AreaCode
    first_day: date
    last_day: date | None = None
    kind: Line
    people: Annotated[int, Field(gt=0)] | None = None
    hours: Annotated[float, Field(gt=0)] | None = None
    cost: Annotated[float, Field(ge=0)] | None = None
    currency: Line | None = None
    among: Line | None = None
    note: Line | None = None
    source: Line

    @model_validator(mode="after")
    def _priced(self) -> Self:
        if (self.cost is None) != (self.currency is None):
            raise ValueError("'cost' and 'currency' are given together or not at all")
        return self


class PublishedFigure(Record):
    """A number somebody printed, with the qualifier they printed it with.

    ``printed_percent`` need not be what ``value`` over ``denominator`` gives.
    """

    date: date
    place: Line
    area: AreaCode | Literal["total"] | None = None
    metric: Line
    value: float
    unit: Line
    qualifier: Qualifier
    denominator: float | None = None
    denominator_meaning: Line | None = None
    printed_percent: float | None = None
    source: Line
    seen_in: Line | None = None


class Member(Record):
    """A campaign of its own whose published total is the count of one area of this one."""

    campaign: Code
    area: AreaCode
