"""For an analyst at the screen: what a push would change, whether one worked, two weeks, whence a number.

Each question has a function that answers it with a sentence or a table and one that draws the answer; the
controls (`analysis.report.controls`) only choose what these are asked.
"""

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from analysis import forecast, say
from analysis.campaign import Language
from analysis.compare import push_headlines, push_of
from analysis.compare.studied import Push
from analysis.errors import InputError
from analysis.forecast.scenario import PushEffect
from analysis.inert import inert
from analysis.panel import compared_from
from analysis.report.areas import area_choices, area_names
from analysis.report.cells import as_text
from analysis.report.curves import fan_curve, group_rates
from analysis.report.evidence import Evidence, read_evidence
from analysis.report.figures import course, effect, explored
from analysis.report.table import window_words
from analysis.report.words.phrases import word
from analysis.standing import as_date
from analysis.workspace import Workspace

if TYPE_CHECKING:
    from analysis.forecast.paths import Paths
    from analysis.forecast.weekly import Columns


@dataclass(frozen=True, eq=False)  # one is itself alone, so that what was asked of it can be kept
class Desk:
    """What an analyst has at hand.

    Attributes
    ----------
    evidence
        The artifacts, as the report reads them.
    outlook
        The forecast with its joint paths.
    effect
        What a push brings; ``None`` where no push was estimated.
    """

    evidence: Evidence
    outlook: forecast.Outlook | None
    effect: PushEffect | None

    @cached_property
    def blocks(self) -> "list[tuple[Columns, Paths]]":
        """The forecast's joint paths, drawn once for all that is asked; none without a forecast."""
        return list(self.outlook.blocks()) if self.outlook else []

    def pushable(self) -> dict[str, str]:
        """Return the codes of the areas that a push can be tried in, by name: those that are forecast."""
        choices, ahead = area_choices(self.evidence), self.outlook
        return {name: code for name, code in choices.items() if not ahead or code in ahead.history.areas}


def open_desk(workspace: Workspace) -> Desk:
    """Read the artifacts and make the forecast anew: it is the one of the report."""
    evidence = read_evidence(workspace)
    campaign = workspace.campaign
    history = forecast.history_of(campaign, evidence.panel, evidence.tallies, workspace.as_of)
    goal = forecast.goal_for(campaign, workspace.last_day)
    as_of = pd.Timestamp(workspace.last_day)
    outlook = forecast.forecast_campaign(history, goal, as_of=as_of, seed=campaign.seed)
    effect = forecast.effect_of_push(evidence.effects, evidence.panel)
    return Desk(evidence, outlook, effect)


def what_if(
    desk: Desk, areas: Collection[str], days: Sequence[date], language: Language = "en", size: float = 1.0
) -> str:
    """Say what pushes in these areas on these days would change, by the same joint paths as the forecast.

    Parameters
    ----------
    desk
        As `open_desk` lays it out.
    areas
        Codes of the areas that push; each pushes on every one of ``days``.
    size
        How strong the pushes are beside the one that was estimated.

    Raises
    ------
    InputError
        Where one of the areas is not forecast: a push there would bring nothing, and seem to be worth that.
    """
    plan, one, outlook = _planned(desk, areas, days, size), desk.effect, desk.outlook
    if one is None or outlook is None or not plan.pushes:
        return word("explore_no_effect", language)
    table = forecast.compare_scenarios(outlook.total, [_total_with(desk, plan)], outlook.goal, [plan])
    (row,) = table.to_dict("records")
    later = say.after(desk.blocks[0][1].dates[-1].date(), language)
    found = {
        **{f"probability_{arm}": say.probability(row[f"probability_{arm}"], language) for arm in _ARMS},
        **{
            f"median_{arm}": say.day(day, language) if (day := as_date(row[f"date_p50_{arm}"])) else later
            for arm in _ARMS
        },
        **{
            name: say.significant(row[name], language, row["extra_p90"] - row["extra_p10"])
            for name in _EXTRAS
        },
    }
    said = [word("explore_what_if", language).format(pushes=len(plan.pushes), **found)]
    if len(set(days)) > 1 or size != 1 or any(day.weekday() != one.weekday for day in days):
        said.append(word("explore_unseen", language))
    return " ".join(said)


def draw_what_if(
    desk: Desk, areas: Collection[str], days: Sequence[date], language: Language = "en", size: float = 1.0
) -> Figure:
    """Draw the course with and without the pushes; as `what_if`."""
    evidence, planned, fan = desk.evidence, _planned(desk, areas, days, size), None
    if desk.effect is not None and desk.outlook is not None and planned.pushes:
        fan = forecast.fan_table(_total_with(desk, planned))
    target = math.nan if desk.outlook is None else desk.outlook.goal.targets.get("total", math.nan)
    unit, deadline = evidence.workspace.campaign.unit(language), evidence.deadline
    return course.course(evidence.totals, fan_curve(evidence), target, deadline, unit, language, plan=fan)


@lru_cache(maxsize=1)  # what is said is also drawn
def _total_with(desk: Desk, plan: forecast.Scenario) -> "Paths":
    """Return the total's paths with a plan's pushes, of a desk that has a forecast and an effect."""
    assert desk.outlook is not None  # noqa: S101 - so does whoever asks
    assert desk.effect is not None  # noqa: S101
    goal, total, seed = desk.outlook.goal, desk.outlook.total, desk.evidence.workspace.campaign.seed
    (with_it,) = forecast.totals_with(desk.blocks, total, goal, [plan], desk.effect, seed)
    return with_it


