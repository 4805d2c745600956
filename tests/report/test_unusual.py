"""Campaigns of one area, without a push, with an area without figures: nothing empty, nothing of nothing."""

import io
import re
import zipfile
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import openpyxl
import pandas as pd
import pytest
from docx import Document as WordDocument

from analysis.errors import InputError
from analysis.report import compose, make_tables, read_evidence, summarise
from analysis.report.brief import _data
from analysis.report.document import Document
from analysis.report.docx import document_of
from analysis.report.edition import Edition
from analysis.report.figures.effect import groups
from analysis.report.html import render_page
from analysis.report.numbers import Numbers
from analysis.report.places.facts import Atlas
from analysis.report.places.page import render_place
from analysis.report.table import Later, Table, columns
from analysis.report.words.phrases import phrase
from analysis.report.words.voice import Voice
from analysis.report.xlsx import workbook
from analysis.run.fingerprint import PACKAGE
from analysis.standing import Standing
from analysis.workspace import Workspace
from tests.report.conftest import LANGUAGES, undrawn, write_artifacts

MORE = pd.DataFrame([{
    "scenario": "all areas, once", "location": "total", "pushes": 15, "probability_without": 0.1,
    "probability_with": 0.2, "date_p50_without": "2023-11-10", "date_p50_with": "2023-11-07",
    "shortfall_without": 120_000.0, "shortfall_with": 110_000.0,
    "extra_median": 10_000.0, "extra_p10": 5_000.0, "extra_p90": 15_000.0,
}])  # fmt: skip
ALONE = {
    "finding": "cannot_be_told", "reasons": [], "windows": [], "compared": [],
    "not_compared": [{"area": "513", "first_day": "2023-09-10", "why": "nobody_to_compare"}],
}  # fmt: skip


def edition_of(made, language, **changed):
    evidence = replace(read_evidence(made), **changed)
    numbers = summarise(evidence)
    tables = make_tables(evidence, numbers)
    return Edition(compose(evidence, numbers, tables, language), Atlas(evidence), numbers, tables)


def workspace_of(made, folder, **changed):
    facts = made.workspace.campaign.model_copy(update={"languages": LANGUAGES, **changed})
    workspace = Workspace(facts, made.workspace.as_of, folder)
    write_artifacts(workspace)
    return workspace


@pytest.fixture(scope="module")
def one(quang_nam, tmp_path_factory):
    """A campaign of one area, which mobilised."""
    campaign = quang_nam.workspace.campaign
    only = {
        "areas": tuple(area for area in campaign.areas if area.code == "513"),
        "mobilisations": tuple(push for push in campaign.mobilisations if push.area == "513"),
        "published": (),
    }
    return workspace_of(quang_nam, tmp_path_factory.mktemp("one"), **only)


@pytest.fixture(scope="module")
def unpushed(quang_nam, tmp_path_factory):
    """A campaign in which nobody mobilised."""
    nobody = {"mobilisations": (), "published": ()}
    return workspace_of(quang_nam, tmp_path_factory.mktemp("unpushed"), **nobody)


def test_one_area_has_no_rank_no_search_and_no_table_on_its_brief(one):
    edition = edition_of(one, "en", effects=read_evidence(one).effects.iloc[:0], verdict=ALONE)
    page, place = render_page(edition.document, ()), render_place(edition, edition.atlas.places["513"])
    assert "data-find=" not in page
    assert ">Rank<" not in page
    assert "Rank" not in place
    data = _data(edition, picture=False)
    assert data["rows"] == []
    assert data["foot"].count(". ") == 1  # no word on the columns of a table that is not there


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (1, "Mobilised: 10\xa0Sep"),
        (4, "Mobilised: 10 to 13\xa0Sep"),
        (None, "Mobilised: since 10\xa0Sep"),
    ],
)
def test_the_page_of_an_area_says_on_which_days_it_mobilised(quang_nam, tmp_path, days, said):
    (push,) = (one for one in quang_nam.workspace.campaign.mobilisations if one.area == "513")
    last = days and push.first_day + timedelta(days=days - 1)
    changed = {"mobilisations": (push.model_copy(update={"last_day": last}),), "published": ()}
    edition = edition_of(workspace_of(quang_nam, tmp_path, **changed), "en")
    assert re.search(f"{said}<", render_place(edition, edition.atlas.places["513"]))


