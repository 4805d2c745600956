"""The table of checks: every code a finding, a held cell or an ignored row can bear, and what it means."""

import csv
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Literal, cast

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
    do_vi: str
    do_en: str

    def say(self, detail: Mapping[str, str]) -> tuple[str, str]:
        """Return the message in Vietnamese and in English, with ``detail`` filled in and what to do."""
        words = defaultdict(str, detail)
        return (
            f"{self.vi.format_map(words)} {self.do_vi}".strip().replace(" .", "."),
            f"{self.en.format_map(words)} {self.do_en}".strip().replace(" .", "."),
        )


def _load() -> dict[str, Check]:
    text = files("analysis.tallies").joinpath("checks.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines(), strict=True)
    return {
        row["code"]: Check(
            **cast("dict[str, str]", {**row, "kind": cast("Kind", row["kind"])})  # type: ignore[arg-type]
        )
        for row in rows
    }


CHECKS: Mapping[str, Check] = _load()
"""All checks by code."""
