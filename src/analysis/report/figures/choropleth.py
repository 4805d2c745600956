"""A map by boundaries: each area filled by its share, the smallest named beside the map."""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path

from analysis import say
from analysis.campaign import Area, Boundaries, Language
from analysis.campaign.boundaries import Polygon, Ring
from analysis.inert import inert
from analysis.report.figures import style

_NAME, _LINE = 10.0, 12.0  # points: type inside the map, and from one line of it to the next
_LETTER = 0.62  # of its height, the width of a letter of DejaVu Sans, with some air
_SIDE = 0.24  # of the map's width, room on either side for names that do not fit inside
_LONGEST = 16  # letters of a name


@dataclass(frozen=True)
class _Place:
    """An area on the map: where its name goes, and how wide it is there, in degrees."""

    area: Area
    share: float
    mobilised: bool
    x: float
    y: float
    width: float
    day: str = ""

    def label(self, language: Language) -> str:
        name = say.cut(inert(self.area.name), _LONGEST)
        mark = f"{style.MARK} " if self.mobilised else ""
        share = f"{mark}{say.percent(self.share, language, 0)}"
        return f"{name}\n{share} ({self.day})" if self.day else f"{name}\n{share}"


@style.look()
def choropleth(
    boundaries: Boundaries,
    areas: Sequence[Area],
    shares: Mapping[str, float],
    mobilised: Collection[str],
    language: Language,
    *,
    older: Mapping[str, str] = MappingProxyType({}),
    finding: str = "",
    width: float = style.WIDE,
) -> Figure:
    """Draw the areas by their shares (1 is the target) and by code; mobilised ones carry a mark and a frame.

    ``older`` has the day of each share that is not of the map's.

    Plate carrée, true to scale at the middle latitude, which is enough for a province or a country away from
    the poles.
    """
    shapes = {area.code: boundaries.polygons[area.code] for area in areas}
    corners = np.concatenate([polygon[0] for shape in shapes.values() for polygon in shape])
    (left, low), (right, high) = corners.min(axis=0), corners.max(axis=0)
    stretch = 1 / math.cos(math.radians((low + high) / 2))
    across, height = right - left, high - low
    inches = width * min(max(height * stretch / (across * (1 + _SIDE)), 0.4), 1.6)
    figure, axes = style.canvas(inches, width=width)
    points = 72 * width / (across * (1 + _SIDE))  # a degree of longitude
    gap = 2.3 * _LINE / points / stretch
    inside: list[_Place] = []
    aside: list[_Place] = []
    for area in areas:
        place = _placed(area, shapes[area.code], shares.get(area.code, math.nan), area.code in mobilised)
        place = replace(place, day=older.get(area.code, ""))
        _fill(axes, shapes[area.code], place, language)
        text = place.label(language)
        room = max(len(line) for line in text.splitlines()) * _LETTER * _NAME / points
        apart = (abs(place.x - one.x) > room or abs(place.y - one.y) > gap for one in inside)
        if room < place.width and all(apart):
            inside.append(place)
            ink = style.ink_on(style.fill_of(place.share))
            _write(axes, place, text, (place.x, place.y), ha="center", color=ink, zorder=4)
        else:
            aside.append(place)
    sides = {}
    for right_side in (False, True):
        group = [place for place in aside if (place.x > (left + right) / 2) == right_side]
        sides[right_side] = _SIDE if group else 0.02
        edge = right + 0.04 * across if right_side else left - 0.04 * across
        _name_beside(axes, group, edge, gap, right_side=right_side, language=language)
    axes.set_xlim(left - sides[False] * across, right + sides[True] * across)
    axes.set_ylim(low - 0.02 * height, high + 0.02 * height)
    axes.set_aspect(stretch)
    axes.axis("off")
    style.head(figure, finding)
    return figure


def _placed(area: Area, shape: Sequence[Polygon], share: float, mobilised: bool) -> _Place:
    """Find the widest place in the largest polygon of an area, along a few parallels through its middle."""
    largest = max((polygon[0] for polygon in shape), key=lambda ring: float(np.ptp(ring, axis=0).prod()))
    low, high = largest[:, 1].min(), largest[:, 1].max()
    found = [
        (end - start, (start + end) / 2, y)
        for y in np.linspace(low, high, 11)[3:8]
        for start, end in _inside(largest, float(y))
    ]
    width, x, y = max(found)
    return _Place(area, share, mobilised, x, float(y), width)


def _inside(ring: Ring, y: float) -> list[tuple[float, float]]:
    """Return the stretches of a parallel that lie inside a ring."""
    start, end = ring[:-1], ring[1:]
    crosses = (start[:, 1] > y) != (end[:, 1] > y)
    one, other = start[crosses], end[crosses]
    along = (y - one[:, 1]) / (other[:, 1] - one[:, 1])
    xs = np.sort(one[:, 0] + along * (other[:, 0] - one[:, 0]))
    return [(float(a), float(b)) for a, b in zip(xs[::2], xs[1::2], strict=True)]


def _fill(axes: Axes, shape: Sequence[Polygon], place: _Place, language: Language) -> None:
    rings = [ring for polygon in shape for ring in polygon]
    path = Path.make_compound_path(*(Path(ring, closed=True) for ring in rings))
    known = math.isfinite(place.share)
    drawn = axes.add_patch(
        PathPatch(
            path,
            facecolor=style.fill_of(place.share),
            edgecolor=style.MOBILISED if place.mobilised else style.PAPER if known else style.MUTED,
            linewidth=1.8 if place.mobilised else 0.7,
            linestyle="-" if known else ":",
            zorder=3 if place.mobilised else 2,
        )
    )
    style.tell(drawn, say.headed(inert(place.area.name), say.percent(place.share, language, 1), language))


def _write(axes: Axes, place: _Place, text: str, at: tuple[float, float], **how: Any) -> None:
    """Write a name and what stands below it."""
    weight = "bold" if place.mobilised else "normal"
    axes.text(*at, text, va="center", fontsize=_NAME, fontweight=weight, linespacing=1.15, **how)


def _name_beside(
    axes: Axes, places: Sequence[_Place], edge: float, gap: float, *, right_side: bool, language: Language
) -> None:
    """Name areas too small for their name beside the map, from north to south, each with a line to it."""
    ordered = sorted(places, key=lambda one: -one.y)
    heights: list[float] = []
    for place in ordered:
        heights.append(min(place.y, heights[-1] - gap) if heights else place.y)
    drift = sum(place.y - y for place, y in zip(ordered, heights, strict=True)) / max(len(ordered), 1)
    for place, height in zip(ordered, heights, strict=True):
        y = height + drift
        axes.plot(
            [place.x, edge], [place.y, y], color=style.INK, linewidth=0.6, zorder=5, solid_capstyle="butt"
        )
        axes.plot([place.x], [place.y], "o", color=style.INK, markersize=2.2, zorder=5)
        side = "left" if right_side else "right"
        _write(axes, place, place.label(language), (edge, y), ha=side, color=style.INK, zorder=5)
