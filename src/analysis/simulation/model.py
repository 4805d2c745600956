"""Counts drawn from a model, with a known truth.

Where figures were published but no series of the areas, one is drawn that agrees with every figure that was.
The model is the smallest that has the features the analysis must cope with:

- people not yet counted are, at a weekly hazard that drifts with the campaign's pace, with a shock of the
  week that all areas share and an autocorrelated one of their own;
- a day's count is negative binomial around hazard x remaining people x weekday x holiday;
- the day of the push has the totals that were printed, or what it would have had, times a lift; of what it
  brought beyond the counterfactual days, a share is taken away from the days after it (pulled forward), the
  rest is net gain.

The counterfactual is the same random draw without the push, so the truth is a difference of two paths, known
to the person.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analysis.campaign import TOTAL, Area, Campaign, load_campaign
from analysis.errors import InputError
from analysis.simulation.parameters import Drawn, Shared, parameters_of

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Simulation:
    """Simulated new counts by area and day, and the truth behind them.

    Attributes
    ----------
    areas
        The n areas that are counted.
    days
        The D days, first to last.
    pushed
        (n, 2) first and last day of each area's first push as positions in ``days``; -1 where there is none.
    start
        (n,) people counted by the end of the first day; ``new`` is counted from the day after.
    new
        (n, D) people counted on each day, as the areas would count them; column 0 is zero.
    without_push
        (n, D) the same draws had nobody been mobilised.
    """

    areas: tuple[Area, ...]
    days: pd.DatetimeIndex
    pushed: Ints
    start: Ints
    new: Ints
    without_push: Ints

    @property
    def cumulative(self) -> Ints:
        """(n, D) people counted by the end of each day."""
        counted: Ints = self.start[:, None] + self.new.cumsum(axis=1)
        return counted


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
    if isinstance(given, Shared):
        raise InputError(f"{campaign.folder / 'campaign.toml'}: simulation: shares out those of {given.of}")
    days = pd.date_range(campaign.first_day, given.last_day, freq="D")
    areas = tuple(campaign.area(code) for code in campaign.tree(given.last_day).leaves)
    eligible = np.array([area.eligible or given.eligible.get(area.code, 0) for area in areas], dtype=float)
    start = _starting_counts(campaign, given, areas, eligible, rng)
    hazard = _daily_hazard(campaign, given, days, len(areas), rng)
    spans = _pushed(campaign, areas, days)
    pushed = spans[:, 0] >= 0
    held = None
    if given.push is not None and lift is None:
        held = ((given.push.day - campaign.first_day).days, ~pushed, given.push.elsewhere)
    without = _draw_counts(start, eligible, hazard, given.dispersion, held, rng)
    new = without.copy()
    for row in np.flatnonzero(pushed):
        span = slice(spans[row, 0], spans[row, 1] + 1)
        if given.push is not None and lift is None:
            new[row, span] = given.push.counted[areas[row].code]
        else:
            new[row, span] = np.rint((lift or given.lift or 1.0) * without[row, span])
    extra = (new - without).sum(axis=1)
    new -= _pulled_from(without, extra, given, spans[:, 1], rng)
    return Simulation(areas, days, spans, start, new, without)


def draw(campaign: Campaign) -> Simulation:
    """Draw a campaign from its own seed: by the model, or as shares of the campaign of the areas above."""
    given = parameters_of(campaign)
    rng = np.random.default_rng(campaign.seed)
    return share_out(campaign, given, rng) if isinstance(given, Shared) else simulate(campaign, rng)


def share_out(campaign: Campaign, given: Shared, rng: np.random.Generator) -> Simulation:
    """Share another campaign's counts out among the areas below each of its own, to the person.

    The counts without the push are shared in proportion to the people left in each area and its own drifting
    weight; what the push added, or took from later days, is shared by the same weights, and no area ever
    counts less than nobody.
    """
    above = draw(load_campaign(campaign.folder.resolve().parent / given.of))
    tree = campaign.tree(given.last_day)
    areas = tuple(campaign.area(code) for code in tree.leaves)
    first = int((pd.Timestamp(campaign.first_day) - above.days[0]).days)
    days = above.days[first:][above.days[first:] <= pd.Timestamp(given.last_day)]
    rows = {area.code: row for row, area in enumerate(areas)}
    shape = (len(areas), len(days))
    start, new, without = np.zeros(shape[0], np.int64), np.zeros(shape, np.int64), np.zeros(shape, np.int64)
    for number, parent in enumerate(above.areas):
        below = [rows[code] for code in tree.leaves_of(parent.code)]
        some = [areas[row] for row in below]
        here = slice(first, first + len(days))
        counted = above.cumulative[number, first], above.new[number, here], above.without_push[number, here]
        start[below], new[below], without[below] = _shared(*counted, some, given, rng)
    new[:, 0], without[:, 0] = 0, 0
    return Simulation(areas, days, _pushed(campaign, areas, days), start, new, without)


def _shared(
    start: int, new: Ints, without: Ints, areas: list[Area], given: Shared, rng: np.random.Generator
) -> tuple[Ints, Ints, Ints]:
    """Share one area's start and its (D,) counts out among the areas below it: (k,), (k, D) and (k, D)."""
    people = np.array([area.eligible for area in areas], dtype=float)
    own = rng.normal(0, given.spread, len(areas))
    done = _shared_out(int(start), people * np.exp(own / 4))
    begun = done.copy()
    counts, plain = np.zeros((2, len(areas), len(new)), dtype=np.int64)
    for day in range(1, len(new)):
        if day % 7 == 1:
            own = 0.9 * own + rng.normal(0, given.drift, len(areas))
        weight = np.maximum(people - done, 1) * np.exp(own)
        plain[:, day] = rng.multinomial(without[day], weight / weight.sum())
        change = int(new[day] - without[day])
        if change >= 0:
            counts[:, day] = plain[:, day] + rng.multinomial(change, weight / weight.sum())
        else:
            taken = rng.multivariate_hypergeometric(plain[:, day], -change)
            counts[:, day] = plain[:, day] - taken
        done += counts[:, day]
    return begun, counts, plain


