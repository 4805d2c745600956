# ruff: noqa: E501 - a table of cases reads best with one case a line
"""Where the numbers stand: titles, headings, totals, sections, wide sheets, several sheets, hidden and merged cells."""

from datetime import datetime

import openpyxl
import pytest

from analysis.tallies import Register
from analysis.tallies.words.headings import role_of
from tests.tallies.making import (
    HEADING,
    checked,
    codes,
    ods,
    ods_row,
    part,
    rezipped,
    saved,
    text,
    values,
    xlsx,
)

DAY = "2023-09-10"
MOTTO = [
    ["CÔNG AN TỈNH QUẢNG NAM", "", "", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"],
    ["PHÒNG CẢNH SÁT QLHC VỀ TTXH", "", "", "Độc lập - Tự do - Hạnh phúc"],
    ["", "", "", "Quảng Nam, ngày 11 tháng 9 năm 2023"],
    ["KẾT QUẢ KÍCH HOẠT TÀI KHOẢN ĐỊNH DANH ĐIỆN TỬ"],
    ["(Số liệu tính đến 17h00 ngày 10/9/2023)"],
    [],
]
TABLE = [
    ["STT", "Đơn vị", "Chỉ tiêu", "Trong ngày", "Lũy kế", "Tỷ lệ (%)", "Ghi chú"],
    ["1", "TP. Hội An", "48.666", "3.041", "24.333", "50,00", ""],
    ["2", "Huyện Thăng Bình", "85.747", "6.627", "50.019", "58,33", "ra quân"],
    ["", "Tổng cộng", "134.413", "9.668", "74.352", "55,32", ""],
    ["", "", "", "", "", "", ""],
    ["", "Ghi chú: số liệu từ hệ thống", "", "", "", "", ""],
    ["", "Người lập biểu", "", "", "TRƯỞNG PHÒNG", "", ""],
]
RIGHT = {("503", DAY): 24333, ("513", DAY): 50019}


@pytest.mark.parametrize(
    ("heading", "role"),
    {
        "Lũy kế": "activated_cumulative", "Luỹ kế": "activated_cumulative", "LŨY KẾ": "activated_cumulative",
        "Lũy kế kích hoạt": "activated_cumulative", "Số tài khoản đã kích hoạt": "activated_cumulative",
        "Luy ke": "activated_cumulative", "Tổng số kích hoạt": "activated_cumulative",
        "activated_cumulative": "activated_cumulative", "Trong ngày": "activated_on_day",
        "Kích hoạt trong ngày": "activated_on_day", "Phát sinh trong ngày": "activated_on_day",
        "Mức 1": "level1_cumulative", "Mức độ 2": "level2_cumulative", "Tài khoản mức 2": "level2_cumulative",
        "Hồ sơ thu nhận": "dossiers_cumulative", "Tạo lập hồ sơ": "dossiers_cumulative", "Tỷ lệ (%)": "rate_printed",
        "Tỉ lệ": "rate_printed", "Đạt % so với chỉ tiêu": "rate_printed", "Chỉ tiêu được giao": "target",
        "Chưa kích hoạt": "other", "Còn thiếu": "other", "Mức 2 trong ngày": "other", "Tỷ lệ mức 2": "other",
        "Ghi chú": "other", "STT": "index", "Đơn vị": "area", "Huyện, thị xã, thành phố": "area", "Mã": "code",
        "Ngày": "date", "Ngày báo cáo": "date", "": "unnamed", "Số lượng": "unknown",
        "Trong ngày / lũy kế": "unclear", "Tổng": "unclear", "Tổng số": "unclear", "Đạt": "unclear",
        "Đạt (%)": "rate_printed", "Quận/Huyện": "area", "Huyện/TX/TP": "area", "Công an các huyện, TX, TP": "area",
        "Đơn vị tính": "unknown", "Lũy kế đến nay": "activated_cumulative", "Nhân khẩu từ 14 tuổi": "other",
    }.items(),
)  # fmt: skip
def test_what_a_heading_means(heading: str, role: str) -> None:
    assert role_of(heading) == role


def test_titles_above_totals_and_signatures_below(register: Register) -> None:
    answer = checked(text([*MOTTO, *TABLE]).encode(), register)
    assert values(answer) == RIGHT
    assert values(answer, "activated_on_day") == {("503", DAY): 3041, ("513", DAY): 6627}
    assert values(answer, "rate_printed") == {("503", DAY): 50, ("513", DAY): 58.33}
    assert answer["verdict"] == "accept"
    reasons = {one["row"]: one["reason"] for one in answer["ignored"]}
    assert reasons == {
        **dict.fromkeys(range(1, 6), "title_row"), 7: "header_row", 10: "total_row", 12: "text_row", 13: "text_row",
    }  # fmt: skip
    assert [one["row"] for one in answer["records"]][:3] == [8, 8, 8]


@pytest.mark.parametrize(
    "word", ["Tổng cộng", "TỔNG SỐ - TOTAL", "Toàn tỉnh", "Tổng", "TC", "Cộng", "Tổng toàn tỉnh"]
)
def test_a_total_is_checked_and_is_never_a_record(word: str, register: Register) -> None:
    for total, found in (("74.352", []), ("74.353", ["total_differs"])):
        rows = [TABLE[0], *TABLE[1:3], ["", word, "", "", total, "", ""]]
        answer = checked(text([*MOTTO, *rows]).encode(), register)
        assert values(answer) == RIGHT
        assert codes(answer) == found
        assert answer["verdict"] == ("accept_with_warning" if found else "accept")


def test_a_total_may_stand_first_or_in_the_first_column(register: Register) -> None:
    rows = [TABLE[0], ["Tổng cộng", "", "", "", "74.352", "", ""], *TABLE[1:3]]
    answer = checked(text([*MOTTO, *rows]).encode(), register)
    assert (values(answer), answer["verdict"]) == (RIGHT, "accept")


@pytest.mark.parametrize("wrong", [False, True])
def test_sections_and_subtotals_are_checked_and_never_records(wrong: bool, register: Register) -> None:
    rows = [
        ["STT", "Đơn vị", "Lũy kế"],
        ["I", "Khu vực đồng bằng", "74.352" if not wrong else "74.532"],
        ["1", "Hội An", "24.333"],
        ["2", "Thăng Bình", "50.019"],
        ["II", "Khu vực miền núi", "10.000"],
        ["1", "Nông Sơn", "10.000"],
        ["", "Tổng cộng", "84.352"],
    ]
    answer = checked(text([*MOTTO, *rows]).encode(), register)
    assert values(answer) == RIGHT | {("519", DAY): 10000}
    assert codes(answer) == (["total_differs"] if wrong else [])
    assert [one["reason"] for one in answer["ignored"]].count("section_row") == 2


def test_two_heading_rows_are_read_together(register: Register) -> None:
    rows = [
        ["STT", "Đơn vị", "Định danh điện tử", "", "", ""],
        ["", "", "Mức 1", "Mức 2", "Kích hoạt", "Tỷ lệ %"],
        ["1", "Hội An", "30.000", "28.000", "24.333", "50,00"],
    ]
    answer = checked(text([*MOTTO, *rows]).encode(), register)
    assert {one["measure"]: one["value"] for one in answer["records"]} == {
        "level1_cumulative": 30000,
        "level2_cumulative": 28000,
        "activated_cumulative": 24333,
        "rate_printed": 50,
    }
    assert [one["reason"] for one in answer["ignored"]].count("header_row") == 2


def test_groups_over_day_and_sum(register: Register) -> None:
    rows = [
        ["STT", "Đơn vị", "Hồ sơ", "", "Kích hoạt", ""],
        ["", "", "Trong ngày", "Lũy kế", "Trong ngày", "Lũy kế"],
        ["1", "Hội An", "20", "30.000", "100", "24.333"],
    ]
    answer = checked(text([*MOTTO, *rows]).encode(), register)
    assert {one["measure"]: one["value"] for one in answer["records"]} == {
        "dossiers_cumulative": 30000,
        "activated_on_day": 100,
        "activated_cumulative": 24333,
    }


def test_merged_headings_units_and_numbered_columns(register: Register) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (
        ["KẾT QUẢ KÍCH HOẠT tính đến ngày 10/9/2023"],
        ["STT", "Đơn vị", "Kích hoạt", None, None],
        [None, None, "Trong ngày", "Lũy kế", "Tỷ lệ"],
        [None, None, "người", "người", "%"],
        [1, 2, 3, 4, 5],
        [1, "Hội An", 3041, 24333, 0.5],
        [2, "Thăng Bình", 6627, 50019, 0.5833],
    ):
        sheet.append(row)
    for cells in ("A1:E1", "C2:E2", "A2:A3", "B2:B3"):
        sheet.merge_cells(cells)
    for row in (6, 7):
        sheet.cell(row, 5).number_format = "0.00%"
    answer = checked(saved(book), register, name="a.xlsx")
    assert (values(answer), answer["verdict"]) == (RIGHT, "accept")
    assert values(answer, "rate_printed") == {("503", DAY): 50, ("513", DAY): 58.33}
    assert [one["sheet"] for one in answer["records"]] == ["Sheet"] * 6


def test_one_column_a_day(register: Register) -> None:
    rows = [
        ["LŨY KẾ KÍCH HOẠT THÁNG 9 NĂM 2023"],
        ["STT", "Đơn vị", "08/9", "09/9", "10/9"],
        ["1", "Hội An", "21.000", "21.292", "24.333"],
        ["2", "Thăng Bình", "43.000", "-", "50.019"],
        ["", "Tổng", "64.000", "21.292", "74.352"],
    ]
    answer = checked(text(rows).encode(), register)
    assert values(answer) == RIGHT | {
        ("503", "2023-09-08"): 21000,
        ("503", "2023-09-09"): 21292,
        ("513", "2023-09-08"): 43000,
        ("513", "2023-09-09"): None,
    }
    assert answer["verdict"] == "accept"
    rows[0] = ["KÍCH HOẠT TRONG NGÀY, THÁNG 9 NĂM 2023"]
    assert ("503", DAY) in values(checked(text(rows).encode(), register), "activated_on_day")


def test_a_wide_sheet_that_does_not_say_what_it_counts_is_refused(register: Register) -> None:
    rows = [["Đơn vị", "08/09/2023", "09/09/2023"], ["Hội An", "21.000", "21.292"]]
    answer = checked(text(rows).encode(), register)
    assert (answer["verdict"], answer["records"]) == ("reject", [])
    assert {one["reason"] for one in answer["held"]} == {"measure_unclear"}


def test_day_columns_with_real_dates(register: Register) -> None:
    rows = [
        ["Lũy kế kích hoạt"],
        ["Đơn vị", datetime(2023, 9, 9), datetime(2023, 9, 10)],
        ["Hội An", 21292, 24333],
    ]
    answer = checked(xlsx(rows), register, name="a.xlsx")
    assert values(answer) == {("503", "2023-09-09"): 21292, ("503", DAY): 24333}


def test_the_file_of_one_unit_says_so_in_its_title(register: Register) -> None:
    rows = [
        ["BÁO CÁO KẾT QUẢ KÍCH HOẠT"],
        ["Đơn vị: Công an huyện Thăng Bình"],
        ["STT", "Ngày", "Trong ngày", "Lũy kế"],
        ["1", "09/09/2023", "100", "43.392"],
        ["2", "10/09/2023", "6.627", "50.019"],
        ["", "Tổng cộng", "6.727", "50.019"],
    ]
    answer = checked(text(rows).encode(), register)
    assert values(answer) == {("513", "2023-09-09"): 43392, ("513", DAY): 50019}
    assert answer["verdict"] == "accept"


def test_several_sheets_each_with_its_day(register: Register) -> None:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for day, sums in (("9-9-2023", (21292, 43392)), ("10-9-2023", (24333, 50019))):
        sheet = book.create_sheet(day)
        sheet.append(["STT", "Đơn vị", "Lũy kế"])
        sheet.append([1, "Hội An", sums[0]])
        sheet.append([2, "Thăng Bình", sums[1]])
    book.create_sheet("Hướng dẫn").append(["Cách điền số liệu", "1"])
    answer = checked(saved(book), register, name="a.xlsx")
    assert values(answer) == RIGHT | {("503", "2023-09-09"): 21292, ("513", "2023-09-09"): 43392}
    assert (answer["verdict"], {one["sheet"] for one in answer["records"]}) == (
        "accept",
        {"9-9-2023", "10-9-2023"},
    )


def test_a_title_that_contradicts_the_sheets_name_is_not_believed(register: Register) -> None:
    rows = [["Số liệu ngày 10/9/2023"], ["STT", "Đơn vị", "Lũy kế"], [1, "Hội An", 24333]]
    answer = checked(xlsx(rows, name="11-9-2023"), register, name="a.xlsx")
    assert (answer["verdict"], [one["reason"] for one in answer["held"]]) == ("reject", ["date_conflict"])


def _hidden_book() -> openpyxl.Workbook:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["STT", "Đơn vị", "Ngày", "Lũy kế", "Mức 2"])
    sheet.append([1, "Hội An", "10/09/2023", 24333, 30000])
    sheet.append([2, "Thăng Bình", "10/09/2023", 50019, 60000])
    return book


