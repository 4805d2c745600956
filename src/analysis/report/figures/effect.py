"""Whether mobilising worked: both groups, what chance would give, other dates, other estimators, a twin."""

import math
from collections.abc import Iterable
from datetime import date

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from analysis import say
from analysis.campaign import Language
from analysis.compare import Effect
from analysis.compare.checks import Result
from analysis.report.figures import style
from analysis.report.numbers import Numbers
from analysis.report.words.phrases import word
from analysis.report.words.voice import Voice

_SPIKE = 8
"""Times its usual height from which a day would flatten all others: then the scale is one of ratios."""
_COLOURS = {"others": style.OTHERS, "mobilised": style.MOBILISED}


@style.look()
def groups(
    rates: pd.DataFrame, first_push: date, language: Language, *, told: date | None = None, finding: str = "",
    width: float = style.WIDE,
) -> Figure:  # fmt: skip
    """Draw both groups' daily rates, and shade what lies between the mobilised and their expected course.

    Parameters
    ----------
    rates
        ``date``, ``mobilised``, ``others``, ``expected``, as `analysis.report.curves.group_rates` gives them.
    told
        Day on which the others were told to do the same: from then on they are no clean comparison.
    """
    figure, axes = style.canvas(0.36 * width + 0.9, width=width)
    long = rates.melt("date", ["others", "mobilised"], "group", "rate").dropna()
    if long.empty:
        return style.nothing(figure, axes, language)
    for group, colour in _COLOURS.items():
        style.line(axes, rates, group, colour, linewidth=1.6)
    after = rates[rates["date"] >= pd.Timestamp(first_push)].dropna(subset=["mobilised", "expected"])
    if len(after):
        axes.fill_between(
            after["date"],
            after["expected"],
            after["mobilised"],
            color=style.MOBILISED,
            alpha=0.25,
            linewidth=0,
        )
        style.line(axes, after, "expected", style.MOBILISED, linestyle=(0, (3, 2)))
    _scaled(axes, long["rate"])
    weekly = long[(long["date"].dt.day_of_week == first_push.weekday()) & (long["rate"] > 0)]
    for day, group, value in weekly[["date", "group", "rate"]].itertuples(index=False, name=None):
        name, number = word(f"{group}_word", language), say.decimal(value, language, 1)
        said = say.headed(f"{say.day(day.date(), language)}, {name}", number, language)
        style.point(axes, day, value, said, _COLOURS[group], 2.6)
    lines = {"mobilised": (style.MOBILISED, f"― {style.MARK}"), "expected": (style.MOBILISED, "╌"),
             "others": (style.OTHERS, "―")}  # fmt: skip
    named = [
        (colour, f"{mark} {word(f'{name}_word', language)}")
        for name, (colour, mark) in lines.items()
        if rates[name].notna().any()
    ]
    for day, mark in ((first_push, "push_mark"), (told, "told_mark")):
        if day is not None:
            style.upright(axes, pd.Timestamp(day))
            said = word(mark, language).format(day=say.short_day(day, language))
            named.append((style.INK, f"┊ {said}"))
    style.named_above(axes, named)
    style.day_axis(axes, language)
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: say.as_printed(value, language)))
    unit = word("per_thousand", language)
    if axes.get_yscale() == "log":
        unit = f"{unit}, {word('log_scale', language)}"
    style.head(figure, finding, axes, unit, above=len(named))
    return figure


@style.look()
def push_day(numbers: Numbers, language: Language, *, finding: str = "", width: float = style.WIDE) -> Figure:
    """Draw between which counts both groups lie (``published_day_pushed``, ``published_day_rest``)."""
    figure, axes = style.canvas(2.2, width=width)
    voice = Voice(language, numbers)
    rows = (
        ("published_day_rest", "bar_rest", "", style.OTHERS),
        ("published_day_pushed", "bar_pushed", f"{style.MARK} ", style.MOBILISED),
    )
    for at, (key, phrase, mark, colour) in enumerate(rows):
        low, high = (float(one) for one in (numbers[key].low, numbers[key].high))  # type: ignore[arg-type]
        axes.barh(at, low, height=0.42, color=colour)
        axes.barh(at, high - low, left=low, height=0.42, color=colour, alpha=0.4)
        ends = numbers[key].interval_text(language)
        said = say.headed(voice.say(phrase), voice.say("bar_range", low=ends[0], high=ends[1]), language)
        over = {"facecolor": style.PAPER, "linewidth": 0, "pad": 1.0}
        axes.text(0, at + 0.28, f"{mark}{said}", color=colour, va="bottom", bbox=over)
    needed = numbers.amount("published_pace")
    axes.axvline(needed, color=style.INK, linewidth=1, linestyle=":")
    axes.annotate(
        voice.say("bar_needed"), (needed, -0.25), xytext=(4, 0), textcoords="offset points", va="center"
    )
    axes.set_ylim(-0.45, 1.75)
    axes.set_yticks([])
    axes.grid(visible=False)
    style.count_axis(axes.xaxis, language)
    style.head(figure, finding)
    return figure


