"""How often areas count and when their files come: from it follows what is due, late and silent."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import Field, model_validator

from analysis.campaign.record import Record

Span = Literal["day", "sending", "week", "month"]
Often = Literal["day", "week", "month"]
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
Sending = (
    Weekday
    | Annotated[tuple[Weekday, ...], Field(min_length=2, max_length=6)]
    | Annotated[int, Field(ge=1, le=28)]
    | Literal["last"]
)
WEEKDAYS: tuple[Weekday, ...] = (
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
)  # fmt: skip
WEEK = 7
"""Days of a week, for everything that counts in weeks."""
_WIDTH = {"day": 1, "sending": 1, "week": WEEK, "month": 28}


class Rhythm(Record):
    """What one tally covers, and when files come.

    Attributes
    ----------
    counts
        What one tally covers; ``sending`` is what came since the sending before, of several in a week.
    sent
        How often files come; never more often than anything is counted.
    on
        Up to which day a sending goes: a weekday or several where files come by the week (Sunday if nothing
        is said), a day of the month or ``last`` where they come by the month.
    grace_days
        How many days after that a file may come and still be on time.
    """

    counts: Span = "day"
    sent: Often = "day"
    on: Sending | None = None
    grace_days: Annotated[int, Field(ge=0, le=60)] = 0

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if _WIDTH[self.counts] > _WIDTH[self.sent]:
            raise ValueError(
                f"a tally that covers a {self.counts} cannot be sent every {self.sent}; "
                f"write sent = {self.counts!r}"
            )
        several = isinstance(self.on, tuple)
        by = "week" if several or self.on in WEEKDAYS else "month"
        if self.on is not None and by != self.sent:
            raise ValueError(
                f"'on' {self.on!r} does not go with sent = {self.sent!r}: a weekday, or a list of several, "
                "goes with 'week', a day of the month (1 to 28) or 'last' with 'month'"
            )
        if several and self.counts not in ("day", "sending"):
            raise ValueError(
                f"a tally that covers a {self.counts} cannot be sent on several weekdays; "
                "what came since the sending before is counts = 'sending'"
            )
        if self.counts == "sending" and not several:
            raise ValueError(
                "counts = 'sending' goes with several weekdays: sent = 'week', on = ['monday', 'thursday']"
            )
        return self

    @property
    def _weekdays(self) -> tuple[int, ...]:
        """The weekdays up to which sendings of a week go, Monday being 0."""
        named = self.on if isinstance(self.on, tuple) else (self.on,)
        return tuple(WEEKDAYS.index(one) for one in named if one in WEEKDAYS) or (6,)

    def due(self, today: date) -> date:
        """Return the newest day whose figures should be in by the end of ``today``."""
        latest = today - timedelta(days=self.grace_days)
        if self.sent == "day":
            return latest
        if self.sent == "week":
            return latest - timedelta(days=min((latest.weekday() - one) % WEEK for one in self._weekdays))
        here = _day_of_month(latest.year, latest.month, self.on)
        return here if here <= latest else self.before(here)

    def before(self, due: date) -> date:
        """Return the sending before the one that goes up to ``due``."""
        if self.sent == "day":
            return due - timedelta(days=1)
        if self.sent == "week":
            gaps = ((due.weekday() - one) % WEEK or WEEK for one in self._weekdays)
            return due - timedelta(days=min(gaps))
        last = due.replace(day=1) - timedelta(days=1)
        return _day_of_month(last.year, last.month, self.on)

    def comes_after(self, day: date) -> date:
        """Return the last day on which the first sending not due by the end of ``day`` is on time."""
        due = self.due(day)
        if self.sent == "day":
            following = due + timedelta(days=1)
        elif self.sent == "week":
            gaps = ((one - due.weekday()) % WEEK or WEEK for one in self._weekdays)
            following = due + timedelta(days=min(gaps))
        else:
            next_month = due.replace(day=1) + timedelta(days=31)
            following = _day_of_month(next_month.year, next_month.month, self.on)
        return following + timedelta(days=self.grace_days)

    def state(self, known_until: date | None, today: date) -> Literal["on_time", "late", "silent"]:
        """Say whether figures up to ``known_until`` are all that is due: late is one sending, silent two.

        A tally of several days, to a whole month, is in when it is of the period that the sending closes, on
        whichever day of it it was taken.
        """
        if known_until is None:
            return "silent"
        due = self.due(today)
        last = self.before(due)
        if self.counts != "day":
            due, last = (day + timedelta(days=1) for day in (last, self.before(last)))
        return "on_time" if known_until >= due else "late" if known_until >= last else "silent"

    def back(self, day: date) -> date:
        """Return the day one period before ``day``: a month where months are counted, else a week."""
        if self.counts != "month":
            return day - timedelta(days=7)
        last = day.replace(day=1) - timedelta(days=1)
        ends = (day + timedelta(days=1)).month != day.month
        return last if ends else last.replace(day=min(day.day, last.day))


class AreaRhythm(Record):
    """What of the rhythm is different in one area."""

    counts: Span | None = None
    sent: Often | None = None
    on: Sending | None = None
    grace_days: Annotated[int, Field(ge=0, le=60)] | None = None


class Rhythms(Rhythm):
    """The rhythm of a campaign, and of those areas that have their own."""

    areas: Mapping[str, AreaRhythm] = {}

    @model_validator(mode="after")
    def _all_possible(self) -> Self:
        for code in self.areas:
            try:
                self.of(code)
            except ValueError as error:
                raise ValueError(f"area {code}: {error.errors()[0]['msg']}") from None  # type: ignore[attr-defined]
        return self

    @property
    def spans(self) -> frozenset[Span]:
        """What the tallies of the campaign cover, and of the areas that differ from it."""
        return frozenset({self.counts, *(one.counts for one in self.areas.values() if one.counts)})

    def comes_after(self, day: date) -> date:
        """Return the day on which the next sending is to be in, of whichever area sends first."""
        usual = super().comes_after(day)
        return min([usual, *(self.of(code).comes_after(day) for code in self.areas)])

    def of(self, code: str) -> Rhythm:
        """Return the rhythm of one area."""
        own = self.areas[code].model_dump(exclude_none=True) if code in self.areas else {}
        shared = self.model_dump(exclude={"areas"})
        if "on" not in own and ("sent" in own or ("counts" in own and isinstance(self.on, tuple))):
            shared["on"] = None  # the campaign's weekdays mean nothing to one that sends otherwise
        return Rhythm.model_validate({**shared, **own})


def last_whole_day(as_of: datetime, zone: ZoneInfo) -> date:
    """Return the last day of a zone that has ended at an instant; its last minute counts as its end."""
    local = as_of.astimezone(zone)
    return local.date() if local.time() >= time(23, 59) else local.date() - timedelta(days=1)


def monday_after(day: date) -> date:
    """Return the first Monday after a day: what came until then is reported on it."""
    return day + timedelta(days=WEEK - day.weekday())


def _day_of_month(year: int, month: int, on: Sending | None) -> date:
    if isinstance(on, int):
        return date(year, month, on)
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