def test_hidden_sheets_are_not_read_and_said_to_be_there(register: Register) -> None:
    book = _hidden_book()
    old = book.create_sheet("cũ")
    old.append(["STT", "Đơn vị", "Ngày", "Lũy kế"])
    old.append([1, "Hội An", "09/09/2023", 99999])
    for state in ("hidden", "veryHidden"):
        old.sheet_state = state
        answer = checked(saved(book), register, name="a.xlsx")
        assert values(answer) == RIGHT
        assert codes(answer) == ["hidden_sheet"]
        assert {one["reason"] for one in answer["ignored"] if one["sheet"] == "cũ"} == {"hidden_sheet"}


def test_hidden_columns_and_rows_are_held(register: Register) -> None:
    book = _hidden_book()
    book.active.column_dimensions["E"].hidden = True
    answer = checked(saved(book), register, name="a.xlsx")
    assert values(answer) == RIGHT
    assert [(one["row"], one["measure"], one["reason"]) for one in answer["held"]] == [
        (2, "level2_cumulative", "hidden_column"),
        (3, "level2_cumulative", "hidden_column"),
    ]
    book = _hidden_book()
    book.active.row_dimensions[3].hidden = True
    answer = checked(saved(book), register, name="a.xlsx")
    assert values(answer) == {("503", DAY): 24333}
    assert [(one["row"], one["measure"], one["reason"]) for one in answer["held"]] == [
        (3, None, "hidden_row")
    ]


