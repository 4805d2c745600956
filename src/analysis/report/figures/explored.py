"""What an analyst asks at the screen: two weeks area by area, and the course that a number lies on."""

from collections.abc import Sequence
from datetime import date

import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure

from analysis import say
from analysis.campaign import Language
from analysis.report.figures import style
from analysis.report.words.phrases import word

MOST = 30
"""Areas shown, those that changed most; all of them are in the table."""


@style.look()
def weeks(
    table: pd.DataFrame, names: Sequence[str], language: Language, *, width: float = style.WIDE
) -> Figure:
    """Draw what was new in two weeks, ``first`` and ``second``, a line an area; ``names`` are the weeks'."""
    shown = table.dropna()
    shown = shown.loc[shown["change"].abs().sort_values(ascending=False).index[:MOST]]
    figure, axes = style.canvas(0.9 + 0.26 * max(len(shown), 3), width=width)
    if shown.empty:
        return style.nothing(figure, axes, language)
    long = shown.rename(columns={"first": names[0], "second": names[1]})[list(dict.fromkeys(names))]
    long = long.rename_axis("area").reset_index().melt("area", var_name="week", value_name="new")
    palette = [style.OTHERS, style.MAIN][: long["week"].nunique()]
    sns.barplot(long, x="new", y="area", hue="week", palette=palette, errorbar=None, ax=axes)
    axes.set(xlabel=word("explore_new", language), ylabel="")
    axes.grid(axis="x")
    style.count_axis(axes.xaxis, language)
    axes.legend(title="", loc="lower right")
    return figure


@style.look()
def trail(
    rows: pd.DataFrame, day: date, name: str, unit: str, language: Language, *, width: float = style.WIDE
) -> Figure:
    """Draw one area's cumulative count, days between two tallies dotted, and the day that is asked about."""
    figure, axes = style.canvas(2.6, width=width)
    known = rows.dropna(subset=["cumulative"])
    if known.empty:
        return style.nothing(figure, axes, language)
    style.line(axes, known, "cumulative", style.OTHERS, linestyle=":", linewidth=1)
    counted = known[~known["interpolated"]]
    axes.plot(counted["date"], counted["cumulative"], ".", color=style.MAIN, markersize=4)
    style.upright(axes, pd.Timestamp(day))
    asked = counted[counted["date"] == pd.Timestamp(day)]
    for value in asked["cumulative"]:
        axes.plot([pd.Timestamp(day)], [value], "o", color=style.MOBILISED)
        style.label(axes, pd.Timestamp(day), value, say.count(value, language), style.MOBILISED, -7, 7)
    style.count_axis(axes.yaxis, language)
    style.day_axis(axes, language)
    measured = word("cumulative_word", language).format(unit=unit)
    style.head(figure, "", axes, say.headed(name, measured, language))
    return figure
