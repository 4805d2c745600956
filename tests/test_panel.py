"""The panel says what is known of every area and day, and marks what is not."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.campaign import load_campaign
from analysis.errors import InputError
from analysis.panel import build_panel, totals

LAST = date(2023, 6, 12)


@pytest.fixture(scope="module")
def campaign(project):
    return load_campaign(project / "data" / "raw" / "quang_nam_2023")


def tallies(*rows: tuple[str, str, float], measure="activated_cumulative") -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["area_code", "date", "value"])
    return table.assign(date=pd.to_datetime(table["date"]).astype("datetime64[us]"), measure=measure)


def series(panel, area: str, column: str) -> list[float]:
    return panel.loc[panel["area"] == area, column].tolist()


def test_a_gap_is_interpolated_and_marked_and_the_unknown_stays_empty(campaign):
    known = tallies(("502", "2023-06-08", 100), ("502", "2023-06-11", 160), ("503", "2023-06-07", 5))
    panel = build_panel(known, campaign, LAST)
    np.testing.assert_array_equal(series(panel, "502", "cumulative"), [np.nan, 100, 120, 140, 160])
    assert series(panel, "502", "interpolated") == [False, False, True, True, False]
    np.testing.assert_array_equal(series(panel, "502", "new"), [np.nan, np.nan, np.nan, np.nan, 60])
    assert series(panel, "502", "days") == [0, 0, 0, 0, 3]
    np.testing.assert_array_equal(series(panel, "503", "cumulative"), [5, *[np.nan] * 4])
    assert len(panel) == 18 * 5


def test_nothing_is_said_of_days_after_the_newest_tally(campaign):
    known = tallies(("502", "2023-06-08", 100), ("503", "2023-06-09", 5))
    assert build_panel(known, campaign, LAST)["date"].max() == pd.Timestamp("2023-06-09")


def test_a_tally_of_the_as_of_day_itself_counts(campaign):
    known = tallies(("502", "2023-06-11", 100), ("502", "2023-06-12", 105), ("502", "2023-06-13", 150))
    panel = build_panel(known, campaign, LAST)
    assert series(panel, "502", "cumulative") == [100, 105]


def test_a_rate_over_several_days_is_of_the_people_left_when_they_began(campaign):
    panel = build_panel(tallies(("502", "2023-06-07", 809), ("502", "2023-06-10", 1799)), campaign, LAST)
    row = panel[(panel["area"] == "502") & (panel["date"] == "2023-06-10")].iloc[0]
    assert (row["remaining"], row["days"]) == (99_000, 3)
    assert row["rate"] == pytest.approx(990 / 99_000)
    assert panel.loc[panel["interpolated"], ["new", "rate", "remaining"]].isna().all(axis=None)


def test_rate_is_new_per_person_not_yet_counted_at_the_start_of_the_day(campaign):
    panel = build_panel(tallies(("502", "2023-06-07", 809), ("502", "2023-06-08", 1799)), campaign, LAST)
    row = panel[(panel["area"] == "502") & (panel["date"] == "2023-06-08")].iloc[0]
    assert row["remaining"] == 99_809 - 809
    assert row["rate"] == pytest.approx(990 / 99_000)


def test_a_fall_is_kept_as_the_correction_it_is(campaign):
    panel = build_panel(tallies(("502", "2023-06-07", 100), ("502", "2023-06-08", 90)), campaign, LAST)
    assert series(panel, "502", "new")[1] == -10


def test_nothing_after_the_last_day_is_known(campaign):
    known = tallies(("502", "2023-06-07", 1), ("502", "2023-09-10", 9), ("513", "2023-06-07", 1))
    early = build_panel(known, campaign, LAST)
    assert early["date"].max() == pd.Timestamp("2023-06-07")
    assert early["treated_from"].isna().all()
    late = build_panel(known, campaign, date(2023, 9, 17))
    treated = late.dropna(subset="treated_from").groupby("area")["treated_from"].first()
    assert treated.to_dict() == dict.fromkeys(["503", "513", "517"], pd.Timestamp("2023-09-10"))


def test_a_target_that_is_a_share_is_a_share_of_each_areas_eligible(project):
    us = load_campaign(project / "data" / "raw" / "us_vaccination_2021")
    panel = build_panel(tallies(("AK", "2021-05-10", 1.0), measure=us.measure), us, date(2021, 5, 10))
    alaska = panel[panel["area"] == "AK"].iloc[0]
    assert alaska["target"] == pytest.approx(0.7 * 551_562)
    before = build_panel(tallies(("AK", "2021-05-01", 1.0), measure=us.measure), us, date(2021, 5, 1))
    assert before.loc[before["area"] == "AK", "target"].iloc[0] == alaska["target"]  # of the first one


def test_an_area_that_has_not_reported_yet_counts_with_its_last_tally(campaign):
    known = tallies(("502", "2023-06-11", 10), ("502", "2023-06-12", 12), ("503", "2023-06-11", 7))
    last = totals(build_panel(known, campaign, LAST)).iloc[-1]
    assert (last["cumulative"], last["areas_reported"]) == (19, 1)


def test_the_first_count_of_an_area_did_not_come_in_on_its_day(campaign):
    day = ("2023-06-07", "2023-06-08", "2023-06-09")
    own = [("502", one, count) for one, count in zip(day, (100, 110, 120), strict=True)]
    panel = build_panel(tallies(*own, ("503", day[1], 5000), ("503", day[2], 5010)), campaign, LAST)
    sums = totals(panel)
    np.testing.assert_array_equal(sums["new"], [np.nan, 10, 20])
    assert sums["cumulative"].tolist() == [100, 5110, 5130]


def test_no_tally_at_all_is_one_clear_line(campaign):
    with pytest.raises(InputError, match="no activated_cumulative by 2023-06-12"):
        build_panel(tallies(), campaign, LAST)


@given(values=st.lists(st.integers(0, 10_000), min_size=6, max_size=6), seed=st.integers(0, 99))
def test_new_adds_up_to_cumulative_whatever_the_order_of_rows(campaign, values, seed):
    days = pd.date_range("2023-06-07", LAST).strftime("%Y-%m-%d")
    known = tallies(*[("502", day, value) for day, value in zip(days, values, strict=True)])
    panel = build_panel(known, campaign, LAST)
    assert sum(series(panel, "502", "new")[1:]) == values[-1] - values[0]
    shuffled = build_panel(known.sample(frac=1, random_state=seed), campaign, LAST)
    pd.testing.assert_frame_equal(panel, shuffled)


def campaign_of(folder, *rows):
    """Return a campaign of a few areas: a row for each, behind the heading."""
    (folder / "drive").mkdir()
    (folder / "drive" / "campaign.toml").write_text(
        'name = "x"\ntimezone = "UTC"\n[[targets]]\nvalue = 90\ndeadline = 2024-03-31\n', encoding="utf-8"
    )
    (folder / "drive" / "areas.csv").write_text("\n".join(rows), encoding="utf-8")
    return load_campaign(folder / "drive")


def test_a_code_used_again_for_another_area_begins_with_nothing(tmp_path):
    """What was counted under the code before belongs to the merged area, people and target to today's."""
    drive = campaign_of(
        tmp_path,
        "code,name,valid_from,valid_to,successor,eligible",
        "791,Hà Lam,,2024-03-02,800,40",
        "791,Thăng Bình,2024-03-03,,,70",
        "800,Bình Dương,,,,100",
    )
    known = tallies(
        ("791", "2024-03-01", 20), ("800", "2024-03-01", 50),
        ("791", "2024-03-03", 3), ("800", "2024-03-03", 75),
        measure=drive.measure,
    )  # fmt: skip
    panel = build_panel(known, drive, date(2024, 3, 4))
    np.testing.assert_array_equal(series(panel, "791", "cumulative"), [np.nan, np.nan, 3])
    np.testing.assert_array_equal(series(panel, "800", "cumulative"), [70, 72.5, 75])
    assert set(series(panel, "791", "eligible")) == {70}
    before = build_panel(known, drive, date(2024, 3, 1))
    assert set(series(before, "791", "eligible")) == {40}
    assert series(before, "791", "cumulative") == [20]


