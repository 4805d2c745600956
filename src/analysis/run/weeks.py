"""ISO weeks as instants of knowledge: a week ends on Sunday at 24:00 in the campaign's zone."""

import re
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from analysis.errors import InputError

WEEK = timedelta(days=7)


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


def weeks_between(first: str, last: str) -> list[str]:
    """Return every ISO week from ``first`` to ``last``, both included."""
    start, end = monday_of(first), monday_of(last)
    if start > end:
        raise InputError(f"week {first} is after {last}; give the earlier one first")
    days = [start + timedelta(weeks=count) for count in range((end - start).days // 7 + 1)]
    return [f"{day:%G}-W{day:%V}" for day in days]
