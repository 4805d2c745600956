# ruff: noqa: E501 - a file of a case reads best with one line a line
# fmt: off
"""Files of the kinds that the intake is asked about, written from its issue before any was read."""

from collections.abc import Iterator
from dataclasses import replace

import openpyxl
import pytest

from analysis.tallies import Register
from analysis.tallies.layouts.proposed import as_layout
from tests.tallies.making import checked, saved, taken, workbook
from tests.tallies.test_hundred import DAY, HA, NT, QS, RATE, SUM, TB, Case, csv_case, read_right

D8, D9, D10 = "2023-09-08", "2023-09-09", "2023-09-10"
TWO = {(HA, D9, SUM): 21292, (QS, D9, SUM): 18000}


def subjects() -> Iterator[Case]:
    body = "Ngày;Đơn vị;Trong ngày;Lũy kế\n09/09/2023;Hội An;210;21.292\n09/09/2023;Quế Sơn;50;18.000"
    both = {**TWO, (HA, D9, DAY): 210, (QS, D9, DAY): 50}
    for title in ("BIỂU 2: KẾT QUẢ CẤP ĐỔI CĂN CƯỚC", "Số công dân còn lại phải kích hoạt", "Tiến độ kiểm định xe mô tô", "Số ca mắc sốt xuất huyết", "Remaining citizens to activate", "Motor vehicles inspected, cumulative", "Applications refused so far", "Patients still in treatment", "Personnes pas encore activées", "Nombre d'équipes mobiles déployées", "Chỉ tiêu giao kích hoạt năm 2023"):
        yield csv_case(f"other: {title}", f"{title}\n{body}", {}, stopped=True)
    for title in ("Kết quả kích hoạt tài khoản định danh điện tử trong đợt cao điểm", "Biểu số 3 - Tiến độ kích hoạt tài khoản ĐDĐT", "Accounts activated, by district", "Comptes d'identité électronique activés, par district"):
        yield csv_case(f"own: {title}", f"{title}\n{body}", both)
    yield csv_case("a section of another subject below", "Ngày;Đơn vị;Lũy kế\nI. Kích hoạt tài khoản;;\n09/09/2023;Hội An;21.292\nII. Cấp căn cước công dân;;\n09/09/2023;Quế Sơn;9.000", {(HA, D9, SUM): 21292}, stopped=True)
    tabs = {"Kích hoạt": [["Ngày", "Đơn vị", "Lũy kế"], ["09/09/2023", "Hội An", 21292]], "Chưa kích hoạt": [["Ngày", "Đơn vị", "Lũy kế"], ["09/09/2023", "Hội An", 50000]]}
    yield Case("a tab of those not activated", [("a.xlsx", workbook(tabs))], {(HA, D9, SUM): 21292}, stopped=True)
    yield csv_case("areas across, a title of vehicles", "Số xe máy đăng ký trong ngày\nNgày;Hội An;Quế Sơn\n09/09/2023;5;6", {}, stopped=True)
    yield csv_case("a column of contents, one row a share", "Ngày;Đơn vị;Nội dung;Số liệu\n09/09/2023;Hội An;Kích hoạt lũy kế;21.292\n09/09/2023;Hội An;Số hồ sơ bị trả lại;40", {(HA, D9, SUM): 21292}, stopped=True)


def parts() -> Iterator[Case]:
    yield csv_case("ages", "Ngày;Đơn vị;Nhóm tuổi;Lũy kế\n09/09/2023;Hội An;14-17;1.000\n09/09/2023;Hội An;18-60;20.000", {}, stopped=True)
    yield csv_case("a maker", "Date;District;Manufacturer;Total to date\n09/09/2023;Hội An;Pfizer;1000\n09/09/2023;Hội An;Moderna;1000", {}, stopped=True)
    yield csv_case("a dose with its total", "Date;District;Dose;Total to date\n09/09/2023;Hội An;1;12000\n09/09/2023;Hội An;2;9292\n09/09/2023;Hội An;All;21292", {(HA, D9, SUM): 21292}, stopped=True)
    yield csv_case("a weekday is no part", "Ngày;Thứ;Đơn vị;Lũy kế\n08/09/2023;Sáu;Hội An;21.082\n09/09/2023;Bảy;Hội An;21.292", {(HA, D8, SUM): 21082, (HA, D9, SUM): 21292})
    yield csv_case("urban and rural parts without a heading", "Ngày;Đơn vị;;Lũy kế\n09/09/2023;Hội An;Thành thị;9.000\n09/09/2023;Hội An;Nông thôn;800", {}, stopped=True)


