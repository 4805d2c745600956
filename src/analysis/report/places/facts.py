"""What is known of one area, or of one that others add up to: numbers of the standing and of the forecast."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import pandas as pd

from analysis.campaign import Area, Text, Tree
from analysis.inert import inert
from analysis.panel import aimed, totals
from analysis.report.ahead import expected_shares, ranks
from analysis.report.areas import tables_below
from analysis.report.cells import as_day, as_float
from analysis.report.evidence import Evidence
from analysis.report.numbers import Number, Numbers
from analysis.report.suppress import hidden_areas
from analysis.report.table import Table
from analysis.report.words.phrases import phrase

MOST = 800  # areas that are counted; beyond, only those above them have a page
_STANDING, _COMPLETION = "standing.parquet", "completion.csv"


@dataclass(frozen=True)
class Place:
    """One area with its numbers.

    ``course`` has ``date`` and ``cumulative``, ``ahead`` the fan of its forecast; both are empty where the
    form is public, for a course tells each day's count.
    """

    area: Area
    numbers: Numbers
    pushed: tuple[tuple[date, date | None], ...]
    data: str
    children: tuple[str, ...]
    course: pd.DataFrame
    ahead: pd.DataFrame

    @property
    def name(self) -> str:
        """The name, harmless."""
        return inert(self.area.name)


@dataclass(frozen=True)
class Atlas:
    """Every area that has a page, by its code; made once for all languages."""

    evidence: Evidence
    table: Table
    public: bool = False

    @cached_property
    def tree(self) -> Tree:
        """The areas in force on the last day."""
        workspace = self.evidence.workspace
        return workspace.campaign.tree(workspace.last_day)

    @cached_property
    def places(self) -> Mapping[str, Place]:
        """Every place, highest level first."""
        leaves = set(self.tree.leaves)
        shown = [area for area in self.tree.areas if len(leaves) <= MOST or area.code not in leaves]
        shown.sort(key=lambda area: (self.tree.level[area.code], area.code))
        return {area.code: self._place(area) for area in shown if area.code in self._standing.index}

    @cached_property
    def _standing(self) -> pd.DataFrame:
        return self.evidence.standing.areas.set_index("location")

    @cached_property
    def _completion(self) -> pd.DataFrame:
        return self.evidence.completion.set_index("location")

    @cached_property
    def _hidden(self) -> Mapping[str, set[str]]:
        """By column of the areas' table the codes whose cell a public form hides."""
        if not self.public:
            return {}
        threshold = self.evidence.workspace.campaign.public_threshold
        return hidden_areas(self.table, tables_below(self.evidence), threshold)

    @cached_property
    def _ranks(self) -> pd.DataFrame:
        """Each area's rank among those of its level, a week before, and of how many."""
        return ranks(self._standing["share"], self.evidence)

    @cached_property
    def _ahead(self) -> pd.DataFrame:
        return expected_shares(self.evidence)

    def _place(self, area: Area) -> Place:
        code, campaign = area.code, self.evidence.workspace.campaign
        row = _row(self._standing, code)
        numbers = list(self._numbers(code, row))
        if self.public:
            numbers = [self._as_public(code, number) for number in numbers]
        pushed = [(one.first_day, one.last_day) for one in campaign.mobilisations
                  if one.area == code and one.first_day <= self.evidence.workspace.last_day]  # fmt: skip
        panel, fan = self.evidence.panel, self.evidence.fan
        counted = totals(aimed(panel[panel["area"].isin(self.tree.leaves_of(code))]))
        course = counted.loc[counted["days"].gt(0) | (counted.index == 0), ["date", "cumulative"]]
        ahead = fan[fan["location"] == code] if not fan.empty else fan
        none = self.public or course.empty
        return Place(
            area,
            Numbers.of(*numbers),
            tuple(pushed),
            str(row["data"]),
            self.tree.children.get(code, ()),
            course.iloc[:0] if none else course,
            ahead.iloc[:0] if none else ahead,
        )

    def _numbers(self, code: str, row: "pd.Series[Any]") -> Iterator[Number]:
        unit, day = self.evidence.workspace.campaign.unit, as_day(row["day"])

        def standing(key: str, column: str, kind: Any = "count", of: Text | None = unit) -> Number:
            return Number(key, as_float(row[column]), kind, f"{_STANDING}: {column}", of, day)

        yield standing("count", "count")
        yield standing("target", "target")
        yield standing("share", "share", "share")
        yield standing("missing", "missing")
        yield standing("pace", "pace")
        yield standing("pace_needed", "pace_needed")
        yield standing("pace_ratio", "pace_ratio", "ratio", None)
        yield standing("increase", "increase")
        yield standing("increase_days", "increase_days", "count", phrase("days"))
        like = "unpushed_change_share" if row["pushed_areas"] else "change_share"
        yield standing("change_share", like, "signed_share", None)
        yield Number("known_until", as_day(row["known_until"]), "day", _STANDING)
        yield Number("deadline", as_day(row["deadline"]), "day", _STANDING)
        yield from self._ranked(code)
        yield from self._received(code)
        if code in self._completion.index:
            yield from self._expected(code, _row(self._completion, code))

    def _ranked(self, code: str) -> Iterator[Number]:
        if code not in self._ranks.index:
            return
        row = _row(self._ranks, code)
        yield Number("rank", float(row["rank"]), "count", _STANDING)
        yield Number("ranked", float(row["ranked"]), "count", _STANDING)
        if pd.notna(row["rank_before"]):
            yield Number("rank_before", float(row["rank_before"]), "count", "panel.parquet")

    def _received(self, code: str) -> Iterator[Number]:
        own = self.evidence.tallies["area_code"].isin(self.tree.leaves_of(code))
        files = self.evidence.tallies.loc[own, "file"].nunique()
        yield Number("files", float(files), "count", "tallies.parquet", phrase("files"))

    def _expected(self, code: str, row: "pd.Series[Any]") -> Iterator[Number]:
        early, median, late = (as_day(row[name]) for name in ("date_p10", "date_p50", "date_p90"))
        yield Number("completion", median, "day", _COMPLETION, low=early, high=late, level=0.8,
                     horizon=as_day(row["horizon_end"]))  # fmt: skip
        yield Number("probability", as_float(row["probability_by_deadline"]), "probability", _COMPLETION)
        if code in self._ahead.index:
            low, middle, high = (float(_row(self._ahead, code)[name]) for name in ("p10", "p50", "p90"))
            yield Number("at_deadline", middle, "share", "fan.csv", low=low, high=high, level=0.8)

    def _as_public(self, code: str, number: Number) -> Number:
        """Hide what tells a count that the table of a public form hides."""
        columns = _TELLS.get(number.key, ())
        return number.without_value() if any(code in self._hidden.get(one, ()) for one in columns) else number


def _row(frame: pd.DataFrame, code: str) -> "pd.Series[Any]":
    return frame.loc[[code]].iloc[0]


_TELLS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("count", "share", "missing", "pace_needed", "at_deadline"), ("count",)),
    **dict.fromkeys(("pace", "increase", "change_share"), ("week", "change")),
    "pace_ratio": ("count", "week"),
}