def test_one_area_is_not_all_areas(one):
    edition = edition_of(one, "en", effects=read_evidence(one).effects.iloc[:0], verdict=ALONE)
    said = " ".join(edition.document.points)
    assert "1 of 1 area has sent" in said or "0 of 1 area have sent" in said
    assert "all areas" not in said
    assert "same areas" not in said
    assert "were added." in said


def test_a_target_of_all_together_is_not_said_to_be_reached_by_each(quang_nam, tmp_path):
    areas = tuple(one.model_copy(update={"target": None}) for one in quang_nam.workspace.campaign.areas)
    target = quang_nam.workspace.campaign.targets[0].model_copy(update={"value": 1000})
    reached = workspace_of(quang_nam, tmp_path, areas=areas, targets=(target,), published=())
    edition = edition_of(reached, "en")
    assert edition.document.answers[0].verdict == phrase("met")("en")
    assert not [line for line in edition.document.points if "area that has a target" in line]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_card_without_an_estimate_says_why(one, language):
    edition = edition_of(one, language, effects=read_evidence(one).effects.iloc[:0], verdict=ALONE)
    card = edition.document.answers[-1]
    assert card.key == "worked"
    assert not card.figure
    assert len(card.of_what) > 10
    said = [block.lead for part in edition.document.sections for block in part.blocks
            if part.key == "reviewers" and block.kind == "paragraph"]  # fmt: skip
    assert not any(said)


def test_who_cannot_tell_whether_a_push_helped_is_not_told_what_more_would_bring(quang_nam):
    heading, told = phrase("table_scenarios")("en"), {}
    for finding in ("raised", "cannot_tell"):
        changed = {"scenarios": MORE, "verdict": {"finding": finding, "reasons": []}}
        edition = edition_of(quang_nam.workspace, "en", **changed)
        page = render_page(undrawn(edition.document), ())
        told[finding] = (len(edition.tables["scenarios"].rows), heading in page)
    assert told == {"raised": (1, True), "cannot_tell": (0, False)}


def test_a_figure_names_no_line_that_it_does_not_draw():
    days = pd.date_range("2023-09-01", periods=20)
    rates = pd.DataFrame({"date": days, "mobilised": 2.0, "others": float("nan"), "expected": float("nan")})
    written = [text.get_text() for text in groups(rates, days[10].date(), "en").axes[0].texts]
    assert any("mobilised" in text for text in written)
    assert not any("other" in text or "expected" in text for text in written)


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_said_of_a_push_where_nobody_mobilised(unpushed, language, tmp_path):
    evidence = read_evidence(unpushed)
    none = {"effects": evidence.effects.iloc[:0], "permutation": evidence.permutation.iloc[:0], "verdict": {}}
    edition = edition_of(unpushed, language, **none)
    page = re.sub(r"<(style|script|svg)\b.*?</\1>", " ", render_page(edition.document, ()), flags=re.S)
    words = {"vi": ("huy động", "Khoảng tin cậy"), "en": ("mobilis", "95% interval"), "fr": ("obilis",)}
    said = page.partition('id="method"')[0]  # below it the four steps, which are those of the notebooks
    assert not [one for one in words[language] if one in said]
    assert "term_" not in page
    (tmp_path / "report.docx").write_bytes(document_of(edition))
    document = WordDocument(str(tmp_path / "report.docx"))
    lines = [(one.style.name, one.text) for one in document.paragraphs if one.text.strip()]
    titles = [text for style, text in lines if style == "Heading 1"]
    assert [one.split(".")[0] for one in titles[:3]] == ["I", "II", "III"]
    empty = [text for (style, text), (after, _) in pairwise(lines)
             if style == after == "Heading 1"]  # fmt: skip
    assert [one for one in empty if one in titles[:3]] == []


