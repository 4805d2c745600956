# ruff: noqa: E501 - a table of cases reads best with one case a line
"""Text is decoded for certain, or the file is refused; areas are never garbled."""

import unicodedata

import pytest

from analysis.tallies import Register
from analysis.tallies.files.text import from_tcvn3, from_vni
from tests.tallies.making import checked, codes, text, values, xlsx

ROWS = [
    ["Số liệu kích hoạt"],
    ["STT", "Đơn vị", "Ngày", "Lũy kế"],
    ["1", "Thăng Bình", "10/09/2023", "50.019"],
    ["2", "Hội An", "10/09/2023", "24.333"],
    ["3", "Điện Bàn", "10/09/2023", "65.000"],
    ["", "Tổng cộng", "", "139.352"],
]
RIGHT = {("513", "2023-09-10"): 50019, ("503", "2023-09-10"): 24333, ("507", "2023-09-10"): 65000}
TEXT = text(ROWS)
TCVN3 = {
    "Thăng Bình": "Th¨ng B×nh", "Núi Thành": "Nói Thµnh", "Hội An": "Héi An", "Đại Lộc": "§¹i Léc",
    "Phước Sơn": "Ph\xadíc S¬n", "Tổng cộng": "Tæng céng",
}  # fmt: skip
VNI = {
    "Thăng Bình": "Thaêng Biønh", "Núi Thành": "Nuùi Thaønh", "Hội An": "Hoäi An", "Đại Lộc": "Ñaïi Loäc",
    "Phước Sơn": "Phöôùc Sôn", "Tổng cộng": "Toång coäng",
}  # fmt: skip


def to_tcvn3(line: str) -> str:
    table = {
        from_tcvn3(chr(code)): chr(code) for code in range(0xA1, 0x100) if from_tcvn3(chr(code)) != chr(code)
    }
    return "".join(table.get(letter, letter) for letter in line)


def to_vni(line: str) -> str:
    marks = {"\u0301": "ù", "\u0300": "ø", "\u0309": "û", "\u0303": "õ", "\u0323": "ï"}
    hats = {"\u0302": "âáàåãä", "\u0306": "êéèúüë"}
    single = {"đ": "ñ", "Đ": "Ñ", "ơ": "ô", "ư": "ö"}
    out = ""
    for letter in line:
        base, *rest = unicodedata.normalize("NFD", letter)
        hat = next((mark for mark in rest if mark in hats), None)
        tone = next((mark for mark in rest if mark in marks), None)
        order = [None, "\u0301", "\u0300", "\u0309", "\u0303", "\u0323"]
        if "\u031b" in rest or letter in single:
            out += single.get(
                unicodedata.normalize("NFC", base + ("\u031b" if "\u031b" in rest else "")), base
            )
            out += marks[tone] if tone else ""
        elif hat:
            out += base + hats[hat][order.index(tone)]
        else:
            out += base + (marks[tone] if tone else "")
    return out


def to_windows_1258(line: str) -> bytes:
    done = b""
    for letter in line:
        try:
            done += letter.encode("cp1258")
        except UnicodeEncodeError:
            base, *rest = unicodedata.normalize("NFD", letter)
            tone = rest.pop(
                next(n for n, mark in enumerate(rest) if mark in "\u0300\u0301\u0303\u0309\u0323")
            )
            done += unicodedata.normalize("NFC", base + "".join(rest)).encode("cp1258") + tone.encode(
                "cp1258"
            )
    return done


@pytest.mark.parametrize("name", TCVN3)
def test_the_older_fonts(name: str) -> None:
    assert (from_tcvn3(TCVN3[name]), from_vni(VNI[name])) == (name, name)
    assert (to_tcvn3(name), from_vni(to_vni(name))) == (TCVN3[name], name)


