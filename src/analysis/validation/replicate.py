"""Weekly maxima of a count as published each day, for the first area that mobilised.

The specification of Lang, Esbenshade and Willer (2022), *Journal of Experimental Political Science*:
percent of residents by ISO week from the announcement, the highest printed in each week, areas that
mobilised later left out.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import cast

import numpy as np
import pandas as pd

from analysis.campaign import Campaign
from analysis.compare.design import Design, read_design
from analysis.compare.details import Cohort
from analysis.compare.result import Effect
from analysis.errors import InputError
from analysis.tallies.fetch import read_sources

PERCENT = "percent"


def first_alone(
    campaign: Campaign, columns: Sequence[str], residents: str, last_day: str, *, kind: str = "state"
) -> Design:
    """Set the first area that mobilised beside those that never did, in percent of residents by week.

    Parameters
    ----------
    campaign
        With ``[[layouts]]`` and fetched tallies.
    columns
        Names that the count bore over time, newest first; each file is read by the first that it has.
    residents
        Column of the residents, whose percentage is taken.
    last_day
        Last day read, as an ISO date.
    kind
        Type of the areas compared.

    Returns
    -------
    Design
        Weeks from the announcement's ISO week, which is week 0; outcome in percent, the week's maximum.

    Raises
    ------
    InputError
        When the tallies are not fetched, or a file has none of the columns.
    """
    pushes = sorted(campaign.mobilisations, key=lambda one: one.first_day)
    headings = [
        layout.area.headings[-1] for layout in campaign.layouts if layout.area and layout.area.headings
    ]
    if not headings or not pushes:
        raise InputError(f"{campaign.folder}: no [[layouts]] or no mobilisation; nothing to set side by side")
    first, told = pushes[0], {one.area for one in pushes}
    kept = {a.code for a in campaign.areas if a.type == kind and (a.code == first.area or a.code not in told)}
    days = []
    for path, day in _files(campaign, date.fromisoformat(last_day)):
        percent = _percent(path, headings[0], columns, residents)
        days.append(percent[percent["area"].isin(kept)].assign(time=_weeks_between(first.first_day, day)))
    table = pd.concat(days).groupby(["area", "time"], as_index=False)[PERCENT].max()
    return read_design(table.assign(treated_from=np.where(table["area"] == first.area, 0, np.nan)), PERCENT)


def weights_table(effect: Effect, least: float = 0.001) -> pd.DataFrame:
    """Donors that carry at least ``least`` of the weight, heaviest first: ``area``, ``weight``."""
    weights = [(name, weight) for name, weight in effect.details["weights"].items() if weight >= least]
    return pd.DataFrame(weights, columns=["area", "weight"])


def gap_table(effect: Effect, design: Design) -> pd.DataFrame:
    """Set the treated area beside its twin: ``time``, ``treated``, ``synthetic``, ``gap``."""
    (own,) = cast("list[Cohort]", effect.details["by_cohort"])
    gap = np.array(list(own["gap"].values()))
    treated = design.outcome[design.ever_treated].mean(axis=0)
    return pd.DataFrame({"time": design.times, "treated": treated, "synthetic": treated - gap, "gap": gap})


def refits_table(effect: Effect, design: Design) -> pd.DataFrame:
    """Every area in the treated one's place: ``area``, mean ``gap`` after, ``treated``; largest gap first."""
    (own,), donors = design.names(design.ever_treated), design.names(~design.ever_treated)
    table = pd.DataFrame({"area": [own, *donors], "gap": effect.details["refits"]})
    table["treated"] = table["area"] == own
    return table.sort_values("gap", key=lambda gap: -gap.abs(), ignore_index=True)


def _files(campaign: Campaign, last_day: date) -> list[tuple[Path, date]]:
    """Every file published until a day; all must have been fetched."""
    files = [
        (campaign.folder / "tallies" / one.name, one.date)
        for one in read_sources(campaign)
        if one.date <= last_day
    ]
    missing = sum(not path.is_file() for path, _ in files)
    if missing:
        raise InputError(
            f"{campaign.folder / 'tallies'}: {missing} of {len(files)} files are not there; "
            f"run `analysis fetch {campaign.code}` first"
        )
    return files


def _percent(path: Path, area: str, columns: Sequence[str], residents: str) -> pd.DataFrame:
    """Percent of residents in one file: ``area``, ``percent``."""
    table = pd.read_csv(path)
    found = [name for name in columns if name in table.columns]
    lacking = [name for name in (area, residents) if name not in table.columns]
    if lacking or not found:
        wanted = lacking[0] if lacking else " or ".join(columns)
        raise InputError(f"{path}: no column {wanted}; it has {', '.join(table.columns[:8])}, ...")
    return pd.DataFrame({"area": table[area], PERCENT: 100 * table[found[0]] / table[residents]})


def _weeks_between(start: date, day: date) -> int:
    """ISO weeks from the week of ``start`` to that of ``day``."""
    monday, other = (one - timedelta(days=one.weekday()) for one in (start, day))
    return (other - monday).days // 7
