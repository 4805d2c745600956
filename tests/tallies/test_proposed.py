# ruff: noqa: E501 - a case reads best on one line
# fmt: off
"""The layout that is proposed for a file nobody can read as it is, line by line, and the questions beside it."""

from io import BytesIO

import openpyxl
import pytest

from analysis.tallies import Register, SentFile
from analysis.tallies.layouts.proposed import proposals
from tests.tallies.making import AS_OF, saved, workbook

CODES = "activated_cumulative, activated_on_day, level1_cumulative, level2_cumulative, dossiers_cumulative, rate_printed"
NARROW = "# ? narrow 'file' so that it fits only files of this kind"
HEAD = ['name = "a"', 'file = "*.csv"']
WHERE, WHEN = '# ? whose numbers are they? area = { fixed = "…" }', "# ? of which day are the numbers? day = 2023-09-10"
NOTHING = "# ? which column counts? [[layouts.measures]] measure = …, column = …"
ACROSS = f"# ? what do the columns count? {CODES}"
OURS = ["9/9/2023;Hội An;12", "10/9/2023;Quế Sơn;13"]


def counted(column: str, measure: str = "", ) -> list[str]:
    said = f'measure = "{measure}"' if measure else f'measure = "activated_cumulative" # ? or another of {CODES}'
    return ["[[layouts.measures]]", said, f'column = "{column}"']


