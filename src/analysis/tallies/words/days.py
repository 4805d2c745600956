"""Days as teams write them: day before month, in the campaign's own time zone; never a guess between two."""

import re
from calendar import monthrange
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import chain
from typing import Literal
from zoneinfo import ZoneInfo

from analysis.campaign.text import folded
from analysis.tallies.words.spelling import UNSEEN, bare, word_table

OLDEST = timedelta(days=1100)
"""A tally older than this on the day it is received bears a mistyped year."""
LONGEST = 120
"""Letters of a date with all that may stand around it."""
LEAST_SWAPPED = 3
"""Fewer days may be those of months by chance."""
EPOCHS = {"1900": date(1899, 12, 30), "1904": date(1904, 1, 1)}
"""Day 0 of the two systems in which spreadsheets count days."""

LATE = timedelta(days=300)
"""Nor is one of a year ago a tally of a drive that began since, as far as is known."""
BEFORE = timedelta(days=92)
"""What a drive began from was counted in the quarter before; a day of longer before bears a mistyped date."""
MONTH = 28
"""The least days of a month: a tally that may cover as many is of one."""
BUDDHIST = 543
"""Years by which the Buddhist era of Thailand, Laos and Cambodia is ahead."""

_CLOCK = r"(?:[ ,t]+(?:lúc )?\d{1,2}(?:[:hg]\d{0,2}){0,2}(?:\.\d+)?(?: ?(?:[ap]m|sa|ch))?)?"
_DM = re.compile(r"(\d{1,2})[/.\-](\d{1,2})", re.ASCII)
_INSTANT = re.compile(
    r"(\d{4})([-/])(\d{2})\2(\d{2})[t ](\d{2}:\d{2})(:\d{2})?(?:\.\d+)? ?(z|[+-]\d{2}(?::?\d{2})?)?", re.ASCII
)
_ORDERED = re.compile(r"(\d{1,2})([/.\-])(\d{1,2})(?:\2(?:\d{4}|\d{2})|$)(?!\d)", re.ASCII)


def _patterns() -> tuple[dict[str, str], dict[str, int]]:
    """Return the words of each kind as one pattern for all languages, and the number of each month."""
    said = word_table("days")
    months = {
        name: number
        for names in said.pop("months").values()
        for number, month in enumerate(names, 1)
        for name in (one for said in month.split() for one in (said, bare(said)))
    }
    return {kind: "|".join(chain(*words.values())) for kind, words in said.items()}, months


SAID, MONTHS = _patterns()
"""Words of each kind as one pattern for all languages, and the number of each month by its name."""
NTH = r"(?:er|st|nd|rd|th)?(?:[ -]| of | de )"

_D, _M, _Y, _YY = r"(?P<d>\d{1,2})", r"(?P<m>\d{1,2})", r"(?P<y>\d{4})", r"(?P<y>\d{4}|\d{2})"
_NAMED = r"(?P<m>[^\W\d_]{3,9})"
_WHOLE = tuple(map(re.compile, (
    rf"(?a){_Y}(?P<by>[-/.]){_M}(?P=by){_D}(?: \d{{1,2}}:\d{{2}}(?::\d{{2}}(?:\.\d+)?)?)?",
    rf"(?a){_D}(?P<by>[/.\-]){_M}(?P=by){_YY}{_CLOCK}",
    rf"(?a){_D}[ -](?:tháng|thg\.?) {_M}(?:,? năm |, ?| |/|-){_Y}",
    r"(?a)(?P<y>20\d{2})(?P<m>\d{2})(?P<d>\d{2})",
    rf"{_D}{NTH}{_NAMED}\.?,?[ -]{_YY}",
    rf"{_NAMED}\.? {_D}(?:st|nd|rd|th)?,? {_Y}",
)))  # fmt: skip
"""Days written out: year, month in digits or by its name, and day."""
_MONTH = tuple(map(re.compile, (
    r"(?a)(?:(?:tháng|thg\.?) ?)?(?P<m>\d{1,2})[/-](?P<y>20\d{2})",
    r"(?a)(?:tháng|thg\.?) (?P<m>\d{1,2}),? (?:năm )?(?P<y>20\d{2})",
    r"(?a)(?P<y>20\d{2})[/-](?P<m>\d{1,2})",
    rf"{_NAMED}\.?,?[ -](?P<y>20\d{{2}})",
)))  # fmt: skip
"""Months written out: where tallies are of months, that of one is of its last day."""
_LONG_DM = re.compile(r"(\d{1,2}) (?:tháng|thg\.?) (\d{1,2})", re.ASCII)
_DAY = re.compile(r"ngày (\d{1,2})", re.ASCII)
_SERIAL = re.compile(r"\d{5}(?:[.,]\d+)?", re.ASCII)
_PERIOD = re.compile(
    rf".*\b(?:{SAID['period']})\b.*"
    r"|(?:tháng |t)?\d{1,2}[/-]\d{4}|tháng \d{1,2}(?:,? năm|/)? ?(?:\d{4})?"
    r"|\d{1,2}(?:[/.]\d{1,2})?(?:[/.]\d{2,4})?\s*(?:[-–—]|đến)+\s*\d{1,2}[/.]\d{1,2}(?:[/.]\d{2,4})?"
)
_WEEKDAY = re.compile(rf"^(?:{SAID['weekday']})\b\.?[, ]*(?:ngày |the |le )?")
_WEEKDAY_BEHIND = re.compile(rf" ?\((?:{SAID['weekday']})\)$")
_HOUR = r"(?:\d{1,2}(?:h|g|:| giờ)\d{0,2},? *)?"
_BEFORE = re.compile(rf"^{_HOUR}(?:(?:{SAID['opening']}) ?:? ){{0,3}}{_HOUR}(?:ngày )?")
_MIDNIGHT = re.compile(
    r"(?<!\d)(?<!\b(?:từ|du) )(?<!\bfrom )00?(?:[hg:]| giờ) ?(?:00?)?(?: phút)?,? *"
    rf"(?:(?:{SAID['opening']}) )?$"
)


