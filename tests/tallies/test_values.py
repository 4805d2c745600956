# ruff: noqa: E501 - a table of cases reads best with one case a line
"""What a cell with a number in it means."""

import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from numpy.typing import NDArray

from analysis.tallies import Register
from analysis.tallies.words.values import Number, read_count, read_counts, read_percent, read_percents
from tests.tallies.making import checked, one_row, text, values

READ = {
    "12.600": 12600, "12 600": 12600, "12\u00a0600": 12600, "12\u2009600": 12600, "12\u202f600": 12600,
    "12'600": 12600, "12’600": 12600, " 12.600 ": 12600, "1.234.567": 1234567, "12600": 12600, "0": 0,
    "12.600,0": 12600, "'500": 500, "6.600 tài khoản": 6600, "12.600 người": 12600,
}  # fmt: skip
WORDED = {
    "hơn 6.600": (6600, "at_least"), "trên 6.600": (6600, "at_least"), "Trên 6.600 tài khoản": (6600, "at_least"),
    "> 6.600": (6600, "at_least"), ">6600": (6600, "at_least"), "≥ 6.600": (6600, "at_least"),
    "gần 3.000": (3000, "almost"), "khoảng 3.000": (3000, "about"), "dưới 3.000": (3000, "at_most"),
    "12,6 nghìn": (12600, "about"), "1,98 triệu": (1980000, "about"), "775 ngàn": (775000, "about"),
    "hơn 12,6 nghìn": (12600, "at_least"), "gần 15 nghìn": (15000, "almost"),
}  # fmt: skip
MISSING = ["", " ", "-", "–", "—", "…", "...", "N/A", "n/a", "không", "Không có", "chưa báo cáo"]
HELD = {
    "12,5": "not_whole", "12,6": "not_whole", "12,6543 nghìn": "not_whole", "12.600,5": "not_whole",
    "1.23.456": "not_a_number", "12.60": "not_a_number", "12.6": "not_a_number", "1_250": "not_a_number",
    "inf": "not_a_number", "nan": "not_a_number", "-inf": "not_a_number", "１２６００": "not_a_number",
    "١٢٣": "not_a_number", "1e5": "not_a_number", "1E5": "not_a_number", "1O5": "not_a_number",
    "l25": "not_a_number", "12O": "not_a_number", "-5": "negative", "−5": "negative", "(5)": "negative",
    "-12.600": "negative", "24,37%": "percent_in_count", "12,600": "comma_thousands",
    "1,234,567": "comma_thousands", "12,600.00": "comma_thousands", "10/9": "looks_like_date",
    "10/09/2023": "looks_like_date", "2023-09-10": "looks_like_date", "007": "not_a_number",
    "0.123": "not_a_number", "+5": "not_a_number", "12 60": "not_a_number", "1 2600": "not_a_number",
    "1.234 567": "not_a_number", "0x10": "not_a_number", "²": "not_a_number", "1½": "not_a_number",
    "#REF!": "error_cell", "#N/A": "error_cell", "=SUM(A1:A3)": "formula_without_value", "hơn": "not_a_number",
    "x": "not_a_number", "nhiều": "not_a_number", "999.999.999.999.999": "number_too_large",
    "6.600 hơn": "not_a_number", "5 6": "not_a_number", "4.063/": "not_a_number", "4,5/10": "not_whole",
}  # fmt: skip


@pytest.mark.parametrize(("cell", "value"), READ.items())
def test_a_count_as_vietnamese_teams_type_it(cell: str, value: int) -> None:
    assert read_count(cell) == Number(value, "exact")


@pytest.mark.parametrize(("cell", "meant"), WORDED.items())
def test_a_count_with_its_qualifier(cell: str, meant: tuple[int, str]) -> None:
    assert read_count(cell) == Number(*meant)  # type: ignore[arg-type]


@pytest.mark.parametrize("cell", MISSING)
def test_nothing_is_not_zero(cell: str) -> None:
    number = read_count(cell)
    assert isinstance(number, Number)
    assert number.qualifier == "missing"
    assert math.isnan(number.value)


