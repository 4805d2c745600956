"""The report's door: from the artifacts of a workspace to its report folder."""

from pathlib import Path
from typing import Any

from analysis.artifacts import replacing, write_json
from analysis.report import areas, words
from analysis.report import tables as made
from analysis.report.content import compose, headline
from analysis.report.evidence import Evidence, read_evidence
from analysis.report.html import render_page
from analysis.report.numbers import Numbers
from analysis.report.published import published_table
from analysis.report.revisions import revision_table
from analysis.report.summary import summarise
from analysis.report.table import Table
from analysis.report.xlsx import write_workbook
from analysis.workspace import Workspace, project_root


def write_report(workspace: Workspace) -> Path:
    """Make every form of the report in ``workspace.report`` from the artifacts in ``workspace.processed``.

    Everything is composed before the first file is written, so that bad evidence leaves nothing behind.

    Returns
    -------
    Path
        The page to open first, ``report.vi.html``.

    Raises
    ------
    InputError
        Where an artifact is missing, or a check found an error.
    """
    evidence = read_evidence(workspace)
    numbers = summarise(evidence)
    tables = make_tables(evidence, numbers)
    documents = {language: compose(evidence, numbers, tables, language) for language in words.LANGUAGES}
    pages = {language: render_page(document) for language, document in documents.items()}
    folder = report_folder(workspace)
    for language, page in pages.items():
        with replacing(folder / f"report.{language}.html") as draft:
            draft.write_text(page, encoding="utf-8")
    lines = [
        line
        for document in documents.values()
        for line in (document.banner or document.data_mark, f"{document.kicker}. {document.as_of}.")
    ]
    filled = [table for table in tables.values() if table.rows]
    write_workbook(folder / "tables.xlsx", workspace.campaign.name, lines, numbers, filled)
    write_json(summary(evidence, numbers, tables), folder / "summary.json")
    return folder / "report.vi.html"


def report_folder(workspace: Workspace) -> Path:
    """Where the report goes: a run's own report folder, or a draft beside the data of an analyst's session.

    ``reports/`` of the project holds what runs have published and nothing else.
    """
    at_the_screen = workspace.folder == project_root()
    return workspace.processed / "report" if at_the_screen else workspace.report


def make_tables(evidence: Evidence, numbers: Numbers) -> dict[str, Table]:
    """Make every table of the report, by its key."""
    workspace = evidence.workspace
    tables = (
        areas.area_table(evidence, numbers),
        made.effect_table(evidence),
        made.table_as_written(evidence.sensitivity, "sensitivity", "sensitivity.csv"),
        areas.risk_table(evidence),
        made.table_as_written(evidence.scenarios, "scenarios", "scenarios.csv"),
        made.score_table(evidence),
        published_table(workspace.campaign, workspace.last_day),
        made.held_table(evidence),
        made.finding_table(evidence),
        revision_table(evidence),
        made.report_table(evidence),
        made.artifact_table(evidence),
    )
    return {table.key: table for table in tables}


def summary(evidence: Evidence, numbers: Numbers, tables: dict[str, Table]) -> dict[str, Any]:
    """Return what ``summary.json`` holds; ``docs/summary-schema.json`` says what each key means."""
    workspace = evidence.workspace
    return {
        "campaign": workspace.campaign.code,
        "name": workspace.campaign.name.model_dump(),
        "as_of": workspace.as_of.isoformat(),
        "last_day": workspace.last_day.isoformat(),
        "week": words.week_label(workspace.last_day),
        "simulated": workspace.campaign.simulated,
        "headline": {language: headline(evidence, numbers, language) for language in words.LANGUAGES},
        "numbers": {key: number.to_dict() for key, number in numbers.items()},
        "tables": {key: _table(table) for key, table in tables.items()},
    }


def _table(table: Table) -> dict[str, Any]:
    return {
        "source": table.source,
        "columns": [column.key for column in table.columns],
        "rows": [dict(zip(words.LANGUAGES, pair, strict=True)) for pair in
                 zip(*(table.written(language) for language in words.LANGUAGES), strict=True)],
    }  # fmt: skip
