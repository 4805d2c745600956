"""The table of checks: every code a finding, a held cell or an ignored row can bear, and what it means."""

import csv
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Literal

Severity = Literal["info", "warning", "error"]
Kind = Literal["completeness", "consistency", "correctness", "timeliness"]


@dataclass(frozen=True)
class Check:
    """One check: what kind of flaw, how much it matters, what it says and what the team should do."""

    code: str
    kind: Kind
    severity: Severity
    vi: str
    en: str
    fr: str
    do_vi: str
    do_en: str
    do_fr: str

    @property
    def says(self) -> dict[str, str]:
        """What it says by language, with braces for what is filled in."""
        return {"vi": self.vi, "en": self.en, "fr": self.fr}

    @property
    def asks(self) -> dict[str, str]:
        """What the team should do, by language."""
        return {"vi": self.do_vi, "en": self.do_en, "fr": self.do_fr}

    def say(self, detail: Mapping[str, str | float]) -> tuple[str, str]:
        """Return the message in Vietnamese and in English, with ``detail`` filled in and what to do.

        Numbers are written as each language writes them; text is repeated as it was typed.
        """
        texts = (("vi", self.vi, self.do_vi, in_vietnamese), ("en", self.en, self.do_en, in_english))
        said, seen = [], PARTICULARS.get((self.code, str(detail.get("found"))))
        for language, text, asked, write in texts:
            words = {name: word if isinstance(word, str) else write(word) for name, word in detail.items()}
            if seen is not None:
                words["found"] = seen[language].format_map(words)
            filled = text.format_map(defaultdict(str, words)).strip()
            said.append(f"{re.sub(r' [.]$', '.', filled)} {asked}".strip())
        return said[0], said[1]


def in_digits(number: float) -> str:
    """Write a number without marks between thousands, which each language has its own of."""
    return in_english(number).replace(",", "")


def in_english(number: float) -> str:
    """Write a number with commas between thousands, and two decimals where it is not whole."""
    return f"{number:,.0f}" if float(number).is_integer() else f"{number:,.2f}"


def in_vietnamese(number: float) -> str:
    """Write a number with dots between thousands, and two decimals where it is not whole."""
    return in_english(number).translate(str.maketrans(",.", ".,"))


def _rows(name: str) -> Iterator[dict[str, str]]:
    text = files("analysis.tallies").joinpath(name).read_text(encoding="utf-8")
    return csv.DictReader(text.splitlines(), strict=True)


CHECKS: Mapping[str, Check] = {row["code"]: Check(**row) for row in _rows("checks.csv")}  # type: ignore[arg-type]
"""All checks by code."""
PARTICULARS: Mapping[tuple[str, str], Mapping[str, str]] = {
    (row["check"], row["key"]): row for row in _rows("particulars.csv")
}
"""What a check saw that somebody has to say in words, by the check and a key: its words by language."""
