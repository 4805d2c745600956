"""The walk of the notebook on a panel: with a push, before any, and with more counted than eligible."""

from datetime import date

import matplotlib.figure
import numpy as np
import pandas as pd
import pytest

from analysis.compare import EFFECT_COLUMNS, Push, Window, push_headlines, study_push
from analysis.compare.tables import permutation_table, verdict_facts
from analysis.panel import compared_from
from analysis.report.curves import group_rates
from analysis.report.figures import effect as draw
from analysis.validation.trials import Trial, simulate


def panel_of(design):
    n, t = design.outcome.shape
    start = pd.Timestamp(np.datetime64(design.first_start, "D"))
    return pd.DataFrame(
        {
            "area": np.repeat(design.areas, t),
            "date": pd.to_datetime(np.tile(design.times.astype("datetime64[D]"), n)),
            "new": design.outcome.ravel(),
            "remaining": design.exposure.ravel(),
            "rate": (design.outcome / design.exposure).ravel(),
            "treated_from": np.where(np.repeat(design.ever_treated, t), start, pd.NaT),
        }
    ).astype({"treated_from": "datetime64[us]"})


@pytest.fixture(scope="module")
def panel():
    return panel_of(simulate(Trial(lift=0.8, before=33, after=9), np.random.default_rng(1)))


@pytest.fixture(scope="module")
def study(panel):
    return study_push(panel, seed=1)


def test_windows_are_fixed_and_cut_once(study):
    windows = [Window(0, 0), Window(0, 6), Window(0, 8)]
    assert [one.effect.window for one in study.examined] == windows
    assert study.main.effect.window == Window(0, 6)
    assert list(study.effects.columns) == EFFECT_COLUMNS
    assert study.effects.query("estimator == 'headline'")["last_day"].is_unique
    assert study.examined[1].verdict.finding in {"raised", "raised_fragile"}


def test_everything_agrees_on_the_sign(study):
    estimates = [effect.estimate for effect in study.opinions]
    assert all(estimate > 0 for estimate in estimates)
    assert study.opinion_table["estimator"].is_unique


def test_same_panel_same_study(panel, study):
    pd.testing.assert_frame_equal(study_push(panel, seed=1).effects, study.effects)


def test_the_headline_alone_is_the_headline_of_the_study(panel, study):
    alone = push_headlines(panel)
    told = study.effects.query("estimator == 'headline'").reset_index(drop=True)
    pd.testing.assert_frame_equal(alone, told, check_dtype=False)
    before = panel.assign(treated_from=pd.NaT).astype({"treated_from": "datetime64[us]"})
    assert list(push_headlines(before).columns) == EFFECT_COLUMNS
    assert push_headlines(before).empty


def test_before_any_push_everything_is_empty_and_said(panel):
    before = panel.assign(treated_from=pd.NaT).astype({"treated_from": "datetime64[us]"})
    nothing = study_push(before, seed=1)
    assert nothing.effects.empty
    assert list(nothing.effects.columns) == EFFECT_COLUMNS
    assert [reason.code for reason in nothing.verdict.reasons] == ["no_push"]
    assert nothing.checks.empty
    choices, push = permutation_table(nothing), panel["treated_from"].min()
    assert "Nothing to draw" in draw.say_chance(choices)
    assert isinstance(draw.chance(choices, "en"), matplotlib.figure.Figure)
    assert isinstance(draw.placebos(nothing.check("placebo_dates"), push, "en"), matplotlib.figure.Figure)
    rates = group_rates(before, pd.NaT)
    assert isinstance(draw.groups(rates, pd.NaT, "en"), matplotlib.figure.Figure)
    assert "Nothing to draw" in draw.say_groups(rates, pd.NaT)


def test_an_area_counted_above_its_eligible_is_left_out(panel):
    name = panel.loc[panel["treated_from"].isna(), "area"].iloc[0]
    late = (panel["area"] == name) & (panel["date"] > panel["date"].max() - pd.Timedelta(days=12))
    above = panel.assign(remaining=panel["remaining"].where(~late, -5.0), rate=panel["rate"].where(~late))
    found = study_push(above, seed=1)
    assert found.main.effect.details["left_out"] == [name]


