# ruff: noqa: E501 - a table of cases reads best with one case a line
"""Which area a team means by what it calls itself."""

import unicodedata
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.campaign import Area, type_words
from analysis.tallies import Register, SentFile, read_files
from analysis.tallies.files.limits import PATIENT
from analysis.tallies.words.places import Gazetteer
from analysis.tallies.words.spelling import fits, plain
from tests.tallies.making import AS_OF, HANOI, checked, codes, one_row, text, values

DAY = date(2023, 9, 10)
MEANT = {
    "Hội An": "503", "TP. Hội An": "503", "TP.Hội An": "503", "TP Hội An": "503", "T.P Hội An": "503",
    "Thành phố Hội An": "503", "THÀNH PHỐ HỘI AN": "503", "Công an TP.Hội An": "503", "CATP Hội An": "503",
    "Công an thành phố Hội An": "503", "Hoi An": "503", "thanh pho hoi an": "503", "Hội An (TP)": "503",
    "Hội An, TP.": "503", "  Hội   An ": "503", "Hội\u00a0An": "503", "Hội An.": "503", "503": "503",
    "UBND thành phố Hội An": "503", "Hội\u200b An": "503",
    "Thăng Bình": "513", "H. Thăng Bình": "513", "H.Thăng Bình": "513", "Huyện Thăng Bình": "513",
    "Công an huyện Thăng Bình": "513", "CAH Thăng Bình": "513", "Thăng Bình huyện": "513", "Thăng Binh": "513",
    "Thang Binh": "513", "Cong an huyen Thang Binh": "513", "HUYỆN THĂNG BÌNH": "513",
    "Đơn vị: Công an huyện Thăng Bình": "513", "Huyện Thăng Bình, tỉnh Quảng Nam": "513", "'513": "513",
    "Thăng Bình, Quảng Nam": "513", "Thăng Bình*": "513", "Huyện Thăng Bình (**)": "513",
    "TX. Điện Bàn": "507", "Thị xã Điện Bàn": "507", "Ðiện Bàn": "507", "Ɖiện Bàn": "507", "ĐIỆN BÀN": "507",
    "Dien Ban": "507", "Huyện Núi Thành": "517", "TT. Núi Thành": "20965", "Thị trấn Núi Thành": "20965",
    "Thăng Bình - Quảng Nam": "513", "Công an huyện Thăng Bình – Công an tỉnh Quảng Nam": "513",
    "TT Hà Lam - huyện Thăng Bình": "20791", "TT. Hà Lam - Thăng Bình": "20791", "Ha Lam-huyen Thang Binh": "20791",
    "Hội An TP": "503", "Hội An - TP": "503", "Hoi An (thanh pho)": "503", "Hội An (Thành phố)": "503", ", Hội An ;": "503",
    "Đơn vị :Hội An": "503", "Đơn vị:Hội An": "503", "Công an - Hội An": "503", "Công an -TP Hội An": "503",
    "- Hội An": "503", "12) Hội An": "503", "3 - Hội An": "503", "513 - Thăng Bình": "513", "Thăng Bình (513)": "513", "Thăng Bình [513]": "513",
    "Phước Hòa": "20338", "Phước Hoà": "20338", "P. Phước Hoà": "20338", "Trà Dơn": "20938", "Trà Don": "20956",
    "Xã Tam Thanh": "20359", "Tam Thạnh": "20980", "Tam Thành": "20365",
}  # fmt: skip
UNKNOWN = {
    "Tam Kì": "area_unknown", "Hội Ann": "area_unknown", "Thăng Bin": "area_unknown", "Thắng Bình": "area_unknown",
    "Huyện Hội An": "area_unknown", "TX. Thăng Bình": "area_unknown", "Bình Thăng": "area_unknown",
    "Núi Thành": "area_ambiguous", "Tra Don": "area_ambiguous", "Tam Thanh, Phú Thọ": "area_unknown",
    "Thăng Bình, Thái Bình": "area_unknown", "Huyện Thăng Bình, tỉnh Quảng Ngãi": "area_unknown", "*": "area_unknown", "Hòa Vang": "area_unknown", "Châu Thành": "area_unknown",
    "<script>alert(1)</script>": "area_unknown", "../../../etc/passwd": "area_unknown", "Hội Аn": "area_unknown",
    "=HYPERLINK(\"http://x\",\"Hội An\")": "area_unknown", "@SUM(1+1)": "area_unknown", "504": "area_unknown",
    "Th?ng Bình": "area_unknown", "ThÄƒng BÃ¬nh": "area_unknown", "Thăng Bình" * 40: "area_unknown",
    "502 - Thăng Bình": "area_unknown", "Thăng Bình (502)": "area_unknown", "Hội An - Tam Kỳ": "area_unknown",
    "Quảng Nam": "area_unknown", "3": "area_unknown", "__import__('os')": "area_unknown",
}  # fmt: skip


