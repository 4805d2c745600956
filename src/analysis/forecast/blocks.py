"""Joint sample paths of a model: what it says of coming weeks, from each area's newest count on, in blocks.

Every area's path begins at its own newest count, by the weeks that end on that day and by nothing later: an
area that fell silent is forecast as it was when it last spoke, and silence makes no range narrower.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from analysis.campaign.rhythm import WEEK
from analysis.forecast.clean import drop_impossible, fill_days, newest_day
from analysis.forecast.doubt import find_jumps, without
from analysis.forecast.drawn import laid_out, prepared
from analysis.forecast.nowcast import draw_coming
from analysis.forecast.paths import Paths
from analysis.forecast.stall import hold
from analysis.forecast.weekly import to_days, to_weeks
from analysis.progress import watched

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from analysis.forecast.history import History
    from analysis.forecast.models import Model, Sampler
    from analysis.forecast.weekly import Columns, Weekly

Part = tuple[int, int]
"""Which of all blocks, of how many parts: ``(1, 3)`` is the second block and every third after it."""
WHOLE: Part = (0, 1)

PATHS = 64_000
"""Paths simulated at a time, over areas and draws: memory stays the same for a province and a nation."""
LEAST_BLOCK = 16
"""Areas simulated at a time at the least, with however many draws."""
MANY_AREAS, DRAWS, DRAWS_MANY = 1000, 1000, 200
"""Sample paths unless told: enough for a 1 % quantile; fewer for a nation of communes."""


class Ahead(NamedTuple):
    """How far paths are drawn and how many; of these days the first `most` are made, of all blocks a `part`.

    What is made is the same as with all of them.
    """

    days: int
    draws: int
    most: int | None = None
    part: Part = WHOLE

    @property
    def made(self) -> int:
        """Days that are made."""
        return self.days if self.most is None else min(self.most, self.days)


def draws_for(history: History) -> int:
    """Return how many sample paths a history gets unless told."""
    return DRAWS if len(history.areas) <= MANY_AREAS else DRAWS_MANY


def simulate(history: History, model: Model, days: int, draws: int, rng: np.random.Generator) -> Paths:
    """Joint daily sample paths of a model: every area from its newest count to `days` after the origin."""
    return join(list(whole_blocks(history, model, Ahead(days, draws), rng)))


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
    history: History, model: Model, ahead: Ahead, rng: np.random.Generator
) -> Iterator[tuple[Columns, Paths]]:
    """As `simulate_blocks`, all blocks of the same days: before its path an area has what was counted."""
    counted = np.nan_to_num(fill_days(drop_impossible(history.cumulative)))
    doubted = replace(history, cumulative=without(history, find_jumps(history)))
    longest = len(history.dates) - 1 - int(_begin(doubted)[1].min()) + ahead.made
    for columns, block in simulate_blocks(history, model, ahead, rng):
        before = longest - block.course.shape[1]
        if before:
            course = laid_out((ahead.draws, longest, len(columns)))
            last = len(history.dates) + ahead.made - block.course.shape[1]
            course[:, :before] = counted[last - before : last, columns]
            course[:, before:] = block.course
            block = replace(block, course=course)
        yield columns, block


def simulate_blocks(
    history: History, model: Model, ahead: Ahead, rng: np.random.Generator
) -> Iterator[tuple[Columns, Paths]]:
    """As `simulate`, some areas at a time with their columns; draw `i` of all blocks belongs together.

    The areas of a block are known until the same day, and their paths begin on the day after it. An area
    whose newest count jumped is drawn by both readings: as reported, and as if the jump had not been sent.
    """
    joint = int(rng.integers(2**63))
    jumps = find_jumps(history)
    everywhere = np.arange(len(history.areas))
    if not jumps:
        yield from _seen(_blocks(history, model, ahead, joint, everywhere), len(everywhere))
        return
    real = {jump.area: jump.real for jump in jumps}
    doubted = replace(history, cumulative=without(history, jumps))
    jumped = _blocks(history, model, ahead._replace(part=WHOLE), joint, np.array(sorted(real)))
    believed = {
        int(column): (block, place) for columns, block in jumped for place, column in enumerate(columns)
    }
    belief = np.random.default_rng([joint, 2]).uniform(size=ahead.draws)
    blocks = _blocks(doubted, model, ahead, joint, everywhere)
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
    history: History, model: Model, ahead: Ahead, joint: int, those: Columns
) -> Iterator[tuple[Columns, Paths]]:
    """Paths of some areas by one reading of the counts, those known until the same day together."""
    (days, draws, _, (mine, parts)), number = ahead, count()
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
            course = _course(weekly, sample, picked, columns, (lag + days, lag + ahead.made), joint)
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
                    days=ahead.made,
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
