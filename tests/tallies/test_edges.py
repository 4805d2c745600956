# ruff: noqa: E501 - a file of a case reads best with one line a line
# fmt: off
"""Where what reading promises begins and ends: the last file on either side of each edge, with its right answer."""

from datetime import datetime
from typing import Any, NamedTuple

import pytest

from analysis.tallies import Register
from tests.tallies.making import HANOI, checked, folder, taken, text, values, workbook, xlsx

SUM, DAY = "activated_cumulative", "activated_on_day"
HA, QS = "503", "509"
TITLE = "KẾT QUẢ KÍCH HOẠT TÀI KHOẢN THÁNG 9 NĂM 2023"


class Case(NamedTuple):
    """The lines of a file; its numbers by area, day and measure; the row and reason of what is held or passed over."""

    lines: str
    right: dict[tuple[str, str, str], float]
    held: tuple[tuple[int, str], ...] = ()
    ignored: tuple[tuple[int, str], ...] = ()
    name: str = "a.csv"


def sums(*given: tuple[str, str, float]) -> dict[tuple[str, str, str], float]:
    """Return running sums; the day is one of September 2023 where its month is not said."""
    return {(area, day if "-" in day else f"2023-09-{day}", SUM): number for area, day, number in given}


def days(*typed: str) -> str:
    """Write one row a day, of an area whose sum grows."""
    return "\n".join(["Đơn vị;Ngày;Lũy kế", *(f"Hội An;{day};{20_001 + nth}" for nth, day in enumerate(typed))])