def broken() -> Iterator[Case]:
    head = "Ngày;Đơn vị;Chỉ tiêu;Trong ngày;Lũy kế\n08/09/2023;Hội An;48.666;210;21.082\n08/09/2023;Quế Sơn;39.891;50;17.950\n"
    first = {(HA, D8, DAY): 210, (HA, D8, SUM): 21082, (QS, D8, DAY): 50, (QS, D8, SUM): 17950}
    yield csv_case("slid to the right", head + "09/09/2023;Hội An;;48.666;210", first, stopped=True)
    yield csv_case("the target in the sum", head + "09/09/2023;Hội An;210;21.292;48.666", first, stopped=True)
    yield csv_case("two columns swapped in one row", head + "09/09/2023;Hội An;48.666;21.292;210", first, stopped=True)
    yield Case("commas in two numbers", [("a.csv", "Ngày,Đơn vị,Trong ngày,Lũy kế\n09/09/2023,Hội An,1,210,21,292\n".encode())], {}, stopped=True)
    yield Case("one cell too many in a good table", [("a.csv", "Ngày;Đơn vị;Lũy kế\n08/09/2023;Hội An;21.082\n09/09/2023;Hội An;21.292;9\n".encode())], {(HA, D8, SUM): 21082}, stopped=True)


def days() -> Iterator[Case]:
    for what, cell in {"a time in Vietnamese": "09/09/2023 17h30", "a time before": "17:30 09/09/2023", "ISO with T": "2023-09-09T17:30:00", "dots": "09.09.2023", "words": "ngày 9 tháng 9 năm 2023", "compact": "20230909", "English": "9 Sep 2023", "French": "samedi 9 septembre 2023"}.items():
        yield csv_case(f"a day: {what}", f"Ngày;Đơn vị;Lũy kế\n{cell};Hội An;21.292\n{cell};Quế Sơn;18.000", TWO)
    yield csv_case("a day that does not exist", "Ngày;Đơn vị;Lũy kế\n31/09/2023;Hội An;21.292\n09/09/2023;Quế Sơn;18.000", {(QS, D9, SUM): 18000}, stopped=True)
    yield csv_case("the day in a file's name", "Đơn vị;Lũy kế\nHội An;21.292\nQuế Sơn;18.000", TWO, name="bao cao 09-09-2023.csv")
    yield Case("days in tabs", [("a.xlsx", workbook({"08.09.2023": [["Đơn vị", "Lũy kế"], ["Hội An", 21082]], "09.09.2023": [["Đơn vị", "Lũy kế"], ["Hội An", 21292]]}))], {(HA, D8, SUM): 21082, (HA, D9, SUM): 21292})


def numbers() -> Iterator[Case]:
    for mark in ("<5", "< 10", "*", "NP", "n.s.", "<=3*"):
        yield csv_case(f"a mark {mark}", f"Date;District;Today\n09/09/2023;Hội An;{mark}\n09/09/2023;Quế Sơn;50", {(QS, D9, DAY): 50}, stopped=True)
    for typed, value in {"6.600+": 6600, "21292.00": 21292, "21 292": 21292, "21.292 người": 21292}.items():
        yield csv_case(f"a number {typed}", f"Ngày;Đơn vị;Lũy kế\n09/09/2023;Hội An;{typed}\n09/09/2023;Quế Sơn;18.000", {**TWO, (HA, D9, SUM): value})
    yield csv_case("a rate with a point", "Ngày;Đơn vị;Tỷ lệ (%)\n09/09/2023;Hội An;43.751\n09/09/2023;Quế Sơn;7.25", {(HA, D9, RATE): 43.751, (QS, D9, RATE): 7.25})
    yield csv_case("suppressed in a row of measures", "Số liệu đến ngày 09/09/2023\nChỉ tiêu;Hội An;Quế Sơn\nKích hoạt trong ngày;*;*\nKích hoạt lũy kế;21.292;18.000", TWO, stopped=True)


