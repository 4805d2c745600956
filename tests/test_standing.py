"""Where a drive stands: only what was counted, over the areas that counted it."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.campaign import Rhythm, Rhythms, load_campaign
from analysis.panel import build_panel
from analysis.standing import stand
from analysis.workspace import parse_as_of

FIRST = date(2023, 8, 1)
CODES = ("502", "503", "504", "505", "506", "507", "508", "509", "510", "511")


@pytest.fixture(scope="module")
def campaign(project):
    """The first ten areas of the shipped campaign, daily, so that rounding and shares are easy to follow."""
    whole = load_campaign(project / "data" / "raw" / "quang_nam_2023")
    areas = tuple(area.model_copy(update={"target": 1000}) for area in whole.areas if area.code in CODES)
    targets = (whole.targets[1].model_copy(update={"known_from": FIRST, "value": 10_000}),)
    return whole.model_copy(update={"areas": areas, "targets": targets, "rhythm": None})


def tallies(counts: dict[str, dict[int, float]]) -> pd.DataFrame:
    """Lay counts by area and day (0 is the first) out as tallies."""
    rows = [
        (code, FIRST + timedelta(days=day), float(value))
        for code, days in counts.items()
        for day, value in days.items()
    ]
    table = pd.DataFrame(rows, columns=["area_code", "date", "value"])
    return table.assign(
        date=pd.to_datetime(table["date"]).astype("datetime64[us]"), measure="activated_cumulative"
    )


def standing(campaign, counts, day: int, clock: str = "T23:59+07:00"):
    as_of = parse_as_of(f"{FIRST + timedelta(days=day)}{clock}", campaign.zone)
    panel = build_panel(tallies(counts), campaign, as_of.date())
    return stand(panel, campaign, as_of)


def steady(days: range, a_day: float = 10.0, codes=CODES) -> dict[str, dict[int, float]]:
    return {code: {day: 100 + a_day * day for day in days} for code in codes}


def test_all_in_is_fresh_and_dated_by_the_newest_day(campaign):
    found = standing(campaign, steady(range(30)), 29)
    assert (found.phase, found.data, found.late) == ("running", "fresh", ())
    assert found.common_day == found.known_until == FIRST + timedelta(days=29)
    total = found.total
    assert (total["count"], total["increase"], total["areas_compared"]) == (3900, 700, 10)
    assert (total["pace"], total["change"], total["change_share"]) == (100, 0, 0)
    assert total["pace_needed"] == pytest.approx((10_000 - 3900) / 31)


def test_a_pace_that_corrections_took_away_is_no_share_of_the_one_before(campaign):
    counts = steady(range(30))
    for days in counts.values():
        days[29] -= 150
    total = standing(campaign, counts, 29).total
    assert (total["increase"], total["change"]) == (-800, -1500)
    assert np.isnan(total["change_share"])
    assert np.isnan(total["unpushed_change_share"])


def test_an_area_that_is_late_is_in_the_count_with_its_day_and_in_no_increase(campaign):
    counts = steady(range(30))
    counts["510"] = {day: value for day, value in counts["510"].items() if day < 20}
    found = standing(campaign, counts, 29)
    assert found.data == "late"
    assert found.late == (("510", FIRST + timedelta(days=19)),)
    total, area = found.total, found.leaves.loc["510"]
    assert (total["older_count"], total["older_day"].date()) == (290, FIRST + timedelta(days=19))
    assert (total["increase"], total["areas_compared"]) == (630, 9)
    assert total["pace"] == 100  # its own newest week still says how fast it was
    assert area["day"].date() == FIRST + timedelta(days=19)
    assert np.isnan(area["increase"])


def test_nine_tenths_of_the_target_date_the_headline_and_newer_counts_wait_for_the_others(campaign):
    counts = steady(range(30))
    counts["502"][30] = 999.0
    found = standing(campaign, counts, 30, "T20:00+07:00")
    assert found.common_day == FIRST + timedelta(days=29)
    assert found.known_until == FIRST + timedelta(days=30)
    assert found.total["count"] == 3900
    for code in CODES:
        counts[code][30] = counts[code].get(30, 400.0)
    assert standing(campaign, counts, 30, "T20:00+07:00").total["count"] == 9 * 400 + 999


@pytest.mark.parametrize("weeks", range(1, 13))
def test_silence_adds_nothing_and_says_until_when_anything_is_known(campaign, weeks):
    before = standing(campaign, steady(range(30)), 29)
    after = standing(campaign, steady(range(30)), 29 + 7 * weeks)
    assert after.data == "silent"
    same = ["count", "share", "day", "increase", "increase_to", "pace", "change_share", "known_until"]
    pd.testing.assert_frame_equal(before.areas[same], after.areas[same])


def test_a_filled_day_is_no_figure(campaign):
    """An area that did not count at an end has no increase, though the panel's line runs through."""
    counts = steady(range(30))
    del counts["502"][22]
    found = standing(campaign, counts, 29)
    assert np.isnan(found.leaves.loc["502", "increase"])
    assert (found.total["increase"], found.total["areas_compared"]) == (630, 9)


