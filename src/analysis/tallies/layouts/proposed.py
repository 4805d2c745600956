"""A layout for a file that cannot be read as it is: what it plainly shows, and questions for the rest."""

import re
import tomllib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property
from pathlib import PurePath

from analysis.campaign.draft import as_toml
from analysis.campaign.layouts import Layout
from analysis.campaign.written import tuples
from analysis.tallies.files.child import Sheet, WorkbookReader
from analysis.tallies.files.container import inspect
from analysis.tallies.files.text import Unreadable, decodings, lenient
from analysis.tallies.layouts.seen import Seen, heading_like
from analysis.tallies.opening import SentFile, calendar_of, sheets_of
from analysis.tallies.read import read_files
from analysis.tallies.register import Register
from analysis.tallies.result import Intake
from analysis.tallies.words.dated import day_of_name
from analysis.tallies.words.days import Calendar, order_of, orders_of, reads_both_ways
from analysis.tallies.words.headings import is_measure, words_of, words_of_kind
from analysis.tallies.words.labels import is_total
from analysis.tallies.words.people import is_list_of_people
from analysis.workbook.cells import letters_of

MOST = 0.6
"""A column is one of areas, of days or of numbers where this share of its cells are."""
FEW = 12
"""A column of so few different texts splits the rows into kinds."""
LEAST_ACROSS = 3
"""Fewer headings that are days or areas may be anything."""
LISTED = 5
"""Texts of a column that a question repeats."""
_NUMBER = re.compile(r"[<>≤≥~]?\s*[+-]?\d[\d.,' \u00a0]*%?\+?")
_ENGLISH = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+\.(?!\d{3}$)\d+%?|\d{4,}\.\d{3}")


