"""What the study leaves behind for those who read it: the other choices, the checks, the sentence."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis import contract
from analysis.compare.study import Study

ALPHA = 0.05


def permutation_table(study: Study) -> pd.DataFrame:
    """List the estimate of every choice of areas on the main window.

    ``draw`` is in log points; the row with ``observed`` is the choice that was made.
    """
    effect = study.main_headline
    draws = np.asarray(effect.details.get("permutation", {}).get("difference", []), dtype=np.float64)
    return pd.DataFrame(
        {
            "window": effect.details.get("window", ""),
            "estimator": effect.estimator,
            "draw": draws,
            "observed": np.arange(draws.size) == 0,
        },
        columns=contract.columns("permutation.csv"),
    )


def sensitivity_table(study: Study) -> pd.DataFrame:
    """List each check of the main headline, one row each.

    ``estimate`` is in log points. ``holds`` says whether the check leaves the conclusion as it was: a date
    without a push shows no effect, and without one area or by another measure an effect that was found is
    still found with the same sign. It is empty where the check has no p value.
    """
    rows = [*_placebo_rows(study), *_left_out_rows(study), *_twin_rows(study), *_leak_rows(study)]
    return pd.DataFrame(rows, columns=contract.columns("sensitivity.csv"))


def verdict_facts(study: Study) -> dict[str, str]:
    """Give the sentence on the main window in both languages, and the finding that it words."""
    windows = [str(effect.details.get("window")) for effect in study.headlines]
    at = windows.index(str(study.main)) if str(study.main) in windows else 0
    said = study.verdicts[at]
    return {"finding": said.finding, "vi": said.vi, "en": said.en}


def _placebo_rows(study: Study) -> list[tuple[object, ...]]:
    earlier = study.placebo_dates[~study.placebo_dates["real"].astype(bool)]
    return [
        ("placebo_date", str(row["date"]), row["estimate"], row["p_value"], row["p_value"] > ALPHA)
        for row in earlier.to_dict("records")
    ]


def _left_out_rows(study: Study) -> list[tuple[object, ...]]:
    """On each side the area without which p is largest."""
    if study.leave_one_out.empty:
        return []
    worst = study.leave_one_out.sort_values("p_value").groupby("side").tail(1)
    return [
        (
            f"without_one_{row['side']}",
            str(row["left_out"]),
            row["estimate"],
            row["p_value"],
            _same(study, row["estimate"], row["p_value"]),
        )
        for row in worst.to_dict("records")
    ]


TWINS = {
    "medians": "medians",
    "comparison areas: not neighbours": "not_neighbours",
    "level before taken off": "level_before",
}


def _twin_rows(study: Study) -> list[tuple[object, ...]]:
    return [
        (
            TWINS[row["measure"]],
            "",
            row["estimate"],
            row["p_value"],
            _same(study, row["estimate"], row["p_value"]),
        )
        for row in study.twins.to_dict("records")
        if row["measure"] in TWINS
    ]


def _leak_rows(study: Study) -> list[tuple[object, ...]]:
    return [
        ("leak", f"{row['share']:.0%}", row["estimate"], np.nan, None)
        for row in study.leaks.to_dict("records")
        if row["share"] > 0
    ]


def _same(study: Study, estimate: float, p_value: float) -> bool | None:
    main = study.main_headline
    if np.isnan(p_value) or main.p_value is None or main.estimate is None:
        return None
    found, still = main.p_value <= ALPHA, p_value <= ALPHA
    return bool(found == still and (not found or np.sign(estimate) == np.sign(main.estimate)))
