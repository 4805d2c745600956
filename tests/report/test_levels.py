"""The first page lists the level below the top, each with its own forecast and its rank."""

import io
import json
from dataclasses import replace

import jsonschema
import openpyxl
import pandas as pd
import pytest
from openpyxl.utils import get_column_letter
from openpyxl.utils.cell import range_boundaries

from analysis.report import compose
from analysis.report.areas import area_choices, area_names, risk_table, top_frame
from analysis.report.edition import Edition
from analysis.report.evidence import read_evidence
from analysis.report.numbers import Numbers
from analysis.report.places.facts import Atlas
from analysis.report.places.page import links
from analysis.report.summary import summarise
from analysis.report.tables import raw_tables, report_table
from analysis.report.words.voice import Voice
from analysis.report.write import make_tables, summary
from analysis.report.xlsx import workbook
from analysis.standing import Standing
from tests.report.conftest import open_workspace, write_artifacts


@pytest.fixture(scope="module")
def evidence(project, tmp_path_factory):
    campaign = project / "data/raw/quang_nam_communes_2023"
    workspace = open_workspace(campaign, "2023-09-18T08:00+07:00", tmp_path_factory.mktemp("communes"))
    write_artifacts(workspace)
    found = read_evidence(workspace)
    parents = found.standing.areas.query("level == 'parent'")
    rows = found.completion.iloc[:18].assign(
        location=parents["location"].to_numpy(), target=parents["target"].to_numpy()
    )
    rows["probability_by_deadline"] = [number / 20 for number in range(18)]
    return replace(found, completion=pd.concat([found.completion, rows], ignore_index=True))


def test_a_parent_shows_its_own_chance_and_day(evidence):
    frame = top_frame(evidence)
    assert len(frame) == 18
    assert sorted(frame["probability"]) == [number / 20 for number in range(18)]
    assert frame["median"].notna().all()


def test_parents_are_ranked_among_parents(evidence):
    frame = top_frame(evidence)
    assert frame["rank"].max() <= 18
    assert frame["rank"].min() == 1
    assert frame["share"].idxmax() == frame["rank"].idxmin()


def test_the_list_of_who_lacks_most_is_of_areas_that_are_counted(evidence):
    assert len(risk_table(evidence).rows) == 241


def test_who_reported_lists_nobody_who_has_nothing_to_report(evidence):
    parents = evidence.standing.areas.query("level == 'parent'")["location"]
    own = evidence.tallies[~evidence.tallies["area_code"].isin(parents)]
    table = report_table(replace(evidence, tallies=own))
    assert len(table.rows) == 241
    assert 0 not in table.column("tallies")


def test_where_areas_are_too_many_pages_and_paper_are_of_those_above_and_list_them(evidence, monkeypatch):
    """A district's page lists its communes with their shares, though they have none of their own."""
    every = Atlas(evidence)
    assert len(every.on_paper) == len(every.places) == 241 + 18
    monkeypatch.setattr("analysis.report.places.facts.DAILY", 240)
    monkeypatch.setattr("analysis.report.places.facts.SHEETS", 100)
    few = Atlas(evidence)
    assert len(few.on_paper) == len(few.places) == 18
    for place in few.places.values():
        assert place.children
        for code in place.children:
            name, share, expected = few.listed(code)
            numbers = every.places[code].numbers
            assert (name, share, expected) == (
                every.places[code].name,
                numbers["share"],
                numbers["at_deadline"],
            )
    monkeypatch.undo()
    monkeypatch.setattr("analysis.report.places.facts.SHEETS", 258)
    cut = Atlas(evidence)
    assert len(cut.places) == 241 + 18
    assert list(cut.on_paper) == list(few.on_paper)


def test_many_late_areas_are_counted_by_the_area_above_them(evidence, project):
    areas = evidence.standing.areas
    areas = areas.assign(data=areas["data"].where(areas["level"] != "area", "late"))
    late = replace(evidence, standing=Standing(areas))
    numbers = summarise(late)
    made = summary(late, numbers, make_tables(late, numbers))
    assert len(made["late"]) == 100
    assert sum(made["late_more"].values()) == 141
    assert set(made["late_more"]) <= set(top_frame(evidence).index)
    jsonschema.validate(made, json.loads((project / "docs/summary-schema.json").read_text(encoding="utf-8")))


def test_a_list_in_the_text_names_sixty_and_counts_the_others():
    voice = Voice("en", Numbers())
    assert voice.few([f"N{number}" for number in range(60)]).endswith(", N59")
    assert voice.few(["A", "B", "C"], 2) == "A, B, C"  # "and 1 more" would take as much room
    assert voice.few([f"N{number}" for number in range(1_766)]).endswith(", N59 and 1,706 more")


def test_namesakes_are_told_apart_by_their_codes(evidence):
    names = area_names(evidence)
    alike = [code for code, name in names.items() if list(names.values()).count(name) > 1]
    assert alike
    targets = links(Atlas(evidence), "vi")
    assert len({targets[code] for code in alike}) == len(alike)
    assert set(area_choices(evidence).values()) == set(
        evidence.workspace.campaign.tree(evidence.workspace.today).leaves
    )


def test_a_page_lists_the_furthest_behind_first_and_says_where_the_pace_is_enough(evidence):
    atlas = Atlas(evidence)
    shares = [
        atlas.places[code].numbers.amount("share") for code in atlas.places[atlas.tree.tops[0]].children
    ]
    assert len(shares) > 1
    assert shares == sorted(shares)
    numbers = next(iter(atlas.places.values())).numbers
    for ratio, ending in ((0.04, "_enough"), (1.0, "_enough"), (1.2, ""), (float("nan"), "")):
        pace = replace(numbers["pace_ratio"], value=ratio)
        assert Numbers({**numbers, "pace_ratio": pace}).enough == ending


def test_paper_has_of_a_wide_or_long_sheet_what_can_be_read_on_it(evidence):
    numbers = summarise(evidence)
    tables, series = make_tables(evidence, numbers), raw_tables(evidence)[0]
    gain = (area_names(evidence)["20506"], 44.39923, -4.98831, 78.53, 0.38849, 0.00417, 1.2)
    found = ("Warning", "late", "t.xlsx", 7.0, "a long finding " * 9)
    some = {
        "gains": replace(tables["gains"], rows=(gain,) * 3),
        "findings": replace(tables["findings"], rows=(found,) * 60),
    }
    document = compose(evidence, numbers, tables, "en")
    edition = Edition(document, Atlas(evidence), numbers, some, (replace(series, rows=series.rows[:9]),))
    book = openpyxl.load_workbook(io.BytesIO(workbook(edition)))
    for name, least in (("Counts by day", 20), ("What the checks saw", 15)):
        sheet = book[name]
        _, _, columns, rows = range_boundaries(sheet.print_area.rpartition("!")[2])
        wide = sum(sheet.column_dimensions[get_column_letter(at)].width for at in range(1, columns + 1))
        assert wide <= 350
        assert sum(sheet.row_dimensions[at].height or 15 for at in range(1, rows + 1)) <= 80 * 15
        assert max(rows, columns) >= least
    decimals = [one.number_format.partition(".")[2] for one in book["Gains by area"][2][1:6]]
    assert decimals == ["0", "00", "0", "000", "00000"]