@dataclass(frozen=True)
class Calendar:
    """What is needed to read a date.

    Attributes
    ----------
    zone
        In which days begin and end.
    latest
        The last day that can be reported: the day of receipt.
    stated
        Whether ``latest`` is a fact about the file; only then does it complete a date without a year.
    year, month
        The year and month that the title gives, for dates without one.
    epoch
        How the workbook counts days; None where the file does not say.
    since
        The first day of the drive: no day from then on is too old, whenever it is told again.
    begins
        Whether the campaign says that day itself, so that one of long before is none of the drive's.
    covered
        The most days that one tally covers.
    """

    zone: ZoneInfo
    latest: date | None = None
    stated: bool = True
    year: int | None = None
    month: int | None = None
    epoch: Literal["1900", "1904"] | None = None
    since: date | None = None
    begins: bool = False
    covered: int = 1

    def read(self, text: str) -> date | str:
        """Read one date cell; the code of the failed check where it is none, or could be two."""
        if len(text) > LONGEST:
            return "not_a_date"
        tidied = _tidied(text)
        said = _WEEKDAY.sub("", tidied)
        cell = _BEFORE.sub("", said, count=1)
        if not said:
            return "date_missing"
        try:
            day = self._parse(cell, said)
        except (ValueError, OverflowError):
            return "month_first" if order_of(cell) == "month" else "date_impossible"
        if isinstance(day, str):
            return day
        if ends_in_midnight(said.removesuffix(cell)):
            return "date_at_midnight"
        return "month_first" if said != tidied and _is_swapped(tidied, cell, day) else self.judge(day)

    def judge(self, day: date) -> date | str:
        """Return ``day`` if it can have been reported by the latest day, else the failed check's code."""
        if self.latest is not None and day > self.latest:
            is_buddhist = timedelta(0) <= self.latest - _years_before(day, BUDDHIST) <= OLDEST
            return "buddhist_year" if is_buddhist else "date_in_future"
        return "date_too_old" if day.year < 2000 or self._is_too_old(day) else day

    def _is_too_old(self, day: date) -> bool:
        if self.since is not None and (self.begins or day >= self.since):
            return self.since - day > BEFORE
        late = OLDEST if self.since is None else LATE
        return self.latest is not None and self.stated and self.latest - day > late

    def covers(self, first: date | str, last: date | str) -> bool:
        """Whether one tally covers the days from the first to the last."""
        if not isinstance(first, date) or not isinstance(last, date):
            return False
        return 0 <= (last - first).days < self.covered

    def in_month(self, year: int | None, month: int | None) -> "Calendar":
        """Return the calendar that takes dates without a year or month to be of these."""
        return replace(self, year=year, month=month)

    def _parse(self, cell: str, said: str) -> date | str:
        if self.covered >= MONTH and (day := self._end_of_month(cell)):
            return day
        for pattern in _WHOLE:
            if found := pattern.fullmatch(cell):
                return _written_out(found["y"], found["m"], found["d"])
        if found := _INSTANT.fullmatch(cell):
            clock, zone = f"{found[5]}{found[6] or ''}", (found[7] or "").upper()
            instant = datetime.fromisoformat(f"{found[1]}-{found[3]}-{found[4]}T{clock}{zone}")
            return (instant.astimezone(self.zone) if instant.tzinfo else instant).date()
        if found := _DM.fullmatch(cell) or _LONG_DM.fullmatch(cell):
            return self._without_year(int(found[1]), int(found[2]))
        if self.year and self.month and (found := _DAY.fullmatch(said)):
            return date(self.year, self.month, int(found[1]))
        if _SERIAL.fullmatch(cell):
            return self._serial(int(cell[:5]))
        return "date_is_period" if _PERIOD.fullmatch(cell) else "not_a_date"

    def _end_of_month(self, cell: str) -> date | None:
        """Return the last day of a month, or of what of it is over; None where a cell is no month."""
        found = next(filter(None, (pattern.fullmatch(cell) for pattern in _MONTH)), None)
        if found is None:
            return None
        first = _written_out(found["y"], found["m"], "1")
        if isinstance(first, str):
            return None
        last = first.replace(day=monthrange(first.year, first.month)[1])
        return min(last, self.latest) if self.latest is not None and self.latest >= first else last

    def _without_year(self, day: int, month: int) -> date | str:
        if self.year is not None:
            return date(self.year, month, day)
        date(2000, month, day)
        if self.latest is None or not self.stated:
            return "date_without_year"
        this = date(self.latest.year, month, day)
        last = date(self.latest.year - 1, month, day)
        return last if this > self.latest and self.latest - last < timedelta(days=45) else this

    def _serial(self, number: int) -> date | str:
        if self.epoch is not None:
            return EPOCHS[self.epoch] + timedelta(days=number)
        if self.latest is None or not self.stated:
            return "serial_unclear"
        both = [start + timedelta(days=number) for start in EPOCHS.values()]
        near = [day for day in both if timedelta(0) <= self.latest - day <= timedelta(days=366)]
        return near[0] if len(near) == 1 else "serial_unclear"


