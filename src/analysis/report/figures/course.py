"""The course of a drive and its forecast: what was counted, what is expected, what is needed, by when."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis import say
from analysis.campaign import Language
from analysis.report.figures import style
from analysis.report.words.phrases import word

DAYS_BEFORE = 90
"""Days of the past beside a comparison of models."""
BINS = 10
REPORTS = 12
"""Reports whose stated dates a picture has room for: a quarter's, the newest ones."""
_DASHED = (0, (4, 2))
_ALONG = 0.65  # of the way to the target, where its name is clear of a count far below
_LOW = 0.4  # of the picture's height, below which the deadline is named
_AT_FOOT = 0.06  # of the picture's height, where the deadline is named
_LETTER, _LINE = (
    0.1,
    0.45,
)  # inches of a letter of a name along the axis, and what its line takes above its place
_LITTLE = 0.1  # a share that has no room for its name
_BANDS = ((0.95, "p2.5", "p97.5"), (0.8, "p10", "p90"), (0.5, "p25", "p75"))


@style.look()
def course(
    totals: pd.DataFrame,
    fan: pd.DataFrame,
    target: float,
    deadline: date | None,
    unit: str,
    language: Language,
    *,
    as_of: date | None = None,
    late: pd.DataFrame | None = None,
    events: Sequence[tuple[date, str]] = (),
    plan: pd.DataFrame | None = None,
    finding: str = "",
    width: float = style.WIDE,
) -> Figure:
    """Draw the cumulative count, what is needed from there to the target, and what is expected.

    Parameters
    ----------
    totals
        ``date``, ``cumulative`` (persons): what was counted.
    fan
        ``date`` and quantiles ``p2.5 p10 p25 p50 p75 p90 p97.5`` (persons), from the day after.
    target, deadline
        What is to be reached by when; not a number, and not a day, where there is no target.
    as_of
        The last day the report could know of; days up to it that nobody has counted yet are shaded.
    late
        ``date p10 p50 p90`` (persons): the newest days once late reports are in; none where none are late.
    events
        Days that a reader of the course should know of, and what they were.
    plan
        The fan of a plan, as ``fan``: its median is drawn beside the forecast's.
    finding
        What the picture shows, in a sentence.
    width
        Inches: `style.WIDE` or `style.NARROW`.
    """
    figure, axes = style.canvas(0.42 * width + 0.9, width=width)
    counted = totals.dropna(subset=["cumulative"])
    last = counted.iloc[-1]
    start = pd.DataFrame(
        [{"date": last["date"], **dict.fromkeys(fan.columns.drop("date"), last["cumulative"])}]
    )
    if late is not None and len(late):
        start = late.iloc[-1:].assign(**{"p2.5": late["p10"], "p25": late["p50"], "p75": late["p50"]})
        start = start.assign(**{"p97.5": late["p90"]})[list(fan.columns)]
        _late(axes, late, language)
    ahead = pd.concat([start, fan], ignore_index=True)
    for level, low, high in _BANDS:
        axes.fill_between(ahead["date"], ahead[low], ahead[high], color=style.BANDS[level], linewidth=0)
    style.line(axes, ahead, "p50", style.MAIN, linestyle=_DASHED, linewidth=1.4)
    style.line(axes, counted, "cumulative", style.MAIN, linewidth=2.2)
    weeks = (last["date"] - counted["date"]).dt.days // 7
    for frame, column in ((counted.groupby(weeks).tail(1), "cumulative"), (fan[6::7], "p50")):
        for day, value in zip(frame["date"], frame[column], strict=True):
            said = say.headed(say.day(day.date(), language), say.count(value, language), language)
            style.point(axes, day, value, said, style.MAIN, 4 if day == last["date"] else 2.2)
    name = say.count(last["cumulative"], language)
    style.label(axes, last["date"], last["cumulative"], name, style.MAIN, 7, -9)
    _planned(axes, plan, language)
    if len(fan):
        _bands_named(axes, ahead, language)
    if deadline is not None and target > 0:
        _goal(axes, target, totals["date"].min(), language)
    _events(axes, events, totals["date"].min(), ahead["date"].max())
    least = float(counted["cumulative"].min())
    foot = 0 if least < 0.4 * target else 0.9 * least
    top = axes.get_ylim()[1]
    axes.set_ylim(foot, max(top, target + 0.12 * (target - foot)) if target > 0 else top)
    right = ahead["date"].max() if deadline is None else max(ahead["date"].max(), pd.Timestamp(deadline))
    axes.set_xlim(totals["date"].min(), right + pd.Timedelta(days=4))
    if deadline is not None and target > 0:
        _needed(axes, last, target, deadline, language)
        _deadline(axes, deadline, counted, language)
    _not_counted(axes, last["date"], as_of)
    style.count_axis(axes.yaxis, language)
    style.day_axis(axes, language)
    style.head(figure, finding, axes, word("cumulative_word", language).format(unit=unit))
    return figure


