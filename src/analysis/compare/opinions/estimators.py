"""Every estimator by its id, asked one way."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from analysis.compare.contrasts import headline
from analysis.compare.design import Design, Window
from analysis.compare.opinions.honest import honest
from analysis.compare.opinions.ppml import ppml
from analysis.compare.opinions.regression import collapsed, did, ri
from analysis.compare.opinions.staggered import bacon, bjs, cs
from analysis.compare.opinions.synthetic import sc, sdid
from analysis.compare.opinions.wild import wcb
from analysis.compare.result import LEVEL, Effect
from analysis.errors import InputError


@dataclass(frozen=True)
class Request:
    """What an estimator may be told beside the design."""

    window: Window | None = None
    null: float = 0.0
    level: float = LEVEL
    seed: int = 0

    def rng(self) -> np.random.Generator:
        """Make a generator for one estimator, so that what else is asked for changes nothing."""
        return np.random.default_rng(self.seed)


Estimator = Callable[[Design, Request], Effect]

ESTIMATORS: dict[str, Estimator] = {
    "headline": lambda design, ask: headline(design, ask.window, level=ask.level, rng=ask.rng()),
    "did": lambda design, ask: did(design, ask.window, level=ask.level),
    "ri": lambda design, ask: ri(design, ask.window, level=ask.level, rng=ask.rng()),
    "ppml": lambda design, ask: ppml(design, ask.window, level=ask.level),
    "wcb": lambda design, ask: wcb(design, ask.window, null=ask.null, level=ask.level, rng=ask.rng()),
    "collapsed": lambda design, ask: collapsed(design, ask.window, level=ask.level),
    "sc": lambda design, ask: sc(design, ask.window, level=ask.level, rng=ask.rng()),
    "sdid": lambda design, ask: sdid(design, ask.window, level=ask.level, rng=ask.rng()),
    "cs": lambda design, ask: cs(design, ask.window, level=ask.level),
    "bjs": lambda design, ask: bjs(design, ask.window, level=ask.level),
    "bacon": lambda design, ask: bacon(design, ask.window, level=ask.level),
    "honest": lambda design, ask: honest(design, ask.window, level=ask.level),
}
"""Every estimator, in the order of ``all``."""


def compare(
    design: Design,
    window: Window | None = None,
    estimators: Sequence[str] = ("all",),
    *,
    null: float = 0.0,
    level: float = LEVEL,
    seed: int = 0,
) -> list[Effect]:
    """Ask several estimators about one window.

    Parameters
    ----------
    design
        From :func:`analysis.compare.read_design`.
    estimators
        Ids of :data:`ESTIMATORS`, or ``all``. Under ``all`` an estimator that this table does not suit
        gives an effect without numbers whose ``details["not_applicable"]`` says why; asked for by name it
        raises.
    null
        Value tested by ``wcb``.
    seed
        For whatever must be sampled; the same seed gives the same numbers.

    Raises
    ------
    InputError
        On an unknown id, and when an estimator asked for by name does not suit the table.
    """
    names = [name for asked in estimators for name in (ESTIMATORS if asked == "all" else [asked])]
    for name in names:
        if name not in ESTIMATORS:
            raise InputError(f"estimator {name!r} is unknown; choose from all, {', '.join(ESTIMATORS)}")
    ask = Request(window, null, level, seed)
    lenient = "all" in estimators
    return [
        attempt(name, design, ask) if lenient else ESTIMATORS[name](design, ask)
        for name in dict.fromkeys(names)
    ]


def attempt(name: str, design: Design, ask: Request) -> Effect:
    """Ask one estimator; where the table does not suit it, an effect without numbers that says why."""
    try:
        return ESTIMATORS[name](design, ask)
    except InputError as fault:
        return not_asked(name, design, ask, str(fault))


def not_asked(name: str, design: Design, ask: Request, why: str) -> Effect:
    """Return an effect without numbers that says why its estimator gave none."""
    return Effect.of(
        design, estimator=name, estimand="not estimated", level=ask.level, details={"not_applicable": why}
    )
