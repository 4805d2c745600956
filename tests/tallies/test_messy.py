# ruff: noqa: E501 - a file of a case reads best with one line a line
# fmt: off
"""Files that say in an odd place what their numbers are: scales, periods, parts, weekdays, marks that nobody sees."""

from datetime import date
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from openpyxl.styles import Font

from analysis.tallies import Register
from analysis.tallies.words.dated import split_day
from analysis.tallies.words.days import Calendar
from analysis.tallies.words.scales import scale_said
from tests.tallies.making import checked, codes, saved, text, values, xlsx

HA, QS, D9 = "503", "509", "2023-09-09"
LONG = "Ngày;Đơn vị;Lũy kế\n09/09/2023;Hội An;21\n09/09/2023;Quế Sơn;18"
SUMS = {(HA, D9): 21292, (QS, D9): 18000}
SCALES = [
    "ĐVT: 1.000 TK", "Đơn vị tính: nghìn người", "Đơn vị: nghìn", "(in thousands)", "Comptes activés (en milliers)", "ĐVT: trăm tài khoản", "Figures in lakh",
    "Total to date ('000)", "(x1000)", "SỐ NGHÌN TÀI KHOẢN ĐÃ KÍCH HOẠT", "Unit: thousand persons", "Unité : milliers", "Dvt: 1000 nguoi", "units (000s)", "Don vi tinh: nghin nguoi",
]
NO_SCALES = [
    "Phấn đấu 738 nghìn tài khoản", "Phấn đấu kích hoạt 1.000 tài khoản/ngày", "Hàng nghìn người ra quân", "Đơn vị: Triệu Phong", "Đơn vị: Vạn Ninh", "1,98 triệu người",
    "activated in 1000 households", "ĐVT: tài khoản", "Đơn vị tính: trạm", "Công an huyện Triệu Phong", "Mục tiêu 738.000 tài khoản (100%)", "Ngày 10/10/2023", "",
]


def csv_of(lines: str) -> bytes:
    return text([line.split(";") for line in lines.splitlines()]).encode()


@pytest.mark.parametrize("line", SCALES)
def test_a_table_that_does_not_count_by_ones_is_refused_with_the_words_that_say_so(line: str, register: Register) -> None:
    answer = checked(csv_of(f"{line}\n{LONG}"), register)
    assert codes(answer) == ["in_thousands"]
    assert line in answer["findings"][0]["message_en"]


@pytest.mark.parametrize("lines", [LONG.replace("Lũy kế", "Lũy kế (1.000 TK)"), LONG.replace("Lũy kế", "Lũy kế (nghìn)"), f"{LONG}\nGhi chú: đơn vị tính nghìn tài khoản"])
def test_a_heading_and_a_note_below_say_so_too(lines: str, register: Register) -> None:
    assert codes(checked(csv_of(lines), register)) == ["in_thousands"]


@pytest.mark.parametrize("line", NO_SCALES)
def test_a_number_in_words_and_a_place_are_no_scale(line: str) -> None:
    assert scale_said([line]) == ""


def test_the_scale_of_a_column_that_is_not_read_refuses_nothing(register: Register) -> None:
    lines = "Ngày;Đơn vị;Dân số (nghìn người);Lũy kế\n09/09/2023;Hội An;98;21.292\n09/09/2023;Quế Sơn;80;18.000"
    assert values(checked(csv_of(lines), register)) == SUMS


@pytest.mark.parametrize("heading", [
    "Lũy kế / 1000 dân", "Lũy kế trên 100 dân", "Lũy kế (‰)", "Cumulative per 1,000", "Lũy kế 7 ngày", "Kích hoạt 7 ngày", "Cumulative 14 days", "Lũy kế nam", "Luy ke nam", "Trong ngày nam",
])
def test_a_share_of_many_a_sum_of_some_days_and_a_part_are_no_sum(heading: str, register: Register) -> None:
    answer = checked(csv_of(LONG.replace("Lũy kế", heading)), register)
    assert (answer["verdict"], answer["records"]) == ("reject", [])


@pytest.mark.parametrize("heading", ["Lũy kế năm 2023", "Lũy kế từ đầu năm", "Luy ke tu dau nam", "Luy ke nam 2023"])
def test_the_year_of_a_sum_is_no_part(heading: str, register: Register) -> None:
    assert values(checked(csv_of(LONG.replace("Lũy kế", heading)), register)) == {(HA, D9): 21, (QS, D9): 18}


