"""How the completion date that was stated moved from report to report."""

from datetime import date

import pandas as pd
from matplotlib.figure import Figure

from analysis import say
from analysis.campaign import Language
from analysis.report.figures import style
from analysis.report.words.phrases import word

MOST = 12
"""Reports that a picture has room for: a quarter's, the newest ones."""


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
    shown = stated.tail(MOST)
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
            style.label(axes, beyond, row, word("drift_beyond", language), style.MUTED, -4)
        else:
            said = f"{say.day(day, language)}: {say.day(middle.date(), language)}"
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
