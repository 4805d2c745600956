# ruff: noqa: E501 - a file of a case reads best with one line a line
# fmt: off
"""Odd files of known truth: a number that is taken is the true one, and what cannot be told is held and says why."""

from datetime import date, timedelta
from typing import Any

import openpyxl
import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont

from analysis.tallies import Register
from tests.tallies.biff import xls
from tests.tallies.making import checked, codes, ods, ods_row, saved, taken, text, values, xlsx

SUM, DAY = "activated_cumulative", "activated_on_day"
AREAS = {"503": "Hội An", "509": "Quế Sơn", "513": "Thăng Bình"}
DAYS = [date(2023, 9, 4) + timedelta(days) for days in range(5)]
TRUTH = {(code, day.isoformat(), SUM): 20000.0 + 1000 * at + 137 * step for at, code in enumerate(AREAS) for step, day in enumerate(DAYS)}
LAST = {key: value for key, value in TRUTH.items() if key[1] == "2023-09-08"}


def total(code: str, day: date = DAYS[-1]) -> int:
    return int(TRUTH[code, day.isoformat(), SUM])


def long(form: str = "%d/%m/%Y") -> list[list[object]]:
    rows = [[day.strftime(form), name, total(code, day)] for day in DAYS for code, name in AREAS.items()]
    return [["Ngày", "Đơn vị", "Lũy kế"], *rows]


