"""Mobilised areas and the others, day by day around the first push."""

from datetime import date

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from analysis.report import words
from analysis.report.figures import style
from analysis.report.words import Language
from analysis.report.words.phrases import word

_BEFORE, _AFTER = 42, 28  # days shown around the first push: six weeks tell a weekday pattern from a change


def group_rates(panel: pd.DataFrame, first_push: date) -> pd.DataFrame:
    """Sum up, around the first push, what was new a day per 1,000 people still to go, by group.

    Returns
    -------
    DataFrame
        ``date``, ``mobilised``, ``others``; empty days are left out.
    """
    push = pd.Timestamp(first_push)
    near = panel[panel["date"].between(push - pd.Timedelta(days=_BEFORE), push + pd.Timedelta(days=_AFTER))]
    known = near.dropna(subset=["new", "remaining"])
    group = known["treated_from"].notna().map({True: "mobilised", False: "others"})
    sums = known.groupby(["date", group])[["new", "remaining"]].sum()
    rates = (1000 * sums["new"] / sums["remaining"].where(sums["remaining"] > 0)).unstack()
    return rates.reindex(columns=["mobilised", "others"]).reset_index()


@style.look()
def groups(rates: pd.DataFrame, first_push: date, language: Language) -> Figure:
    """Draw both groups' daily rates, as `group_rates` gives them."""
    figure, axes = style.canvas(2.7)
    axes.axvline(pd.Timestamp(first_push), color=style.INK, linewidth=1, linestyle=":")
    for column, colour, mark in (
        ("others", style.OTHERS, ""),
        ("mobilised", style.MOBILISED, f"{style.MARK} "),
    ):
        known = rates.dropna(subset=[column])
        axes.plot(known["date"], known[column], color=colour, linewidth=1.6)
        axes.annotate(
            mark + word(f"{column}_word", language),
            (1, 1),
            xycoords="axes fraction",
            xytext=(0, 16 if mark else 4),
            textcoords="offset points",
            ha="right",
            color=colour,
        )
    axes.set_ylim(min(0.0, float(rates[["mobilised", "others"]].min().min())), None)
    axes.set_title(word("per_thousand", language), fontweight="normal", color=style.MUTED, fontsize=9)
    style.count_axis(axes.yaxis, language)
    style.day_axis(axes.xaxis, language)
    return figure


@style.look()
def chance(draws: pd.DataFrame, language: Language) -> Figure:
    """Draw what every choice of areas would have given: ``draw`` (estimate), ``observed`` (the real one)."""
    figure, axes = style.canvas(2.3)
    real = float(draws.loc[draws["observed"], "draw"].iloc[0])
    axes.hist(draws["draw"], bins=40, color=style.OTHERS, edgecolor=style.PAPER, linewidth=0.4)
    axes.axvline(real, color=style.MOBILISED, linewidth=2)
    left = real < float(draws["draw"].mean())
    axes.annotate(
        f"{style.MARK} {word('chance_real', language)}",
        (real, 0.92),
        xycoords=("data", "axes fraction"),
        xytext=(6 if left else -6, 0),
        textcoords="offset points",
        ha="left" if left else "right",
        color=style.MOBILISED,
    )
    axes.set_title(word("chance_axis", language), fontweight="normal", color=style.MUTED, fontsize=9)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: words.decimal(value, language, 1)))
    style.count_axis(axes.yaxis, language)
    return figure
