"""From the bytes of a text file to records, decoded for certain or not at all."""

import csv
import gc
import io
import re
import tomllib
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib.resources import files
from itertools import chain
from typing import NamedTuple

from analysis.tallies.files.long_text import split_evenly
from analysis.tallies.files.records import Records

DELIMITERS = (",", ";", "\t", "|")
MOST_CELLS = 6_000_000
"""More than this is no tally: 700 areas on every day of ten years would be 2.5 million."""
MANY_LINES = 1_000
"""From here on another reader than the csv module is worth its start."""
SAMPLE = 1 << 16
_SEP = re.compile(r"sep=(.)\s*(?:\r\n|\r|\n)", re.IGNORECASE)


class Unreadable(Exception):  # noqa: N818 - it says what the file is
    """The file cannot be read; ``code`` is the check it fails, ``found`` and ``more`` what was seen.

    Where ``found`` is a key of the check's particulars, it stands for their words.
    """

    def __init__(self, code: str, found: str = "", **more: str | float) -> None:
        super().__init__(code, found)
        self.code = code
        self.found = found
        self.more = more


class Decoding(NamedTuple):
    """One way to read bytes or text; ``certain`` if nothing else can be meant."""

    encoding: str
    text: str
    certain: bool


def decodings(data: bytes) -> Iterator[Decoding]:
    """Yield the ways to decode a text file: one if it is marked or plain UTF-8, else all that may be meant.

    Raises
    ------
    Unreadable
        If it is certainly none of them.
    """
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            try:
                yield Decoding(encoding, _without_nul(data.decode(encoding)), certain=True)
            except UnicodeDecodeError as error:
                raise Unreadable("broken_encoding", f"{encoding}, byte {error.start}") from None
            return
    if b"\0" in data:
        for encoding in ("utf-16-le", "utf-16-be"):
            text = _decoded(data, encoding)
            if text is not None and "\0" not in text:
                yield Decoding(encoding, text, certain=False)
        return
    try:
        yield Decoding("utf-8", data.decode("utf-8"), certain=True)
        return
    except UnicodeDecodeError:
        pass  # not UTF-8: the older encodings follow, none of them certain
    if (text := _decoded(data, "cp1258")) is not None:
        yield Decoding("windows-1258", unicodedata.normalize("NFC", text), certain=False)
    latin = data.decode("latin-1")
    yield Decoding("TCVN3", from_tcvn3(latin), certain=False)
    yield Decoding("VNI", from_vni(latin), certain=False)


def _without_nul(text: str) -> str:
    if "\0" in text:
        raise Unreadable("nul_bytes")
    return text


def _decoded(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def split(text: str, recognised: Callable[[Records], int]) -> Records:
    """Split text into records with the strict CSV reader, by the delimiter under which most is recognised.

    ``recognised`` says how much: 0 where there is no table, more where its rows are understood too. A comma
    within a heading can look like a table, but not like rows of areas. A first line ``sep=;`` decides, and
    counts as a record like any other.

    Raises
    ------
    Unreadable
        If no delimiter gives a table, or two do, or the quoting is broken.
    """
    if said := _SEP.match(text):
        return split_by(text[said.end() :], said[1], first=[said[0].strip()])
    sample = text[:SAMPLE]
    looked = {one: _lenient(sample, one) for one in DELIMITERS if one in sample}
    known = {one: recognised(records) for one, records in looked.items()}
    fitting = [one for one, much in known.items() if much and much == max(known.values())]
    if not fitting:
        raise _why_no_table(text)
    if len(fitting) > 1:
        raise Unreadable("delimiter_unclear", " ".join(fitting))
    if len(sample) == len(text) and '"' not in text:
        # Without quotes the strict reader reads what the other one read.
        return looked[fitting[0]]
    return split_by(text, fitting[0])


def decoded(data: bytes, encoding: str) -> Iterator[Decoding]:
    """Yield the one way to decode a text file that somebody said; raises Unreadable where it cannot be."""
    text = _decoded(data.removeprefix(b"\xef\xbb\xbf"), encoding)
    if text is None:
        raise Unreadable("broken_encoding", encoding)
    yield Decoding(encoding, unicodedata.normalize("NFC", _without_nul(text)), certain=True)


def lenient(text: str) -> Records:
    """Return the first records of a text, split by the mark it has most of, whatever its quoting."""
    sample = text[:SAMPLE]
    return _lenient(sample, max(DELIMITERS, key=sample.count))


def _why_no_table(text: str) -> Unreadable:
    """Say why no delimiter gives a table: an unclosed quote can swallow the heading.

    Under a delimiter that is not the file's own a sound quote looks broken; so a quote is open only where it
    is under every delimiter that the text has.
    """
    there = [one for one in DELIMITERS if one in text] or [DELIMITERS[0]]
    faults: list[Unreadable] = []
    for delimiter in sorted(there, key=text.count, reverse=True):
        try:
            split_by(text, delimiter)
        except Unreadable as error:
            faults.append(error)
        else:
            return Unreadable("no_table")
    return faults[0]


def _lenient(text: str, delimiter: str) -> Records:
    try:
        return Records.of(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)).bounded()
    except csv.Error:
        return Records.of([])