def test_a_hidden_column_that_is_no_tally_hurts_nobody(register: Register) -> None:
    book = _hidden_book()
    book.active.column_dimensions["A"].hidden = True
    assert checked(saved(book), register, name="a.xlsx")["verdict"] == "accept"


def test_the_same_heading_twice_leaves_it_open_which_is_meant(register: Register) -> None:
    rows = [
        ["Đơn vị", "Ngày", "Trong ngày", "Lũy kế", "Lũy kế"],
        ["Hội An", "10/09/2023", "100", "24.333", "24.433"],
    ]
    answer = checked(text(rows).encode(), register)
    assert [one["measure"] for one in answer["records"]] == ["activated_on_day"]
    assert codes(answer) == ["measure_unclear", "measure_unclear"]


def test_a_column_without_a_heading_is_said_to_be_unread(register: Register) -> None:
    rows = [["Đơn vị", "Ngày", "Lũy kế", ""], ["Hội An", "10/09/2023", "24.333", "777"]]
    answer = checked(text(rows).encode(), register)
    assert (values(answer), codes(answer)) == ({("503", DAY): 24333}, ["column_unknown"])


def test_a_file_without_any_heading_is_refused(register: Register) -> None:
    answer = checked(text([["1", "Hội An", "10/09/2023", "24.333"]]).encode(), register)
    assert (answer["verdict"], codes(answer)) == ("reject", ["no_table"])