def _pushed(campaign: Campaign, areas: tuple[Area, ...], days: pd.DatetimeIndex) -> Ints:
    """(n, 2) first and last position of each area's first push, or of one above it; -1: none."""
    spans = np.full((len(areas), 2), -1, dtype=np.int64)
    tree = campaign.tree(days[-1].date())
    rows = {area.code: row for row, area in enumerate(areas)}
    for one in sorted(campaign.mobilisations, key=lambda one: one.first_day, reverse=True):
        first = (pd.Timestamp(one.first_day) - days[0]).days
        last = (pd.Timestamp(one.last_day or one.first_day) - days[0]).days
        for code in tree.leaves_of(one.area):
            if 0 <= first < len(days) and code in rows:
                spans[rows[code]] = first, min(last, len(days) - 1)
    return spans


def _starting_counts(
    campaign: Campaign, given: Drawn, areas: tuple[Area, ...], eligible: Floats, rng: np.random.Generator
) -> Ints:
    """Start areas at their printed percentage where there is one; share out the rest of the total.

    Where no total was published, each starts at about the declared share of its eligible people.
    """
    figures = [figure for figure in campaign.published if figure.date == campaign.first_day]
    totals = [one.value for one in figures if one.area == TOTAL and one.metric == campaign.measure]
    if not totals:
        return np.rint((given.start_share or 0.0) * eligible * rng.uniform(0.8, 1.2, len(areas))).astype(
            np.int64
        )
    total = totals[0]
    codes = {area.code for area in areas}
    printed = {
        one.area: one.value for one in figures if one.metric == given.start_metric and one.area in codes
    }
    target = np.array([area.target for area in areas], dtype=float)
    named = np.array([area.code in printed for area in areas])
    counts = np.zeros(len(target), dtype=np.int64)
    counts[named] = [round(printed[a.code] / 100 * (a.target or 0)) for a in areas if a.code in printed]
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
    campaign: Campaign, given: Drawn, days: pd.DatetimeIndex, n: int, rng: np.random.Generator
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
    weeks = int(week[-1]) + 1
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
    dispersion: float,
    held: tuple[int, NDArray[np.bool_], int] | None,
    rng: np.random.Generator,
) -> Ints:
    """(n, D) counts without the push; on the day held, the areas held add up to what was printed."""
    n, span = hazard.shape
    new = np.zeros((n, span), dtype=np.int64)
    done = start.astype(float)
    for day in range(1, span):
        mean = hazard[:, day] * np.maximum(eligible - done, 0)
        rate = rng.gamma(dispersion, mean / dispersion)
        new[:, day] = np.minimum(rng.poisson(rate), np.maximum(eligible - done, 0).astype(np.int64))
        if held is not None and day == held[0]:
            elsewhere = held[1]
            new[elsewhere, day] = rng.multinomial(held[2], mean[elsewhere] / mean[elsewhere].sum())
        done += new[:, day]
    return new


def _pulled_from(without: Ints, extra: Ints, given: Drawn, ends: Ints, rng: np.random.Generator) -> Ints:
    """(n, D) people that later days lose because the push brought them forward."""
    lost = np.zeros_like(without)
    for row in np.flatnonzero(extra > 0):
        later = slice(ends[row] + 1, ends[row] + 1 + given.pulled_days)
        available = without[row, later]
        if not available.any():
            continue  # the simulation ends with the push, or nobody is left: none is missed later
        fading = np.exp(-np.arange(available.size) / (given.pulled_days / 2))
        weight = available * fading
        whole = np.exp(-np.arange(given.pulled_days) / (given.pulled_days / 2)).sum()
        # The simulation may end before the last of those days: only the part due by then is lost in it.
        due = int(given.pulled_forward * extra[row] * fading.sum() / whole)
        lost[row, later] = np.minimum(rng.multinomial(due, weight / weight.sum()), available)
    return lost
