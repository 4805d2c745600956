"""Without any one of the areas: whether the finding hangs on a single one."""

from typing import Any

import numpy as np
import pandas as pd

from analysis.compare.checks.base import Case, Result, table_of
from analysis.compare.choices import assignments
from analysis.compare.design import Vector
from analysis.compare.inference import p_values_without
from analysis.compare.reasons import Reason

MANY, TRIED = 300, 100
"""Areas beyond which p is taken without those of each side alone without which the statistic is smallest."""

COLUMNS = ["left_out", "side", "estimate", "p_value"]


class LeaveOneOut:
    """Each area in turn is left out; the finding holds while p stays at the level.

    It protects against laggards, neighbours and shared shocks. With two mobilised areas it would leave one,
    which can show nothing: that is no check.
    """

    name = "leave_one_out"

    def suits(self, case: Case) -> bool:
        """Whether it could fail in this design."""
        return int(case.treated.sum()) >= 3 and int((~case.treated).sum()) >= 2

    def run(self, case: Case) -> Result:
        """Make the check."""
        every = leave_one_out(case)
        worst: dict[str, Any] = every.nlargest(1, "p_value").to_dict("records")[0]  # type: ignore[assignment]
        holds = bool(worst["p_value"] <= case.alpha) if case.convinces else None
        rows = [
            (str(row["left_out"]), row["estimate"], row["p_value"],
             bool(row["p_value"] <= case.alpha) if case.convinces else None)
            for row in every.dropna().sort_values("p_value").groupby("side").tail(1).to_dict("records")
        ]  # fmt: skip
        mobilised = worst["side"] == "mobilised"
        ours = every[every["side"] == "mobilised"]["estimate"]
        values = {
            "area": str(worst["left_out"]), "side": str(worst["side"]),
            "left": int(case.treated.sum()) - int(mobilised), "of": len(case.treated) - 1,
            "p": float(worst["p_value"]), "lowest": float(ours.min()), "highest": float(ours.max()),
        }  # fmt: skip
        reason = None if holds is not False else Reason("leave_one_out", values)
        return Result(
            self.name, float(worst["estimate"]), float(worst["p_value"]), holds, reason, table_of(rows)
        )


def leave_one_out(case: Case) -> pd.DataFrame:
    """Headline without each area in turn; ``left_out``, ``side``, ``estimate``, ``p_value``.

    Of more than :data:`MANY` areas p is NaN but for :data:`TRIED` of each side.
    """
    sides = [np.flatnonzero(case.treated), np.flatnonzero(~case.treated)]
    k, tried = len(sides[0]), len(case.values)
    if tried > MANY:
        tried, both = TRIED, [case.values[side] for side in sides]
        sizes = (_sizes_without(*both), _sizes_without(*both[::-1]))
        sides = [side[np.argsort(size, kind="stable")] for side, size in zip(sides, sizes, strict=True)]
    order = np.concatenate(sides)
    values, names, frames = case.values[order], np.array(case.names)[order], []
    for side, places, left in (("mobilised", range(k), k - 1), ("comparison", range(k, len(values)), k)):
        if min(left, len(values) - 1 - left) < 1:
            continue
        choices = assignments(np.arange(len(values) - 1) < left, rng=case.rng())
        p = np.full(len(places), np.nan)
        p[:tried] = p_values_without(values, places[:tried], choices)
        found = {"estimate": _without_each(values[:k], values[k:], side == "mobilised"), "p_value": p}
        frames.append(pd.DataFrame({"left_out": names[list(places)], "side": side, **found}))
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=COLUMNS)


def _without_each(treated: Vector, others: Vector, of_treated: bool) -> Vector:
    """Difference of the means of both sides without each area of one of them in turn."""
    side, other = (treated, others) if of_treated else (others, treated)
    means = (side.sum() - side) / (len(side) - 1)
    return np.asarray(means - other.mean() if of_treated else other.mean() - means)


def _sizes_without(side: Vector, other: Vector) -> Vector:
    """Absolute studentised difference of two sides without each area of the first in turn."""
    left = len(side) - 1
    mean = (side.sum() - side) / left
    spread = np.maximum((side**2).sum() - side**2 - left * mean**2, 0.0) / (left * max(left - 1, 1))
    error = np.sqrt(spread + other.var(ddof=1) / len(other))
    return np.asarray(np.abs(mean - other.mean()) / np.maximum(error, np.finfo(float).tiny))
