"""Small pictures inside the page's cards and cells: for the eye only, the number stands beside each."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from markupsafe import Markup

from analysis.report import palette

if TYPE_CHECKING:  # the index draws sparks without the libraries that documents and tables need
    from analysis.report.document import Gauge
    from analysis.report.table import Cell

_LENGTH, _HEIGHT = 1000, 40


def gauge(gauge: Gauge) -> Markup:
    """Draw a gauge: a bar filled as far as reached, with the range ahead, or an interval about its zero."""
    parts = _interval(gauge) if gauge.zero is not None else _bar(gauge)
    return Markup(  # noqa: S704 (numbers and our own colours only)
        f'<svg class="gauge" viewBox="0 0 {_LENGTH} {_HEIGHT}" preserveAspectRatio="none" aria-hidden="true">'
        f"{parts}</svg>"
    )


def _bar(gauge: Gauge) -> str:
    ahead = ""
    if gauge.low is not None and gauge.high is not None and gauge.point is not None:
        ahead = _rect(gauge.reached, gauge.point, palette.BANDS[0.8], 0, _HEIGHT)
        ahead += _rect(gauge.low, gauge.high, palette.BANDS[0.5], 0, _HEIGHT)
        ahead += _rect(gauge.point - 0.002, gauge.point + 0.002, palette.INK, 0, _HEIGHT)
    return _rect(0, 1, palette.RULE, 0, _HEIGHT) + ahead + _rect(0, gauge.reached, palette.MAIN, 0, _HEIGHT)


def _interval(gauge: Gauge) -> str:
    low, point, high, zero = (one or 0.0 for one in (gauge.low, gauge.point, gauge.high, gauge.zero))
    return (
        _rect(0, 1, palette.RULE, 18, 4)
        + _rect(low, high, palette.MOBILISED, 13, 14)
        + _rect(point - 0.004, point + 0.004, palette.MOBILISED, 2, 36)
        + _rect(zero - 0.002, zero + 0.002, palette.INK, 0, _HEIGHT)
    )


def _rect(start: float, end: float, colour: str, top: int, height: int) -> str:
    x, width = _LENGTH * max(start, 0.0), _LENGTH * max(min(end, 1.0) - max(start, 0.0), 0.0)
    return f'<rect x="{x:.0f}" y="{top}" width="{width:.0f}" height="{height}" fill="{colour}"/>'


def spark(cell: Cell) -> Markup:
    """Draw a small bar a day."""
    values = cell if isinstance(cell, tuple) else ()
    known = [value for value in values if math.isfinite(value)]
    if not known or max(known) <= 0:
        return Markup("")
    top = max(known)
    bars = "".join(
        f'<rect x="{at}" y="{20 * (1 - value / top):.1f}" width=".7" height="{20 * value / top:.1f}"/>'
        for at, value in enumerate(values)
        if math.isfinite(value) and value > 0
    )
    return Markup(  # noqa: S704 (numbers only)
        f'<svg class="spark" viewBox="0 0 {len(values)} 20" preserveAspectRatio="none" aria-hidden="true"'
        f' fill="{palette.MAIN}">{bars}</svg>'
    )


def part(cell: Cell) -> Markup:
    """Draw a share as a small bar of its own; nothing where there is none."""
    if not isinstance(cell, float) or not math.isfinite(cell):
        return Markup("")
    bar = _rect(0, 1, palette.RULE, 0, _HEIGHT) + _rect(0, cell, palette.MAIN, 0, _HEIGHT)
    return Markup(  # noqa: S704 (numbers and our own colours only)
        f'<svg class="part" viewBox="0 0 {_LENGTH} {_HEIGHT}" preserveAspectRatio="none" aria-hidden="true">'
        f"{bar}</svg>"
    )
