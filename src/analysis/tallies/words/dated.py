"""Dates within a line of text: titles, headings, names of sheets and files."""

import re
from collections.abc import Iterable, Iterator
from datetime import date

from analysis.campaign.text import folded
from analysis.tallies.words.days import LONGEST, MONTH, MONTHS, NTH, SAID, Calendar, ends_in_midnight

_NAME = "|".join(sorted(MONTHS, key=len, reverse=True))
_FULL = (
    r"\d{1,2}(?P<s>[/.\-])\d{1,2}(?P=s)\d{4}|\d{1,2} tháng \d{1,2},? năm \d{4}|\d{4}-\d{2}-\d{2}"
    rf"|\d{{1,2}}{NTH}(?:{_NAME})\.?,? \d{{4}}|\b(?:{_NAME})\.? \d{{1,2}}(?:st|nd|rd|th)?,? \d{{4}}"
)
_WITHIN = re.compile(
    rf"(?P<before>.{{0,40}}?)(?<![\d/.\-])(?P<date>{_FULL}|(?<=ngày )\d{{1,2}}[/.\-]\d{{1,2}}(?![\d/.\-]|%)"
    r"|(?<=đến )\d{1,2}/\d{1,2}(?![\d/.\-]|%))(?![\d])"
)
_ANY = (
    rf"(?:\d{{1,2}}[/.\-]\d{{1,2}}(?:[/.\-](?:\d{{4}}|\d{{2}}))?|\d{{1,2}} tháng \d{{1,2}}(?:,? năm \d{{4}})?"
    rf"|\d{{4}}-\d{{2}}-\d{{2}}|\d{{1,2}}{NTH}(?:{_NAME})(?:\.?,? \d{{4}})?)"
)
"""A date of a heading, with its year or without."""
_SINCE = re.compile(
    rf"\b(?:{SAID['from']}|{SAID['since']}) (?P<date>{_ANY})(?P<end> (?:{SAID['through']}) {_ANY})?"
    r"(?!\d|[/.\-]\d|%)"
)
_ENDS = re.compile(
    rf"(?<![\d/.\-])(?P<first>{_ANY}|\d{{1,2}}(?=[-–—]\d{{1,2}}[/.]))(?: ?[-–—] ?| (?:{SAID['through']}) )"
    rf"(?P<last>{_ANY})(?![\d%]|[/.\-]\d)"
)
"""Both ends of a period."""
_LAST_WORD = re.compile(r".*[^\d/.\-] (?P<date>\d{1,2}/\d{1,2}(?:/\d{2,4})?)")
_FIRST_WORD = re.compile(r"(?P<date>\d{1,2}/\d{1,2}(?:/\d{2,4})?) [^\d/.\-].*")
_MONTH = re.compile(r"(?<!\d )tháng (\d{1,2})(?: ·)?(?: năm |/| )(20\d{2})", re.ASCII)
_MONTH_SAID = re.compile(
    rf"(?<!\d)(?<!\d[/.\-])(?:(?:tháng )?\d{{1,2}}[/-]20\d{{2}}|tháng \d{{1,2}},? (?:năm )?20\d{{2}}"
    rf"|(?<!\d )\b(?:{_NAME})\.?,? 20\d{{2}}|20\d{{2}}-\d{{2}})(?![\d/.\-])"
)
_REFERENCE = re.compile(r"(?:số:? *\d[\w/.\-]*|\d+/(?:qđ|kh|cv|ct|nq|tb|bc|đa)\b)[^;]*$")
_PLACE = re.compile(r"^[^:,\d]*, ngày $")
_OTHER_DAY = re.compile(rf"\b(?:{SAID['other_day']})\b")
_SAID_OUTRIGHT = re.compile(rf"\b(?:{SAID['outright']})\b")
_AS_OF = re.compile(rf"\b(?:{SAID['as_of']})\b[^;]*$")
_FROM = re.compile(rf"\b(?:{SAID['from']}) $")
_THROUGH = re.compile(rf"\b(?:{SAID['from']}|du)\b[^;]*\b(?:{SAID['through']}) $")

