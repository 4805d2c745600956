"""A week ends on Sunday at 24:00 where the campaign is."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.errors import InputError
from analysis.run.weeks import end_of_week, last_week, monday_of, weeks_between

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")


def test_the_week_of_the_mobilisation_ends_with_the_tenth_of_september():
    assert end_of_week("2023-W36", VIETNAM) == datetime(2023, 9, 10, 17, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "week", ["2023-W53", "2023-W00", "0000-W01", "2023-W99", "2023-37", "W37", "", "2023-W٣٧"]
)
def test_a_week_that_is_none_is_refused(week):
    with pytest.raises(InputError, match="write 2023-W37"):
        monday_of(week)


def test_a_year_with_a_week_53_has_one():
    assert monday_of("2020-W53") == date(2020, 12, 28)
    assert weeks_between("2020-W52", "2021-W01") == ["2020-W52", "2020-W53", "2021-W01"]


def test_the_last_week_is_told_by_the_clock_of_the_campaign():
    late_sunday_in_utc = datetime(2023, 9, 17, 20, 0, tzinfo=UTC)  # already Monday there
    assert last_week(late_sunday_in_utc, VIETNAM, date(2023, 12, 31)) == "2023-W37"
    assert last_week(late_sunday_in_utc, ZoneInfo("UTC"), date(2023, 12, 31)) == "2023-W36"
    assert last_week(datetime(2026, 1, 1, tzinfo=UTC), VIETNAM, date(2023, 12, 31)) == "2023-W52"


@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)), st.sampled_from([VIETNAM, ZoneInfo("America/New_York")]))
def test_every_day_lies_before_the_end_of_its_week_and_after_the_end_of_the_one_before(day, zone):
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=zone)
    assert end_of_week(f"{day - timedelta(7):%G-W%V}", zone) <= noon < end_of_week(f"{day:%G-W%V}", zone)


@given(st.text(max_size=12))
def test_any_text_is_a_week_or_one_clear_line(text):
    try:
        assert monday_of(text).weekday() == 0
    except InputError as error:
        assert "\n" not in str(error)