def test_a_day_on_which_hardly_anybody_counted_begins_no_period(campaign):
    counts = steady(range(30))
    for code in CODES[1:]:
        del counts[code][22]
    total = standing(campaign, counts, 29).total
    assert (total["increase_days"], total["increase"], total["areas_compared"]) == (8, 800, 10)
    assert total["change"] == 0  # eight days beside seven, by the day


def test_a_push_in_either_period_is_out_of_the_change_that_leads(campaign):
    last = date(2023, 9, 10) - FIRST
    for later in (0, 7):
        counts = steady(range(last.days + later + 1))
        for day in counts["503"]:
            counts["503"][day] += 500 if day >= last.days else 0
        total = standing(campaign, counts, last.days + later).total
        assert total["change_share"] != pytest.approx(0, abs=1e-3)
        assert total["unpushed_change_share"] == pytest.approx(0)
        assert (total["pushed_areas"], total["unpushed_areas"], total["unpushed_up"]) == (1, 9, 0)


def test_an_area_without_a_target_is_outside_every_share_of_it(campaign):
    areas = [campaign.areas[0].model_copy(update={"target": None}), *campaign.areas[1:]]
    without = campaign.model_copy(update={"areas": tuple(areas)})
    total = standing(without, steady(range(30)), 29).total
    assert (total["count"], total["counted_to_target"]) == (3900, 3510)
    assert total["share"] == pytest.approx(3510 / 10_000)
    assert total["pace"] == 90  # of the nine that the pace needed is of
    assert total["pace_ratio"] == pytest.approx((10_000 - 3510) / 31 / 90)
    none = campaign.model_copy(
        update={"areas": tuple(area.model_copy(update={"target": None}) for area in campaign.areas)}
    )
    assert standing(none, steady(range(30)), 29).total["share"] == pytest.approx(0.39)


def test_an_area_without_eligible_people_is_outside_their_share(campaign):
    areas = [campaign.areas[0].model_copy(update={"eligible": None}), *campaign.areas[1:]]
    total = standing(campaign.model_copy(update={"areas": tuple(areas)}), steady(range(30)), 29).total
    assert total["share_of_eligible"] == pytest.approx(3510 / sum(area.eligible for area in areas[1:]))


def test_weekly_tallies_are_dated_by_their_tuesday_and_compared_by_whole_weeks(campaign):
    weekly = campaign.model_copy(update={"rhythm": Rhythms(counts="week", sent="week", on="tuesday")})
    tuesdays = range(0, 40, 7)  # 1 August 2023 is a Tuesday
    counts = {code: {day: 100 + day * day for day in tuesdays} for code in CODES}
    found = standing(weekly, counts, 40)  # a Sunday
    assert (found.data, found.late) == ("fresh", ())
    assert found.common_day == FIRST + timedelta(days=35)
    weeks = (35**2 - 28**2, 28**2 - 21**2)
    assert (found.total["increase"], found.total["change"]) == (10 * weeks[0], 10 * (weeks[0] - weeks[1]))
    assert found.total["pace"] == pytest.approx(10 * weeks[0] / 7)
    # the wednesday after the next tuesday: its tallies are due, and one sending late
    late = standing(weekly, counts, 43)
    assert set(late.leaves["data"]) == {"late"}


