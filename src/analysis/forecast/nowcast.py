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

from analysis import contract
from analysis.campaign.rhythm import WEEK
from analysis.errors import InputError
from analysis.forecast.clean import drop_impossible, fill_days, hold_last, newest_day
from analysis.forecast.history import TOTAL, Coming, check_rows, days_written, lay_out, read_rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analysis.forecast.history import History

SETTLED = 14
"""Days after which a day's count is taken for complete."""
PRIOR_DAYS, PRIOR_ERROR = 5.0, 0.3
"""Error of the logarithm of what is lacking, before any was seen, and the days that this is worth."""
LEAST_PART = 0.05
"""Part of a day that is known at the least; of less nothing can be concluded."""
OFTEN = 0.5
"""Part of the days that must have grown later; what grows now and then is corrected, not late."""
LEVELS = (0.1, 0.5, 0.9)
SOME = 1000
"""Areas completed at a time: of a nation the draws of a fortnight would be a gigabyte."""
USUAL_PARTS = (0.55, 0.78, 0.88, 0.94, 0.97, 0.99)
"""Part of a day that is known on it and on the days after where reports are late, as health offices' are."""
UNTOLD = 0.1
"""Chance that a drive is late of which no earlier version is kept: of drives as archived few are."""
ALIKE = 10.0
"""Days at which an area, or a weekday, is half believed to be late in its own way."""


@dataclass(frozen=True)
class Versions:
    """Every version received, oldest first: the count of an area and day, and the day it was received.

    Days are counted from the first of the history, `today` too.
    """

    area: NDArray[np.intp]
    day: NDArray[np.intp]
    received: NDArray[np.intp]
    count: NDArray[np.float64]
    today: int

    def known_after(self, delay: int, history: History) -> NDArray[np.float64]:
        """Cumulative counts (T, A) of each day as known `delay` days after it; NaN where not, or not yet."""
        counts = np.full(history.cumulative.shape, np.nan)
        then = (self.received <= self.day + delay) & (self.day < len(counts))
        counts[self.day[then], self.area[then]] = self.count[then]  # of several the last one stands
        counts[max(self.today - delay + 1, 0) :] = np.nan
        return counts


@dataclass(frozen=True)
class Delays:
    """How late this drive reports.

    Attributes
    ----------
    part : array (SETTLED + 1,)
        Part of a day's people that is known so many days after it; never falls, 1 at the end.
    own : array (7, A)
        How much more than that part says is lacking in an area, as seen on a weekday; Monday is 0.
    error : float
        Standard deviation of the logarithm of what all areas lack, around what is expected.
    spread : float
        Variance of what an area lacks, over its mean: 1 is Poisson's.
    """

    part: NDArray[np.float64]
    own: NDArray[np.float64]
    error: float = 0.0
    spread: float = 1.0

    def lacking(self, weekday: int, behind: NDArray[np.intp]) -> NDArray[np.float64]:
        """Return what days lack, over what is known of them (days, A), so many days after on a weekday."""
        return np.asarray((1 / self.part - 1)[np.clip(behind, 0, SETTLED), None] * self.own[weekday])


def read_vintages(table: pd.DataFrame) -> pd.DataFrame:
    """Check every version that was received: ``area, date, cumulative, eligible[, target], received``."""
    if "received" not in table.columns:
        raise InputError(
            "the vintages have no column received: the day on which each count arrived is needed"
        )
    rows = check_rows(table)
    received = days_written(table["received"])
    if received.isna().any():
        row = int(np.flatnonzero(received.isna())[0])
        raise InputError(
            f"area {table['area'].iloc[row]}, data row {row + 1}: received is "
            f"{str(table['received'].iloc[row])!r}, no date; write it as 2021-06-14"
        )
    if (early := received < rows["date"]).any():
        row = int(np.flatnonzero(early)[0])
        raise InputError(
            f"area {table['area'].iloc[row]}, {table['date'].iloc[row]}: received on "
            f"{received.iloc[row].date()}, before the day it counts; the columns may be exchanged"
        )
    at = pd.to_datetime(table["received"].astype(str).str.strip(), utc=True, format="ISO8601")
    rows = rows.assign(at=at, received=received).reset_index(drop=True)
    twice = rows.drop_duplicates(["area", "date", "at", "cumulative"]).duplicated(["area", "date", "at"])
    if twice.any():
        row = rows.loc[twice[twice].index[0]]
        raise InputError(
            f"area {row['area']}, {row['date'].date()}: two different counts were received at the same time, "
            f"{row['received'].date()}; keep the later one, or write their times of day"
        )
    return rows.sort_values("at", kind="stable", ignore_index=True).drop(columns="at")