def split_by(text: str, delimiter: str, first: list[str] | None = None) -> Records:
    """Split text into records by one delimiter, below a first one; raises Unreadable for broken quoting."""
    lines = text.count("\n")
    if text.count(delimiter) > MOST_CELLS or lines > MOST_CELLS:
        raise Unreadable("too_large", "cells", most=MOST_CELLS)
    if lines > MANY_LINES and first is None and (whole := split_evenly(text, delimiter)) is not None:
        return whole
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        with _uncollected():
            records = Records.of(reader if first is None else chain([first], reader), most=MOST_CELLS)
    except OverflowError:
        raise Unreadable("too_large", "cells", most=MOST_CELLS) from None
    except csv.Error as error:
        if "field larger" in str(error):
            raise Unreadable("too_large", "long_cell", most=csv.field_size_limit()) from None
        raise Unreadable("broken_quoting") from None
    # A quote that is closed by the next one, rows further down, hides those rows in one cell.
    if '"' in text and any(
        cell.count("\n") > 1 and cell.count(delimiter) > 2
        for column in records.columns
        for cell in column.different
    ):
        raise Unreadable("broken_quoting")
    return records.bounded()


@contextmanager
def _uncollected() -> Iterator[None]:
    """Pause the collector of cycles: it would walk all records again and again, and they have none."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


# ---- What older fonts and wrong turns made of Vietnamese ----

_FONTS = tomllib.loads(files(__package__).joinpath("fonts.toml").read_text(encoding="utf-8"))
_TCVN3 = str.maketrans(_FONTS["tcvn3"]["shown"], _FONTS["tcvn3"]["meant"])
_VNI = re.compile("([aeiouyôö])([ùøûõïâáàåãäêéèúüë])|([ñôöæóòî])", re.IGNORECASE)


def from_tcvn3(text: str) -> str:
    """Read as TCVN3 (ABC) what was shown as Latin-1."""
    return text.translate(_TCVN3)


def from_vni(text: str) -> str:
    """Read as VNI Windows what was shown as Latin-1: a letter, then the mark it bears."""

    def letter(found: re.Match[str]) -> str:
        base, mark, alone = found[1], found[2], found[3]
        if alone:
            return _cased(_FONTS["vni"]["letters"][alone.lower()], alone)
        marks = _FONTS["vni"]["marks"][mark.lower()]
        plain = _FONTS["vni"]["letters"].get(base.lower(), base.lower())
        return _cased(unicodedata.normalize("NFC", plain + marks), base)

    return _VNI.sub(letter, text)


def _cased(letter: str, like: str) -> str:
    return letter.upper() if like.isupper() else letter


def from_mojibake(text: str, encoding: str) -> str:
    """Undo reading UTF-8 as another encoding; the text as it is where that cannot be what happened."""
    try:
        return b"".join(_byte(letter, encoding) for letter in text).decode("utf-8")
    except UnicodeError:
        return text


def _byte(letter: str, encoding: str) -> bytes:
    try:
        return letter.encode(encoding)
    except UnicodeEncodeError:
        return letter.encode("latin-1")


_VIETNAMESE = re.compile("[ăĂđĐơƠưƯ\u0128\u0129\u0168\u0169\u1ea0-\u1ef9\u0303\u0309\u0323]")


def is_vietnamese(text: str) -> bool:
    """Whether a letter stands in ``text`` that no older font and no wrong turn makes: nothing was garbled."""
    return bool(_VIETNAMESE.search(text))


REPAIRS: Mapping[str, Callable[[str], str]] = {
    "TCVN3": from_tcvn3,
    "VNI": from_vni,
    "UTF-8 → Windows-1252": lambda text: from_mojibake(text, "cp1252"),
    "UTF-8 → CP437": lambda text: from_mojibake(text, "cp437"),
}
"""What may have happened to text that decodes but says nothing; taken only where the result proves itself."""
