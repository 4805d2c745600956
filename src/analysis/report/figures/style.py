"""One look for every figure: palette, type and lines, at two widths, after the theme that seaborn draws in.

Colour is never the only carrier: lines are labelled where they end, and mobilised areas have a mark of
their own.
"""

import math
import textwrap
import tomllib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from importlib.resources import files
from string import Template
from typing import Any

import matplotlib as mpl
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.colors import LinearSegmentedColormap, to_rgb
from matplotlib.dates import AutoDateLocator, num2date
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from analysis import say
from analysis.campaign import Language
from analysis.report import palette
from analysis.report.figures.rendered import LABEL, show, to_png, to_svg
from analysis.report.palette import (
    BANDS,
    DARK,
    DARK_PAPER,
    INK,
    MAIN,
    MOBILISED,
    MUTED,
    NEEDED,
    OTHERS,
    PAPER,
    RULE,
)
from analysis.report.words.phrases import word

__all__ = [
    "BANDS", "DARK", "DARK_PAPER", "INK", "MAIN", "MOBILISED", "MUTED", "NEEDED", "OTHERS", "PAPER", "RULE",
    "show", "to_png", "to_svg",
]  # fmt: skip

SHARES = LinearSegmentedColormap.from_list(
    "shares", [(0, "#f4f8fb"), (0.5, "#cfe2f0"), (0.7, "#8fbfe0"), (0.85, "#2f7fb8"), (1, "#083552")]
)
"""Shares of a target from nothing to all, the same on every map, so that two weeks compare."""
ON_LIGHT, ON_DARK = "#000000", "#fffffe"  # type inside a mark, the same on a page of either kind

OVER = {"facecolor": PAPER, "linewidth": 0, "pad": 0.5}  # beneath type that lies on lines

MARK = "\u25b2"  # the mark of a mobilised area, in text as in pictures

WIDE, NARROW = 7.2, 4.0
"""Inches of a picture for a desk and of one for a phone. Type of 10 points is at least 11 pixels tall where
the wide one is shown on 576 pixels and more, and the narrow one on 317 and more."""

_ROW = 14  # points between lines of type


@contextmanager
def look() -> Iterator[None]:
    """Draw inside this: matplotlib's settings are the project's until it ends, the caller's afterwards.

    Every function that draws a figure is decorated with ``@style.look()``.
    """
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(_settings())
        yield


@cache
def _settings() -> Any:
    """Return matplotlib's settings, in which colours stand by their names."""
    text = files("analysis.report.figures").joinpath("look.toml").read_text(encoding="utf-8")
    return tomllib.loads(Template(text).substitute(vars(palette)))


def canvas(height: float, *, columns: int = 1, width: float = WIDE, **options: Any) -> tuple[Figure, Any]:
    """Make an empty figure in the project's look, without pyplot's global state.

    Parameters
    ----------
    height, width
        Inches.
    columns
        Panels; with more than one, ``axes`` is an array of them.
    options
        Passed to `Figure.subplots`, such as ``sharex``, ``width_ratios``.

    Returns
    -------
    figure, axes
    """
    figure = Figure(figsize=(width, height))
    return figure, figure.subplots(1, columns, **options)


def head(figure: Figure, finding: str, axes: Axes | None = None, measured: str = "", above: int = 0) -> None:
    """Put what a picture finds above it in bold, what its upright axis measures, and room for some lines.

    It is taller by them, so that neither lies on what is drawn.
    """
    inches, tall = figure.get_size_inches()
    tall += _ROW * above / 72
    figure.set_size_inches(inches, tall)
    if finding:
        lines = wrapped(finding, 0.88 * inches)
        figure.set_size_inches(inches, tall + 0.19 * (lines.count("\n") + 1))
        figure.suptitle(lines, x=0.01, ha="left", fontsize=11, fontweight="bold", color=INK)
    if axes is not None:
        axes.set_title(wrapped(measured, inches - 0.8), pad=6 + _ROW * above)  # begins where the axis does


def named_above(axes: Axes, names: Sequence[tuple[str, str]]) -> None:
    """Name lines in their colours above a picture, one below the other; `head` makes the room."""
    for at, (colour, name) in enumerate(names):
        axes.annotate(
            name, (0, 1), xycoords="axes fraction", xytext=(0, 4 + _ROW * (len(names) - 1 - at)),
            textcoords="offset points", color=colour, va="bottom",
        )  # fmt: skip


