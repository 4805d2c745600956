# ruff: noqa: E501 - a file of a case reads best with one line a line
# fmt: off
"""A second set of files written from what reading promises, before any was read: each with its right answer."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import openpyxl
import pytest

from analysis.tallies import Register, SentFile
from analysis.tallies.explain import explain
from analysis.tallies.layouts.proposed import as_layout
from tests.tallies.making import AS_OF, checked, codes, saved, taken, text, workbook, xlsx

SUM, DAY, RATE = "activated_cumulative", "activated_on_day", "rate_printed"
HA, TB, QS, NT = "503", "513", "509", "517"
Right = dict[tuple[str, str, str], float | None]


class Case(NamedTuple):
    """What it is; its files; the numbers they give; reasons among those held; a layout that the campaign declares."""

    what: str
    files: Sequence[tuple[str, bytes]]
    right: Right
    held: tuple[str, ...] = ()
    layout: str = ""


def of(*lines: str) -> list[list[str]]:
    return [line.split(";") for line in lines]


def case(what: str, lines: Sequence[str], right: Right, *held: str, layout: str = "", name: str = "a.csv") -> Case:
    return Case(what, [(name, text(of(*lines)).encode())], right, held, layout)


def on(day: int, measure: str = SUM, **counts: float) -> Right:
    areas = {"ha": HA, "tb": TB, "qs": QS, "nt": NT}
    return {(areas[area], f"2023-09-{day:02d}", measure): count for area, count in counts.items()}


def merged(rows: Sequence[Sequence[object]], *ranges: str, name: str = "Báo cáo") -> bytes:
    book = openpyxl.Workbook()
    book.active.title = name
    for row in rows:
        book.active.append(list(row))
    for one in ranges:
        book.active.merge_cells(one)
    return saved(book)


HEAD = "Ngày;Đơn vị;Trong ngày;Lũy kế"


def subjects() -> Iterator[Case]:
    """W1 and W2: what is counted stands in the title, the tab, a section, the contents."""
    row, right = "08/09/2023;Hội An;210;21.292", {**on(8, ha=21292), **on(8, DAY, ha=210)}
    for title in ("KẾT QUẢ THU NHẬN CĂN CƯỚC CÔNG DÂN", "CÔNG DÂN CHƯA CÓ TÀI KHOẢN KÍCH HOẠT", "Outstanding activations", "Véhicules immatriculés", "SỐ LƯỢT NGƯỜI XUẤT CẢNH", "SỐ VỤ CHÁY"):
        yield case(f"title {title}", [title, HEAD, row], {}, "other_subject")
    for title in ("KẾT QUẢ KÍCH HOẠT, MỤC TIÊU 738.000 ĐẾN NGÀY 30/9/2023", "Mục tiêu 738.000 tài khoản trước 30/9/2023", "Goal 738,000 by 30 September", "Activation drive: goal of 738,000 accounts by 30 September 2023",
                  "Objectif : 738 000 comptes d'ici le 30/09/2023", "Target: 70 % of adults by 30 September", "BÁO CÁO KẾT QUẢ NGÀY 8/9"):
        yield case(f"title {title}", [title, HEAD, row], right)
    goal = "(Mục tiêu: kích hoạt 738.000 tài khoản trước 30/9/2023)"
    yield case("a goal of the measure beside its title", ["KẾT QUẢ KÍCH HOẠT TÀI KHOẢN", goal, HEAD, row], right)
    yield case("a goal of the measure and no title", [goal, HEAD, row], {}, "other_subject")
    wide = ["Đơn vị;08/09/2023;09/09/2023;10/09/2023", "Hội An;30;31;35"]
    yield case("days across, teams", ["SỐ TỔ RA QUÂN LŨY KẾ", *wide], {}, "other_subject")
    yield case("days across, activated", ["LŨY KẾ KÍCH HOẠT TÀI KHOẢN", *wide], {**on(8, ha=30), **on(9, ha=31), **on(10, ha=35)})
    yield case("days across, of the day", ["SỐ KÍCH HOẠT TRONG NGÀY", *wide], {**on(8, DAY, ha=30), **on(9, DAY, ha=31), **on(10, DAY, ha=35)})
    areas = ["Ngày;Hội An;Thăng Bình;Núi Thành", "08/09/2023;30;41;52"]
    yield case("areas across, patients", ["SỐ BỆNH NHÂN ĐIỀU TRỊ TRONG NGÀY", *areas], {}, "other_subject")
    yield case("areas across, activated", ["KÍCH HOẠT TRONG NGÀY", *areas], on(8, DAY, ha=30, tb=41), "area_ambiguous")  # a district and a town are called Núi Thành
    contents = ["Ngày;Chỉ số;Hội An;Thăng Bình", "09/09/2023;Hồ sơ bị trả lại;12;33", "09/09/2023;Kích hoạt trong ngày;210;300", "09/09/2023;Lũy kế kích hoạt;21.292;40.000"]
    yield case("contents of rows, areas across", ["SỐ LIỆU ĐẾN NGÀY 09/09/2023", *contents[:1], *contents[1:]], {**on(9, DAY, ha=210, tb=300), **on(9, ha=21292, tb=40000)}, "other_subject")
    yield case("contents beside", ["Ngày;Đơn vị;Nội dung;Giá trị", "09/09/2023;Hội An;Kích hoạt lũy kế;21.292", "09/09/2023;Hội An;Kích hoạt trong ngày;210", "09/09/2023;Hội An;Số tổ công tác;9"], {**on(9, ha=21292), **on(9, DAY, ha=210)}, "other_subject")
    yield case("contents down", ["Kết quả kích hoạt đến ngày 09/09/2023", "Chỉ tiêu;Hội An;Quế Sơn", "Lũy kế kích hoạt;21.292;18.000", "Chưa kích hoạt;7;8"], on(9, ha=21292, qs=18000), "other_subject")
    rows = [HEAD.split(";"), ["08/09/2023", "Hội An", 210, 21292]]
    yield Case("two tabs", [("a.xlsx", workbook({"VNeID": rows, "Xe máy": rows}))], right, ("other_subject",))


def dates() -> Iterator[Case]:
    """W3, Buddhist years, times: of which day."""
    yield case("month first, proven", [HEAD, "9/7/2023;Hội An;200;20.000", "9/8/2023;Hội An;210;20.210", "9/13/2023;Hội An;300;21.010"], {}, "month_first")
    yield case("day first, proven", [HEAD, "7/9/2023;Hội An;200;20.000", "13/9/2023;Hội An;300;21.010"], {**on(7, ha=20000), **on(7, DAY, ha=200), **on(13, ha=21010), **on(13, DAY, ha=300)})
    days = [["Ngày", "Đơn vị", "Lũy kế"], ["9/7/2023", "Hội An", 20000], ["9/13/2023", "Hội An", 21010]]
    yield Case("month first in a workbook", [("a.xlsx", xlsx(days))], {}, ("month_first",))
    told = 'day = { heading = "Ngày", order = "month_first" }'
    yield case("month first, told", ["Ngày;Đơn vị;Lũy kế", "9/7/2023;Hội An;20.000", "9/13/2023;Hội An;21.010"], {**on(7, ha=20000), **on(13, ha=21010)}, layout=told)
    yield case("month first told, a day proves it wrong", ["Ngày;Đơn vị;Lũy kế", "9/7/2023;Hội An;20.000", "13/9/2023;Hội An;21.010"], on(7, ha=20000), "not_a_date", layout=told)
    for day in ("10/09/2023 00:00:00", "2023-09-10T07:30:00+07:00", "2023/09/09 20:00:00+00", "10/09/2023 17:30", "2023-09-10 23:59:59", "10 tháng 9 năm 2023", "10-Sep-2023", "September 10, 2023", "10 septembre 2023", "Chủ nhật, 10/9/2023", "45179"):
        rows = [["Ngày", "Đơn vị", "Lũy kế"], [day, "Hội An", "21.292"]]
        yield Case(f"a day as {day}", [("a.csv", text(rows).encode())], on(10, ha=21292))
    yield case("a Buddhist year", ["Ngày;Đơn vị;Lũy kế", "10/09/2566;Hội An;21.292"], {}, "buddhist_year")
    old, lines = {(HA, "2022-09-09", SUM): 20000}, ["Ngày;Đơn vị;Lũy kế", "09/09/2022;Hội An;20.000", "09/09/2023;Hội An;21.000"]
    yield case("a mistyped year among three days", [*lines, "10/09/2023;Hội An;21.292"], on(9, ha=21000) | on(10, ha=21292), "date_out_of_line")
    yield case("a day of the same year is no mistyped one", ["Ngày;Đơn vị;Lũy kế", "01/01/2023;Hội An;20.000", "09/09/2023;Hội An;21.000", "10/09/2023;Hội An;21.292"], {(HA, "2023-01-01", SUM): 20000, **on(9, ha=21000), **on(10, ha=21292)})
    yield case("two days a year apart", lines, {**old, **on(9, ha=21000)})
    yield case("two days before a year of silence", [*lines, "08/09/2022;Hội An;19.900", "10/09/2023;Hội An;21.292"], {**old, (HA, "2022-09-08", SUM): 19900, **on(9, ha=21000), **on(10, ha=21292)})
    yield case("a mistyped year", ["Ngày;Đơn vị;Lũy kế", "08/09/2022;Hội An;20.000", "09/09/2023;Hội An;21.000", "10/09/2023;Hội An;21.292", "11/09/2023;Hội An;21.400"], {**on(9, ha=21000), **on(10, ha=21292), **on(11, ha=21400)}, "date_out_of_line")
    utc = 'day = { heading = "When", zone = "America/New_York" }\narea = "Where"\n[[layouts.measures]]\nmeasure = "activated_cumulative"\ncolumn = "N"'
    yield case("an instant in a zone that was told", ["When;Where;N", "2023-09-11T02:00:00Z;Hội An;21.292"], on(10, ha=21292), layout=utc)


def numbers() -> Iterator[Case]:
    """W7, M3, M6: what a number means."""
    def one(cell: str, heading: str = "Lũy kế") -> list[str]:
        return [f"Ngày;Đơn vị;{heading}", f"10/09/2023;Hội An;{cell}"]

    for cell, right in (("21292.0", 21292), ("21.292", 21292), ("21 292", 21292), ("hơn 21.000", 21000), ("21.000+", 21000), ("≤ 21.000", 21000), ("khoảng 21 nghìn", 21000), ("21.292/48.666", 21292), ("21.292 tài khoản", 21292), ("'21292", 21292)):
        yield case(f"a sum {cell}", one(cell), on(10, ha=right))
    for cell, why in (("21,292", "comma_thousands"), ("-5", "negative"), ("*", "suppressed"), ("NR", "suppressed"), ("<5", "suppressed"), ("< 5", "suppressed"), ("<21.000", "suppressed"), ("12.60", "not_a_number"), ("1e5", "not_a_number"), ("2O.000", "not_a_number"), ("21,5", "not_whole")):
        yield case(f"no sum {cell}", one(cell), {}, why)
    for cell, share in (("43.751", 43.751), ("43,75%", 43.75), ("61.3", 61.3), ("104 %", 104.0)):
        yield case(f"a rate {cell}", one(cell, "Tỷ lệ (%)"), on(10, RATE, ha=share))
    yield case("a rate of 43751", one("43751", "Tỷ lệ (%)"), {}, "rate_too_large")
    yield case("added on the day", one("+210", "Trong ngày"), on(10, DAY, ha=210))
    yield case("suppressed, told", one("*"), on(10, ha=4), layout='suppressed = { "*" = 4 }')
    yield case("suppressed below, told", one("< 5"), on(10, ha=4), layout='suppressed = { "<5" = 4 }')
    yield case("missing, told", [*one("n/k"), "10/09/2023;Quế Sơn;18.000"], {**on(10, qs=18000), (HA, "2023-09-10", SUM): None}, layout='missing = ["n/k"]')


def rows() -> Iterator[Case]:
    """W5, W6 and totals: rows that slid, that are parts, that sum others."""
    head = "Ngày;Đơn vị;Chỉ tiêu;Trong ngày;Lũy kế"
    sound, right = "08/09/2023;Hội An;48.666;210;21.292", {**on(8, ha=21292), **on(8, DAY, ha=210)}
    yield case("slid to the left", [head, sound, "09/09/2023;Hội An;108;21.400;"], right, "row_slid")
    yield case("a cell too many", [HEAD, "08/09/2023;Hội An;210;21.292", "09/09/2023;Hội An;6;600;21.892"], right, "ragged_row")
    yield case("a day above its sum", [HEAD, "08/09/2023;Hội An;210;21.292", "09/09/2023;Hội An;21.400;108"], right, "day_above_sum")
    split = "Ngày;Đơn vị;Giới tính;Trong ngày"
    yield case("two sexes", [split, "08/09/2023;Hội An;Nam;292", "08/09/2023;Hội An;Nữ;292"], {}, "part_of_whole")
    yield case("one sex and no other", [split, "08/09/2023;Hội An;Nữ;292"], {}, "part_of_whole")
    yield case("two sexes and both", [split, "08/09/2023;Hội An;Nam;292", "08/09/2023;Hội An;Nữ;300", "08/09/2023;Hội An;Tổng;592"], on(8, DAY, ha=592), "part_of_whole")
    yield case("two sexes, added up", [split, "08/09/2023;Hội An;Nam;292", "08/09/2023;Hội An;Nữ;292", "08/09/2023;Quế Sơn;Nam;1", "08/09/2023;Quế Sơn;Nữ;2"], on(8, DAY, ha=584, qs=3), layout='sum_over = "Giới tính"')
    yield case("a part twice is no sum", [split, "08/09/2023;Hội An;Nam;292", "08/09/2023;Hội An;Nam;300"], {}, "not_a_number", layout='sum_over = "Giới tính"')
    yield case("doses", ["Date;District;Dose;Total to date", "08/09/2023;Hội An;1;900", "08/09/2023;Hội An;2;700"], {}, "part_of_whole")
    yield case("age groups", ["Date;District;Age group;Total to date", "08/09/2023;Hội An;14-17;900", "08/09/2023;Hội An;18+;700"], {}, "part_of_whole")
    total = ["Ngày;Đơn vị;Lũy kế", "08/09/2023;Hội An;21.292", "08/09/2023;Quế Sơn;18.000"]
    for label in ("Tổng cộng", "TỔNG", "Toàn tỉnh", "Cộng", "Grand total", "Total général"):
        yield case(f"a total called {label}", [*total, f";{label};39.292"], on(8, ha=21292, qs=18000))
    yield case("Cộng Hòa is a place", [*total, "08/09/2023;Cộng Hòa;77"], on(8, ha=21292, qs=18000), "area_unknown")
    yield case("a sum typed as a day", ["Ngày;Đơn vị;Trong ngày", *(f"{day:02d}/09/2023;Hội An;{40000 + 100 * day}" for day in range(4, 12))], {}, "sum_typed_as_day")
    yield case("a district over its communes", ["Ngày;Huyện;Xã;Lũy kế", "08/09/2023;Tam Kỳ;Phước Hòa;900", "08/09/2023;;Tam Thanh;700", "08/09/2023;Núi Thành;Tam Thạnh;800"], {("20338", "2023-09-08", SUM): 900, ("20359", "2023-09-08", SUM): 700, ("20980", "2023-09-08", SUM): 800})


def parents() -> Iterator[Case]:
    """Parents in the row, a column, the title, the tab, the file's name and the sender."""
    body = ["Ngày;Đơn vị;Lũy kế", "08/09/2023;Tam Thanh;700"]
    right: Right = {("20359", "2023-09-08", SUM): 700}
    ascii_body = [["Ngay", "Don vi", "Luy ke"], ["08/09/2023", "Tam Thanh", "700"]]
    for name in ("tam-ky.csv", "BC TP Tam Kỳ 0809.csv"):
        yield Case(f"parent in the name {name}", [(name, text(ascii_body).encode())], right)
    yield case("parent in the title", ["CÔNG AN THÀNH PHỐ TAM KỲ", *body], right)
    yield Case("parent in the title, no accents", [("a.csv", text([["CONG AN TP TAM KY"], *ascii_body]).encode())], right)
    yield Case("parent in the tab", [("a.xlsx", xlsx(ascii_body, name="Tam Ky"))], right)
    yield case("parent behind the name", [body[0], "08/09/2023;Xã Tam Thanh, Tam Kỳ;700"], right)
    yield Case("no parent, no accents", [("a.csv", text(ascii_body).encode())], {}, ("area_ambiguous",))
    yield case("type decides", [body[0], "08/09/2023;TT Núi Thành;700", "08/09/2023;H. Núi Thành;9.000"], {("20965", "2023-09-08", SUM): 700, (NT, "2023-09-08", SUM): 9000})
    yield case("a row of a district with its province", [body[0], "08/09/2023;H. Quế Sơn, Quảng Nam;12.600"], on(8, qs=12600))
    over = [["Huyện", "Xã", "Ngày", "Lũy kế"], ["Tam Kỳ", "Phước Hòa", "08/09/2023", 900], ["", "Tam Thanh", "08/09/2023", 700]]
    yield Case("a district merged over its communes", [("a.xlsx", merged(over, "A2:A3"))], {("20338", "2023-09-08", SUM): 900, ("20359", "2023-09-08", SUM): 700})