CERTAIN = {
    "UTF-8": TEXT.encode(),
    "UTF-8 with a mark": b"\xef\xbb\xbf" + TEXT.encode(),
    "UTF-8 decomposed": unicodedata.normalize("NFD", TEXT).encode(),
    "UTF-16 little": TEXT.encode("utf-16"),
    "UTF-16 big": b"\xfe\xff" + TEXT.encode("utf-16-be"),
    "commas": text(ROWS, delimiter=",").encode(),
    "tabs": text(ROWS, delimiter="\t").encode(),
    "sep=": b"sep=;\r\n" + TEXT.encode(),
    "CR only": text(ROWS, ends="\r").encode(),
    "LF only": text(ROWS, ends="\n").encode(),
    "UTF-16 tabs": text(ROWS, delimiter="\t").encode("utf-16"),
}
OLDER = {
    "UTF-16 without a mark": TEXT.encode("utf-16-le"),
    "UTF-16 big without a mark": TEXT.encode("utf-16-be"),
    "Windows-1258": to_windows_1258(TEXT),
    "TCVN3 bytes": to_tcvn3(TEXT).encode("latin-1"),
    "VNI bytes": to_vni(TEXT).encode("latin-1"),
    "TCVN3 as UTF-8": to_tcvn3(TEXT).encode(),
    "VNI as UTF-8": to_vni(TEXT).encode(),
    "UTF-8 twice": "".join(
        bytes([byte]).decode("cp1252") if byte not in b"\x81\x8d\x8f\x90\x9d" else chr(byte)
        for byte in TEXT.encode()
    ).encode(),
    "UTF-8 as CP437": TEXT.encode().decode("cp437").encode(),
}
REFUSED = {
    "broken UTF-8": (TEXT.encode().replace("Hội An".encode(), b"H\xe1\xbb An"), "encoding_unknown"),
    "broken UTF-16": (TEXT.encode("utf-16")[:-1], "broken_encoding"),
    "NUL bytes": (TEXT.replace("Hội", "H\0i").encode(), "nul_bytes"),
    "NUL padding": (TEXT.encode() + b"\0" * 4096, "nul_bytes"),
    "Latin-1 bytes": ("STT;Don vi;Ngay;Luy ke;Ghi chú\r\n1;Hoi An;10/09/2023;24.333;é\r\n".encode("latin-1"), "encoding_unknown"),
    "an unclosed quote": (TEXT.replace("Hội An", '"Hội An').encode(), "broken_quoting"),
    "a quote closed much later": (
        TEXT.replace("Thăng Bình", '"Thăng Bình').replace("Tổng cộng", 'Tổng cộng"').encode(), "broken_quoting",
    ),
    "text after a quote": (TEXT.replace("Hội An", '"Hội" An').encode(), "broken_quoting"),
    "nothing": (b"", "empty_file"),
    "only a mark": (b"\xef\xbb\xbf\r\n", "empty_file"),
    "only separators": (b";;;\r\n;;;\r\n", "empty_file"),
}  # fmt: skip


@pytest.mark.parametrize("kind", CERTAIN)
def test_text_that_says_what_it_is(kind: str, register: Register) -> None:
    answer = checked(CERTAIN[kind], register)
    assert (values(answer), answer["verdict"]) == (RIGHT, "accept")


@pytest.mark.parametrize("kind", OLDER)
def test_older_encodings_that_prove_themselves(kind: str, register: Register) -> None:
    answer = checked(OLDER[kind], register)
    assert (values(answer), answer["verdict"]) == (RIGHT, "accept_with_warning")
    assert set(codes(answer)) <= {"older_encoding", "repaired_encoding"}
    assert [one["reason"] for one in answer["ignored"]].count("total_row") == 1


@pytest.mark.parametrize("kind", REFUSED)
def test_text_that_cannot_be_certain_is_refused_whole(kind: str, register: Register) -> None:
    data, code = REFUSED[kind]
    answer = checked(data, register)
    assert (answer["verdict"], answer["records"], codes(answer)) == ("reject", [], [code])


def test_a_workbook_in_an_older_font(register: Register) -> None:
    for convert in (to_tcvn3, to_vni):
        rows = [[convert(cell) for cell in row] for row in ROWS]
        answer = checked(xlsx(rows), register, name="a.xlsx")
        assert (values(answer), codes(answer)) == (RIGHT, ["repaired_encoding"])


def test_a_file_of_two_encodings_is_not_repaired(register: Register) -> None:
    mixed = TEXT.replace("Thăng Bình", TCVN3["Thăng Bình"])
    answer = checked(mixed.encode(), register)
    assert ("513", "2023-09-10") not in values(answer)
    assert "area_unknown" in codes(answer)


def test_question_marks_for_letters_are_no_names(register: Register) -> None:
    answer = checked(TEXT.replace("Thăng Bình", "Th?ng Bình").encode(), register)
    assert ("513", "2023-09-10") not in values(answer)


def test_a_quoted_line_break_does_not_start_a_record(register: Register) -> None:
    data = 'Đơn vị;Ngày;"Lũy\nkế"\r\n"Hội\nAn";10/09/2023;24.333\r\nThăng Bình;10/09/2023;50.019\r\n'.encode()
    answer = checked(data, register)
    assert [(one["row"], one["area_code"]) for one in answer["records"]] == [(2, "503"), (3, "513")]


def test_blank_lines_count_as_records(register: Register) -> None:
    data = "Đơn vị;Ngày;Lũy kế\r\n\r\nHội An;10/09/2023;24.333\r\n".encode()
    assert [one["row"] for one in checked(data, register)["records"]] == [3]
