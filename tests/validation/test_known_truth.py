"""What was said each week beside a simulation's truth: the truth is read, and enters no forecast."""

import json
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from analysis.campaign import load_campaign
from analysis.forecast import history_from_table
from analysis.validation.known_truth import beside_truth
from analysis.validation.truth import beside_truth as effect_beside_truth
from tests.forecast.conftest import drive


@pytest.fixture(scope="module")
def table():
    return drive(np.random.default_rng(5))


@pytest.fixture
def campaign(tmp_path):
    return SimpleNamespace(folder=tmp_path, simulated=True)


def write_truth(campaign, total):
    days = {f"{day:%Y-%m-%d}": int(count) for day, count in total.items()}
    (campaign.folder / "truth.json").write_text(json.dumps({"cumulative_by_day_total": days}))


def test_each_origin_is_set_beside_the_truth_of_its_day_and_a_lie_moves_no_forecast(table, campaign):
    history = history_from_table(table)
    total = table.groupby("date")["cumulative"].sum()
    write_truth(campaign, total)
    rows = beside_truth(history, campaign, draws=200, seed=3)
    assert len(rows) == 8  # of ten origins, the last two have no truth 14 days later
    assert (rows["target_end_date"] - rows["origin_date"] == pd.Timedelta(days=14)).all()
    assert rows["truth"].tolist() == total[rows["target_end_date"]].astype(int).tolist()
    inside = rows["truth"].between(rows["p10"], rows["p90"])
    assert (inside == rows["quantile"].between(0.1, 0.9)).all()
    write_truth(campaign, 0 * total)
    lied = beside_truth(history, campaign, draws=200, seed=3)
    said = ["origin_date", "p10", "p50", "p90"]
    pd.testing.assert_frame_equal(lied[said], rows[said])
    assert (lied["quantile"] == 0).all()


@pytest.mark.parametrize("simulated", [True, False])
def test_a_real_campaign_or_one_without_a_truth_has_no_rows(table, campaign, simulated):
    campaign.simulated = simulated
    if not simulated:
        write_truth(campaign, pd.Series(np.arange(3), pd.date_range("2023-07-01", periods=3)))
    assert beside_truth(history_from_table(table), campaign).empty


def test_an_effect_is_set_beside_the_truth_of_the_areas_that_it_is_of(project):
    """Of the second wave's areas, whose pushes were later, the headline says nothing."""
    campaign = load_campaign(project / "data/raw/measles_2024")
    told = json.loads((campaign.folder / "truth.json").read_text(encoding="utf-8"))["areas"]
    row = {"first_day": 0, "last_day": 6, "estimator": "headline", "extra_persons": 10_680.0,
           "extra_low": 8_799.0, "extra_high": 12_124.0}  # fmt: skip
    rows = effect_beside_truth(pd.DataFrame([{**row, "n_treated": 4}]), campaign)
    first = sum(told[code]["extra_by_day"]["6"] for code in ("SW02", "SW05", "OU02", "OU04"))
    assert rows["truth"].tolist() == [first]
    assert first < sum(one["extra_by_day"]["6"] for one in told.values())
    assert effect_beside_truth(pd.DataFrame([{**row, "n_treated": 3}]), campaign).empty
    for ends, inside in (
        ({}, True),
        ({"extra_low": 12_000.0}, False),
        ({"extra_low": np.nan, "extra_high": np.nan}, True),
    ):
        rows = effect_beside_truth(pd.DataFrame([{**row, "n_treated": 4, **ends}]), campaign)
        assert rows["inside"].tolist() == [inside]