def forms() -> Iterator[Case]:
    """M4, M5: merged cells, headings of three rows, days in tabs, titles, names and cells."""
    three = [["STT", "Đơn vị", "Kích hoạt", "", "", ""], ["", "", "08/09/2023", "", "09/09/2023", ""], ["", "", "Trong ngày", "Lũy kế", "Trong ngày", "Lũy kế"], [1, "Hội An", 210, 21292, 108, 21400]]
    both: Right = {**on(8, ha=21292), **on(8, DAY, ha=210), **on(9, ha=21400), **on(9, DAY, ha=108)}
    yield Case("three rows, merged", [("a.xlsx", merged(three, "C1:F1", "C2:D2", "E2:F2", "A1:A3", "B1:B3"))], both)
    yield Case("three rows, not merged", [("a.csv", text(three).encode())], both)
    two = [["TT", "Đơn vị", "Mức 1", "", "Mức 2", ""], ["", "", "Chỉ tiêu", "Lũy kế", "Chỉ tiêu", "Lũy kế"], [1, "Hội An", 50000, 30000, 48000, 28000]]
    levels: Right = {(HA, "2023-09-09", "level1_cumulative"): 30000, (HA, "2023-09-09", "level2_cumulative"): 28000}
    yield Case("two levels, merged, day in the tab", [("a.xlsx", merged(two, "C1:D1", "E1:F1", name="09.09.2023"))], levels)
    yield Case("two levels, numbered, day in the title", [("a.csv", text([["KẾT QUẢ CẤP TÀI KHOẢN ĐẾN NGÀY 09/9/2023"], *two[:2], ["1", "2", "3", "4", "5", "6"], two[2]]).encode())], levels)
    days = [["Kích hoạt lũy kế tháng 9 năm 2023", "", "", ""], ["Đơn vị", "Ngày", "", ""], ["", "8", "9", "10"], ["Hội An", 21292, 21400, 21500]]
    right: Right = {**on(8, ha=21292), **on(9, ha=21400), **on(10, ha=21500)}
    yield Case("days of a month, merged", [("a.xlsx", merged(days, "A1:D1", "B2:D2", "A2:A3"))], right)
    yield Case("days of a month, not merged", [("a.csv", text(days).encode())], right)
    body = [["Đơn vị", "Lũy kế"], ["Hội An", "21.292"], ["Quế Sơn", "18.000"]]
    one = on(9, ha=21292, qs=18000)
    for tab in ("9.9.2023", "Đến 09-09-2023", "BC 09.09.23"):
        yield Case(f"day in the tab {tab}", [("a.xlsx", xlsx(body, name=tab))], one)
    for name in ("kich-hoat_2023-09-09.csv", "09092023.csv", "Tam hop 9.9.2023.csv", "vneid-20230909.csv"):
        yield Case(f"day in the name {name}", [(name, text(body).encode())], one)
    for line in ("Lũy kế đến 17 giờ 00 ngày 09/9/2023", "As of 9 September 2023", "Situation au 09/09/2023", "Tam Kỳ, ngày 09 tháng 9 năm 2023"):
        yield Case(f"day in the title {line}", [("a.csv", text([[line], *body]).encode())], one)
    yield Case("title and tab of two days", [("a.xlsx", xlsx([["Tính đến ngày 08/09/2023"], *body], name="09.09.2023"))], {}, ("date_conflict",))
    value = [["Ngày", "Đơn vị", "Lũy kế"], ["09/09/2023", "Hội An", 21292], ["09/09/2023", "Quế Sơn", ""]]
    yield Case("a number merged over two areas", [("a.xlsx", merged(value, "C2:C3"))], {}, ("merged_value",))
    day = [["Ngày", "Đơn vị", "Lũy kế"], ["09/09/2023", "Hội An", 21292], ["", "Quế Sơn", 18000]]
    yield Case("a day merged over two areas", [("a.xlsx", merged(day, "A2:A3"))], one)
    yield Case("one area's sheet", [("a.csv", text(of("Đơn vị: Công an thành phố Hội An", "Ngày;Trong ngày;Lũy kế", "08/09/2023;210;21.292")).encode())], {**on(8, ha=21292), **on(8, DAY, ha=210)})