_NAMED_YMD = re.compile(r"(?<!\d)(?<!\d[-.])(20\d{2})([-.]?)(\d{2})\2(\d{2})(?!\d|[-.]\d)", re.ASCII)
_NAMED_SHORT = re.compile(r"(?<!\d)(?<!\d[-._])(\d{1,2})([-._])(\d{1,2})\2(\d{2})(?!\d|[-._]\d)", re.ASCII)
_NAMED_DMY = re.compile(
    r"(?<!\d)(?<!\d[-.])(\d{2}(?=\d{6})|\d{1,2}(?=[-._]))([-._]?)(\d{1,2})\2(20\d{2})(?!\d|[-.]\d)", re.ASCII
)


def day_of_lines(lines: Iterable[str], calendar: Calendar) -> date | str | None:
    """Find the one day that lines of a title say the numbers are of.

    "Tính đến", "trong ngày" and their like outrank a bare date. The date of a decree that is quoted, of a
    deadline or of an earlier report does not count; the date beside the place of signing counts only where
    there is no other.

    Returns
    -------
    date, str or None
        The day; the code of the failed check (two days, a period, a future day); None if no date is written.
    """
    ranks: tuple[set[date | str], set[date | str], set[date | str]] = (set(), set(), set())
    for text in _with_digits(lines):
        if (span := _ENDS.search(text)) and not _is_of_another_day(text[: span.start()]):
            rank = 0 if _AS_OF.search(text[: span.start()]) else 1
            ranks[rank].add(end_of_period(span[0], calendar) or "date_is_period")
            text = _cut(text, *span.span())
        for found in _WITHIN.finditer(text):
            before = text[: found.start("date")]
            if _FROM.search(before) or _THROUGH.search(before):
                ranks[1].add("date_is_period")
            elif (_REFERENCE.search(before) and not _AS_OF.search(before)) or _is_of_another_day(before):
                continue
            else:
                rank = 2 if _PLACE.search(before) else 0 if _AS_OF.search(before) else 1
                ranks[rank].add(
                    "date_at_midnight" if ends_in_midnight(before) else calendar.read(found["date"])
                )
    days = next((rank for rank in ranks if rank), set())
    if "date_is_period" in days:
        return "date_is_period"
    return next(iter(days)) if len(days) == 1 else "date_conflict" if days else None


def _is_of_another_day(before: str) -> bool:
    """Whether the words before a date make it a deadline or an earlier report, not the day of the numbers."""
    others = [found.start() for found in _OTHER_DAY.finditer(before)]
    outright = [found.start() for found in _SAID_OUTRIGHT.finditer(before)]
    return bool(others) and others[-1] > max(outright, default=-1)


def day_of_name(stem: str, calendar: Calendar) -> date | str | None:
    """Find the one day that the name of a file, without its ending, says; as `day_of_lines` does.

    ``BC_20230910``, ``bc-10-9-2023`` and ``2023.09.10`` are of a day; ``4-10.9.2023`` is of more than one,
    and no day is read from it.
    """
    text = _NAMED_YMD.sub(r" \1-\3-\4 ", stem)
    text = _NAMED_DMY.sub(r" \1/\3/\4 ", text)
    text = _NAMED_SHORT.sub(r" \1/\3/20\4 ", text)
    return day_of_lines([re.sub(r"[_\s]+", " ", text)], calendar)


def month_said(lines: Iterable[str], calendar: Calendar) -> date | str | None:
    """Find the last day of the one month that lines of a title say, where tallies are of months."""
    if calendar.covered < MONTH:
        return None
    found: set[date | str] = set()
    for line in lines:
        text = re.sub(r"[_\s]+", " ", folded(line[: 4 * LONGEST]))
        for month in _MONTH_SAID.finditer(text):
            before = text[: month.start()]
            if not (_FROM.search(before) or _REFERENCE.search(before) or _is_of_another_day(before)):
                found.add(calendar.read(month[0]))
    return next(iter(found)) if len(found) == 1 else "date_conflict" if found else None


