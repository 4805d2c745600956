"""Making what others typed harmless: names, file names and notes are text to show, never anything else."""

import unicodedata

LONGEST = 300  # characters of one hostile cell that a reader is shown; the artifact has all of them

_BIDI = {*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C}


def inert(text: str) -> str:
    """Return the text with nothing in it that could act: one line, no controls, direction marks made visible.

    Normalised to NFC. Markup needs nothing here, because every form escapes; formulas neither, because the
    workbook writes strings as strings.
    """
    shown = "".join(_shown(character) for character in unicodedata.normalize("NFC", text))
    return shown if len(shown) <= LONGEST else f"{shown[:LONGEST]}…"


def _shown(character: str) -> str:
    point = ord(character)
    if character in "\t\r\n":
        return " "
    if point in _BIDI or 0xD800 <= point <= 0xDFFF or unicodedata.category(character) in ("Cc", "Cn"):
        return f"⟨U+{point:04X}⟩"
    return character
