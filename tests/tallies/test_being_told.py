# ruff: noqa: E501 - a case reads best on one line
"""The front door of being told: how a file was understood, a layout proposed, deliveries of folders and zips."""

import csv
import zipfile
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from analysis.cli import app
from analysis.tallies.store import receipts
from tests.tallies.making import one_row, text, xlsx


def run(*words: object) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


AS_OF = ("--as-of", "2023-09-18")


def test_a_file_is_explained_column_by_column(campaign_folder: Path, tmp_path: Path) -> None:
    sent, page = tmp_path / "a.xlsx", tmp_path / "a.html"
    rows = [
        ["KẾT QUẢ KÍCH HOẠT"],
        ["STT", "Ngày", "Đơn vị", "Trong ngày", "Lũy kế", "Số xe"],
        [1, "09/09/2023", "Hội An", "2l0", 21292, 3],
        [2, "09/09/2023", "<b>Nơi nào", 1, 2, 3],
    ]
    sent.write_bytes(xlsx(rows))
    done = run("check", sent, "--campaign", campaign_folder, *AS_OF, "--explain", "--html", page)
    assert done.exit_code == 10
    for said in (
        "sheet “Báo cáo”: read as teams type it",
        "counts activated_cumulative",
        "heading  row 2",
        "C   Đơn vị",
        "the area",
        "D   Trong ngày",
        "activated_on_day",
        "D 2l0",
        "held: not_a_number",
        "taken: 503 2023-09-09 21292",
        "held: area_unknown",
    ):
        assert said in done.output, said
    html = page.read_text(encoding="utf-8")
    assert "<caption>Columns</caption>" in html
    assert "&lt;b&gt;Nơi nào" in html


def test_a_refusal_says_what_was_found_and_what_would_mend_it(campaign_folder: Path, tmp_path: Path) -> None:
    sent = tmp_path / "a.csv"
    sent.write_text("date,region,people_vaccinated\n2023-09-09,Hội An,5\n", encoding="utf-8")
    done = run("check", sent, "--campaign", campaign_folder, *AS_OF)
    assert done.exit_code == 20
    for said in (
        "day = “date”",
        "area = “region”",
        "count = nothing",
        "not known: “people_vaccinated”",
        '[[layouts.measures]] column = "people_vaccinated"',
    ):
        assert said in done.output, said


FILES = {
    "a column of nobody knows what": (
        "a.csv",
        "date,region,people_vaccinated\n2023-09-09,Hội An,5\n2023-09-10,Hội An,9\n",
        2,
    ),
    "areas as columns": ("b.csv", "day;Hội An;Quế Sơn;Tam Kỳ\n9/9/2023;12;13;14\n", 3),
    "a decimal dot, the month first": (
        "c.csv",
        "when,place,n\n9/13/2023,Hội An,12.0\n9/14/2023,Hội An,1300.0\n",
        2,
    ),
    "the area in the name": ("so-lieu_Hội An.csv", "Thời khắc,n\n09/09/2023,12\n10/09/2023,13\n", 2),
    "the day in the name": ("x_2023-09-10.csv", "nơi,n\nHội An,12\nTổng,12\n", 1),
}


@pytest.mark.parametrize("case", FILES)
def test_a_layout_is_proposed_and_tried(case: str, campaign_folder: Path, tmp_path: Path) -> None:
    name, body, numbers = FILES[case]
    sent = tmp_path / name
    sent.write_text(body, encoding="utf-8")
    assert run("check", sent, "--campaign", campaign_folder, *AS_OF).exit_code == 20
    done = run("layout", sent, "--campaign", campaign_folder, *AS_OF)
    assert "[[layouts]]" in done.output
    assert "# ?" in done.output
    assert f": {numbers} numbers" in done.output, done.output
    assert done.exit_code in (0, 10)


def test_what_can_be_read_needs_no_layout(campaign_folder: Path, tmp_path: Path) -> None:
    sent = tmp_path / "a.csv"
    sent.write_bytes(one_row("24.333"))
    done = run("layout", sent, "--campaign", campaign_folder, *AS_OF)
    assert (done.exit_code, "it can be read as it is" in done.output) == (0, True)


def test_findings_are_grouped_and_the_full_list_is_a_file(campaign_folder: Path, tmp_path: Path) -> None:
    sent, full = tmp_path / "a.csv", tmp_path / "findings.csv"
    rows = [
        ["Ngày", "Đơn vị", "Lũy kế"],
        *([f"9/{day}/2023", "Hội An", 20000 + day] for day in range(13, 18)),
    ]
    rows.append(["10/09/2023", "Hội An", 20000])
    sent.write_text(text(rows), encoding="utf-8")
    done = run("check", sent, "--campaign", campaign_folder, *AS_OF, "--findings", full)
    assert "warning ×5: a.csv, row 2" in done.output
    assert done.output.count("month first") == 1
    with full.open(encoding="utf-8", newline="") as stream:
        assert [one["code"] for one in csv.DictReader(stream)] == ["month_first"] * 5


def delivery(path: Path) -> Path:
    folder = path / "sent"
    (folder / "deep").mkdir(parents=True)
    (folder / "one.csv").write_bytes(one_row("24.333"))
    (folder / "deep" / "two.csv").write_bytes(one_row("24.400", day="11/09/2023"))
    (folder / ".hidden.csv").write_bytes(b"no")
    return folder


@pytest.mark.parametrize("packed", [False, True])
def test_folders_and_zips_are_received_and_dated(packed: bool, campaign_folder: Path, tmp_path: Path) -> None:
    sent = delivery(tmp_path)
    if packed:
        with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
            for one in sorted(sent.rglob("*.csv")):
                archive.write(one, one.relative_to(sent))
            archive.writestr("../../three.csv", one_row("24.500", day="12/09/2023"))  # leads out: stored here
            archive.writestr("__MACOSX/four.csv", b"no")
        sent = tmp_path / "all.zip"
    done = run("receive", sent, "--campaign", campaign_folder, "--by-content", "--sender", "CA")
    assert done.exit_code == 0, done.output
    assert [(one.name, f"{one.received_at:%Y-%m-%d}") for one in receipts(campaign_folder)] == [
        ("one.csv", "2023-09-10"),
        ("two.csv", "2023-09-11"),
        *([("three.csv", "2023-09-12")] if packed else []),
    ]


def test_an_index_dates_and_names(campaign_folder: Path, tmp_path: Path) -> None:
    sent, index = delivery(tmp_path), tmp_path / "index.csv"
    index.write_text(
        "name,received_at,sender\none.csv,2023-09-12T08:00,A\ntwo.csv,2023-09-11T08:00,B\n", encoding="utf-8"
    )
    assert run("receive", sent, "--campaign", campaign_folder, "--index", index).exit_code == 0
    assert [(one.name, one.sender) for one in receipts(campaign_folder)] == [
        ("two.csv", "B"),
        ("one.csv", "A"),
    ]
    (sent / "index.csv").write_bytes(index.read_bytes())  # it may lie among the files that it dates
    assert run("receive", sent, "--campaign", campaign_folder, "--index", sent / "index.csv").exit_code == 0
    assert len(receipts(campaign_folder)) == 2
    (sent / "index.csv").unlink()
    index.write_text("name,received_at\none.csv,2023-09-12\n", encoding="utf-8")
    done = run("receive", sent, "--campaign", campaign_folder, "--index", index)
    assert (done.exit_code, "'two.csv' is not in it" in str(done.exception)) == (1, True)
