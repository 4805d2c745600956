"""Days as teams write them: day before month, in the campaign's own time zone."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

_DMY = re.compile(r"(\d{1,2})([/.\-])(\d{1,2})\2(\d{4}|\d{2})(?:[ ,T]+\d{1,2}(?::\d{2}){0,2})?", re.ASCII)
_DM = re.compile(r"(\d{1,2})[/.\-](\d{1,2})", re.ASCII)
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?", re.ASCII)
_LONG = re.compile(r"(\d{1,2}) tháng (\d{1,2})(?:,| năm|/)? ?(\d{4})", re.ASCII)
_WEEKDAY = re.compile(r"(?:thứ (?:hai|ba|tư|năm|sáu|bảy)|chủ nhật|cn|t[2-7]),? +")


@dataclass(frozen=True)
class Calendar:
    """What is needed to read a date: the zone of the days, the day of knowledge, a year said elsewhere."""

    zone: ZoneInfo
    today: date | None = None
    year: int | None = None

    def read(self, text: str) -> date | str:
        """Read one date cell; the code of the failed check where it is none, or could be two."""
        cell = " ".join(unicodedata.normalize("NFC", text).casefold().split())
        if not cell:
            return "date_missing"
        cell = _WEEKDAY.sub("", cell.removeprefix("ngày "), count=1)
        day = self._parse(cell)
        if isinstance(day, str):
            return day
        if self.today is not None and day > self.today:
            return "date_in_future"
        return day

    def _parse(self, cell: str) -> date | str:
        try:
            if found := _ISO.fullmatch(cell.upper()):
                return date(int(found[1]), int(found[2]), int(found[3]))
            if found := _DMY.fullmatch(cell):
                return date(_full_year(found[4]), int(found[3]), int(found[1]))
            if found := _LONG.fullmatch(cell):
                return date(int(found[3]), int(found[2]), int(found[1]))
            if found := _DM.fullmatch(cell):
                return self._without_year(int(found[1]), int(found[2]))
        except ValueError:
            return "date_impossible"
        return "not_a_date"

    def _without_year(self, day: int, month: int) -> date | str:
        if self.year is not None:
            return date(self.year, month, day)
        if self.today is None:
            return "date_without_year"
        this = date(self.today.year, month, day)
        last = this.replace(year=this.year - 1)
        return last if this > self.today and self.today - last < timedelta(days=45) else this


def _full_year(digits: str) -> int:
    return int(digits) if len(digits) == 4 else 2000 + int(digits)


def day_in(zone: ZoneInfo, instant: datetime) -> date:
    """Return the day it is in ``zone`` at ``instant``."""
    return instant.astimezone(zone).date()
