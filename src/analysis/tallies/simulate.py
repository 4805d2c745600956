"""Synthetic tallies with a known truth, written as the files that district teams would send.

No district series of this campaign was ever published, so one is simulated that agrees with every figure that
was. The model is the smallest that has the features the analysis must cope with:

- people not yet activated do so at a weekly hazard that drifts with the campaign's pace, with a shock of the
  week that all areas share and an autocorrelated one of their own;
- a day's count is negative binomial around hazard x remaining people x weekday x holiday;
- the day of the push has the totals the newspapers printed; of the accounts it brought beyond the
  counterfactual day, a share is taken away from the days after it (pulled forward), the rest is net gain.

The counterfactual is the same random draw without the push, so the truth is a difference of two paths, known
to the person.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import Field, ValidationError

from analysis.campaign import Campaign
from analysis.campaign.record import AreaCode, Record
from analysis.errors import InputError

Positive = Annotated[float, Field(gt=0)]
Share = Annotated[float, Field(ge=0, le=1)]
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


class Pace(Record):
    """The weekly hazard on one day, per eligible person not yet activated."""

    day: date
    weekly_hazard: Positive


class Push(Record):
    """The day of the push and the accounts activated on it: by mobilised area, and elsewhere in total."""

    day: date
    elsewhere: Annotated[int, Field(ge=0)]
    accounts: Mapping[AreaCode, Annotated[int, Field(ge=0)]]


class Mishap(Record):
    """One thing that goes wrong in the file of an area for the week that ends on ``week``."""

    area: AreaCode
    week: date
    kind: Literal["mistyped_cumulative", "blank_day", "late", "wrong_percentage"]
    corrected_after_days: Annotated[int, Field(gt=0)] | None = None
    late_days: Annotated[int, Field(gt=0)] | None = None


class Parameters(Record):
    """What ``[simulation]`` in campaign.toml may say; each is explained there."""

    last_day: date
    weekday: Annotated[tuple[Positive, ...], Field(min_length=7, max_length=7)]
    holiday: Positive
    common_shock: Positive
    own_shock: Positive
    own_persistence: Annotated[float, Field(ge=0, lt=1)]
    dispersion: Positive
    pulled_forward: Share
    pulled_days: Annotated[int, Field(gt=0)]
    pace: Annotated[tuple[Pace, ...], Field(min_length=2)]
    push: Push
    mishaps: tuple[Mishap, ...] = ()


@dataclass(frozen=True)
class Simulation:
    """Simulated new accounts by area and day, and the truth behind them.

    Attributes
    ----------
    days
        The D days, first to last.
    start
        (n,) accounts activated by the end of the first day; ``new`` is counted from the day after.
    new
        (n, D) accounts activated on each day, as the areas would count them; column 0 is zero.
    without_push
        (n, D) the same draws had nobody been mobilised.
    """

    days: pd.DatetimeIndex
    start: Ints
    new: Ints
    without_push: Ints

    @property
    def cumulative(self) -> Ints:
        """(n, D) accounts activated by the end of each day."""
        counted: Ints = self.start[:, None] + self.new.cumsum(axis=1)
        return counted


def parameters_of(campaign: Campaign) -> Parameters:
    """Read the simulation's parameters from the campaign, strictly."""
    where = campaign.folder / "campaign.toml"
    if campaign.simulation is None:
        raise InputError(f"{where}: no [simulation]; only a campaign that declares one can be simulated")
    try:
        return Parameters.model_validate(campaign.simulation)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        keys = ".".join(map(str, ("simulation", *first["loc"])))
        raise InputError(f"{where}: {keys}: {first['msg']}") from None


def simulate(campaign: Campaign, rng: np.random.Generator, *, lift: float | None = None) -> Simulation:
    """Draw one campaign that agrees with every published figure.

    Parameters
    ----------
    campaign
        With ``[simulation]``, a target and eligible people for every area, and published figures for its
        first day.
    rng
        The only source of randomness.
    lift
        Where given, the day of the push is not held to what was printed: the mobilised areas do this many
        times what they would have done, all alike, and the others what the model says.
    """
    given = parameters_of(campaign)
    days = pd.date_range(campaign.first_day, given.last_day, freq="D")
    start = _starting_counts(campaign, rng)
    eligible = np.array([area.eligible for area in campaign.areas], dtype=float)
    hazard = _daily_hazard(campaign, given, days, rng)
    push = (given.push.day - campaign.first_day).days

    pushed = np.array([area.code in given.push.accounts for area in campaign.areas])
    printed = [given.push.accounts[area.code] for area in campaign.areas if area.code in given.push.accounts]
    held = (push, ~pushed) if lift is None else None
    without = _draw_counts(start, eligible, hazard, given, held, rng)
    new = without.copy()
    new[pushed, push] = printed if lift is None else np.rint(lift * without[pushed, push])
    extra = new[:, push] - without[:, push]
    new -= _pulled_from(without, extra, given, push, rng)
    return Simulation(days, start, new, without)


