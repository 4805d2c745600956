"""Pushes of whole districts or provinces: the wholes were chosen, so they are compared, not their areas."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

USUAL = 0.9
"""Part of its whole's counted days that an area must have counted to be in its whole's sum."""

Line = tuple[str, ...]


def lines_to(above: Mapping[str, Line], areas: pd.Index) -> dict[str, Line]:
    """Return of each area the areas from the top down to itself."""
    return {str(area): (*reversed(above.get(str(area), ())), str(area)) for area in areas}


def wholes_of(panel: pd.DataFrame, above: Mapping[str, Line]) -> dict[str, str]:
    """Return the whole of each area, where the first push took wholes; empty where it took areas one by one.

    Of areas that were chosen together with all of their neighbours under one area, that area was chosen: what
    befell it besides the push befell all of them. The highest level is taken at which no whole is divided.

    Parameters
    ----------
    panel
        ``area``, ``date``, ``new``, ``treated_from``.
    above
        The areas above each, nearest first.
    """
    starts = panel.groupby("area", observed=True)["treated_from"].first()
    counted = panel.loc[panel["new"].notna(), "date"]
    ours = starts == starts[starts > counted.min()].min()  # of a push before all counts nothing can be told
    lines = lines_to(above, starts.index)
    for level in range(max(map(len, lines.values()), default=1) - 1):
        whole = pd.Series({area: line[min(level, len(line) - 1)] for area, line in lines.items()})
        share, size = ours.groupby(whole).mean(), whole.value_counts()
        if share.isin([0.0, 1.0]).all() and share.nunique() == 2:
            return dict(whole.items()) if (size[share.index[share == 1]] > 1).any() else {}  # type: ignore[arg-type]
    return {}


def by_whole(panel: pd.DataFrame, wholes: Mapping[str, str]) -> pd.DataFrame:
    """Add a panel's areas up to their wholes, one row a whole and date.

    An area that counts in another rhythm than its whole, or went silent, is in none of its whole's sums: what
    is added up must be of the same areas before the push and after.
    """
    whole = panel["area"].map(wholes).rename("whole")
    days = panel["days"] if "days" in panel else pd.Series(1, panel.index)
    known = panel["new"].notna() & panel["remaining"].notna()
    keys = [whole, panel["date"]]
    alike = known & (days == days.where(known).groupby(keys).transform("median"))
    many = panel["date"].where(alike).groupby(whole).nunique()
    usual = alike.groupby(panel["area"]).sum() >= USUAL * panel.groupby("area", observed=True)[
        "area"
    ].first().map(wholes).map(many)
    kept = alike & panel["area"].map(usual)
    cells: dict[str, Any] = {name: panel[name].where(kept) for name in ("new", "remaining")}
    added = pd.DataFrame(cells).groupby(keys).sum(min_count=1)
    added["treated_from"] = panel["treated_from"].groupby(keys).min()
    added["days"] = days.where(kept).groupby(keys).max().fillna(0).astype("int64")
    added["rate"] = added["new"] / added["remaining"].where(added["remaining"] > 0)
    return added.rename_axis(["area", "date"]).reset_index()
