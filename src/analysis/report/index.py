"""The list of every published report, newest first, with its headline in one line each."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

from analysis.artifacts import read_json, replacing
from analysis.report import words
from analysis.report.html import render_index


def write_index(folder: Path) -> Path:
    """Write ``index.html`` over the reports under ``folder`` (``<campaign>/<as of>/summary.json``)."""
    found = [path for path in folder.glob("*/*/summary.json") if not path.parent.name.startswith(".")]
    entries = sorted((_entry(path, folder) for path in found), key=lambda entry: entry["order"], reverse=True)
    page = render_index(entries)
    with replacing(folder / "index.html") as draft:
        draft.write_text(page, encoding="utf-8")
    return folder / "index.html"


def _entry(path: Path, folder: Path) -> dict[str, Any]:
    summary = read_json(path)
    as_of = datetime.fromisoformat(summary["as_of"])
    return {
        "order": (as_of.timestamp(), path.parent.name),
        "folder": path.parent.relative_to(folder).as_posix(),
        "name": summary["name"],
        "week": words.week_label(date.fromisoformat(summary["last_day"])),
        "as_of": {language: words.instant(as_of, language) for language in words.LANGUAGES},
        "simulated": summary["simulated"],
        "line": summary["line"],
    }