LAST = ("08/09/2023", "09/09/2023", "10/09/2023")
CASES = {
    # A day far from all others: 200 days from the next, and more than 300 from the middle one.
    "300 days before the middle day": Case(days("13/11/2022", *LAST), sums((HA, "2022-11-13", 20001), (HA, "08", 20002), (HA, "09", 20003), (HA, "10", 20004))),
    "301 days before the middle day": Case(days("12/11/2022", *LAST), sums((HA, "08", 20002), (HA, "09", 20003), (HA, "10", 20004)), ((2, "date_out_of_line"),)),
    "199 days before the next one": Case(days("25/09/2022", "12/04/2023", *LAST), sums((HA, "2022-09-25", 20001), (HA, "2023-04-12", 20002), (HA, "08", 20003), (HA, "09", 20004), (HA, "10", 20005))),
    "200 days before the next one": Case(days("24/09/2022", "12/04/2023", *LAST), sums((HA, "2023-04-12", 20002), (HA, "08", 20003), (HA, "09", 20004), (HA, "10", 20005)), ((2, "date_out_of_line"),)),
    "far from two others": Case(days("12/11/2022", *LAST[1:]), sums((HA, "09", 20002), (HA, "10", 20003)), ((2, "date_out_of_line"),)),
    "one of two days alone": Case(days("12/11/2022", LAST[1]), sums((HA, "2022-11-12", 20001), (HA, "09", 20002))),
    "no day at all, and then the month first": Case(days("?", "9/13/2023", "8/9/2023"), {}, ((2, "not_a_date"), (3, "month_first"), (4, "month_first"))),
    # Lines with a day between the rows.
    "a day between the rows against that of the title": Case("Kích hoạt đến ngày 9/9/2023\nĐơn vị;Lũy kế\nHội An;21.292\nĐến ngày 10/9/2023;\nQuế Sơn;18.000", sums((HA, "09", 21292)), ((5, "date_conflict"),)),
    "the same, and the heading again": Case("Kích hoạt đến ngày 9/9/2023\nĐơn vị;Lũy kế\nHội An;21.292\nĐến ngày 10/9/2023;\nĐơn vị;Lũy kế\nQuế Sơn;18.000", sums((HA, "09", 21292), (QS, "10", 18000))),
    "the heading again before the line of the day": Case("Kích hoạt đến ngày 9/9/2023\nĐơn vị;Lũy kế\nHội An;21.292\nĐơn vị;Lũy kế\nĐến ngày 10/9/2023;\nQuế Sơn;18.000", sums((HA, "09", 21292)), ((6, "date_conflict"),)),
    "the last of two lines counts": Case("Đơn vị;Lũy kế\nĐến ngày 9/9/2023;\nHội An;21.292\nĐến ngày 10/9/2023;\nQuế Sơn;18.000", sums((HA, "09", 21292), (QS, "10", 18000))),
    # Names with and without accents.
    "a name without accents among others that have them": Case("Đơn vị;Ngày;Lũy kế\nHội An;09/09/2023;21.292\nTam Thanh;09/09/2023;900", sums((HA, "09", 21292), ("20359", "09", 900))),
    "a name without accents where nobody types them": Case("Don vi;Ngay;Luy ke\nHoi An;09/09/2023;21.292\nTam Thanh;09/09/2023;900", sums((HA, "09", 21292)), ((3, "area_ambiguous"),)),
    # Rows that are no area's.
    "a sum of the rows above it, with an area below": Case("Đơn vị;Ngày;Lũy kế\nHội An;09/09/2023;21.292\nQuế Sơn;09/09/2023;18.000\nCộng ven biển;09/09/2023;39.292\nThăng Bình;09/09/2023;43.000", sums((HA, "09", 21292), (QS, "09", 18000), ("513", "09", 43000)), ignored=((1, "header_row"), (4, "total_row"))),
    "a note that names an area and ends in a digit": Case("Đơn vị;Ngày;Lũy kế;Ghi chú;Nguồn\nHội An;09/09/2023;21.292;;\n;;;Quế Sơn;đợt 2", sums((HA, "09", 21292)), ignored=((1, "header_row"), (3, "text_row"))),
    # Codes beside names.
    "a name that is not the code's": Case("Mã;Đơn vị;Ngày;Lũy kế\n503;Hội An;09/09/2023;21.292\n509;Hội An;09/09/2023;18.000", sums((HA, "09", 21292)), ((3, "code_and_name_differ"),)),
    "the first of all areas": Case("Mã;Đơn vị;Ngày;Lũy kế\n502;Tam Kỳ;09/09/2023;21.292\n502;Hội An;10/09/2023;22.000", sums(("502", "09", 21292)), ((3, "code_and_name_differ"),)),
    "one of two names is not the code's": Case("Mã;Đơn vị;Mã số;Ngày;Lũy kế\n503;Hội An;503;09/09/2023;21.292\n509;Quế Sơn;503;09/09/2023;18.000\n;Thăng Bình;;09/09/2023;43.000", sums((HA, "09", 21292), ("513", "09", 43000)), ((3, "code_and_name_differ"),)),
    # Headings.
    "a row of units, each of them known": Case("Đơn vị;Ngày;Lũy kế" + 9 * ";Ghi chú" + "\nđvt;ngày;người;tài khoản;tk;công dân;hồ sơ;%;lượt;-;trường hợp;đơn vị tính\nHội An;09/09/2023;21.292;;;;;;;;;", sums((HA, "09", 21292)), ignored=((1, "header_row"), (2, "header_row"))),
    "two columns numbered": Case("Đơn vị;Lũy kế\n(1);(2)\nHội An;21.292", sums((HA, "09", 21292)), ignored=((1, "header_row"), (2, "header_row")), name="09-09-2023.csv"),
    "numbers of days under one group": Case(f"LŨY KẾ {TITLE}\nĐơn vị;Các ngày trong tháng;;\n;8;9;10\nHội An;21.082;21.292;21.300", sums((HA, "08", 21082), (HA, "09", 21292), (HA, "10", 21300))),
    "days under one group": Case("Đơn vị;Lũy kế;\n;8/9/2023;9/9/2023\nHội An;21.082;21.292", sums((HA, "08", 21082), (HA, "09", 21292))),
    "two numbers are no days": Case(f"{TITLE}\nĐơn vị;8;9\nHội An;21.082;21.292", {}),
    "the month first in a heading": Case(f"LŨY KẾ {TITLE}\nĐơn vị;8/9/2023;9/13/2023\nHội An;21.082;21.292", {}, ((3, "month_first"),) * 2),
    "the day first in a heading": Case(f"LŨY KẾ {TITLE}\nĐơn vị;8/9/2023;13/9/2023\nHội An;21.082;21.292", sums((HA, "08", 21082), (HA, "13", 21292))),
    "a group alone in its row": Case("Đơn vị;Tài khoản định danh;\n;Kích hoạt;\n;Trong ngày;Lũy kế\nHội An;210;21.292\nQuế Sơn;50;18.000", {(HA, "2023-09-09", DAY): 210, (QS, "2023-09-09", DAY): 50, **sums((HA, "09", 21292), (QS, "09", 18000))}, name="09-09-2023.csv"),
    "a group that says what its columns do not": Case(";;Trong ngày;Lũy kế\nĐơn vị;Ghi chú;Kích hoạt;Kích hoạt\nHội An;x;210;21.292", {(HA, "2023-09-09", DAY): 210, **sums((HA, "09", 21292))}, name="09-09-2023.csv"),
    "one row of words below a heading": Case("Đơn vị;Ngày;Lũy kế\nHội An;;", {}, ((2, "date_missing"),)),
    "a heading of four rows": Case("Mẫu;số;\nĐơn vị;Kích hoạt;\n;Kích hoạt trong ngày;Kích hoạt lũy kế\n;Trong ngày;Lũy kế\nHội An;210;21.292", {(HA, "2023-09-09", DAY): 210, **sums((HA, "09", 21292))}, name="09-09-2023.csv"),
    "a rate with a day in its heading": Case("Đơn vị;Ngày;Lũy kế;Tỷ lệ (%) ngày 8/9/2023\nHội An;09/09/2023;21.292;43,75", {**sums((HA, "09", 21292)), (HA, "2023-09-09", "rate_printed"): 43.75}),
    "the same sum twice": Case("Đơn vị;Ngày;Kích hoạt;Lũy kế kích hoạt\nHội An;09/09/2023;5;21.292", sums((HA, "09", 21292))),
    "numbers that follow each other but begin with naught": Case(f"LŨY KẾ {TITLE}\nĐơn vị;Các ngày trong tháng;;\n;0;1;2\nHội An;21.082;21.292;21.300", {}),
    "a year deep in the table is none of its title": Case(f"LŨY KẾ {TITLE}\nĐơn vị;8;9;10;Ghi chú\nTam Kỳ;1;2;3;\nQuế Sơn;1;2;3;\nĐiện Bàn;1;2;3;\nNông Sơn;1;2;3;\nHội An;21.082;21.292;21.300;như 2022", sums(*((area, day, at) for area in ("502", QS, "507", "519") for at, day in enumerate(("08", "09", "10"), 1)), (HA, "08", 21082), (HA, "09", 21292), (HA, "10", 21300))),
    "a year behind a row is none of the title's": Case("THÁNG 9 NĂM 2023\nĐơn vị;Ngày;Lũy kế;Ghi chú\nHội An;Ngày 9;21.292;như 2022", sums((HA, "09", 21292))),
    "numbers up to the 31st": Case("LŨY KẾ KÍCH HOẠT TÀI KHOẢN THÁNG 8 NĂM 2023\nĐơn vị;Các ngày trong tháng;;\n;29;30;31\nHội An;21.082;21.292;21.300", sums((HA, "2023-08-29", 21082), (HA, "2023-08-30", 21292), (HA, "2023-08-31", 21300))),
    "numbers of columns under headings of their own": Case("Đơn vị;Ngày;Lũy kế\n1;2;3\nHội An;09/09/2023;21.292", sums((HA, "09", 21292)), ignored=((1, "header_row"), (2, "header_row"))),
    "an unclear tally and its target in one cell": Case("Đơn vị;Ngày;Trong ngày lũy kế/Chỉ tiêu\nHội An;09/09/2023;5/9", {}, ((2, "measure_unclear"),)),
    "an end of a week in a heading": Case("Đơn vị;Week ending 9/9/2023;Ngày;Lũy kế\nHội An;120;09/09/2023;21.292", sums((HA, "09", 21292))),
    "the 60th record is a heading": Case("\n".join([*(f"dòng {one};" for one in "x" * 59), days("09/09/2023")]), sums((HA, "09", 20001))),
    "the 61st record is none": Case("\n".join([*(f"dòng {one};" for one in "x" * 60), days("09/09/2023")]), {}),
    # Titles.
    "the unit in the twentieth text": Case("\n".join([*("dòng;",) * 19, "Đơn vị: Công an TP Hội An", "Ngày;Lũy kế", "09/09/2023;21.292"]), sums((HA, "09", 21292))),
    "the unit in the 21st": Case("\n".join([*("dòng;",) * 20, "Đơn vị: Công an TP Hội An", "Ngày;Lũy kế", "09/09/2023;21.292"]), {}),
    "a letterhead of eight lines": Case("\n".join([*("dòng;",) * 7, "Công an TP Hội An", "Ngày;Lũy kế", "09/09/2023;21.292"]), sums((HA, "09", 21292))),
    "a name in the ninth line": Case("\n".join([*("dòng;",) * 8, "Công an TP Hội An", "Ngày;Lũy kế", "09/09/2023;21.292"]), {}),
    "two units in a letterhead": Case("Công an TP Hội An\nCông an huyện Quế Sơn\nNgày;Lũy kế\n09/09/2023;21.292", {}),
    "a year of the title": Case("Năm 2023\nĐơn vị;Ngày;Lũy kế\nHội An;9/9;21.292", sums((HA, "09", 21292))),
    "two years in a title": Case("Năm 2022 và 2023\nTHÁNG 9 NĂM 2023\nĐơn vị;Ngày;Lũy kế\nHội An;Ngày 9;21.292", {}, ((4, "not_a_date"),)),
    "a month below a line that ends in a number": Case("Mẫu số 2\nTHÁNG 9 NĂM 2023\nĐơn vị;Ngày;Lũy kế\nHội An;Ngày 9;21.292", sums((HA, "09", 21292))),
    "a month and its year in two cells": Case("THÁNG 9;NĂM 2023;\nĐơn vị;Ngày;Lũy kế\nHội An;Ngày 9;21.292", sums((HA, "09", 21292))),
    "a month of the title": Case("THÁNG 9 NĂM 2023\nĐơn vị;Ngày;Lũy kế\nHội An;Ngày 9;21.292", sums((HA, "09", 21292))),
    # Rows.
    "a row of empty cells is nothing": Case("Đơn vị;Ngày;Lũy kế\nHội An;09/09/2023;21.292\n;;\nQuế Sơn;09/09/2023;18.000", sums((HA, "09", 21292), (QS, "09", 18000)), ignored=((1, "header_row"),)),
}