CASES: dict[str, tuple[str, list[str]]] = {
    "a strange count": ("ngày;đơn vị;n\n13/9/2023;Hội An;12\n14/9/2023;Quế Sơn;13", [*HEAD, 'area = "đơn vị"', 'day = "ngày"', NARROW, *counted("n")]),
    "cells with blanks around them": ("khi ; nơi ; n \n 13/9/2023 ; Hội An ; 12", [*HEAD, 'area = "nơi"', 'day = "khi"', NARROW, *counted("n")]),
    "no name has an ending": ("khi;nơi;n\n13/9/2023;Hội An;12", ['name = "a"', 'area = "nơi"', 'day = "khi"', *counted("n")]),
    "titles above, the day in one of them": ("Bảng 5;;\n;;9/9/2023\n\nnơi;n;\nHội An;12;\nQuế Sơn;13;", [*HEAD, "heading_rows = [4]", 'area = "nơi"', 'day = { cell = "C2" }', NARROW, *counted("n")]),
    "neither area nor day": ("x;n\nmột;12\nhai;13", [*HEAD, NARROW, WHERE, WHEN, "# ? which rows count? where = { x = \"hai\" } (of hai | một), or sum_over = \"x\"", *counted("n")]),
    "a column called area without one": ("khi;đơn vị;n\n13/9/2023;Nơi A;12\n14/9/2023;Nơi B;13", [*HEAD, 'area = "đơn vị"', 'day = "khi"', NARROW, '# ? no area of the campaign: outside = ["Nơi A", "Nơi B"], or also_called in areas.csv', '# ? which rows count? where = { "đơn vị" = "Nơi A" } (of Nơi A | Nơi B), or sum_over = "đơn vị"', *counted("n")]),
    "totals and places outside": ("khi;nơi;n\n13/9/2023;Hội An;1\n13/9/2023;Quế Sơn;2\n13/9/2023;Tam Kỳ;2\n13/9/2023;Huế;4\n13/9/2023;Tổng cộng;9", [*HEAD, 'area = "nơi"', 'totals = ["Tổng cộng"]', 'day = "khi"', NARROW, '# ? no area of the campaign: outside = ["Huế"], or also_called in areas.csv', *counted("n")]),
    "six places outside of many": ("khi;nơi;n\n" + "\n".join(f"13/9/2023;{one};{at}" for at, one in enumerate(["Hội An", "Quế Sơn", "Tam Kỳ", "Thăng Bình", "Nông Sơn", "Điện Bàn", "TP. Hội An", "H. Quế Sơn", "TP. Tam Kỳ", *"ABCDEF"])), [*HEAD, 'area = "nơi"', 'day = "khi"', NARROW, '# ? no area of the campaign: outside = ["A", "B", "C", "D", "E"], or also_called in areas.csv', *counted("n")]),
    "names under no heading": (";khi;n\nHội An;13/9/2023;12\nQuế Sơn;13/9/2023;13", [*HEAD, 'day = "khi"', NARROW, WHERE, *counted("n")]),
    "days under no heading": ("nơi;;n\nHội An;13/9/2023;12\nQuế Sơn;13/9/2023;13", [*HEAD, 'area = "nơi"', NARROW, WHEN, *counted("n")]),
    "two columns of areas, the last is finer": ("khi;ô;nơi;n\n13/9/2023;Núi Thành;Hội An;1\n13/9/2023;Núi Thành;Quế Sơn;2", [*HEAD, 'area = "nơi"', 'day = "khi"', NARROW, *counted("n")]),
    "days across": ("nơi;8/9/2023;9/9/2023;13/9/2023\nHội An;1;2;3", [*HEAD, 'across = "days"', 'measure = "activated_cumulative"', 'area = "nơi"', NARROW, ACROSS]),
    "two days are no days across": ("nơi;9/9/2023;13/9/2023\nHội An;1;2", [*HEAD, 'area = "nơi"', NARROW, WHEN, "# ? other columns with numbers: 13/9/2023", *counted("9/9/2023")]),
    "areas across": ("khi;Hội An;Quế Sơn\n13/9/2023;1;2\n14/9/2023;2;3", [*HEAD, 'across = "areas"', 'measure = "activated_cumulative"', 'day = "khi"', NARROW, ACROSS]),
    "one area across is none": ("khi;Hội An\n13/9/2023;1", [*HEAD, 'day = "khi"', NARROW, WHERE, *counted("Hội An")]),
    "the month first": ("khi;nơi;n\n9/7/2023;Hội An;12\n9/13/2023;Hội An;13", [*HEAD, 'area = "nơi"', 'day = { heading = "khi", order = "month_first" }', NARROW, *counted("n")]),
    "both ways": ("khi;nơi;n\n7/9/2023;Hội An;12\n8/9/2023;Hội An;13", [*HEAD, 'area = "nơi"', 'day = "khi"', NARROW, '# ? does the day or the month stand first? order = "month_first"', *counted("n")]),
    "the same both ways": ("khi;nơi;n\n9/9/2023;Hội An;12", [*HEAD, 'area = "nơi"', 'day = "khi"', NARROW, *counted("n")]),
    "three columns of days": ("khi;đến;nhận;nơi;n\n13/9/2023;14/9/2023;15/9/2023;Hội An;12", [*HEAD, 'area = "nơi"', 'day = "khi"', NARROW, "# ? there are other columns of days: đến, nhận", *counted("n")]),
    "most of a column are days": ("khi;nơi;n\n13/9/2023;Hội An;1\n14/9/2023;Hội An;2\n15/9/2023;Hội An;3\nx;Hội An;4\ny;Hội An;5", [*HEAD, 'area = "nơi"', 'day = "khi"', NARROW, *counted("n")]),
    "half of a column are days": ("khi;nơi;n\n13/9/2023;Hội An;1\nx;Hội An;4", [*HEAD, 'area = "nơi"', NARROW, WHEN, '# ? which rows count? where = { khi = "13/9/2023" } (of 13/9/2023 | x), or sum_over = "khi"', *counted("n")]),
    "numbers of days of a spreadsheet are numbers": ("khi;nơi;n\n13/9/2023;Hội An;45000\n14/9/2023;Hội An;45001", [*HEAD, 'area = "nơi"', 'day = "khi"', NARROW, *counted("n")]),
    "a dot for decimals": ("khi;nơi;n\n13/9/2023;Hội An;12.5", [*HEAD, 'area = "nơi"', 'day = "khi"', 'numbers = { decimal = ".", thousands = "," }', NARROW, *counted("n")]),
    "commas between thousands": ("khi;nơi;n\n13/9/2023;Hội An;1,234\n14/9/2023;Hội An;< 1", [*HEAD, 'area = "nơi"', 'day = "khi"', 'numbers = { decimal = ".", thousands = "," }', NARROW, *counted("n")]),
    "dots between thousands": ("khi;nơi;n\n13/9/2023;Hội An;1.234\n14/9/2023;Hội An;+12 345%", [*HEAD, 'area = "nơi"', 'day = "khi"', NARROW, *counted("n")]),
    "marks among numbers": ("khi;nơi;n\n" + "\n".join(f"13/9/2023;Hội An;{one}" for one in [*range(12), "*", "NP", "-", "x", "y", "z"]), [*HEAD, 'area = "nơi"', 'day = "khi"', NARROW, '# ? what do these stand for? missing = ["*", "-", "NP", "x", "y"] or suppressed = { "…" = 4 }', *counted("n")]),
    "a column that splits the rows": ("khi;nơi;Lứa tuổi;n\n13/9/2023;Hội An;trẻ;1\n13/9/2023;Hội An;già;2", [*HEAD, 'area = "nơi"', 'day = "khi"', NARROW, '# ? which rows count? where = { "Lứa tuổi" = "già" } (of già | trẻ), or sum_over = "Lứa tuổi"', *counted("n")]),
    "what splits nothing": ("khi;nơi;một;;Ghi chú;n\n13/9/2023;Hội An;trẻ;a;b;1\n13/9/2023;Quế Sơn;trẻ;c;d;2", [*HEAD, 'area = "nơi"', 'day = "khi"', NARROW, *counted("n")]),
    "thirteen kinds are none": ("khi;nơi;g;h;n\n" + "\n".join(f"13/9/2023;Hội An;g{min(at, 12):02};h{min(at, 11):02};{at}" for at in range(14)), [*HEAD, 'area = "nơi"', 'day = "khi"', NARROW, f'# ? which rows count? where = {{ h = "h00" }} (of {" | ".join(f"h{at:02}" for at in range(12))}), or sum_over = "h"', *counted("n")]),
    "several strange counts": ("khi;nơi;n;m;o\n13/9/2023;Hội An;1;2;3", [*HEAD, 'area = "nơi"', 'day = "khi"', NARROW, "# ? other columns with numbers: m, o", *counted("n")]),
    "counts that are known": ("khi;nơi;Lũy kế;m;Trong ngày\n13/9/2023;Hội An;5;1;2", [*HEAD, 'area = "nơi"', 'day = "khi"', NARROW, *counted("Lũy kế", "activated_cumulative"), *counted("Trong ngày", "activated_on_day")]),
    "no column of numbers": ("khi;nơi;g\n13/9/2023;Hội An;nhiều\n14/9/2023;Hội An;ít", [*HEAD, 'area = "nơi"', 'day = "khi"', NARROW, '# ? which rows count? where = { g = "nhiều" } (of nhiều | ít), or sum_over = "g"', NOTHING]),
    "nothing like a heading": ("một\nhai", [*HEAD, "heading_rows = [1]", NARROW, "# ? no row looks like a heading: which one is it?"]),
    "quotation marks": ('khi;nơi;"S""ố\\"\n13/9/2023;Hội An;1', [*HEAD, 'area = "nơi"', 'day = "khi"', NARROW, *counted('S\\"ố\\\\')]),
}


