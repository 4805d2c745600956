"""What a study of a push holds: each window examined, and what the notebook shows of it all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from typing import Any

import pandas as pd

from analysis import contract
from analysis.campaign.rhythm import WEEK
from analysis.compare.balance import BALANCE_COLUMNS
from analysis.compare.checks import Result
from analysis.compare.contrasts import Tested
from analysis.compare.counted import Counts
from analysis.compare.design import Design, Window
from analysis.compare.planning.registration import Registration
from analysis.compare.power import POWER_COLUMNS
from analysis.compare.reasons import Code, Reason
from analysis.compare.result import Effect, effects_table
from analysis.compare.verdict import Verdict
from analysis.compare.waves import Pooled, Wave
from analysis.panel import compared_from


@dataclass(frozen=True)
class Push:
    """What the campaign's folder says of its first push.

    Attributes
    ----------
    days
        How many days it lasted; ``None`` while it goes on.
    borders
        Pairs of areas that touch.
    strata
        The stratum of each area, where the campaign names a column of strata.
    told
        The day on which the other areas were told to do the same; ``None`` when they were not.
    people, costs, currencies
        What was sent and spent in each area, where it was written down.
    registered
        Pushes that were promised before they were made, and whether each file is as it was written.
    above
        The areas above each area, nearest first: of a push of whole ones the wholes are compared. Empty where
        the areas were drawn one by one.
    divided
        By part of an area that was divided, that area and its last day: till then they share one history.
    later
        What is said of those that began later, by their first day.
    """

    days: int | None = 1
    borders: tuple[tuple[str, str], ...] = ()
    strata: Mapping[str, str] = field(default_factory=dict)
    told: date | None = None
    people: tuple[int | None, ...] = ()
    costs: tuple[float | None, ...] = ()
    currencies: tuple[str | None, ...] = ()
    registered: tuple[tuple[Registration, bool], ...] = ()
    above: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    divided: Mapping[str, tuple[str, date]] = field(default_factory=dict)
    later: Mapping[date, "Push"] = field(default_factory=dict)

    def on(self, panel: pd.DataFrame) -> "Push":
        """Return what is said of the push that a panel can compare; the first may lie before all counts."""
        day = compared_from(panel) if self.later else None
        return self if day is None else self.later.get(day, self)

    def of_wholes(self, parts: Mapping[str, str]) -> "Push":
        """Return the same of the wholes in place of their parts."""
        pairs = ((parts.get(one, one), parts.get(other, other)) for one, other in self.borders)
        return replace(
            self,
            borders=tuple(dict.fromkeys(pair for pair in pairs if pair[0] != pair[1])),
            strata={parts.get(code, code): stratum for code, stratum in self.strata.items()},
            above={parts.get(code, code): line for code, line in self.above.items()},
        )


@dataclass(frozen=True)
class Examined:
    """One window: its estimate, the checks it was put to, and what may be said.

    Attributes
    ----------
    clean
        Whether it ends before the comparison areas were told to do the same.
    """

    effect: Effect
    tested: Tested
    results: tuple[Result, ...]
    verdict: Verdict
    clean: bool

    def of(self, check: str) -> Result | None:
        """Return one check's result; ``None`` where it did not suit."""
        return next((result for result in self.results if result.check == check), None)


@dataclass(frozen=True)
class NotCompared:
    """An area that mobilised and is in no comparison, and why, as a code."""

    area: str
    first_day: date
    why: str


