"""Models of the weekly log hazard: each turns a history in weeks into joint sample paths of coming weeks.

A model is a function ``(weekly, weeks, draws, rng) -> sampler``; its sampler gives the log hazards (draws,
weeks, areas) of some areas. The shell in `weekly` makes daily counts of them, so every model keeps the
ceiling and the weekday profile, and no path of any model falls.

Every area's path begins at its own newest count, by the weeks that end on that day and by nothing later: an
area that fell silent is forecast as it was when it last spoke, and silence makes no range narrower.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from analysis.campaign.rhythm import WEEK
from analysis.forecast.clean import drop_impossible, fill_days, newest_day
from analysis.forecast.doubt import find_jumps, without
from analysis.forecast.drawn import laid_out, prepared
from analysis.forecast.level import Level, fit_levels
from analysis.forecast.nowcast import draw_coming
from analysis.forecast.paths import Paths
from analysis.forecast.stall import hold
from analysis.forecast.weekly import Weekly, to_days, to_weeks
from analysis.progress import watched

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analysis.forecast.history import History
    from analysis.forecast.weekly import Columns

Sampler = Callable[["Columns", int, np.random.Generator], "NDArray[np.float64]"]
Model = Callable[[Weekly, int, int, np.random.Generator], Sampler]

Part = tuple[int, int]
"""Which of all blocks, of how many parts: ``(1, 3)`` is the second block and every third after it."""
WHOLE: Part = (0, 1)

PATHS = 64_000
"""Paths simulated at a time, over areas and draws: memory stays the same for a province and a nation."""
LEAST_BLOCK = 16
"""Areas simulated at a time at the least, with however many draws."""
MANY_AREAS, DRAWS, DRAWS_MANY = 1000, 1000, 200
"""Sample paths unless told: enough for a 1 % quantile; fewer for a nation of communes."""
PRIOR_SD = 0.35
"""Standard deviation of a week-to-week change in log hazard where history is too short to show its own."""
MIN_WEEKS = 4
"""Weeks below which a structural model cannot tell level from noise; the naive model stands in."""


def draws_for(history: History) -> int:
    """Return how many sample paths a history gets unless told."""
    return DRAWS if len(history.areas) <= MANY_AREAS else DRAWS_MANY


def simulate(history: History, model: Model, days: int, draws: int, rng: np.random.Generator) -> Paths:
    """Joint daily sample paths of a model: every area from its newest count to `days` after the origin."""
    return join(list(whole_blocks(history, model, days, draws, rng)))


def join(drawn: Sequence[tuple[Columns, Paths]]) -> Paths:
    """Put blocks of the same days together, the areas in the order of their columns."""
    order = np.argsort(np.concatenate([columns for columns, _ in drawn]))
    blocks = [block for _, block in drawn]
    areas = [area for block in blocks for area in block.areas]
    draws, days, _ = blocks[0].course.shape
    course = laid_out((draws, days, len(areas)))
    for columns, block in drawn:
        course[:, :, columns] = block.course
    return replace(
        blocks[0],
        areas=tuple(areas[at] for at in order),
        start=np.concatenate([block.start for block in blocks])[order],
        sure=np.concatenate([block.sure for block in blocks])[order],
        eligible=np.concatenate([block.eligible for block in blocks])[order],
        known_until=pd.DatetimeIndex(np.concatenate([block.known_until for block in blocks])[order]),
        course=course,
    )


def whole_blocks(
    history: History,
    model: Model,
    days: int,
    draws: int,
    rng: np.random.Generator,
    most: int | None = None,
    part: Part = WHOLE,
) -> Iterator[tuple[Columns, Paths]]:
    """As `simulate_blocks`, all blocks of the same days: before its path an area has what was counted.

    Of paths of so many `days` the first `most` are made, if told, and of all blocks a `part`: the same as
    with all of them.
    """
    most = days if most is None else min(most, days)
    counted = np.nan_to_num(fill_days(drop_impossible(history.cumulative)))
    doubted = replace(history, cumulative=without(history, find_jumps(history)))
    longest = len(history.dates) - 1 - int(_begin(doubted)[1].min()) + most
    for columns, block in simulate_blocks(history, model, days, draws, rng, most, part):
        before = longest - block.course.shape[1]
        if before:
            course = laid_out((draws, longest, len(columns)))
            last = len(history.dates) + most - block.course.shape[1]
            course[:, :before] = counted[last - before : last, columns]
            course[:, before:] = block.course
            block = replace(block, course=course)
        yield columns, block


def simulate_blocks(
    history: History,
    model: Model,
    days: int,
    draws: int,
    rng: np.random.Generator,
    most: int | None = None,
    part: Part = WHOLE,
) -> Iterator[tuple[Columns, Paths]]:
    """As `simulate`, some areas at a time with their columns; draw `i` of all blocks belongs together.

    The areas of a block are known until the same day, and their paths begin on the day after it. An area
    whose newest count jumped is drawn by both readings: as reported, and as if the jump had not been sent.
    """
    joint, ahead = int(rng.integers(2**63)), (days, days if most is None else most)
    jumps = find_jumps(history)
    everywhere = np.arange(len(history.areas))
    if not jumps:
        yield from _seen(_blocks(history, model, ahead, draws, joint, everywhere, part), len(everywhere))
        return
    real = {jump.area: jump.real for jump in jumps}
    doubted = replace(history, cumulative=without(history, jumps))
    believed = {
        int(column): (block, place)
        for columns, block in _blocks(history, model, ahead, draws, joint, np.array(sorted(real)))
        for place, column in enumerate(columns)
    }
    belief = np.random.default_rng([joint, 2]).uniform(size=draws)
    blocks = _blocks(doubted, model, ahead, draws, joint, everywhere, part)
    for columns, block in _seen(blocks, len(everywhere)):
        yield columns, _both(block, columns, believed, {area: belief < part for area, part in real.items()})


def _seen(blocks: Iterator[tuple[Columns, Paths]], areas: int) -> Iterator[tuple[Columns, Paths]]:
    return watched(prepared(blocks), "forecast", "area", areas, lambda block: len(block[0]))


def _both(
    block: Paths,
    columns: Columns,
    believed: Mapping[int, tuple[Paths, int]],
    draws: Mapping[int, NDArray[np.bool_]],
) -> Paths:
    """Put the paths that believe a jump in the draws that do, of those areas of a block that jumped."""
    start, sure, known = block.start.copy(), block.start.copy(), list(block.known_until)
    for place, column in enumerate(columns):
        if int(column) in believed:
            other, at = believed[int(column)]
            mine, days = block.course[:, :, place], other.course.shape[1]
            chosen = draws[int(column)]
            mine[chosen, -days:] = other.course[chosen, :, at]
            if days < mine.shape[1]:  # between the doubted count and the reported one: not above the latter
                mine[chosen, :-days] = np.minimum(mine[chosen, :-days], other.start[at])
            start[place], known[place] = other.start[at], other.known_until[at]
            sure[place] = min(block.start[place], other.start[at])
    return replace(block, start=start, sure=sure, known_until=pd.DatetimeIndex(known))


def _blocks(
    history: History,
    model: Model,
    ahead: tuple[int, int],
    draws: int,
    joint: int,
    those: Columns,
    part: Part = WHOLE,
) -> Iterator[tuple[Columns, Paths]]:
    """Paths of some areas by one reading of the counts, those known until the same day together.

    They are drawn so many days `ahead`, and made so many.
    """
    (days, most), (mine, parts), number = ahead, part, count()
    newest, until = _begin(history)
    size = max(PATHS // draws, LEAST_BLOCK)
    weeks = -(-(int((len(history.dates) - 1 - until).max()) + days) // WEEK)
    for day in np.unique(until[those])[::-1]:
        weekly = to_weeks(history.until(history.dates[day]))
        shared = np.random.default_rng(joint)  # the same for areas of every day, so that totals stay joint
        replay = shared.spawn(1)[0]
        sample = model(weekly, weeks, draws, shared)
        picked = replay.integers(len(weekly.shape), size=(weeks, draws)).T
        these = those[until[those] == day]
        for first in range(0, len(these), size):
            if next(number) % parts != mine:
                continue
            columns = these[first : first + size]
            lag = len(history.dates) - 1 - int(day)
            course = _course(weekly, sample, picked, columns, (lag + days, lag + most), joint)
            reported = weekly.start[columns]
            if history.coming is not None:
                # laid out as the paths are: else each number of a million is fetched from afar
                coming = np.asfortranarray(draw_coming(history.coming, columns, draws, joint))[:, None]
                np.minimum(np.add(course, coming, out=course), weekly.ceiling[columns], out=course)
                reported = reported - history.coming.completed[columns]
            yield (
                columns,
                Paths(
                    origin=history.origin,
                    areas=tuple(weekly.areas[column] for column in columns),
                    start=reported,
                    sure=reported,
                    eligible=history.eligible[columns],
                    known_until=history.dates[newest[columns]],
                    course=course,
                    days=most,
                ),
            )


def _begin(history: History) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the row of each area's newest count, and that after which its path begins.

    A week is the least that a model can be made of; an area that fell silent before it stands still to it.
    """
    newest = newest_day(drop_impossible(history.cumulative))
    return newest, np.maximum(newest, min(WEEK, len(history.dates) - 1))


