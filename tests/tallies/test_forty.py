# ruff: noqa: E501 - a file of a case reads best with one line a line
# fmt: off
"""Forty files of the kinds that went wrong before, written before any was read: each with its right answer."""

from collections.abc import Iterator

import openpyxl
import pytest

from analysis.tallies import Register
from tests.tallies.making import saved, workbook
from tests.tallies.test_hundred import DAY, HA, NT, QS, RATE, SUM, TB, TK, Case, csv_case, read_right

D8, D9, D10 = "2023-09-08", "2023-09-09", "2023-09-10"
TWO = {(HA, D9, SUM): 21292, (QS, D9, SUM): 18000}
BODY = "Ngày;Đơn vị;Lũy kế\n09/09/2023;Hội An;21.292\n09/09/2023;Quế Sơn;18.000"


def book(*rows: list[object], merged: tuple[str, ...] = (), name: str = "a.xlsx") -> list[tuple[str, bytes]]:
    made = openpyxl.Workbook()
    for row in rows:
        made.active.append(row)
    for cells in merged:
        made.active.merge_cells(cells)
    return [(name, saved(made))]


def days() -> Iterator[Case]:
    yield csv_case("one Buddhist year among others", BODY.replace("09/09/2023;Quế", "09/09/2566;Quế"), {(HA, D9, SUM): 21292}, stopped=True)
    yield csv_case("a Buddhist year in a title", "Kết quả kích hoạt đến ngày 09/09/2566\nĐơn vị;Lũy kế\nHội An;21.292", {}, stopped=True)
    yield csv_case("a Buddhist year in a heading", "Lũy kế kích hoạt\nĐơn vị;08/09/2566;09/09/2566\nHội An;21.082;21.292", {}, stopped=True)
    yield csv_case("month first, proved by the last row", "Ngày;Đơn vị;Lũy kế\n9/7/2023;Hội An;21.000\n9/8/2023;Hội An;21.100\n9/14/2023;Hội An;21.292", {}, stopped=True)
    yield csv_case("month first, but the same both ways", "Ngày;Đơn vị;Lũy kế\n9/9/2023;Hội An;21.000\n9/14/2023;Hội An;21.292", {(HA, D9, SUM): 21000}, stopped=True)
    yield csv_case("month first across", "Lũy kế kích hoạt\nĐơn vị;9/7/2023;9/9/2023;9/13/2023\nHội An;21.082;21.292;21.300", {(HA, D9, SUM): 21292}, stopped=True)
    yield Case("month first proved by another file of the sender", [("a.csv", "Ngày;Đơn vị;Lũy kế\n9/7/2023;Hội An;21.000\n".encode()), ("b.csv", "Ngày;Đơn vị;Lũy kế\n9/14/2023;Hội An;21.292\n".encode())], {}, stopped=True, sender="CA")
    yield csv_case("days with their weekday and a time", "Ngày;Đơn vị;Lũy kế\nThứ Bảy, 09/09/2023 17:00;Hội An;21.292\nThứ bảy 09/09/2023;Quế Sơn;18.000", TWO)
    yield csv_case("a day later than today", "Ngày;Đơn vị;Lũy kế\n09/09/2023;Hội An;21.292\n09/10/2023;Quế Sơn;18.000", {(HA, D9, SUM): 21292}, stopped=True)
    yield csv_case("from one day to another", "Ngày;Đơn vị;Trong ngày\n04/09 - 09/09/2023;Hội An;210\n09/09/2023;Quế Sơn;50", {(QS, D9, DAY): 50}, stopped=True)


def rows() -> Iterator[Case]:
    head = "Ngày;Đơn vị;Trong ngày;Lũy kế\n08/09/2023;Hội An;210;21.082\n"
    first = {(HA, D8, DAY): 210, (HA, D8, SUM): 21082}
    yield csv_case("slid to the left, a third row says so", head + "09/09/2023;Hội An;21.292;\n10/09/2023;Hội An;108;21.400", {**first, (HA, D9, SUM): None, (HA, D10, DAY): 108, (HA, D10, SUM): 21400}, stopped=True)
    yield csv_case("the day and the sum changed places", head + "09/09/2023;Hội An;21.292;210\n10/09/2023;Hội An;108;21.400", {**first, (HA, D10, DAY): 108, (HA, D10, SUM): 21400}, stopped=True)
    yield csv_case("a cell too many that is blank", head + "09/09/2023;Hội An;210;21.292;", {**first, (HA, D9, DAY): 210, (HA, D9, SUM): 21292})
    yield csv_case("the area where the day stands", head + "Quế Sơn;09/09/2023;50;18.000", first, stopped=True)
    yield csv_case("a row that says both of itself", head + "09/09/2023;Hội An, Quế Sơn;260;39.292", first, stopped=True)
    yield csv_case("running totals in the column of the day", "Ngày;Đơn vị;Trong ngày\n" + "\n".join(f"{day:02}/09/2023;Hội An;{40000 + 35 * day}" for day in range(1, 9)), {}, stopped=True)
    yield csv_case("nobody moved for four days", "Ngày;Đơn vị;Trong ngày;Lũy kế\n" + "\n".join(f"{day:02}/09/2023;{area};0;{total}" for day in range(6, 10) for area, total in (("Hội An", 21292), ("Quế Sơn", 18000), ("Tam Kỳ", 30000))), {(code, f"2023-09-{day:02}", kind): value for day in range(6, 10) for code, total in ((HA, 21292), (QS, 18000), (TK, 30000)) for kind, value in ((DAY, 0), (SUM, total))}, stopped=True)
    yield csv_case("a header again between", head + "Ngày;Đơn vị;Trong ngày;Lũy kế\n09/09/2023;Quế Sơn;50;18.000", {**first, (QS, D9, DAY): 50, (QS, D9, SUM): 18000})


