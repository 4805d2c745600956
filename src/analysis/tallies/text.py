"""From the bytes of a text file to records, decoded for certain or not at all."""

import csv
import io

Records = list[list[str]]
DELIMITERS = (",", ";", "\t", "|")


class Unreadable(Exception):
    """The file cannot be read; ``code`` is the check it fails, ``found`` what was seen."""

    def __init__(self, code: str, found: str = "") -> None:
        super().__init__(code, found)
        self.code = code
        self.found = found


def decode(data: bytes) -> str:
    """Decode text by its byte-order mark, else as UTF-8; raises Unreadable."""
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            try:
                return data.decode(encoding)
            except UnicodeDecodeError as error:
                raise Unreadable("encoding_unknown", str(error.start)) from None
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Unreadable("encoding_unknown", str(error.start)) from None


def split(text: str, delimiter: str) -> Records:
    """Split text into records with the strict CSV reader; raises Unreadable."""
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise Unreadable("damaged_file", str(error)) from None
