"""Pictures of notebook 03: models beside each other, the completion date, earlier forecasts' honesty."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from analysis.forecast.clean import hold_last
from analysis.forecast.completion import completion_cdf
from analysis.report.figures import style

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from analysis.forecast import Goal, History, Paths
    from analysis.report.words import Language

BINS = 10
DAYS_BEFORE = 90


@style.look()
def draw_fan(
    history: History, paths: Paths, goal: Goal, location: str = "total", language: Language = "en"
) -> Figure:
    """Fan of the cumulative count, with the history before it, the target and the deadline."""
    figure, axes = style.canvas(3.3)
    _draw_past(axes, history, location)
    sample = paths.of(location)
    for level in (0.95, 0.8, 0.5):
        low, high = np.quantile(sample, [(1 - level) / 2, (1 + level) / 2], axis=0)
        axes.fill_between(paths.dates, low, high, color=style.BANDS[level])
    axes.plot(paths.dates, np.median(sample, axis=0), color=style.FORECAST, linestyle=(0, (4, 2)))
    _finish(axes, goal, location, language)
    return figure


@style.look()
def draw_models(
    history: History,
    paths: Mapping[str, Paths],
    goal: Goal,
    location: str = "total",
    language: Language = "en",
) -> Figure:
    """Median and 80 % range of each model, one panel a model on the same scale."""
    figure, panels = style.canvas(2.6, columns=len(paths), sharey=True)
    for axes, (name, one) in zip(np.atleast_1d(panels), paths.items(), strict=True):
        _draw_past(axes, history, location)
        low, middle, high = np.quantile(one.of(location), [0.1, 0.5, 0.9], axis=0)
        axes.fill_between(one.dates, low, high, color=style.BANDS[0.8])
        axes.plot(one.dates, middle, color=style.FORECAST, linestyle=(0, (4, 2)))
        axes.set_title(name)
        _finish(axes, goal, location, language)
        axes.tick_params(axis="x", labelrotation=60)
    return figure


@style.look()
def draw_completion(paths: Paths, goal: Goal, location: str = "total", language: Language = "en") -> Figure:
    """Probability of having met the target by each day; what lies beyond the last day is not drawn."""
    figure, axes = style.canvas(2.4)
    cdf = completion_cdf(paths, location, goal.targets[location])
    axes.fill_between(paths.dates, cdf, step="post", color=style.BANDS[0.8])
    axes.step(paths.dates, cdf, where="post", color=style.FORECAST)
    axes.axvline(goal.deadline, color=style.INK, linewidth=1, linestyle=":")
    axes.set_ylim(0, 1)
    style.share_axis(axes.yaxis, language)
    style.day_axis(axes.xaxis, language)
    return figure


@style.look()
def draw_calibration(past: pd.DataFrame, language: Language = "en") -> Figure:
    """Histogram of where the truth fell among the paths of earlier forecasts, by model; level is honest."""
    models = list(past["model"].unique())
    figure, panels = style.canvas(2.2, columns=max(len(models), 1), sharey=True)
    for axes, model in zip(np.atleast_1d(panels), models, strict=False):
        share = _pit_shares(past, model)
        axes.bar((np.arange(BINS) + 0.5) / BINS, share, width=0.9 / BINS, color=style.BANDS[0.5])
        axes.axhline(1 / BINS, color=style.INK, linewidth=1)
        axes.set_title(model)
        style.share_axis(axes.yaxis, language)
        style.share_axis(axes.xaxis, language)
    return figure


def describe_fan(paths: Paths, goal: Goal, location: str = "total") -> str:
    """Text alternative of `draw_fan`."""
    day = int(np.clip((goal.deadline - paths.origin).days - 1, 0, len(paths.dates) - 1))
    low, middle, high = np.quantile(paths.of(location)[:, day], [0.1, 0.5, 0.9])
    start = _short(paths.start_of(location))
    return (
        f"Fan chart of {location}: from {start} on {paths.origin:%Y-%m-%d} to a median of {_short(middle)} "
        f"on {paths.dates[day]:%Y-%m-%d}, 80 % range {_short(low)} to {_short(high)}."
    )


def describe_models(paths: Mapping[str, Paths], goal: Goal, location: str = "total") -> str:
    """Text alternative of `draw_models`."""
    return " ".join(f"{name}: {describe_fan(one, goal, location)}" for name, one in paths.items())


def describe_completion(paths: Paths, goal: Goal, location: str = "total") -> str:
    """Text alternative of `draw_completion`."""
    cdf = completion_cdf(paths, location, goal.targets[location])
    return (
        f"Probability over time that {location} meets its target: {cdf[0]:.0%} on {paths.dates[0]:%Y-%m-%d}, "
        f"{cdf[-1]:.0%} on {paths.dates[-1]:%Y-%m-%d}."
    )


def describe_calibration(past: pd.DataFrame) -> str:
    """Text alternative of `draw_calibration`."""
    if past.empty:
        return "No earlier forecast can be scored yet."
    inside = past.groupby("model", sort=False)["covered_80"].mean()
    said = ", ".join(f"{model} {share:.0%}" for model, share in inside.items())
    return f"Share of truths inside the 80 % range of earlier forecasts, all places and horizons: {said}."


def _draw_past(axes: Axes, history: History, location: str) -> None:
    counts = hold_last(history.cumulative)[-DAYS_BEFORE:]
    past = np.nansum(counts, axis=1) if location == "total" else counts[:, history.areas.index(location)]
    axes.plot(history.dates[-DAYS_BEFORE:], past, color=style.MAIN)


def _finish(axes: Axes, goal: Goal, location: str, language: Language) -> None:
    """Target and deadline as lines, and both axes written in the language."""
    if location in goal.targets:
        axes.axhline(goal.targets[location], color=style.INK, linewidth=1)
    axes.axvline(goal.deadline, color=style.INK, linewidth=1, linestyle=":")  # type: ignore[arg-type]
    axes.set_ylim(0, None)
    style.count_axis(axes.yaxis, language)
    style.day_axis(axes.xaxis, language)


def _pit_shares(past: pd.DataFrame, model: str) -> np.ndarray:
    values = past.loc[past["model"] == model, "pit"].to_numpy(dtype=np.float64)
    counts, _ = np.histogram(values, bins=BINS, range=(0, 1))
    return np.asarray(counts / max(counts.sum(), 1))


def _short(people: float) -> str:
    """Four significant digits: what a processor's last digit cannot change."""
    digits = 3 - int(np.floor(np.log10(abs(people)))) if people else 0
    return f"{round(people, min(digits, 0)):,.0f}"
