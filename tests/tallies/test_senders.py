# ruff: noqa: E501 - a file of a case reads best with one line a line
"""Files of offices of one province, of its neighbours and of other countries, each with its right answer."""

import shutil
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from analysis.cli import app
from analysis.tallies import Register
from analysis.tallies.store import receipts
from tests.tallies.biff import xls
from tests.tallies.making import checked, taken, text, xlsx

SUM, DAY = "activated_cumulative", "activated_on_day"
HEAD = ["STT", "Đơn vị", "Ngày", "Trong ngày", "Lũy kế"]


@pytest.fixture(scope="session")
def province(project: Path) -> Register:
    return Register.load(project / "data" / "raw" / "quang_nam_2023")


@pytest.fixture
def own_copy(project: Path, tmp_path: Path) -> Path:
    """A copy of the campaign that may be changed."""
    copy = tmp_path / "quang_nam_2023"
    shutil.copytree(project / "data" / "raw" / "quang_nam_2023", copy)
    return copy


def held(answer: dict[str, Any]) -> set[str]:
    return {one["reason"] for one in answer["held"]}


# ---- A day of before the drive ----

LONG_BEFORE = ["10/09/2022", "10.9.2021", "10-09-22", "2022-09-10", "10 tháng 9 năm 2022", "10/01/2023"]


@pytest.mark.parametrize("day", LONG_BEFORE)
def test_a_day_of_long_before_the_drive_is_held_wherever_it_stands(day: str, province: Register) -> None:
    rows = [["STT", "Đơn vị", "Ngày", "Lũy kế"], [1, "Hội An", day, "21.200"]]
    title = [[f"KẾT QUẢ KÍCH HOẠT TÍNH ĐẾN NGÀY {day}"], ["STT", "Đơn vị", "Lũy kế"], [1, "Hội An", 21200]]
    across = [["LŨY KẾ KÍCH HOẠT THEO NGÀY"], ["Đơn vị", day, "09/09/2022"], ["Hội An", "21.200", "21.100"]]
    for data in (text(rows).encode(), text(title).encode(), text(across).encode()):
        answer = checked(data, province)
        assert not answer["records"]
        assert held(answer) & {"date_too_old", "date_missing"}, day


@pytest.mark.parametrize("year", [2021, 2022])
def test_a_real_date_of_another_year_is_held(year: int, province: Register) -> None:
    for day, made in ((datetime(year, 9, 10), xlsx), (date(year, 9, 10), xls)):
        answer = checked(made([["Đơn vị", "Ngày", "Lũy kế"], ["Hội An", day, 21200]]), province, name="a")
        assert (answer["records"], held(answer)) == ([], {"date_too_old"})


@pytest.mark.parametrize("day", ["01/06/2023", "10/05/2023", "07/06/2023", "10/09/2023"])
def test_what_a_drive_began_from_and_what_comes_late_is_taken(day: str, province: Register) -> None:
    rows = [["STT", "Đơn vị", "Ngày", "Lũy kế"], [1, "Hội An", day, "21.200"]]
    answer = checked(text(rows).encode(), province, as_of=datetime(2024, 9, 1, 8, tzinfo=province.zone))
    assert [one["value"] for one in answer["records"]] == [21200]


@pytest.mark.parametrize(("day", "right"), [("10/09/2022", 0), ("10/01/2023", 1), ("10/09/2023", 1)])
def test_where_the_first_day_is_not_said_only_a_year_late_is_too_old(
    day: str, right: int, own_copy: Path
) -> None:
    facts = own_copy / "campaign.toml"
    facts.write_text(
        facts.read_text(encoding="utf-8").replace("first_day = 2023-06-07\n", ""), encoding="utf-8"
    )
    rows = [["STT", "Đơn vị", "Ngày", "Lũy kế"], [1, "Hội An", day, "21.200"]]
    answer = checked(text(rows).encode(), Register.load(own_copy))
    assert len(answer["records"]) == right
    assert held(answer) == (set() if right else {"date_too_old"})


