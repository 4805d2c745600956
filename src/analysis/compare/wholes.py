"""What is compared as one: districts or provinces that were pushed whole, parts that share one history."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pandas as pd

from analysis.panel import partly_in

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
    ours &= ~starts.index.isin(partly_in(panel))
    lines = lines_to(above, starts.index)
    for level in range(max(map(len, lines.values()), default=1) - 1):
        whole = pd.Series({area: line[min(level, len(line) - 1)] for area, line in lines.items()})
        share, size = ours.groupby(whole).mean(), whole.value_counts()
        if share.isin([0.0, 1.0]).all() and share.nunique() == 2:
            return dict(whole.items()) if (size[share.index[share == 1]] > 1).any() else {}  # type: ignore[arg-type]
    return {}


def undivided(
    panel: pd.DataFrame, divided: Mapping[str, tuple[str, date]]
) -> tuple[pd.DataFrame, dict[str, str]]:
    """Add up the parts of areas that were divided while a panel runs, and return the whole of each part.

    Until that day there is one count of all of them, which was shared out: they are one witness, not several.
    Parts that were pushed apart are areas of their own, from the first count on that is of nothing shared.

    Parameters
    ----------
    panel
        As the contract declares ``panel.parquet``.
    divided
        By part, the area that it is of, and that area's last day.
    """
    begins = panel["date"].min()

    def whole_of(code: str, until: date = date.max) -> str:
        name, last = divided.get(code, (code, until))
        return code if last >= until or pd.Timestamp(last) < begins else whole_of(name, last)

    parts = {code: name for code in panel["area"].unique() if (name := whole_of(code)) != code}
    if not parts:
        return panel, {}
    whole = panel["area"].map(parts)
    starts = panel["treated_from"].fillna(pd.Timestamp.max.floor("D")).groupby(whole).nunique()
    one = whole.isin(starts.index[starts == 1])
    last = panel["area"].map({code: pd.Timestamp(divided[code][1]) for code in parts})
    shared = whole.notna() & ~one & (panel["date"] - pd.to_timedelta(panel["days"], unit="D") <= last)
    panel = panel.assign(new=panel["new"].mask(shared), days=panel["days"].mask(shared, 0))
    alike = {code: name for code, name in parts.items() if starts[name] == 1}
    if not alike:
        return panel, {}
    added = by_whole(panel[one], alike)
    return pd.concat([panel.loc[~one, list(added)], added], ignore_index=True), alike


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
    starts = panel["treated_from"].fillna(pd.Timestamp.max.floor("D")).groupby(whole)
    partly = set(partly_in(panel.assign(area=whole))) | set(whole[starts.transform("nunique") > 1])
    added["treated_from"] = panel["treated_from"].groupby(keys).min()
    added["treated_partly"] = added.index.get_level_values("whole").isin(partly)
    added["days"] = days.where(kept).groupby(keys).max().fillna(0).astype("int64")
    added["rate"] = added["new"] / added["remaining"].where(added["remaining"] > 0)
    return added.rename_axis(["area", "date"]).reset_index()
