"""From tally files of an office nobody knows yet to a draft of its campaign, for a person to confirm."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from analysis.campaign import Area, Measure, Rhythm, type_words, vocabulary, vocabulary_names
from analysis.campaign.draft import Draft
from analysis.campaign.measures import DEFAULT
from analysis.campaign.rhythm import WEEKDAYS, Span
from analysis.errors import InputError
from analysis.tallies.layouts.alike import Kind, kinds_of
from analysis.tallies.layouts.page import title_lines
from analysis.tallies.layouts.proposed import Proposal, as_layout
from analysis.tallies.opening import SentFile
from analysis.tallies.read import read_files
from analysis.tallies.register import Register, beside
from analysis.tallies.result import Intake
from analysis.tallies.rhythm import ENOUGH, weekdays_of
from analysis.tallies.words.around import Around, Reading
from analysis.tallies.words.days import MONTH, Calendar
from analysis.tallies.words.headings import counted, languages_of
from analysis.tallies.words.places import Gazetteer

ZONE = ZoneInfo("UTC")
CALENDAR = Calendar(ZONE, None, stated=False)
SAMPLE = 6
"""Files of each kind, the first and the last ones, that every vocabulary is tried on."""


class Choice(NamedTuple):
    """A vocabulary with what it read of the files; of an office's own words, the noun."""

    name: str
    measures: tuple[Measure, ...]
    tallies: pd.DataFrame
    said: int
    noun: str = ""

    @property
    def rank(self) -> tuple[int, bool, int, bool]:
        """What decides between two: how much is read, then whose words stand in the files.

        Where nothing can be read as it is, words of several vocabularies say little: the office's own do.
        """
        kinds = {one.code: one.kind for one in self.measures}
        counts = self.tallies["measure"].map(kinds) != "rate"
        read = int(counts.sum())
        return read, self.said > 0 if read else bool(self.noun), self.said, bool(self.noun)


def propose(code: str, files: Sequence[Path], now: datetime) -> Draft:
    """Propose areas, measures, languages, rhythm and layouts from files, and list what they do not say.

    Raises
    ------
    InputError
        If no file has a table with a column of areas.
    """
    sent = [SentFile(path.name, path.read_bytes()) for path in files]
    plain = Register(Gazetteer(()), ZONE, (), vocabulary(DEFAULT).measures)
    kinds = kinds_of(sent, plain, CALENDAR)
    if not any(some for kind in kinds for some in kind.days):
        kinds = kinds_of(sent, plain, replace(CALENDAR, covered=MONTH))
    areas = _areas(kinds)
    if not areas:
        raise InputError(
            f"{files[0]}: no table with a column of areas was found in any file; "
            "give files with a heading such as Area, Date, Total, or write areas.csv by hand"
        )
    rhythm = _rhythm(kinds)
    texts = [_text(one) for one in kinds]
    spoken = Counter(languages_of(text)[0] for text in texts)
    languages = tuple(one for one, _ in spoken.most_common())
    best, others = _chosen(kinds, areas, rhythm, texts, languages[0], now)
    register = _register(best.name, areas, best.measures, rhythm)
    layouts = tuple(_layouts(code, kinds, register, now))
    told = replace(register, layouts=tuple(map(as_layout, layouts)))
    intake = read_files(sent, told, now=now)
    tables = sum(len(one.sheets) for one in kinds)
    found = [
        f"{len(areas)} area{'s'[: len(areas) != 1]}, by their names in {tables} table{'s'[: tables != 1]}",
        *_known(best, others, intake.tallies, rhythm),
    ]
    missing = [*_unread(intake), *_missing(intake, rhythm), *_strange(kinds, told)]
    named, measures = tuple((one.code, one.name) for one in areas), best.measures if best.noun else ()
    known, unknown = tuple(found), tuple(missing)
    also = {one.code: one.also_called for one in areas if one.also_called}
    return Draft(code, languages, best.name, named, also, rhythm, known, unknown, measures, layouts)


def _register(
    name: str, areas: Sequence[Area], measures: tuple[Measure, ...], rhythm: Rhythm | None
) -> Register:
    spans = frozenset({rhythm.counts if rhythm else "day"})
    return Register(Gazetteer(tuple(areas)), ZONE, (), measures, beside(name), spans=spans)


def _areas(kinds: Sequence[Kind]) -> list[Area]:
    """Return each area in the order of the files; numbered where no column gives a code."""
    names: dict[str, str] = {}
    for kind in kinds:
        for called, given in kind.areas:
            names.setdefault(called, given)
    alike = _alike(names)
    width = len(str(len(alike)))
    return [
        Area(
            code=next(filter(None, map(names.get, one)), f"A{number:0{width}d}"),
            name=one[0],
            also_called=one[1:],
        )
        for number, one in enumerate(alike, start=1)
    ]


