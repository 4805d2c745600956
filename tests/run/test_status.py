"""A job that never starts says nothing; which period it published last does."""

import re
import shutil
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.campaign import load_campaign
from analysis.campaign.rhythm import AreaRhythm, Rhythms
from analysis.errors import AnalysisError
from analysis.run.pipeline import run
from analysis.run.status import GoodRun, Problem, Record, health, health_at, on_record, read_status
from analysis.run.weeks import end_of_week, last_week, next_due, period_at, report_due
from tests.conftest import PROJECT
from tests.run.house import CAMPAIGN, write_notebook

FACTS = load_campaign(PROJECT / "data" / "raw" / CAMPAIGN)
VIETNAM = FACTS.zone
RAN = "2023-09-17T23:05:00+00:00"  # Monday 06:05 there


def at(day: int, hour: int = 0, month: int = 9):
    return datetime(2023, month, day, hour, tzinfo=UTC)


def judged(now, good=True, **facts):
    found = GoodRun(**{"at": RAN, "report": "reports/c/x", "period": "2023-W37"} | facts) if good else None
    return health(FACTS, Record(good=found), now)


@pytest.mark.parametrize(
    ("now", "state", "due"),
    [
        (at(18), "good", False),
        (at(24, 22), "good", False),
        (at(24, 23), "due", True),
        (at(26), "stale", True),
    ],
)
def test_a_week_is_due_on_monday_at_six_and_stale_a_day_later(now, state, due):
    one = judged(now)
    assert (one.state, one.due, one.bad) == (state, due, state == "stale")
    assert ("STALE" in one.line) == one.bad
    assert "for 2023-W37 (reports/c/x)" in one.line


@pytest.mark.parametrize("period", ["2023-W30", ""])
def test_another_week_than_the_due_one_does_not_count(period):
    """A run of an old week on Monday 06:05, and a record of before periods were written down."""
    one = judged(at(18), period=period)
    assert one.due
    assert "week 2023-W37 due since 2023-09-18 06:00" in one.line


def test_what_never_ran_is_stale_and_says_why():
    problem = Problem(at=RAN, status=20, why="no file")
    one = health(FACTS, Record(problem=problem), at(18))
    assert one.bad
    assert one.line.endswith(f"; since then {RAN} exit 20: no file")


def test_a_run_of_the_future_is_an_error_and_does_not_count():
    one = judged(at(18), at="2033-01-03T06:05:00+07:00", period="2033-W01")
    assert one.state == "wrong clock"
    assert one.bad
    assert one.due
    assert "2033-01-03" in one.line


def test_a_drive_that_has_ended_is_due_once_more_for_its_last_week():
    last = "2023-W52"
    at_end = datetime(2024, 1, 1, 6, 5, tzinfo=VIETNAM)
    assert judged(at_end).due
    later = datetime(2026, 11, 27, tzinfo=UTC)
    one = judged(later, period=last)
    assert (one.state, one.due, one.bad) == ("ended", False, False)
    assert "ended on 2023-12-31" in one.line
    assert "next due" not in one.line
    missed = judged(later)
    assert (missed.state, missed.bad) == ("ended", False)
    assert "its last week, 2023-W52, was not published" in missed.line


def test_a_drive_that_has_not_begun_is_not_due():
    one = judged(FACTS_BEGIN - timedelta(days=3), good=False)
    assert (one.state, one.due, one.bad) == ("not begun", False, False)


FACTS_BEGIN = datetime.combine(FACTS.first_day, datetime.min.time(), VIETNAM)


@given(st.datetimes(datetime(2023, 1, 1), datetime(2024, 6, 1)).map(lambda one: one.replace(tzinfo=UTC)))
def test_a_due_period_is_over_has_a_day_of_the_campaign_and_is_the_newest(now):
    period = period_at(now, FACTS)
    if period.begun:
        assert period.as_of < period.since <= now
    if not period.ended:
        assert next_due(now, VIETNAM) - period.since == timedelta(days=7)
    assert period.week <= last_week(now, VIETNAM, FACTS.last_day)
    assert date.fromisocalendar(int(period.week[:4]), int(period.week[6:]), 1) <= FACTS.last_day