@dataclass
class Proposal:
    """A block of ``[[layouts]]`` for one sheet: lines of TOML, and questions that stand beside them.

    ``meant`` is the measure under each heading, where somebody knows it already; ``optional`` are those that
    not every sheet of the layout has. With ``anywhere`` the row of the headings is left open.
    """

    name: str
    sheet: Sheet
    register: Register
    calendar: Calendar
    lines: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    measures: list[str] = field(default_factory=list)
    meant: Mapping[str, str] = field(default_factory=dict)
    optional: Collection[str] = ()
    anywhere: bool = False

    @property
    def stem(self) -> str:
        """The name without its ending."""
        return PurePath(self.name).stem

    @cached_property
    def seen(self) -> Seen | None:
        """The row most like a heading."""
        return heading_like(self.sheet.records, self.register.subject)

    @cached_property
    def row(self) -> int:
        """Where that is, from 0."""
        return self.seen.row if self.seen else 0

    @cached_property
    def headings(self) -> list[str]:
        """Its cells."""
        return [cell.strip() for cell in self.sheet.records[self.row]]

    def block(self) -> str:
        """Return the block as it stands in ``campaign.toml``."""
        matching = [f"name = {as_toml(self.stem)}"]
        if "." in self.name:
            matching.append(f"file = {as_toml('*.' + self.name.rpartition('.')[2])}")
            self.asked.append("narrow 'file' so that it fits only files of this kind")
        if self.sheet.name is not None:
            matching.append(f"sheet = {as_toml(self.sheet.name)}")
        if self.seen is None:
            self.asked.append("no row looks like a heading: which one is it?")
        else:
            self._look()
        if (self.row and not self.anywhere) or not (self.lines or self.measures):
            matching.append(f"heading_rows = [{self.row + 1}]")
        asked = [f"# ? {question}" for question in self.asked]
        return "\n".join(["[[layouts]]", *matching, *self.lines, *asked, *self.measures]) + "\n"

    def _look(self) -> None:
        areas, days = self.columns(self._is_area), self.columns(self.is_day)
        numbers = [at for at in self.columns(is_number) if at not in {*areas, *days}]
        across = self._across(areas)
        if across != "areas":
            self._area(areas)
        if across != "days":
            self._day(days)
        self._numbers(numbers)
        self._kinds({*areas, *days, *numbers})
        if not across:
            self._measures(numbers)

    # ---- What most cells of a column are ----

    def texts(self, at: int) -> list[str]:
        """Return the different texts of a column below the heading."""
        return [text.strip() for text in self.sheet.records.below(self.row, at) if text.strip()]

    def columns(self, fits: Callable[[str], bool]) -> list[int]:
        """Return the columns most of whose texts fit; no layout can name one without a heading."""
        found = [(at, list(map(fits, self.texts(at)))) for at, one in enumerate(self.headings) if one]
        return [at for at, fit in found if fit and sum(fit) >= MOST * len(fit)]

    def _named(self, text: str) -> bool:
        return bool(self.register.places.candidates(text))

    def _is_total(self, text: str) -> bool:
        return is_total(text, self.register.places.words)

    def _is_area(self, text: str) -> bool:
        return self._named(text) or self._is_total(text)

    def is_day(self, text: str) -> bool:
        """Whether a text is a day, whichever part of it stands first."""
        if re.fullmatch(r"\d{1,5}([.,]\d+)?", text):
            return False
        return isinstance(self.calendar.read(text), date) or order_of(text) is not None

    # ---- What follows from it ----

    def _across(self, areas: Sequence[int]) -> str:
        headed = list(filter(None, self.headings))
        if sum(map(self.is_day, headed)) >= LEAST_ACROSS:
            across = "days"
        elif sum(map(self._named, headed)) >= LEAST_ACROSS - 1 and not areas:
            across = "areas"
        else:
            return ""
        self.lines += [f'across = "{across}"', f"measure = {as_toml(self._headline())}"]
        self.asked.append(f"what do the columns count? {', '.join(self.register.measure_codes)}")
        return across

    def _headline(self) -> str:
        family = self.register.vocabulary.families[self.register.vocabulary.main]
        return family.running or family.period or ""

    def _area(self, areas: Sequence[int]) -> None:
        columns = areas or [
            at for at, one in enumerate(self.headings) if self.register.subject.role(one) in ("area", "code")
        ]
        if columns:
            labels = self.texts(columns[-1])
            totals = [text for text in labels if self._is_total(text)]
            unknown = [text for text in labels if not self._is_area(text)]
            self.lines.append(f"area = {as_toml(self.headings[columns[-1]])}")
            if totals:
                self.lines.append(f"totals = {as_toml(totals[:LISTED])}")
            if unknown:
                which = f"outside = {as_toml(unknown[:LISTED])}"
                self.asked.append(f"no area of the campaign: {which}, or also_called in areas.csv")
            return
        words = [found.span() for found in re.finditer(r"[^_\s-]+", self.stem)]
        parts = [self.stem[first:last] for at, (first, _) in enumerate(words) for _, last in words[at:]]
        if part := max(filter(self._named, parts), key=len, default=""):
            self.lines.append(f"area = {{ file = {as_toml(self.stem.replace(part, '{area}'))} }}")
        else:
            self.asked.append('whose numbers are they? area = { fixed = "…" }')

    def _day(self, days: Sequence[int]) -> None:
        if not days:
            found = self._day_elsewhere()
            (self.lines if found else self.asked).append(
                f"day = {found}" if found else "of which day are the numbers? day = 2023-09-10"
            )
            return
        texts, heading = self.texts(days[0]), as_toml(self.headings[days[0]])
        orders = orders_of(texts)
        month_first = orders == {"month"}
        self.lines.append(
            f'day = {{ heading = {heading}, order = "month_first" }}' if month_first else f"day = {heading}"
        )
        if not orders and any(reads_both_ways(text, self.calendar) for text in texts):
            self.asked.append('does the day or the month stand first? order = "month_first"')
        if len(days) > 1:
            others = ", ".join(self.headings[one] for one in days[1:])
            self.asked.append(f"there are other columns of days: {others}")

    def _day_elsewhere(self) -> str:
        """Return where a day stands: in a cell above the heading, in the tab or in the file's name."""
        for row, record in enumerate(self.sheet.records[: self.row]):
            for column, cell in enumerate(record):
                if cell.strip() and isinstance(self.calendar.read(cell), date):
                    return f'{{ cell = "{letters_of(column)}{row + 1}" }}'
        for place, name in (("tab", self.sheet.name or ""), ("file", self.stem)):
            if isinstance(day_of_name(name, self.calendar), date) and (
                found := re.search(r"\d{1,4}[-._]?\d{1,2}[-._]?\d{1,4}", name)
            ):
                return f"{{ {place} = {as_toml(name.replace(found[0], '{day}'))} }}"
        return ""

    def _numbers(self, numbers: Sequence[int]) -> None:
        texts = {text for at in numbers for text in self.texts(at)}
        if any(map(_ENGLISH.fullmatch, texts)):
            self.lines.append('numbers = { decimal = ".", thousands = "," }')
        if marks := [text for text in sorted(texts) if not is_number(text)]:
            missing = as_toml(marks[:LISTED])
            self.asked.append(f'what do these stand for? missing = {missing} or suppressed = {{ "…" = 4 }}')

    def _kinds(self, known: set[int]) -> None:
        for at, heading in enumerate(self.headings):
            different = sorted(set(self.texts(at)))
            aside = at in known or not heading or words_of(heading) in words_of_kind("aside")
            if not aside and 1 < len(different) <= FEW:
                key = heading if re.fullmatch(r"[A-Za-z0-9_-]+", heading) else as_toml(heading)
                self.asked.append(
                    f"which rows count? where = {{ {key} = {as_toml(different[0])} }} "
                    f"(of {' | '.join(different)}), or sum_over = {as_toml(heading)}"
                )

    def _measures(self, numbers: Sequence[int]) -> None:
        roles = {at: self.register.subject.role(self.headings[at]) for at in numbers}
        meant = {at: self.meant[self.headings[at]] for at in numbers if self.headings[at] in self.meant}
        known = meant or {at: role for at, role in roles.items() if is_measure(role)}
        strange = [at for at, role in roles.items() if role in ("unknown", "unclear")]
        chosen = known or dict.fromkeys(strange[:1], self._headline())
        others = "" if known else f" # ? or another of {', '.join(self.register.measure_codes)}"
        named = {self.headings[at]: role for at, role in chosen.items()}
        for heading, role in {**named, **{one: self.meant[one] for one in self.optional}}.items():
            lines = [f"measure = {as_toml(role)}{others}", f"column = {as_toml(heading)}"]
            self.measures += ["", "[[layouts.measures]]", *lines]
            self.measures += ["optional = true"] if heading in self.optional else []
        if not known and len(strange) > 1:
            unasked = ", ".join(self.headings[at] for at in strange[1:])
            self.asked.append(f"other columns with numbers: {unasked}")
        if not chosen:
            self.asked.append("which column counts? [[layouts.measures]] measure = …, column = …")