def test_figures_say_what_they_show(study):
    for said in (
        draw.say_chance(permutation_table(study)),
        draw.say_placebos(study.check("placebo_dates")),
        draw.say_opinions(study.opinions, "new per 1,000 remaining"),
    ):
        assert any(character.isdigit() for character in said)
    assert isinstance(
        draw.opinions(study.opinions, "new per 1,000 remaining", "en"), matplotlib.figure.Figure
    )


def plain_panel(n, k, *, days=60, push=50, lift=2.0, seed=1):
    """Areas of 5,000 people of whom 1 % a day are counted; the first ``k`` are pushed."""
    rng, rows = np.random.default_rng(seed), []
    first = pd.Timestamp("2024-01-01")
    for area in range(n):
        left = 5_000.0
        for day in range(days):
            new = float(rng.poisson(left * 0.01 * (lift if area < k and day >= push else 1)))
            start = first + pd.Timedelta(days=push) if area < k else pd.NaT
            rows.append((f"A{area:03}", first + pd.Timedelta(days=day), new, left, new / left, start))
            left -= new
    return pd.DataFrame(rows, columns=["area", "date", "new", "remaining", "rate", "treated_from"])


def test_balance_is_by_the_day_however_long_a_tally_is():
    daily = plain_panel(12, 3, days=84, push=56)
    balances = {1: study_push(daily, seed=1).balance}
    for days in (7, 28):
        start = daily.groupby("area")["remaining"].transform("first")
        whole = daily.assign(cumulative=start - daily["remaining"] + daily["new"])
        whole = whole[(whole["date"] - pd.Timestamp("2024-01-01")).dt.days % days == days - 1].copy()
        before = whole.groupby("area")["cumulative"].shift(fill_value=0.0)
        whole["new"], whole["days"] = whole["cumulative"] - before, days
        balances[days] = study_push(whole, seed=1).balance
    levels = [one.set_index("measure").loc["level", "comparison"] for one in balances.values()]
    assert levels[1:] == pytest.approx([levels[0]] * 2, rel=0.3)  # of who is left at the end of each
    assert "last_week" in set(balances[7]["measure"])
    assert "last_week" not in set(balances[28]["measure"])


def test_an_area_that_did_not_count_just_before_the_push_takes_no_measure_of_the_others_away():
    panel = plain_panel(12, 3, days=84, push=56)
    first = panel["date"].min()
    quiet = (panel["area"] == "A001") & panel["date"].between(
        *(first + pd.Timedelta(days=at) for at in (45, 55))
    )
    once = (
        (panel["area"] == "A005")
        & (panel["date"] != first + pd.Timedelta(days=50))
        & (panel["date"] < first + pd.Timedelta(days=56))
    )
    panel.loc[quiet | once, ["new", "remaining", "rate"]] = np.nan
    table = study_push(panel.assign(days=panel["new"].notna().astype(int)), seed=1).balance.set_index(
        "measure"
    )
    assert set(table.index) == {"level", "last_week", "trend", "spread", "people"}
    assert np.isfinite(table.to_numpy()).all()


def test_nine_of_twenty_two_areas_are_compared_over_sampled_choices():
    study = study_push(plain_panel(22, 9), seed=1)
    effect = study.main.effect
    assert effect.n_treated == 9
    assert effect.p_value == effect.p_min == 1 / 10_000
    assert study.check("leave_one_out").p <= 0.05
    assert study.verdict.firm
    again = push_headlines(plain_panel(22, 9), seed=1)
    told = study.effects.query("estimator == 'headline'").reset_index(drop=True)
    pd.testing.assert_frame_equal(again, told, check_dtype=False)


def test_an_area_that_mobilised_without_known_eligible_people_is_named_and_the_others_are_compared():
    panel = plain_panel(8, 3)
    panel["remaining"] = panel["remaining"].mask(panel["area"] == "A000")
    study = study_push(panel, seed=1)
    assert [(one.area, one.why) for one in study.not_compared] == [("A000", "no_eligible")]
    assert study.main.effect.n_treated == 2


def test_an_area_that_mobilised_before_anything_was_counted_is_named():
    panel = plain_panel(8, 3)
    early = panel["area"] == "A000"
    panel["treated_from"] = panel["treated_from"].where(~early, pd.Timestamp("2023-12-20"))
    study = study_push(panel, seed=1)
    assert [(one.area, one.why) for one in study.not_compared] == [("A000", "nothing_before")]
    assert study.main.effect.n_treated == 2