def _course(
    weekly: Weekly,
    sample: Sampler,
    picked: NDArray[np.intp],
    columns: Columns,
    ahead: tuple[int, int],
    joint: int,
) -> NDArray[np.float64]:
    """Daily paths (draws, days, columns) of some areas from the end of their weeks on; see `_blocks`."""
    drawn, weeks = (-(-days // WEEK) for days in ahead)
    own = np.random.default_rng([joint, weekly.origin.toordinal(), int(columns[0])])
    # members of an ensemble draw one after another: fewer weeks of one would be other draws of the next
    hazard = np.exp(sample(columns, drawn, own)[:, :weeks])
    standing = weekly.standing[columns]
    if standing.any():
        again = np.random.default_rng([joint, 1])
        hazard = hold(hazard, weekly.log_hazard[:, columns], standing, weekly.ending, again)
    return to_days(weekly, hazard, picked[:, :weeks], ahead[1], columns)


def naive(weekly: Weekly, weeks: int, draws: int, rng: np.random.Generator) -> Sampler:
    """Last week's hazard goes on, with past week-to-week changes drawn with either sign.

    A coming week of a draw takes the changes of one past week, the same for all areas, so that what is common
    to the areas stays common (the idea of reichlab's hub baseline, Ray et al., with joint draws).
    """
    level = last_level(weekly)
    changes = np.diff(weekly.log_hazard, axis=0)
    changes = changes[np.isfinite(changes).any(axis=1)]
    changes = np.where(np.isfinite(changes), changes, 0.0)
    if changes.shape[0] < 2:
        changes = np.full((1, len(weekly.areas)), PRIOR_SD)
    walk = walks(changes, weeks, draws, rng)
    return lambda columns, weeks, _: level[columns] + walk(columns, weeks)


def walks(
    changes: NDArray[np.float64], weeks: int, draws: int, rng: np.random.Generator
) -> Callable[[Columns, int], NDArray[np.float64]]:
    """Draw which past change each coming week repeats and with which sign: what that adds up to by area."""
    which, signs = rng.spawn(2)  # apart, so that the signs do not hang on how many changes there were
    # week by week, so that a longer look ahead begins as a shorter one
    picked = which.integers(len(changes), size=(weeks, draws)).T
    sign = signs.choice([-1.0, 1.0], size=(weeks, draws)).T[:, :, None]
    return lambda columns, weeks: np.cumsum(sign[:, :weeks] * changes[:, columns][picked[:, :weeks]], axis=1)


def structural(weekly: Weekly, weeks: int, draws: int, rng: np.random.Generator) -> Sampler:
    """Simulate a local level on each area's weekly log hazard, with shocks that areas share.

    Level and noise variances are each area's own, by maximum likelihood; the correlation of the shocks is the
    mean correlation of the areas' one-week-ahead errors.
    """
    if weekly.log_hazard.shape[0] < MIN_WEEKS:
        return naive(weekly, weeks, draws, rng)
    common = rng.standard_normal((2 * weeks + 1, draws, 1)).swapaxes(0, 1)
    fit = _fit_levels(weekly)

    def sample(columns: Columns, weeks: int, rng: np.random.Generator) -> NDArray[np.float64]:
        shared = _mean_correlation(fit.errors[1:, columns])
        own = rng.standard_normal((draws, 2 * weeks + 1, columns.size))
        shocks = np.sqrt(shared) * common[:, : 2 * weeks + 1] + np.sqrt(1 - shared) * own
        walk = np.cumsum(fit.step_sd[columns] * shocks[:, 1 : weeks + 1], axis=1)
        start = fit.level[columns] + fit.level_sd[columns] * shocks[:, :1]
        return np.asarray(start + walk + fit.noise_sd[columns] * shocks[:, weeks + 1 :])

    return sample


def last_level(weekly: Weekly) -> NDArray[np.float64]:
    """Newest known log hazard by area (A,); one half-person week where an area never reported two weeks."""
    known = np.isfinite(weekly.log_hazard)
    never: NDArray[np.float64] = np.log(0.5 / np.maximum(weekly.ceiling - weekly.start, 1.0))
    if not known.shape[0]:
        return never
    newest = known.shape[0] - 1 - np.argmax(known[::-1], axis=0)
    level = weekly.log_hazard[newest, np.arange(known.shape[1])]
    return np.where(known.any(axis=0), level, never)


def _fit_levels(weekly: Weekly) -> Level:
    """Fit every area's level; one of too few weeks, or that never varied, walks from its newest as usual."""
    series = weekly.log_hazard
    fit = fit_levels(series)
    known = np.isfinite(series)
    varied = np.where(known, series, -np.inf).max(axis=0) > np.where(known, series, np.inf).min(axis=0)
    told = (known.sum(axis=0) >= MIN_WEEKS) & varied
    return Level(
        level=np.where(told, fit.level, np.where(known.any(axis=0), last_level(weekly), np.log(1e-6))),
        level_sd=np.where(told, fit.level_sd, 0.0),
        step_sd=np.where(told, fit.step_sd, PRIOR_SD),
        noise_sd=np.where(told, fit.noise_sd, 0.0),
        errors=np.where(told, fit.errors, 0.0),
    )


def _mean_correlation(errors: NDArray[np.float64]) -> float:
    """Mean pairwise correlation of the columns of (W, A), in [0, 0.95]; 0.5 where it cannot be seen."""
    usable = errors[:, errors.std(axis=0) > 0]
    if usable.shape[0] < MIN_WEEKS or usable.shape[1] < 2:
        return 0.5
    correlation = np.atleast_2d(np.corrcoef(usable.T))
    return float(np.clip(correlation[np.triu_indices_from(correlation, 1)].mean(), 0.0, 0.95))