@dataclass(frozen=True)
class Study:
    """Everything the notebook shows; without a push every table is empty and the finding says so.

    Attributes
    ----------
    counts
        The panel laid out for comparing; ``None`` before any push.
    examined
        The headline on each window that the panel reaches.
    skipped
        Windows that could not be compared, and why, as a code.
    waves, pooled
        Every wave on the main window's length against areas not yet mobilised, and all of them together.
    gains, lasting
        The rows of ``gains.csv`` and ``lasting.csv``.
    kept
        Each registered push: whether it was made as promised, and its p over the law that drew it.
    opinions
        The other estimators on the main window; those that do not suit say why.
    wholes
        Where the push took whole areas, the whole of each area: these are what is compared. Else empty.
    """

    counts: Counts | None = None
    push: Push = field(default_factory=Push)
    examined: tuple[Examined, ...] = ()
    skipped: tuple[tuple[Window, str], ...] = ()
    not_compared: tuple[NotCompared, ...] = ()
    waves: tuple[Wave, ...] = ()
    pooled: Pooled | None = None
    gains: pd.DataFrame = field(default_factory=partial(pd.DataFrame, columns=contract.columns("gains.csv")))
    lasting: pd.DataFrame = field(
        default_factory=partial(pd.DataFrame, columns=contract.columns("lasting.csv"))
    )
    kept: tuple[Mapping[str, Any], ...] = ()
    opinions: tuple[Effect, ...] = ()
    balance: pd.DataFrame = field(default_factory=partial(pd.DataFrame, columns=BALANCE_COLUMNS))
    power: pd.DataFrame = field(default_factory=partial(pd.DataFrame, columns=POWER_COLUMNS))
    breaks: pd.DataFrame = field(
        default_factory=partial(pd.DataFrame, columns=["area", "date", "value", "deviations", "treated"])
    )
    wholes: Mapping[str, str] = field(default_factory=dict)

    @property
    def main(self) -> Examined | None:
        """The window that other estimators are about: the push's week, or the longest shorter one."""
        return main_of(self.examined)

    @property
    def lead(self) -> Examined | None:
        """What the report leads with: the push itself where that is firm, else the main window."""
        return self.examined[0] if self.examined and self.examined[0].verdict.firm else self.main

    @property
    def verdict(self) -> Verdict:
        """The finding of the window the report leads with."""
        if self.lead:
            return self.lead.verdict
        code: Code = "no_push" if self.counts is None and not self.not_compared else "no_figures"
        return Verdict("cannot_be_told", (Reason(code),))

    @property
    def design(self) -> Design | None:
        """The panel as a design; ``None`` before any push."""
        return None if self.counts is None else self.counts.design

    @property
    def window(self) -> Window | None:
        """The main window, in the design's times."""
        return None if self.main is None else self.main.tested.groups.window

    def check(self, name: str) -> Result | None:
        """Return one check of the main window; ``None`` where it did not suit."""
        return None if self.main is None else self.main.of(name)

    @property
    def effects(self) -> pd.DataFrame:
        """The rows of ``effects.csv``: every window's headline, then the other estimators."""
        told = [*(one.effect for one in self.examined), *self.opinions]
        return effects_table([effect for effect in told if effect.estimate is not None])

    @property
    def opinion_table(self) -> pd.DataFrame:
        """Every estimator beside the headline, those that do not suit with their reason."""
        rows = [
            (one.estimator, one.estimate, *(one.interval or (None, None)), one.p_value, _note(one))
            for one in self.opinions
        ]
        columns = ["estimator", "estimate", "low", "high", "p_value", "note"]
        return pd.DataFrame(rows, columns=columns).astype(dict.fromkeys(columns[1:5], float))

    @property
    def checks(self) -> pd.DataFrame:
        """The checks of the main window, one row each; those that could not fail are not there."""
        rows = [
            (one.check, one.estimate, one.p, one.holds) for one in (self.main.results if self.main else ())
        ]
        columns = ["check", "estimate", "p_value", "holds"]
        return pd.DataFrame(rows, columns=columns).astype({"estimate": float, "p_value": float})

    @property
    def findings(self) -> pd.DataFrame:
        """The finding of every window with the codes of its reasons, and the windows that have none."""
        rows: list[tuple[str, str, str]] = [
            (str(one.effect.window), one.verdict.finding, ", ".join(r.code for r in one.verdict.reasons))
            for one in self.examined
        ]
        rows += [(str(window), "not compared", why) for window, why in self.skipped]
        return pd.DataFrame(rows, columns=["window", "finding", "reasons"])


def main_of(examined: Sequence[Examined]) -> Examined | None:
    """Return the longest window that is of the push's week; that of the push itself where none is."""
    if not examined:
        return None
    first = examined[0]
    pushed = max(WEEK - 1, _last(first))
    short = [
        one
        for one in examined
        if _last(one) <= pushed or one.tested.groups.window == first.tested.groups.window
    ]
    return max(short, key=_last)


def _last(one: Examined) -> int:
    return one.effect.window.last if one.effect.window else 0


def _note(effect: Effect) -> str:
    if effect.details.get("not_applicable"):
        return "does not suit: " + str(effect.details["not_applicable"]).split(";")[0]
    if effect.details.get("disagree"):
        return f"restricted and unrestricted disagree (p {effect.details['p_unrestricted']:.2g})"
    if "breakdown_mbar" in effect.details:
        broken = effect.details["breakdown_mbar"]
        return "zero is inside even without violations" if broken is None else f"breakdown Mbar {broken:.2g}"
    return ""