def date_within(text: str) -> str:
    """Return the date of a cell without the words before it: "Thứ sáu, ngày 8/9/2023" is 8/9/2023."""
    return _BEFORE.sub("", _WEEKDAY.sub("", _tidied(text)), count=1)


def ends_in_midnight(before: str) -> bool:
    """Whether the words before a date are of the hour at which it begins: "0h ngày" counts the day before."""
    return bool(_MIDNIGHT.search(before))


def _tidied(text: str) -> str:
    """Return a date without what is no part of it: what nobody sees, blanks within, a mark at its end."""
    cell = folded(re.sub(UNSEEN, "", text)).strip(" .,;")
    cell = re.sub(r"^'(?=\d)|\((?=\d[^()]*\d\)$)|(?<=\d)\)$", "", cell)
    return _WEEKDAY_BEHIND.sub("", re.sub(r"(?<=\d) ?([/.]) ?(?=\d)", r"\1", cell))


def _is_swapped(text: str, cell: str, day: date) -> bool:
    """Whether the weekday before a date is that of the day with its month first: "Fri 9/8/2023"."""
    named = _weekday_of(text)
    if named is None or day.day > 12 or not _ORDERED.match(cell):
        return False
    return day.weekday() != named == date(day.year, day.day, day.month).weekday()


def _weekday_of(text: str) -> int | None:
    """Return the weekday with which a text begins, 0 for Monday; None where it is not certain."""
    found = _WEEKDAY.match(text)
    name = re.sub(r"[., ]*(?:ngày |the |le )?$", "", found[0]) if found else ""
    if name[-1:].isdigit():
        return int(name[-1]) - 2
    numbers = {
        at
        for names in word_table("days")["weekday"].values()
        for at, day in enumerate(names[:7])
        if day.startswith(name)
    }
    return numbers.pop() if name and len(numbers) == 1 else None


def _written_out(year: str, month: str, day: str) -> date | str:
    number = int(month) if month.isdigit() else MONTHS.get(month)
    if number is None:
        return "not_a_date"
    return date(int(year) if len(year) == 4 else 2000 + int(year), number, int(day))


def _years_before(day: date, years: int) -> date:
    """Return the same day some years before; 29 February becomes 28."""
    return day.replace(year=day.year - years, day=min(day.day, 28)) if day.year > years else date.min


def order_of(text: str) -> Literal["day", "month"] | None:
    """Return what the two first numbers of a date prove to stand first; None where it reads both ways."""
    found = _ORDERED.match(date_within(text[:LONGEST]))
    if not found:
        return None
    first, second = int(found[1]), int(found[3])
    if first > 12 >= second >= 1 and first <= 31:
        return "day"
    return "month" if 1 <= first <= 12 < second <= 31 else None


def are_one_of_each_month(days: Collection[date], calendar: Calendar) -> bool:
    """Whether days such as 9/4, 9/5 and 9/6 are of one month, which then is nearer to the day of receipt."""
    if len(days) < LEAST_SWAPPED or len({day.day for day in days}) > 1 or calendar.covered > 1:
        return False
    month = next(iter(days)).day
    if month > 12 or len({day.year for day in days}) > 1 or calendar.latest is None:
        return False
    return max(days) < max(day.replace(month=month, day=day.month) for day in days) <= calendar.latest


def orders_of(texts: Iterable[str]) -> set[str]:
    """Return what some dates prove to stand first."""
    return {order for text in texts if (order := order_of(text)) is not None}


def reads_both_ways(text: str, calendar: Calendar) -> bool:
    """Whether a date means another sound day with the month first."""
    text = date_within(text[:LONGEST])
    found = _ORDERED.match(text)
    if found is None or int(found[1]) == int(found[3]) or max(int(found[1]), int(found[3])) > 12:
        return False
    other = f"{found[3]}{found[2]}{found[1]}{text[found.end(3) :]}"
    return isinstance(calendar.read(other), date)
