"""The course of one area as a small SVG, drawn by hand: a matplotlib figure an area would take a minute."""

from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from markupsafe import Markup, escape

from analysis import say
from analysis.campaign import Language
from analysis.report.figures import style
from analysis.report.places.facts import Place
from analysis.report.words.phrases import word

_WIDTH, _HEIGHT, _LEFT, _TOP, _BOTTOM = 340, 150, 4, 18, 20
_ROOM = 1.08  # above the highest that is drawn
_LOOK = {
    "was": f'class="was" stroke="{style.MAIN}" stroke-width="2"',
    "expected": f'stroke="{style.MAIN}" stroke-width="1.5" stroke-dasharray="5 3"',
    "needed": f'stroke="{style.MOBILISED}" stroke-width="2" stroke-dasharray="2 3"',
    "band": f'fill="{style.BANDS[0.8]}" fill-opacity=".6"',
    "target": f'stroke="{style.MUTED}"',
    "deadline": f'stroke="{style.MUTED}" stroke-dasharray="1 3"',
}
"""As attributes, so that a page and paper draw the same; a dark page has its own colours for them."""


def course_of(place: Place, language: Language) -> Markup:
    """Draw the count, the line that is needed to the target, and what is expected; nothing without a course.

    Text is twelve units high where 340 of them are the width of a phone's column.
    """
    numbers = place.numbers
    target, deadline = numbers["target"].value, numbers["deadline"].value
    if place.course.empty or not isinstance(target, float) or not isinstance(deadline, date):
        return Markup("")
    scale = _Scale(place, target, deadline)
    last = place.course.iloc[-1]
    at, count = pd.Timestamp(last["date"]), float(last["cumulative"])
    parts = [_band(scale, place.ahead), _line(scale, place.course, "cumulative", "was")]
    if not place.ahead.empty:
        parts.append(_line(scale, place.ahead, "p50", "expected"))
    if at < pd.Timestamp(deadline) and count < target:
        needed = pd.DataFrame({"date": [at, pd.Timestamp(deadline)], "needed": [count, target]})
        parts.append(_line(scale, needed, "needed", "needed"))
    y, x = scale.y(target), scale.x(pd.Timestamp(deadline))
    parts.append(f'<line {_LOOK["target"]} x1="0" y1="{y:.1f}" x2="{_WIDTH}" y2="{y:.1f}"/>')
    parts.append(
        f'<line {_LOOK["deadline"]} x1="{x:.1f}" y1="{_TOP}" x2="{x:.1f}" y2="{_HEIGHT - _BOTTOM}"/>'
    )
    parts.append(_dot(scale, at, count, language))
    parts.append(_text(2, y - 4, f"{word('target_word', language)} {say.count(target, language)}", "start"))
    parts.append(_text(2, _HEIGHT - 5, say.short_day(scale.first.date(), language), "start"))
    parts.append(_text(x, _HEIGHT - 5, say.short_day(deadline, language), "middle"))
    return Markup(  # noqa: S704 (numbers, and texts escaped above)
        f'<svg class="place" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img"'
        f' aria-label="{escape(word("place_course", language))}">{"".join(parts)}</svg>'
    )


class _Scale:
    """From days and counts to the drawing."""

    def __init__(self, place: Place, target: float, deadline: date) -> None:
        self.first = pd.Timestamp(place.course["date"].iloc[0])
        self.last = max(
            pd.Timestamp(deadline) + pd.Timedelta(days=7), pd.Timestamp(place.course["date"].iloc[-1])
        )
        ahead = place.ahead
        seen = [] if ahead.empty else ahead.loc[pd.to_datetime(ahead["date"]) <= self.last, "p90"].tolist()
        self.top: float = _ROOM * max([target, float(place.course["cumulative"].max()), *seen])
        self.bottom = 0.9 * float(place.course["cumulative"].min())

    def x(self, day: pd.Timestamp) -> float:
        return float(self._x((day - self.first).days))

    def y(self, count: float) -> float:
        return float(self._y(count))

    def _x(self, days: Any) -> Any:
        return _LEFT + (_WIDTH - 2 * _LEFT) * days / max((self.last - self.first).days, 1)

    def _y(self, counts: Any) -> Any:
        room = _HEIGHT - _TOP - _BOTTOM
        return _HEIGHT - _BOTTOM - room * (counts - self.bottom) / max(self.top - self.bottom, 1e-9)

    def points(self, frame: pd.DataFrame, column: str) -> list[str]:
        days = pd.to_datetime(frame["date"])
        inside = (days <= self.last).to_numpy()
        x = self._x((days[inside] - self.first).dt.days)
        y = self._y(frame[column].to_numpy(dtype=np.float64)[inside])
        return [f"{across:.1f},{up:.1f}" for across, up in zip(x, y, strict=True)]


def _line(scale: _Scale, frame: pd.DataFrame, column: str, name: str) -> str:
    return f'<polyline {_LOOK[name]} fill="none" points="{" ".join(scale.points(frame, column))}"/>'


def _band(scale: _Scale, ahead: pd.DataFrame) -> str:
    if ahead.empty:
        return ""
    round_trip = [*scale.points(ahead, "p10"), *reversed(scale.points(ahead, "p90"))]
    return f'<polygon {_LOOK["band"]} points="{" ".join(round_trip)}"/>'


def _dot(scale: _Scale, day: pd.Timestamp, count: float, language: Language) -> str:
    title = say.headed(say.day(day.date(), language), say.count(count, language), language)
    return (
        f'<circle fill="{style.MAIN}" cx="{scale.x(day):.1f}" cy="{scale.y(count):.1f}" r="4">'
        f"<title>{escape(title)}</title></circle>"
    )


def _text(x: float, y: float, text: str, anchor: str) -> str:
    where = f'x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"'
    return f'<text fill="{style.MUTED}" font-size="12" {where}>{escape(text)}</text>'
