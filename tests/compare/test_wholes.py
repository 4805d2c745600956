"""Pushes of whole districts: known truth in campaigns whose districts have shocks of their own."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from analysis.campaign import load_campaign
from analysis.compare import Push, push_headlines, push_of, study_push
from analysis.compare.checks import Case, run_checks
from analysis.compare.contrasts import exact_test
from analysis.compare.counted import read_counts
from analysis.compare.design import Window
from analysis.compare.wholes import by_whole, wholes_of

DISTRICTS, EACH, BEFORE, DAYS = 12, 5, 28, 35
AREAS = [f"{district:02d}{commune}" for district in range(DISTRICTS) for commune in range(EACH)]
ABOVE = {area: (f"D{area[:2]}",) for area in AREAS}
START = pd.Timestamp(2023, 9, 10)


def drive(seed=0, lift=0.0, shock=0.3, pushed=("00", "01", "02")):
    """Communes of twelve districts; each district has a shock of its own from the push on."""
    rng = np.random.default_rng(seed)
    district = np.array([int(area[:2]) for area in AREAS])
    treated = np.array([area.startswith(tuple(pushed)) for area in AREAS])
    log_rate = np.full((len(AREAS), DAYS), np.log(0.01))
    log_rate[:, BEFORE:] += (rng.normal(0, shock, DISTRICTS)[district] + lift * treated)[:, None]
    left, new, remaining = np.full(len(AREAS), 4000.0), [], []
    for day in range(DAYS):
        remaining.append(left)
        new.append(rng.poisson(left * np.exp(log_rate[:, day])))
        left = left - new[-1]
    table = pd.DataFrame(
        {
            "area": np.tile(AREAS, DAYS),
            "date": np.repeat(pd.date_range(START - pd.Timedelta(days=BEFORE), periods=DAYS), len(AREAS)),
            "new": np.concatenate(new).astype(float),
            "remaining": np.concatenate(remaining),
            "days": 1,
            "treated_from": np.tile(pd.Series(START, range(len(AREAS))).where(treated), DAYS),
        }
    )
    table["rate"] = table["new"] / table["remaining"]
    return table.sort_values(["area", "date"], ignore_index=True)


def test_what_befalls_whole_districts_is_not_taken_for_an_effect():
    missed = {True: 0, False: 0}
    for seed in range(6):
        table = drive(seed)
        for wholes in missed:
            week = push_headlines(table, Push(above=ABOVE if wholes else {})).iloc[-1]
            missed[wholes] += not week["interval_low"] <= 0 <= week["interval_high"]
    assert missed[True] == 0
    assert missed[False] >= 2  # of six draws, where communes are taken one by one


def test_the_true_effect_of_whole_districts_is_in_the_interval():
    week = push_headlines(drive(3, lift=np.log(2), shock=0.1), Push(above=ABOVE)).iloc[-1]
    assert (week["n_treated"], week["n_control"]) == (3, 9)
    assert week["interval_low"] <= np.log(2) <= week["interval_high"]


def test_the_study_is_of_the_wholes_and_says_so():
    study = study_push(drive(1, lift=1.0), seed=1, push=Push(above=ABOVE))
    assert study.design.areas == tuple(f"D{one:02d}" for one in range(DISTRICTS))
    assert study.wholes["003"] == "D00"
    assert list(study.gains["area"]) == ["D00", "D01", "D02"]


@pytest.mark.parametrize(
    ("pushed", "above", "whole"),
    [
        (("00", "01"), ABOVE, "D00"),
        (("000", "001", "010"), ABOVE, None),  # some communes of a district: chosen one by one
        (("00", "011"), ABOVE, None),
        (("00", "01"), {}, None),
        (("00", "01"), {area: (f"D{area[:2]}", f"P{int(area[:2]) // 2}") for area in AREAS}, "P0"),
        (("00", "02"), {area: (f"D{area[:2]}", f"P{int(area[:2]) // 2}") for area in AREAS}, "D00"),
        (("00",), dict.fromkeys(AREAS, ("D", "N")), None),  # all lie under the same area
    ],
)
def test_the_highest_level_that_no_push_divides_is_compared(pushed, above, whole):
    assert wholes_of(drive(pushed=pushed), above).get("000") == whole


def test_a_push_before_all_counts_does_not_say_what_the_next_one_took():
    table = drive()
    table.loc[table["area"] == "110", "treated_from"] = table["date"].min() - pd.Timedelta(days=3)
    assert wholes_of(table, ABOVE)["000"] == "D00"
    study = study_push(table, seed=1, push=Push(above=ABOVE))
    assert (study.main.effect.n_treated, study.main.effect.n_control) == (3, 8)
    assert [(one.area, one.why) for one in study.not_compared] == [("D11", "nothing_before")]


def test_an_area_of_another_rhythm_or_gone_silent_is_in_no_sum():
    table = drive()
    weekly = (table["area"] == "000") & (table["date"].dt.day_of_week != 6)
    table.loc[weekly, "new"], table.loc[table["area"] == "000", "days"] = np.nan, 7
    table.loc[(table["area"] == "001") & (table["date"] >= START), "new"] = np.nan
    whole = by_whole(table, wholes_of(table, ABOVE)).set_index(["area", "date"])
    others = table[table["area"].isin(["002", "003", "004"])].groupby("date")[["new", "remaining"]].sum()
    pd.testing.assert_frame_equal(whole.loc["D00"][["new", "remaining"]], others, check_freq=False)
    assert (whole.loc["D00"]["days"] == 1).all()


SOME = tuple(f"{district:02d}{commune}" for district in range(3) for commune in range(3))


def siblings(table):
    """What the suspicion says of three of five communes in three of twelve districts, and of the headline."""
    design = read_counts(table).design
    tested = exact_test(design, Window(0, 6), rng=np.random.default_rng(0))
    case = Case(design, tested, above={area: line[0] for area, line in ABOVE.items()})
    return tested.test.p_value, next((one for one in run_checks(case) if one.check == "siblings"), None)


def test_what_befalls_the_districts_of_some_communes_is_named_and_not_dispelled():
    found = [siblings(drive(seed, pushed=SOME, shock=0.6)) for seed in (5, 8, 10)]
    doubted = [check.holds is False for p, check in found if p <= 0.05]
    assert len(doubted) == 3  # no effect, and yet p is at most 5 %
    assert all(doubted)
    assert all(check.reason.code == "siblings" for _, check in found)


def test_an_effect_on_some_communes_of_a_district_is_seen_within_it():
    p, check = siblings(drive(1, lift=np.log(2), shock=0.1, pushed=SOME))
    assert p <= 0.05
    assert check.holds
    assert check.p <= 0.05
    assert check.estimate == pytest.approx(np.log(2), abs=0.1)


def test_communes_of_many_districts_are_not_suspected_of_lying_together():
    _, check = siblings(drive(pushed=tuple(f"{district:02d}0" for district in range(9))))
    assert check is None or check.reason is None


def test_who_could_have_been_chosen_may_be_listed_by_the_areas_above(project):
    given = load_campaign(project / "data/raw/quang_nam_communes_2023")
    pushes = [one.model_copy(update={"among": "503 513 517 502"}) for one in given.mobilisations]
    push = push_of(given.model_copy(update={"mobilisations": tuple(pushes)}), date(2023, 9, 18))
    inside = {code for code, line in push.above.items() if line[0] in {"503", "513", "517", "502"}}
    assert inside
    assert set(push.strata) == inside | {"503", "513", "517", "502"}