def one_day(*head: str, title: str = "Số liệu ngày 08/09/2023", scale: int = 1, under: tuple[str, ...] = ()) -> list[list[object]]:
    """Give rows of one day, each number once under each heading."""
    rows = [[name, *(total(code) // scale - 40 * nth for nth in range(len(head)))] for code, name in AREAS.items()]
    return [[title], ["Đơn vị", *head], *([list(under)] if under else []), *rows]


def csv(rows: list[list[object]]) -> bytes:
    return text(rows).encode()


def reasons(answer: dict[str, Any]) -> set[str]:
    return {one["reason"] for one in answer["held"]}


def reported(kind: str, struck: bool) -> bytes:
    """Write two rows, the second with a number that is struck through and wrong."""
    rows: list[list[object]] = [["Ngày", "Đơn vị", "Lũy kế"], ["08/09/2023", "Hội An", str(total("503"))], ["08/09/2023", "Quế Sơn", "29.000"]]
    if kind == "xls":
        return xls(rows, struck_rows=(2,) if struck else ())
    if kind == "rich":
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append(row)
        book.active["C3"] = CellRichText(TextBlock(InlineFont(strike=struck), "29.000"))
        return saved(book)
    line = "solid" if struck else "none"
    styles = f'<style:style style:name="under"><style:text-properties style:text-line-through-style="{line}"/></style:style><style:style style:name="one" style:parent-style-name="under"/>'
    last = ods_row(*rows[2])
    cell = {"cell": last.replace("<table:table-cell", '<table:table-cell table:style-name="one"'), "span": last.replace("29.000", '<text:span text:style-name="one">29.000</text:span>'), "row": last.replace("<table:table-row", '<table:table-row table:default-cell-style-name="one"')}[kind]
    return ods(ods_row(*rows[0]) + ods_row(*rows[1]) + cell, styles)


@pytest.mark.parametrize("kind", ["xls", "rich", "cell", "span", "row"])
def test_a_row_that_is_struck_through_is_held_in_every_kind_of_workbook(kind: str, register: Register) -> None:
    name = {"xls": "a.xls", "rich": "a.xlsx"}.get(kind, "a.ods")
    answer = checked(reported(kind, struck=True), register, name=name)
    assert [(one["row"], one["reason"]) for one in answer["held"]] == [(3, "struck_out")]
    assert values(answer) == {("503", "2023-09-08"): total("503")}
    assert values(checked(reported(kind, struck=False), register, name=name))["509", "2023-09-08"] == 29000


@pytest.mark.parametrize("rows", [
    one_day("Lũy kế (10³)", scale=1000), one_day("Lũy kế", scale=1000, under=("", "(1000 TK)")), one_day("Lũy kế", scale=1000, under=("", "nghìn TK")), one_day("Lũy kế", scale=100, under=("", "10² người")),
])
def test_a_scale_in_powers_or_below_the_heading_refuses_the_table(rows: list[list[object]], register: Register) -> None:
    for name, data in (("a.csv", csv(rows)), ("a.xlsx", xlsx(rows))):
        assert codes(checked(data, register, name=name)) == ["in_thousands"]


def test_a_thousand_in_a_row_without_an_area_is_no_scale(register: Register) -> None:
    assert taken(checked(csv(one_day("Lũy kế", under=("", "1000"))), register)) == LAST


@pytest.mark.parametrize("title", ["DỰ KIẾN KẾT QUẢ KÍCH HOẠT", "Kết quả kích hoạt dự kiến", "Ước thực hiện kích hoạt tài khoản", "Expected results: accounts activated", "Projected cumulative accounts activated", "Résultats prévus des comptes activés"])
def test_results_that_are_only_expected_are_no_tallies(title: str, register: Register) -> None:
    answer = checked(csv([[title], *one_day("Lũy kế")]), register)
    assert (taken(answer), reasons(answer)) == ({}, {"other_subject"})


@pytest.mark.parametrize("title", ["Kết quả kích hoạt so với dự kiến", "KẾT QUẢ KÍCH HOẠT, DỰ KIẾN HOÀN THÀNH TRƯỚC 30/9", "Kết quả thực hiện kế hoạch kích hoạt"])
def test_results_beside_what_was_expected_are_taken(title: str, register: Register) -> None:
    assert taken(checked(csv([[title], *one_day("Lũy kế")]), register)) == LAST


@pytest.mark.parametrize("heading", ["Lũy kế đợt 2", "Lũy kế giai đoạn II", "Cumulative, phase 2", "Cumul vague 2"])
def test_what_counts_since_a_part_of_the_drive_began_is_not_the_sum(heading: str, register: Register) -> None:
    answer = checked(csv(one_day(heading)), register)
    assert (taken(answer), reasons(answer)) == ({}, {"measure_unclear"})


@pytest.mark.parametrize("other", ["Lũy kế sau điều chỉnh", "Lũy kế trên hệ thống", "Cumulative (corrected)", "Cumul révisé"])
def test_of_two_sums_one_of_them_corrected_neither_is_taken_and_one_alone_is(other: str, register: Register) -> None:
    answer = checked(csv(one_day("Lũy kế", other)), register)
    assert (taken(answer), reasons(answer)) == ({}, {"measure_unclear"})
    assert taken(checked(csv(one_day(other)), register)) == LAST


@pytest.mark.parametrize("form", ["0h ngày %d/%m/%Y", "00h00 %d/%m/%Y", "00:00 %d/%m/%Y", "0 giờ ngày %d/%m/%Y"])
def test_the_hour_at_which_a_day_begins_is_none_of_that_day(form: str, register: Register) -> None:
    answer = checked(csv(long(form)), register)
    assert (taken(answer), reasons(answer)) == ({}, {"date_at_midnight"})
    answer = checked(csv(one_day("Lũy kế", title=f"Số liệu tính đến {date(2023, 9, 9):{form}}")), register)
    assert (taken(answer), reasons(answer)) == ({}, {"date_at_midnight"})
    assert taken(checked(csv(one_day(f"Lũy kế đến {date(2023, 9, 9):{form}}", title="Báo cáo")), register)) == {}


@pytest.mark.parametrize("title", ["(Từ 0h đến 24h ngày 08/09/2023)", "Tính đến 24h ngày 08/09/2023", "Tính đến 10h00 ngày 08/09/2023", "Từ 0h ngày 08/09/2023 đến 24h ngày 08/09/2023"])
def test_another_hour_leaves_the_day_as_it_is(title: str, register: Register) -> None:
    assert taken(checked(csv(one_day("Lũy kế", title=title)), register)) == LAST


@pytest.mark.parametrize("form", ["%d/%m/%Y 5:05:00 CH", "%d/%m/%Y 12:05:00 SA", "%d/%m/%Y 5:05 PM"])
def test_a_time_of_a_vietnamese_spreadsheet_stands_behind_its_day(form: str, register: Register) -> None:
    assert taken(checked(csv(long(form)), register)) == TRUTH


def swapped(day: date) -> date:
    return day.replace(month=day.day, day=day.month)


def test_days_that_are_one_of_each_month_and_nearer_as_one_month_may_have_the_month_first(register: Register) -> None:
    wide = [["Lũy kế"], ["Đơn vị", *(f"{day:%m/%d/%Y}" for day in DAYS)], *([name, *(total(code, day) for day in DAYS)] for code, name in AREAS.items())]
    real = [long()[0], *([swapped(day), *row[1:]] for day, row in zip([day for day in DAYS for _ in AREAS], long()[1:], strict=True))]
    for name, data in (("a.csv", csv(long("%m/%d/%Y"))), ("b.xlsx", xlsx(real)), ("c.csv", csv(wide))):
        answer = checked(data, register, name=name)
        assert (taken(answer), reasons(answer)) == ({}, {"month_first"})


@pytest.mark.parametrize("days", [["01/06/2023", "01/07/2023", "01/08/2023"], ["08/07/2023", "08/08/2023", "08/09/2023"], ["07/09/2023", "07/08/2023"]])
def test_tallies_of_one_day_of_each_month_are_read_as_they_stand(days: list[str], register: Register) -> None:
    rows = [["Ngày", "Đơn vị", "Lũy kế"], *([day, "Hội An", 9000 + at] for at, day in enumerate(sorted(days, key=lambda one: one[3:5])))]
    assert len(taken(checked(csv(rows), register))) == len(days)


def test_a_column_of_totals_beside_small_counts_is_no_second_half_of_a_number(register: Register) -> None:
    rows = [["Số kích hoạt trong ngày"], ["Đơn vị", "07/09/2023", "08/09/2023", "Tổng cộng"], ["Hội An", 200, 164, 364], ["Quế Sơn", 90, 88, 178]]
    right = {("503", "2023-09-07", DAY): 200, ("503", "2023-09-08", DAY): 164, ("509", "2023-09-07", DAY): 90, ("509", "2023-09-08", DAY): 88}
    assert taken(checked(csv(rows), register)) == right


@pytest.mark.parametrize("form", ["T{weekday} (%d/%m/%Y)", "Thứ {weekday} (%d/%m)", "T{weekday}\n%d/%m/%Y", "(%d/%m/%Y)"])
def test_a_weekday_stands_before_a_day_in_brackets(form: str, register: Register) -> None:
    days = [day.strftime(form.format(weekday=day.isoweekday() + 1)) for day in DAYS]
    rows = [["Lũy kế năm 2023"], ["Đơn vị", *days], *([name, *(total(code, day) for day in DAYS)] for code, name in AREAS.items())]
    assert taken(checked(xlsx(rows), register, name="a.xlsx")) == TRUTH
