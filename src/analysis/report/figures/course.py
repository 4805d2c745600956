"""The course of a drive: what was counted, what is expected, the target and the deadline."""

from datetime import date

import pandas as pd
from matplotlib.figure import Figure

from analysis.report import words
from analysis.report.figures import style
from analysis.report.words import Language
from analysis.report.words.phrases import word


@style.look()
def course(
    totals: pd.DataFrame, fan: pd.DataFrame, target: float, deadline: date, unit: str, language: Language
) -> Figure:
    """Draw the cumulative count and its fan.

    Parameters
    ----------
    totals
        ``date``, ``cumulative`` (persons): what was counted.
    fan
        ``date`` and quantiles ``p2.5 p10 p25 p50 p75 p90 p97.5`` (persons), from the day after.
    target, deadline
        What is to be reached by when.
    """
    figure, axes = style.canvas(3.3)
    last = totals.dropna(subset=["cumulative"]).iloc[-1]
    start = pd.DataFrame(
        [{"date": last["date"], **dict.fromkeys(fan.columns.drop("date"), last["cumulative"])}]
    )
    ahead = pd.concat([start, fan], ignore_index=True)
    for level, (low, high) in ((0.95, ("p2.5", "p97.5")), (0.8, ("p10", "p90")), (0.5, ("p25", "p75"))):
        axes.fill_between(ahead["date"], ahead[low], ahead[high], color=style.BANDS[level], linewidth=0)
    axes.plot(ahead["date"], ahead["p50"], color=style.FORECAST, linestyle=(0, (4, 2)), linewidth=1.4)
    axes.plot(totals["date"], totals["cumulative"], color=style.MAIN, linewidth=2)
    axes.plot([last["date"]], [last["cumulative"]], "o", color=style.MAIN, markersize=4)
    axes.axhline(target, color=style.INK, linewidth=1)
    axes.axvline(pd.Timestamp(deadline), color=style.INK, linewidth=1, linestyle=":")
    left = totals["date"].min()
    axes.annotate(
        word("target_word", language), (left, target), xytext=(3, -4), textcoords="offset points", va="top"
    )
    axes.annotate(
        word("deadline_word", language),
        (pd.Timestamp(deadline), 0),
        xytext=(-3, 4),
        textcoords="offset points",
        ha="right",
    )
    axes.set_ylim(0, None)
    axes.set_xlim(left, ahead["date"].max())
    axes.set_title(
        word("cumulative_word", language).format(unit=unit),
        fontweight="normal",
        color=style.MUTED,
        fontsize=9,
    )
    style.count_axis(axes.yaxis, language)
    style.day_axis(axes.xaxis, language)
    return figure


@style.look()
def completion(cdf: pd.DataFrame, deadline: date, language: Language) -> Figure:
    """Draw the probability of having reached the target by each day; ``cdf`` has ``date`` and ``value``."""
    figure, axes = style.canvas(2.2)
    axes.fill_between(cdf["date"], cdf["value"], step="post", color=style.BANDS[0.8], linewidth=0)
    axes.step(cdf["date"], cdf["value"], where="post", color=style.FORECAST, linewidth=1.6)
    axes.axvline(pd.Timestamp(deadline), color=style.INK, linewidth=1, linestyle=":")
    axes.annotate(
        word("deadline_word", language),
        (pd.Timestamp(deadline), 0.88),
        xytext=(4, 0),
        textcoords="offset points",
    )
    half = cdf[cdf["value"] >= 0.5]
    if len(half):
        middle = half.iloc[0]["date"]
        axes.plot([middle], [0.5], "o", color=style.INK, markersize=4)
        axes.annotate(
            word("median_mark", language).format(day=words.short_day(middle.date(), language)),
            (middle, 0.5),
            xytext=(-6, 4),
            textcoords="offset points",
            ha="right",
        )
    axes.set_ylim(0, 1)
    axes.set_xlim(cdf["date"].min(), cdf["date"].max())
    style.share_axis(axes.yaxis, language)
    style.day_axis(axes.xaxis, language)
    return figure
