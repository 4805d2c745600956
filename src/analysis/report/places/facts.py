"""What is known of one area, or of one that others add up to: numbers of the standing and of the forecast."""

import math
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from analysis.campaign import Area, Tree
from analysis.forecast.record import DAILY
from analysis.forecast.scenario import PushEffect, effect_of_push
from analysis.inert import inert
from analysis.panel import totals_by
from analysis.report.areas import area_frame, area_names
from analysis.report.cells import as_float
from analysis.report.evidence import Evidence
from analysis.report.numbers import Number, Numbers, numbers_of
from analysis.report.places.course import FAN, Columns, Course, course_of
from analysis.report.suppress import TELLS
from analysis.report.words.phrases import phrase
from analysis.standing import as_date

SHEETS = 300  # pages of areas on paper
_COMPLETION = "completion.csv"
_NO_FAN: Columns = dict.fromkeys(("date", *FAN), np.array([]))


@dataclass(frozen=True)
class Place:
    """One area with its numbers; no ``course`` where the form is public, for it tells each day's count."""

    area: Area
    numbers: Numbers
    pushed: tuple[tuple[date, date | None], ...]
    data: str
    children: tuple[str, ...]
    course: Course | None

    @property
    def name(self) -> str:
        """The name, harmless."""
        return inert(self.area.name)


