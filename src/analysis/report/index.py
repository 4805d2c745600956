"""The archive: a table of reports a campaign, newest first; two reports side by side; an Atom feed."""

import math
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any

from markupsafe import Markup

from analysis.artifacts import read_json, replacing
from analysis.campaign import Language
from analysis.inert import inert
from analysis.report import words
from analysis.report.message import LINKS
from analysis.report.pages import environment, style_sheet
from analysis.report.words.phrases import catalogues, word

COMPARE = "compare"  # the folder of the pages that set two reports side by side
_FEED = 50  # entries
_SHOWN = (
    "total", "share", "missing", "pace", "pace_needed", "pace_ratio", "probability", "at_deadline_share",
    "completion", "extra",
)  # fmt: skip
_BESIDE = ("area", "share", "count", "rank", "median")  # of the table of areas


@dataclass(frozen=True)
class Entry:
    """A published report, as its ``summary.json`` has it."""

    folder: str  # below the reports
    summary: dict[str, Any]

    @cached_property
    def as_of(self) -> datetime:
        """The instant it was made as of."""
        return datetime.fromisoformat(self.summary["as_of"])

    @cached_property
    def revision(self) -> str:
        """Which revision it is; empty for the first."""
        return Path(self.folder).name.partition(".r")[2]

    @property
    def order(self) -> tuple[float, str, int]:
        """Newest last: by as-of, then folder, then revision."""
        return (self.as_of.timestamp(), Path(self.folder).name.partition(".r")[0], int(self.revision or 1))

    @property
    def campaign(self) -> str:
        """The campaign's code."""
        return Path(self.folder).parts[0]

    @property
    def languages(self) -> list[Language]:
        """The languages of its forms that have words here, the first one first."""
        given = self.summary.get("languages") or list(self.summary["name"])
        return [str(one) for one in given if one in catalogues()] or ["en"]

    @property
    def language(self) -> Language:
        """Its first language."""
        return self.languages[0]

    @property
    def name(self) -> str:
        """The campaign's name in the first language."""
        return inert(str(self.summary["name"][self.language]))

    @property
    def page(self) -> str:
        """The page to open first, below the reports."""
        return f"{self.folder}/report.{self.language}.html"

    @cached_property
    def period(self) -> str:
        """The days it is about, or the last of them."""
        last = date.fromisoformat(self.summary.get("common_day") or self.summary["last_day"])
        period = self.summary.get("period")
        if not period:
            return words.day(last, self.language)
        first = date.fromisoformat(period["first"])
        return f"{words.short_day(first, self.language)} – {words.day(last, self.language)}"

    def text(self, key: str) -> str:
        """Return a headline number as its report wrote it; a dash where it has none."""
        number = self.summary["numbers"].get(key)
        return inert(str(number["text"].get(self.language, "–"))) if number else "–"

    def value(self, key: str) -> float:
        """Return the value of a headline number; NaN where there is none."""
        number = self.summary["numbers"].get(key)
        value = number["value"] if number else None
        return float(value) if isinstance(value, (int, float)) else math.nan

    @property
    def line(self) -> str:
        """The answers in one line."""
        return inert(str(self.summary["line"][self.language]))


def write_index(folder: Path) -> list[str]:
    """Write ``index.html``, ``feed.xml`` and the comparisons over the reports under ``folder``.

    Reports are ``<campaign>/<as of>[.rN]/summary.json``. Newest as-of first, later revisions before earlier
    ones. Hidden folders, and ``sample``, are left out; so is a report whose summary cannot be used, and those
    are returned by name.
    """
    entries, broken = _read(folder)
    campaigns = [list(some) for _, some in groupby(entries, key=lambda entry: entry.campaign)]
    campaigns.sort(key=lambda some: some[0].order, reverse=True)
    language = campaigns[0][0].language if campaigns else "en"
    pairs = {now.folder: before for some in campaigns for now, before in pairwise(some)}
    (folder / COMPARE).mkdir(parents=True, exist_ok=True)
    for some in campaigns:
        for entry in some:
            if entry.folder in pairs and not (folder / _compared(entry)).exists():
                _write(folder / _compared(entry), "compare.html.j2", **_beside(pairs[entry.folder], entry))
    given = {"compared": {name: _compared(entry) for some in campaigns for entry in some
                          if (name := entry.folder) in pairs}}  # fmt: skip
    _write(
        folder / "index.html",
        "index.html.j2",
        campaigns=campaigns,
        language=language,
        say=lambda key, one=language: word(key, one),
        course=_course,
        instant=lambda entry: words.instant(entry.as_of, entry.language),
        **given,
    )
    newest = sorted(entries, key=lambda entry: entry.order, reverse=True)[:_FEED]
    _write(
        folder / "feed.xml", "feed.xml.j2", entries=newest, title=word("index_title", language), base=_base()
    )
    return broken


