"""Curves read off the artifacts: the fan of the count, its completion, both groups around a push."""

from datetime import date
from functools import lru_cache

import numpy as np
import pandas as pd

from analysis.campaign import TOTAL
from analysis.report.evidence import Evidence

QUANTILES = ("p2.5", "p10", "p25", "p50", "p75", "p90", "p97.5")


def cdf_of(forecasts: pd.DataFrame) -> pd.DataFrame:
    """Pick the probability of completion by day, ``date`` and ``value``, of all areas, from hubverse rows."""
    rows = forecasts[(forecasts["location"] == TOTAL) & (forecasts["output_type"] == "cdf")]
    return pd.DataFrame(
        {"date": pd.to_datetime(rows["output_type_id"]), "value": rows["value"].astype(float)}
    ).reset_index(drop=True)


def fan_curve(evidence: Evidence) -> pd.DataFrame:
    """Return quantiles of the cumulative count of all areas together: ``date`` and `QUANTILES`, persons."""
    fan = evidence.fan.reindex(columns=["location", "date", *QUANTILES])
    rows = fan[fan["location"] == TOTAL]
    return rows.assign(date=pd.to_datetime(rows["date"])).drop(columns="location")


def late_curve(evidence: Evidence) -> pd.DataFrame:
    """Return the newest days of all areas once late reports are in: ``date p10 p50 p90``, persons."""
    made = evidence.nowcast
    rows = made[made["location"] == TOTAL] if len(made) else made
    return rows.assign(date=pd.to_datetime(rows["date"])) if len(rows) else rows


@lru_cache(maxsize=1)  # its numbers, and its picture in every language, are of one
def rates_of(evidence: Evidence, first_push: date) -> pd.DataFrame:
    """Return `group_rates` of the report's panel."""
    return group_rates(evidence.panel, first_push)


_BEFORE, _AFTER = 42, 28  # days around the push: six weeks tell a weekday pattern from a change


def group_rates(panel: pd.DataFrame, first_push: date) -> pd.DataFrame:
    """Sum up, around the first push, what was new a day per 1,000 people still to go, by group.

    Mobilised are the areas that began that day, the others those that never mobilised; areas of a later wave
    are in neither. A tally of several days counts for its days together, on its own day.

    Returns
    -------
    DataFrame
        ``date``, ``mobilised``, ``others``, and ``expected`` from the push on: the rate of the mobilised had
        it kept to the others' as it did before, by the mean of their ratio; empty days are left out.
    """
    push = pd.Timestamp(first_push)
    near = panel["date"].between(push - pd.Timedelta(days=_BEFORE), push + pd.Timedelta(days=_AFTER))
    read = ["date", "new", "remaining", "days", "treated_from", "treated_partly"]
    read = [name for name in read if name in panel]
    known = panel.loc[near, read].dropna(subset=["new", "remaining"])
    days = known["days"].where(known["days"] > 0) if "days" in known else 1
    began = known["treated_from"]
    partly = np.asarray(known.get("treated_partly", False), dtype=bool)  # neither pushed nor untouched
    group = np.select([(began == push) & ~partly, began.isna()], [0, 1], 2)
    groups = pd.Categorical.from_codes(group, pd.Index(["mobilised", "others", "later"]))
    sums = (
        known.assign(exposed=known["remaining"] * days, group=groups)
        .dropna(subset=["exposed"])
        .groupby(["date", "group"], observed=True)[["new", "exposed"]]
        .sum()
    )
    rates = (1000 * sums["new"] / sums["exposed"].where(sums["exposed"] > 0)).unstack()
    rates = rates.reindex(columns=["mobilised", "others"])
    before = rates[(rates.index < push) & (rates > 0).all(axis=1)]
    ratio = np.exp(np.log(before["mobilised"] / before["others"]).mean()) if len(before) else np.nan
    rates["expected"] = (rates["others"] * ratio).where(rates.index >= push)
    return rates.reset_index()