def history_from_vintages(vintages: pd.DataFrame, origin: pd.Timestamp) -> History:
    """Return the history as it was known on `origin`, its newest days completed by what is still to come."""
    known = vintages[vintages["received"] <= origin]
    if known.empty:
        raise InputError(f"origin {origin.date()}: no count had been received by then; choose a later one")
    newest = known.drop_duplicates(["area", "date"], keep="last").drop(columns="received")
    history = lay_out(read_rows(newest), min(origin, newest["date"].max()))
    return completed(history, known.assign(area=known["area"].astype(str)), origin)


def completed(history: History, known: pd.DataFrame, today: pd.Timestamp) -> History:
    """Add to each of the newest days what is expected to be reported of it later, as known on `today`."""
    first = history.dates[0]
    # a version without a number takes nothing back
    known = known[known["cumulative"].notna() & known["area"].isin(history.areas) & (known["date"] >= first)]
    again = known[known.duplicated(["area", "date"], keep=False)]
    if not again.drop_duplicates(["area", "date", "cumulative"]).duplicated(["area", "date"]).any():
        return history  # nothing was ever said anew
    versions = Versions(
        area=pd.Index(history.areas).get_indexer(pd.Index(known["area"])),
        day=(known["date"] - first).dt.days.to_numpy().astype(np.intp),
        received=(known["received"] - first).dt.days.to_numpy().astype(np.intp),
        count=known["cumulative"].to_numpy(np.float64),
        today=int((today - first).days),
    )
    return _complete(history, learn_delays(versions, history), versions.today)


def with_doubt(history: History) -> History:
    """Say of counts of which no earlier version is kept that they may be late as other drives' are."""
    counted = hold_last(drop_impossible(history.cumulative))
    daily = np.maximum(np.nan_to_num(np.diff(counted, axis=0, prepend=counted[:1])), 0.0)
    newest = newest_day(history.cumulative)
    people = np.zeros(len(history.areas))
    for behind, part in enumerate(USUAL_PARTS):
        day = newest - behind
        people += (1 / part - 1) * np.where(day >= 0, daily[np.maximum(day, 0), np.arange(len(newest))], 0.0)
    return replace(history, coming=Coming(people, PRIOR_ERROR, 1.0, history.cumulative, UNTOLD))


def learn_delays(versions: Versions, history: History) -> Delays:
    """Learn from the versions received by now how much of a day is known after how many days."""
    counts = np.stack([versions.known_after(delay, history) for delay in range(SETTLED + 3)])
    # a day's people as known `delay` days after it: the day before is then known one day longer
    people = np.diff(counts, axis=1, prepend=np.nan)
    people[:-1, 1:] = counts[:-1, 1:] - counts[1:, :-1]
    people, final = people[: SETTLED + 1], people[SETTLED + 1]
    there = np.isfinite(people) & np.isfinite(final)
    part = np.ones(SETTLED + 1)
    for delay in reversed(range(SETTLED)):
        then, whole = (np.where(there[delay], one, 0.0).sum(axis=1) for one in (people[delay], final))
        grew = whole[there[delay].any(axis=1)] > then[there[delay].any(axis=1)]
        part[delay] = part[delay + 1]  # of a delay that was never seen the next one's
        if grew.size and grew.mean() >= OFTEN and whole.sum() > 0:
            part[delay] = np.clip(then.sum() / whole.sum(), LEAST_PART, part[delay + 1])
    plain = Delays(part, np.ones((WEEK, len(history.areas))))
    if (part == 1).all():
        return plain
    lag = max(versions.today - len(history.dates) + 1, 0)  # of the newest count, now as in earlier weeks
    seen_on = (history.dates[0].weekday() + np.arange(len(history.dates)) + lag) % WEEK
    own = replace(plain, own=_own_ways(*_lacked(counts, plain, lag, seen_on), seen_on))
    error, spread = _errors(*_lacked(counts, own, lag, seen_on))
    return replace(own, error=error, spread=spread)


def _complete(history: History, delays: Delays, today: int) -> History:
    counted = drop_impossible(history.cumulative)
    newest = newest_day(counted)
    daily = np.diff(fill_days(counted), axis=0, prepend=np.nan)
    weekday = (history.dates[0].weekday() + today) % WEEK
    lack = delays.lacking(weekday, today - np.arange(len(counted)))
    later = np.cumsum(np.maximum(np.nan_to_num(daily), 0.0) * lack, axis=0)
    whole = np.minimum(history.cumulative + later, np.fmax(history.eligible, history.cumulative))
    people = np.nan_to_num((whole - history.cumulative)[newest, np.arange(len(newest))])
    if not people.any():
        return history
    coming = Coming(people, delays.error, delays.spread, history.cumulative)
    return replace(history, cumulative=whole, coming=coming)