def _scaled(axes: Axes, rates: pd.Series) -> None:
    """Draw from zero, or where one day towers over all others as ratios, so that both can be read."""
    usual = float(rates.median())
    if usual > 0 and rates.max() > _SPIKE * usual:
        axes.set_yscale("log")
        axes.yaxis.set_major_locator(LogLocator(10, (1.0, 2.0, 5.0)))
        axes.yaxis.set_minor_formatter(NullFormatter())
        axes.set_ylim(max(float(rates[rates > 0].min()), usual / 20) / 1.3, 1.6 * float(rates.max()))
    else:
        axes.set_ylim(min(0.0, float(rates.min())), 1.25 * float(rates.max()))


@style.look()
def chance(
    draws: pd.DataFrame, language: Language, *, finding: str = "", width: float = style.WIDE
) -> Figure:
    """Draw what every choice of areas would have given: ``draw`` (log points), ``observed`` (the real)."""
    figure, axes = style.canvas(0.28 * width + 0.9, width=width)
    if draws.empty:
        return style.nothing(figure, axes, language)
    real = float(draws.loc[draws["observed"], "draw"].iloc[0])
    axes.hist(draws["draw"], bins=40, color=style.OTHERS)
    axes.set_ylim(0, 1.3 * axes.get_ylim()[1])  # so that the name of the line lies on no bar
    axes.axvline(real, color=style.MOBILISED, linewidth=2)
    side = 6 if real < float(draws["draw"].mean()) else -6
    axes.annotate(
        f"{style.MARK} {word('chance_real', language)}", (real, 0.92), xycoords=("data", "axes fraction"),
        xytext=(side, 0), textcoords="offset points", ha="left" if side > 0 else "right",
        color=style.MOBILISED, bbox=style.OVER,
    )  # fmt: skip
    axes.set(xlabel=style.wrapped(word("chance_times", language), width), ylabel="")
    axes.xaxis.set_major_formatter(FuncFormatter(lambda log, _: _times(log, language)))
    style.count_axis(axes.yaxis, language)
    style.head(figure, finding, axes, word("chance_axis", language))
    return figure


def _times(log: float, language: Language) -> str:
    """Write a ratio from its logarithm, with two figures at least: its mark stands where it says."""
    return f"× {say.decimal(float(np.exp(log)), language, max(1, 1 - math.floor(log / math.log(10))))}"


def say_chance(draws: pd.DataFrame) -> str:
    """Text alternative of `chance` for a notebook: where the areas that mobilised lie among all choices."""
    if draws.empty:
        return "Nothing to draw: too many choices of areas to keep them all, or no push yet."
    real = float(draws.loc[draws["observed"], "draw"].iloc[0])
    beyond = int((draws["draw"].abs() >= abs(real) * (1 - 1e-9)).sum())
    return (
        f"Histogram of {len(draws)} choices of areas. The areas that mobilised differ by {real:.2f} log "
        f"points; {beyond} of the choices, theirs counted, differ as much."
    )


def say_groups(rates: pd.DataFrame, first_push: date) -> str:
    """Text alternative of `groups` for a notebook: both groups on the day and before it."""
    day = rates[rates["date"] == pd.Timestamp(first_push)]
    before = rates[rates["date"] < pd.Timestamp(first_push)]
    if day.empty or before.empty:
        return "Nothing to draw: no area that mobilised has figures yet."
    said = [(day[column].iloc[0], before[column].mean()) for column in ("mobilised", "others")]
    return (
        f"Lines by day, new per 1,000 still to go. On the day of the push: {said[0][0]:.1f} in the "
        f"areas that mobilised, {said[1][0]:.1f} in the others; "
        f"on average before {said[0][1]:.1f} and {said[1][1]:.1f}."
    )


@style.look()
def placebos(
    found: Result | None, first_push: date, language: Language, *, width: float = style.WIDE
) -> Figure:
    """Draw the estimates as if the push had come on an earlier date, and on the real one."""
    figure, axes = style.canvas(2.4, width=width)
    if found is None or found.estimate is None:
        return style.nothing(figure, axes, language)
    earlier = found.table[found.table["detail"] != ""].dropna(subset="estimate")
    real = pd.DataFrame({"detail": [first_push], "estimate": [found.estimate]})
    days = pd.concat([earlier, real], keys=[False, True], names=["real"]).reset_index("real")
    axes.axhline(0, color=style.MUTED, linewidth=0.8)
    sns.scatterplot(
        days.assign(date=pd.to_datetime(days["detail"])), x="date", y="estimate", hue="real", style="real",
        markers={False: "o", True: "^"}, s=45, palette={False: style.OTHERS, True: style.MOBILISED},
        legend=False, ax=axes,
    )  # fmt: skip
    name = f"{style.MARK} {word('chance_real', language)}"
    style.label(axes, pd.Timestamp(first_push), found.estimate, name, style.MOBILISED, -8)
    style.day_axis(axes, language)
    axes.set_title(word("log_difference", language))
    return figure


