"""From tally files of an office nobody knows yet to a draft of its campaign, for a person to confirm."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pandas as pd

from analysis.campaign import Area, Rhythm, Vocabulary, vocabulary, vocabulary_names
from analysis.campaign.draft import Draft
from analysis.campaign.measures import DEFAULT
from analysis.campaign.rhythm import WEEKDAYS
from analysis.errors import InputError
from analysis.tallies.files.child import WorkbookReader
from analysis.tallies.files.text import Unreadable
from analysis.tallies.layouts.page import Page, title_lines
from analysis.tallies.layouts.recognise import table_of
from analysis.tallies.layouts.table import Column, Table
from analysis.tallies.opening import SentFile, open_pages
from analysis.tallies.read import read_files
from analysis.tallies.register import Register, beside
from analysis.tallies.words.labels import is_total
from analysis.tallies.words.places import Gazetteer

ZONE = ZoneInfo("UTC")
LONGEST_NAME = 80


class Seen(NamedTuple):
    """One sheet, and the table that was found in it."""

    page: Page
    table: Table


def propose(code: str, files: Sequence[Path], now: datetime) -> Draft:
    """Propose areas, vocabulary, languages and rhythm from files, and list what they do not say.

    Raises
    ------
    InputError
        If no file has a table with a column of areas.
    """
    sent = [SentFile(path.name, path.read_bytes()) for path in files]
    name, seen = _best(sent)
    areas = _areas(seen)
    if not areas:
        raise InputError(
            f"{files[0]}: no table with a column of areas was found in any file; "
            "give files with a heading such as Area, Date, Total, or write areas.csv by hand"
        )
    register = _register(name, tuple(Area(code=one, name=called) for one, called in areas))
    tallies = read_files(sent, register, now=now).tallies
    rhythm = _rhythm(tallies)
    counted = ", ".join(sorted(set(tallies["measure"]))) or "nothing that these files count"
    found = [
        f"{len(areas)} areas, by their names in {len(seen)} tables",
        f"vocabulary {name}: it has {counted}",
    ]
    if rhythm is not None:
        found.append(f"a tally covers a {rhythm.counts}, files come every {rhythm.sent}")
    if len(tallies):
        found.append(f"figures from {tallies['date'].min():%Y-%m-%d} to {tallies['date'].max():%Y-%m-%d}")
    missing = tuple(_missing(seen, tallies, rhythm))
    return Draft(code, _languages(seen, vocabulary(name)), name, tuple(areas), rhythm, tuple(found), missing)


def _best(sent: Sequence[SentFile]) -> tuple[str, list[Seen]]:
    """Return the vocabulary in which most columns count something, and the tables read with it."""
    pages = list(_pages(sent))
    read: dict[str, list[Seen]] = {}
    sums: dict[str, int] = {}
    for name in (DEFAULT, *(one for one in vocabulary_names() if one != DEFAULT)):
        read[name] = list(_tables(pages, _register(name)))
        clear = sum(_clear(one.table) for one in read[name])
        sums[name] = clear + _named(read[name], vocabulary(name))
    best = max(read, key=lambda name: sums[name])
    return best, read[best]


def _register(name: str, areas: tuple[Area, ...] = ()) -> Register:
    return Register(Gazetteer(areas), ZONE, (), vocabulary(name).measures, beside(name))


def _clear(table: Table) -> int:
    return len(table.measures) - len(table.holding("unclear", "unknown"))


def _named(seen: Sequence[Seen], words: Vocabulary) -> int:
    """Count the tables whose titles and headings name a measure of the vocabulary, in any language."""
    said = {word for one in words.measures for several in one.words.values() for word in several}
    return sum(any(word in _text(one) for word in said) for one in seen)


def _text(seen: Seen) -> str:
    headings = [column.heading for column in seen.table.columns]
    return " ".join([*title_lines(seen.page.records, seen.table.first), *headings]).casefold()


def _pages(sent: Sequence[SentFile]) -> Iterator[Page]:
    register = _register(DEFAULT)
    with WorkbookReader() as workbooks:
        for one in sent:
            try:
                opened = open_pages(one, register, None, workbooks)
            except Unreadable:
                continue  # what cannot be read proposes nothing; `analysis check` says why it cannot
            yield from (page for page in opened.pages if not page.sheet.hidden)


def _tables(pages: Sequence[Page], register: Register) -> Iterator[Seen]:
    for one in pages:
        page = replace(one, register=register, _kept={})
        table = table_of(page)
        if table is not None and table.holding("area", "code"):
            yield Seen(page, table)


def _areas(seen: Sequence[Seen]) -> list[tuple[str, str]]:
    """Return code and name of each area in the order of the files; numbered where no column gives a code."""
    names: dict[str, str] = {}
    for one in seen:
        columns, codes = one.table.holding("area"), one.table.holding("code")
        for record in one.page.records[one.table.last + 1 :]:
            called = _cell(record, columns or codes)
            if 0 < len(called) <= LONGEST_NAME and any(map(str.isalpha, called)) and not is_total(called):
                names.setdefault(called, _cell(record, codes) if columns else "")
    width = len(str(len(names)))
    numbered = enumerate(names.items(), start=1)
    return [(given or f"A{number:0{width}d}", called) for number, (called, given) in numbered]


def _cell(record: Sequence[str], columns: Sequence[Column]) -> str:
    return record[columns[0].at].strip() if columns and columns[0].at < len(record) else ""


def _languages(seen: Sequence[Seen], words: Vocabulary) -> tuple[str, ...]:
    """Return the languages whose words for the measures stand in the files, the commonest first."""
    said: Counter[str] = Counter()
    for measure in words.measures:
        for language, several in measure.words.items():
            said[language] += sum(any(word in _text(one) for word in several) for one in seen)
    found = tuple(language for language, count in said.most_common() if count)
    return found or ("vi" if any(not _text(one).isascii() for one in seen) else "en",)


def _rhythm(tallies: pd.DataFrame) -> Rhythm | None:
    """Tell by the usual step between an area's days what a tally covers, by a file's days how they come."""
    days = tallies[["area_code", "date"]].drop_duplicates().sort_values(["area_code", "date"])
    steps = days.groupby("area_code")["date"].diff().dt.days.dropna()
    if steps.empty:
        return None
    usual = int(steps.mode().iloc[0])
    weekday = WEEKDAYS[int(tallies["date"].dt.day_of_week.mode().iloc[0])]
    if usual == 7:
        return Rhythm(counts="week", sent="week", on=weekday)
    if 28 <= usual <= 31:
        return Rhythm(counts="month", sent="month", on="last")
    a_file = tallies.groupby("file")["date"].nunique().median()
    if usual == 1 and a_file >= 5:
        newest = tallies.groupby("file")["date"].max().dt.day_of_week.mode().iloc[0]
        return Rhythm(counts="day", sent="week", on=WEEKDAYS[int(newest)])
    return Rhythm() if usual == 1 else None


def _missing(seen: Sequence[Seen], tallies: pd.DataFrame, rhythm: Rhythm | None) -> Iterator[str]:
    """Say what files cannot tell, and which of their columns were not understood."""
    yield "the campaign's name, its zone, the target and its deadline"
    yield "how many people are eligible in each area (areas.csv), and its type and parent if it has them"
    if rhythm is None:
        yield "how often areas count and send: there are too few days to tell"
    if tallies.empty:
        yield "what the columns count: no heading names a measure; give [[measures]] or [[layouts]]"
    strange = Counter(
        column.heading for one in seen for column in one.table.holding("unknown", "unclear") if column.heading
    )
    for heading, count in strange.most_common(8):
        yield f"what the column “{heading[:60]}” holds ({count} tables)"
