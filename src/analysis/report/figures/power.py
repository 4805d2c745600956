"""What a push could show before it is made: the chance to see a lift, by how many areas are pushed."""

import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from analysis.campaign import Language
from analysis.report.figures import style
from analysis.report.words.phrases import word

AIM = 0.8
"""Chance at which a push is usually called worth making: four times in five."""

_LIFTS = {20: style.OTHERS, 50: style.MAIN, 100: style.MOBILISED}


@style.look()
def power(table: pd.DataFrame, language: Language, *, width: float = style.WIDE) -> Figure:
    """Draw a line for each lift of the power table, and the chance of four in five.

    Parameters
    ----------
    table
        ``areas``, ``power_20``, ``power_50``, ``power_100``, as
        `analysis.compare.planning.power.power_table` gives them; empty where nothing can be said.
    """
    figure, axes = style.canvas(3.2, width=width)
    table = table.dropna(subset="power_20")  # so many could not be drawn
    if table.empty:
        return style.nothing(figure, axes, language)
    for (lift, colour), dy in zip(_LIFTS.items(), (-10, 0, 10), strict=True):
        column, name = f"power_{lift}", word(f"plan_head_{lift}", language)
        sns.lineplot(table, x="areas", y=column, marker="o", color=colour, ax=axes)
        style.label(axes, table["areas"].iloc[-1], table[column].iloc[-1], name, colour, 8, dy)
    axes.axhline(AIM, color=style.INK, linewidth=1, linestyle=":")
    style.share_axis(axes.yaxis, language)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set(xlabel=word("plan_head_areas", language), ylabel="", ylim=(0, 1.05))
    return figure


def say_power(table: pd.DataFrame) -> str:
    """Say from how many areas on each lift is seen four times in five."""
    if table.empty:
        return "Nothing to draw: too few weeks were counted."
    said = []
    for lift in _LIFTS:
        enough = table.loc[table[f"power_{lift}"] >= AIM, "areas"]
        said.append(
            f"+{lift} % from {enough.min()} areas on" if len(enough) else f"+{lift} % with none of them"
        )
    return (
        f"Lines of the chance to see a lift with {table['areas'].min()} to {table['areas'].max()} areas; "
        f"four times in five: {', '.join(said)}."
    )
