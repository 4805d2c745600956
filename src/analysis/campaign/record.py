"""What every record of a campaign is made of: strict and frozen, and the kinds of text it may hold."""

from collections.abc import Mapping
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints

# A campaign's code is a folder's name and a papermill parameter: kept to characters that are only themselves.
Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$")]
LONGEST_CODE = 64
TOTAL = "total"
"""In the place of an area's code: all areas together."""


class Record(BaseModel):
    """Strict and frozen: an unknown key or a value of another type is an error, never a guess."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid")

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """Copy with other values; what was derived from the former ones is not taken along."""
        copied = super().model_copy(update=update, deep=deep)
        for name in copied.__dict__.keys() - type(self).model_fields:  # cached properties
            del copied.__dict__[name]
        return copied


def _printable(code: str) -> str:
    if code.isascii() and code.isalnum() and len(code) <= LONGEST_CODE and code.casefold() != TOTAL:
        return code  # nearly all, and a nation has twenty thousand
    if not 0 < len(code) <= LONGEST_CODE or not code.isprintable() or code != code.strip():
        raise ValueError(
            f"a code has 1 to {LONGEST_CODE} printable characters, none of them a space at its ends"
        )
    if set(code) & set("/\\") or code in (".", ".."):
        raise ValueError("a code has no '/' or '\\', which separate folders")
    if code.casefold() == TOTAL:
        raise ValueError(f"{code!r} is the name of all areas together; give the area another code")
    return code


AreaCode = Annotated[str, AfterValidator(_printable)]
"""Any printable code; where it names a file `file_name` makes it safe."""


def file_name(code: str) -> str:
    """Return an area's code as it stands in the name of a file, on any system, and only its own.

    Letters of ASCII, digits, ``-``, ``_`` and dots inside stay; anything else becomes its number in
    hexadecimal between two ``~``, and so does the first letter of a name that Windows keeps for itself.
    """
    kept = code.split(".")[0].upper() in _DEVICES

    def safe(at: int, letter: str) -> str:
        plain = letter.isascii() and (letter.isalnum() or letter in "-_.")
        inside = letter != "." or 0 < at < len(code) - 1
        return letter if plain and inside and not (kept and at == 0) else f"~{ord(letter):x}~"

    return "".join(safe(at, letter) for at, letter in enumerate(code))


_DEVICES = {"CON", "PRN", "AUX", "NUL"} | {f"{port}{n}" for port in ("COM", "LPT") for n in range(1, 10)}