@pytest.mark.parametrize(
    "row", [["2", "Hội An", "10/09/2023", "3", "24", "333"], ["2", "Hội An", "10/09/2023"], ["2", "Hội An"]]
)
def test_a_ragged_row_is_held_whole(row: list[str], register: Register) -> None:
    rows = [HEADING, ["1", "Quế Sơn", "10/09/2023", "5", "20.001"], row]
    answer = checked(text(rows, delimiter=",").encode(), register)
    assert values(answer) == {("509", DAY): 20001}
    assert [(one["row"], one["measure"], one["reason"]) for one in answer["held"]] == [
        (3, None, "ragged_row")
    ]


def test_rows_that_only_lack_trailing_notes_are_whole(register: Register) -> None:
    rows = [["Đơn vị", "Ngày", "Lũy kế", "Ghi chú"], ["Hội An", "10/09/2023", "24.333"]]
    assert checked(text(rows).encode(), register)["verdict"] == "accept"


def test_error_cells_and_formulas_without_a_value_are_held(register: Register) -> None:
    rows = [
        ["Đơn vị", "Ngày", "Lũy kế"],
        ["Hội An", "10/09/2023", "=24000+333"],
        ["Quế Sơn", "10/09/2023", "#REF!"],
    ]
    rows += [["Thăng Bình", "10/09/2023", 50019]]
    answer = checked(xlsx(rows), register, name="a.xlsx")
    assert values(answer) == {("513", DAY): 50019}
    assert [one["reason"] for one in answer["held"]] == ["formula_without_value", "error_cell"]


