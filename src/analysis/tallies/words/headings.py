"""What a heading says that its column holds, in the words that teams use."""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Literal, NamedTuple

from analysis.campaign.measures import ROLES
from analysis.tallies.words.lexicon import LANGUAGES
from analysis.tallies.words.scales import is_share_of_many
from analysis.tallies.words.spelling import any_of, bare, plain, word_table
from analysis.tallies.words.vocabulary import Vocabulary, default

Role = str
"""What a column holds: the code of a measure, or one of ``index``, ``area``, ``code``, ``date``, ``target``,
``content`` (what its row counts), ``part`` (of what part of an area), ``other`` (known to be no tally),
``unknown``, ``unnamed`` and ``unclear`` (a count of one thing or another)."""
Manner = Literal["running", "daily", "unclear"]

STRUCTURE: Mapping[str, Role] = {
    "index": "index", "area": "area", "code": "code", "date": "date", "aside": "other", "target": "target",
    "content": "content", "part": "part",
}  # fmt: skip
"""What a heading holds that is nothing but a word of one of these kinds."""
SPANS = {"day": "daily", "sending": "periodic", "week": "weekly", "month": "monthly"}
"""The kind of words that say that a column counts one period of a span."""
LEAST_LETTERS = 3
"""Shorter words prove no language."""
NUMBERED = ("#", "№", "n°")
"""Headings of numbers of lines that are not words."""
_NUMBER = re.compile(r"\d+h?")
_SHARE = re.compile(r"[\d ]+%")
_SOME_DAYS = re.compile(r"(?<!\d )(?<!\d)\d+ (?:ngay|days?|jours?)\b")
"""A count over several days is neither a day's nor the sum since the drive began."""
_YEAR = re.compile(r"\b(?:dau|tu|ca|trong) nam\b|\bnam (?:\d{4}|nay)\b")
"""Where accents are left out: what makes "nam" a year, "năm", not men."""


@lru_cache(maxsize=64)
def words_of_kind(kind: str) -> frozenset[str]:
    """Return the words of one kind, of all languages, as `words_of` writes them."""
    return frozenset(map(words_of, _said(kind)))


@lru_cache(maxsize=64)
def spelt_of_kind(kind: str) -> frozenset[str]:
    """Return the words of one kind, of all languages, with their accents, as `plain` writes them."""
    return frozenset(map(plain, _said(kind)))


def _said(kind: str) -> list[str]:
    entries = (entry for language in LANGUAGES for entry in word_table(language).get(kind, []))
    return [phrase for entry in entries for phrase in entry["words"]]


@lru_cache(maxsize=1)
def _exact() -> Mapping[str, Role]:
    """Return what a heading holds that is but one of these phrases; the kinds that stand first prevail."""
    kinds = reversed(list(STRUCTURE.items()))
    return {phrase: role for kind, role in kinds for phrase in words_of_kind(kind) if phrase}


@lru_cache(maxsize=16)
def _pattern(kind: str) -> re.Pattern[str]:
    return any_of(filter(None, words_of_kind(kind)))


@lru_cache(maxsize=1)
def _plain() -> frozenset[str]:
    """Single words that stand in headings of tallies and decide nothing."""
    return frozenset(word for kind in _PLAIN for phrase in words_of_kind(kind) for word in phrase.split())


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
    words, of_span = _without_span(words, vocabulary.spans)
    if plainly := " ".join(_pattern("amended").sub(" ", words).split()):
        words = plainly
    if heading.strip().casefold() in NUMBERED:
        return "index"
    if not words and not of_span:
        return "unnamed"
    if words in _exact():
        return _exact()[words]
    if "month" in vocabulary.spans and words in words_of_kind("month"):
        return "date"
    if words.replace(" ", "_") in vocabulary.codes:
        return words.replace(" ", "_")
    if words in vocabulary.types:
        return "area"
    if _AREAS.search(words) and set(words.split()) <= words_of_kind("area_word"):
        return "area"
    said = {kind: bool(_pattern(kind).search(words)) for kind in ("ratio", "no_tally", "target", "together")}
    families = vocabulary.names.named(words)
    if _SHARE.fullmatch(words):
        return "unknown"  # 12,5 % is a number, whatever stands above it
    if is_share_of_many(heading):
        return "other"
    if said["ratio"] or "%" in words:
        return vocabulary.rate if vocabulary.rate and families <= {vocabulary.main} else "other"
    if said["no_tally"] or _SOME_DAYS.search(words) or vocabulary.names.denied(words):
        return "other"
    if said["target"]:
        return "target"
    daily, running = _manner(words)
    daily = daily or of_span
    if len(families) > 1 or (daily and running):
        return "unclear"
    role = _measure_of(families, daily, running, said["together"], words, vocabulary, manner)
    strange = is_measure(role) and (
        _is_strange(words, vocabulary) or _is_of_part(heading) or bool(_phase().search(words))
    )
    return "unclear" if strange else role


def _without_span(words: str, spans: Iterable[str]) -> tuple[str, bool]:
    """Take "of this week" out of a heading where that is what a tally covers; whether it was there."""
    if "day" in spans:
        return words, False
    for span in spans:
        if (found := _pattern(SPANS[span])).search(words):
            return " ".join(found.sub(" ", words).split()), True
    return words, False


