# ruff: noqa: E501 - a table of cases reads best with one case a line
"""A list of people is refused before it is stored, and its digits go nowhere."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from analysis.cli import app
from analysis.tallies import Register
from analysis.tallies.words.people import is_list_of_people, masked
from tests.tallies.making import checked, codes, ods, ods_row, text, xlsx

HEAD = ["STT", "Đơn vị", "Ngày", "Lũy kế", "Khác"]
PEOPLE = [
    "049093001234", "049 093 001 234", "049.093.001.234", "0490 9300 1234", "001203012345", "049-093-001-234",
    "0905123456", "0905 123 456", "0905.123.456", "090 512 3456", "+84905123456", "+84 905 123 456", "84905123456",
    "Nguyễn Văn A 0905123456", "CCCD:049093001234", "０４９０９３００１２３４", "0385123456", "0912-345-678", "49093001234", "Nguyễn Văn A 49093001234",
]  # fmt: skip
LOOKALIKES = [
    "12.600", "104.019", "1.234.567", "374398105", "331.996.199", "20230910", "202309101730", "4.063/4.303", "513",
    "20965", "Số 3526/QĐ-UBND", "7384/KH-UBND", "0235.3852", "10/09/2023", "2023-09-10 17:00:00", "24,37%",
    "100000000000", "123456789", "999999999999", "0,123456789012", "8935001234567", "12 600 513", "1 2 3 4 5 6 7 8 9 0",
    "2023091012345678", "0.24370123456789", "-0905", "45179", "0 9 05 12", "10000000000",
    "12345678901", "20230910001", "99093001234", "49293001234", "3b49093001234",
]  # fmt: skip


def with_cell(cell: str) -> list[list[str]]:
    return [HEAD, ["1", "Hội An", "10/09/2023", "24.333", cell], ["2", "Quế Sơn", "10/09/2023", "20.000", ""]]


@pytest.mark.parametrize("cell", PEOPLE)
def test_a_number_of_a_person_refuses_the_file(cell: str, register: Register) -> None:
    for name, data in (
        ("a.csv", text(with_cell(cell)).encode()),
        ("a.xlsx", xlsx(with_cell(cell))),
        ("a.ods", ods("".join(ods_row(*row) for row in with_cell(cell)))),
    ):
        answer = checked(data, register, name=name)
        assert (answer["verdict"], codes(answer)) == ("reject", ["list_of_people"])
        assert (answer["records"], answer["held"], answer["ignored"]) == ([], [], [])
        digits = "".join(filter(str.isdigit, cell))
        assert digits[-6:] not in "".join(filter(lambda c: c.isdigit(), str(answer)))


@pytest.mark.parametrize("cell", LOOKALIKES)
def test_what_only_looks_like_one_passes(cell: str, register: Register) -> None:
    assert not is_list_of_people(cell)
    assert checked(text(with_cell(cell)).encode(), register)["records"]


def test_numbers_that_lost_their_zero_in_excel(register: Register) -> None:
    rows = [["STT", "Đơn vị", "Số CCCD"], [1, "Hội An", 49093001234], [2, "Hội An", 49093001235]]
    assert codes(checked(xlsx(rows), register, name="a.xlsx")) == ["list_of_people"]
    rows = [["STT", "Đơn vị", "SĐT", "Lũy kế"], [1, "Hội An", 905123456, 5]]
    assert codes(checked(xlsx(rows), register, name="a.xlsx")) == ["list_of_people"]


def test_people_in_hidden_sheets_and_comments(register: Register) -> None:
    import openpyxl
    from openpyxl.comments import Comment

    from tests.tallies.making import saved

    for place in ("sheet", "comment"):
        book = openpyxl.Workbook()
        for row in (["Đơn vị", "Ngày", "Lũy kế"], ["Hội An", "10/09/2023", 24333]):
            book.active.append(row)
        if place == "sheet":
            hidden = book.create_sheet("ds")
            hidden.append(["049093001234"])
            hidden.sheet_state = "hidden"
        else:
            book.active["C2"].comment = Comment("gọi 0905123456", "A")
        assert codes(checked(saved(book), register, name="a.xlsx")) == ["list_of_people"]


def test_no_digits_in_text_json_file_names_or_store(campaign_folder: Path) -> None:
    path = campaign_folder / "ds_049093001234.csv"
    path.write_bytes(text(with_cell("0905123456")).encode())
    for command in ("check", "receive"):
        for extra in ([], ["--json"]):
            done = CliRunner().invoke(app, [command, str(path), "--campaign", str(campaign_folder), *extra])
            assert done.exit_code == 20
            assert "905123456" not in done.output
            assert "093001234" not in done.output
    assert not (campaign_folder / "received.csv").exists()
    assert not (campaign_folder / "tallies").exists()


def test_held_text_never_repeats_a_long_number(register: Register) -> None:
    answer = checked(text(with_cell("")).replace("Quế Sơn", "Quế 123456789012345").encode(), register)
    assert "123456789" not in str(answer)
    assert masked("gọi 123 456 789 0 nhé") == "gọi … nhé"
