"""Pictures of whether mobilising worked, each with the sentence for a reader who cannot see it."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from analysis.compare import Design, Effect, Window, contrast
from analysis.compare.checks import Result
from analysis.compare.contrasts import pooled_rate
from analysis.report.figures import style

SHOWN_BEFORE = 42
"""Days drawn before the push: six weeks tell a weekday pattern from a change."""


@style.look()
def around_push(design: Design | None, window: Window | None = None) -> Figure:
    """Draw both groups' daily rates around the push, per 1,000 people not yet activated."""
    figure, axes = style.canvas(2.9)
    if design is None:
        return _nothing(figure, axes)
    groups = contrast(design, window)
    day = design.times - design.first_start
    near = day >= -SHOWN_BEFORE
    for mask, colour, name in (
        (groups.control, style.OTHERS, "comparison areas"),
        (groups.treated, style.MOBILISED, f"{style.MARK} mobilised areas"),
    ):
        rate = 1000 * pooled_rate(design, mask)
        axes.plot(day[near], rate[near], color=colour, linewidth=1.6, label=f"{name} ({int(mask.sum())})")
    axes.axvspan(groups.window.first - 0.5, groups.window.last + 0.5, color=style.RULE, alpha=0.5, zorder=0)
    axes.axvline(-0.5, color=style.INK, linewidth=1, linestyle=":")
    axes.set(xlabel="days from the push", ylabel="new a day per 1,000 remaining", ylim=(0, None))
    axes.legend(loc="upper left")
    return figure


def say_around_push(design: Design | None, window: Window | None = None) -> str:
    """Say both groups' mean rates before the push and within the window."""
    if design is None:
        return "Nothing to draw: no area that mobilised has figures yet."
    groups = contrast(design, window)
    ours, theirs = 1000 * pooled_rate(design, groups.treated), 1000 * pooled_rate(design, groups.control)
    return (
        f"Lines by day. New a day per 1,000 remaining, {groups.window}: "
        f"{np.nanmean(ours[groups.after]):.1f} in mobilised areas, "
        f"{np.nanmean(theirs[groups.after]):.1f} in comparison areas; before the push "
        f"{np.nanmean(ours[groups.before]):.1f} and {np.nanmean(theirs[groups.before]):.1f}."
    )


@style.look()
def permutation(effect: Effect | None) -> Figure:
    """Estimates for every choice of treated areas, the observed one marked; of ``headline`` or ``ri``."""
    figure, axes = style.canvas(2.6)
    draws = _draws(effect)
    if effect is None or len(draws) == 0:
        return _nothing(figure, axes)
    axes.hist(draws, bins=40, color=style.OTHERS, edgecolor=style.PAPER, linewidth=0.4)
    axes.axvline(draws[0], color=style.MOBILISED, linewidth=2)
    right = draws[0] > draws.mean()
    axes.annotate(
        f"the areas that mobilised\np = {effect.p_value:.2g}",
        (draws[0], 0.95),
        xycoords=("data", "axes fraction"),
        xytext=(-6 if right else 6, 0),
        textcoords="offset points",
        color=style.MOBILISED,
        va="top",
        ha="right" if right else "left",
    )
    axes.set(xlabel="difference in log rate", ylabel="choices of areas")
    return figure


def _draws(effect: Effect | None) -> NDArray[np.float64]:
    kept = {} if effect is None else effect.details.get("permutation", {})
    return np.asarray(kept.get("difference", []), dtype=np.float64)


def say_permutation(effect: Effect | None) -> str:
    """Say where the observed choice lies among all."""
    draws = _draws(effect)
    if effect is None or len(draws) == 0:
        return "Nothing to draw: too many choices of areas to keep them all."
    beyond = int((np.abs(draws) >= abs(draws[0]) * (1 - 1e-9)).sum())
    return (
        f"Histogram of {len(draws)} choices of {effect.n_treated} areas. The areas that mobilised differ by "
        f"{draws[0]:.2f}; choices that differ as much: {beyond}. Studentised p {effect.p_value:.2g}, "
        f"smallest possible {effect.p_min:.2g}."
    )