def test_a_run_just_before_the_hour_is_of_the_week_before():
    before = datetime(2023, 9, 18, 5, 59, tzinfo=VIETNAM)
    assert next_due(before, VIETNAM) == datetime(2023, 9, 18, 6, tzinfo=VIETNAM)
    assert next_due(before.replace(hour=6), VIETNAM) == datetime(2023, 9, 25, 6, tzinfo=VIETNAM)
    assert period_at(before, FACTS).week == "2023-W36"


WEEKLY = AreaRhythm(counts="week", sent="week", on="sunday")
RHYTHMS = {
    "daily": (None, ["2023-09-18"]),
    "daily, sent on Fridays": (Rhythms(sent="week", on="friday"), ["2023-09-18"]),
    "weekly": (Rhythms(counts="week", sent="week"), ["2023-09-18"]),
    "weekly, a day of grace": (Rhythms(counts="week", sent="week", grace_days=1), ["2023-09-18"]),
    "monthly": (Rhythms(counts="month", sent="month", on="last", grace_days=3), ["2023-10-09"]),
    "monthly on the 20th": (Rhythms(counts="month", sent="month", on=20), ["2023-09-25"]),
    "monthly, one area weekly": (
        Rhythms(counts="month", sent="month", on="last", areas={"513": WEEKLY}),
        ["2023-09-18"],
    ),
}  # fmt: skip


MONTHLY = 'counts = "month"\nsent = "month"\non = "last"'


@pytest.mark.parametrize("rhythm", RHYTHMS)
def test_the_next_report_is_when_something_new_is_to_be_in(rhythm):
    """Asked on Thursday the 14th, and again on each Monday after."""
    own, days = RHYTHMS[rhythm]
    facts = FACTS.model_copy(update={"rhythm": own})
    (first,) = (date.fromisoformat(day) for day in days)
    assert facts.next_report(date(2023, 9, 13)) == first
    assert report_due(datetime(2023, 9, 14, tzinfo=VIETNAM), facts).date() == first
    assert facts.next_report(first - timedelta(days=2)) == first
    after = facts.next_report(first - timedelta(days=1))
    assert facts.next_report(first) == after  # an analyst's run of the Monday's evening puts nothing off
    month = own is not None and own.counts == "month" and not own.areas
    assert after > first
    assert ((after - first).days > 7) == month
    assert facts.next_report(date(2023, 12, 30)) == date(2024, 1, 1)  # its last week, whatever the rhythm
    assert facts.next_report(date(2023, 12, 31)) is None


def test_the_job_of_a_monthly_drive_is_due_once_a_month():
    facts = FACTS.model_copy(update={"rhythm": RHYTHMS["monthly"][0]})
    record_of = lambda period: Record(good=GoodRun(at=RAN, report="reports/c/x", period=period))  # noqa: E731
    quiet = health(facts, record_of("2023-W36"), at(25))  # files of August were to be in by 3 September
    assert (quiet.state, quiet.due) == ("good", False)
    assert "next due 2023-10-09 06:00" in quiet.line
    due = health(facts, record_of("2023-W36"), at(9, 1, month=10))
    assert due.due
    assert "week 2023-W40 due since 2023-10-09 06:00" in due.line


def test_no_silence_is_told_before_anything_is_to_come(house, job):
    """Sent on the last of the month: on 10 July nothing is awaited, in August the files of July are."""
    path = house / "data" / "raw" / CAMPAIGN / "campaign.toml"
    facts = re.sub(r"(?s)\[rhythm\].*?\n\n", f"[rhythm]\n{MONTHLY}\n\n", path.read_text(encoding="utf-8"))
    path.write_text(facts, encoding="utf-8")
    first, quiet, missed = job(7, 3), job(7, 10), job(8, 7)
    assert (quiet.fresh, quiet.silent, quiet.path) == (False, False, first.path)
    assert not [line for line in quiet.warnings if "nothing new" in line]
    assert (missed.fresh, missed.silent) == (True, True)