def test_what_was_held_in_a_sheet_is_told_by_the_finding_of_that_sheet(unpushed):
    said = {"North": "north fell", "South": "south fell", None: "a text fell"}
    rows = pd.DataFrame([{"file": "a.xlsx", "sheet": sheet, "row": 3} for sheet in said])
    held = rows.assign(measure=None, reason="not_known", text="7")
    findings = rows.assign(code="not_known", kind="consistency", severity="warning")
    findings = findings.assign(message_en=said.values(), message_vi=said.values())
    evidence = replace(read_evidence(unpushed), held=held, findings=findings)
    assert [one("en") for one in make_tables(evidence, summarise(evidence))["held"].column("reason")] == [
        "north fell", "south fell", "a text fell",
    ]  # fmt: skip


def _remade(folder, name, change):
    """Write the plain form as the campaign's own, with one of its files changed."""
    form = PACKAGE / "report" / "templates" / "plain.docx"
    with zipfile.ZipFile(form) as given, zipfile.ZipFile(folder / "report.docx", "w") as made:
        for one in given.namelist():
            data = given.read(one)
            made.writestr(one, change(data) if one == name else data)


@pytest.mark.parametrize(
    ("name", "change", "said"),
    [
        ("word/document.xml", lambda data: data[:-40], "cannot be filled: "),
        ("word/document.xml", lambda data: data.replace(b"[[text]]", b""), "no paragraph "),
        ("word/styles.xml", lambda data: re.sub(b"(?i)caption", b"other", data), "has no style Caption;"),
    ],
)
def test_a_form_of_the_offices_own_that_cannot_be_filled_is_one_line(unpushed, tmp_path, name, change, said):
    own = replace(unpushed, campaign=unpushed.campaign.model_copy(update={"folder": tmp_path}))
    edition = edition_of(unpushed, "vi", workspace=own)
    _remade(tmp_path, name, lambda data: data)
    assert document_of(edition)
    _remade(tmp_path, name, change)
    with pytest.raises(InputError, match=rf"^{tmp_path}/report\.docx: {said}"):
        document_of(edition)


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_area_of_which_nothing_came_has_its_target_and_no_number_in_large_type(quang_nam, language):
    evidence = read_evidence(quang_nam.workspace)
    rows = evidence.standing.areas.copy()
    gone = rows["location"] == "513"
    empty = [
        "count",
        "share",
        "missing",
        "pace",
        "pace_needed",
        "pace_ratio",
        "increase",
        "day",
        "known_until",
    ]
    for column in set(empty) & set(rows.columns):
        rows[column] = rows[column].mask(gone)
    tallies = evidence.tallies[evidence.tallies["area_code"] != "513"]
    changed = {"standing": replace(evidence.standing, areas=rows), "tallies": tallies}
    edition = edition_of(quang_nam.workspace, language, **changed)
    page = render_place(edition, edition.atlas.places["513"])
    facts = re.findall(r"<li>(.*?)</li>", page)
    assert 'class="share"' not in page
    target = edition.atlas.places["513"].numbers["target"].text(language)
    assert any(target in one for one in facts)
    assert not re.search(r"\b0\b", facts[-1])  # not "0 files received"


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_heading_of_the_workbook_is_cut(quang_nam, language):
    book = openpyxl.load_workbook(quang_nam.folder / f"tables.{language}.xlsx")
    for sheet in book.worksheets[1:]:
        for cell in sheet[1]:
            room = sheet.column_dimensions[cell.column_letter].width - 2
            lines = -(-len(str(cell.value or "")) // max(room, 1))
            assert sheet.row_dimensions[1].height >= 15 * lines, (sheet.title, cell.value)


def test_a_day_stands_in_one_column_of_the_workbook_known_or_later_than(tmp_path):
    first, last = date(2023, 10, 1), date(2023, 11, 29)
    rows = (("A", first, Later(last), last), ("B", Later(last), last, Later(last)))
    text = phrase("table_risk")
    table = Table("risk", text, text, "x", columns("area early:day median:day late:day"), rows)
    document = Document("en", "x", "", "", "", "", (), "", (), (), ())
    made = workbook(Edition(document, None, Numbers(), {"risk": table}))
    sheet = openpyxl.load_workbook(io.BytesIO(made)).worksheets[-1]
    found = [[cell and getattr(cell, "date", lambda cell=cell: cell)() for cell in row]
             for row in sheet.iter_rows(values_only=True)]  # fmt: skip
    assert found[0][2] == found[0][4] == found[0][6] == "Later than"
    assert found[1:] == [
        ["A", first, None, None, last, last, None],
        ["B", None, last, last, None, None, last],
    ]
    assert sheet.max_column == 7


def test_both_groups_are_shown_around_the_push_that_is_compared(quang_nam, tmp_path):
    """A push before anything was counted is in no comparison: no number and no picture is of its day."""
    campaign = quang_nam.workspace.campaign
    area = next(
        one.code for one in campaign.areas if one.code not in {it.area for it in campaign.mobilisations}
    )
    early = campaign.mobilisations[0].model_copy(
        update={
            "area": area,
            "first_day": campaign.first_day - timedelta(days=30),
            "last_day": campaign.first_day,
        }
    )
    workspace = workspace_of(quang_nam, tmp_path, mobilisations=(early, *campaign.mobilisations))
    edition = edition_of(workspace, "en")
    real = min(one.first_day for one in campaign.mobilisations)
    assert edition.numbers["first_push"].value == real
    picture = next(one for one in edition.document.pictures if one.name == "groups")
    assert str(real.day) in picture.alt
    assert picture.data["date"].max() >= pd.Timestamp(real)


@pytest.mark.parametrize("language", LANGUAGES)
def test_of_a_push_that_no_figures_follow_it_is_said_that_it_cannot_be_judged_yet(
    quang_nam, tmp_path, language
):
    """The question stood above who mobilised, with no answer and no reason."""
    last = quang_nam.workspace.last_day
    pushes = tuple(
        one.model_copy(update={"first_day": last, "last_day": last})
        for one in quang_nam.workspace.campaign.mobilisations
    )
    workspace = workspace_of(quang_nam, tmp_path, mobilisations=pushes)
    older = Standing(
        read_evidence(workspace).standing.areas.assign(known_until=pd.Timestamp(last) - pd.Timedelta(days=1))
    )
    judged, open_yet = (
        " ".join(block.text for block in section.blocks if block.kind == "paragraph")
        for given in ({}, {"standing": older, "verdict": {**ALONE, "not_compared": []}})
        for section in edition_of(workspace, language, **given).document.sections
        if section.key == "worked"
    )
    reason = phrase("pushed_not_yet")(language).rpartition("}")[2]
    assert reason in open_yet
    assert reason not in judged


@pytest.mark.parametrize("language", LANGUAGES)
def test_once_the_deadline_has_passed_no_picture_speaks_of_the_chance_of_meeting_it(quang_nam, language):
    """The title of the chances by day had a dash for the one that there is no more."""
    evidence = read_evidence(quang_nam.workspace)
    over = Standing(evidence.standing.areas.assign(phase="after_deadline"))
    completion = evidence.completion.assign(probability_by_deadline=float("nan"))
    made = edition_of(quang_nam.workspace, language, standing=over, completion=completion)
    picture = next(one for one in made.document.pictures if one.name == "completion")
    expected = made.numbers["completion"].text(language)
    assert " ".join(expected.split()) in " ".join(picture.svg.split())
    assert not re.search(r"–\s*<", picture.svg)
    assert not picture.alt.startswith(phrase("dates_alt")(language).partition("{")[0])


def test_an_area_that_had_two_pushes_is_named_once(quang_nam, tmp_path):
    workspace = workspace_of(quang_nam, tmp_path)
    twice = [
        {"area": "513", "first_day": day, "why": "mobilised_before"} for day in ("2023-09-14", "2023-09-17")
    ]
    edition = edition_of(workspace, "en", verdict={**read_evidence(workspace).verdict, "not_compared": twice})
    blocks = (block for section in edition.document.sections for block in section.blocks)
    (line,) = (
        block.text for block in blocks if block.kind == "paragraph" and "Mobilised again" in block.text
    )
    assert line.count("Thăng Bình") == 1


def test_an_area_without_a_target_stands_behind_those_that_have_one(quang_nam, tmp_path):
    """It stood before them all, as if it were furthest behind."""
    areas = quang_nam.workspace.campaign.areas
    free = areas[3].model_copy(update={"target": None})
    targets = tuple(one.model_copy(update={"value": 700_000}) for one in quang_nam.workspace.campaign.targets)
    campaign = {"areas": (*areas[:3], free, *areas[4:]), "targets": targets, "published": ()}
    shown = edition_of(workspace_of(quang_nam, tmp_path, **campaign), "en").tables["areas"]
    assert shown.column("area")[-2] == free.name  # the last row is of all areas


def untargeted(quang_nam, folder, value):
    """A campaign whose areas have no target of their own, only all of them together."""
    areas = tuple(one.model_copy(update={"target": None}) for one in quang_nam.workspace.campaign.areas)
    target = quang_nam.workspace.campaign.targets[0].model_copy(update={"value": value})
    return workspace_of(quang_nam, folder, areas=areas, targets=(target,), published=())


@pytest.mark.parametrize("language", LANGUAGES)
def test_areas_without_a_target_of_their_own_show_their_counts(quang_nam, tmp_path, language):
    """Nothing but dashes stood in the columns of share and pace needed, and no count anywhere."""
    edition = edition_of(untargeted(quang_nam, tmp_path, 900_000), language)
    table = edition.tables["areas"]
    counts = table.column("count")
    assert counts[:-1] == sorted(counts[:-1], reverse=True)
    assert table.note(language).startswith(phrase("table_areas_open_note")(language)[:20])
    brief = _data(edition, picture=False)
    assert all(row["cells"][0] != "–" for row in brief["rows"])
    page = render_page(edition.document, ())
    assert phrase("head_count")(language) in page


def test_the_brief_of_a_drive_that_is_over_says_what_is_missing_and_nothing_of_what_is_ahead(
    quang_nam, tmp_path
):
    campaign = quang_nam.workspace.campaign
    past = campaign.targets[0].model_copy(
        update={"deadline": quang_nam.workspace.last_day - timedelta(days=9)}
    )
    edition = edition_of(workspace_of(quang_nam, tmp_path, targets=(past,), published=()), "en")
    brief = _data(edition, picture=False)
    assert phrase("head_missing")("en") in brief["headings"]
    assert phrase("brief_ratio")("en") not in brief["headings"]
    known = [row for row in brief["rows"] if "(" not in row["name"]]
    assert all(any(row["cells"][at] != "–" for row in known) for at in range(len(brief["headings"]) - 1))
    assert "present pace" not in brief["foot"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_where_nothing_is_compared_no_kind_of_comparison_is_spoken_of(one, language):
    edition = edition_of(one, language, effects=read_evidence(one).effects.iloc[:0], verdict=ALONE)
    blocks = [block for part in edition.document.sections if part.key == "worked" for block in part.blocks]
    assert blocks
    assert not [block for block in blocks if block.kind == "caution"]


def test_a_name_written_from_right_to_left_keeps_its_own_number_beside_it():
    """Between two such names a comma and a number are read leftwards: each would stand at the other name."""
    names = ["بني سويف (+2)", "السويس (+1)"]
    said = Voice("en", Numbers.of()).say("ranks_line", gained=", ".join(names), lost="Hà Lam (−3)")
    mark = "\N{LEFT-TO-RIGHT MARK}"
    assert f"بني سويف{mark} (+2), السويس{mark} (+1)" in said
    assert said.count(mark) == 2
    assert Voice("en", Numbers.of()).say("pushed_lead") == phrase("pushed_lead")("en")
