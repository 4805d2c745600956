"""Forecasts as hubverse rows, so that anybody's tools can read and score them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.forecast.completion import completion_cdf
from analysis.forecast.scores import HUB_LEVELS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from analysis.forecast.paths import Paths

COLUMNS = [
    "origin_date", "location", "target", "horizon", "target_end_date", "output_type", "output_type_id", "value",
]  # fmt: skip
SHARE, DATE = "cumulative share", "completion date"
NOT_APPLICABLE = "NA"


def share_rows(paths: Paths, horizons: Sequence[int]) -> pd.DataFrame:
    """The 23 hub quantiles of the share of the eligible, by location and horizon in days."""
    blocks = []
    for location in paths.locations:
        share = paths.of(location)[:, np.asarray(horizons) - 1] / paths.eligible_of(location)
        quantiles = np.quantile(share, HUB_LEVELS, axis=0)
        blocks.append(
            pd.DataFrame(
                {
                    "location": location,
                    "horizon": np.repeat(horizons, HUB_LEVELS.size),
                    "output_type_id": np.tile([f"{level:g}" for level in HUB_LEVELS], len(horizons)),
                    "value": quantiles.T.ravel(),
                }
            )
        )
    rows = pd.concat(blocks, ignore_index=True)
    ends = paths.origin + pd.to_timedelta(rows["horizon"], unit="D")
    rows = rows.assign(
        origin_date=f"{paths.origin:%Y-%m-%d}",
        target=SHARE,
        target_end_date=ends.dt.strftime("%Y-%m-%d"),
        output_type="quantile",
        horizon=rows["horizon"].astype(str),
    )
    return rows[COLUMNS]


def date_rows(paths: Paths, targets: Mapping[str, float]) -> pd.DataFrame:
    """P(target met by each day of the paths), by location with a target."""
    days = [f"{day:%Y-%m-%d}" for day in paths.dates]
    blocks = [
        pd.DataFrame(
            {
                "origin_date": f"{paths.origin:%Y-%m-%d}",
                "location": location,
                "target": DATE,
                "horizon": NOT_APPLICABLE,
                "target_end_date": NOT_APPLICABLE,
                "output_type": "cdf",
                "output_type_id": days,
                "value": completion_cdf(paths, location, targets[location]),
            }
        )
        for location in paths.locations
        if location in targets
    ]
    return pd.concat(blocks, ignore_index=True)[COLUMNS] if blocks else pd.DataFrame(columns=COLUMNS)