@style.look()
def placebos(found: Result | None) -> Figure:
    """Estimates as if the push had come on an earlier date, and on the real one; of ``placebo_dates``."""
    figure, axes = style.canvas(2.4)
    if found is None or found.estimate is None:
        return _nothing(figure, axes)
    dates = found.table[found.table["detail"] != ""]
    place = np.arange(len(dates))
    axes.axhline(0, color=style.MUTED, linewidth=0.8)
    axes.plot(place, dates["estimate"], "o", color=style.OTHERS, label="placebo dates")
    axes.plot([len(dates)], [found.estimate], "^", color=style.MOBILISED, label="the push", markersize=8)
    shown = place[:: max(1, len(place) // 6)]
    axes.set_xticks(shown, [str(dates["detail"].iloc[i])[5:] for i in shown])
    axes.set(xlabel="month-day", ylabel="difference in log rate")
    axes.legend(loc="upper left")
    return figure


def say_placebos(found: Result | None) -> str:
    """Say how the real date compares with the placebo dates."""
    if found is None or found.estimate is None:
        return "Nothing to draw: no earlier date could have been one."
    size = found.table.loc[found.table["detail"] != "", "estimate"].abs()
    return (
        f"Dots by date. {len(size)} earlier same weekdays; largest difference among them {size.max():.2f}, "
        f"on the real date {abs(found.estimate):.2f}; p in time {found.p:.2g}."
    )


@style.look()
def opinions(effects: tuple[Effect, ...], unit: str) -> Figure:
    """Estimates and 95 % intervals of the estimators that share a unit, one line each."""
    shown = [effect for effect in effects if effect.interval and _speaks_of(effect, unit)]
    figure, axes = style.canvas(0.9 + 0.28 * max(len(shown), 3))
    if not shown:
        return _nothing(figure, axes)
    axes.axvline(0, color=style.MUTED, linewidth=0.8)
    for place, effect in enumerate(reversed(shown)):
        low, high = effect.interval or (np.nan, np.nan)
        axes.plot([low, high], [place, place], color=style.MAIN, linewidth=2)
        axes.plot([effect.estimate], [place], "o", color=style.MAIN)
    axes.set_yticks(range(len(shown)), [effect.estimator for effect in reversed(shown)])
    axes.set(xlabel=unit, ylim=(-0.6, len(shown) - 0.4))
    return figure


def say_opinions(effects: tuple[Effect, ...], unit: str) -> str:
    """Say the range of the estimates and how many intervals leave out zero."""
    shown = [effect for effect in effects if effect.interval and _speaks_of(effect, unit)]
    if not shown:
        return "Nothing to draw: no other estimator suits these data."
    estimates = [float(effect.estimate or 0.0) for effect in shown]
    clear = sum(low > 0 or high < 0 for low, high in (effect.interval or (0, 0) for effect in shown))
    return (
        f"Intervals of {len(shown)} estimators, {unit}: estimates from {min(estimates):.2g} to "
        f"{max(estimates):.2g}; {clear} intervals leave out zero."
    )


@style.look()
def twin(gaps: pd.DataFrame, unit: str) -> Figure:
    """Draw the treated area and its synthetic twin by time; of ``gap_table``."""
    figure, axes = style.canvas(2.8)
    axes.plot(gaps["time"], gaps["synthetic"], color=style.OTHERS, linewidth=1.8, label="synthetic twin")
    axes.plot(
        gaps["time"],
        gaps["treated"],
        color=style.MOBILISED,
        linewidth=1.8,
        label=f"{style.MARK} area that mobilised",
    )
    axes.axvline(-0.5, color=style.INK, linewidth=1, linestyle=":")
    axes.set(xlabel="weeks from the announcement", ylabel=unit, ylim=(0, None))
    axes.legend(loc="upper left")
    return figure


def say_twin(gaps: pd.DataFrame, unit: str) -> str:
    """Say how close the two lines were before and how far apart they end."""
    before, last = gaps[gaps["time"] < 0], gaps.iloc[-1]
    return (
        f"Two lines by week, {unit}. Before the announcement they are at most "
        f"{before['gap'].abs().max():.2f} apart; in the last week "
        f"the area that mobilised is at {last['treated']:.1f}, "
        f"its synthetic twin at {last['synthetic']:.1f}."
    )


@style.look()
def refits(gaps: pd.DataFrame, unit: str) -> Figure:
    """Draw the mean gap of every area put in the treated one's place, the treated one marked."""
    figure, axes = style.canvas(2.2)
    ordered = gaps.sort_values("gap", ignore_index=True)
    own = ordered["treated"]
    axes.bar(ordered.index[~own], ordered["gap"][~own], color=style.OTHERS)
    axes.bar(ordered.index[own], ordered["gap"][own], color=style.MOBILISED)
    axes.axhline(0, color=style.INK, linewidth=1)
    axes.set_xticks(ordered.index, ordered["area"], fontsize=5)
    axes.set(ylabel=unit)
    return figure


def say_refits(gaps: pd.DataFrame, unit: str) -> str:
    """Say the treated area's gap and how many areas have one as large; of ``refits_table``."""
    own = float(gaps.loc[gaps["treated"], "gap"].iloc[0])
    as_large = int((gaps["gap"].abs() >= abs(own) * (1 - 1e-9)).sum())
    return (
        f"Bars, {unit}, one an area. The area that mobilised: {own:.2f}; "
        f"{as_large} of {len(gaps)} areas, itself counted, have a gap as large."
    )


def _speaks_of(effect: Effect, unit: str) -> bool:
    return str(effect.details.get("unit", "")).startswith(unit)


def _nothing(figure: Figure, axes: Axes) -> Figure:
    axes.set_axis_off()
    axes.text(0.5, 0.5, "nothing to draw yet", ha="center", va="center", color=style.MUTED)
    return figure