def drafted(name: str, data: bytes, register: Register) -> list[list[str]]:
    """Return the lines of each proposed block that are not blank."""
    return [[line for line in block.splitlines() if line] for block, _ in proposals(SentFile(name, data, AS_OF), register, AS_OF)]


@pytest.mark.parametrize("what", CASES)
def test_a_layout_is_proposed_line_by_line(what: str, register: Register) -> None:
    lines, right = CASES[what]
    name = "a" if "ending" in what else "a.csv"
    assert drafted(name, lines.encode(), register) == [["[[layouts]]", *right]]


@pytest.mark.parametrize(("name", "right"), {
    "số liệu_Hội An_tháng 9.csv": 'area = { file = "số liệu_{area}_tháng 9" }',
    "TP. Hội An-x.csv": 'area = { file = "{area}-x" }',
    "2023-09-10.csv": 'day = { file = "{day}" }',
    "x 10.9.2023 y.csv": 'day = { file = "x {day} y" }',
}.items())  # fmt: skip
def test_area_and_day_are_found_in_a_name(name: str, right: str, register: Register) -> None:
    [block] = drafted(name, "khi;n\nsáng;12\nchiều;13".encode(), register)
    assert right in block


def test_each_visible_sheet_with_rows_has_its_block(register: Register) -> None:
    book = openpyxl.load_workbook(BytesIO(workbook({
        "10.09.2023": [["nơi", "n"], ["Hội An", 12]], "Trống": [], "Ẩn": [["khi", "nơi", "n"], ["13/9/2023", "Hội An", 1]],
        "b": [["khi", "nơi", "n"], ["13/9/2023", "Hội An", 1]],
    })))
    book["Ẩn"].sheet_state = "hidden"
    first, second = drafted("a.xlsx", saved(book), register)
    assert first == ["[[layouts]]", 'name = "a"', 'file = "*.xlsx"', 'sheet = "10.09.2023"', 'area = "nơi"', 'day = { tab = "{day}" }', NARROW, *counted("n")]
    assert second == ["[[layouts]]", 'name = "a"', 'file = "*.xlsx"', 'sheet = "b"', 'area = "nơi"', 'day = "khi"', NARROW, *counted("n")]


def hiding(people: list[list[str]]) -> bytes:
    book = openpyxl.load_workbook(BytesIO(workbook({"a": [["nơi", "n"], ["Hội An", 12]], "b": people})))
    book["b"].sheet_state = "hidden"
    return saved(book)


@pytest.mark.parametrize(("name", "data", "code"), [
    ("a.csv", "Họ và tên;Số điện thoại;n\nNguyễn Văn A;0905123456;1\nTrần Thị B;0905123457;1".encode(), "list_of_people"),
    ("a.csv", "Họ và tên;Số CMND;n\nNguyễn Văn A;123 456 789;1".encode(), "no_table"),
    ("a.xlsx", hiding([["Họ và tên", "Số CCCD"], ["Nguyễn Văn A", "049093001234"]]), "list_of_people"),
    ("a.csv", b"\x89PNG", "not_a_tally_file"),
    ("a.xlsx", b"PK\x03\x04 cut off", "damaged_file"),
])
def test_nothing_is_proposed_for_what_is_not_opened(name: str, data: bytes, code: str, register: Register) -> None:
    [(block, intake)] = proposals(SentFile(name, data, AS_OF), register, AS_OF)
    assert (block, intake.verdict) == ("# nothing can be proposed for it", "reject")
    assert intake.findings["code"].tolist() == [code]


def test_a_file_with_the_block_comes_to_its_numbers(register: Register) -> None:
    [(_, intake)] = proposals(SentFile("a.csv", "khi;nơi;n\n13/9/2023;Hội An;12\n14/9/2023;Hội An;13".encode(), AS_OF), register, AS_OF)
    assert intake.tallies["value"].tolist() == [12, 13]
