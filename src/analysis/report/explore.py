"""For an analyst at the screen: what a push would change, one week against another, whence a number."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from html import escape
from typing import Any

import pandas as pd

from analysis import forecast
from analysis.forecast.scenario import PushEffect
from analysis.report import words
from analysis.report.areas import area_names
from analysis.report.cells import as_day
from analysis.report.evidence import Evidence, read_evidence
from analysis.report.words import Language
from analysis.report.words.phrases import word
from analysis.workspace import Workspace


@dataclass(frozen=True)
class Desk:
    """What an analyst has at hand: the artifacts, the forecast's joint paths, and what a push brings."""

    evidence: Evidence
    outlook: forecast.Outlook
    effect: PushEffect | None


def open_desk(workspace: Workspace, draws: int = 1000) -> Desk:
    """Read the artifacts and make the forecast anew: with as many paths as the report, it is the same one."""
    evidence = read_evidence(workspace)
    campaign = workspace.campaign
    history = forecast.history_from_panel(
        evidence.panel, forecast.holidays_of(campaign), forecast.pushes_of(campaign)
    )
    goal = forecast.goal_for(campaign, workspace.last_day)
    outlook = forecast.forecast_campaign(history, goal, draws=draws, seed=campaign.seed)
    return Desk(evidence, outlook, forecast.effect_of_push(evidence.effects, evidence.panel))


def trace(evidence: Evidence, area: str, day: date, language: Language = "vi") -> pd.DataFrame:
    """List the tallies behind one area's number of one day: value, when it was received, file, sheet and row.

    The newest comes first; it is the one that counts.
    """
    rows = evidence.tallies
    rows = rows[(rows["area_code"] == area) & (rows["date"] == pd.Timestamp(day))]
    rows = rows.sort_values("received_at", ascending=False, kind="stable")
    received = rows["received_at"].dt.tz_convert(evidence.workspace.campaign.zone)
    names = [evidence.workspace.campaign.word_of(str(one)) for one in rows["measure"]]
    return pd.DataFrame(
        {
            "measure": [name if isinstance(name, str) else name(language) for name in names],
            "value": [words.as_printed(one, language) for one in rows["value"]],
            "qualifier": rows["qualifier"],
            "received": received.dt.strftime("%Y-%m-%d %H:%M"),
            "file": rows["file"],
            "sheet": rows["sheet"],
            "row": rows["row"],
        }
    ).reset_index(drop=True)


def compare_weeks(evidence: Evidence, first: date, second: date, language: Language = "vi") -> pd.DataFrame:
    """Put what was new in two weeks side by side; each week is the seven days that end with its date."""
    names = area_names(evidence)
    wide = evidence.panel.pivot_table(index="area", columns="date", values="cumulative", dropna=False)
    weeks = {
        words.day(end, language): wide[pd.Timestamp(end)] - wide[pd.Timestamp(end) - pd.Timedelta(days=7)]
        for end in (first, second)
    }
    table = pd.DataFrame(weeks).rename(index=names)
    table.loc[word("word_all_areas", language)] = table.sum()
    table["±"] = table.iloc[:, 1] - table.iloc[:, 0]
    return table.map(lambda value: words.count(value, language))


def what_if(desk: Desk, areas: Collection[str], days: Sequence[date], language: Language = "vi") -> str:
    """Say what pushes in these areas on these days would change, by the same joint paths as the forecast.

    Parameters
    ----------
    desk
        As `open_desk` lays it out.
    areas
        Codes of the areas that push; each pushes on every one of ``days``.
    """
    if desk.effect is None:
        return word("explore_no_effect", language)
    pushes = tuple((area, pd.Timestamp(day)) for day in days for area in areas)
    outlook, seed = desk.outlook, desk.evidence.workspace.campaign.seed
    plan = forecast.Scenario("", pushes)
    table = forecast.compare_scenarios(outlook.headline, outlook.goal, [plan], desk.effect, seed)
    (row,) = table.to_dict("records")
    horizon = outlook.headline.dates[-1].date()
    found = {
        **{f"probability_{arm}": words.probability(row[f"probability_{arm}"], language) for arm in _ARMS},
        **{f"median_{arm}": _day(row[f"date_p50_{arm}"], horizon, language) for arm in _ARMS},
        **{name: words.significant(row[name], language) for name in _EXTRAS},
    }
    return word("explore_what_if", language).format(pushes=len(pushes), **found)


_ARMS = ("without", "with")
_EXTRAS = ("extra_median", "extra_p10", "extra_p90")


def _day(value: Any, horizon: date, language: Language) -> str:
    found = as_day(value)
    return words.after(horizon, language) if found is None else words.day(found, language)


def what_if_controls(desk: Desk, language: Language = "vi") -> Any:
    """Show controls for `what_if`: pick areas and days, read the outcome under them."""
    names = {name: code for code, name in area_names(desk.evidence).items()}
    deadline = desk.outlook.goal.deadline
    ahead = [day.date() for day in desk.outlook.headline.dates if day <= deadline]
    return _controls(
        lambda areas, days: what_if(desk, areas, days, language),
        areas=_chooser(names, word("explore_areas", language)),
        days=_chooser({words.short_day(day, language): day for day in ahead}, word("explore_days", language)),
    )


def trace_controls(desk: Desk, language: Language = "vi") -> Any:
    """Show controls for `trace`: pick an area and a day, read the tallies behind its number."""
    names = {name: code for code, name in area_names(desk.evidence).items()}
    days = sorted({day.date() for day in desk.evidence.panel["date"]}, reverse=True)
    return _controls(
        lambda area, day: trace(desk.evidence, area, day, language).to_string(index=False),
        area=_dropdown(names, word("explore_areas", language)),
        day=_dropdown({words.day(day, language): day for day in days}, word("explore_days", language)),
    )


def week_controls(desk: Desk, language: Language = "vi") -> Any:
    """Show controls for `compare_weeks`: pick the last days of two weeks."""
    last = desk.evidence.workspace.last_day
    first = pd.Timestamp(desk.evidence.panel["date"].min()).date()
    ends = [last - timedelta(days=7 * back) for back in range((last - first).days // 7)]
    choices = {words.day(end, language): end for end in ends}
    return _controls(
        lambda one, other: compare_weeks(desk.evidence, one, other, language).to_string(),
        one=_dropdown(choices, word("explore_week", language), at=min(1, len(ends) - 1)),
        other=_dropdown(choices, word("explore_week", language)),
    )


def _controls(answer: Callable[..., str], **widgets: Any) -> Any:
    """Put the controls above the text that answers them, which follows every change."""
    toolkit = _toolkit()
    shown = toolkit.HTML()

    def follow(*_: Any) -> None:
        shown.value = f"<pre>{escape(answer(**{name: one.value for name, one in widgets.items()}))}</pre>"

    for one in widgets.values():
        one.observe(follow, "value")
    follow()
    return toolkit.VBox([toolkit.HBox(list(widgets.values())), shown])


def _chooser(choices: Mapping[str, Any], label: str) -> Any:
    return _toolkit().SelectMultiple(options=list(choices.items()), description=label, rows=8)


def _dropdown(choices: Mapping[str, Any], label: str, at: int = 0) -> Any:
    return _toolkit().Dropdown(options=list(choices.items()), description=label, index=at)


def _toolkit() -> Any:
    """Return ipywidgets, which belongs to the tools at the screen and not to the weekly run."""
    import ipywidgets

    return ipywidgets