def marks() -> Iterator[Case]:
    for mark, read in {"< 5": {}, "(2)": {}, "≤4": {(HA, D9, DAY): 4}, **{key: {(HA, D9, DAY): None} for key in ("n/a", "không có số liệu", "…", "-")}}.items():
        yield csv_case(f"a cell {mark}", f"Ngày;Đơn vị;Trong ngày\n09/09/2023;Hội An;{mark}\n09/09/2023;Quế Sơn;50", {(QS, D9, DAY): 50, **read}, stopped=not read)
    yield csv_case("rates with a percent sign alone", "Ngày;Đơn vị;Tỷ lệ\n09/09/2023;Hội An;43,75%\n09/09/2023;Quế Sơn;50 %", {(HA, D9, RATE): 43.75, (QS, D9, RATE): 50})


def subjects() -> Iterator[Case]:
    for title in ("Công dân chưa được kích hoạt tài khoản", "Danh sách các trường hợp không đủ điều kiện kích hoạt", "Số tài khoản còn phải kích hoạt đến 30/9", "Accounts yet to be activated", "Comptes pas encore activés", "Kết quả cấp thẻ căn cước trong đợt"):
        yield csv_case(f"not counted: {title}", f"{title}\n{BODY}", {}, stopped=True)
    for title in ("Kết quả kích hoạt, không tính tài khoản đã khóa", "Kết quả kích hoạt tài khoản trong tháng cao điểm"):
        yield csv_case(f"counted: {title}", f"{title}\n{BODY}", TWO)
    yield csv_case("a column of those not activated beside", BODY.replace("Lũy kế", "Lũy kế;Chưa kích hoạt").replace("21.292", "21.292;27.374").replace("18.000", "18.000;21.891"), TWO)


def forms() -> Iterator[Case]:
    yield Case("parents merged over communes, each with its own sum", book(["Ngày", "Huyện", "Xã", "Lũy kế"], ["09/09/2023", "Tam Kỳ", "Phước Hòa", 700], ["09/09/2023", None, "Tam Thanh", 600], ["09/09/2023", "Thăng Bình", "Hà Lam", 900], merged=("B2:B3",)), {("20338", D9, SUM): 700, ("20359", D9, SUM): 600, ("20791", D9, SUM): 900})
    yield Case("a parent merged, its own total in the first row", book(["Ngày", "Huyện", "Xã", "Lũy kế"], ["09/09/2023", "Tam Kỳ", "Tổng", 1300], ["09/09/2023", None, "Phước Hòa", 700], ["09/09/2023", None, "Tam Thanh", 600], merged=("B2:B4",)), {("20338", D9, SUM): 700, ("20359", D9, SUM): 600})
    yield Case("headings of two rows, a group merged", book(["Ngày", "Đơn vị", "Kích hoạt tài khoản", None, "Ghi chú"], [None, None, "Trong ngày", "Lũy kế", None], ["09/09/2023", "Hội An", 210, 21292, "x"], merged=("A1:A2", "B1:B2", "C1:D1", "E1:E2")), {(HA, D9, DAY): 210, (HA, D9, SUM): 21292})
    yield csv_case("the days of a month as numbers", "KẾT QUẢ KÍCH HOẠT TRONG NGÀY THÁNG 9 NĂM 2023\nĐơn vị;8;9;10\nHội An;210;220;230\nQuế Sơn;50;51;52", {(area, f"2023-09-{day:02}", DAY): start + step * at for area, start, step in ((HA, 210, 10), (QS, 50, 1)) for at, day in enumerate((8, 9, 10))})
    yield Case("two days in two tabs, a third of another subject", [("a.xlsx", workbook({"08.09.2023": [["Đơn vị", "Lũy kế"], ["Hội An", 21082]], "09.09.2023": [["Đơn vị", "Lũy kế"], ["Hội An", 21292]], "Xe máy 09.09.2023": [["Đơn vị", "Lũy kế"], ["Hội An", 999]]}))], {(HA, D8, SUM): 21082, (HA, D9, SUM): 21292}, stopped=True)
    yield csv_case("a report of one unit", "Đơn vị báo cáo: Công an huyện Quế Sơn\nNgày;Trong ngày;Lũy kế\n08/09/2023;50;17.950\n09/09/2023;50;18.000", {(QS, D8, DAY): 50, (QS, D8, SUM): 17950, (QS, D9, DAY): 50, (QS, D9, SUM): 18000})
    yield csv_case("areas across and a total across", "KẾT QUẢ KÍCH HOẠT LŨY KẾ\nNgày;Hội An;Quế Sơn;Tổng cộng\n08/09/2023;21.082;17.950;39.032\n09/09/2023;21.292;18.000;39.292", {(HA, D8, SUM): 21082, (QS, D8, SUM): 17950, **TWO})
    yield csv_case("communes with a common name and no district", "Ngày;Đơn vị;Lũy kế\n09/09/2023;Núi Thành;900\n09/09/2023;Thăng Bình;43.000", {(TB, D9, SUM): 43000}, stopped=True)
    yield csv_case("a town by its kind", "Ngày;Đơn vị;Lũy kế\n09/09/2023;TT Núi Thành;900\n09/09/2023;Huyện Núi Thành;42.000", {("20965", D9, SUM): 900, (NT, D9, SUM): 42000})


CASES = [*days(), *rows(), *marks(), *subjects(), *forms()]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.what)
def test_a_file_is_read_right(case: Case, register: Register) -> None:
    read_right(case, register)


def test_they_are_more_than_forty() -> None:
    assert len({case.what for case in CASES}) == len(CASES) >= 40