@dataclass(frozen=True)
class Atlas:
    """Every area that has a page, by its code; made once for all languages.

    ``hidden`` has by column of the areas' table the names whose cell a public form hides; ``None`` where the
    form is not public.
    """

    evidence: Evidence
    hidden: Mapping[str, Collection[str]] | None = None

    @cached_property
    def tree(self) -> Tree:
        """The areas in force on the last day."""
        workspace = self.evidence.workspace
        return workspace.campaign.tree(workspace.last_day)

    @cached_property
    def places(self) -> Mapping[str, Place]:
        """Every place, highest level first."""
        return {area.code: self._place(area, self._rows[area.code]) for area in self._shown}

    @cached_property
    def on_paper(self) -> Mapping[str, Place]:
        """The places of so many levels from the top as make at most :data:`SHEETS`; of one level at least."""
        level, kept = self.tree.level, self.places
        while len(kept) > SHEETS and (lowest := max(level[code] for code in kept)) > 1:
            kept = {code: place for code, place in kept.items() if level[code] < lowest}
        return kept

    def listed(self, code: str) -> tuple[str, Number, Number] | None:
        """Return an area's name, its share and the share expected, whether or not it has a page."""
        row = self._rows.get(code)
        if row is None:
            return None
        name = str(area_names(self.evidence)[code])
        share, expected = self._kept_back(name, self._shares(row))
        return name, share, expected

    @cached_property
    def _order(self) -> Mapping[str, int]:
        """Where each area comes among all, the lowest share first."""
        return {code: at for at, code in enumerate(self._rows)}

    @cached_property
    def _rows(self) -> Mapping[str, Mapping[Any, Any]]:
        return {str(row["area"]): row for row in area_frame(self.evidence).reset_index().to_dict("records")}

    @cached_property
    def _shown(self) -> tuple[Area, ...]:
        leaves, level = set(self.tree.leaves), self.tree.level
        every = len(leaves) <= DAILY  # of more, only those above them have a course to show, and so a page
        shown = [
            area for area in self.tree.areas if area.code in self._rows and (every or area.code not in leaves)
        ]
        return tuple(sorted(shown, key=lambda area: (level[area.code], area.code)))

    def _place(self, area: Area, row: Mapping[Any, Any]) -> Place:
        code, numbers = area.code, Numbers.of(*self._numbers(area, row))
        pushed, children = (
            self._pushed.get(code, ()),
            sorted(self.tree.children.get(code, ()), key=lambda one: self._order.get(one, -1)),
        )
        return Place(
            area, numbers, tuple(pushed), str(row["data"]), tuple(children), self._course(code, numbers)
        )

    def _course(self, code: str, numbers: Numbers) -> Course | None:
        if self.hidden is not None:
            return None
        counted, fan = self._courses[code], self._ahead.get(code, _NO_FAN)
        kept = counted["days"].to_numpy() > 0
        kept[:1] = True
        told = {name: counted[name].to_numpy()[kept] for name in ("date", "cumulative")}
        since = self.evidence.standing.common_day
        return course_of(told, fan, numbers["target"].value, numbers["deadline"].value, since)

    @cached_property
    def _pushed(self) -> Mapping[str, list[tuple[date, date | None]]]:
        """From when to when each area was pushed, as far as it was known."""
        found: dict[str, list[tuple[date, date | None]]] = {}
        workspace = self.evidence.workspace
        campaign, today = workspace.campaign, workspace.today
        for one in campaign.mobilisations:
            if one.first_day <= workspace.last_day:
                for code in campaign.became(one.area, one.first_day, today):
                    found.setdefault(code, []).append((one.first_day, one.last_day))
        return found

    def _numbers(self, area: Area, row: Mapping[Any, Any]) -> Iterator[Number]:
        unit, day = self.evidence.workspace.campaign.unit, as_date(row["day"])
        share, expected = self._shares(row)
        like = "unpushed_change_share" if row["pushed_areas"] else "change_share"
        files = float(self._files.get(area.code, 0))
        partly = 0 < row["areas_counted"] < row["areas"]
        spec = f"{_PARTLY if partly else ''} {_STANDS} change_share:signed_share={like}"
        early, median, late, horizon = (as_date(row[key]) for key in ("early", "median", "late", "horizon"))
        made = [
            share,
            expected,
            *numbers_of(row, spec, "standing.parquet", day, unit),
            Number("files", files, "count", "tallies.parquet", phrase("files")),
            Number(
                "completion", median, "day", _COMPLETION, low=early, high=late, level=0.8, horizon=horizon
            ),
            *numbers_of(row, "probability:probability", _COMPLETION, day, unit),
            self._push(row),
        ]
        yield from self._kept_back(inert(area.name), made)

    def _shares(self, row: Mapping[Any, Any]) -> tuple[Number, Number]:
        """Return the share that an area has reached, and that expected on the deadline."""
        low, middle, high = (as_float(row[key]) for key in ("expected_low", "expected", "expected_high"))
        return (
            Number("share", as_float(row["share"]), "share", "standing.parquet", day=as_date(row["day"])),
            Number("at_deadline", middle, "share", "fan.csv", low=low, high=high, level=0.8),
        )

    def _kept_back(self, name: str, made: Iterable[Number]) -> Iterator[Number]:
        """Keep back what a public form hides of an area."""
        for number in made:
            columns = TELLS["place"].get(number.key, ())
            gone = self.hidden and any(name in self.hidden.get(one, ()) for one in columns)
            yield number.without_value() if gone else number

    @cached_property
    def _courses(self) -> Mapping[str, pd.DataFrame]:
        """What was counted day by day in the areas of each place that have a target, or in all of them."""
        panel = self.evidence.panel
        own = set(panel.loc[panel["target"] > 0, "area"].unique())
        leaves = {area.code: self.tree.leaves_of(area.code) for area in self._shown}
        aimed = {code: [leaf for leaf in those if leaf in own] or those for code, those in leaves.items()}
        return totals_by(panel, aimed)

    @cached_property
    def _ahead(self) -> Mapping[str, Columns]:
        """The fan of each place."""
        fan = self.evidence.fan
        if fan.empty:
            return {}
        fan = fan[fan["location"].isin([area.code for area in self._shown])]
        columns = {name: fan[name].to_numpy() for name in FAN}
        columns["date"] = pd.to_datetime(fan["date"]).to_numpy()
        rows = fan.groupby("location", sort=False).indices
        return {str(code): {name: cells[at] for name, cells in columns.items()} for code, at in rows.items()}

    @cached_property
    def _files(self) -> Mapping[str, int]:
        """How many files tell of the areas of each place."""
        told = self.evidence.tallies[["area_code", "file"]].drop_duplicates().astype("str")
        placed = [(leaf, area.code) for area in self._shown for leaf in self.tree.leaves_of(area.code)]
        both = told.merge(pd.DataFrame(placed, columns=["area_code", "place"]))
        counts = both.drop_duplicates(["place", "file"])["place"].value_counts()
        return {str(code): int(many) for code, many in counts.items()}

    @cached_property
    def _effect(self) -> PushEffect | None:
        """What a push brings, where the finding is that it raised the count and there is a deadline ahead."""
        evidence = self.evidence
        open_yet = evidence.standing.phase in ("early", "running")
        return effect_of_push(evidence.effects, evidence.panel) if evidence.raised and open_yet else None

    def _push(self, row: Mapping[Any, Any]) -> Number:
        """Return what another push would bring by its week, of the people not counted yet, with its range."""
        effect, unit = self._effect, self.evidence.workspace.campaign.unit
        left = float(row["eligible"] - row["count"])
        ends: tuple[float | None, ...] = (None, None, None)
        whole = row["areas_counted"] == row["areas"]  # who was never counted is not known to be left
        if effect is not None and left > 0 and row["missing"] > 0 and whole:
            doubt = math.hypot(effect.by_week_sd, effect.between[1])
            ends = tuple(left * (effect.by_week + step * doubt) for step in (0, -_NORMAL_80, _NORMAL_80))
        return Number("push", ends[0], "estimate", "effects.csv, panel.parquet", unit, None, None, None,
                      ends[1], ends[2], 0.8)  # fmt: skip


_NORMAL_80 = 1.2816  # standard deviations on either side that hold 80 % of a normal distribution
_STANDS = (
    "count target missing pace pace_needed pace_ratio:ratio increase increase_days@days"
    " known_until:day deadline:day rank rank_before ranked"
)
_PARTLY = "counted_areas=areas_counted@areas areas@areas"
