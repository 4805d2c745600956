# ruff: noqa: E501 - a table of cases reads best with one case a line
"""Which day a team means."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.tallies import Register
from analysis.tallies.words.dated import day_of_lines, is_of_signing, split_day
from analysis.tallies.words.days import Calendar
from tests.tallies.making import HANOI, checked, codes, one_row, text, values, xlsx

CALENDAR = Calendar(HANOI, date(2023, 9, 18))
TENTH = date(2023, 9, 10)
READ = [
    "10/09/2023", "10/9/2023", "10-9-2023", "10.9.2023", "10/9/23", "2023-09-10", "2023/09/10", "10/9", "10-9",
    "10.9", "10.09", "ngày 10/9/2023", "Ngày 10 tháng 9 năm 2023", "10 tháng 9, 2023", "10 thg 9, 2023", "10 thg. 9 2023", "Chủ Nhật, 10 tháng 9, 2023",
    "CN 10/9", "Chủ nhật, ngày 10/9/2023", "10 tháng 9", "10/09/2023 17:00", "10/09/2023 17h30", "2023-09-10 17:00:00",
    "17h00 ngày 10/9/2023", "tính đến ngày 10/9/2023", "10-Sep-2023", "10 September 2023", "Sep 10, 2023",
    "20230910", "2023-09-10T08:00:00+07:00", "2023-09-09T17:00:00Z", "2023-09-10T16:59:59Z", "45179", " 10/09/2023 ",
    "đến hết ngày 10/9",
]  # fmt: skip
HELD = {
    "": "date_missing", "31/09/2023": "date_impossible", "30/02/2023": "date_impossible", "0/9/2023": "date_impossible",
    "9/13/2023": "month_first", "09/25/2023": "month_first", "9/13": "month_first", "10/09/2032": "date_in_future",
    "19/09/2023": "date_in_future", "9/10/2023": "date_in_future", "2023-10-09": "date_in_future",
    "9/10": "date_in_future", "10/09/2013": "date_too_old", "10/09/0223": "date_too_old", "10/09/1923": "date_too_old",
    "tháng 9/2023": "date_is_period", "9/2023": "date_is_period", "tuần 36": "date_is_period",
    "từ 4/9 đến 10/9": "date_is_period", "4-10/9/2023": "date_is_period", "04/9/2023 - 10/9/2023": "date_is_period",
    "quý III": "date_is_period", "hôm qua": "not_a_date", "abc": "not_a_date", "12.600": "not_a_date",
    "１０/９/２０２３": "not_a_date", "10/9/2023x": "not_a_date", "2023-09-10T17:00:00-07:00x": "not_a_date",
}  # fmt: skip


@pytest.mark.parametrize("cell", READ)
def test_a_day_as_teams_write_it(cell: str, register: Register) -> None:
    assert CALENDAR.read(cell) == TENTH
    assert values(checked(one_row("24.333", day=cell), register))["503", "2023-09-10"] == 24333


@pytest.mark.parametrize(("cell", "code"), HELD.items())
def test_what_is_not_certainly_a_day_is_held(cell: str, code: str, register: Register) -> None:
    assert CALENDAR.read(cell) == code
    answer = checked(one_row("24.333", day=cell), register)
    assert values(answer) == {("509", "2023-09-10"): 20001}
    assert [(one["row"], one["measure"], one["reason"]) for one in answer["held"]] == [(3, None, code)]


def test_a_date_without_a_year_needs_a_year_from_somewhere() -> None:
    assert Calendar(HANOI, date(2026, 1, 1), stated=False).read("10/9") == "date_without_year"
    assert Calendar(HANOI, None, year=2023).read("10/9") == TENTH
    assert Calendar(HANOI, date(2024, 1, 2)).read("31/12") == date(2023, 12, 31)
    assert Calendar(HANOI, date(2023, 9, 18)).read("31/12") == "date_in_future"


def test_a_day_begins_and_ends_in_the_campaigns_zone() -> None:
    utc = Calendar(ZoneInfo("UTC"), date(2023, 9, 18))
    assert utc.read("2023-09-10T23:30:00Z") == date(2023, 9, 10)
    assert CALENDAR.read("2023-09-10T23:30:00Z") == date(2023, 9, 11)


def test_the_day_of_receipt_is_local(register: Register) -> None:
    just_after = datetime(2023, 9, 9, 17, 30, tzinfo=ZoneInfo("UTC"))
    just_before = datetime(2023, 9, 9, 16, 30, tzinfo=ZoneInfo("UTC"))
    data = one_row("24.333")
    assert checked(data, register, as_of=just_after)["verdict"] == "accept"
    assert codes(checked(data, register, as_of=just_before)).count("date_in_future") == 2


def test_serials_count_from_what_the_workbook_says() -> None:
    assert Calendar(HANOI, date(2023, 9, 18), epoch="1904").read("43717") == TENTH
    assert Calendar(HANOI, date(2023, 9, 18), epoch="1900").read("45179") == TENTH
    # A text file does not say: only one reading can be of the last year.
    assert CALENDAR.read("43717") == TENTH
    assert Calendar(HANOI, None).read("45179") == "serial_unclear"


@pytest.mark.parametrize("system", [1900, 1904])
def test_real_dates_in_both_systems(system: int, register: Register) -> None:
    import openpyxl
    from openpyxl.utils.datetime import CALENDAR_MAC_1904

    from tests.tallies.making import saved

    book = openpyxl.Workbook()
    if system == 1904:
        book.epoch = CALENDAR_MAC_1904
    sheet = book.active
    sheet.append(["Đơn vị", "Ngày", "Lũy kế"])
    sheet.append(["Hội An", datetime(2023, 9, 10), 24333])
    sheet.append(["Quế Sơn", 45179 if system == 1900 else 43717, 20000])
    answer = checked(saved(book), register, name="a.xlsx")
    assert values(answer) == {("503", "2023-09-10"): 24333, ("509", "2023-09-10"): 20000}


def test_a_column_that_an_english_excel_read_month_first(register: Register) -> None:
    rows = [["Đơn vị", "Ngày", "Lũy kế"]]
    rows += [["Hội An", datetime(2023, 5, 9), 24001], ["Hội An", datetime(2023, 6, 9), 24002]]
    rows += [["Hội An", "13/09/2023", 24003], ["Hội An", "14/09/2023", 24004]]
    answer = checked(xlsx(rows), register, name="a.xlsx")
    assert values(answer) == {("503", "2023-09-13"): 24003, ("503", "2023-09-14"): 24004}
    assert codes(answer) == ["month_first", "month_first"]


def test_a_year_that_is_out_of_line_with_the_rest(register: Register) -> None:
    days = ["08/09/2023", "09/09/2022", "10/09/2023", "11/09/2023"]
    rows = [["Đơn vị", "Ngày", "Lũy kế"], *(["Hội An", day, str(24000 + n)] for n, day in enumerate(days))]
    answer = checked(text(rows).encode(), register)
    assert ("503", "2022-09-09") not in values(answer)
    assert [one["reason"] for one in answer["held"]] == ["date_out_of_line"]


TITLES = {
    "Số liệu tính đến ngày 10/9/2023": TENTH,
    "Tính đến 17h00 ngày 10/9/2023": TENTH,
    "(Tính đến 23h ngày 10-9-2023)": TENTH,
    "KẾT QUẢ KÍCH HOẠT TRONG NGÀY 10/9": TENTH,
    "Báo cáo ngày 10 tháng 9 năm 2023": TENTH,
    "Kế hoạch số 3526/QĐ-UBND ngày 26/5/2023; số liệu đến ngày 10/9/2023": TENTH,
    "Thực hiện Kế hoạch số 384/KH-UBND ngày 15/8/2023": None,
    "Từ ngày 04/9/2023 đến ngày 10/9/2023": "date_is_period",
    "Ngày 9/9/2023 và ngày 10/9/2023": "date_conflict",
    "BÁO CÁO KẾT QUẢ KÍCH HOẠT": None,
    "Số liệu tính đến ngày 10/9/2033": "date_in_future",
}


@pytest.mark.parametrize(("title", "day"), TITLES.items())
def test_the_day_a_title_gives(title: str, day: object) -> None:
    assert day_of_lines([title], CALENDAR) == day


def test_the_day_of_signing_is_not_the_day_of_the_numbers() -> None:
    signed = "Tam Kỳ, ngày 11 tháng 9 năm 2023"
    assert day_of_lines([signed, "Số liệu tính đến ngày 10/9/2023"], CALENDAR) == TENTH
    assert day_of_lines([signed], CALENDAR) == date(2023, 9, 11)
    assert is_of_signing([signed])
    assert not is_of_signing(["Kết quả đến 16 giờ 30 phút, ngày 10 tháng 9 năm 2023"])


def test_a_heading_may_carry_its_day() -> None:
    assert split_day("Lũy kế đến ngày 10/9/2023", CALENDAR) == ("lũy kế", TENTH)
    assert split_day("10/9", CALENDAR) == ("", TENTH)
    assert split_day("Lũy kế", CALENDAR) == ("Lũy kế", None)


@given(
    st.dates(date(2021, 1, 1), date(2023, 9, 18)),
    st.sampled_from(["{0:%d/%m/%Y}", "{0:%Y-%m-%d}", "{0.day}.{0.month}.{0.year}"]),
)
def test_writing_and_reading_a_day_gives_it_back(day: date, form: str) -> None:
    assert CALENDAR.read(form.format(day)) == day


@given(st.text() | st.from_regex(r"\A\d{1,6}[/.\-]\d{1,6}([/.\-]\d{1,6})?\Z"))
def test_any_text_is_a_day_or_a_reason(cell: str) -> None:
    day = CALENDAR.read(cell)
    assert day <= date(2023, 9, 18) if isinstance(day, date) else day.isidentifier()
    day_of_lines([cell], CALENDAR)
    split_day(cell, CALENDAR)


@pytest.mark.parametrize(
    "name",
    [
        "BC_20230910", "bc-10-9-2023", "bao cao ngay 10.9.2023", "10092023", "2023-09-10", "BC_10_9_2023",
        "BC ngày 10-9", "BC_2023-09-10_17h00", "Bao cao 06_QN_10.09.2023_v2", "bc(10.9.2023)", "BC10092023",
    ],
)  # fmt: skip
def test_the_day_that_a_file_is_named_after(name: str, register: Register) -> None:
    rows = [["Đơn vị", "Lũy kế"], ["Thăng Bình", "65.144"]]
    answer = checked(text(rows).encode(), register, name=f"{name}.csv")
    assert values(answer) == {("513", "2023-09-10"): 65144}
    assert codes(answer) == ["day_from_name"]


@pytest.mark.parametrize(
    "name",
    [
        "BC 4-10.9.2023",
        "BC_20230904-20230910",
        "so_123456",
        "123-10-9-2023",
        "T9.2023",
        "10092023123",
        "9.2023",
    ],
)
def test_a_file_name_that_says_no_one_day(name: str, register: Register) -> None:
    rows = [["Đơn vị", "Lũy kế"], ["Thăng Bình", "65.144"]]
    answer = checked(text(rows).encode(), register, name=f"{name}.csv")
    assert answer["verdict"] == "reject"
    assert answer["records"] == []


@pytest.mark.parametrize(
    "line",
    [
        "Chỉ tiêu phải hoàn thành trước ngày 30/9/2023", "Hoàn thành chỉ tiêu đến hết ngày 30/9/2023",
        "Hạn báo cáo: 17h ngày 12/9/2023", "Cập nhật lần trước: 01/9/2023",
        "Gửi về PC06 trước 10h00 ngày 11/9/2023",
    ],
)  # fmt: skip
def test_a_deadline_or_an_earlier_report_is_not_the_day_of_the_numbers(line):
    assert day_of_lines([line], CALENDAR) is None
    said = f"{line}; số liệu tính đến ngày 10/9/2023"
    assert day_of_lines([said], CALENDAR) == date(2023, 9, 10)


@pytest.mark.parametrize("cell", ["Tính đến 17h ngày 10/9/2023", "tính tới ngày 10/9/2023"])
def test_the_words_of_a_title_are_read_in_a_cell_too(cell):
    assert CALENDAR.read(cell) == date(2023, 9, 10)
