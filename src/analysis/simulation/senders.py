"""Simulated counts as the rows that areas would have sent, and the files they come in.

One file an area and sending, or one a parent for all areas below it; a title that says the figures are
simulated, a header, rows, a totals row. How, and what goes wrong in a few of them, is in campaign.toml.
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from analysis.campaign import Area, Campaign
from analysis.campaign.areas import known_types
from analysis.campaign.rhythm import WEEKDAYS
from analysis.errors import InputError
from analysis.simulation.model import Simulation
from analysis.simulation.parameters import Files, Mishap, parameters_of

HOUR = time(21)
APART = timedelta(minutes=3)
"""So long after each other the senders' files arrive."""


@dataclass(frozen=True)
class DayRow:
    """What is written of an area for one day; ``None`` is a cell with a dash."""

    area: Area
    day: date
    new: int | None
    cumulative: int | None
    percent: float | None


@dataclass(frozen=True)
class Sent:
    """One file: whose, how written, for the week that ends when, what it says, when it arrived.

    ``suffix`` tells a correction, or figures sent later or again, from the first file of the week.
    """

    owner: Area
    files: Files
    number: int
    first: date
    week: date
    rows: tuple[DayRow, ...]
    received_at: datetime
    suffix: str = ""

    @property
    def kind(self) -> str:
        """``xlsx`` or ``csv``."""
        if self.files.format != "alternating":
            return self.files.format
        return "xlsx" if self.number % 2 == 0 else "csv"

    @property
    def name(self) -> str:
        """File name: ISO week, code, plain letters, and what it is beside the first file of its week."""
        plain = unicodedata.normalize("NFD", self.owner.name.replace("Đ", "D").replace("đ", "d"))
        word = "".join(c for c in plain if not unicodedata.combining(c)).lower().replace(" ", "-")
        suffix = f"_{self.suffix}" if self.suffix else ""
        return f"{self.week:%G-W%V}_{self.owner.code}_{word}{suffix}.{self.kind}"

    @property
    def sender(self) -> str:
        """Who sends."""
        return self.files.sender.format(type=type_word(self.owner, self.files.language), name=self.owner.name)

    @property
    def titles(self) -> list[str]:
        """The lines above the heading."""
        said = {"sender": self.sender, "name": self.owner.name, "first": self.first, "last": self.week}
        said["correction"] = self.files.correction if self.suffix == self.files.corrected else ""
        return [title.format(**said) for title in self.files.titles]


def type_word(area: Area, language: str) -> str:
    """Return the full word for an area's type in a language, the type itself where there is none."""
    words = known_types().get(area.type or "", {}).get(language)
    return words[0] if words else area.type or ""


def files_of(campaign: Campaign, simulation: Simulation) -> Iterator[Sent]:
    """Yield the files of every sending, mishaps included, in no particular order."""
    given = parameters_of(campaign)
    mishaps = {(mishap.area, mishap.week): mishap for mishap in given.mishaps}
    owners: dict[str, list[int]] = {}
    for row, area in enumerate(simulation.areas):
        owner = area.code if _files(area, given.files).by == "area" else area.parent
        owners.setdefault(owner or area.code, []).append(row)
    for number, (code, rows) in enumerate(owners.items()):
        files = _files(simulation.areas[rows[0]], given.files)
        for week in _sendings(campaign, code, simulation):
            arrival = datetime.combine(week, HOUR, campaign.zone) + number * APART
            begins = max(week - timedelta(days=6), campaign.first_day)
            sent = Sent(campaign.area(code), files, number, begins, week, (), arrival)
            wrong = {row: mishaps.get((simulation.areas[row].code, week)) for row in rows}
            told = {row: tuple(_rows(campaign, simulation, row, week)) for row in rows}
            yield from _with_mishaps(sent, told, wrong)


def _files(area: Area, kinds: tuple[Files, ...]) -> Files:
    found = next((one for one in kinds if not one.areas or {area.code, area.parent} & set(one.areas)), None)
    if found is None:
        raise InputError(f"simulation.files: none is for area {area.code}; give one without 'areas'")
    return found


def _sendings(campaign: Campaign, code: str, simulation: Simulation) -> list[date]:
    """Return the last day of each sending of an area, by its weekday; the last may be cut short."""
    on = campaign.rhythm_of(code).on
    weekday = WEEKDAYS.index(on) if on in WEEKDAYS else 6
    days = {day + timedelta(days=(weekday - day.weekday()) % 7) for day in simulation.days.date}
    return sorted(day for day in days if day <= simulation.days[-1].date())


def _rows(campaign: Campaign, simulation: Simulation, row: int, week: date) -> Iterator[DayRow]:
    """Yield what an area writes for a sending: a row a day, or one where it counts by the week."""
    area = simulation.areas[row]
    weekly = campaign.rhythm_of(area.code).counts == "week"
    last = (week - simulation.days[0].date()).days
    cumulative = simulation.cumulative[row]
    for at in range(max(last - 6, 0), last + 1):
        if weekly and at < last:
            continue
        back = 7 if weekly else 1
        new = int(cumulative[at] - cumulative[at - back]) if at >= back else None
        share = round(100 * int(cumulative[at]) / area.target, 2) if area.target else None
        yield DayRow(area, simulation.days[at].date(), new, int(cumulative[at]), share)


def _with_mishaps(
    sent: Sent, told: dict[int, tuple[DayRow, ...]], wrong: dict[int, Mishap | None]
) -> Iterator[Sent]:
    """Yield the file as it really arrives, and what follows it: late figures, corrections, all once more."""
    alone = sent.files.by == "area"
    first: list[DayRow] = []
    arrival = sent.received_at
    for row, rows in told.items():
        mishap = wrong[row]
        late = timedelta(days=(mishap and mishap.late_days) or 0)
        if late and not alone:
            yield replace(sent, rows=rows, received_at=sent.received_at + late, suffix=f"{rows[0].area.code}")
        else:
            first += _spoilt(rows, mishap) if mishap else rows
            arrival += late
        if mishap and mishap.corrected_after_days:
            later = sent.received_at + timedelta(days=mishap.corrected_after_days)
            suffix = sent.files.again if mishap.kind == "twice" else sent.files.corrected
            yield replace(sent, rows=rows, received_at=later, suffix=suffix)
    if first:
        yield replace(sent, rows=tuple(first), received_at=arrival)


def _spoilt(given: tuple[DayRow, ...], mishap: Mishap) -> list[DayRow]:
    rows = list(given)
    middle, last = rows[len(rows) // 2], rows[-1]
    if mishap.kind == "mistyped_cumulative":
        digits = str(middle.cumulative)
        typed = int(digits[:1] + digits[2] + digits[1] + digits[3:])
        rows[len(rows) // 2] = replace(middle, cumulative=typed)
    elif mishap.kind == "blank_day":
        rows[-1] = replace(last, new=None, cumulative=None, percent=None)
    elif mishap.kind == "wrong_percentage":
        rows[-1] = replace(last, percent=round((last.percent or 0) * 0.964, 2))
    return rows