def names() -> Iterator[Case]:
    yield csv_case("a total without the word", "Ngày;Đơn vị;Lũy kế\n09/09/2023;Hội An;21.292\n09/09/2023;Quế Sơn;18.000\n09/09/2023;Cộng;39.292", TWO)
    yield csv_case("a total that does not add up", "Ngày;Đơn vị;Lũy kế\n09/09/2023;Hội An;21.292\n09/09/2023;Quế Sơn;18.000\n09/09/2023;Tổng cộng;40.000", TWO, stopped=True)
    yield csv_case("groups above their areas", "Ngày;Đơn vị;Lũy kế\n09/09/2023;Cộng khối Đông;39.292\n09/09/2023;Hội An;21.292\n09/09/2023;Quế Sơn;18.000\n09/09/2023;Cộng khối Tây;85.000\n09/09/2023;Thăng Bình;43.000\n09/09/2023;H. Núi Thành;42.000", {**TWO, (TB, D9, SUM): 43000, (NT, D9, SUM): 42000})
    yield csv_case("an unknown area with words for its number", "Ngày;Đơn vị;Lũy kế\n09/09/2023;Hội An;21.292\n09/09/2023;Cù Lao Ré;khoảng 21 nghìn", {(HA, D9, SUM): 21292}, stopped=True)
    yield csv_case("a code where the name is blank", "Ngày;Đơn vị;Mã;Lũy kế\n09/09/2023;;503;21.292\n09/09/2023;Quế Sơn;509;18.000", TWO)
    yield csv_case("Cộng Hòa with a broken number", "Ngày;Đơn vị;Lũy kế\n09/09/2023;Hội An;21.292\n09/09/2023;Cộng Hòa;2l.000", {(HA, D9, SUM): 21292}, stopped=True)


def silent() -> Iterator[Case]:
    yield csv_case("an unknown area whose number is suppressed", "Ngày;Đơn vị;Lũy kế\n09/09/2023;Hội An;21.292\n09/09/2023;Cù Lao Ré;*", {(HA, D9, SUM): 21292}, stopped=True)
    yield csv_case("an unknown area below a small number", "Ngày;Đơn vị;Lũy kế\n09/09/2023;Hội An;21.292\n09/09/2023;Cù Lao Ré;NP", {(HA, D9, SUM): 21292}, stopped=True)


def forms() -> Iterator[Case]:
    yield csv_case("a parent once over its communes, and its total", "Ngày;Huyện;Xã;Lũy kế\n09/09/2023;Thăng Bình;Hà Lam;900\n09/09/2023;Tam Kỳ;Phước Hòa;700\n09/09/2023;Tổng cộng;;1.600", {("20791", D9, SUM): 900, ("20338", D9, SUM): 700})
    yield csv_case("a district, its province behind it", "Đơn vị;Ngày;Lũy kế\nI. Quảng Nam;;\nH. Quế Sơn, Quảng Nam;09/09/2023;18.000\nTP. Hội An, Quảng Nam;09/09/2023;21.292", TWO)
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (["Đơn vị", "Kích hoạt", None, "Ghi chú"], [None, "Trong ngày", "Lũy kế", None], [1, 2, 3, 4], ["Hội An", 210, 21292, None], ["Quế Sơn", 50, 18000, None]):
        sheet.append(row)
    sheet.insert_rows(1)
    sheet["A1"] = "KẾT QUẢ KÍCH HOẠT TÀI KHOẢN NGÀY 09/09/2023"
    for cells in ("A1:D1", "A2:A3", "B2:C2", "D2:D3"):
        sheet.merge_cells(cells)
    yield Case("a form with a row of numbers", [("a.xlsx", saved(book))], {**TWO, (HA, D9, DAY): 210, (QS, D9, DAY): 50})
    book = openpyxl.Workbook()
    for row in (["Ngày", "Đơn vị", "Lũy kế"], ["09/09/2023", "Hội An", 21292], ["09/09/2023", "Quế Sơn", None], ["10/09/2023", "Hội An", 21300]):
        book.active.append(row)
    book.active.merge_cells("C3:C4")
    book.active["C3"] = 21292
    yield Case("a number merged over two rows", [("a.xlsx", saved(book))], {(HA, D9, SUM): 21292}, stopped=True)
    yield Case("a day merged over its areas", [("a.xlsx", _merged_day())], TWO)