def _alike(names: Mapping[str, str]) -> list[tuple[str, ...]]:
    """Put names together that are one with a type before it and without: "H. Đăk Hà" and "Đăk Hà".

    A name that bears two types or two codes is left apart: a town and a district may share it.
    """
    around = Around(type_words({}))
    found: dict[str, list[tuple[str | None, str]]] = {}
    for called in names:
        said = [one for one in around.readings(called) if one.parent is None]
        last = next((one for one in said if one.kind), said[0] if said else Reading(None, called))
        found.setdefault(last.name, []).append((last.kind, called))
    together: list[tuple[str, ...]] = []
    for some in found.values():
        spelt = tuple(called for _, called in some)
        apart = len({kind for kind, _ in some} - {None}) > 1 or len({*map(names.get, spelt)} - {""}) > 1
        together += [(one,) for one in spelt] if apart else [spelt]
    order = {called: at for at, called in enumerate(names)}
    return sorted(together, key=lambda one: order[one[0]])


def _rhythm(kinds: Sequence[Kind]) -> Rhythm | None:
    """Tell by the usual step between days what a tally covers, by a file's days how they come."""
    days = sorted({day for kind in kinds for some in kind.days for day in some})
    steps = Counter((later - one).days for one, later in pairwise(days))
    if not steps:
        return None
    usual = steps.most_common(1)[0][0]
    if usual != 1 and (several := weekdays_of(np.array(days, dtype="M8[D]").astype(np.int64))):
        return Rhythm(counts="sending", sent="week", on=several)
    last = Counter(max(some) for kind in kinds for some in kind.days if some)
    weekday = WEEKDAYS[Counter(day.weekday() for day in last.elements()).most_common(1)[0][0]]
    if usual == 7:
        return Rhythm(counts="week", sent="week", on=weekday)
    if 28 <= usual <= 31:
        return Rhythm(counts="month", sent="month", on="last")
    if usual == 1 and len(last) > 1 and len(days) >= 5 * len(last):
        return Rhythm(counts="day", sent="week", on=weekday)
    return Rhythm() if usual == 1 else None


def _chosen(
    kinds: Sequence[Kind],
    areas: Sequence[Area],
    rhythm: Rhythm | None,
    texts: Sequence[str],
    language: str,
    now: datetime,
) -> tuple[Choice, list[str]]:
    """Return the vocabulary that reads most, or the office's own words; and others that read the same."""
    some = [one for kind in kinds for one in _sample(kind.files)]
    span: Span = rhythm.counts if rhythm else "day"
    tried = [(name, vocabulary(name).measures, "") for name in vocabulary_names()]
    if noun := _noun(kinds, span):
        tried.append((DEFAULT, _own(noun, language), noun))
    choices = []
    for name, measures, own in tried:
        read = read_files(some, _register(name, areas, measures, rhythm), now=now).tallies
        choices.append(Choice(name, measures, read, 0 if own else _said(name, texts), own))
    best = max(choices, key=lambda one: one.rank)
    alike = [one.name for one in choices if one.said and one.rank[:2] == best.rank[:2] and one is not best]
    return best, alike if best.said else []


