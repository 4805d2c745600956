# ruff: noqa: E501 - a file of a case reads best with one line a line
"""Files of offices of one province, of its neighbours and of other countries, each with its right answer."""

import shutil
from datetime import UTC, date, datetime
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


# ---- Offices of other countries ----


def drive(folder: Path, areas: str, **facts: str) -> Register:
    """Write a campaign of another office."""
    folder.mkdir(exist_ok=True)
    (folder / "areas.csv").write_text(areas, encoding="utf-8")
    said = {
        "languages": '["en"]',
        "vocabulary": '"registration"',
        "first_day": "2024-02-01",
        "last_day": "2024-06-30",
    }
    lines = [f"{key} = {value}" for key, value in (said | facts).items() if key != "more"]
    lines += ['[name]\nen = "A drive"', "[[targets]]\ndeadline = 2024-06-30\nvalue = 90000\nsource = 'x'"]
    (folder / "campaign.toml").write_text("\n".join([*lines, facts.get("more", "")]), encoding="utf-8")
    return Register.load(folder)


LATER = datetime(2024, 5, 15, 8, tzinfo=UTC)
SITES = "code,name,type\nS01,Riverside Clinic,site\nS02,St Mary's,site\nS03,Old Town Hall,site\n"
AIMAGS = "code,name,type\nMN-073,Arkhangai,aimag\nMN-071,Bayan-Ölgii,aimag\nMN-041,Khövsgöl,aimag\n"
COMMUNES = "code,name,type,parent\n5402,Bex,commune,VD\n5724,Nyon,commune,VD\n5890,Vevey,commune,VD\n"
WEEK = '[rhythm]\ncounts = "week"\nsent = "week"\non = "sunday"'


@pytest.mark.parametrize("heading", ["Site", "Site name", "Venue", "Vaccination site", "Wo", "", "Site ID"])
def test_a_column_of_areas_is_known_by_them_whatever_it_is_called(heading: str, tmp_path: Path) -> None:
    names = ("S01", "S02") if heading == "Site ID" else ("Riverside Clinic", "St Mary's")
    rows = [[heading, "Date", "Today", "Cumulative"], *([name, "20/02/2024", 30, 900] for name in names)]
    answer = checked(text(rows).encode(), drive(tmp_path / "sites", SITES), as_of=LATER)
    assert {key[::2]: value for key, value in taken(answer).items()} == {
        (code, f"registered_{kind}"): value for code in ("S01", "S02") for kind, value in (("on_day", 30), ("cumulative", 900))
    }  # fmt: skip


@pytest.mark.parametrize(
    "rows",
    [
        [["Venue", "Clerk", "Date", "Cumulative"], ["Nowhere", "x", "20/02/2024", 900]],
        [["Venue", "Referred to", "Date", "Cumulative"], ["St Mary's", "Old Town Hall", "20/02/2024", 900]],
    ],
    ids=["names nobody knows", "two columns of areas"],
)
def test_a_column_that_may_be_no_areas_is_not_taken_for_theirs(
    rows: list[list[object]], tmp_path: Path
) -> None:
    answer = checked(text(rows).encode(), drive(tmp_path / "sites", SITES), as_of=LATER)
    assert (answer["records"], answer["verdict"]) == ([], "reject")


@pytest.mark.parametrize("name", ["{} aimag", "Aimag of {}", "{}", "AIMAG {}"])
@pytest.mark.parametrize("heading", ["Aimag", "Name of aimag", "Aimag / city"])
def test_a_type_that_only_the_list_of_areas_has_stands_around_names(
    name: str, heading: str, tmp_path: Path
) -> None:
    rows = [[heading, "As of", "Daily", "Cumulative"], *([name.format(one), "2024-03-20", 4, 90] for one in ("Khövsgöl", "Arkhangai"))]  # fmt: skip
    answer = checked(xlsx(rows), drive(tmp_path / "aimags", AIMAGS), as_of=LATER)
    assert {one["area_code"] for one in answer["records"]} == {"MN-041", "MN-073"}
    assert not answer["held"]


