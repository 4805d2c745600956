"""A layout for a file that cannot be read as it is: what it plainly shows, and questions for the rest."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from analysis.campaign.layouts import Layout
from analysis.tallies.files.child import Sheet, WorkbookReader
from analysis.tallies.files.container import inspect
from analysis.tallies.files.records import Records
from analysis.tallies.files.text import Unreadable, decodings, lenient
from analysis.tallies.layouts.seen import heading_like
from analysis.tallies.opening import texts_of
from analysis.tallies.read import SentFile, calendar_of, read_files
from analysis.tallies.register import Register
from analysis.tallies.result import Intake
from analysis.tallies.words.days import Calendar, day_of_name, order_of, reads_both_ways
from analysis.tallies.words.headings import is_measure, words_of, words_of_kind
from analysis.tallies.words.labels import is_total
from analysis.tallies.words.people import asks_for_people, is_list_of_people
from analysis.tallies.words.subject import Subject

MOST = 0.6
"""A column is one of areas, of days or of numbers where this share of its cells are."""
FEW = 12
"""A column of so few different texts splits the rows into kinds."""
LEAST_ACROSS = 3
"""Fewer headings that are days or areas may be anything."""
_NUMBER = re.compile(r"[<>≤≥~]?\s*[+-]?\d[\d.,' \u00a0]*%?\+?")


@dataclass
class Proposal:
    """A block of ``[[layouts]]``: lines of TOML, and questions that stand beside them."""

    name: str
    lines: list[str] = field(default_factory=list)
    questions: list[str] = field(default_factory=list)
    measures: list[str] = field(default_factory=list)

    def block(self) -> str:
        """Return the block as it stands in ``campaign.toml``."""
        asked = [f"# ? {question}" for question in self.questions]
        head = ["[[layouts]]", f"name = {_toml(self.name)}", *self.lines, *asked]
        return "\n".join([*head, *self.measures]) + "\n"


def propose(
    name: str,
    sheet: Sheet,
    register: Register,
    calendar: Calendar,
    meant: Mapping[str, str] | None = None,
) -> Proposal:
    """Propose a layout for one sheet.

    Parameters
    ----------
    name
        Of the file.
    sheet
        As it was opened.
    register, calendar
        What names, words and days mean.
    meant
        The measure under each heading, where somebody knows it already.
    """
    stem, _, ending = name.rpartition(".")
    proposal = Proposal(stem or name)
    subject = Subject(register.vocabulary, places=register.names)
    seen = heading_like(sheet.records, subject)
    if seen is None:
        proposal.questions.append("no row looks like a heading: heading_rows = [1]")
        return proposal
    if ending:
        proposal.lines.append(f"file = {_toml('*.' + ending)}")
        proposal.questions.append("narrow 'file' so that it fits only files of this kind")
    if sheet.name is not None:
        proposal.lines.append(f"sheet = {_toml(sheet.name)}")
    look = Look(sheet.records, seen.row, register, calendar, subject)
    if seen.row:
        proposal.lines.append(f"heading_rows = [{seen.row + 1}]")
    areas, days = look.columns_of_areas(), look.columns_of_days()
    across = _propose_across(proposal, look, areas, days)
    if across != "areas":
        _propose_area(proposal, look, areas, stem)
    if across != "days":
        _propose_day(proposal, look, days, sheet, stem)
    numbers = [at for at in look.columns_of_numbers() if at not in {*areas, *days}]
    _propose_numbers(proposal, look, numbers)
    _propose_kinds(proposal, look, {*areas, *days, *numbers})
    if across is None:
        _propose_measures(proposal, look, numbers, meant or {})
    return proposal


@dataclass
class Look:
    """The columns below a row, by what most of their cells are."""

    records: Records
    row: int
    register: Register
    calendar: Calendar
    subject: Subject

    @property
    def headings(self) -> list[str]:
        """The cells of the heading."""
        return [cell.strip() for cell in self.records[self.row]]

    def texts(self, at: int) -> list[str]:
        """Return the different texts below a heading."""
        return [text.strip() for text in self.records.below(self.row, at) if text.strip()]

    def _mostly(self, at: int, fits: Iterable[bool]) -> bool:
        found = list(fits)
        return bool(found) and sum(found) >= MOST * len(found)

    def columns_of_areas(self) -> list[int]:
        """Return the columns that mostly name areas of the campaign."""
        named = range(len(self.headings))
        return [at for at in named if self._mostly(at, map(self.is_area, self.texts(at)))]

    def is_area(self, text: str) -> bool:
        """Whether a text names an area, or all of them."""
        places = self.register.places
        return bool(places.candidates(text)) or is_total(text, places.words)

    def columns_of_days(self) -> list[int]:
        """Return the columns of days."""
        found = []
        for at in range(len(self.headings)):
            texts = [text for text in self.texts(at) if not re.fullmatch(r"\d{1,5}([.,]\d+)?", text)]
            if (
                texts
                and self._mostly(at, (self.is_day(text) for text in texts))
                and len(texts) >= MOST * len(self.texts(at))
            ):
                found.append(at)
        return found

    def is_day(self, text: str) -> bool:
        """Whether a text is a day, in either order."""
        return isinstance(self.calendar.read(text), date) or order_of(text) is not None

    def columns_of_numbers(self) -> list[int]:
        """Return the columns of numbers."""
        named = range(len(self.headings))
        return [at for at in named if self._mostly(at, (bool(_NUMBER.fullmatch(t)) for t in self.texts(at)))]


def _propose_across(proposal: Proposal, look: Look, areas: Sequence[int], days: Sequence[int]) -> str | None:
    named = [heading for heading in look.headings if heading]
    of_areas = [heading for heading in named if look.register.places.candidates(heading)]
    of_days = [heading for heading in named if look.is_day(heading)]
    across = (
        "days"
        if len(of_days) >= LEAST_ACROSS
        else "areas"
        if len(of_areas) >= LEAST_ACROSS - 1 and not areas
        else None
    )
    if across is None:
        return None
    proposal.lines += [f'across = "{across}"', f"measure = {_toml(_headline(look))}"]
    proposal.questions.append(f"what do the columns count? {_choices(look)}")
    return across


def _headline(look: Look) -> str:
    family = look.register.vocabulary.families[look.register.vocabulary.main]
    return family.running or family.period or ""


def _choices(look: Look) -> str:
    return ", ".join(look.register.measure_codes)


def _propose_area(proposal: Proposal, look: Look, areas: Sequence[int], stem: str) -> None:
    named = [at for at, heading in enumerate(look.headings) if look.subject.role(heading) in ("area", "code")]
    if areas or named:
        at = (areas or named)[-1]
        proposal.lines.append(f"area = {_toml(look.headings[at])}")
        labels = look.texts(at)
        totals = [text for text in labels if is_total(text, look.register.places.words)]
        unknown = [
            text for text in labels if not look.register.places.candidates(text) and text not in totals
        ]
        if totals:
            proposal.lines.append(f"totals = {_toml(totals[:5])}")
        if unknown:
            proposal.questions.append(
                f"no area of the campaign: outside = {_toml(unknown[:5])}, or also_called in areas.csv"
            )
        return
    if part := _area_in(stem, look):
        pattern = stem.replace(part, "{area}")
        proposal.lines.append(f"area = {{ file = {_toml(pattern)} }}")
        return
    proposal.questions.append('whose numbers are they? area = { fixed = "…" }')


def _area_in(stem: str, look: Look) -> str:
    """Return the longest part of a name, between its separators, that names an area; "" where none does."""
    words = [found.span() for found in re.finditer(r"[^_\s-]+", stem)]
    parts = [stem[first:last] for at, (first, _) in enumerate(words) for _, last in words[at:]]
    named = [part for part in parts if look.register.places.candidates(part)]
    return max(named, key=len, default="")


def _propose_day(proposal: Proposal, look: Look, days: Sequence[int], sheet: Sheet, stem: str) -> None:
    if days:
        at = days[0]
        orders = {order for text in look.texts(at) if (order := order_of(text))}
        heading = _toml(look.headings[at])
        if orders == {"month"}:
            proposal.lines.append(f'day = {{ heading = {heading}, order = "month_first" }}')
        else:
            proposal.lines.append(f"day = {heading}")
        if not orders and any(reads_both_ways(text, look.calendar) for text in look.texts(at)):
            proposal.questions.append('does the day or the month stand first? order = "month_first"')
        if len(days) > 1:
            others = ", ".join(look.headings[one] for one in days[1:])
            proposal.questions.append(f"there are other columns of days: {others}")
        return
    for row, record in enumerate(sheet.records[: look.row]):
        for column, cell in enumerate(record):
            if cell.strip() and isinstance(look.calendar.read(cell), date):
                proposal.lines.append(f'day = {{ cell = "{chr(ord("A") + column % 26)}{row + 1}" }}')
                return
    for place, name in (("tab", sheet.name or ""), ("file", stem)):
        if name and isinstance(day_of_name(name, look.calendar), date):
            found = re.search(r"\d{1,4}[-._]?\d{1,2}[-._]?\d{1,4}", name)
            if found:
                proposal.lines.append(f"day = {{ {place} = {_toml(name.replace(found[0], '{day}'))} }}")
                return
    proposal.questions.append("of which day are the numbers? day = 2023-09-10")


def _propose_numbers(proposal: Proposal, look: Look, numbers: Sequence[int]) -> None:
    texts = [text for at in numbers for text in look.texts(at)]
    commas = any(re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", text) for text in texts)
    points = any(
        re.fullmatch(r"\d+\.\d+%?", text) and not re.fullmatch(r"\d{1,3}\.\d{3}", text) for text in texts
    )
    if commas or points:
        proposal.lines.append('numbers = { decimal = ".", thousands = "," }')
    marks = {text for at in numbers for text in look.texts(at) if not _NUMBER.fullmatch(text)}
    if marks:
        proposal.questions.append(
            f'what do these stand for? missing = {_toml(sorted(marks)[:5])} or suppressed = {{ "…" = 4 }}'
        )


def _propose_kinds(proposal: Proposal, look: Look, known: set[int]) -> None:
    for at, heading in enumerate(look.headings):
        different = sorted(set(look.texts(at)))
        if at in known or not heading or not 1 < len(different) <= FEW:
            continue
        if words_of(heading) in words_of_kind("aside"):
            continue
        choices = " | ".join(different[:FEW])
        proposal.questions.append(
            f"which rows count? where = {{ {_key(heading)} = {_toml(different[0])} }} (of {choices}), "
            f"or sum_over = {_toml(heading)}"
        )


def _propose_measures(
    proposal: Proposal, look: Look, numbers: Sequence[int], meant: Mapping[str, str]
) -> None:
    known = [(at, meant[look.headings[at]]) for at in numbers if look.headings[at] in meant] or [
        (at, role) for at in numbers if is_measure(role := look.subject.role(look.headings[at]))
    ]
    open_ = [at for at in numbers if look.subject.role(look.headings[at]) in ("unknown", "unclear")]
    chosen = known or [(at, _headline(look)) for at in open_[:1]]
    for at, role in chosen:
        asked = "" if known else f" # ? or another of {_choices(look)}"
        proposal.measures += [
            "",
            "[[layouts.measures]]",
            f"measure = {_toml(role)}{asked}",
            f"column = {_toml(look.headings[at])}",
        ]
    if not known and len(open_) > 1:
        others = ", ".join(look.headings[at] for at in open_[1:])
        proposal.questions.append(f"other columns with numbers: {others}")
    if not chosen:
        proposal.questions.append("which column counts? [[layouts.measures]] measure = …, column = …")


def _toml(value: str | Sequence[str]) -> str:
    if not isinstance(value, str):
        return f"[{', '.join(map(_toml, value))}]"
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _key(heading: str) -> str:
    return heading if re.fullmatch(r"[A-Za-z0-9_-]+", heading) else _toml(heading)


def as_layout(block: str) -> Layout:
    """Return a proposed block as the layout that a campaign would have."""
    import tomllib

    def tupled(value: object) -> object:
        if isinstance(value, list):
            return tuple(map(tupled, value))
        return {key: tupled(one) for key, one in value.items()} if isinstance(value, dict) else value

    (given,) = tomllib.loads(block)["layouts"]
    return Layout.model_validate(tupled(given))


def proposals(sent: SentFile, register: Register, now: datetime) -> Iterator[tuple[str, Intake]]:
    """Yield a block for each sheet of a file that cannot be read as it is, and what it comes to with it.

    A file that can be read yields nothing but what it comes to, with no block.
    """
    as_it_is = read_files([sent], register, now)
    if not as_it_is.files["refused"].any():
        yield "# it can be read as it is", as_it_is
        return
    with WorkbookReader() as workbooks:
        sheets = opened(sent, workbooks)
    for sheet in sheets:
        block = propose(sent.name, sheet, register, calendar_of(sent, register, now)).block()
        told = replace(register, layouts=(*register.layouts, as_layout(block)))
        yield block, read_files([sent], told, now)


def opened(sent: SentFile, workbooks: WorkbookReader) -> list[Sheet]:
    """Open a file of which nothing is understood yet, hidden sheets left out; raises Unreadable."""
    content = inspect(sent.name, sent.data)
    if content.kind == "text":
        text = next(decodings(sent.data)).text
        people, sheets = is_list_of_people(text), [Sheet(None, lenient(text))]
    else:
        sheets = [one for one in workbooks.read(sent.data, content) if not one.hidden and len(one.records)]
        people = is_list_of_people(texts_of(sheets))
    if people or any(asks_for_people(sheet.records) for sheet in sheets):
        raise Unreadable("list_of_people")
    return [sheet._replace(records=sheet.records.bounded()) for sheet in sheets]