def told() -> Iterator[Case]:
    """Every key of a declared layout."""
    count = '[[layouts.measures]]\nmeasure = "activated_cumulative"\ncolumn = "N"'
    long = ["D;A;N", "10/09/2023;Hội An;900"]
    base = 'area = "A"\nday = "D"\n'
    right = on(10, ha=900)
    yield case("area, day, measure", long, right, layout=base + count)
    yield case("a sheet's other columns", ["D;A;N;Z", "10/09/2023;Hội An;900;7"], right, layout=base + count)
    yield case("heading rows", ["x;y;z", "N;N;N", *long], right, layout='heading_rows = [3]\n' + base + count)
    yield case("two heading rows", ["D;A;N", ";;q", "10/09/2023;Hội An;900"], right, layout='heading_rows = [1, 2]\n' + base + count.replace('"N"', '"N q"'))
    yield case("with headings", ["một dòng;;", *long], right, layout='with_headings = ["D", "A"]\n' + base + count)
    yield case("a fixed area", ["D;N", "10/09/2023;900"], right, layout='area = { fixed = "Hội An" }\nday = "D"\n' + count)
    yield case("an area in the file's name", ["D;N", "10/09/2023;900"], right, layout='area = { file = "bc-{area}" }\nday = "D"\n' + count, name="bc-Hội An.csv")
    yield case("a fixed day", ["A;N", "Hội An;900"], right, layout='area = "A"\nday = 2023-09-10\n' + count)
    yield case("a day in the file's name", ["A;N", "Hội An;900"], right, layout='area = "A"\nday = { file = "{day}-*" }\n' + count, name="2023-09-10-x.csv")
    yield case("a day month first in the file's name", ["A;N", "Hội An;900"], right, layout='area = "A"\nday = { file = "x {day}", order = "month_first" }\n' + count, name="x 9-10-2023.csv")
    yield case("a day in a cell", ["ngày;10/09/2023", "A;N", "Hội An;900"], right, layout='area = "A"\nday = { cell = "B1" }\nheading_rows = [2]\n' + count)
    sheets = workbook({"Bìa": [["x", "10/09/2023"]], "Số": [["A", "N"], ["Hội An", 900]]})
    yield Case("a day in a cell of another sheet", [("a.xlsx", sheets)], right, layout='sheet = "Số"\narea = "A"\nday = { cell = "Bìa!B1" }\n' + count)
    yield Case("a day and an area in the tab", [("a.xlsx", xlsx([["N"], [900]], name="Hội An 2023-09-10"))], right, layout='area = { tab = "{area} 20*" }\nday = { tab = "Hội An {day}" }\n' + count)
    yield case("a decimal point", ["D;A;N", '10/09/2023;Hội An;1,900.0'], on(10, ha=1900), layout='numbers = { decimal = ".", thousands = "," }\n' + base + count)
    yield case("thousands", ["D;A;N", "10/09/2023;Hội An;21,292"], on(10, ha=21292), layout='numbers = { decimal = ",", thousands = ".", unit = 1000 }\n' + base + count)
    yield case("apostrophes", ["D;A;N", "10/09/2023;Hội An;21'292"], on(10, ha=21292), layout='numbers = { decimal = ".", thousands = "\'" }\n' + base + count)
    for what, typed in {"a blank": "21 292", "a blank that does not break": "21\u00a0292", "a narrow blank": "21\u202f292", "no mark": "21292", "zeros behind": "21292,000"}.items():
        yield case(f"thousands with {what}", ["D;A;N", f"10/09/2023;Hội An;{typed}", "10/09/2023;Quế Sơn;1 800"], on(10, ha=21292, qs=1800), layout='numbers = { thousands = " " }\n' + base + count)
    yield case("a raised comma", ["D;A;N", "10/09/2023;Hội An;21’292"], on(10, ha=21292), layout='numbers = { decimal = ".", thousands = "\'" }\n' + base + count)
    for typed in ("1234,567", "12,34", "12.", "1a2", "1,a23", "1,234.x"):
        yield case(f"no number of the style: {typed}", ["D;A;N", f"10/09/2023;Hội An;{typed}", "10/09/2023;Quế Sơn;1,800"], on(10, qs=1800), "not_a_number", layout='numbers = { decimal = ".", thousands = "," }\n' + base + count)
    yield case("the twelfth month first", ["D;A;N", "12/9/2022;Hội An;900"], {(HA, "2022-12-09", SUM): 900}, layout='area = "A"\nday = { heading = "D", order = "month_first" }\n' + count)
    yield case("no sum of blanks", ["D;A;M;W", "10/09/2023;Hội An;400;500", "10/09/2023;Quế Sơn;;"], {**right, (QS, "2023-09-10", SUM): None}, layout=base + '[[layouts.measures]]\nmeasure = "activated_cumulative"\ncolumns = ["M", "W"]')
    yield case("a number that breaks the style", ["D;A;N", "10/09/2023;Hội An;2.12.92", "10/09/2023;Quế Sơn;1,800"], on(10, qs=1800), "not_a_number", layout='numbers = { decimal = ".", thousands = "," }\n' + base + count)
    yield case("where", ["D;A;V;N", "10/09/2023;Hội An;Act;900", "10/09/2023;Hội An;Ref;7"], right, layout=base + 'where = { V = "Act" }\n' + count)
    yield case("where, one of two", ["D;A;V;N", "10/09/2023;Hội An;a;900", "10/09/2023;Quế Sơn;b;800", "10/09/2023;Quế Sơn;c;7"], on(10, ha=900, qs=800), layout=base + 'where = { V = ["a", "b"] }\n' + count)
    yield case("sums of columns", ["D;A;M;W", "10/09/2023;Hội An;400;500"], right, layout=base + '[[layouts.measures]]\nmeasure = "activated_cumulative"\ncolumns = ["M", "W"]')
    yield case("sums of columns in thousands", ["D;A;M;W", "10/09/2023;Hội An;4;5"], on(10, ha=9000), layout=base + 'numbers = { unit = 1000 }\n[[layouts.measures]]\nmeasure = "activated_cumulative"\ncolumns = ["M", "W"]')
    yield Case("an empty sheet beside", [("a.xlsx", workbook({"Trống": [], "Số": [["A", "N"], ["Hội An", 900]]}))], right, layout='area = "A"\nday = 2023-09-10\n' + count)
    yield case("between days", ["D;A;N;P", "09/09/2023;Hội An;800;1", "10/09/2023;Hội An;5;900"], {**on(9, ha=800), **on(10, ha=900)}, layout=base + '[[layouts.measures]]\nmeasure = "activated_cumulative"\ncolumn = "N"\nlast_day = 2023-09-09\n[[layouts.measures]]\nmeasure = "activated_cumulative"\ncolumn = "P"\nfirst_day = 2023-09-10')
    yield case("days across", ["A;08/09/2023;09/09/2023", "Hội An;800;900"], {**on(8, ha=800), **on(9, ha=900)}, layout='across = "days"\nmeasure = "activated_cumulative"\narea = "A"')
    yield case("days across, month first", ["A;9/8/2023;9/9/2023", "Hội An;800;900"], {**on(8, ha=800), **on(9, ha=900)}, layout='across = "days"\nmeasure = "activated_cumulative"\narea = "A"\nday = { heading = "A", order = "month_first" }')
    yield case("areas across", ["D;Hội An;Quế Sơn", "09/09/2023;900;800"], on(9, DAY, ha=900, qs=800), layout='across = "areas"\nmeasure = "activated_on_day"\nday = "D"')
    yield case("totals and outsiders", [*long, "10/09/2023;U.S. Total;9", "10/09/2023;Prison;8"], right, layout=base + 'totals = ["U.S. Total"]\noutside = ["Prison"]\n' + count)
    within = ["Ngày;Huyện;Xã;Lũy kế", "10/09/2023;Tam Kỳ;Tam Thanh;9"]
    tam_thanh = {("20359", "2023-09-10", SUM): 9}
    yield case("a parent beside one row alone", within, tam_thanh)
    yield case("a parent in most rows", [*within, "10/09/2023;Tam Kỳ;Phước Hòa;8", "10/09/2023;Hội An;Hà Lam;7", "10/09/2023;;;", "10/09/2023;;x"], {**tam_thanh, ("20338", "2023-09-10", SUM): 8}, "area_unknown")
    yield case("a parent in half of the rows is not known to be one", [*within, "10/09/2023;Hội An;Hà Lam;7"], {}, "code_and_name_differ")
    yield case("a parent in a column", ["D;H;A;N", "10/09/2023;Tam Kỳ;Tam Thanh;9"], {("20359", "2023-09-10", SUM): 9}, layout='area = ["H", "A"]\nday = "D"\n' + count)
    yield Case("an encoding", [("a.csv", "D;A;N\r\n10/09/2023;503;900\r\n10/09/2023;Nông Sơn é;1\r\n".replace("ô", "o").replace("ơ", "o").encode("windows-1252"))], right, ("area_unknown",), 'encoding = "windows-1252"\n' + base + count)
    yield Case("a delimiter", [("a.csv", b"D|A|N\n10/09/2023|503|900\n")], right, (), 'delimiter = "|"\n' + base + count)
    yield Case("a sender", [("a.csv", text(of(*long)).encode())], {}, (), 'sender = "Sở Y tế"\n' + base + count)
    yield case("a column that is not there", long, {}, layout=base + count.replace('"N"', '"NN"'))