@pytest.mark.parametrize(("name", "code"), MEANT.items())
def test_a_name_means_one_area(name: str, code: str, register: Register) -> None:
    found = register.places.resolve(name, DAY)
    assert isinstance(found, int)
    assert register.places.areas[found].code == code


@pytest.mark.parametrize(("name", "reason"), UNKNOWN.items())
def test_a_name_that_is_not_certain_is_held_whole(name: str, reason: str, register: Register) -> None:
    answer = checked(one_row("24.333", area=name), register)
    assert values(answer) == {("509", "2023-09-10"): 20001}
    assert [(one["row"], one["measure"], one["reason"]) for one in answer["held"]] == [(3, None, reason)]


def test_a_typo_is_suggested_and_never_decided(register: Register) -> None:
    answer = checked(one_row("24.333", area="Thăng Bin"), register)
    found = next(one for one in answer["findings"] if one["code"] == "area_unknown")
    assert "Thăng Bình" in found["message_vi"]
    assert "Thăng Bình" in found["message_en"]


def test_where_nobody_types_accents_a_bare_name_may_be_any_that_fits(register: Register) -> None:
    rows = [
        ["Don vi", "Ngay", "Luy ke"],
        ["Hoi An", "10/09/2023", "24.333"],
        ["Tam Thanh", "10/09/2023", "500"],
    ]
    answer = checked(text(rows).encode(), register)
    assert values(answer) == {("503", "2023-09-10"): 24333}
    assert [one["reason"] for one in answer["held"]] == ["area_ambiguous"]
    rows[1][0] = "Hội An"
    assert values(checked(text(rows).encode(), register))["20359", "2023-09-10"] == 500


def test_a_type_of_the_campaigns_own_heads_its_column_and_the_one_before_names_the_parent(tmp_path) -> None:
    facts = 'name = "Roll"\nlanguages = ["en"]\n[[targets]]\nvalue = 9\ndeadline = 2023-10-01\n'
    (tmp_path / "campaign.toml").write_text(facts, encoding="utf-8")
    areas = "code,name,type,parent\nD1,North,district,\nD2,South,district,\n"
    areas += "P1,Mill,precinct,D1\nP2,Mill,precinct,D2\n"
    (tmp_path / "areas.csv").write_text(areas, encoding="utf-8")
    rows = [
        ["District", "Precinct", "Date", "Total to date"],
        ["North", "Mill", "10/09/2023", "7"],
        ["South", "Mill", "10/09/2023", "5"],
    ]
    answer = checked(text(rows).encode(), Register.load(tmp_path))
    assert values(answer, "counted_cumulative") == {("P1", "2023-09-10"): 7, ("P2", "2023-09-10"): 5}


def test_the_parent_tells_communes_of_one_name_apart(register: Register) -> None:
    places = register.places
    found = places.resolve("Thị trấn Núi Thành, huyện Núi Thành", DAY)
    assert isinstance(found, int)
    assert places.areas[found].code == "20965"


@pytest.mark.parametrize(
    ("name", "day", "code"),
    [
        ("Nông Sơn", "31/12/2024", "519"),
        ("20791", "30/06/2025", "20791"),
        ("20791", "01/07/2025", "20791"),
        ("Thăng Bình", "30/06/2025", "513"),
        ("Thị trấn Hà Lam", "30/06/2025", "20791"),
        ("Xã Thăng Bình", "01/07/2025", "20791"),
        ("Thăng Bình", "01/07/2025", "20791"),
    ],
)
def test_what_a_name_or_code_means_depends_on_the_day(
    name: str, day: str, code: str, register: Register
) -> None:
    answer = checked(one_row("500", area=name, day=day), register, as_of=None)
    later = [one for one in answer["held"] if one["reason"] == "date_in_future"]
    assert later or [one["area_code"] for one in answer["records"] if one["row"] == 3] == [code]
    found = register.places.resolve(name, date(int(day[6:]), int(day[3:5]), int(day[:2])))
    assert isinstance(found, int)
    assert register.places.areas[found].code == code


