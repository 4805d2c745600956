"""Tables and sentences as a notebook shows them: rich for people, plain for nbval and diffs, both at once.

Every output carries two forms made from the same cells: HTML or Markdown, which JupyterLab, Voila and
nbconvert show, and text with aligned columns, which a reviewer compares and reads in a diff.
"""

import math
import re
from collections.abc import Mapping
from functools import partial
from html import escape
from textwrap import wrap
from typing import Any

import numpy as np
import pandas as pd

from analysis.campaign import Campaign
from analysis.inert import visible

NAME_WIDTH = 12
"""Letters of a column's name on one line of the plain form: about what the cells below it take."""

MOST = 60
"""Rows shown; a table of a nation's counties is for a file, not for a page."""

AREA_COLUMNS = ("area", "area_code", "location")
"""Columns that hold codes of areas; a reader sees the names."""

_NUMBER = re.compile(r"[+\-−–]?[\d.,  ]*\d(?:e[+-]\d+)? ?%?|[-–]|(?:-|−)?inf")


def show_table(
    table: pd.DataFrame,
    campaign: Campaign | None = None,
    *,
    digits: int | None = None,
    empty: str = "Nothing to show.",
) -> None:
    """Show a frame in a notebook, in both forms.

    Parameters
    ----------
    table
        One row a line; the index is not shown.
    campaign
        Whose areas the codes in `AREA_COLUMNS` are; without it they stay codes.
    digits
        Significant digits of numbers that are not whole. A model's numbers want 3, fewer than differ between
        processors, so that a strict comparison holds everywhere. By default numbers from a thousand on are
        whole and smaller ones have 3.
    empty
        The sentence that stands in the place of a table without rows, such as "Nothing was held.".
    """
    if table.empty:
        show_text(empty)
        return
    written = write_cells(table.head(MOST), campaign, digits)
    rest = f"{len(table) - MOST:,} more rows" if len(table) > MOST else ""
    _display({"text/html": as_html(written, rest), "text/plain": as_text(written, rest)})


def show_text(text: str) -> None:
    """Show sentences in a notebook: wrapped and in the page's own type, and as plain text for a diff.

    A line of the text is a line of the page; a name that looks like a tag stays text.
    """
    lines = re.sub(r"(?<!\n)\n(?!\n)", "  \n", escape(text, quote=False))  # Markdown for a new line
    _display({"text/markdown": lines, "text/plain": text})


def write_cells(
    table: pd.DataFrame, campaign: Campaign | None = None, digits: int | None = None
) -> pd.DataFrame:
    """Write every cell as text, names in the place of codes, and headings as words."""
    names = {} if campaign is None else {area.code: area.name for area in campaign.areas}
    columns = {}
    for name in table.columns:
        cells = table[name]
        if name in AREA_COLUMNS and campaign is not None:
            cells = cells.map({**names, "total": "All areas"}).fillna(cells.astype(str))
        columns[str(name).replace("_", " ")] = [_write(cell, digits) for cell in cells]
    return pd.DataFrame(columns, index=table.index)


def as_text(written: pd.DataFrame, rest: str = "") -> str:
    """Align written cells in columns: numbers to the right, words to the left, long headings on lines."""
    numeric = numbers_in(written)
    breaks = partial(wrap, width=NAME_WIDTH, break_long_words=False, break_on_hyphens=False)
    headings = [breaks(str(name)) for name in written.columns]
    deepest = max(map(len, headings))
    lines = [[""] * (deepest - len(one)) + one for one in headings]
    blocks = []
    for at, heading in enumerate(lines):
        cells = [*heading, *written.iloc[:, at]]
        width = max(map(len, cells))
        blocks.append([cell.rjust(width) if numeric[at] else cell.ljust(width) for cell in cells])
    text = "\n".join("  ".join(row).rstrip() for row in zip(*blocks, strict=True))
    return f"{text}\n… {rest}" if rest else text


def as_html(written: pd.DataFrame, rest: str = "") -> str:
    """Write cells as a table that carries its own alignment, so that it reads the same everywhere."""
    sides = ["right" if number else "left" for number in numbers_in(written)]

    def row(cells: list[str], tag: str) -> str:
        scope = ' scope="col"' if tag == "th" else ""
        inside = "".join(
            f'<{tag}{scope} style="text-align: {side}">{escape(cell)}</{tag}>'
            for cell, side in zip(cells, sides, strict=True)
        )
        return f"<tr>{inside}</tr>"

    head = row([str(name) for name in written.columns], "th")
    body = "\n".join(row(list(cells), "td") for cells in written.itertuples(index=False, name=None))
    note = f"\n<p>… {escape(rest)}</p>" if rest else ""
    return f"<table>\n<thead>{head}</thead>\n<tbody>\n{body}\n</tbody>\n</table>{note}"


def numbers_in(written: pd.DataFrame) -> list[bool]:
    """Say of each column whether everything written in it is a number or missing."""
    return [all(_NUMBER.fullmatch(cell) for cell in written.iloc[:, at]) for at in range(written.shape[1])]


def _write(value: Any, digits: int | None) -> str:
    if value is None or value is pd.NaT or value is pd.NA or (isinstance(value, float) and math.isnan(value)):
        return "–"
    if isinstance(value, bool | np.bool_):
        return "yes" if value else "no"
    if isinstance(value, int | np.integer):
        return f"{value:,}"
    if isinstance(value, float | np.floating):
        return _write_float(float(value), digits)
    if isinstance(value, pd.Timestamp):
        local = value.tz_localize(None)
        return f"{local:%Y-%m-%d}" if local == local.normalize() else f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {_write(item, digits)}" for key, item in value.items())
    return visible(str(value))


def _write_float(value: float, digits: int | None) -> str:
    if not math.isfinite(value):
        return "inf" if value > 0 else "-inf"
    if digits is None and abs(value) >= 1000:
        return f"{value:,.0f}"
    number = float(f"{value:.{digits or 3}g}")
    return f"{number:,.0f}" if abs(number) >= 100 else f"{number:.6g}"


def _display(bundle: Mapping[str, str]) -> None:
    from IPython.display import display  # a notebook has it; nothing else of the project needs it

    display(dict(bundle), raw=True)  # type: ignore[no-untyped-call]