def is_number(text: str) -> bool:
    """Whether a text is a number in any style."""
    return bool(_NUMBER.fullmatch(text))


def as_layout(block: str) -> Layout:
    """Return a proposed block as the layout that a campaign would have."""
    (given,) = tuples(tomllib.loads(block)["layouts"])
    return Layout.model_validate(given)


def proposals(sent: SentFile, register: Register, now: datetime) -> Iterator[tuple[str, Intake]]:
    """Yield a block for each sheet of a file that cannot be read as it is, and what it comes to with it.

    A file that can be read, or not even be opened, yields nothing but what it comes to, with no block.
    """
    as_it_is = read_files([sent], register, now)
    if not as_it_is.files["refused"].any():
        yield "# it can be read as it is", as_it_is
        return
    try:
        with WorkbookReader() as workbooks:
            sheets = opened(sent, workbooks)
    except Unreadable:
        yield "# nothing can be proposed for it", as_it_is
        return
    for sheet in sheets:
        block = Proposal(sent.name, sheet, register, calendar_of(sent, register, now)).block()
        told = replace(register, layouts=(*register.layouts, as_layout(block)))
        yield block, read_files([sent], told, now)


def opened(sent: SentFile, workbooks: WorkbookReader) -> list[Sheet]:
    """Open a file of which nothing is understood yet, hidden sheets left out; raises Unreadable."""
    content = inspect(sent.name, sent.data)
    if content.kind == "text":
        text = next(decodings(sent.data)).text
        if is_list_of_people(text):
            raise Unreadable("list_of_people")
        return sheets_of([Sheet(None, lenient(text))])
    sheets = sheets_of(workbooks.read(sent.data, content))
    return [one for one in sheets if not one.hidden and len(one.records)]
