"""Of an area that never sent anything no form prints an expectation, a rank or a proposal."""

import re
from dataclasses import replace

import pandas as pd
import pytest

from analysis import forecast
from analysis.artifacts import read_table, write_table
from analysis.errors import InputError
from analysis.report import compose, controls, explore, make_tables, read_evidence, summarise, write_report
from analysis.report.areas import area_frame, area_names
from analysis.report.places.facts import Atlas
from analysis.report.places.said import say_place
from analysis.standing import Standing
from analysis.workspace import Workspace
from tests.report.conftest import LANGUAGES, Made, write_artifacts
from tests.report.languages import Cells
from tests.report.test_explore import EFFECT
from tests.report.truth import differences

NEVER = "515"


@pytest.fixture(scope="module")
def ahead(quang_nam, tmp_path_factory):
    """Return the workspace of the shipped areas, one of which has sent nothing, and the forecast of them."""
    facts = quang_nam.workspace.campaign.model_copy(update={"languages": ("en",)})
    workspace = Workspace(facts, quang_nam.workspace.as_of, tmp_path_factory.mktemp("never"))
    write_artifacts(workspace, never=NEVER)
    panel, tallies = (read_table(workspace.processed / f"{name}.parquet") for name in ("panel", "tallies"))
    history = forecast.history_of(facts, panel, tallies, workspace.as_of)
    goal = forecast.goal_for(facts, workspace.last_day)
    return workspace, forecast.forecast_campaign(history, goal, draws=100, past=1), history


@pytest.fixture(scope="module")
def made(ahead):
    """A report on them."""
    workspace, outlook, history = ahead
    for name in ("completion", "forecasts", "fan"):
        write_table(getattr(outlook, name), workspace.processed / f"{name}.csv")
    write_table(forecast.last_week(history, draws=50), workspace.processed / "last_week.csv")
    write_report(workspace)
    return Made(workspace, workspace.report)


def test_no_table_expects_ranks_or_proposes_anything_of_it(made):
    evidence = read_evidence(made.workspace)
    row = area_frame(evidence).loc[NEVER]
    said_of_it = ["expected", "probability", "median", "lack", "pace", "rank", "pace_ratio", "share"]
    assert row[said_of_it].isna().all()
    name, numbers = area_names(evidence)[NEVER], summarise(evidence)
    tables = make_tables(evidence, numbers)
    assert name not in map(str, tables["risk"].column("area"))
    document = compose(evidence, numbers, tables, "en")
    (line,) = [one for one in document.proposals if name in one]
    assert line.endswith(": send the figures that are due.")
    known = evidence.standing.leaves["known_until"] >= pd.Timestamp(evidence.standing.common_day)
    assert area_frame(evidence)["ranked"].max() == known.sum() == 16  # one more is late


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_cards_say_how_many_areas_they_are_of_and_a_line_names_it(made, language):
    evidence = read_evidence(made.workspace)
    numbers = summarise(evidence)
    document = compose(evidence, numbers, make_tables(evidence, numbers), language)
    for answer in document.answers[:2]:
        assert re.search(r"\b17\b.*\b18\b", answer.of_what)
    assert any(area_names(evidence)[NEVER] in line and "17" in line for line in document.points)


@pytest.mark.parametrize(("codes", "known", "aimed"), [(["502"], "16", "17"), ([NEVER], None, None)])
def test_beside_a_share_of_the_target_only_areas_that_have_one_are_counted(made, codes, known, aimed):
    evidence = read_evidence(made.workspace)
    frame = evidence.standing.areas
    frame = frame.assign(target=frame["target"].mask(frame["location"].isin(codes)))
    evidence = replace(evidence, standing=Standing(frame))
    numbers = summarise(evidence)
    document = compose(evidence, numbers, make_tables(evidence, numbers), "en")
    said = re.findall(r"figures of (\d+) of (\d+) areas", document.answers[0].of_what)
    assert said == ([(known, aimed)] if known else [])


def test_its_page_its_row_and_the_summary_say_that_nothing_is_known(made):
    page = (made.folder / "areas" / f"{NEVER}.en.html").read_text(encoding="utf-8")
    words = " ".join(Cells(page).words)
    assert "No figures yet" in words
    assert not re.search("Expected|Rank|Needed a day|bring", words)
    assert made.summary["numbers"]["counted_areas"]["value"] == 17
    compared, differ = differences(made.folder)
    assert compared > 30
    assert differ == []


def test_the_total_is_of_the_others_and_its_target_of_all(made):
    completion = read_table(made.workspace.processed / "completion.csv").set_index("location")
    standing = read_table(made.workspace.processed / "standing.parquet").set_index("location")
    assert completion.loc["total", "target"] == standing.loc["total", "target"]
    assert completion.loc["total", "count"] == standing["count"].drop(["total", NEVER]).sum()


def test_at_the_screen_no_push_is_tried_in_it(ahead, made):
    desk = explore.Desk(read_evidence(made.workspace), ahead[1], EFFECT)
    offered = dict(controls.push_controls(desk).children[0].children[0].options).values()
    assert set(offered) == {one.code for one in made.workspace.campaign.areas} - {NEVER}
    name = area_names(desk.evidence)[NEVER]
    for ask in (explore.what_if, explore.draw_what_if):
        with pytest.raises(InputError, match=rf"nothing is forecast \({name}: it was never counted\)"):
            ask(desk, ["502", NEVER], [made.workspace.last_day])


def test_the_share_of_people_is_of_the_areas_that_were_counted(made):
    standing = read_table(made.workspace.processed / "standing.parquet").set_index("location")
    leaves, total = standing[standing["level"] == "area"], standing.loc["total"]
    counted = leaves["eligible"].drop(NEVER).sum()
    assert total["share_of_eligible"] == pytest.approx(total["count"] / counted)
    assert made.summary["numbers"]["share_of_eligible"]["denominator"] == counted


def test_the_page_of_a_sum_says_of_how_many_areas_it_is_and_promises_no_gain_of_the_others(quang_nam):
    evidence = read_evidence(quang_nam.workspace)
    partly = replace(evidence, standing=Standing(evidence.standing.areas.assign(areas=2)))
    whole, part = (" ".join(say_place(Atlas(one).places["502"], "en").lines) for one in (evidence, partly))
    assert "mobilising as before" in whole
    assert "mobilising as before" not in part
    assert "figures of 1 of 2 areas" in part
