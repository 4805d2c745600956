"""From the table of evidence to a finding with its reasons, by written rules; no sentence is made here."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib.resources import files
from typing import Any, Literal

from analysis.compare.checks import Result
from analysis.compare.reasons import SUSPICIONS, Reason
from analysis.compare.result import Effect, days_of, plain

Finding = Literal[
    "raised", "raised_unchecked", "raised_fragile", "lowered", "lowered_unchecked", "lowered_fragile",
    "cannot_tell", "cannot_be_told",
]  # fmt: skip

RULES = (files(__package__) / "rules.md").read_text(encoding="utf-8")
"""By which evidence becomes a finding; pushes are registered with its hash."""


@dataclass(frozen=True)
class Verdict:
    """A finding on one window, and why it is no stronger."""

    finding: Finding
    reasons: tuple[Reason, ...]

    @property
    def firm(self) -> bool:
        """Whether the finding is one that every check left standing."""
        return self.finding in ("raised", "lowered")

    def to_dict(self) -> dict[str, Any]:
        """Give the finding as it stands in ``verdict.json``."""
        return {
            "finding": self.finding,
            "reasons": [plain(reason.to_dict()) for reason in self.reasons],
        }


def verdict(effect: Effect, results: Sequence[Result] = ()) -> Verdict:
    """Say what the headline and its checks allow to be said, by :data:`RULES`."""
    if nothing := _unable(effect):
        return Verdict("cannot_be_told", (nothing,))
    if unconvinced := _unconvinced(effect):
        return Verdict("cannot_tell", (unconvinced,))
    up = (effect.estimate or 0.0) > 0
    doubts = [result.reason for result in results if result.holds is False and result.reason]
    areas = {"k": effect.n_treated, "n": effect.n_treated + effect.n_control}
    if 1 in (effect.n_treated, effect.n_control):
        doubts.insert(0, Reason("one_area" if effect.n_treated == 1 else "one_other", areas))
    if doubts:
        return Verdict("raised_fragile" if up else "lowered_fragile", tuple(doubts))
    if effect.n_treated == 2:
        return Verdict("raised_unchecked" if up else "lowered_unchecked", (Reason("two_areas", areas),))
    return Verdict("raised" if up else "lowered", ())


def own_days(effect: Effect, results: Sequence[Result], week: Effect, of_week: Sequence[Result]) -> Verdict:
    """Say it of the push's own days, given what its week could not dispel (the sixth of :data:`RULES`)."""
    own = {result.reason.code for result in results if result.holds is False and result.reason}
    undispelled = [
        replace(result, reason=Reason(result.reason.code, {**result.reason.values, **days_of(week)}))
        for result in of_week
        if result.holds is False and result.reason and result.reason.code in {*SUSPICIONS} - own
    ]
    return verdict(effect, (*results, *undispelled))


def _unable(effect: Effect) -> Reason | None:
    """Why this design could not answer whatever the numbers, if it could not."""
    if effect.estimate is None or effect.p_value is None:
        return Reason("no_figures")
    areas = {"k": effect.n_treated, "n": effect.n_treated + effect.n_control}
    if (effect.p_min or 0.0) > 1 - effect.level:
        return Reason("floor", areas | {"p_min": effect.p_min})
    return Reason("no_interval", areas) if effect.interval is None else None


def _unconvinced(effect: Effect) -> Reason | None:
    """Why the numbers do not show an effect, if they do not."""
    assert effect.p_value is not None  # noqa: S101 - the caller checks
    assert effect.interval is not None  # noqa: S101 - the caller checks
    low, high = effect.interval
    if effect.p_value > 1 - effect.level:
        return Reason("p_above", {"p": effect.p_value, "low": low, "high": high})
    return Reason("holds_zero", {"low": low, "high": high}) if low <= 0 <= high else None
