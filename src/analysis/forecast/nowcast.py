"""What the newest days still lack because it is reported late, learnt from what came late before.

A day's count grows after the day: teams send the rest tomorrow or next week. Where every version that was
received is kept, how much of a day is known after so many days can be learnt, and the newest days are
completed with what is still to come. The headline stays what is counted; the forecast begins at what is
expected to have been done (``docs/methods/forecast.md``, equation 15). A drive that reports on time lacks
nothing and stays as it is, and without earlier versions nothing is added.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.errors import InputError
from analysis.forecast.clean import drop_impossible, fill_days, newest_day
from analysis.forecast.history import Coming, lay_out, read_rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analysis.forecast.history import History

SETTLED = 14
"""Days after which a day's count is taken for complete."""
PRIOR_DAYS, PRIOR_ERROR = 5.0, 0.3
"""Error of the logarithm of what is lacking, before any was seen, and the days that this is worth."""
LEAST_PART = 0.05
"""Part of a day that is known at the least; of less nothing can be concluded."""


@dataclass(frozen=True)
class Delays:
    """How late this drive reports.

    Attributes
    ----------
    part : array (SETTLED + 1,)
        Part of a day's people that is known so many days after it; never falls, 1 at the end.
    error : float
        Standard deviation of the logarithm of what all areas lack, around what is expected.
    spread : float
        Variance of what an area lacks, over its mean: 1 is Poisson's.
    """

    part: NDArray[np.float64]
    error: float
    spread: float


def read_vintages(table: pd.DataFrame) -> pd.DataFrame:
    """Check every version that was received: ``area, date, cumulative, eligible[, target], received``."""
    if "received" not in table.columns:
        raise InputError(
            "the vintages have no column received: the day on which each count arrived is needed"
        )
    received = pd.to_datetime(table["received"], errors="coerce").dt.normalize()
    if received.isna().any():
        row = int(np.flatnonzero(received.isna())[0])
        raise InputError(f"vintages, data row {row + 1}: {table['received'].iloc[row]!r} is no date")
    dates = pd.to_datetime(table["date"], errors="coerce").dt.normalize()
    if (early := received < dates).any():
        row = int(np.flatnonzero(early)[0])
        raise InputError(
            f"area {table['area'].iloc[row]}, {table['date'].iloc[row]}: received on "
            f"{received.iloc[row].date()}, before the day it counts; the columns may be exchanged"
        )
    return table.assign(received=received, date=dates).sort_values("received", kind="stable")


def history_from_vintages(vintages: pd.DataFrame, origin: pd.Timestamp) -> History:
    """Return the history as it was known on `origin`, its newest days completed by what is still to come."""
    known = vintages[vintages["received"] <= origin]
    if known.empty:
        raise InputError(f"origin {origin.date()}: no count had been received by then; choose a later one")
    newest = known.drop_duplicates(["area", "date"], keep="last").drop(columns="received")
    history = lay_out(read_rows(newest), min(origin, newest["date"].max()))
    return complete(history, learn_delays(known, history))


def learn_delays(known: pd.DataFrame, history: History) -> Delays:
    """Learn from the versions received by the origin how much of a day is known after how many days."""
    by_delay = np.stack([_as_known(known, history, delay) for delay in range(SETTLED + 2)])
    # a day's people as known `delay` days after it: the day before is then known one day longer
    people = by_delay[: SETTLED + 1, 1:] - by_delay[1:, :-1]
    final = by_delay[SETTLED + 1, 1:] - by_delay[SETTLED + 1, :-1]
    settled = slice(0, max(len(history.dates) - 2 - SETTLED, 0))
    part = np.ones(SETTLED + 1)
    for delay in range(SETTLED):
        there = np.isfinite(people[delay, settled]) & np.isfinite(final[settled])
        whole = final[settled][there].sum()
        if whole > 0:
            part[delay] = np.clip(people[delay, settled][there].sum() / whole, LEAST_PART, 1.0)
    part = np.maximum.accumulate(part)
    lacking, came = _lacked(by_delay, part, history)
    return Delays(part, *_errors(lacking, came))


