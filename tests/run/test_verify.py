"""A published report is made again and compared; what was touched since is named with its likely cause."""

import json
import shutil

import pytest

from analysis.errors import InputError
from analysis.run.plan import Plan
from analysis.run.publish import seal
from analysis.run.verify import published_reports, verify
from tests.run.house import CAMPAIGN, CELLS, STEPS, write_notebook


@pytest.fixture
def check(kernel):
    return lambda report: verify(report, Plan(steps=STEPS, kernel=kernel, progress=False))


def where(found) -> str:
    return "\n".join(f"{one.where}: {one.published} -> {one.now}" for one in found.differences)


def test_what_nobody_touched_is_identical(house, published, check):
    report = published.path
    before = sorted(house.rglob("*"))
    found = check(report)
    assert found.identical, where(found)
    assert found.compared >= 5
    assert sorted(house.rglob("*")) == before
    shutil.copytree(report, report.with_name(f".{report.name}.new"))  # what a run that died was copying
    assert published_reports(house / "reports") == [report]


def test_a_number_changed_by_hand_is_found_and_blamed_on_the_hand(published, check):
    report = published.path
    path = report / "summary.json"
    path.write_text(path.read_text(encoding="utf-8").replace("6 files", "7 files"), encoding="utf-8")
    found = check(report)
    assert "summary.json: changed since it was published" in where(found)
    assert "summary.json headline.en[0]: 7 files -> 6 files" in where(found)
    assert "files were changed after it was published" in found.causes[0]


def test_a_file_edited_and_sealed_anew_is_found(published, check):
    report = published.path
    (report / "report.vi.html").write_text("<p>7</p>", encoding="utf-8")
    seal(report)
    found = check(report)
    assert [one.where for one in found.differences] == ["artifact report.vi.html"]


def test_a_picture_of_a_published_notebook_changed_by_hand_is_found(house, publish, check):
    picture = "from IPython.display import Image, display\ndisplay(Image(b'one pixel', format='png'))"
    write_notebook(house / "notebooks" / "03_right.ipynb", [*CELLS["03_right"], picture])
    report = publish().path
    path = report / "notebooks" / "03_right.ipynb"
    text = path.read_text(encoding="utf-8")
    assert "b25lIHBpeGVs" in text  # the same in base 64
    path.write_text(text.replace("b25lIHBpeGVs", "dHdvIHBpeGVs"), encoding="utf-8")
    seal(report)
    found = check(report)
    assert [one.where for one in found.differences] == ["03_right cell 6"]


def test_an_output_of_a_published_notebook_changed_by_hand_is_found(published, check):
    report = published.path
    path = report / "notebooks" / "04_page.ipynb"
    path.write_text(path.read_text(encoding="utf-8").replace('"6 files', '"8 files'), encoding="utf-8")
    assert "04_page cell 6: 8 files\n -> 6 files" in where(check(report))


def test_touched_raw_data_are_named(house, published, check):
    report = published.path
    tally = sorted((house / "data" / "raw" / CAMPAIGN / "tallies").iterdir())[0]
    tally.write_bytes(tally.read_bytes() + b"\n")
    found = check(report)
    assert f"input tallies/{tally.name}" in where(found)
    assert found.causes[0] == f"raw data touched: tallies/{tally.name}"


def test_changed_code_shows_in_the_numbers_cell_by_cell(house, published, check):
    report = published.path
    write_notebook(
        house / "notebooks" / "03_right.ipynb", [cell.replace("0.25", "0.26") for cell in CELLS["03_right"]]
    )
    found = check(report)
    assert "artifact right.csv" in where(found)
    assert "right.csv row 1, share: 0.25 -> 0.26" in where(found)
    assert found.causes


@pytest.mark.parametrize("text", [None, "", "[]", "{}", '{"campaign": "x"}'])
def test_what_is_no_report_is_refused(house, text):
    if text is not None:
        (house / "provenance.json").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match="no provenance of a published report"):
        verify(house)


def test_a_report_that_names_a_path_for_its_campaign_is_refused(published, check):
    report = published.path
    path = report / "provenance.json"
    recorded = json.loads(path.read_text(encoding="utf-8")) | {"campaign": "../../etc"}
    path.write_text(json.dumps(recorded), encoding="utf-8")
    with pytest.raises(InputError, match="no provenance of a published report"):
        check(report)