def test_all_areas_on_one_day_leave_nobody_to_compare_and_it_is_said():
    study = study_push(plain_panel(5, 5), seed=1)
    assert {one.why for one in study.not_compared} == {"nobody_to_compare"}
    assert len(study.not_compared) == 5
    assert study.verdict.finding == "cannot_be_told"


def test_where_only_the_areas_of_one_push_can_be_compared_they_have_nobody_beside_them():
    """The others were pushed before anything was counted: it ended in an error, and with it the whole run."""
    panel = plain_panel(5, 5)
    early = panel["area"].isin(["A000", "A001"])
    panel["treated_from"] = panel["treated_from"].mask(early, panel["date"].min())
    study = study_push(panel, seed=1)
    assert {one.area: one.why for one in study.not_compared} == {
        "A000": "nothing_before",
        "A001": "nothing_before",
        "A002": "nobody_to_compare",
        "A003": "nobody_to_compare",
        "A004": "nobody_to_compare",
    }
    assert study.verdict.finding == "cannot_be_told"


@pytest.mark.parametrize(("mobilised", "day"), [(True, 1), (False, -6)])
def test_an_area_whose_counts_fell_is_left_out_and_the_others_are_compared(mobilised, day):
    panel = plain_panel(12, 4)
    moved = panel["treated_from"].min() + pd.Timedelta(days=day)
    own = panel["treated_from"].notna() if mobilised else panel["treated_from"].isna()
    area = panel.loc[own, "area"].min()
    panel.loc[(panel["area"] == area) & (panel["date"] == moved), "new"] = -1e5
    study = study_push(panel, seed=1)
    week = study.main
    assert (week.effect.n_treated, week.effect.n_control) == ((3, 8) if mobilised else (4, 7))
    assert week.tested.groups.fallen == (area,)
    assert [(one.area, one.why) for one in study.not_compared] == [(area, "negative")] * mobilised
    without = push_headlines(panel[panel["area"] != area]).query("last_day == 6").iloc[0]
    assert week.effect.estimate == pytest.approx(without["estimate"])


def test_a_second_wave_is_no_part_of_the_first_and_has_its_own_comparison():
    panel = plain_panel(10, 3)
    late = panel["area"] == "A009"
    panel["treated_from"] = panel["treated_from"].where(~late, pd.Timestamp("2024-02-23"))
    study = study_push(panel, seed=1)
    assert study.not_compared == ()
    assert [wave.areas for wave in study.waves] == [("A000", "A001", "A002"), ("A009",)]
    bjs = next(one for one in study.opinions if one.estimator == "bjs")
    assert len(bjs.details["by_cohort"]) == 1


def test_told_to_copy_ends_the_clean_window():
    push = Push(told=date(2024, 2, 23))  # the push is on the 20th
    study = study_push(plain_panel(18, 3), seed=1, push=push)
    assert [(one.effect.window.last, one.clean) for one in study.examined] == [
        (0, True), (2, True), (6, False), (9, False),
    ]  # fmt: skip


def test_weekly_tallies_support_no_estimate_of_a_day():
    """A panel of Tuesdays with days filled in between: windows are whole periods, and no day stands alone."""
    panel = plain_panel(12, 4, days=84, push=57, lift=3.0)
    tuesday = panel["date"].dt.day_of_week == 1
    number = (tuesday.groupby(panel["area"]).cumsum() - tuesday).astype(int)
    sums = panel.groupby([panel["area"], number])["new"].transform("mean")
    weekly = panel.assign(new=sums, days=np.where(tuesday, 7, 0))
    weekly.loc[(number == 0) & tuesday, "days"] = 2
    last = weekly.loc[tuesday, "date"].max()
    study = study_push(weekly[weekly["date"] <= last], seed=1)
    assert not study.counts.daily
    for one in study.examined:
        assert one.effect.window.last - one.effect.window.first + 1 >= 7
        assert (one.effect.window.last - one.effect.window.first + 1) % 7 == 0
    truth = np.log(3.0)
    assert 0 < study.main.effect.estimate < truth