def test_months_are_compared_with_months(campaign):
    monthly = campaign.model_copy(update={"rhythm": Rhythms(counts="month", sent="month")})
    ends = [(date(2023, month + 1, 1) - timedelta(days=1) - FIRST).days for month in (8, 9, 10)]
    counts = {code: dict(zip(ends, (100, 160, 222), strict=True)) for code in CODES}
    total = standing(monthly, counts, ends[-1]).total
    assert (total["increase"], total["increase_days"]) == (620, 31)
    assert total["change_share"] == pytest.approx((62 / 31) / (60 / 30) - 1)


def test_after_the_deadline_it_says_what_was_reached_on_it_and_needs_no_pace(campaign):
    deadline = (date(2023, 9, 30) - FIRST).days
    found = standing(campaign, steady(range(deadline + 8)), deadline + 7)
    assert found.phase == "after_deadline"
    assert found.total["deadline_count"] == 10 * (100 + 10 * deadline)
    assert found.total["deadline_day"].date() == date(2023, 9, 30)
    assert np.isnan(found.total["pace_needed"])
    silent = standing(campaign, steady(range(deadline - 9)), deadline + 7)
    assert silent.total["deadline_day"].date() == date(2023, 9, 20)


def test_reached_says_since_when_and_each_area_has_its_own_phase(campaign):
    counts = steady(range(31), a_day=40)
    counts["504"] = dict.fromkeys(range(31), 100.0)
    counts["505"] = dict.fromkeys(range(31), 2000.0)
    counts["505"][25] = 400.0  # a slip that was corrected: not yet reached
    found = standing(campaign, counts, 30)
    assert found.phase == "reached"
    total = {day: sum(days[day] for days in counts.values()) for day in range(31)}
    since = next(day for day in range(31) if all(total[later] >= 10_000 for later in range(day, 31)))
    assert found.total["reached_on"].date() == FIRST + timedelta(days=since)
    assert found.leaves.loc["504", "phase"] == "running"
    assert found.leaves.loc["505", "reached_on"].date() == FIRST + timedelta(days=26)
    done = found.leaves["missing"] == 0
    assert done.any()
    assert found.leaves.loc[done, "pace_ratio"].isna().all()  # not 0.0 times


def test_a_drive_known_for_less_than_three_weeks_is_early(campaign):
    assert standing(campaign, steady(range(20)), 19).phase == "early"
    assert standing(campaign, steady(range(21)), 20).phase == "running"


@pytest.fixture
def levels(campaign):
    """The ten areas below P, the first four of them below Q, which is below P."""
    parents = [
        campaign.areas[0].model_copy(update={"code": code, "parent": up, "target": None, "eligible": None})
        for code, up in (("P", None), ("Q", "P"))
    ]
    areas = [
        area.model_copy(update={"parent": "Q" if number < 4 else "P"})
        for number, area in enumerate(campaign.areas)
    ]
    return campaign.model_copy(update={"areas": (*parents, *areas)})


def test_of_a_parent_of_which_nothing_ever_came_nothing_is_said(levels):
    spoken = [area.code for area in levels.areas if area.parent == "P" and area.code != "Q"]
    rows = standing(levels, steady(range(30), codes=spoken), 29).areas.set_index("location")
    assert rows.loc["Q", ["day", "known_until", "count", "increase", "pace"]].isna().all()
    assert (rows.loc["Q", "areas_counted"], rows.loc["Q", "older_areas"]) == (0, 0)
    assert rows.loc["P", "count"] == rows.loc["total", "count"] == 6 * 390


def test_each_parent_is_the_sum_of_its_areas(levels):
    found = standing(levels, steady(range(30)), 29)
    rows = found.areas.set_index("location")
    assert list(rows.index[-3:]) == ["P", "Q", "total"]
    assert (rows.loc["Q", "areas"], rows.loc["P", "areas"], rows.loc["total", "areas"]) == (4, 10, 10)
    for name in ("count", "increase", "pace", "missing", "pace_needed"):
        assert rows.loc["P", name] == pytest.approx(rows.loc["total", name])
        assert rows.loc["Q", name] == pytest.approx(found.leaves.iloc[:4][name].sum())


