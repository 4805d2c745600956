"""Who reported when: every area a line, every day a cell, what is missing as visible as what is there."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure
from numpy.typing import NDArray

from analysis import say
from analysis.campaign import Area, Language
from analysis.report.figures import style
from analysis.report.words.phrases import word
from analysis.tallies.coverage import STATES

_FILLS = {"counted": style.BANDS[0.8], "corrected": style.MAIN, "blank": style.RULE, "nothing": style.PAPER}
_MARKS: Mapping[str, str] = {"corrected": "|", "blank": "o", "nothing": "x"}
LINE = 0.19
"""Inches of one area's line where there are few; many share the height of a page."""
TALLEST = 7.5
RULE = 0.8
"""Points of what parts one area's line from the next."""
LONGEST = 24
"""Letters of a name that fit beside the picture."""


@style.look()
def reported(
    coverage: pd.DataFrame, areas: Sequence[Area], language: Language, *, width: float = style.WIDE
) -> Figure:
    """Draw who reported which day.

    Parameters
    ----------
    coverage
        ``area``, ``date``, ``state``, as `analysis.tallies.coverage.coverage` says.
    areas
        In the order of the lines, first on top; areas that ``coverage`` does not have are left out.
    """
    coded = coverage.assign(state=pd.Categorical(coverage["state"], STATES).codes)
    wide = coded.pivot(index="area", columns="date", values="state")
    lines = [area for area in areas if area.code in wide.index]
    states = wide.reindex([area.code for area in lines])
    figure, axes = style.canvas(min(1.1 + LINE * len(lines), TALLEST), width=width)
    days = states.columns
    numbers = states.to_numpy(dtype=float)
    edges = pd.date_range(days[0], periods=len(days) + 1, freq="D") - pd.Timedelta(hours=12)
    colours = ListedColormap([_FILLS[state] for state in STATES])
    axes.pcolormesh(
        edges, np.arange(len(lines) + 1) - 0.5, numbers, cmap=colours, vmin=-0.5, vmax=len(STATES) - 0.5
    )
    for state, mark in _MARKS.items():
        rows, columns = np.nonzero(numbers == STATES.index(state))
        colour = style.PAPER if state == "corrected" else style.MOBILISED
        if len(rows) and (state != "nothing" or len(rows) < numbers.size / 2):
            axes.plot(
                days[columns], rows, mark, color=colour, fillstyle="none", markersize=4, linestyle="none"
            )
    if 2 * RULE * len(lines) <= 72 * (TALLEST - 1.1):  # else the rules would cover what lies between them
        for line in range(1, len(lines)):
            axes.axhline(line - 0.5, color=style.PAPER, linewidth=RULE)
    axes.set_ylim(len(lines) - 0.5, -0.5)
    step = max(1, round(len(lines) * 0.12 / (TALLEST - 1.1)))
    axes.set_yticks(range(0, len(lines), step), [say.cut(area.name, LONGEST) for area in lines[::step]])
    axes.tick_params(axis="y", length=0, labelsize=9 if len(lines) < 30 else 6)
    axes.grid(visible=False)
    style.day_axis(axes, language)
    axes.set_title(_legend(numbers, language))
    return figure


def _legend(numbers: NDArray[np.float64], language: Language) -> str:
    marks = {"corrected": "| ", "blank": "○ ", "nothing": "× "}
    counts = {state: say.count(int((numbers == at).sum()), language) for at, state in enumerate(STATES)}
    said = [
        f"{marks.get(state, '')}{word(f'coverage_{state}', language)} {counts[state]}" for state in STATES
    ]
    return "    ".join(said)


def reported_in_words(coverage: pd.DataFrame, areas: Sequence[Area], language: Language) -> str:
    """Say what the picture of who reported when shows: its text alternative."""
    names = {area.code: area.name for area in areas}
    counts = coverage["state"].value_counts()
    wanting = coverage[coverage["state"].isin(("blank", "nothing"))].groupby("area").size()
    most = wanting.sort_values(ascending=False, kind="stable").head(3)
    listed = ", ".join(
        f"{names[str(code)]} ({say.count(int(days), language)})" for code, days in most.items()
    )
    said = word("coverage_alt", language).format(
        areas=coverage["area"].nunique(),
        first=say.day(coverage["date"].min().date(), language),
        last=say.day(coverage["date"].max().date(), language),
        **{state: say.count(int(counts.get(state, 0)), language) for state in STATES},
    )
    return f"{said} {word('coverage_most', language).format(areas=listed)}" if listed else said
