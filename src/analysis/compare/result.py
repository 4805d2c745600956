"""One estimate, said the same way whichever estimator made it."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self

import numpy as np
import pandas as pd
from scipy import stats

from analysis import contract
from analysis.compare.design import Design, Window
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
    n_treated: int
    n_control: int
    estimate: float | None = None
    se: float | None = None
    interval: tuple[float, float] | None = None
    p_value: float | None = None
    p_method: str = "none"
    p_min: float | None = None
    level: float = LEVEL
    window: Window | None = None
    details: Details = field(default_factory=Details)

    @classmethod
    def of(cls, design: Design, **said: Any) -> Self:
        """Make an effect of the areas of a design that are treated at some time on the others."""
        treated = int(design.ever_treated.sum())
        return cls(n_treated=treated, n_control=len(design.areas) - treated, **said)

    def judged(self, se: float, by: str, *, dof: float = math.inf, alone: str = "") -> Self:
        """Judge the estimate by its standard error on t (on the normal without ``dof``).

        Where nothing varies there is no interval; where ``alone`` says why nothing is left to judge it by,
        the estimate stands alone.
        """
        assert self.estimate is not None  # noqa: S101 - nothing else is judged
        if alone:
            return replace(self, p_method=f"none: {alone}")
        p = t_p_value(self.estimate, se, dof)
        if se == 0 and self.estimate == 0:
            return replace(self, se=se, p_value=p, p_method=NOTHING_VARIES)
        half = float(stats.t.ppf((1 + self.level) / 2, dof)) * se
        interval = (self.estimate - half, self.estimate + half)
        return replace(self, se=se, interval=interval, p_value=p, p_method=by)

    def to_dict(self) -> dict[str, Any]:
        """Give plain JSON values in the order of the contract; what is not finite becomes ``None``."""
        return {name: plain(getattr(self, name)) for name in JSON_FIELDS}


JSON_FIELDS = (
    "estimator", "estimand", "estimate", "se", "interval", "level", "p_value", "p_method", "p_min",
    "n_treated", "n_control", "details",
)  # fmt: skip
"""What ``analysis compare --json`` prints of an effect."""

TWO_AREAS = "two areas leave no spread to judge by"
NO_SPREAD = "these areas leave no spread to judge by"
NOTHING_VARIES = "none: nothing varies, so it cannot be told"


def t_p_value(estimate: float, se: float, dof: float) -> float:
    """Two-sided p of ``estimate / se`` on t; an estimate of nothing with no spread has p one."""
    if se == 0:
        return 1.0 if estimate == 0 else 0.0
    return float(2 * stats.t.sf(abs(estimate / se), dof))


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
    details = effect.details
    words = {name: getattr(effect, name) for name in ("estimator", "estimand", "level", "p_method")}
    numbers = numbers_of(effect) | {"se": effect.se, "percent": details.get("percent"),
                                    "area_spread": details.get("area_spread")}  # fmt: skip
    counts = {name: numbers.pop(name) for name in ("first_day", "last_day", "n_treated", "n_control")}
    finite = {key: np.nan if plain(value) is None else float(value) for key, value in numbers.items()}
    return words | {"unit": details.get("unit", "")} | counts | finite


def numbers_of(effect: Effect) -> dict[str, Any]:
    """Give window, areas, estimate, p and extra persons under the names of their columns."""
    low, high = effect.interval or (None, None)
    extra = effect.details.get("extra_persons", {})
    extra_low, extra_high = extra.get("interval") or (None, None)
    return {
        **days_of(effect), "n_treated": effect.n_treated, "n_control": effect.n_control,
        "estimate": effect.estimate, "interval_low": low, "interval_high": high, "p_value": effect.p_value,
        "p_min": effect.p_min, "extra_persons": extra.get("total"), "extra_low": extra_low,
        "extra_high": extra_high,
    }  # fmt: skip


def days_of(effect: Effect | None) -> dict[str, int | None]:
    """Give first and last day of an effect's window; empty where it has none."""
    window = None if effect is None else effect.window
    first, last = (None, None) if window is None else (window.first, window.last)
    return {"first_day": first, "last_day": last}