def wrapped(text: str, inches: float) -> str:
    """Break a text into lines that fit a width at the usual size of type."""
    return "\n".join(textwrap.wrap(text, int(inches * 12)))


def nothing(figure: Figure, axes: Axes, language: Language) -> Figure:
    """Say in the picture's place that there is nothing to draw."""
    axes.set_axis_off()
    axes.text(0.5, 0.5, word("nothing_drawn", language), ha="center", va="center", color=MUTED)
    return figure


def line(axes: Axes, frame: pd.DataFrame, column: str, colour: str, **how: Any) -> None:
    """Draw a column by its ``date``, over days without a number; seaborn's would seek a mean a day."""
    known = frame.dropna(subset=[column])
    axes.plot(known["date"], known[column], color=colour, **how)


def label(axes: Axes, x: Any, y: float, text: str, colour: str, dx: float = 5, dy: float = 0) -> None:
    """Name a line at a point of it, in its own colour, instead of in a legend; ``dx``, ``dy`` in points."""
    axes.annotate(
        text,
        (x, y),
        xytext=(dx, dy),
        textcoords="offset points",
        color=colour,
        ha="left" if dx > 0 else "right" if dx < 0 else "center",
        va="center",
        annotation_clip=False,
        bbox=OVER,
    )


def tell(mark: Artist, text: str) -> None:
    """Let a mark say its values to whoever points at it; becomes its ``<title>``, no script is needed."""
    mark.set_gid(f"{LABEL}{text}")


def point(axes: Axes, x: Any, y: float, text: str, colour: str, size: float = 3.5) -> None:
    """Draw a dot that says its values."""
    (dot,) = axes.plot([x], [y], "o", color=colour, markersize=size, markeredgewidth=0)
    tell(dot, text)


def upright(axes: Axes, day: Any, name: str = "", height: float = 0.0, dx: float = -4) -> None:
    """Draw a day that matters as a dotted line, named at a height from 0 to 1 of the picture."""
    axes.axvline(day, color=INK, linewidth=1, linestyle=":")
    if name:
        axes.annotate(
            name, (day, height), xycoords=("data", "axes fraction"), xytext=(dx, 5),
            textcoords="offset points", ha="right" if dx < 0 else "left", bbox=OVER,
        )  # fmt: skip


def fill_of(share: float) -> tuple[float, ...]:
    """Return the colour of a share on a map: white where it is not known."""
    return SHARES(min(share, 1.0)) if math.isfinite(share) else (1.0, 1.0, 1.0, 1.0)


def ink_on(colour: Any) -> str:
    """Return the type that is read best on a mark of this colour: `ON_LIGHT` or `ON_DARK`."""
    light = luminance(colour) + 0.05
    return ON_LIGHT if light / 0.05 >= 1.05 / light else ON_DARK


def luminance(colour: Any) -> float:
    """Return the relative luminance of WCAG 2.2, from 0 (black) to 1 (white)."""
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in to_rgb(colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def count_axis(axis: Axis, language: Language) -> None:
    """Write an axis of counts as the language writes them, such as 400.000 or 400,000, and none in parts."""
    axis.set_major_locator(MaxNLocator("auto", steps=[1, 2, 2.5, 5, 10], integer=True))
    axis.set_major_formatter(FuncFormatter(lambda value, _: say.count(value, language)))


def share_axis(axis: Axis, language: Language) -> None:
    """Write an axis of shares (1 is everything) as percentages, such as 40% or 40 %."""
    axis.set_major_formatter(FuncFormatter(lambda value, _: say.percent(value, language, 0)))


def day_axis(axes: Axes, language: Language) -> None:
    """Write the lower axis as days, such as 10/9 or 10 Sep, as many as the picture's width has room for."""
    most = 8 if axes.figure.get_size_inches()[0] > NARROW else 4  # type: ignore[union-attr]
    axes.xaxis.set_major_locator(AutoDateLocator(minticks=2, maxticks=most))  # type: ignore[no-untyped-call]

    def name(value: float, _: int | None) -> str:
        return say.short_day(num2date(value).date(), language)  # type: ignore[no-untyped-call]

    axes.xaxis.set_major_formatter(FuncFormatter(name))
    axes.set(xlabel="", ylabel="")