@pytest.mark.parametrize(
    ("name", "day"),
    [("Nông Sơn", date(2025, 1, 1)), ("Hà Lam", date(2025, 7, 1)), ("Huyện Thăng Bình", date(2025, 7, 1))],
)
def test_an_area_that_was_merged_away_is_not_in_force(name: str, day: date, register: Register) -> None:
    assert register.places.resolve(name, day) == "area_not_then"


def test_code_and_name_must_mean_the_same_area(register: Register) -> None:
    rows = [
        ["Mã", "Đơn vị", "Ngày", "Lũy kế"],
        ["513", "Thăng Bình", "10/09/2023", "50.019"],
        ["513", "Hội An", "10/09/2023", "24.333"],
        ["", "Quế Sơn", "10/09/2023", "20.000"],
    ]
    answer = checked(text(rows).encode(), register)
    assert values(answer) == {("513", "2023-09-10"): 50019, ("509", "2023-09-10"): 20000}
    assert codes(answer) == ["code_and_name_differ"]


def test_leading_zeros_of_codes_are_kept() -> None:
    from analysis.campaign import Area

    places = Gazetteer(
        (Area(code="001", name="Ba Đình", type="H"), Area(code="1", name="Hoàn Kiếm", type="H"))
    )
    assert [places.resolve(code, DAY) for code in ("001", "1", "01")] == [0, 1, "area_unknown"]


@given(st.data())
def test_nfc_nfd_upper_and_lower_case_of_a_name_are_one_area(register: Register, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(MEANT)))
    form = data.draw(st.sampled_from(["NFC", "NFD"]))
    case = data.draw(st.sampled_from([str.upper, str.lower, str.title, str]))
    assert register.places.resolve(unicodedata.normalize(form, case(name)), DAY) == register.places.resolve(
        name, DAY
    )


@given(st.text())
def test_any_text_is_an_area_or_a_reason(register: Register, name: str) -> None:
    found = register.places.resolve(name, DAY)
    assert found in ("area_unknown", "area_ambiguous", "area_not_then") or isinstance(found, int)
    register.places.suggest(name)


@pytest.mark.parametrize(
    ("typed", "name", "meant"),
    [
        ("Hoi An", "Hội An", True),
        ("Hôi An", "Hội An", True),
        ("Hồi An", "Hội An", False),
        ("Hơi An", "Hội An", False),
        ("Dai Loc", "Đại Lộc", True),
        ("Đai Lôc", "Đại Lộc", True),
        ("Tam Đan", "Tam Dân", False),
        ("Trà My", "Tra Mỳ", False),
        ("Tra Dơn", "Trà Don", False),
        ("An Hội", "Hội An", False),
        ("Hoi Ân", "Hội An", False),
        ("An Hoi", "Ân Hội", True),
        ("Hội", "Hội An", False),
        ("DakHà", "ĐắkHà", True),
    ],
)
def test_accents_may_be_left_out_but_never_be_others(typed: str, name: str, meant: bool) -> None:
    assert fits(plain(typed), plain(name)) is meant


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("TT Hà Lam, Quảng Nam", ["20791"]),
        ("TT Hà Lam, Thăng Bình", ["20791"]),
        ("TT Hà Lam, Quảng Ngãi", []),
        ("TT Hà Lam, Quế Sơn", []),
        ("Hội An, Quảng Nam", ["503"]),
        ("Hội An, Quảng Ngãi", []),
    ],
)
def test_what_is_named_behind_an_area_must_be_above_it(
    text: str, found: list[str], register: Register
) -> None:
    places = register.places
    assert [places.areas[at].code for at in places.candidates(text)] == found


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Hội Ann", "Hội An"),
        ("Huyện Thăng Bỉnh", "Thăng Bình"),
        ("Công an TP Tam Kì", "Tam Kỳ"),
        ("Krông Pắc", None),
        ("Vịnk", "Vinh"),
        ("Huk", None),
        ("Hội Ann (TP)", "Hội An"),
        ("Hội An (513)", "Hội An"),
        ("", None),
        ("...", None),
    ],
)
def test_a_name_that_is_none_suggests_the_most_like_one(
    text: str, name: str | None, register: Register
) -> None:
    more = (Area(code="412", name="Vinh", type="TP"), Area(code="474", name="Huế", type="TP"))
    assert Gazetteer((*register.places.areas, *more)).suggest(text) == name


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Phường 1", ["1"]),
        ("P. 01", ["1"]),
        ("Phường 10", ["10"]),
        ("P.2", []),
        ("1", ["1"]),
        ("P. 0001", []),
    ],
)
def test_a_numbered_ward_is_the_same_with_a_zero_before_it(text: str, found: list[str]) -> None:
    wards = Gazetteer(
        (Area(code="1", name="Phường 01", type="P"), Area(code="10", name="Phường 10", type="P"))
    )
    assert [wards.areas[at].code for at in wards.candidates(text)] == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Tam Thanh", {"20359", "20365", "20980"}),
        ("Tam Thanh*", {"20359", "20365", "20980"}),
        ("3. Tam Thanh", {"20359", "20365", "20980"}),
        ("Tam Thanh (20980)", {"20980"}),
        ("20365: Tam Thanh", {"20365"}),
        ("Tam Thanh, Phu Tho", set()),
    ],
)
def test_without_accents_in_the_file_a_name_is_all_that_fit(
    text: str, found: set[str], register: Register
) -> None:
    places = register.places
    assert {places.areas[at].code for at in places.candidates(text, accented=False)} == found
    assert {places.areas[at].code for at in places.candidates(text)} == found & {"20359"}


