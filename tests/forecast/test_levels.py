"""Areas above others: a parent is forecast as the sum of its areas, from the same draws."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analysis.campaign import load_campaign
from analysis.forecast import TOTAL, Goal, forecast_campaign, goal_for, history_from_table
from analysis.forecast.blocks import join
from tests.forecast.conftest import alone, of

PARENTS = {"N": ("00", "01", "02", "03"), "S": ("04", "05", "06", "07", "08", "09", "10", "11")}


def goal_of(history, parents) -> Goal:
    targets = {area: 0.6 * people for area, people in zip(history.areas, history.eligible, strict=True)}
    targets = {area: people for area, people in targets.items() if people > 0}
    sums = {code: sum(targets.get(one, 0.0) for one in below) for code, below in parents.items()}
    return Goal(pd.Timestamp("2023-08-20"), targets | sums | {TOTAL: sum(targets.values())}, parents=parents)


@pytest.fixture(scope="module")
def outlook(table):
    history = history_from_table(table)
    return forecast_campaign(history, goal_of(history, PARENTS), draws=80, seed=3, past=0)


def test_a_parents_paths_are_the_sums_of_its_areas_draw_by_draw(outlook):
    paths = join(list(outlook.blocks()))
    for code, below in PARENTS.items():
        assert np.allclose(of(paths, code), sum(of(paths, one) for one in below))
    assert np.allclose(of(paths, "N") + of(paths, "S"), of(paths, TOTAL))


def test_every_table_has_the_parents_before_the_total(outlook):
    paths, order = join(list(outlook.blocks())), [*outlook.history.areas, "N", "S", TOTAL]
    assert outlook.completion["location"].tolist() == order
    assert outlook.fan["location"].unique().tolist() == order
    assert outlook.forecasts["location"].unique().tolist() == order
    for code, below in PARENTS.items():
        summed = sum(of(paths, one) for one in below)
        fan = outlook.fan[outlook.fan["location"] == code]
        assert np.allclose(fan["p50"], np.median(summed, axis=0), atol=1e-5)
        rows = outlook.forecasts.query(f"location == '{code}' and output_type_id == '0.5' and horizon == '7'")
        people = sum(alone(paths, one).eligible[0] for one in below)
        assert rows["value"].tolist() == pytest.approx([np.median(summed[:, 6]) / people])


def test_a_parents_completion_is_read_off_the_sum(outlook):
    rows, paths = outlook.completion.set_index("location"), join(list(outlook.blocks()))
    day = int((outlook.goal.deadline - paths.origin).days) - 1
    for code, below in PARENTS.items():
        row, parts = rows.loc[code], rows.loc[list(below)]
        assert row["target"] == pytest.approx(parts["target"].sum())
        assert row["count"] == pytest.approx(parts["count"].sum())
        assert row["share_of_uncertainty"] == pytest.approx(parts["share_of_uncertainty"].sum())
        met = sum(of(paths, one)[:, day] for one in below) >= row["target"]
        assert row["probability_by_deadline"] == pytest.approx(met.mean())


def test_parents_change_nothing_of_the_areas_or_the_total(table, outlook):
    history = history_from_table(table)
    alone = forecast_campaign(history, goal_of(history, {}), draws=80, seed=3, past=0)
    for name in ("completion", "forecasts", "fan"):
        whole = getattr(outlook, name)
        rest = whole[~whole["location"].isin(PARENTS)].reset_index(drop=True)
        pd.testing.assert_frame_equal(rest, getattr(alone, name), rtol=1e-9)


def test_of_very_many_areas_tables_have_a_day_a_week_and_the_deadline(table, outlook, monkeypatch):
    monkeypatch.setattr("analysis.forecast.reduced.DAILY", 3)
    history = history_from_table(table)
    found = forecast_campaign(history, goal_of(history, PARENTS), draws=80, seed=3, past=0)
    thinned = found.fan
    ahead = (thinned["date"] - history.origin).dt.days
    kept = (ahead % 7 == 0) | (thinned["date"] == outlook.goal.deadline)
    assert kept[thinned["location"].isin(history.areas)].all()
    every = outlook.fan.merge(thinned[["location", "date"]])
    pd.testing.assert_frame_equal(every, thinned.reset_index(drop=True))
    days = thinned.groupby("location")["date"].nunique()
    assert (days[["N", "S", TOTAL]] == outlook.fan["date"].nunique()).all()
    assert (days[list(history.areas)] < 0.3 * outlook.fan["date"].nunique()).all()
    assert set(thinned.loc[thinned["date"] == outlook.goal.deadline, "location"]) == set(days.index)

    every, rows = outlook.forecasts, found.forecasts
    on_kept = pd.to_datetime(every["output_type_id"].where(every["output_type"] == "cdf"))
    on_kept = on_kept.isna() | on_kept.isin(thinned.loc[thinned["location"] == "00", "date"])
    kept = every[on_kept | ~every["location"].isin(history.areas)]
    pd.testing.assert_frame_equal(rows, kept.reset_index(drop=True))


def test_an_area_that_is_not_forecast_is_held_in_its_parent(table):
    unknown = table.assign(eligible=table["eligible"].where(table["area"] != "03"))
    history = history_from_table(unknown)
    goal = goal_of(history, PARENTS)
    found = forecast_campaign(history, goal, draws=40, past=0)
    newest = table[table["date"] == table["date"].max()].set_index("area")["cumulative"]
    paths, rows = join(list(found.blocks())), found.completion.set_index("location")
    assert alone(paths, "N").start[0] == newest[["00", "01", "02", "03"]].sum()
    assert np.allclose(of(paths, "N"), sum(of(paths, one) for one in ("00", "01", "02")) + newest["03"])
    # its target is not of that area, and neither is what is set beside it
    assert rows.loc["N", "count"] == newest[["00", "01", "02"]].sum()
    assert rows.loc[TOTAL, "count"] == newest.drop("03").sum()
    day = int((goal.deadline - paths.origin).days) - 1
    met = sum(of(paths, one)[:, day] for one in history.areas if one != "03") >= goal.targets[TOTAL]
    assert rows.loc[TOTAL, "probability_by_deadline"] == pytest.approx(met.mean())
    fan = found.fan[found.fan["date"] == goal.deadline].set_index("location")
    own = [one for one in history.areas if one != "03"]
    assert fan.loc[TOTAL, "p50"] == pytest.approx(
        np.median(sum(of(paths, one)[:, day] for one in own)), abs=1e-5
    )
    shares = found.forecasts.query("location == 'N' and output_type == 'quantile'")["value"]
    assert shares.max() <= 1


def test_a_parent_none_of_whose_areas_is_forecast_has_no_row(table):
    history = history_from_table(table.assign(eligible=table["eligible"].where(table["area"] != "03")))
    goal = goal_of(history, {"N": ("00", "01"), "E": ("03",), "W": ("99",)})
    found = forecast_campaign(history, replace(goal, targets=goal.targets | {"E": 5.0}), draws=40, past=0)
    assert not {"E", "W"} & set(found.fan["location"]) | {"E", "W"} & set(found.completion["location"])


def test_a_campaigns_parents_are_held_to_the_sum_of_their_areas_targets(project):
    campaign = load_campaign(project / "data" / "raw" / "quang_nam_communes_2023")
    day = pd.Timestamp("2023-09-18").date()
    goal, tree = goal_for(campaign, day), campaign.tree(day)
    assert len(goal.parents) == 18
    for parent in tree.children:
        below = goal.parents[parent]
        assert below == tree.leaves_of(parent)
        assert goal.targets[parent] == pytest.approx(sum(goal.targets[one] for one in below))
    assert not set(tree.children) & {one for below in goal.parents.values() for one in below}
