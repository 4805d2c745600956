"""Earlier dates on which the push could have been, and what is seen as if it had been then."""

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

import numpy as np

from analysis.compare.design import NEVER, Design, Window
from analysis.errors import InputError

T = TypeVar("T")


def earlier_dates(design: Design, window: Window) -> list[int]:
    """Earlier times on the push's weekday with a week before them, whose window ends before the push."""
    start, step = design.first_start, design.cycle
    first = int(design.times[0]) + step
    dates = range(start - ((start - first) // step) * step, start, step)
    return [date for date in dates if date + window.last + 1 <= start]


def pretend(design: Design, date: int, window: Window) -> Design:
    """Return the design as if the first areas had been treated from ``date`` on, cut at the window's end."""
    shown = (design.times < date + window.last + 1) & (design.times < design.first_start)
    starts = np.where(design.starts == design.first_start, date, NEVER)
    return replace(design.during(shown), starts=starts)


def on_earlier_dates(
    design: Design, window: Window, measure: Callable[[Design], T]
) -> list[tuple[int, T | None]]:
    """Measure the design as if the push had come on each earlier date; the first date first.

    A date on whose days an area has no count, or none of use, cannot stand for the push: it has ``None``.
    """
    found: list[tuple[int, T | None]] = []
    for date in earlier_dates(design, window):
        try:
            found.append((date, measure(pretend(design, date, window))))
        except InputError:
            found.append((date, None))  # nobody counted there on those days, or counts fell
    return found
