"""Sheets in which a column, and not the heading, says what is counted: down the side, or row by row."""

import pytest

from analysis.tallies import Register
from tests.tallies.making import checked, codes, text, values

DAY, RECEIVED = "2023-09-09", "activated_on_day"


def read(register: Register, *lines: str, name: str = "a.csv"):
    return checked([(name, text([line.split(";") for line in lines]).encode())], register)


def held(answer) -> list[tuple[int, str]]:
    return [(one["row"], one["reason"]) for one in answer["held"]]


def test_measures_down_the_side_and_areas_across(register: Register) -> None:
    answer = read(
        register,
        "Số liệu đến ngày 09/09/2023",
        "Chỉ tiêu;Hội An;Quế Sơn;Tổng",
        "Trên địa bàn;;;",
        "Kích hoạt trong ngày;210;50;260",
        "Kích hoạt lũy kế;21.292;;39.292",
        "Chưa kích hoạt;7;8;15",
        "Số xe máy;70;80;150",
    )
    assert values(answer) == {("503", DAY): 21292, ("509", DAY): None}
    assert values(answer, RECEIVED) == {("503", DAY): 210, ("509", DAY): 50}
    assert held(answer) == [(6, "other_subject"), (7, "other_subject")]
    said = [one["message_en"] for one in answer["findings"] if one["code"] == "other_subject"]
    assert "counts something else: “chưa kích hoạt”" in said[0]
    assert "xe máy" in said[1]
    assert {"row": 3, "reason": "text_row"}.items() <= {
        key: one[key] for one in answer["ignored"] if one["row"] == 3 for key in ("row", "reason")
    }.items()


def test_a_row_may_name_only_the_manner_where_the_title_names_the_measure(register: Register) -> None:
    answer = read(
        register,
        "Kích hoạt tài khoản đến ngày 09/09/2023",
        "Nội dung;Hội An;Quế Sơn",
        "Trong ngày;210;50",
        "Lũy kế;21.292;18.000",
        "Zzyzx;1;2",
    )
    assert values(answer) == {("503", DAY): 21292, ("509", DAY): 18000}
    assert values(answer, RECEIVED) == {("503", DAY): 210, ("509", DAY): 50}
    assert held(answer) == [(5, "other_subject")]


def test_no_column_before_the_areas_names_no_measure(register: Register) -> None:
    answer = read(
        register, "Đến ngày 09/09/2023", "Hội An;Quế Sơn;Nội dung", "21.292;18.000;Kích hoạt lũy kế"
    )
    assert codes(answer) == ["no_table"]


@pytest.mark.parametrize(
    ("lines", "reasons"),
    [
        (["Chỉ tiêu;Hội An;Quế Sơn", "Kích hoạt lũy kế;21.292;18.000"], {"date_missing"}),
        (
            ["Số căn cước cấp đến 09/09/2023", "Chỉ tiêu;Hội An;Quế Sơn", "Lũy kế;21.292;18.000"],
            {"other_subject"},
        ),
        (
            ["Đến ngày 09/09/2023", "Chỉ tiêu;Hội An;Quế Sơn", "Kích hoạt lũy kế;21,292;1_8"],
            {"comma_thousands", "not_a_number"},
        ),
    ],
)
def test_measures_down_the_side_that_cannot_be_taken(
    lines: list[str], reasons: set[str], register: Register
) -> None:
    answer = read(register, *lines)
    assert answer["records"] == []
    assert {reason for _, reason in held(answer)} == reasons


def test_one_area_is_no_sheet_of_areas_across(register: Register) -> None:
    answer = read(register, "Đến ngày 09/09/2023", "Chỉ tiêu;Hội An", "Kích hoạt lũy kế;21.292")
    assert codes(answer) == ["no_table"]


def test_a_row_says_what_its_number_counts(register: Register) -> None:
    answer = read(
        register,
        "Date;District;Indicator;Value",
        "09/09/2023;Hội An;Accounts activated to date;21292",
        "09/09/2023;Hội An;Accounts activated today;210",
        "09/09/2023;Hội An;Identity cards issued;9",
        "09/09/2023;Quế Sơn;Activated;about 50",
        "09/13/2023;Quế Sơn;Accounts activated today;60",
        "09/09/2023;Nowhere;Accounts activated today;60",
        "09/09/2023;Quế Sơn;;61",
    )
    assert values(answer) == {("503", DAY): 21292, ("509", DAY): 50}
    assert values(answer, RECEIVED) == {("503", DAY): 210}
    assert held(answer) == [
        (4, "other_subject"),
        (6, "month_first"),
        (7, "area_unknown"),
        (8, "measure_unclear"),
    ]


def test_two_columns_of_numbers_beside_contents_are_not_chosen_from(register: Register) -> None:
    answer = read(register, "Date;District;Indicator;A1;B1", "09/09/2023;Hội An;Activated;5;6")
    assert codes(answer) == ["no_table"]


def test_a_title_of_something_else_outweighs_contents_that_name_nothing(register: Register) -> None:
    rows = ["Patients in hospital", "Date;District;Indicator;Value", "09/09/2023;Hội An;Cumulative;900"]
    answer = read(register, *rows)
    assert answer["records"] == []
    assert held(answer) == [(3, "other_subject")]


def test_headings_with_the_month_first_are_held_as_such(register: Register) -> None:
    answer = read(
        register, "Lũy kế kích hoạt", "Đơn vị;9/7/2023;9/8/2023;9/13/2023", "Hội An;21.082;21.292;21.300"
    )
    assert answer["records"] == []
    assert {reason for _, reason in held(answer)} == {"month_first"}


def test_an_area_may_be_named_by_its_code_alone_and_a_row_without_area_is_none(register: Register) -> None:
    row = "09/09/2023;503;Accounts activated today;210"
    assert values(read(register, "Date;District code;Indicator;Value", row), RECEIVED) == {("503", DAY): 210}
    answer = read(register, "Date;Indicator;Value", "09/09/2023;Accounts activated today;210")
    assert codes(answer) == ["no_table"]


@pytest.mark.parametrize(("other", "read_all"), [("9", True), ("n.n.x", False)])
def test_a_column_is_one_of_numbers_where_most_of_its_cells_are(
    other: str, read_all: bool, register: Register
) -> None:
    answer = read(
        register,
        "Date;District;Indicator;Value",
        "09/09/2023;Hội An;Accounts activated today;210",
        f"09/09/2023;Quế Sơn;Accounts activated today;{other}",
    )
    assert bool(answer["records"]) == read_all


def test_contents_that_name_no_measure_are_no_table_of_measures(register: Register) -> None:
    answer = read(register, "Date;District;Indicator;Value", "09/09/2023;Hội An;Zzyzx;210")
    assert codes(answer) == ["no_table"]
