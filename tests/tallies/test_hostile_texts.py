"""No text that a stranger can send holds the reader: every parser is linear, or meets a bounded one."""

import io
import time

import openpyxl
import pytest

from analysis.tallies import SentFile, read_files
from analysis.tallies.files.limits import within
from analysis.tallies.files.text import Unreadable, decodings
from analysis.tallies.words.people import is_list_of_people, masked
from tests.tallies.making import AS_OF

CPU = 10.0  # seconds of this process, whatever else the machine does
UNITS = {
    "blanks": " ",
    "hard blanks": "\u00a0",
    "hyphens": "-",
    "blank and hyphen": " -",
    "dots": "1.",
    "days": "1/9 ",
    "digits": "1",
    "words": "ngày ",
    "offices": "công an ",
    "until": "đến ",
    "marks": "a\u0301",
    "quotes": "'",
    "brackets": "((",
    "percent": "%.",
    "stars": "*",
    "unit": "đơn vị: ",
    "nested": "tổng số lũy kế ",
}
HEADING = ["Ngày", "Đơn vị", "Lũy kế"]
PLACES = ("title", "heading", "day", "area", "number", "footer")


def sent(place: str, text: str) -> SentFile:
    """Put a text into one place of an ordinary file."""
    rows = [["Báo cáo", "", ""], list(HEADING), ["17/09/2023", "Hội An", "26.800"], ["Ghi chú", "", ""]]
    row, column = {"title": (0, 0), "heading": (1, 2), "day": (2, 0), "area": (2, 1), "number": (2, 2),
                   "footer": (3, 0)}[place]  # fmt: skip
    rows[row][column] = text
    return SentFile("x.csv", "\n".join(";".join(one) for one in rows).encode(), AS_OF)


def cpu(call, *arguments) -> float:
    began = time.process_time()
    call(*arguments)
    return time.process_time() - began


@pytest.mark.parametrize("unit", UNITS.values(), ids=UNITS)
def test_a_hostile_text_anywhere_is_answered(register, unit):
    files = [sent(place, f"a{unit * (size // len(unit))}b") for place in PLACES for size in (10_000, 100_000)]
    assert cpu(read_files, files, register) < CPU


@pytest.mark.parametrize("unit", UNITS.values(), ids=UNITS)
@pytest.mark.parametrize("size", [10_000, 1_000_000])
def test_what_meets_a_whole_file_is_linear_in_it(unit, size):
    text = f"a{unit * (size // len(unit))}b"
    for parser in (masked, is_list_of_people, lambda one: list(decodings(one.encode()))):
        assert cpu(parser, text) < CPU


def test_a_small_workbook_of_long_blanks_is_no_poison(register):
    """6 kB that took 72 seconds, and took them again each week."""
    book = openpyxl.Workbook()
    book.active.append(HEADING)
    for row in range(20):
        book.active.append(["17/09/2023", f"a{' ' * 32_000}b{row}", 1000])
    book.active.append(["17/09/2023", "Hội An", 26800])
    stream = io.BytesIO()
    book.save(stream)
    assert len(stream.getvalue()) < 10_000
    began = time.process_time()
    intake = read_files([SentFile("x.xlsx", stream.getvalue(), AS_OF)], register)
    assert time.process_time() - began < 3
    assert len(intake.tallies) == 1
    assert len(intake.held) == 20


def test_a_long_cell_that_begins_like_an_area_is_not_that_area(register):
    intake = read_files([sent("area", f"Hội An{' ' * 5000}hay là Tam Kỳ")], register)
    assert intake.tallies.empty


def test_a_file_that_takes_too_long_is_refused_wherever_the_time_goes(register):
    """Twenty thousand little tables; the parent, not the process for workbooks, is what takes its time."""
    table = "Ngày;Đơn vị;Lũy kế\n17/09/2023;Hội An;26.800\n\n"
    intake = read_files([SentFile("x.csv", (table * 20_000).encode(), AS_OF)], register, seconds=0.2)
    assert intake.verdict == "reject"
    assert list(intake.findings["code"]) == ["too_slow"]


def test_the_alarm_goes_off_within_a_pattern_and_is_silent_afterwards():
    import re

    with pytest.raises(Unreadable, match="too_slow"), within(0.05):
        re.search(r"(a+)+b", "a" * 40)
    time.sleep(0.6)


def test_a_workbook_of_very_many_sheets_is_refused(register):
    book = openpyxl.Workbook()
    for number in range(250):
        book.create_sheet(f"s{number}")
    stream = io.BytesIO()
    book.save(stream)
    intake = read_files([SentFile("x.xlsx", stream.getvalue(), AS_OF)], register)
    assert list(intake.findings["code"]) == ["too_large"]