def _read(folder: Path) -> tuple[list[Entry], list[str]]:
    """Read every report that can be used, by campaign, newest first; and name the others."""
    found = [path for path in folder.glob("*/*/summary.json") if not path.parent.name.startswith(".")]
    entries, broken = [], []
    for path in found:
        if path.parent.parent.name == "sample":
            continue
        name = path.parent.relative_to(folder).as_posix()
        try:
            entry = Entry(name, read_json(path))
            _ = (entry.order, entry.name, entry.period, entry.line, [entry.text(key) for key in _SHOWN])
            entries.append(entry)
        except (LookupError, TypeError, ValueError, AttributeError, RecursionError):
            broken.append(name)
    entries.sort(key=lambda entry: entry.order, reverse=True)
    return sorted(entries, key=lambda entry: entry.campaign), broken


def _write(path: Path, template: str, **given: Any) -> None:
    page = environment().get_template(template).render(**given, **style_sheet())
    with replacing(path) as draft:
        draft.write_text(page, encoding="utf-8")


def _base() -> str:
    base = os.environ.get(LINKS, "").strip().rstrip("/")
    return f"{base}/" if base.startswith(("https://", "http://")) else ""


def _compared(entry: Entry) -> str:
    return f"{COMPARE}/{entry.folder.replace('/', '.')}.html"


def _course(entries: Iterable[Entry]) -> Markup:
    """Draw the share of target over a campaign's reports, oldest first."""
    shares = [share for entry in reversed(list(entries)) if math.isfinite(share := entry.value("share"))]
    if len(shares) < 2:
        return Markup("")
    step, top = 100 / (len(shares) - 1), max(1.0, *shares)
    points = " ".join(f"{at * step:.1f},{20 * (1 - share / top):.1f}" for at, share in enumerate(shares))
    return Markup(  # noqa: S704 (numbers only)
        f'<svg class="line" viewBox="0 -1 100 22" preserveAspectRatio="none" aria-hidden="true">'
        f'<polyline points="{points}"/></svg>'
    )


def _beside(before: Entry, now: Entry) -> dict[str, Any]:
    """Set two reports of one campaign side by side: headline numbers, then every area."""
    language = now.language
    numbers = [(word(f"number_{key}", language), before.text(key), now.text(key)) for key in _SHOWN]
    return {
        "language": language,
        "before": before,
        "now": now,
        "numbers": [row for row in numbers if row[1:] != ("–", "–")],
        "headings": [word(f"head_{key}", language) for key in _BESIDE[1:]],
        "areas": _areas(before, now),
        "say": lambda key: word(key, language),
    }


def _areas(before: Entry, now: Entry) -> list[tuple[str, Sequence[tuple[str, str]]]]:
    """Return by area what both reports say of it, in the order of the newer one."""
    then = {row[0]: row for row in _rows(before, now.language)}
    return [
        (row[0], [(then.get(row[0], ["–"] * len(row))[at], row[at]) for at in range(1, len(row))])
        for row in _rows(now, now.language)
    ]


def _rows(entry: Entry, language: Language) -> list[list[str]]:
    table = entry.summary["tables"].get("areas", {"columns": [], "rows": {}})
    columns, rows = table["columns"], table["rows"]
    written: list[list[Any]] = rows.get(language) or next(iter(rows.values()), [])
    at = [columns.index(key) if key in columns else None for key in _BESIDE]
    return [["–" if one is None else inert(str(row[one])) for one in at] for row in written]