def test_an_area_may_be_told_by_the_code_of_what_it_lies_in(tmp_path: Path) -> None:
    register = drive(tmp_path / "fr", COMMUNES, languages='["fr"]')
    rows = [["Commune", "Date", "Cumul"], ["Bex (VD)", "08/04/2024", 90], ["Nyon (GE)", "08/04/2024", 80]]
    answer = checked(text(rows).encode(), register, as_of=LATER)
    assert [one["area_code"] for one in answer["records"]] == ["5402"]
    assert held(answer) == {"area_unknown"}


@pytest.mark.parametrize(("languages", "right"), [('["en"]', [12600, 1021292]), ('["en", "fr"]', [])])
def test_commas_between_thousands_are_read_where_all_write_english(
    languages: str, right: list[int], tmp_path: Path
) -> None:
    register = drive(tmp_path / "sites", SITES, languages=languages)
    rows = [["Site", "Date", "Cumulative"], ["St Mary's", "20/02/2024", "12,600"], ["Old Town Hall", "20/02/2024", "1,021,292"], ["Riverside Clinic", "20/02/2024", "12,60"]]  # fmt: skip
    answer = checked(text(rows).encode(), register, as_of=LATER)
    assert [one["value"] for one in answer["records"]] == right
    assert "Riverside" not in str(answer["records"])


def test_day_and_sum_below_a_date_are_the_counts_of_that_day(tmp_path: Path, province: Register) -> None:
    register = drive(tmp_path / "fr", COMMUNES, languages='["fr"]')
    rows = [
        ["Commune", "08/04/2024", "", "09/04/2024", ""],
        ["", "Jour", "Cumul", "Jour", "Cumul"],
        ["Bex", 25, 90, 30, 120],
    ]
    values = {("5402", f"2024-04-0{day}", f"registered_{kind}"): value for day, kind, value in ((8, "on_day", 25), (8, "cumulative", 90), (9, "on_day", 30), (9, "cumulative", 120))}  # fmt: skip
    assert taken(checked(text(rows).encode(), register, as_of=LATER)) == values
    days = [["KẾT QUẢ KÍCH HOẠT THÁNG 9 NĂM 2023"], ["Đơn vị", "Ngày 8", "", "Ngày 9", "", "Ngày 10", ""], ["", *["Trong ngày", "Lũy kế"] * 3], ["Hội An", 5, 21000, 6, 21006, 7, 21013]]  # fmt: skip
    right = {("503", f"2023-09-{day:02}", kind): value for day, on_day, total in ((8, 5, 21000), (9, 6, 21006), (10, 7, 21013)) for kind, value in ((DAY, on_day), (SUM, total))}  # fmt: skip
    assert taken(checked(text(days).encode(), province)) == right
    days[1] = [one.replace("8", "18") for one in days[1]]  # 18, 9, 10 are no days that follow each other
    assert not taken(checked(text(days).encode(), province))


# ---- Periods ----

PERIODS = [
    ("vi", ["Từ ngày", "Đến ngày", "Trong kỳ", "Lũy kế"]), ("vi", ["Ngày bắt đầu", "Ngày kết thúc", "Trong tuần", "Lũy kế"]),
    ("fr", ["Du", "Au", "Cette semaine", "Cumul"]), ("en", ["Week start", "Week end", "This week", "To date"]), ("en", ["From", "To", "In the period", "Cumulative"]),
]  # fmt: skip


@pytest.mark.parametrize(("language", "headings"), PERIODS)
@pytest.mark.parametrize(("first", "whole"), [("01/04/2024", True), ("25/03/2024", False), ("", False)])
def test_a_row_with_both_ends_of_its_period_is_of_the_last(
    language: str, headings: list[str], first: str, whole: bool, tmp_path: Path
) -> None:  # fmt: skip
    register = drive(tmp_path / "weekly", COMMUNES, languages=f'["{language}"]', more=WEEK)
    rows = [["Commune", *headings], ["Bex", first, "07/04/2024", 25, 90]]
    answer = checked(text(rows).encode(), register, as_of=LATER)
    right = {("5402", "2024-04-07", "registered_cumulative"): 90}
    assert taken(answer) == (right | {("5402", "2024-04-07", "registered_on_day"): 25} if whole else right)
    assert held(answer) == (set() if whole else {"date_is_period"})


