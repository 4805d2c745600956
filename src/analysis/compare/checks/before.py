"""What the weeks before the push say of each area: its level, noise, trend and last weeks."""

from dataclasses import dataclass

import numpy as np

from analysis.compare.changes import counted
from analysis.compare.checks.base import Case
from analysis.compare.design import Matrix, Vector

LEAST = 4
"""Weeks before the push without which nothing is said of noise, trend or the last weeks."""


@dataclass(frozen=True)
class Before:
    """Numbers of the compared areas, from whole weeks before the push (periods, where days were not counted).

    Attributes
    ----------
    noise
        ``(n,)`` standard deviation of weekly log rates, the comparison areas' course and own trend taken out.
    slope
        ``(n,)`` log points a week.
    last
        ``(n,)`` last week's log rate less the mean of the weeks before the last two.
    recent
        ``(n,)`` the same of the last two weeks together.
    reach
        Weeks from the middle of the weeks before to the middle of the window.
    weeks
        How many weeks before there are.
    length
        ``(n,)`` how many of its usual weeks an area's window is worth: a quiet Sunday is less than a seventh.
    """

    noise: Vector
    slope: Vector
    last: Vector
    recent: Vector
    reach: float
    weeks: int
    length: Vector


def look_before(case: Case) -> Before | None:
    """Describe the weeks before; ``None`` with fewer than :data:`LEAST` of them."""
    found = _weekly(case)
    if found is None:
        return None
    y, e = found
    weekly = np.log(np.maximum(y, 0.5)) - np.log(e)
    weeks = weekly.shape[1]
    own = weekly - weekly.mean(axis=1, keepdims=True)
    own = own - own[~case.treated].mean(axis=0, keepdims=True)  # a broken week of ours is no common one
    at = np.arange(weeks) - (weeks - 1) / 2
    slope = own @ at / float(at @ at)
    left = own - slope[:, None] * at
    length = (case.window.last - case.window.first + 1) / case.design.cycle
    middle = weeks / 2 + case.window.first / case.design.cycle + length / 2
    return Before(
        noise=np.sqrt((left**2).sum(axis=1) / (weeks - 2)),
        slope=slope,
        last=own[:, -1] - own[:, :-2].mean(axis=1),
        recent=own[:, -2:].mean(axis=1) - own[:, :-2].mean(axis=1),
        reach=middle,
        weeks=weeks,
        length=_usual_weeks(case, y.sum(axis=1) / e.sum(axis=1)),
    )


def _usual_weeks(case: Case, daily: Vector) -> Vector:
    """Set the persons expected in the window against those of a week at the rate of the weeks before."""
    found, used = case.tested.changes, case.tested.groups.used
    left = found.left[used]
    people = left.sum(axis=1) / np.maximum((left > 0).sum(axis=1), 1)
    week = daily * people * case.design.cycle
    return np.asarray(found.expected[used] / np.where(week > 0, week, np.inf))


def _weekly(case: Case) -> tuple[Matrix, Matrix] | None:
    """``(n, W)`` persons counted in whole weeks back from the push, and among how many; oldest first."""
    design, groups = case.design, case.tested.groups
    base = case.tested.changes.base
    seen = counted(design, groups) & base
    back = (design.first_start - 1 - design.times) // design.cycle
    numbers = np.unique(back[base])[::-1]
    if len(numbers) < LEAST:
        return None
    rows = [
        (np.where(seen[:, one], design.outcome[:, one], 0.0).sum(axis=1),
         np.where(seen[:, one], design.people[:, one], 0.0).sum(axis=1))
        for one in (base & (back == number) for number in numbers)
    ]  # fmt: skip
    y, e = (np.stack(part, axis=1)[groups.used] for part in zip(*rows, strict=True))
    if (e <= 0).any():
        return None
    return y, e
