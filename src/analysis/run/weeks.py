"""ISO weeks as instants of knowledge: a week ends on Sunday at 24:00 in the campaign's zone."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from analysis.campaign import Campaign, monday_after
from analysis.errors import InputError

DAY = timedelta(days=1)
WEEK = timedelta(days=7)
DUE = time(6, 0)  # on Monday, in the campaign's zone


def end_of_week(week: str, zone: ZoneInfo) -> datetime:
    """Return the first instant after an ISO week such as ``2023-W37``: Monday 00:00 in ``zone``."""
    return datetime.combine(monday_of(week) + WEEK, time(), zone)


def monday_of(week: str) -> date:
    """Return the first day of an ISO week; a week that its year does not have is refused."""
    example = "write 2023-W37"
    if not (given := re.fullmatch(r"([0-9]{4})-W([0-9]{2})", week.strip())):
        raise InputError(f"week {week[:40]!r} is no ISO week; {example}")
    year, number = int(given[1]), int(given[2])
    try:
        monday = date.fromisocalendar(year, number, 1)
        monday + WEEK  # it must end, too
        return monday
    except OverflowError:
        raise InputError(f"week {week.strip()!r} is beyond every calendar; {example}") from None
    except ValueError:
        last = date(year, 12, 28).isocalendar().week if year else 52
        raise InputError(
            f"week {week.strip()!r} is not in {year}, which has W01 to W{last}; {example}"
        ) from None


def last_week(now: datetime, zone: ZoneInfo, last_day: date) -> str:
    """Return the last ISO week that is over at ``now`` in ``zone`` and has a day of the campaign."""
    day = min(now.astimezone(zone).date() - timedelta(days=7), last_day)
    return f"{day:%G}-W{day:%V}"


@dataclass(frozen=True)
class Period:
    """The newest week of a campaign whose report is due at some time, and where in the campaign that is.

    ``since`` is when it came due; ``begun`` is off before the first week is over, ``ended`` on from a week
    after the last one came due, when no other will.
    """

    week: str
    as_of: datetime
    since: datetime
    begun: bool
    ended: bool


def period_at(now: datetime, campaign: Campaign) -> Period:
    """Return the week that the weekly job has to have published at ``now``.

    A week's report is due from the Monday after it, 06:00 there. Only weeks with a day of the campaign have
    one: its last, and those in which files are to come.
    """
    newest = (next_due(now, campaign.zone) - WEEK).date() - WEEK
    monday = last = campaign.last_day - timedelta(days=campaign.last_day.weekday())
    if newest < last:
        monday = newest
        while monday + WEEK > campaign.first_day and not awaited(campaign, monday - DAY, monday + WEEK - DAY):
            monday -= WEEK
    week = f"{monday:%G}-W{monday:%V}"
    since = datetime.combine(monday + WEEK, DUE, campaign.zone)
    begun = monday + WEEK > campaign.first_day
    return Period(week, end_of_week(week, campaign.zone), since, begun, newest > campaign.last_day)


def awaited(campaign: Campaign, after: date, until: date) -> bool:
    """Say whether files are to come after one day and until another."""
    coming = campaign.next_report(after)
    return coming is not None and coming <= monday_after(until)


def report_due(now: datetime, campaign: Campaign) -> datetime:
    """Return the first Monday 06:00 there after an instant on which the job has something to report."""
    begins = end_of_week(f"{campaign.first_day:%G-W%V}", campaign.zone)
    soonest = next_due(max(now, begins), campaign.zone)
    monday = campaign.next_report((soonest - WEEK).date() - DAY)
    return soonest if monday is None else datetime.combine(monday, DUE, campaign.zone)


def next_due(after: datetime, zone: ZoneInfo) -> datetime:
    """Return the first Monday 06:00 in ``zone`` after an instant."""
    local = after.astimezone(zone)
    monday = datetime.combine(local.date() - timedelta(days=local.weekday()), DUE, zone)
    return monday if monday > local else datetime.combine(monday.date() + WEEK, DUE, zone)


def weeks_between(first: str, last: str) -> list[str]:
    """Return every ISO week from ``first`` to ``last``, both included."""
    start, end = monday_of(first), monday_of(last)
    if start > end:
        raise InputError(f"week {first} is after {last}; give the earlier one first")
    days = [start + timedelta(weeks=count) for count in range((end - start).days // 7 + 1)]
    return [f"{day:%G}-W{day:%V}" for day in days]