def _needed(axes: Axes, last: Any, target: float, deadline: date, language: Language) -> None:
    """Draw the straight way from the newest count to the target on the deadline, while both lie ahead."""
    end = pd.Timestamp(deadline)
    if end > last["date"] and target > last["cumulative"]:
        axes.plot([last["date"], end], [last["cumulative"], target], color=style.NEEDED, linewidth=1.6)
        foot, top = axes.get_ylim()
        if last["cumulative"] > foot + _LOW * (top - foot):  # then nothing is drawn below the count's name
            at, near = (last["date"], last["cumulative"]), (7, -23)
        else:
            along = last["cumulative"] + _ALONG * (target - last["cumulative"])
            at, near = (last["date"] + _ALONG * (end - last["date"]), along), (-6, 3)
        style.label(axes, *at, word("needed_word", language), style.NEEDED, *near)


def _late(axes: Axes, late: pd.DataFrame, language: Language) -> None:
    """Draw what is expected to have been done by the newest days, above what is counted of them."""
    axes.fill_between(late["date"], late["p10"], late["p90"], color=style.BANDS[0.8], linewidth=0)
    style.line(axes, late, "p50", style.MAIN, linestyle=_DASHED, linewidth=1.4)
    last = late.iloc[-1]
    said = say.headed(word("late_word", language), say.count(last["p50"], language), language)
    style.point(axes, last["date"], last["p50"], said, style.MAIN, 2.2)
    style.label(axes, last["date"], last["p50"], word("late_word", language), style.MAIN, -7, 9)


