"""What was said a week ago: nothing after that day is used, and it is set beside what came."""

import pandas as pd

from analysis.forecast import history_from_table, last_week


def test_it_says_what_was_said_whatever_came_after(table):
    newest = table["date"].max()
    origin = newest - pd.Timedelta(days=7)
    later = table.assign(cumulative=table["cumulative"].where(table["date"] <= origin, table["eligible"]))
    as_it_came, otherwise = (last_week(history_from_table(one), draws=200, seed=3) for one in (table, later))
    said = ["location", "origin_date", "target_end_date", "p10", "p50", "p90"]
    pd.testing.assert_frame_equal(as_it_came[said], otherwise[said])
    assert (as_it_came["origin_date"] == origin).all()
    assert (otherwise["actual"] > as_it_came["actual"]).all()


def test_only_areas_that_were_counted_are_set_beside_and_summed(table):
    newest = table["date"].max()
    silent = table[~((table["area"] == "03") & (table["date"] == newest))]
    rows = last_week(history_from_table(silent), draws=50).set_index("location")
    today = table[table["date"] == newest].set_index("area")["cumulative"]
    assert "03" not in rows.index
    assert rows.loc["05", "actual"] == today["05"]
    assert rows.loc["total", "actual"] == today.sum() - today["03"]
    everyone = last_week(history_from_table(table), draws=50).set_index("location")
    assert rows.loc["total", "p50"] < everyone.loc["total", "p50"]
    assert list(rows.index)[-1] == "total"
    assert (rows["p10"] <= rows["p50"]).all()
    assert (rows["p50"] <= rows["p90"]).all()


def test_a_young_campaign_has_no_forecast_of_last_week(table):
    young = table[table["date"] < table["date"].min() + pd.Timedelta(days=20)]
    rows = last_week(history_from_table(young), draws=50)
    assert rows.empty
    assert "actual" in rows.columns
