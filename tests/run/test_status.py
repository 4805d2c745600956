"""A job that never starts says nothing; its age does."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from analysis.run.status import GoodRun, Problem, Record, health, next_due, read_status

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
RAN = "2023-09-17T23:05:00+00:00"  # Monday 06:05 there


def at(day: int, hour: int = 0):
    return datetime(2023, 9, day, hour, tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "due", "stale"), [(at(18), False, False), (at(25), True, False), (at(26), True, True)]
)
def test_it_is_due_on_monday_morning_and_stale_after_eight_days(now, due, stale):
    one = health("c", VIETNAM, Record(good=GoodRun(at=RAN, report="reports/c/x")), now)
    assert (one.due, one.stale) == (due, stale)
    assert "next due 2023-09-25 06:00" in one.line
    assert ("STALE" in one.line) == stale


def test_what_never_ran_is_due_and_stale():
    one = health("c", VIETNAM, Record(problem=Problem(at=RAN, status=20, why="no file")), at(18))
    assert one.due
    assert one.stale
    assert one.line == f"c: never ran well here; since then {RAN} exit 20: no file"


def test_a_run_just_before_the_hour_does_not_count_for_the_week():
    before = datetime(2023, 9, 18, 5, 59, tzinfo=VIETNAM)
    assert next_due(before, VIETNAM) == datetime(2023, 9, 18, 6, tzinfo=VIETNAM)
    assert next_due(before.replace(hour=6), VIETNAM) == datetime(2023, 9, 25, 6, tzinfo=VIETNAM)


GOOD = '{"at": "2023-09-17T23:05:00+00:00", "report": "reports/c/x"}'


@pytest.mark.parametrize(
    "text",
    [
        *("", "{", "[1]", '"x"', "[" * 100_000, '{"c": 5}', '{"c": {"good": "x"}}'),
        GOOD.join(['{"c": {"problem": 5, "good": ', "}}"]),
        GOOD.join(['{"c": {"good": ', "}}"]).replace("+00:00", ""),  # a time of no zone
    ],
    ids=range(9),
)
def test_a_status_that_cannot_be_read_is_as_none(tmp_path, text):
    path = tmp_path / "status.json"
    path.write_text(text)
    assert read_status(path) == {}
    path.write_text(f'{{"c": {{"good": {GOOD}}}}}')
    assert read_status(path)["c"].good.report == "reports/c/x"