def test_a_filled_day_is_never_read_as_counted():
    """A value planted on a day nobody counted, and taken off the next count, changes no estimate of a day."""
    panel = plain_panel(12, 3).assign(days=1)
    day = panel["date"] == pd.Timestamp("2024-02-20")
    who = panel["area"] == "A001"
    panel.loc[day & who, "days"] = 0
    panel.loc[(panel["date"] == pd.Timestamp("2024-02-21")) & who, "days"] = 2
    planted = panel.copy()
    planted.loc[day & who, "new"] = 4_000.0
    studies = [study_push(one, seed=1) for one in (panel, planted)]
    for study in studies:
        assert study.examined[0].effect.n_treated == 2
        assert "A001" in study.examined[0].effect.details["left_out"]
    first, second = (study.effects.iloc[0] for study in studies)
    pd.testing.assert_series_equal(first, second)


def test_on_the_push_day_itself_areas_that_are_always_busier_show_no_effect(monkeypatch):
    """The other estimators set a Sunday against Sundays: without effect the exact test keeps its level."""
    monkeypatch.setattr("analysis.compare.study.DAILY", ("ri",))  # the others' answers are not looked at
    monkeypatch.setattr("analysis.compare.study.WEEKLY", ())
    rejected = 0
    for seed in range(12):
        design = simulate(Trial(after=1), np.random.default_rng(seed))
        panel = panel_of(design)
        ours = panel["treated_from"].notna()
        panel.loc[ours, ["new", "rate"]] *= 1.6
        study = study_push(panel, seed=1)
        ri = next(one for one in study.opinions if one.estimator == "ri")
        rejected += ri.p_value <= 0.05
    assert rejected <= 3


def test_opinions_that_do_not_scale_are_left_out_and_say_so():
    crowd = Trial(areas=300, treated=3, before=15, after=3, unequal=False, lift=0.8)
    study = study_push(panel_of(simulate(crowd, np.random.default_rng(3))), seed=1)
    told = study.opinion_table.set_index("estimator")
    for name in ("sc", "sdid"):
        assert told.loc[name, "note"] == ("does not suit: its refits are too slow above 200 areas, here 300")
        assert np.isnan(told.loc[name, "estimate"])
        assert name not in set(study.effects["estimator"])
    asked = told.drop(["sc", "sdid"])
    assert asked["estimate"].notna().sum() >= 6
    assert (asked["estimate"].dropna() > 0).all()
    assert study.main.tested.choices.exact is False


def test_what_is_said_of_a_push_before_all_counts_is_not_taken_for_the_one_compared(panel):
    """Its length, what was sent and spent and who was told are of the push that the estimate is of."""
    first, real = pd.Timestamp(panel["date"].min()), panel["treated_from"].dropna().min().date()
    untouched = panel.groupby("area")["treated_from"].first().isna()
    early = panel["area"] == str(untouched[untouched].index[0])
    given = panel.assign(treated_from=panel["treated_from"].mask(early, first - pd.Timedelta(days=9)))
    own = Push(days=2, people=(50,), costs=(700.0,), currencies=("GHS",))
    study = study_push(given, seed=1, push=Push(days=6, people=(9,), later={real: own}))
    assert study.counts.push_day == compared_from(given) == real
    assert study.examined[0].effect.window == Window(0, 1)
    assert study.push == own
    assert [one.area for one in study.not_compared] == [str(untouched[untouched].index[0])]
    windows = push_headlines(given, Push(days=6, later={real: own}))[["first_day", "last_day"]]
    assert windows.iloc[0].tolist() == [0, 1]


def test_what_was_sent_is_set_beside_what_it_brought_where_all_it_was_sent_to_are_compared(panel):
    """People sent to an area that is in no comparison would be counted for nothing."""
    pushed = panel.loc[panel["treated_from"].notna(), "area"].unique()
    push = Push(people=(50,) * len(pushed))
    (made,) = verdict_facts(study_push(panel, seed=1, push=push))["yield"]
    assert made["what"] == "per_100_people"
    unknown = panel.assign(remaining=panel["remaining"].where(panel["area"] != pushed[0]))
    facts = verdict_facts(study_push(unknown, seed=1, push=push))
    assert [one["why"] for one in facts["not_compared"]] == ["no_eligible"]
    assert facts["yield"] == []
