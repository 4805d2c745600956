"""Pushes that were drawn: size and power of their randomisation tests, against what the sheet had said."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.compare.changes import changes_of_all
from analysis.compare.design import Design, Window
from analysis.compare.inference import randomise
from analysis.compare.planning.lottery import Lottery, stepped_order, stepped_test
from analysis.compare.planning.power import drawn_trials, noise_of, stepped_trials
from analysis.validation.size import share_interval
from analysis.validation.trials import PUSH_DAY, Trial, simulate

ALPHA = 0.05

SHEETS = 40
"""Campaigns whose design sheets are made, to set their mean promise beside what came."""


@dataclass(frozen=True)
class Drawn:
    """How a push is drawn: ``k`` areas, stratified and apart, or all over ``weeks``, in an order by lot."""

    k: int = 4
    weeks: int = 1

    @property
    def trial(self) -> Trial:
        """Campaigns whose own push lifts nobody: the drawn one is laid over them."""
        return Trial(treated=1, before=63, after=7 * self.weeks, persistence=0.8)

    @property
    def windows(self) -> list[Window]:
        """The week of each step."""
        return [Window(7 * week, 7 * week + 6) for week in range(self.weeks)]

    def test(self, design: Design, lift: float, rng: np.random.Generator) -> float:
        """Draw, lift, and test over what the lot could have drawn: p."""
        own = changes_of_all(design, PUSH_DAY, self.windows)  # as it came, whoever the simulation pushed
        if self.weeks > 1:
            order = stepped_order(len(own), self.weeks, rng)
            lifted = own + np.log1p(lift) * (order[:, None] <= np.arange(self.weeks))
            return stepped_test(lifted, order, rng, 999)[1]
        law = self.lottery
        drawn = np.isin(np.arange(len(own)), law.draw(rng)[0])
        return randomise(own[:, 0] + np.log1p(lift) * drawn, law.choices(drawn, rng)).p_value

    def promise(self, design: Design, lift: float, rng: np.random.Generator) -> float:
        """Return the power that a design sheet made the day before gives for a lift."""
        noise = noise_of(design.during(design.times < PUSH_DAY), design.areas, self.windows)
        if self.weeks > 1:
            trials = stepped_trials(noise, ALPHA, rng)
        else:
            trials = drawn_trials(noise[:, :, 0], self.lottery, ALPHA, rng)
        return trials.seen(float(np.log1p(lift)))

    @property
    def lottery(self) -> Lottery:
        """The law of the draw."""
        return Lottery(self.trial.names, self.k, self.trial.strata, tuple(self.trial.borders))


def drawn_pushes(drawn: Drawn, campaigns: int, seed: int, lift: float = 0.0) -> dict[str, float]:
    """Draw a push in each simulated campaign, lift it, and test it over what the lot could have drawn.

    Returns
    -------
    dict
        ``rejects`` (share at 5 %), ``low`` and ``high`` (between which it lies) and, with a lift,
        ``promised``: the mean power that the design sheets of the first :data:`SHEETS` campaigns gave for it.
    """
    rejected, promised = 0, []
    for number in range(campaigns):
        rng = np.random.default_rng([seed, number])
        design = simulate(drawn.trial, rng)
        rejected += drawn.test(design, lift, rng) <= ALPHA
        if lift and number < SHEETS:
            promised.append(drawn.promise(design, lift, rng))
    share = rejected / campaigns
    mean = float(np.mean(promised)) if promised else np.nan
    return {"rejects": share, **share_interval(share, campaigns), "promised": mean}


def designed_table(campaigns: int, seed: int) -> pd.DataFrame:
    """Size and power of drawn and of stepped pushes, one row a lift."""
    pushes = {"4 of 18, stratified, apart": Drawn(), "18 over 3 weeks": Drawn(weeks=3)}
    rows = [
        {"push": name, "lift": lift} | drawn_pushes(drawn, campaigns, seed, lift)
        for name, drawn in pushes.items()
        for lift in (0.0, 0.2, 0.5)
    ]
    return pd.DataFrame(rows)