def say_placebos(found: Result | None) -> str:
    """Say how the real date compares with the placebo dates."""
    if found is None or found.estimate is None or found.p is None:
        return "Nothing to draw: no earlier date could have been one."
    size = found.table.loc[found.table["detail"] != "", "estimate"].dropna().abs()
    return (
        f"Dots by date. {len(size)} earlier same weekdays; largest difference among them {size.max():.2f}, "
        f"on the real date {abs(found.estimate):.2f}; p in time {found.p:.2g}."
    )


@style.look()
def opinions(
    effects: Iterable[Effect], unit: str, language: Language, *, width: float = style.WIDE
) -> Figure:
    """Draw estimates and 95 % intervals of the estimators that share a unit, one line each."""
    shown = _of_unit(effects, unit)
    figure, axes = style.canvas(0.9 + 0.26 * max(shown["estimator"].nunique(), 3), width=width)
    if shown.empty:
        return style.nothing(figure, axes, language)
    axes.axvline(0, color=style.MUTED, linewidth=0.8)
    sns.pointplot(  # three values each: the middle one is the estimate, the outer ones end its interval
        shown, x="value", y="estimator", estimator="median", errorbar=("pi", 100), linestyle="none",
        color=style.MAIN, markersize=5, err_kws={"linewidth": 2}, ax=axes,
    )  # fmt: skip
    axes.grid(axis="x")
    axes.set(xlabel=unit, ylabel="")
    return figure


def say_opinions(effects: Iterable[Effect], unit: str) -> str:
    """Say the range of the estimates and how many intervals leave out zero."""
    shown = _of_unit(effects, unit)
    if shown.empty:
        return "Nothing to draw: no other estimator suits these data."
    ends = shown.groupby("estimator", sort=False)["value"].agg(["min", "median", "max"])
    clear = int(((ends["min"] > 0) | (ends["max"] < 0)).sum())
    return (
        f"Intervals of {len(ends)} estimators, {unit}: estimates from {ends['median'].min():.2g} to "
        f"{ends['median'].max():.2g}; {clear} intervals leave out zero."
    )


def _of_unit(effects: Iterable[Effect], unit: str) -> pd.DataFrame:
    """List low end, estimate and high end of each estimator of a unit, three rows each."""
    return pd.DataFrame(
        [
            {"estimator": effect.estimator, "value": value}
            for effect in effects
            if effect.interval and str(effect.details.get("unit", "")).startswith(unit)
            for value in (effect.interval[0], effect.estimate, effect.interval[1])
        ],
        columns=["estimator", "value"],
    )


@style.look()
def twin(gaps: pd.DataFrame, unit: str, language: Language, *, width: float = style.WIDE) -> Figure:
    """Draw the treated area and its synthetic twin by week: ``time, treated, synthetic``."""
    figure, axes = style.canvas(2.8, width=width)
    lines = (("synthetic", style.OTHERS, word("twin_word", language), 12),
             ("treated", style.MOBILISED, f"{style.MARK} {word('chance_real', language)}", -14))  # fmt: skip
    for column, colour, name, dy in lines:
        axes.plot(gaps["time"], gaps[column], color=colour)
        style.label(axes, gaps["time"].iloc[-1], gaps[column].iloc[-1], name, colour, -4, dy)
    style.upright(axes, -0.5)
    axes.set(xlabel=word("weeks_from_push", language), ylabel="", ylim=(0, None))
    axes.set_title(unit)
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
def refits(gaps: pd.DataFrame, unit: str, *, width: float = style.WIDE) -> Figure:
    """Draw the mean gap of every area put in the treated one's place, the treated one in its colour."""
    figure, axes = style.canvas(0.9 + 0.16 * len(gaps), width=width)
    sns.barplot(
        gaps.sort_values("gap"), x="gap", y="area", hue="treated", legend=False, dodge=False, ax=axes,
        palette={False: style.OTHERS, True: style.MOBILISED},
    )  # fmt: skip
    axes.axvline(0, color=style.INK, linewidth=1)
    axes.set(xlabel=unit, ylabel="")
    axes.tick_params(axis="y", labelsize=7)
    return figure


def say_refits(gaps: pd.DataFrame, unit: str) -> str:
    """Say the treated area's gap and how many areas have one as large; of ``refits_table``."""
    own = float(gaps.loc[gaps["treated"], "gap"].iloc[0])
    as_large = int((gaps["gap"].abs() >= abs(own) * (1 - 1e-9)).sum())
    return (
        f"Bars, {unit}, one an area. The area that mobilised: {own:.2f}; "
        f"{as_large} of {len(gaps)} areas, itself counted, have a gap as large."
    )