def read(case: Case, register: Register) -> dict[str, Any]:
    rows = [line.split(";") for line in case.lines.splitlines()]
    return checked(text(rows).encode(), register, name=case.name)


@pytest.mark.parametrize("what", CASES)
def test_what_lies_on_the_edge_is_read_right(what: str, register: Register) -> None:
    case = CASES[what]
    answer = read(case, register)
    assert taken(answer) == case.right
    assert tuple((one["row"], one["reason"]) for one in answer["held"]) == case.held
    if case.ignored:
        assert tuple((one["row"], one["reason"]) for one in answer["ignored"]) == case.ignored


SAID = {
    "no area like it": (days("09/09/2023").replace("Hội An", "Zzyzx"), "area_unknown", "No area is called “Zzyzx”. Write the name of the area as in the list of areas."),
    "an area like it": (days("09/09/2023").replace("Hội An", "Hội Ann"), "area_unknown", "No area is called “Hội Ann” (Hội An, perhaps?). Write the name of the area as in the list of areas."),
    "a column beside a measure": ("Đơn vị;Ngày;Lũy kế;Tổng\nHội An;09/09/2023;21.292;5", "column_unknown", "The column “Tổng” has numbers, but it is not known of what; it was not read. Name the column as the guide to sending tallies does."),
    "a row that is too short": ("Đơn vị;Ngày;Lũy kế\nHội An;09/09/2023", "ragged_row", None),
}


