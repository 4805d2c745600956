"""An as-of instant means one thing, whatever the machine's own zone."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.errors import InputError
from analysis.workspace import Workspace, parse_as_of

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")


@pytest.mark.parametrize(
    "text",
    [
        "2023-09-18T08:00+07:00",
        "2023-09-18 08:00 Asia/Ho_Chi_Minh",
        "2023-09-18T01:00Z",
        "2023-09-18 01:00 UTC",
        "2023-09-17 18:00 Etc/GMT+7",
        "2023-09-17 21:00 America/Port-au-Prince",
        "2023-09-18 10:00 Japan",
    ],
)
def test_one_instant_many_spellings(text):
    assert parse_as_of(text, VIETNAM) == datetime(2023, 9, 18, 8, 0, tzinfo=VIETNAM)


def test_a_date_alone_is_the_end_of_that_day_there():
    assert parse_as_of("2023-09-18", VIETNAM) == datetime(2023, 9, 18, 23, 59, tzinfo=VIETNAM)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("2023-09-18T08:00", "no time zone"),
        ("18/9/2023", "no instant"),
        ("2023-02-30", "no instant"),
        ("2023-09-18 08:00 Asia/Nowhere", "no instant"),
        ("2023-09-18 08:00 America/Argentina", "no instant"),
        ("2023-09-18 08:00 ../UTC", "no instant"),
        ("0001-01-01T00:00+14:00", "no instant"),
        ("9999-12-31T23:59-12:00", "no instant"),
        ("2023-09-18T08:00:30+07:00", "finer than a minute"),
        ("", "no instant"),
    ],
)
def test_what_is_no_instant_is_refused_with_an_example(text, says):
    with pytest.raises(InputError, match=says) as caught:
        parse_as_of(text, VIETNAM)
    assert "2023-09-18T08:00+07:00" in str(caught.value)


@given(st.text(max_size=40))
def test_any_text_is_an_instant_or_one_clear_line(text):
    try:
        assert parse_as_of(text, VIETNAM).tzinfo is not None
    except InputError as error:
        assert "\n" not in str(error)


def test_monday_morning_knows_of_sunday_and_the_evening_of_the_day_itself():
    monday = Workspace.open("quang_nam_2023", "2023-09-18T08:00+07:00")
    assert (monday.label, monday.last_day) == ("2023-09-18T0800", date(2023, 9, 17))
    evening = Workspace.open("quang_nam_2023", "2023-09-18")
    assert (evening.label, evening.last_day) == ("2023-09-18T2359", date(2023, 9, 18))


def test_an_unknown_campaign_is_answered_with_those_there_are():
    with pytest.raises(InputError, match="quang_nam_2023, quang_nam_communes_2023, us_vaccination_2021"):
        Workspace.open("../etc", "2023-09-18")
