"""Workbooks of Excel 97 to 2003, as old machines in communes still write them."""

from datetime import date

import pytest

from analysis.tallies import Register
from tests.tallies.biff import xls
from tests.tallies.making import checked, codes, values

DAY = date(2023, 9, 10)
ROWS: list[list[object]] = [
    ["STT", "Đơn vị", "Ngày", "Lũy kế"],
    [1, "Hội An", DAY, 24333],
    [2, "Quế Sơn", DAY, "20.001"],
]
RIGHT = {("503", "2023-09-10"): 24333, ("509", "2023-09-10"): 20001}


@pytest.mark.parametrize("from_1904", [False, True])
def test_names_days_and_counts_are_read_in_both_systems_of_dates(from_1904: bool, register: Register) -> None:
    answer = checked(xls(ROWS, from_1904=from_1904), register, name="a.xls")
    assert (values(answer), codes(answer), answer["verdict"]) == (RIGHT, [], "accept")
    assert {one["sheet"] for one in answer["records"]} == {"Báo cáo"}


def test_a_decimal_shown_with_three_digits_is_what_was_typed(register: Register) -> None:
    rows = [*ROWS[:2], [2, "Quế Sơn", DAY, 20.001]]
    assert values(checked(xls(rows), register, name="a.xls")) == RIGHT


def test_a_hidden_row_is_held(register: Register) -> None:
    answer = checked(xls(ROWS, hidden_rows=[2]), register, name="a.xls")
    assert values(answer) == {("503", "2023-09-10"): 24333}
    assert [(one["row"], one["reason"]) for one in answer["held"]] == [(3, "hidden_row")]


def test_a_hidden_sheet_is_no_table(register: Register) -> None:
    assert codes(checked(xls(ROWS, hidden=True), register, name="a.xls")) == ["no_table"]


def test_a_list_of_people_is_refused(register: Register) -> None:
    rows = [*ROWS, [3, "0905 123 456", DAY, None]]
    assert codes(checked(xls(rows), register, name="a.xls")) == ["list_of_people"]


@pytest.mark.parametrize("length", [400, 1000, 3000])
def test_a_truncated_file_is_refused_or_right(length: int, register: Register) -> None:
    answer = checked(xls(ROWS)[:length], register, name="a.xls")
    assert (answer["verdict"], codes(answer)) == ("reject", ["damaged_file"])


def test_the_content_decides_whatever_the_ending(register: Register) -> None:
    answer = checked(xls(ROWS), register, name="a.xlsx")
    assert (values(answer), codes(answer)) == (RIGHT, ["misnamed_file"])
