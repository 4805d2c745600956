"""What would overturn the headline: other dates, areas, odds of being chosen, leaks, broken data."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from math import comb

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.compare.changes import changes, groups_with_rates
from analysis.compare.contrasts import exact_test
from analysis.compare.design import NEVER, Design, Window, contrast
from analysis.compare.inference import TIE, Vector, randomise
from analysis.errors import InputError

WEEK = 7
LARGEST_TILT = 100.0
EXACT_TILT = 20
"""Areas up to which the worst tilt is found by trying every set of favoured areas."""

OUTLIER = 6.0
"""Robust standard deviations from an area's own weekday-adjusted path at which a day is called a break."""


def placebo_dates(design: Design, window: Window) -> pd.DataFrame:
    """Pretend that the push came on each earlier same weekday whose window ends before the real one.

    Returns
    -------
    DataFrame
        ``date``, ``estimate``, ``p_value``, ``real``; the real push last. A placebo needs a whole week
        before it.
    """
    start = design.first_start
    length = window.last + 1
    rows = []
    first = int(design.times[0]) + WEEK
    for date in range(start - ((start - first) // WEEK) * WEEK, start, WEEK):
        if date + length > start:
            break
        shown = design.times < date + length
        earlier = replace(design.during(shown), starts=np.where(design.starts == start, date, NEVER))
        try:
            placebo = exact_test(earlier, window).test
        except InputError:
            continue  # an area has no count on those days: that date cannot serve as a placebo
        rows.append((design.say_time(date), placebo.difference, placebo.p_value, False))
    real = exact_test(design, window).test
    rows.append((design.say_time(start), real.difference, real.p_value, True))
    return pd.DataFrame(rows, columns=["date", "estimate", "p_value", "real"])


def leave_one_out(design: Design, window: Window) -> pd.DataFrame:
    """Headline without each area in turn; ``left_out``, ``side``, ``estimate``, ``p_value``."""
    groups = contrast(design, window)
    rows = []
    for i, name in enumerate(design.areas):
        side = "mobilised" if groups.treated[i] else "comparison" if groups.control[i] else None
        alone = {"mobilised": groups.treated.sum(), "comparison": groups.control.sum()}.get(
            side or "", 1
        ) == 1
        if side is None or alone:
            continue
        test = exact_test(design.keep(np.arange(len(design.areas)) != i), window).test
        rows.append((name, side, test.difference, test.p_value))
    return pd.DataFrame(rows, columns=["left_out", "side", "estimate", "p_value"])


def contamination(estimate: float, shares: Collection[float] = (0.0, 0.25, 0.5)) -> pd.DataFrame:
    r"""Effect if comparison areas got a share ``s`` of it too: :math:`\tau / (1 - s)`."""
    return pd.DataFrame(
        [(share, estimate / (1 - share), 100 * float(np.expm1(estimate / (1 - share)))) for share in shares],
        columns=["share", "estimate", "percent"],
    )


def tilt(design: Design, window: Window, level: float = 0.95) -> float | None:
    r"""How unequal the odds of being chosen must be before the headline's p exceeds ``1 - level``.

    Each area may have had odds of being chosen up to :math:`\Gamma` times another's. The worst p over
    such odds is reached when every area's weight is 1 or :math:`\Gamma`, for p is a ratio of functions
    linear in each weight; all sets of favoured areas are tried, and the smallest :math:`\Gamma` returned
    at which p reaches the level.

    Returns
    -------
    float or None
        1 when p is above the level as it is; ``None`` when no ratio up to 100 does it, or beyond 20 areas.

    Notes
    -----
    Rosenbaum (2002), *Observational Studies*, chapter 4; Firpo and Possebom (2018), *Journal of Causal
    Inference* 6.
    """
    tested = exact_test(design, window)
    values, choices = tested.changes.log_rate[tested.groups.used], tested.choices
    test, alpha = tested.test, 1 - level
    if test.p_value > alpha:
        return 1.0
    if len(values) > EXACT_TILT:
        return None
    size = np.abs(test.statistics)
    overlaps, favoured = _overlaps(choices.chosen[size >= size[0] * (1 - TIE)], len(values))
    k = choices.chosen.shape[1]
    if _worst_p(LARGEST_TILT, overlaps, favoured, len(values), k) <= alpha:
        return None
    low, high = 1.0, LARGEST_TILT
    for _ in range(40):
        middle = (low + high) / 2
        reached = _worst_p(middle, overlaps, favoured, len(values), k) > alpha
        low, high = (low, middle) if reached else (middle, high)
    return high


def _overlaps(extreme: NDArray[np.int64], n: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Extreme choices by favoured areas held, and the number favoured, over all sets: each such row once."""
    sets = np.arange(2**n, dtype=np.int64)
    counts = np.zeros((2**n, extreme.shape[1] + 1), dtype=np.int64)
    for choice in extreme:
        held = np.zeros(2**n, dtype=np.int64)
        for area in choice:
            held += (sets >> area) & 1
        counts[sets, held] += 1
    favoured = np.bitwise_count(sets).astype(np.int64)
    # Most of the 2^n sets are alike: one number a row, for np.unique sorts numbers far faster than rows.
    key = favoured
    for column in counts.T:
        key = key * (len(extreme) + 1) + column
    kept = np.unique(key, return_index=True)[1]
    return counts[kept], favoured[kept]


def _worst_p(gamma: float, overlaps: NDArray[np.int64], favoured: NDArray[np.int64], n: int, k: int) -> float:
    powers = gamma ** np.arange(k + 1)
    total = np.array(
        [sum(comb(size, j) * comb(n - size, k - j) * gamma**j for j in range(k + 1)) for size in range(n + 1)]
    )
    return float(((overlaps @ powers) / total[favoured]).max())


def without_neighbours(design: Design, window: Window, borders: pd.DataFrame) -> pd.DataFrame:
    """Headline with all comparison areas, and with only those that border no mobilised area.

    Parameters
    ----------
    borders
        ``area``, ``neighbour``: area names as in the design; one row a border, in either direction.
    """
    groups = contrast(design, window)
    mobilised = {name for name, treated in zip(design.areas, groups.treated, strict=True) if treated}
    pairs = borders[["area", "neighbour"]].astype(str)
    touching = set(pairs.loc[pairs["area"].isin(mobilised), "neighbour"]) | set(
        pairs.loc[pairs["neighbour"].isin(mobilised), "area"]
    )
    far = np.array([name in mobilised or name not in touching for name in design.areas])
    rows = []
    for who, kept in (("all", np.ones_like(far)), ("not neighbours", far)):
        if (kept & groups.control).any():
            near = exact_test(design.keep(kept), window)
            controls = int(near.groups.control.sum())
            rows.append((who, controls, near.test.difference, near.test.p_value, near.choices.p_min))
    return pd.DataFrame(rows, columns=["comparison_areas", "n_control", "estimate", "p_value", "p_min"])


def regression_to_the_mean(design: Design, window: Window) -> pd.DataFrame:
    """Predict from the starting level alone, by the comparison areas' own relation.

    Among comparison areas the change is regressed on the log rate before; the mobilised areas' mean level
    then predicts a change, which is taken off the headline. Columns ``level_gap`` (log points, mobilised
    minus comparison), ``slope``, ``predicted``, ``adjusted``.
    """
    groups = groups_with_rates(design, window)
    found = changes(design, groups)
    level = np.log(np.maximum(found.expected_rate, np.finfo(float).tiny))
    ours, theirs = groups.treated, groups.control
    x, y = level[theirs] - level[theirs].mean(), found.log_rate[theirs]
    power = float(x @ x)
    slope = float(x @ y) / power if power > 0 else 0.0
    gap = float(level[ours].mean() - level[theirs].mean())
    estimate = float(found.log_rate[ours].mean() - y.mean())
    return pd.DataFrame(
        [(gap, slope, slope * gap, estimate - slope * gap)],
        columns=["level_gap", "slope", "predicted", "adjusted"],
    )


def data_breaks(design: Design) -> pd.DataFrame:
    """Area-days whose rate is far from the area's own path: backlog dumps, corrections, falls.

    The log rate is taken from its median by area and weekday and from the median of all areas that day; a
    day further than :data:`OUTLIER` robust standard deviations, or negative, is listed. Columns ``area``,
    ``date``, ``value``, ``deviations``, ``treated``. Treated areas after their start are not screened:
    their jump is the question.
    """
    exposure = np.ones_like(design.outcome) if design.exposure is None else design.exposure
    usable = ~np.isnan(design.outcome) & (np.nan_to_num(exposure) > 0)
    usable &= design.times[None, :] < design.starts[:, None]
    rate = np.full(design.outcome.shape, np.nan)
    np.divide(np.maximum(design.outcome, 0.5), exposure, out=rate, where=usable)
    log_rate = np.log(rate)
    left = pd.DataFrame(log_rate)
    left = left.T.groupby(design.times % WEEK).transform(lambda days: days - days.median()).T
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


def medians(design: Design, window: Window) -> pd.DataFrame:
    """Give the headline's twin from medians over days instead of sums, which one broken day cannot move."""
    real = exact_test(design, window)
    groups = real.groups
    values = _median_changes(design.keep(groups.used), groups.after, groups.before)
    twin = randomise(values, real.choices)
    return pd.DataFrame(
        [("sums", real.test.difference, real.test.p_value), ("medians", twin.difference, twin.p_value)],
        columns=["measure", "estimate", "p_value"],
    )


def _median_changes(design: Design, after: NDArray[np.bool_], before: NDArray[np.bool_]) -> Vector:
    exposure = np.ones_like(design.outcome) if design.exposure is None else design.exposure
    usable = ~np.isnan(design.outcome) & (np.nan_to_num(exposure) > 0)
    rate = np.full(design.outcome.shape, np.nan)
    np.divide(np.maximum(design.outcome, 0.5), exposure, out=rate, where=usable)
    log_rate = np.log(rate)
    weekday = design.times % WEEK
    gaps = np.full(log_rate[:, after].shape, np.nan)
    for column, t in enumerate(np.flatnonzero(after)):
        same = before & (weekday == weekday[t])
        if same.any():
            gaps[:, column] = log_rate[:, t] - np.nanmedian(log_rate[:, same], axis=1)
    return np.asarray(np.nanmedian(gaps, axis=1))