def _is_strange(words: str, vocabulary: Vocabulary) -> bool:
    """Whether a heading has a word that is none of a tally's: "number of activating teams" counts teams."""
    known = _plain() | vocabulary.names.own
    return any(not _NUMBER.fullmatch(word) and word not in known for word in words.split())


def _is_of_part(heading: str) -> bool:
    """Whether a heading names a part of an area's people by a word that only its accents tell from others."""
    text = plain(heading)
    said = re.findall(r"(?:[^\W\d_]|[\u0300-\u036f])+", text if not text.isascii() else _YEAR.sub(" ", text))
    return not _parts().isdisjoint(said)


@lru_cache(maxsize=1)
def _phase() -> re.Pattern[str]:
    """Return the pattern of a part of the drive by its number: what counts since it began counts less."""
    return re.compile(rf"\b(?:{'|'.join(words_of_kind('phase'))}) (?:\d+|[ivx]+)\b")


@lru_cache(maxsize=1)
def _parts() -> frozenset[str]:
    """Words for parts that look like words of tallies without their accents, as "nam" does like "năm"."""
    known = {word for kind in _PLAIN for phrase in _said(kind) for word in plain(phrase).split()}
    return (frozenset(map(plain, _said("part_value"))) & _plain()) - known


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


class Counted(NamedTuple):
    """What a heading says is counted, in its own words, and in which manner as far as it tells."""

    noun: str
    manner: Manner


def counted(heading: str, span: str = "day") -> Counted:
    """Split a heading into what is counted and how, whatever it is: no word of it need be known."""
    rest, kinds = f" {heading} ", ("running", "together", "by_day", *dict.fromkeys(("daily", SPANS[span])))
    manners: set[Manner] = set()
    for kind in kinds:
        for phrase in sorted(_spoken(kind), key=len, reverse=True):
            found = re.compile(rf"(?<!\w){phrase}(?!\w)", re.IGNORECASE)
            rest, times = found.subn(" ", rest)
            if times and kind not in ("together", "by_day"):
                manners.add("running" if kind == "running" else "daily")
    words = re.findall(r"[^\W_]+(?:['’.-][^\W_]+)*", rest.casefold())
    while words and (_is_small(words[0]) or words[0].isdigit()):
        words = words[1:]
    while words and (_is_small(words[-1]) or words[-1].isdigit()):
        words = words[:-1]
    return Counted(" ".join(words), manners.pop() if len(manners) == 1 else "unclear")


@lru_cache(maxsize=16)
def _spoken(kind: str) -> tuple[str, ...]:
    """Return patterns of the phrases of a kind as they are typed, in every language."""
    return tuple(r"[\s'’]+".join(map(re.escape, re.split(r"[\s'’]+", phrase))) for phrase in _said(kind))


def _is_small(word: str) -> bool:
    """Whether a word stands in any heading and names nothing: "of", "số", "nombre de"."""
    counts = {part for phrase in words_of_kind("counting") for part in phrase.split()}
    plain_word = words_of(word) in _plain()
    return words_of(word) in counts or (
        plain_word and (len(word) <= 2 or (len(word) == 3 and word.isascii()))
    )


def languages_of(text: str) -> tuple[str, ...]:
    """Return the languages of which most words of headings and titles stand in a text, that of most first.

    A word that stands in the lists of several says nothing; a language with few of the words is left out.
    """
    said = {
        one: {plain(word) for entries in word_table(one).values() for e in entries for word in e["words"]}
        for one in LANGUAGES
    }
    others = {one: set().union(*(said[other] for other in said if other != one)) for one in said}
    words = " ".join(["", *re.findall(r"[^\W_]+", plain(text)), ""])
    points = {
        one: sum(f" {word} " in words for word in mine - others[one] if len(word) >= LEAST_LETTERS)
        for one, mine in said.items()
    }
    if not text.isascii():  # a language that has no accents at all is not of a text that has
        points = {one: 0 if all(map(str.isascii, said[one])) else many for one, many in points.items()}
    most = max(points.values())
    found = [
        one for one in sorted(points, key=lambda one: -points[one]) if points[one] and 2 * points[one] >= most
    ]
    return tuple(found) or ("en",)


def is_heading_word(cell: str) -> bool:
    """Whether a cell is, accents and all, a word that stands in headings."""
    return plain(cell).strip(" :.") in spelt_of_kind("accented")


@lru_cache(maxsize=1 << 12)
def ends_with(heading: str, kind: str) -> bool:
    """Whether a heading, or its last words below those of a group, is a phrase of one kind."""
    words = f" {words_of(heading)}"
    return any(words.endswith(f" {phrase}") for phrase in words_of_kind(kind))


def is_note(heading: str) -> bool:
    """Whether a column so headed holds remarks."""
    return words_of(heading) in words_of_kind("remark") | words_of_kind("aside")


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


def manner_said(heading: str) -> bool:
    """Whether a heading says of itself that it counts all until a day, or what came on it."""
    return any(_manner(words_of(heading)))


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