@pytest.mark.parametrize("what", SAID)
def test_what_is_said_of_it(what: str, register: Register) -> None:
    lines, code, message = SAID[what]
    answer = checked(lines.encode(), register)
    [found] = [one for one in answer["findings"] if one["code"] == code]
    assert message is None or found["message_en"] == message


def test_a_target_said_in_two_words_is_one(register: Register) -> None:
    answer = checked("Đơn vị;Ngày;Lũy kế;Giao/Chỉ tiêu\nHội An;09/09/2023;21.292;48.666".encode(), register)
    assert values(answer) == {("503", "2023-09-09"): 21292}
    assert answer["findings"] == []


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Register:
    """Two communes of one name, in two districts."""
    areas = "code,name,type,parent\n1,Đông Sơn,H,\n2,Tây Sơn,H,\n11,Bình An,X,1\n21,Bình An,X,2\n"
    return Register.load(folder(tmp_path_factory.mktemp("two"), areas))


@pytest.mark.parametrize("place", ["title", "tab", "file", "sender", "nowhere"])
def test_one_of_two_of_a_name_is_the_one_of_the_district_that_is_said(place: str, two: Register) -> None:
    said = {place: "Huyện Tây Sơn"}
    rows = [[said.get("title"), None], ["Đơn vị", "Ngày", "Lũy kế"], ["Bình An", "09/09/2023", 900]]
    sent = xlsx(rows, name=said.get("tab", "Bảng"))
    answer = checked(sent, two, name=f"{said.get('file', 'a')}.xlsx", sender=said.get("sender", ""))
    assert values(answer) == ({} if place == "nowhere" else {("21", "2023-09-09"): 900})
    among = [one["message_en"] for one in answer["findings"] if one["code"] == "area_ambiguous"]
    assert [one.partition(".")[0] for one in among] == (
        ["The name “Bình An” can mean more than one area (in Đông Sơn, Tây Sơn)"] if place == "nowhere" else []
    )


