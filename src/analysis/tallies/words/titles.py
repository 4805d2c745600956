"""What a title says is counted: the measure of the campaign, something else, or nothing at all."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from analysis.tallies.words.lexicon import Lexicon, Word

Verdict = Literal["own", "several", "other", "silent"]
LONGEST = 400
"""Letters of a title; what is longer is a letter, not a title."""

_REFERENCE = re.compile(
    r"(?:kế hoạch|công văn|quyết định|chỉ thị|thông báo|nghị quyết|tờ trình|báo cáo|văn bản|cv|kh|qđ)"
    r"\s*(?:số|:)*\s*:?\s*(?!\d{1,3}(?:\.\d{3})+(?![\w/]))\d[\w/.\-–]*|\bsố\s*:?\s*\d*[\w]*/[\w/.\-–]+|\bsố:?\s*\d+\b(?!\.\d)"
)
MARKS = "([)]-–—.,:"
AMOUNT = "ℵ"
"""Stands for a number that is no day: a letter of no word, so that it stays one word."""
BESIDE_A_GOAL = ("link", "about", "neutral", "result", "unit")
"""What may stand between a goal and its number: "objectif de", "phấn đấu đạt"."""
_ROMAN = re.compile(r"[ivxlc]{1,6}")
_NUMBER = re.compile(
    r"(?<!\d)(?P<amount>\d{1,3}(?:[., \u00a0\u202f]\d{3})+(?!\d)|\d{5,7}(?!\d)|\d{1,3}[ \u00a0]?%)"
    r"|\d{1,2}[/.\-]\d{1,2}(?:[/.\-]\d{2,4})?|\d{4}-\d{2}-\d{2}|\d+[%hg]?\d*"
)


class Claim(NamedTuple):
    """What some text says is counted.

    ``families`` are those of the campaign's measures it names; ``words`` those that made it something else,
    ``known`` where offices count by one of them; ``final`` where a negation, a plan or a share says so of the
    measure itself: no heading can mend it; ``tab`` where it is the name of the sheet.
    """

    verdict: Verdict
    families: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    known: bool = False
    final: bool = False
    tab: bool = False


SILENT = Claim("silent")
WANTING = {"negation": ("negation",), "plan": ("plan", "target"), "share": ("share",)}
"""Kinds of words by which a line denies the measure, plans it, or divides it."""
NEUTRAL = frozenset({"neutral"})


def claim_of(claims: Iterable[Claim]) -> Claim:
    """Return what some claims come to together.

    One of the measure outweighs one of which nobody knows what it names; one of something else that offices
    count stands beside it, and then only headings can tell. A negation, a plan or a share is the last word.
    """
    claims = list(claims)
    own = [claim for claim in claims if claim.verdict == "own"]
    # "Not real data" beside a title of the measure denies the data, not the measure.
    last = next((claim for claim in claims if claim.final and (claim.families or claim.tab or not own)), None)
    if last is not None:
        return last
    several = [claim for claim in claims if claim.verdict == "several"]
    other = [claim for claim in claims if claim.verdict == "other"]
    families = tuple(dict.fromkeys(family for claim in (*own, *several) for family in claim.families))
    words = tuple(dict.fromkeys(word for claim in (*several, *other) for word in claim.words))
    if own and not several and not any(claim.known for claim in other):
        return Claim("own", families)
    if families:
        return Claim("several", families, words)
    return Claim("other", (), words) if other else SILENT


def claim_of_line(
    line: str, lexicon: Lexicon, places: frozenset[str] = frozenset(), *, tab: bool = False
) -> Claim:
    """Return what one line says is counted.

    Parameters
    ----------
    line
        A text above a heading, the name of a sheet, a section or a cell that says what its row counts.
    lexicon
        The words of the campaign and of all languages.
    places
        Words of the names of areas, which say nothing.
    tab
        Whether the line is no part of a letterhead, so that an office in it is what is counted.
    """
    if len(line) > LONGEST:
        return SILENT
    text = unicodedata.normalize("NFC", line).casefold()
    text = _NUMBER.sub(lambda found: f" {AMOUNT} " if found["amount"] else " ", _REFERENCE.sub(" ", text))
    words = [
        word
        if word.kinds or not (word.text in places or _says_little(word))
        else word._replace(kinds=NEUTRAL)
        for word in _without_goals(lexicon.read(" ".join(text.split())))
    ]
    if not words or (not tab and _is_letterhead(words)):
        return SILENT
    return (_unwanted(words, stated=AMOUNT in text) or _Heads.of(words).claim())._replace(tab=tab)


def _without_goals(words: Iterable[Word]) -> Iterable[Word]:
    """Leave out what only tells the goal and its number: "goal of 738,000", "target: 70 %".

    In "plan of 738,000 accounts activated" the measure that follows at once is what is planned.
    """
    kept: list[Word] = []
    goal: list[Word] = []
    for word in words:
        if word.text == AMOUNT:
            named = len(kept)
            while named and (kept[named - 1].text in MARKS or _is(kept[named - 1], *BESIDE_A_GOAL)):
                named -= 1
            if named and _is(kept[named - 1], "plan"):
                goal, kept = kept[named - 1 :], kept[: named - 1]
            continue
        if word.text in MARKS or _is(word, "result", "join"):
            goal = []
        kept += [*goal, word] if _is(word, "own") else [word]
        goal = [] if _is(word, "own") else goal
    return kept


def _says_little(word: Word) -> bool:
    """Whether an unknown word is a number of a list, an abbreviation of an office, a Roman numeral."""
    return len(word.text) <= 2 or any(map(str.isdigit, word.text)) or bool(_ROMAN.fullmatch(word.text))


def _is(word: Word, *kinds: str) -> bool:
    return any(kind in word.kinds for kind in kinds)


def _is_letterhead(words: Sequence[Word]) -> bool:
    """Whether a line says who writes, not what is counted."""
    first = next((at for at, word in enumerate(words) if word.text not in MARKS), None)
    if first is None or not _is(words[first], "office", "remark"):
        return False
    if _is(words[first], "remark"):
        return True
    if any(_is(word, "own") for word in words):
        return False
    said = [at for at in range(first + 1, len(words)) if _is(words[at], "reporting", "counting")]
    return not said or not any(_is(word, "other") for word in words[said[0] :])


def _unwanted(words: Sequence[Word], *, stated: bool) -> Claim | None:
    """Return the claim of a line that names the measure only to deny it, to plan it or to divide it.

    A plan ``stated`` with its number ("goal: activate 738,000 accounts") is a note beside a title.
    """
    own = next((at for at, word in enumerate(words) if _is(word, "own")), None)
    telling = [at for at, word in enumerate(words) if not _is(word, "neutral") and word.text not in MARKS]
    counted = own is not None or any(_is(word, "counting", "reporting", "unit") for word in words)
    families = tuple(dict.fromkeys(word.family for word in words if word.family is not None))
    for kind in ("negation", "plan", "share"):
        for at, word in enumerate(words):
            if not _is(word, *WANTING[kind]) or _is(word, f"no_{kind}") or _is_aside(words, at, kind, own):
                continue
            if counted or telling[:1] == [at]:
                planned = () if kind == "plan" and stated else families
                said = (word.said,) if own is None else (word.said, words[own].said)
                return Claim("other", planned, said, final=True)
    return None


def _is_aside(words: Sequence[Word], at: int, kind: str, own: int | None) -> bool:
    """Whether a plan or a share is only named beside the measure: "results against the plan"."""
    if kind == "negation":
        return False
    undone = _is(words[at], "expected") and (own == at - 1 or _touches_result(words, at))
    if kind == "plan" and not undone and any(_is(word, "result") for word in words):
        return True
    if own is not None and own < at:
        return own != at - 1
    return kind == "share" and any(_is(word, "join") for word in words[:at])


def _touches_result(words: Sequence[Word], at: int) -> bool:
    """Whether a result stands right beside a word, as in "expected results": nothing of it is done yet."""
    return any(_is(word, "reporting", "running") for word in (*words[:at][-1:], *words[at + 1 : at + 2]))


@dataclass
class _Heads:
    """The things that a line names first, and beside each other.

    What stands behind "by" or "cho" only describes what stands before it; right behind "results of" it is
    what is counted: ``open`` while the next thing named is, ``among`` behind a comma in a list of helpers.
    """

    own: list[str] = field(default_factory=list)
    other: list[Word] = field(default_factory=list)
    unknown: list[Word] = field(default_factory=list)
    described: list[Word] = field(default_factory=list)
    announced: bool = False
    counted: bool = False
    unit: bool = False
    strict: bool = False
    open: bool = True
    among: bool = False
    before: Word | None = None

    @classmethod
    def of(cls, words: Iterable[Word]) -> "_Heads":
        """Take the words of a line one by one."""
        heads = cls()
        for word in words:
            heads.take(word)
        return heads

    def take(self, word: Word) -> None:
        """Take the next word of the line."""
        if _is(word, "own"):
            if self.open or not (self.own or self.other):
                self.own.append(str(word.family))
            self.open, self.strict = False, False
        elif _is(word, "join"):
            self.among = not self.open and self.before is not None and _is(self.before, "helper")
            self.other, self.described, self.open = self.other + self.described, [], True
        elif _is(word, "counting", "reporting"):
            if not self.announced:
                # Who reports stands before what is reported: "Task force - Results of …".
                self.other = [one for one in self.other if not _is(one, "office")]
            self.announced, self.strict, self.open = True, _is(word, "counting"), True
            self.counted |= self.strict
        elif _is(word, "unit"):
            self.strict, self.unit = False, True
        elif _is(word, "about") and self.announced and not self.own:
            # Whose report it is stands before what it is about: "Report of the task force on …".
            self.other, self.open = [one for one in self.other if not _is(one, "office")], True
        elif _is(word, "link"):
            # "Results of …" goes on to name what is counted; "citizens with …" does not.
            self.open = self.open and self.before is not None and _is(self.before, "counting", "reporting")
        elif _is(word, "other"):
            self._take_other(word)
        elif not word.kinds and (self.counted or not self.unit):
            (self.other if self.strict and not self.own else self.unknown).append(word)
            self.open, self.strict = self.open and not self.strict, False
        if word.text not in MARKS:
            self.before = word

    def _take_other(self, word: Word) -> None:
        if self.own and self.among and _is(word, "helper"):
            # "Activated with the help of students, teachers": both have helped.
            self.open = False
        elif self.own and self.before is not None and _is(self.before, "own"):
            # "Activation teams" are teams.
            self.own.pop()
            self.other.append(word)
        elif self.open:
            self.other.append(word)
            self.open = False
        elif not self.own and not self.other:
            self.described.append(word)
        self.strict = False

    def claim(self) -> Claim:
        """Return what all the words together claim."""
        families = tuple(dict.fromkeys(self.own))
        strange = self.other if self.own else self.other or self.described
        if not strange and not self.own and self.announced:
            strange = self.unknown
        words, known = tuple(word.said for word in strange), any(_is(word, "other") for word in strange)
        if self.own:
            return Claim("several" if words else "own", families, words, known)
        return Claim("other", (), words, known) if words else SILENT