def noticed() -> Iterator[Case]:
    """What changes of the layouts had shown that nobody asked."""
    yield csv_case("one maker an area", "Ngày;Đơn vị;Hãng;Lũy kế\n09/09/2023;Hội An;Pfizer;21.292\n09/09/2023;Quế Sơn;Moderna;18.000", {}, stopped=True)
    yield csv_case("a column of other counts is no part", "Ngày;Đơn vị;Xyz;Lũy kế\n09/09/2023;Hội An;1.234;21.292\n09/09/2023;Hội An;1.300;21.292\n09/09/2023;Quế Sơn;1.300;18.000", TWO, stopped=True)
    yield csv_case("a part beside a whole, without a heading", "Ngày;Đơn vị;;Lũy kế\n09/09/2023;Hội An;Nam;9.000\n09/09/2023;Quế Sơn;Tổng;18.000", {(QS, D9, SUM): 18000}, stopped=True)
    notes = [f"{day:02}/08/2023;{area};m{day}{area[:1]};{20000 + 10 * day}" for day in range(1, 21) for area in ("Hội An", "Quế Sơn")]
    yield csv_case("forty different texts are parts", "\n".join(["Ngày;Đơn vị;Xyz;Lũy kế", *notes, "01/08/2023;Hội An;m2H;20.010"]), {}, stopped=True)
    yield csv_case("areas across, split by sex", "Lũy kế tài khoản kích hoạt\nNgày;Giới tính;Hội An;Quế Sơn\n09/09/2023;Nam;9.000;8.000\n09/09/2023;Nữ;9.100;8.100", {}, stopped=True)
    yield csv_case("areas across, one maker", "Lũy kế tài khoản kích hoạt\nNgày;Hãng;Hội An;Quế Sơn\n09/09/2023;Pfizer;9.000;8.000", {}, stopped=True)
    yield csv_case("areas across, the measure in a column alone", "Ngày;Nội dung;Hội An;Quế Sơn\n09/09/2023;Kích hoạt lũy kế;21.292;18.000", TWO)
    yield csv_case("a group that begins in the second column", ";Kích hoạt;\nĐơn vị;Trong ngày;Lũy kế\nHội An;210;21.292\nQuế Sơn;50;18.000", {**TWO, (HA, D9, DAY): 210, (QS, D9, DAY): 50}, name="09-09-2023.csv")


def _merged_day() -> bytes:
    book = openpyxl.Workbook()
    for row in (["Ngày", "Đơn vị", "Lũy kế"], ["09/09/2023", "Hội An", 21292], [None, "Quế Sơn", 18000]):
        book.active.append(row)
    book.active.merge_cells("A2:A3")
    return saved(book)


CASES = [*subjects(), *parts(), *broken(), *days(), *numbers(), *names(), *silent(), *forms(), *noticed()]
COUNT = '[[layouts.measures]]\nmeasure = "activated_cumulative"\ncolumn = "N"'
TOLD = {
    "a where on a column that is not there": ('where = { Kind = "x" }\n' + COUNT, "D;A;N\n09/09/2023;Hội An;21.292", {}, "Kind"),
    "a heading row below the end": ("heading_rows = 9\n" + COUNT, "D;A;N\n09/09/2023;Hội An;21.292", {}, "9"),
    "a pattern that the name does not have": ('day = { file = "x-{day}" }\narea = "A"\n' + COUNT, "A;N\nHội An;21.292", {}, "x-{day}"),
    "numbers of another style than told": ('numbers = { decimal = ".", thousands = "," }\n' + COUNT, "Ngày;Đơn vị;N\n09/09/2023;Hội An;21.292\n09/09/2023;Quế Sơn;18,000", {(QS, D9, SUM): 18000}, None),
    "month first, told": ('day = { heading = "Ngày", order = "month_first" }\n' + COUNT, "Ngày;Đơn vị;N\n9/9/2023;Hội An;21.292\n9/8/2023;Quế Sơn;18.000\n9/13/2023;Thăng Bình;43.000", {(HA, D9, SUM): 21292, (QS, D8, SUM): 18000, (TB, "2023-09-13", SUM): 43000}, None),
    "parts added up, one broken": ('sum_over = "S"\n' + COUNT, "Ngày;Đơn vị;S;N\n09/09/2023;Hội An;F;200\n09/09/2023;Hội An;M;2l0\n09/09/2023;Quế Sơn;F;300\n09/09/2023;Quế Sơn;M;310", {(QS, D9, SUM): 610}, None),
    "a small number suppressed": ('suppressed = { "<5" = 4 }\n' + COUNT, "Ngày;Đơn vị;N\n09/09/2023;Hội An;<5\n09/09/2023;Quế Sơn;18.000", {(HA, D9, SUM): 4, (QS, D9, SUM): 18000}, None),
}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.what)
def test_a_file_is_read_right(case: Case, register: Register) -> None:
    answer = read_right(case, register)
    assert case.stopped or not answer["held"]


