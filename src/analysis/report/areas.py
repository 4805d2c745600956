"""Where each area stands, and which areas decide the outcome."""

import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from functools import lru_cache, partial
from typing import Any

import pandas as pd

from analysis import say
from analysis.campaign import TOTAL, Campaign, Language, Text
from analysis.inert import inert
from analysis.report.cells import AreaName, as_float, as_text
from analysis.report.evidence import Evidence
from analysis.report.numbers import Numbers
from analysis.report.table import Cell, Later, Reader, Table, columns, declared, table_of
from analysis.report.words.phrases import phrase, phrases, source_words
from analysis.standing import as_date


@lru_cache(maxsize=2)
def area_names(evidence: Evidence) -> dict[str, AreaName]:
    """Return the name of every area by its code, on the last day where the code is one of that day."""
    last = evidence.workspace.last_day
    ordered = sorted(evidence.workspace.campaign.areas, key=lambda area: area.valid_on(last))
    return {area.code: AreaName(inert(area.name), area.code) for area in ordered}


_OF_LEVEL = {
    **dict.fromkeys(("X", "P", "TT"), "commune"),
    **dict.fromkeys(("H", "Q", "TX", "TP"), "district"),
}
"""Types of areas of one level, by what all of that level are called."""


def level_noun(evidence: Evidence, names: Collection[str]) -> Text:
    """Return what counted areas of these names are called, one and several; areas, where of several types."""
    campaign, known, wanted = evidence.workspace.campaign, area_names(evidence), set(names)
    counted = [one for one in campaign.tree(evidence.workspace.today).leaves if str(known[one]) in wanted]
    types = (campaign.area(code).type for code in counted)
    kinds = {_OF_LEVEL.get(one, one) for one in types if one}
    return phrases().get(f"noun_{kinds.pop()}" if len(kinds) == 1 else "", phrase("noun_area"))


def area_choices(evidence: Evidence) -> dict[str, str]:
    """Return the codes of the areas that are counted, by name; of namesakes by name and code."""
    names = area_names(evidence)
    leaves = evidence.workspace.campaign.tree(evidence.workspace.today).leaves
    said = Counter(names[code] for code in leaves)
    return {f"{names[code]} ({code})" if said[names[code]] > 1 else str(names[code]): code for code in leaves}


def area_of(evidence: Evidence, column: str) -> Reader:
    """Make a cell of an area's code: its name, all areas together, or the code where no area has it."""
    names: dict[str, str | Text] = {**area_names(evidence), TOTAL: phrase("word_all_areas")}
    return lambda row: names.get(str(row[column]), str(row[column]))


def table_from(
    evidence: Evidence, key: str, rows: pd.DataFrame | Iterable[Mapping[str, Any]], **special: Reader
) -> Table:
    """Return a declared table (`table_of`) in which areas and what was counted have their names."""
    named: dict[str, Reader] = {}
    for one in columns(declared()[key]["columns"]):
        if one.kind == "area":
            named[one.key] = area_of(evidence, one.source)
        elif one.kind == "measure":
            named[one.key] = partial(_measure, evidence.workspace.campaign, one.source)
    return table_of(key, rows, **named, **special)


def _measure(campaign: Campaign, column: str, row: Mapping[str, Any]) -> Cell:
    """Make a cell of the name of what was counted; nothing where that is not known."""
    measure = as_text(row.get(column))
    return campaign.word_of(measure) if measure else None


def mobilised_codes(evidence: Evidence) -> set[str]:
    """Return the codes of the areas that had mobilised by the last day."""
    workspace = evidence.workspace
    campaign = workspace.campaign
    every = (*campaign.mobilisations, *campaign.pushes_on(workspace.today))
    return {one.area for one in every if one.first_day <= workspace.last_day}


@lru_cache(maxsize=2)
def area_frame(evidence: Evidence) -> pd.DataFrame:
    """Return where each area and parent stands by the standing, and its forecast; lowest share first.

    Beside the columns of the standing: ``probability``, ``early``, ``median``, ``late``, ``horizon``,
    ``lack`` (expected on the deadline, or now once it is over), ``expected`` with its ends, `ranks` and
    ``moved``.
    """
    frame = evidence.standing.areas.iloc[:-1].set_index("location")
    made = evidence.completion.set_index("location")
    for name, column in _COMPLETES.items():
        frame[name] = made[column]
    frame["lack"] = frame["missing"] if evidence.standing.over else made["expected_shortfall"]
    shares = _expected_shares(evidence).rename(columns=_ENDS)
    ranked = ranks(frame["share"], evidence)
    frame = frame.join([shares[list(_ENDS.values())], ranked])
    frame["moved"] = frame["rank_before"] - frame["rank"]
    if evidence.own_targets:  # first whom nobody has counted, last what has no target to be behind
        frame["place"] = frame["share"].fillna(-math.inf).mask(~(frame["target"] > 0), math.inf)
    else:
        frame["place"] = -frame["count"].fillna(math.inf)
    return frame.rename_axis("area").sort_values(["place", "area"]).drop(columns="place")


