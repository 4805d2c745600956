"""What published figures alone can tell: bounds between which whole numbers lie, and nothing simulated.

*More than 6,600* is read as rounded down at the smallest place that figures of the same source show: 6,600 to
6,699, both included. The report, its pictures and notebook 02 read their bounds here.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pandas as pd

from analysis.campaign import TOTAL, Campaign, PublishedFigure, Tree


@dataclass(frozen=True)
class Bounds:
    """Between which whole numbers a printed figure lies; ``high`` is ``None`` where nothing bounds it."""

    low: float
    high: float | None

    def __add__(self, other: "Bounds") -> "Bounds":
        high = None if self.high is None or other.high is None else self.high + other.high
        return Bounds(self.low + other.low, high)

    def less(self, part: "Bounds") -> "Bounds":
        """Return what is left of a whole without a part of it, which is no less than nothing."""
        low = 0.0 if part.high is None else max(self.low - part.high, 0.0)
        return Bounds(low, None if self.high is None else self.high - part.low)

    def per_thousand(self, people: float) -> "Bounds":
        """Return the bounds of a rate per 1,000 people."""
        return Bounds(1000 * self.low / people, None if self.high is None else 1000 * self.high / people)


def bounds_of(figure: PublishedFigure, step: float) -> Bounds:
    """Bound a figure by its qualifier, in steps of ``step``: *more than 12,600* is up to 12,699.

    A figure that is *about* a number lies within half a step of it, one that is *almost* it at most a step
    below.
    """
    match figure.qualifier:
        case "exact":
            return Bounds(figure.value, figure.value)
        case "at_least":
            return Bounds(figure.value, figure.value + step - 1)
        case "at_most":
            return Bounds(figure.value - step + 1, figure.value)
        case "almost":
            return Bounds(figure.value - step, figure.value)
        case "about":
            return Bounds(figure.value - step / 2, figure.value + step / 2)
        case _:
            return Bounds(0.0, None)


def rounding_of(figures: Iterable[PublishedFigure]) -> float:
    """Return the worth of the smallest place that is not zero in any of them: 100 for 12,600 and 3,000."""
    values = [figure.value for figure in figures if figure.value]
    step = 1.0
    while values and all(value % (10 * step) == 0 for value in values):
        step *= 10
    return step


@dataclass(frozen=True)
class PushDay:
    """A day printed for all areas together and for some of them: those, and what is left for the rest.

    ``named_people`` and ``other_people`` are the residents on both sides.
    """

    whole: PublishedFigure
    parts: tuple[PublishedFigure, ...]
    total: Bounds
    pushed: Bounds
    rest: Bounds
    named_people: float
    other_people: float


def push_day(campaign: Campaign, until: date) -> PushDay | None:
    """Bound the newest day, printed by ``until``, that was printed for the total and for some areas."""
    on_day = [
        one
        for one in campaign.published
        if one.date <= until and one.metric == campaign.measure_of_period and one.area is not None
    ]
    divided = {one.date for one in on_day if one.area != TOTAL}
    wholes = [one for one in on_day if one.area == TOTAL and one.date in divided]
    if not wholes:
        return None
    whole = max(wholes, key=lambda one: one.date)
    parts = tuple(one for one in on_day if one.date == whole.date and one.area != TOTAL)
    tree = campaign.tree(whole.date)
    named = sum(_residents(tree, str(one.area)) for one in parts)
    others = sum(_residents(tree, top) for top in tree.tops) - named
    if not named or others <= 0:
        return None
    step = rounding_of([whole, *parts])
    total, pushed = bounds_of(whole, step), sum((bounds_of(one, step) for one in parts), Bounds(0.0, 0.0))
    return PushDay(whole, parts, total, pushed, total.less(pushed), named, others)


def _residents(tree: Tree, code: str) -> float:
    """Add up who lives in the areas right below one; where nobody says, return what is said of itself."""
    below = sum(_residents(tree, one) for one in tree.children.get(code, ()))
    return below or sum(float(area.population or 0) for area in tree.areas if area.code == code)


def push_day_table(campaign: Campaign, until: date) -> pd.DataFrame:
    """Return the bounds of `push_day` as ``quantity``, ``unit``, ``low``, ``high``; empty without one."""
    day = push_day(campaign, until)
    rows: list[tuple[str, str, float, float | None]] = []
    if day is not None:
        counts = (("mobilised areas", day.pushed), ("all areas", day.total), ("other areas", day.rest))
        rates = (
            ("mobilised areas", day.pushed.per_thousand(day.named_people)),
            ("other areas", day.rest.per_thousand(day.other_people)),
        )
        rows += [(name, campaign.unit("en"), one.low, one.high) for name, one in counts]
        rows += [(name, "per 1,000 residents", one.low, one.high) for name, one in rates]
    return pd.DataFrame(rows, columns=["quantity", "unit", "low", "high"])


def computed_share(figure: PublishedFigure) -> float | None:
    """Return the share that a figure's own numerator and denominator give."""
    return figure.value / figure.denominator if figure.denominator else None


def printed_otherwise(figure: PublishedFigure) -> bool:
    """Whether the printed share is not what its own numerator and denominator give, rounded as it is."""
    share = computed_share(figure)
    if share is None or figure.printed_percent is None:
        return False
    # 45 and 45.0 are one number here: of a whole one the decimals printed are not known
    digits = max(-int(Decimal(str(figure.printed_percent)).normalize().as_tuple().exponent), 0)
    return abs(100 * share - figure.printed_percent) > 0.5 * 10.0**-digits + 1e-9  # a half goes either way
