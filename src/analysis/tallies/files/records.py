"""The cells of a sheet, kept column by column, a text that repeats in a column kept once."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import overload

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Ints = NDArray[np.int64]
LONGEST = 1_000
"""Letters of a cell that are read; the longest notes that teams were seen to send have some three hundred."""
MANY = 1_000
"""From so many texts on pandas finds the different ones faster than a dictionary does."""
AT_ONCE = 256
"""Records turned into columns at a time: few enough to be still in the processor's cache."""


@dataclass(frozen=True)
class Texts:
    """Texts of which many are the same: the i-th is ``different[codes[i]]``."""

    different: list[str]
    codes: Ints

    @classmethod
    def of(cls, texts: Sequence[str]) -> "Texts":
        """Find the different ones among some texts, in the order in which they first appear."""
        if len(texts) < MANY:
            known: dict[str, int] = {}
            few = [known.setdefault(text, len(known)) for text in texts]
            return cls(list(known), np.array(few, dtype=np.int64))
        codes, different = pd.factorize(np.array(texts, dtype=object))
        return cls(different.tolist(), codes.astype(np.int64, copy=False))

    def __len__(self) -> int:
        return len(self.codes)

    def __iter__(self) -> Iterator[str]:
        return map(self.different.__getitem__, self.codes.tolist())

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Texts)
            and self.different == other.different
            and np.array_equal(self.codes, other.codes)
        )

    __hash__ = None  # type: ignore[assignment]

    def text(self, position: int) -> str:
        """Return the text at a position."""
        return self.different[int(self.codes[position])]

    def mapped(self, change: Callable[[str], str]) -> "Texts":
        """Return the texts, each changed; two that become the same stay two."""
        return Texts(list(map(change, self.different)), self.codes)

    def first(self, count: int) -> list[str]:
        """Return the different ones among the first texts."""
        if count >= len(self.codes):
            return self.different
        return [self.different[code] for code in np.unique(self.codes[:count]).tolist()]

    def taken(self, positions: Ints) -> "Texts":
        """Return the texts at some positions."""
        codes = self.codes[positions]
        used = np.zeros(len(self.different), dtype=bool)
        used[codes] = True
        if used.all():
            return Texts(self.different, codes)
        different = [self.different[code] for code in np.flatnonzero(used).tolist()]
        return Texts(different, (np.cumsum(used) - 1)[codes])


class Records(Sequence[list[str]]):
    """Records of text, in the order of the sheet; a record may be shorter than the widest.

    They are kept as columns: a table is read down its columns, and lists for a hundred thousand records cost
    more than the cells in them.

    Parameters
    ----------
    columns
        Equally many texts each; beyond the end of a short record they are empty.
    widths
        How many cells each record has, (n,).
    """

    def __init__(self, columns: Sequence[Texts], widths: Ints) -> None:
        self.columns = columns
        self.widths = widths

    @classmethod
    def of(cls, records: Iterable[Sequence[str]], most: int | None = None) -> "Records":
        """Turn records into columns.

        Raises
        ------
        OverflowError
            Where there are more than ``most`` cells, counting those that short records do not have.
        """
        columns: list[list[str]] = []
        widths: list[int] = []
        coming = iter(records)
        while some := list(islice(coming, AT_ONCE)):
            lengths = list(map(len, some))
            width = max(len(columns), *lengths)
            if most is not None and width * (len(widths) + len(some)) > most:
                raise OverflowError(most)
            if min(lengths) < width:
                some = [[*record, *[""] * (width - len(record))] for record in some]
            columns.extend([""] * len(widths) for _ in range(width - len(columns)))
            for column, cells in zip(columns, zip(*some, strict=True), strict=True):
                column.extend(cells)
            widths += lengths
        return cls([Texts.of(column) for column in columns], np.array(widths, dtype=np.int64))

    def __len__(self) -> int:
        return len(self.widths)

    @overload
    def __getitem__(self, at: int) -> list[str]: ...
    @overload
    def __getitem__(self, at: slice) -> list[list[str]]: ...
    def __getitem__(self, at: int | slice) -> list[str] | list[list[str]]:
        if isinstance(at, slice):
            return list(self._rows(at))
        return [column.text(at) for column in self.columns[: self.widths[at]]]

    def __iter__(self) -> Iterator[list[str]]:
        return self._rows(slice(None))

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Records)
            and np.array_equal(self.widths, other.widths)
            and self.columns == other.columns
        )

    __hash__ = None  # type: ignore[assignment]

    def _rows(self, part: slice) -> Iterator[list[str]]:
        widths = self.widths[part].tolist()
        if not self.columns:
            return iter([[] for _ in widths])
        whole = zip(*(Texts(column.different, column.codes[part]) for column in self.columns), strict=True)
        return (list(record[:width]) for record, width in zip(whole, widths, strict=True))

    def cell(self, row: int, column: int) -> str:
        """Return one cell; nothing where the record is too short to have it."""
        return self.columns[column].text(row) if column < len(self.columns) else ""

    def column(self, at: int, rows: Ints) -> Texts:
        """Return some cells of a column; nothing where a record is too short."""
        if at < len(self.columns):
            return self.columns[at].taken(rows)
        return Texts([""], np.zeros(len(rows), dtype=np.int64))

    def below(self, row: int, column: int) -> list[str]:
        """Return the different texts of a column below a row."""
        return self.column(column, np.arange(row + 1, len(self))).different

    def different(self, rows: int) -> list[str]:
        """Return the different texts of the first rows, column by column."""
        return [text for column in self.columns for text in column.first(rows)]

    @property
    def is_ascii(self) -> bool:
        """Whether no text has a letter beyond ASCII."""
        return all(map(str.isascii, self.different(len(self))))

    def filled(self) -> int:
        """Return how many records have any content."""
        return int((~self.blank()).sum())

    def blank(self) -> NDArray[np.bool_]:
        """Return which records have no content, (n,)."""
        blank = np.ones(len(self), dtype=bool)
        for column in sorted(self.columns, key=lambda column: len(column.different)):
            says_nothing = np.array([not text or text.isspace() for text in column.different], dtype=bool)
            if not says_nothing.any():
                return np.zeros(len(self), dtype=bool)
            blank &= says_nothing[column.codes]
        return blank

    def bounded(self) -> "Records":
        """Return the records with no cell longer than `LONGEST`: what is cut off is marked, so means nothing.

        Patterns that are harmless on what people type can take minutes on what an enemy does.
        """
        if max((max(map(len, column.different), default=0) for column in self.columns), default=0) <= LONGEST:
            return self
        return self.mapped(lambda text: text if len(text) <= LONGEST else f"{text[:LONGEST]}…")

    def mapped(self, change: Callable[[str], str]) -> "Records":
        """Return the records with every cell changed."""
        return Records([column.mapped(change) for column in self.columns], self.widths)