@pytest.mark.parametrize("what", TOLD)
def test_what_a_layout_says_is_done_or_refused(what: str, register: Register) -> None:
    block, lines, right, named = TOLD[what]
    told = replace(register, layouts=(as_layout(f'[[layouts]]\nname = "it"\n{block}\n'),))
    answer = checked(lines.encode(), told, name="a.csv")
    assert taken(answer) == right
    if named:
        assert any(named in one["message_en"] for one in answer["findings"])
    assert answer["held"] or answer["findings"] or len(right) == lines.count("\n")


@pytest.mark.parametrize("lines", ["STT;Ngày;Hội An;Quế Sơn\n1;09/09/2023;;\n2;10/09/2023;5;6", "STT;Đơn vị;Ngày;Trong ngày lũy kế\n1;Hội An;09/09/2023;\n2;Quế Sơn;09/09/2023;5"])
def test_a_numbered_row_without_numbers_is_passed_over_where_nobody_knows_what_is_counted(lines: str, register: Register) -> None:
    answer = checked(lines.encode(), register)
    assert [(one["row"], one["reason"]) for one in answer["ignored"]] == [(1, "header_row"), (2, "text_row")]


def test_two_columns_that_say_the_same_are_held_as_what_both_say(register: Register) -> None:
    answer = checked("Ngày;Đơn vị;Lũy kế;Lũy kế\n09/09/2023;Hội An;21.292;21.300".encode(), register)
    assert [(one["measure"], one["reason"]) for one in answer["held"]] == [(SUM, "measure_unclear")] * 2


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("Ngày;Đơn vị;Giới tính;Lũy kế\n09/09/2023;Hội An;Nam;9.000", ("Giới tính", "Nam")),
        ("Ngày;Đơn vị;Nội dung;Lũy kế\n09/09/2023;Hội An;Số hồ sơ bị trả lại;40", ("Số hồ sơ bị trả lại",)),
        ("Số liệu đến ngày 09/09/2023\nChỉ tiêu;Hội An;Quế Sơn\nSố hồ sơ bị trả lại;4;5\nKích hoạt lũy kế;;", ("Số hồ sơ bị trả lại",)),
        ("Ngày;Đơn vị;Lũy kế/Chỉ tiêu\n09/09/2023;Hội An;21.292", ("Lũy kế/Chỉ tiêu",)),
        ("Ngày;Đơn vị;Trong ngày lũy kế\n09/09/2023;Hội An;21.292", ("Trong ngày lũy kế",)),
    ],
)
def test_what_is_held_says_which_heading_and_which_words(lines: str, said: tuple[str, ...], register: Register) -> None:
    answer = checked(lines.encode(), register)
    assert answer["held"]
    assert answer["records"] == []
    assert all(any(one in message["message_en"] for message in answer["findings"]) for one in said)


@pytest.mark.parametrize("lines", ["Lũy kế kích hoạt\nĐơn vị;08/09/2023;09/09/2023\nHội An;1;2\nXyz;3;4", "Lũy kế kích hoạt\nNgày;Hội An;Quế Sơn\n31/09/2023;1;2"])
def test_what_is_held_says_of_which_measure_it_would_be(lines: str, register: Register) -> None:
    assert {one["measure"] for one in checked(lines.encode(), register)["held"]} == {SUM}


def test_a_number_merged_over_two_measures_is_neither(register: Register) -> None:
    book = openpyxl.Workbook()
    for row in (["Ngày", "Đơn vị", "Trong ngày", "Lũy kế"], ["09/09/2023", "Hội An", 210, None], ["09/09/2023", "Quế Sơn", 50, 18000]):
        book.active.append(row)
    book.active.merge_cells("C2:D2")
    answer = checked(saved(book), register, name="a.xlsx")
    assert {(one["area_code"], one["value"]) for one in answer["records"]} == {(QS, 50), (QS, 18000)}
    assert "merged_value" in {one["reason"] for one in answer["held"]}


def test_a_file_of_more_names_than_any_campaign_has_is_refused(register: Register) -> None:
    lines = ["Ngày;Đơn vị;Lũy kế", *(f"09/09/2023;Thôn {number};5" for number in range(1_200))]
    assert [one["code"] for one in checked("\n".join(lines).encode(), register)["findings"]] == ["too_many_faults"]