CALENDAR = Calendar(ZoneInfo("Asia/Ho_Chi_Minh"), date(2023, 9, 18), since=date(2023, 6, 7))
HEADINGS = {
    "Lũy kế từ 15/8": "date_is_period", "Lũy kế từ 01/9/2023": "date_is_period", "Lũy kế từ 01/9 đến nay": "date_is_period", "Lũy kế từ 15/8 (số liệu đến 09/9/2023)": "date_is_period",
    "Lũy kế từ ngày 15/08/2023 đến ngày 09/09/2023": "date_is_period", "Lũy kế 01/09/2023-09/09/2023": "date_is_period", "Lũy kế (01/9-9/9)": "date_is_period", "Lũy kế 1-9/9/2023": "date_is_period",
    "Total since 1 August 2023": "date_is_period", "Cumulative 1 August 2023 to 9 September 2023": "date_is_period", "Cumul du 01/08/2023 au 09/09/2023": "date_is_period",
    "Lũy kế từ 07/06/2023 đến 09/09/2023": date(2023, 9, 9), "Lũy kế từ 7/6": None, "Cumul depuis le 7 juin 2023": None, "Cumul du 09/09/2023": date(2023, 9, 9),
    "Tuần 03/9 - 09/9 Ngày 05/09/2023": date(2023, 9, 5), "Tuần từ 03/9 đến 09/9 05/09/2023": date(2023, 9, 5), "09/09/2023 Lũy kế đến 09/09/2023": date(2023, 9, 9),
    "Từ 0h đến 17h 9/9/2023": date(2023, 9, 9), "Kích hoạt mức 2 đến 9/9/2023": date(2023, 9, 9), "Lũy kế từ đầu đợt đến 9/9/2023": date(2023, 9, 9),
}


@pytest.mark.parametrize(("heading", "day"), HEADINGS.items())
def test_the_first_day_of_a_period_in_a_heading_is_not_the_day_of_its_numbers(heading: str, day: object) -> None:
    assert split_day(heading, CALENDAR)[1] == day


def test_a_week_in_a_heading_is_the_day_it_ends_where_weeks_are_counted() -> None:
    weekly = Calendar(CALENDAR.zone, CALENDAR.latest, covered=7)
    assert split_day("Trong tuần 04/09/2023 - 10/09/2023", weekly) == ("trong tuần", date(2023, 9, 10))
    assert split_day("Lũy kế từ 15/08/2023 đến 10/09/2023", weekly)[1] == "date_is_period"


@pytest.mark.parametrize("title", ["KẾT QUẢ TỪ NGÀY 03/9/2023 ĐẾN NGÀY 09/9/2023", "Lũy kế từ 15/8/2023 đến 9/9/2023"])
def test_a_number_of_a_period_is_held_with_the_words_that_say_the_period(title: str, register: Register) -> None:
    lines = f"Đơn vị;{title}\nHội An;21.292" if title.startswith("Lũy") else f"{title}\nĐơn vị;Lũy kế\nHội An;21.292"
    answer = checked(csv_of(lines), register)
    assert [(one["reason"], one["text"]) for one in answer["held"]] == [("date_is_period", title)]
    assert title in next(one["message_en"] for one in answer["findings"] if one["code"] == "date_is_period")


@pytest.mark.parametrize("day", [
    "\ufeff09/09/2023", "\u200e09\u200e/\u200e09\u200e/\u200e2023", "09 / 09 / 2023", "9. 9. 2023", "09/09/2023.", "Ngày: 09/09/2023", "09/09/2023 (thứ bảy)", "Saturday, 9/9/2023",
])
def test_a_day_with_what_is_no_part_of_it(day: str, register: Register) -> None:
    assert values(checked(csv_of(f"Ngày;Đơn vị;Lũy kế\n{day};Hội An;\u200f21.292\u200e\n{day};Quế Sơn;18.000"), register)) == SUMS


