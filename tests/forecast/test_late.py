"""A campaign whose newest days are reported late: forecast as they will be, printed as they are."""

from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest

from analysis.forecast import TOTAL, Goal, forecast_campaign, history_of, jump_findings
from analysis.tallies.result import findings_table
from analysis.workspace import open_campaign
from tests.forecast.conftest import drive

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
AS_OF = datetime(2023, 6, 12, 8, 0, tzinfo=ZONE)
PART = np.array([0.5, 0.75, 0.9, 1.0])


def sent(campaign, part, slow=()):
    """Every evening's file: the days so far, each as far as it is known by then; `slow` areas a day later."""
    table = drive(np.random.default_rng(4), areas=6, days=98)
    codes = dict(zip(sorted(table["area"].unique()), [one.code for one in campaign.areas], strict=False))
    truth = table.assign(area=table["area"].map(codes)).pivot(
        index="date", columns="area", values="cumulative"
    )
    new = truth.diff().fillna(truth.iloc[:1])
    versions = []
    for day in truth.index[truth.index >= "2023-04-03"]:
        behind = np.asarray((day - truth.index[truth.index <= day]).days)
        known = part[np.minimum(behind, len(part) - 1)]
        later = part[np.minimum(np.maximum(behind - 1, 0), len(part) - 1)]
        seen = new.loc[:day].mul(pd.Series(known, index=truth.index[truth.index <= day]), axis=0)
        for area in slow:
            seen[area] = new.loc[:day, area].to_numpy() * later
        counts = (
            seen.cumsum().round().loc[day - pd.Timedelta(days=20) :].stack().rename("value").reset_index()
        )
        versions.append(counts.assign(received_at=day.tz_localize(ZONE) + pd.Timedelta(hours=21)))
    tallies = pd.concat(versions, ignore_index=True).rename(columns={"area": "area_code"})
    tallies["received_at"] = tallies["received_at"].dt.tz_convert("UTC")
    return tallies.assign(measure=campaign.measure), truth, table["eligible"].groupby(table["area"]).first()


def panel_of(tallies, eligible):
    last = tallies.sort_values("received_at").drop_duplicates(["area_code", "date"], keep="last")
    last = last[last["received_at"] <= pd.Timestamp(AS_OF)]
    people = dict(zip(sorted(last["area_code"].unique()), eligible, strict=True))
    return pd.DataFrame(
        {
            "area": last["area_code"],
            "date": last["date"],
            "cumulative": last["value"],
            "eligible": last["area_code"].map(people),
            "target": 0.7 * last["area_code"].map(people),
            "interpolated": False,
        }
    )


@pytest.fixture(scope="module")
def campaign():
    return open_campaign("quang_nam_2023")


def outlook_of(campaign, part, slow=()):
    tallies, truth, eligible = sent(campaign, part, slow)
    tallies = tallies[tallies["received_at"] <= pd.Timestamp(AS_OF)]
    history = history_of(campaign, panel_of(tallies, eligible), tallies, AS_OF)
    goal = Goal(pd.Timestamp("2023-07-31"), dict(zip(history.areas, history.target, strict=True)) | {
        TOTAL: history.target.sum()
    })  # fmt: skip
    return forecast_campaign(history, goal, draws=200, seed=1, past=1), truth


def test_the_count_stays_as_reported_and_the_forecast_begins_with_what_is_to_come(campaign):
    late, truth = outlook_of(campaign, PART)
    total = late.completion.set_index("location").loc[TOTAL]
    real = truth.loc[late.history.origin].sum()
    assert total["count"] < real - 100
    assert total["count"] + total["still_to_come"] == pytest.approx(real, rel=0.003)
    week = (truth.loc[late.history.origin] - truth.loc[late.history.origin - pd.Timedelta(days=7)]).sum() / 7
    assert total["pace_with_late"] == pytest.approx(week, rel=0.05)
    newest = late.nowcast[late.nowcast["location"] == TOTAL].iloc[-1]
    assert newest["counted"] == total["count"] < newest["p10"] < newest["p50"] < newest["p90"]
    tomorrow = late.fan[late.fan["location"] == TOTAL].iloc[0]
    assert tomorrow["p10"] > total["count"]


def test_a_campaign_on_time_is_not_touched(campaign):
    on_time, _ = outlook_of(campaign, np.ones(1))
    assert on_time.history.coming is None
    assert on_time.nowcast.empty
    assert (on_time.completion["still_to_come"] == 0).all()
    assert on_time.completion["pace_with_late"].isna().all()


