"""The report's door: from the artifacts of a workspace to its report folder."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.artifacts import MANY, replacing, write_json, write_table
from analysis.campaign import Language
from analysis.forecast.record import COMPLETION, FORECASTS
from analysis.forked import begun, cores, side_by_side
from analysis.report import areas, brief, docx, html, message, pdf, xlsx
from analysis.report.content import compose, headline
from analysis.report.edition import Edition
from analysis.report.evidence import Evidence, read_evidence
from analysis.report.numbers import Numbers
from analysis.report.places import page
from analysis.report.places.facts import Atlas
from analysis.report.summary import summarise
from analysis.report.suppress import hidden_names, suppress, suppress_numbers
from analysis.report.table import Table
from analysis.report.tables import FROM_EVIDENCE, raw_tables
from analysis.report.words.phrases import languages_of
from analysis.standing import Standing
from analysis.workspace import Workspace, project_root

FORMS: Mapping[str, Callable[[Edition], str | bytes]] = {
    "report.{}.html": html.page,
    "report.{}.pdf": pdf.paper,
    "report.{}.docx": docx.document_of,
    "areas-{}.pdf": page.paper,
    "brief.{}.pdf": brief.typeset,
    "brief.{}.png": brief.picture,
    "message.{}.txt": message.text,
    (_BOOK := "tables.{}.xlsx"): xlsx.workbook,
}
"""Every form by the name of its file, and what makes it."""

_MOST = 100
"""Rows of a table in ``summary.json``: whole for a province's districts; a nation's would be megabytes."""


def write_report(workspace: Workspace, *, public: bool = False, evidence: Evidence | None = None) -> Path:
    """Make every form of the report from the artifacts in ``workspace.processed``.

    Every form is made before the first file is written, so that bad evidence leaves nothing behind.

    Parameters
    ----------
    workspace
        Whose report; see `report_folder` for where it goes.
    public
        Hide counts below the campaign's ``public_threshold`` in every form, as `suppress` says.
    evidence
        What `read_evidence` gave, where somebody has read it.

    Returns
    -------
    Path
        The page to open first, ``report.<lang>.html`` in the first language of the campaign.

    Raises
    ------
    InputError
        Where an artifact is missing, a check found an error, or a language has no words.
    """
    languages, threshold = languages_of(workspace.campaign), workspace.campaign.public_threshold
    evidence = evidence or read_evidence(workspace)
    numbers = summarise(evidence)
    tables = make_tables(evidence, numbers)
    hidden = None
    if public:
        hidden = hidden_names([tables["areas"], *areas.level_tables(evidence)], threshold)
        tables = suppress(tables, threshold, hidden)
        numbers = suppress_numbers(numbers, evidence.panel, threshold)
    atlas, filled = Atlas(evidence, hidden), {key: table for key, table in tables.items() if table.rows}
    raw = () if public else raw_tables(evidence)
    editions = [
        Edition(
            compose(evidence, numbers, tables, language, public=public), atlas, numbers, filled, raw,
            tuple(other for other in languages if other != language),
        )
        for language in languages
    ]  # fmt: skip
    made = _every_file(editions)
    folder = report_folder(workspace, public=public)
    frames = {f"figures/{one.name}.csv": one.data for one in editions[0].document.pictures}
    if not public:  # what is forecast as it is said now, so that later reports can be held to it
        frames |= {FORECASTS: evidence.forecasts, COMPLETION: evidence.completion}
    writing = [partial(_write, folder, files) for files in made]
    writing += [partial(_write_tables, folder, filled), partial(_write_frames, folder, frames)]
    with ThreadPoolExecutor(cores()) as pool:  # most of it is waiting for the disk
        list(pool.map(lambda write: write(), writing))
    write_json(summary(evidence, numbers, tables), folder / "summary.json")
    return folder / workspace.campaign.page


def _write(folder: Path, files: Mapping[str, str | bytes]) -> None:
    for name, content in files.items():
        with replacing(folder / name) as draft:
            draft.write_bytes(content.encode() if isinstance(content, str) else content)


def _write_tables(folder: Path, tables: Mapping[str, Table]) -> None:
    _write_frames(folder, {f"tables/{key}.csv": table.frame() for key, table in tables.items()})


def _write_frames(folder: Path, frames: Mapping[str, pd.DataFrame]) -> None:
    for name, frame in frames.items():
        write_table(frame, folder / name)


def _every_file(editions: Sequence[Edition]) -> list[dict[str, str | bytes]]:
    """Make the files of each language, by their names; large workbooks, which need no place, meanwhile."""
    rows = sum(len(table.rows) for table in editions[0].tables.values())
    books = begun(lambda: [_forms(edition, [_BOOK]) for edition in editions], worth=rows >= MANY)
    _ = editions[0].atlas.places  # what is the same in every language is made once, before there are copies
    return side_by_side([partial(_files, edition) for edition in editions]) + books()


def _forms(edition: Edition, names: Sequence[str]) -> dict[str, str | bytes]:
    return {name.format(edition.language): FORMS[name](edition) for name in names}


def _files(edition: Edition) -> dict[str, str | bytes]:
    """Make every file of one language but its workbook: its forms, its figures and the pages of its areas."""
    language = edition.language
    made = _forms(edition, [name for name in FORMS if name != _BOOK]) | dict(page.pages(edition))
    with_it = ("brief.{}.pdf", "brief.{}.png", "report.{}.pdf")
    parts = (bytes(made[name.format(language)]) for name in with_it)  # type: ignore[arg-type]
    made[f"message.{language}.eml"] = message.mail(edition, *parts)
    for picture in edition.document.pictures:
        made[f"figures/{picture.name}.{language}.svg"] = picture.svg
        made[f"figures/{picture.name}.{language}.png"] = picture.png
    return made


def report_folder(workspace: Workspace, *, public: bool = False) -> Path:
    """Where the report goes: a run's own report folder, or a draft beside the data of an analyst's session.

    ``reports/`` of the project holds what runs have published and nothing else.
    """
    if workspace.folder == project_root():
        return workspace.processed / ("public" if public else "report")
    return replace(workspace, public=public).report


def make_tables(evidence: Evidence, numbers: Numbers) -> dict[str, Table]:
    """Make every table of the report, by its key."""
    return {table.key: table for table in (areas.area_table(evidence, numbers), *_tables(evidence))}


@lru_cache(maxsize=1)  # a notebook shows them before it writes the report
def _tables(evidence: Evidence) -> tuple[Table, ...]:
    return tuple(make(evidence) for make in FROM_EVIDENCE)


def summary(evidence: Evidence, numbers: Numbers, tables: Mapping[str, Table]) -> dict[str, Any]:
    """Return what ``summary.json`` holds; ``docs/summary-schema.json`` says what each key means."""
    workspace, languages = evidence.workspace, evidence.workspace.campaign.languages
    lines = {language: headline(evidence, numbers, language) for language in languages}
    skip, verdicts = int(workspace.campaign.simulated), 3 if numbers.amount("mobilised") > 0 else 2
    return {
        "campaign": workspace.campaign.code,
        "languages": list(languages),
        "name": {language: workspace.campaign.name(language) for language in languages},
        "as_of": workspace.as_of.isoformat(),
        "last_day": workspace.last_day.isoformat(),
        **_known(evidence.standing, workspace.campaign.tree(workspace.today).parents),
        "simulated": workspace.campaign.simulated,
        "headline": lines,
        "finding": str(evidence.verdict.get("finding", "")),
        "line": {language: " ".join(said[skip : skip + verdicts]) for language, said in lines.items()},
        "numbers": {key: number.to_dict(languages) for key, number in numbers.items()},
        "tables": {key: _as_data(table, languages) for key, table in tables.items()},
    }


def _known(standing: Standing, parents: Mapping[str, str]) -> dict[str, Any]:
    """Return how far the drive is, until when it is known, and the period that the report is about.

    Of many late areas the others are counted by the area above them, which is nothing where there is none.
    """
    first = pd.Timestamp(standing.total["increase_from"]) + pd.Timedelta(days=1)
    every = standing.late
    late = [{"area": code, "known_until": day.isoformat() if day else None} for code, day in every[:_MOST]]
    more = Counter(parents.get(code, "") for code, _ in every[_MOST:])
    return {
        "phase": standing.phase,
        "data": standing.data,
        "known_until": standing.known_until.isoformat(),
        "common_day": standing.common_day.isoformat(),
        "late": late,
        **({"late_more": dict(more)} if more else {}),
        "period": {"first": first.date().isoformat(), "last": standing.common_day.isoformat()},
    }


def _as_data(table: Table, languages: Sequence[Language]) -> dict[str, Any]:
    """Return the first rows of a table as every form writes them, and how many more its CSV file has."""
    more, table = max(len(table.rows) - _MOST, 0), table.first(_MOST)
    written = {language: table.written(language) for language in languages}
    said = {"source": table.source, "columns": [one.key for one in table.columns], "rows": written}
    return said | ({"more": more, "file": f"tables/{table.key}.csv"} if more else {})
