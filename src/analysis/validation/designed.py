"""Pushes that were drawn: size and power of their randomisation tests, against what the sheet had said."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from analysis.compare.changes import changes, groups_with_rates
from analysis.compare.design import NEVER, Design, Mask, Vector, Window
from analysis.compare.inference import randomise
from analysis.compare.planning.lottery import Lottery, stepped_order, stepped_test
from analysis.compare.planning.power import noise_of, power_table
from analysis.validation.chosen import Choice, draw_push

WEEK = Window(0, 6)


def drawn_pushes(
    campaigns: int, seed: int, lift: float = 0.0, k: int = 4, sheets: int = 0
) -> dict[str, float]:
    """Draw a stratified push in each simulated campaign, lift it, and test it over what the lot could draw.

    Returns
    -------
    dict
        ``rejects`` (share at 5 %), ``error`` (its Monte Carlo standard error) and, from the first ``sheets``
        campaigns, ``promised``: the mean power their design sheets gave for this lift (20, 50 or 100 %).
    """
    shape, rejected, promised = Choice(treated=1), 0, []
    for number in range(campaigns):
        rng = np.random.default_rng([seed, number])
        design, strata, touching = draw_push(shape, rng)
        lottery = Lottery(design.areas, k, strata, tuple(touching))
        drawn = np.isin(np.arange(len(design.areas)), lottery.draw(rng)[0])
        values = _values(design, drawn) + np.log1p(lift) * drawn
        rejected += randomise(values, lottery.choices(drawn, rng)).p_value <= 0.05
        if number < sheets:
            before = design.during(design.times < design.first_start)
            table = power_table(noise_of(before, design.areas, WEEK), lottery, [k], rng)
            promised.append(float(table[f"power_{round(100 * lift)}"].iloc[0]))
    share = rejected / campaigns
    error = float(np.sqrt(share * (1 - share) / campaigns))
    return {"rejects": share, "error": error, "promised": float(np.mean(promised)) if promised else np.nan}


def _values(design: Design, drawn: Mask) -> Vector:
    """Change of every area as it came, whoever the simulation itself had pushed: it lifts nobody."""
    start = design.first_start
    bare = replace(design, starts=np.where(drawn, start, NEVER))
    return changes(bare, groups_with_rates(bare, WEEK)).log_rate


def stepped_pushes(campaigns: int, seed: int, lift: float = 0.0, weeks: int = 3) -> dict[str, float]:
    """Draw a stepped order in each simulated campaign and test it over all orders; as `drawn_pushes`."""
    shape, rejected = Choice(treated=1, after=7 * weeks), 0
    for number in range(campaigns):
        rng = np.random.default_rng([seed, number])
        design, _, _ = draw_push(shape, rng)
        order = stepped_order(design.areas, weeks, rng)
        columns = []
        for week in range(weeks):
            starts = np.full(len(design.areas), NEVER)
            starts[0] = design.first_start
            bare = replace(design, starts=starts)
            window = Window(7 * week, 7 * week + 6)
            own = changes(bare, groups_with_rates(bare, window)).log_rate
            columns.append(own + np.log1p(lift) * (order <= week))
        rejected += stepped_test(np.stack(columns, axis=1), order, rng, 999)[1] <= 0.05
    share = rejected / campaigns
    return {"rejects": share, "error": float(np.sqrt(share * (1 - share) / campaigns))}


def designed_table(campaigns: int, seed: int) -> pd.DataFrame:
    """Size and power of drawn and of stepped pushes."""
    shown = min(campaigns, 100)
    drawn = [(0.0, 0), (0.2, shown), (0.5, shown)]
    rows = []
    for lift, number in drawn:
        found = drawn_pushes(campaigns, seed, lift, sheets=number)
        rows.append({"push": "4 of 18, stratified, apart", "lift": lift} | found)
    for lift in (0.0, 0.2):
        rows.append({"push": "18 over 3 weeks", "lift": lift} | stepped_pushes(campaigns, seed, lift))
    return pd.DataFrame(rows)