def test_an_area_later_than_the_others_has_more_to_come(campaign):
    slow = campaign.areas[2].code
    plain, _ = outlook_of(campaign, PART)
    late, truth = outlook_of(campaign, PART, slow=(slow,))
    one, other = (made.completion.set_index("location").loc[slow] for made in (late, plain))
    assert other["still_to_come"] > 0
    assert one["count"] + one["still_to_come"] == pytest.approx(
        truth.loc[late.history.origin, slow], rel=0.01
    )


def test_a_correction_now_and_then_is_no_late_report(campaign):
    tallies, _, eligible = sent(campaign, np.ones(1))
    some = tallies["date"].isin(tallies["date"].unique()[::9])
    first = ~tallies.duplicated(["area_code", "date"])
    tallies.loc[some & first, "value"] = (0.999 * tallies.loc[some & first, "value"]).round()
    tallies = tallies[tallies["received_at"] <= pd.Timestamp(AS_OF)]
    assert history_of(campaign, panel_of(tallies, eligible), tallies, AS_OF).coming is None


@pytest.mark.parametrize("released_row", [None, 7, 8, 9])
def test_a_fall_that_a_person_let_through_is_believed(campaign, tmp_path, released_row):
    """Row 7 tells of the day of the fall and row 8 of the day after; row 9 is another area's."""
    tallies, _, eligible = sent(campaign, np.ones(1))
    seen = tallies[tallies["received_at"] <= pd.Timestamp(AS_OF)].assign(
        file="evening.csv", sheet=None, row=1, qualifier="exact", sha256="0" * 64
    )
    fallen, other = (one.code for one in campaign.areas[1:3])
    before, after = sorted(seen["date"].unique())[-2:]
    newest = seen["received_at"] == seen["received_at"].max()
    for area, day, row in ((fallen, before, 7), (fallen, after, 8), (other, after, 9)):
        told = newest & (seen["area_code"] == area) & (seen["date"] == day)
        seen.loc[told, ["row", "sha256"]] = [row, "f" * 64]
        seen.loc[told, "value"] -= 3000 if area == fallen else 0
    panel = panel_of(seen, eligible).sort_values(["area", "date"])
    panel["new"] = panel.groupby("area")["cumulative"].diff()
    if released_row:
        line = f"{'f' * 64},evening.csv,{released_row},asked,2023-06-12T07:00:00+07:00"
        later = line.replace("T07", "T09").replace(f",{released_row},", ",7,")  # not known yet
        (tmp_path / "released.csv").write_text(f"sha256,name,row,why,released_at\n{line}\n{later}\n")
    own = campaign.model_copy(update={"folder": tmp_path})
    found = jump_findings(own, panel, seen, AS_OF)
    assert len(found) == (released_row not in (7, 8))
    pushed = history_of(own, panel, seen, AS_OF).pushed
    assert pushed.sum() == {None: 0, 7: 1, 8: 2, 9: 1}[released_row]


def test_a_newest_count_that_jumped_is_a_finding_until_others_confirm_it(campaign):
    tallies, _, eligible = sent(campaign, np.ones(1))
    tallies = tallies.assign(file="daily.csv", sheet=None, row=7, qualifier="exact")
    code, name = campaign.areas[1].code, campaign.areas[1].name
    days = pd.Series(tallies["date"].unique()).sort_values()
    found = {}
    for confirmed in (0, 1, 4):
        high = (tallies["area_code"] == code) & (tallies["date"] >= days.iloc[-1 - confirmed - 7])
        odd = tallies.assign(value=tallies["value"] + 3000 * high)
        seen = odd[odd["date"] <= days.iloc[-8]]
        seen = seen[seen["received_at"] <= pd.Timestamp(AS_OF)]
        found[confirmed] = jump_findings(campaign, panel_of(seen, eligible), seen, AS_OF)
    (fresh,), (again,) = found[0], found[1]
    assert (fresh.code, fresh.file, fresh.row) == ("newest_jumped", "daily.csv", 7)
    assert fresh.detail["area"] == name
    assert fresh.detail["found"] - fresh.detail["before"] > 2900
    assert fresh.detail["chance"] < again.detail["chance"]
    assert found[4] == []
    message = findings_table([fresh])["message_en"].iloc[0]
    assert f"believes it with probability {fresh.detail['chance']:.0f}%" in message
