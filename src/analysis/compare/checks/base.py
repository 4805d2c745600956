"""What every check is asked, and the one shape of what it answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
import pandas as pd

from analysis.compare.contrasts import Tested, exact_test
from analysis.compare.design import Design, Mask, Vector, Window
from analysis.compare.inference import Randomisation, randomise
from analysis.compare.reasons import Code, Reason
from analysis.compare.result import LEVEL

Row = tuple[str, float | None, float | None, bool | None]
TABLE_COLUMNS = ["detail", "estimate", "p_value", "holds"]
"""Columns of every check's table: what was varied, what came (log points), whether the finding stands."""


@dataclass(frozen=True)
class Case:
    """One window of one push, with its estimate and exact test.

    Attributes
    ----------
    design
        Counts among people not yet counted.
    tested
        The headline's estimate, choices and p on the window.
    push_times
        How many times from the push on it lasted; ``None`` while it goes on.
    borders
        Pairs of areas that touch; empty where the campaign gives none.
    strata
        The stratum of each area by name; empty where the campaign names none.
    above
        The area right above each area by name; empty where none is known, or a lot drew the areas.
    seed
        For whatever must be sampled.
    """

    design: Design
    tested: Tested
    push_times: int | None = None
    borders: Sequence[tuple[str, str]] = ()
    strata: Mapping[str, str] = field(default_factory=dict)
    seed: int = 0
    above: Mapping[str, str] = field(default_factory=dict)
    level: float = LEVEL

    @property
    def within(self) -> Mask | None:
        """``(n,)`` compared areas of the one stratum that holds all treated ones; ``None`` without such."""
        own = np.array([self.strata.get(name, "") for name in self.names])
        ours = set(own[self.treated])
        return own == own[self.treated][0] if len(ours) == 1 and "" not in ours else None

    @property
    def window(self) -> Window:
        """The window, in times from the push."""
        return self.tested.groups.window

    @property
    def values(self) -> Vector:
        """``(n,)`` change of each compared area, in log points."""
        return self.tested.values

    @property
    def treated(self) -> Mask:
        """``(n,)`` which of the compared areas were treated."""
        return self.tested.treated

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the compared areas."""
        return self.design.names(self.tested.groups.used)

    @property
    def alpha(self) -> float:
        """The share of false alarms allowed."""
        return 1 - self.level

    @property
    def convinces(self) -> bool:
        """Whether there is something to overturn."""
        return self.tested.test.p_value <= self.alpha

    def rng(self) -> np.random.Generator:
        """Make a generator of the case's seed, the same for every check."""
        return np.random.default_rng(self.seed)


@dataclass(frozen=True)
class Result:
    """What a check found.

    Attributes
    ----------
    check
        Its name.
    estimate, p
        The number it is judged by (log points unless its class says otherwise) and its p value.
    holds
        Whether the finding stands in it; ``None`` where nothing was to be overturned or it cannot be told.
    reason
        Why it does not hold.
    table
        :data:`TABLE_COLUMNS`; its rows are those of ``sensitivity.csv``.
    """

    check: str
    estimate: float | None
    p: float | None
    holds: bool | None
    reason: Reason | None = None
    table: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=TABLE_COLUMNS))


class Check(Protocol):
    """A test that a finding must survive; it says itself which designs it suits."""

    name: str

    def suits(self, case: Case) -> bool:
        """Whether the check could fail in this design: one that cannot is not run."""

    def run(self, case: Case) -> Result:
        """Make the check."""


def varied(detail: str, test: Randomisation | None, holds: bool | None = None) -> Row:
    """Make a row of what was varied and its test; one without numbers where no counts serve."""
    return (detail, None, None, None) if test is None else (detail, test.difference, test.p_value, holds)


def table_of(rows: Sequence[Row]) -> pd.DataFrame:
    """Lay rows out as :data:`TABLE_COLUMNS`."""
    table = pd.DataFrame(list(rows), columns=TABLE_COLUMNS)
    return table.astype({"detail": str, "estimate": float, "p_value": float, "holds": object})


def still_there(case: Case, estimate: float) -> bool | None:
    """Whether another measure still shows at least half of the effect, on the same side.

    A measure that rests on fewer numbers is less sure; that alone does not speak against the finding.
    """
    if not case.convinces:
        return None
    return bool(estimate * np.sign(case.tested.test.difference) >= abs(case.tested.test.difference) / 2)


def twin(case: Case, check: Code, estimate: float, p: float, **values: Any) -> Result:
    """Answer by another measure of the same effect: at least half of it must be seen."""
    holds = still_there(case, estimate)
    reason = Reason(check, {"estimate": estimate, "p": p, **values}) if holds is False else None
    return Result(check, estimate, p, holds, reason, table_of([("", estimate, p, holds)]))


def retest(case: Case, design: Design) -> Tested:
    """Run the headline's test on a changed design, with the case's own choices where these still fit."""
    return exact_test(design, case.window, choices=case.tested.choices, rng=case.rng())


def on_values(case: Case, values: Vector) -> tuple[float, float]:
    """Estimate and p of other numbers of the same areas."""
    test = randomise(values, case.tested.choices)
    return test.difference, test.p_value