def _shares_before(evidence: Evidence) -> pd.Series:
    """Return shares of target a period before the common day, by area, of those counted on that day."""
    day = pd.Timestamp(evidence.standing.total["increase_from"])
    panel = evidence.panel
    row = panel[(panel["date"] == day) & ~panel["interpolated"]].set_index("area")
    return (row["cumulative"] / row["target"]).astype(float)


def ranks(shares: pd.Series, evidence: Evidence) -> pd.DataFrame:
    """Rank areas and parents by their share of target, each among those of its own level of the tree.

    An area whose newest figure is older than the common day has no rank: the others would pass it by while
    it says nothing.

    Returns
    -------
    DataFrame
        By code: ``rank``, 1 the highest share, empty for an area alone; ``rank_before``, empty unless all
        that are ranked were known a period before; ``ranked``, how many are.
    """
    tree = evidence.workspace.campaign.tree(evidence.workspace.today)
    then = _shares_before(evidence).reindex(shares.index)
    level = pd.Series({code: tree.level.get(str(code)) for code in shares.index}, dtype=float)
    found = pd.DataFrame({"now": shares, "then": then, "level": level}).dropna(subset=["now", "level"])
    known_until = evidence.standing.areas.set_index("location")["known_until"].reindex(found.index)
    found = found[~(known_until < pd.Timestamp(evidence.standing.common_day))]
    found = found[found.groupby("level")["now"].transform("size") > 1]
    of_level = found.groupby("level")
    placed = of_level[["now", "then"]].rank(ascending=False, method="min")
    whole = of_level["then"].transform("count") == of_level["now"].transform("count")
    ranked = of_level["now"].transform("size")
    return pd.DataFrame({"rank": placed["now"], "rank_before": placed["then"].where(whole), "ranked": ranked})


def _expected_shares(evidence: Evidence) -> pd.DataFrame:
    """Return ``p10 p50 p90`` of the share of target on the deadline, by location; none once it is over."""
    fan, deadline = evidence.fan, as_date(evidence.standing.total["deadline"])
    names = ["p10", "p50", "p90"]
    if fan.empty or deadline is None:
        return pd.DataFrame(columns=names, dtype=float)
    there = fan[pd.to_datetime(fan["date"]) == pd.Timestamp(deadline)].set_index("location")
    targets = evidence.completion.set_index("location")["target"].astype(float).reindex(there.index)
    return there[names].astype(float).div(targets.where(targets > 0), axis=0).dropna()


_COMPLETES = {
    "probability": "probability_by_deadline", "early": "date_p10", "median": "date_p50", "late": "date_p90",
    "horizon": "horizon_end",
}  # fmt: skip
_ENDS = {"p50": "expected", "p10": "expected_low", "p90": "expected_high"}


def top_frame(evidence: Evidence) -> pd.DataFrame:
    """Return `area_frame` of the level below the top: areas of one level, or the parents of several."""
    workspace = evidence.workspace
    frame = area_frame(evidence)
    return frame[frame.index.isin(workspace.campaign.tree(workspace.today).tops)]


def area_table(evidence: Evidence, numbers: Numbers) -> Table:
    """Where each area stands, lowest share of target first, all areas together in the last row.

    Where no area has a target of its own: the count and what was added, the largest count first.

    An area not known to the common day shows its newest count with the day that is of, and no increase. Once
    the deadline is over there is no chance of meeting it, but what was reached on it.
    """
    rows = [*top_frame(evidence).reset_index().to_dict("records"), _total(evidence, numbers)]
    key = "areas_open" if not evidence.own_targets else "areas_over" if evidence.standing.over else "areas"
    made = _rows(evidence, key, rows)
    shown = (
        replace(one, heading=_period_heading(evidence)) if one.key == "week" else one for one in made.columns
    )
    note = made.note
    if any(made.column("mobilised")):
        note = Text({to: f"{said} {phrase('note_pushed')(to)}" for to, said in note.items()})
    return replace(made, columns=tuple(shown), note=note, strong=len(rows) - 1)


