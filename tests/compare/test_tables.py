"""What the study leaves for the report: every choice once, every check with its answer, one sentence."""

import json

import numpy as np
import pandas as pd
import pytest

from analysis.compare import study_push
from analysis.compare.tables import design_table, permutation_table, sensitivity_table, verdict_facts
from analysis.contract import check_object


def panel(lift: float, areas: int = 8) -> pd.DataFrame:
    """Make areas of about 100 new a day for ten weeks; the first two are pushed from the eighth Sunday on."""
    rng = np.random.default_rng(5)
    days = pd.date_range("2023-07-03", periods=70)
    push = pd.Timestamp("2023-08-27")
    rows = []
    for number in range(areas):
        pushed = number < 2
        mean = np.where((days >= push) & pushed, 100 * lift, 100)
        new = rng.poisson(mean).astype(float)
        remaining = 50_000 - np.concatenate([[0], new.cumsum()[:-1]])
        start = push if pushed else pd.NaT
        rows += [
            {
                "area": f"A{number}",
                "date": day,
                "new": one,
                "remaining": left,
                "rate": one / left,
                "treated_from": start,
            }
            for day, one, left in zip(days, new, remaining, strict=True)
        ]
    return pd.DataFrame(rows)


@pytest.fixture(scope="module")
def lifted():
    return study_push(panel(lift=3.0), seed=1)


def test_every_choice_of_two_of_eight_stands_there_once_and_one_was_made(lifted):
    table = permutation_table(lifted)
    assert len(table) == 28
    assert table["observed"].sum() == 1
    made = table.loc[table["observed"], "draw"].item()
    assert made == pytest.approx(lifted.main.effect.estimate)
    assert (table["draw"].abs() <= made + 1e-12).all()


def test_checks_of_a_tripling_hold_and_placebo_dates_find_nothing_much(lifted):
    table = sensitivity_table(lifted)
    assert {"placebo_dates", "odds", "base_length", "leak"} <= set(table["check"])
    assert "leave_one_out" not in set(table["check"])  # two areas: none can be left out
    dates = table[(table["check"] == "placebo_dates") & (table["detail"] != "")]
    assert (dates["estimate"].abs() < 0.3).all()
    assert table.loc[table["check"] == "leak", "holds"].isna().all()


def test_the_finding_is_that_of_the_leading_window_with_codes_and_no_sentence(lifted):
    facts = verdict_facts(lifted)
    assert facts["finding"] == "raised_fragile"  # of 28 choices a little favour makes ours
    assert [one["code"] for one in facts["reasons"]] == ["odds"]
    assert (facts["first_day"], facts["last_day"]) == (0, 6)
    assert facts["compared"] == ["A0", "A1"]
    assert facts["against"] == 6
    check_object("verdict.json", json.loads(json.dumps(facts)))


def test_how_alike_the_groups_were_and_what_they_could_show_leaves_the_notebook(lifted):
    table = design_table(lifted)
    assert set(table["fact"]) == {"level", "last_week", "trend", "spread", "people", "smallest", "odds"}
    balance = table[table["first_day"].isna()]
    gap = balance["mobilised"] - balance["comparison"]
    assert (np.sign(gap) == np.sign(balance["value"])).all()
    odds = table[table["fact"] == "odds"].set_index("last_day")
    windows = {one["last_day"]: one for one in verdict_facts(lifted)["windows"]}
    assert odds.loc[6, "value"] == windows[6]["odds"]
    assert odds.loc[6, "exact"]
    assert (table.loc[table["fact"] == "smallest", "value"] > 0).all()


def test_an_area_whose_people_nobody_knows_takes_no_other_down():
    unknown = panel(lift=3.0)
    unknown.loc[unknown["area"] == "A7", ["remaining", "rate"]] = np.nan
    study = study_push(unknown, seed=1)
    assert study.balance["standardised_difference"].notna().all()
    told = study.opinion_table.set_index("estimator")
    assert told.loc[["did", "collapsed", "ppml", "sc", "sdid", "cs"], "estimate"].notna().all()
    assert len(study.main.tested.choices.chosen) == 21  # two of seven


def test_before_any_push_there_is_nothing_and_it_is_said():
    nobody = panel(lift=1.0).assign(treated_from=pd.NaT)
    study = study_push(nobody, seed=1)
    assert permutation_table(study).empty
    assert sensitivity_table(study).empty
    assert design_table(study).empty
    facts = verdict_facts(study)
    assert facts["finding"] == "cannot_be_told"
    assert facts["reasons"] == [{"code": "no_push"}]
    check_object("verdict.json", facts)
