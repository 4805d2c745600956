"""Who has reported which day, and how: the table behind the picture of who reported when."""

from datetime import date

import numpy as np
import pandas as pd

from analysis.campaign import Campaign

STATES = ("counted", "corrected", "blank", "nothing")


def coverage(tallies: pd.DataFrame, campaign: Campaign, last_day: date) -> pd.DataFrame:
    """Say for every area and day up to ``last_day`` what was reported of the campaign's measure.

    Parameters
    ----------
    tallies
        All accepted tallies, earlier ones of corrected numbers included, in the order of receipt.
    campaign
        Its areas in force on ``last_day`` that have none below them, and its measure.
    last_day
        Last day of the table.

    Returns
    -------
    DataFrame
        ``area`` (its code), ``date``, ``state``: one of `STATES`, counted, counted and later corrected,
        reported blank or nothing accepted; and ``days_to_receipt``, from the end of the day to the first
        receipt of its count. One row an area and day, in their order, from the first day that anybody
        reported.
    """
    counted = tallies[tallies["measure"] == campaign.measure]
    counted = counted[counted["date"] <= pd.Timestamp(last_day)]
    areas = pd.Index(sorted(campaign.tree(last_day).leaves))
    first = counted["date"].min() if len(counted) else pd.Timestamp(last_day)
    days = pd.date_range(first, last_day, freq="D").as_unit("us")
    at = areas.get_indexer(pd.Index(counted["area_code"]))
    place = (at * len(days) + days.get_indexer(pd.Index(counted["date"])))[at >= 0]
    said = counted[at >= 0].groupby(place)
    values = said["value"].agg(["size", "min", "max"])
    whole = values.join(said["received_at"].min()).reindex(range(len(areas) * len(days)))
    state = np.select(
        [whole["size"].isna(), whole["min"].isna(), whole["min"] < whole["max"]],
        [STATES.index("nothing"), STATES.index("blank"), STATES.index("corrected")],
        default=STATES.index("counted"),
    )
    received = whole["received_at"].dt.tz_convert(campaign.timezone).dt.tz_localize(None)
    delay = received - np.tile((days + pd.Timedelta(days=1)).to_numpy(), len(areas))
    return pd.DataFrame(
        {
            "area": areas.repeat(len(days)),
            "date": np.tile(days.to_numpy(), len(areas)),
            "state": pd.Categorical.from_codes(state, dtype=pd.CategoricalDtype(list(STATES))),
            "days_to_receipt": delay.dt.total_seconds() / 86400,
        }
    )
