"""The report's door: from the artifacts of a workspace to its report folder."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.artifacts import replacing, write_json, write_table
from analysis.forecast.record import COMPLETION, FORECASTS
from analysis.report import areas
from analysis.report.brief import write_brief
from analysis.report.content import compose, headline
from analysis.report.document import Document
from analysis.report.docx import write_docx
from analysis.report.evidence import Evidence, read_evidence
from analysis.report.html import render_page
from analysis.report.message import message
from analysis.report.numbers import Numbers
from analysis.report.pdf import write_pdf
from analysis.report.places.facts import Atlas
from analysis.report.places.page import FOLDER, links, page_name, render_place
from analysis.report.published import published_table
from analysis.report.revisions import revision_table
from analysis.report.summary import summarise
from analysis.report.suppress import suppress, suppress_numbers
from analysis.report.table import Table
from analysis.report.tables import compared, forecast, received
from analysis.report.words import Language
from analysis.report.words.phrases import languages_of
from analysis.report.xlsx import write_workbook
from analysis.standing import Standing
from analysis.workspace import Workspace, project_root

Documents = Mapping[Language, Document]
_ELSEWHERE = ("artifacts",)  # no sheet of the workbook: provenance.json has every hash


def write_report(workspace: Workspace, *, public: bool = False) -> Path:
    """Make every form of the report from the artifacts in ``workspace.processed``.

    Everything is composed before the first file is written, so that bad evidence leaves nothing behind.

    Parameters
    ----------
    workspace
        Whose report; see `report_folder` for where it goes.
    public
        Hide counts below the campaign's ``public_threshold`` in every form, as `suppress` says.

    Returns
    -------
    Path
        The page to open first, ``report.<lang>.html`` in the first language of the campaign.

    Raises
    ------
    InputError
        Where an artifact is missing, a check found an error, or a language has no words.
    """
    languages = languages_of(workspace.campaign)
    evidence = read_evidence(workspace)
    numbers = summarise(evidence)
    tables = make_tables(evidence, numbers)
    shown = tables["areas"]  # with every count: what a public form hides is decided from it
    if public:
        tables = suppress(tables, workspace.campaign.public_threshold, areas.tables_below(evidence))
        numbers = suppress_numbers(numbers, evidence.panel, workspace.campaign.public_threshold)
    documents: Documents = {
        language: compose(evidence, numbers, tables, language, public=public) for language in languages
    }
    folder = report_folder(workspace, public=public)
    atlas = Atlas(evidence, shown, public)
    _write_pages(documents, atlas, folder)
    _write_places(documents, atlas, folder / FOLDER)
    _write_print(documents, workspace, folder)
    _write_short(documents, atlas, workspace, folder)
    _write_figures(documents, folder / "figures")
    raw = () if public else (received.series_table(evidence), received.tally_table(evidence))
    _write_tables(documents, numbers, tables, raw, folder)
    write_json(summary(evidence, numbers, tables), folder / "summary.json")
    if not public:
        _keep_forecast(evidence, folder)
    return folder / workspace.campaign.page


def _keep_forecast(evidence: Evidence, folder: Path) -> None:
    """Keep what is forecast as it is said now, so that later reports can be held to it."""
    write_table(evidence.forecasts, folder / FORECASTS)
    write_table(evidence.completion, folder / COMPLETION)


def report_folder(workspace: Workspace, *, public: bool = False) -> Path:
    """Where the report goes: a run's own report folder, or a draft beside the data of an analyst's session.

    ``reports/`` of the project holds what runs have published and nothing else.
    """
    if workspace.folder == project_root():
        return workspace.processed / ("public" if public else "report")
    return replace(workspace, public=public).report


def make_tables(evidence: Evidence, numbers: Numbers) -> dict[str, Table]:
    """Make every table of the report, by its key."""
    workspace = evidence.workspace
    tables = (
        areas.area_table(evidence, numbers),
        compared.effect_table(evidence),
        compared.sensitivity_table(evidence),
        compared.waves_table(evidence),
        compared.gains_table(evidence),
        compared.lasting_table(evidence),
        areas.risk_table(evidence),
        areas.push_table(evidence),
        forecast.scenario_table(evidence),
        forecast.last_week_table(evidence),
        forecast.record_table(evidence),
        forecast.score_table(evidence),
        published_table(workspace.campaign, workspace.last_day),
        received.held_table(evidence),
        received.finding_table(evidence),
        revision_table(evidence),
        received.report_table(evidence),
        received.artifact_table(evidence),
    )
    return {table.key: table for table in tables}


def summary(evidence: Evidence, numbers: Numbers, tables: Mapping[str, Table]) -> dict[str, Any]:
    """Return what ``summary.json`` holds; ``docs/summary-schema.json`` says what each key means."""
    workspace, languages = evidence.workspace, evidence.workspace.campaign.languages
    lines = {language: headline(evidence, numbers, language) for language in languages}
    skip = 1 if workspace.campaign.simulated else 0
    return {
        "campaign": workspace.campaign.code,
        "languages": list(languages),
        "name": {language: workspace.campaign.name(language) for language in languages},
        "as_of": workspace.as_of.isoformat(),
        "last_day": workspace.last_day.isoformat(),
        **_known(evidence.standing),
        "simulated": workspace.campaign.simulated,
        "headline": lines,
        "finding": str(evidence.verdict.get("finding", "")),
        "line": {language: " ".join(said[skip : skip + 3]) for language, said in lines.items()},
        "numbers": {key: number.to_dict(languages) for key, number in numbers.items()},
        "tables": {key: _as_data(table, languages) for key, table in tables.items()},
    }


def _known(standing: Standing) -> dict[str, Any]:
    """Return how far the drive is, until when it is known, and the period that the report is about."""
    return {
        "phase": standing.phase,
        "data": standing.data,
        "known_until": standing.known_until.isoformat(),
        "common_day": standing.common_day.isoformat(),
        "late": [
            {"area": code, "known_until": day.isoformat() if day else None} for code, day in standing.late
        ],
        "period": {
            "first": (pd.Timestamp(standing.total["increase_from"]) + pd.Timedelta(days=1))
            .date()
            .isoformat(),
            "last": standing.common_day.isoformat(),
        },
    }


def _write_pages(documents: Documents, atlas: Atlas, folder: Path) -> None:
    pages = {
        language: render_page(
            document, [other for other in documents if other != language], links(atlas, language)
        )
        for language, document in documents.items()
    }
    for language, page in pages.items():
        with replacing(folder / f"report.{language}.html") as draft:
            draft.write_text(page, encoding="utf-8")


def _write_places(documents: Documents, atlas: Atlas, folder: Path) -> None:
    for language, document in documents.items():
        others = [other for other in documents if other != language]
        for code, place in atlas.places.items():
            with replacing(folder / page_name(code, language)) as draft:
                draft.write_text(render_place(atlas, place, document, others), encoding="utf-8")


def _write_short(documents: Documents, atlas: Atlas, workspace: Workspace, folder: Path) -> None:
    """Write what is forwarded: the brief on paper and as a picture, and the message."""
    for language, document in documents.items():
        write_brief(document, atlas, workspace.as_of, folder)
        where = f"{workspace.campaign.code}/{workspace.label}/report.{language}.html"
        with replacing(folder / f"message.{language}.txt") as draft:
            draft.write_text(message(document, where) + "\n", encoding="utf-8")


def _write_print(documents: Documents, workspace: Workspace, folder: Path) -> None:
    for language, document in documents.items():
        write_pdf(document, workspace.as_of, folder / f"report.{language}.pdf")
        write_docx(document, workspace.campaign, workspace.as_of.year, folder / f"report.{language}.docx")


def _write_figures(documents: Documents, folder: Path) -> None:
    for language, document in documents.items():
        for picture in document.pictures:
            with replacing(folder / f"{picture.name}.{language}.svg") as draft:
                draft.write_text(picture.svg, encoding="utf-8")
            with replacing(folder / f"{picture.name}.{language}.png") as draft:
                draft.write_bytes(picture.png)


def _write_tables(
    documents: Documents, numbers: Numbers, tables: Mapping[str, Table], raw: Sequence[Table], folder: Path
) -> None:
    filled = [table for table in tables.values() if table.rows]
    for language, document in documents.items():
        shown = [table for table in filled if table.key not in _ELSEWHERE]
        write_workbook(folder / f"tables.{language}.xlsx", document, numbers, shown, raw)
    for table in filled:
        write_table(table.frame(), folder / "tables" / f"{table.key}.csv")


def _as_data(table: Table, languages: Sequence[Language]) -> dict[str, Any]:
    """Return a table as rows of raw values, and as every form writes them."""
    shown = [at for at, column in enumerate(table.columns) if column.kind != "trend"]
    written = {
        language: [[row[at] for at in shown] for row in table.written(language)] for language in languages
    }
    return {"source": table.source, "columns": [table.columns[at].key for at in shown], "rows": written}