def corners() -> Iterator[Case]:
    """What a layout does with columns and rows that are none of its tallies'."""
    yield case("measures down, words where numbers stand", ["Số liệu đến ngày 09/09/2023", "Nội dung;Hội An;Quế Sơn", "Kích hoạt lũy kế;xem phụ lục 3;xem phụ lục 4"], {}, "not_a_number")
    tabs = {f"Ngày {day}": [["KẾT QUẢ KÍCH HOẠT THÁNG 9 NĂM 2023"], ["Đơn vị", "Lũy kế"], ["Hội An", 900 + day]] for day in (8, 10)}
    yield Case("the day of a month in the tab", [("a.xlsx", workbook(tabs))], {**on(8, ha=908), **on(10, ha=910)})
    yield case("the day in a name without an ending", ["Đơn vị;Lũy kế", "Hội An;900"], on(10, ha=900), name="BC_20230910")
    yield case("a code and a count are no numbers of columns", ["Kết quả kích hoạt ngày 09/09/2023", "Mã;Trong ngày", "98;12", "503;210"], on(9, DAY, ha=210), "area_unknown")
    across = ["KÍCH HOẠT TRONG NGÀY", "STT;Ngày;Giới tính;Hội An;Quế Sơn;Tổng"]
    yield case("areas across, split by sex", [*across, "1;08/09/2023;Nam;30;41;71", "2;08/09/2023;Nữ;31;42;73"], {}, "part_of_whole")
    yield case("areas across, a row of nothing", ["SỐ XE MÁY TRONG NGÀY", "Ngày;Hội An;Quế Sơn", "08/09/2023;;", "09/09/2023;3;4"], {}, "other_subject")
    yield case("another subject, a row of nothing", ["SỐ XE MÁY", HEAD, "08/09/2023;Hội An;;", "09/09/2023;Quế Sơn;3;4"], {}, "other_subject")
    count = 'area = "A"\nday = "D"\n[[layouts.measures]]\nmeasure = "activated_cumulative"\ncolumn = "N"'
    yield case("told, a row too short and one too long", ["D;A;N", "10/09/2023;Hội An", "10/09/2023;Quế Sơn;800;7", "10/09/2023;Thăng Bình;900"], on(10, tb=900), "ragged_row", layout=count)
    rows = [["D", "A", "N"], ["10/09/2023", "Hội An", 900], ["10/09/2023", "Quế Sơn", 800, "x"]]
    yield Case("told, a workbook has no row too long", [("a.xlsx", xlsx(rows))], on(10, ha=900, qs=800), layout=count)
    yield case("told, a column that is not there on its days", ["D;A;N", "10/09/2023;Hội An;900"], {}, layout=count + '\n[[layouts.measures]]\nmeasure = "activated_on_day"\ncolumn = "M"\nfirst_day = 2023-09-10')
    yield case("told of files with other headings", ["Ngày;Đơn vị;Lũy kế", "10/09/2023;Hội An;900"], on(10, ha=900), layout='with_headings = ["Q"]\n' + count)
    yield case("told, headings spelt otherwise", ["d.;a ;n", "10/09/2023;Hội An;900"], on(10, ha=900), layout=count)
    yield case("told of a column alone", ["Ngày;Đơn vị;N", "10/09/2023;Hội An;900"], on(10, ha=900), layout='[[layouts.measures]]\nmeasure = "activated_cumulative"\ncolumn = "N"')
    yield case("told, a column that is not there before its days", ["D;A;N", "10/09/2023;Hội An;900"], on(10, ha=900), layout=count + '\n[[layouts.measures]]\nmeasure = "activated_on_day"\ncolumn = "M"\nfirst_day = 2023-09-11')