@pytest.mark.parametrize(("cell", "code"), HELD.items())
def test_what_is_no_count_is_held_and_never_published(cell: str, code: str, register: Register) -> None:
    assert read_count(cell) == code
    answer = checked(one_row(cell), register)
    assert values(answer) == {("509", "2023-09-10"): 20001}
    held = [one for one in answer["held"] if one["row"] == 3]
    assert [(one["measure"], one["reason"]) for one in held] == [("activated_cumulative", code)]
    assert answer["verdict"] == "accept_with_warning"


def test_done_over_target_in_one_cell() -> None:
    assert read_count("4.063/4.303") == Number(4063, "exact", out_of=4303)
    assert read_count("436.167/319.284") == Number(436167, "exact", out_of=319284)
    assert read_count("91/91") == Number(91, "exact", out_of=91)


@pytest.mark.parametrize(
    ("cell", "percent"),
    {
        "24,37%": 24.37,
        "24,37": 24.37,
        "24,37 %": 24.37,
        "124,56%": 124.56,
        "100": 100,
        "0": 0,
        "24.37%": 24.37,
        "24.37": 24.37,
        "0.5 %": 0.5,
        "43.751": 43.751,
    }.items(),
)
def test_percentages_are_in_percent_and_may_exceed_100(cell: str, percent: float) -> None:
    assert read_percent(cell) == Number(percent, "exact")


@pytest.mark.parametrize("cell", ["1.0.0%", "1_0%", "abc", "%%", "1e1", "00.5"])
def test_a_percentage_that_is_none(cell: str) -> None:
    assert isinstance(read_percent(cell), str)


def test_a_column_reads_as_its_cells_do() -> None:
    cells = ["12.600", "7", "hơn 5", "12.60", ""]
    counts, odd = read_counts(cells)
    assert counts[:2].tolist() == [12600, 7]
    assert {at: read_count(cells[at]) for at in (2, 3)} == {at: odd[at] for at in (2, 3)}
    assert read_counts(["1", "2.000"])[0].tolist() == [1, 2000]
    assert read_percents(["1,5", "2%"])[0].tolist() == [1.5, 2]
    assert read_counts([])[0].tolist() == []


def test_a_count_too_long_for_any_campaign_is_held_in_a_clean_column_too() -> None:
    _, odd = read_counts(["1", "999999999999999"])
    assert odd == {1: "number_too_large"}


@given(st.integers(0, 10**11), st.sampled_from([".", " ", "\u00a0", "\u2009", "'", ""]))
def test_writing_and_reading_a_count_gives_it_back(count: int, separator: str) -> None:
    assert read_count(f"{count:,}".replace(",", separator)) == Number(count, "exact")


@given(st.integers(0, 10**7), st.integers(0, 99))
def test_writing_and_reading_a_percentage_gives_it_back(whole: int, hundredths: int) -> None:
    number = read_percent(f"{whole:,}".replace(",", ".") + f",{hundredths:02d}%")
    assert number == Number(float(f"{whole}.{hundredths:02d}"), "exact")


@given(st.text())
@example("1/2/3")
@example("hơn hơn 5")
def test_any_text_is_a_number_or_a_reason(cell: str) -> None:
    for number in (read_count(cell), read_percent(cell)):
        if isinstance(number, Number):
            assert number.qualifier == "missing" or 0 <= number.value < 10**12
        else:
            assert number.isidentifier()


@given(st.lists(st.text(max_size=8) | st.integers(0, 10**6).map(str), max_size=6))
def test_a_column_never_reads_otherwise_than_its_cells(cells: list[str]) -> None:
    counts, odd = read_counts(cells)
    for at, cell in enumerate(cells):
        number = read_count(cell)
        if at in odd:
            assert str(odd[at]) == str(number)
        else:
            assert number == Number(counts[at], "exact")


def test_every_measure_is_read_from_its_own_column(register: Register) -> None:
    rows = [
        ["Đơn vị", "Ngày", "Hồ sơ", "Mức 1", "Mức 2", "Trong ngày", "Lũy kế", "Tỷ lệ (%)"],
        ["Hội An", "10/09/2023", "50.000", "40.000", "30.000", "100", "24.333", "50,00"],
    ]
    answer = checked(text(rows).encode(), register)
    assert {one["measure"]: one["value"] for one in answer["records"]} == {
        "dossiers_cumulative": 50000,
        "level1_cumulative": 40000,
        "level2_cumulative": 30000,
        "activated_on_day": 100,
        "activated_cumulative": 24333,
        "rate_printed": 50,
    }
    assert answer["verdict"] == "accept"


