"""How often the headline's interval holds the truth of a simulated campaign, over many redraws of it."""

import numpy as np
import pandas as pd

from analysis.campaign import Campaign
from analysis.compare.contrasts import effect_of, exact_test
from analysis.compare.design import NEVER, Design, Window
from analysis.simulation import Simulation, simulate
from analysis.validation.size import share_interval

WINDOWS = (Window(0, 0), Window(0, 6))
"""The push day and its week."""


def redrawn(drawn: Simulation) -> Design:
    """Lay one simulation out as counts among people not yet activated, as the panel would without mishaps."""
    eligible = np.array([area.eligible for area in drawn.areas], dtype=np.float64)
    days = drawn.days.to_numpy().astype("datetime64[D]").astype(np.int64)
    first = drawn.pushed[:, 0]
    starts = np.where(first >= 0, days[np.maximum(first, 0)], NEVER)
    # The first day has a cumulative count only: what is new on it is not known.
    remaining = eligible[:, None] - drawn.cumulative[:, :-1]
    names = tuple(area.code for area in drawn.areas)
    return Design(names, days[1:], True, drawn.new[:, 1:].astype(np.float64), remaining, starts, None, "new")


def extra_truth(drawn: Simulation, window: Window) -> float:
    """Extra persons by the end of the window in all mobilised areas: the path drawn less the one without."""
    first = int(drawn.pushed[:, 0].max()) + window.first
    return float((drawn.new - drawn.without_push)[:, first : first + window.last - window.first + 1].sum())


def printed_lift(campaign: Campaign) -> float:
    """How many times their ordinary day the mobilised areas did in the campaign's draw: geometric mean."""
    drawn = simulate(campaign, np.random.default_rng(campaign.seed))
    areas = drawn.pushed[:, 0] >= 0
    day = drawn.pushed[areas, 0]
    return float(np.exp(np.log(drawn.new[areas, day] / drawn.without_push[areas, day]).mean()))


def recover(campaign: Campaign, simulations: int, seed: int, lift: float | None = None) -> pd.DataFrame:
    """Redraw the campaign and set the headline's extra persons beside each draw's own truth.

    Parameters
    ----------
    lift
        As for :func:`analysis.simulation.simulate`: without it every draw has the printed counts.

    Returns
    -------
    DataFrame
        One row a draw and window: ``last_day``, ``truth``, ``extra_persons``, ``extra_low``, ``extra_high``
        (persons; the ends empty where no interval at 95 % is bounded), ``others_percent`` (by how much the
        comparison areas' rate is above their own same weekdays before), ``inside``.
    """
    rows = []
    for number in range(simulations):
        drawn = simulate(campaign, np.random.default_rng([seed, number]), lift=lift)
        design = redrawn(drawn)
        for window in WINDOWS:
            tested = exact_test(design, window)
            extra = effect_of(design, tested).details["extra_persons"]
            low, high = extra["interval"] or (np.nan, np.nan)
            rise = 100 * float(np.expm1(tested.changes.log_rate[tested.groups.control].mean()))
            rows.append((window.last, extra_truth(drawn, window), extra["total"], low, high, rise))
    columns = ["last_day", "truth", "extra_persons", "extra_low", "extra_high", "others_percent"]
    table = pd.DataFrame(rows, columns=columns)
    # An interval without ends rules nothing out, so it holds the truth.
    inside = table["truth"].between(table["extra_low"], table["extra_high"]) | table["extra_low"].isna()
    return table.assign(inside=inside)


def coverage(recovered: pd.DataFrame) -> pd.DataFrame:
    """Sum up :func:`recover`: one row a window.

    Returns
    -------
    DataFrame
        ``last_day``, ``draws``, ``coverage``, ``low`` and ``high`` (between which it lies), ``below`` and
        ``above`` (share of draws whose truth lies below or above the interval), ``unbounded`` (share
        without ends), and the means ``truth``, ``extra_persons``, ``width`` (persons) and ``others_percent``.
    """
    misses = recovered.assign(
        below=recovered["truth"] < recovered["extra_low"],
        above=recovered["truth"] > recovered["extra_high"],
        unbounded=recovered["extra_low"].isna(),
        width=recovered["extra_high"] - recovered["extra_low"],
    )
    shares = ["inside", "below", "above", "unbounded"]
    by_window = misses.groupby("last_day")
    draws = by_window.size()
    means = by_window[[*shares, "truth", "extra_persons", "width", "others_percent"]].mean()
    inside = means.pop("inside")
    ends = pd.DataFrame(list(map(share_interval, inside, draws)), index=means.index)
    means = pd.concat([draws.rename("draws"), inside.rename("coverage"), ends, means], axis=1)
    return means.reset_index()
