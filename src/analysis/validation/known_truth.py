"""Where a campaign's tallies are simulated: what was said each week, beside the truth behind the tallies."""

import json

import numpy as np
import pandas as pd

from analysis.campaign import Campaign
from analysis.campaign.rhythm import WEEK
from analysis.forecast.backtest import past_origins
from analysis.forecast.blocks import simulate
from analysis.forecast.drawn import summed
from analysis.forecast.ensemble import ensemble
from analysis.forecast.history import History, leave_out

TRUTH_COLUMNS = ["origin_date", "target_end_date", "p10", "p50", "p90", "truth", "quantile"]
WEEKS_BACK = 10
"""Weekly origins looked back on: as many as a drive of a quarter has, less the weeks it begins with."""


def beside_truth(
    history: History, campaign: Campaign, *, days: int = 2 * WEEK, draws: int = 1000, seed: int = 0
) -> pd.DataFrame:
    """Set the headline's total `days` ahead, from each past weekly origin and today, beside the truth.

    Each forecast sees the days up to its origin, with their counts as they stand now. The truth is read
    after it and enters none.

    Parameters
    ----------
    history : History
    campaign : Campaign
        Its folder holds ``truth.json`` when its tallies are simulated.
    days, draws, seed : int

    Returns
    -------
    DataFrame
        :data:`TRUTH_COLUMNS`, one row an origin whose truth is known: persons, and the share of the draws at
        or below the truth. Empty for a real campaign.
    """
    path = campaign.folder / "truth.json"
    rows = []
    if campaign.simulated and path.is_file():
        counted = json.loads(path.read_text(encoding="utf-8"))["cumulative_by_day_total"]
        for origin in past_origins(history, 0, WEEKS_BACK):
            end = origin + pd.Timedelta(days=days)
            before, out = leave_out(history.until(origin))
            if f"{end:%Y-%m-%d}" in counted and not out:  # the truth is of all areas together
                paths = simulate(before, ensemble, days, draws, np.random.default_rng(seed))
                total = summed(paths.after([days]).transpose(1, 2, 0))[0]
                truth = float(counted[f"{end:%Y-%m-%d}"])
                said = np.round(np.quantile(total, (0.1, 0.5, 0.9)), 6)
                rows.append((origin, end, *said, truth, float((total <= truth).mean())))
    return pd.DataFrame(rows, columns=TRUTH_COLUMNS)
