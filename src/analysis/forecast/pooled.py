"""The headline model: weekly log hazards of all areas as one common course and each area's own deviation.

The method with its formulas stands in ``docs/methods/forecast.md`` (equations 5 to 10). Every constant is in
`Settings` with where it comes from; how little the scores move when each is halved or doubled is measured
there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from analysis.forecast.rush import draw_rise, weeks_ahead

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from analysis.forecast.models import Sampler
    from analysis.forecast.weekly import Columns, Weekly


@dataclass(frozen=True)
class Settings:
    """Constants of the model, on the scale of weekly log hazards; the scales are priors that history moves.

    Attributes
    ----------
    gain, carry, damping : float
        How fast the common slope follows its weekly changes, how much of it is carried into the forecast,
        and by what factor it fades each week. Facts behind them: a trend must be damped; a change between
        *averages* of a random walk goes on by about a quarter (Working 1960).
    opening, fading : float
        The usual course: a log hazard of `opening` (13.5 % of those left in a week) when nobody is counted
        yet, falling with the `fading`-th power of the share of people left, because the willing come first.
    opening_sd, fading_sd : float
        How drives differ in them: standard deviation of `opening`, and of the logarithm of `fading`. Each
        draw has its own, because nobody knows beforehand of which kind a drive is.
    pull, rise : float
        Share of the distance to the usual course that a drive loses each week (half in five), and how much
        of that a drive slower than usual gains.
    strange : float
        Log hazards above the usual course beyond which a drive is more and more taken for one of another
        kind, and less and less drawn back.
    common_sd, momentum : float
        Prior standard deviation of a week's common surprise at the middling hazard, and how much of a
        surprise carries on to the next week. Seen on four roll-outs: 0.19 to 0.28.
    calm, middling : float
        How much smaller surprises are, in logs, per unit of log hazard above the middling one (2.5 % a week,
        the median week of those roll-outs): a drive near its capacity moves less.
    own_sd, own_memory, noise_sd : float
        An area's own weekly step, how much of its deviation is kept each week, and the noise of one week.
    behind : float
        Log hazard that an area's deviation returns to, per unit of the logarithm of the people it has left
        against all areas: who is behind has fewer who will come, and does not catch up by itself.
    prior_weeks, memory : float
        Weeks that the prior of a scale is worth, and after how many weeks an error counts half: a quarter
        year.
    tail : float
        Degrees of freedom of an area's own shocks: the kurtosis seen was 5 to 9, that of Student's t with
        5 or 6.
    learning : float
        Weeks of history at which trend and pull are half trusted, and surprises of twice the variance
        expected.
    """

    gain: float = 0.3
    carry: float = 0.15
    damping: float = 0.85
    opening: float = -2.0
    fading: float = 2.0
    opening_sd: float = 0.5
    fading_sd: float = 0.25
    pull: float = 0.14
    rise: float = 0.25
    strange: float = 1.0
    common_sd: float = 0.25
    momentum: float = 0.3
    calm: float = 0.25
    middling: float = -3.7
    own_sd: float = 0.15
    own_memory: float = 0.8
    noise_sd: float = 0.10
    behind: float = -1.0
    prior_weeks: float = 8.0
    memory: float = 13.0
    tail: float = 6.0
    learning: float = 3.0


SETTINGS = Settings()
CALM_RANGE = (0.4, 2.5)
"""Bounds of the factor by which a surprise's size depends on the hazard, so that no extreme runs away."""
OUTLIER = 2.5
"""An area's surprise beyond this many standard deviations moves its level no further (Huber)."""
HUBER = 1.5
"""The same for the common course, where each area is one voice; about Huber's usual constant."""
BURN_IN = 3
"""Weeks before an error says anything about the model rather than about its start."""
MOST_HURRIED = 2.0
"""Log growth of the odds in a week beyond which nobody hurries: seven of eight of those left in one week."""
LEAST_LEFT = (0.15, 0.65)
"""Between these shares of people left the usual course falls no further; each draw has its own.

Drives end at 30 to 98 % of those who could be counted, and where is not known beforehand.
"""
MIDDLE_LEFT = float(np.sqrt(LEAST_LEFT[0] * LEAST_LEFT[1]))
LEAST_OWN_LEFT, FARTHEST = 0.02, 1.5
"""Share of an area's people that counts as left at the least, and how far behind in logs it can be."""
START_SPREAD = 2.0
"""An area's first deviation is this many times as uncertain, in variance, as it is in the long run."""


