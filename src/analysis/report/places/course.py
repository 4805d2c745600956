"""The course of one area as a small SVG from a template: a matplotlib figure an area would take a minute."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from markupsafe import Markup
from numpy.typing import NDArray

from analysis import say
from analysis.campaign import Language
from analysis.report.pages import environment
from analysis.report.words.phrases import word

_WIDTH, _HEIGHT, _LEFT, _TOP, _BOTTOM = 340, 150, 4, 18, 20
_ROOM = 1.08  # above the highest that is drawn
_WEEK = 7
_AHEAD = 3 * _WEEK  # drawn of the forecast, and a week more, where there is no deadline
FAN = ("p10", "p50", "p90")


Columns = pd.DataFrame | Mapping[str, NDArray[Any]]
"""Rows by the names of their columns; of a nation's many places bare arrays, which are quicker to cut."""


@dataclass(frozen=True)
class Course:
    """Lines and places of one area's drawing, and the numbers written in it: the same in every language."""

    first: date
    at: date
    count: float
    target: float | None
    deadline: date | None
    lines: Mapping[str, Any]
    top: str


def course_of(
    counted: Columns, fan: Columns, target: Any, due: Any, since: date | None = None
) -> Course | None:
    """Place the count, the line that is needed to the target, and what is expected; nothing without a course.

    Parameters
    ----------
    counted
        ``date`` and ``cumulative``, in the order of days.
    fan
        ``date`` and the columns of :data:`FAN`; empty where nothing was forecast.
    target, due
        How many by when; without either there is neither line nor mark of it.
    since
        The day from which the pace needed is reckoned, where that is after the newest count.
    """
    days, counts = _days(counted), np.asarray(counted["cumulative"], float)
    if not len(days):
        return None
    aimed = isinstance(target, float) and isinstance(due, date)
    first, at, count = days[0], days[-1], counts[-1]
    deadline = np.datetime64(due, "D").astype(np.int64) if aimed else at + _AHEAD
    goal_at = target if aimed else count
    last = max(deadline + _WEEK, at)
    ahead = _days(fan) if len(fan["date"]) else days[:0]
    near = ahead <= last
    ahead = ahead[near]
    low, middle, high = (np.asarray(fan[name], float)[near] if len(near) else counts[:0] for name in FAN)
    highest, lowest = _ROOM * max([goal_at, counts.max(), *high]), 0.9 * counts.min()

    def up(values: Any) -> Any:
        return (
            _HEIGHT - _BOTTOM - (_HEIGHT - _TOP - _BOTTOM) * (values - lowest) / max(highest - lowest, 1e-9)
        )

    def points(when: NDArray[np.int64], values: NDArray[np.float64]) -> list[str]:
        across = _LEFT + (_WIDTH - 2 * _LEFT) * (when - first) / max(last - first, 1)
        return [f"{x:.1f},{y:.1f}" for x, y in zip(across.tolist(), up(values).tolist(), strict=True)]

    start = at if since is None else max(at, np.datetime64(since, "D").astype(np.int64))
    dot, *needed = points(np.array([at, start, deadline]), np.array([count, count, goal_at]))
    lines = {
        "goal": needed[-1].split(",") if aimed else None, "dot": dot.split(","), "was": points(days, counts),
        "band": [*points(ahead, low), *reversed(points(ahead, high))], "expected": points(ahead, middle),
        "needed": needed if start < deadline and count < goal_at else [],
    }  # fmt: skip
    first_day, last_day = (date.fromordinal(_EPOCH + int(one)) for one in (first, at))
    until = due if aimed else None
    return Course(
        first_day, last_day, float(count), target if aimed else None, until, lines, f"{up(goal_at) - 4:.1f}"
    )


_EPOCH = date(1970, 1, 1).toordinal()


def _days(rows: Columns) -> NDArray[np.int64]:
    """Days since 1970."""
    return np.asarray(rows["date"]).astype("datetime64[D]").astype(np.int64)


def drawn(course: Course | None, language: Language) -> Markup:
    """Draw a course in one language.

    Text is twelve units high where 340 of them are the width of a phone's column.
    """
    if course is None:
        return Markup("")
    said = f"{word('target_word', language)} {say.count(course.target, language)}"
    foot, goal = f"{_HEIGHT - 5:.1f}", course.lines["goal"]
    day = say.short_day(course.deadline or course.at, language)
    made = environment().get_template("course.svg.j2").render(
        width=_WIDTH, height=_HEIGHT, alt=word("place_course", language), **course.lines,
        said=f"{say.day(course.at, language)}: {say.count(course.count, language)}",
        texts=[
            *([("2.0", course.top, said, "start")] if goal else ()),
            ("2.0", foot, say.short_day(course.first, language), "start"),
            ((goal or course.lines["dot"])[0], foot, day, "middle"),
        ],
    )  # fmt: skip
    return Markup(made.strip())  # noqa: S704 (the template escapes)
