"""Pushes whose areas were chosen, not drawn: how often a push without effect is called firm all the same."""

import numpy as np
import pandas as pd

from analysis.compare.checks import Case, Result, run_checks
from analysis.compare.contrasts import effect_of, exact_test
from analysis.compare.design import Window
from analysis.compare.reasons import SUSPICIONS
from analysis.compare.result import Effect
from analysis.compare.verdict import own_days, verdict
from analysis.validation.size import share_interval
from analysis.validation.trials import Trial, declared, simulate

CHOICES = declared("choices")
"""Chosen and unchosen pushes without effect, and last a random one that doubles the rate."""

WINDOWS = (Window(0, 6), Window(0, 0))
"""The push's week, and its day, with which a report leads where that is firm."""


def firmness(trial: Trial, campaigns: int, seed: int) -> dict[str, float]:
    """Count how often p is at most 5 %, how often that is called firm, and how often a suspicion was named.

    Returns
    -------
    dict
        Of the push's week ``rejects`` and ``firm`` (shares of all campaigns), ``named`` and ``kept`` (shares
        of those that reject: with a suspicion named; called firm), ``low`` and ``high`` (between which
        ``firm`` lies); ``led`` is the share of campaigns that a report would lead with as firm, by week or
        day.
    """
    found = np.zeros((campaigns, 2, 3))
    for number in range(campaigns):
        rng = np.random.default_rng([seed, number])
        design = simulate(trial, rng)
        made: list[tuple[Effect, tuple[Result, ...]]] = []
        for at, window in enumerate(WINDOWS):
            tested = exact_test(design, window, rng=rng)
            results: tuple[Result, ...] = ()
            if tested.test.p_value <= 0.05:
                results = run_checks(Case(design, tested, None, trial.borders, trial.strata))
                named = any(one.reason is not None for one in results if one.check in SUSPICIONS)
                found[number, at, :2] = True, named
            made.append((effect_of(design, tested), results))
        week, day = made
        found[number, :, 2] = verdict(*week).firm, own_days(*day, *week).firm
    rejects, named_of, firm = (float(share) for share in found[:, 0].mean(axis=0))
    least = max(rejects, 1 / campaigns)
    return {
        "rejects": rejects, "named": named_of / least, "firm": firm, **share_interval(firm, campaigns),
        "led": float(found[:, :, 2].any(axis=1).mean()), "kept": firm / least,
    }  # fmt: skip


def firmness_table(campaigns: int, seed: int) -> pd.DataFrame:
    """Measure every choice of the table, one row each."""
    rows = [{"choice": name} | firmness(trial, campaigns, seed) for name, trial in CHOICES.items()]
    return pd.DataFrame(rows)
