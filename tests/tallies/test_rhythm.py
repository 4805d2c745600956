"""The rhythm that files plainly have: inferred where nothing is said, held against what is said."""

from datetime import timedelta

import numpy as np
import pandas as pd
import pytest

from analysis.campaign import Rhythms, load_campaign
from analysis.panel import build_panel
from analysis.standing import stand
from analysis.tallies.result import Intake, findings_table
from analysis.tallies.rhythm import observed, settle_rhythm
from analysis.workspace import parse_as_of

FIRST = pd.Timestamp("2023-08-01")  # a Tuesday
ZONE = "Asia/Ho_Chi_Minh"
HALF_WEEKLY = Rhythms(counts="sending", sent="week", on=("monday", "thursday"))
TWICE_A_WEEK = Rhythms(sent="week", on=("monday", "thursday"))


@pytest.fixture(scope="module")
def campaign(project):
    return load_campaign(project / "data" / "raw" / "quang_nam_2023").model_copy(update={"rhythm": None})


def sent(campaign, days, arrives, count=lambda day: 1000 + 10 * day, codes=None) -> Intake:
    """Every area counts on those days (0 is 1 August); ``arrives`` gives hours after a day begins."""
    rows = [
        (
            area.code,
            FIRST + timedelta(days=day),
            float(count(day)),
            FIRST + timedelta(days=day, hours=arrives(day)),
        )
        for area in campaign.areas
        if codes is None or area.code in codes
        for day in days
    ]
    tallies = pd.DataFrame(rows, columns=["area_code", "date", "value", "received_at"])
    tallies["received_at"] = tallies["received_at"].dt.tz_localize(ZONE).dt.tz_convert("UTC")
    tallies = tallies.assign(measure="activated_cumulative", date=tallies["date"].astype("datetime64[us]"))
    empty = pd.DataFrame()
    return Intake(tallies, empty, empty, findings_table([]), empty)


def evening(_):
    return 20


def on_sunday(day):
    return 24 * (5 - day % 7 if day % 7 <= 5 else 6) + 20  # 6 August 2023 is a Sunday


@pytest.mark.parametrize(
    ("days", "arrives", "rhythm"),
    [
        (range(40), evening, Rhythms()),
        (range(0, 70, 7), evening, Rhythms(counts="week", sent="week", on="tuesday")),
        (range(0, 70, 7), lambda day: 44, Rhythms(counts="week", sent="week", on="tuesday", grace_days=1)),
        (range(6, 62), on_sunday, Rhythms(sent="week", on="sunday")),
        ([day for day in range(6, 62) if day % 7 in (2, 6)], evening, HALF_WEEKLY),
        ([day for day in range(6, 62) if day % 7 in (2, 6) and day != 30], evening, HALF_WEEKLY),
        (range(6, 62), lambda day: 20 + 24 * min((at - day) % 7 for at in (2, 6)), TWICE_A_WEEK),
        ((30, 60, 91, 121, 152), evening, Rhythms(counts="month", sent="month", on="last")),
    ],
    ids=[
        "daily",
        "Tuesdays",
        "Tuesdays, a day late",
        "days sent on Sundays",
        "Mondays and Thursdays",
        "one of them left out",
        "days sent twice a week",
        "ends of months",
    ],
)
def test_files_that_are_plain(campaign, days, arrives, rhythm):
    intake = sent(campaign, days, arrives)
    assert observed(intake.tallies, campaign) == rhythm
    noted, settled = settle_rhythm(intake, campaign)
    assert (settled.rhythm or Rhythms()) == rhythm
    assert list(noted.findings["code"]) == ([] if rhythm == Rhythms() else ["rhythm_inferred"])


def test_what_is_not_plain_is_not_inferred(campaign):
    rng = np.random.default_rng(3)
    days = np.cumsum(rng.integers(1, 15, 12)).tolist()
    assert observed(sent(campaign, days, evening).tallies, campaign) is None
    assert observed(sent(campaign, range(3), evening).tallies, campaign) is None


def test_areas_that_count_otherwise_keep_their_own(campaign):
    codes = [area.code for area in campaign.areas]
    daily, weekly = (
        sent(campaign, days, evening, codes=which).tallies
        for days, which in ((range(40), codes[:12]), (range(0, 40, 7), codes[12:]))
    )
    found = observed(pd.concat([daily, weekly]), campaign)
    assert found.counts == "day"
    assert {code: found.of(code).counts for code in codes} == {
        code: "day" if at < 12 else "week" for at, code in enumerate(codes)
    }


def test_what_the_campaign_says_stands_and_the_files_are_held_against_it(campaign):
    stated = campaign.model_copy(update={"rhythm": Rhythms()})
    noted, settled = settle_rhythm(sent(stated, range(0, 70, 7), evening), stated)
    assert settled.rhythm == Rhythms()
    (said,) = noted.findings.to_dict("records")
    assert (said["code"], said["severity"]) == ("rhythm_contradicted", "warning")
    assert 'counts = "week"' in said["message_en"]


def test_a_weekly_drive_that_says_nothing_is_dated_by_its_tuesdays_and_nobody_is_late(campaign):
    """As of a Sunday: the count is of Tuesday, and weeks are compared with weeks."""
    growth = {day: 5000 + 40 * day - 0.2 * day**2 for day in range(0, 70, 7)}
    intake = sent(campaign, growth, evening, count=growth.get)
    noted, settled = settle_rhythm(intake, campaign)
    as_of = parse_as_of((FIRST + timedelta(days=68)).date().isoformat(), campaign.zone)
    found = stand(build_panel(noted.tallies, settled, as_of.date()), settled, as_of)
    assert (found.data, found.late) == ("fresh", ())
    assert found.common_day == (FIRST + timedelta(days=63)).date()
    now, before = growth[63] - growth[56], growth[56] - growth[49]
    assert found.total["increase"] == pytest.approx(18 * now)
    assert found.total["change_share"] == pytest.approx(now / before - 1)
