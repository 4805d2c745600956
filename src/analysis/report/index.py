"""Every published report: a table a campaign, newest first, its course, reports side by side, and a feed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from analysis import say
from analysis.artifacts import read_json, replacing
from analysis.campaign import Language
from analysis.inert import inert
from analysis.report.pages import rendered
from analysis.report.words.phrases import catalogues, word

_COLUMNS = {
    "share": "head_share",
    "pace": "head_pace",
    "pace_needed": "head_pace_needed",
    "probability": "head_probability",
    "completion": "head_median",
}
"""What the table of a campaign shows of each report: numbers of its summary, and their headings."""

_FORMS = ("report.{}.html", "report.{}.pdf", "report.{}.docx", "brief.{}.pdf", "tables.{}.xlsx")


@dataclass(frozen=True)
class Entry:
    """One published report as its ``summary.json`` tells of it; ``folder`` is relative to the index."""

    folder: str
    label: str
    revision: int
    as_of: datetime
    summary: Mapping[str, Any]
    forms: tuple[str, ...]

    @property
    def campaign(self) -> str:
        """The folder of the campaign's reports."""
        return self.folder.rpartition("/")[0]

    @property
    def languages(self) -> list[str]:
        """Languages of the report that this house still has words for, its first one first."""
        given = self.summary.get("languages") or sorted(self.summary["name"], reverse=True)
        return [language for language in given if language in catalogues()]

    @property
    def language(self) -> Language:
        """The first of them."""
        return self.languages[0]

    @property
    def name(self) -> str:
        """Name of the campaign."""
        return inert(self.summary["name"][self.language])

    @property
    def line(self) -> str:
        """The three questions answered, in one line."""
        return str(self.summary["line"][self.language])

    def text(self, key: str, language: str) -> str:
        """One number of the summary, written; a dash where this report has none."""
        number = self.summary.get("numbers", {}).get(key)
        return number["text"][language] if number else "–"

    def period(self, language: str) -> str:
        """Write the days the report covers, or its last one where an older report does not say the first."""
        days = self.summary.get("period") or {"last": self.summary["last_day"]}
        last = date.fromisoformat(days["last"])
        if "first" not in days:
            return say.day(last, language)
        return "–".join(say.days_from_to(date.fromisoformat(days["first"]), last, language))


def write_index(folder: Path) -> list[str]:
    """Write ``index.html``, ``feed.xml`` and a page a campaign over the reports under ``folder``.

    Reports are ``<campaign>/<as of>[.rN]/summary.json``. Hidden folders, and ``sample``, are left out; so is
    a report whose summary cannot be used, and those are returned by name.
    """
    entries, broken = _entries(folder)
    language = entries[0].language if entries else next(iter(catalogues()))
    heading = {"title": word("index_title", language), "language": language}
    campaigns = dict.fromkeys(one.campaign for one in entries)
    groups = [[one for one in entries if one.campaign == campaign] for campaign in campaigns]
    for group in groups:
        _write(folder / f"{group[0].campaign}.html", "compare.html.j2", **_side_by_side(group))
    _write(
        folder / "index.html", "index.html.j2", campaigns=[_campaign(group) for group in groups], **heading
    )
    updated = entries[0].as_of.isoformat() if entries else "1970-01-01T00:00:00+00:00"
    _write(folder / "feed.xml", "feed.xml.j2", entries=entries, updated=updated, **heading)
    return broken


def _entries(folder: Path) -> tuple[list[Entry], list[str]]:
    entries, broken = [], []
    for path in sorted(folder.glob("*/*/summary.json")):
        name = path.parent.relative_to(folder).as_posix()
        if path.parent.name.startswith(".") or name.startswith("sample/"):
            continue
        try:
            entry = _entry(path, name)
            _campaign([entry])  # a summary that cannot be shown is found here, not on the page
            entries.append(entry)
        except (LookupError, TypeError, ValueError, AttributeError, RecursionError):
            broken.append(name)
    entries.sort(key=lambda one: (one.as_of.timestamp(), one.label, one.revision), reverse=True)
    return entries, broken


def _entry(path: Path, name: str) -> Entry:
    summary = read_json(path)
    label, _, revision = path.parent.name.partition(".r")
    wanted = [form.format(language) for language in summary["name"] for form in _FORMS]
    there = tuple(form for form in wanted if (path.parent / form).is_file())
    return Entry(name, label, int(revision or 1), datetime.fromisoformat(summary["as_of"]), summary, there)


def _campaign(entries: list[Entry]) -> dict[str, Any]:
    newest, language = entries[0], entries[0].language
    rows = [_row(entry, language) for entry in entries]
    kept = [at for at in range(len(_COLUMNS)) if any(row["cells"][at] != "–" for row in rows)]
    heads = _headings(entries, language)
    numbers = [entry.summary.get("numbers", {}) for entry in reversed(entries)]
    shares = tuple(float((one.get("share") or {}).get("value") or "nan") for one in numbers)
    return {
        "code": newest.campaign,
        "language": language,
        "name": newest.name,
        "simulated": word("simulated_mark" if newest.summary["simulated"] else "real_mark", language),
        "line": newest.line,
        "course": shares if len(entries) > 2 else (),
        "headings": [word("head_period", language), *(heads[at] for at in kept)],
        "forms": word("head_forms", language),
        "compare": word("index_compare", language),
        "rows": [{**row, "cells": [row["cells"][at] for at in kept]} for row in rows],
    }


def _headings(entries: list[Entry], language: str) -> list[str]:
    """Head each column, with the unit of its newest number where it has one."""
    heads = []
    for key, heading in _COLUMNS.items():
        found = (one.summary.get("numbers", {}).get(key) or {} for one in entries)
        unit = next((text for one in found if (text := (one.get("unit") or {}).get(language))), "")
        heads.append(f"{word(heading, language)} ({inert(unit)})" if unit else word(heading, language))
    return heads


def _row(entry: Entry, language: str) -> dict[str, Any]:
    said = language if language in entry.languages else entry.language
    revised = f" ({word('index_revision', said)} {entry.revision})" if entry.revision > 1 else ""
    forms = [form for form in entry.forms if form.split(".")[1] == said]
    return {
        "folder": entry.folder,
        "page": f"report.{said}.html",
        "period": entry.period(said) + revised,
        "cells": [entry.text(key, said) for key in _COLUMNS],
        "forms": [
            (form, word("index_brief", said) if form.startswith("brief") else form.split(".")[2])
            for form in forms
        ],
    }


def _side_by_side(entries: list[Entry]) -> dict[str, Any]:
    """Set the newest reports of a campaign side by side."""
    language = entries[0].language
    shown = [_row(entry, language) for entry in entries[:8]]
    cells = zip(_headings(entries, language), *(one["cells"] for one in shown), strict=True)
    return {
        "language": language,
        "title": f"{entries[0].name}: {word('index_compare', language)}",
        "columns": shown,
        "rows": [(label, row) for label, *row in cells if any(cell != "–" for cell in row)],
    }


def _write(path: Path, template: str, language: Language, **given: Any) -> None:
    with replacing(path) as draft:
        draft.write_text(rendered(template, language, **given), encoding="utf-8")
