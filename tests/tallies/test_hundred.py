# ruff: noqa: E501 - a file of a case reads best with one line a line
# fmt: off
"""A second hundred files, ordinary and hostile, written before any was read: each with its right answer."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import openpyxl
import pytest

from analysis.tallies import Register
from tests.tallies.making import checked, saved, taken, text, workbook, xlsx

SUM, DAY, RATE = "activated_cumulative", "activated_on_day", "rate_printed"
HA, TB, QS, NT, TK = "503", "513", "509", "517", "502"
Rows = Sequence[Sequence[object]]
Right = dict[tuple[str, str, str], float | None]


class Case(NamedTuple):
    """Files of one delivery, the numbers they give, and whether something must be held or refused."""

    what: str
    files: Sequence[tuple[str, bytes]]
    right: Right
    stopped: bool = False
    sender: str = ""


def read_right(case: Case, register: Register) -> dict[str, Any]:
    """Read a delivery, hold it to its numbers, and return what the checks answer."""
    answer = checked(case.files, register, sender=case.sender)
    assert taken(answer) == case.right
    warned = [one for one in answer["findings"] if one["severity"] != "info"]
    assert bool(answer["held"] or warned) or not case.stopped
    return answer


def csv_case(what: str, lines: str, right: Right, *, stopped: bool = False, name: str = "a.csv") -> Case:
    rows = [line.strip().split(";") for line in lines.strip().splitlines()]
    return Case(what, [(name, text(rows).encode())], right, stopped)


def book_case(what: str, rows: Rows, right: Right, *, stopped: bool = False, name: str = "a.xlsx", tab: str = "Báo cáo") -> Case:
    return Case(what, [(name, xlsx(rows, name=tab))], right, stopped)


BOTH: Right = {(HA, "2023-09-09", DAY): 210, (HA, "2023-09-09", SUM): 21292, (QS, "2023-09-09", DAY): 50, (QS, "2023-09-09", SUM): 18000}
SUMS: Right = {key: value for key, value in BOTH.items() if key[2] == SUM}
LONG = "Ngày;Đơn vị;Trong ngày;Lũy kế\n09/09/2023;Hội An;210;21.292\n09/09/2023;Quế Sơn;50;18.000"


def titles() -> Iterator[Case]:
    for title in (
        "Kết quả thu nhận hồ sơ căn cước", "Danh sách các hộ chưa cài đặt VNeID", "Số đoàn viên tham gia ra quân", "Số trường hợp không kích hoạt được", "Biểu tổng hợp giấy phép lái xe",
        "Số tài khoản bị khóa", "Kế hoạch kích hoạt tháng 9", "Số dân chưa được kích hoạt tài khoản", "Số phương tiện vi phạm", "Kết quả khám sức khỏe học sinh",
        "Number of accounts rejected", "Accounts still to be activated", "Vehicles registered this week", "Households visited by volunteers", "Planned activations",
        "Comptes restant à activer", "Nombre de véhicules immatriculés", "Comptes rejetés", "Élèves mobilisés", "Objectifs d'activation par district",
    ):
        yield csv_case(f"another subject: {title}", f"{title}\n{LONG}", {}, stopped=True)
    for title in (
        "BIỂU TỔNG HỢP KẾT QUẢ KÍCH HOẠT TÀI KHOẢN ĐDĐT", "Kết quả ra quân kích hoạt VNeID tại các xã, phường", "Báo cáo của Tổ công tác Đề án 06 về kích hoạt tài khoản", "Số liệu kích hoạt định danh điện tử mức 1, mức 2",
        "Weekly report: e-ID accounts activated", "Accounts activated with the help of students", "Progress of activation towards the target", "Activations of electronic identity accounts",
        "Nombre de comptes activés à ce jour", "Point de situation sur les comptes activés", "Activation des comptes d'identité électronique", "Suivi quotidien des activations",
    ):
        yield csv_case(f"the subject: {title}", f"{title}\n{LONG}", BOTH)


def parts() -> Iterator[Case]:
    yield csv_case("sex, one group an area only", "Ngày;Đơn vị;Giới;Lũy kế\n09/09/2023;Hội An;Nam;9.000\n09/09/2023;Quế Sơn;Nữ;8.000", {}, stopped=True)
    yield csv_case("equal halves", "Date;District;Sex;Today\n09/09/2023;Hội An;F;292\n09/09/2023;Hội An;M;292", {}, stopped=True)
    yield csv_case("dose", "Date;District;Sexe;Cumul\n09/09/2023;Hội An;Homme;400\n09/09/2023;Hội An;Femme;410", {}, stopped=True)
    yield csv_case("levels and their whole", "Ngày;Đơn vị;Mức;Lũy kế\n09/09/2023;Hội An;Mức 1;9.000\n09/09/2023;Hội An;Mức 2;12.292\n09/09/2023;Hội An;Tổng;21.292", {(HA, "2023-09-09", SUM): 21292}, stopped=True)
    yield csv_case("age as columns is not asked", "Ngày;Đơn vị;14-18 tuổi;Trên 18 tuổi;Lũy kế\n09/09/2023;Hội An;1.292;20.000;21.292", {(HA, "2023-09-09", SUM): 21292})
    yield csv_case("who reported is no part", "Ngày;Đơn vị;Người báo cáo;Lũy kế\n09/09/2023;Hội An;Nguyễn Văn A;21.292\n09/09/2023;Quế Sơn;Trần B;18.000", SUMS)
    yield csv_case("a remark is no part", "Ngày;Đơn vị;Lũy kế;Ghi chú\n08/09/2023;Hội An;21.082;mạng chậm\n09/09/2023;Hội An;21.292;đã sửa", {(HA, "2023-09-08", SUM): 21082, (HA, "2023-09-09", SUM): 21292})


def broken() -> Iterator[Case]:
    head = "Ngày;Đơn vị;Chỉ tiêu;Trong ngày;Lũy kế\n08/09/2023;Hội An;48.666;210;21.292\n"
    first = {(HA, "2023-09-08", DAY): 210, (HA, "2023-09-08", SUM): 21292}
    yield csv_case("slid by one", head + "09/09/2023;Hội An;108;21.400;", first, stopped=True)
    yield csv_case("slid by one, then a good row", head + "09/09/2023;Hội An;108;21.400;\n10/09/2023;Hội An;48.666;3.041;24.441", first | {(HA, "2023-09-10", DAY): 3041, (HA, "2023-09-10", SUM): 24441}, stopped=True)
    yield csv_case("day above sum", head + "09/09/2023;Hội An;48.666;21.400;108", first, stopped=True)
    yield Case("an unquoted comma", [("a.csv", "Ngày,Đơn vị,Trong ngày,Lũy kế\n09/09/2023,Hội An,210,6,600\n".encode())], {}, stopped=True)
    yield Case("an unquoted comma before a remark", [("a.csv", "Ngày,Đơn vị,Lũy kế,Ghi chú\n09/09/2023,Hội An,6,600\n".encode())], {}, stopped=True)
    yield Case("extra cells", [("a.csv", "Ngày,Đơn vị,Lũy kế\n09/09/2023,Hội An,21292\n09/09/2023,Quế Sơn,18000,55\n".encode())], {(HA, "2023-09-09", SUM): 21292}, stopped=True)
    yield csv_case("a sum among days", "Ngày;Đơn vị;Trong ngày;Lũy kế\n08/09/2023;Hội An;210;21.292\n09/09/2023;Hội An;21.400;\n10/09/2023;Hội An;100;21.500", {(HA, "2023-09-08", DAY): 210, (HA, "2023-09-08", SUM): 21292, (HA, "2023-09-10", DAY): 100, (HA, "2023-09-10", SUM): 21500, (HA, "2023-09-09", SUM): None}, stopped=True)
    running = "\n".join(f"{day:02}/09/2023;Thăng Bình;{50_000 + 90 * day}" for day in range(1, 10))
    yield csv_case("a running total where the day stands", f"Ngày;Đơn vị;Trong ngày\n{running}", {}, stopped=True)
    still = "\n".join(f"{day:02}/09/2023;{area};{value}" for day in range(5, 9) for area, value in (("Hội An", 20000), ("Quế Sơn", 18000), ("Thăng Bình", 40000)))
    yield Case("nobody moved for four days", [("a.csv", text([line.split(";") for line in f"Ngày;Đơn vị;Lũy kế\n{still}".splitlines()]).encode())], {(code, "2023-09-05", SUM): value for code, value in ((HA, 20000), (QS, 18000), (TB, 40000))}, stopped=True)


def days() -> Iterator[Case]:
    rows = "Ngày;Đơn vị;Lũy kế\n{};Hội An;20.000\n{};Hội An;20.300\n{};Hội An;21.000"
    yield csv_case("month first, slashes", rows.format("9/7/2023", "9/8/2023", "9/13/2023"), {}, stopped=True)
    yield csv_case("month first, two digits of year", rows.format("9/7/23", "9/8/23", "9/13/23"), {}, stopped=True)
    yield csv_case("month first with times", rows.format("09/07/2023 00:00:00", "09/08/2023 00:00:00", "09/13/2023 00:00:00"), {}, stopped=True)
    yield csv_case("day first is proven", rows.format("7/9/2023", "8/9/2023", "13/9/2023"), {(HA, "2023-09-07", SUM): 20000, (HA, "2023-09-08", SUM): 20300, (HA, "2023-09-13", SUM): 21000})
    yield csv_case("times of day", rows.format("11/09/2023 00:00:00", "12/09/2023 17:30", "13/09/2023 23:59:59"), {(HA, "2023-09-11", SUM): 20000, (HA, "2023-09-12", SUM): 20300, (HA, "2023-09-13", SUM): 21000})
    yield csv_case("an offset", rows.format("2023/09/10 15:00:00+00", "2023/09/11 15:00:00+00", "2023/09/12 18:00:00+00"), {(HA, "2023-09-10", SUM): 20000, (HA, "2023-09-11", SUM): 20300, (HA, "2023-09-13", SUM): 21000})
    yield csv_case("Buddhist years", rows.format("07/09/2566", "08/09/2566", "13/09/2566"), {}, stopped=True)
    yield csv_case("French months", rows.format("7 septembre 2023", "8 septembre 2023", "13 sept. 2023"), {(HA, "2023-09-07", SUM): 20000, (HA, "2023-09-08", SUM): 20300, (HA, "2023-09-13", SUM): 21000})
    yield csv_case("French months, the first and August", rows.format("1er août 2023", "15 août 2023", "1er septembre 2023"), {(HA, "2023-08-01", SUM): 20000, (HA, "2023-08-15", SUM): 20300, (HA, "2023-09-01", SUM): 21000})
    yield csv_case("English weekdays", rows.format("Thursday 7 September 2023", "Fri, 8 Sep 2023", "Wed 13-Sep-2023"), {(HA, "2023-09-07", SUM): 20000, (HA, "2023-09-08", SUM): 20300, (HA, "2023-09-13", SUM): 21000})
    yield csv_case("Vietnamese weekdays", rows.format("Thứ năm, 07/09/2023", "T6 08/09/2023", "thứ tư ngày 13/9/2023"), {(HA, "2023-09-07", SUM): 20000, (HA, "2023-09-08", SUM): 20300, (HA, "2023-09-13", SUM): 21000})
    one = "Đơn vị;Lũy kế\nHội An;21.292\nQuế Sơn;18.000"
    yield csv_case("a French title with the day", f"Comptes activés au 9 septembre 2023\n{one}", SUMS)
    yield csv_case("an English title with the day", f"Accounts activated as of 9 September 2023\n{one}", SUMS)
    yield csv_case("an English title, month before day", f"Accounts activated as of September 9, 2023\n{one}", SUMS)
    yield csv_case("a Vietnamese title with the day", f"Kết quả kích hoạt tính đến 17h00 ngày 09 tháng 9 năm 2023\n{one}", SUMS)
    proof = text([["Date", "District", "Total to date"], ["9/13/2023", "Thăng Bình", "43.000"]]).encode()
    doubt = text([["Date", "District", "Total to date"], ["9/8/2023", "Hội An", "20.300"]]).encode()
    yield Case("the proof in another file of the same sender", [("1.csv", proof), ("2.csv", doubt)], {}, stopped=True, sender="Sở A")
    yield Case("the proof in a later file", [("1.csv", doubt), ("2.csv", proof)], {}, stopped=True, sender="Sở A")


def numbers() -> Iterator[Case]:
    for typed, value in {"21292.0": 21292, "21.292+": 21292, "hơn 21.000": 21000, "21 292": 21292, "khoảng 21.000": 21000, "21.292 tài khoản": 21292, "more than 21.000": 21000, "environ 21.000": 21000, "over 21.000": 21000, "plus de 21.000": 21000}.items():
        yield csv_case(f"a sum {typed}", f"Ngày;Đơn vị;Lũy kế\n09/09/2023;Hội An;{typed}\n09/09/2023;Quế Sơn;18.000", {(HA, "2023-09-09", SUM): value, (QS, "2023-09-09", SUM): 18000})
    yield csv_case("a signed day", "Ngày;Đơn vị;Trong ngày\n09/09/2023;Hội An;+210\n09/09/2023;Quế Sơn;+1.650", {(HA, "2023-09-09", DAY): 210, (QS, "2023-09-09", DAY): 1650})
    for typed, rate in {"24,37%": 24.37, "24.37%": 24.37, "24.37": 24.37, "43.751": 43.751, "43,751": 43.751, "9.5": 9.5, "100%": 100, "0.5 %": 0.5, "101,2": 101.2}.items():
        yield csv_case(f"a rate {typed}", f"Ngày;Đơn vị;Tỷ lệ (%)\n09/09/2023;Hội An;{typed}\n09/09/2023;Quế Sơn;50", {(HA, "2023-09-09", RATE): rate, (QS, "2023-09-09", RATE): 50})
    yield csv_case("a rate of thousands", "Ngày;Đơn vị;Tỷ lệ (%)\n09/09/2023;Hội An;24.370.000\n09/09/2023;Quế Sơn;50", {(QS, "2023-09-09", RATE): 50}, stopped=True)
    for mark in ("*", "NR", "<5", "NP"):
        yield csv_case(f"suppressed {mark}", f"Date;District;Today\n09/09/2023;Hội An;{mark}\n09/09/2023;Quế Sơn;50", {(QS, "2023-09-09", DAY): 50}, stopped=True)
    for typed in ("12.60", "1_250", "2.1e4", "21,292", "-210", "2l.292", "２１２９２"):
        yield csv_case(f"no number {typed}", f"Ngày;Đơn vị;Lũy kế\n09/09/2023;Hội An;{typed}\n09/09/2023;Quế Sơn;18.000", {(QS, "2023-09-09", SUM): 18000}, stopped=True)


def places() -> Iterator[Case]:
    yield csv_case("Cộng Hòa is no total", "Ngày;Đơn vị;Lũy kế\n09/09/2023;Hội An;21.292\n09/09/2023;Cộng Hòa;700", {(HA, "2023-09-09", SUM): 21292}, stopped=True)
    yield csv_case("a district of another province", "Ngày;Đơn vị;Lũy kế\n09/09/2023;Hội An;21.292\nH. Nghi Lộc, Nghệ An;15/09/2023;12.600", {(HA, "2023-09-09", SUM): 21292}, stopped=True)
    yield csv_case("a total that does not add up is still none", "Ngày;Đơn vị;Lũy kế\n09/09/2023;Hội An;21.292\n09/09/2023;Quế Sơn;18.000\n;Tổng cộng;39.000", SUMS, stopped=True)
    yield csv_case("a total in English and French", "Date;District;Total to date\n09/09/2023;Hội An;21.292\n09/09/2023;Quế Sơn;18.000\n;Grand total;39.292", SUMS)
    yield csv_case("total général", "Date;District;Cumul\n09/09/2023;Hội An;21.292\n09/09/2023;Quế Sơn;18.000\n;Total général;39.292", SUMS)
    yield csv_case("the town and the district of one name", "Ngày;Đơn vị;Lũy kế\n09/09/2023;TT. Núi Thành;900\n09/09/2023;Huyện Núi Thành;33.000", {("20965", "2023-09-09", SUM): 900, (NT, "2023-09-09", SUM): 33000})
    yield csv_case("a name that two bear", "Ngày;Đơn vị;Lũy kế\n09/09/2023;Núi Thành;33.000", {}, stopped=True)
    yield csv_case("accents apart", "Ngày;Đơn vị;Lũy kế\n09/09/2023;Tam Thành;900\n09/09/2023;Tam Thạnh;800\n09/09/2023;Tam Thanh;700", {("20365", "2023-09-09", SUM): 900, ("20980", "2023-09-09", SUM): 800, ("20359", "2023-09-09", SUM): 700})


def forms() -> Iterator[Case]:
    book = openpyxl.Workbook()
    for cells in (["Ngày", "Huyện", "Xã", "Lũy kế"], ["09/09/2023", "Tam Kỳ", "Phước Hòa", 900], [None, None, "Tam Thanh", 800]):
        book.active.append(cells)
    book.active.merge_cells("A2:A3")
    book.active.merge_cells("B2:B3")
    yield Case("a district merged over its communes, the day too", [("a.xlsx", saved(book))], {("20338", "2023-09-09", SUM): 900, ("20359", "2023-09-09", SUM): 800})
    book = openpyxl.Workbook()
    for cells in (["KẾT QUẢ KÍCH HOẠT ĐẾN NGÀY 9/9/2023", None, None, None], ["STT", "Đơn vị", "Tài khoản định danh", None], [None, None, "Kích hoạt", None], [None, None, "Trong ngày", "Lũy kế"], ["(1)", "(2)", "(3)", "(4)"], [None, None, "người", "người"], [1, "Hội An", 210, 21292], [2, "Quế Sơn", 50, 18000], [None, "Tổng", 260, 39292]):
        book.active.append(cells)
    for merged in ("A1:D1", "A2:A4", "B2:B4", "C2:D2", "C3:D3"):
        book.active.merge_cells(merged)
    yield Case("three heading rows merged, numbers, units, a total", [("a.xlsx", saved(book))], BOTH)
    yield book_case("the day in the tab", [["Đơn vị", "Lũy kế"], ["Hội An", 21292], ["Quế Sơn", 18000]], SUMS, tab="Ngày 09-09-2023")
    yield csv_case("the day in the file's name", "Đơn vị;Lũy kế\nHội An;21.292\nQuế Sơn;18.000", SUMS, name="bao cao 09.09.2023.csv")
    yield csv_case("the day in one cell", "Ngày báo cáo;09/09/2023\nĐơn vị;Lũy kế\nHội An;21.292\nQuế Sơn;18.000", SUMS)
    yield csv_case("days across", "Lũy kế tài khoản kích hoạt\nĐơn vị;08/09;09/09\nHội An;21.082;21.292", {(HA, "2023-09-08", SUM): 21082, (HA, "2023-09-09", SUM): 21292})
    yield csv_case("areas across", "Số tài khoản kích hoạt trong ngày\nNgày;Hội An;Thăng Bình\n08/09/2023;210;300\n09/09/2023;220;310", {(HA, "2023-09-08", DAY): 210, (TB, "2023-09-08", DAY): 300, (HA, "2023-09-09", DAY): 220, (TB, "2023-09-09", DAY): 310})
    yield csv_case("teams across", "Số tổ công tác theo ngày\nĐơn vị;08/09/2023;09/09/2023\nHội An;30;31", {}, stopped=True)
    yield csv_case("areas across, another subject in a row", "Kết quả lũy kế đến ngày 09/09/2023\nNgày;Nội dung;Hội An;Thăng Bình\n09/09/2023;Số hồ sơ bị từ chối;12;33", {}, stopped=True)
    tabs = {"VNeID": [["Ngày", "Đơn vị", "Trong ngày", "Lũy kế"], ["09/09/2023", "Hội An", 210, 21292]], "Căn cước": [["Ngày", "Đơn vị", "Trong ngày", "Lũy kế"], ["09/09/2023", "Hội An", 9, 70000]]}
    yield Case("two subjects in one workbook", [("a.xlsx", workbook(tabs))], {(HA, "2023-09-09", DAY): 210, (HA, "2023-09-09", SUM): 21292}, stopped=True)
    yield csv_case("a form upright: one area, a row a question", "Đơn vị: Công an TP Hội An\nNgày;Trong ngày;Lũy kế\n08/09/2023;210;21.082\n09/09/2023;210;21.292", {(HA, "2023-09-08", DAY): 210, (HA, "2023-09-08", SUM): 21082, (HA, "2023-09-09", DAY): 210, (HA, "2023-09-09", SUM): 21292})
    yield csv_case("measures as rows, areas across", "Số liệu đến ngày 09/09/2023\nChỉ tiêu;Hội An;Quế Sơn\nKích hoạt trong ngày;210;50\nKích hoạt lũy kế;21.292;18.000", BOTH)


CASES = [*titles(), *parts(), *broken(), *days(), *numbers(), *places(), *forms()]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.what)
def test_a_file_nobody_had_read_is_read_right(case: Case, register: Register) -> None:
    read_right(case, register)


def test_there_are_a_hundred() -> None:
    assert len(CASES) >= 100
    assert len({case.what for case in CASES}) == len(CASES)
