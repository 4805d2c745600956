"""What a campaign is: everything that its folder states, and what follows from it for a day or an area."""

import math
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Self
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, ConfigDict, Field, model_validator

from analysis.campaign.areas import Area, Border
from analysis.campaign.calendar import Calendar, known_zone
from analysis.campaign.issuer import Issuer
from analysis.campaign.layouts import Layout, from_single
from analysis.campaign.measures import Measure, MeasureCode, Words, pairs_of
from analysis.campaign.record import Code, Record
from analysis.campaign.rhythm import Rhythm, Rhythms, monday_after
from analysis.campaign.stated import Assumption, Event, Holiday, Member, Mobilisation, PublishedFigure, Target
from analysis.campaign.text import LanguageCode, Line, Text, in_order
from analysis.campaign.tree import Tree, became, rows_by_code


class Campaign(Record):
    """One drive toward a target by a deadline over a set of areas, as its folder states it."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid", arbitrary_types_allowed=True)

    folder: Path
    code: Code
    name: Text
    unit: Text
    people: Text | None = None
    languages: tuple[LanguageCode, ...]
    timezone: Annotated[str, AfterValidator(known_zone)]
    vocabulary: Line | None = None
    measure: MeasureCode
    measures: tuple[Measure, ...]
    words: Mapping[Line, Text] = Field(default_factory=dict)
    area_types: Mapping[Line, Words] = Field(default_factory=dict)
    issuer: Issuer = Field(default_factory=Issuer)
    simulated: bool
    first_day: date
    last_day: date
    as_of: datetime
    seed: Annotated[int, Field(ge=0)]
    public_threshold: Annotated[int, Field(ge=1)] = 10
    strata: Line | None = None
    targets: tuple[Target, ...]
    calendar: Calendar | None = None
    holidays: tuple[Holiday, ...] = ()
    events: tuple[Event, ...] = ()
    assumptions: tuple[Assumption, ...] = ()
    layouts: tuple[Layout, ...] = ()
    members: tuple[Member, ...] = ()
    rhythm: Rhythms | None = None
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
        if not isinstance(languages, tuple) or not all(isinstance(one, str) for one in languages):
            return given
        return {**in_order(given, languages), "languages": languages}

    @model_validator(mode="before")
    @classmethod
    def _layout_of_old(cls, given: Any) -> Any:
        """One ``[layout]``, as it was written before there could be several, is one of ``[[layouts]]``."""
        if not isinstance(given, Mapping) or not isinstance(given.get("layout"), Mapping):
            return given
        rest = {key: value for key, value in given.items() if key != "layout"}
        return {**rest, "layouts": (*given.get("layouts", ()), from_single(given["layout"]))}

    @model_validator(mode="after")
    def _each_layout_once(self) -> Self:
        names = [layout.name for layout in self.layouts]
        if twice := [name for name in names if names.count(name) > 1]:
            raise ValueError(f"two layouts are called {twice[0]!r}; give each a name of its own")
        return self

    @model_validator(mode="after")
    def _each_language_once(self) -> Self:
        if not self.languages or len(set(self.languages)) < len(self.languages):
            raise ValueError("'languages' names each language of the reports once, the first one first")
        return self

    @property
    def headline(self) -> Measure:
        """The measure the campaign is about; its code is ``measure``."""
        return next(one for one in self.measures if one.code == self.measure)

    @property
    def measure_of_period(self) -> str | None:
        """The code of what the headline measure grew by in a period, ``None`` where nobody counts that."""
        return dict(pairs_of(self.measures)).get(self.measure)

    def word_of(self, key: str) -> Text | str:
        """Return the campaign's word for a measure, a unit or a kind of push; plain where it has none."""
        named = {one.code: one.name for one in self.measures if one.name is not None}
        return self.words.get(key) or named.get(key) or key.replace("_", " ")

    @cached_property
    def pushes(self) -> tuple[Mobilisation, ...]:
        """Each mobilisation on every area that is counted: one of an area with others below it is theirs."""
        return tuple(
            one if code == one.area else one.model_copy(update={"area": code})
            for one in self.mobilisations
            for code in self.tree(one.first_day).leaves_of(one.area)
        )

    def pushes_on(self, day: date) -> tuple[Mobilisation, ...]:
        """Return each mobilisation on every area that is counted on a day and has the counts of its days.

        One of an area that was merged, renamed or divided since is of what it became: beside areas without
        a push these would hide what it brought.
        """
        return tuple(
            one if code == one.area else one.model_copy(update={"area": code})
            for one in self.pushes
            for code in self.became(one.area, one.first_day, day)
        )

    def partly_pushed(self, day: date) -> frozenset[tuple[str, date]]:
        """Return the areas, and first days, of `pushes_on` that reached a part alone of what they were."""
        found: set[tuple[str, date]] = set()
        for first in {one.first_day for one in self.mobilisations if one.first_day <= day}:
            pushed = {one.area for one in self.pushes if one.first_day == first}
            reached, others = (
                {heir for code in codes for heir in self.became(code, first, day)}
                for codes in (pushed, set(self.tree(first).leaves) - pushed)
            )
            found |= {(code, first) for code in reached & others}
        return frozenset(found)

    def became(self, code: str, then: date, day: date) -> tuple[str, ...]:
        """Return what an area that was in force ``then`` is on ``day``: itself, its heirs, or none."""
        known = next((one for one in self._rows.get(code, ()) if one.valid_on(then)), None)
        return (code,) if known is None or day < then else became(known, self._rows, day)

    @cached_property
    def _rows(self) -> Mapping[str, Sequence[Area]]:
        return rows_by_code(self.areas)

    @property
    def touching(self) -> tuple[tuple[str, str], ...]:
        """Pairs of codes of areas that touch."""
        return tuple((one.area, one.neighbour) for one in self.borders)

    def tree(self, day: date) -> Tree:
        """Return the areas in force on ``day`` as a tree."""
        if day not in self._trees:
            self._trees[day] = Tree.on(self.areas, day)
        return self._trees[day]

    @cached_property
    def _trees(self) -> dict[date, Tree]:
        """Trees that were asked for: what a nation's derives of its areas takes a twentieth of a second."""
        return {}

    @property
    def page(self) -> str:
        """The file of a report to open first: its page in the first language."""
        return f"report.{self.languages[0]}.html"

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which this campaign's days begin and end."""
        return ZoneInfo(self.timezone)

    def rhythm_of(self, code: str) -> Rhythm:
        """Return how an area counts and sends; every day where the campaign says nothing."""
        return self.rhythm.of(code) if self.rhythm else Rhythm()

    def next_report(self, until: date) -> date | None:
        """Return the Monday of the next weekly report in which something can be new.

        Parameters
        ----------
        until
            The last day of which this report may know.

        Returns
        -------
        date or None
            The next Monday after a week in which files are to be in, at the latest that after the campaign's
            last day; ``None`` once that is past.
        """
        soonest, last = monday_after(until + timedelta(days=1)), monday_after(self.last_day)
        coming = (self.rhythm or Rhythm()).comes_after(soonest - timedelta(days=8))
        return min(max(soonest, monday_after(coming)), last) if soonest <= last else None

    def target_on(self, day: date) -> Target | None:
        """Return the target a report of ``day`` is about: the one announced last by then, else the first.

        ``None`` only where the campaign has no target at all.
        """
        known = [target for target in self.targets if target.known_from <= day]
        first = min(self.targets, key=lambda target: target.known_from, default=None)
        return max(known, key=lambda target: target.known_from, default=first)

    def target_count(self, target: Target) -> int:
        """Return how many persons the target asks for over all areas."""
        if target.value is not None:
            return target.value
        tree = self.tree(target.deadline)
        eligible = sum(area.eligible or 0 for area in tree.areas if area.code not in tree.children)
        return math.ceil(_part(target.share or 0.0, eligible))

    def target_of(self, area: Area, target: Target | None) -> float | None:
        """Return an area's own target, else the share of its eligible people that the campaign's asks for."""
        if area.target is not None:
            return float(area.target)
        asked = target.share if target and area.eligible else None
        return None if asked is None else float(_part(asked, area.eligible or 0))

    def area(self, code: str) -> Area:
        """Return the area of that code, the last one in force; KeyError if the campaign has none."""
        return self._by_code[code]

    @cached_property
    def _by_code(self) -> Mapping[str, Area]:
        return {area.code: area for area in sorted(self.areas, key=lambda one: one.valid_to or date.max)}


def _part(share: float, people: int) -> Decimal:
    """Return a share of people as it is written: 55 % of 100 is 55, of which floats make a little more."""
    return Decimal(str(share)) * people