def complete(history: History, delays: Delays) -> History:
    """Add to each of the newest days what is expected to be reported of it later."""
    counted = drop_impossible(history.cumulative)
    newest = newest_day(counted)
    filled = fill_days(counted)
    behind = len(counted) - 1 - np.arange(len(counted))  # days since each day
    lack = (1 / delays.part - 1)[np.minimum(behind, SETTLED)]
    daily = np.diff(filled, axis=0, prepend=filled[:1])
    later = np.nancumsum(np.maximum(np.nan_to_num(daily), 0.0) * lack[:, None], axis=0)
    completed = np.minimum(history.cumulative + later, np.fmax(history.eligible, history.cumulative))
    people = (completed - history.cumulative)[newest, np.arange(len(newest))]
    coming = Coming(np.nan_to_num(people), delays.error, delays.spread)
    return replace(history, cumulative=completed, coming=coming if coming.people.any() else None)


def draw_coming(coming: Coming, columns: NDArray[np.intp], draws: int, joint: int) -> NDArray[np.float64]:
    """People by which what comes differs from what is expected (draws, columns): common and own."""
    common = np.random.default_rng([joint, 3]).standard_normal(draws)
    own = np.random.default_rng([joint, 4, int(columns[0])]).standard_normal((draws, len(columns)))
    people = coming.people[columns]
    drawn = people * (np.exp(coming.error * common - coming.error**2 / 2)[:, None] - 1)
    return np.asarray(np.maximum(drawn + np.sqrt(coming.spread * people) * own, -people))


def _as_known(known: pd.DataFrame, history: History, delay: int) -> NDArray[np.float64]:
    """Cumulative counts (T, A) of each day as known `delay` days after it; NaN where not, or not yet."""
    then = known[known["received"] <= known["date"] + pd.Timedelta(days=delay)]
    wide = then.drop_duplicates(["area", "date"], keep="last").pivot(
        index="date", columns="area", values="cumulative"
    )
    wide.columns = wide.columns.astype(str).str.strip()
    wide = wide.reindex(index=history.dates, columns=list(history.areas))
    counts = wide.to_numpy(dtype=np.float64, copy=True)
    counts[len(history.dates) - delay :] = np.nan
    return counts


def _lacked(
    by_delay: NDArray[np.float64], part: NDArray[np.float64], history: History
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return what past days lacked on their own day, as it was expected and as it came (days, A)."""
    days = len(history.dates)
    final, lack = by_delay[SETTLED + 1], 1 / part - 1
    expected, came = [], []
    for day in range(SETTLED + 1, days - SETTLED - 1):
        at = day - np.arange(SETTLED + 1)
        known = by_delay[np.arange(SETTLED + 1), at]
        people = np.maximum(known[:-1] - known[1:], 0.0)
        expected.append((people * lack[:-1, None]).sum(axis=0))
        came.append(final[day] - known[0])
    shape = (0, len(history.areas))
    return np.array(expected).reshape(-1, shape[1]), np.array(came).reshape(-1, shape[1])


def _errors(expected: NDArray[np.float64], came: NDArray[np.float64]) -> tuple[float, float]:
    """Error of the logarithm of the sum of what is lacking, and the areas' variance over their mean."""
    there = np.isfinite(expected) & np.isfinite(came)
    total, truth = (np.where(there, one, 0.0).sum(axis=1) for one in (expected, came))
    usable = (total > 1) & (truth > 1)
    logs = np.log(truth[usable] / total[usable])
    variance = (PRIOR_DAYS * PRIOR_ERROR**2 + (logs**2).sum()) / (PRIOR_DAYS + logs.size)
    own = there & (expected > 1)
    spread = float(np.mean((came[own] - expected[own]) ** 2 / expected[own])) if own.any() else 1.0
    return float(np.sqrt(variance)), max(spread, 1.0)
