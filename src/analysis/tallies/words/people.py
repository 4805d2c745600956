"""Is this a list of people? Citizen and telephone numbers are found here, and never leave this module.

A citizen number has twelve digits: province (3), sex and century (1), year of birth (2), six more
(Decree 137/2015/NĐ-CP, article 13; Circular 07/2016/TT-BCA, article 7). Spreadsheets drop its leading zero;
what is left counts as one where it names a province and a year of birth of someone who can be alive.
"""

import re
from collections.abc import Sequence

from analysis.tallies.files.records import LONGEST
from analysis.tallies.words.places import PROVINCES
from analysis.tallies.words.spelling import bare

_GAP = r"[ .\-\u00a0]"
_ALONE = r"(?<![\d.,/\-+])(?<!\d[ \u00a0])"
_CITIZEN = re.compile(
    rf"{_ALONE}0\d{{2}}(?:[0-3]\d{{8}}|{_GAP}\d{{3}}{_GAP}\d{{3}}{_GAP}\d{{3}}|\d{_GAP}\d{{4}}{_GAP}\d{{4}}"
    rf"|{_GAP}\d{_GAP}?\d{{2}}{_GAP}?\d{{6}})(?![\d]|[.,]\d)"
)
_WITHOUT_ZERO = re.compile(rf"(?<!\w){_ALONE}[1-9]\d[0-3]\d{{8}}(?!\w|[.,/\-]\d)")
_PHONE = re.compile(
    rf"(?<![\d.,/\-])(?:(?:\+|00)84{_GAP}?(?:\(0\))?|(?<!\d )0)[35789]\d"
    rf"(?:\d{{7}}|(?:{_GAP}?\d){{7}})(?![\d]|[.,]\d)"
    r"|(?<![\d.,/\-+])84[35789]\d{8}(?![\d]|[.,]\d)"
)
_ASKS = re.compile(
    r"\b(?:cccd|cmnd|cmt|can cuoc|chung minh(?: nhan dan)?|(?:so|ma) dinh danh|dien thoai|sdt|so dt|di dong"
    r"|phone|mobile|citizen id)\b"
)
_LONG = re.compile(r"(?<!\d)\d{9,12}(?!\d)")
_LABELLED = re.compile(
    r"(?<!\w)(?:so(?: cmnd| cmt| cccd| can cuoc| tai khoan)?|cmnd|cmt|cccd|can cuoc(?: cong dan)?|stk|tk)"
    r"\s?[:.]?\s?(?:\d{9}|\d{12,16})(?!\d|[.,]\d)"
)
"""Words before a number of nine digits, or an account's, that make it a person's and not a count."""
_ADDRESS = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+")
_DAY_AND_TIME = re.compile(
    r"20\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:[01]\d|2[0-3])[0-5]\d(?:[0-5]\d)?"
)
_NINE_ALONE = re.compile(r"\d{9}")
_LAST_PROVINCE = 96
_BORN = range(1910, 2030)
"""Years of birth of people who can hold a number."""
# Nine digits with nothing but gaps between them: what every such number has, and few files of counts.
_NINE = b"0" * 9
_DIGITS = bytes.maketrans(b"123456789", b"000000000")
_WIDE_DIGITS = "０１２３４５６７８９"
_WIDE_LEAD = _WIDE_DIGITS.encode()[:2]
_NARROW = str.maketrans(_WIDE_DIGITS, "0123456789")
_BETWEEN = " .-\u00a0()".encode()


def has_long_numbers(text: str) -> bool:
    """Whether nine digits stand in ``text`` with nothing but gaps between, as in every number of a person."""
    encoded = text.encode("utf-8", "replace")
    if not text.isascii() and _WIDE_LEAD in encoded:
        encoded = text.translate(_NARROW).encode("utf-8", "replace")
    return _NINE in encoded.translate(_DIGITS, delete=_BETWEEN)


def is_list_of_people(text: str) -> bool:
    """Whether ``text``, a whole file, holds citizen or telephone numbers of people."""
    if not has_long_numbers(text):
        return False
    # A full-width digit is a digit to whoever reads it.
    text = text.translate(_NARROW)
    if any(_is_citizen(found[0]) for found in _CITIZEN.finditer(text)):
        return True
    if any(_is_born(found[0]) for found in _WITHOUT_ZERO.finditer(text)):
        return True
    return any(_is_phone(found[0]) for found in _PHONE.finditer(text))


def asks_for_people(records: Sequence[Sequence[str]]) -> bool:
    """Whether a column is headed as one of citizen or telephone numbers, and holds such digits.

    Or whether a cell says of nine digits or an account's that they are such a number.
    """
    asked: set[int] = set()
    for record in records:
        for column, cell in enumerate(record):
            if column in asked and _LONG.search(re.sub(_GAP, "", cell)):
                return True
            if not cell or cell[0].isdigit():
                continue
            if len(cell) < 80 and _ASKS.search(bare(cell)):
                asked.add(column)
            if _NINE_ALONE.search(cell) and _LABELLED.search(bare(cell[:LONGEST])):
                return True
    return False


def is_personal(text: str) -> bool:
    """Whether a short text, such as a file's name, holds a number of a person or an address of e-mail.

    Besides citizen and telephone numbers these are any nine to sixteen digits in a row (the identity cards of
    before 2021, accounts), but for a day with a time in digits.
    """
    bare_digits = (found[0] for found in re.finditer(r"(?<!\d)\d{9,16}(?!\d)", text))
    return (
        is_list_of_people(text)
        or _ADDRESS.search(text) is not None
        or any(not _DAY_AND_TIME.fullmatch(digits) for digits in bare_digits)
    )


def masked(text: str) -> str:
    """Return ``text`` with every run of nine digits or more, and every address of e-mail, taken out."""
    return _ADDRESS.sub("…", re.sub(rf"\+?\d(?:{_GAP}?\d){{8,}}", "…", text))


def _is_citizen(found: str) -> bool:
    digits = re.sub(r"\D", "", found)
    return len(digits) == 12 and 1 <= int(digits[:3]) <= _LAST_PROVINCE and digits[3] in "0123"


def _is_born(found: str) -> bool:
    """Whether eleven digits name, behind a zero that was dropped, a province and a sound year of birth."""
    century = 1900 + 100 * (int(found[2]) // 2)
    return found[:2] in PROVINCES and century + int(found[3:5]) in _BORN


def _is_phone(found: str) -> bool:
    """Whether the digits are grouped as people group them, not a row of small numbers."""
    groups = [group for group in re.split(r"\D+", found) if group]
    return all(len(group) > 1 for group in groups[1:]) or len(groups) == 1
