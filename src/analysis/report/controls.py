"""Controls for the questions of `explore`: each beside the picture and the words that answer it.

Answers are written into the controls themselves, not printed, so that they follow in JupyterLab and in
Voila alike, and a notebook is saved without them.
"""

import base64
from collections.abc import Callable, Mapping
from datetime import timedelta
from html import escape
from typing import Any

import ipywidgets as kit
import pandas as pd
from matplotlib.figure import Figure

from analysis import say
from analysis.campaign import Language
from analysis.errors import AnalysisError
from analysis.inert import plain
from analysis.report import explore
from analysis.report.areas import area_choices
from analysis.report.evidence import Evidence
from analysis.report.explore import Desk
from analysis.report.figures import style
from analysis.report.words.phrases import word
from analysis.say.tables import as_html
from analysis.workspace import Workspace, project_root


def controls(workspace: Workspace, language: Language = "en") -> Any:
    """Show all questions, and above them which campaign they are asked of and what was known when."""
    there = _processed(workspace)
    wanted = (workspace.campaign.code, workspace.label)
    picked = kit.Dropdown(
        options=[(" · ".join(one), one) for one in there], description=word("explore_pick", language),
        value=wanted if wanted in there else None,
    )  # fmt: skip
    body = kit.VBox([questions(explore.open_desk(workspace), language)])

    def follow(change: Mapping[str, Any]) -> None:
        campaign, label = change["new"]
        try:
            zone = Workspace.open(campaign, "2000-01-01").campaign.timezone
            as_of = f"{label[:13]}:{label[13:]} {zone}"
            root = "" if workspace.folder == project_root() else str(workspace.folder)
            desk = explore.open_desk(Workspace.open(campaign, as_of, root))
            body.children = [questions(desk, language)]
        except AnalysisError as error:  # such as a campaign of which nothing is forecast yet
            body.children = [kit.HTML(f"<p>{escape(str(error))}</p>")]

    picked.observe(follow, "value")
    return kit.VBox([picked, body])


def _processed(workspace: Workspace) -> list[tuple[str, str]]:
    """List the campaigns and instants whose artifacts are all there, newest first."""
    found = (workspace.folder / "data" / "processed").glob("*/*/forecasts.csv")
    return sorted(((path.parts[-3], path.parts[-2]) for path in found), reverse=True)


def questions(desk: Desk, language: Language) -> Any:
    """Show every question that the desk can answer, a tab each."""
    makers = {
        "explore_push": push_controls, "explore_worked": worked_controls, "explore_weeks": week_controls,
        "explore_whence": trace_controls,
    }  # fmt: skip
    tabs = kit.Tab([make(desk, language) for make in makers.values()])
    tabs.titles = [word(key, language) for key in makers]
    return tabs


_AHEAD = 28  # days to plan for where there is no deadline


def push_controls(desk: Desk, language: Language = "en") -> Any:
    """Show controls for `explore.what_if`: areas, days and how strong the push is."""
    last = desk.evidence.workspace.last_day
    until = desk.evidence.deadline or last + timedelta(days=_AHEAD)
    ahead = [last + timedelta(days=1 + at) for at in range(max((until - last).days, 0))]
    return _asked(
        explore.draw_what_if,
        explore.what_if,
        desk,
        {
            "areas": _several(desk.pushable(), word("explore_areas", language), first=3),
            "days": _several(
                {say.short_day(day, language): day for day in ahead},
                word("explore_days", language), first=1,
            ),
            "size": kit.FloatSlider(
                value=1, min=0.25, max=2, step=0.25, description=word("explore_size", language),
                continuous_update=False,
            ),
        },
        language,
    )  # fmt: skip


def worked_controls(desk: Desk, language: Language = "en") -> Any:
    """Show controls for `explore.did_it_work`: areas to leave out."""
    codes = area_choices(desk.evidence)
    widgets = {"without": _several(codes, word("explore_without", language))}
    return _asked(explore.draw_did_it_work, explore.did_it_work, desk, widgets, language)


def week_controls(desk: Desk, language: Language = "en") -> Any:
    """Show controls for `explore.compare_weeks`: the last days of two weeks."""
    last, first = desk.evidence.workspace.last_day, desk.evidence.panel["date"].min().date()
    ends = [last - timedelta(days=7 * back) for back in range(max((last - first).days // 7, 1))]
    choices = {say.day(end, language): end for end in ends}
    widgets = {
        "first": _one(choices, word("explore_week", language), at=min(1, len(ends) - 1)),
        "second": _one(choices, word("explore_week", language)),
    }
    return _asked(explore.draw_weeks, explore.compare_weeks, desk.evidence, widgets, language)


def trace_controls(desk: Desk, language: Language = "en") -> Any:
    """Show controls for `explore.trace`: an area and a day."""
    codes = area_choices(desk.evidence)
    days = sorted({day.date() for day in desk.evidence.panel["date"]}, reverse=True)
    widgets = {
        "area": _one(codes, word("explore_areas", language)),
        "day": _one({say.day(day, language): day for day in days}, word("explore_days", language)),
    }
    return _asked(explore.draw_trace, explore.trace, desk.evidence, widgets, language)


def _asked(
    draw: Callable[..., Figure],
    answer: Callable[..., str | pd.DataFrame],
    there: Desk | Evidence,
    widgets: Mapping[str, Any],
    language: Language,
) -> Any:
    """Put controls beside the picture and the words that answer them, which follow every change.

    Each control is named as what both take of it.
    """
    shown = kit.HTML(layout={"max_width": "46rem"})

    def follow(*_: Any) -> None:
        try:
            chosen = {name: one.value for name, one in widgets.items()}
            picture = draw(there, **chosen, language=language)
            said = answer(there, **chosen, language=language)
        except AnalysisError as error:  # a question that has no answer, such as without any mobilised area
            shown.value = f"<p>{escape(str(error))}</p>"
            return
        text = said if isinstance(said, str) else word("explore_empty", language)
        written = f"<p>{escape(text)}</p>"
        if isinstance(said, pd.DataFrame) and len(said):
            written = as_html(said.map(str)) + _csv(said, language)
        shown.value = style.to_svg(picture, "explore", text) + written

    for one in widgets.values():
        one.observe(follow, "value")
    follow()
    return kit.HBox([kit.VBox(list(widgets.values())), shown], layout={"flex_flow": "row wrap"})


def _csv(table: pd.DataFrame, language: Language) -> str:
    """Link the table as a file, which needs neither server nor script."""
    cells = table.map(lambda cell: plain(cell) if isinstance(cell, str) else cell)
    content = base64.b64encode(cells.to_csv(index=False).encode("utf-8-sig")).decode()
    name = word("explore_csv", language)
    return f'<p><a download="explore.csv" href="data:text/csv;base64,{content}">{escape(name)}</a></p>'


def _several(choices: Mapping[str, Any], label: str, first: int = 0) -> Any:
    return kit.SelectMultiple(
        options=list(choices.items()), value=list(choices.values())[:first], description=label, rows=8
    )


def _one(choices: Mapping[str, Any], label: str, at: int = 0) -> Any:
    return kit.Dropdown(options=list(choices.items()), description=label, index=at)
