"""The list of every published report, newest first, with its headline in one line each."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

from analysis.artifacts import read_json, replacing
from analysis.inert import inert
from analysis.report import words
from analysis.report.pages import environment, style_sheet
from analysis.report.words.phrases import catalogues, phrase

_WORDS = {
    "title": "index_title",
    "none": "index_none",
    "simulated": "simulated_mark",
    "real": "real_mark",
    "revision": "index_revision",
}


def write_index(folder: Path) -> list[str]:
    """Write ``index.html`` over the reports under ``folder``: ``<campaign>/<as of>[.rN]/summary.json``.

    Newest as-of first, later revisions before earlier ones. Hidden folders, and ``sample``, are left out; so
    is a report whose summary cannot be used, and those are returned by name.
    """
    found = [path for path in folder.glob("*/*/summary.json") if not path.parent.name.startswith(".")]
    found = [path for path in found if path.parent.parent.name != "sample"]
    entries, broken = [], []
    for path in found:
        try:
            entries.append(_entry(path, folder))
        except (LookupError, TypeError, ValueError, AttributeError, RecursionError):
            broken.append(path.parent.relative_to(folder).as_posix())
    entries.sort(key=lambda entry: entry["order"], reverse=True)
    given = {name: phrase(key) for name, key in _WORDS.items()}
    template = environment().get_template("index.html.j2")
    page = template.render(entries=entries, **given, **style_sheet())
    with replacing(folder / "index.html") as draft:
        draft.write_text(page, encoding="utf-8")
    return broken


def _entry(path: Path, folder: Path) -> dict[str, Any]:
    summary = read_json(path)
    as_of = datetime.fromisoformat(summary["as_of"])
    label, _, revision = path.parent.name.partition(".r")
    return {
        "order": (as_of.timestamp(), label, int(revision or 1)),
        "folder": path.parent.relative_to(folder).as_posix(),
        "revision": revision,
        "name": {language: inert(text) for language, text in summary["name"].items()},
        "week": words.week_label(date.fromisoformat(summary.get("common_day", summary["last_day"]))),
        "as_of": {language: words.instant(as_of, language) for language in catalogues()},
        "simulated": summary["simulated"],
        "line": summary["line"],
    }