def test_a_merged_areas_history_counts_for_its_successor(tmp_path):
    """Before the merger a day is known where both have a tally; afterwards the successor's is all."""
    merged = campaign_of(
        tmp_path,
        "code,name,valid_to,successor,eligible",
        "509,Quế Sơn,,,100",
        "519,Nông Sơn,2024-03-03,509,50",
    )
    known = tallies(
        ("509", "2024-03-01", 10), ("519", "2024-03-01", 5), ("509", "2024-03-02", 12),
        ("509", "2024-03-03", 14), ("519", "2024-03-03", 6), ("509", "2024-03-04", 23),
        measure=merged.measure,
    )  # fmt: skip
    panel = build_panel(known, merged, date(2024, 3, 4))
    assert list(panel["area"].unique()) == ["509"]
    assert series(panel, "509", "cumulative") == [15, 17.5, 20, 23]
    assert series(panel, "509", "interpolated") == [False, True, False, False]


def divided(tmp_path, target_of_b="30"):
    return campaign_of(
        tmp_path,
        "code,name,valid_from,valid_to,divided_into,eligible,target",
        "1,Old,,2024-03-03,1A; 1B,100,100",
        "1A,One,2024-03-04,,,60,70",
        f"1B,Two,2024-03-04,,,40,{target_of_b}",
        "2,Other,,,,50,50",
    )


