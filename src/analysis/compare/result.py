"""One estimate, said the same way whichever estimator made it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from analysis import contract
from analysis.compare.design import Window
from analysis.compare.details import Details

LEVEL = 0.95

EFFECT_COLUMNS = contract.columns("effects.csv")
"""Columns of ``effects.csv``, one row an estimate; empty where the estimator gives no such number."""


@dataclass(frozen=True)
class Effect:
    """What one estimator says about one estimand.

    Attributes
    ----------
    estimator
        The id it was asked for by, e.g. ``headline``.
    estimand
        What is being estimated, in words.
    estimate, se
        In the unit that ``details["unit"]`` names; ``None`` where the estimator gives none.
    interval
        Lower and upper end at ``level``; ``None`` where no bounded interval exists at that level.
    p_value, p_method, p_min
        Two-sided p value, how it was got, and the smallest value that this design could have given.
    n_treated, n_control
        Areas on either side.
    window
        Days from the push on that it is about; ``None`` where it is about the whole table.
    details
        What a sceptic asks for next: weights, placebo distributions, by-cohort estimates, warnings.
    """

    estimator: str
    estimand: str
    estimate: float | None
    se: float | None
    interval: tuple[float, float] | None
    p_value: float | None
    p_method: str
    p_min: float | None
    n_treated: int
    n_control: int
    level: float = LEVEL
    window: Window | None = None
    details: Details = field(default_factory=Details)

    def to_dict(self) -> dict[str, Any]:
        """Give plain JSON values in the order of the contract; what is not finite becomes ``None``."""
        return {
            "estimator": self.estimator,
            "estimand": self.estimand,
            "estimate": plain(self.estimate),
            "se": plain(self.se),
            "interval": plain(self.interval),
            "level": self.level,
            "p_value": plain(self.p_value),
            "p_method": self.p_method,
            "p_min": plain(self.p_min),
            "n_treated": self.n_treated,
            "n_control": self.n_control,
            "details": plain(self.details),
        }


def without_spread(effect: Effect, why: str) -> Effect:
    """Keep the estimate alone: nothing is left to judge it by."""
    return replace(effect, se=None, interval=None, p_value=None, p_method=f"none: {why}")


TWO_AREAS = "two areas leave no spread to judge by"
NOTHING_VARIES = "none: nothing varies, so it cannot be told"


def plain(value: Any) -> Any:
    """Turn numpy and tuples into what JSON can say; NaN and infinities into ``None``."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, np.bool_):
        return bool(value)
    if isinstance(value, np.integer):
        return int(value)
    if isinstance(value, (float, np.floating)):
        return float(value) if math.isfinite(value) else None
    return value


def effects_table(effects: Iterable[Effect]) -> pd.DataFrame:
    """Effects as the rows of ``effects.csv`` (:data:`EFFECT_COLUMNS`), in the order given."""
    rows = [_row(effect) for effect in effects]
    return pd.DataFrame(rows, columns=EFFECT_COLUMNS).astype(
        {"n_treated": "int64", "n_control": "int64", "first_day": "Int64", "last_day": "Int64"}
    )


def _row(effect: Effect) -> dict[str, Any]:
    low, high = effect.interval or (None, None)
    extra = effect.details.get("extra_persons", {})
    extra_low, extra_high = extra.get("interval") or (None, None)
    values = {
        "estimand": effect.estimand,
        "first_day": None if effect.window is None else effect.window.first,
        "last_day": None if effect.window is None else effect.window.last,
        "estimator": effect.estimator,
        "unit": effect.details.get("unit", ""),
        "level": effect.level,
        "p_method": effect.p_method,
        "n_treated": effect.n_treated,
        "n_control": effect.n_control,
    }
    numbers = {
        "estimate": effect.estimate, "se": effect.se, "interval_low": low, "interval_high": high,
        "p_value": effect.p_value, "p_min": effect.p_min, "percent": effect.details.get("percent"),
        "extra_persons": extra.get("total"), "extra_low": extra_low, "extra_high": extra_high,
        "area_spread": effect.details.get("area_spread"),
    }  # fmt: skip
    return values | {key: np.nan if value is None or plain(value) is None else float(value)
                     for key, value in numbers.items()}  # fmt: skip