@pytest.mark.parametrize(
    ("text", "exact"),
    [
        ("Hội An", True),
        ("TP. Hội An", True),
        ("Công an huyện Thăng Bình", True),
        ("HỘI AN", True),
        ("Hoi An", False),
        ("Hồi An", False),
        ("Krông Pắc", False),
        ("", False),
    ],
)
def test_a_name_is_exact_with_all_its_accents(text: str, exact: bool, register: Register) -> None:
    assert register.places.is_exact(text) is exact


def test_a_type_without_its_accents_is_part_of_a_name_that_has_some() -> None:
    places = Gazetteer((Area(code="1", name="Mát", type="X"), Area(code="2", name="Huyện Đông", type="H")))
    assert places.candidates("Xã Mát") == [0]
    assert places.candidates("Xa Mát") == ()
    assert places.candidates("Xa Mat", accented=False) == [0]
    assert places.candidates("Huyen Đông") == ()


def test_what_is_too_long_is_no_name(register: Register) -> None:
    assert register.places.candidates("Hội An".ljust(120)) == [1]
    assert register.places.candidates("Hội An".ljust(121)) == ()


def test_after_many_strange_names_no_more_is_suggested(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("analysis.tallies.words.places.MOST_REMEMBERED", 1)
    places = Gazetteer((Area(code="1", name="Hội An", type="TP"),))
    assert [places.suggest(text) for text in ("Hội Ann", "Hội Amn", "Hội Ann")] == ["Hội An", None, "Hội An"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Hội An TP", ["503"]),
        ("Hội An T.P", ["503"]),
        ("Hội An TX", []),
        ("Núi Thành thị trấn", ["20965"]),
        ("Núi Thành (thị trấn)", ["20965"]),
        ("Thăng Bình H", []),
        ("Thăng Bình (H)", ["513"]),
        ("Điện Bàn, thị xã", ["507"]),
        ("Hội An, thị xã", []),
    ],
)
def test_a_type_behind_a_name_has_two_letters_unless_set_off(
    text: str, found: list[str], register: Register
) -> None:
    assert [register.places.areas[at].code for at in register.places.candidates(text)] == found


CANTON = Gazetteer(
    (
        Area(code="40", name="Région Nord", type="region"),
        Area(code="40.4", name="St. Gall", type="district", parent="40"),
        Area(code="40.5", name="Broye", type="district", parent="40"),
        Area(code="40.412", name="St. Cergue", type="commune", parent="40.4"),
        Area(
            code="40.413", name="Avenches", type="commune", parent="40.4", also_called=("Wiflisburg", "Ave.")
        ),
        Area(code="40.512", name="Avenches", type="commune", parent="40.5"),
        Area(code="40.513", name="Broye", type="commune", parent="40.5"),
        Area(code="40.514", name="Salem", type="town", parent="40.5"),
        Area(code="40.515", name="Salem City", type="city", parent="40.5"),
        Area(code="1", name="1. Distrikt", type="Bezirk"),
        Area(code="2", name="Distrikt", type="Bezirk"),
    ),
    type_words({"Bezirk": {"de": ("Bezirk", "Bez.")}}),
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("St. Cergue", ["40.412"]),
        ("St Cergue, St. Gall", ["40.412"]),
        ("St. Cergue, District de St. Gall", ["40.412"]),
        ("St. Cergue (Région Nord)", ["40.412"]),
        ("St. Cergue, Broye", []),
        ("40.412 St. Cergue", ["40.412"]),
        ("40.412 - St. Cergue", ["40.412"]),
        ("St. Cergue (40.412)", ["40.412"]),
        ("40.413 Avenches", ["40.413"]),
        ("40.413 St. Cergue", []),
        ("Wiflisburg", ["40.413"]),
        ("ave", ["40.413"]),
        ("Avenches", ["40.413", "40.512"]),
        ("Avenches, Broye", ["40.512"]),
        ("Mairie d’Avenches, Broye", ["40.512"]),
        ("Commune de Broye", ["40.513"]),
        ("District de la Broye", ["40.5"]),
        ("Broye district", ["40.5"]),
        ("Salem City", ["40.515"]),
        ("City of Salem", ["40.515"]),
        ("Bez. Distrikt", ["2"]),
        ("Distrikt", ["2"]),
        ("1. Distrikt", ["1"]),
        ("3. Distrikt", []),
        ("Salem", ["40.514"]),
    ],
)
def test_types_offices_and_other_names_of_any_country(text: str, found: list[str]) -> None:
    assert [CANTON.areas[at].code for at in CANTON.candidates(text)] == found