def test_a_formula_with_its_cached_value_is_read(register: Register) -> None:
    data = xlsx([["Đơn vị", "Ngày", "Lũy kế"], ["Hội An", "10/09/2023", "=24000+333"]])
    sheet = (
        part(data)
        .replace(b"<v></v>", b"<v>24333</v>")
        .replace(b"<v />", b"<v>24333</v>")
        .replace(b"<v/>", b"<v>24333</v>")
    )
    answer = checked(rezipped(data, {"xl/worksheets/sheet1.xml": sheet}), register, name="a.xlsx")
    assert (values(answer), answer["verdict"]) == ({("503", DAY): 24333}, "accept")


@pytest.mark.parametrize(
    ("value", "form", "meant"),
    [(12.6, "0.000", 12600), (12.6, "#,##0.000", 12600), (24.333, "0.000", 24333), (12.0, "0.000", 12000),
     (12600, "#,##0", 12600), (12600, "General", 12600), (12600.0, "0", 12600), (12.6, "General", None),
     (12.6, "0.0", None), (12.6, "0", None), (12.6543, "0.000", None), (12.6, "#,##0", None), (0.5, "0%", None)],
)  # fmt: skip
def test_a_number_is_what_the_team_saw(
    value: float, form: str, meant: int | None, register: Register
) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["Đơn vị", "Ngày", "Lũy kế"])
    sheet.append(["Quế Sơn", "10/09/2023", 20001])
    sheet.append(["Hội An", "10/09/2023", value])
    sheet["C3"].number_format = form
    answer = checked(saved(book), register, name="a.xlsx")
    assert values(answer).get(("503", DAY)) == meant
    assert [one["row"] for one in answer["held"]] == ([] if meant else [3])


def test_merged_values_belong_to_nobody_in_particular(register: Register) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["Đơn vị", "Ngày", "Lũy kế"])
    sheet.append(["Hội An", "10/09/2023", 24333])
    sheet.append(["Quế Sơn", "10/09/2023", None])
    sheet.append(["Thăng Bình", "10/09/2023", 50019])
    sheet.merge_cells("C2:C3")
    answer = checked(saved(book), register, name="a.xlsx")
    assert values(answer) == {("513", DAY): 50019}
    assert codes(answer) == ["merged_value", "merged_value"]


def test_an_area_merged_over_its_days_is_the_area_of_each(register: Register) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["Đơn vị", "Ngày", "Lũy kế"])
    sheet.append(["Hội An", "09/09/2023", 21292])
    sheet.append([None, "10/09/2023", 24333])
    sheet.merge_cells("A2:A3")
    answer = checked(saved(book), register, name="a.xlsx")
    assert values(answer) == {("503", "2023-09-09"): 21292, ("503", DAY): 24333}


def test_a_row_with_numbers_and_no_area_is_held(register: Register) -> None:
    rows = [["Đơn vị", "Ngày", "Lũy kế"], ["Hội An", "10/09/2023", "24.333"], ["", "10/09/2023", "1.000"]]
    answer = checked(text(rows).encode(), register)
    assert [(one["row"], one["reason"]) for one in answer["held"]] == [(3, "area_missing")]


def test_numbers_in_thousands_are_refused(register: Register) -> None:
    rows = [["Đơn vị tính: nghìn người"], ["Đơn vị", "Ngày", "Lũy kế"], ["Hội An", "10/09/2023", "24"]]
    answer = checked(text(rows).encode(), register)
    assert (answer["verdict"], codes(answer)) == ("reject", ["in_thousands"])
    rows[0] = ["Đơn vị tính: người"]
    assert checked(text(rows).encode(), register)["verdict"] == "accept"