@pytest.mark.parametrize("cell", ["\u200b12.600\ufeff", "\t12.600\r\n", "12.600" + " " * 194])
def test_what_nobody_sees_around_a_count_is_no_part_of_it(cell: str) -> None:
    assert read_count(cell) == Number(12600, "exact")


def test_a_cell_longer_than_any_number_is_not_looked_at() -> None:
    assert read_count("12.600" + " " * 195) == "not_a_number"


@pytest.mark.parametrize("read", [read_count, read_percent])
@pytest.mark.parametrize(
    ("cell", "meant"),
    [("1.000.000.000.000", "number_too_large"), ("999.999.999.999", Number(10**12 - 1, "exact"))],
)
def test_the_largest_count(read: Callable[[str], Number | str], cell: str, meant: Number | str) -> None:
    assert read(cell) == meant


def test_a_clean_column_holds_the_same_largest_count() -> None:
    assert read_counts(["1", "1.000.000.000.000"])[1] == {1: "number_too_large"}
    assert read_counts(["1", "999.999.999.999"])[1] == {}


@pytest.mark.parametrize("cell", ["1/1", "1/9", "10/1", "31/9", "10/12"])
def test_what_may_be_a_day_and_month_is_not_done_over_target(cell: str) -> None:
    assert read_count(cell) == "looks_like_date"


@pytest.mark.parametrize(
    ("cell", "done", "target"),
    [("32/12", 32, 12), ("31/13", 31, 13), ("0/12", 0, 12), ("20/91", 20, 91)],
)
def test_what_can_be_no_day_and_month_is_done_over_target(cell: str, done: int, target: int) -> None:
    assert read_count(cell) == Number(done, "exact", out_of=target)


@pytest.mark.parametrize("cell", ["50/100,5", "50,5/100", "50/hơn 100"])
def test_done_and_target_are_whole_and_the_target_is_exact(cell: str) -> None:
    assert read_count(cell) == "not_whole"


def test_a_qualified_number_names_what_is_wrong_with_the_number() -> None:
    assert read_count("hơn -5") == "negative"
    assert read_count("hơn 12,600") == "comma_thousands"
    assert read_count("hơn 12,6") == "not_whole"


@pytest.mark.parametrize("cell", ["65.144/0", "10/0", "0/0"])
def test_nothing_is_done_over_a_target_of_none(cell: str) -> None:
    assert read_count(cell) == "not_a_number"


@pytest.mark.parametrize("cell", ["", "-", "%", " % "])
def test_no_percentage_is_not_zero_percent(cell: str) -> None:
    number = read_percent(cell)
    assert isinstance(number, Number)
    assert number.qualifier == "missing"


def test_a_no_break_space_before_the_percent_sign() -> None:
    assert read_percent("24,37\u00a0%") == Number(24.37, "exact")


@pytest.mark.parametrize("read", [read_counts, read_percents])
@pytest.mark.parametrize("cells", [["1\n2"], ["3", "1\n2"]])
def test_a_line_break_in_a_cell_does_not_make_two_of_it(
    read: Callable[[list[str]], tuple[NDArray[np.float64], dict[int, Number | str]]], cells: list[str]
) -> None:
    numbers, odd = read(cells)
    assert len(numbers) == len(cells)
    assert odd == {len(cells) - 1: "not_a_number"}


def test_a_column_of_percentages_reads_as_its_cells_do() -> None:
    cells = ["24,37%", "abc", "", "24.37%", "24,37\u00a0%"]
    shares, odd = read_percents(cells)
    assert shares.dtype == np.float64
    assert np.array_equal(shares, [24.37, np.nan, np.nan, 24.37, 24.37], equal_nan=True)
    assert {at: str(number) for at, number in odd.items()} == {
        at: str(read_percent(cells[at])) for at in (1, 2)
    }
    assert read_percents([])[0].tolist() == []
