"""Days far from their area's own path: backlog dumps, corrections, falls."""

import numpy as np
import pandas as pd

from analysis.compare.design import Design

OUTLIER = 6.0
"""Robust standard deviations from an area's own weekday-adjusted path at which a day is called a break."""


def data_breaks(design: Design) -> pd.DataFrame:
    """Area-days whose rate is far from the area's own path: backlog dumps, corrections, falls.

    The log rate is taken from its median by area and weekday and from the median of all areas that day; a
    day further than :data:`OUTLIER` robust standard deviations, or negative, is listed. Columns ``area``,
    ``date``, ``value``, ``deviations``, ``treated``. Treated areas after their start are not screened:
    their jump is the question.
    """
    usable = design.times[None, :] < design.starts[:, None]
    known = np.asarray((usable & np.isfinite(design.log_rate)).any(axis=1))
    design, usable = design.keep(known), usable[known]
    left = pd.DataFrame(np.where(usable, design.log_rate, np.nan))
    left = left - left.T.groupby(design.times % design.cycle).transform("median").T
    left = left - left.median(axis=0)
    spread = 1.4826 * np.nanmedian(np.abs(left.to_numpy()), axis=1, keepdims=True)
    score = left.to_numpy() / np.where(spread > 0, spread, np.nan)
    flagged = (np.abs(np.nan_to_num(score)) > OUTLIER) | (np.nan_to_num(design.outcome) < 0)
    rows = [
        (
            design.areas[i], design.say_time(int(design.times[t])), float(design.outcome[i, t]),
            float(score[i, t]), bool(design.ever_treated[i]),
        )
        for i, t in zip(*np.nonzero(flagged), strict=True)
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["area", "date", "value", "deviations", "treated"])