BOOKS = {
    "the day of a tab": ("09.09.2023", [["Đơn vị", "Lũy kế"], ["Hội An", 21292]], {("503", "2023-09-09"): 21292}, None),
    "a day in the name of a tab": ("Số liệu 09.09.2023", [["Đơn vị", "Lũy kế"], ["Hội An", 21292]], {("503", "2023-09-09"): 21292}, None),
    "the same day in tab and title": ("09.09.2023", [["Kích hoạt đến ngày 9/9/2023"], ["Đơn vị", "Lũy kế"], ["Hội An", 21292]], {("503", "2023-09-09"): 21292}, None),
    "a tab against its title": ("09.09.2023", [["Kích hoạt đến ngày 10/9/2023"], ["Đơn vị", "Lũy kế"], ["Hội An", 21292]], {}, "date_conflict"),
    "a tab below a title of a period": ("09.09.2023", [["Kích hoạt từ ngày 1/9/2023 đến ngày 9/9/2023"], ["Đơn vị", "Lũy kế"], ["Hội An", 21292]], {}, "date_is_period"),
    "the month of a tab": ("Tháng 9 năm 2023", [["Đơn vị", "Ngày", "Lũy kế"], ["Hội An", "Ngày 9", 21292]], {("503", "2023-09-09"): 21292}, None),
    "days in headings, their month in the tab": ("Tháng 9 năm 2023", [["Lũy kế kích hoạt"], ["Đơn vị", "8", "9", "10"], ["Hội An", 21082, 21292, 21300]], {("503", f"2023-09-{day}"): one for day, one in (("08", 21082), ("09", 21292), ("10", 21300))}, None),
    "a day as a spreadsheet counts it, a year ago": ("Bảng", [["Đơn vị", "Ngày", "Lũy kế"], ["Hội An", 44713, 21292]], {("503", "2022-06-01"): 21292}, None),
    "the unit of a tab": ("TP Hội An", [["Ngày", "Lũy kế"], ["09/09/2023", 21292]], {("503", "2023-09-09"): 21292}, None),
}


@pytest.mark.parametrize("what", BOOKS)
def test_what_a_tab_says_beside_its_title(what: str, register: Register) -> None:
    tab, rows, right, reason = BOOKS[what]
    answer = checked(xlsx(rows, name=tab), register, name="a.xlsx")
    assert values(answer) == right
    assert {one["reason"] for one in answer["held"]} == ({reason} if reason else set())


