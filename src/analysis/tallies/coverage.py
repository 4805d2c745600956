"""Who has reported which day, and how: the table behind the picture of who reported when."""

from datetime import date

import numpy as np
import pandas as pd
import pandera.pandas as pa

from analysis.campaign import Campaign

STATES = ("counted", "corrected", "blank", "nothing")

COVERAGE = pa.DataFrameSchema(
    {
        "area": pa.Column(str, description="code of the area"),
        "date": pa.Column("datetime64[us]", description="day that was to be counted"),
        "state": pa.Column(
            str,
            pa.Check.isin(STATES),
            description="counted; counted and later corrected; reported blank; nothing accepted",
        ),
        "days_to_receipt": pa.Column(
            float, nullable=True, description="days from the end of the day to the first receipt of its count"
        ),
    },
    strict=True,
    unique=["area", "date"],
)


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
        As `COVERAGE`, sorted by area and day, from the first day that anybody reported.
    """
    counted = tallies[tallies["measure"] == campaign.measure]
    counted = counted[counted["date"] <= pd.Timestamp(last_day)]
    areas = pd.Index(sorted(campaign.tree(last_day).leaves), name="area")
    first = counted["date"].min() if len(counted) else pd.Timestamp(last_day)
    days = pd.date_range(first, last_day, freq="D", name="date").as_unit("us")
    at = areas.get_indexer(pd.Index(counted["area_code"]))
    place = (at * len(days) + days.get_indexer(pd.Index(counted["date"])))[at >= 0]
    said = (
        counted[at >= 0]
        .groupby(place)
        .agg(
            least=("value", "min"),
            most=("value", "max"),
            received_at=("received_at", "min"),
            rows=("value", "size"),
        )
    )
    whole = said.reindex(range(len(areas) * len(days)))
    state = np.select(
        [whole["rows"].isna(), whole["least"].isna(), whole["least"] < whole["most"]],
        ["nothing", "blank", "corrected"],
        default="counted",
    )
    index = pd.MultiIndex.from_product([areas, days])
    ends = pd.DatetimeIndex(np.tile(days + pd.Timedelta(days=1), len(areas)))
    delay = whole["received_at"].dt.tz_convert(campaign.timezone).dt.tz_localize(None) - ends
    table = pd.DataFrame({"state": state, "days_to_receipt": delay.dt.total_seconds() / 86400})
    return COVERAGE.validate(table.set_axis(index).reset_index())