FIRST, LAST = (
    ["Hòa", "Phú", "Lâm", "Bình", "Đức", "Hưng", "Mỹ", "Yên"],
    ["An", "Long", "Sơn", "Giang", "Thủy"],
)
FORTY = Gazetteer(
    (
        *(
            Area(code=f"{n:03d}", name=f"{FIRST[n % 8]} {LAST[n // 8]}", type="H", parent="49")
            for n in range(40)
        ),
        *(Area(code=f"{n + 1000}", name="Tân Lập", type="X", parent=f"{n:03d}") for n in range(40)),
    )
)
MANY = Register(FORTY, HANOI)


@pytest.mark.parametrize(
    ("rows", "name", "sender", "code"),
    [
        ([["Công an huyện Bình Sơn, báo cáo"], ["Xã", "Ngày", "Lũy kế"], ["Tân Lập", "10/09/2023", "900"]], "a.csv", "", "1019"),
        ([["Xã", "Ngày", "Lũy kế"], ["Tân Lập", "10/09/2023", "900"]], "BC_huyen-Binh-Son_10.9.csv", "", "1019"),
        ([["Xã", "Ngày", "Lũy kế"], ["Tân Lập", "10/09/2023", "900"]], "a.csv", "Công an huyện Bình Sơn", "1019"),
        ([["Huyện", "Xã", "Ngày", "Lũy kế"], ["Bình Sơn", "Tân Lập", "10/09/2023", "900"]], "a.csv", "", "1019"),
        ([["Xã", "Ngày", "Lũy kế"], ["Tân Lập, Bình Sơn", "10/09/2023", "900"]], "a.csv", "Công an huyện Hòa An", "1019"),
        ([["Tỉnh Quảng Nam"], ["Xã", "Ngày", "Lũy kế"], ["Tân Lập", "10/09/2023", "900"]], "a.csv", "", None),
        ([["Huyện Bình Sơn và huyện Hòa An"], ["Xã", "Ngày", "Lũy kế"], ["Tân Lập", "10/09/2023", "900"]], "a.csv", "", None),
        ([["Xã", "Ngày", "Lũy kế"], ["Tân Lập", "10/09/2023", "900"]], "a.csv", "", None),
    ],
)  # fmt: skip
def test_a_name_in_forty_districts(rows: list[list[str]], name: str, sender: str, code: str | None) -> None:
    read = read_files([SentFile(name, text(rows).encode(), AS_OF, sender)], MANY, AS_OF, PATIENT)
    assert read.tallies["area_code"].tolist() == ([code] if code else [])
    if code is None:
        assert read.held["reason"].tolist() == ["area_ambiguous"]
        said = read.findings.loc[read.findings["code"] == "area_ambiguous", "message_en"].item()
        named = "Hòa An, Bình Sơn" if "Hòa An" in rows[0][0] else "Hòa An, Phú An, Lâm An, Bình An, Đức An, …"
        assert f"(in {named})" in said


def test_the_district_is_not_taken_for_the_town_of_its_name(register: Register) -> None:
    rows = [["Công an huyện Núi Thành"], ["Đơn vị", "Ngày", "Lũy kế"], ["Núi Thành", "10/09/2023", "900"]]
    assert [one["reason"] for one in checked(text(rows).encode(), register)["held"]] == ["area_ambiguous"]