def level_tables(evidence: Evidence) -> list[Table]:
    """Return the counts of each level further down, a table a parent, whose own are in the last row."""
    workspace, frame = evidence.workspace, area_frame(evidence)
    tree = workspace.campaign.tree(workspace.today)
    made = []
    for parent in sorted(tree.children, key=lambda code: tree.level[code]):
        rows = frame.loc[
            [one for one in (*tree.children[parent], parent) if one in frame.index]
        ].reset_index()
        made.append(replace(_rows(evidence, "levels", rows), strong=len(rows) - 1))
    return made


def risk_table(evidence: Evidence) -> Table:
    """Which areas are expected to lack most on the deadline; once it is over, which lack most now."""
    frame = area_frame(evidence)
    leaves = set(evidence.workspace.campaign.tree(evidence.workspace.today).leaves)
    frame = frame[frame.index.isin(leaves & set(evidence.completion["location"]))]
    ordered = frame.sort_index().sort_values("lack", ascending=False, kind="stable").reset_index()
    return _rows(evidence, "left" if evidence.standing.over else "risk", ordered)


def push_table(evidence: Evidence) -> Table:
    """List every push by the last day: which area, from when to when, how, and who says so."""
    campaign = evidence.workspace.campaign
    known = [one for one in campaign.mobilisations if one.first_day <= evidence.workspace.last_day]
    rows = [vars(one) for one in sorted(known, key=lambda one: (one.first_day, one.area))]
    return table_from(evidence, "pushes", rows, source=_source)


def event_table(evidence: Evidence) -> Table:
    """List what a reader of the course should know of by the last day, and who says so."""
    known = [one for one in evidence.workspace.campaign.events if one.date <= evidence.workspace.last_day]
    rows = [vars(one) for one in sorted(known, key=lambda one: one.date)]
    event: Reader = lambda row: Text({to: inert(said) for to, said in row["name"].items()})  # noqa: E731
    return table_of("events", rows, event=event, source=_source)


def _source(row: Mapping[str, Any]) -> Cell:
    """Return who says so: an address as it is, anything else in the reader's words."""
    said = str(row["source"])
    return said if said.startswith(("https://", "http://")) else source_words(said)


def completion_day(day: Any, horizon: Any, share: Any) -> Cell:
    """Write when an area completes: a day, that it has, or that it is later than the last day forecast."""
    found, last = as_date(day), as_date(horizon)
    if (as_float(share) or 0.0) >= 1:
        return phrase("area_met")
    return Later(last) if found is None and last is not None else found


def _rows(evidence: Evidence, key: str, records: pd.DataFrame | list[Any]) -> Table:
    """Fill one of the tables of areas; what one of them has no column for is left out."""
    pushed = mobilised_codes(evidence)

    def ends(key: str) -> Reader:
        return lambda row: completion_day(row[key], row["horizon"], row["share"])

    special: dict[str, Reader] = {
        "mobilised": lambda row: row["area"] in pushed,
        "at_deadline": lambda row: (
            as_float(row["deadline_count"] / row["target"]) if row["target"] > 0 else None
        ),
        **{key: ends(key) for key in ("early", "median", "late")},
    }
    if isinstance(records, pd.DataFrame):  # of a nation's ten thousand rows, those columns that are read
        read = {*_READ, *(one.source for one in columns(declared()[key]["columns"]))}
        records = records[[name for name in records if name in read]]
    return table_from(evidence, key, records, **special)


_READ = ("area", "horizon", "share", "deadline_count", "target")
"""What cells of `_rows` are made of beside their own columns."""


def _total(evidence: Evidence, numbers: Numbers) -> dict[str, Any]:
    """Return all areas together as `area_frame` has an area; together they have no rank."""
    completion, ahead = numbers.get("completion"), numbers.get("at_deadline_share")
    ends = (ahead.value, ahead.low, ahead.high) if ahead else (None, None, None)
    return {
        **{str(key): value for key, value in evidence.standing.total.items()},
        **dict(zip(_ENDS.values(), ends, strict=True)),
        "area": TOTAL,
        "day": evidence.standing.common_day,
        "probability": numbers.amount("probability"),
        "median": completion and completion.value,
        "horizon": completion and completion.horizon,
    }


def _period_heading(evidence: Evidence) -> Text:
    """Head the column of increases with the days they are of."""
    first = (pd.Timestamp(evidence.standing.total["increase_from"]) + pd.Timedelta(days=1)).date()
    last = evidence.standing.common_day

    def headed(text: str, language: Language) -> str:
        days = say.short_days_from_to(first, last, language)
        return text.format(**dict(zip(("first", "last"), days, strict=True)))

    return Text({to: headed(text, to) for to, text in phrase("head_week").items()})
