"""What a heading says that its column holds, in the words that teams use."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Literal

from analysis.tallies.words.lexicon import LANGUAGES, read_words
from analysis.tallies.words.spelling import bare, plain
from analysis.tallies.words.vocabulary import Vocabulary, default

Role = str
"""What a column holds: the code of a measure, or one of ``index``, ``area``, ``code``, ``date``, ``target``,
``content`` (what its row counts), ``part`` (of what part of an area), ``other`` (known to be no tally),
``unknown``, ``unnamed`` and ``unclear`` (a count of one thing or another)."""
Manner = Literal["running", "daily", "unclear"]

ROLES = frozenset(
    ("index", "area", "code", "date", "target", "content", "part", "parent", "other", "unknown", "unnamed",
     "unclear")
)  # fmt: skip

STRUCTURE: Mapping[str, Role] = {
    "index": "index", "area": "area", "code": "code", "date": "date", "aside": "other", "target": "target",
    "content": "content", "part": "part",
}  # fmt: skip
"""What a heading holds that is nothing but a word of one of these kinds."""
NUMBERED = ("#", "№", "n°")
"""Headings of numbers of lines that are not words."""
_NUMBER = re.compile(r"\d+h?")
_THOUSANDS = re.compile(r"\b(?:nghin|ngan|trieu|1[. ]?000)\s+(?:nguoi|tai khoan|ho so|cong dan)\b")


@lru_cache(maxsize=64)
def words_of_kind(kind: str) -> frozenset[str]:
    """Return the words of one kind, of all languages, as `words_of` writes them."""
    return frozenset(map(words_of, _said(kind)))


def _said(kind: str) -> list[str]:
    entries = (entry for language in LANGUAGES for entry in read_words(language).get(kind, []))
    return [phrase for entry in entries for phrase in entry["words"]]


@lru_cache(maxsize=1)
def _exact() -> Mapping[str, Role]:
    """Return what a heading holds that is but one of these phrases; the kinds that stand first prevail."""
    kinds = reversed(list(STRUCTURE.items()))
    return {phrase: role for kind, role in kinds for phrase in words_of_kind(kind) if phrase}


@lru_cache(maxsize=16)
def _pattern(kind: str) -> re.Pattern[str]:
    phrases = sorted(filter(None, words_of_kind(kind)), key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(phrases)})\b")


@lru_cache(maxsize=1)
def _plain() -> frozenset[str]:
    """Single words that stand in headings of tallies and decide nothing."""
    return frozenset(word for kind in _PLAIN for phrase in words_of_kind(kind) for word in phrase.split())


@lru_cache(maxsize=1)
def _accented() -> frozenset[str]:
    return frozenset(map(plain, _said("accented")))


_PLAIN = ("heading", "daily", "by_day", "running", "together", "count")
_AREAS = re.compile(
    r"\b(?:don vi|dia ban|dia phuong|huyen|xa|phuong|cong an|dvhc|district|municipality|county|commune"
    r"|departement|region|province|state)\b(?! tinh\b)"
)
_COUNT = re.compile(r"(?:total|totals|totaux|effectifs?)")


def is_measure(role: Role) -> bool:
    """Whether a role is the code of a measure."""
    return role not in ROLES


def role_of(heading: str, vocabulary: Vocabulary | None = None, manner: Manner = "running") -> Role:
    """Return what a column so headed holds.

    Parameters
    ----------
    heading
        As typed; the group's words before its own.
    vocabulary
        The campaign's measures and their words; those of a folder without a campaign where there is none.
    manner
        What a heading counts that names a measure and says neither "of the day" nor "cumulative".
    """
    words, vocabulary = words_of(heading), vocabulary or default()
    if heading.strip().casefold() in NUMBERED:
        return "index"
    if not words:
        return "unnamed"
    if words in _exact():
        return _exact()[words]
    if words.replace(" ", "_") in vocabulary.codes:
        return words.replace(" ", "_")
    if _AREAS.search(words) and set(words.split()) <= words_of_kind("area_word"):
        return "area"
    said = {kind: bool(_pattern(kind).search(words)) for kind in ("ratio", "no_tally", "target", "together")}
    families = vocabulary.names.named(words)
    if said["ratio"] or "%" in words:
        return vocabulary.rate if vocabulary.rate and families <= {vocabulary.main} else "other"
    if said["no_tally"] or vocabulary.names.denied(words):
        return "other"
    if said["target"]:
        return "target"
    daily, running = _manner(words)
    if len(families) > 1 or (daily and running):
        return "unclear"
    role = _measure_of(families, daily, running, said["together"], words, vocabulary, manner)
    return "unclear" if is_measure(role) and _is_strange(words, vocabulary) else role


def _is_strange(words: str, vocabulary: Vocabulary) -> bool:
    """Whether a heading has a word that is none of a tally's: "số tổ kích hoạt" counts teams."""
    known = _plain() | vocabulary.names.own
    return any(not _NUMBER.fullmatch(word) and word not in known for word in words.split())


def _measure_of(
    families: set[str],
    daily: bool,
    running: bool,
    together: bool,
    words: str,
    vocabulary: Vocabulary,
    manner: Manner,
) -> Role:
    """Return what is counted; ``together`` where a word such as "tổng" stands, alone of nobody knows what."""
    name = next(iter(families), vocabulary.first)
    family = vocabulary.families[name]
    if daily:
        return family.period or "other"
    if running or (families and together):
        return family.running or "other"
    if families and name != vocabulary.first and family.running:
        return family.running
    if families or _COUNT.fullmatch(words):
        found = {"running": family.running, "daily": family.period, "unclear": None}[manner]
        return found or "unclear"
    return "unclear" if together else "unknown"


def is_heading_word(cell: str) -> bool:
    """Whether a cell is, accents and all, a word that stands in headings."""
    return plain(cell).strip(" :.") in _accented()


def is_note(heading: str) -> bool:
    """Whether a column so headed holds remarks."""
    return words_of(heading) in words_of_kind("remark") | words_of_kind("aside")


def says_thousands(lines: Sequence[str]) -> bool:
    """Whether a title says that the numbers are in thousands: then no number is what it looks like."""
    return any(_THOUSANDS.search(words_of(line)) for line in lines)


def words_of(heading: str) -> str:
    """Return the words of a heading in plain letters, punctuation gone."""
    return " ".join(re.sub(r"[^a-z0-9%#]+", " ", bare(heading)).split())


def _manner(words: str) -> tuple[bool, bool]:
    """Return whether words say "of the day", and whether they say "cumulative".

    "Theo ngày" beside "lũy kế" says how the sheet is laid out: a running sum, given for each day.
    """
    rest, running = _pattern("running").subn(" ", words)
    daily = _pattern("daily").search(rest) or (_pattern("by_day").search(words) and not running)
    return bool(daily), bool(running)


def manner_of(words: str) -> Manner:
    """Return what a heading that does not say it counts: as titles say, the sum if they are silent."""
    daily, running = _manner(words_of(words))
    if daily and running:
        return "unclear"
    return "daily" if daily else "running"


def wide_manner(words: str) -> Manner:
    """Return what the columns of a sheet with one column a day count, by its title.

    "Theo ngày" alone says no more than the columns do.
    """
    daily, running = _manner(_pattern("laid_out").sub("", words_of(words)))
    return "unclear" if daily == running else "daily" if daily else "running"
