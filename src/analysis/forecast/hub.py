"""Forecasts as hubverse rows, so that anybody's tools can read and score them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis import contract
from analysis.forecast.drawn import in_order, quantiles, share_at_least, some_days
from analysis.forecast.scores import HUB_LEVELS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from pandas.api.extensions import ExtensionArray

    from analysis.forecast.paths import Paths

SHARE, DATE = "cumulative share", "completion date"
NOT_APPLICABLE = "NA"


DECIMALS = 12
"""Of a share or probability: far below any count's meaning, above what differs between processors."""


def hub_rows(
    paths: Paths, target: NDArray[np.float64], horizons: Sequence[int], date_days: int
) -> pd.DataFrame:
    """Shares at the horizons, and completion dates over `date_days` days of the areas with a target (A,)."""
    dates = date_rows(paths, target, slice(date_days))
    return pd.concat([share_rows(paths, horizons), dates], ignore_index=True)


def share_rows(paths: Paths, horizons: Sequence[int]) -> pd.DataFrame:
    """Rows of the 23 hub quantiles of the share of the eligible, by area and horizon."""
    value = quantiles(in_order(_shares(paths, horizons)), HUB_LEVELS)
    return _rows_of_shares(paths, horizons, "quantile", [f"{level:g}" for level in HUB_LEVELS], value)


def sample_rows(paths: Paths, horizons: Sequence[int], samples: int) -> pd.DataFrame:
    """Rows of the first `samples` joint draws of the share; one index is one draw of all locations."""
    value = _shares(paths, horizons)[:samples]
    return _rows_of_shares(paths, horizons, "sample", [str(number) for number in range(len(value))], value)


def _shares(paths: Paths, horizons: Sequence[int]) -> NDArray[np.float64]:
    return paths.after(horizons) / paths.eligible


def _rows_of_shares(
    paths: Paths, horizons: Sequence[int], kind: str, ids: list[str], value: NDArray[np.float64]
) -> pd.DataFrame:
    """Rows of shares (ids, horizons, A): of each area each horizon, of that each id."""
    many, ahead, places = value.shape
    return _rows(
        paths.origin, SHARE, kind, value.transpose(2, 1, 0).ravel(),
        location=repeated(paths.areas, ahead * many),
        horizon=repeated([str(day) for day in horizons], many, places),
        target_end_date=repeated([_iso(paths.origin, day) for day in horizons], many, places),
        output_type_id=repeated(ids, times=ahead * places),
    )  # fmt: skip


def date_rows(
    paths: Paths, target: NDArray[np.float64], days: NDArray[np.bool_] | slice = slice(None)
) -> pd.DataFrame:
    """Rows of P(target met by a day), by area with a target; of all days ahead unless told which."""
    aimed = np.flatnonzero(np.isfinite(target))
    cdf = share_at_least(some_days(paths.values, days), target)[:, aimed]
    cdf[:, paths.sure[aimed] >= target[aimed]] = 1.0
    return _rows(
        paths.origin, DATE, "cdf", cdf.T.ravel(),
        location=repeated([paths.areas[at] for at in aimed], len(cdf)),
        horizon=repeated([NOT_APPLICABLE], cdf.size),
        target_end_date=repeated([NOT_APPLICABLE], cdf.size),
        output_type_id=repeated([f"{day:%Y-%m-%d}" for day in paths.dates[days]], times=aimed.size),
    )  # fmt: skip


def _rows(
    origin: pd.Timestamp, target: str, kind: str, value: NDArray[np.float64], **texts: ExtensionArray
) -> pd.DataFrame:
    same = {"origin_date": _iso(origin, 0), "target": target, "output_type": kind}
    every = {name: repeated([text], value.size) for name, text in same.items()}
    rows = {**every, **texts, "value": np.round(value, DECIMALS)}
    return pd.DataFrame(rows, columns=contract.columns("forecasts.csv"))


def repeated(texts: Sequence[str], each: int = 1, times: int = 1) -> ExtensionArray:
    """Return a column of texts, each so many times in a row, and all of that so many times."""
    return pd.array(list(texts), dtype="str").take(np.tile(np.repeat(np.arange(len(texts)), each), times))


def _iso(origin: pd.Timestamp, day: int) -> str:
    return f"{origin + pd.Timedelta(days=int(day)):%Y-%m-%d}"
