"""The model on drives whose truth is known, and on tallies as they are really sent."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.forecast import (
    TOTAL,
    Goal,
    Push,
    ensemble,
    forecast_campaign,
    history_from_table,
    last_week,
    naive,
    pooled,
    simulate,
    structural,
)
from analysis.forecast.clean import drop_impossible
from analysis.forecast.ensemble import drifting, steady
from analysis.forecast.record import Said, drift_table
from analysis.forecast.scores import covered, crps
from tests.forecast.conftest import alone, completion_table, drive, of

ORIGIN = pd.Timestamp("2023-05-29")


def paths_of(table, model=pooled, days=28, origin=ORIGIN, draws=200, seed=1, **known):
    history = history_from_table(table, **known).until(origin)
    return simulate(history, model, days, draws, np.random.default_rng(seed))


def median(paths, location, day):
    return float(np.median(of(paths, location)[:, day - 1]))


@pytest.mark.parametrize("model", [naive, structural, pooled, steady, drifting, ensemble])
def test_paths_of_every_model_rise_and_stay_below_the_ceiling(table, model):
    paths = paths_of(table, model, days=60)
    assert (paths.values >= paths.start).all()
    assert (np.diff(paths.values, axis=1) >= 0).all()
    assert (paths.values <= paths.eligible).all()


def test_areas_and_totals_of_simulated_drives_are_covered_as_often_as_said():
    inside, total = [], []
    for seed in range(30):
        table = drive(np.random.default_rng(100 + seed), days=126)
        paths = paths_of(table, origin=pd.Timestamp("2023-06-11"), seed=seed)
        after = (
            table[table["date"] == "2023-07-09"]
            .set_index("area")["cumulative"]
            .reindex(paths.areas)
            .to_numpy()
        )
        inside.append(covered(paths.values[:, 27], after, 0.8).mean())
        total.append(covered(of(paths, TOTAL)[:, 27], after.sum(), 0.8))
    assert 0.7 <= np.mean(inside) <= 0.97
    assert np.mean(total) >= 0.7


def test_pooled_loses_little_where_naive_is_right():
    # these drives wander without a trend to damp or a usual pace to return to: the naive model's home
    mine, naives = [], []
    for seed in range(12):
        table = drive(np.random.default_rng(200 + seed), days=126)
        after = table[table["date"] == "2023-07-09"]["cumulative"].to_numpy()
        for model, scored in ((pooled, mine), (naive, naives)):
            paths = paths_of(table, model, origin=pd.Timestamp("2023-06-11"))
            scored.append(crps(paths.values[:, 27], after).mean())
    assert np.mean(mine) < 1.15 * np.mean(naives)


def test_of_one_week_alone_no_two_draws_in_ten_are_the_same():
    """A fourth of all draws repeated that week: a completion date got a fourth of its chance on one day."""
    days = pd.date_range("2024-01-01", periods=12)
    table = pd.DataFrame({"area": "a", "date": days, "cumulative": 100.0 * np.arange(12), "eligible": 20_000})
    paths = paths_of(table, ensemble, days=28, origin=days[-1])
    _, many = np.unique(paths.values[:, -1, 0].round(3), return_counts=True)
    assert many.max() < 0.1 * many.sum()


def test_steady_repeats_the_people_of_one_week_for_all_areas():
    days = pd.date_range("2023-01-01", periods=36)
    new = np.repeat([100, 200, 100, 300, 100], 7)  # people a day in whole weeks; the last four can come again
    table = pd.concat(
        pd.DataFrame(
            {"area": area, "date": days, "cumulative": times * np.append(0, new.cumsum()), "eligible": 1e6}
        )
        for area, times in (("a", 1), ("b", 2))
    )
    paths = paths_of(table, steady, days=7, origin=days[-1])
    grown = paths.values[:, -1] - paths.start
    assert set(np.rint(grown[:, 0])) == {700, 1400, 2100}
    assert np.allclose(grown[:, 1], 2 * grown[:, 0], rtol=1e-6)


def test_a_young_drive_is_forecast_by_all_members_and_an_old_one_by_the_pooled_model():
    young, old = pd.Timestamp("2023-03-27"), pd.Timestamp("2023-06-11")
    table = drive(np.random.default_rng(7), days=180)

    def spread(model, origin):
        return np.quantile(of(paths_of(table, model, origin=origin), TOTAL)[:, 27], [0.1, 0.9])

    assert spread(ensemble, old) == pytest.approx(spread(pooled, old), rel=0.02)
    assert spread(ensemble, young) != pytest.approx(spread(pooled, young), rel=0.05)


def test_weekdays_are_kept(table):
    paths = paths_of(table, days=14)
    new = np.diff(np.median(of(paths, TOTAL), axis=0))
    by_day = pd.Series(new, index=paths.dates[1:].day_of_week).groupby(level=0).mean()
    assert by_day.idxmin() == 6
    assert by_day[6] < 0.5 * by_day[0]


def test_a_late_report_is_owed_not_lost(table):
    silent = table[~((table["area"] == "04") & (table["date"] > ORIGIN - pd.Timedelta(days=4)))]
    known, late = paths_of(table), paths_of(silent)
    assert alone(late, "04").start[0] < alone(known, "04").start[0]
    pace = median(known, "04", 28) - alone(known, "04").start[0]
    assert median(late, "04", 28) == pytest.approx(median(known, "04", 28), abs=0.25 * pace)


def test_a_push_counts_but_is_not_extrapolated(table):
    pushed = table.copy()
    day, area = ORIGIN - pd.Timedelta(days=4), pushed["area"] == "02"
    pushed.loc[area & (pushed["date"] >= day), "cumulative"] += 3000
    pushed["cumulative"] = np.minimum(pushed["cumulative"], pushed["eligible"])
    without, blind, told = (
        median(paths, "02", 28) - alone(paths, "02").start[0]
        for paths in (paths_of(table), paths_of(pushed), paths_of(pushed, pushes=[Push("02", day, day)]))
    )
    assert blind > 1.1 * told
    assert told == pytest.approx(without, rel=0.25)


def test_a_holiday_ahead_slows_and_one_behind_misleads_nobody(table):
    ahead = [ORIGIN + pd.Timedelta(days=2)]
    assert median(paths_of(table, holidays=ahead), TOTAL, 3) < median(paths_of(table), TOTAL, 3)
    dip = table.copy()
    lost = dip["date"] == ORIGIN - pd.Timedelta(days=3)
    before = dip[dip["date"] == ORIGIN - pd.Timedelta(days=4)]["cumulative"].to_numpy()
    missed = dip.loc[lost, "cumulative"].to_numpy() - before
    after = dip["date"] >= ORIGIN - pd.Timedelta(days=3)
    dip.loc[after, "cumulative"] -= np.tile(missed, int(after.sum() / len(missed)))
    told = paths_of(dip, holidays=[ORIGIN - pd.Timedelta(days=3)])
    blind = paths_of(dip)
    assert median(told, TOTAL, 28) > median(blind, TOTAL, 28)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 30), min_size=1, max_size=40))
def test_what_is_kept_of_a_count_never_falls_keeps_the_newest_and_as_many_as_can_be(values):
    counts = np.array(values, dtype=float)[:, None]
    kept = drop_impossible(counts)[:, 0]
    left = kept[np.isfinite(kept)]
    assert (np.diff(left) >= 0).all()
    if kept[-1] != counts[-1, 0]:
        # A collapse that fewer reports agree with is no count.
        assert values[-1] < values[-2] / 2
        assert kept[-2] == values[-2]
        values = values[:-1]
    below = [value for value in values if value <= values[-1]]
    best = [1] * len(below)
    for i, high in enumerate(below):
        best[i] = 1 + max((best[j] for j in range(i) if below[j] <= high), default=0)
    assert left.size == max(best)


@pytest.mark.parametrize("newest", [0.0, 40.0])
def test_a_newest_count_that_collapses_waits_for_another(newest):
    counts = np.array([400.0, 410, 420, 433, newest])[:, None]
    assert drop_impossible(counts)[:, 0].tolist()[:4] == [400, 410, 420, 433]
    assert np.isnan(drop_impossible(counts)[-1, 0])
    again = np.concatenate([counts, counts[-1:] + 1])
    assert drop_impossible(again)[-2:, 0].tolist() == [newest, newest + 1]


def test_one_days_spike_moves_the_forecast_little(table):
    spiked = table.copy()
    wrong = (spiked["area"] == "05") & (spiked["date"] == ORIGIN - pd.Timedelta(days=5))
    spiked.loc[wrong, "cumulative"] *= 1.5
    assert median(paths_of(spiked), "05", 28) == pytest.approx(median(paths_of(table), "05", 28), rel=0.02)


def test_the_outlook_of_a_campaign_answers_every_question(table):
    history = history_from_table(table).until(ORIGIN)
    targets = {area: 0.6 * people for area, people in zip(history.areas, history.eligible, strict=True)}
    goal = Goal(pd.Timestamp("2023-07-01"), targets | {TOTAL: 0.6 * history.eligible.sum()})
    outlook = forecast_campaign(history, goal, draws=100, seed=3, past=3)
    answer = outlook.completion.set_index("location").loc[TOTAL]
    assert 0 <= answer["probability_by_deadline"] <= 1
    assert answer["share_of_uncertainty"] == pytest.approx(1)
    areas = outlook.completion[outlook.completion["location"] != TOTAL]
    assert areas["share_of_uncertainty"].sum() == pytest.approx(1)
    assert set(outlook.scores["model"]) == {"naive", "structural", "ensemble"}
    assert outlook.past["truth"].notna().all()
    fan = outlook.fan[outlook.fan["location"] == TOTAL]
    assert (np.diff(fan["p50"]) >= 0).all()
    assert (fan["p10"] <= fan["p90"]).all()


def test_a_target_met_is_certain_and_one_passed_unmet_is_not(table):
    paths, history = paths_of(table), history_from_table(table).until(ORIGIN)
    start, over = alone(paths, TOTAL).start[0], ORIGIN - pd.Timedelta(days=9)
    met = completion_table(paths, Goal(over, {TOTAL: start}), history).iloc[0]
    assert (met["probability_already_reached"], met["expected_shortfall"]) == (1, 0)
    assert met["date_p50"] == ORIGIN
    assert met["note"] == "target already met"
    missed = completion_table(paths, Goal(over, {TOTAL: start + 500}), history).iloc[0]
    assert (missed["probability_already_reached"], missed["expected_shortfall"]) == (0, 500)
    no_chance = ["probability_by_deadline", "extra_a_day_for_half", "extra_a_day_for_four_fifths"]
    assert missed[no_chance].isna().all()  # the deadline has passed: what happened is known
    never = completion_table(paths, Goal(ORIGIN, {TOTAL: paths.eligible.sum() + 1}), history).iloc[0]
    assert never["note"] == "target exceeds the eligible people"


def test_an_area_whose_eligible_people_are_unknown_is_left_out_and_the_rest_goes_on(table):
    history = history_from_table(table.assign(eligible=table["eligible"].where(table["area"] != "03")))
    goal = Goal(pd.Timestamp("2023-08-01"), {TOTAL: 1e5} | dict.fromkeys(history.areas, 1e4))
    outlook = forecast_campaign(history, goal, draws=50, past=0)
    assert outlook.left_out == {"03": "its eligible people are not known"}
    completion = outlook.completion.set_index("location")
    assert set(completion.index) == {TOTAL, *history.areas} - {"03"}
    newest = table[table["date"] == table["date"].max()]["cumulative"].sum()
    assert completion.loc[TOTAL, "count"] == newest  # counted is counted; it only does not grow
    shares = outlook.forecasts.query("output_type == 'quantile' and location == 'total'")["value"]
    assert shares.max() <= 1


def test_without_eligible_people_or_in_its_first_week_a_campaign_is_not_forecast_and_says_why(table):
    goal = Goal(pd.Timestamp("2023-07-01"), {TOTAL: 1e5})
    nobody = history_from_table(table.assign(eligible=np.nan))
    young = history_from_table(table).until(pd.Timestamp("2023-03-12"))
    for history, why in (
        (nobody, "area 00 and all others: eligible is missing"),
        (young, "fewer than 8 days"),
    ):
        outlook = forecast_campaign(history, goal)
        (total,) = outlook.completion.to_dict("records")
        assert (total["location"], total["target"]) == (TOTAL, 1e5)
        assert why in total["note"]
        unknown = ("count", "probability_by_deadline", "date_p50", "horizon_end")
        assert all(pd.isna(total[key]) for key in unknown)
        assert len(outlook.forecasts) == len(outlook.fan) == len(outlook.scores) == 0
        assert set(outlook.left_out) == set(history.areas)
        assert last_week(history).empty
        assert drift_table([Said("2023-03-12", outlook.forecasts, outlook.completion)]).empty
