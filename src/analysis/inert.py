"""Making what others typed harmless: names, file names and notes are text to show, never anything else."""

import unicodedata
from functools import lru_cache

LONGEST = 300  # characters of one hostile cell that a reader is shown; the artifact has all of them
JOINERS = "\u200c\u200d"
FIRST_OF_JOINED = 0x0590  # scripts that join their letters, and so need joiners, begin with Hebrew and Arabic


FORMULA = ("=", "+", "-", "@")
"""What a spreadsheet takes for the beginning of a formula, in a CSV file too."""


@lru_cache(8192)  # names and files stand in every table, form and language
def inert(text: str) -> str:
    """Return the text with nothing in it that could act: one line, not endless, the unseen made visible.

    Normalised to NFC. Markup needs nothing here, because every form escapes; formulas neither, because the
    workbook writes strings as strings.
    """
    shown = visible(unicodedata.normalize("NFC", text))
    return shown if len(shown) <= LONGEST else f"{shown[:LONGEST]}…"


def plain(text: str) -> str:
    """Return a text for the cell of a CSV file: inert, and quoted where a spreadsheet would compute it."""
    text = inert(text)
    return f"'{text}" if text.startswith(FORMULA) else text


def visible(text: str) -> str:
    """Return the text as one line in which controls, direction marks and zero-width characters are seen.

    A terminal obeys the first, a reader is deceived by the others. Joiners stay in scripts that need them.
    """
    if text.isprintable():  # no control, format or unassigned character is, nor any space but the plain one
        return text
    return "".join(_shown(letter, before) for letter, before in zip(text, " " + text, strict=False))


def _shown(letter: str, before: str) -> str:
    if letter in "\t\r\n\u2028\u2029":
        return " "
    if letter in JOINERS and ord(before) >= FIRST_OF_JOINED and unicodedata.category(before)[0] in "LM":
        return letter
    return f"⟨U+{ord(letter):04X}⟩" if unicodedata.category(letter) in ("Cc", "Cf", "Cn", "Cs") else letter
