"""Labels of rows that are no area: totals, sections, groups, rows that number the columns."""

import re
from collections.abc import Sequence

from analysis.tallies.words.headings import spelt_of_kind, words_of, words_of_kind
from analysis.tallies.words.spelling import plain

_WORD = re.compile(r"(?:[^\W_]|[\u0300-\u036f])+")
_SECTION = re.compile(r"(?:khu vuc|vung|cum|nhom|khoi)\b.*")
_NUMERAL = re.compile(r"^(?:[IVX]{1,5}|[A-H])[.)]\s*")
_ROMAN = re.compile(r"(?:[IVX]{1,5}|[A-H])[.):]?")


def is_total(label: str, places: frozenset[str] = frozenset()) -> bool:
    """Whether a row so labelled is a total over other rows, by nothing but words of totals.

    Behind "toàn huyện" may stand the name of the district, one of ``places``; "Cộng Hòa" is a place itself.
    """
    words = words_of(label).split()
    opening = opens_total(label)
    rest = words[opening:]
    known = [word for word in rest if word in words_of_kind("total_word")]
    strange = [word for word in rest if word not in known]
    return opening > 0 and (not strange or (bool(known) and places.issuperset(strange)))


def opens_total(label: str) -> int:
    """Return how many of the first words of a label are those that totals begin with."""
    words, spelt = words_of(label).split(), _WORD.findall(plain(label))

    def opens(n: int) -> bool:
        """Whether they are such words, typed with their own marks or with none: others make another word."""
        typed = " ".join(spelt[:n])
        known = " ".join(words[:n]) in words_of_kind("total")
        return known and (typed.isascii() or typed in spelt_of_kind("total"))

    return max(filter(opens, (1, 2)), default=0)


def is_section(record: Sequence[str]) -> bool:
    """Whether a record that names no area opens a section: by a Roman numeral or capital, or by its words."""
    first = next((cell.strip() for cell in record if cell.strip()), "")
    words = _NUMERAL.sub("", first)
    return bool(words != first or _ROMAN.fullmatch(first) or _SECTION.fullmatch(words_of(words)))


def has_numeral(record: Sequence[str]) -> bool:
    """Whether a row begins with a Roman numeral or capital in a cell of its own."""
    return bool(_ROMAN.fullmatch(next((cell.strip() for cell in record if cell.strip()), "")))


def is_grouping(record: Sequence[str]) -> bool:
    """Whether a section says in words that it groups areas: "I. Khu vực đồng bằng"."""
    cells = [cell.strip() for cell in record if cell.strip()]
    words = _NUMERAL.sub("", cells[0]) if cells else ""
    label = cells[1] if len(cells) > 1 and _ROMAN.fullmatch(cells[0]) else words
    return bool(cells) and bool(_SECTION.match(words_of(label)))