def test_what_a_divided_area_had_counted_stays_in_every_sum(tmp_path):
    """The day after its last day its count was in no sum, and the whole drive fell by it."""
    drive = divided(tmp_path)
    old = [("1", "2024-03-01", 10), ("1", "2024-03-03", 40), ("2", "2024-03-01", 5), ("2", "2024-03-03", 9)]
    before = build_panel(tallies(*old, measure=drive.measure), drive, date(2024, 3, 3))
    assert list(before["area"].unique()) == ["1", "2"]
    waiting = build_panel(tallies(*old, measure=drive.measure), drive, date(2024, 3, 4))
    assert list(waiting["area"].unique()) == ["1A", "1B", "2"]
    assert series(waiting, "1A", "cumulative")[-1] == pytest.approx(28)  # as their targets stand
    new = [("1A", "2024-03-05", 33), ("1B", "2024-03-05", 11), ("2", "2024-03-05", 10)]
    after = build_panel(tallies(*old, *new, measure=drive.measure), drive, date(2024, 3, 5))
    assert series(after, "1A", "cumulative") == pytest.approx(
        [7.5, 18.75, 30, 31.5, 33]
    )  # as first counts do
    for panel in (before, waiting, after):
        sums = totals(panel).set_index("date")["cumulative"]
        assert sums[pd.Timestamp("2024-03-01")] == pytest.approx(15)
        assert sums[pd.Timestamp("2024-03-03")] == pytest.approx(49)
    assert totals(after)["new"].tolist()[-1] == pytest.approx(5)


def test_the_parts_of_an_area_that_was_pushed_were_pushed(tmp_path):
    """They have its counts of the push: beside the areas that had none they would hide what it brought."""
    folder = divided(tmp_path).folder
    (folder / "mobilisations.csv").write_text(
        "area,first_day,last_day,kind,source\n1,2024-03-02,2024-03-02,students,radio\n", encoding="utf-8"
    )
    drive = load_campaign(folder)
    known = [("1", "2024-03-01", 10), ("1", "2024-03-03", 40), ("2", "2024-03-01", 5), ("2", "2024-03-03", 9)]
    for today, pushed in ((date(2024, 3, 3), {"1"}), (date(2024, 3, 4), {"1A", "1B"})):
        panel = build_panel(tallies(*known, measure=drive.measure), drive, today)
        assert set(panel.loc[panel["treated_from"].notna(), "area"]) == pushed


def test_what_an_area_that_was_pushed_was_merged_into_or_is_called_now_was_pushed(tmp_path):
    """It has the counts of the push; its parts have them too where it is divided after that."""
    folder = campaign_of(
        tmp_path,
        "code,name,valid_from,valid_to,successor,divided_into,eligible",
        "1,Small,,2024-03-03,2,,50",
        "2,Large,,2024-03-03,,,100",
        "2,Large,2024-03-04,2024-03-04,,2A; 2B,150",
        "2A,One,2024-03-05,,,,90",
        "2B,Two,2024-03-05,,,,60",
        "3,Old name,,2024-03-03,4,,50",
        "4,New name,2024-03-04,,,,50",
        "5,Ended,,2024-03-03,,,50",
        "5,Another,2024-03-04,,,,50",
        "6,Other,,,,,50",
    ).folder
    (folder / "mobilisations.csv").write_text(
        "area,first_day,last_day,kind,source\n"
        + "".join(f"{code},2024-03-02,2024-03-02,students,radio\n" for code in ("1", "3", "5")),
        encoding="utf-8",
    )
    drive = load_campaign(folder)
    sent = [(code, day, 9) for code in "12356" for day in ("2024-03-01", "2024-03-03")]
    for today, pushed, eligible in (
        (3, {"1", "3", "5"}, 300),
        (4, {"2", "4"}, 300),
        (5, {"2A", "2B", "4"}, 300),
    ):
        panel = build_panel(tallies(*sent, measure=drive.measure), drive, date(2024, 3, today))
        assert set(panel.loc[panel["treated_from"].notna(), "area"]) == pushed
        assert panel.groupby("area")["eligible"].first().sum() == eligible


def test_parts_share_by_what_all_of_them_have_and_what_they_sent_of_old_days_stands(tmp_path):
    drive = divided(tmp_path, target_of_b="")
    known = [("1", "2024-03-03", 40), ("2", "2024-03-03", 9)]
    panel = build_panel(tallies(*known, measure=drive.measure), drive, date(2024, 3, 4))
    assert series(panel, "1A", "cumulative") == pytest.approx([24])  # as their eligible people do
    sent = [*known, ("1A", "2024-03-03", 31), ("1B", "2024-03-03", 9)]
    panel = build_panel(tallies(*sent, measure=drive.measure), drive, date(2024, 3, 4))
    assert [series(panel, code, "cumulative") for code in ("1A", "1B")] == [[31], [9]]