def test_of_a_drive_by_the_day_the_count_of_a_week_is_held_and_its_sum_taken(province: Register) -> None:
    rows = [["Đơn vị", "Từ ngày", "Đến ngày", "Trong ngày", "Lũy kế"], ["Hội An", "04/09/2023", "10/09/2023", 500, "21.200"], ["Quế Sơn", "10/09/2023", "10/09/2023", 50, "18.000"]]  # fmt: skip
    answer = checked(text(rows).encode(), province)
    assert taken(answer) == {
        ("503", "2023-09-10", SUM): 21200,
        ("509", "2023-09-10", SUM): 18000,
        ("509", "2023-09-10", DAY): 50,
    }
    assert [(one["row"], one["measure"], one["reason"]) for one in answer["held"]] == [
        (2, DAY, "date_is_period")
    ]


@pytest.mark.parametrize(
    "title", ["KẾT QUẢ TUẦN TỪ NGÀY 01/4/2024 ĐẾN NGÀY 07/4/2024", "Tuần 14 (01/4/2024 - 07/4/2024)"]
)
def test_a_title_with_the_week_of_a_weekly_drive_says_its_day(title: str, tmp_path: Path) -> None:
    register = drive(tmp_path / "weekly", COMMUNES, languages='["vi"]', more=WEEK)
    rows = [[title], ["Đơn vị", "Trong tuần", "Lũy kế"], ["Bex", 25, 90]]
    answer = checked(text(rows).encode(), register, as_of=LATER)
    assert set(taken(answer)) == {
        ("5402", "2024-04-07", "registered_on_day"),
        ("5402", "2024-04-07", "registered_cumulative"),
    }
    cells = [
        ["Đơn vị", "Ngày", "Trong tuần"],
        ["Bex", "01/04/2024 - 07/04/2024", 25],
        ["Nyon", "01/04 đến 30/04/2024", 25],
    ]
    answer = checked(text(cells).encode(), register, as_of=LATER)
    assert set(taken(answer)) == {("5402", "2024-04-07", "registered_on_day")}
    assert held(answer) == {"date_is_period"}


# ---- Forms as they are filled in ----


def test_a_row_that_corrects_another_of_its_area_leaves_neither_taken(province: Register) -> None:
    for mark in ("(đính chính)", "[sửa lại]", "(corrected)"):
        rows = [
            ["Đơn vị", "Ngày", "Lũy kế"],
            ["Hội An", "10/09/2023", "21.100"],
            [f"Hội An {mark}", "10/09/2023", "21.200"],
        ]
        answer = checked(text(rows).encode(), province)
        assert (answer["records"], held(answer)) == ([], {"said_twice"}), mark
    assert not taken(
        checked(text([["Đơn vị", "Ngày", "Lũy kế"], ["Hội An (cũ)", "10/09/2023", 5]]).encode(), province)
    )


def test_a_unit_of_percent_above_counts_refuses_them(province: Register) -> None:
    rows = [["KẾT QUẢ ĐẾN NGÀY 10/09/2023"], ["Đơn vị tính: %"], ["Đơn vị", "Lũy kế"], ["Hội An", 43]]
    assert [one["code"] for one in checked(text(rows).encode(), province)["findings"]] == ["in_thousands"]
    rows = [["KẾT QUẢ ĐẾN NGÀY 10/09/2023"], ["Đơn vị", "Lũy kế", "Tỷ lệ (ĐVT: %)"], ["Hội An", 43, "43,7"]]
    assert len(checked(text(rows).encode(), province)["records"]) == 2


def test_a_form_without_a_single_number_is_told(province: Register) -> None:
    rows = [
        HEAD,
        *([at, name, "10/09/2023", "…", ""] for at, name in enumerate(("Hội An", "Quế Sơn", "Núi Thành"))),
    ]
    answer = checked(text(rows).encode(), province)
    assert [one["code"] for one in answer["findings"] if one["severity"] == "warning"] == ["no_tally"]
    rows[1][4] = "21.200"
    assert not checked(text(rows).encode(), province)["findings"]


