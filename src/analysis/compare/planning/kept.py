"""A registered push when its tallies have come: whether it was kept, and its p over the draw's law."""

from datetime import date
from typing import Any

import numpy as np

from analysis.campaign import Campaign
from analysis.compare.changes import changes_of_all
from analysis.compare.contrasts import exact_test
from analysis.compare.counted import Counts
from analysis.compare.design import Design, NotComparable, Window
from analysis.compare.planning.lottery import stepped_floor, stepped_test
from analysis.compare.planning.registration import Registration, contradictions
from analysis.errors import InputError


def judge(
    one: Registration, intact: bool, counts: Counts | None, campaign: Campaign, rng: np.random.Generator
) -> dict[str, Any]:
    """Check a push against its registration and, where it was kept, test it over the law that drew it.

    Returns
    -------
    dict
        ``first_day``, ``window``, ``weeks``, ``contradictions`` (codes with what differs), and ``estimate``,
        ``p`` and ``p_min`` of the randomisation test, empty where it cannot be made yet.
    """
    said: dict[str, Any] = {
        "first_day": one.days[0], "window": list(one.window), "weeks": len(one.weeks),
        "contradictions": contradictions(one, intact, campaign), "estimate": None, "p": None, "p_min": None,
    }  # fmt: skip
    if counts is None or any(fault["code"] != "other_rule" for fault in said["contradictions"]):
        return said
    own = counts.design.keep(np.isin(counts.design.areas, one.candidates))
    window = counts.steps(Window(*one.window))
    try:
        if len(one.weeks) > 1:
            return said | _stepped(one, own, window, counts, rng)
        if own.first_start + window.last > int(own.times[-1]):
            raise NotComparable("not_reached", "what was promised is of all days of the window")
        choices = one.lottery(campaign).choices(own.starts == own.first_start, rng)
        tested = exact_test(own, window, choices=choices)
    except (NotComparable, InputError) as fault:
        reached = getattr(fault, "code", "not_drawn")
        return said | {"contradictions": [*said["contradictions"], {"code": reached}]}
    if tested.choices is not choices:
        return said | {"contradictions": [*said["contradictions"], {"code": "nobody_counted"}]}
    test = tested.test
    return said | {"estimate": test.difference, "p": test.p_value, "p_min": choices.p_min}


def _stepped(
    one: Registration, design: Design, window: Window, counts: Counts, rng: np.random.Generator
) -> dict[str, Any]:
    days = [date.fromisoformat(day) for day in one.days if date.fromisoformat(day) <= counts.last_day]
    since = [(day - counts.push_day).days for day in days]
    starts = counts.design.times[np.searchsorted(counts.closes, since)].tolist()
    week_of = {code: week for week, codes in enumerate(one.weeks) for code in codes}
    order = np.array([week_of[name] for name in design.areas])
    begun = [start for start in starts if start + window.last <= int(design.times[-1])]
    if len(begun) < 2:
        raise NotComparable("not_reached", "fewer than two weeks of the order have been counted")
    after = [start - starts[0] for start in begun]
    by_week = changes_of_all(
        design, starts[0], [Window(week + window.first, week + window.last) for week in after]
    )
    order = np.minimum(order, len(begun))  # those whose week has not come are all still to begin
    estimate, p = stepped_test(by_week, order, rng)
    return {"estimate": estimate, "p": p, "p_min": stepped_floor(order)}