def _sample(files: Sequence[SentFile]) -> list[SentFile]:
    return list(files) if len(files) <= SAMPLE else [*files[: SAMPLE // 2], *files[-SAMPLE // 2 :]]


def _said(name: str, texts: Sequence[str]) -> int:
    """Count the words of a vocabulary that stand in the titles and headings of files, in any language."""
    words = vocabulary(name)
    of_measures = {word for one in words.measures for several in one.words.values() for word in several}
    if not any(word in text for word in of_measures for text in texts):
        return 0
    near = {word for several in words.beside.values() for word in several}
    return sum(f" {word} " in text for word in of_measures | near for text in texts)


def _text(kind: Kind) -> str:
    words = " ".join([*_titles(kind), *kind.headings]).casefold()
    return f" {' '.join(''.join(one if one.isalnum() else ' ' for one in words).split())} "


def _noun(kinds: Sequence[Kind], span: Span) -> str:
    """Return what is counted, in the office's words: those of a sum before those of a period."""
    said = [one for kind in kinds for one in kind.counted(span).values() if one.noun]
    sums = [one.noun for one in said if one.manner == "running"] or [one.noun for one in said]
    if not sums:
        titles = [counted(line, span) for kind in kinds for line in _titles(kind)]
        sums = [one.noun for one in titles if one.noun and one.manner != "unclear"]
    return Counter(sums).most_common(1)[0][0] if sums else ""


def _titles(kind: Kind) -> list[str]:
    return [line for sheet in kind.sheets[:1] for line in title_lines(sheet.records, kind.row)]


def _own(noun: str, language: str) -> tuple[Measure, ...]:
    """Return the measures of the general vocabulary, called by the office's own words."""
    words, unit = {language: (noun,)}, {language: noun}
    given = vocabulary(DEFAULT).measures
    counts = (one for one in given if one.kind != "rate")
    own = {one.code: {"words": words, "unit": one.unit and type(one.unit)(unit)} for one in counts}
    return tuple(one.model_copy(update=own.get(one.code)) for one in given)


def _layouts(code: str, kinds: Sequence[Kind], register: Register, now: datetime) -> Iterator[str]:
    """Yield a layout for the kinds of files that are not read as their numbers say.

    Kinds that differ only in what they count, or in where the heading stands, share one: what a file may lack
    is optional in it.
    """
    families = register.vocabulary.families[register.vocabulary.main]
    codes = {"running": families.running, "daily": families.period}
    alike: dict[tuple[str | None, ...], list[tuple[Kind, dict[str, str]]]] = {}
    for kind in kinds:
        meant = _meant(kind, next(iter(register.spans)), codes)
        read = read_files(_sample(kind.files), register, now=now)
        if set(meant.values()) <= set(read.tallies["measure"]) and not read.files["refused"].any():
            continue
        placed = (at for at in (kind.area_columns[0], *kind.dated) if at is not None)
        ending = kind.files[0].name.rpartition(".")[2]
        shared = (ending, kind.sheets[0].name, *(kind.headings[at] for at in placed))
        alike.setdefault(shared, []).append((kind, meant))
    for number, (key, those) in enumerate(alike.items(), start=1):
        fullest, _ = max(those, key=lambda one: len(one[1]))
        every = {heading: measure for _, meant in those for heading, measure in meant.items()}
        yield Proposal(
            f"{code if len(alike) == 1 else f'{code} {number}'}.{key[0]}", fullest.pooled, register, CALENDAR,
            meant=every,
            optional=[one for one in every if any(one not in meant for _, meant in those)],
            anywhere=len({kind.row for kind, _ in those}) > 1,
        ).block()  # fmt: skip


def _meant(kind: Kind, span: Span, codes: Mapping[str, str | None]) -> dict[str, str]:
    """Say what each column counts of the headline: by its words, where they are silent by its numbers."""
    seen: dict[str, str] = {}
    ordered = sorted(kind.counted(span).items(), key=lambda one: one[1].manner == "unclear")
    for heading, one in ordered:
        manner = one.manner
        if manner == "unclear":
            manner = "running" if kind.never_falls(heading) else "daily"
        measure = codes.get(manner)
        if measure and measure not in seen.values():
            seen[heading] = measure
    return seen


def _known(
    best: Choice, others: Sequence[str], tallies: pd.DataFrame, rhythm: Rhythm | None
) -> Iterator[str]:
    read = ", ".join(sorted(set(tallies["measure"]))) or "nothing that these files count"
    if best.noun:
        yield f"what is counted: “{best.noun}” ([[measures]]); read: {read}"
    elif len(tallies) and not best.rank[0]:
        yield f"vocabulary {best.name} is a guess: only percentages ({read}) were read"
    else:
        yield f"vocabulary {best.name}: it has {read}"
    if others:
        yield f"the same can be read with vocabulary {' or '.join(others)}: take the one that fits"
    if rhythm is not None:
        covers = "what came since the one before" if rhythm.counts == "sending" else f"a {rhythm.counts}"
        come = f"on {' and '.join(rhythm.on)}" if isinstance(rhythm.on, tuple) else f"every {rhythm.sent}"
        yield f"a tally covers {covers}, files come {come}"
    if len(tallies):
        yield f"figures from {tallies['date'].min():%Y-%m-%d} to {tallies['date'].max():%Y-%m-%d}"


def _unread(intake: Intake) -> Iterator[str]:
    """Say which files nothing was read from."""
    for name in intake.files.loc[intake.files["refused"], "file"]:
        yield f"what {name} holds: nothing was read from it, and 'analysis check' says why"


def _missing(intake: Intake, rhythm: Rhythm | None) -> Iterator[str]:
    """Say what files cannot tell."""
    tallies, told = intake.tallies, intake.findings.loc[intake.findings["code"] == "rates_alone", "file"]
    if len(told) and set(tallies["file"]) == set(told):
        yield "how many were counted: these files give percentages alone, and no count is made of one"
    yield "the campaign's name, its zone, the target and its deadline"
    yield "how many people are eligible in each area (areas.csv), and its type and parent if it has them"
    if rhythm is None:
        few = tallies["date"].nunique() < ENOUGH
        why = (
            "there are too few days to tell" if few else "the days of these files follow none of its rhythms"
        )
        yield f"how often areas count and send ([rhythm]): {why}"
    if tallies.empty:
        yield "what the columns count: no heading names a measure; give [[measures]] or [[layouts]]"


def _strange(kinds: Sequence[Kind], register: Register) -> Iterator[str]:
    """Say which columns of numbers nothing was read from."""
    named = {one.column for layout in register.layouts for one in layout.measures}
    strange = Counter(
        heading
        for kind in kinds
        for heading in kind.counted(next(iter(register.spans)))
        if heading not in named and register.subject.role(heading) in ("unknown", "unclear")
    )
    aims = {one: None for kind in kinds for one in kind.headings if register.subject.role(one) == "target"}
    for heading in aims:
        yield f"whether “{heading[:60]}” is who is eligible or the target: areas.csv takes both"
    for heading, count in strange.most_common(8):
        yield f"what the column “{heading[:60]}” holds ({count} kind{'s'[: count != 1]} of table)"
