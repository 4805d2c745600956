"""Forecasts as hubverse rows, so that anybody's tools can read and score them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.forecast.scores import HUB_LEVELS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

COLUMNS = [
    "origin_date", "location", "target", "horizon",
    "target_end_date", "output_type", "output_type_id", "value",
]  # fmt: skip
SHARE, DATE = "cumulative share", "completion date"
NOT_APPLICABLE = "NA"


QUANTILE_IDS = tuple(f"{level:g}" for level in HUB_LEVELS)


def share_rows(
    origin: pd.Timestamp,
    locations: Sequence[str],
    horizons: Sequence[int],
    quantiles: NDArray[np.float64],
) -> pd.DataFrame:
    """Rows of the 23 hub quantiles (23, horizons, locations) of the cumulative share, by location and horizon."""
    rows = quantiles.size
    ends = [f"{origin + pd.Timedelta(days=int(day)):%Y-%m-%d}" for day in horizons]
    levels, ahead, places = len(HUB_LEVELS), len(horizons), len(locations)
    return pd.DataFrame(
        {
            "origin_date": np.full(rows, f"{origin:%Y-%m-%d}", dtype=object),
            "location": np.repeat(np.array(locations, dtype=object), ahead * levels),
            "target": np.full(rows, SHARE, dtype=object),
            "horizon": np.tile(np.repeat([str(day) for day in horizons], levels), places).astype(object),
            "target_end_date": np.tile(np.repeat(ends, levels), places).astype(object),
            "output_type": np.full(rows, "quantile", dtype=object),
            "output_type_id": np.tile(QUANTILE_IDS, ahead * places).astype(object),
            "value": _tidy(quantiles.transpose(2, 1, 0).ravel()),
        }
    )


def date_rows(origin: pd.Timestamp, locations: Sequence[str], cdf: NDArray[np.float64]) -> pd.DataFrame:
    """Rows of P(target met by each day), from `cdf` (days, locations), by location."""
    days, places = cdf.shape
    dates = [f"{origin + pd.Timedelta(days=day + 1):%Y-%m-%d}" for day in range(days)]
    return pd.DataFrame(
        {
            "origin_date": np.full(cdf.size, f"{origin:%Y-%m-%d}", dtype=object),
            "location": np.repeat(np.array(locations, dtype=object), days),
            "target": np.full(cdf.size, DATE, dtype=object),
            "horizon": np.full(cdf.size, NOT_APPLICABLE, dtype=object),
            "target_end_date": np.full(cdf.size, NOT_APPLICABLE, dtype=object),
            "output_type": np.full(cdf.size, "cdf", dtype=object),
            "output_type_id": np.tile(dates, places).astype(object),
            "value": _tidy(cdf.T.ravel()),
        }
    )


def _tidy(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Twelve decimals: far below any count's meaning, above what differs between processors."""
    return np.round(values, 12)