@pytest.fixture
def job(house, plan):
    """Run the weekly job of the small project on a day of 2023, at a quarter past six there."""

    def go(month: int, day: int, **changes):
        now = datetime(2023, month, day, 6, 15, tzinfo=VIETNAM)
        as_of = end_of_week(last_week(now, VIETNAM, FACTS.last_day), VIETNAM)
        return run(CAMPAIGN, as_of.isoformat(), plan(**changes), now)

    return go


def recorded(house):
    return read_status(house / "reports" / "status.json")[CAMPAIGN]


def test_a_run_of_an_old_week_is_no_job_and_the_due_one_is_published_after_it(house, publish, job):
    publish()  # as of 2023-09-18 08:00, which no job publishes
    assert read_status(house / "reports" / "status.json") == {}
    assert job(9, 18).fresh
    assert recorded(house).good.period == "2023-W37"


def test_a_silence_is_published_once_and_said_each_week(house, job):
    """The six files all came in June; one more comes in October."""
    first, silent, again = job(7, 3), job(7, 10), job(7, 17)
    assert (first.silent, silent.silent, again.silent) == (False, True, True)
    assert (first.fresh, silent.fresh, again.fresh) == (True, True, False)
    assert again.path == silent.path
    assert "nothing new has come since the report of 2023-W27" in again.warnings[0]
    assert recorded(house).good.period == "2023-W28"
    now = datetime(2023, 7, 18, tzinfo=UTC)
    assert health(FACTS, recorded(house), now).state == "silent"
    assert job(7, 17).silent  # and is no other week's by being asked twice
    facts = house / "data" / "raw" / CAMPAIGN / "campaign.toml"
    facts.write_text(facts.read_text(encoding="utf-8") + "\n# looked at\n", encoding="utf-8")
    assert not job(7, 24).silent  # a changed fact is something new


def test_a_job_that_fails_is_on_record_beside_the_last_good_one(house, job):
    job(7, 3)
    write_notebook(house / "notebooks" / "02_left.ipynb", ["1 / 0"])
    with pytest.raises(AnalysisError, match="ZeroDivisionError"):
        job(9, 18)
    known = recorded(house)
    assert (known.good.period, known.problem.status) == ("2023-W26", 30)


def test_a_report_that_is_gone_does_not_stand(house, job):
    job(7, 3)
    shutil.rmtree(job(7, 10).path)
    assert job(7, 17).fresh


def test_a_report_that_was_edited_does_not_stand(house, job):
    job(7, 3)
    (job(7, 10).path / "summary.json").unlink()
    again = job(7, 17)
    assert (again.fresh, again.silent) == (True, True)


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


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('{"quang_nam_2023": {"good": "x"}}', "its entry in status.json cannot be read; the job never ran"),
        ("{", "status.json cannot be read; the job never ran"),
        ("{}", "the job never ran"),
    ],
)
def test_a_record_that_cannot_be_read_is_said_to_be_and_not_taken_for_none(tmp_path, text, says):
    (tmp_path / "reports").mkdir()
    (tmp_path / "reports" / "status.json").write_text(text)
    one = health_at(tmp_path, FACTS, at(18))
    assert one.bad
    assert one.said.startswith(says)
    if "x" in text:
        assert on_record(tmp_path) == ["quang_nam_2023"]
        return
    with pytest.raises(AnalysisError, match="cannot be read" if text == "{" else "tells of no run"):
        on_record(tmp_path)


def test_a_broken_record_of_another_campaign_is_kept_to_be_seen(house, job):
    path = house / "reports" / "status.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text('{"another": {"good": "x"}}')
    job(7, 3)
    assert on_record(house) == ["another", CAMPAIGN]
    assert recorded(house).good.period == "2023-W26"