@pytest.mark.parametrize(
    ("day", "areas", "right"), [("10/09/2023", 3, 3), ("10/09/2023", 2, 4), ("20/06/2023", 3, 6)]
)
def test_sums_that_are_all_their_days_count_are_held_weeks_after_the_drive_began(
    day: str, areas: int, right: int, province: Register
) -> None:  # fmt: skip
    names = ["Hội An", "Quế Sơn", "Núi Thành"][:areas]
    rows = [HEAD, *([at, name, day, 50 + at, 50 + at] for at, name in enumerate(names))]
    answer = checked(text(rows).encode(), province)
    assert len(answer["records"]) == right
    assert held(answer) == (set() if right == 2 * areas else {"day_typed_as_sum"})


@pytest.mark.parametrize("columns", [["Chỗ", "Gửi về"], ["Gửi về", "Chỗ"]])
def test_areas_beside_other_texts_that_nobody_knows_may_be_anything(
    columns: list[str], province: Register
) -> None:
    cells = {"Chỗ": "Tổ 1", "Gửi về": "Công an huyện Quế Sơn"}
    rows = [[*columns, "Ngày", "Lũy kế"], [*(cells[one] for one in columns), "10/09/2023", "21.200"]]
    assert checked(text(rows).encode(), province)["verdict"] == "reject"


def test_a_second_column_called_day_that_has_counts_is_of_what_came_on_it(tmp_path: Path) -> None:
    register = drive(tmp_path / "fr", COMMUNES, languages='["fr"]')
    rows = [
        ["Commune", "Date", "Jour", "Cumul"],
        ["Bex", "09/04/2024", "25", "1 225"],
        ["Nyon", "09/04/2024", "-", "900"],
    ]
    answer = checked(text(rows).encode(), register, as_of=LATER)
    assert taken(answer)["5402", "2024-04-09", "registered_on_day"] == 25
    rows[2][2] = "10/04/2024"  # days of something else
    assert "registered_on_day" not in {one["measure"] for one in checked(text(rows).encode(), register, as_of=LATER)["records"]}  # fmt: skip


@pytest.mark.parametrize(
    ("heading", "cells"), [("Semaine", "01/04/2024 - 07/04/2024"), ("Période", "du 01/04/2024 au 07/04/2024")]
)
def test_a_column_of_the_weeks_of_a_weekly_drive_says_its_days(
    heading: str, cells: str, tmp_path: Path
) -> None:
    register = drive(tmp_path / "fr", COMMUNES, languages='["fr"]', more=WEEK)
    rows = [["Commune", heading, "Cumul"], ["Bex", cells, "90"]]
    assert taken(checked(text(rows).encode(), register, as_of=LATER)) == {
        ("5402", "2024-04-07", "registered_cumulative"): 90
    }


def test_a_period_in_a_title_is_no_day_of_a_daily_drive(province: Register) -> None:
    for title in ("Số liệu từ 04/9/2023 - 10/9/2023", "Kết quả từ ngày 28/8 đến ngày 10/9/2023"):
        rows = [[title], ["Đơn vị", "Trong ngày", "Lũy kế"], ["Hội An", 20, "21.200"]]
        answer = checked(text(rows).encode(), province)
        assert (answer["records"], held(answer)) == ([], {"date_is_period"})


@pytest.mark.parametrize(
    ("day", "right"),
    [("12/08/2023", False), ("12/09/2022", False), ("11/09/2023", True), ("20/08/2023", True)],
)
def test_days_a_month_from_the_titles_are_held(day: str, right: bool, province: Register) -> None:
    rows = [["Số liệu tính đến ngày 12/9/2023"], ["Đơn vị", "Ngày", "Lũy kế"], ["Hội An", day, "21.200"]]
    answer = checked(text(rows).encode(), province)
    assert bool(answer["records"]) == right
    signed = [["Quảng Nam, ngày 12 tháng 9 năm 2023"], *rows[1:]]
    assert bool(checked(text(signed).encode(), province)["records"]) == (day != "12/09/2022")