def _planned(axes: Axes, plan: pd.DataFrame | None, language: Language) -> None:
    if plan is not None:
        for edge, line in (("p10", ":"), ("p50", "-"), ("p90", ":")):
            axes.plot(plan["date"], plan[edge], color=style.MOBILISED, linewidth=1.2, linestyle=line)
        day, value = plan[["date", "p50"]].iloc[-len(plan) // 6]
        style.label(axes, day, value, word("plan_word", language), style.MOBILISED, -4, -30)


def _bands_named(axes: Axes, ahead: pd.DataFrame, language: Language) -> None:
    """Write at the right end of each band how much it holds."""
    end = ahead.iloc[-1]
    room = np.ptp(axes.get_ylim()) / (3.2 * axes.figure.get_size_inches()[1])  # type: ignore[union-attr]
    edges = [(end[high], say.percent(level, language, 0)) for level, _, high in _BANDS]
    placed: list[float] = []
    for height, text in edges:
        if all(abs(height - other) > room for other in placed):
            style.label(axes, end["date"], height, text, style.MUTED, 3)
            placed.append(height)


def _goal(axes: Axes, target: float, left: Any, language: Language) -> None:
    axes.axhline(target, color=style.INK, linewidth=1)
    name = f"{word('target_word', language)} {say.count(target, language)}"
    axes.annotate(  # not where the target lies far outside what is drawn
        name, (left, target), xytext=(3, 8), textcoords="offset points", va="center", bbox=style.OVER
    )


def _deadline_name(deadline: date, language: Language) -> str:
    return f"{word('deadline_word', language)} {say.short_day(deadline, language)}"


def _deadline(axes: Axes, deadline: date, counted: pd.DataFrame, language: Language) -> None:
    """Name the deadline at its foot, before it or, where the count is as low there, behind it."""
    day, name = pd.Timestamp(deadline), _deadline_name(deadline, language)
    (foot, top), (wide, high) = axes.get_ylim(), axes.figure.get_size_inches()  # type: ignore[union-attr]
    left, right = axes.get_xlim()
    room = pd.Timedelta(days=_LETTER * len(name) * (right - left) / wide)  # that the name takes
    below = foot + (_AT_FOOT + _LINE / high) * (top - foot)
    hidden = counted["date"].between(day - room, day) & (counted["cumulative"] < below)
    style.upright(axes, day, name, _AT_FOOT, 4 if hidden.any() else -4)


def _not_counted(axes: Axes, known: pd.Timestamp, as_of: date | None) -> None:
    """Shade the days between the newest count and the report, of which nothing is known."""
    if as_of is not None and pd.Timestamp(as_of) > known:
        axes.axvspan(known, pd.Timestamp(as_of), color=style.RULE, alpha=0.7, linewidth=0)  # type: ignore[arg-type]


def _events(axes: Axes, events: Sequence[tuple[date, str]], first: Any, last: Any) -> None:
    """Mark at the foot of the course what happened, each mark saying what it was."""
    for day, text in events:
        at: Any = pd.Timestamp(day)
        if first <= at <= last:
            (mark,) = axes.plot(
                [at], [0.02], marker="v", color=style.INK, markersize=6,
                transform=axes.get_xaxis_transform(), clip_on=False,
            )  # fmt: skip
            style.tell(mark, text)


@style.look()
def completion(
    cdf: pd.DataFrame, deadline: date, language: Language, *, finding: str = "", width: float = style.WIDE
) -> Figure:
    """Draw the probability of having reached the target by each day; ``cdf`` has ``date`` and ``value``."""
    figure, axes = style.canvas(0.3 * width + 0.9, width=width)
    if cdf.empty:
        return style.nothing(figure, axes, language)
    axes.fill_between(cdf["date"], cdf["value"], step="post", color=style.BANDS[0.8], linewidth=0)
    style.line(axes, cdf, "value", style.MAIN, drawstyle="steps-post", linewidth=1.6)
    for day, value in zip(cdf["date"][::7], cdf["value"][::7], strict=True):
        said = say.headed(say.day(day.date(), language), say.probability(value, language), language)
        style.point(axes, day, value, said, style.MAIN, 2.2)
    if cdf["date"].min() <= pd.Timestamp(deadline) <= cdf["date"].max():
        style.upright(axes, pd.Timestamp(deadline), _deadline_name(deadline, language), 0.86, dx=4)
    half, end = cdf[cdf["value"] >= 0.5], cdf.iloc[-1]
    if len(half):
        middle = half.iloc[0]["date"]
        name = word("median_mark", language).format(day=say.short_day(middle.date(), language))
        axes.plot([middle], [0.5], "o", color=style.INK, markersize=4)
        style.label(axes, middle, 0.5, name, style.INK, -6, 6)
    if 1 - end["value"] > _LITTLE:
        later = word("later_mark", language).format(share=say.percent(1 - end["value"], language, 0))
        style.label(axes, end["date"], (1 + end["value"]) / 2, later, style.MUTED, -4)
    axes.set_ylim(0, 1)
    axes.set_xlim(cdf["date"].min(), end["date"])
    style.share_axis(axes.yaxis, language)
    style.day_axis(axes, language)
    style.head(figure, finding, axes, word("probability_axis", language))
    return figure


@style.look()
def drift(
    stated: pd.DataFrame, deadline: date, language: Language, *, finding: str = "", width: float = style.WIDE
) -> Figure:
    """Draw the completion date of each report, the newest at the foot: median and 80 % range.

    Parameters
    ----------
    stated
        ``as_of date_p10 date_p50 date_p90``, oldest first; a day that is missing lies beyond the horizon.
    deadline
        The one in force.
    """
    shown = stated.tail(REPORTS)
    figure, axes = style.canvas(0.28 * len(shown) + 1.0, width=width)
    dates = shown[["date_p10", "date_p50", "date_p90"]].apply(pd.to_datetime)
    made = [pd.Timestamp(as_of[:10]).date() for as_of in shown["as_of"]]
    known = [*dates.stack(), pd.Timestamp(deadline)]
    beyond = max(known) + pd.Timedelta(days=7)
    for row, (day, (low, middle, high)) in enumerate(zip(made, dates.to_numpy(object), strict=True)):
        if low is not pd.NaT:
            end = beyond if high is pd.NaT else high
            axes.plot([low, end], [row, row], color=style.BANDS[0.8], linewidth=7, solid_capstyle="butt")
        if middle is pd.NaT:
            above = (-4, 10)  # points: on its bar it would hide the end
            style.label(axes, beyond, row, word("drift_beyond", language), style.MUTED, *above)
        else:
            said = say.headed(say.day(day, language), say.day(middle.date(), language), language)
            style.point(axes, middle, row, said, style.MAIN, 5)
    style.upright(axes, pd.Timestamp(deadline), word("deadline_word", language), 0.84, dx=4)
    labels = [say.short_day(day.date(), language) for day in pd.to_datetime(shown["as_of"].str.slice(0, 10))]
    axes.set_yticks(range(len(shown)), labels)
    axes.set_ylim(len(shown) - 0.4, -0.6)
    axes.set_xlim(min(known) - pd.Timedelta(days=4), beyond)
    axes.grid(visible=False, axis="y")
    style.day_axis(axes, language)
    style.head(figure, finding, axes, word("drift_axis", language))
    return figure


@style.look()
def models(
    totals: pd.DataFrame,
    fans: Mapping[str, pd.DataFrame],
    target: float,
    deadline: date | None,
    language: Language,
    *,
    width: float = style.WIDE,
) -> Figure:
    """Draw median and 80 % range of each model, one panel a model on the same scale; frames as `course`'s."""
    figure, panels = style.canvas(2.7, columns=len(fans), sharey=True, width=width)
    past = totals.dropna(subset=["cumulative"])[-DAYS_BEFORE:]
    for axes, (name, fan) in zip(np.atleast_1d(panels), fans.items(), strict=True):
        axes.fill_between(fan["date"], fan["p10"], fan["p90"], color=style.BANDS[0.8], linewidth=0)
        style.line(axes, past, "cumulative", style.MAIN)
        style.line(axes, fan, "p50", style.MAIN, linestyle=_DASHED, linewidth=1.4)
        if deadline is not None and target > 0:
            axes.axhline(target, color=style.INK, linewidth=1)
            style.upright(axes, pd.Timestamp(deadline))
        axes.set_title(name, color=style.INK)
        axes.set_ylim(0.9 * float(past["cumulative"].min()), None)
        style.day_axis(axes, language)
        axes.tick_params(axis="x", labelrotation=60)
    first = np.atleast_1d(panels)[0]
    style.count_axis(first.yaxis, language)
    if target > 0:
        first.annotate(
            f"{word('target_word', language)} {say.count(target, language)}", (past["date"].iloc[0], target),
            xytext=(0, 8), textcoords="offset points", va="center",
        )  # fmt: skip
    return figure


@style.look()
def calibration(past: pd.DataFrame, language: Language, *, width: float = style.WIDE) -> Figure:
    """Draw where the truth fell among the paths of earlier forecasts, a panel a model; level is honest."""
    names = list(past["model"].unique())
    figure, panels = style.canvas(2.4, columns=max(len(names), 1), sharey=True, width=width)
    if not names:
        return style.nothing(figure, panels, language)
    for axes, name in zip(np.atleast_1d(panels), names, strict=True):
        sns.histplot(
            past[past["model"] == name], x="pit", bins=BINS, binrange=(0, 1), stat="proportion", shrink=0.9,
            color=style.BANDS[0.5], alpha=1, ax=axes,
        )  # fmt: skip
        axes.axhline(1 / BINS, color=style.INK, linewidth=1)
        axes.set(xlabel="", ylabel="")
        axes.set_title(name, color=style.INK)
        style.share_axis(axes.yaxis, language)
        style.share_axis(axes.xaxis, language)
    figure.supxlabel(word("pit_axis", language), fontsize=10, color=style.MUTED)
    figure.supylabel(word("pit_share", language), fontsize=10, color=style.MUTED)
    return figure


def describe_models(fans: Mapping[str, pd.DataFrame], deadline: date) -> str:
    """Text alternative of `models`: what each expects on the deadline, or on the last day it goes to."""
    said = []
    for name, fan in fans.items():
        until = fan[fan["date"] <= pd.Timestamp(deadline)]
        if len(fan):
            day = (until if len(until) else fan).iloc[-1]
            low, middle, high = (significant(day[key]) for key in ("p10", "p50", "p90"))
            said.append(f"{name}: {middle} on {day['date']:%Y-%m-%d}, 80 % range {low} to {high}.")
    return " ".join(said)


def describe_course(totals: pd.DataFrame, fan: pd.DataFrame, deadline: date) -> str:
    """Text alternative of `course` for a notebook."""
    last = totals.dropna(subset=["cumulative"]).iloc[-1]
    counted = f"{last['cumulative']:,.0f} on {last['date']:%Y-%m-%d}"
    return f"Counted: {counted}. {describe_models({'Expected': fan}, deadline)}"


def describe_completion(cdf: pd.DataFrame) -> str:
    """Text alternative of `completion` for a notebook."""
    if cdf.empty:
        return "No target to reach."
    first, last = cdf.iloc[0], cdf.iloc[-1]
    return (
        f"Probability of having reached the target: {first['value']:.0%} by {first['date']:%Y-%m-%d}, "
        f"{last['value']:.0%} by {last['date']:%Y-%m-%d}."
    )


def describe_calibration(past: pd.DataFrame) -> str:
    """Text alternative of `calibration`."""
    if past.empty:
        return "No earlier forecast can be scored yet."
    inside = past.groupby("model", sort=False)["covered_80"].mean()
    said = ", ".join(f"{model} {share:.0%}" for model, share in inside.items())
    return f"Share of truths inside the 80 % range of earlier forecasts, all places and horizons: {said}."


def significant(people: float) -> str:
    """Write four significant digits: what a processor's last digit cannot change."""
    return f"{float(f'{people:.4g}'):,.0f}"
