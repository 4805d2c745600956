"""The course of one area as a small SVG from a template: a matplotlib figure an area would take a minute."""

from datetime import date
from typing import Any

import pandas as pd
from markupsafe import Markup

from analysis import say
from analysis.campaign import Language
from analysis.report.pages import environment
from analysis.report.places.facts import Place
from analysis.report.words.phrases import word

_WIDTH, _HEIGHT, _LEFT, _TOP, _BOTTOM = 340, 150, 4, 18, 20
_ROOM = 1.08  # above the highest that is drawn
_WEEK = pd.Timedelta(days=7)
_AHEAD = 3 * _WEEK  # drawn of the forecast, and a week more, where there is no deadline


def course_of(place: Place, language: Language) -> Markup:
    """Draw the count, the line that is needed to the target, and what is expected; nothing without a course.

    Text is twelve units high where 340 of them are the width of a phone's column.
    """
    if place.course.empty:
        return Markup("")
    target, due = place.numbers.amount("target"), place.numbers["deadline"].value
    aimed = isinstance(due, date) and target > 0
    counted, first, at = place.course, place.course["date"].iloc[0], place.course["date"].iloc[-1]
    count = float(counted["cumulative"].iloc[-1])
    deadline = pd.Timestamp(due) if isinstance(due, date) and aimed else at + _AHEAD
    last = max(deadline + _WEEK, at)
    ahead = place.ahead.assign(date=pd.to_datetime(place.ahead["date"])) if len(place.ahead) else place.ahead
    ahead = ahead[ahead["date"] <= last] if len(ahead) else ahead
    highest = _ROOM * max([*([target] if aimed else ()), counted["cumulative"].max(), *ahead.get("p90", ())])
    lowest, room = 0.9 * float(counted["cumulative"].min()), _HEIGHT - _TOP - _BOTTOM

    def across(days: pd.Series) -> Any:
        passed = (days - first).dt.days.to_numpy()
        return _LEFT + (_WIDTH - 2 * _LEFT) * passed / max((last - first).days, 1)

    def up(counts: pd.Series) -> Any:
        return _HEIGHT - _BOTTOM - room * (counts.to_numpy(float) - lowest) / max(highest - lowest, 1e-9)

    def points(frame: pd.DataFrame, column: str) -> list[str]:
        return [f"{x:.1f},{y:.1f}" for x, y in zip(across(frame["date"]), up(frame[column]), strict=True)]

    marks = pd.DataFrame({"date": [at, deadline], "count": [count, target if aimed else count]})
    dot, goal = (one.split(",") for one in points(marks, "count"))
    said = f"{word('target_word', language)} {say.count(target, language)}"
    foot, day = _HEIGHT - 5, say.short_day((deadline if aimed else at).date(), language)
    drawn = environment().get_template("course.svg.j2").render(
        width=_WIDTH, height=_HEIGHT, alt=word("place_course", language), dot=dot,
        goal=goal if aimed else None,
        band=[*points(ahead, "p10"), *reversed(points(ahead, "p90"))] if len(ahead) else [],
        was=points(counted, "cumulative"), expected=points(ahead, "p50") if len(ahead) else [],
        needed=points(marks, "count") if aimed and at < deadline and count < target else [],
        said=f"{say.day(at.date(), language)}: {say.count(count, language)}",
        texts=[
            *([("2.0", f"{float(up(marks['count'])[1]) - 4:.1f}", said, "start")] if aimed else ()),
            ("2.0", f"{foot:.1f}", say.short_day(first.date(), language), "start"),
            ((goal if aimed else dot)[0], f"{foot:.1f}", day, "middle"),
        ],
    )  # fmt: skip
    return Markup(drawn.strip())  # noqa: S704 (the template escapes)