def test_a_heading_repeated_on_each_page_is_a_heading(register: Register) -> None:
    rows = [TABLE[0], TABLE[1], TABLE[0], TABLE[2]]
    answer = checked(text([*MOTTO, *rows]).encode(), register)
    assert (values(answer), answer["verdict"]) == (RIGHT, "accept")


def test_a_file_without_any_day_is_refused(register: Register) -> None:
    answer = checked(text(TABLE[:3]).encode(), register)
    assert (answer["verdict"], {one["reason"] for one in answer["held"]}) == ("reject", {"date_missing"})


def test_the_files_name_may_give_the_day_and_that_is_said(register: Register) -> None:
    answer = checked(text(TABLE[:3]).encode(), register, name="bao_cao_2023-09-10.csv")
    assert (values(answer), codes(answer)) == (RIGHT, ["day_from_name"])


def test_an_opendocument_spreadsheet(register: Register) -> None:
    rows = [ods_row("Lũy kế tính đến ngày 10/9/2023"), ods_row("STT", "Đơn vị", "Lũy kế")]
    rows += [
        ods_row(1.0, "Hội An", 24333.0),
        ods_row(2.0, "Thăng Bình", "50.019"),
        ods_row(3.0, "Quế Sơn", 12.6),
    ]
    answer = checked(ods("".join(rows) + ods_row(repeated=1048000)), register, name="a.ods")
    assert (values(answer), codes(answer)) == (RIGHT, ["not_whole"])
    assert [one["row"] for one in answer["records"]] == [3, 4]


def test_two_tables_under_each_other_each_with_its_day(register: Register) -> None:
    rows = [["Số liệu ngày 9/9/2023"], HEADING[:2] + HEADING[4:], ["1", "Hội An", "21.292"]]
    rows += [["Số liệu ngày 10/9/2023"], HEADING[:2] + HEADING[4:], ["1", "Quế Sơn", "20.000"]]
    answer = checked(text(rows).encode(), register)
    assert (values(answer), answer["verdict"]) == (
        {("503", "2023-09-09"): 21292, ("509", DAY): 20000},
        "accept",
    )
    del rows[4]
    answer = checked(text(rows).encode(), register)
    assert values(answer) == {("503", "2023-09-09"): 21292}
    assert codes(answer) == ["date_conflict"]


def test_the_day_of_signing_is_taken_only_where_there_is_no_other_and_said(register: Register) -> None:
    answer = checked(text([["Tam Kỳ, ngày 10 tháng 9 năm 2023"], *TABLE[:3]]).encode(), register)
    assert (values(answer), codes(answer)) == (RIGHT, ["day_of_signing"])


def test_days_of_a_month_that_the_title_names(register: Register) -> None:
    rows = [
        ["LŨY KẾ KÍCH HOẠT THÁNG 9 NĂM 2023"],
        ["STT", "Đơn vị", "Ngày 9", "Ngày 10"],
        ["1", "Hội An", "21.292", "24.333"],
    ]
    answer = checked(text(rows).encode(), register)
    assert values(answer) == {("503", "2023-09-09"): 21292, ("503", DAY): 24333}


@pytest.mark.parametrize(
    "label", ["513 - Thăng Bình", "Thăng Bình (513)", "2. Huyện Thăng Bình", "2) Thăng Bình"]
)
def test_a_code_or_a_number_beside_the_name(label: str, register: Register) -> None:
    answer = checked(text([*MOTTO, TABLE[0], ["2", label, *TABLE[2][2:]]]).encode(), register)
    assert values(answer) == {("513", DAY): 50019}


def test_a_code_beside_the_name_of_another_area(register: Register) -> None:
    answer = checked(text([*MOTTO, TABLE[0], ["2", "Thăng Bình (503)", *TABLE[2][2:]]]).encode(), register)
    assert (values(answer), answer["verdict"]) == ({}, "reject")


