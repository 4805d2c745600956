"""What the published figures alone can tell: every number a bound, none simulated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf

import pandas as pd

from analysis.campaign import TOTAL, Campaign
from analysis.errors import InputError

PUBLISHED_COLUMNS = ["reading", "quantity", "unit", "low", "high"]


@dataclass(frozen=True)
class Bound:
    """A number known to lie between two others, both included; ``high`` may be infinite."""

    low: float
    high: float

    def __add__(self, other: Bound) -> Bound:
        return Bound(self.low + other.low, self.high + other.high)

    def __sub__(self, other: Bound) -> Bound:
        low = -inf if other.high == inf else self.low - other.high
        return Bound(max(low, 0.0), self.high - other.low)

    def scaled(self, factor: float) -> Bound:
        """Both ends times a positive number."""
        return Bound(self.low * factor, self.high * factor)

    def over(self, other: Bound) -> Bound:
        """Bounds of the ratio of two numbers that are not negative."""
        low = 0.0 if other.high == inf else self.low / other.high if other.high > 0 else inf
        return Bound(low, inf if other.low <= 0 else self.high / other.low)


def from_qualifier(value: float, qualifier: str, step: float | None = None) -> Bound:
    """Turn a printed number and its qualifier into bounds.

    Parameters
    ----------
    value, qualifier
        ``exact``, ``at_least``, ``at_most``, ``almost``, ``about``.
    step
        The unit to which the number was rounded; given, "more than 6,600" is read as 6,600 to 6,600 + step,
        "almost" as one step below, "about" as half a step either side. Without it only what the words
        themselves say is used.
    """
    wide = inf if step is None else step
    readings = {
        "exact": Bound(value, value),
        "at_least": Bound(value, value + wide),
        "at_most": Bound(max(value - wide, 0.0), value),
        "almost": Bound(max(value - wide, 0.0), value),
        "about": Bound(max(value - wide / 2, 0.0), value + wide / 2),
    }
    if qualifier not in readings:
        raise InputError(f"qualifier {qualifier!r} gives no bounds; allowed are {', '.join(readings)}")
    return readings[qualifier]


def one_day(
    total: tuple[float, str],
    mobilised: Mapping[str, tuple[float, str]],
    residents: Mapping[str, int],
    *,
    step: float = 100.0,
    unit: str = "count",
) -> pd.DataFrame:
    """Bounds for one day: mobilised areas against all the others, in counts and per 1,000 residents.

    Parameters
    ----------
    total
        The province's number and qualifier.
    mobilised
        Number and qualifier of each mobilised area, by area code.
    residents
        Residents of every area, mobilised or not.
    step
        The rounding assumed in the second reading.
    unit
        What is counted, in words.

    Returns
    -------
    DataFrame
        :data:`PUBLISHED_COLUMNS`, in two readings: ``as worded`` (more than means at least, nothing else)
        and ``rounded`` (printed numbers are rounded down to ``step``). An infinite bound means that the
        figures do not limit it.
    """
    missing = sorted(set(mobilised) - set(residents))
    if missing:
        raise InputError(
            f"residents of area {missing[0]} are not given; a rate per 1,000 residents needs them"
        )
    inside = sum(residents[area] for area in mobilised)
    outside = sum(residents.values()) - inside
    rows: list[tuple[str, str, str, float, float]] = []
    for reading, rounding in (("as worded", None), ("rounded", step)):
        ours = _sum([from_qualifier(*figure, rounding) for figure in mobilised.values()])
        every = from_qualifier(*total, rounding)
        rest = every - ours
        rows += _rows(reading, ours, every, rest, inside, outside, unit)
    return pd.DataFrame(rows, columns=PUBLISHED_COLUMNS)


def _sum(bounds: Sequence[Bound]) -> Bound:
    whole = Bound(0.0, 0.0)
    for bound in bounds:
        whole = whole + bound
    return whole


def _rows(
    reading: str, ours: Bound, every: Bound, rest: Bound, inside: int, outside: int, unit: str
) -> list[tuple[str, str, str, float, float]]:
    rate_ours, rate_rest = ours.scaled(1000 / inside), rest.scaled(1000 / outside)
    quantities = (
        ("mobilised areas", unit, ours),
        ("all areas", unit, Bound(max(every.low, ours.low), every.high)),
        ("other areas", unit, rest),
        ("mobilised areas", "per 1,000 residents", rate_ours),
        ("other areas", "per 1,000 residents", rate_rest),
        ("ratio of the rates", "times", rate_ours.over(rate_rest)),
    )
    return [(reading, name, unit, bound.low, bound.high) for name, unit, bound in quantities]


def on_push_day(campaign: Campaign) -> pd.DataFrame:
    """Bounds for the day of the first mobilisation, from a campaign's published figures alone.

    Returns
    -------
    DataFrame
        As :func:`one_day`; empty when the day's figures were not published for the total and each
        mobilised area.
    """
    first = min((push.first_day for push in campaign.mobilisations), default=None)
    pushed = {push.area for push in campaign.mobilisations if push.first_day == first}
    figures = {
        figure.area: (figure.value, figure.qualifier)
        for figure in campaign.published
        if figure.date == first and figure.metric == campaign.measure_of_period and figure.area is not None
    }
    residents = {area.code: area.population for area in campaign.areas if area.population is not None}
    if (
        TOTAL not in figures
        or not pushed
        or not pushed <= set(figures)
        or len(residents) < len(campaign.areas)
    ):
        return pd.DataFrame(columns=PUBLISHED_COLUMNS)
    return one_day(
        figures[TOTAL], {area: figures[area] for area in sorted(pushed)}, residents, unit=campaign.unit("en")
    )