def test_a_file_whose_only_day_has_a_mistyped_year_is_refused_in_one_line(own_copy: Path) -> None:
    sent = own_copy.parent / "bc.csv"
    sent.write_text("Đơn vị;Ngày;Lũy kế\nHội An;10/09/2022;21.200\n", encoding="utf-8")
    there = len(receipts(own_copy))
    done = CliRunner().invoke(
        app, ["receive", str(sent), "--campaign", str(own_copy), "--received-at", "2023-09-18"]
    )
    assert done.exit_code == 20
    assert "The date “10/09/2022” lies long before the drive" in done.output
    assert len(receipts(own_copy)) == there


def test_a_heading_that_counts_since_before_the_drive_is_a_sum(province: Register) -> None:
    rows = [["Đơn vị", "Lũy kế từ ngày 01/01/2022 đến ngày 10/09/2023"], ["Hội An", "21.200"]]
    assert taken(checked(text(rows).encode(), province)) == {("503", "2023-09-10", SUM): 21200}


# ---- A title of another province ----

ELSEWHERE = [
    "CÔNG AN TỈNH BÌNH ĐỊNH", "KẾT QUẢ KÍCH HOẠT VNEID TỈNH NGHỆ AN", "Báo cáo kích hoạt của thành phố Đà Nẵng",
    "UBND TP. HỒ CHÍ MINH", "Tinh Thua Thien - Hue", "Province of Quảng Trị: accounts activated", "Bình Định", "Quảng Ngãi Province",
]  # fmt: skip
HERE = [
    "CÔNG AN TỈNH QUẢNG NAM", "CÔNG AN HUYỆN THĂNG BÌNH", "UBND THÀNH PHỐ HỘI AN", "Học tập tỉnh Bình Định, công an tỉnh Quảng Nam",
    "Quảng Nam, ngày 11 tháng 9 năm 2023 (theo cách làm của tỉnh Bình Định)", "Hòa bình và phát triển: kích hoạt tài khoản",
]  # fmt: skip


@pytest.mark.parametrize("title", ELSEWHERE)
def test_a_table_of_another_province_is_held(title: str, province: Register) -> None:
    rows = [[title], ["KẾT QUẢ KÍCH HOẠT ĐẾN NGÀY 10/09/2023"], ["Đơn vị", "Lũy kế"], ["Núi Thành", "31.000"]]
    answer = checked(text(rows).encode(), province)
    assert (answer["records"], held(answer)) == ([], {"other_place"})
    assert title in next(one["message_vi"] for one in answer["findings"] if one["code"] == "other_place")


def test_a_sheet_or_a_sender_may_say_that_it_is_another_provinces(province: Register) -> None:
    rows = [["KẾT QUẢ KÍCH HOẠT ĐẾN NGÀY 10/09/2023"], ["Đơn vị", "Lũy kế"], ["Núi Thành", 31000]]
    assert held(checked(xlsx(rows, name="Bình Định"), province)) == {"other_place"}
    assert held(checked(xlsx(rows), province, sender="Công an tỉnh Phú Yên")) == {"other_place"}
    assert not held(checked(xlsx(rows), province, sender="Công an tỉnh Quảng Nam"))


@pytest.mark.parametrize("title", HERE)
def test_a_title_of_the_own_province_or_of_none_is_no_strangers(title: str, province: Register) -> None:
    rows = [[title], ["KẾT QUẢ KÍCH HOẠT ĐẾN NGÀY 10/09/2023"], ["Đơn vị", "Lũy kế"], ["Núi Thành", "31.000"]]
    assert taken(checked(text(rows).encode(), province)) == {("517", "2023-09-10", SUM): 31000}


def test_a_campaign_that_says_no_province_has_no_stranger(tmp_path: Path) -> None:
    (tmp_path / "areas.csv").write_text("code,name,type\nA,Núi Thành,H\n", encoding="utf-8")
    rows = [["CÔNG AN TỈNH BÌNH ĐỊNH"], ["Đơn vị", "Ngày", "Lũy kế"], ["Núi Thành", "10/09/2023", "31.000"]]
    assert taken(checked(text(rows).encode(), Register.load(tmp_path))) == {("A", "2023-09-10", SUM): 31000}