def truth(campaign: Campaign, simulation: Simulation) -> dict[str, object]:
    """Return what mobilising changed in this simulation, in persons, by area and by days since the push."""
    given = parameters_of(campaign)
    push = (given.push.day - campaign.first_day).days
    gained = (simulation.new - simulation.without_push)[:, push:].cumsum(axis=1)
    horizons = [day for day in (0, 6, 13, 20) if day < gained.shape[1]]
    by_area = {
        area.code: {
            "new_on_day": int(simulation.new[row, push]),
            "new_on_day_without_push": int(simulation.without_push[row, push]),
            "extra_by_day": {str(day): int(gained[row, day]) for day in horizons},
        }
        for row, area in enumerate(campaign.areas)
        if area.code in given.push.accounts
    }
    return {
        "simulated": True,
        "campaign": campaign.code,
        "seed": campaign.seed,
        "push_day": given.push.day.isoformat(),
        "share_pulled_forward_within_days": {"share": given.pulled_forward, "days": given.pulled_days},
        "areas": by_area,
        "extra_by_day_total": {str(day): int(gained[:, day].sum()) for day in horizons},
        "cumulative_by_day_total": {
            str(day.date()): int(count)
            for day, count in zip(simulation.days, simulation.cumulative.sum(axis=0), strict=True)
        },
    }


def _starting_counts(campaign: Campaign, rng: np.random.Generator) -> Ints:
    """Start areas at their printed percentage where there is one; share out the rest of the total."""
    figures = [figure for figure in campaign.published if figure.date == campaign.first_day]
    total = next(f.value for f in figures if f.area == "total" and f.metric == campaign.measure)
    printed = {f.area: f.value for f in figures if f.metric == "activated_pct_of_target"}
    target = np.array([area.target for area in campaign.areas], dtype=float)
    named = np.array([area.code in printed for area in campaign.areas])
    counts = np.zeros(len(target), dtype=np.int64)
    counts[named] = [
        round(printed[a.code] / 100 * (a.target or 0)) for a in campaign.areas if a.code in printed
    ]
    rest = int(total) - int(counts.sum())
    # The newspaper named the lowest, so the unnamed lie above them: unequal, but not by much.
    weight = target[~named] * rng.uniform(0.8, 1.2, size=(~named).sum())
    counts[~named] = _shared_out(rest, weight)
    return counts


def _shared_out(total: int, weight: Floats) -> Ints:
    """Share ``total`` out in proportion to ``weight``, by largest remainder, so that the parts add up."""
    quota = total * weight / weight.sum()
    parts = np.floor(quota).astype(np.int64)
    parts[np.argsort(parts - quota, kind="stable")[: total - int(parts.sum())]] += 1
    return np.asarray(parts, dtype=np.int64)


def _daily_hazard(
    campaign: Campaign, given: Parameters, days: pd.DatetimeIndex, rng: np.random.Generator
) -> Floats:
    """(n, D) hazard of each day: pace x weekday x holiday x the week's shocks."""
    knots = np.array([pd.Timestamp(pace.day).toordinal() for pace in given.pace])
    log_pace = np.interp(
        [day.toordinal() for day in days], knots, np.log([pace.weekly_hazard / 7 for pace in given.pace])
    )
    weekday = np.array(given.weekday)[days.day_of_week]
    closed = np.zeros(len(days), dtype=bool)
    for holiday in campaign.holidays:
        closed |= (days >= pd.Timestamp(holiday.first)) & (days <= pd.Timestamp(holiday.last))
    week = (days - days[0]).days.to_numpy() // 7
    weeks, n = int(week[-1]) + 1, len(campaign.areas)
    common = rng.normal(0, given.common_shock, weeks)
    own = np.zeros((n, weeks))
    own[:, 0] = rng.normal(0, given.own_shock, n)
    fresh = given.own_shock * np.sqrt(1 - given.own_persistence**2)
    for w in range(1, weeks):
        own[:, w] = given.own_persistence * own[:, w - 1] + rng.normal(0, fresh, n)
    level = np.exp(log_pace) * weekday * np.where(closed, given.holiday, 1.0)
    return np.asarray(level * np.exp(common[week] + own[:, week]), dtype=float)


def _draw_counts(
    start: Ints,
    eligible: Floats,
    hazard: Floats,
    given: Parameters,
    held: tuple[int, NDArray[np.bool_]] | None,
    rng: np.random.Generator,
) -> Ints:
    """(n, D) counts without the push; on the day held, the areas held add up to what was printed."""
    n, span = hazard.shape
    new = np.zeros((n, span), dtype=np.int64)
    done = start.astype(float)
    for day in range(1, span):
        mean = hazard[:, day] * np.maximum(eligible - done, 0)
        rate = rng.gamma(given.dispersion, mean / given.dispersion)
        new[:, day] = np.minimum(rng.poisson(rate), np.maximum(eligible - done, 0).astype(np.int64))
        if held is not None and day == held[0]:
            elsewhere = held[1]
            new[elsewhere, day] = rng.multinomial(
                given.push.elsewhere, mean[elsewhere] / mean[elsewhere].sum()
            )
        done += new[:, day]
    return new


def _pulled_from(without: Ints, extra: Ints, given: Parameters, push: int, rng: np.random.Generator) -> Ints:
    """(n, D) accounts that later days lose because the push brought them forward."""
    lost = np.zeros_like(without)
    later = slice(push + 1, push + 1 + given.pulled_days)
    for row in np.flatnonzero(extra > 0):
        available = without[row, later]
        fading = np.exp(-np.arange(available.size) / (given.pulled_days / 2))
        weight = available * fading
        whole = np.exp(-np.arange(given.pulled_days) / (given.pulled_days / 2)).sum()
        # The simulation may end before the last of those days: only the part due by then is lost in it.
        due = int(given.pulled_forward * extra[row] * fading.sum() / whole)
        lost[row, later] = np.minimum(rng.multinomial(due, weight / weight.sum()), available)
    return lost
