"""Curves read off the forecast's artifacts: the fan of the count, and when it may be completed."""

from typing import Any

import pandas as pd

from analysis.report.evidence import TOTAL, Evidence

QUANTILES = {"p2.5": 0.025, "p10": 0.1, "p25": 0.25, "p50": 0.5, "p75": 0.75, "p90": 0.9, "p97.5": 0.975}


def completion_curve(evidence: Evidence) -> pd.DataFrame:
    """Return the probability of completion by day for all areas together: ``date``, ``value``."""
    rows = evidence.forecasts
    rows = rows[(rows["location"] == TOTAL) & (rows["output_type"] == "cdf")]
    return pd.DataFrame(
        {"date": pd.to_datetime(rows["output_type_id"]), "value": rows["value"].astype(float)}
    ).reset_index(drop=True)


def fan_curve(evidence: Evidence) -> pd.DataFrame:
    """Return quantiles of the cumulative count of all areas together: ``date`` and `QUANTILES`, persons.

    Daily where the forecast wrote a fan, else at the horizons of its quantile forecasts.
    """
    if not evidence.fan.empty:
        rows = evidence.fan[evidence.fan["location"] == TOTAL]
        return rows.assign(date=pd.to_datetime(rows["date"]))[["date", *QUANTILES]]
    eligible = float(evidence.totals["eligible"].iloc[-1])
    rows = evidence.forecasts
    rows = rows[(rows["location"] == TOTAL) & (rows["output_type"] == "quantile")]
    level = rows["output_type_id"].astype(float)
    data: dict[str, Any] = {}
    for name, wanted in QUANTILES.items():
        chosen = rows[(level - wanted).abs() < 1e-9].sort_values("target_end_date")
        data["date"] = pd.to_datetime(chosen["target_end_date"]).to_numpy()
        data[name] = chosen["value"].to_numpy() * eligible
    return pd.DataFrame(data)