def _planned(desk: Desk, areas: Collection[str], days: Sequence[date], size: float) -> forecast.Scenario:
    left_out = desk.outlook.left_out if desk.outlook else {}
    if out := [area for area in areas if area in left_out]:
        why = "; ".join(f"{area_names(desk.evidence)[one]}: {left_out[one]}" for one in out)
        raise InputError(f"no push can be tried where nothing is forecast ({why})")
    return forecast.Scenario("", tuple((area, pd.Timestamp(day)) for day in days for area in areas), size)


_ARMS = ("without", "with")
_EXTRAS = ("extra_median", "extra_p10", "extra_p90")


def did_it_work(desk: Desk, without: Collection[str] = (), language: Language = "en") -> pd.DataFrame:
    """Estimate the push again without some areas: every window with its extra, interval and p, in words."""
    panel, push = _without(desk, without)
    rows = [
        (
            said(language) if (said := window_words(row)) else "–",
            *(int(row[side]) for side in ("n_treated", "n_control")),
            *(
                say.significant(row[f"extra_{end}"], language, row["extra_high"] - row["extra_low"])
                for end in ("persons", "low", "high")
            ),
            say.p_value(row["p_value"], language),
        )
        for row in push_headlines(panel, push, seed=desk.evidence.workspace.campaign.seed).to_dict("records")
    ]
    keys = ("head_window", "head_mobilised", "others_word", "head_extra", "head_extra_low", "head_extra_high",
            "head_p_value")  # fmt: skip
    return pd.DataFrame(rows, columns=[word(key, language) for key in keys])


def draw_did_it_work(desk: Desk, without: Collection[str] = (), language: Language = "en") -> Figure:
    """Draw both groups around the first push, without some areas; as `did_it_work`."""
    panel, push = _without(desk, without)
    first = compared_from(panel) or desk.evidence.workspace.last_day  # without a push nobody mobilised
    return effect.groups(group_rates(panel, first), first, language, told=push.on(panel).told)


def _without(desk: Desk, areas: Collection[str]) -> tuple[pd.DataFrame, Push]:
    """Return the panel without some areas, and the push that is compared."""
    panel, workspace = desk.evidence.panel, desk.evidence.workspace
    return panel[~panel["area"].isin(list(areas))], push_of(workspace.campaign, workspace.last_day)


def compare_weeks(evidence: Evidence, first: date, second: date, language: Language = "en") -> pd.DataFrame:
    """Put what was new in two weeks side by side; each week is the seven days that end with its date.

    The last row sums the areas whose counts are known at both ends of both weeks, and says how many they are;
    an area that lacks one has a dash and is in no sum.
    """
    table = _weeks(evidence, first, second)
    both = table.dropna()
    total = word("explore_both", language).format(areas=len(both), of=len(table))
    table = pd.concat([table, both.sum().to_frame(total).T])
    ends = [say.day(end, language) for end in (first, second)]
    written = table.map(lambda value: say.count(value, language))
    written.columns = pd.Index([*ends, "±"])
    return written.rename_axis(word("head_area", language)).reset_index()


def draw_weeks(evidence: Evidence, first: date, second: date, language: Language = "en") -> Figure:
    """Draw what was new in two weeks, area by area; as `compare_weeks`."""
    ends = [say.day(end, language) for end in (first, second)]
    return explored.weeks(_weeks(evidence, first, second), ends, language)


def _weeks(evidence: Evidence, first: date, second: date) -> pd.DataFrame:
    """Return what was new in both weeks and the difference, by name of the area; counted days only."""
    panel = evidence.panel[~evidence.panel["interpolated"]]
    wide = panel.pivot(index="area", columns="date", values="cumulative")
    weeks = {}
    for name, end in (("first", first), ("second", second)):
        last, before = pd.Timestamp(end), pd.Timestamp(end) - pd.Timedelta(days=7)
        weeks[name] = wide.get(last, np.nan) - wide.get(before, np.nan)
    table = pd.DataFrame(weeks, index=wide.index).rename(index=area_names(evidence))
    return table.assign(change=table["second"] - table["first"])


def trace(evidence: Evidence, area: str, day: date, language: Language = "en") -> pd.DataFrame:
    """List the tallies behind one area's number of one day: value, when it was received, file, sheet and row.

    The newest comes first; it is the one that counts.
    """
    campaign = evidence.workspace.campaign
    rows = evidence.tallies
    rows = rows[(rows["area_code"] == area) & (rows["date"] == pd.Timestamp(day))]
    rows = rows.sort_values("received_at", ascending=False, kind="stable")
    names = [campaign.word_of(str(one)) for one in rows["measure"]]
    columns = {
        "measure": [name if isinstance(name, str) else name(language) for name in names],
        "value": [say.as_printed(one, language) for one in rows["value"]],
        "qualifier": [word(f"qualifier_{one}", language) for one in rows["qualifier"]],
        "received": rows["received_at"].dt.tz_convert(campaign.zone).dt.strftime("%Y-%m-%d %H:%M").to_list(),
        "file": [inert(str(one)) for one in rows["file"]],
        "sheet": [inert(as_text(one) or "–") for one in rows["sheet"]],
        "row": rows["row"].to_list(),
    }
    return pd.DataFrame({word(f"head_{key}", language): cells for key, cells in columns.items()})


def draw_trace(evidence: Evidence, area: str, day: date, language: Language = "en") -> Figure:
    """Draw one area's course with the day in it; as `trace`."""
    rows = evidence.panel[evidence.panel["area"] == area]
    name = area_names(evidence).get(area, area)
    return explored.trail(rows, day, name, evidence.workspace.campaign.unit(language), language)
