"""A campaign of which nobody knows how many people are eligible is reported, and is not forecast."""

import re
from dataclasses import replace
from itertools import pairwise

import docx
import pytest

from analysis import forecast
from analysis.artifacts import read_table, write_table
from analysis.compare.result import effects_table
from analysis.report import compose, make_tables, read_evidence, summarise, write_report
from analysis.report.html import render_page
from analysis.report.words.phrases import catalogues, word
from analysis.standing import Standing
from analysis.workspace import Workspace
from tests.report.conftest import LANGUAGES, Made, undrawn, write_artifacts
from tests.report.languages import Cells
from tests.report.test_phases import read
from tests.report.truth import differences


@pytest.fixture(scope="module")
def made(quang_nam, tmp_path_factory):
    """A report on the shipped areas without their eligible people."""
    known, folder = quang_nam.workspace, tmp_path_factory.mktemp("nobody")
    areas = tuple(area.model_copy(update={"eligible": None}) for area in known.campaign.areas)
    facts = known.campaign.model_copy(update={"areas": areas, "languages": LANGUAGES})
    workspace = Workspace(facts, known.as_of, folder)
    write_artifacts(Workspace(known.campaign, known.as_of, folder))
    panel, tallies = (read_table(workspace.processed / f"{name}.parquet") for name in ("panel", "tallies"))
    panel[["eligible", "remaining"]] = float("nan")
    write_table(panel, workspace.processed / "panel.parquet")
    standing = read_table(workspace.processed / "standing.parquet")
    standing[["eligible", "share_of_eligible"]] = float("nan")
    write_table(standing, workspace.processed / "standing.parquet")
    history = forecast.history_of(facts, panel, tallies, workspace.as_of)
    outlook = forecast.forecast_campaign(history, forecast.goal_for(facts, workspace.last_day))
    for name in ("completion", "forecasts", "fan", "scores", "nowcast"):
        write_table(getattr(outlook, name), workspace.processed / f"{name}.csv")
    write_table(forecast.last_week(history), workspace.processed / "last_week.csv")
    plans = forecast.scenarios_for(outlook, effects_table([]), panel)
    write_table(plans, workspace.processed / "scenarios.csv")
    write_report(workspace)
    return Made(workspace, workspace.report)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_first_screen_says_that_nothing_is_forecast_and_what_is_needed(made, language):
    evidence = read_evidence(made.workspace)
    numbers = summarise(evidence)
    document = compose(evidence, numbers, make_tables(evidence, numbers), language)
    answer = document.answers[1]
    assert answer.verdict == word("not_forecast", language)
    assert numbers["pace_ratio"].text(language) in answer.figure
    assert word("completion_unrated", language) in document.points
    said = " ".join(read(render_page(undrawn(document), ())))
    assert not re.search(r"\b(nan|None|NaT|inf)\b", said)
    assert word("course_caption", language)[-20:] not in said


def test_no_annex_of_the_word_document_is_a_heading_alone(made):
    body = list(docx.Document(str(made.folder / "report.en.docx")).iter_inner_content())
    heads = [at for at, one in enumerate(body) if getattr(one, "text", "").startswith("Annex ")]
    assert len(heads) > 2
    assert all(later - at > 1 for at, later in pairwise([*heads, len(body)]))


def test_no_form_prints_a_chance_or_an_expectation(made):
    for page in (made.folder / "report.en.html", *(made.folder / "areas").glob("*.en.html")):
        words = " ".join(Cells(page.read_text(encoding="utf-8")).words)
        assert not re.search(
            r"80% range: [0-9]|probability of reaching|Expected at the deadline|\b(nan|NaT)\b", words
        )
    assert made.summary["numbers"]["probability"]["value"] is None
    assert made.summary["numbers"]["completion"]["value"] is None
    compared, differ = differences(made.folder)
    assert compared > 30
    assert differ == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_young_drive_without_eligible_people_is_not_said_to_be_told_later(made, language):
    """No later day will tell; and a drive that counts things has no people."""
    evidence = read_evidence(made.workspace)
    areas = evidence.standing.areas.copy()
    areas.loc[areas.index[-1], "phase"] = "early"
    early = replace(evidence, standing=Standing(areas))
    assert early.standing.phase == "early"
    document = compose(early, summarise(early), make_tables(early, summarise(early)), language)
    assert document.answers[1].verdict == word("not_forecast", language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_said_of_rates_names_no_people(language):
    rates = list(catalogues()[language].values())
    rates = [text for text in rates if re.search(r"1[.,\u202f\xa0]000 ", text) and "published_" not in text]
    assert rates
    assert not [text for text in rates if re.search(r"people|personne|người", text)]