@pytest.mark.parametrize(("proof", "doubt"), [("Wed 9/13/2023", "Fri 9/8/2023"), ("\u200e9/\u200e13/\u200e2023", "\u200e9/\u200e8/\u200e2023"), ("9 / 13 / 2023", "9 / 8 / 2023"), ("9/9/2023", "Fri 9/8/2023")])
def test_the_month_first_is_found_whatever_stands_around_a_date(proof: str, doubt: str, register: Register) -> None:
    answer = checked(csv_of(f"Date;District;Cumulative\n{proof};Hội An;21.292\n{doubt};Hội An;21.000"), register)
    assert {row["row"] for row in answer["held"] if row["reason"] == "month_first"} >= {3}
    assert "2023-08-09" not in {one["date"] for one in answer["records"]}


@pytest.mark.parametrize("day", ["Thứ bảy, 10/9/2023", "T7 10/9/2023", "CN 10/9/2023"])
def test_a_mistyped_weekday_says_less_than_its_date(day: str, register: Register) -> None:
    assert set(values(checked(csv_of(f"Ngày;Đơn vị;Lũy kế\n{day};Hội An;21.292"), register))) == {(HA, "2023-09-10")}


@pytest.mark.parametrize("name", ["a) Hội An", "• Hội An", "+ Hội An", "'Hội An", "Hội An (1)", "Hội An¹", "Hội An [2]", "Hội_An", "Thành phố Hội An (TP)", "BCĐ TP Hội An"])
def test_a_mark_of_a_list_or_footnote_is_no_part_of_a_name(name: str, register: Register) -> None:
    assert values(checked(csv_of(f"Ngày;Đơn vị;Lũy kế\n09/09/2023;{name};21.292\n09/09/2023;Quế Sơn;18.000"), register)) == SUMS


@pytest.mark.parametrize("name", ["Hội An và Quế Sơn", "Huyện Hội An (TP)", "Hội An (1,2)", "Hội An (trừ Tân Hiệp)", "+", "(1)"])
def test_what_is_more_than_a_mark_is_held(name: str, register: Register) -> None:
    assert values(checked(csv_of(f"Ngày;Đơn vị;Lũy kế\n09/09/2023;{name};21.292\n09/09/2023;Quế Sơn;18.000"), register)) == {(QS, D9): 18000}


def column(*numbers: object) -> list[list[object]]:
    areas = ["Hội An", "Quế Sơn", "Thăng Bình", "Tam Kỳ"]
    return [["Ngày", "Đơn vị", "Trong ngày"], *(["09/09/2023", *pair] for pair in zip(areas, numbers, strict=False))]


@pytest.mark.parametrize(("numbers", "held"), [((21.292, 18), ["comma_thousands", "zeros_cut"]), ((1.2, 2.345, 18, 3), ["not_whole", "comma_thousands", "zeros_cut", "zeros_cut"]), ((12.5, 18, 3, 7), ["not_whole"]), ((21.292, 18000), ["comma_thousands"])])
def test_small_numbers_beside_many_with_decimals_may_have_lost_their_zeros(numbers: tuple[float, ...], held: list[str], register: Register) -> None:
    answer = checked(xlsx(column(*numbers)), register, name="a.xlsx")
    assert sorted(one["reason"] for one in answer["held"]) == sorted(held)


def test_a_text_file_of_such_a_workbook_is_doubted_too(register: Register) -> None:
    answer = checked(text(column("1.2", "18", "2.345")).encode(), register)
    assert [one["reason"] for one in answer["held"]] == ["not_a_number", "zeros_cut"]
    assert values(answer, "activated_on_day") == {("513", D9): 2345}
    assert "“18” may be in thousands" in answer["findings"][1]["message_en"]


@pytest.mark.parametrize(("at", "held"), [((3, 2), [3]), ((2, 3), [2]), ((1, 1), []), ((4, 1), [])])
def test_a_row_that_is_struck_through_is_held(at: tuple[int, int], held: list[int], register: Register) -> None:
    book = openpyxl.Workbook()
    for row in (["Ngày", "Đơn vị", "Lũy kế"], ["09/09/2023", "Hội An", 21292], ["09/09/2023", "Quế Sơn", 18000], ["Ghi chú"]):
        book.active.append(row)
    book.active.cell(*at).font = Font(strike=True)
    answer = checked(saved(book), register, name="a.xlsx")
    assert [(one["row"], one["reason"]) for one in answer["held"]] == [(row, "struck_out") for row in held]
    assert len(answer["records"]) == 2 - len(held)