def draw_coming(coming: Coming, columns: NDArray[np.intp], draws: int, joint: int) -> NDArray[np.float64]:
    """People to come beyond those the counts were completed by (draws, columns): common error and own."""
    common = np.random.default_rng([joint, 3]).standard_normal(draws)
    own = np.random.default_rng([joint, 4, int(columns[0])]).standard_normal((draws, len(columns)))
    people = coming.people[columns]
    drawn = people * np.exp(coming.error * common - coming.error**2 / 2)[:, None]
    drawn = np.maximum(drawn + np.sqrt(coming.spread * people) * own, 0.0)
    if coming.chance < 1:
        drawn *= (np.random.default_rng([joint, 5]).uniform(size=draws) < coming.chance)[:, None]
    return np.asarray(drawn - coming.completed[columns])


def late_table(history: History, draws: int, seed: int) -> pd.DataFrame:
    """Set what is counted of the newest days beside what is expected to have been done by them.

    Returns
    -------
    DataFrame
        ``location, date, counted, p10, p50, p90`` (people), one row an area, or the total, and day; none
        where nothing comes late.
    """
    coming = history.coming
    if coming is None:
        return pd.DataFrame(columns=contract.columns("nowcast.csv"))
    counted, whole = (hold_last(one)[-SETTLED:] for one in (history.reported, history.cumulative))
    late = np.nan_to_num(whole - counted)
    everybody, levels = np.zeros((draws, len(counted))), []
    for columns in np.array_split(np.arange(len(coming.people)), -(-len(coming.people) // SOME)):
        part = 1 + draw_coming(coming, columns, draws, seed) / np.maximum(coming.people[columns], 1e-9)
        drawn = counted[:, columns] + late[:, columns] * part[:, None]
        everybody += np.nansum(drawn, axis=2)
        levels.append(np.quantile(drawn, LEVELS, axis=0))
    levels.append(np.quantile(everybody[:, :, None], LEVELS, axis=0))
    low, middle, high = np.round(np.concatenate(levels, axis=2), 6)
    places = [*history.areas, TOTAL]
    table = pd.DataFrame(
        {
            "location": np.repeat(places, len(counted)),
            "date": np.tile(history.dates[-SETTLED:], len(places)),
            "counted": np.column_stack([counted, np.nansum(counted, axis=1)]).ravel("F"),
            "p10": low.ravel("F"),
            "p50": middle.ravel("F"),
            "p90": high.ravel("F"),
        }
    )
    return table.dropna(ignore_index=True)


def _lacked(
    counts: NDArray[np.float64], delays: Delays, lag: int, seen_on: NDArray[np.intp]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return what past days lacked `lag` days after them, as it was expected and as it came (T, A)."""
    expected = np.full(counts.shape[1:], np.nan)
    lag = min(lag, SETTLED)
    after, back = np.arange(lag, SETTLED + 1), np.arange(SETTLED + 1 - lag)
    for day in range(SETTLED + 1, len(expected)):
        known = counts[after, day - back]
        people = np.maximum(known[:-1] - known[1:], 0.0)
        expected[day] = (people * delays.lacking(int(seen_on[day]), after[:-1])).sum(axis=0)
    return expected, counts[SETTLED + 1] - counts[lag]


def _own_ways(
    expected: NDArray[np.float64], came: NDArray[np.float64], seen_on: NDArray[np.intp]
) -> NDArray[np.float64]:
    """Return what lacked by weekday and area (7, A), over what was expected; near 1 where little was seen."""
    there = np.isfinite(expected) & np.isfinite(came)
    expected, came = (np.where(there, one, 0.0) for one in (expected, came))
    usual = expected.sum(axis=0) / np.maximum(there.sum(axis=0), 1)
    by_area = (came.sum(axis=0) + ALIKE * usual) / np.maximum(expected.sum(axis=0) + ALIKE * usual, 1e-9)
    by_area[usual == 0] = 1.0
    days = seen_on[:, None] == np.arange(WEEK)
    whole, level = expected.sum(axis=1) @ days, usual.sum()
    by_day = (came.sum(axis=1) @ days + ALIKE * level) / np.maximum(whole + ALIKE * level, 1e-9)
    return np.asarray(np.maximum(by_day[:, None] * by_area, 0.0))


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