def test_a_table_of_those_who_are_left_below_another_is_held(province: Register) -> None:
    head = ["Đơn vị", "Ngày", "Lũy kế"]
    rows = [
        head,
        ["Hội An", "10/09/2023", "21.200"],
        [],
        ["Bảng 2: chưa kích hoạt"],
        head,
        ["Quế Sơn", "10/09/2023", 777],
    ]
    answer = checked(text(rows).encode(), province)
    assert taken(answer) == {("503", "2023-09-10", SUM): 21200}
    assert held(answer) == {"other_subject"}
    rows[3:5] = [["II. Các huyện chưa đạt chỉ tiêu"]]
    assert len(checked(text(rows).encode(), province)["records"]) == 2


@pytest.mark.parametrize(
    "unit", ["Tính theo %", "Đơn vị tính: Phần trăm", "Unit: percent", "Unité : pourcentage"]
)
def test_a_unit_of_percent_is_seen_above_and_below(unit: str, province: Register) -> None:
    table = [["Đơn vị", "Ngày", "Lũy kế"], ["Hội An", "10/09/2023", 43]]
    for rows in ([[unit], *table], [*table, [unit]]):
        answer = checked(text(rows).encode(), province)
        assert not answer["records"], rows


def test_an_address_in_a_letterhead_counts_nothing(province: Register) -> None:
    rows = [
        ["Số 12 Trần Hưng Đạo, TP Tam Kỳ, tỉnh Quảng Nam"],
        ["Đơn vị", "Ngày", "Lũy kế"],
        ["Hội An", "10/09/2023", "21.200"],
    ]
    assert taken(checked(text(rows).encode(), province)) == {("503", "2023-09-10", SUM): 21200}
    rows[0] = ["Số tổ công tác, tỉnh Quảng Nam"]
    assert held(checked(text(rows).encode(), province)) == {"other_subject"}


@pytest.mark.parametrize(("label", "total"), [("Công an huyện Thăng An", False), ("Công an huyện Núi Tam", False), ("Cộng", True), ("CONG", True), ("TỔNG CỘNG", True), ("Cộng huyện Quế Sơn", True)])  # fmt: skip
def test_the_police_are_no_total(label: str, total: bool, province: Register) -> None:
    rows = [["Đơn vị", "Ngày", "Lũy kế"], ["Hội An", "10/09/2023", "21.200"], [label, "10/09/2023", "21.200"]]
    answer = checked(text(rows).encode(), province)
    assert held(answer) == (set() if total else {"area_unknown"})
    assert ("total_row" in {one["reason"] for one in answer["ignored"]}) == total


def test_a_row_that_ends_before_it_begins_is_held(province: Register) -> None:
    rows = [["Đơn vị", "Đến ngày", "Từ ngày", "Lũy kế"], ["Hội An", "04/09/2023", "10/09/2023", "21.200"]]
    assert held(checked(text(rows).encode(), province)) == {"date_conflict"}


@pytest.mark.parametrize("heading", ["Số kích hoạt", "Đã kích hoạt"])
def test_a_count_beside_both_ends_of_a_period_is_no_sum_unless_it_says_so(
    heading: str, province: Register
) -> None:
    rows = [["Đơn vị", "Từ ngày", "Đến ngày", heading], ["Hội An", "01/09/2023", "10/09/2023", "820"]]
    assert held(checked(text(rows).encode(), province)) == {"measure_unclear"}


@pytest.mark.parametrize("heading", ["Shift", "Buổi", "Demi-journée"])
def test_a_part_of_a_day_is_a_part(heading: str, province: Register) -> None:
    rows = [
        ["Đơn vị", "Ngày", heading, "Trong ngày"],
        ["Hội An", "10/09/2023", "1", 20],
        ["Hội An", "10/09/2023", "2", 25],
    ]
    assert held(checked(text(rows).encode(), province)) == {"part_of_whole"}