def _with_digits(lines: Iterable[str]) -> Iterator[str]:
    """Yield the lines in which a date may stand."""
    return (folded(line[: 4 * LONGEST]) for line in lines if any(map(str.isdigit, line)))


def is_of_signing(lines: Iterable[str]) -> bool:
    """Whether the only dates in a title stand beside the place where it was signed."""
    for text in _with_digits(lines):
        for found in _WITHIN.finditer(text):
            if not _PLACE.search(text[: found.start("date")]):
                return False
    return True


def month_of_lines(lines: Iterable[str]) -> tuple[int, int] | None:
    """Return the year and month that titles such as "THÁNG 9 NĂM 2023" give, None if not exactly one.

    The year may stand in the next line; a number at the end of the line before is no day of the month.
    """
    months = {(int(found[2]), int(found[1])) for found in _MONTH.finditer(folded(" · ".join(lines)))}
    return months.pop() if len(months) == 1 else None


def split_day(text: str, calendar: Calendar) -> tuple[str, date | str | None]:
    """Split a heading into its words and the day in it: ``Lũy kế đến 10/9`` is of 10 September."""
    line = folded(text[: 4 * LONGEST])
    day = calendar.read(line)
    if isinstance(day, date) or (re.search(r"\d", line) and day not in ("not_a_date", "date_is_period")):
        return "", day
    if since := _SINCE.search(line):
        return _since(line, since, calendar)
    if span := _ENDS.search(line):
        return _beside_period(line, span, calendar)
    if found := _WITHIN.search(line) or _LAST_WORD.fullmatch(line) or _FIRST_WORD.fullmatch(line):
        words, day = _cut(line, *found.span("date")), calendar.read(found["date"])
        if ends_in_midnight(line[: found.start("date")]):
            day = "date_at_midnight"
        other = _WITHIN.search(words)
        twice = other is not None and calendar.read(other["date"]) != day
        return _without_until(words), "date_is_period" if twice else day
    return text, None


def _since(line: str, since: re.Match[str], calendar: Calendar) -> tuple[str, date | str | None]:
    """Split a heading that counts since a day: from the drive's first on it is like any other."""
    first = calendar.read(since["date"])
    begun = first == "date_too_old" or (isinstance(first, date) and first <= (calendar.since or date.min))
    if calendar.since is not None and begun:
        rest, day = split_day(_cut(line, since.start(), since.end("date")), calendar)
        return _without_until(rest), day
    if since["end"]:
        return _beside_period(line, since, calendar)
    return _without_until(_cut(line, *since.span())), "date_is_period"


def _beside_period(line: str, found: re.Match[str], calendar: Calendar) -> tuple[str, date | str | None]:
    """Split a heading that names a period: it counts all of it, unless a day stands there too."""
    rest, day = split_day(_cut(line, *found.span()), calendar)
    return _without_until(rest), day or end_of_period(found[0], calendar) or "date_is_period"


def end_of_period(text: str, calendar: Calendar) -> date | None:
    """Return the last day of the period that a text names; None where one tally does not cover all of it."""
    ends = _ENDS.search(folded(text[: 4 * LONGEST]))
    last = calendar.read(ends["last"]) if ends else None
    if ends is None or not isinstance(last, date):
        return None
    alone = ends["first"].isdigit() and int(ends["first"]) <= last.day
    first = last.replace(day=int(ends["first"])) if alone else calendar.read(ends["first"])
    return last if calendar.covers(first, last) else None


def _cut(line: str, start: int, end: int) -> str:
    return f"{line[:start]} {line[end:]}"


def _without_until(words: str) -> str:
    """Leave out what led to a date: "tính đến hết ngày"."""
    return re.sub(r"(?<!trong )\b(?:tính )?(?:đến )?(?:hết )?(?:ngày )?\s*$", "", words).strip()
