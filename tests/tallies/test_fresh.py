# ruff: noqa: E501 - a file of a case reads best with one line a line
# fmt: off
"""Three hundred files written from what reading promises, before any was read: each with its right answer."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

import openpyxl
import pytest

from analysis.tallies import Register
from tests.tallies.making import checked, saved, taken, text, workbook, xlsx

HEAD = ["STT", "Ngày", "Đơn vị", "Trong ngày", "Lũy kế"]
SUM, DAY = "activated_cumulative", "activated_on_day"
HA, TB, QS, NT = "503", "513", "509", "517"


class Case(NamedTuple):
    """One file: what it is, its name, its bytes, the numbers it gives, reasons that must be among those held."""

    what: str
    name: str
    data: bytes
    right: dict[tuple[str, str, str], float | None]
    held: tuple[str, ...] = ()


def csv_of(*lines: str) -> bytes:
    return text([line.split(";") for line in lines]).encode()


def row(n: int, day: str, area: str, on_day: object, total: object) -> list[object]:
    return [n, day, area, on_day, total]


OTHERS = [
    "KẾT QUẢ CẤP CĂN CƯỚC GẮN CHIP", "DANH SÁCH CÔNG DÂN CHƯA KÍCH HOẠT", "SỐ XE MÔ TÔ ĐĂNG KÝ MỚI", "KẾT QUẢ TIÊM VẮC XIN MŨI 2",
    "SỐ TỔ CÔNG TÁC ĐÃ RA QUÂN", "SỐ HỌC SINH THAM GIA HỖ TRỢ KÍCH HOẠT", "KẾ HOẠCH KÍCH HOẠT TÀI KHOẢN", "TỶ LỆ KÍCH HOẠT SO VỚI DÂN SỐ",
    "SỐ BỆNH NHÂN NỘI TRÚ", "SỐ HỒ SƠ BỊ TRẢ LẠI", "CÒN LẠI CHƯA KÍCH HOẠT", "Identity cards issued by district", "Accounts not activated",
    "Number of teams in the field", "Remaining accounts", "Activation targets by district", "Patients in intensive care", "Share of accounts activated",
    "Nombre de passeports délivrés", "Comptes non activés", "Équipes mobilisées", "Prévisions d'activation", "Taux d'activation par district", "Motos immatriculées",
]
RIGHTS = [
    "KẾT QUẢ KÍCH HOẠT TÀI KHOẢN ĐỊNH DANH", "BÁO CÁO TIẾN ĐỘ KÍCH HOẠT VNEID", "TỔNG HỢP SỐ LIỆU KÍCH HOẠT CỦA CÁC ĐỊA PHƯƠNG", "SỐ CÔNG DÂN ĐÃ KÍCH HOẠT TÀI KHOẢN",
    "Số liệu kích hoạt do các tổ công tác báo về", "KẾT QUẢ THỰC HIỆN KẾ HOẠCH KÍCH HOẠT TÀI KHOẢN", "Thống kê tài khoản định danh điện tử đã kích hoạt", "BÁO CÁO NHANH NGÀY 10/9",
    "PHỤ LỤC 1", "CÔNG AN TỈNH", "Accounts activated, by district", "Activation of e-ID accounts: results to date", "Report on accounts activated by volunteers", "Daily report",
    "Comptes activés par district", "Rapport sur l'activation des comptes", "Résultats cumulés des activations", "Bilan de la campagne",
]


def titled() -> Iterator[Case]:
    long = [HEAD, row(1, "09/09/2023", "Hội An", "210", "21.292"), row(2, "09/09/2023", "Quế Sơn", "50", "18.000")]
    days = [["Đơn vị", "08/09/2023", "09/09/2023", "10/09/2023"], ["Hội An", "21.082", "21.292", "21.400"]]
    areas = [["Ngày", "Hội An", "Quế Sơn"], ["09/09/2023", "21.292", "18.000"]]
    for title in OTHERS:
        yield Case(f"other: {title}", "a.csv", text([[title], *long]).encode(), {}, ("other_subject",))
        yield Case(f"other, days: {title}", "a.csv", text([[title], ["lũy kế"], *days]).encode(), {}, ("other_subject",))
    for title in OTHERS[::4]:
        yield Case(f"other, areas: {title}", "a.csv", text([[title], ["lũy kế"], *areas]).encode(), {}, ("other_subject",))
    right = {(HA, "2023-09-09", DAY): 210, (HA, "2023-09-09", SUM): 21292, (QS, "2023-09-09", DAY): 50, (QS, "2023-09-09", SUM): 18000}
    for title in RIGHTS:
        yield Case(f"right: {title}", "a.csv", text([[title], *long]).encode(), right)
    wide = {(HA, "2023-09-08", SUM): 21082, (HA, "2023-09-09", SUM): 21292, (HA, "2023-09-10", SUM): 21400}
    for title in RIGHTS[:7]:
        yield Case(f"right, days: {title}", "a.csv", text([[title], ["lũy kế"], *days]).encode(), wide)
    for tab, good in {"VNeID": True, "CCCD": False, "Xe máy": False, "Chưa kích hoạt": False, "Kích hoạt": True, "Sheet2": True, "Còn lại": False, "Tháng 9": True}.items():
        yield Case(f"tab {tab}", "a.xlsx", xlsx(long, name=tab), right if good else {}, () if good else ("other_subject",))


def parts() -> Iterator[Case]:
    kinds = {"Giới tính": ["Nam", "Nữ"], "Nhóm tuổi": ["14-18", "18+"], "Mũi": ["1", "2"], "Loại tài khoản": ["Mức 1", "Mức 2"], "Sex": ["Male", "Female"], "Tranche d'âge": ["0-17", "18+"], "Manufacturer": ["X", "Y"], "Hình thức": ["Trực tiếp", "Trực tuyến"], "Đối tượng": ["Học sinh", "Người dân"]}
    for heading, (one, other) in kinds.items():
        rows = [["Ngày", "Đơn vị", heading, "Trong ngày"], ["09/09/2023", "Hội An", one, "100"], ["09/09/2023", "Hội An", other, "100"], ["09/09/2023", "Quế Sơn", one, "40"]]
        yield Case(f"parts by {heading}", "a.csv", text(rows).encode(), {}, ("part_of_whole",))
        rows[2][3] = "120"
        yield Case(f"parts by {heading}, different", "a.xlsx", xlsx(rows), {}, ("part_of_whole",))
        rows += [["09/09/2023", "Hội An", "Tổng", "220"], ["09/09/2023", "Quế Sơn", "Tổng", "40"]]
        yield Case(f"parts by {heading}, with all", "a.csv", text(rows).encode(), {(HA, "2023-09-09", DAY): 220, (QS, "2023-09-09", DAY): 40}, ("part_of_whole",))


def days() -> Iterator[Case]:
    def of(first: str, second: str, third: str) -> list[list[object]]:
        return [HEAD, row(1, first, "Hội An", 200, 20000), row(2, second, "Hội An", 210, 20210), row(3, third, "Hội An", 300, 20900)]

    for name, make in (("a.csv", lambda rows: text(rows).encode()), ("a.xlsx", xlsx)):
        for mark in "/-.":
            rows = of(f"7{mark}8{mark}2023", f"7{mark}9{mark}2023", f"7{mark}25{mark}2023")
            yield Case(f"month first {mark} {name}", name, make(rows), {}, ("month_first",))
            rows = of(f"7{mark}8{mark}2023", f"8{mark}8{mark}2023", f"25{mark}8{mark}2023")
            right = {(HA, day, SUM): value for day, value in (("2023-08-07", 20000), ("2023-08-08", 20210), ("2023-08-25", 20900))}
            right |= {(HA, day, DAY): value for day, value in (("2023-08-07", 200), ("2023-08-08", 210), ("2023-08-25", 300))}
            yield Case(f"day first {mark} {name}", name, make(rows), right)
    for written, meant in {
        "09/09/2023 00:00:00": "2023-09-09", "09/09/2023 17:30": "2023-09-09", "2023/09/09 15:00:00+00": "2023-09-09", "2023-09-09 20:00:00+00": "2023-09-10",
        "2023-09-09T00:00:00": "2023-09-09", "9/9/2023 0:00": "2023-09-09", "2023-09-09 00:00:00.000": "2023-09-09",
    }.items():
        rows = [HEAD, row(1, written, "Hội An", 210, 21292)]
        yield Case(f"time behind {written}", "a.csv", text(rows).encode(), {(HA, meant, DAY): 210, (HA, meant, SUM): 21292})
    for written in ("09/09/2566", "2566-09-09", "9/9/2566"):
        yield Case(f"Buddhist {written}", "a.csv", text([HEAD, row(1, written, "Hội An", 210, 21292)]).encode(), {}, ("buddhist_year",))
    rows = [["Ngày", "Đơn vị", "Lũy kế"], [datetime(2023, 8, 7), "Hội An", 20000], ["8/25/2023", "Hội An", 20900]]
    yield Case("a real date beside a proof", "a.xlsx", xlsx(rows), {}, ("month_first",))


def numbers() -> Iterator[Case]:
    def one(on_day: str, total: str, **right: float) -> tuple[bytes, dict[tuple[str, str, str], float | None]]:
        data = text([HEAD, row(1, "09/09/2023", "Hội An", on_day, total)]).encode()
        return data, {(HA, "2023-09-09", {"d": DAY, "s": SUM}[key]): value for key, value in right.items()}

    for on_day, total, right in (
        ("210.0", "21292.0", {"d": 210, "s": 21292}), ("+210", "21.292", {"d": 210, "s": 21292}), ("210", "21.292+", {"d": 210, "s": 21292}), ("+1.650", "21292", {"d": 1650, "s": 21292}),
        ("210", "hơn 21.000", {"d": 210, "s": 21000}), ("0.0", "21292.0", {"d": 0, "s": 21292}), ("210", "21 292", {"d": 210, "s": 21292}),
    ):
        data, numbers_right = one(on_day, total, **right)
        yield Case(f"numbers {on_day} {total}", "a.csv", data, numbers_right)
    for cell, reason in {"*": "suppressed", "NR": "suppressed", "21,292": "comma_thousands", "21.292,57": "not_whole", "2.12e4": "not_a_number", "-5": "negative", "10/9": "looks_like_date", "#REF!": "error_cell"}.items():
        data, numbers_right = one("210", cell, d=210)
        yield Case(f"held {cell}", "a.csv", data, numbers_right, (reason,))
    for rate, right_rate, held in (("43.751", 43.751, ()), ("43,75", 43.75, ()), ("43,75%", 43.75, ()), ("43751", None, ("rate_too_large",)), ("1.234", 1.234, ()), ("abc", None, ("not_a_rate",))):
        rows = [["Ngày", "Đơn vị", "Tỷ lệ (%)"], ["09/09/2023", "Hội An", rate], ["09/09/2023", "Quế Sơn", "50"]]
        right = {(QS, "2023-09-09", "rate_printed"): 50} | ({(HA, "2023-09-09", "rate_printed"): right_rate} if right_rate else {})
        yield Case(f"rate {rate}", "a.csv", text(rows).encode(), right, held)
    for heading in (["Ngày", "Đơn vị", "Lũy kế", "Ghi chú"], ["Ngày", "Đơn vị", "Lũy kế", ""]):
        for cells in (["09/09/2023", "Hội An", "6", "600"], ["09/09/2023", "Hội An", "21", "292"]):
            yield Case(f"split by comma {heading[3]} {cells[2]}", "a.csv", text([heading, cells], delimiter=",").encode(), {}, ("comma_thousands",))
    yield Case("split by comma, a cell too many", "a.csv", text([HEAD, ["1", "09/09/2023", "Hội An", "210", "21", "292"]], delimiter=",").encode(), {}, ("ragged_row",))
    for step in (10, 80, 300):
        rows = [["Ngày", "Đơn vị", "Trong ngày"], *([f"{day:02}/09/2023", "Thăng Bình", 43_000 + step * day] for day in range(1, 9))]
        yield Case(f"running total for the day, step {step}", "a.csv", text(rows).encode(), {}, ("sum_typed_as_day",))
    for day, meant in {"31/12": None, "1/9/23": "2023-09-01", "09.9.23": "2023-09-09"}.items():
        data = text([HEAD, row(1, day, "Hội An", 210, 21292)]).encode()
        yield Case(f"short day {day}", "a.csv", data, {(HA, meant, DAY): 210, (HA, meant, SUM): 21292} if meant else {})
    quoted = '"Date","District","Total to date"\n"09/09/2023","Hội An","900"\n'.encode()
    yield Case("a quote that is sound", "a.csv", quoted, {(HA, "2023-09-09", SUM): 900})
    rows = [["Ngày", "Đơn vị", "Trong ngày"], *([f"{day:02}/09/2023", "Thăng Bình", 200 + 7 * day] for day in range(1, 9))]
    yield Case("counts that grow", "a.csv", text(rows).encode(), {(TB, f"2023-09-{day:02}", DAY): 200 + 7 * day for day in range(1, 9)})


def slid() -> Iterator[Case]:
    head = ["Ngày", "Đơn vị", "Chỉ tiêu", "Trong ngày", "Lũy kế"]
    for area, code, target, sums in (("Hội An", HA, 48666, (21292, 21400, 24441)), ("Thăng Bình", TB, 85747, (43392, 43500, 50019)), ("Quế Sơn", QS, 39891, (18000, 18050, 18100))):
        first = ["08/09/2023", area, target, 50, sums[0]]
        right = {(code, "2023-09-08", DAY): 50, (code, "2023-09-08", SUM): sums[0]}
        moved = ["09/09/2023", area, sums[1] - sums[0], sums[1], ""]
        yield Case(f"slid left {area}", "a.csv", text([head, first, moved]).encode(), right, ("row_slid",))
        yield Case(f"slid left {area} xlsx", "a.xlsx", xlsx([head, first, moved]), right, ("row_slid",))
        moved = ["09/09/2023", area, "", target, sums[1] - sums[0], sums[1]]
        yield Case(f"slid right {area}", "a.csv", text([head, first, moved]).encode(), right, ("ragged_row",))
        rows = [head[:2] + head[3:], [first[0], area, 50, sums[0]], ["09/09/2023", area, sums[1], ""], ["10/09/2023", area, sums[2] - sums[1], sums[2]]]
        right = right | {(code, "2023-09-10", DAY): sums[2] - sums[1], (code, "2023-09-10", SUM): sums[2]}
        yield Case(f"a sum among days {area}", "a.csv", text(rows).encode(), right | {(code, "2023-09-09", SUM): None}, ("day_contradicted",))


def names() -> Iterator[Case]:
    head = ["Ngày", "Đơn vị", "Lũy kế"]
    for typed, code in {
        "Hội An": HA, "HỘI AN": HA, "TP. Hội An": HA, "Thành phố Hội An": HA, "Hội An (TP)": HA, "CA TP Hội An": HA, "503": HA, "1. Hội An": HA, "Hội An, Quảng Nam": HA, "Huyện Núi Thành": NT,
        "H. Thăng Bình": TB, "Thăng Bình*": TB, "Hoi An": HA, "H. Quế Sơn, Quảng Nam": QS,
    }.items():
        yield Case(f"name {typed}", "a.csv", text([head, ["09/09/2023", typed, "9.000"]]).encode(), {(code, "2023-09-09", SUM): 9000})
    for typed in ("Cộng Hòa", "Tổng Cọt", "Toàn Thắng", "H. Nghi Lộc, Nghệ An", "A. Tĩnh Gia", "Hội Anh", "Quế Sơn, Nghệ An", "Tân Cương"):
        rows = [head, ["09/09/2023", "Hội An", "9.000"], ["09/09/2023", typed, "700"]]
        yield Case(f"no name {typed}", "a.csv", text(rows).encode(), {(HA, "2023-09-09", SUM): 9000}, ("area_unknown",))
    for total in ("Tổng cộng", "Cộng", "TỔNG", "Toàn tỉnh", "Total", "Ensemble", "Tổng toàn tỉnh", "Cộng chung"):
        rows = [head, ["09/09/2023", "Hội An", "9.000"], ["09/09/2023", "Quế Sơn", "8.000"], ["", total, "17.000"]]
        yield Case(f"total {total}", "a.csv", text(rows).encode(), {(HA, "2023-09-09", SUM): 9000, (QS, "2023-09-09", SUM): 8000})
    above = {"repeated": ("Tam Kỳ", "Tam Kỳ"), "merged": ("Tam Kỳ", "")}
    for how, (one, other) in above.items():
        rows = [["Ngày", "Huyện", "Xã", "Lũy kế"], ["09/09/2023", one, "Phước Hòa", "900"], ["09/09/2023", other, "Tam Thanh", "800"]]
        right = {("20338", "2023-09-09", SUM): 900, ("20359", "2023-09-09", SUM): 800}
        yield Case(f"communes under a district, {how}", "a.csv", text(rows).encode(), right)
        book = openpyxl.Workbook()
        for cells in rows:
            book.active.append([cell or None for cell in cells])
        if how == "merged":
            book.active.merge_cells("B2:B3")
        yield Case(f"communes under a district, {how} xlsx", "a.xlsx", saved(book), right)


def forms() -> Iterator[Case]:
    title = ["KẾT QUẢ CẤP TÀI KHOẢN ĐỊNH DANH ĐIỆN TỬ ĐẾN NGÀY 09/9/2023"]
    two = [title, ["STT", "Đơn vị", "Tài khoản định danh điện tử", ""], ["", "", "Mức 1", "Mức 2"]]
    right = {(HA, "2023-09-09", "level1_cumulative"): 30000, (HA, "2023-09-09", "level2_cumulative"): 28000}
    for extra in ([], [["1", "2", "3", "4"]], [["(1)", "(2)", "(3)", "(4)"]], [["1", "2", "3", "4"], ["", "", "người", "người"]], [["", "", "tài khoản", "tài khoản"]]):
        rows = [*two, *extra, ["1", "Hội An", "30.000", "28.000"]]
        yield Case(f"form with {len(extra)} rows {extra[:1]}", "a.csv", text(rows).encode(), right)
        yield Case(f"form with {len(extra)} rows {extra[:1]} xlsx", "a.xlsx", xlsx(rows), right)
    three = [title, ["STT", "Đơn vị", "Kích hoạt tài khoản", "", "Hồ sơ", ""], ["", "", "Mức chung", "", "Thu nhận", ""], ["", "", "Trong ngày", "Lũy kế", "Trong ngày", "Lũy kế"], ["1", "Hội An", "210", "21.292", "9", "60.000"]]
    three[2][2] = "Toàn huyện"
    yield Case("heading of three rows", "a.csv", text(three).encode(), {(HA, "2023-09-09", DAY): 210, (HA, "2023-09-09", SUM): 21292, (HA, "2023-09-09", "dossiers_cumulative"): 60000})
    body = [["Đơn vị", "Lũy kế"], ["Hội An", "21.292"], ["Quế Sơn", "18.000"]]
    both = {(HA, "2023-09-09", SUM): 21292, (QS, "2023-09-09", SUM): 18000}
    for tab in ("09.09.2023", "9-9-2023", "Ngày 9.9.2023", "Stand_09.09.23", "20230909"):
        yield Case(f"day in tab {tab}", "a.xlsx", xlsx(body, name=tab), both)
    for name in ("BC_20230909.csv", "bc 9-9-2023.csv", "bao-cao_09.09.23.csv", "2023-09-09.csv"):
        yield Case(f"day in name {name}", name, text(body).encode(), both)
    for line in (["Tính đến ngày 09/09/2023"], ["Ngày báo cáo:", "09/09/2023"], ["(Số liệu đến 17h ngày 9/9/2023)"], ["Số liệu ngày 9 tháng 9 năm 2023"]):
        yield Case(f"day in title {line}", "a.csv", text([line, *body]).encode(), both)
    rows = [["Ngày", "Đơn vị", "Lũy kế"], ["I", "Khu vực đồng bằng", "39.292"], ["09/09/2023", "Hội An", "21.292"], ["09/09/2023", "Quế Sơn", "18.000"], ["Ghi chú: số liệu từ hệ thống"]]
    yield Case("sections and notes", "a.csv", text(rows).encode(), both)
    sections = csv_of("Ngày;Đơn vị;Trong ngày;Lũy kế", "I. Căn cước công dân;;;", "09/09/2023;Hội An;5;60.000", "II. Kích hoạt tài khoản;;;", "09/09/2023;Hội An;210;21.292")
    yield Case("sections of subjects", "a.csv", sections, {(HA, "2023-09-09", DAY): 210, (HA, "2023-09-09", SUM): 21292}, ("other_subject",))
    contents = csv_of("SỐ LIỆU LŨY KẾ", "Ngày;Nội dung;Hội An;Quế Sơn", "09/09/2023;Số xe máy đăng ký;5;6", "09/09/2023;Tài khoản đã kích hoạt;21.292;18.000", "09/09/2023;Còn lại chưa kích hoạt;7;8")
    yield Case("contents of rows", "a.csv", contents, both, ("other_subject",))
    two_tabs = workbook({"Kích hoạt": [HEAD, row(1, "09/09/2023", "Hội An", 210, 21292)], "Cấp CCCD": [HEAD, row(1, "09/09/2023", "Hội An", 9, 60000)]})
    yield Case("two subjects in a workbook", "a.xlsx", two_tabs, {(HA, "2023-09-09", DAY): 210, (HA, "2023-09-09", SUM): 21292}, ("other_subject",))


def headings() -> Iterator[Case]:
    for area in ("District", "Region", "State", "County", "Location", "Municipality", "Ward", "Commune", "Région", "Département", "Localité", "Zone", "Area name"):
        for counted, measure in (("Total to date", SUM), ("Today", DAY)):
            rows = [["Date", area, counted], ["09/09/2023", "Hội An", "900"]]
            yield Case(f"heading {area} {counted}", "a.csv", text(rows).encode(), {(HA, "2023-09-09", measure): 900})
    for counted, measure in {
        "Running total": SUM, "Cumul": SUM, "Cumulative activated": SUM, "Accounts activated to date": SUM, "Comptes activés": SUM, "Total cumulé": SUM, "Activated so far": SUM, "Cumulé": SUM, "Effectif cumulé": SUM,
        "New": DAY, "Nouveaux": DAY, "Daily": DAY, "Activated today": DAY, "New accounts": DAY, "Nouvelles activations": DAY, "Activés du jour": DAY, "Daily total": DAY,
    }.items():
        rows = [["Date", "District", counted], ["09/09/2023", "Hội An", "900"]]
        yield Case(f"heading {counted}", "a.csv", text(rows).encode(), {(HA, "2023-09-09", measure): 900})
    for counted in ("Remaining", "Not activated", "Patients", "Cards issued", "Weekly", "Restants", "Non activés", "Équipes", "Deaths to date", "Rejected today", "Previous total", "Target"):
        rows = [["Date", "District", "Total to date", counted], ["09/09/2023", "Hội An", "900", "77"]]
        yield Case(f"heading beside {counted}", "a.csv", text(rows).encode(), {(HA, "2023-09-09", SUM): 900})


CASES = [*titled(), *parts(), *days(), *numbers(), *slid(), *names(), *forms(), *headings()]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.what)
def test_a_fresh_file_is_read_right(case: Case, register: Register) -> None:
    answer: dict[str, Any] = checked([(case.name, case.data)], register)
    assert taken(answer) == case.right
    assert {one["reason"] for one in answer["held"]} >= set(case.held)


def test_there_are_three_hundred() -> None:
    assert len(CASES) >= 300
    assert len({case.what for case in CASES}) == len(CASES)