@given(
    known=st.lists(st.sets(st.integers(0, 27), min_size=1, max_size=28), min_size=10, max_size=10),
    silent=st.integers(1, 84),
)
@settings(max_examples=15)
def test_whoever_is_silent_sums_are_over_those_known_at_both_ends(campaign, known, silent):
    counts = {code: {day: 10.0 * day for day in days} for code, days in zip(CODES, known, strict=True)}
    found = standing(campaign, counts, 27 + silent)
    leaves, total = found.leaves, found.total
    start, end = (total[name].date() - FIRST for name in ("increase_from", "increase_to"))
    both = [code for code in CODES if {start.days, end.days} <= counts[code].keys()]
    assert list(leaves.index[leaves["increase"].notna()]) == both
    assert total["areas_compared"] == len(both)
    assert total["increase"] == 10.0 * (end - start).days * len(both) or (
        not both and np.isnan(total["increase"])
    )
    assert total["count"] == leaves["count"].sum()
    assert (leaves["day"].dropna() <= pd.Timestamp(found.common_day)).all()
    pd.testing.assert_frame_equal(
        found.areas.drop(columns=["data", "areas_on_time"]),
        standing(campaign, counts, 28 + silent).areas.drop(columns=["data", "areas_on_time"]),
    ) if found.phase not in ("running", "early") else None


TWICE = Rhythm(counts="sending", sent="week", on=("monday", "thursday"))


@pytest.mark.parametrize(
    ("rhythm", "today", "due"),
    [
        (Rhythm(), "2023-09-14", "2023-09-14"),
        (Rhythm(grace_days=2), "2023-09-14", "2023-09-12"),
        (Rhythm(sent="week"), "2023-09-14", "2023-09-10"),
        (Rhythm(sent="week", on="sunday"), "2023-09-17", "2023-09-17"),
        (Rhythm(sent="week", on="tuesday", grace_days=1), "2023-09-12", "2023-09-05"),
        (TWICE, "2023-09-13", "2023-09-11"),
        (TWICE, "2023-09-14", "2023-09-14"),
        (TWICE.model_copy(update={"grace_days": 1}), "2023-09-14", "2023-09-11"),
        (Rhythm(sent="month"), "2024-02-29", "2024-02-29"),
        (Rhythm(sent="month", on=5), "2024-03-04", "2024-02-05"),
        (Rhythm(counts="month", sent="month", grace_days=10), "2024-01-09", "2023-11-30"),
    ],
)
def test_what_is_due(rhythm, today, due):
    assert rhythm.due(date.fromisoformat(today)) == date.fromisoformat(due)


def test_a_tally_of_half_a_week_is_in_on_any_day_of_it():
    wednesday = date(2023, 9, 13)
    known = [date(2023, 9, day) for day in (8, 7, 5, 4)]
    assert [TWICE.state(day, wednesday) for day in known] == ["on_time", "late", "late", "silent"]


@given(
    day=st.dates(date(2000, 1, 1), date(2040, 1, 1)),
    sent=st.sampled_from(
        [
            ("day", None), ("week", None), ("month", None),
            ("week", ("monday", "thursday")), ("week", ("sunday", "friday", "saturday")),
        ]
    ),
    grace=st.integers(0, 40),
)  # fmt: skip
def test_sendings_follow_one_another_and_what_is_in_by_the_due_day_is_on_time(day, sent, grace):
    rhythm = Rhythm(sent=sent[0], on=sent[1], grace_days=grace)
    assert (
        rhythm.due(rhythm.comes_after(day))
        > rhythm.due(day)
        == rhythm.due(rhythm.comes_after(day) - timedelta(1))
    )
    due = rhythm.due(day)
    assert due <= day - timedelta(days=grace)
    last = rhythm.before(due)
    assert last < due
    assert rhythm.due(due - timedelta(days=1) + timedelta(days=grace)) == last
    assert [rhythm.state(known, day) for known in (due, last, last - timedelta(days=1), None)] == [
        "on_time", "late", "silent", "silent",
    ]  # fmt: skip
