"""Sheets on their side, with areas for headings, and sheets with the days of a month for headings."""

import pytest

from analysis.tallies import Register
from tests.tallies.making import checked, codes, text, values, workbook

TITLE = ["Lũy kế kích hoạt đến ngày trong bảng"]
SIDEWAYS = [
    ["TT", "Ngày", "TP. Hội An", "H. Quế Sơn", "Toàn tỉnh"],
    ["1", "09/09/2023", "24.233", "20.010", "600.000"],
    ["2", "10/09/2023", "24.333", "-", "600.100"],
    ["", "Cộng", "", "", ""],
]


def test_areas_for_headings_beside_days(register: Register) -> None:
    answer = checked(text([TITLE, *SIDEWAYS]).encode(), register)
    assert answer["verdict"] == "accept"
    assert values(answer) == {
        ("503", "2023-09-09"): 24233,
        ("503", "2023-09-10"): 24333,
        ("509", "2023-09-09"): 20010,
        ("509", "2023-09-10"): None,
    }
    assert [one["row"] for one in answer["ignored"] if one["reason"] == "total_row"] == [5]


def test_a_title_must_say_what_the_areas_count(register: Register) -> None:
    answer = checked(text(SIDEWAYS).encode(), register)
    assert answer["records"] == []
    assert {one["reason"] for one in answer["held"]} == {"measure_unclear"}


def test_a_sheet_on_its_side_is_held_where_a_day_or_a_heading_is_not_sound(register: Register) -> None:
    rows = [
        ["Ngày", "Hội An", "Quế Sơn", "Núi Thàn"],
        ["9/13/2023", "24.233", "20.010", "1"],
        ["10/09/2023", "24.333", "20.0", "2"],
    ]
    answer = checked(text([TITLE, *rows]).encode(), register)
    assert values(answer) == {("503", "2023-09-10"): 24333}
    held = sorted((one["row"], one["reason"]) for one in answer["held"])
    assert held == [(3, "month_first"), (3, "month_first"), (4, "not_a_number")]
    assert "column_unknown" in codes(answer)


def test_one_area_beside_days_is_no_sheet_on_its_side(register: Register) -> None:
    rows = [["Ngày", "Hội An", "Ghi chú"], ["10/09/2023", "24.333", ""]]
    assert checked(text([TITLE, *rows]).encode(), register)["records"] == []


BODY = [["1", "Hội An", "24.100", "24.200", "24.333"]]


@pytest.mark.parametrize(
    "rows",
    [
        [["Kích hoạt lũy kế tháng 9 năm 2023"], ["TT", "Đơn vị", "8", "9", "10"]],
        [["Kích hoạt lũy kế tháng 9/2023"], ["TT", "Đơn vị", "Ngày 8", "Ngày 9", "Ngày 10"]],
        [["Kích hoạt lũy kế"], ["TT", "Đơn vị", "Tháng 9/2023", "", ""], ["", "", "8", "9", "10"]],
        [["Kích hoạt lũy kế"], ["TT", "Đơn vị", "Ngày trong tháng 9/2023", "", ""], ["", "", "8", "9", "10"]],
    ],
)
def test_the_days_of_a_month_for_headings(rows: list[list[str]], register: Register) -> None:
    answer = checked(text([*rows, *BODY]).encode(), register)
    assert answer["verdict"] == "accept"
    assert values(answer) == {
        ("503", "2023-09-08"): 24100,
        ("503", "2023-09-09"): 24200,
        ("503", "2023-09-10"): 24333,
    }


@pytest.mark.parametrize(
    "rows",
    [
        [["Kích hoạt lũy kế"], ["TT", "Đơn vị", "8", "9", "10"]],
        [["Kích hoạt lũy kế tháng 9/2023"], ["TT", "Đơn vị", "8", "10", "9"]],
        [["Kích hoạt lũy kế tháng 9/2023"], ["TT", "Đơn vị", "31", "32", "33"]],
    ],
)
def test_numbers_that_are_no_days_of_a_known_month_are_no_headings(
    rows: list[list[str]], register: Register
) -> None:
    assert checked(text([*rows, *BODY]).encode(), register)["records"] == []


def test_numbers_under_headings_of_their_own_number_the_columns(register: Register) -> None:
    rows = [
        ["Lũy kế tháng 9/2023"],
        ["TT", "Đơn vị", "Ngày", "Trong ngày", "Lũy kế"],
        ["", "", "1", "2", "3"],
        ["1", "Hội An", "10/09/2023", "100", "24.333"],
    ]
    assert values(checked(text(rows).encode(), register)) == {("503", "2023-09-10"): 24333}


def test_a_workbook_on_its_side(register: Register) -> None:
    rows = [["Ngày", "Hội An", "Quế Sơn"], ["10/09/2023", 100, 50]]
    answer = checked(workbook({"Trong ngày": rows}), register, name="a.xlsx")
    assert {(one["area_code"], one["measure"], one["value"]) for one in answer["records"]} == {
        ("503", "activated_on_day", 100),
        ("509", "activated_on_day", 50),
    }