def test_the_total_of_several_areas_over_several_days(register: Register) -> None:
    rows = [HEADING, *(["", area, day, "10", total] for area, day, total in (
        ("Hội An", "09/09/2023", "24.000"), ("Quế Sơn", "09/09/2023", "20.000"),
        ("Hội An", "10/09/2023", "24.010"), ("Quế Sơn", "10/09/2023", "20.010"),
    )), ["", "Tổng cộng", "", "40", "44.020"]]  # fmt: skip
    assert checked(text(rows).encode(), register)["verdict"] == "accept"


def test_a_column_of_sums_over_days_is_no_tally(register: Register) -> None:
    rows = [
        ["KÍCH HOẠT TRONG NGÀY, THÁNG 9 NĂM 2023"],
        ["Đơn vị", "09/9", "10/9", "Tổng"],
        ["Hội An", "10", "20", "30"],
    ]
    answer = checked(text(rows).encode(), register)
    assert values(answer, "activated_on_day") == {("503", "2023-09-09"): 10, ("503", DAY): 20}
    assert {one["measure"] for one in answer["records"]} == {"activated_on_day"}


def test_a_sum_over_levels_is_no_activation(register: Register) -> None:
    rows = [["Đơn vị", "Ngày", "Mức 1", "Mức 2", "Tổng"], ["Hội An", "10/09/2023", "1.000", "2.000", "3.000"]]
    answer = checked(text(rows).encode(), register)
    assert {one["measure"] for one in answer["records"]} == {"level1_cumulative", "level2_cumulative"}


WIDE = [["Đơn vị", "09/09/2023", "10/09/2023"], ["Thăng Bình", "58.517", "65.144"]]


@pytest.mark.parametrize(
    ("title", "measure"),
    [
        ("KẾT QUẢ KÍCH HOẠT LŨY KẾ THEO NGÀY", "activated_cumulative"),
        ("Lũy kế kích hoạt từng ngày", "activated_cumulative"),
        ("Số kích hoạt trong ngày", "activated_on_day"),
        ("Số kích hoạt hằng ngày", "activated_on_day"),
    ],
)
def test_the_title_of_a_wide_sheet_says_what_its_days_count(
    register: Register, title: str, measure: str
) -> None:
    for name, data in (("a.csv", text([[title], *WIDE]).encode()), ("a.xlsx", xlsx([[title], *WIDE]))):
        answer = checked([(name, data)], register)
        assert answer["verdict"] == "accept"
        assert values(answer, measure) == {("513", "2023-09-09"): 58517, ("513", "2023-09-10"): 65144}


@pytest.mark.parametrize("title", ["KẾT QUẢ KÍCH HOẠT THEO NGÀY", "Lũy kế và trong ngày", "Kết quả"])
def test_a_wide_sheet_whose_title_does_not_say_what_it_counts_is_held(register: Register, title: str) -> None:
    answer = checked(text([[title], *WIDE]).encode(), register)
    assert answer["records"] == []
    assert {one["reason"] for one in answer["held"]} == {"measure_unclear"}


def test_two_numbers_in_a_cell_are_the_tally_and_its_target(register: Register) -> None:
    rows = [["Ngày 10/9/2023"], ["Đơn vị", "Lũy kế/Chỉ tiêu"], ["Thăng Bình", "65.144/85.747"]]
    answer = checked(text([*rows, ["Hội An", "-"]]).encode(), register)
    assert answer["verdict"] == "accept"
    assert values(answer) == {("513", "2023-09-10"): 65144, ("503", "2023-09-10"): None}
    # 76 may be a share, or the target: it is not a count of 76 people.
    answer = checked(text([*rows, ["Hội An", "76"]]).encode(), register)
    assert values(answer) == {("513", "2023-09-10"): 65144}
    assert [(one["row"], one["reason"]) for one in answer["held"]] == [(4, "one_of_two")]


def test_commas_within_the_headings_of_another_delimiter_are_no_second_reading(register: Register) -> None:
    rows = [
        ["Ngày 10/9/2023"],
        ["TT", "Công an huyện, thị xã, thành phố", "Kích hoạt trong ngày, người", "Lũy kế, người"],
        ["1", "Thăng Bình", "6.627", "65.144"],
    ]
    for delimiter in ";\t|":
        answer = checked(text(rows, delimiter).encode(), register)
        assert answer["verdict"] == "accept"
        assert values(answer) == {("513", "2023-09-10"): 65144}