CASES = [*subjects(), *dates(), *numbers(), *rows(), *parents(), *forms(), *told(), *corners()]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.what)
def test_a_file_of_the_second_set_is_read_right(case: Case, register: Register) -> None:
    if case.layout:
        register = replace(register, layouts=(as_layout(f'[[layouts]]\nname = "it"\n{case.layout}\n'),))
    answer: dict[str, Any] = checked(list(case.files), register)
    assert taken(answer) == case.right
    assert {one["reason"] for one in answer["held"]} >= set(case.held)


def test_columns_of_numbers_of_lines_and_of_totals_are_known(register: Register) -> None:
    rows = of("KÍCH HOẠT TRONG NGÀY", "STT;Ngày;;Hội An;Quế Sơn;Tổng", "1;08/09/2023;;30;41;71", "2;09/09/2023;;31;42;73")
    assert codes(checked(text(rows).encode(), register)) == []
    strange = of("KÍCH HOẠT TRONG NGÀY", "Ngày;Hội An;Quế Sơn;Xyzt", "08/09/2023;30;41;71")
    assert codes(checked(text(strange).encode(), register)) == ["column_unknown"]


def test_a_row_that_is_taken_is_not_ignored_for_a_doubtful_cell_left_blank(register: Register) -> None:
    rows = of("Ngày;Đơn vị;Lũy kế;Trong ngày lũy kế", "08/09/2023;Hội An;21.292;", "08/09/2023;Quế Sơn;18.000;5")
    answer = checked(text(rows).encode(), register)
    assert {one["row"] for one in answer["ignored"]} == {1}


