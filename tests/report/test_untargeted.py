"""A campaign without any target counts, compares and forecasts its count; it asks for nothing by no day."""

import math
import re

import pandas as pd
import pytest

from analysis import forecast
from analysis.report import compose, make_tables, read_evidence, summarise, write_index, write_report
from analysis.report.html import render_page
from analysis.workspace import Workspace
from tests.report.conftest import LANGUAGES, Made, write_artifacts
from tests.report.languages import Cells
from tests.report.truth import differences

AIM = {
    "share", "target", "missing", "pace_needed", "pace_ratio", "probability", "completion", "deadline",
    "deadline_share", "reached_on", "days_left",
}  # fmt: skip


@pytest.fixture(scope="module")
def untargeted(quang_nam, tmp_path_factory):
    """A report of the shipped areas, none of which has a target, in one language."""
    campaign = quang_nam.workspace.campaign
    areas = tuple(area.model_copy(update={"target": None}) for area in campaign.areas)
    campaign = campaign.model_copy(update={"targets": (), "areas": areas, "languages": ("en",)})
    workspace = Workspace(campaign, quang_nam.workspace.as_of, tmp_path_factory.mktemp("untargeted"))
    write_artifacts(workspace)
    write_report(workspace)
    return Made(workspace, workspace.report)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_card_has_a_figure_and_no_cell_or_chapter_is_empty(untargeted, language):
    evidence = read_evidence(untargeted.workspace)
    numbers = summarise(evidence)
    document = compose(evidence, numbers, make_tables(evidence, numbers), language)
    assert all(answer.figure and answer.verdict and answer.of_what for answer in document.answers)
    assert document.answers[0].figure == numbers["total"].text(language)
    assert all(section.blocks for section in document.sections)
    page = render_page(document, ())
    assert not re.search(r">\s*–\s*<", page.partition('id="make_it"')[2].partition("<details")[0])
    assert "nan" not in " ".join(Cells(page).words).split()


def test_nothing_is_said_of_a_share_or_a_deadline(untargeted):
    assert AIM.isdisjoint(untargeted.summary["numbers"])
    assert untargeted.summary["numbers"]["ahead"]["interval"]["low"] is not None
    said = " ".join(Cells(untargeted.page("en")).words).partition("For reviewers")[0].casefold()
    assert "deadline" not in said.replace("no target", "")
    areas = untargeted.summary["tables"]["areas"]
    assert {"share", "expected", "ratio", "rank", "probability"}.isdisjoint(areas["columns"])
    counts = [
        float(row[areas["columns"].index("count")].replace(",", "")) for row in areas["rows"]["en"][:-1]
    ]
    assert counts == sorted(counts, reverse=True)


def test_the_page_of_an_area_leads_with_its_count_and_draws_its_course(untargeted):
    page = (untargeted.folder / "areas" / "502.en.html").read_text(encoding="utf-8")
    assert re.search(r'class="share"><strong>[\d,]+</strong>', page)
    assert '<svg class="place"' in page
    assert "orange" not in page


def test_the_index_has_no_column_that_no_report_fills(untargeted):
    write_index(untargeted.workspace.folder / "reports")
    index = (untargeted.workspace.folder / "reports" / "index.html").read_text(encoding="utf-8")
    assert '<td class="n">–</td>' not in index
    assert "Now a day" in index


def test_the_forecast_asks_for_nothing(quang_nam):
    campaign = quang_nam.workspace.campaign.model_copy(update={"targets": ()})
    goal = forecast.goal_for(campaign, quang_nam.workspace.last_day)
    assert math.isnan(goal.targets[forecast.TOTAL])
    assert goal.days_from(pd.Timestamp("2023-09-17")) == 0
    panel = read_evidence(quang_nam.workspace).panel.assign(target=math.nan)
    history = forecast.history_from_panel(panel, [], [])
    outlook = forecast.forecast_campaign(history, goal, draws=50, past=1)
    assert outlook.completion.empty
    assert (outlook.forecasts["output_type"] == "quantile").all()
    assert outlook.fan["date"].nunique() == 60


def test_every_form_says_what_the_summary_says(untargeted):
    compared, differ = differences(untargeted.folder)
    assert compared > 30
    assert differ == []