@pytest.mark.parametrize(("lines", "name", "message"), [
    ("Quảng Nam, ngày 9 tháng 9 năm 2023\nĐơn vị;Lũy kế\nHội An;21.292", "a.csv", "The table gives no day of the numbers; the day of signing, 09/09/2023, was taken."),
    ("Đơn vị;Lũy kế\nHội An;21.292", "a 09-09-2023.csv", "The table gives no day; 09/09/2023 was taken from the file's name."),
    ("Kích hoạt đến ngày 9/9/2023\nĐơn vị;Lũy kế\nHội An;21.292", "a.csv", None),
])
def test_a_day_from_an_odd_place_is_told(lines: str, name: str, message: str | None, register: Register) -> None:
    answer = checked(lines.encode(), register, name=name)
    assert values(answer) == {("503", "2023-09-09"): 21292}
    told = [one["message_en"] for one in answer["findings"] if one["code"] in ("day_of_signing", "day_from_name")]
    assert [one.startswith(message or "") for one in told] == [True] * bool(message)


def test_a_whole_row_that_is_held_is_repeated_whole(register: Register) -> None:
    [held] = checked("Đơn vị;Ngày;Lũy kế\nHội An;09/09/2023".encode(), register)["held"]
    assert (held["measure"], held["text"]) == (None, "Hội An | 09/09/2023")


def test_an_area_that_was_not_there_yet_is_told_with_the_day(register: Register) -> None:
    sent = datetime(2025, 2, 3, tzinfo=HANOI)
    answer = checked("Đơn vị;Ngày;Lũy kế\nNông Sơn;01/02/2025;9.000".encode(), register, as_of=sent)
    [found] = [one for one in answer["findings"] if one["code"] == "area_not_then"]
    assert found["message_en"].startswith("The area “Nông Sơn” was not in force on 01/02/2025.")


def test_a_day_of_a_spreadsheet_up_to_the_twelfth_may_be_another(register: Register) -> None:
    rows = [["Đơn vị", "Ngày", "Lũy kế"], ["Hội An", datetime(2023, 9, 12), 21292], ["Hội An", datetime(2023, 9, 13), 21300], ["Hội An", "9/14/2023", 21310]]
    answer = checked(xlsx(rows), register, name="a.xlsx")
    assert [(one["row"], one["reason"]) for one in answer["held"]] == [(2, "month_first"), (4, "month_first")]
    assert [(one["date"], one["value"]) for one in answer["records"]] == [("2023-09-13", 21300)]


def test_a_column_that_proves_the_month_first_is_doubted_whatever_another_sheet_proves(register: Register) -> None:
    head = ["Đơn vị", "Ngày", "Lũy kế"]
    book = workbook({"a": [head, ["Hội An", "9/13/2023", 21292], ["Hội An", "8/9/2023", 21200]], "b": [head, ["Quế Sơn", "13/9/2023", 18000]]})
    answer = checked(book, register, name="a.xlsx")
    assert values(answer) == {(QS, "2023-09-13"): 18000}
    assert [(one["sheet"], one["row"], one["reason"]) for one in answer["held"]] == [("a", 2, "month_first"), ("a", 3, "month_first")]


@pytest.mark.parametrize(("first", "sender", "kept"), [(["8/9/2023"], "X", False), (["8/9/2023"], "", True), (["8/9/2023", "13/9/2023"], "X", True)])
def test_what_one_file_of_a_sender_proves_of_its_others(first: list[str], sender: str, kept: bool, register: Register) -> None:
    files = [("a.csv", days(*first).encode()), ("b.csv", days("9/15/2023").encode())]
    answer = checked(files, register, sender=sender)
    assert (("a.csv", 2) not in {(one["file"], one["row"]) for one in answer["held"]}) == kept


def test_a_name_without_a_sound_day_gives_none(register: Register) -> None:
    answer = checked("Đơn vị;Lũy kế\nHội An;21.292".encode(), register, name="a 31-09-2023.csv")
    assert [(one["reason"], one["text"]) for one in answer["held"]] == [("date_impossible", "")]
    assert "day_from_name" not in {one["code"] for one in answer["findings"]}


def test_a_cell_held_for_where_it_stands_is_repeated(register: Register) -> None:
    answer = checked("Đơn vị;Ngày;Lũy kế/Chỉ tiêu\nHội An;09/09/2023;21.292\nQuế Sơn;09/09/2023;18.000/39.891".encode(), register)
    assert [(one["row"], one["reason"], one["text"]) for one in answer["held"]] == [(2, "one_of_two", "21.292")]