def test_a_file_without_a_column_that_was_told_is_explained_as_refused(register: Register) -> None:
    layout = as_layout('[[layouts]]\nname = "it"\narea = "A"\nday = "D"\n[[layouts.measures]]\nmeasure = "activated_cumulative"\ncolumn = "NN"\n')
    sent = SentFile("a.csv", text(of("D;;A;N", "10/09/2023;;Hội An;900")).encode(), AS_OF)
    [view] = explain(sent, replace(register, layouts=(layout,)), AS_OF)
    assert view.verdict.startswith("refused: The layout names a column that the file does not have: “NN”")
    assert "it has: D, A, N." in view.verdict


@pytest.mark.parametrize(("lines", "columns"), [
    (("Số liệu đến ngày 09/09/2023", "Nội dung;Hội An;Quế Sơn", "Kích hoạt lũy kế;900;800"), ("says row by row what is counted", *["counts what each row says, the heading is the area"] * 2)),
    (("Ngày;Đơn vị;Nội dung;Số liệu", "09/09/2023;Hội An;Kích hoạt lũy kế;900"), ("the day", "the area", "says row by row what is counted", "counts what each row says")),
])  # fmt: skip
def test_a_column_whose_rows_say_what_is_counted_is_explained_so(lines: tuple[str, ...], columns: tuple[str, ...], register: Register) -> None:
    [view] = explain(SentFile("a.csv", text(of(*lines)).encode(), AS_OF), register, AS_OF)
    assert tuple(meaning for *_, meaning in view.columns) == columns
    assert not [one for one in view.missing if "counts" in one]
    assert view.rows[0][1][-1][0].endswith("00")


