"""Pictures of whether mobilising worked: both groups around the push, and what chance would show."""

from __future__ import annotations

from collections.abc import Mapping

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.compare import Design, Effect, Window, contrast
from analysis.compare.contrasts import pooled_rate

MOBILISED = "#b2182b"
COMPARISON = "#3b6ea5"
QUIET = "#8c8c8c"
SIZE = (8.0, 3.6)

WORDS = {
    "mobilised": "mobilised areas",
    "comparison": "comparison areas",
    "push": "push",
    "rate": "activated per 1,000 not yet activated",
    "day": "days from the push",
    "choices": "choices of areas",
    "effect": "effect, log points",
    "observed": "observed",
    "p": "p",
}
"""English words of the figures; pass a mapping of the same keys for another language."""


def around_push(design: Design, window: Window | None = None, words: Mapping[str, str] = WORDS) -> Figure:
    """Daily rate of both groups around the push, per 1,000 people not yet activated.

    ``design`` holds counts with their exposure.
    """
    groups = contrast(design, window)
    day = design.times - design.first_start
    figure, axes = plt.subplots(figsize=SIZE, layout="constrained")
    for mask, colour, key, width in (
        (groups.control, COMPARISON, "comparison", 1.4),
        (groups.treated, MOBILISED, "mobilised", 2.0),
    ):
        rate = 1000 * pooled_rate(design, mask)
        axes.plot(day, rate, color=colour, linewidth=width)
        axes.plot([], [], color=colour, linewidth=width, label=f"{words[key]} ({int(mask.sum())})")
    first, last = groups.window.first, min(groups.window.last, int(day[-1]))
    axes.axvspan(first - 0.5, last + 0.5, color=MOBILISED, alpha=0.08, linewidth=0)
    axes.axvline(-0.5, color=QUIET, linewidth=0.8, linestyle="--")
    axes.set(xlabel=words["day"], ylabel=words["rate"], ylim=(0, None))
    axes.legend(frameon=False, loc="upper left")
    _bare(axes)
    return figure


def permutation(effect: Effect, words: Mapping[str, str] = WORDS) -> Figure:
    """Estimates for every choice of treated areas, the observed one marked; of ``headline`` or ``ri``."""
    draws = np.asarray(effect.details["permutation"]["difference"], dtype=np.float64)
    figure, axes = plt.subplots(figsize=SIZE, layout="constrained")
    axes.hist(draws, bins=40, color=QUIET, edgecolor="white", linewidth=0.4)
    axes.axvline(draws[0], color=MOBILISED, linewidth=2)
    axes.annotate(
        f"{words['observed']}\n{words['p']} = {effect.p_value:.3g}",
        (draws[0], 0.92), xycoords=("data", "axes fraction"), color=MOBILISED, va="top",
        ha="right" if draws[0] > draws.mean() else "left",
        xytext=(-6 if draws[0] > draws.mean() else 6, 0), textcoords="offset points",
    )  # fmt: skip
    axes.set(xlabel=words["effect"], ylabel=words["choices"])
    _bare(axes)
    return figure


def _bare(axes: Axes) -> None:
    axes.spines[["top", "right"]].set_visible(False)