@dataclass(frozen=True)
class State:
    """What the filter knows at the origin.

    Attributes
    ----------
    level, slope : float
        The common log hazard and its weekly change.
    left : float
        Share of the eligible not counted yet.
    weeks : int
        Weeks of history it saw.
    common_sd, freedom : float
        Scale of a common surprise at the middling hazard, and the weeks behind it.
    own, own_variance, own_scale : array (A,)
        Each area's deviation, its variance, and how much rougher than `Settings` its course is.
    usual_own : array (A,)
        The deviation that each area returns to.
    """

    level: float
    slope: float
    left: float
    weeks: int
    common_sd: float
    freedom: float
    own: NDArray[np.float64]
    own_variance: NDArray[np.float64]
    own_scale: NDArray[np.float64]
    usual_own: NDArray[np.float64]


def pooled(
    weekly: Weekly, weeks: int, draws: int, rng: np.random.Generator, settings: Settings = SETTINGS
) -> Sampler:
    """Draw coming weeks of the pooled model; all areas share the common course of a draw."""
    state = learn(weekly, settings)
    return _with_own(state, _draw_common(state, weeks, draws, rng, settings), settings)


def hurried(weekly: Weekly, weeks: int, draws: int, rng: np.random.Generator) -> Sampler:
    """As `pooled`, toward a deadline that binds: up to it the growth of the odds rises, then it is over."""
    state = learn(weekly)
    rises, ends, shocks = rng.spawn(3)
    rise, ahead = draw_rise(weekly, draws, rises), weeks_ahead(weekly)
    after = np.log(ends.uniform(size=draws))  # any part of the pace before, once the day has passed
    # the growth of the newest week is of the odds at its start, and a coming week's of those at the origin
    grown = np.log(weekly.remaining[-2] / weekly.remaining[-1]) if len(weekly.remaining) > 1 else 0.0
    level, left = state.level + grown + rise, np.ones(draws)
    common = np.empty((draws, weeks))
    for week in range(weeks):
        part = float(np.clip(ahead - week, 0.0, 1.0))  # of the week that lies before the deadline
        common[:, week] = level + np.where(part < 0.5, after, 0.0)
        before, left = left, left / (1 + left * np.exp(common[:, week]))
        noise = SETTINGS.common_sd * shocks.standard_normal(draws)
        if part == 1:
            level = np.minimum(level + rise + np.log(before / left) + noise, MOST_HURRIED - np.log(left))

    return _with_own(state, common, SETTINGS)


def learn(weekly: Weekly, settings: Settings = SETTINGS) -> State:
    """Filter the weeks up to the origin: common course, own deviations, and the size of their surprises."""
    s = settings
    areas = weekly.log_hazard.shape[1]
    settled = s.own_sd**2 / (1 - s.own_memory**2)
    left = 1 - float(weekly.start.sum() / max(weekly.ceiling.sum(), 1.0))
    usual_own = s.behind * _behind(weekly, left)
    own, variance = usual_own, np.full(areas, START_SPREAD * settled)
    level, slope, weeks = np.nan, 0.0, 0
    common = np.array([s.prior_weeks * s.common_sd**2, s.prior_weeks])
    rough, seen_weeks = np.zeros(areas), np.zeros(areas)
    keep = 0.5 ** (1 / s.memory)
    for row, counts, remaining in zip(weekly.log_hazard, weekly.counts, weekly.remaining, strict=True):
        own = usual_own + s.own_memory * (own - usual_own)
        variance = s.own_memory**2 * variance + s.own_sd**2
        seen = np.isfinite(row)
        if not seen.any():
            continue
        noise = s.noise_sd**2 + 1 / (counts + 0.5)
        spread = noise + variance
        newest = _centre((row - own)[seen], 1 / spread[seen])
        weeks += 1
        if np.isfinite(level):
            at = level + np.log(remaining)
            trust = _trust(weeks, s)
            usual = usual_course(left * remaining, MIDDLE_LEFT, s.opening, s.fading)
            error = newest - level - trust * (s.carry * slope + float(_pull(at, usual, s)))
            if weeks > BURN_IN:
                prior = (1 - keep) * s.prior_weeks * np.array([s.common_sd**2, 1.0])
                common = keep * common + prior + [(error / _calm(at, s)) ** 2, 1.0]
            slope = s.gain * (newest - level) + (1 - s.gain) * slope
        level = newest
        surprise = np.where(seen, row - level - own, 0.0)
        if weeks > BURN_IN:
            rough = keep * rough + np.where(seen, np.minimum(surprise**2 / spread, OUTLIER**2), 0.0)
            seen_weeks = keep * seen_weeks + seen
        weight = np.where(seen, variance / spread, 0.0)
        limit = OUTLIER * np.sqrt(spread)
        own, variance = own + weight * np.clip(surprise, -limit, limit), (1 - weight) * variance
    everywhere = (s.prior_weeks + rough.mean()) / (s.prior_weeks + seen_weeks.mean())
    scale = np.sqrt((s.prior_weeks * everywhere + rough) / (s.prior_weeks + seen_weeks))
    return State(
        level=float(level) if np.isfinite(level) else s.middling,
        slope=slope,
        left=left,
        weeks=weeks,
        common_sd=float(np.sqrt(common[0] / common[1])),
        freedom=float(common[1]),
        own=own,
        own_variance=variance,
        own_scale=scale,
        usual_own=usual_own,
    )