def test_a_computed_percentage_is_what_its_format_shows(register: Register) -> None:
    book = openpyxl.Workbook()
    for row in (
        ["Ngày 10/9/2023"],
        ["Đơn vị", "Chỉ tiêu", "Lũy kế", "Tỷ lệ"],
        ["Thăng Bình", 85747, 65144, 65144 / 85747],
        ["Hội An", 48666, 39121, 39121 / 48666],
        ["Tam Kỳ", 60400, 30000, 0.4967],
    ):
        book.active.append(row)
    for cell, form in (("D3", "0.00%"), ("D4", "0%"), ("D5", "0%")):
        book.active[cell].number_format = form
    answer = checked([("a.xlsx", saved(book))], register)
    assert answer["verdict"] == "accept"
    day = "2023-09-10"
    assert values(answer, "rate_printed") == {("513", day): 75.97, ("503", day): 80, ("502", day): 49.67}


def test_a_computed_percentage_without_a_format_is_read_whole(register: Register) -> None:
    rows = [["Ngày 10/9/2023"], ["Đơn vị", "Chỉ tiêu", "Lũy kế", "Tỷ lệ (%)"]]
    answer = checked([("a.xlsx", xlsx([*rows, ["Thăng Bình", 85747, 65144, 6514400 / 85747]]))], register)
    assert answer["verdict"] == "accept"
    assert values(answer, "rate_printed") == {("513", "2023-09-10"): pytest.approx(75.9723, abs=1e-4)}


def test_the_apostrophe_that_keeps_digits_as_text_is_not_part_of_them(register: Register) -> None:
    rows = [["Ngày", "Mã", "Lũy kế"], ["'10/09/2023", "'513", "'65.144"]]
    assert values(checked(text(rows).encode(), register)) == {("513", "2023-09-10"): 65144}


def test_a_second_table_below_the_first_is_not_read_under_its_heading(register: Register) -> None:
    rows = [["Ngày 10/9/2023"], ["Đơn vị", "Lũy kế"], ["Thăng Bình", "65.144"], []]
    rows += [["Bảng 2: hồ sơ"], ["Đơn vị", "Hồ sơ thu nhận"], ["Hội An", "50.000"]]
    answer = checked(text(rows).encode(), register)
    assert values(answer) == {("513", "2023-09-10"): 65144}
    assert [(one["row"], one["measure"], one["reason"]) for one in answer["held"]] == [
        (7, None, "second_table")
    ]


def test_a_row_whose_cells_are_shifted_is_held_and_not_passed_over(register: Register) -> None:
    rows = [["Ngày 10/9/2023"], ["STT", "Đơn vị", "Lũy kế"], ["Thăng Bình", "65.144", ""]]
    answer = checked(text([*rows, ["2", "Hội An", "39.121"]]).encode(), register)
    assert values(answer) == {("503", "2023-09-10"): 39121}
    assert [(one["row"], one["reason"]) for one in answer["held"]] == [(3, "ragged_row")]


def test_an_empty_form_is_not_taken_for_a_report(register):
    answer = checked(text([HEADING]).encode(), register)
    assert answer["verdict"] == "accept_with_warning"
    assert [one["code"] for one in answer["findings"]] == ["no_tally"]


@pytest.mark.parametrize(
    "heading",
    [
        "Chỉ tiêu kích hoạt", "Còn lại phải kích hoạt", "Kích hoạt không thành công", "Kế hoạch kích hoạt",
        "Số tổ kích hoạt lưu động", "Số lượt hỗ trợ kích hoạt", "Lũy kế CCCD", "Lũy kế hồ sơ không đạt",
    ],
)  # fmt: skip
def test_a_count_of_something_else_is_never_taken_for_activations(heading, register):
    alone = checked(text([["Đơn vị", "Ngày", heading], ["Hội An", "10/09/2023", "9.111"]]).encode(), register)
    assert (alone["verdict"], alone["records"]) == ("reject", [])
    beside = [["Đơn vị", "Ngày", "Lũy kế kích hoạt", heading], ["Hội An", "10/09/2023", "2.700", "9.111"]]
    answer = checked(text(beside).encode(), register)
    assert [(one["measure"], one["value"]) for one in answer["records"]] == [("activated_cumulative", 2700)]
    assert answer["held"] == []