@pytest.mark.parametrize("many", [10_000, 10_001])
def test_ten_thousand_faults_are_told_and_no_more(many: int, register: Register) -> None:
    body = "Hội An;09/09/2023;?\n" * many
    answer = checked(f"Đơn vị;Ngày;Lũy kế\n{body}".encode(), register)
    assert [one["message_en"] for one in answer["findings"] if one["code"] == "too_many_faults"] == (
        ["The file has too many faults (10000 +) to read on. Go through the file and send it again."] if many > 10_000 else []
    )
    assert len(answer["held"]) == (10_000 if many == 10_000 else 0)


NOT_FOUND = {
    "area and count are missing": ("x;Ngày;n\na;9/9/2023;1", "Found in row 1: area = nothing, day = “Ngày”, count = nothing, not known: “x”, “n”. One line would mend it: area = \"x\".", "Thấy ở dòng 1: đơn vị = không có, ngày = “Ngày”, số liệu = không có, chưa rõ: “x”, “n”. Một dòng là đủ: area = \"x\"."),
    "a count is missing, below a title": ("Tổ 5;\nĐơn vị;Mã;Ngày;n\nHội An;503;9/9/2023;1", "Found in row 2: area = “Đơn vị”, day = “Ngày”, count = nothing, not known: “n”. One line would mend it: [[layouts.measures]] column = \"n\".", "Thấy ở dòng 2: đơn vị = “Đơn vị”, ngày = “Ngày”, số liệu = không có, chưa rõ: “n”. Một dòng là đủ: [[layouts.measures]] column = \"n\"."),
    "an area is missing": ("Mốc;Lũy kế\na;1", "Found in row 1: area = nothing, day = nothing, count = “Lũy kế”, not known: “Mốc”. One line would mend it: area = \"Mốc\".", None),
    "a code stands for its area": ("Mã;n\n503;1", "Found in row 1: area = “Mã”, day = nothing, count = nothing, not known: “n”. One line would mend it: [[layouts.measures]] column = \"n\".", None),
    "a count of one thing or another": ("Ngày;Tổng\n9/9/2023;1", "Found in row 1: area = nothing, day = “Ngày”, count = nothing, not known: “Tổng”. One line would mend it: area = \"Tổng\".", None),
    "dashes are not known": ("-;-\nNgày;x\n9/9/2023;1", "Found in row 2: area = nothing, day = “Ngày”, count = nothing, not known: “x”. One line would mend it: area = \"x\".", None),
    "nothing strange to point to": ("Ngày;Lũy kế\n9/9/2023;1", "Found in row 1: area = nothing, day = “Ngày”, count = “Lũy kế”. One line would mend it: area = \"…\".", None),
    "six of many strange headings, cut": (f"a;b;c;d;e;{'f' * 41};g\n1;2;3;4;5;6;7", f"Found in row 1: area = nothing, day = nothing, count = nothing, not known: “a”, “b”, “c”, “d”, “e”, “{'f' * 40}”. One line would mend it: area = \"a\".", None),
    "most known headings make the row": ("một;hai;ba;bốn\nNgày;x\n9/9/2023;1", "Found in row 2: area = nothing, day = “Ngày”, count = nothing, not known: “x”. One line would mend it: area = \"x\".", None),
    "most words make the row": ("một;2\nba;bốn\nnăm;6", "Found in row 2: area = nothing, day = nothing, count = nothing, not known: “ba”, “bốn”. One line would mend it: area = \"ba\".", None),
}


@pytest.mark.parametrize("what", NOT_FOUND)
def test_what_a_sheet_without_a_table_has_is_said(what: str, register: Register) -> None:
    lines, english, vietnamese = NOT_FOUND[what]
    [found] = checked(lines.encode(), register)["findings"]
    assert found["code"] == "no_table"
    assert f". {english} Add one heading row" in found["message_en"]
    assert vietnamese is None or f". {vietnamese} Thêm một dòng tiêu đề" in found["message_vi"]


def test_of_several_sheets_the_one_that_counts_is_told_of(register: Register) -> None:
    book = workbook({"a": [["Đơn vị", "Mã", "Ngày", "x"], ["Hội An", "503", "9/9/2023", 1]], "b": [["x", "Lũy kế"], ["a", 1]]})
    [found] = checked(book, register, name="a.xlsx")["findings"][:1]
    assert "count = “Lũy kế”" in found["message_en"]
