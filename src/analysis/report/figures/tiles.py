"""A tile map: every area one tile, roughly where it lies, the smallest as visible as the largest."""

import textwrap
from collections.abc import Collection, Iterable, Mapping, Sequence
from types import MappingProxyType

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

from analysis import say
from analysis.campaign import Area, Language
from analysis.inert import inert
from analysis.report.figures import style

_LETTER = 0.087  # inches of a letter in a tile
_FIGURE = 0.11  # inches of a letter of a share there, which may be bold; the sign is as wide as two
NAMED_COLUMNS = 8  # with more columns than this a name does not fit its tile, and the code stands for it


def columns_of(areas: Iterable[Area]) -> int:
    """Return how many columns of tiles the areas take."""
    return max((area.tile_col for area in areas if area.tile_col is not None), default=0) + 1


@style.look()
def tiles(
    areas: Sequence[Area],
    shares: Mapping[str, float],
    mobilised: Collection[str],
    language: Language,
    *,
    older: Mapping[str, str] = MappingProxyType({}),
    finding: str = "",
    width: float = style.WIDE,
) -> Figure:
    """Draw the tile map of shares (1 is the target) by area code; mobilised areas carry a mark and a frame.

    Areas without a position are left out; ``older`` has the day of each share that is not of the map's.
    """
    placed = [area for area in areas if area.tile_row is not None and area.tile_col is not None]
    rows = max((area.tile_row or 0 for area in placed), default=0) + 1
    columns = columns_of(placed)
    named = columns <= NAMED_COLUMNS
    side = min(width / columns, 1.05)
    tall = max(0.9 * side, 0.72) if named else side  # two lines of a name and a share
    figure, axes = style.canvas(rows * tall + 0.1, width=width)
    # Shares stand in all tiles or in none: one without would seem to have none.
    longest = max((len(say.percent(share, language, 0)) for share in shares.values()), default=0)
    room, told = None if named else side, longest * _FIGURE <= 0.92 * side
    for area in placed:
        share, day = shares.get(area.code, np.nan), older.get(area.code, "")
        _tile(axes, area, share, area.code in mobilised, language, room=room, told=told, day=day)
    axes.set_xlim(-0.02, columns + 0.02)
    axes.set_ylim(rows + 0.02, -0.02)
    axes.axis("off")
    style.head(figure, finding)
    return figure


def _tile(
    axes: Axes,
    area: Area,
    share: float,
    mobilised: bool,
    language: Language,
    *,
    room: float | None,
    told: bool,
    day: str,
) -> None:
    """Draw one; ``room`` in inches has a code that fits and, if ``told``, a share; without it a name does."""
    x, y = float(area.tile_col or 0), float(area.tile_row or 0)
    known = bool(np.isfinite(share))
    fill = style.fill_of(share)
    tile = axes.add_patch(
        FancyBboxPatch(
            (x + 0.04, y + 0.05),
            0.92,
            0.9,
            boxstyle="round,pad=0,rounding_size=0.06",
            facecolor=fill,
            edgecolor=style.MOBILISED if mobilised else style.RULE,
            linewidth=2.2 if mobilised else 0.6,
            linestyle="-" if known else ":",
        )
    )
    ink = style.ink_on(fill)
    share_text, mark = say.percent(share, language, 0), style.MARK if mobilised else ""
    if room is None:
        name, share_line = _fitting(axes, inert(area.name)), f"{mark}{share_text}"
        heights: tuple[float, ...] = (0.29, 0.61, 0.83) if day else (0.35, 0.77)
        texts = list(zip(heights, (name, share_line, day), (10.0, 11.0, 10.0), strict=False))
    else:
        code = inert(area.code) if len(area.code) * _LETTER <= room else ""
        fit = [one for one in (code, share_text * told) if one]
        heights = (0.34, 0.7) if len(fit) > 1 else (0.57,)
        texts = [(height, one, 10.0) for height, one in zip(heights, fit, strict=False)]
    said = say.headed(inert(area.name), say.percent(share, language, 1), language)
    style.tell(tile, " ".join(filter(None, (said, day))))
    for height, text, size in texts:
        weight = "bold" if mobilised or size > 10 else "normal"
        axes.text(
            x + 0.5, y + height, text, ha="center", va="center", color=ink, fontsize=size, fontweight=weight,
            linespacing=1.0, in_layout=False,
        )  # fmt: skip


def _fitting(axes: Axes, name: str) -> str:
    """Break a name between its words where a tile is narrow, and shorten what still does not fit."""
    room = 13 if axes.figure.get_size_inches()[0] > style.NARROW else 7  # type: ignore[union-attr]
    lines = textwrap.wrap(name, room - 1, break_long_words=False)[:2]
    return "\n".join(say.cut(line, room) for line in lines)
