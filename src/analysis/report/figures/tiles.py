"""A tile map: every area one tile, roughly where it lies, the smallest as visible as the largest."""

from collections.abc import Collection, Iterable, Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

from analysis.campaign import Area
from analysis.inert import inert
from analysis.report import words
from analysis.report.figures import style
from analysis.report.words import Language

NAMED_COLUMNS = 8  # with more columns than this a name does not fit its tile, and the code stands for it


def columns_of(areas: Iterable[Area]) -> int:
    """Return how many columns of tiles the areas take."""
    return max((area.tile_col for area in areas if area.tile_col is not None), default=0) + 1


@style.look()
def tiles(
    areas: Sequence[Area], shares: Mapping[str, float], mobilised: Collection[str], language: Language
) -> Figure:
    """Draw the tile map of shares (1 is the target) by area code; mobilised areas carry a mark and a frame.

    Areas without a position are left out.
    """
    placed = [area for area in areas if area.tile_row is not None and area.tile_col is not None]
    rows = max((area.tile_row or 0 for area in placed), default=0) + 1
    columns = columns_of(placed)
    side = style.WIDTH / columns
    figure, axes = style.canvas(rows * min(side, 0.9) * (1 if columns > NAMED_COLUMNS else 0.9))
    ends = style.share_ends([shares.get(area.code, np.nan) for area in placed])
    for area in placed:
        share = shares.get(area.code, np.nan)
        _tile(axes, area, share, ends, area.code in mobilised, language, named=columns <= NAMED_COLUMNS)
    axes.set_xlim(-0.02, columns + 0.02)
    axes.set_ylim(rows + 0.02, -0.02)
    axes.axis("off")
    return figure


def _tile(
    axes: Axes,
    area: Area,
    share: float,
    ends: tuple[float, float],
    mobilised: bool,
    language: Language,
    *,
    named: bool,
) -> None:
    x, y = float(area.tile_col or 0), float(area.tile_row or 0)
    known = bool(np.isfinite(share))
    depth = (share - ends[0]) / (ends[1] - ends[0]) if known else 0.0
    axes.add_patch(
        FancyBboxPatch(
            (x + 0.05, y + 0.05),
            0.9,
            0.9,
            boxstyle="round,pad=0,rounding_size=0.06",
            facecolor=style.SHARES(depth) if known else style.PAPER,
            edgecolor=style.MOBILISED if mobilised else style.RULE,
            linewidth=2.2 if mobilised else 0.6,
            linestyle="-" if known else ":",
        )
    )
    ink = style.PAPER if depth > 0.5 else style.INK
    label = inert(area.name if named else area.code)
    share_text = words.percent(share, language, 0)
    mark = style.MARK if mobilised else ""
    upper = _in_lines(label if named else f"{mark}{label}")
    lower = f"{mark} {share_text}".strip() if named else share_text
    sizes = (8.4, 9.4) if named else (7.4, 6.8)
    for height, text, size, bold in ((0.36, upper, sizes[0], mobilised), (0.72, lower, sizes[1], named)):
        weight = "bold" if bold else "normal"
        axes.text(
            x + 0.5, y + height, text, ha="center", va="center", color=ink, fontsize=size, fontweight=weight
        )


def _in_lines(name: str) -> str:
    """Shorten a name to what fits a tile."""
    return name if len(name) <= 13 else f"{name[:12]}…"