def _behind(weekly: Weekly, left: float) -> NDArray[np.float64]:
    """How far each area is behind all, in logs of the share of people left (A,); ahead where negative."""
    own = np.maximum(1 - weekly.start / np.maximum(weekly.ceiling, 1.0), LEAST_OWN_LEFT)
    return np.clip(np.log(own / max(left, LEAST_OWN_LEFT)), -FARTHEST, FARTHEST)


def _centre(values: NDArray[np.float64], precision: NDArray[np.float64]) -> float:
    """Precision-weighted mean, one Huber step from the plain one: one area's dump moves it little."""
    mean = np.average(values, weights=precision)
    distance = np.abs(values - mean) * np.sqrt(precision)
    return float(np.average(values, weights=precision * np.minimum(1.0, HUBER / np.maximum(distance, HUBER))))


def usual_course(
    left: NDArray[np.float64] | float,
    least: NDArray[np.float64] | float,
    opening: NDArray[np.float64] | float,
    fading: NDArray[np.float64] | float,
) -> NDArray[np.float64]:
    """Log hazard that is usual with that share of people left (equation 8)."""
    return np.asarray(opening + fading * np.log(np.maximum(left, least)))


def strangeness(above: NDArray[np.float64] | float, s: Settings = SETTINGS) -> NDArray[np.float64]:
    """How far a drive with a log hazard so much above the usual is of another kind, from 0 to 1."""
    return np.asarray(1 - np.exp(-np.maximum(np.asarray(above) - s.strange, 0.0)))


def _pull(
    log_hazard: NDArray[np.float64] | float, usual: NDArray[np.float64], s: Settings
) -> NDArray[np.float64]:
    """Weekly change toward the usual course, less the stranger the drive is (equation 8)."""
    distance = usual - log_hazard
    back = distance * (1 - strangeness(-distance, s))
    return np.asarray(s.pull * np.where(distance > 0, s.rise * distance, back))


def _trust(weeks: int, s: Settings) -> float:
    """How far `weeks` of history are believed, in (0, 1): a half at `learning` weeks."""
    return (weeks**2 + 1) / (weeks**2 + 1 + s.learning**2)


def _calm(log_hazard: NDArray[np.float64] | float, s: Settings) -> NDArray[np.float64]:
    return np.asarray(np.clip(np.exp(-s.calm * (log_hazard - s.middling)), *CALM_RANGE))


def _draw_common(
    state: State, weeks: int, draws: int, rng: np.random.Generator, s: Settings
) -> NDArray[np.float64]:
    """Draw common log hazards (draws, weeks); the scale is itself uncertain, by the weeks behind it."""
    trust = _trust(state.weeks, s)
    scales, ends, shocks = rng.spawn(3)  # apart, so that areas known until other days share them
    scale = state.common_sd * np.sqrt(state.freedom / scales.chisquare(state.freedom, size=draws))
    scale /= np.sqrt(trust)
    low, high = np.log(LEAST_LEFT)
    least = np.exp(ends.uniform(low, high, size=draws))
    opening = s.opening + s.opening_sd * ends.standard_normal(draws)
    fading = s.fading * np.exp(s.fading_sd * ends.standard_normal(draws))
    level, carried, left = np.full(draws, state.level), np.zeros(draws), np.ones(draws)
    drawn = np.empty((draws, weeks))
    for week in range(weeks):
        at = level + np.log(left)
        carried = s.momentum * carried + scale * _calm(at, s) * shocks.standard_normal(draws)
        usual = usual_course(state.left * left, least, opening, fading)
        trend = s.carry * state.slope * s.damping**week + _pull(at, usual, s)
        level = level + trust * trend + carried
        drawn[:, week] = level
        left = left / (1 + left * np.exp(level))
    return drawn


def _with_own(state: State, common: NDArray[np.float64], s: Settings) -> Sampler:
    """Add areas' own deviations, heavy-tailed, to a common course (draws, weeks)."""

    def sample(columns: Columns, weeks: int, rng: np.random.Generator) -> NDArray[np.float64]:
        size = (len(common), columns.size)
        scale = state.own_scale[columns] * np.sqrt((s.tail - 2) / rng.chisquare(s.tail, size=size))
        own = state.own[columns] + np.sqrt(state.own_variance[columns]) * scale * rng.standard_normal(size)
        usual = state.usual_own[columns]
        drawn = np.empty((len(common), weeks, columns.size))
        for week in range(weeks):  # so that a longer look ahead begins as a shorter one
            step, noise = rng.standard_normal((2, *size)) * scale
            own = usual + s.own_memory * (own - usual) + s.own_sd * step
            drawn[:, week] = own + s.noise_sd * noise
        return common[:, :weeks, None] + drawn

    return sample
