"""Pictures of the forecast: the fan, the completion date, how the methods did."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
from matplotlib.figure import Figure

from analysis.forecast.completion import completion_cdf
from analysis.forecast.clean import hold_last

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from analysis.forecast import Goal, History, Paths

BANDS = ((0.95, "#cfe0ee"), (0.8, "#9cc0dd"), (0.5, "#5b97c4"))
LINE, TARGET, PAST = "#17517e", "#b3402a", "#222222"


def draw_fan(
    history: History, paths: Paths, goal: Goal, location: str = "total", days_before: int = 90
) -> Figure:
    """Fan of the cumulative count, with the history before it, the target and the deadline."""
    figure, axes = _blank()
    column = slice(None) if location == "total" else [history.areas.index(location)]
    past = np.nansum(hold_last(history.cumulative)[-days_before:, column], axis=1)
    axes.plot(history.dates[-days_before:], past, color=PAST, linewidth=1.6, label="reported")
    sample = paths.of(location)
    for level, colour in BANDS:
        low, high = np.quantile(sample, [(1 - level) / 2, (1 + level) / 2], axis=0)
        axes.fill_between(paths.dates, low, high, color=colour, linewidth=0, label=f"{level:.0%} range")
    axes.plot(paths.dates, np.median(sample, axis=0), color=LINE, linewidth=1.6, label="median")
    if location in goal.targets:
        axes.axhline(goal.targets[location], color=TARGET, linewidth=1.2, label="target")
    axes.axvline(goal.deadline, color=TARGET, linewidth=1.2, linestyle=":", label="deadline")
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    axes.set_ylabel("people counted")
    axes.legend(frameon=False, loc="upper left", fontsize=8)
    return figure


def draw_completion(paths: Paths, goal: Goal, location: str = "total") -> Figure:
    """Probability of having met the target by each day; what lies beyond the horizon is written, not drawn."""
    figure, axes = _blank()
    cdf = completion_cdf(paths, location, goal.targets[location])
    axes.step(paths.dates, cdf, where="post", color=LINE, linewidth=1.8)
    axes.axvline(goal.deadline, color=TARGET, linewidth=1.2, linestyle=":")
    axes.annotate(
        "deadline", (goal.deadline, 0.02), color=TARGET, rotation=90, ha="right", va="bottom", fontsize=8
    )
    axes.annotate(
        f"not within the horizon: {1 - cdf[-1]:.0%}",
        (0.99, 0.03),
        xycoords="axes fraction",
        ha="right",
        fontsize=8,
    )
    axes.set_ylim(-0.02, 1.02)
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:.0%}")
    axes.set_ylabel("probability that the target is met")
    return figure


def describe_fan(paths: Paths, goal: Goal, location: str = "total") -> str:
    """Text alternative of `draw_fan`."""
    day = int(np.clip((goal.deadline - paths.origin).days - 1, 0, len(paths.dates) - 1))
    low, middle, high = np.quantile(paths.of(location)[:, day], [0.1, 0.5, 0.9])
    return (
        f"Fan chart of {location}: from {paths.start_of(location):,.0f} on {paths.origin:%Y-%m-%d} to a median of "
        f"{middle:,.0f} on {paths.dates[day]:%Y-%m-%d}, 80 % range {low:,.0f} to {high:,.0f}."
    )


def describe_completion(paths: Paths, goal: Goal, location: str = "total") -> str:
    """Text alternative of `draw_completion`."""
    cdf = completion_cdf(paths, location, goal.targets[location])
    return (
        f"Probability over time that {location} meets its target: {cdf[0]:.0%} on {paths.dates[0]:%Y-%m-%d}, "
        f"{cdf[-1]:.0%} on {paths.dates[-1]:%Y-%m-%d}."
    )


def _blank() -> tuple[Figure, Axes]:
    figure = Figure(figsize=(8, 4.5), layout="constrained")
    axes = figure.add_subplot()
    locator = AutoDateLocator()
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(ConciseDateFormatter(locator))
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(axis="y", color="#dddddd", linewidth=0.6)
    axes.set_axisbelow(True)
    return figure, axes
