"""What the study leaves behind for those who read it: the other choices, the checks, the finding."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from analysis import contract
from analysis.compare.checks import Result
from analysis.compare.gains import elsewhere, unlike, yield_of
from analysis.compare.reasons import SUSPICIONS
from analysis.compare.result import days_of, plain
from analysis.compare.studied import Examined, Study

DESIGN_COLUMNS = contract.columns("design.csv")
PERMUTATION_COLUMNS = contract.columns("permutation.csv")
SENSITIVITY_COLUMNS = contract.columns("sensitivity.csv")


def permutation_table(study: Study) -> pd.DataFrame:
    """List the estimate of every choice of areas on the main window.

    ``draw`` is in log points; the row with ``observed`` is the choice that was made.
    """
    if study.main is None:
        return pd.DataFrame(columns=PERMUTATION_COLUMNS)
    effect = study.main.effect
    draws = np.asarray(effect.details.get("permutation", {}).get("difference", []), dtype=np.float64)
    columns = {
        **days_of(effect), "estimator": effect.estimator, "draw": draws,
        "observed": np.arange(draws.size) == 0,
    }  # fmt: skip
    return pd.DataFrame(columns, columns=PERMUTATION_COLUMNS)


def sensitivity_table(study: Study) -> pd.DataFrame:
    """List what each check of the main window varied, one row each (`SENSITIVITY_COLUMNS`).

    ``estimate`` is in log points (for ``odds`` a ratio of odds). ``holds`` says whether the finding stands;
    it is empty where there was nothing to overturn or the row alone cannot tell. Every check that does not
    hold is a reason in ``verdict.json``.
    """
    results = () if study.main is None else study.main.results
    tables = [result.table.assign(check=result.check) for result in results if len(result.table)]
    if not tables:
        return pd.DataFrame(columns=SENSITIVITY_COLUMNS)
    return pd.concat(tables, ignore_index=True)[SENSITIVITY_COLUMNS]


def design_table(study: Study) -> pd.DataFrame:
    """Say how alike the groups were, and what so many areas can show (`DESIGN_COLUMNS`).

    Balance on the main window; then of every window the smallest lift seen four times in five, and the odds
    bound Γ where p is at most 5 %.
    """
    standardised = {"measure": "fact", "standardised_difference": "value"}
    rows: list[Mapping[str, Any]] = study.balance.rename(columns=standardised).to_dict("records")  # type: ignore[assignment]
    for one, percent in zip(study.examined, study.power["percent"], strict=True):
        odds = one.of("odds")
        rows.append({"fact": "smallest", **days_of(one.effect), "value": percent})
        if odds is not None:
            rows.append(
                {"fact": "odds", **days_of(one.effect), "value": odds.estimate, "exact": _is_exact(odds)}
            )
    return pd.DataFrame(rows, columns=DESIGN_COLUMNS).astype({"first_day": "Int64", "last_day": "Int64"})


def _is_exact(odds: Result) -> bool:
    return bool(odds.table["detail"].iloc[0] == "exact")


def verdict_facts(study: Study) -> dict[str, Any]:
    """Give what may be said, as codes and values: the leading window's finding, every window's, who and when.

    ``compared`` are the areas on the treated side of the leading window, ``within`` how many areas lie in
    them where the push took whole ones (else 0), ``not_compared`` those that mobilised and are in none, each
    with its reason; ``told_day`` is the day from the push on which the others were told to do the same.
    """
    lead, counts, told = study.lead, study.counts, None
    if counts is not None and study.push.told is not None:
        told = (study.push.told - counts.push_day).days
    compared = counts.design.names(lead.tested.groups.treated) if counts and lead else ()
    return {
        **study.verdict.to_dict(),
        **days_of(None if lead is None else lead.effect),
        "push_day": None if counts is None else counts.push_day.isoformat(),
        "compared": list(compared),
        "against": 0 if lead is None else lead.effect.n_control,
        "within": sum(whole in set(compared) for whole in study.wholes.values()),
        "not_compared": [
            {"area": one.area, "first_day": one.first_day.isoformat(), "why": one.why}
            for one in study.not_compared
        ],
        "told_day": told,
        "unlike": None if study.main is None else plain(unlike(study.main.tested)),
        "yield": _yield(study),
        "registered": [plain(one) for one in study.kept],
        "elsewhere": _elsewhere(study),
        "daily": counts is None or counts.daily,
        "windows": [days_of(one.effect) | _window_facts(one) for one in study.examined],
        "skipped": [
            {"first_day": window.first, "last_day": window.last, "why": why} for window, why in study.skipped
        ],
    }


def _yield(study: Study) -> list[dict[str, Any]]:
    """Give what the main window's push brought for what it took.

    Empty where nobody wrote it down, and where one of its areas is not among those that the extra is of.
    """
    extra = None if study.main is None else study.main.effect.details.get("extra_persons")
    if extra is None or extra["interval"] is None or study.counts is None:
        return []
    if any(one.first_day == study.counts.push_day for one in study.not_compared):
        return []
    push = study.push
    found = yield_of(
        (extra["total"], extra["interval"][0], extra["interval"][1]), push.people, push.costs, push.currencies
    )
    made = {"per_100_people": found.per_100_people, "cost_per_extra": found.cost_per_extra}
    return [{"what": key, "currency": found.currency, "values": plain(value)}
            for key, value in made.items() if value is not None]  # fmt: skip


def _elsewhere(study: Study) -> list[dict[str, Any]]:
    """Give what the push would bring in one new area, on its own days and on the main window."""
    if study.counts is None:
        return []
    made = [(one, elsewhere(study.counts.design, one.tested)) for one in study.examined]
    return [days_of(one.effect) | plain(vars(found)) for one, found in made if found is not None]


def _window_facts(one: Examined) -> dict[str, Any]:
    odds = one.of("odds")
    placebo = one.of("placebo_dates")
    leak = one.of("leak")
    doubts = {reason.code for reason in one.verdict.reasons}
    return {
        **one.verdict.to_dict(),
        "clean": one.clean,
        "together": one.tested.apart,
        "suspicions": [
            plain(result.reason.to_dict()) | {"holds": result.holds and result.reason.code not in doubts}
            for result in one.results
            if result.check in SUSPICIONS and result.reason is not None
        ],
        "p_in_time": None if placebo is None else plain(placebo.p),
        "odds": None if odds is None else plain(odds.estimate),
        "odds_exact": None if odds is None else _is_exact(odds),
        **_beside(one),
        "quarter_leaked": None if leak is None else plain(leak.estimate),
    }


def _beside(one: Examined) -> dict[str, float | None]:
    """Give what areas beside the mobilised ones rose by, if they did, and the effect without them."""
    beside, far = one.of("beside"), one.of("not_neighbours")
    if beside is None or far is None or beside.p is None or beside.p > 1 - one.effect.level:
        return {}
    same = (beside.estimate or 0.0) * (one.effect.estimate or 0.0) > 0
    return {"beside": beside.estimate, "beside_p": beside.p, "far": far.estimate} if same else {}