@pytest.mark.parametrize(("lines", "held"), [
    (("Ngày;Đơn vị;Lũy kế", "31/02/2023;Hội An;900"), {("date_impossible", "31/02/2023", None)}),
    (("Đơn vị;Trong ngày 9/9/2023;Lũy kế đến 9/9/2023", "Hội Bình;5;900"), {("area_unknown", "Hội Bình", DAY), ("area_unknown", "Hội Bình", SUM)}),
    (("Mã;Đơn vị;Trong ngày 9/9/2023;Lũy kế đến 9/9/2023", "503;Quế Sơn;5;900"), {("code_and_name_differ", "Quế Sơn", DAY), ("code_and_name_differ", "Quế Sơn", SUM)}),
    (("Ngày;Đơn vị;Lũy kế", "09/09/2023;Núi Thành;900"), {("area_ambiguous", "Núi Thành", None)}),
])  # fmt: skip
def test_what_is_held_says_its_text_and_its_measure(lines: tuple[str, ...], held: set[tuple[str, str, str | None]], register: Register) -> None:
    answer = checked(text(of(*lines)).encode(), register)
    assert {(one["reason"], one["text"], one["measure"]) for one in answer["held"]} == held


def test_they_are_enough() -> None:
    assert len({case.what for case in CASES}) == len(CASES) >= 120
